"""Maglev hashing: a lookup table that the nodes fill in turn.

Eisenbud et al.: Maglev: a fast and reliable software network load balancer, NSDI 2016, section 3.4.
"""

import math
from collections.abc import Sequence

import numpy as np

from distlab.algorithms.hashing.keys import Hashes
from distlab.algorithms.hashing.scheme import Indices, Nodes, NotOffered, Scheme


def populate(offsets: Sequence[int], skips: Sequence[int], size: int) -> list[int]:
    """The lookup table, as in the paper's pseudocode 1.

    Node i prefers the entries ``offsets[i]``, ``offsets[i] + skips[i]``, ... modulo `size`; since `size` is
    prime that is a permutation of all entries. The nodes take turns, each taking the first entry of its
    permutation that is still free, until none is.

    Parameters
    ----------
    offsets
        For each node where its permutation starts, 0 <= offset < size.
    skips
        For each node the step of its permutation, 1 <= skip < size.
    size
        The number of entries, a prime.

    Returns
    -------
    For each entry the index of its node.
    """
    free = -1
    entry = [free] * size
    preferred = list(offsets)
    filled = 0
    while True:
        for i, skip in enumerate(skips):
            wanted = preferred[i]
            while entry[wanted] != free:
                wanted = (wanted + skip) % size
            entry[wanted] = i
            preferred[i] = wanted
            filled += 1
            if filled == size:
                return entry


class Maglev(Scheme):
    """Maglev hashing: one look into a table that is even to one entry.

    The table is made afresh from the sorted names whenever the nodes change, so load balancers that know the
    same nodes agree without talking. The price: entries also move between nodes that stay, a few in a
    thousand, which the paper accepts because connections are tracked besides.

    Parameters
    ----------
    nodes
        The names.
    size
        Entries of the table: a prime; the paper wants more than a hundred for each node, so that shares
        are even to one in a hundred, and uses 65,537 and 655,373.
    hash
        The name of the hash function.
    """

    def __init__(self, nodes: Nodes = (), size: int = 65_537, hash: str = "xxh3") -> None:
        if not isinstance(size, int) or not is_prime(size):
            raise ValueError(f"Maglev's table has a prime number of entries, such as 65537, not {size!r}")
        self.size = size
        super().__init__(nodes, hash)

    def _enter(self, name: str, weight: float) -> None:
        if len(self) == self.size:
            raise ValueError(
                f"a Maglev table of {self.size} entries has room for {self.size} nodes, not for {name!r}"
            )
        super()._enter(name, weight)

    def _build(self) -> None:
        self._table: Indices | None = None  # made when it is first needed: nodes often come one after another

    @property
    def table(self) -> Indices:
        """The lookup table: for each entry the index of its node in `nodes`."""
        if self._table is None:
            names = sorted(self._weights)
            offsets = [self._digest(f"offset {name}".encode()) % self.size for name in names]
            skips = [self._digest(f"skip {name}".encode()) % (self.size - 1) + 1 for name in names]
            self._table = self._by_name()[populate(offsets, skips, self.size) if names else []]
        return self._table

    def _locate(self, hashed: int) -> int:
        return int(self.table[hashed % self.size])

    def _place(self, hashes: Hashes) -> Indices:
        return self.table[(hashes % np.uint64(self.size)).astype(np.intp)]

    def _preference(self, hashed: int, n: int) -> list[str]:
        raise NotOffered("Maglev's table names one node for a key; the paper knows no second choice")


def is_prime(number: int) -> bool:
    """Whether a number is prime, by trial division."""
    return number > 1 and all(number % d for d in range(2, math.isqrt(number) + 1))
