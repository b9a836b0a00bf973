"""What one object does when its calls come one at a time: the specification that a history is held to.

A model is a pure function ``step(state, call, result)``: the next state, or ILLEGAL when that call
cannot return that result in that state. Herlihy and Wing (1990) call it the sequential specification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from distlab.history import Operation
from distlab.values import text


class _Illegal:
    def __repr__(self) -> str:
        return "ILLEGAL"


class _Unknown:
    """The result of a call that never returned.

    It equals everything, because it could have been anything; so ``result == state`` is a test that a
    step may write without thinking of crashes. (An identity test, ``result is True``, is not.)
    """

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "UNKNOWN"


ILLEGAL: Final = _Illegal()
UNKNOWN: Final = _Unknown()

Step = Callable[[Any, Any, Any], Any]


class ModelError(Exception):
    """A model's function raised, is not pure, or keeps a state that cannot be told from others."""


@dataclass(frozen=True)
class Model:
    """A sequential specification.

    Parameters
    ----------
    initial : hashable
        The state before the first call.
    step : callable
        ``step(state, call, result)`` returns the next state or ILLEGAL. Pure: no side effects, the same
        answer every time, states never changed in place. For a call that never returned, ``result`` is
        UNKNOWN, which equals everything.
    key : callable, optional
        ``key(call)`` names the object that a call is for. Then ``initial`` and ``step`` describe *one* of
        the objects, and a history may hold calls on many. Linearizability is judged object by object,
        which is allowed because it is local (Herlihy and Wing 1990, section 3.2); nothing else is.
    reads : callable, optional
        ``reads(call, result)`` says that such a call never changes the state, whatever the state.
        A promise that makes the search faster; leave it out and nothing is assumed.
    by_client : bool
        Whether ``step`` wants to know who calls: it then gets ``call + (client,)``.
    name : str
        A word for sentences.
    """

    initial: Any
    step: Step
    key: Callable[[Any], Any] | None = None
    reads: Callable[[Any, Any], bool] | None = None
    by_client: bool = False
    name: str = "model"

    # Ours are tested to be pure; a step from elsewhere is called twice and compared (see automaton.py).
    _tested = False

    def asked(self, operation: Operation) -> Any:
        """The call as `step` gets it."""
        if not self.by_client:
            return operation.call
        words = operation.call if isinstance(operation.call, tuple) else (operation.call,)
        return (*words, operation.client)

    def object_of(self, call: Any) -> Any:
        """The name of the object that a call is for; None where there is but one.

        Raises
        ------
        ModelError
            When the model's `key` raises, or names an object by something that cannot be hashed.
        """
        if self.key is None:
            return None
        try:
            name = self.key(call)
            hash(name)
        except ValueError:
            raise
        except Exception as error:
            raise ModelError(f"key({text(call)}) raised {type(error).__name__}: {error}") from error
        return name

    def only_reads(self, call: Any, result: Any) -> bool:
        """Whether the model promises that such a call never changes the state.

        Raises
        ------
        ModelError
            When the model's `reads` raises.
        """
        if self.reads is None:
            return False
        try:
            return bool(self.reads(call, result))
        except Exception as error:
            where = f"reads({text(call)}, {text(result)})"
            raise ModelError(f"{where} raised {type(error).__name__}: {error}") from error

    def states(self, order: Iterable[Operation]) -> tuple[Any, ...]:
        """The state of the object concerned after each operation of an order that is legal.

        Raises
        ------
        ValueError
            When the order is not.
        """
        held: dict[Any, Any] = {}
        states = []
        for operation in order:
            key = self.object_of(operation.call)
            result = operation.result if operation.outcome == "completed" else UNKNOWN
            before = held.get(key, self.initial)
            held[key] = self.step(before, self.asked(operation), result)
            if held[key] is ILLEGAL:
                raise ValueError(f"{operation} cannot follow where the {self.name} is {text(before)}")
            states.append(held[key])
        return tuple(states)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({text(self.initial)})"


def as_model(model: Model | Step) -> Model:
    """A plain function as a Model whose initial state is None.

    Raises
    ------
    TypeError
        For anything that is neither.
    """
    if isinstance(model, Model):
        return model
    if isinstance(model, type) and issubclass(model, Model):
        raise TypeError(f"give an object, {model.__name__}(), not the class {model.__name__}")
    if callable(model):
        return Model(None, model, name=getattr(model, "__name__", "model"))
    raise TypeError(f"a model is a Model or a function step(state, call, result), not {model!r}")
