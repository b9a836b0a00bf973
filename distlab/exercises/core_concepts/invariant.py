"""2.3 Write the invariant: what a lock has to keep, scored by the wrong locks that it catches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distlab.blame import listed
from distlab.engine.exploration import Exploration
from distlab.engine.judge import InvariantError
from distlab.exercises.core_concepts.lock import BUGS, RIGHT, Granted, Lock, Release, Visitor, three_visitors
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import core_concepts as reference
from distlab.exercises.trials import counted, line_of, progress
from distlab.exercises.wanted import Function
from distlab.exploration import explore

VISITORS = ("ana", "ben", "carl")
Invariant = Callable[[Any], Any]


@exercise(
    "2.3",
    "Write the invariant",
    points=3,
    wanted=Function("invariant"),
    hints=[
        "That two are never inside is what everybody wants. But a lock that lets nobody in is wrong, too. The right "
        "to go in is a thing like a key: in which places can it be?",
        "It is at the lock (holder is None), or under way in a Granted, or with the visitor who is in, or under way "
        "in a Release. Count all four: world.in_flight has the messages. Too many are wrong, and too few.",
        "The rest of the wrong ones keep the key and forget a visitor: somebody waits who is not in the queue, and no "
        "message between them and the lock is under way.",
    ],
    reference=(reference.invariant,),
)
def battery(invariant: Invariant, course: Course) -> str:
    """Search the right protocols, where it has to hold, and the wrong ones, where it should not."""
    worlds = [holds(invariant, lock, visitor) for lock, visitor in RIGHT]
    steps, missed = [], []
    for words, lock, visitor in BUGS:
        found = searched(invariant, lock, visitor, words)
        if found.violation is None:
            missed.append((words, lock, visitor))
        else:
            steps.append(int(found.violation.duration))
    if missed:
        raise let_through(missed)
    return (
        f"true in all {worlds[0]} worlds of the right protocol, and in the {worlds[1]} of one that serves the last "
        f"first; all {len(BUGS)} wrong ones were caught, after {min(steps)} to {max(steps)} steps"
    )


def searched(invariant: Invariant, lock: type[Lock], visitor: type[Visitor], words: str) -> Exploration:
    """Every world of a protocol, or the way to the first in which the invariant is false."""
    progress.case(words)
    try:
        return explore(three_visitors(lock, visitor), {"your invariant": invariant})
    except InvariantError as error:
        line = line_of(error.__cause__) if error.__cause__ else ""
        told = str(error).replace("always 'your invariant'", "Your invariant").split(";")[0]
        raise NotYet(
            f"{told}{line}.",
            "It answers True or False for every world.",
        ) from error


def holds(invariant: Invariant, lock: type[Lock], visitor: type[Visitor]) -> int:
    """See that it is true in every world of a right protocol; how many there are."""
    found = searched(invariant, lock, visitor, "the right protocol")
    if found.violation is None:
        return found.states
    world = found.violation.states()[-1]
    moving = [flight.message for flight in world.in_flight if isinstance(flight.message, (Granted, Release))]
    fair = "" if lock is Lock else ", one that serves the last first"
    raise NotYet(
        f"It is false in a world of a right protocol{fair}: after "
        f"{counted(int(found.violation.duration), 'step')}, when {said(world)}.",
        "An invariant is true in every world that can be reached; here nothing is wrong.",
        advice=f"who has the right to go in while a {type(moving[0]).__name__} is under way?"
        if moving
        else "which part of your invariant is false there?",
        trace=found.violation,
        title="Nothing is wrong here",
    )


def let_through(missed: list[tuple[str, type[Lock], type[Visitor]]]) -> NotYet:
    """What was not caught, and the shortest run of it that hurts somebody."""
    words, lock, visitor = missed[0]
    run = explore(three_visitors(lock, visitor), {"no harm": lambda world: not harm(world)}).violation
    assert run is not None
    world = run.states()[-1]
    rest = [f"“{other}”" for other, *_ in missed[1:]]
    return NotYet(
        f"It caught {len(BUGS) - len(missed)} of {len(BUGS)} wrong protocols. This run it let through: {words}.",
        f"In the end {said(world)}: {harm(world)}.",
        f"It missed also {listed(rest)}." if rest else "",
        advice(world),
        trace=run,
        title=f"{words[0].upper()}{words[1:]}",
    )


TWO, WAITS = "two are inside", "nothing is left to happen, and somebody waits"


def harm(world: Any) -> str | None:
    """What a visitor of the room would complain about."""
    states = [world.nodes[name].state for name in VISITORS]
    if states.count("in") > 1:
        return TWO
    quiet = not world.in_flight and not any(world.timers[name] for name in VISITORS)
    return WAITS if quiet and "waits" in states else None


def advice(world: Any) -> str:
    """Where to look, when harm is done."""
    if harm(world) == TWO:
        return "how many may be in at once?"
    if world.nodes["lock"].holder is not None:  # and nothing is under way that could free it
        return "when nobody is inside, where is the right to go in?"
    return "who waits, and who knows of it?"


def said(world: Any) -> str:
    """Where everybody is: ``ana waits, ben is done, ...``."""
    people = [f"{name} {WORDS[world.nodes[name].state]}" for name in VISITORS]
    lock = world.nodes["lock"]
    holder = "free" if lock.holder is None else f"{lock.holder}'s"
    mail = [f"{type(f.message).__name__} from {f.sender} to {f.receiver}" for f in world.in_flight]
    under_way = f", under way {listed(mail)}" if mail else ""
    return f"{listed(people)}, the lock is {holder}, in its queue {listed(lock.queue)}{under_way}"


WORDS = {"out": "is out", "waits": "waits", "in": "is in", "done": "is done", "gone": "is gone"}
