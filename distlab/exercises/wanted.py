"""What kind of thing an attempt is, and how one sees that it is still the stub.

All of it is decided by looking, without running a line of the learner's code.
"""

from __future__ import annotations

import dis
from collections.abc import Callable, Sequence
from types import CodeType, FunctionType
from typing import Any, Protocol

from distlab import values
from distlab.blame import listed
from distlab.node import Node


class Wanted(Protocol):
    """What an exercise asks for."""

    name: str

    def wrong(self, attempt: Any) -> str | None:
        """One sentence when `attempt` is not even the right kind of thing; else None."""

    def untouched(self, attempt: Any) -> bool:
        """Whether it is still the stub."""

    def missing(self, attempt: Any) -> str | None:
        """One sentence when a part of it is still the stub; else None."""

    def remark(self, attempt: Any) -> str | None:
        """One sentence about what may be the cause when it fails; else None."""

    def task(self) -> str:
        """What to do with the stub, for the sentence after "not attempted yet"."""


class NodeClass:
    """A subclass of Node.

    Parameters
    ----------
    name : str
        Its name in the stub; a learner may choose another.
    handlers : str
        The methods that the stub leaves to the learner: ``"start receive"``.
    """

    base: type = Node

    def __init__(self, name: str, handlers: str) -> None:
        self.name, self.handlers = name, handlers.split()

    def wrong(self, attempt: Any) -> str | None:
        """One sentence when this is no such class."""
        if isinstance(attempt, type):
            if issubclass(attempt, self.base) and attempt is not self.base:
                return None
            return (
                f"{attempt.__name__} is no {self.base.__name__}: class {self.name}({self.base.__name__}): ..."
            )
        if isinstance(attempt, self.base) and self.base is not object:
            kind = type(attempt).__name__
            return f"This is one {kind} that is made already; the check makes its own: give it the class, {kind}."
        return f"This is {described(attempt)}; the check wants the class {self.name}."

    def untouched(self, attempt: Any) -> bool:
        """Whether all handlers are still as empty as in the stub."""
        return self.wrong(attempt) is None and len(self._empty(attempt)) == len(self.handlers)

    def missing(self, attempt: Any) -> str | None:
        """Name the handlers that are still empty."""
        empty = [f"{attempt.__name__}.{name}" for name in self._empty(attempt)]
        if not empty:
            return None
        return f"{listed(empty)} {'is' if len(empty) == 1 else 'are'} still empty."

    def _empty(self, cls: type) -> list[str]:
        """The handlers that nobody between `cls` and the base has written."""
        empty = []
        for name in self.handlers:
            own = [
                vars(c)[name]
                for c in cls.__mro__
                if name in vars(c) and c is not self.base and c is not object
            ]
            if not own or does_nothing(own[0]):
                empty.append(name)
        return empty

    def remark(self, attempt: Any) -> str | None:
        """Name a list, dict or set outside the class that its methods use: an error that hardly shows."""
        own = [
            v
            for c in attempt.__mro__
            if c is not self.base and issubclass(c, self.base)
            for v in vars(c).values()
        ]
        for method in own:
            if isinstance(method, FunctionType) and not method.__module__.startswith("distlab."):
                for name in method.__code__.co_names:
                    kind = type(method.__globals__.get(name))
                    if kind in (list, dict, set):
                        return f"Your class uses {name}, a {kind.__name__} outside of it, which all its objects share."
        return None

    def task(self) -> str:
        """What to write."""
        return f"Write {listed(f'{self.name}.{name}' for name in self.handlers)}, then run this cell again."


class PlainClass(NodeClass):
    """A class that is no Node: a ring, a resource, a counter."""

    base = object


class Function:
    """A function.

    Parameters
    ----------
    name : str
        Its name in the stub.
    stub : function, optional
        The stub as it stands in the notebook, where its body is more than ``...``.
    """

    def __init__(self, name: str, stub: Callable[..., Any] | None = None) -> None:
        self.name, self.stub = name, stub

    def wrong(self, attempt: Any) -> str | None:
        """One sentence when this cannot be called."""
        if isinstance(attempt, type):
            return f"This is the class {attempt.__name__}; the check wants the function {self.name}."
        if callable(attempt):
            return None
        return (
            f"This is {described(attempt)}; the check calls your function itself: give it {self.name}, "
            f"without brackets behind it."
        )

    def untouched(self, attempt: Any) -> bool:
        """Whether it does what the stub does."""
        return does_nothing(attempt) or (self.stub is not None and same_code(attempt, self.stub))

    def missing(self, attempt: Any) -> str | None:
        """A function has no parts."""
        return None

    def remark(self, attempt: Any) -> str | None:
        """Nothing beyond what the battery says."""
        return None

    def task(self) -> str:
        """What to write."""
        return f"Write {self.name}, then run this cell again."


