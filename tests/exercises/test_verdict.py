"""What a verdict shows."""

from base64 import b64decode

import pytest

from distlab import Crash, Message, Node, Simulation
from distlab.exercises import NotYet, Passed, Verdict, until
from distlab.exercises.verdict import as_data
from tests.exercises.test_clock import RECEIVE, attempt


class Ping(Message):
    n: int


class Pinger(Node):
    def start(self):
        for n in range(3):
            self.send("b", Ping(n))
            self.note(f"sent {n} at {self.now:g}")


@pytest.fixture(scope="module")
def trace():
    return Simulation({"a": Pinger(), "b": Node()}, faults=[Crash("b", 0.5)]).run()


def test_words_without_a_run_are_all_there_is():
    verdict = Verdict("1.1", "Title", "not yet", ["One.", "Two."], advice="do this", printed=["x"])
    assert repr(verdict) == "✗ 1.1 Title · not yet\n  One.\n  Two.\n  → do this\n  It printed:\n  │ x"
    assert verdict._repr_mimebundle_() == {"text/plain": repr(verdict)}
    assert verdict.trace is None
    assert verdict.picture is None


def test_a_run_is_shown_below_the_words(trace):
    verdict = Verdict(
        "1.1", "<T>", "not yet", ["a < b."], run=as_data(trace), options={"mark": [0, 1, "here"]}
    )
    bundle = verdict._repr_mimebundle_()
    assert list(bundle) == ["text/plain", "image/png", "text/html"]
    assert b64decode(bundle["image/png"])[1:4] == b"PNG"
    assert "1.1 &lt;T&gt; · not yet\n  a &lt; b." in bundle["text/html"]
    assert bundle["image/png"] in bundle["text/html"]
    assert "here" in verdict.picture.svg


def test_a_verdict_looks_the_same_each_time():
    bundles = [attempt(receive=RECEIVE.replace("+ 1", "- 1"))._repr_mimebundle_() for _ in range(2)]
    assert bundles[0] == bundles[1]
    assert "image/png" in bundles[0]


def test_a_run_that_cannot_be_drawn_leaves_the_words(trace):
    verdict = Verdict(
        "1.1", "T", "not yet", ["x."], run=as_data(trace), options={"mark": [3, 1, "backwards"]}
    )
    assert verdict.picture is None
    assert verdict._repr_mimebundle_() == {"text/plain": "✗ 1.1 T · not yet\n  x."}


def test_a_run_that_is_too_long_is_left_out(trace, monkeypatch):
    monkeypatch.setattr("distlab.exercises.verdict.MOST_EVENTS", 3)
    assert as_data(trace) is None
    assert as_data(None) is None


@pytest.mark.parametrize("last", range(8))
def test_a_run_is_cut_behind_the_event_in_question(trace, last):
    cut = until(trace, last)
    assert list(map(str, cut.events)) == list(map(str, trace.events[: last + 1]))
    assert cut.duration == trace.events[last].at


def test_not_yet_leaves_out_what_is_not_said():
    assert NotYet("a.", why="c.").lines == ["a.", "c."]
    assert str(NotYet("a.", "b.", "c.", "d")) == "a."


def test_passed_is_text_with_a_run(trace):
    passed = Passed("8 systems", trace=trace, title="T")
    assert passed == "8 systems"
    assert passed.trace is trace
    assert passed.options["title"] == "T"
