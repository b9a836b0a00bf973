"""2.2 Vector clocks, held to happened-before (Lamport 1978; Fidge 1988; Mattern 1989)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import Any

import networkx

from distlab import values
from distlab.algorithms.clocks import vector_times
from distlab.events import ACTIVATIONS, Event
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import core_concepts as reference
from distlab.exercises.trials import Case, arrival, call, try_all
from distlab.exercises.wanted import Function, NodeClass, Several
from distlab.faults import Fault, Pause
from distlab.network import Network
from distlab.trace import Trace

Path = tuple[str, ...]
Paths = Mapping[
    str, Path
]  # whom the message visits that each node sends at its start; () where it sends none
Before = Callable[[Any, Any], Any]

SMALL: tuple[tuple[str, Paths], ...] = (
    ("a sends one message to b", {"a": ("b",), "b": ()}),
    ("b passes on what a sends", {"a": ("b", "c"), "b": (), "c": ()}),
    ("a and b both send to c", {"a": ("c",), "b": ("c",), "c": ()}),
    ("one message goes round", {"a": ("b", "c", "a", "b"), "b": (), "c": ()}),
    ("two messages go round, against each other", {"a": ("b", "c", "a", "b"), "b": (), "c": ("b", "a", "c")}),
)


@exercise(
    "2.2",
    "Vector clocks",
    points=3,
    wanted=Several(NodeClass("Walker", "start receive"), Function("before")),
    hints=[
        "One number for all cannot say that two sendings know nothing of each other. What if each node counted its own "
        "sendings only, and a message said how far along its sender knew each node to be?",
        "Three rules. Before it sends, a node counts up its own entry. What arrives brings its past along: every entry "
        "becomes the larger of the two. And a stamp is before another when it is nowhere larger, and not the same.",
        "self.names = sorted([self.name, *self.peers]) is the same list at every node; self.clock = [0] * "
        "len(self.names) has an entry for each. A message takes tuple(self.clock) along.",
    ],
    reference=(reference.Stamped, reference.Walker, reference.before),
)
def battery(attempt: tuple[type, Before], course: Course) -> str:
    """Walk messages through small systems, then through random ones that lose, double and hold up messages."""
    walker, before = attempt
    pairs: list[
        bool
    ] = []  # for each pair of sendings that was asked about, whether one came before the other
    tried = try_all(cases(walker, course), lambda case, trace: judge(case, trace, before, pairs))
    ordered = sum(pairs)
    return f"{tried}: of {len(pairs):,} questions {ordered:,} were about what happened before, all answered right"


def cases(walker: type, course: Course) -> Iterator[Case]:
    """The small systems, then random ones."""
    for words, paths in SMALL:
        yield _case(words, walker, paths, course.seed, Network((10, 50)))
    troubles: list[tuple[str, Network, tuple[Fault, ...]]] = [
        ("whose messages overtake each other", Network((1, 100)), ()),
        ("whose messages arrive twice, some of them", Network((1, 100), duplicates=0.2), ()),
        ("whose messages get lost, some of them", Network((1, 100), loss=0.1), ()),
        ("of which one freezes", Network((1, 40)), (Pause("b", 20, 120),)),
    ]
    for number in range(8):
        draw = course.random("2.2", number)
        names = "abcdef"[: 3 + number // 2]
        paths = {name: _path(draw, names, name) for name in names}
        words, network, faults = troubles[number % 4]
        yield _case(f"{len(names)} nodes {words}", walker, paths, course.seed + number, network, faults)


def _path(draw: Any, names: str, here: str) -> Path:
    path: list[str] = []
    for _ in range(draw.randint(1, 5)):
        here = draw.choice([name for name in names if name != here])
        path.append(here)
    return tuple(path)


def _case(
    words: str, walker: type, paths: Paths, seed: int, network: Network, faults: tuple[Fault, ...] = ()
) -> Case:
    def nodes() -> dict[str, Any]:
        return {name: call(walker, path) for name, path in paths.items()}

    return Case(words, nodes, seed, network, faults, max_events=2_000, cut=True, about=paths)


def judge(case: Case, trace: Trace, before: Before, pairs: list[bool]) -> None:
    """Every message goes its way, and `before` says of every two sendings what the run says."""
    _ways(case.about, trace)
    times = vector_times(trace)
    sent = [event for event in trace.events if event.kind == "sent"]
    for later in sent:
        for earlier in sent:
            right = times[earlier.index] < times[later.index]
            answer = call(before, earlier.message.stamp, later.message.stamp)
            if answer is None:
                raise NotYet("before(...) answered nothing.", advice="is there a return missing?")
            if bool(answer) != right:
                raise _mistaken(earlier, later, right, trace)
            pairs.append(right)


def _ways(paths: Paths, trace: Trace) -> None:
    """Each node sends its own message at its start, and passes on what arrives; one message a handler."""
    for name in trace.names:
        line = [e for e in trace.events if e.node == name and (e.kind in ACTIVATIONS or e.kind == "sent")]
        begun: Event | None = None
        for is_sent, events in groupby(line, lambda event: event.kind == "sent"):
            if is_sent:
                _one_way(begun, list(events), paths, trace)
                begun = None
                continue
            for event in events:
                if begun is not None:
                    _one_way(begun, [], paths, trace)
                begun = event
        if begun is not None and trace.ended == "quiet":
            _one_way(begun, [], paths, trace)


def _one_way(begun: Event | None, sent: list[Event], paths: Paths, trace: Trace) -> None:
    """What one handler sent is what it should have."""
    assert begun is not None
    path = begun.message.path if begun.kind == "delivered" else paths[begun.node]
    after = (
        f"was handed {values.text(path)}" if begun.kind == "delivered" else f"starts with {values.text(path)}"
    )
    for event in sent:
        _look(event, trace)
    got = [(event.other, event.message.path) for event in sent]
    wanted = [(path[0], path[1:])] if path else []
    if got == wanted:
        return
    last = arrival(trace, sent[-1]) if sent else begun.at
    told = " and ".join(f"{values.text(rest)} to {to}" for to, rest in got) or "nothing"
    right = f"{values.text(path[1:])} to {path[0]}" if path else "nothing: the way ends there"
    raise NotYet(
        f"{begun.node} {after}, and sent {told}.",
        f"It sends {right}.",
        advice="the first name of the path is where a message goes; the rest of the path goes with it",
        trace=trace,
        between=(max(0, begun.at - 60), last + 5),
    )


def _look(event: Event, trace: Trace) -> None:
    """A message has a stamp, whatever that is, and a path."""
    message = event.message
    if not hasattr(message, "stamp") or not isinstance(getattr(message, "path", None), tuple):
        raise NotYet(
            f"{event.node} sent {values.text(message)}.",
            "A message is Stamped(stamp, path): whatever you need, and a tuple of names.",
            trace=trace,
            between=(0, arrival(trace, event) + 1),
        )


def _mistaken(a: Event, b: Event, right: bool, trace: Trace) -> NotYet:
    """Why the answer about two sendings is wrong."""
    one, other = values.text(a.message.stamp), values.text(b.message.stamp)
    said = f"before({one}, {other}) is {not right}"
    ends = arrival(trace, a), arrival(trace, b)
    relation = "happened before" if right else "did not happen before"
    picture: Any = {
        "trace": trace,
        "mark": (min(a.at, b.at), max(a.at, b.at), relation) if a.at != b.at else (),
        "between": (max(0, min(a.at, b.at) - 10), max(ends) + 5),
        "title": f"{a.node}'s {one} {relation} {b.node}'s {other}",
    }
    if a is b:
        return NotYet(
            f"{said}.", "Nothing happened before itself.", advice="the same is not smaller", **picture
        )
    where = f"{a.node} sent {one} to {a.other}, and {b.node} sent {other} to {b.other}."
    if not right:
        return NotYet(f"{said}: {where}", *_no_chain(a, b, trace), **picture)
    advice = "what arrives brings its past along, all of it: which entries does a node have to raise?"
    if _nowhere_larger(a.message.stamp, b.message.stamp):
        advice = "nowhere larger, and smaller in one place: that is enough"
    if a.node == b.node:
        advice = "a node that sends again has to have counted on"
    if one == other:
        advice = "two different sendings have the same stamp: who counts what, and when?"
    return NotYet(f"{said}: {where}", _chain(a, b, trace), advice=advice, **picture)


def _chain(a: Event, b: Event, trace: Trace) -> str:
    """How one led to the other."""
    way = networkx.shortest_path(trace.happened_before(), a.index, b.index)
    names = [name for name, _ in groupby(trace.events[index].node for index in way)]
    if len(names) == 1:
        return f"It happened before: {a.node} sent both, one after the other."
    return f"It happened before: there is a chain of messages, {' → '.join(names)}."


def _no_chain(a: Event, b: Event, trace: Trace) -> tuple[str, str, str]:
    """What to say where a node claims to know more than it can."""
    times = vector_times(trace)
    if times[b.index] < times[a.index]:
        expected = "It is the other way round."
        return expected, "", "before(x, y) asks whether x is the earlier one"
    expected = "They are concurrent: no chain of messages leads from one to the other, either way."
    advice = "of two numbers one is always smaller; of two vectors neither need be"
    if _nowhere_larger(a.message.stamp, b.message.stamp):
        advice = "each node counts its own sendings, in an entry that is its own at every node"
    if any("clock" in choice.options for choice in trace.schedule()):
        advice = "self.now is the clock on the wall: it knows nothing of who has heard of what"
    return expected, "", advice


def _nowhere_larger(one: Any, other: Any) -> bool:
    """Whether these are vectors of more than one number, and the first is nowhere larger; for advice only."""
    vectors = [stamp for stamp in (one, other) if isinstance(stamp, tuple) and len(stamp) > 1]
    numbers = all(isinstance(entry, int) for vector in vectors for entry in vector)
    fits = numbers and len(vectors) == 2 and len(one) == len(other)
    return fits and all(a <= b for a, b in zip(one, other, strict=True))
