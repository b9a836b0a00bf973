"""Exercise 3.6, attempted rightly and wrongly."""

import math

import pytest

from distlab.algorithms import locks
from distlab.exercises import check
from distlab.exercises.algorithms import trust as judged
from distlab.exercises.course import Course
from distlab.exercises.registry import find
from tests.exercises import cells

STUB = """
    def trust(lease, drift, delay):
        ...
"""


def attempt(source):
    """Check a cell that defines trust."""
    return check("3.6", cells.run(source)["trust"])


def formula(expression):
    """Check a function that is one expression."""
    return attempt(f"def trust(lease, drift, delay):\n    return {expression}\n")


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


def test_the_reference_passes_and_says_what_was_tried():
    verdict = attempt(find("3.6").source)
    assert verdict.passed, verdict
    assert verdict.lines == [
        "13 settings, each at every corner of two clocks and two delays: no write comes too late, and with one per "
        "cent more trust one does."
    ]


RIGHT = {
    "never below zero": "max(0, (1 - drift) * (lease / (1 + drift) - delay))",
    "over one denominator": "(1 - drift) * (lease - delay * (1 + drift)) / (1 + drift)",
    "multiplied out": "lease * (1 - drift) / (1 + drift) - delay + drift * delay",
    "a little careful": "0.995 * (1 - drift) * (lease / (1 + drift) - delay)",
    "a number of numpy's": "__import__('numpy').float64((1 - drift) * (lease / (1 + drift) - delay))",
    "one line of its own": "(lambda wall: wall * (1 - drift))(lease / (1 + drift) - delay)",
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    verdict = formula(RIGHT[style])
    assert verdict.passed, verdict


def test_another_year_has_other_settings_and_the_reference_passes(monkeypatch):
    assert list(judged.settings(Course(7))) != list(judged.settings(Course(0)))
    monkeypatch.setenv("DISTLAB_COURSE", "seed=7")
    assert attempt(find("3.6").source).passed


WRONG = {
    "trusts the whole lease": ("lease", "Your function gives the same for every drift and every delay."),
    "forgets the drift": ("lease - delay", "Your function gives the same for every drift.\n"),
    "forgets the delay": (
        "(1 - drift) * lease / (1 + drift)",
        "In this run her last write takes all of the delay. Your function gives the same for every delay.",
    ),
    "looks at the lock's clock only": (
        "lease / (1 + drift) - delay",
        "gave 909.09 ms, and that is too long: her last write reached the store at 1010.1 ms, the lease was over at "
        "1000 ms.",
    ),
    "looks at her clock only": (
        "lease * (1 - drift) - delay",
        "In this run the lock's clock runs 10 % fast, the holder's clock runs 10 % slow.",
    ),
    "takes fast for slow": (
        "(1 + drift) * (lease / (1 - drift) - delay)",
        "gave 1222.2 ms, and that is too long: her last write reached the store at 1222.2 ms",
    ),
    "adds the delay": (
        "(1 - drift) * (lease / (1 + drift) + delay)",
        "gave 1200 ms, and that is too long",
    ),
    "trusts where no trust is possible": (
        "abs((1 - drift) * (lease / (1 + drift) - delay))",
        "trust(lease=100, drift=0.02, delay=150) gave 50.922 ms, and that is too long",
    ),
    "takes the delay off her own clock": (
        "(1 - drift) * lease / (1 + drift) - delay",
        "gave 618.18 ms. That is safe, and too timid: 624.36 ms would be safe in every corner, too.",
    ),
    "takes twice the drift": (
        "lease * (1 - 2 * drift) - delay",
        "gave 800 ms. That is safe, and too timid: 808 ms would be safe in every corner, too.",
    ),
    "counts from the answer on": (
        "(1 - drift) * (lease / (1 + drift) - 2 * delay)",
        "Even at the worst corner her last write came 200 ms before the lease was over.",
    ),
    "halves it, to be sure": ("lease / 2", "came 500 ms before the lease was over."),
    "never trusts": ("0", "Like this she never writes at all."),
    "says a word": ("'long enough'", "gave 'long enough'.\n  The answer is a time in ms, a number."),
    "says yes": ("lease > delay", "gave True.\n  The answer is a time in ms, a number."),
    "trusts for ever": ("float('inf')", "gave inf.\n  The answer is a time in ms, a number."),
    "divides by the drift": ("lease / drift", "trust raised ZeroDivisionError"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    expression, reason = WRONG[mistake]
    verdict = formula(expression)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_a_way_without_an_answer_is_told_so():
    verdict = attempt(
        "def trust(lease, drift, delay):\n    x = (1 - drift) * (lease / (1 + drift) - delay)\n"
    )
    assert "gave nothing (None)" in str(verdict)
    assert "does every way through the function return something?" in str(verdict)


def test_other_parameters_are_told_so():
    verdict = attempt("def trust(lease):\n    return lease\n")
    assert "could not be called with 3 arguments" in str(verdict)


def test_a_number_is_no_function():
    assert "This is the value 618.2; the check calls your function itself" in str(check("3.6", 618.2))


def test_what_is_shown_is_the_run_that_breaks():
    verdict = formula("lease")
    assert verdict.trace.names == ("lock", "ana", "store")
    (last,) = (m for m in verdict.trace.messages(local=True) if (m.sender, m.receiver) == ("ana", "store"))
    assert last.end.at == pytest.approx(1000 / 0.9, abs=0.01)


# The formula itself: what the corners say is what it says.


@pytest.mark.parametrize("setting", list(judged.settings(Course(3))), ids=str)
def test_the_worst_corner_is_the_one_of_the_formula(setting):
    bound = (1 - setting.drift) * (setting.lease / (1 + setting.drift) - setting.delay)
    if bound > 0:
        worst = max(
            judged.late_by(judged.at_corner(setting, bound, corner)) for corner in judged.corners(setting)
        )
        assert abs(worst) <= judged.ROUNDING
        assert judged.breaks(setting, bound * 1.001)
    else:
        assert judged.breaks(setting, 0.001)
        assert judged.breaks(setting, bound) is None


@pytest.mark.parametrize("part", [0.5, 0.99, 1, 1.01, 1.5])
@pytest.mark.parametrize(
    "setting", [judged.Setting(1000, 0.1, 200), judged.Setting(300, 0.05, 40), judged.Setting(500, 0.01, 0)]
)
def test_the_corners_agree_with_those_of_the_algorithm(setting, part):
    x = part * locks.trust(setting.lease, setting.drift, setting.delay)
    assert (judged.breaks(setting, x) is None) == locks.safe(x, setting.lease, setting.drift, setting.delay)


def test_there_are_thirty_six_corners():
    assert len(judged.CORNERS) == 36
    assert judged.CORNERS[0].wrongs() == 0
    assert judged.CORNERS[-1].wrongs() == 4
    assert not math.isfinite(judged.late_by(judged.at_corner(judged.Setting(10, 0, 0), 0, judged.CORNERS[0])))
