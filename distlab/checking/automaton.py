"""A model as a table: every state and every kind of operation gets a number, every step is taken once.

A search asks the same step of the same state thousands of times. The learner's function answers once;
after that it is one look into a dict of integers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distlab.checking.specification import ILLEGAL, UNKNOWN, Model, ModelError
from distlab.history import Operation
from distlab.values import text

REFUSED = -1  # the number that stands for ILLEGAL


class Kind(dict[int, int]):
    """All operations with the same call and result: where one leads, by the number of the state.

    Attributes
    ----------
    number : int
        Its place among the kinds, in the order of first appearance.
    reads : bool
        Whether the model promises that it never changes the state.
    """

    __slots__ = ("_step", "call", "number", "reads", "result")

    def __init__(
        self, number: int, call: Any, result: Any, reads: bool, step: Callable[[int, Any, Any], int]
    ) -> None:
        super().__init__()
        self.number, self.call, self.result, self.reads, self._step = number, call, result, reads, step

    def __missing__(self, state: int) -> int:
        after = self[state] = self._step(state, self.call, self.result)
        return after


class Automaton:
    """The reachable part of a model, numbered as it is met; state 0 is the initial one."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.states: list[Any] = []
        self._numbers: dict[Any, int] = {}
        self._kinds: dict[Any, Kind] = {}
        self._intern(model.initial, None)

    def kind(self, operation: Operation, forgotten: bool = False) -> Kind:
        """The kind of an operation; an unknown or forgotten one may have returned anything."""
        model, result = self.model, operation.result
        call = model.asked(operation) if model.by_client else operation.call
        unknown = forgotten or operation.returned is None
        key = (call, result, unknown)
        kind = self._kinds.get(key)
        if kind is None:
            result = UNKNOWN if unknown else result
            reads = model.only_reads(call, result)
            step = self._step if model._tested else self._checked_step
            kind = self._kinds[key] = Kind(len(self._kinds), call, result, reads, step)
        return kind

    def _intern(self, state: Any, call: Any) -> int:
        try:
            number = self._numbers.get(state)
        except TypeError:
            when = "at the start" if call is None else f"after {text(call)}"
            raise ModelError(
                f"{when} the model's state is {text(state)}, which cannot be hashed, so a search could not "
                "tell where it has been before: use tuples and frozensets, not lists, dicts or sets"
            ) from None
        if number is None:
            number = self._numbers[state] = len(self.states)
            self.states.append(state)
        return number

    def _step(self, number: int, call: Any, result: Any) -> int:
        try:
            after = self.model.step(self.states[number], call, result)
        except (ArithmeticError, LookupError, TypeError) as error:
            raise _broken(self.states[number], call, result, error) from error
        return REFUSED if after is ILLEGAL else self._intern(after, call)

    def _checked_step(self, number: int, call: Any, result: Any) -> int:
        """The same, not trusting the step: it is called twice, and the state it got must stay as it was."""
        state = self.states[number]
        before = hash(state)
        where = f"step({text(state)}, {text(call)}, {text(result)})"
        try:
            after, again = (self.model.step(state, call, result) for _ in range(2))
        except Exception as error:
            raise _broken(state, call, result, error) from error
        if after is ILLEGAL or again is ILLEGAL:
            same = after is again
        else:
            same = bool(after == again)
        if not same:
            raise ModelError(
                f"{where} is not pure: it answered {text(after)} once and {text(again)} the next time"
            )
        if hash(state) != before:
            raise ModelError(f"{where} changed the state that it was given: it must build a new one")
        return REFUSED if after is ILLEGAL else self._intern(after, call)


def _broken(state: Any, call: Any, result: Any, error: Exception) -> ModelError:
    return ModelError(
        f"step({text(state)}, {text(call)}, {text(result)}) raised {type(error).__name__}: {error}"
    )
