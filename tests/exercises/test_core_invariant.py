"""Exercise 2.3, attempted rightly and wrongly."""

import pytest

from distlab import explore
from distlab.exercises import check
from distlab.exercises.core_concepts import lock_program, three_visitors
from distlab.exercises.core_concepts.invariant import harm
from distlab.exercises.core_concepts.lock import BUGS, RIGHT
from distlab.exercises.solutions import core_concepts as solutions
from tests.exercises import cells

CELL = '''
PEOPLE = ("ana", "ben", "carl")

def invariant(world):
    """True in every world of the right protocol, false in some world of each wrong one."""
    states = [world.nodes[name].state for name in PEOPLE]
    moving = [type(m.message).__name__ for m in world.in_flight]
    lock = world.nodes["lock"]
    {body}
'''


def attempt(body):
    return check("2.3", cells.run(CELL.format(body=body))["invariant"])


def test_the_stub_is_not_attempted_yet():
    stub = cells.run('def invariant(world):\n    """True in every world."""\n    ...')["invariant"]
    assert "Write invariant, then run this cell again." in str(check("2.3", stub))


FORGOTTEN = """
    for name in PEOPLE:
        known = name in lock.queue or any(name in (m.sender, m.receiver) for m in world.in_flight)
        if world.nodes[name].state == "waits" and not known:
            return False
"""
RIGHT_STYLES = {
    "counts the right to go in": (
        FORGOTTEN + '    return states.count("in") + moving.count("Granted") + moving.count("Release") '
        "+ (lock.holder is None) == 1",
        "after 4 to 9 steps",
    ),
    "goes by what the lock believes": (
        FORGOTTEN + '    own = [n for n in PEOPLE if world.nodes[n].state == "in"]\n'
        '    own += [m.receiver for m in world.in_flight if type(m.message).__name__ == "Granted"]\n'
        '    own += [m.sender for m in world.in_flight if type(m.message).__name__ == "Release"]\n'
        "    return own == ([] if lock.holder is None else [lock.holder])",
        "after 4 to 9 steps",
    ),
    "is a visitor who sees only harm": (
        'quiet = not moving and not any(world.timers[n] for n in PEOPLE)\n    return states.count("in") <= 1 '
        'and not (quiet and "waits" in states)',
        "after 6 to 13 steps",
    ),
}


@pytest.mark.parametrize("style", RIGHT_STYLES)
def test_every_right_style_passes(style):
    body, when = RIGHT_STYLES[style]
    verdict = attempt(body)
    assert verdict.passed, verdict
    assert verdict.lines == [
        "true in all 440 worlds of the right protocol, and in the 440 of one that serves the last first; "
        f"all 8 wrong ones were caught, {when}."
    ]


def test_the_reference_passes():
    assert check("2.3", solutions.invariant).passed


WRONG = {
    "asks for nothing": (
        "return True",
        "It caught 0 of 8 wrong protocols. This run it let through: the lock lets in everybody who asks.",
        "how many may be in at once?",
    ),
    "asks only that two are never inside": (
        'return states.count("in") <= 1',
        "It caught 3 of 8 wrong protocols. This run it let through: a visitor that gave up throws the grant away.",
        "when nobody is inside, where is the right to go in?",
    ),
    "forbids too many, and allows too few": (
        'return states.count("in") + moving.count("Granted") + moving.count("Release") + (not lock.holder) <= 1',
        "It caught 3 of 8 wrong protocols.",
        "where is the right to go in?",
    ),
    "forgets who is forgotten": (
        'return states.count("in") + moving.count("Granted") + moving.count("Release") + (not lock.holder) == 1',
        "In the end ana is done, ben waits and carl is gone, the lock is free, in its queue nobody",
        "who waits, and who knows of it?",
    ),
    "sees only the forgotten": (
        FORGOTTEN + "    return True",
        "It caught 3 of 8 wrong protocols.",
        "how many may be in at once?",
    ),
    "does not see what is under way": (
        'return states.count("in") + (lock.holder is None) == 1',
        "It is false in a world of a right protocol: after 2 steps, when ana waits",
        "who has the right to go in while a Granted is under way?",
    ),
    "thinks that a right is free when its holder leaves": (
        'return states.count("in") + moving.count("Granted") + (lock.holder is None) == 1',
        "under way Release from ana to lock.",
        "while a Release is under way?",
    ),
    "wants everybody who waits in the queue": (
        'return all(n in lock.queue for n in PEOPLE if world.nodes[n].state == "waits")',
        "after 1 step, when ana waits, ben is out and carl is out",
        "which part of your invariant is false there?",
    ),
    "asks for an order that nobody promised": (
        "return all(world.nodes[n].state != 'out' for n in lock.queue) and list(lock.queue) == sorted(lock.queue)",
        "It is false in a world of a right protocol",
        "",
    ),
    "forgets to return": (
        "lock.holder is None",
        "Your invariant answered nothing (a return is missing?)",
        "",
    ),
    "misspells": (
        "return lock.owner is None",
        "Your invariant raised AttributeError ('Lock' object has no attribute 'owner') instead of answering, "
        "line 9 in invariant: return lock.owner is None.",
        "",
    ),
    "changes the world": (
        "lock.holder = None\n    return True",
        "whoever judges a world changes nothing in it",
        "",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    body, reason, advice = WRONG[mistake]
    verdict = attempt(body)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict) and advice in verdict.advice


def test_one_that_never_answers_is_ended(monkeypatch):
    monkeypatch.setattr("distlab.exercises.machine.SECONDS", 0.3)
    verdict = attempt("while True: pass")
    assert "Your invariant does not come to an end, line 9 in invariant: while True: pass." in str(verdict)


def test_what_got_through_is_shown():
    verdict = attempt('return states.count("in") <= 1')
    assert [event.message for event in verdict.trace.events if event.kind == "delivered"]
    assert verdict.trace.duration == 9
    assert "“a visitor inside loses patience, and sends Cancel”" in str(verdict)


@pytest.mark.parametrize(("lock", "visitor"), RIGHT)
def test_the_right_protocols_harm_nobody(lock, visitor):
    found = explore(three_visitors(lock, visitor), {"no harm": lambda world: not harm(world)})
    assert (found.complete, found.violation, found.states) == (True, None, 440)


@pytest.mark.parametrize(
    ("bug", "steps"),
    list(zip(BUGS, (6, 9, 8, 9, 9, 9, 13, 12), strict=True)),
    ids=[words for words, *_ in BUGS],
)
def test_each_wrong_protocol_harms_somebody(bug, steps):
    _, lock, visitor = bug
    found = explore(three_visitors(lock, visitor), {"no harm": lambda world: not harm(world)})
    assert found.violation.duration == steps


def test_the_program_can_be_read_in_the_notebook():
    assert "class Lock(Node):" in str(lock_program()) and "class Visitor(Node):" in str(lock_program())
