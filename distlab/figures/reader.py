"""One pass over a trace's events, which fills a scene."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from distlab.events import Event
from distlab.figures.scene import Scene
from distlab.figures.text import one_line
from distlab.figures.things import Arrow, Band, Mark, Span, names, operation, word
from distlab.trace import Trace


def read(trace: Trace, between: tuple[float, float] | None = None) -> Scene:
    """The scene of a trace, or of what happened in it between two times."""
    scene = Scene(trace, between)
    _Reader(scene).read()
    if between is not None:
        scene.keep_between()
    there = {band.what for band in scene.states}
    scene.words = [state for state in dict.fromkeys(scene.words) if state in there]
    return scene


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
