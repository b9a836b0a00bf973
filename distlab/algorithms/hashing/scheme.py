"""What every placement scheme answers, whatever it does inside.

A scheme maps each key to one of its nodes. The six schemes of this package differ in what happens to the
other keys when a node comes or goes, in how even the load is, and in what they can do at all.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from distlab.algorithms.hashing.keys import Hashes, Key, digest_named, hash_key, hash_keys, key_bytes

Nodes: TypeAlias = Iterable[str] | Mapping[str, float]
Indices: TypeAlias = NDArray[np.intp]


class NotOffered(TypeError):
    """The scheme cannot do that, and the sentence says why."""


class Scheme(ABC):
    """A placement of keys on nodes.

    Parameters
    ----------
    nodes
        The names, in order; or a mapping from name to weight where the scheme knows weights.
    hash
        The name of the hash function (see `distlab.algorithms.hashing.keys.HASHES`).

    Raises
    ------
    TypeError
        If a name is not a str, a weight not a number, or `nodes` has no order (a set).
    ValueError
        If a name comes twice or is empty, or a weight is not positive and finite.
    """

    weighted = False  # whether a node may have a weight other than 1

    def __init__(self, nodes: Nodes = (), hash: str = "xxh3") -> None:
        self.hash = hash
        self._digest = digest_named(hash)
        self._weights: dict[str, float] = {}
        for name, weight in _pairs(nodes):
            self._enter(name, weight)
        self._names = list(self._weights)
        self._build()

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of the nodes, in the order in which they came."""
        return tuple(self._names)

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each node."""
        return dict(self._weights)

    def add(self, node: str, weight: float = 1) -> None:
        """Let a node join.

        Raises
        ------
        ValueError
            If it is there already, or its weight is not a positive, finite number.
        NotOffered
            If it has a weight and the scheme knows none.
        """
        self._enter(node, weight)
        self._names = list(self._weights)
        self._join(node)

    def remove(self, node: str) -> None:
        """Let a node leave.

        Raises
        ------
        LookupError
            If no node has that name.
        """
        index = self._index_of(node)
        del self._weights[node]
        self._names = list(self._weights)
        self._leave(node, index)

    def owner(self, key: Key) -> str:
        """The node that a key belongs to.

        Raises
        ------
        TypeError
            If the key is not a str, bytes or an int.
        LookupError
            If there is no node.
        """
        hashed = hash_key(key, self._digest)
        if not self._names:
            raise self._no_nodes()
        return self._names[self._locate(hashed)]

    def owners(self, key: Key, n: int) -> list[str]:
        """The key's preference list: its owner, then the nodes to turn to next, all different.

        Raises
        ------
        ValueError
            If there are fewer than `n` nodes.
        NotOffered
            If the scheme has no second choice.
        """
        self._check_enough(n, len(self._weights), "nodes")
        return self._preference(hash_key(key, self._digest), n)

    def owners_of(self, keys: Iterable[Key] | NDArray[Any]) -> NDArray[np.object_]:
        """The owners of many keys: an array of names, in the order of the keys."""
        return np.array(self._names, dtype=object)[self.owner_indices(keys)]

    def owner_indices(self, keys: Iterable[Key] | NDArray[Any]) -> Indices:
        """The owners of many keys as indices into `nodes`: the fast part of `owners_of`."""
        hashes = hash_keys(keys, self._digest)
        if len(hashes) == 0:
            return np.array([], np.intp)
        if not self._weights:
            raise self._no_nodes()
        return self._place(hashes)

    def load(self, keys: Iterable[Key] | NDArray[Any]) -> dict[str, int]:
        """How many of these keys each node owns, in the order of the nodes."""
        counts = np.bincount(self.owner_indices(keys), minlength=len(self._weights))
        return dict(zip(self._weights, counts.tolist(), strict=True))

    def __len__(self) -> int:
        return len(self._weights)

    def __contains__(self, node: object) -> bool:
        return node in self._weights

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} node{'s' * (len(self) != 1)})"

    # What a scheme fills in.

    @abstractmethod
    def _build(self) -> None:
        """Make the scheme's tables from `_weights`."""

    @abstractmethod
    def _place(self, hashes: Hashes) -> Indices:
        """The index of the owner of each hash; there is a hash and a node."""

    def _locate(self, hashed: int) -> int:
        """The index of the owner of one hash; there is a node."""
        return int(self._place(np.array([hashed], np.uint64))[0])

    @abstractmethod
    def _preference(self, hashed: int, n: int) -> list[str]:
        """The first `n` nodes for a hash; there are as many."""

    def _join(self, node: str) -> None:
        self._build()

    def _leave(self, node: str, index: int) -> None:
        self._build()

    # What they share.

    def _enter(self, name: str, weight: float) -> None:
        check_name(name)
        if name in self._weights:
            raise ValueError(f"the node {name!r} is there already: remove it first, or choose another name")
        weight = check_weight(name, weight)
        if weight != 1 and not self.weighted:
            raise NotOffered(
                f"{type(self).__name__} knows no weights: {name!r} cannot have the weight {weight:g}"
            )
        self._weights[name] = weight

    def _index_of(self, node: str) -> int:
        if node not in self._weights:
            there = ", ".join(map(repr, self._names[:8])) or "none"
            raise LookupError(f"there is no node {node!r}; there are {there}{', ...' * (len(self) > 8)}")
        return self._names.index(node)

    def _by_name(self) -> Indices:
        """The indices of the nodes in order of their names, which does not depend on who came first."""
        return np.array(sorted(range(len(self)), key=self._names.__getitem__), np.intp)

    def _no_nodes(self) -> LookupError:
        return LookupError(f"this {type(self).__name__} has no nodes: add one before asking who owns a key")

    def _check_enough(self, n: int, available: int, what: str) -> None:
        if isinstance(n, bool) or not isinstance(n, int | np.integer) or n < 1:
            raise ValueError(f"a preference list has a length of 1 or more, not {n!r}")
        if not self._weights:
            raise self._no_nodes()
        if n > available:
            raise ValueError(f"a preference list of {n} needs {n} different {what}; there are {available}")


def _pairs(nodes: Nodes) -> Iterable[tuple[str, float]]:
    if isinstance(nodes, str | bytes):
        raise TypeError(f"nodes must be a list of names or a mapping to weights, not the one name {nodes!r}")
    if isinstance(nodes, set | frozenset):
        raise TypeError("a set of nodes has no order that is the same in every run: pass sorted(nodes)")
    return nodes.items() if isinstance(nodes, Mapping) else [(name, 1) for name in nodes]


def check_name(name: str) -> None:
    """Refuse what cannot name a node."""
    if not isinstance(name, str):
        raise TypeError(f"a node's name is a str, not {type(name).__name__} ({name!r})")
    if not name:
        raise ValueError("a node's name is not empty")
    key_bytes(name)


def check_weight(name: str, weight: float) -> float:
    """A node's weight as a plain number, or the sentence that refuses it."""
    if isinstance(weight, bool) or not isinstance(weight, int | float | np.integer | np.floating):
        raise TypeError(f"the weight of {name!r} is a number, not {type(weight).__name__} ({weight!r})")
    if not math.isfinite(weight) or weight <= 0:
        raise ValueError(f"the weight of {name!r} is positive and finite, not {weight}")
    return weight if isinstance(weight, int | float) else weight.item()
