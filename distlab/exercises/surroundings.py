"""Did an attempt change what later checks rely on? Everything it could reach is looked at before and after.

A process that was changed is thrown away; and a node that changes its own simulator has to be told so.
"""

from __future__ import annotations

import os
import sys
import threading
from types import BuiltinFunctionType, FunctionType
from typing import Any

# besides distlab itself: modules that batteries use, and that a notebook might patch
WATCHED = frozenset(
    "builtins collections copy functools heapq itertools json math networkx operator os random sys time".split()
)


class Surroundings:
    """How things stand now: the functions, classes and settings of this process."""

    def __init__(self) -> None:
        self._marks = dict(_marks())
        self._settings = _settings()

    def changed(self) -> str | None:
        """What is no longer as it was, by its name; None when all is."""
        now = dict(_marks())
        for place, (value, *parts) in self._marks.items():
            other = now.get(place)
            if other is None or other[0] is not value or other[1:] != tuple(parts):
                return place
        settings = _settings()
        return next((name for name, value in self._settings.items() if settings[name] != value), None)


def _settings() -> dict[str, Any]:
    return {
        "the environment variables": dict(os.environ),
        "the current folder": os.getcwd(),
        "the recursion limit": sys.getrecursionlimit(),
        "sys.path": list(sys.path),
        "the tracing of this process": (sys.gettrace(), sys.getprofile()),
        "the threads of this process": sorted(
            t.name for t in threading.enumerate() if "distlab" not in t.name
        ),
    }


def _marks() -> Any:
    """Functions and classes of the watched modules, and what is in these classes, each by its place."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] != "distlab" and name not in WATCHED:
            continue
        for key, value in list(vars(module).items()):
            if isinstance(value, (FunctionType, BuiltinFunctionType)):
                yield f"{name}.{key}", _print_of(value)
            elif isinstance(value, type):
                yield f"{name}.{key}", (value,)
                if value.__module__ == name and not key.startswith("__"):
                    for attribute, inner in list(vars(value).items()):
                        if not attribute.startswith(("__a", "__w", "_abc")):  # made by Python when looked at
                            yield f"{name}.{key}.{attribute}", _print_of(inner)


def _print_of(value: Any) -> tuple[Any, ...]:
    """What makes a thing what it is: for a function of ours also its code (networkx makes its own when called)."""
    if isinstance(value, FunctionType) and value.__module__.startswith("distlab"):
        return value, value.__code__, value.__defaults__
    return (value,)
