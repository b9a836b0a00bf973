"""4.6 Your lock: lock, worker and store of the learner's together, searched, and under a nemesis."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distlab.exercises.code_practice.clients import LOCK
from distlab.exercises.code_practice.leases import LEASE, TRUST, judge_lock, lock_cases
from distlab.exercises.code_practice.searched import searched, story, together
from distlab.exercises.code_practice.slow import SlowLock
from distlab.exercises.code_practice.vault import STORE, Teller, Vault
from distlab.exercises.code_practice.watched import Watched
from distlab.exercises.course import Course
from distlab.exercises.lock_protocol import Read, Write
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.solutions import code_practice as reference
from distlab.exercises.trials import Case, call, counted, rested, run, try_all
from distlab.exercises.wanted import NodeClass, Several
from distlab.faults import Crash, Fault, Pause, nemesis
from distlab.history import Operation
from distlab.network import Network
from distlab.node import Node
from distlab.trace import Trace

RUNS, UNTIL = 40, 2500.0  # under the nemesis
NETWORK = Network((1, 6))
WORKERS = ("ana", "ben", "carl")
Attempt = tuple[type, type, type]
TELLERS: tuple[tuple[str, list[Any], tuple[Fault, ...]], ...] = (
    ("a read, a write, a read", [Read(1), Write(1, 5), Read(1)], ()),
    ("a second holder", [Read(1), Write(1, 1), Read(2), Write(2, 2), Read(3)], ()),
)
LATE: tuple[tuple[str, list[Any], tuple[Fault, ...]], ...] = (
    ("the store crashes and comes back", [Read(1), Write(1, 7), Read(2)], (Crash(STORE, 15, 18),)),
    ("a late write", [Write(2, 5), Write(1, 9), Read(2)], ()),
    ("a write after a newer read", [Read(1), Read(2), Write(1, 9), Read(2)], ()),
    ("a crash, and then a late write", [Read(1), Write(2, 5), Write(1, 9)], (Crash(STORE, 15, 18),)),
    ("a read, a crash, and then a late write", [Read(2), Write(1, 9)], (Crash(STORE, 5, 8),)),
)


@exercise(
    "4.6",
    "Your lock",
    points=4,
    wanted=Several(
        NodeClass("LeaseLock", "receive wake"), NodeClass("Worker", "receive"), NodeClass("Store", "receive")
    ),
    hints=[
        "The store remembers the largest token that it has seen. Which of its requests show it one? And what does it "
        "know after a crash?",
        "Store: a request with a smaller token is answered with Rejected. Every other one, a read as well, makes its "
        "token the largest; value and largest token go to the disk together. Worker: let Holder do what it does, "
        "super().receive(message, sender), and look at what became of it.",
        "Worker.receive, after super(): Granted, and the state has become 'holding': Read. Value, and still holding: "
        "Write(token, value + 1). Wrote: complete(value), release. Rejected: fail(), release.",
    ],
    reference=(reference.Store, reference.Worker),
)
def battery(attempt: Attempt, course: Course) -> str:
    """The store and the worker alone, all three searched, then all three under a nemesis."""
    lock, worker, store = attempt
    try_all(lock_cases(lock, course), judge_lock)  # it may have changed since 4.5
    try_all(tellers(store, course, TELLERS), judge_store)
    try_all(calm(worker, course), judge_calm)
    states = search(attempt)
    try_all(tellers(store, course, LATE), judge_store)
    done, late = trouble(attempt, course)
    return Passed(
        f"{states:,} situations searched; under {RUNS} nemeses {counted(done, 'increment')}, none lost, and "
        f"{counted(late, 'write')} that came too late, none taken"
    )


# --- each alone ---


def tellers(store: type, course: Course, plans: Any) -> Iterator[Case]:
    """A store, and somebody with a plan."""
    for words, plan, faults in plans:

        def nodes(plan: Any = plan) -> dict[str, Node]:
            return {STORE: call(store), "ana": Teller(plan)}

        yield Case(words, nodes, course.seed, Network(0.4), faults, max_events=2_000)


def judge_store(case: Case, trace: Trace) -> None:
    """Every answer is what it has to be."""
    Vault(trace).judge()


def calm(worker: type, course: Course) -> Iterator[Case]:
    """Workers with a lock and a store of ours, and nothing goes wrong."""
    for people in (WORKERS[:1], WORKERS[:2], WORKERS):

        def nodes(people: Any = people) -> dict[str, Node]:
            made: dict[str, Node] = {LOCK: SlowLock(LEASE), STORE: reference.Store()}
            return made | {name: call(worker, LOCK, STORE, TRUST) for name in people}

        words = f"{' and '.join(people)} with a lock and a store that are right"
        yield Case(words, nodes, course.seed, NETWORK, (), UNTIL, cut=True, about=people)


def judge_calm(case: Case, trace: Trace) -> None:
    """Everybody increments once, and says so."""
    rested(trace)
    operations = {operation.client: operation for operation in trace.history()}
    for name in case.about:
        mine = operations.get(name)
        if mine is None or mine.call != ("increment",):
            raise NotYet(
                f"{name} never began an increment." if mine is None else f"{name} began {mine.call!r}.",
                'A worker begins with invoke(("increment",)).',
                advice="in start, before it asks for the lock",
                trace=trace,
            )
        if mine.outcome != "completed" or mine.returned is None:
            raise NotYet(
                f"{name}'s increment was not completed in {trace.duration:.4g} ms: it is {mine.outcome}.",
                "Nothing went wrong: the lock answered, and the store did.",
                advice="Granted, then Read; Value, then Write; Wrote, then complete(the new value) and release",
                trace=trace,
                title=f"{name} does not complete its increment",
            )
    unique(trace, sum(name in operations for name in case.about))


def completed(trace: Trace) -> list[Operation]:
    """The increments that returned."""
    return [o for o in trace.history() if o.outcome == "completed" and o.returned is not None]


def unique(trace: Trace, wanted: int = 0) -> None:
    """No two increments came to the same value; in calm they are 1, 2, 3, ..."""
    first: dict[Any, str] = {}
    for operation in completed(trace):
        if operation.result in first:
            raise NotYet(
                f"{first[operation.result]} and {operation.client} both completed an increment to "
                f"{operation.result}: one of them is lost.",
                story(trace, LOCK, STORE) + ".",
                advice="complete when the store says Wrote, with the value that was written; one more than was read",
                trace=trace,
                title="An increment is lost",
            )
        first[operation.result] = operation.client
    if wanted and set(first) != set(range(1, wanted + 1)):
        raise NotYet(
            f"{counted(wanted, 'increment')} came to {', '.join(map(str, first))}.",
            f"They come to {', '.join(map(str, range(1, wanted + 1)))}, in some order.",
            advice="write one more than was read, and complete with what was written",
            trace=trace,
        )


# --- all together ---


def nodes_of(attempt: Attempt, people: tuple[str, ...]) -> dict[str, Node]:
    """The learner's own system."""
    lock, worker, store = attempt
    made: dict[str, Node] = {LOCK: call(lock, LEASE)}
    made |= {name: call(worker, LOCK, STORE, TRUST) for name in people}
    return made | {STORE: call(store)}


