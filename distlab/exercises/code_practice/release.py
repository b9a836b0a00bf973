"""4.4 A lock that only its holder can release: searched with a thief, then held to its answers one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distlab.exercises.code_practice.clients import LOCK, Client, Plan, Planned, Thief
from distlab.exercises.code_practice.ideal import Ideal
from distlab.exercises.code_practice.searched import holding, searched, story, together
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.solutions import code_practice as reference
from distlab.exercises.trials import Case, call, try_all
from distlab.exercises.wanted import NodeClass
from distlab.network import Network
from distlab.trace import Trace

PEOPLE = ("ana", "ben")
PLANS: tuple[tuple[str, dict[str, Plan]], ...] = (
    ("ana takes the lock", {"ana": [(0, "acquire")]}),
    ("ben asks while ana has it", {"ana": [(0, "acquire")], "ben": [(10, "acquire")]}),
    (
        "ana gives it back, and ben asks again",
        {"ana": [(0, "acquire"), (20, "release")], "ben": [(10, "acquire"), (30, "acquire")]},
    ),
    ("ana takes it twice", {"ana": [(0, "acquire"), (20, "release"), (40, "acquire"), (60, "release")]}),
    ("ana's request comes twice", {"ana": [(0, "acquire"), (10, "again")]}),
    ("somebody releases what nobody holds", {"ben": [(0, "release")], "ana": [(10, "acquire")]}),
    (
        "ben releases what ana holds",
        {"ana": [(0, "acquire")], "ben": [(10, "release"), (20, "acquire")]},
    ),
    (
        "ana's release comes twice, the second time when ben has it",
        {
            "ana": [(0, "acquire"), (10, "release"), (30, "release")],
            "ben": [(20, "acquire")],
            "carl": [(40, "acquire")],
        },
    ),
    (
        "ana's first release comes twice, the second time when ana has it again",
        {
            "ana": [(0, "acquire"), (10, "release"), (20, "acquire"), (30, "release old")],
            "ben": [(40, "acquire")],
        },
    ),
)


@exercise(
    "4.4",
    "Only its holder can release",
    points=2,
    wanted=NodeClass("Lock", "receive"),
    hints=[
        "Two things to remember: the token of the last grant, and whether (and by whose request) the lock is held.",
        "A Release counts when its token is that of the grant in force. Who it comes from is not enough: ana's old "
        "release may arrive when ana holds the lock again.",
        "In Acquire: if nobody holds it, remember (sender, number) and count the token up. Then answer: Granted if "
        "the request is the one you remember, else Refused. In Release: if the token is the last one, forget the "
        "request.",
    ],
    reference=(reference.Lock,),
)
def battery(lock: type, course: Course) -> str:
    """Search two clients, a thief and a message that comes twice; then hold every answer to what it has to be."""
    states = search(lock)
    tried = try_all(cases(lock, course), judge)
    return Passed(f"{states:,} situations searched, with a thief and a message that comes twice; and {tried}")


def search(lock: type) -> int:
    """Every order of events of two clients and a thief; two holders are shown by the shortest run to them."""
    nodes = {LOCK: call(lock), "ana": Client(), "ben": Client(), "eve": Thief()}
    found = searched(
        "every order of events of ana, ben and a thief",
        nodes,
        {"one at a time": lambda world: len(holding(world, PEOPLE)) < 2},
        {"somebody has it": lambda world: bool(holding(world, PEOPLE))},
        duplicates=1,
    )
    if found.violation is not None:
        raise two_holders(found.violation)
    return found.states


def two_holders(trace: Trace) -> NotYet:
    """The shortest run to two holders, in words."""
    first = f"Two clients held it at once, after {trace.duration:.0f} events (the shortest run that does it)."
    why, advice = "", "who holds it? remember that, and refuse everybody else"
    try:
        Ideal(trace, LOCK).judge()
    except NotYet as finding:
        why, advice = " ".join(finding.lines), finding.advice
    return NotYet(
        first,
        f"{story(trace, LOCK)}.",
        why,
        advice,
        trace=trace,
        mark=together(trace, PEOPLE),
        title="Two clients hold the lock at once",
    )


def cases(lock: type, course: Course) -> Iterator[Case]:
    """Short plans, each for one thing that a lock has to do; then some drawn by chance."""
    for words, plan in PLANS:
        yield _case(words, lock, plan, course.seed)
    for number in range(4):
        draw = course.random("4.4", number)
        verbs = ("acquire", "acquire", "release", "release old", "again")
        plan = {
            name: [(20 * i + j, draw.choice(verbs) if i else "acquire") for i in range(8)]
            for j, name in enumerate(("ana", "ben", "carl"))
        }
        yield _case("three clients who do this and that", lock, plan, course.seed)


def _case(words: str, lock: type, plan: dict[str, Plan], seed: int) -> Case:
    def nodes() -> dict[str, Any]:
        return {LOCK: call(lock)} | {name: Planned(points) for name, points in plan.items()}

    return Case(words, nodes, seed, Network(0.4), max_events=2_000)


def judge(case: Case, trace: Trace) -> None:
    """Every answer is what it has to be."""
    Ideal(trace, LOCK).judge()
