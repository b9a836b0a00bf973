"""1.5 Break it: two correct detectors disagree about a third node, which is alive."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from distlab import values
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.trials import counted
from distlab.exercises.wanted import Answer
from distlab.exploration import explore
from distlab.faults import Crash, Fault
from distlab.network import Network
from distlab.node import Message, Node, NodeError
from distlab.simulate import Simulation
from distlab.trace import Trace
from distlab.world import World

TIMEOUT, PERIOD, DELAY = 350.0, 100.0, (20.0, 60.0)  # ms
LASTS, UNTIL, MOST_FAULTS = 200.0, 10_000.0, 2


class Beat(Message, frozen=True):
    """I am alive."""


class Watcher(Node):
    """A failure detector with one fixed time-out for everybody."""

    def start(self) -> None:
        """Trust everybody, and begin to send heartbeats."""
        self.suspected: set[str] = set()
        for peer in self.peers:
            self.set_timer(peer, TIMEOUT)
        self.wake("beat")

    def receive(self, message: Any, sender: str) -> None:
        """Who is heard is trusted, for another while."""
        if sender in self.suspected:
            self.suspected.remove(sender)
            self.note(f"trust {sender}")
        self.set_timer(sender, TIMEOUT)

    def wake(self, timer: str) -> None:
        """It is time for a heartbeat, or for a suspicion."""
        if timer == "beat":
            self.broadcast(Beat())
            self.set_timer("beat", PERIOD)
        else:
            self.suspected.add(timer)
            self.note(f"suspect {timer}")


def three_detectors(faults: Sequence[Fault] = (), seed: int = 0) -> Simulation:
    """The system of exercise 1.5: a, b and c watch each other, time-out 350 ms, a heartbeat every 100 ms.

    Parameters
    ----------
    faults : sequence of Fault
    seed : int

    Returns
    -------
    Simulation
        ``.run(until=10_000)`` is what the check looks at.
    """
    return Simulation({name: Watcher() for name in "abc"}, seed, Network(DELAY), faults)


def wrong(answer: Any) -> str | None:
    """What keeps a value from being an answer at all."""
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        return f'The answer is two things, check("1.5", (faults, seed)); this is {values.text(answer)}.'
    faults, seed = answer
    if isinstance(faults, Fault) or not isinstance(faults, (list, tuple)):
        return f"faults is a list, as in [Partition(...)]; this is {values.text(faults)}."
    if isinstance(seed, bool) or not isinstance(seed, int):
        return f"seed is a whole number; this is {values.text(seed)}."
    return None


@exercise(
    "1.5",
    "Break it: two correct detectors disagree",
    points=2,
    wanted=Answer("faults and seed", ([], 0), wrong),
    hints=[
        "a and b both watch c. What has to happen so that a hears nothing of c for 350 ms, while b does?",
        "A node that stops or freezes is silent to everybody. A link is silent to one.",
        'A Partition separates two sets of names, and one name is a set, too: {"a"} from {"c"}. For how long?',
    ],
    reference="""
        # The link between a and c fails, one way is enough: a hears no heartbeat of c, and b does.
        faults = [Partition({"c"}, {"a"}, at=1000, until=3000, one_way=True)]
        seed = 0
        """,
)
def battery(answer: Any, course: Course) -> str:
    """Run the three detectors with the learner's faults, and look for a disagreement that lasts."""
    faults, seed = answer
    allowed(faults)
    try:
        trace = three_detectors(faults, seed).run(until=UNTIL, max_events=50_000)
    except (ValueError, TypeError) as error:
        raise NotYet(f"{error}.") from None
    except NodeError as error:  # cannot happen: these nodes are ours
        raise RuntimeError(str(error)) from error
    begin, end = disagreement(trace)
    if end - begin < LASTS:
        raise failure(trace, times(trace, "a", True), begin, end)
    lasted = f"{end - begin:.4g} ms" if end < UNTIL else "to the end of the run"
    return Passed(
        f"From {begin:.4g} ms on a suspected c while b trusted it, {lasted}, and all three were alive.\n"
        + shorter(faults, seed),
        trace=trace,
        mark=(begin, min(end, begin + 2000), "a suspects c, b trusts it"),
        between=(max(0, begin - 600), min(end, begin + 2000) + 100),
        title="Two correct detectors disagree about c",
    )


