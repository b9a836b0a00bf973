"""Jump consistent hash: a key jumps from bucket to bucket as their number grows.

Lamping and Veach: A fast, minimal memory, consistent hash algorithm, arXiv:1406.2294, 2014.
"""

import numpy as np

from distlab.algorithms.hashing.keys import Hashes
from distlab.algorithms.hashing.scheme import Indices, NotOffered, Scheme


def jump_bucket(key: int, buckets: int) -> int:
    """The bucket of a key, as in the paper's figure 1.

    The key seeds a random generator. As the number of buckets grows, the key moves rarely and always to the
    newest bucket; the generator says how far it is to the next such jump.

    Parameters
    ----------
    key
        A number of 64 bits.
    buckets
        How many buckets there are, 1 or more.

    Returns
    -------
    The bucket, 0 <= bucket < buckets.
    """
    if not 0 <= key < 2**64:
        raise ValueError(f"jump_bucket hashes a number of 64 bits, 0 <= key < 2**64, not {key}")
    if buckets < 1:
        raise ValueError(f"there must be 1 bucket or more, not {buckets}")
    bucket, jump = -1, 0
    while jump < buckets:
        bucket = jump
        key = (key * 2862933555777941757 + 1) % 2**64
        jump = int((bucket + 1) * (2**31 / ((key >> 33) + 1)))
    return bucket


def jump_buckets(keys: Hashes, buckets: int) -> Indices:
    """`jump_bucket` of a whole array: those that can still jump do so together, about ln(buckets) times."""
    found = np.zeros(len(keys), np.intp)
    jumping = np.arange(len(keys))
    state = keys
    jump = np.zeros(len(keys), np.float64)
    while len(jumping):
        found[jumping] = jump
        state = state * np.uint64(2862933555777941757) + np.uint64(1)
        jump = np.floor((jump + 1) * (2**31 / ((state >> np.uint64(33)) + np.uint64(1)).astype(np.float64)))
        again = jump < buckets
        jumping, state, jump = jumping[again], state[again], jump[again]
    return found


class Jump(Scheme):
    """Jump consistent hash over named nodes: no table, even load, and the least possible movement.

    The price: buckets are numbered 0 to n-1 without gaps. A node may only be added at the end, only the last
    may be removed, and the order of the nodes decides who owns what. So it suits shards that are replicated
    behind their number, and not a set of caches that come and go.
    """

    def _build(self) -> None:
        pass  # there is nothing to build

    def remove(self, node: str) -> None:
        """Let the last node leave.

        Raises
        ------
        NotOffered
            If the node is not the last.
        """
        if self._index_of(node) != len(self) - 1:
            raise NotOffered(
                f"Jump numbers its nodes without gaps, so only the last, {self._names[-1]!r}, can be removed,"
                f" not {node!r}"
            )
        super().remove(node)

    def _locate(self, hashed: int) -> int:
        return jump_bucket(hashed, len(self))

    def _place(self, hashes: Hashes) -> Indices:
        return jump_buckets(hashes, len(self))

    def _preference(self, hashed: int, n: int) -> list[str]:
        raise NotOffered(
            "Jump names one node for a key and has no second choice: keep replicas behind each node"
        )
