"""Jepsen's recordings: what each line becomes, and what is said of lines that make no sense."""

import pytest

from distlab.checking import CasRegister, KeyValue, from_jepsen, linearizable, serializable
from distlab.history import Operation

REGISTER = """
; a comment
{:process 0, :type :invoke, :f :write, :value 3, :index 0, :time 1000000}
{:process :nemesis, :type :info, :f :start, :value "cut n1 from n2", :time 1500000}
{:process 1, :type :invoke, :f :read, :value nil, :index 2, :time 2000000}
{:process 0, :type :ok, :f :write, :value 3, :index 3, :time 2500000}
{:process 1, :type :ok, :f :read, :value 3, :index 4, :time 4000000}
{:process 1, :type :invoke, :f :cas, :value [3 4], :index 5, :time 4000000}
{:process 0, :type :invoke, :f :cas, :value [9 9], :index 6, :time 4000000}
{:process 1, :type :ok, :f :cas, :value [3 4], :index 7, :time 5000000}
{:process 0, :type :fail, :f :cas, :value [9 9], :index 8, :time 5000000}
{:process 0, :type :invoke, :f :write, :value 5, :index 9, :time 6000000}
{:process 0, :type :info, :f :write, :value 5, :error :timeout, :index 10, :time 7000000}
{:process 1, :type :invoke, :f :read, :value nil, :index 11, :time 8000000}
"""


def test_maps_become_operations():
    history = from_jepsen(REGISTER)
    write, read, done, refused, lost, unheard = history
    assert write == Operation("0", ("write", 3), None, "completed", 3, 6, 1, 2.5)
    assert (read.call, read.result) == (("read",), 3)
    assert (done.call, done.result) == (("cas", 3, 4), True)
    assert (refused.call, refused.outcome, refused.result) == (("cas", 9, 9), "failed", None)
    assert (lost.outcome, lost.returned) == ("unknown", None)
    assert (unheard.call, unheard.outcome) == (("read",), "unknown")
    assert linearizable(history, CasRegister())


def test_the_older_lines_of_four_fields():
    old = "INFO  jepsen.util - 0\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 0\t:info\t:cas\t:timed-out\n"
    plain = "0 :invoke :cas [1 2]\n0 :info :cas :timed-out"
    assert from_jepsen(old) == from_jepsen(plain)
    assert from_jepsen(old)[0] == Operation("0", ("cas", 1, 2), None, "unknown", 1)


def test_keys_stand_in_a_field_or_before_the_value():
    field = """{:process 0, :type :invoke, :f :append, :key "x", :value "a"}
        {:process 0, :type :ok, :f :append, :key "x", :value "a"}
        {:process 0, :type :invoke, :f :get, :key "x", :value nil}
        {:process 0, :type :ok, :f :get, :key "x", :value "a"}"""
    history = from_jepsen(field)
    assert [o.call for o in history] == [("append", "x", "a"), ("get", "x")]
    assert history[1].result == "a"
    assert linearizable(history, KeyValue(""))
    pair = "0 :invoke :cas [7 [1 2]]\n0 :ok :cas [7 [1 2]]\n0 :invoke :read [7 nil]\n0 :ok :read [7 2]"
    history = from_jepsen(pair, keyed=True)
    assert [(o.call, o.result) for o in history] == [(("cas", 7, 1, 2), True), (("read", 7), 2)]


def test_transactions():
    text = """{:process 0, :type :invoke, :f :txn, :value [[:append :x 1] [:r :y nil]]}
        {:process 0, :type :ok, :f :txn, :value [[:append :x 1] [:r :y [2 3]]]}"""
    (txn,) = from_jepsen(text)
    assert txn.call == ("txn", (("append", "x", 1), ("r", "y", None)))
    assert txn.result == (("append", "x", 1), ("r", "y", (2, 3)))
    assert serializable([txn]).why == "garbage read: T1 read 2 from y, which nobody wrote"


def test_other_calls_and_values():
    text = """0 :invoke :enqueue "job"
        0 :ok :enqueue "job"
        0 :invoke :dequeue nil
        0 :ok :dequeue "job"
        0 :invoke :write nil
        0 :ok :write nil
        0 :invoke :read nil
        0 :ok :read #{1 2}
        0 :invoke :acquire nil
        0 :ok :acquire nil"""
    calls = [(o.call, o.result) for o in from_jepsen(text)]
    assert calls == [
        (("enqueue", "job"), None),
        (("dequeue",), "job"),
        (("write", None), None),
        (("read",), frozenset({1, 2})),
        (("acquire",), None),
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n0 :ok :read 3", "line 2: process 0 ends :read, but it has no call open"),
        (
            "0 :invoke :read nil\n0 :invoke :write 3",
            "line 2: process 0 calls :write, but its :read of line 1 is still open",
        ),
        (
            "0 :invoke :read nil\n0 :ok :write 3",
            "line 2: process 0 ends :write, but the call that it has open is :read of line 1",
        ),
        (
            "{:process 0, :type :invoke, :f :read, :time 5000000}\n{:process 0, :type :ok, :f :read, :time 4000000}",
            "line 2: process 0 ends :read before it called it in line 1: time runs backwards",
        ),
        (
            "0 :invoke",
            r"line 1 is neither a map like .* nor four fields like 0 :invoke :read nil: '0 :invoke'",
        ),
        ("0 :invoke :read nil\n{:process 0, :type", r"line 2 is not EDN \(.*\): '\{:process 0, :type'"),
        (
            "{:process 0, :type :call, :f :read}",
            r"line 1: an event has a :type \(one of :invoke, :ok, :fail, :info\)",
        ),
        ("{:process 0, :type :ok}", "line 1: an event has a :type .* and an :f"),
    ],
)
def test_lines_that_make_no_sense(text, sentence):
    with pytest.raises(ValueError, match=sentence):
        from_jepsen(text)


def test_a_value_that_is_no_pair():
    with pytest.raises(ValueError, match=r"line 1: with keyed=True a value is a pair \[key value\]; not 3"):
        from_jepsen("0 :invoke :write 3", keyed=True)


def test_what_is_no_text():
    with pytest.raises(TypeError, match="from_jepsen reads the text of a recording, not 5"):
        from_jepsen(5)
