"""What follows from values being plain: their identity, copies, the form that a disk keeps, and JSON.

Which values are plain, and how they read, is said in `plain`; its names can be had from here, too.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from collections.abc import Callable, Hashable, Iterable
from enum import Enum
from typing import Any

import msgspec

from distlab.plain import (
    ALLOWED,
    ATOMS,
    TORN,
    FrozenDict,
    attributes,
    is_named_tuple,
    is_plain_object,
    misfit,
    text,
)

__all__ = [
    "ALLOWED",
    "ATOMS",
    "TORN",
    "FrozenDict",
    "attributes",
    "changeable",
    "copy",
    "from_json",
    "frozen",
    "is_plain_object",
    "key",
    "misfit",
    "text",
    "to_json",
]


# --- identity ---------------------------------------------------------------------------------------


def key(value: Any, seen: dict[int, int] | None = None) -> Hashable:
    """The identity of a value: equal keys mean that no handler can tell the values apart.

    1, 1.0 and True differ; dicts keep their order, because a handler can see it; attributes of an
    object do not. Where one mutable value is reached twice, the second time stands as a reference.
    """
    cls = value.__class__
    if cls is str or cls is int or value is None or cls is bytes:
        return value
    if cls is bool:
        return ("bool", value)
    if cls is float:
        return ("float", "nan" if math.isnan(value) else value.hex())
    if isinstance(value, Enum):
        return (cls, value.name)
    if seen is None:
        seen = {}
    if cls is tuple:
        return ("tuple", *[key(v, seen) for v in value])
    if cls is frozenset:
        return ("frozenset", frozenset([key(v, seen) for v in value]))
    if isinstance(value, msgspec.Struct):
        return (cls, *[key(getattr(value, name), seen) for name in value.__struct_fields__])
    if isinstance(value, tuple):
        return (cls, *[key(v, seen) for v in value])
    if id(value) in seen:
        return ("same as", seen[id(value)])
    seen[id(value)] = len(seen)
    if isinstance(value, dict):
        return (cls, *[(key(k, seen), key(v, seen)) for k, v in value.items()])
    if isinstance(value, list):
        return (cls, *[key(v, seen) for v in value])
    if isinstance(value, set):
        return (cls, frozenset([key(v, seen) for v in value]))
    if isinstance(value, deque):
        return (cls, value.maxlen, *[key(v, seen) for v in value])
    return (cls, *[(name, key(v, seen)) for name, v in sorted(attributes(value).items())])


# --- copies -----------------------------------------------------------------------------------------


def copy(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy that shares nothing mutable with `value`; what is shared inside stays shared inside."""
    cls = value.__class__
    if cls in ATOMS or isinstance(value, (Enum, msgspec.Struct, frozenset, FrozenDict)):
        return value
    memo = {} if memo is None else memo
    if isinstance(value, tuple):
        members = [copy(v, memo) for v in value]
        if all(map(_is, members, value)):
            return value
        return tuple(members) if cls is tuple else cls(*members)
    if id(value) in memo:
        return memo[id(value)]
    if isinstance(value, list):
        memo[id(value)] = new_list = list[Any]()
        new_list.extend([copy(v, memo) for v in value])
        return new_list
    if isinstance(value, dict):
        memo[id(value)] = new_dict = _empty_like(value)
        for k, v in value.items():
            new_dict[k] = copy(v, memo)
        return new_dict
    if isinstance(value, set):
        return memo.setdefault(id(value), set(value))
    if isinstance(value, deque):
        memo[id(value)] = new_deque = deque[Any](maxlen=value.maxlen)
        new_deque.extend([copy(v, memo) for v in value])
        return new_deque
    return _copy_object(value, memo)


def _is(one: object, other: object) -> bool:
    return one is other


def _empty_like(value: dict[Any, Any]) -> dict[Any, Any]:
    factory = getattr(value, "default_factory", None)  # a defaultdict keeps how it makes its defaults
    return value.__class__(factory) if factory is not None else value.__class__()


def _copy_object(value: Any, memo: dict[int, Any]) -> Any:
    new = memo[id(value)] = object.__new__(value.__class__)
    for name, v in attributes(value).items():
        object.__setattr__(new, name, copy(v, memo))
    return new


def changeable(value: Any, found: set[int] | None = None) -> set[int]:
    """The ids of all that can be changed in a value, itself included."""
    found = set() if found is None else found
    cls = value.__class__
    if cls in ATOMS or id(value) in found or isinstance(value, (Enum, msgspec.Struct, frozenset, FrozenDict)):
        return found
    if not isinstance(value, tuple):
        found.add(id(value))
    if isinstance(value, dict):
        members: Iterable[Any] = value.values()
    elif isinstance(value, (tuple, list, deque)):
        members = value
    else:
        members = () if isinstance(value, set) else attributes(value).values()
    for member in members:
        changeable(member, found)
    return found


def frozen(value: Any) -> Any:
    """The same content in a form that nothing can change any more: what a disk keeps, what a client calls.

    Raises
    ------
    TypeError
        When there is no such form of it.
    """
    cls = value.__class__
    if cls in ATOMS or isinstance(value, (Enum, FrozenDict)):
        return value
    if is_named_tuple(cls):
        return cls(*map(frozen, value))
    if isinstance(value, (list, tuple, deque)):
        return tuple(map(frozen, value))
    if isinstance(value, (set, frozenset)):
        return frozenset(map(frozen, value))
    if isinstance(value, dict):
        return FrozenDict({frozen(k): frozen(v) for k, v in value.items()})
    if misfit(value, "", fixed=True) is None:
        return value
    raise TypeError(f"{text(value)} is no plain data: give its fields, not the {cls.__name__} itself")


