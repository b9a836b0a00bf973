"""Clocks without a wall: Lamport's, vectors, and the hybrid that stays close to the wall all the same.

Each is a small value that never changes: ``tick`` gives the time of the next event at a node, ``merge`` that
of an event at which a message arrives. They can be put into messages as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

import networkx

from distlab.node import Message
from distlab.trace import Trace

OF_THE_NETWORK = ("cut", "healed", "lost", "duplicated")


class Lamport(Message, frozen=True, order=True):
    """A number that grows along every chain of cause and effect (Lamport 1978).

    What happened before has the smaller time; a smaller time proves nothing.
    """

    time: int = 0

    def tick(self) -> Lamport:
        """The time of the next event at this node."""
        return Lamport(self.time + 1)

    def merge(self, other: Lamport) -> Lamport:
        """The time at which a message with the time `other` arrives."""
        return Lamport(max(self.time, other.time) + 1)


class Vector(Message, frozen=True):
    """How many events of each node lie behind (Fidge 1988; Mattern 1989).

    ``a < b`` if and only if a happened before b. The partial order is the whole point: of two vectors each may
    be larger somewhere, and then the events were concurrent.
    """

    counts: tuple[tuple[str, int], ...] = ()  # by name, in order, without zeros: equal times are equal values

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Self:
        """The vector with these counts."""
        return cls(tuple(sorted((name, count) for name, count in counts.items() if count)))

    def __getitem__(self, name: str) -> int:
        return dict(self.counts).get(name, 0)

    def tick(self, name: str) -> Vector:
        """The time of the next event at the node `name`."""
        return Vector.of(dict(self.counts) | {name: self[name] + 1})

    def merge(self, other: Vector, name: str) -> Vector:
        """The time at which a message with the time `other` arrives at the node `name`."""
        names = {*dict(self.counts), *dict(other.counts)}
        return Vector.of({one: max(self[one], other[one]) for one in names}).tick(name)

    def __le__(self, other: Vector) -> bool:
        return all(count <= other[name] for name, count in self.counts)

    def __lt__(self, other: Vector) -> bool:
        return self <= other and self != other

    def concurrent(self, other: Vector) -> bool:
        """Whether neither happened before the other."""
        return not (self <= other or other <= self)

    def __repr__(self) -> str:
        return "⟨" + " ".join(f"{name}{count}" for name, count in self.counts) + "⟩"


class Hybrid(Message, frozen=True, order=True):
    """A time on the wall that cause and effect cannot reverse (Kulkarni and others 2014).

    `wall` is the latest reading of any clock that this node has heard of, `count` tells apart what happened
    at the same. It grows along every chain of cause and effect, as Lamport's clock does, and is never further
    ahead of the node's own clock than the clocks are apart.
    """

    wall: float = 0
    count: int = 0

    def tick(self, now: float) -> Hybrid:
        """The time of the next event at this node, whose own clock shows `now`."""
        return Hybrid(now, 0) if now > self.wall else Hybrid(self.wall, self.count + 1)

    def merge(self, other: Hybrid, now: float) -> Hybrid:
        """The time at which a message with the time `other` arrives, when the node's own clock shows `now`."""
        latest = max(self, other)
        return Hybrid(now, 0) if now > latest.wall else Hybrid(latest.wall, latest.count + 1)


def vector_times(trace: Trace) -> dict[int, Vector]:
    """The vector time of every event of a node, by the event's index, worked out from happened-before.

    What befalls the network (a cable is cut, a message is lost) happens at no node, and has no vector time.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    dict of int to Vector
    """
    before = trace.happened_before()
    times: dict[int, Vector] = {}
    for index in networkx.lexicographical_topological_sort(before):
        event = trace.events[index]
        if event.kind in OF_THE_NETWORK:
            continue
        counts: dict[str, int] = {}
        for earlier in before.predecessors(index):
            for name, count in times[earlier].counts:
                counts[name] = max(count, counts.get(name, 0))
        times[index] = Vector.of(counts).tick(event.node)
    return times


def concurrent(trace: Trace, of: Iterable[int] | None = None) -> list[tuple[int, int]]:
    """The pairs of events that nobody can put in order.

    Parameters
    ----------
    trace : Trace
    of : iterable of int, optional
        Only among the events of these indices; by default among all.

    Returns
    -------
    list of (int, int)
    """
    times = vector_times(trace)
    chosen = sorted(times if of is None else of)
    return [(a, b) for i, a in enumerate(chosen) for b in chosen[i + 1 :] if times[a].concurrent(times[b])]


__all__ = ["Hybrid", "Lamport", "Vector", "concurrent", "vector_times"]
