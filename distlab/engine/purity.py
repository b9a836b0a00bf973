"""Handlers are functions of their node, their input and what ``choose`` answers; here it is seen when one is not.

A search runs a handler once for each state and input and trusts the outcome, so a handler that looks at
or changes anything else would make its answer wrong. What is seen, and named: a message that was changed;
an attribute of a class, a global variable, a closure or a default argument that is named in the code of
the class and was changed; ``random``, ``time``, ``os.urandom`` and their like being called; and a
different outcome when the handler runs again from a fresh copy. What is not seen: other state that is
reached in another way and happens to be the same in both runs, such as a file, an environment variable,
an attribute of an imported module, or a container of more than a thousand elements that keeps its length.
"""

from __future__ import annotations

import datetime
import os
import random
import sys
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from types import CodeType, FrameType, FunctionType
from typing import Any

from distlab import values
from distlab.blame import Fault
from distlab.node import Node

LARGE = 1_000  # elements, beyond which only the length of a container is compared
DEEP = 3  # functions that call functions: how far they are looked through
CLOCKS = {f for name in dir(time) if callable(f := getattr(time, name)) and name not in ("struct_time",)}
GLOBAL_RANDOM = random._inst
RANDOM_MODULES = ("random", "secrets", "uuid")
NO_CHANCE = "a node asks chance by self.choose(...), so that a search can try out every answer"
NO_TIME = "a node has no clock in a search: use a timer, which may run out at any time"


Look = Callable[[], Hashable]  # gives what tells whether something was changed


class Purity:
    """Watches handlers while they run.

    Parameters
    ----------
    nodes : sequence of Node
        Those whose code is looked through for what it names.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._watched: dict[type, list[tuple[str, Look, Hashable]]] = {}
        for cls in classes(nodes):
            self._watched[cls] = [(name, look, look()) for name, look in _named(cls)]
        self._called = ""

    def run(self, node: Node, method: str, args: tuple[Any, ...]) -> None:
        """Run a handler.

        Raises
        ------
        Fault
            When it did what no handler may do.
        """
        before = values.key(args[0]) if method == "receive" else None
        profiler = sys.getprofile()
        self._called = ""
        if profiler is None:
            sys.setprofile(self._profile)
        try:
            getattr(node, method)(*args)
        finally:
            if profiler is None:
                sys.setprofile(None)
            if self._called:
                raise Fault(self._called)
        if before is not None and values.key(args[0]) != before:
            raise Fault(f"changed a message, {values.text(args[0])}, which others hold, too")
        for cls in classes([node]) if node.wraps else [type(node)]:
            self._compare(cls)

    def _compare(self, cls: type) -> None:
        for name, look, was in self._watched.get(cls, ()):
            if look() != was:
                raise Fault(f"changed {name}, which is not its own: nodes share nothing, keep it in self")

    def _profile(self, frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call":
            reason = _forbidden(arg)
            if reason:
                self._called = self._called or f"called {_name(arg)}: {reason}"
        elif event == "call" and frame.f_globals.get("__name__") in RANDOM_MODULES:
            owner = frame.f_locals.get("self", GLOBAL_RANDOM)
            if owner is GLOBAL_RANDOM or isinstance(owner, random.SystemRandom):
                name = frame.f_code.co_name
                name = type(owner).__name__ if name == "__init__" else name
                called = f"{frame.f_globals['__name__']}.{name}()"
                self._called = self._called or f"called {called}: {NO_CHANCE}"


def _forbidden(function: Any) -> str:
    """Why a handler may not call a built-in function; empty when it may."""
    owner = getattr(function, "__self__", None)
    if owner is GLOBAL_RANDOM or isinstance(owner, random.SystemRandom) or function is os.urandom:
        return NO_CHANCE
    of_dates = isinstance(owner, type) and issubclass(owner, datetime.date)
    if (of_dates and function.__name__ in ("now", "utcnow", "today")) or _is_clock(function):
        return NO_TIME
    return ""


def _is_clock(function: Any) -> bool:
    try:
        return function in CLOCKS
    except TypeError:  # a method of something that cannot be hashed
        return False


def _name(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    if isinstance(owner, type):
        return f"{owner.__name__}.{function.__name__}()"
    module = "random" if isinstance(owner, random.Random) else getattr(function, "__module__", None)
    return f"{'os' if module == 'posix' else module or ''}.{function.__name__}()".lstrip(".")


# --- what the code of a class names ---


def classes(nodes: Iterable[Node]) -> list[type[Node]]:
    """The classes of nodes, and of those that they wrap, each once."""
    found: dict[type[Node], None] = {}
    for node in nodes:
        found[type(node)] = None
        found |= dict.fromkeys(classes(value for value in vars(node).values() if isinstance(value, Node)))
    return list(found)


def functions(cls: type) -> Iterator[FunctionType]:
    """The functions that a class of nodes is made of, those of its bases included."""
    for each in cls.__mro__:
        if each is Node or not issubclass(each, Node):
            continue
        for value in vars(each).values():
            for function in (value, getattr(value, "__func__", None), getattr(value, "fget", None)):
                if isinstance(function, FunctionType):
                    yield function


def codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code, and that of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def _named(cls: type) -> Iterator[tuple[str, Look]]:
    """What is named in the code of a class and may hold data: (what it is, how to look at it)."""
    for each in cls.__mro__:
        if each is not Node and issubclass(each, Node):
            yield f"the attributes of the class {each.__name__}", partial(_own, each)
            for name, value in vars(each).items():
                if name[:2] != "__" and _is_data(value) and values.copy(value) is not value:
                    yield f"{each.__name__}.{name}, of the class", partial(_snapshot, value)
    seen: set[FunctionType] = set()
    for function in functions(cls):
        yield from _of_function(function, seen, DEEP)


def _own(cls: type) -> tuple[tuple[str, int], ...]:
    """The attributes of a class, as far as they are not the language's."""
    return tuple([(name, id(value)) for name, value in vars(cls).items() if name[:2] != "__"])


def _of_function(function: FunctionType, seen: set[FunctionType], deep: int) -> Iterator[tuple[str, Look]]:
    if function in seen or not deep:
        return
    seen.add(function)
    space, title = function.__globals__, function.__qualname__
    for name in dict.fromkeys(name for code in codes(function.__code__) for name in code.co_names):
        value = space.get(name)
        if isinstance(value, FunctionType) and value.__globals__ is space:
            yield from _of_function(value, seen, deep - 1)
        elif name in space and _is_data(value):
            yield f"the global variable {name}", partial(_global, space, name)
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        if name != "__class__" and _is_data(_contents(cell)):
            yield f"the variable {name} outside {title}", partial(_cell, cell)
    for value in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
        if _is_data(value):
            yield f"a default argument of {title}", partial(_snapshot, value)


def _contents(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is empty as yet
        return None


def _global(space: dict[str, Any], name: str) -> Hashable:
    return _snapshot(space.get(name))


def _cell(cell: Any) -> Hashable:
    return _snapshot(_contents(cell))


def _is_data(value: Any) -> bool:
    """Whether a value is plain data."""
    return not callable(value) and not isinstance(value, Node) and values.misfit(value, "it") is None


def _snapshot(value: Any) -> Hashable:
    """What tells whether a value was changed; of a large one only its length."""
    if isinstance(value, (list, dict, set, frozenset, tuple)) and len(value) > LARGE:
        return (id(value), len(value))
    try:
        return values.key(value)
    except TypeError:  # it is no plain data any more
        return (id(value), "no plain data")
