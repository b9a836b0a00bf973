"""Ship a scenario to another process: classes made in a notebook cell, functions, and what they need.

Ordinary pickling sends a class by its name, and a class of a cell has no home where another process could
find it. cloudpickle sends such classes by value; the one thing that it gets wrong is a Message, which is a
msgspec struct and arrives without its fields. So that part is ours.

Only what this very process, or its child, has shipped is ever unshipped: nothing from a file or the network.
"""

from __future__ import annotations

import inspect
import io
import pickle
import sys
from typing import Any

import cloudpickle
import msgspec

_MADE_BY_MSGSPEC = frozenset(
    "__dict__ __weakref__ __module__ __qualname__ __doc__ __annotations__ __annotate__ __annotate_func__ "
    "__annotations_cache__ __conditional_annotations__ __slots__ __match_args__ __static_attributes__ "
    "__firstlineno__ __rich_repr__".split()
)


class _Shipper(cloudpickle.Pickler):
    """cloudpickle, with msgspec structs that have no home."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, type) and issubclass(obj, msgspec.Struct) and not _has_a_home(obj):
            # made empty first and filled afterwards: methods may speak of the class that they are in
            return _struct, _frame(obj), _contents(obj), None, None, _fill
        return super().reducer_override(obj)


def _has_a_home(cls: type) -> bool:
    """Whether another process finds this very class by importing it."""
    if cls.__module__ == "__main__":
        return False
    found: Any = sys.modules.get(cls.__module__)
    for part in cls.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is cls


def _frame(cls: Any) -> tuple[Any, ...]:
    """What it takes to make a struct again: name, home, bases, fields with their types and defaults, options."""
    own = inspect.get_annotations(cls)
    optional = cls.__struct_fields__[len(cls.__struct_fields__) - len(cls.__struct_defaults__) :]
    defaults = dict(zip(optional, cls.__struct_defaults__, strict=True))
    config = cls.__struct_config__
    options = {
        name: getattr(config, name) for name in ("frozen", "order", "eq", "kw_only") if hasattr(config, name)
    }
    fields = {
        name: defaults[name] for name in own if name in defaults and defaults[name] is not msgspec.NODEFAULT
    }
    return cls.__name__, cls.__module__, cls.__qualname__, cls.__bases__, own, fields, options


def _contents(cls: Any) -> dict[str, Any]:
    """Its methods and other attributes, without its fields."""
    fields = cls.__struct_fields__
    made = lambda name: name in _MADE_BY_MSGSPEC or name in fields or name.startswith("__struct")  # noqa: E731
    return {"__doc__": cls.__doc__} | {name: value for name, value in vars(cls).items() if not made(name)}


def _struct(
    name: str, module: str, qualname: str, bases: Any, annotations: Any, defaults: Any, options: Any
) -> type:
    body = {"__module__": module, "__qualname__": qualname, "__annotations__": annotations, **defaults}
    return type(bases[0])(name, bases, body, **options)


def _fill(cls: type, contents: dict[str, Any]) -> None:
    for name, value in contents.items():
        setattr(cls, name, value)


def ship(thing: Any) -> bytes:
    """Pack anything made of nodes, messages, functions and plain data, for a child of this process.

    Parameters
    ----------
    thing : object
        Classes and functions of ``__main__`` travel by value, with the globals and closures they use;
        those of a library by name.

    Raises
    ------
    TypeError
        When something in it belongs to this process alone, such as an open file or a lock.
    """
    file = io.BytesIO()
    try:
        _Shipper(file).dump(thing)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise TypeError(f"this cannot be sent to another process: {error}") from None
    return file.getvalue()


def unship(data: bytes) -> Any:
    """Unpack what `ship` packed, in a child or parent of the process that packed it."""
    return pickle.loads(data)
