"""Hash modulo the number of nodes: what one would write first."""

import numpy as np

from distlab.algorithms.hashing.keys import Hashes
from distlab.algorithms.hashing.scheme import Indices, Scheme


class Modulo(Scheme):
    """The disaster to compare with: node number ``hash mod n``.

    Perfectly even, no table, one division. But when a node joins n others, n/(n+1) of all keys move, nearly
    all of them from one old node to another, and every cache is cold at once. The preference list is the
    owner and those after it in the order of nodes.
    """

    def _build(self) -> None:
        pass  # there is nothing to build

    def _locate(self, hashed: int) -> int:
        return hashed % len(self)

    def _place(self, hashes: Hashes) -> Indices:
        return (hashes % np.uint64(len(self))).astype(np.intp)

    def _preference(self, hashed: int, n: int) -> list[str]:
        return [self._names[(hashed + i) % len(self)] for i in range(n)]
