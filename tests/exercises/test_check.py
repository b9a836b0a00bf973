"""`check` answers, whatever it is given, and never raises."""

import subprocess
import sys
import threading

import pytest

from distlab import Message, Node
from distlab.exercises import check, machine, worker
from tests.exercises import cells, toys  # noqa: F401  (the toys register themselves)
from tests.exercises.test_clock import attempt


@pytest.fixture
def hurry(monkeypatch):
    """Two seconds in place of ten: enough for a machine that is busy with other tests, too."""
    monkeypatch.setattr(machine, "SECONDS", 2.0)
    monkeypatch.setattr(worker, "GRACE", 4.0)


def double(body):
    return check("99.1", cells.run(f"def double(x):\n    {body}")["double"])


# --- what is given ---


def test_nothing_given_is_not_attempted():
    for nothing in (..., None):
        assert check("1.1", nothing).outcome == "not attempted yet"
    assert check("1.1").outcome == "not attempted yet"


@pytest.mark.parametrize("id", ["1.9", "9", "", "one", 1.1, None, ["1.1"]])
def test_an_id_that_there_is_not_is_said_so(id):
    verdict = check(id, int)
    assert verdict.outcome == "not checked"
    assert "1.1, 1.2, 1.3, 1.4, 1.5" in str(verdict) or "in quotes" in str(verdict)


class Walker(Node):
    def start(self):
        self.set_timer("x", 1)

    def receive(self, message, sender):
        self.note("x")


class Ping(Message):
    pass


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (
            Walker(),
            "This is one Walker that is made already; the check makes its own: give it the class, Walker.",
        ),
        (Ping, "Ping is no Node: class Walker(Node): ..."),
        (Node, "Node is no Node"),
        (len, "This is the function len; the check wants the class Walker."),
        (3, "This is the value 3; the check wants the class Walker."),
        ({"a": Walker}, "This is a dict; the check wants the class Walker."),
        (object(), "This is an object; the check wants the class Walker."),
    ],
)
def test_the_wrong_kind_of_thing_in_place_of_a_class(given, answer):
    verdict = check("1.1", given)
    assert verdict.outcome == "not yet"
    assert answer in str(verdict)


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (Walker, "This is the class Walker; the check wants the function weak_spots."),
        ((set(), set()), "give it weak_spots, without brackets behind it."),
    ],
)
def test_the_wrong_kind_of_thing_in_place_of_a_function(given, answer):
    assert answer in str(check("1.4", given))


def test_several_things_are_looked_at_one_by_one():
    def one(): ...

    assert check("99.3", (one, one)).outcome == "not attempted yet"
    assert "two is still empty." in str(check("99.3", (len, one)))
    assert "The check wants 2 things together: (one, two)." in str(check("99.3", len))
    assert "This is the value 3; the check calls your function itself: give it two" in str(
        check("99.3", (len, 3))
    )


def test_what_cannot_travel_is_said_so():
    lock = threading.Lock()
    verdict = check("99.1", cells.run("double = lambda x: lock and 2 * x", lock=lock)["double"])
    assert verdict.outcome == "not yet"
    assert "cannot be taken to the process that checks it" in str(verdict)


# --- what an attempt may do ---


def test_a_passed_verdict_says_what_was_tried():
    verdict = double("return x + x")
    assert str(verdict) == "✓ 99.1 Double · passed\n  3 numbers."
    assert verdict.passed


def test_a_failed_verdict_says_what_came_what_was_expected_and_what_to_do():
    assert str(double("return x * x")) == (
        '✗ 99.1 Double · not yet\n  double(1) is 1.\n  It is 2.\n  → add.   hint("99.1") says more'
    )


def test_an_exception_is_one_sentence_with_the_learners_line():
    verdict = double("return {}[x]")
    assert verdict.lines == ["double raised KeyError (0), line 2 in double: return {}[x]"]


def test_an_exception_below_the_learners_code_still_names_the_learners_line():
    verdict = double("return __import__('json').loads('[')")
    assert verdict.lines[0].endswith("line 2 in double: return __import__('json').loads('[')")


def test_printing_is_shown_and_bounded():
    verdict = double("print('x is', x, flush=True); return 1")
    assert str(verdict).endswith("  It printed:\n  │ x is 0\n  │ x is 0")
    verdict = double("[print('y' * 1000) for _ in range(5000)]; return 1")
    assert len(verdict.printed) <= 13
    assert all(len(line) <= 160 for line in verdict.printed)
    assert verdict.printed[-1] == "… and 9,998 more lines"


def test_an_endless_loop_is_cut_off(hurry):
    verdict = attempt(start="while True: self.time += 1")
    assert "a did not come to an end" in str(verdict)
    assert "line 12 in start: while True: self.time += 1" in str(verdict)
    assert "double did not come to an end" in str(double("while True: x += 1"))


@pytest.mark.parametrize(
    "body", ["sum(iter(int, 1))", "__import__('time').sleep(60)"], ids=["in C", "asleep"]
)
def test_a_loop_that_nothing_can_stop_is_ended_with_its_process(hurry, body):
    verdict = attempt(start=body)
    assert "could not be stopped, while trying: a sends one message to b." in str(verdict)
    assert attempt().passed  # the next check has a new process


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ("import os; os._exit(3)", "Your attempt ended the process that was checking it (exit code 3)"),
        ("import sys; sys.exit()", "Your attempt called exit(), which ends the whole process"),
        ("raise KeyboardInterrupt", "Your attempt raised KeyboardInterrupt, line 2 in double"),
        ("return double(x)", "RecursionError"),
        ("return input()", "EOFError"),
    ],
)
def test_an_attempt_that_leaves_is_explained(body, answer):
    verdict = double(body)
    assert verdict.outcome == "not yet"
    assert answer in str(verdict)
    assert double("return 2 * x").passed


