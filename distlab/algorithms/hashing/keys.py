"""From a key to 64 bits: which keys there are, and the hash functions by name.

Every scheme of this package sees a key only as a 64-bit number. Three rules hold for all of them, one key
at a time and in batches:

- a ``str`` is the key of its UTF-8 bytes, so ``"ab"`` and ``b"ab"`` are the same key;
- an ``int`` is the key of its eight bytes, two's complement, lowest byte first, so ``1`` and ``"1"`` are
  different keys (and ``-1`` and ``2**64 - 1`` are the same one);
- a ``bool`` is refused: ``True`` would silently be the key ``1``.

Nothing here depends on the process or the machine: no `hash()`, no native byte order.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import xxhash
from numpy.typing import NDArray

Key: TypeAlias = str | bytes | int
Digest: TypeAlias = Callable[[bytes], int]
Hashes: TypeAlias = NDArray[np.uint64]

xxh3: Digest = xxhash.xxh3_64_intdigest
xxh64: Digest = xxhash.xxh64_intdigest


def md5(data: bytes) -> int:
    """The first eight bytes of MD5, highest first."""
    return int.from_bytes(hashlib.md5(data, usedforsecurity=False).digest()[:8], "big")


def sha1(data: bytes) -> int:
    """The first eight bytes of SHA-1, highest first."""
    return int.from_bytes(hashlib.sha1(data, usedforsecurity=False).digest()[:8], "big")


def sha256(data: bytes) -> int:
    """The first eight bytes of SHA-256, highest first."""
    return int.from_bytes(hashlib.sha256(data).digest()[:8], "big")


def blake2b(data: bytes) -> int:
    """BLAKE2b of eight bytes, highest first."""
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big")


def crc32(data: bytes) -> int:
    """CRC-32, its 32 bits written twice.

    The upper copy gives it its place on a ring, the lower one its remainder. It is here to be looked at:
    CRC-32 is linear, so names that differ in one digit land in patterns, and 32 bits collide.
    """
    return zlib.crc32(data) * 0x1_0000_0001


HASHES: dict[str, Digest] = {
    "xxh3": xxh3,
    "xxh64": xxh64,
    "md5": md5,
    "sha1": sha1,
    "sha256": sha256,
    "blake2b": blake2b,
    "crc32": crc32,
}


def digest_named(name: str) -> Digest:
    """The hash function of that name, from bytes to 64 bits.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in HASHES:
        raise ValueError(f"no hash function is called {name!r}; there are {', '.join(HASHES)}")
    return HASHES[name]


def key_bytes(key: Key) -> bytes:
    """The bytes that stand for a key, by the three rules above.

    Raises
    ------
    TypeError
        If the key is not a str, bytes or an int.
    ValueError
        If an int does not fit 64 bits, or a str has no UTF-8 form.
    """
    if isinstance(key, str):
        try:
            return key.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{key!a} has a lone surrogate and so no UTF-8 form: pass it as bytes") from None
    if isinstance(key, bytes):
        return key
    if isinstance(key, bool | np.bool_):
        raise TypeError(
            f"a key is a str, bytes or an int, not the bool {key}: use 'True', or 1, if you mean it"
        )
    if isinstance(key, int | np.integer):
        return _int_bytes(int(key))
    raise TypeError(
        f"a key is a str, bytes or an int, not {type(key).__name__} ({key!r}): turn it into text first"
    )


def _int_bytes(number: int) -> bytes:
    if not -(2**63) <= number < 2**64:
        raise ValueError(f"the key {number} does not fit 64 bits: pass it as text, str({number})")
    return (number % 2**64).to_bytes(8, "little")


def hash_key(key: Key, digest: Digest) -> int:
    """The 64-bit hash of one key."""
    if type(key) is str:  # the usual case, without further questions
        try:
            return digest(key.encode())
        except UnicodeEncodeError:
            pass
    return digest(key_bytes(key))


def hash_keys(keys: Iterable[Key] | NDArray[Any], digest: Digest) -> Hashes:
    """The 64-bit hashes of many keys: ``hash_key`` of each, only faster.

    Parameters
    ----------
    keys
        A list or other iterable of keys, or a one-dimensional array of integers, strings or objects.
    digest
        The hash function.

    Returns
    -------
    ndarray of uint64, in the order of the keys.
    """
    if isinstance(keys, np.ndarray):
        if keys.ndim != 1:
            raise ValueError(f"an array of keys has one dimension, not {keys.ndim}: use .ravel()")
        if keys.dtype.kind in "iu":
            return hash_ints(keys.astype(np.uint64), digest)
    listed = list_of_keys(keys)
    try:
        # str.encode refuses whatever is no str, so the types are checked at no cost
        return np.fromiter(map(digest, map(str.encode, listed)), np.uint64, len(listed))  # type: ignore[arg-type]
    except (TypeError, UnicodeEncodeError):
        pass
    if set(map(type, listed)) == {int}:
        try:
            return hash_ints(np.array(listed, np.int64).astype(np.uint64), digest)
        except OverflowError:
            pass
    return np.fromiter((digest(key_bytes(key)) for key in listed), np.uint64, len(listed))


def list_of_keys(keys: Iterable[Key] | NDArray[Any]) -> Sequence[Key]:
    """The keys as a list; one key alone is refused, for its letters would be taken for keys."""
    if isinstance(keys, str | bytes):
        raise TypeError(
            f"keys must be a list or an array of keys, not the one key {keys!r}: put it in a list"
        )
    if isinstance(keys, np.ndarray):
        listed: list[Key] = keys.tolist()
        return listed
    return keys if isinstance(keys, list | tuple) else list(keys)


def hash_ints(numbers: Hashes, digest: Digest) -> Hashes:
    """The hashes of many 64-bit numbers, each by its eight bytes, lowest first."""
    if digest is xxh3:
        return xxh3_of_ints(numbers)
    return np.fromiter((digest(n.to_bytes(8, "little")) for n in numbers.tolist()), np.uint64, len(numbers))


_SECRET = np.uint64(0xC73AB174C5ECD5A2)  # bytes 8-15 of xxHash's default secret, xor bytes 16-23
_MULTIPLIER = np.uint64(0x9FB21C651E98DF25)


def xxh3_of_ints(numbers: Hashes) -> Hashes:
    """XXH3 (64 bits, seed 0) of inputs of exactly eight bytes, a whole array at once.

    For four to eight bytes XXH3 is a handful of shifts and two multiplications, so numpy can do it. It is
    a bijection: different numbers never collide.

    Source: xxHash fast digest algorithm, specification 0.2, section on XXH3 inputs of 4 to 8 bytes.
    """
    h = _rotate(numbers, 32) ^ _SECRET
    h ^= _rotate(h, 49) ^ _rotate(h, 24)
    h *= _MULTIPLIER
    h ^= (h >> np.uint64(35)) + np.uint64(8)
    h *= _MULTIPLIER
    return h ^ (h >> np.uint64(28))


def _rotate(numbers: Hashes, bits: int) -> Hashes:
    return (numbers << np.uint64(bits)) | (numbers >> np.uint64(64 - bits))


def fraction(position: int) -> float:
    """A 64-bit position as a fraction of the circle, at least 0 and always less than 1."""
    return (position >> 11) / 2**53


def fractions(positions: Hashes) -> NDArray[np.float64]:
    """Many 64-bit positions as fractions of the circle."""
    return (positions >> np.uint64(11)) / 2**53
