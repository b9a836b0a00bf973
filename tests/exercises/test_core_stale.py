"""Exercise 2.4, attempted rightly and wrongly."""

import pytest

from distlab import Register, explore, linearizable, replay
from distlab.exercises import check, solution
from distlab.exercises.core_concepts import late_reader
from distlab.exercises.core_concepts.stale import SHORTEST
from distlab.schedule import Schedule

RIGHT = [
    ("deliver", "ana", "r1", 1),
    ("deliver", "r1", "ana", 1),
    ("fire", "ben", "call"),
    ("deliver", "ben", "r2", 1),
    ("deliver", "ben", "r3", 1),
    ("deliver", "r2", "ben", 1),
    ("deliver", "r3", "ben", 1),
]


@pytest.mark.parametrize("stub", [[("deliver", "ana", "r1", 1), ...], [...]])
def test_the_stub_is_not_attempted_yet(stub):
    assert check("2.4", stub).outcome == "not attempted yet"


def test_the_reference_passes():
    space = {}
    exec(repr(solution("2.4")), space)
    assert check("2.4", space["schedule"]).lines == [
        "Ana's write of 1 had returned, and Ben began after that and read 0; 7 choices (there is none shorter)."
    ]


OTHERS = {
    "another replica, in another order": [
        ("deliver", "ana", "r3", 1),
        ("deliver", "r3", "ana", 1),
        ("fire", "ben", "call"),
        ("deliver", "ben", "r1", 1),
        ("deliver", "r1", "ben", 1),
        ("deliver", "ben", "r2", 1),
        ("deliver", "r2", "ben", 1),
    ],
    "the write reaches the others after they have answered": [
        *RIGHT[:5],
        ("deliver", "ana", "r2", 1),
        ("deliver", "ana", "r3", 1),
        *RIGHT[5:],
    ],
    "as a Schedule": Schedule(RIGHT),
    "as a tuple": tuple(RIGHT),
}


@pytest.mark.parametrize("style", OTHERS)
def test_every_right_style_passes(style):
    verdict = check("2.4", OTHERS[style])
    assert verdict.passed, verdict
    assert verdict.trace.history()[1].result == 0


WRONG = {
    "is empty": ([], "Ana's write has not returned when the schedule ends."),
    "reads while Ana writes": (
        [RIGHT[0], RIGHT[2], *RIGHT[3:], RIGHT[1]],
        "he began before Ana's write had returned",
    ),
    "asks Ana's replica": (
        [*RIGHT[:4], ("deliver", "ben", "r1", 1), ("deliver", "r2", "ben", 1), ("deliver", "r1", "ben", 2)],
        "Choice 7 is not possible there",
    ),
    "asks Ana's replica, and counts right": (
        [*RIGHT[:4], ("deliver", "ben", "r1", 1), ("deliver", "r2", "ben", 1), ("deliver", "r1", "ben", 1)],
        "Ben read 1: that is what Ana wrote.",
    ),
    "lets the write spread": (
        [RIGHT[0], ("deliver", "ana", "r2", 1), *RIGHT[1:]],
        "One of the two replicas that answered him had heard of the write.",
    ),
    "forgets to wake Ben": (RIGHT[:2], "Ben has not begun to read"),
    "brings Ben one answer": (RIGHT[:6], "Ben's read has not returned"),
    "answers before it was asked": (
        [*RIGHT[:3], ("deliver", "r2", "ben", 1)],
        "Choice 4 is not possible there",
    ),
    "crashes a replica": (
        [*RIGHT[:2], ("crash", "r1"), *RIGHT[2:]],
        "Choice 3, ('crash', 'r1'), is a fault.",
    ),
    "loses a message": ([("drop", "ana", "r2", 1), *RIGHT], "is a fault."),
    "names a stranger": ([("deliver", "ana", "r4", 1)], "Choice 1 is not possible there"),
    "invents a choice": ([("wait", "ben")], "Choice 1, ('wait', 'ben'), is none"),
    "leaves dots": ([*RIGHT[:2], ("fire", "ben", "call"), "..."], "Choice 4, '...', is none"),
    "gives a word": ("deliver", "A schedule is a list of choices"),
    "gives a number": (7, "A schedule is a list of choices"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    answer, reason = WRONG[mistake]
    verdict = check("2.4", answer)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_none_is_shorter():
    found = explore(
        late_reader(), {"linearizable": lambda world: linearizable(world.history, Register(0)).ok}
    )
    assert found.violation.duration == SHORTEST == len(RIGHT)


def test_the_system_can_be_run_in_the_notebook():
    assert replay(late_reader(), RIGHT).history()[1].result == 0
