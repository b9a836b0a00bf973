"""4.5 A lock that expires and renews, and a holder that counts its trust from sending: both judged by messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from distlab.exercises.code_practice.belief import Belief, at_once, spans
from distlab.exercises.code_practice.clients import LOCK, Plan, Planned
from distlab.exercises.code_practice.ideal import Ideal
from distlab.exercises.code_practice.slow import SlowLock
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import code_practice as reference
from distlab.exercises.trials import Case, call, rested, try_all
from distlab.exercises.wanted import NodeClass, Several
from distlab.faults import Clock, Crash, Fault, Loss, Partition
from distlab.network import Network
from distlab.trace import Trace

LEASE, TRUST = 100.0, 80.0  # ms
PROMPT = Network((0.5, 2))
PLANS: tuple[tuple[str, dict[str, Plan], tuple[Fault, ...]], ...] = (
    ("ben asks while ana has it", {"ana": [(0, "acquire")], "ben": [(20, "acquire")]}, ()),
    ("ana releases in time", {"ana": [(0, "acquire"), (20, "release")], "ben": [(40, "acquire")]}, ()),
    ("ana falls silent", {"ana": [(0, "acquire")], "ben": [(90, "acquire"), (120, "acquire")]}, ()),
    (
        "ana renews once",
        {"ana": [(0, "acquire"), (60, "renew")], "ben": [(120, "acquire"), (180, "acquire")]},
        (),
    ),
    (
        "ana renews when it is too late",
        {"ana": [(0, "acquire"), (120, "renew")], "ben": [(140, "acquire")]},
        (),
    ),
    (
        "ana renews when ben has it",
        {"ana": [(0, "acquire"), (150, "renew")], "ben": [(120, "acquire")], "carl": [(230, "acquire")]},
        (),
    ),
    (
        "ana releases, ben takes it, and ana's lease would have ended",
        {"ana": [(0, "acquire"), (50, "release")], "ben": [(60, "acquire")], "carl": [(120, "acquire")]},
        (),
    ),
    (
        "ana's old release comes when she has it again",
        {
            "ana": [(0, "acquire"), (20, "release"), (40, "acquire"), (60, "release old")],
            "ben": [(80, "acquire")],
        },
        (),
    ),
    (
        "the lock crashes while ana has it",
        {"ana": [(0, "acquire")], "ben": [(60, "acquire"), (200, "acquire")]},
        (Crash(LOCK, 30, 40),),
    ),
    (
        "the lock crashes when ana has released it",
        {"ana": [(0, "acquire"), (20, "release")], "ben": [(160, "acquire")]},
        (Crash(LOCK, 30, 40),),
    ),
)


@exercise(
    "4.5",
    "It expires, and renews",
    points=4,
    wanted=Several(NodeClass("LeaseLock", "receive wake"), NodeClass("Holder", "start receive wake")),
    hints=[
        'Lock: one timer "lease", set anew by every grant and every renewal. When it runs out, nobody holds the lock. '
        "Holder: one timer for each request, set in the very line before it is sent.",
        "Lock: what must survive a crash is the last token. When the lock comes back it does not know when its last "
        "grant ends; when is it certain that it has? Holder: remember the number of the last request that was answered "
        'with yes, and look at no other timer than its own: "trust 3" for request 3.',
        "Lock.recover: refuse everybody for a whole lease. Holder.wake: at 'ask', send Acquire while you wait and "
        "Renew while you hold, each with the next number and a timer f'trust {number}'; at f'trust {last_yes}', stop "
        "holding; at 'work', stop holding and release.",
    ],
    reference=(reference.LeaseLock, reference.Holder),
)
def battery(attempt: tuple[type, type], course: Course) -> str:
    """First the lock with clients that have a plan, then the holder with a slow lock, then both together."""
    lock, holder = attempt
    one = try_all(lock_cases(lock, course), judge_lock)
    other = try_all(holder_cases(holder, course), judge_holder)
    both = try_all(together(lock, holder, course), judge_both)
    return f"The lock: {one}. The holder: {other}. Both, with losses, crashes and clocks that drift: {both}"


# --- the lock ---


def lock_cases(lock: type, course: Course) -> Iterator[Case]:
    """Short plans, each for one thing that a lease has to do; then some drawn by chance."""

    def case(words: str, plan: dict[str, Plan], faults: tuple[Fault, ...]) -> Case:
        def nodes() -> dict[str, Any]:
            return {LOCK: call(lock, LEASE)} | {name: Planned(points) for name, points in plan.items()}

        return Case(words, nodes, course.seed, Network(0.4), faults, max_events=2_000)

    for words, plan, faults in PLANS:
        yield case(words, plan, faults)
    for number in range(4):
        draw = course.random("4.5", number)
        verbs = ("acquire", "acquire", "renew", "release", "release old")
        plan = {
            name: [(35 * i + 7 * j, draw.choice(verbs) if i else "acquire") for i in range(10)]
            for j, name in enumerate(("ana", "ben", "carl"))
        }
        at = draw.randint(50, 200) + 0.7
        yield case(
            "three clients who do this and that", plan, (Crash(LOCK, at, at + 10),) if number % 2 else ()
        )


def judge_lock(case: Case, trace: Trace) -> None:
    """Every answer is what it has to be."""
    Ideal(trace, LOCK, LEASE).judge()


# --- the holder ---


class About(NamedTuple):
    """What a holder is expected to do."""

    work: float  # ms
    whole: bool  # nothing goes wrong that would keep it from finishing


def holder_cases(holder: type, course: Course) -> Iterator[Case]:
    """A lock that is prompt, one that refuses, one that is slow, one that falls silent."""

    def case(
        words: str, work: float, *faults: Fault, whole: bool = False, seed: int = 0, **slow: Any
    ) -> Case:
        def nodes() -> dict[str, Any]:
            return {LOCK: SlowLock(LEASE, **slow), "ana": call(holder, LOCK, TRUST, work)}

        until = max(1000.0, 2 * work)
        return Case(
            words, nodes, course.seed + seed, PROMPT, faults, until, cut=True, about=About(work, whole)
        )

    yield case("a short piece of work", 30, whole=True)
    yield case("the lock refuses twice", 30, refuses=2, whole=True)
    yield case("work for three leases", 300, whole=True)
    yield case("the lock's answers take 30 to 35 ms", 30, late=[(30, 35)], whole=True)
    yield case(
        "the first answer takes 60 ms, and then the lock is silent", 500, Crash(LOCK, 62.5), late=[(59, 59)]
    )
    yield case("the lock falls silent", 500, Crash(LOCK, 130))
    yield case("the first answer takes 95 ms, longer than the trust", 30, late=[(95, 95), (0, 0)])
    yield case("renewals are lost", 300, Loss(1, 20, 120))
    for at in (25, 35, 45, 55, 70, 90):
        words = f"renewals are answered after 25 to 38 ms, and from {at} ms on no request reaches the lock"
        yield case(words, 500, Partition({"ana"}, {LOCK}, at, one_way=True), late=[(0, 0), (25, 38)])
    for seed in range(6):
        words = "answers take up to 70 ms, and a third of all messages is lost"
        yield case(words, 300, Loss(0.33, 0), late=[(0, 70)], seed=seed)


def judge_holder(case: Case, trace: Trace) -> None:
    """It believes no longer than it may, and as long as it needs to."""
    rested(trace)
    belief = Belief(trace, "ana", LOCK, TRUST)
    belief.judge()
    if case.about.whole:
        belief.whole(case.about.work)


# --- both ---


def together(lock: type, holder: type, course: Course) -> Iterator[Case]:
    """Two and three holders in calm and in trouble."""

    def case(words: str, names: str, *faults: Fault, seed: int = 0, late: Network = PROMPT) -> Case:
        people = ["ana", "ben", "carl"][: len(names)]

        def nodes() -> dict[str, Any]:
            made = {LOCK: call(lock, LEASE)}
            return made | {name: call(holder, LOCK, TRUST, 130) for name in people}

        return Case(words, nodes, course.seed + seed, late, faults, 3000.0, cut=True, about=people)

    yield case("two holders in calm", "ab")
    yield case("three holders in calm", "abc", seed=1)
    yield case("ana's clock is slow by 5 %, the lock's is fast", "ab", Clock("ana", 0.95), Clock(LOCK, 1.05))
    yield case("the lock crashes and comes back", "ab", Crash(LOCK, 100, 110))
    yield case("ana is cut off for 300 ms", "ab", Partition({"ana"}, {LOCK}, 60, 360))
    for name in ("ana", "ben"):
        yield case(f"{name} crashes for good", "ab", Crash(name, 50))
    for seed in range(4):
        draw = course.random("4.5 both", seed)
        at = draw.randint(40, 400)
        faults = (Loss(0.2, 0), Crash(LOCK, at, at + 30), Clock("ben", draw.choice((0.95, 1.05))))
        yield case(
            "losses, a crash of the lock, a drifting clock", "abc", *faults, seed=seed, late=Network((1, 15))
        )


def judge_both(case: Case, trace: Trace) -> None:
    """Nobody believes beside somebody else, and all get their turn."""
    rested(trace)
    both = at_once(trace, case.about)
    if both is not None:
        first, second, begin, end = both
        raise NotYet(
            f"Two clients held it at once: {first} and {second}, from {begin:.4g} to {end:.4g} ms.",
            "The lease is longer than the trust, by more than the clocks differ: the holder is always the first to "
            "let go.",
            advice="who broke the rule? does the lock wait for a whole lease, does the holder count from sending?",
            trace=trace,
            mark=(begin, end, f"{first} and {second} hold it"),
            between=(max(0, begin - 200), end + 60),
            title="Two clients hold the lock at once",
        )
    dead = {fault.node for fault in case.faults if isinstance(fault, Crash) and fault.until is None}
    for name in case.about:
        if name not in dead and not spans(trace, name):
            raise NotYet(
                f"{name} never got the lock in {trace.duration:.4g} ms.",
                "A lease ends by itself, so nobody waits for ever: not for one who crashed, nor for a lock that did.",
                advice="who hears nothing, or no, asks again",
                trace=trace,
                between=(0, 600),
                title=f"{name} never gets the lock",
            )
