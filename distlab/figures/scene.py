"""A trace as what is to be seen in it: bands, arrows, marks, notes, operations, cuts.

Nothing here knows pixels. Times are those of the trace, places are the numbers of the nodes' lines.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from operator import attrgetter

from distlab.figures.things import Arrow, Band, Mark, Span
from distlab.trace import Trace


class Scene:
    """What is to be seen of a trace between two times; `distlab.figures.reader.read` makes one.

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

    @cached_property
    def counts(self) -> Counter[str]:
        """How many events of each kind there are in the whole trace."""
        return Counter(map(attrgetter("kind"), self.events))

    @cached_property
    def sent(self) -> int:
        """How many messages the nodes sent; those inside one host cost nothing and do not count."""
        local = self.trace.local
        return sum([(e.node, e.other) not in local for e in self.events if e.kind == "sent"])

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

    def keep_between(self) -> None:
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
