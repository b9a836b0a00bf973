"""1.1 Lamport's clock, graded on messages alone (Lamport 1978, the clock condition)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from distlab import values
from distlab.events import ACTIVATIONS, Event
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import background as reference
from distlab.exercises.trials import Case, arrival, call, try_all
from distlab.exercises.wanted import NodeClass
from distlab.faults import Clock
from distlab.network import Network
from distlab.trace import Trace

Path = tuple[str, ...]
Trips = Mapping[str, tuple[Path, ...]]  # for each node the paths of the messages that it sends at its start

SMALL: tuple[tuple[str, Trips], ...] = (
    ("a sends one message to b", {"a": (("b",),), "b": ()}),
    ("a sends two messages to b", {"a": (("b",), ("b",)), "b": ()}),
    ("b passes on what a sends", {"a": (("b", "c"),), "b": (), "c": ()}),
    ("a is ahead of b", {"a": (("c",), ("c",), ("c",), ("b", "c")), "b": (), "c": ()}),
    ("b is ahead of a", {"a": (("b", "c"),), "b": (("c",), ("c",), ("c",)), "c": ()}),
)
NETWORK = Network((10, 50))


@exercise(
    "1.1",
    "Lamport's clock",
    points=2,
    wanted=NodeClass("Walker", "start receive"),
    hints=[
        "Two events happen at one node, or at two. What has to hold for the clock's values in each case?",
        "Before anything is sent the clock moves on by one. When a message arrives that carries a later time, the "
        "clock may not stay behind it.",
        "On receiving: self.time = max(self.time, message.time) + 1. On sending: self.time += 1, then send "
        "Stamped(self.time, rest of the path).",
    ],
    reference=(reference.Stamped, reference.Walker),
)
def battery(walker: type, course: Course) -> str:
    """Walk messages through small systems, then through random ones whose own clocks drift."""
    tried = try_all(cases(walker, course), judge)
    return f"{tried}: every stamp was larger than all that had happened before it"


def cases(walker: type, course: Course) -> Iterator[Case]:
    """The small systems, then random ones."""
    for words, trips in SMALL:
        yield _case(words, walker, trips, course.seed)
    for number in range(8):
        draw = course.random("1.1", number)
        names = "abcdef"[: 3 + number // 2]
        trips = {name: tuple(_path(draw, names, name) for _ in range(draw.randint(0, 3))) for name in names}
        clocks = [
            Clock(name, rate=round(draw.uniform(0.5, 2), 2), offset=draw.randint(0, 400))
            for name in names[1:]
        ]
        yield _case(f"{len(names)} nodes whose own clocks drift", walker, trips, course.seed + number, clocks)


def _path(draw: Any, names: str, here: str) -> Path:
    path: list[str] = []
    for _ in range(draw.randint(1, 4)):
        here = draw.choice([name for name in names if name != here])
        path.append(here)
    return tuple(path)


def _case(words: str, walker: type, trips: Trips, seed: int, clocks: list[Clock] | None = None) -> Case:
    def nodes() -> dict[str, Any]:
        return {name: call(walker, own) for name, own in trips.items()}

    return Case(words, nodes, seed, NETWORK, tuple(clocks or ()), max_events=2_000, cut=True, about=trips)


def judge(case: Case, trace: Trace) -> None:
    """Every message goes its way, and the stamps obey the clock condition."""
    for event in trace.events:
        if event.kind == "sent":
            _look(event, trace)
    _ways(case.about, trace)
    _stamps(trace)


def _look(event: Event, trace: Trace) -> None:
    message = event.message
    time, path = getattr(message, "time", None), getattr(message, "path", None)
    if not isinstance(time, int) or isinstance(time, bool) or not isinstance(path, tuple):
        raise NotYet(
            f"{event.node} sent {values.text(message)}.",
            "A message is Stamped(time, path): a whole number, and a tuple of names.",
            advice="a clock on the wall gives fractions, a logical clock counts"
            if isinstance(time, float)
            else "",
            trace=trace,
            between=(0, arrival(trace, event) + 1),
        )


def _ways(trips: Trips, trace: Trace) -> None:
    """Each message visits the nodes of its path, and nothing else is sent."""
    wanted = Counter(
        (name if hop == 0 else path[hop - 1], path[hop], path[hop + 1 :])
        for name, paths in trips.items()
        for path in paths
        for hop in range(len(path))
    )
    sent = [event for event in trace.events if event.kind == "sent"]
    for hop in sorted(wanted - Counter(map(_hop, sent)), key=lambda hop: (-len(hop[2]), hop)):
        _missing(*hop, trips, trace)
    for event in sent:
        wanted[_hop(event)] -= 1
        if wanted[_hop(event)] < 0:
            raise NotYet(
                f"{event.node} sent {values.text(event.message)} to {event.other}, which nobody asked for.",
                f"The trips were {values.text({n: p for n, p in trips.items() if p})}.",
                advice="the first name of the path is where a message goes; the rest of the path goes with it",
                trace=trace,
                between=(0, arrival(trace, event) + 1),
            )


def _hop(event: Event) -> tuple[str, str, Path]:
    return event.node, event.other, event.message.path


def _missing(node: str, to: str, rest: Path, trips: Trips, trace: Trace) -> None:
    told = f"{node} sent no message to {to} with the path {values.text(rest)}."
    if (to, *rest) in trips[node]:
        raise NotYet(
            told, f"Its trips are {values.text(trips[node])}.", advice="start sends one message a trip"
        )
    raise NotYet(
        told,
        f"It received one with the path {values.text((to, *rest))}, and should have passed it on.",
        advice="as long as a path has names left, the message goes on",
        trace=trace,
        between=(0, min(trace.duration, 150)),
    )


def _stamps(trace: Trace) -> None:
    """The clock condition: what is sent carries more than all that its sender sent or received before."""
    latest: dict[str, Event] = {}  # for each node, what has the largest stamp before the handler under way
    handler: dict[str, list[Event]] = {}  # what it sent in that handler, at one instant and so in no order
    for event in trace.events:
        name = event.node
        if event.kind in ACTIVATIONS:
            largest = [*([latest[name]] if name in latest else []), *handler.get(name, [])]
            largest += [event] if event.kind == "delivered" else []
            if largest:
                latest[name] = max(largest, key=lambda e: e.message.time)
            handler[name] = []
        elif event.kind == "sent":
            twin = next((e for e in handler[name] if e.message.time == event.message.time), None)
            before = twin or latest.get(name)
            if before is not None and before.message.time >= event.message.time:
                raise _violation(before, event, trace, twin is not None)
            handler[name].append(event)


def _violation(before: Event, event: Event, trace: Trace, at_once: bool) -> NotYet:
    name, old, new = event.node, before.message.time, event.message.time
    if before.kind == "sent" and at_once:
        got = f"{name} sent two messages stamped {new}."
        advice = "the clock moves on before every message that is sent"
    elif before.kind == "sent":
        got = f"{name} had sent a message stamped {old}; then one arrived, and {name} sent one stamped {new}."
        advice = "what arrives may move the clock on, but never back"
    elif new == old:
        got = f"{name} received a message stamped {old}, and after it sent one stamped {new}, too."
        advice = "receiving is an event like any other: the clock has to move on beyond it"
    else:
        got = f"{name} received a message stamped {old}, and after it sent one stamped {new}."
        advice = "who hears of a later time has to move the own clock beyond it"
    if any("clock" in choice.options for choice in trace.schedule()):
        advice = "self.now is the node's clock on the wall, and no two of them agree; a logical clock counts"
    begin = before.at if before.cause is None else trace.events[before.cause].at
    end = arrival(trace, event)
    return NotYet(
        got,
        "What happens later carries a larger stamp.",
        advice=advice,
        trace=trace,
        mark=(begin, end, f"{old}, then {new}"),
        between=(max(0, begin - 20), end + 5),
        title=f"{name}: {old}, and then {new}",
    )
