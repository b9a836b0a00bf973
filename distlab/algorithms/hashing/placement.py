"""Keys on nodes that are full at a bound: the stable matching that a bounded ring keeps.

A key prefers the nodes in the order in which it meets them clockwise; all nodes prefer keys in one and the
same order, by rank. Then there is exactly one stable matching (Gale and Shapley: College admissions and the
stability of marriage, American Mathematical Monthly 69, 1962), however keys come and go, and each change
below leads from one to the next by the moves that it takes and no others.
"""

import math
from bisect import bisect_left, insort
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, TypeAlias

from distlab.algorithms.hashing.keys import Digest, Key, key_bytes
from distlab.algorithms.hashing.ring import HashRing

Rank: TypeAlias = tuple[int, bytes]  # a key's place in the order of precedence; the lowest goes first


class Move(NamedTuple):
    """A key's change of node; `source` is None for a key that is new."""

    key: Key
    source: str | None
    target: str


class Placed:
    """A key that is placed: its rank, its node, and the nodes on its way that refused it, in order."""

    __slots__ = ("key", "node", "rank", "refused_by")

    def __init__(self, key: Key, rank: Rank) -> None:
        self.key = key
        self.rank = rank
        self.node = ""  # nowhere yet
        self.refused_by: list[str] = []


class Placement:
    """Keys on the nodes of a ring, with room for ceil(factor * keys / nodes) on each."""

    def __init__(self, ring: HashRing, factor: Fraction, digest: Digest) -> None:
        self.capacity = 0
        self._ring = ring
        self._factor = factor
        self._digest = digest
        self._keys: dict[bytes, Placed] = {}
        # for each node, sorted by rank: the keys that it has, and those that it refused
        self._has: dict[str, list[Rank]] = {node: [] for node in ring.nodes}
        self._refused: dict[str, list[Rank]] = {node: [] for node in ring.nodes}

    def node_of(self, key: Key) -> str | None:
        """The node of a key, or None if it is not placed."""
        placed = self._keys.get(key_bytes(key))
        return placed.node if placed else None

    def placed(self) -> dict[Key, str]:
        """Every key and its node, in the order in which they came."""
        return {placed.key: placed.node for placed in self._keys.values()}

    def loads(self) -> dict[str, int]:
        """How many keys each node has."""
        return {node: len(ranks) for node, ranks in self._has.items()}

    def assign(self, keys: Iterable[Key]) -> None:
        """Place the keys on empty nodes, highest precedence first: then nobody is ever pushed on."""
        for key in keys:
            self._enter(key)
        self.capacity = self._bound()
        for placed in sorted(self._keys.values(), key=lambda placed: placed.rank):
            self._settle(placed)

    def place(self, key: Key) -> list[Move]:
        """Place one more key; what moved, in order."""
        if key_bytes(key) in self._keys:
            return []
        placed = self._enter(key)
        return [*self._fit(), *self._settle(placed)]

    def discard(self, key: Key) -> list[Move]:
        """Take one key away; what moved, in order."""
        placed = self._keys.pop(key_bytes(key))
        _take(self._has[placed.node], placed.rank)
        for node in placed.refused_by:
            _take(self._refused[node], placed.rank)
        return self._fit()

    def _enter(self, key: Key) -> Placed:
        data = key_bytes(key)
        return self._keys.setdefault(data, Placed(key, (self._digest(b"rank " + data), data)))

    def _bound(self) -> int:
        return math.ceil(self._factor * len(self._keys) / max(1, len(self._has)))

    def _settle(self, placed: Placed) -> list[Move]:
        """Let a key walk to the first node that takes it; whom that node gives up walks on, and so on."""
        moves = []
        while True:
            node = self._next_on_the_way(placed)
            insort(self._has[node], placed.rank)
            last = self._give_up_last(node) if len(self._has[node]) > self.capacity else None
            if last is not placed:
                moves.append(Move(placed.key, placed.node or None, node))
                placed.node = node
            if last is None:
                return moves
            placed = last

    def _next_on_the_way(self, placed: Placed) -> str:
        return next(node for node in self._ring.clockwise(placed.rank[1]) if node not in placed.refused_by)

    def _give_up_last(self, node: str) -> Placed:
        """Take the key of lowest precedence from a node that is too full, and mark it as refused there."""
        rank = self._has[node].pop()
        insort(self._refused[node], rank)
        placed = self._keys[rank[1]]
        placed.refused_by.append(node)
        return placed

    def _refill(self, node: str) -> list[Move]:
        """While a node has room, whom it refused comes back; the places that they leave are refilled too."""
        moves = []
        roomy = [node]
        while roomy:
            node = roomy[-1]
            if self._refused[node] and len(self._has[node]) < self.capacity:
                placed = self._keys[self._refused[node][0][1]]
                moves.append(Move(placed.key, placed.node, node))
                roomy.append(placed.node)
                self._bring_back(placed, node)
            else:
                roomy.pop()
        return moves

    def _bring_back(self, placed: Placed, node: str) -> None:
        """A node takes a key that it had refused: what happened to the key after that is undone."""
        since = placed.refused_by.index(node)
        for later in placed.refused_by[since:]:
            _take(self._refused[later], placed.rank)
        del placed.refused_by[since:]
        _take(self._has[placed.node], placed.rank)
        insort(self._has[node], placed.rank)
        placed.node = node

    def _fit(self) -> list[Move]:
        """Fit the placement to the bound as it is now: keys are pushed on, or come back to where there is room.

        Never both: whoever refused a key was full, and so has no room while the bound shrinks.
        """
        self.capacity = self._bound()
        leaving = [self._give_up_last(node) for node, has in self._has.items() for _ in has[self.capacity :]]
        moves = [move for placed in leaving for move in self._settle(placed)]
        return moves + [move for node in self._has for move in self._refill(node)]


def _take(ranks: list[Rank], rank: Rank) -> None:
    del ranks[bisect_left(ranks, rank)]
