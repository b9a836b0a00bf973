"""Messages as bytes, as they travel between processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any

from distlab import values


def encode(message: Any) -> bytes:
    """The message as type-tagged JSON in UTF-8."""
    return values.to_json(message).encode("utf-8", "surrogatepass")


def decode(data: bytes, kinds: Iterable[type]) -> Any:
    """Read what `encode` wrote; `kinds` are the classes that may occur in it."""
    return values.from_json(data.decode("utf-8", "surrogatepass"), kinds)


def through(message: Any) -> Any:
    """What the other end of a wire gets: an equal message that shares nothing with this one."""
    return decode(encode(message), dict.fromkeys(_kinds(message)))


def _kinds(value: Any) -> Iterator[type]:
    """The classes of all messages, enums and other records inside a value."""
    cls = value.__class__
    if cls in values.ATOMS:
        return
    if cls in (tuple, frozenset):
        members = value
    elif isinstance(value, dict):
        members = (*value.keys(), *value.values())
    else:
        yield cls
        members = () if isinstance(value, Enum) else values.attributes(value).values()
    for member in members:
        yield from _kinds(member)
