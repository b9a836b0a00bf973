"""What can happen in a run, as the rows that schedulers write and the rich events that people read.

Rows are made rich (`Event`, `Flight`) when somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from distlab import values
from distlab.history import Operation
from distlab.schedule import Choice

Row = tuple[Any, ...]  # (time, kind, node, ...) with the columns of COLUMNS behind it

COLUMNS: dict[str, tuple[str, ...]] = {
    "started": (),
    "sent": ("other", "message", "n"),
    "delivered": ("other", "message", "n"),
    "lost": ("other", "message", "n", "detail"),  # node: the receiver; detail: why
    "duplicated": ("other", "message", "n"),
    "timer": ("detail", "n"),  # detail: the timer's name
    "chosen": ("n", "detail"),  # n: which option, detail: the option
    "asked": ("detail",),  # what a node's clock answered: an input, not an event
    "crashed": (
        "n",
        "detail",
    ),  # n: after how many effects of a handler, or None; detail: (writes kept, torn)
    "recovered": (),
    "paused": (),
    "resumed": (),
    "clock": ("detail",),  # detail: (rate, offset)
    "cut": ("other", "detail"),  # node, other: names, or tuples of names; detail: "one way", or nothing
    "healed": ("other", "detail"),
    "state": ("detail",),  # detail: (old, new)
    "wrote": ("detail",),  # detail: ("put" | "delete" | "append", key, value)
    "synced": ("n",),  # n: how many writes were forced
    "noted": ("detail",),
    "invoked": ("detail",),
    "completed": ("detail",),
    "failed": (),
    "gave up": (),
}
ACTIVATIONS = {"started": "start", "delivered": "deliver", "timer": "fire", "recovered": "recover"}


class Event(msgspec.Struct, frozen=True):
    """One thing that happened at one node.

    Attributes
    ----------
    index : int
        Place in ``trace.events``.
    at : float
        Simulated milliseconds; the step number where there is no time.
    kind : str
        ``sent``, ``delivered``, ``lost``, ``duplicated``, ``timer``, ``chosen``, ``crashed``, ``recovered``,
        ``paused``, ``resumed``, ``clock``, ``cut``, ``healed``, ``state``, ``wrote``, ``synced``, ``noted``,
        ``invoked``, ``completed``, ``failed``, ``gave up``, ``started``.
    node, other : str or None
        Where it happened; the node at the other end of a message or a cut.
    message, n : Message and int, or None
        The message, and that it was the n-th on its link. For a timer: set for the n-th time.
    cause : int or None
        For a delivery, a loss or a duplicate: the index of the sending.
    detail : object
        What else there is to say, by kind (`COLUMNS`).
    """

    index: int
    at: float
    kind: str
    node: Any
    other: Any = None
    message: Any = None
    n: int | None = None
    cause: int | None = None
    detail: Any = None

    def __str__(self) -> str:
        where = f"{self.at:g} {self.node} {self.kind}"
        if self.message is not None:
            return f"{where} {self.message!r} {'to' if self.kind == 'sent' else 'from'} {self.other}"
        extra = self.other if self.kind in ("cut", "healed") else self.detail
        return (
            where if extra is None else f"{where} {extra if isinstance(extra, str) else values.text(extra)}"
        )


class Flight(NamedTuple):
    """One message on its way: ``end`` is the event that delivered or lost it, None while it is under way."""

    sender: str
    receiver: str
    message: Any
    n: int
    sent: Event
    end: Event | None

    @property
    def delivered(self) -> bool:
        """Whether it arrived at a node that took it."""
        return self.end is not None and self.end.kind == "delivered"

    @property
    def lost(self) -> bool:
        """Whether it will never arrive."""
        return self.end is not None and self.end.kind == "lost"


class Writes(NamedTuple):
    """Writes of a node: forced (synced in the handler that wrote them) and lazy (left for later)."""

    forced: int
    lazy: int


class Journal:
    """Rows as a simulation writes them, a million a second, in the order in which they happened.

    A row is a tuple (time, kind, node, ...) or, where it was worth the speed, an entry of the simulator's
    queue: (due, order, link, message, n). An entry stands for the sending where it comes first, and for
    the delivery, at its due time, where it comes again.

    Attributes
    ----------
    written : list of tuple
        Both kinds of rows. Whoever is in a hurry appends to it.
    """

    def __init__(self) -> None:
        self.written: list[Row] = []

    def __len__(self) -> int:
        return len(self.written)

    def __iter__(self) -> Iterator[Row]:
        """The rows, all in the form of tuples with kinds, and with the time at which they happened."""
        under_way: set[tuple[str, str, int]] = set()
        now = 0
        for row in self.written:
            if row[1].__class__ is not int:
                now = row[0]
                if row[1] == "sent":
                    under_way.add((row[2], row[3], row[5]))
                yield row
                continue
            due, _, link, message, n = row
            if (link.sender, link.receiver, n) in under_way:
                now = due
                yield (due, "delivered", link.receiver, link.sender, message, n)
            else:
                under_way.add((link.sender, link.receiver, n))
                yield (now, "sent", link.sender, link.receiver, message, n)


def decode(rows: Iterable[Row], scale: int) -> list[Event]:
    """Make rows rich.

    Parameters
    ----------
    rows : iterable of tuple
        In order of time.
    scale : int
        How many units of a row's time make one of an event's: 1000 microseconds a millisecond.
    """
    events: list[Event] = []
    sent: dict[tuple[str, str, int], int] = {}
    for row in rows:
        index, at, kind, node = len(events), row[0] / scale, row[1], row[2]
        if kind == "delivered":  # the two commonest first: a trace has a million of them
            _, _, _, other, message, n = row
            events.append(Event(index, at, kind, node, other, message, n, sent.get((other, node, n))))
        elif kind == "sent":
            _, _, _, other, message, n = row
            sent[node, other, n] = index
            events.append(Event(index, at, kind, node, other, message, n))
        elif kind != "asked":
            fields = dict(zip(COLUMNS[kind], row[3:], strict=False))
            if "message" in fields:
                fields["cause"] = sent.get((row[3], node, row[5]))
            events.append(Event(index, at, kind, node, **fields))
    return events


def operation(call: Event, end: Event | None) -> Operation:
    """The operation between a call and its end."""
    outcome = {"completed": "completed", "failed": "failed"}.get(end.kind if end else "", "unknown")
    return Operation(
        client=call.node,
        call=call.detail,
        result=end.detail if end and outcome == "completed" else None,
        outcome=outcome,
        called=call.index,
        returned=end.index if end and outcome != "unknown" else None,
        called_at=call.at,
        returned_at=end.at if end and outcome != "unknown" else None,
    )


def choices(rows: Iterable[Row]) -> list[tuple[int, Choice]]:
    """What was chosen, in order: each with the index of its first event."""
    steps: list[tuple[int, Choice]] = []
    active: dict[str, int] = {}  # the step of each node's last handler
    index = 0
    for row in rows:
        kind, node = row[1], row[2]
        if kind in ACTIVATIONS:
            active[node] = len(steps)
            what = {"delivered": (*row[3:4], node, *row[5:6]), "timer": (node, *row[3:5])}.get(kind, (node,))
            steps.append((index, Choice(ACTIVATIONS[kind], *what)))
        elif kind in ("lost", "duplicated"):
            how = "duplicate" if kind == "duplicated" else "deliver" if row[6] == "down" else "drop"
            steps.append((index, Choice(how, row[3], node, row[5])))
        elif kind == "chosen":
            steps[active[node]][1].options.setdefault("answers", []).append(row[3])
        elif kind == "asked":
            steps[active[node]][1].options.setdefault("clock", []).append(row[3])
        elif kind == "crashed":
            options = {"kept": row[4][0], "torn": row[4][1]} if row[4] != (0, False) else {}
            if row[3] is None:
                steps.append((index, Choice("crash", node, **options)))
            else:
                steps[active[node]][1].options.update(crash_after=row[3], **options)
        index += kind != "asked"
    return steps
