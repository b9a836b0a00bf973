"""Consistent hashing with bounded loads: who finds a node full walks on to the next.

Mirrokni, Thorup, Zadimoghaddam: Consistent hashing with bounded loads, SODA 2018.
"""

import math
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from distlab.algorithms.hashing.keys import Hashes, Key, list_of_keys
from distlab.algorithms.hashing.placement import Move, Placement
from distlab.algorithms.hashing.ring import HashRing
from distlab.algorithms.hashing.scheme import Indices, Nodes, Scheme


class BoundedRing(Scheme):
    """A ring on which no node has more than ceil((1 + epsilon) * keys / nodes) keys.

    A key goes to the first node clockwise that has room. Who has room depends on all keys placed, and so
    does every owner: this ring remembers its keys. Who gives way is decided by a fixed precedence of the
    keys (a second hash), so the placement depends on the set of keys and nodes and not on their history.
    That is a stable matching of keys and nodes: no key finds a node on its way that would rather have it.

    The price of the bound is the cascade: a key that comes may push another on, and that one a third; one
    that goes lets others come back. The paper bounds the expected number of moves by a constant that depends
    only on epsilon, O(1/epsilon**2) for epsilon <= 1.

    Parameters
    ----------
    nodes
        The names. The bound is the same for all, so there are no weights.
    epsilon
        How far above the mean a node may go: 0.25 means a quarter. Read as a decimal, 0.1 is one tenth.
    vnodes
        Points on the circle for each node; the paper has 1.
    hash
        The name of the hash function.

    Raises
    ------
    ValueError
        If epsilon is not positive and finite.
    """

    def __init__(
        self, nodes: Nodes = (), epsilon: float = 0.25, vnodes: int = 128, hash: str = "xxh3"
    ) -> None:
        if isinstance(epsilon, bool) or not isinstance(epsilon, int | float):
            raise TypeError(f"epsilon is a number such as 0.25, not {type(epsilon).__name__} ({epsilon!r})")
        if not math.isfinite(epsilon) or epsilon <= 0:
            raise ValueError(f"epsilon is positive and finite, such as 0.25, not {epsilon}")
        self.epsilon = epsilon
        self._ring = HashRing((), vnodes, hash)
        super().__init__(nodes, hash)

    @property
    def ring(self) -> HashRing:
        """The ring below, as it would be without the bound (to look at; change it by `add` and `remove`)."""
        return self._ring

    def _build(self) -> None:
        self._ring = HashRing(self.nodes, self._ring.vnodes, self.hash)
        self._placement = Placement(self._ring, self._factor, self._digest)

    def _join(self, node: str) -> None:
        self._ring.add(node)
        self.assign(self.placed)

    def _leave(self, node: str, index: int) -> None:
        self._ring.remove(node)
        self.assign(self.placed if self._weights else [])  # the last one takes its keys with it

    @property
    def _factor(self) -> Fraction:
        return 1 + Fraction(str(self.epsilon))

    # The keys that are placed.

    def assign(self, keys: Iterable[Key] | NDArray[Any]) -> NDArray[np.object_]:
        """Place exactly these keys, forgetting all others.

        Returns
        -------
        The owners, in the order of the keys. A key that comes twice is one key.
        """
        keys = list_of_keys(keys)
        self._placement, owners = self._placement_of(keys)
        return owners

    def place(self, key: Key) -> list[Move]:
        """Place one more key.

        Returns
        -------
        Everything that moved, in order: keys that come back to a nearer node where the bound grew, then the
        new key, then the cascade that it set off. Empty if the key was placed already.
        """
        if not self._weights:
            raise self._no_nodes()
        return self._placement.place(key)

    def discard(self, key: Key) -> list[Move]:
        """Take one key away.

        Returns
        -------
        Everything that moved: keys that come back to a nearer node; or, where the bound shrank, those that it
        pushed on.

        Raises
        ------
        LookupError
            If the key is not placed.
        """
        self.owner(key)
        return self._placement.discard(key)

    def owner(self, key: Key) -> str:
        """The node that a placed key is on.

        Raises
        ------
        LookupError
            If the key is not placed: then nobody can say, for its owner depends on all keys placed.
        """
        node = self._placement.node_of(key)
        if node is None:
            raise LookupError(
                f"the key {key!r} is not placed, and on a bounded ring an owner depends on all keys placed:"
                " place(key) or assign(keys) first"
            )
        return node

    @property
    def placed(self) -> dict[Key, str]:
        """Every placed key and its node."""
        return self._placement.placed()

    @property
    def loads(self) -> dict[str, int]:
        """How many keys are placed on each node."""
        return self._placement.loads()

    @property
    def capacity(self) -> int:
        """The bound as it stands: ceil((1 + epsilon) * keys placed / nodes)."""
        return self._placement.capacity

    # Without remembering anything.

    def owners_of(self, keys: Iterable[Key] | NDArray[Any]) -> NDArray[np.object_]:
        """The owners of these keys if exactly these were placed; nothing is remembered."""
        return self._placement_of(list_of_keys(keys))[1]

    def owner_indices(self, keys: Iterable[Key] | NDArray[Any]) -> Indices:
        """`owners_of` as indices into `nodes`."""
        index = {node: i for i, node in enumerate(self._weights)}
        return np.array([index[node] for node in self.owners_of(keys)], np.intp)

    def owners(self, key: Key, n: int) -> list[str]:
        """The nodes that a key asks for room, in order; its owner need not be the first of them."""
        return self._ring.owners(key, n)

    def _placement_of(self, keys: Iterable[Key]) -> tuple[Placement, NDArray[np.object_]]:
        keys = list(keys)
        if keys and not self._weights:
            raise self._no_nodes()
        placement = Placement(self._ring, self._factor, self._digest)
        placement.assign(keys)
        return placement, np.array([placement.node_of(key) for key in keys], dtype=object)

    def _place(self, hashes: Hashes) -> Indices:
        raise AssertionError("owners depend on all keys together: see owners_of")

    def _preference(self, hashed: int, n: int) -> list[str]:
        raise AssertionError("the ring below lists the nodes: see owners")
