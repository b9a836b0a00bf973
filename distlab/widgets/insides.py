"""What every node of a run keeps, as columns of what changed: small to send, and quick to look up at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distlab.figures.things import word
from distlab.node import Node
from distlab.trace import Trace
from distlab.widgets.moments import Moments
from distlab.widgets.sayings import printed

BUDGET = 4_000_000  # characters of all texts together


class Texts:
    """Every text once; columns name it by its number. When there are too many, dots stand for the rest."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.room = BUDGET
        self.full = False

    def number(self, text: str) -> int:
        """The number of a text."""
        if text not in self.numbers:
            if len(text) > self.room:
                self.full, text = True, "…"
            self.room -= len(text)
        return self.numbers.setdefault(text, len(self.numbers))


class Column:
    """One value over time: the moments at which it changes, and the texts that it has from then on."""

    def __init__(self) -> None:
        self.moments: list[int] = []
        self.texts: list[int] = []

    def put(self, moment: int, text: int) -> None:
        """The value has this text from this moment on; moments come in order."""
        if self.moments and self.moments[-1] == moment:
            self.moments.pop()
            self.texts.pop()
        if not self.texts or self.texts[-1] != text:
            self.moments.append(moment)
            self.texts.append(text)

    @property
    def data(self) -> list[list[int]]:
        """As plain data."""
        return [self.moments, self.texts]


def words(trace: Trace, moments: Moments, texts: Texts) -> dict[str, tuple[Column, Column]]:
    """Each node's ``state``, and its trouble: ``down``, ``paused`` or nothing. The events say both."""
    found = {name: (Column(), Column()) for name in trace.names}
    paused: dict[str, bool] = {}

    def put(name: str, moment: int, state: Any, trouble: str | None = None) -> None:
        if state is not _SAME:
            found[name][0].put(moment, texts.number("" if state is None else word(state)))
        if trouble is not None:
            found[name][1].put(moment, texts.number(trouble))

    for name in trace.names:
        put(name, 0, trace.first.get(name), "")
    for event in trace.events:
        name, moment = event.node, moments.of(event)
        match event.kind:
            case "state":
                put(name, moment, event.detail[1])
            case "crashed":
                paused[name] = False
                put(name, moment, _SAME, "down")
            case "recovered":
                put(name, moment, trace.first.get(name), "")
            case "paused":
                paused[name] = True
                put(name, moment, _SAME, "paused")
            case "resumed" if paused.get(name):
                put(name, moment, _SAME, "")
    return found


_SAME: Any = object()


def fields(trace: Trace, moments: Moments, texts: Texts) -> dict[str, dict[str, Column]]:
    """Each node's attributes, disk and timers at every moment, by replay.

    Raises
    ------
    ValueError, NodeError
        When the run cannot be gone through again: its nodes are not there, or do not do the same again.
    """
    found: dict[str, dict[str, Column]] = {name: {} for name in trace.names}
    worlds = trace.states()
    if not worlds:
        return found
    before: dict[str, tuple[Any, ...]] = {}
    for moment in range(len(moments)):
        index = moments.last(moment)
        world = worlds[max(index, 0)]
        for name in trace.names:
            if index < 0:  # before the first event: as the nodes were given
                parts: tuple[Any, ...] = (world.first[name], None, ())
            else:
                parts = (world.nodes[name], world.disks[name], world.timers[name])
            if name in before and all(map(_is, parts, before[name])):
                continue  # worlds share what a step did not touch
            before[name] = parts
            for field, text in _look(parts, found[name]):
                if field not in found[name]:
                    found[name][field] = Column()
                    found[name][field].put(0, texts.number(""))  # what appears later was not there before
                found[name][field].put(moment, texts.number(text))
    return found


def _is(one: object, other: object) -> bool:
    return one is other


def _look(parts: tuple[Any, ...], columns: dict[str, Column]) -> Iterator[tuple[str, str]]:
    """The fields of a node with their texts; what it has no more is empty."""
    node, disk, timers = parts
    seen: dict[str, str] = {}
    for field, value in vars(node).items():
        if isinstance(value, Node):  # a liar around an honest node
            seen |= {f"{field}.{name}": printed(inner) for name, inner in vars(value).items()}
        elif field != "state":
            seen[field] = printed(value)
    if disk is not None:
        seen |= {"disk": printed(disk.data)} if disk.data else {}
        seen |= {"log": printed(disk.log)} if disk.log else {}
        seen |= {"not forced": f"{len(disk.pending)}"} if disk.pending else {}
    if timers:
        seen["timers"] = ", ".join(word(timer.name) for timer in timers)
    yield from seen.items()
    yield from ((field, "") for field in columns if field not in seen)
