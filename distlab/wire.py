"""Messages as bytes, as they travel between processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from distlab import values


def encode(message: Any) -> bytes:
    """The message as type-tagged JSON in UTF-8."""
    return values.to_json(message).encode()


def decode(data: bytes, kinds: Iterable[type]) -> Any:
    """Read what `encode` wrote; `kinds` are the classes that may occur in it."""
    return values.from_json(data.decode(), kinds)


def through(message: Any) -> Any:
    """What the other end of a wire gets: an equal message that shares nothing with this one."""
    return decode(encode(message), set(_kinds(message)))


def _kinds(value: Any) -> Iterator[type]:
    """The classes of all messages, enums and objects inside a value."""
    if value.__class__ in values.ATOMS:
        return
    if isinstance(value, (tuple, frozenset)):
        for member in value:
            yield from _kinds(member)
        return
    yield type(value)
    if isinstance(value, msgspec.Struct):
        for member in values.attributes(value).values():
            yield from _kinds(member)