def search(attempt: Attempt) -> int:
    """Every order of events with two workers and two time-outs; a write that comes too late is shown."""
    people = WORKERS[:2]
    nodes = nodes_of(attempt, people)
    nodes[STORE] = Watched(nodes[STORE])
    found = searched(
        "every order of events of two workers, a lock and a store",
        nodes,
        {"no late write": lambda world: world.nodes[STORE].late is None, "none is lost": distinct},
        timeouts=2,
    )
    if found.violation is None:
        return found.states
    if found.clause == "none is lost":
        unique(found.violation)
    raise late_write(attempt, found.violation, people)


def distinct(world: Any) -> bool:
    """Whether no two completed increments came to the same value."""
    results = [o.result for o in world.history if o.outcome == "completed" and o.returned is not None]
    return len(set(results)) == len(results)


def late_write(attempt: Attempt, trace: Trace, people: tuple[str, ...]) -> NotYet:
    """The shortest run in which the store takes a write behind a larger token, in words."""
    token, who, seen, whose, kind = trace.states()[-1].nodes[STORE].late
    advice = "the store has to remember the largest token and refuse smaller ones"
    if kind == "read" and _looks_at_writes(attempt[2]):
        advice = f"{whose}'s read showed token {seen} before: reads have to count, too"
    return NotYet(
        f"Two clients held it at once, and your store let both in, after {trace.duration:.0f} events (the shortest run "
        f"that does it).",
        f"{story(trace, LOCK, STORE)}.",
        f"Your store accepted {who}'s write with token {token} after it had seen token {seen} in a {kind} of {whose}."
        + (f" What {whose} writes next is built on the old value." if kind == "read" else ""),
        advice,
        trace=trace,
        mark=together(trace, people),
        title=f"{who} writes with token {token}, after the store has seen token {seen}",
    )


def _looks_at_writes(store: type) -> bool:
    """Whether it refuses a write behind a larger write."""
    trace = run(
        {STORE: call(store), "ana": Teller([Write(2, 5), Write(1, 9)])}, network=Network(0.4), until=100
    )
    try:
        Vault(trace).judge()
    except NotYet:
        return False
    return True


def trouble(attempt: Attempt, course: Course) -> tuple[int, int]:
    """Pauses, crashes, partitions and drifting clocks: increments that were completed, writes that were too late."""
    done = late = 0

    def judge(case: Case, trace: Trace) -> None:
        nonlocal done, late
        vault = Vault(trace)
        vault.judge()
        unique(trace)
        done, late = done + len(completed(trace)), late + vault.rejected

    try_all(nemeses(attempt, course), judge)
    return done, late


def nemeses(attempt: Attempt, course: Course) -> Iterator[Case]:
    """Pauses of two workers at all the moments that may hurt, then whatever the nemesis draws."""
    for number in range(RUNS):
        draw = course.random("4.6", number)
        if number < RUNS // 2:
            at = 3.0 + number
            faults: list[Fault] = [Pause("ana", at, at + 300), Pause("ben", at, at + 350)]
            words = f"ana and ben pause from {at:g} ms on"
        else:
            kinds = ("crash", "pause", "partition", "clock")
            faults = nemesis(
                draw.randint(0, 10**6), kinds, nodes=[LOCK, STORE, *WORKERS], until=1500, count=5, longest=400
            )
            words = f"five faults of a nemesis, run {number}"
        yield Case(
            words,
            lambda: nodes_of(attempt, WORKERS),
            course.seed + number,
            NETWORK,
            tuple(faults),
            UNTIL,
            cut=True,
        )
