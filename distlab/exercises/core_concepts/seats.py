"""2.5 Retry safely: each call has its effect once, and its answer as often as it takes (Birrell and Nelson 1984)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from distlab.exercises.core_concepts.sold import end_of_sale, sold_once, wrong
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import core_concepts as reference
from distlab.exercises.trials import Case, call, progress, sentence, try_all
from distlab.exercises.wanted import NodeClass, Several
from distlab.exploration import explore
from distlab.faults import Crash, Fault, Partition, nemesis
from distlab.network import Network
from distlab.node import NodeError
from distlab.trace import Trace

Attempt = tuple[type, type]
UNTIL = 9_000.0  # ms: by then all has long been sold
STATES = 30_000  # where the search gives up


@exercise(
    "2.5",
    "Retry safely",
    points=4,
    wanted=Several(NodeClass("Buyer", "start receive"), NodeClass("Office", "receive")),
    hints=[
        "A lost request and a lost answer look the same, so the buyer asks again until it is answered. How does the "
        "office see that it has answered this request before, and what does it say then?",
        "A request is known by who asks and by a number that the buyer gives it, the same each time it asks again. The "
        "office keeps on its disk which request got which seat. An answer carries the number, too: an old one may come "
        "late.",
        "The office writes once for each new request, one value that says it all: to sell a seat and to remember to "
        "whom is then one thing, whenever it crashes. A tuple of (buyer, number), seat 1 first, is enough: the seat is "
        "the place in it.",
    ],
    reference=(reference.Buy, reference.Sold, reference.Buyer, reference.Office),
)
def battery(attempt: Attempt, course: Course) -> str:
    """Sell seats while messages get lost, doubled and late and the office crashes; then search every order."""
    clocks: list[bool] = []  # for each run, whether a node looked at its clock: a search has none

    def judged(case: Case, trace: Trace) -> None:
        clocks.append(any("clock" in choice.options for choice in trace.schedule()))
        judge(case, trace)

    tried = try_all(cases(attempt, course), judged)
    if any(clocks):
        return (
            f"{tried}: each call got one seat of its own (not searched, for your nodes look at their clocks)"
        )
    worlds = sum(search(attempt, wishes) for wishes in SEARCHED)
    return f"{tried}, and every order of events in two ({worlds:,} worlds): each call got one seat of its own"


def cases(attempt: Attempt, course: Course) -> Iterator[Case]:
    """One trouble after the other, then all at once."""

    def case(words: str, wishes: Mapping[str, int], network: Network, *faults: Fault, seed: int = 0) -> Case:
        return Case(
            words, lambda: system(attempt, wishes), course.seed + seed, network, faults, UNTIL, about=wishes
        )

    one, two, steady = {"ana": 2}, {"ana": 2, "ben": 2}, Network(10)
    no_answers = Partition({"office"}, {"ana"}, 0, 60, one_way=True)
    yield case("one buyer, nothing goes wrong", one, steady)
    yield case("two buyers, nothing goes wrong", two, Network((5, 15)))
    yield case(
        "ana's first requests get lost", one, steady, Partition({"ana"}, {"office"}, 0, 60, one_way=True)
    )
    yield case("the first answers to ana get lost", one, steady, no_answers)
    yield case("the first answers to ana get lost, ben buys meanwhile", two, steady, no_answers)
    yield case("every message arrives twice", two, Network((5, 50), duplicates=1))
    yield case("answers come later than the buyer's patience", two, Network((80, 400)))
    yield case("the office crashes between two requests", one, steady, Crash("office", 25, 90))
    yield case(
        "an answer gets lost, and then the office crashes", two, steady, no_answers, Crash("office", 25, 50)
    )
    for effects in range(6):
        for seed in range(2):
            crash = Crash("office", 10, 60, after_effects=effects)
            yield case("the office crashes in the middle of a handler", two, steady, crash, seed=seed)
    for number in range(4):
        wishes = dict.fromkeys(("ana", "ben", "carl")[: 2 + number // 2], 3)
        crashes = nemesis(course.seed + number, ["crash"], nodes=["office"], until=1500)
        lossy = Network((5, 60), loss=0.2, duplicates=0.2)
        yield case("messages get lost and doubled, the office crashes", wishes, lossy, *crashes, seed=number)


def system(attempt: Attempt, wishes: Mapping[str, int]) -> dict[str, Any]:
    """The buyers, each with the number of seats it wants, and the office."""
    buyer, office = attempt
    return {**{name: call(buyer, seats) for name, seats in wishes.items()}, "office": call(office)}


def judge(case: Case, trace: Trace) -> None:
    """No seat is sold twice or to nobody, every call returns, and then all is quiet."""
    sold_once(trace)
    end_of_sale(trace, case.about)


SEARCHED: tuple[dict[str, int], ...] = ({"ana": 2}, {"ana": 1, "ben": 1})


def search(attempt: Attempt, wishes: Mapping[str, int]) -> int:
    """Look at every order of events in a small system for one that sells a seat twice, or to nobody."""

    def buyers_live(world: Any) -> bool:
        return all(world.up[name] for name in wishes)

    tried = "every order of events, with at most a crash, a loss, a duplicate and two time-outs"
    progress.case(tried)
    once = {"each seat to one call": lambda world: wrong(world.history) is None}
    try:
        found = explore(
            system(attempt, wishes),
            once,
            crashes=1,
            losses=1,
            duplicates=1,
            timeouts=2,
            within=buyers_live,
            max_states=STATES,
        )
        if found.violation is not None:
            sold_once(found.violation)
    except NodeError as error:
        raise NotYet(sentence(error), why=f"Tried: {tried}.", trace=error.trace) from error
    except NotYet as finding:
        finding.lines.append(f"Tried: {tried}.")
        raise
    return found.states
