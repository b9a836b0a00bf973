"""Operations seen as reads and writes of whole values, which is all that the weaker levels can judge."""

from __future__ import annotations

from typing import Any, NamedTuple

from distlab.history import Operation
from distlab.values import text

ONE = None  # the key where a history has only one register
NOTHING = object()


# Calls that tell their client nothing, unless they return something.
SILENT = {"write", "put", "append", "delete", "enqueue", "add", "remove", "increment"}


class Access(NamedTuple):
    """A read or a write of one key; ``value`` is what was read, or what is written."""

    kind: str  # "read" | "write"
    key: Any
    value: Any


def access(operation: Operation) -> Access | None:
    """The operation as a read or a write, or None when it is neither.

    ``("read",)``, ``("read", key)``, ``("get", key)`` read; ``("write", value)``, ``("write", key, value)``,
    ``("put", key, value)`` write.
    """
    match operation.call:
        case ("read",):
            return Access("read", ONE, operation.result)
        case ("read" | "get", key):
            return Access("read", key, operation.result)
        case ("write", value):
            return Access("write", ONE, value)
        case ("write" | "put", key, value):
            return Access("write", key, value)
    return None


def says_nothing(operation: Operation) -> bool:
    """Whether nothing that the client was told could have been wrong."""
    call = operation.call
    return operation.result is None and isinstance(call, tuple) and call[:1] != () and call[0] in SILENT


def is_cas(operation: Operation) -> bool:
    """Whether it is a compare-and-set, of one register or of a key."""
    return isinstance(operation.call, tuple) and operation.call[:1] == ("cas",)


def seen(operation: Operation) -> Any:
    """The value that the operation found, or NOTHING."""
    if operation.outcome != "completed":
        return NOTHING
    if is_cas(operation):
        return operation.call[-2] if operation.result else NOTHING
    found = access(operation)
    return found.value if found and found.kind == "read" else NOTHING


def written(operation: Operation) -> Any:
    """The value that the operation wrote, or may have written, or NOTHING."""
    if is_cas(operation):
        return operation.call[-1] if operation.outcome == "unknown" or operation.result else NOTHING
    found = access(operation)
    return found.value if found and found.kind == "write" else NOTHING


def name(key: Any) -> str:
    """A key as it stands in a sentence: x, not 'x'."""
    return key if isinstance(key, str) else text(key)


def words(operation: Operation, had: str = "") -> str:
    """The operation as a phrase.

    ``ana's read of x returned 1``, ``ben's write of 2 to x``, ``cyd's dequeue returned None``. `had` goes
    between the doer and the deed: ``ana's read of x had already returned 1``.
    """
    found = access(operation)
    if found and found.kind == "read":
        of = "" if found.key is ONE else f" of {name(found.key)}"
        return f"{operation.client}'s read{of}{had} returned {text(found.value)}"
    if found:
        to = "" if found.key is ONE else f" to {name(found.key)}"
        return f"{operation.client}'s write of {text(found.value)}{to}"
    call = operation.call if isinstance(operation.call, tuple) else (operation.call,)
    said = " ".join(w if i == 0 and isinstance(w, str) else text(w) for i, w in enumerate(call))
    asked = len(call) == 1 and call[0] not in ("acquire", "release")
    told = operation.outcome == "completed" and (asked or operation.result is not None)
    return f"{operation.client}'s {said}" + (f"{had} returned {text(operation.result)}" if told else "")


def noun(operation: Operation) -> str:
    """The operation as a thing: ``ana's read of 1 from x``, ``ben's write of 2 to x``."""
    found = access(operation)
    if found is None or found.kind == "write":
        return words(operation)
    where = "" if found.key is ONE else f" from {name(found.key)}"
    return f"{operation.client}'s read of {text(found.value)}{where}"
