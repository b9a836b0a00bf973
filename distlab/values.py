"""Plain values: what a node may keep, send and write, and their identity, copies, text and JSON.

Everything above this module treats a node's state as data: a search has to know when two states
are equal, a replay has to copy them, a picture has to print them the same way in every process.
The rules are stated once, here.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable
from enum import Enum
from typing import Any

import msgspec

ATOMS = frozenset({type(None), bool, int, float, str, bytes})
ALLOWED = "None, bool, int, float, str, bytes, enums, tuple, list, dict, set, frozenset, deque, Counter, \
dataclasses, Messages and plain objects of these"


class FrozenDict(dict):  # type: ignore[type-arg]
    """A dict that was written to disk: it reads like a dict, and changes only by writing a new one."""

    def _refuse(self, *_args: object, **_kwargs: object) -> Any:
        raise TypeError(
            "what is on disk changes only by assignment: copy it with dict(...), change the copy, write it back"
        )

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse


class _Torn(Enum):
    TORN = "TORN"

    def __repr__(self) -> str:
        return "TORN"


TORN = _Torn.TORN
"""What stands in ``disk.log`` where a crash tore a record that was not forced yet."""


# --- what is allowed -------------------------------------------------------------------------------


def is_plain_object(cls: type) -> bool:
    """Whether all that an instance of `cls` knows is its attributes (no C state behind them)."""
    return (
        cls.__module__ != "builtins"
        and cls.__dictoffset__ != 0
        and not issubclass(cls, type)
        and cls.__reduce_ex__ is object.__reduce_ex__
        and cls.__reduce__ is object.__reduce__
    )


def attributes(value: Any) -> dict[str, Any]:
    """The fields of a Message, a dataclass or a plain object, by name."""
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: getattr(value, name) for name in names} | dict(getattr(value, "__dict__", {}))
    return vars(value)


def misfit(value: Any, path: str, seen: set[int] | None = None) -> str | None:
    """Say what in `value` a node may not keep, or None when all of it is plain.

    Parameters
    ----------
    value : object
        What to look through.
    path : str
        How the value is reached, for the sentence: ``self.votes``.

    Returns
    -------
    str or None
        The first path that is not plain, with its type.
    """
    cls = value.__class__
    if cls in ATOMS or isinstance(value, Enum):
        return None
    seen = set() if seen is None else seen
    if id(value) in seen:
        return None
    seen.add(id(value))
    if isinstance(value, dict):
        pairs = [(f"a key of {path}", k) for k in value] + [
            (f"{path}[{text(k)}]", v) for k, v in value.items()
        ]
    elif isinstance(value, (tuple, list, deque)):
        pairs = [(f"{path}[{i}]", v) for i, v in enumerate(value)]
    elif isinstance(value, (set, frozenset)):
        pairs = [(f"a member of {path}", v) for v in value]
    elif isinstance(value, msgspec.Struct) or dataclasses.is_dataclass(cls) or is_plain_object(cls):
        pairs = [(f"{path}.{name}", v) for name, v in attributes(value).items()]
    else:
        return f"{path} is a {cls.__name__}"
    return next((found for where, v in pairs if (found := misfit(v, where, seen))), None)


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
    if id(value) in seen:
        return ("same as", seen[id(value)])
    seen[id(value)] = len(seen)
    if isinstance(value, dict):
        return (cls.__name__, *[(key(k, seen), key(v, seen)) for k, v in value.items()])
    if isinstance(value, (list, tuple)):
        return (cls.__name__, *[key(v, seen) for v in value])
    if isinstance(value, (set, frozenset)):
        return (cls.__name__, frozenset([key(v, seen) for v in value]))
    if isinstance(value, deque):
        return ("deque", value.maxlen, *[key(v, seen) for v in value])
    return (cls, *[(name, key(v, seen)) for name, v in sorted(attributes(value).items())])


# --- copies -----------------------------------------------------------------------------------------


def copy(value: Any, memo: dict[int, Any] | None = None) -> Any:
    """A copy that shares nothing mutable with `value`; what is shared inside stays shared inside."""
    cls = value.__class__
    if cls in ATOMS or isinstance(value, (Enum, msgspec.Struct, frozenset)):
        return value
    memo = {} if memo is None else memo
    if cls is tuple:
        return tuple([copy(v, memo) for v in value])
    if id(value) in memo:
        return memo[id(value)]
    if cls is list:
        memo[id(value)] = new_list = list[Any]()
        new_list.extend([copy(v, memo) for v in value])
        return new_list
    if isinstance(value, FrozenDict):
        return value
    if isinstance(value, dict):
        memo[id(value)] = new_dict = _empty_like(value)
        for k, v in value.items():
            dict.__setitem__(new_dict, k, copy(v, memo))
        return new_dict
    if isinstance(value, set):
        return memo.setdefault(id(value), set(value))
    if isinstance(value, deque):
        return memo.setdefault(id(value), deque([copy(v, memo) for v in value], value.maxlen))
    if isinstance(value, tuple):  # a named tuple
        return cls(*[copy(v, memo) for v in value])
    return _copy_object(value, memo)


def _empty_like(value: dict[Any, Any]) -> dict[Any, Any]:
    factory = getattr(value, "default_factory", None)  # a defaultdict keeps how it makes its defaults
    return value.__class__(factory) if factory is not None else value.__class__()


def _copy_object(value: Any, memo: dict[int, Any]) -> Any:
    new = memo[id(value)] = object.__new__(value.__class__)
    for name, v in attributes(value).items():
        object.__setattr__(new, name, copy(v, memo))
    return new


def frozen(value: Any) -> Any:
    """The value as it is kept on disk: the same content, and nothing can change it any more."""
    cls = value.__class__
    if cls in ATOMS or isinstance(value, (Enum, msgspec.Struct, FrozenDict)):
        return value
    if isinstance(value, (list, tuple, deque)):
        return tuple([frozen(v) for v in value])
    if isinstance(value, (set, frozenset)):
        return frozenset([frozen(v) for v in value])
    if isinstance(value, dict):
        return FrozenDict({k: frozen(v) for k, v in value.items()})
    if dataclasses.is_dataclass(value) and cls.__dataclass_params__.frozen:
        return value
    raise TypeError(f"a disk holds plain data: write the fields of the {cls.__name__}, not the object itself")


# --- text -------------------------------------------------------------------------------------------


def text(value: Any) -> str:
    """The value as one line, the same in every process: sets are sorted, floats short."""
    cls = value.__class__
    if cls in ATOMS:
        return repr(value)
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(text, value))) + "}" if value else "{}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{text(k)}: {text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, deque)):
        return "[" + ", ".join(map(text, value)) + "]"
    if cls is tuple:
        return "(" + ", ".join(map(text, value)) + ("," if len(value) == 1 else "") + ")"
    try:
        fields = attributes(value)
    except TypeError:  # a value without attributes; misfit() has a sentence for it where it matters
        return f"<{cls.__name__}>"
    return f"{cls.__name__}(" + ", ".join(f"{name}={text(v)}" for name, v in fields.items()) + ")"


# --- JSON -------------------------------------------------------------------------------------------


def to_json(value: Any) -> str:
    """The value as JSON that keeps types apart (tuple, list, set, bytes, Message), sorted where order means nothing."""
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
        return {"$": cls.__name__, "v": [_tagged(v) for v in sorted(value, key=text)]}
    if isinstance(value, dict):
        return {"$": cls.__name__, "v": [[_tagged(k), _tagged(v)] for k, v in value.items()]}
    if isinstance(value, (tuple, deque)):
        return {"$": "deque" if cls is deque else "tuple", "v": [_tagged(v) for v in value]}
    fields = {name: _tagged(v) for name, v in attributes(value).items()}
    return {"$": "message" if isinstance(value, msgspec.Struct) else "object", "t": cls.__name__, "v": fields}


_BUILDERS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "bytes": bytes.fromhex,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": deque,
    "dict": dict,
    "FrozenDict": FrozenDict,
    "Counter": lambda pairs: Counter(dict(pairs)),
    "defaultdict": dict,
}


def from_json(data: str, types: Iterable[type] = ()) -> Any:
    """Read what `to_json` wrote.

    Parameters
    ----------
    data : str
        The JSON text.
    types : iterable of type
        Message, dataclass and enum classes, found by their names. What is not among them comes back
        as a stand-in: a frozen struct of the same name and fields.
    """
    by_name = {cls.__name__: cls for cls in types}
    return _untagged(json.loads(data), by_name)


def _untagged(data: Any, types: dict[str, type]) -> Any:
    if isinstance(data, list):
        return [_untagged(v, types) for v in data]
    if not isinstance(data, dict):
        return data
    kind, body = data["$"], data["v"]
    if kind == "enum":
        if body == "TORN":
            return TORN
        return types[data["t"]][body] if data["t"] in types else f"{data['t']}.{body}"  # type: ignore[index]
    if kind in ("message", "object"):
        fields = {name: _untagged(v, types) for name, v in body.items()}
        if data["t"] not in types:
            types[data["t"]] = msgspec.defstruct(data["t"], [(name, Any) for name in fields], frozen=True)
        return types[data["t"]](**fields)
    if isinstance(body, list):
        body = [tuple(v) if "ict" in kind or kind == "Counter" else v for v in _untagged(body, types)]
    return _BUILDERS[kind](body)
