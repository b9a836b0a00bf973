"""Exercise 1.5, attempted rightly and wrongly."""

import pytest

from distlab import Clock, Crash, Loss, Partition, Pause, Simulation
from distlab.exercises import check
from distlab.exercises.background import three_detectors


def test_the_stub_is_not_attempted_yet():
    assert check("1.5", ([], 0)).outcome == "not attempted yet"
    assert check("1.5", (..., 0)).outcome == "not attempted yet"


RIGHT = {
    "one link fails, one way": [Partition({"c"}, {"a"}, 1000, 3000, one_way=True)],
    "one link fails": [Partition(["a"], ["c"], 500)],
    "a is cut off": [Partition({"a"}, {"b", "c"}, 1000, 2000)],
    "first both, then one": [Partition({"c"}, {"a", "b"}, 1000, 2000), Partition({"a"}, {"c"}, 1500, 2600)],
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    verdict = check("1.5", (RIGHT[style], 3))
    assert verdict.passed, verdict
    assert verdict.lines[0].endswith("and all three were alive.")
    assert verdict.trace.names == ("a", "b", "c")


SHORTER = {
    "one link fails": "By the clock, with these delays, no: without a fault they never disagree.",
    "first both, then one": "By the clock, yes, the second fault alone is enough.",
    "a hears nothing, twice in a row": "By the clock, neither of these two faults is enough alone",
}
TOGETHER = [
    Partition({"c"}, {"a"}, 1000, 1380, one_way=True),
    Partition({"c"}, {"a"}, 1380, 1800, one_way=True),
]


@pytest.mark.parametrize("style", SHORTER)
def test_a_pass_says_whether_there_is_a_shorter_attack(style):
    verdict = check("1.5", (RIGHT.get(style, TOGETHER), 3))
    assert verdict.passed, verdict
    assert verdict.lines[1].startswith(f"Is there a shorter attack? {SHORTER[style]}")
    assert "needs no fault and 1 step: a's time-out runs out" in verdict.lines[2]


WRONG = {
    "kills c": ([Crash("c", 1000)], 0, "kills c: who suspects the dead is right."),
    "freezes c": ([Pause("c", 1000, 3000)], 0, "what makes c silent to a makes it silent to b as well"),
    "cuts for too short a time": (
        [Partition({"a"}, {"c"}, 1000, 1200)],
        0,
        "a never suspected c: the longest",
    ),
    "cuts the wrong link": ([Partition({"b"}, {"c"}, 1000, 3000)], 0, "a never suspected c"),
    "cuts c off from both": (
        [Partition({"c"}, {"a", "b"}, 1000, 3000)],
        0,
        "They have to disagree for 200 ms.",
    ),
    "loses everything": ([Loss(1.0, 1000)], 0, "They have to disagree for 200 ms."),
    "slows c's clock": ([Clock("c", rate=0.2, at=1000)], 0, "They have to disagree for 200 ms."),
    "changes nothing but the seed": ([], 7, "a never suspected c"),
    "names a stranger": ([Pause("d", 1000, 3000)], 0, "names 'd', but the nodes are a, b and c"),
    "breaks everything": ([Pause("a", 1, 2)] * 3, 0, "These are 3 faults."),
    "gives no list": (Pause("c", 1000, 2000), 0, "faults is a list"),
    "gives a word": (["cut a-c"], 0, "'cut a-c' is no fault."),
    "gives a seed that is none": ([Loss(0.5)], "7", "seed is a whole number; this is '7'."),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    faults, seed, reason = WRONG[mistake]
    verdict = check("1.5", (faults, seed))
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_an_answer_is_two_things():
    assert 'check("1.5", (faults, seed))' in str(check("1.5", [Loss(0.5)]))


def test_the_system_can_be_run_in_the_notebook():
    simulation = three_detectors([Loss(0.1)], seed=2)
    assert isinstance(simulation, Simulation)
    assert simulation.run(until=500).names == ("a", "b", "c")
