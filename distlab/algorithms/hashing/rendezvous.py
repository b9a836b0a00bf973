"""Rendezvous hashing: every node bids for the key, the highest bid wins.

Thaler and Ravishankar: Using name-based mappings to increase hit rates, IEEE/ACM Transactions on Networking
6(1), 1998 ("highest random weight"). The bids of nodes of different weight are as in Schindelhauer and
Schomaker: Weighted distributed hash tables, SPAA 2005 (the logarithmic method).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from distlab.algorithms.hashing.keys import Hashes, Key, hash_key, xxh3, xxh3_of_ints
from distlab.algorithms.hashing.scheme import Indices, Scheme

_CELLS = 2**17  # bids computed at a time: a megabyte, so that they stay in the processor's cache
_FEW = 64  # up to as many nodes one key is served faster by a loop than by numpy


class Rendezvous(Scheme):
    """Highest random weight: no table, preference lists for nothing, and work for every node at each key.

    As in the paper the name of a node and the key are each digested once, and a cheap function mixes the two
    digests to the bid. A bid knows nothing of the other nodes, and so a node that joins takes keys only for
    itself, one that leaves gives up only its own, and the second highest bidder is who inherits.

    With equal weights a bid is an integer of 64 bits. Else it is -weight / ln(u), with u the integer scaled
    to 0 < u < 1: then a node wins in proportion to its weight. A logarithm may differ in its last bit from
    one machine to another; two bids as close as that are met about once in 10**14 keys.

    Parameters
    ----------
    nodes
        The names, or a mapping from name to weight.
    hash
        The name of the hash function that digests names and keys.
    """

    weighted = True

    def _build(self) -> None:
        # by name, so that a tie goes the same way whoever came first
        self._index = self._by_name()
        self._bidders = sorted(self._weights)
        self._name_hashes = np.array([self._digest(name.encode()) for name in self._bidders], np.uint64)
        self._few_hashes: list[int] = self._name_hashes[:_FEW].tolist()
        self._weight = np.array([self._weights[name] for name in self._bidders], np.float64)
        self._equal = len(set(self._weights.values())) <= 1

    def _locate(self, hashed: int) -> int:
        if not self._equal or len(self) > _FEW:
            return super()._locate(hashed)
        bids = [xxh3((hashed ^ name).to_bytes(8, "little")) for name in self._few_hashes]
        return int(self._index[bids.index(max(bids))])

    def bids(self, key: Key) -> dict[str, float]:
        """What each node bids for a key, highest first."""
        return self._ranked(hash_key(key, self._digest))

    def _ranked(self, hashed: int) -> dict[str, float]:
        bids = self._bids(np.array([hashed], np.uint64))[0].tolist()
        return dict(sorted(zip(self._bidders, bids, strict=True), key=lambda pair: (-pair[1], pair[0])))

    def _bids(self, hashes: Hashes) -> NDArray[Any]:
        """The bids: a row for each key, a column for each node in order of names."""
        bids = xxh3_of_ints(hashes[:, None] ^ self._name_hashes)
        if self._equal:
            return bids
        u = ((bids >> np.uint64(11)) + 0.5) / 2**53
        return self._weight / -np.log(u)

    def _place(self, hashes: Hashes) -> Indices:
        winners = np.empty(len(hashes), np.intp)
        rows = max(1, _CELLS // len(self))
        for start in range(0, len(hashes), rows):
            winners[start : start + rows] = self._bids(hashes[start : start + rows]).argmax(axis=1)
        return self._index[winners]

    def _preference(self, hashed: int, n: int) -> list[str]:
        return list(self._ranked(hashed))[:n]
