"""A run cut into moments to step through: a handler with all its effects is one, and so is a fault."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from distlab.events import ACTIVATIONS, Event
from distlab.trace import Trace

MOST = 5000  # events; of a longer run the player has what its diagram shows
FEW = 500  # of the faults and notes of such a run
FAULTS = frozenset({"crashed", "paused", "clock", "cut", "lost"})
BEGINNINGS = frozenset(
    {*ACTIVATIONS, *FAULTS, "duplicated", "resumed", "healed"}
)  # all other events are effects of a handler


class Moments:
    """The events that a player shows, and the moments they fall into. Moment 0 is before all of them.

    Parameters
    ----------
    trace : Trace
    svg : str
        Its diagram, which says what is drawn.
    between : (float, float), optional
        Only what happened between two times.

    Attributes
    ----------
    events : list of Event
    thinned : bool
        Whether events are left out because there are too many.
    ends : list of int
        How many of the events have happened at each moment.
    at : list of float
        The time of each moment.
    """

    def __init__(self, trace: Trace, svg: str, between: tuple[float, float] | None = None) -> None:
        start, end = between or (0.0, float("inf"))
        inside = [event for event in trace.events if start <= event.at <= end]
        self.thinned = len(inside) > MOST
        self.events = _drawn(inside, svg) if self.thinned else inside
        self.place = {event.index: i for i, event in enumerate(self.events)}
        self.ends = _ends(self.events)
        self.at = [start, *[self.events[end - 1].at for end in self.ends[1:]]]
        first = self.events[0].index if self.events else 0
        self._last = [first - 1, *[self.events[end - 1].index for end in self.ends[1:]]]

    def __len__(self) -> int:
        return len(self.ends)

    def last(self, moment: int) -> int:
        """The index in the trace of the last event that has happened at a moment; -1 if none has."""
        return self._last[moment]

    def of(self, event: Event) -> int:
        """The moment at which an event has happened; also one that is left out."""
        return min(bisect_left(self._last, event.index), len(self.ends) - 1)

    def stops(self, kinds: frozenset[str]) -> list[int]:
        """The moments at which something of these kinds happens."""
        return sorted({self.of(event) for event in self.events if event.kind in kinds})


def _drawn(events: Sequence[Event], svg: str) -> list[Event]:
    """The events that the diagram shows, and the first faults and notes."""
    kept = {int(index) for index in re.findall(r'data-[ed]="(\d+)"', svg)}
    for kinds in (FAULTS - {"lost"} | {"recovered", "resumed", "healed"}, {"noted"}):
        kept.update([event.index for event in events if event.kind in kinds][:FEW])
    return [event for event in events if event.index in kept]


def _ends(events: Sequence[Event]) -> list[int]:
    ends, first = [0], 0
    acting: object = None  # whose handler runs
    for i, event in enumerate(events):
        if i and event.at == events[first].at and _belongs(event, events[i - 1], events[first], acting):
            ends[-1] = i + 1
        else:
            ends.append(i + 1)
            first = i
        if event.kind in BEGINNINGS:
            if (
                event.kind in ACTIVATIONS or event.kind == "crashed"
            ):  # a crash also takes the node's state back
                acting = event.node
            elif ends[-1] - first == 1:  # else it happens in the midst of a handler
                acting = None
    return ends


def _belongs(event: Event, before: Event, first: Event, acting: object) -> bool:
    """Whether an event is part of the moment that `first` began; `before` comes right before it."""
    if event.kind == "started":  # nodes that start and do nothing start together
        return before.kind == "started"
    if event.kind == "crashed":
        return event.n is not None and event.node == acting
    if event.kind in ("lost", "duplicated"):  # in the instant of its sending
        return event.cause is not None and event.cause >= first.index
    return event.kind not in BEGINNINGS and event.node == acting