# --- JSON -------------------------------------------------------------------------------------------


def to_json(value: Any) -> str:
    """The value as JSON that keeps types apart, the same in every process: sets are sorted."""
    return json.dumps(_tagged(value), ensure_ascii=False, separators=(",", ":"))


def _tagged(value: Any) -> Any:
    cls = value.__class__
    if cls is float and not math.isfinite(value):
        return {"$": "float", "v": repr(value)}
    if cls is bytes:
        return {"$": "bytes", "v": value.hex()}
    if cls in ATOMS:
        return value
    if cls is list:
        return [_tagged(v) for v in value]
    if isinstance(value, Enum):
        return {"$": "enum", "t": cls.__name__, "v": value.name}
    if isinstance(value, (set, frozenset)):
        order = sorted(value, key=lambda v: (text(v), v.__class__.__name__))
        return {"$": cls.__name__, "v": [_tagged(v) for v in order]}
    if isinstance(value, dict):
        return {"$": cls.__name__, "v": [[_tagged(k), _tagged(v)] for k, v in value.items()]}
    if isinstance(value, deque):
        return {"$": "deque", "n": value.maxlen, "v": [_tagged(v) for v in value]}
    if cls is tuple:
        return {"$": "tuple", "v": [_tagged(v) for v in value]}
    fields = {name: _tagged(v) for name, v in attributes(value).items()}
    kind = (
        "message" if isinstance(value, msgspec.Struct) else "named" if isinstance(value, tuple) else "object"
    )
    return {"$": kind, "t": cls.__name__, "v": fields}


def from_json(data: str, types: Iterable[type] = ()) -> Any:
    """Read what `to_json` wrote.

    Parameters
    ----------
    data : str
        The JSON text.
    types : iterable of type
        Message, dataclass, named tuple and enum classes, found by their names. For those that are not
        among them stand-ins are made, of the same name and fields.

    Raises
    ------
    ValueError
        When a class has other fields than what was written.
    """
    return _Reader(types).untagged(json.loads(data))


_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "bytes": bytes.fromhex,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
    "FrozenDict": FrozenDict,
    "Counter": lambda pairs: Counter(dict(pairs)),
    "OrderedDict": OrderedDict,
    "defaultdict": lambda pairs: defaultdict(None, pairs),
}
_PAIRS = frozenset({"dict", "FrozenDict", "Counter", "OrderedDict", "defaultdict"})


class StandIn(msgspec.Struct, frozen=True):
    """In place of a Message whose class the reader was not given."""

    def __repr__(self) -> str:
        return text(self)


class _Reader:
    """Reads one text: what stands for a class that was not given is the same all over it."""

    def __init__(self, types: Iterable[type]) -> None:
        self.given = {cls.__name__: cls for cls in types}
        self.made: dict[tuple[str, ...], Any] = {}

    def untagged(self, data: Any) -> Any:
        if isinstance(data, list):
            return [self.untagged(v) for v in data]
        if not isinstance(data, dict):
            return data
        kind, body = data["$"], data["v"]
        if kind == "enum":
            return self.member(data["t"], body)
        if isinstance(body, dict):
            return self.record(kind, data["t"], {name: self.untagged(v) for name, v in body.items()})
        if isinstance(body, list):
            body = [self.untagged(v) for v in body]
            body = [tuple(pair) for pair in body] if kind in _PAIRS else body
        return deque(body, data["n"]) if kind == "deque" else _BUILDERS[kind](body)

    def member(self, name: str, member: str) -> Any:
        """A member of an enum."""
        if (name, member) == (TORN.__class__.__name__, TORN.name):
            return TORN
        if name in self.given:
            return self.given[name][member]  # type: ignore[index]
        if (name, member) not in self.made:
            self.made[name, member] = Enum(name, [member])
        return self.made[name, member][member]

    def record(self, kind: str, name: str, fields: dict[str, Any]) -> Any:
        """A Message, named tuple, dataclass or plain object."""
        cls = self.given.get(name)
        if cls is None:
            return self.stand_in(kind, name, tuple(fields))(**fields)
        if kind == "object":
            new: Any = object.__new__(cls)
            for field, value in fields.items():
                object.__setattr__(new, field, value)
            return new
        known = cls.__struct_fields__ if issubclass(cls, msgspec.Struct) else getattr(cls, "_fields", ())
        if set(known) != set(fields):
            raise ValueError(
                f"{name} has the fields {', '.join(known) or 'none'}, "
                f"but what was written has {', '.join(fields) or 'none'}"
            )
        return cls(**fields)

    def stand_in(self, kind: str, name: str, fields: tuple[str, ...]) -> Any:
        """A class for what was written by one that is not known."""
        if (kind, name, *fields) not in self.made:
            make: dict[str, Callable[[], Any]] = {
                "message": lambda: msgspec.defstruct(name, fields, bases=(StandIn,), frozen=True),
                "named": lambda: namedtuple(name, fields),
                "object": lambda: dataclasses.make_dataclass(name, fields, frozen=True, repr=False),
            }
            self.made[kind, name, *fields] = make[kind]()
        return self.made[kind, name, *fields]
