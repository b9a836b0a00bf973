"""A trace as what is to be seen in it: bands, arrows, marks, notes, operations, cuts.

Nothing here knows pixels. Times are those of the trace, places are the numbers of the nodes' lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from distlab import values
from distlab.events import Event
from distlab.figures.text import one_line
from distlab.trace import Trace

Arrow = tuple[int, Any, int, int, float, float]
# (index of the sending, index of its end or None, sender's line, receiver's line, sent at, ended at)


class Band(NamedTuple):
    """A stretch of a node's line: what it was (a state, ``down``, ``paused``) from `event` on."""

    row: int
    start: float
    end: float
    what: str
    event: int


class Mark(NamedTuple):
    """Something at one moment of a node: ``crash``, ``timer``, ``forced``, ``lazy``, ``clock``."""

    row: int
    at: float
    what: str
    event: int
    text: str = ""


class Span(NamedTuple):
    """A client's operation on its line, or a cut (`row` -1); `end` is None when it lasts."""

    row: int
    start: float
    end: float | None
    text: str
    outcome: str
    event: int


class Scene:
    """What is to be seen of a trace between two times.

    Attributes
    ----------
    start, end : float
        The stretch of time that is shown.
    states : list of Band
        Each node's states, in order; a node that never has one has no bands here.
    words : list of str
        The states, in order of first appearance.
    gaps : list of Band
        ``down`` and ``paused``.
    arrows : dict of str to list of Arrow
        Delivered messages by kind; `copies` are second arrivals of one message.
    lost : list of (Arrow, bool)
        Whether it got there, and met a dead node or a partition, or was lost on its way.
    flying : list of Arrow
        Still under way at the end.
    one_in : int
        How many messages one arrow stands for.
    """

    def __init__(self, trace: Trace, between: tuple[float, float] | None = None) -> None:
        self.trace, self.unit = trace, trace.unit
        self.names = trace.names
        self.rows = {name: row for row, name in enumerate(trace.names)}
        self.events = trace.events
        last = max(trace.duration, self.events[-1].at if self.events else 0.0)
        self.start, self.end = between or (0.0, last)
        self.last = last
        self.arrows: dict[str, list[Arrow]] = {}
        self.copies: list[tuple[str, Arrow]] = []
        self.lost: list[tuple[Arrow, bool]] = []
        self.flying: list[Arrow] = []
        self.states: list[Band] = []
        self.words: list[str] = []
        self.gaps: list[Band] = []
        self.marks: list[Mark] = []
        self.notes: list[Mark] = []
        self.operations: list[Span] = []
        self.cuts: list[Span] = []
        self.one_in = 1
        _Reader(self).read()
        if between is not None:
            self._keep_between()
        there = {band.what for band in self.states}
        self.words = [state for state in dict.fromkeys(self.words) if state in there]

    @property
    def messages(self) -> int:
        """How many arrows there are, of all fates."""
        return sum(map(len, self.arrows.values())) + len(self.copies) + len(self.lost) + len(self.flying)

    def thin(self, most: int = 1000) -> None:
        """With more than `most` messages keep one in `one_in`, evenly by the order of their sending."""
        if self.messages <= most:
            return
        self.one_in = k = -(-self.messages // (most // 2))
        self.arrows = {kind: arrows[::k] for kind, arrows in self.arrows.items()}
        self.copies, self.lost, self.flying = self.copies[::k], self.lost[::k], self.flying[::k]

    def _keep_between(self) -> None:
        """Leave out what is not in sight; what is partly in sight is cut off when it is drawn."""
        start, end = self.start, self.end

        def seen(arrow: Arrow) -> bool:
            return arrow[4] <= end and arrow[5] >= start

        self.arrows = {k: kept for k, all_ in self.arrows.items() if (kept := [a for a in all_ if seen(a)])}
        self.copies = [copy for copy in self.copies if seen(copy[1])]
        self.lost = [loss for loss in self.lost if seen(loss[0])]
        self.flying = [arrow for arrow in self.flying if arrow[4] <= end]
        self.states = [b for b in self.states if b.start < end and b.end > start]
        self.gaps = [b for b in self.gaps if b.start <= end and b.end >= start]
        self.marks = [m for m in self.marks if start <= m.at <= end]
        self.notes = [n for n in self.notes if start <= n.at <= end]
        for spans in (self.operations, self.cuts):
            spans[:] = [s for s in spans if s.start <= end and (s.end is None or s.end >= start)]


class _Reader:
    """One pass over the events."""

    def __init__(self, scene: Scene) -> None:
        self.scene, self.rows = scene, scene.rows
        self.state: dict[int, tuple[str, float, int]] = {}  # row -> (state, since, index)
        self.gap: dict[tuple[int, str], tuple[float, int]] = {}
        self.doubled: dict[int, int] = {}  # index of a sending -> copies still to come
        self.fresh: dict[int, list[Event]] = {}  # row -> writes of its handler that are not forced
        self.calls: dict[int, Event] = {}
        self.cuts: list[tuple[Event, Event | None]] = []  # with what healed it
        self.rare: dict[str, Callable[[Event], None]] = {
            "state": self._state,
            "crashed": self._crashed,
            "recovered": self._recovered,
            "paused": self._paused,
            "resumed": self._resumed,
            "timer": self._timer,
            "started": self._activated,
            "clock": self._clock,
            "wrote": self._wrote,
            "synced": self._synced,
            "noted": self._noted,
            "invoked": self._invoked,
            "completed": self._returned,
            "failed": self._returned,
            "gave up": self._returned,
            "cut": self._cut,
            "healed": self._healed,
            "lost": self._lost,
            "duplicated": self._duplicated,
        }

    def read(self) -> None:
        scene, rows, rare, fresh = self.scene, self.rows, self.rare, self.fresh
        arrows, events = scene.arrows, scene.events
        for name, state in scene.trace.first.items():
            if state is not None and name in rows:
                self.state[rows[name]] = (word(state), 0.0, -1)
                scene.words.append(word(state))
        under_way: dict[int, Event] = {}
        self.under_way = under_way
        for event in events:
            kind = event.kind
            if kind == "sent":
                under_way[event.index] = event
            elif kind == "delivered":
                row = rows[event.node]
                if fresh:
                    self._flush(row)
                cause = event.cause
                sent = under_way.pop(cause, None)  # type: ignore[arg-type]
                if sent is None:
                    self._copy(event)
                    continue
                name = sent.message.__class__.__name__
                arrow = (sent.index, event.index, rows[sent.node], row, sent.at, event.at)
                if name in arrows:
                    arrows[name].append(arrow)
                else:
                    arrows[name] = [arrow]
            else:
                method = rare.get(kind)
                if method is not None:
                    method(event)
        self._close()

    # --- messages that do not simply arrive ---

    def _arrow(self, sent: Event, end: Event | None) -> Arrow:
        at = self.scene.last if end is None else end.at
        index = None if end is None else end.index
        return (sent.index, index, self.rows[sent.node], self.rows[sent.other], sent.at, at)

    def _copy(self, event: Event) -> None:
        """A message arrives once more, or one whose sending is not in the trace."""
        if event.cause is not None:
            self.doubled[event.cause] = self.doubled.get(event.cause, 1) - 1
            sent = self.scene.events[event.cause]
            self.scene.copies.append((sent.message.__class__.__name__, self._arrow(sent, event)))

    def _duplicated(self, event: Event) -> None:
        if event.cause is not None:
            self.doubled[event.cause] = self.doubled.get(event.cause, 0) + 1

    def _lost(self, event: Event) -> None:
        if event.cause is None:
            return
        if self.under_way.pop(event.cause, None) is None:
            self.doubled[event.cause] = self.doubled.get(event.cause, 1) - 1
        sent = self.scene.events[event.cause]
        there = event.detail == "down" or (event.detail not in ("loss", "lost") and not self._stood(sent))
        self.scene.lost.append((self._arrow(sent, event), there))

    def _stood(self, sent: Event) -> bool:
        """Whether a cut stood between sender and receiver already as the message was sent."""
        for began, healed in self.cuts:
            if began.index < sent.index and (healed is None or sent.index < healed.index):
                a, b = _side(began.node), _side(began.other)
                if isinstance(began.node, str) or (sent.node in a and sent.other in b):
                    return True
                if began.detail != "one way" and sent.node in b and sent.other in a:
                    return True
        return False

    # --- nodes ---

    def _state(self, event: Event) -> None:
        row, new = self.rows[event.node], event.detail[1]
        if (row, "down") in self.gap:
            return
        self._end_state(row, event.at)
        if new is None:
            self.state.pop(row, None)
        else:
            self.state[row] = (word(new), event.at, event.index)
            self.scene.words.append(word(new))

    def _end_state(self, row: int, at: float) -> None:
        if row in self.state:
            what, since, index = self.state[row]
            if at > since:
                self.scene.states.append(Band(row, since, at, what, index))

    def _crashed(self, event: Event) -> None:
        row = self.rows[event.node]
        self._flush(row)
        self._end_state(row, event.at)
        self.state.pop(row, None)
        self._end_gap(row, "paused", event.at)
        self.scene.marks.append(Mark(row, event.at, "crash", event.index))
        self.gap[row, "down"] = (event.at, event.index)

    def _recovered(self, event: Event) -> None:
        row, first = self.rows[event.node], self.scene.trace.first.get(event.node)
        self._end_gap(row, "down", event.at)
        if first is not None:  # attributes come back as they were before the start
            self.state[row] = (word(first), event.at, event.index)

    def _paused(self, event: Event) -> None:
        self.gap.setdefault((self.rows[event.node], "paused"), (event.at, event.index))

    def _resumed(self, event: Event) -> None:
        self._end_gap(self.rows[event.node], "paused", event.at)

    def _end_gap(self, row: int, what: str, at: float) -> None:
        if (row, what) in self.gap:
            since, index = self.gap.pop((row, what))
            self.scene.gaps.append(Band(row, since, at, what, index))

    def _timer(self, event: Event) -> None:
        row = self.rows[event.node]
        self._flush(row)
        self.scene.marks.append(Mark(row, event.at, "timer", event.index))

    def _activated(self, event: Event) -> None:
        self._flush(self.rows[event.node])

    def _clock(self, event: Event) -> None:
        rate, offset = event.detail
        changes = [f"×{rate:g}"] if rate != 1 else []
        changes += [f"{'+' if offset > 0 else '−'}{abs(offset):g} ms"] if offset else []
        text = "clock " + (" ".join(changes) or "right again")
        self.scene.marks.append(Mark(self.rows[event.node], event.at, "clock", event.index, text))

    # --- disk, notes, operations ---

    def _wrote(self, event: Event) -> None:
        self.fresh.setdefault(self.rows[event.node], []).append(event)

    def _synced(self, event: Event) -> None:
        row = self.rows[event.node]
        if writes := self.fresh.pop(row, []):
            self.scene.marks.append(Mark(row, event.at, "forced", writes[0].index))

    def _flush(self, row: int) -> None:
        """The handler is over: what it wrote and did not force was lazy."""
        if row in self.fresh:
            first = self.fresh.pop(row)[0]
            self.scene.marks.append(Mark(row, first.at, "lazy", first.index))

    def _noted(self, event: Event) -> None:
        self.scene.notes.append(
            Mark(self.rows[event.node], event.at, "note", event.index, one_line(event.detail))
        )

    def _invoked(self, event: Event) -> None:
        self.calls[self.rows[event.node]] = event

    def _returned(self, event: Event) -> None:
        row = self.rows[event.node]
        call = self.calls.pop(row, None)
        if call is not None:
            result = event.detail if event.kind == "completed" else None
            text = operation(call.detail, result, event.kind)
            self.scene.operations.append(Span(row, call.at, event.at, text, event.kind, call.index))

    # --- the network ---

    def _cut(self, event: Event) -> None:
        self.cuts.append((event, None))

    def _healed(self, event: Event) -> None:
        for place, (began, healed) in enumerate(self.cuts):
            if healed is None and (began.node, began.other, began.detail) == (
                event.node,
                event.other,
                event.detail,
            ):
                self.cuts[place] = (began, event)
                return

    # --- the end ---

    def _close(self) -> None:
        scene, end = self.scene, self.scene.last
        for row in list(self.fresh):
            self._flush(row)
        for row in list(self.state):
            self._end_state(row, end)
        for row, what in list(self.gap):
            self._end_gap(row, what, end)
        for row, call in self.calls.items():
            scene.operations.append(
                Span(row, call.at, None, operation(call.detail, None, "open"), "open", call.index)
            )
        for began, healed in self.cuts:
            ends = None if healed is None else healed.at
            text = f"cut {names(began.node)} {'→' if began.detail == 'one way' else '|'} {names(began.other)}"
            scene.cuts.append(Span(-1, began.at, ends, text, "cut", began.index))
        scene.flying += [self._arrow(sent, None) for sent in self.under_way.values()]
        for cause, left in self.doubled.items():
            scene.flying += [self._arrow(scene.events[cause], None)] * max(0, left)
        scene.states.sort(key=lambda band: (band.start, band.row))
        scene.gaps.sort(key=lambda band: (band.start, band.row))
        scene.operations.sort(key=lambda span: span.event)
        scene.cuts.sort(key=lambda span: span.event)
        scene.marks.sort(key=lambda mark: (mark.at, mark.event))


def _side(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def word(value: object) -> str:
    """A state, a reason or a timer's name as it is written in a picture."""
    return one_line(value if isinstance(value, str) else values.text(value))


def names(value: str | Iterable[str]) -> str:
    """One name, or a set of them: ``a, b``; many are counted."""
    if isinstance(value, str):
        return value
    listed = list(value)
    return ", ".join(listed) if len(listed) <= 4 else f"{len(listed)} nodes"


def operation(call: Any, result: Any, outcome: str) -> str:
    """A client's operation as a person would write it: ``write 3``, ``read → 3``, ``cas 1 2 → ?``."""
    words = call if isinstance(call, tuple) else (call,)
    text = " ".join([w if isinstance(w, str) else values.text(w) for w in words])
    if outcome == "failed":
        return one_line(f"{text} failed")
    if outcome in ("gave up", "open"):
        return one_line(f"{text} → ?")
    if result is None:
        return one_line(text)
    return one_line(f"{text} → {result if isinstance(result, str) else values.text(result)}")
