"""3.5 Break it: a schedule after which two clients believe that they hold the lock."""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks import Holder, LeaseService, most_believers
from distlab.exercises.course import Course
from distlab.exercises.played import choices_of, no_schedule, played
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.trials import counted
from distlab.exercises.wanted import Answer
from distlab.node import Node
from distlab.trace import Trace

PEOPLE = ("ana", "ben")
SHORTEST = 5  # choices; found by a search, and a test holds it to that
STUB = [("deliver", "ana", "lock", 1), ...]


def two_clients() -> dict[str, Node]:
    """The system of exercise 3.5: Ana and Ben ask one lease service for its lock at the start.

    Returns
    -------
    dict of str to Node
        ``replay(two_clients(), schedule)`` is what the check looks at.
    """
    return {
        "lock": LeaseService(100),
        "ana": Holder("lock", trust=95, work=20),
        "ben": Holder("lock", trust=95, work=20),
    }


def wrong(answer: Any) -> str | None:
    """What keeps a value from being a schedule at all."""
    return no_schedule(answer, '("deliver", "ana", "lock", 1)')


@exercise(
    "3.5",
    "Break it: two believers",
    points=2,
    wanted=Answer("a schedule", STUB, wrong),
    hints=[
        "Who believes stops believing for one of three reasons: its timer runs out, it is done, it is told. Which of "
        "these is bound to happen before something else does?",
        "First let Ana get the lock: her request, and the answer. Ben's request can come at any time; then the lock "
        "has to be given to him. What makes the service do that while Ana has not released?",
        'The service has a timer "lease": ("fire", "lock", "lease"). Then its grant to Ben is under way.',
    ],
    reference="""
        schedule = [
            ("deliver", "ana", "lock", 1),
            ("deliver", "lock", "ana", 1),  # Ana believes
            ("deliver", "ben", "lock", 1),  # Ben waits in the queue
            ("fire", "lock", "lease"),  # for Ana, hardly any time has passed
            ("deliver", "lock", "ben", 1),  # Ben believes, too
        ]
        """,
)
def battery(answer: Any, course: Course) -> str:
    """Run the schedule, and look for two clients whose state is "holding"."""
    choices = choices_of(answer, "it takes no more than a bad moment.")
    trace = played(
        two_clients,
        choices,
        "an answer is under way only when there was a reason to send it, a timer only while it is set",
    )
    if most_believers(trace) < len(PEOPLE):
        raise short_of(trace)
    said = counted(len(choices), "choice")
    best = "there is none shorter" if len(choices) == SHORTEST else f"{SHORTEST} are enough"
    return Passed(
        f"Ana and Ben both believe, and the service has kept its promise: by its own clock only one of the two "
        f"leases stands; {said} ({best})",
        trace=trace,
        title="Two believers, and every node did what it should",
    )


def short_of(trace: Trace) -> NotYet:
    """What there was in place of two believers."""
    once = {e.node: e for e in trace.events if e.kind == "state" and e.detail[1] == "holding"}
    left = [e for e in trace.events if e.kind == "state" and e.detail[0] == "holding"]
    if len(once) == len(PEOPLE):
        gone = left[0].node
        timers = [e.detail for e in trace.events if e.kind == "timer" and e.node == gone]
        done = timers[-1:] == ["work"]
        return NotYet(
            f"Both believed, but one after the other: {gone} had stopped when {last(once)} began.",
            "Both believe at once.",
            f'{gone}\'s timer "work" ran out: {gone} was done, and released the lock.'
            if done
            else f'{gone}\'s timer "trust" ran out: from then on {gone} did not trust the lease.',
            f"you need not let {gone}'s timers run out",
            trace=trace,
            title="One after the other",
        )
    if not once:
        return NotYet(
            "Nobody ever believed that they held the lock.",
            "Both do, at once.",
            advice="who asks gets an answer only when the request is delivered, and so is the answer",
            trace=trace,
            title="Nobody believes",
        )
    (only,) = once
    other = next(name for name in PEOPLE if name != only)
    return NotYet(
        f"Only {only} ever believed to hold the lock.",
        f"Both do, at once; {other}'s state is {trace.final[other]!r}.",
        advice=f"what has to happen at the lock before {other} gets it?",
        trace=trace,
        title=f"Only {only} believes",
    )


def last(once: dict[str, Any]) -> str:
    """Who began to believe last."""
    return max(once.values(), key=lambda event: event.index).node
