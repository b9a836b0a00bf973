"""Recording real calls in real threads."""

import threading

import pytest

from distlab.checking import KeyValue, Recorder, linearizable


class Refused(Exception):
    pass


def test_calls_are_numbered_in_order():
    recorder = Recorder()
    with recorder.call("ana", ("put", "x", 1)), recorder.call("ben", ("get", "x")) as operation:
        operation.result = [1, {2}]
    put, get = recorder.history()
    assert (put.called, put.returned, get.called, get.returned) == (1, 4, 2, 3)
    assert get.result == (1, frozenset({2})), "frozen, so that nothing can change it later"
    assert put.called_at <= get.called_at <= get.returned_at <= put.returned_at


def test_an_exception_leaves_the_call_unknown():
    recorder = Recorder()
    with pytest.raises(TimeoutError), recorder.call("ana", ("put", "x", 1)):
        raise TimeoutError
    with recorder.call("ana", ("get", "x")) as operation:
        operation.result = 1
    assert [o.outcome for o in recorder.history()] == ["unknown", "completed"]


def refused(recorder):
    with recorder.call("ana", ("put", "x", 2)) as operation:
        operation.fail()
        raise Refused


def test_a_call_that_was_refused_did_not_happen():
    recorder = Recorder()
    with recorder.call("ana", ("put", "x", 1)) as operation:
        try:
            raise Refused
        except Refused:
            operation.fail()
    with pytest.raises(Refused):
        refused(recorder)
    with recorder.call("ana", ("put", "x", 3)) as operation:
        operation.give_up()
    assert [o.outcome for o in recorder.history()] == ["failed", "failed", "unknown"]


def test_what_is_still_open_is_unknown():
    recorder = Recorder()
    with recorder.call("ana", ("put", "x", 1)):
        assert recorder.history().pending == tuple(recorder.history())
    assert recorder.history().pending == ()


def test_a_client_has_one_call_at_a_time():
    recorder = Recorder()
    sentence = r"ana calls \('get', 'x'\), but its \('put', 'x', 1\) is still open"
    with recorder.call("ana", ("put", "x", 1)), pytest.raises(ValueError, match=sentence):
        recorder.call("ana", ("get", "x")).__enter__()
    assert len(recorder.history()) == 1


def test_threads_on_a_locked_dict_are_linearizable():
    recorder, store, lock = Recorder(), {}, threading.Lock()
    start = threading.Barrier(4)

    def work(client):
        start.wait()
        for i in range(50):
            with recorder.call(client, ("put", "x", (client, i))), lock:
                store["x"] = (client, i)
            with recorder.call(client, ("get", "x")) as operation, lock:
                operation.result = store["x"]

    threads = [threading.Thread(target=work, args=(client,)) for client in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = recorder.history()
    assert len(history) == 400
    assert linearizable(history, KeyValue())
    last = history[-1]
    stale = [
        *history,
        type(last)("e", ("get", "x"), ("a", 0), "completed", last.called + 9, last.called + 10),
    ]
    assert not linearizable(stale, KeyValue())


def test_a_result_that_comes_too_late_is_refused():
    recorder = Recorder()
    with recorder.call("ana", ("get", "x")) as operation:
        pass
    with pytest.raises(ValueError, match=r"ana's \('get', 'x'\) has ended: set its result inside the with"):
        operation.result = 1


def test_a_call_has_to_be_plain():
    recorder = Recorder()
    with pytest.raises(
        TypeError, match=r"a call is a tuple of plain values, as \('get', 'x'\), not \['get'\]"
    ):
        recorder.call("ana", ["get"]).__enter__()
    assert len(recorder.history()) == 0
