"""Plain values: what a node may keep, send and write, and how they read.

Everything above this module treats a node's state as data: a search has to know when two states are
equal, a replay has to copy them, a picture has to print them the same way in every process. What is
plain is said once, here; what follows from it is in `values`.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, OrderedDict, defaultdict, deque
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

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self.items()))


MAPPINGS = frozenset({dict, FrozenDict, Counter, defaultdict, OrderedDict})
SEQUENCES = frozenset({tuple, list, deque})
SETS = frozenset({set, frozenset})
CHANGEABLE = (MAPPINGS - {FrozenDict}) | {list, deque, set}


class _Torn(Enum):
    TORN = "TORN"

    def __repr__(self) -> str:
        return "TORN"


TORN = _Torn.TORN
"""What stands in ``disk.log`` where a crash tore a record that was not forced yet."""


# --- kinds of values --------------------------------------------------------------------------------


def is_named_tuple(cls: type) -> bool:
    """Whether `cls` is a tuple whose places have names."""
    return issubclass(cls, tuple) and hasattr(cls, "_fields")


def is_plain_object(cls: type) -> bool:
    """Whether all that an instance of `cls` knows is in its ``__dict__``: no slots, no C state, nothing built in."""
    return (
        cls.__dictoffset__ != 0
        and not issubclass(cls, type)
        and cls.__reduce_ex__ is object.__reduce_ex__
        and cls.__reduce__ is object.__reduce__
        and all(
            base.__module__ != "builtins" and not vars(base).get("__slots__") for base in cls.__mro__[:-1]
        )
    )


def attributes(value: Any) -> dict[str, Any]:
    """The fields of a Message, a named tuple, a dataclass or a plain object, by name."""
    if isinstance(value, msgspec.Struct):
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if is_named_tuple(value.__class__):
        return dict(value._asdict())
    if dataclasses.is_dataclass(value):
        names = [field.name for field in dataclasses.fields(value)]
        return {name: getattr(value, name) for name in names} | dict(getattr(value, "__dict__", {}))
    return vars(value)


def _is_record(cls: type, fixed: bool) -> bool:
    """Whether a value of this class is known by its attributes; `fixed`: and they never change."""
    if issubclass(cls, msgspec.Struct):
        return bool(cls.__struct_config__.frozen)
    if is_named_tuple(cls):
        return True
    if dataclasses.is_dataclass(cls):
        return not fixed or bool(cls.__dataclass_params__.frozen)  # type: ignore[attr-defined]
    return not fixed and is_plain_object(cls)


# --- what is allowed --------------------------------------------------------------------------------


def misfit(
    value: Any, path: str, fixed: bool = False, seen: set[tuple[int, bool]] | None = None
) -> str | None:
    """Say what in `value` a node may not keep, or None when all of it is plain.

    Parameters
    ----------
    value : object
        What to look through.
    path : str
        How the value is reached, for the sentence: ``self.votes``.
    fixed : bool
        Whether it must never change, too: in a message, as a member of a set, as a key of a dict.

    Returns
    -------
    str or None
        The first path that is not plain, with its type: ``self.votes[2] is a function``.
    """
    cls = value.__class__
    if cls in ATOMS or isinstance(value, Enum):
        return None
    seen = set() if seen is None else seen
    if (id(value), fixed) in seen:
        return None
    seen.add((id(value), fixed))
    if fixed and cls in CHANGEABLE:
        return f"{path} is {_a(cls)}, which can change"
    if cls in MAPPINGS:
        pairs = [(f"a key of {path}", key, True) for key in value]
        pairs += [(f"{path}[{text(key)}]", v, fixed) for key, v in value.items()]
    elif cls in SEQUENCES:
        pairs = [(f"{path}[{i}]", v, fixed) for i, v in enumerate(value)]
    elif cls in SETS:
        pairs = [(f"a member of {path}", v, True) for v in value]
    elif _is_record(cls, fixed):
        inside = fixed or isinstance(value, msgspec.Struct)
        pairs = [(f"{path}.{name}", v, inside) for name, v in attributes(value).items()]
    else:
        return f"{path} is {_what(value, fixed)}"
    return next((found for where, v, f in pairs if (found := misfit(v, where, f, seen))), None)


def _what(value: Any, fixed: bool) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    cls = value.__class__
    can_change = isinstance(value, msgspec.Struct) or (fixed and _is_record(cls, fixed=False))
    return _a(cls) + (", which can change" if can_change else "")


def _a(cls: type) -> str:
    return f"{'an' if cls.__name__[0] in 'aeiouAEIOU' else 'a'} {cls.__name__}"


# --- text -------------------------------------------------------------------------------------------


def text(value: Any, inside: tuple[int, ...] = ()) -> str:
    """The value as one line, the same in every process: sets are sorted; what holds itself shows dots there."""
    cls = value.__class__
    if cls in ATOMS:
        return repr(value)
    if isinstance(value, Enum):
        return value.name
    if id(value) in inside:
        return "..."
    inside = (*inside, id(value))
    if isinstance(value, dict):
        return "{" + ", ".join([f"{text(k, inside)}: {text(v, inside)}" for k, v in value.items()]) + "}"
    if not isinstance(value, (list, deque, tuple, set, frozenset)) or is_named_tuple(cls):
        return _record_text(value, inside)
    members = [text(v, inside) for v in value]
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(members)) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(members) + ("," if len(members) == 1 else "") + ")"
    return "[" + ", ".join(members) + "]"


def _record_text(value: Any, inside: tuple[int, ...]) -> str:
    cls = value.__class__
    if isinstance(value, type):
        return value.__name__
    if not (_is_record(cls, fixed=False) or isinstance(value, msgspec.Struct)):
        return f"<{cls.__name__}>"  # not plain; misfit() has a sentence for it where that matters
    return (
        f"{cls.__name__}(" + ", ".join(f"{k}={text(v, inside)}" for k, v in attributes(value).items()) + ")"
    )


def lasting(time: float, unit: str) -> str:
    """``45.36 ms``, ``9 steps``, ``1 step``."""
    return f"{time:.4g} {'step' if (time, unit) == (1, 'steps') else unit}"


def counted(n: int, noun: str) -> str:
    """``1 node``, ``2 nodes``."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
