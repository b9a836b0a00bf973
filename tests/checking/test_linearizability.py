"""Linearizability: against all orders, on the textbook's examples, and what the verdict says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.checking import CasRegister, Keyed, KeyValue, Mutex, Queue, Register, linearizable
from distlab.checking.linearizability import _search_kept
from distlab.history import History, Operation
from tests.checking.histories import CALLS, brute_force, histories, is_witness, op

# --- against the definition -------------------------------------------------------------------------


@pytest.mark.parametrize("name", CALLS)
@given(data=st.data())
def test_the_search_agrees_with_all_orders(name, data):
    model, calls = CALLS[name]
    history = data.draw(histories(calls))
    verdict = linearizable(history, model)
    assert verdict.ok == brute_force(history, model)
    if verdict.ok:
        assert is_witness(verdict.witness, history, model)
        assert list(verdict.points) == sorted(verdict.points)
        for point, operation in zip(verdict.points, verdict.witness, strict=True):
            assert operation.called <= point <= (operation.returned or point)
    else:
        check_refusal(verdict, model)


def check_refusal(verdict, model):
    """The longest order is one, the illegal operation cannot follow it, and the core is a smallest one."""
    operations = [o for o in verdict.history if o.outcome != "failed"]
    operations = [o for o in operations if not model.key or model.key(o.call) == verdict.key]
    assert verdict.illegal in operations
    assert verdict.illegal not in verdict.partial
    assert brute_force(History(partly(verdict, verdict.partial)), model)
    assert verdict.smallest
    kept = {i for i, operation in enumerate(operations) if operation in verdict.core}
    assert _search_kept(operations, model, kept).run(10_000) is False
    for spared in kept:
        assert _search_kept(operations, model, kept - {spared}).run(10_000) is True
    assert verdict.why


def partly(verdict, order):
    return [o for o in verdict.history if o in order]


@given(data=st.data())
def test_both_answers_are_tried(data):
    """Histories of a real register, one result of which may have been changed."""
    seed = data.draw(st.integers(0, 2**32))
    for lie in (False, True):
        history = recorded(random.Random(seed), lie)
        verdict = linearizable(history, CasRegister())
        assert verdict.ok == brute_force(history, CasRegister())
        assert lie or verdict.ok


def recorded(chance, lie, clients=3, size=7):
    """What clients of one true register see, who overlap."""
    operations, state, now, busy = [], None, 0, {}
    while len(operations) < size:
        now += 1
        client = chance.choice("abc"[:clients])
        if client not in busy:
            kind = chance.choice(["read", "write", "cas"])
            call = (kind, *[chance.randrange(3) for _ in range({"read": 0, "write": 1, "cas": 2}[kind])])
            busy[client] = (now, call)
            continue
        called, call = busy.pop(client)
        result = state if call[0] == "read" else (state == call[1]) if call[0] == "cas" else None
        if call[0] == "write" or result is True:
            state = call[-1]
        operations.append(Operation(client, call, result, "completed", called, now))
    if lie:
        reads = [i for i, o in enumerate(operations) if o.call == ("read",)]
        if reads:
            i = chance.choice(reads)
            old = operations[i]
            operations[i] = Operation(
                old.client, old.call, 2 - (old.result or 0), "completed", old.called, old.returned
            )
    return History(operations)


# --- the meaning of crashes, failures and ties --------------------------------------------------------


@pytest.mark.parametrize(("read", "ok"), [(1, True), (0, True), (2, False)])
def test_an_unknown_write_may_have_happened_or_not(read, ok):
    history = [op("a", 1, None, "write", 1), op("b", 5, 6, "read", result=read)]
    assert linearizable(history, Register(0)).ok is ok


def test_an_unknown_write_may_happen_late_but_only_once():
    reads = [op("b", 5, 6, "read", result=0), op("b", 7, 8, "read", result=1)]
    history = [op("a", 1, None, "write", 1), *reads]
    assert linearizable(history, Register(0))
    assert not linearizable([*history, op("b", 9, 10, "read", result=0)], Register(0))


def test_an_unknown_write_does_not_happen_before_it_was_called():
    history = [op("b", 1, 2, "read", result=1), op("a", 3, None, "write", 1)]
    assert not linearizable(history, Register(0))


def test_a_failed_write_did_not_happen():
    history = [op("a", 1, 2, "write", 1, failed=True), op("b", 3, 4, "read", result=1)]
    assert not linearizable(history, Register(0))


def test_an_unknown_compare_and_set_may_have_done_nothing():
    history = [op("a", 1, None, "cas", 7, 1), op("b", 3, 4, "read", result=0)]
    assert linearizable(history, CasRegister(0))
    assert not linearizable([*history, op("b", 5, 6, "read", result=1)], CasRegister(0))
    # ... and its time may still come
    later = [op("c", 5, 6, "write", 7), op("b", 7, 8, "read", result=1)]
    assert linearizable([*history, *later], CasRegister(0))


def test_an_unknown_dequeue_may_have_taken_an_element():
    history = [op("a", 1, 2, "enqueue", 1), op("a", 3, 4, "enqueue", 2), op("b", 5, None, "dequeue")]
    for result, ok in ((1, True), (2, True), (None, False)):
        assert linearizable([*history, op("c", 7, 8, "dequeue", result=result)], Queue()).ok is ok


def test_equal_positions_are_concurrent():
    history = [op("a", 1, 2, "write", 1), op("b", 2, 3, "read", result=None)]
    assert linearizable(history, Register())
    assert not linearizable([history[0], op("b", 2.5, 3, "read", result=None)], Register())


# --- textbook ----------------------------------------------------------------------------------------


def test_herlihy_and_wings_queues():
    """Herlihy and Wing 1990, figure 1: (a) and (c) are linearizable, (b) and (d) are not."""
    a = [op("A", 1, 4, "enqueue", "x"), op("B", 2, 3, "enqueue", "y"), op("B", 5, 6, "dequeue", result="x")]
    a += [op("A", 7, 8, "dequeue", result="y"), op("A", 9, 10, "enqueue", "z")]
    b = [op("A", 1, 2, "enqueue", "x"), op("B", 3, 4, "enqueue", "y"), op("A", 5, 6, "dequeue", result="y")]
    c = [op("A", 1, 4, "enqueue", "x"), op("B", 2, 3, "dequeue", result="x")]
    d = [op("A", 1, 3, "enqueue", "x"), op("B", 2, 4, "enqueue", "y")]
    d += [op("A", 5, 7, "dequeue", result="y"), op("B", 6, 8, "dequeue", result="y")]
    assert [linearizable(history, Queue()).ok for history in (a, b, c, d)] == [True, False, True, False]


def test_two_holders_of_a_lock():
    history = [op("ana", 1, 2, "acquire"), op("ben", 3, 4, "acquire")]
    verdict = linearizable(history, Mutex())
    assert verdict.why == "ben's acquire, although ana's acquire had completed before it began"
    assert linearizable([*history, op("ana", 3, 4, "release")], Mutex())
    assert not linearizable([*history, op("cyd", 3, 4, "release")], Mutex()), "only the holder can release"
    assert linearizable([history[0], op("ben", 3, 4, "acquire", result=False)], Mutex())


def test_keys_are_apart():
    history = [
        op("a", 1, 2, "put", "x", 1),
        op("a", 3, 4, "put", "y", 2),
        op("b", 5, 6, "get", "x", result=1),
    ]
    assert linearizable(history, KeyValue())
    verdict = linearizable([*history, op("b", 7, 8, "get", "y", result=None)], KeyValue())
    assert verdict.key == "y" and verdict.partial == (history[1],) and verdict.state == 2
    queues = [op("a", 1, 2, "enqueue", "p", 1), op("a", 3, 4, "enqueue", "q", 2)]
    assert linearizable([*queues, op("b", 5, 6, "dequeue", "q", result=2)], Keyed(Queue()))
    assert not linearizable([*queues, op("b", 5, 6, "dequeue", "q", result=1)], Keyed(Queue()))


def test_a_verdict_can_be_drawn():
    history = [
        op("a", 1, 4, "put", "x", 1),
        op("b", 2, 3, "get", "x", result=1),
        op("c", 2, 3, "put", "y", 7),
    ]
    verdict = linearizable(history, KeyValue())
    assert [str(o) for o in verdict.witness] == ["a: put 'x' 1", "b: get 'x' -> 1", "c: put 'y' 7"]
    assert verdict.states == (1, 1, 7)
    assert verdict.points == tuple(sorted(verdict.points)) and len(set(verdict.points)) == 3
    bad = linearizable([*history, op("b", 5, 6, "get", "x", result=7)], KeyValue())
    assert (bad.partial, bad.states, bad.state) == (verdict.witness[:2], (1, 1), 1)
    assert bad.illegal.result == 7 and bad.key == "x" and len(bad.points) == 2


def test_a_trace_is_judged_by_its_history():
    class Run:
        def history(self):
            return History([op("a", 1, 2, "write", 1)])

    assert linearizable(Run(), Register()).history == Run().history()


# --- words -------------------------------------------------------------------------------------------

W1, W2 = op("ana", 1, 2, "put", "x", 1), op("ana", 3, 4, "put", "x", 2)
INVERSION = [
    op("ana", 1, 9, "put", "x", 1),
    op("ben", 2, 3, "get", "x", result=1),
    op("cyd", 4, 5, "get", "x"),
]


@pytest.mark.parametrize(
    ("history", "core", "sentence"),
    [
        (
            [W1, W2, op("ben", 5, 6, "get", "x", result=1)],
            (1, 2),
            "ben's read of x returned 1, but 2 had been written and acknowledged before it began",
        ),
        (
            [W1, W2, op("ben", 5, 6, "get", "x", result=3)],
            (2,),
            "ben's read of x returned 3, which nobody wrote",
        ),
        (
            [op("ben", 0, 0.5, "get", "x", result=2), W1, W2],
            (0,),
            "ben's read of x returned 2, but only later did anybody begin to write it",
        ),
        (
            INVERSION,
            (1, 2),
            "cyd's read of x returned None, but ben's read of x had already returned 1 before it began",
        ),
        (
            [W1, op("cyd", 1, None, "cas", "x", 7, 1), W2, op("ben", 5, 6, "get", "x", result=1)],
            (2, 3),
            "ben's read of x returned 1, but 2 had been written and acknowledged before it began, "
            "and nothing after that could make it 1",
        ),
        (
            [op("a", 1, 2, "append", "x", "m"), op("b", 3, 4, "get", "x")],
            (0, 1),
            "b's read of x returned None, although a's append 'x' 'm' had completed before it began",
        ),
        (
            [op("a", 1, 2, "cas", "x", 4, 5, result=True)],
            (0,),
            "a's cas 'x' 4 5 returned True, but nobody wrote 4",
        ),
    ],
)
def test_a_refusal_says_why(history, core, sentence):
    verdict = linearizable(history, KeyValue())
    assert verdict.core == tuple(History(history)[i] for i in core)
    assert verdict.why == sentence
    assert repr(verdict) == f"not linearizable: {sentence}"
