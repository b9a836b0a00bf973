"""The ring as libketama draws it, point for point.

Which ketama: libketama, by Richard Jones and Christian Muehlhaeuser at Last.fm, 2007 (`ketama.c`), the one
that memcached clients mean by "ketama weighted". Its own test, the MD5 sum of a million lookups on eight
servers of different weight, is one of our tests. Where another ketama differs:

- uhashring (2.5) counts a server's digests in integers where libketama uses floats, so 61 equal servers have
  39 digests each there and 40 in uhashring; it gives a key that falls exactly on a point to the next point;
  and it hashes an int as its decimal text, where all rings of this package take its eight bytes.
- Couchbase's (SDK-RFC 26) is the same as libketama's but knows no weights and always takes 40 digests.

Unlike `HashRing`'s, a node's points here depend on everybody's weight: where weights differ, a node that
joins makes keys move between the others.
"""

import hashlib
import math
from collections.abc import Mapping

import numpy as np

from distlab.algorithms.hashing.keys import Hashes
from distlab.algorithms.hashing.ring import HashRing
from distlab.algorithms.hashing.scheme import Nodes


def ketama_hash(data: bytes) -> int:
    """The first four bytes of MD5, lowest first, as the upper half of 64 bits."""
    return int.from_bytes(_md5(data)[:4], "little") << 32


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


class KetamaRing(HashRing):
    """A ring with libketama's points: 40 MD5 digests a node on average, four points each, in 32 bits.

    Names are what libketama reads from its file of servers, ``"10.0.1.1:11211"``; weights are its megabytes.

    Parameters
    ----------
    nodes
        The names, or a mapping from name to weight.
    zones
        As for `HashRing`.
    """

    def __init__(self, nodes: Nodes = (), zones: Mapping[str, str] | None = None) -> None:
        super().__init__(nodes, vnodes=160, hash="md5", zones=zones)

    def _build(self) -> None:
        self._digest = ketama_hash
        super()._build()

    def _join(self, node: str) -> None:
        self._build()  # everybody's number of points may have changed

    def _leave(self, node: str, index: int) -> None:
        super()._leave(node, index)
        self._build()

    def _node_points(self, node: str) -> Hashes:
        digests = b"".join(_md5(f"{node}-{i}".encode()) for i in range(self._digests(node)))
        return np.frombuffer(digests, "<u4").astype(np.uint64) << np.uint64(32)

    def _digests(self, node: str) -> int:
        """floorf(weight / total * 40.0 * servers), with libketama's mixture of float and double."""
        part = np.float32(self._weights[node]) / np.float32(math.fsum(self._weights.values()))
        return int(np.floor(np.float32(float(part) * 40.0 * len(self._weights))))
