"""A learner's own model, and what is said when it is not one."""

import pytest

from distlab.checking import (
    ILLEGAL,
    UNKNOWN,
    CasRegister,
    Counter,
    KeyValue,
    Model,
    ModelError,
    Mutex,
    Register,
    linearizable,
)
from distlab.history import History, Operation
from tests.checking.histories import op


def stack(state, call, result):
    state = state or ()
    match call:
        case ("push", value):
            return (*state, value)
        case ("pop",):
            return state[:-1] if state and result == state[-1] else ILLEGAL


PUSHES = [op("a", 1, 2, "push", 1), op("a", 3, 4, "push", 2)]


@pytest.mark.parametrize("model", [stack, Model((), stack), Model((), stack, key=lambda call: "the one")])
def test_a_function_is_a_model(model):
    assert linearizable([*PUSHES, op("b", 5, 6, "pop", result=2)], model)
    assert not linearizable([*PUSHES, op("b", 5, 6, "pop", result=1)], model)
    assert linearizable([*PUSHES, op("b", 5, None, "pop"), op("c", 6, 7, "pop", result=1)], model)


def test_unknown_equals_everything():
    for value in (None, True, 0, "x", (1,), frozenset({1})):
        assert value == UNKNOWN and UNKNOWN == value  # noqa: SIM300 (both ways round)
        assert not value != UNKNOWN  # noqa: SIM202
    assert repr(UNKNOWN) == "UNKNOWN" and repr(ILLEGAL) == "ILLEGAL"


def raises(state, call, result):
    return state[call]


def forgetful(counts=[]):  # noqa: B006 (that is the mistake)
    def step(state, call, result):
        counts.append(call)
        return len(counts)

    return step


def with_a_list(state, call, result):
    return [call]


class Box:
    def __init__(self):
        self.value = 0

    def __hash__(self):
        return hash(self.value)

    def __eq__(self, other):
        return self.value == other.value


def in_place(state, call, result):
    state.value += 1
    return state


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (
            raises,
            r"step\(None, \('push', 1\), None\) raised TypeError: 'NoneType' object is not subscriptable",
        ),
        (
            forgetful(),
            r"step\(None, \('push', 1\), None\) is not pure: it answered 1 once and 2 the next time",
        ),
        (with_a_list, r"after \('push', 1\) the model's state is \[\('push', 1\)\], which cannot be hashed"),
        (Model([], stack), r"at the start the model's state is \[\], which cannot be hashed"),
        (Model(Box(), in_place), "changed the state that it was given: it must build a new one"),
        (Model(0, stack, key=lambda call: call[7]), r"key\(\('push', 1\)\) raised IndexError"),
        (Model(0, stack, key=lambda call: [call]), r"key\(\('push', 1\)\) raised TypeError: unhashable"),
        (
            Model(0, stack, reads=lambda call, result: result > 1),
            r"reads\(\('push', 1\), None\) raised TypeError",
        ),
    ],
)
def test_what_is_no_model(model, sentence):
    with pytest.raises(ModelError, match=sentence):
        linearizable(PUSHES, model)


@pytest.mark.parametrize(
    ("history", "model", "kind", "sentence"),
    [
        (PUSHES, Register(), ValueError, r"a Register understands .* not \('push', 1\)"),
        (PUSHES, Register, TypeError, r"give an object, Register\(\), not the class Register"),
        (PUSHES, 7, TypeError, r"a model is a Model or a function step\(state, call, result\), not 7"),
        (7, Register(), TypeError, "only a History, a Trace or a list of Operations can be judged, not 7"),
        (
            [Operation("a", 5, called=1, returned=2)],
            Register(),
            ValueError,
            "a Register understands .* not 5",
        ),
        ([Operation("a", (), called=1, returned=2)], CasRegister(), ValueError, r"a CasRegister .* not \(\)"),
        ([Operation("a", 5, called=1, returned=2)], Mutex(), ValueError, r"a Mutex .* not \(5,\)"),
        (
            [op("a", 1, 2, "increment", "x")],
            Counter(),
            ModelError,
            r"step\(0, \('increment', 'x'\), None\) raised TypeError",
        ),
        ([op("a", 1, 2, "get")], KeyValue(), ValueError, r"the second word of a call .* \('get',\) has none"),
        (
            [op("a", 1, 2, "cas", 1, 2)],
            CasRegister(),
            ValueError,
            "needs its answer as result: True or False",
        ),
    ],
)
def test_what_cannot_be_judged(history, model, kind, sentence):
    with pytest.raises(kind, match=sentence):
        linearizable(history, model)


def test_a_verdict_that_is_not_known_is_neither_true_nor_false():
    history = [op(client, 1, 9, "write", i) for i, client in enumerate("abcdefgh")]
    history += [op("i", 1, 9, "read", result=9)]
    verdict = linearizable(history, Register(), budget=5)
    assert verdict.ok is None and verdict.steps == 5
    assert repr(verdict) == "not known whether linearizable: 5 steps were not enough; give a larger budget"
    with pytest.raises(ValueError, match=r"whether this is linearizable is not known .* look at \.ok"):
        bool(verdict)
    assert linearizable(history, Register()).ok is False


@pytest.mark.parametrize(
    ("history", "sentence"),
    [
        ([], "nothing was judged: no operation completed"),
        ([op("a", 1, None, "write", 1)], "nothing was judged: no operation completed"),
        (
            [op("a", 1, 2, "write", 1)],
            "this says little: nothing was read",
        ),
        (
            [op("a", 1, 2, "write", 1), op("b", 3, 4, "read", result=1)],
            "this says little: no two operations overlapped",
        ),
        ([op("a", 1, 3, "write", 1), op("b", 3, 4, "read", result=1)], ""),
        ([op("a", 1, 3, "write", 1), op("b", 3, 4, "read", result=None)], ""),
    ],
)
def test_a_pass_may_be_vacuous(history, sentence):
    verdict = linearizable(History(history), Register())
    assert verdict and verdict.vacuous == sentence
    assert repr(verdict) == f"linearizable: {sentence or 'every result is explained'}"


@pytest.mark.parametrize("budget", [0, -1, "many", True, 1.5])
def test_a_budget_that_is_none(budget):
    with pytest.raises(ValueError, match="a budget is a number of configurations to look at, 1 or more, not"):
        linearizable(PUSHES, stack, budget)
