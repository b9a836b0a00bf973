"""Exercise 3.5, attempted rightly and wrongly."""

import pytest

from distlab import explore, replay
from distlab.algorithms.locks import most_believers, one_believer
from distlab.exercises import check
from distlab.exercises.algorithms import two_clients
from distlab.exercises.algorithms.believers import SHORTEST
from distlab.exercises.registry import find
from distlab.schedule import Schedule
from tests.exercises import cells

RIGHT = [
    ("deliver", "ana", "lock", 1),
    ("deliver", "lock", "ana", 1),
    ("deliver", "ben", "lock", 1),
    ("fire", "lock", "lease"),
    ("deliver", "lock", "ben", 1),
]


@pytest.mark.parametrize("stub", [[("deliver", "ana", "lock", 1), ...], [...]])
def test_the_stub_is_not_attempted_yet(stub):
    assert check("3.5", stub).outcome == "not attempted yet"


def test_the_reference_passes():
    schedule = cells.run(find("3.5").source)["schedule"]
    assert schedule == RIGHT
    verdict = check("3.5", schedule)
    assert verdict.lines == [
        "Ana and Ben both believe, and the service has kept its promise: by its own clock only one of the two leases "
        "stands; 5 choices (there is none shorter)."
    ]
    assert most_believers(verdict.trace) == 2


OTHERS = {
    "Ben first": [
        ("deliver", "ben", "lock", 1),
        ("deliver", "lock", "ben", 1),
        ("fire", "lock", "lease"),
        ("deliver", "ana", "lock", 1),
        ("deliver", "lock", "ana", 1),
    ],
    "both ask before anybody is answered": [RIGHT[0], RIGHT[2], RIGHT[1], RIGHT[3], RIGHT[4]],
    "Ana's answer comes last": [RIGHT[0], RIGHT[2], RIGHT[3], RIGHT[4], RIGHT[1]],
    "Ben asks when the lease is over": [RIGHT[0], RIGHT[1], RIGHT[3], RIGHT[2], RIGHT[4]],
    "with a detour: Ben's own trust ran out, and he renews": [
        *RIGHT[:3],
        ("fire", "ben", "trust"),
        RIGHT[3],
        RIGHT[4],
        ("deliver", "ben", "lock", 2),
        ("deliver", "lock", "ben", 2),
    ],
    "and on until both are done": [*RIGHT, ("fire", "ana", "trust"), ("fire", "ben", "work")],
    "as a Schedule": Schedule(RIGHT),
    "as lists": [list(choice) for choice in RIGHT],
}


@pytest.mark.parametrize("style", OTHERS)
def test_every_right_style_passes(style):
    verdict = check("3.5", OTHERS[style])
    assert verdict.passed, verdict


WRONG = {
    "is empty": ([], "Nobody ever believed that they held the lock."),
    "asks and never hears": ([RIGHT[0], RIGHT[2]], "Nobody ever believed that they held the lock."),
    "lets Ana alone": (RIGHT[:3], "Only ana ever believed to hold the lock."),
    "keeps Ben's answer under way": (RIGHT[:4], "Both do, at once; ben's state is 'waiting'."),
    "forgets the lease": ([*RIGHT[:3], RIGHT[4]], "Choice 4 is not possible there"),
    "lets Ana notice": (
        [*RIGHT[:4], ("fire", "ana", "trust"), RIGHT[4]],
        'ana\'s timer "trust" ran out: from then on ana did not trust the lease.',
    ),
    "lets Ana finish": (
        [*RIGHT[:3], ("fire", "ana", "work"), ("deliver", "ana", "lock", 2), RIGHT[4]],
        'ana\'s timer "work" ran out: ana was done, and released the lock.',
    ),
    "lets Ana notice, and Ben never get it": (
        [*RIGHT[:3], ("fire", "ana", "trust")],
        "Only ana ever believed to hold the lock.",
    ),
    "crashes Ana": ([*RIGHT[:2], ("crash", "ana"), *RIGHT[2:]], "Choice 3, ('crash', 'ana'), is a fault."),
    "loses a message": ([*RIGHT, ("drop", "ana", "lock")], "is a fault."),
    "pauses Ana by name": ([("pause", "ana")], "Choice 1, ('pause', 'ana'), is none"),
    "fires Ben's lease": ([*RIGHT[:3], ("fire", "ben", "lease")], "Choice 4 is not possible there"),
    "names a stranger": ([("deliver", "carl", "lock", 1)], "Choice 1 is not possible there"),
    "leaves dots": ([*RIGHT[:2], "..."], "Choice 3, '...', is none"),
    "gives a word": ("deliver", "A schedule is a list of choices"),
    "gives a number": (2, "A schedule is a list of choices"),
    "gives the run in place of its schedule": (
        replay(two_clients(), RIGHT),
        'A schedule is a list of choices, as ("deliver", "ana", "lock", 1); this is a Trace.',
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    answer, reason = WRONG[mistake]
    verdict = check("3.5", answer)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_none_is_shorter():
    found = explore(two_clients(), always={"one believer": one_believer})
    assert found.violation.duration == SHORTEST == len(RIGHT)
    assert found.states == 129


def test_the_system_can_be_run_in_the_notebook():
    assert replay(two_clients(), RIGHT).final == {"lock": "held", "ana": "holding", "ben": "holding"}
