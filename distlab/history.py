"""What the clients of a system saw: calls, results, and the order in which they began and ended.

A history is all that a judge of consistency may look at (Herlihy and Wing 1990, section 2): not the
messages, not the replicas, only which call was made, what came back, and which call ended before
which other began.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from numbers import Real
from typing import Any, ClassVar, overload

import msgspec

from distlab.values import from_json, text, to_json

OUTCOMES = ("completed", "failed", "unknown")
MOST_DRAWN = 60  # operations: a notebook shows more as text


class Operation(msgspec.Struct, frozen=True):
    """One call by one client and what became of it.

    Parameters
    ----------
    client : str
        Who called. A client is sequential: it has one open call at a time.
    call : Any
        A hashable value, by custom a tuple: ``("write", 3)``, ``("put", "x", 1)``, ``("read",)``.
    result : Any
        What the call returned; None when nothing did.
    outcome : str
        ``"completed"``; ``"failed"``: it certainly did not happen; ``"unknown"``: it may have happened,
        at any time after the call, or never.
    called, returned : float
        Positions in the order of events (integers for a trace). ``returned`` is None for an unknown one.
    called_at, returned_at : float
        Times in milliseconds, for pictures only: no judge looks at them.
    """

    client: str
    call: Any
    result: Any = None
    outcome: str = "completed"
    called: float = 0
    returned: float | None = None
    called_at: float | None = None
    returned_at: float | None = None

    def precedes(self, other: Operation) -> bool:
        """Whether this one had returned before the other was called.

        Intervals are closed: one that returns at the very position where the other is called is
        concurrent with it.
        """
        return self.returned is not None and self.returned < other.called

    def __str__(self) -> str:
        """As a person would write it: ``ana: write 3``, ``ben: read -> 3``, ``ana: cas 1 2 -> ?``."""
        words = self.call if isinstance(self.call, tuple) else (self.call,)
        said = " ".join(w if i == 0 and isinstance(w, str) else text(w) for i, w in enumerate(words))
        if self.outcome == "unknown":
            return f"{self.client}: {said} -> ?"
        if self.outcome == "failed":
            return f"{self.client}: {said} failed"
        return f"{self.client}: {said}" + ("" if self.result is None else f" -> {text(self.result)}")


class History(Sequence[Operation]):
    """An immutable sequence of operations, in the order in which they were called.

    Parameters
    ----------
    operations : iterable of Operation
        In any order; they are sorted by ``called``.

    Raises
    ------
    ValueError
        When an operation ends before it began, one client has two calls open at once, or an outcome
        and its return do not fit.
    TypeError
        When a call or a result cannot be hashed, or something is not an Operation.
    """

    drawing: ClassVar[Callable[..., Any] | None] = (
        None  # how to draw it, or what a judge found of it: from the roof
    )

    def __init__(self, operations: Iterable[Operation] = ()) -> None:
        given = list(operations)
        for operation in given:
            _check(operation)
        self._operations = tuple(sorted(given, key=lambda operation: operation.called))
        _check_clients(self._operations)

    def __len__(self) -> int:
        return len(self._operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    @overload
    def __getitem__(self, index: int) -> Operation: ...
    @overload
    def __getitem__(self, index: slice) -> History: ...
    def __getitem__(self, index: int | slice) -> Operation | History:
        if isinstance(index, slice):
            return History(self._operations[index])
        return self._operations[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self._operations == other._operations

    def __hash__(self) -> int:
        return hash(self._operations)

    def __repr__(self) -> str:
        counts = [f"{len(self)} operation{'' if len(self) == 1 else 's'}"]
        counts.append(f"{len(self.clients)} client{'' if len(self.clients) == 1 else 's'}")
        for outcome in ("failed", "unknown"):
            n = sum(operation.outcome == outcome for operation in self)
            if n:
                counts.append(f"{n} {outcome}")
        return f"<History: {', '.join(counts)}>"

    def diagram(self, **options: Any) -> Any:
        """The operations as bars, a row for each client (see `distlab.figures.history`).

        Raises
        ------
        RuntimeError
            When only this module was loaded and not the package, which brings the drawing.
        """
        return draw(self, **options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return shown(self, len(self), **kwargs)

    @property
    def clients(self) -> tuple[str, ...]:
        """The names of the clients, in the order of their first calls."""
        return tuple(dict.fromkeys(operation.client for operation in self))

    @property
    def completed(self) -> tuple[Operation, ...]:
        """The operations that returned a result."""
        return tuple(operation for operation in self if operation.outcome == "completed")

    @property
    def pending(self) -> tuple[Operation, ...]:
        """The operations of which nobody knows whether they happened."""
        return tuple(operation for operation in self if operation.outcome == "unknown")

    @property
    def concurrent(self) -> bool:
        """Whether any two operations that may have happened overlapped in time."""
        latest = float("-inf")
        for operation in self:
            if operation.outcome == "failed":
                continue
            if operation.called <= latest:
                return True
            latest = max(latest, float("inf") if operation.returned is None else operation.returned)
        return False

    def to_json(self) -> str:
        """The history as JSON that keeps types apart: tuples, bytes and frozensets come back as they were."""
        return to_json(list(self))

    @classmethod
    def from_json(cls, data: str, types: Iterable[type] = ()) -> History:
        """Read what `to_json` wrote.

        Parameters
        ----------
        data : str
            The JSON text.
        types : iterable of type
            Classes of messages and dataclasses in calls and results; what is not among them comes back as a
            stand-in of the same name and fields.

        Raises
        ------
        ValueError
            When the text holds no history.
        """
        try:
            operations = from_json(data, [Operation, *types])
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"this is not the JSON of a history ({type(error).__name__}: {error})") from None
        if not isinstance(operations, list) or not all(isinstance(o, Operation) for o in operations):
            raise ValueError("this is not the JSON of a history: it is not a list of Operations")
        return cls(operations)


def draw(seen: Any, **options: Any) -> Any:
    """A history, or what a judge found of one, as a picture."""
    if History.drawing is None:
        raise RuntimeError("import distlab: the package brings the drawing")
    return History.drawing(seen, **options)


def shown(seen: Any, operations: int, **kwargs: Any) -> Any:
    """What a notebook keeps of it: a line of text, and a picture as long as one can see something in it."""
    said = {"text/plain": repr(seen)}
    if not 0 < operations <= MOST_DRAWN or History.drawing is None:
        return said
    data, metadata = draw(seen)._repr_mimebundle_(**kwargs)
    return data | said, metadata


def _check(operation: Operation) -> None:
    if not isinstance(operation, Operation):
        raise TypeError(f"a History is made of Operations, not of {type(operation).__name__}: {operation!r}")
    what = f"{operation.client}'s {text(operation.call)} called at {operation.called}"
    if operation.outcome not in OUTCOMES:
        raise ValueError(
            f"{what} has the outcome {operation.outcome!r}; it must be one of {', '.join(OUTCOMES)}"
        )
    if operation.outcome == "completed" and operation.returned is None:
        raise ValueError(f"{what} is completed but says not when: give returned=, or outcome='unknown'")
    if operation.outcome == "unknown" and operation.returned is not None:
        raise ValueError(f"{what} is unknown, so it stays open to the end: leave out returned=")
    for mark in (operation.called, operation.returned):
        if not isinstance(mark, Real) and (mark is not None or operation.called is None):
            raise TypeError(f"{what} has a place {mark!r} in the order; called and returned are numbers")
    if operation.returned is not None and not operation.called <= operation.returned:
        raise ValueError(f"{what} returns at {operation.returned}: time runs backwards")
    if (at := operation.called_at) is not None and (end := operation.returned_at) is not None and end < at:
        raise ValueError(f"{what} lasts from {at} ms to {end} ms: time runs backwards")
    for part, value in (("call", operation.call), ("result", operation.result)):
        try:
            hash(value)
        except TypeError:
            raise TypeError(
                f"the {part} of {what} cannot be hashed: {text(value)}; "
                "use tuples and frozensets, not lists, dicts or sets"
            ) from None


def _check_clients(operations: Sequence[Operation]) -> None:
    """A client that gave up may call again: the call it gave up on is nobody's open call any more."""
    last: dict[str, Operation] = {}
    for operation in operations:
        before = last.get(operation.client)
        if before is not None:
            closed = before.called if before.returned is None else before.returned
            if operation.called <= closed:
                raise ValueError(
                    f"{operation.client} has two calls open at {operation.called}: {text(before.call)} and "
                    f"{text(operation.call)}; a client waits for one call to end before it makes the next"
                )
        last[operation.client] = operation
