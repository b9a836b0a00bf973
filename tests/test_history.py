"""The history: what it refuses, and what it means to come before."""

import pytest

from distlab.history import History, Operation
from distlab.values import text


def op(client, call, called, returned=None, result=None, outcome="completed"):
    return Operation(client, call, result, outcome, called, returned)


def test_operations_stand_in_the_order_of_their_calls():
    late, early = op("a", ("read",), 5, 6), op("b", ("write", 1), 1, 9)
    history = History([late, early])
    assert list(history) == [early, late]
    assert history[0] is early and len(history) == 2
    assert history.clients == ("b", "a")


def test_completed_and_pending_leave_out_the_failed():
    done = op("a", ("read",), 1, 2)
    failed = op("b", ("write", 1), 1, 2, outcome="failed")
    unknown = op("c", ("write", 2), 1, outcome="unknown")
    history = History([done, failed, unknown])
    assert history.completed == (done,) and history.pending == (unknown,)
    assert repr(history) == "<History: 3 operations, 3 clients, 1 failed, 1 unknown>"


def test_intervals_are_closed():
    first = op("a", ("write", 1), 1, 2)
    assert first.precedes(op("b", ("read",), 3, 4))
    assert not first.precedes(op("b", ("read",), 2, 4)), "equal positions are concurrent"
    assert not op("a", ("write", 1), 1, outcome="unknown").precedes(op("b", ("read",), 9, 10))


@pytest.mark.parametrize(
    ("operation", "kind", "sentence"),
    [
        (op("a", ("read",), 3, 2), ValueError, "time runs backwards"),
        (op("a", ("read",), float("nan"), 2), ValueError, "time runs backwards"),
        (
            Operation("a", ("read",), 0, called=1, returned=2, called_at=5.0, returned_at=4.0),
            ValueError,
            "5.0 ms to 4.0",
        ),
        (op("a", ("read",), None, 2), TypeError, "place None in the order; called and returned are numbers"),
        (op("a", ("read",), 1, "2"), TypeError, "place '2' in the order"),
        (op("a", ("read",), 1), ValueError, "completed but says not when"),
        (op("a", ("read",), 1, 2, outcome="unknown"), ValueError, "stays open to the end"),
        (op("a", ("read",), 1, 2, outcome="ok"), ValueError, "must be one of completed, failed, unknown"),
        (op("a", ("write", [1]), 1, 2), TypeError, "the call of a's .* cannot be hashed"),
        (op("a", ("read",), 1, 2, result={1}), TypeError, "the result of a's .* cannot be hashed"),
        (("a", "read"), TypeError, "not of tuple"),
    ],
)
def test_what_a_history_refuses(operation, kind, sentence):
    with pytest.raises(kind, match=sentence):
        History([operation])


@pytest.mark.parametrize("called", [2, 3, 1])
def test_a_client_has_one_open_call(called):
    with pytest.raises(ValueError, match="a has two calls open at"):
        History([op("a", ("write", 1), 1, 3), op("a", ("read",), called, 5)])


def test_a_client_that_gave_up_may_call_again():
    history = History([op("a", ("write", 1), 1, outcome="unknown"), op("a", ("read",), 2, 3)])
    assert len(history) == 2


def test_operations_read_aloud():
    assert str(op("ana", ("write", 3), 1, 2)) == "ana: write 3"
    assert str(op("ben", ("get", "x"), 1, 2, result=1)) == "ben: get 'x' -> 1"
    assert str(op("ana", ("cas", 1, 2), 1, outcome="unknown")) == "ana: cas 1 2 -> ?"
    assert str(op("ana", ("cas", 1, 2), 1, 2, outcome="failed")) == "ana: cas 1 2 failed"


@pytest.mark.parametrize(
    ("second", "overlap"),
    [
        (op("b", ("read",), 3, 4), False),
        (op("b", ("read",), 2, 4), True),
        (op("b", ("read",), 0, None, outcome="unknown"), True),
        (op("b", ("write", 1), 1.5, 4, outcome="failed"), False),
    ],
)
def test_a_history_knows_whether_anything_overlapped(second, overlap):
    assert History([op("a", ("write", 1), 1, 2), second]).concurrent is overlap


def test_json_keeps_types_apart():
    values = [None, True, 1, 1.0, "1", b"1", (1, (2,)), frozenset({1, "a"}), float("inf")]
    operations = [op("a", ("write", value), 2 * i, 2 * i + 1, result=value) for i, value in enumerate(values)]
    history = History([*operations, op("b", ("read",), 3, outcome="unknown")])
    again = History.from_json(history.to_json())
    assert again == history
    assert [text(o.call) for o in again] == [text(o.call) for o in history]
    assert again.to_json() == history.to_json()


@pytest.mark.parametrize("data", ["", "[1]", "{}", '{"a": 1}', '[{"$": "tuple", "v": []}]'])
def test_json_that_is_no_history(data):
    with pytest.raises(ValueError, match="this is not the JSON of a history"):
        History.from_json(data)