class Answer:
    """A value: a number, a list of faults, a schedule, an order.

    Parameters
    ----------
    name : str
        What it is called in the stub: ``"faults and seed"``.
    stub : object
        What it is in the stub.
    wrong : function
        Gives one sentence when a value cannot be an answer at all; else None.
    """

    def __init__(self, name: str, stub: Any, wrong: Callable[[Any], str | None]) -> None:
        self.name, self.stub, self.wrong = name, stub, wrong

    def untouched(self, attempt: Any) -> bool:
        """Whether it is what the stub says."""
        if isinstance(attempt, (tuple, list)) and any(part is ... for part in attempt):
            return True
        return values.text(attempt) == values.text(self.stub)

    def missing(self, attempt: Any) -> str | None:
        """Whatever is missing, the battery says better."""
        return None

    def remark(self, attempt: Any) -> str | None:
        """Nothing beyond what the battery says."""
        return None

    def task(self) -> str:
        """What to write."""
        return f"Give {self.name} in the cell above, then run this cell again."


class Several:
    """Several things, given as a tuple: ``check("4.3", (Coordinator, Participant))``."""

    def __init__(self, *parts: Wanted) -> None:
        self.parts = parts
        self.name = f"({', '.join(part.name for part in parts)})"

    def wrong(self, attempt: Any) -> str | None:
        """One sentence about the first part that is of the wrong kind."""
        if not isinstance(attempt, (tuple, list)) or len(attempt) != len(self.parts):
            return f"The check wants {len(self.parts)} things together: {self.name}."
        return next((said for part, own in self._pairs(attempt) if (said := part.wrong(own))), None)

    def untouched(self, attempt: Any) -> bool:
        """Whether every part is still the stub."""
        return isinstance(attempt, (tuple, list)) and all(p.untouched(own) for p, own in self._pairs(attempt))

    def missing(self, attempt: Any) -> str | None:
        """The first part that is still the stub, in whole or in part."""
        for part, own in self._pairs(attempt):
            if part.untouched(own):
                return f"{part.name} is still empty."
            if said := part.missing(own):
                return said
        return None

    def remark(self, attempt: Any) -> str | None:
        """The first that there is about any part."""
        return next((said for part, own in self._pairs(attempt) if (said := part.remark(own))), None)

    def _pairs(self, attempt: Sequence[Any]) -> list[tuple[Wanted, Any]]:
        return list(zip(self.parts, attempt, strict=False))

    def task(self) -> str:
        """What to write."""
        return f"Write {listed(part.name for part in self.parts)}, then run this cell again."


def described(value: Any) -> str:
    """A value for a sentence: ``the number 3``, ``a function``, ``nothing (None)``."""
    if value is None:
        return "nothing (None)"
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if callable(value):
        return f"the function {getattr(value, '__name__', 'given')}"
    if isinstance(value, (bool, int, float, str)):
        said = values.text(value)
        return f"the value {said if len(said) < 60 else said[:57] + '...'}"
    kind = type(value).__name__
    return f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST", "POP_TOP", "COPY_FREE_VARS"}


def does_nothing(function: Any) -> bool:
    """Whether a function's body is ``...``, ``pass``, a docstring, or ``return None``."""
    code = _code(function)
    if code is None:
        return False
    steps = list(dis.get_instructions(code))
    loaded = [step.argval for step in steps if step.opname in ("LOAD_CONST", "RETURN_CONST")]
    return all(step.opname in _NOTHING for step in steps) and all(value in (None, ...) for value in loaded)


def same_code(one: Any, other: Any) -> bool:
    """Whether two functions do the same, step by step; docstrings and annotations do not matter."""
    codes = _code(one), _code(other)
    return codes[0] is not None and codes[1] is not None and _steps(codes[0]) == _steps(codes[1])


def _code(function: Any) -> CodeType | None:
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _steps(code: CodeType) -> list[tuple[str, str]]:
    return [(step.opname, step.argrepr) for step in dis.get_instructions(code) if step.opname != "NOP"]
