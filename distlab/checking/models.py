"""The models that come with the course: registers, a store, a queue, a counter, a set, a lock.

Each is a step function that reads like the object it specifies, and a small class that carries it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from distlab.checking.specification import ILLEGAL, Model
from distlab.history import Operation
from distlab.values import text


def _not_understood(name: str, known: str, call: Any) -> ValueError:
    return ValueError(f"a {name} understands {known}; not {text(call)}")


def _word(call: Any) -> Any:
    """What is to be done; a step says so, in a sentence, when it does not understand it."""
    return call[0] if isinstance(call, tuple) and call else None


def _first_word(*words: str) -> Callable[[Any, Any], bool]:
    return lambda call, result: _word(call) in words


def _cas_or_read(call: Any, result: Any) -> bool:
    """A compare-and-set that answered False changed nothing; one that never answered may have."""
    return _word(call) in ("read", "get") or (_word(call) == "cas" and result is False)


def _refused(call: Any, result: Any) -> bool:
    return result is False


def _second_word(call: Any) -> Any:
    if not isinstance(call, tuple) or len(call) < 2:
        raise ValueError(
            f"the second word of a call names its object, as in ('get', 'x'); {text(call)} has none"
        )
    return call[1]


def register(state: Any, call: Any, result: Any) -> Any:
    """A register: a read returns what the last write wrote."""
    match call:
        case ("write", value):
            return value
        case ("read",):
            return state if result == state else ILLEGAL
    raise _not_understood("Register", "('read',) and ('write', value)", call)


def cas_register(state: Any, call: Any, result: Any) -> Any:
    """A register with compare-and-set, which answers True and writes, or False and does nothing."""
    match call:
        case ("write", value):
            return value
        case ("read",):
            return state if result == state else ILLEGAL
        case ("cas", old, new):
            return _compare_and_set(state, old, new, result)
    raise _not_understood("CasRegister", "('read',), ('write', value) and ('cas', old, new)", call)


def _compare_and_set(state: Any, old: Any, new: Any, result: Any) -> Any:
    if result is None:
        raise ValueError(f"a completed ('cas', {old!r}, {new!r}) needs its answer as result: True or False")
    if result != (state == old):
        return ILLEGAL
    return new if state == old else state


def key_value(state: Any, call: Any, result: Any, missing: Any = None) -> Any:
    """One key of a store; a key that is not there reads as `missing`."""
    match call:
        case ("get", _):
            return state if result == state else ILLEGAL
        case ("put", _, value):
            return value
        case ("append", _, value):
            return value if state is None else state + value
        case ("delete", _):
            return missing
        case ("cas", _, old, new):
            return _compare_and_set(state, old, new, result)
    known = "('get', k), ('put', k, v), ('append', k, v), ('cas', k, old, new) and ('delete', k)"
    raise _not_understood("KeyValue", known, call)


def queue(state: Any, call: Any, result: Any) -> Any:
    """First in, first out; to dequeue from an empty queue returns None and leaves it empty."""
    match call:
        case ("enqueue", value):
            return (*state, value)
        case ("dequeue",):
            head = state[0] if state else None
            return state[1:] if result == head else ILLEGAL
    raise _not_understood("Queue", "('enqueue', value) and ('dequeue',)", call)


def counter(state: Any, call: Any, result: Any) -> Any:
    """A counter; an increment may return nothing or the new value."""
    match call:
        case ("read",):
            return state if result == state else ILLEGAL
        case ("increment",) | ("increment", _):
            new = state + (call[1] if len(call) == 2 else 1)
            return new if result is None or result == new else ILLEGAL
    raise _not_understood("Counter", "('read',), ('increment',) and ('increment', n)", call)


def a_set(state: Any, call: Any, result: Any) -> Any:
    """A set; add and remove may return nothing or whether they changed it."""
    match call:
        case ("read",):
            return state if result == state else ILLEGAL
        case ("contains", value):
            return state if result == (value in state) else ILLEGAL
        case ("add", value):
            new = state | {value}
        case ("remove", value):
            new = state - {value}
        case _:
            known = "('read',), ('contains', v), ('add', v) and ('remove', v)"
            raise _not_understood("Set", known, call)
    return new if result is None or result == (new != state) else ILLEGAL


def mutex(holder: Any, call: Any, result: Any) -> Any:
    """A lock; None or True says that it was taken or given back, False that the call was refused."""
    match call:
        case ("acquire", client):
            granted, after = holder is None, client
        case ("release", client):
            granted, after = holder == client, None
        case _:
            raise _not_understood("Mutex", "('acquire',) and ('release',)", call[:-1])
    if result != granted and not (result is None and granted):
        return ILLEGAL
    return after if granted else holder


class _Tested(Model):
    _tested = True


class Register(_Tested):
    """One value: ``("read",) -> value`` and ``("write", value)``."""

    def __init__(self, initial: Any = None) -> None:
        super().__init__(initial, register, reads=_first_word("read"), name="register")


class CasRegister(_Tested):
    """A Register that also knows ``("cas", old, new) -> True | False``."""

    def __init__(self, initial: Any = None) -> None:
        super().__init__(initial, cas_register, reads=_cas_or_read, name="register")


class KeyValue(_Tested):
    """A store of many keys.

    ``("get", k) -> value``, ``("put", k, v)``, ``("append", k, v)``, ``("delete", k)`` and
    ``("cas", k, old, new) -> True | False``. ``initial`` is what a key reads as when nothing is there.
    """

    def __init__(self, initial: Any = None) -> None:
        step = key_value if initial is None else partial(key_value, missing=initial)
        super().__init__(initial, step, key=_second_word, reads=_cas_or_read, name="store")


class Queue(_Tested):
    """First in, first out: ``("enqueue", v)`` and ``("dequeue",) -> v``, or None when it is empty."""

    def __init__(self, initial: tuple[Any, ...] = ()) -> None:
        super().__init__(tuple(initial), queue, name="queue")


class Counter(_Tested):
    """``("increment",)``, ``("increment", n)`` and ``("read",) -> n``."""

    def __init__(self, initial: int = 0) -> None:
        super().__init__(initial, counter, reads=_first_word("read"), name="counter")


class Set(_Tested):
    """``("add", v)``, ``("remove", v)``, ``("contains", v) -> bool`` and ``("read",) -> frozenset``."""

    def __init__(self, initial: frozenset[Any] = frozenset()) -> None:
        super().__init__(frozenset(initial), a_set, reads=_first_word("read", "contains"), name="set")


class Mutex(_Tested):
    """A lock with one holder: ``("acquire",)`` and ``("release",)``; the judge adds who calls."""

    def __init__(self, holder: str | None = None) -> None:
        super().__init__(holder, mutex, reads=_refused, by_client=True, name="lock")


class Keyed(Model):
    """Many independent objects of one model; the second word of a call names the object.

    ``Keyed(Queue())`` understands ``("enqueue", "p", 1)`` and ``("dequeue", "p")``.
    """

    def __init__(self, model: Model) -> None:
        reads = model.reads

        def step(state: Any, call: Any, result: Any) -> Any:
            return model.step(state, (call[0], *call[2:]), result)

        def keyed_reads(call: Any, result: Any) -> bool:
            return reads is not None and reads((call[0], *call[2:]), result)

        super().__init__(model.initial, step, _second_word, keyed_reads, model.by_client, model.name)
        object.__setattr__(self, "_tested", model._tested)


# The words that each model understands; the first that understands all words of a history is its model.
_WORDS: tuple[tuple[set[str], Callable[[], Model]], ...] = (
    ({"read", "write"}, Register),
    ({"read", "write", "cas"}, CasRegister),
    ({"get", "put", "append", "delete", "cas"}, KeyValue),
    ({"enqueue", "dequeue"}, Queue),
    ({"read", "increment"}, Counter),
    ({"read", "add", "remove", "contains"}, Set),
    ({"acquire", "release"}, Mutex),
)


def model_for(history: Iterable[Operation]) -> Model:
    """The model of ours that understands the calls of a history.

    Raises
    ------
    ValueError
        When none does.
    """
    calls = [operation.call for operation in history]
    words = {call[0] if isinstance(call, tuple) and call else call for call in calls}
    for known, model in _WORDS:
        if words <= known:
            # ("read", "x") and ("write", "x", 1) are calls on one of many registers
            many = any(
                (call[0] == "read" and len(call) > 1) or (call[0] == "write" and len(call) > 2)
                for call in calls
            )
            return Keyed(model()) if many else model()
    raise ValueError(f"none of our models understands all of {text(words)}: give one, as in model=Register()")