def allowed(faults: Sequence[Any]) -> None:
    """At most two faults, and nobody dies."""
    for fault in faults:
        if not isinstance(fault, Fault):
            raise NotYet(f"{values.text(fault)} is no fault.", "Faults are Pause, Partition, Clock and Loss.")
        if isinstance(fault, Crash):
            raise NotYet(
                f"{fault} kills {fault.node}: who suspects the dead is right.",
                "All three stay alive.",
                advice="what else makes a node look dead?",
            )
    if len(faults) > MOST_FAULTS:
        raise NotYet(f"These are {len(faults)} faults.", f"At most {MOST_FAULTS} are needed.")


def disagreement(trace: Trace) -> tuple[float, float]:
    """From when to when a suspected c while b trusted it, at the longest."""
    suspected, trusted = times(trace, "a", True), times(trace, "b", False)
    spans = [(max(a, b), min(x, y)) for a, x in suspected for b, y in trusted if max(a, b) < min(x, y)]
    return max(spans, key=lambda span: span[1] - span[0], default=(0.0, 0.0))


def shorter(faults: Sequence[Fault], seed: int) -> str:
    """Whether there is a shorter attack: with fewer of these faults, and of all that the search knows."""
    alone = [fault for fault in faults if len(faults) > 1 and lasts([fault], seed)]
    if alone:
        answer = f"yes, the {('first', 'second')[faults.index(alone[0])]} fault alone is enough"
    elif len(faults) > 1:
        answer = "neither of these two faults is enough alone; look for one that is"
    else:
        answer = "with these delays, no: without a fault they never disagree"
    found = explore(three_detectors().nodes, {"a and b agree about c": agree})
    assert found.violation is not None
    steps, last = counted(int(found.violation.duration), "step"), found.violation.events[-1]
    return (
        f"Is there a shorter attack? By the clock, {answer}.\n"
        f"Where nothing bounds the delays, the search of all orders needs no fault and {steps}: "
        f"{last.node}'s time-out runs out before a heartbeat of c is there"
    )


def lasts(faults: Sequence[Fault], seed: int) -> bool:
    """Whether these faults make a and b disagree for long enough."""
    begin, end = disagreement(three_detectors(faults, seed).run(until=UNTIL, max_events=50_000))
    return end - begin >= LASTS


def agree(world: World) -> bool:
    """Whether a and b say the same of c."""
    return ("c" in world.nodes["a"].suspected) == ("c" in world.nodes["b"].suspected)  # type: ignore[attr-defined]


def times(trace: Trace, observer: str, suspects: bool) -> list[tuple[float, float]]:
    """When `observer` suspected c (or trusted it), as spans of time."""
    spans, since = [], math.nan if suspects else 0.0
    for event in trace.events:
        if event.kind != "noted" or event.node != observer or event.detail not in ("suspect c", "trust c"):
            continue
        if (event.detail == "suspect c") == suspects:
            since = event.at
        elif not math.isnan(since):
            spans.append((since, event.at))
            since = math.nan
    return spans if math.isnan(since) else [*spans, (since, UNTIL)]


def failure(trace: Trace, suspected: list[tuple[float, float]], begin: float, end: float) -> NotYet:
    """What there was in place of a disagreement."""
    if not suspected:
        heard = [e.at for e in trace.events if e.kind == "delivered" and (e.node, e.other) == ("a", "c")]
        gaps = [later - at for at, later in zip([0.0, *heard], [*heard, UNTIL], strict=True)]
        longest = max(range(len(gaps)), key=gaps.__getitem__)
        since = [0.0, *heard][longest]
        return NotYet(
            f"a never suspected c: the longest that it heard nothing of c was {gaps[longest]:.4g} ms.",
            f"A detector here waits for {TIMEOUT:g} ms.",
            advice="keep c's heartbeats from a for longer",
            trace=trace,
            mark=(since, since + gaps[longest], "a hears nothing of c"),
            between=(max(0, since - 300), since + gaps[longest] + 300),
            title="a trusts c all the time",
        )
    at, to = suspected[0]
    short = (
        f"while b still trusted it, for {end - begin:.4g} ms at the longest"
        if begin < end
        else "and so did b"
    )
    return NotYet(
        f"a suspected c, {short}.",
        f"They have to disagree for {LASTS:g} ms.",
        advice="what makes c silent to a makes it silent to b as well: spare the link to b",
        trace=trace,
        mark=(at, min(to, at + 1500), "a suspects c"),
        between=(max(0, at - 600), min(to, at + 1500) + 200),
        title="a and b agree about c",
    )