@pytest.mark.skipif(sys.platform == "win32", reason="only POSIX can bound a process's memory")
def test_an_attempt_that_takes_all_memory_is_explained():
    assert "MemoryError" in str(double("return bytes(10 ** 11)"))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("import distlab.node; distlab.node.Node.send = print", "distlab.node.Node.send"),
        ("import distlab.exercises.trials as t; t.call = print", "distlab.exercises.trials.call"),
        ("import builtins; builtins.range = list", "builtins.range"),
        ("import os; os.environ['X'] = 'y'", "the environment variables"),
        ("import sys; sys.setrecursionlimit(77)", "the recursion limit"),
        (
            "import threading; threading.Thread(target=__import__('time').sleep, args=(9,)).start()",
            "the threads",
        ),
    ],
)
def test_an_attempt_that_changes_its_surroundings_fails_and_leaves_no_trace(body, what):
    verdict = double(f"{body}; return 2 * x")
    assert verdict.outcome == "not yet"
    assert f"Your attempt changed {what}" in str(verdict)
    assert double("return 2 * x").passed
    assert attempt().passed


def test_an_attempt_that_keeps_globals_begins_anew_each_time():
    cell = cells.run(
        "calls = []\ndef double(x):\n    calls.append(x)\n    return 2 * x if len(calls) < 5 else 0"
    )
    assert [check("99.1", cell["double"]).passed for _ in range(3)] == [True, True, True]
    assert cell["calls"] == []  # nothing runs in the learner's own process


def test_an_attempt_that_draws_draws_the_same_each_time():
    answers = {str(double("import random; return random.random()")) for _ in range(2)}
    assert len(answers) == 1


def test_what_depends_on_the_order_of_a_set_is_explained():
    verdict = double("return 2 * x if next(iter({'a', 'b'})) == 'b' else 7")
    assert verdict.outcome == "not yet"
    assert "In a second process the same attempt went another way: it goes through a set" in str(verdict)
    assert "go through sorted(the_set)" in verdict.advice


def test_a_set_that_does_not_matter_does_not_matter():
    assert double("return 2 * x * len({'a', 'b'} | {'b', 'c'}) // 3").passed


# --- what the machine does ---


def test_a_battery_that_breaks_is_no_fault_of_the_learner():
    verdict = check("99.2", 1)
    assert verdict.outcome == "not checked"
    (line,) = verdict.lines
    assert line.startswith(
        "The check itself failed: ZeroDivisionError (nobody saw this coming) in broken, line "
    )
    assert line.endswith("This is distlab's fault, not yours.")


def test_whatever_happens_inside_check_does_not_raise(monkeypatch):
    monkeypatch.setattr(machine, "_judged", lambda *_: 1 / 0)
    verdict = double("return 2 * x")
    assert verdict.outcome == "not checked"
    assert "ZeroDivisionError" in str(verdict)


def test_two_checks_at_once_wait_for_each_other():
    found = []
    threads = [
        threading.Thread(target=lambda body=body: found.append((body, double(body).passed)))
        for body in ["return 2 * x", "return x"] * 3
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [("return 2 * x", True)] * 3 + [("return x", False)] * 3


def test_an_interrupted_check_leaves_no_answer_for_the_next(monkeypatch):
    ask = worker.Worker.receive

    def interrupted(self, seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(worker.Worker, "receive", interrupted)
    with pytest.raises(KeyboardInterrupt):
        double("return x")
    monkeypatch.setattr(worker.Worker, "receive", ask)
    assert double("return 2 * x").passed


def test_another_seed_tries_something_else(monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", "seed=4")
    assert double("return 2 * x").lines == ["7 numbers."]
    assert attempt().passed
    assert "114 messages" not in str(attempt())


def test_a_course_that_nobody_understands_is_said_so(monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", "seeds=4")
    assert "it may say seed=<a whole number>" in str(double("return 2 * x"))


def test_a_long_search_says_nothing_between_the_lines_of_an_answer(monkeypatch):
    monkeypatch.delenv("DISTLAB_QUIET")  # a learner's kernel is not quiet; what checks for it is
    own = worker.Worker(0)
    try:
        with monkeypatch.context() as patched:
            asked = {}
            patched.setattr(
                worker.subprocess, "Popen", lambda *args, **options: asked.update(options) or 1 / 0
            )
            with pytest.raises(ZeroDivisionError):
                own.start()
    finally:
        own.stop()
    assert asked["env"]["DISTLAB_QUIET"] == "1"


def test_the_processes_end_with_the_notebook():
    code = (
        "from tests.exercises.test_clock import attempt; from distlab.exercises import worker; "
        "assert attempt().passed; print(*[w._process.pid for w in worker._pair._workers])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    pids = done.stdout.split()
    assert len(pids) == 2, done.stderr
    if sys.platform == "linux":
        from pathlib import Path

        assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_nbgrader_gets_an_exception_and_text(monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    with pytest.raises(machine.NotPassed, match=r"99\.1 is not yet"):
        double("return x")
    assert double("return 2 * x") is None
    assert capsys.readouterr().out.splitlines()[-2:] == ["✓ 99.1 Double · passed", "  3 numbers."]
