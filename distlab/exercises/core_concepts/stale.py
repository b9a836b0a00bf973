"""2.4 Break it: a schedule with a stale read, where R + W = N."""

from __future__ import annotations

from typing import Any

from distlab.algorithms.quorum import Client, register
from distlab.exercises.course import Course
from distlab.exercises.played import choices_of, no_schedule, played
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.trials import counted
from distlab.exercises.wanted import Answer
from distlab.history import Operation
from distlab.node import Node
from distlab.trace import Trace

REPLICAS = ("r1", "r2", "r3")
SHORTEST = 7  # choices; found by a search, and a test holds it to that
STUB = [("deliver", "ana", "r1", 1), ...]


def late_reader() -> dict[str, Node]:
    """The system of exercise 2.4: Ana writes 1 to one of three replicas, Ben reads from two when he wakes.

    Returns
    -------
    dict of str to Node
        ``replay(late_reader(), schedule)`` is what the check looks at.
    """
    ana = Client(REPLICAS, [("write", 1)], r=2, w=1)
    ben = Client(REPLICAS, [("read",)], r=2, w=1, think=(1, 1))
    return register({"ana": ana, "ben": ben}, REPLICAS)


def wrong(answer: Any) -> str | None:
    """What keeps a value from being a schedule at all."""
    return no_schedule(answer, '("deliver", "ana", "r1", 1)')


@exercise(
    "2.4",
    "Break it: a stale read where R + W = N",
    points=2,
    wanted=Answer("a schedule", STUB, wrong),
    hints=[
        "Ana waits for one replica, Ben for two. Which two have not heard of the write, if you see to it?",
        "Ana's write returns when the answer of one replica reaches her: that is a message from the replica to ana. "
        'Only then let Ben begin: ("fire", "ben", "call").',
        "Ben's Get goes to r1, r2 and r3, each his first message to them. Deliver two of these, to the replicas that "
        "know nothing, and then the two answers.",
    ],
    reference="""
        schedule = [
            ("deliver", "ana", "r1", 1),
            ("deliver", "r1", "ana", 1),  # the write has returned, and r2 and r3 have not heard of it
            ("fire", "ben", "call"),
            ("deliver", "ben", "r2", 1),
            ("deliver", "ben", "r3", 1),
            ("deliver", "r2", "ben", 1),
            ("deliver", "r3", "ben", 1),
        ]
        """,
)
def battery(answer: Any, course: Course) -> str:
    """Run the schedule, and look for a read that missed a write which had returned."""
    choices = choices_of(answer, "what you do not deliver stays under way.")
    trace = played(late_reader, choices, "an answer is under way only when the question has been delivered")
    operations = {operation.client: operation for operation in trace.history()}
    ana, ben = operations["ana"], operations.get("ben")
    if ana.returned is None:
        raise _open(
            trace, "Ana's write has not returned", "it returns when the answer of a replica reaches her"
        )
    if ben is None:
        raise _open(trace, "Ben has not begun to read", 'his timer is called "call": ("fire", "ben", "call")')
    if ben.returned is None:
        raise _open(trace, "Ben's read has not returned", "he waits for the answers of two replicas")
    _stale(ana, ben, trace)
    said = counted(len(choices), "choice")
    best = "there is none shorter" if len(choices) == SHORTEST else f"{SHORTEST} are enough"
    return Passed(
        f"Ana's write of 1 had returned, and Ben began after that and read 0; {said} ({best})",
        trace=trace,
        title="Ben's two replicas are just those that Ana's one is not",
    )


def _open(trace: Trace, got: str, advice: str) -> NotYet:
    return NotYet(f"{got} when the schedule ends.", advice=advice, trace=trace, title=got)


def _stale(ana: Operation, ben: Operation, trace: Trace) -> None:
    if ben.result == 1:
        raise NotYet(
            "Ben read 1: that is what Ana wrote.",
            "One of the two replicas that answered him had heard of the write.",
            advice="three replicas: one for Ana, two for Ben",
            trace=trace,
            title="Ben reads what was written",
        )
    if not ana.precedes(ben):
        raise NotYet(
            "Ben read 0, but he began before Ana's write had returned.",
            "As long as the two overlap, the old value is right: Ben's moment may lie before Ana's.",
            advice="let Ana's answer reach her before Ben begins",
            trace=trace,
            title="The read overlaps the write: 0 is no mistake",
        )
