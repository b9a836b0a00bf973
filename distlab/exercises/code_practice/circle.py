"""The ring by its definition, one comparison after the other: what attempts are held to, and why."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from distlab.exercises.trials import call

CIRCLE = 2**32


class Circle:
    """Points in order, and what lies clockwise of a key.

    Parameters
    ----------
    position : function
        The learner's own: an integer from 0 up to 2 ** 32 for a key.
    nodes : sequence of str
    vnodes : int
    """

    def __init__(self, position: Callable[..., int], nodes: Sequence[str], vnodes: int) -> None:
        self.position, self.nodes, self.vnodes = position, tuple(nodes), vnodes
        names = [(f"{node}#{i}", node) for node in nodes for i in range(vnodes)]
        self.points: list[tuple[Any, ...]] = sorted(
            (call(position, name), name, node) for name, node in names
        )
        self.clear = len({place for place, _, _ in self.points}) == len(self.points)

    def __str__(self) -> str:
        few = ", ".join(self.nodes) if len(self.nodes) < 8 else f"{self.nodes[0]} to {self.nodes[-1]}"
        return f"{few} with {self.vnodes} point{'s' * (self.vnodes != 1)} each"

    def at(self, key: str) -> int:
        """The index of the first point at or after the key's place; as many as there are points when none is."""
        return bisect_left(self.points, (call(self.position, key),))

    def first(self, key: str) -> list[str]:
        """The node of the first point clockwise; all nodes that stand there, should it be several."""
        at = self.at(key) % len(self.points)
        return sorted({node for place, _, node in self.points if place == self.points[at][0]})

    def walk(self, key: str) -> Iterator[str]:
        """The names of the points from the key on, once around."""
        at = self.at(key)
        yield from (name for _, name, _ in self.points[at:] + self.points[:at])

    def distinct(self, key: str, n: int) -> list[str]:
        """The first `n` distinct nodes clockwise."""
        return list(dict.fromkeys(name.rpartition("#")[0] for name in self.walk(key)))[:n]

    def why(self, key: str) -> str:
        """Where the key lies, and what comes next."""
        at, lies = self.at(key), f"The key lies at {self._where(call(self.position, key))} of the circle"
        if at == len(self.points):
            place, name, _ = self.points[0]
            return (
                f"{lies}, past the last point: the circle begins again, with {name} at {self._where(place)}."
            )
        place, name, _ = self.points[at]
        if self._on_a_point(key):
            return f"{lies}, exactly where {name} is: at or after, and so that is the first."
        return f"{lies}; the first point at or after it is {name} at {self._where(place)}."

    def advice(self, answers: Mapping[str, Any]) -> str:
        """What may have gone wrong, by the one mistake that explains all answers for these keys."""
        wrong = {key: owner for key, owner in answers.items() if owner not in self.first(key)}
        if any(owner not in self.nodes for owner in wrong.values()):
            return "every key is owned by one of the nodes: give the node's name"
        if all(self.at(key) == len(self.points) for key in wrong):
            return "past the last point the circle begins again with the first"
        if all(self._on_a_point(key) for key in wrong):
            return "bisect_left finds a place at or after, bisect_right (or bisect) one after"
        if all(owner == self.points[self.at(key) - 1][2] for key, owner in answers.items()):
            return "these are the points before the keys: clockwise is towards larger numbers"
        return 'a node stands at position("name#0"), position("name#1"), ... as often as vnodes says, all in order'

    def _on_a_point(self, key: str) -> bool:
        at = self.at(key)
        return at < len(self.points) and self.points[at][0] == call(self.position, key)

    @staticmethod
    def _where(place: int) -> str:
        return f"{place / CIRCLE:.6f}"


def shown(names: Iterator[str]) -> str:
    """The first few points of a walk."""
    first = [name for name, _ in zip(names, range(8), strict=False)]
    return ", ".join(first) + (", ..." if len(first) == 8 else "")
