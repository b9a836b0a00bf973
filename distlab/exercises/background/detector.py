"""1.2 A failure detector, graded on heartbeats and notes (Chandra and Toueg 1996: eventually perfect)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise, permutations
from typing import Any, NamedTuple

from distlab.events import Event
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import background as reference
from distlab.exercises.trials import Case, call, counted, rested, try_all
from distlab.exercises.wanted import NodeClass
from distlab.faults import Crash, Fault, Partition, Pause
from distlab.network import Network
from distlab.trace import Trace

PERIOD = 100.0  # ms between two heartbeats
DETECTS, TRUSTS = 1000.0, 500.0  # ms in which a crash is noticed, and a mistake taken back
UNDER_WAY = 200.0  # ms after an outage in which the first heartbeats are still on their way
FREEZES, EVERY, LONG, CLEAN = (
    30,
    3000.0,
    1200.0,
    5,
)  # c freezes so often, ms apart, for ms; the last are judged
SAID = re.compile(r"(suspect|trust) (\S+)")


@exercise(
    "1.2",
    "A failure detector",
    points=3,
    wanted=NodeClass("Detector", "start receive wake"),
    hints=[
        "You need two kinds of timers: one that says it is time for the next heartbeat, and one for each peer, "
        "which runs out when the peer has been silent for too long.",
        'Setting a timer again replaces it: a heartbeat from b sets the timer "b" anew. When you hear a peer that you '
        'suspect, that was a mistake: note "trust b", and be more patient with b from now on.',
        "In start: a patience of 350 ms for each peer, its timer, the first heartbeat. In receive: if the sender is "
        "suspected, trust it and add 250 ms to its patience; then set its timer anew. In wake: send the next "
        "heartbeat and set that timer again; or note the suspicion.",
    ],
    reference=(reference.Heartbeat, reference.Detector),
)
def battery(detector: type, course: Course) -> str:
    """Watch detectors in calm, through crashes and partitions, and with a node that freezes again and again."""
    tried = try_all(cases(detector, course), judge)
    learning = freezing(detector, course)
    judge_learning(learning.run())
    return (
        f"{tried}: crashes were noticed within a second, mistakes taken back; and of {FREEZES} times that a node "
        f"froze for {LONG / 1000:g} s, the last {CLEAN} were suffered with patience"
    )


def cases(detector: type, course: Course) -> Iterator[Case]:
    """From two nodes in calm to five in trouble."""

    def case(words: str, names: str, until: float, *faults: Fault) -> Case:
        def nodes() -> dict[str, Any]:
            return {name: call(detector) for name in names}

        return Case(words, nodes, course.seed, Network((10, 60)), faults, until)

    yield case("two nodes in a calm network", "ab", 1000)
    yield case("three nodes in a calm network", "abc", 5000)
    yield case("three nodes, c crashes", "abc", 4000, Crash("c", 2000))
    yield case("c is cut off for two seconds", "abc", 4500, Partition({"c"}, {"a", "b"}, 1500, 3500))
    yield case("c crashes and comes back", "abc", 4500, Crash("c", 1500, 3500))
    for number in range(4):
        draw = course.random("1.2", number)
        names = "abcde"[: 4 + number // 2]
        node, at = draw.choice(names), draw.randint(1000, 2000)
        others = [name for name in names if name != node]
        fault = [Crash(node, at), Crash(node, at, at + 2000), Partition([node], others, at, at + 2000)][
            number % 3
        ]
        yield case(f"{len(names)} nodes and {fault}", names, at + 3500, fault)


def freezing(detector: type, course: Course) -> Case:
    """A system whose c freezes again and again, longer than any fixed patience may be; then it crashes."""
    pauses = [Pause("c", 1000 + EVERY * i, 1000 + EVERY * i + LONG) for i in range(FREEZES)]
    end = 1000 + EVERY * FREEZES
    return Case(
        "c freezes again and again",
        lambda: {name: call(detector) for name in "abc"},
        course.seed,
        Network((10, 60)),
        (*pauses, Crash("c", end)),
        until=end + 20_000,
        max_events=100_000,
    )


class Note(NamedTuple):
    """What a detector said about a peer."""

    at: float
    suspects: bool
    event: Event


def said(trace: Trace, observer: str, peer: str) -> list[Note]:
    """What `observer` noted about `peer`, in order."""
    notes = []
    for event in trace.events:
        if event.kind == "noted" and event.node == observer:
            words = SAID.fullmatch(event.detail)
            if words and words[2] == peer:
                notes.append(Note(event.at, words[1] == "suspect", event))
    return notes


def judge(case: Case, trace: Trace) -> None:
    """In calm no mistakes and regular heartbeats; a crash is noticed; what was wrong is taken back."""
    for observer, peer in permutations(trace.names, 2):
        if not case.faults:
            beats(trace, observer, peer)
    for observer, peer in permutations(trace.names, 2):
        spans = [span for fault in case.faults for span in silence(fault, observer, peer)]
        opinion(trace, observer, peer, spans)


def silence(fault: Fault, observer: str, peer: str) -> list[tuple[float, float]]:
    """When `observer` cannot hear `peer`, by this fault."""
    if isinstance(fault, Crash) and fault.node == peer:
        return [(fault.at, float("inf") if fault.until is None else fault.until)]
    if isinstance(fault, Partition) and fault.stops(peer, observer):
        return [(fault.at, float("inf") if fault.until is None else fault.until)]
    return []


def beats(trace: Trace, sender: str, peer: str) -> None:
    """A heartbeat every 100 ms, no fewer and not many more."""
    times = [f.sent.at for f in trace.messages() if (f.sender, f.receiver) == (sender, peer)]
    marks = [0.0, *times, trace.duration]
    gap, since = max(((later - at, at) for at, later in pairwise(marks)), key=lambda found: round(found[0]))
    if gap > 1.5 * PERIOD:
        last = f"and the next {gap:.4g} ms later" if since + gap < trace.duration else "and then no more"
        raise NotYet(
            f"{sender} sent {peer} {'a heartbeat' if times else 'nothing'} at {since:.4g} ms, {last}."
            if times and since
            else f"{sender} sent {peer} nothing for {gap:.4g} ms.",
            "A heartbeat goes to every peer every 100 ms, from the start to the end.",
            advice="a timer that has run out is gone: set it again",
            trace=trace,
            between=(0, 1000),
            title=f"{sender} sends {peer} too few heartbeats",
        )
    if len(times) > 1.5 * trace.duration / PERIOD + 3:
        raise NotYet(
            f"{sender} sent {peer} {counted(len(times), 'message')} in {trace.duration / 1000:.4g} s.",
            "A heartbeat every 100 ms is enough, and needs no answer.",
            trace=trace,
            between=(0, 300),
            title=f"{sender} talks too much",
        )


def opinion(trace: Trace, observer: str, peer: str, spans: list[tuple[float, float]]) -> None:
    """What `observer` said about `peer` is true, and said once and in time."""
    notes = said(trace, observer, peer)
    changes(trace, observer, peer, notes)
    for note in notes:
        silent = any(begin <= note.at <= end + UNDER_WAY for begin, end in spans)
        if note.suspects and not silent:
            raise false_alarm(trace, observer, peer, note)
        if not note.suspects and any(begin + UNDER_WAY < note.at < end for begin, end in spans):
            raise NotYet(
                f"{observer} trusted {peer} again at {note.at:.4g} ms, but {peer} was still silent.",
                "Only a heartbeat from a peer is a reason to trust it again.",
                trace=trace,
                between=(note.at - 1000, note.at + 200),
                title=f"{observer} trusts {peer}, which is silent",
            )
    for begin, end in spans:
        in_time(trace, observer, peer, notes, begin, end)


def changes(trace: Trace, observer: str, peer: str, notes: list[Note]) -> None:
    """Suspicion and trust take turns."""
    fresh = [event.at for event in trace.events if event.kind == "recovered" and event.node == observer]
    suspects, since = False, 0.0
    for note in notes:
        if any(since < at <= note.at for at in fresh):
            suspects = False
        if note.suspects == suspects:
            word = "suspect" if suspects else "trust"
            raise NotYet(
                f'{observer} noted "{word} {peer}" at {note.at:.4g} ms, but that was what it thought already.',
                'It notes "suspect" when it begins to suspect a trusted peer, "trust" when it takes that back.',
                advice="remember whom you suspect",
                trace=trace,
                between=(max(0, note.at - 800), note.at + 100),
                title=f"{observer} says what is not new",
            )
        suspects, since = note.suspects, note.at


def false_alarm(trace: Trace, observer: str, peer: str, note: Note) -> NotYet:
    """The sentence for a suspicion without a reason."""
    heard = [f.end.at for f in trace.messages() if (f.sender, f.receiver) == (peer, observer) and f.end]
    last = max((at for at in heard if at <= note.at), default=0.0)
    quiet = note.at - last
    return NotYet(
        f"{observer} suspected {peer} at {note.at:.4g} ms, but {peer} was alive and its heartbeats came.",
        why=f"It had heard {peer} {quiet:.4g} ms before."
        if last
        else f"Nothing could have come from {peer} by then.",
        advice="a heartbeat takes its time, too: how long is it silent at most, when all is well?",
        trace=trace,
        mark=(last, note.at, f"{quiet:.4g} ms"),
        between=(max(0, last - 300), note.at + 200),
        title=f"{observer} suspects {peer}, which is alive",
    )


def in_time(trace: Trace, observer: str, peer: str, notes: list[Note], begin: float, end: float) -> None:
    """A silent peer is suspected within a second, and trusted again soon after it is back."""
    found = [note for note in notes if note.suspects and begin <= note.at <= end + UNDER_WAY]
    if not found or found[0].at > begin + DETECTS:
        late = f"only at {found[0].at:.4g} ms" if found else "not at all"
        like = [
            e.detail
            for e in trace.events
            if e.kind == "noted" and e.node == observer and peer in e.detail.split()
        ]
        raise NotYet(
            f"{observer} suspected {peer} {late}; {peer} had fallen silent at {begin:.4g} ms.",
            "A peer that has crashed is suspected within a second.",
            f"It noted {like[0]!r}; the note has to be 'suspect {peer}' and nothing else."
            if like and not found
            else "",
            advice="how long does it wait for a peer?"
            if found
            else "when does a node find out that nothing comes?",
            trace=trace,
            mark=(begin, begin + DETECTS, "one second"),
            between=(begin - 300, begin + DETECTS + 300),
            title=f"{observer} does not suspect {peer} in time",
        )
    back = [note for note in notes if not note.suspects and note.at > found[-1].at]
    if end < trace.duration - TRUSTS and (not back or back[0].at > end + TRUSTS):
        raise NotYet(
            f"{observer} suspected {peer} to the end, but {peer} was heard again from {end:.4g} ms on.",
            'A suspicion that turns out to be wrong is taken back: note "trust ...".',
            advice="in receive, you hear from somebody whom you may suspect",
            trace=trace,
            mark=(end, min(end + TRUSTS, trace.duration), "it is back"),
            between=(end - 500, min(end + TRUSTS, trace.duration)),
            title=f"{observer} does not take its suspicion back",
        )


def judge_learning(trace: Trace) -> None:
    """Mistakes end, because each makes the detector more patient; and the crash at the end is still noticed."""
    rested(trace)
    crash = 1000 + EVERY * FREEZES
    for observer, peer in permutations(trace.names, 2):
        notes = said(trace, observer, peer)
        changes(trace, observer, peer, notes)
        wrong = [note for note in notes if note.suspects and note.at < crash]
        if wrong and wrong[-1].at > crash - CLEAN * EVERY:
            at = wrong[-1].at
            raise NotYet(
                f"{observer} suspected {peer} wrongly {counted(len(wrong), 'time')}, the last at {at / 1000:.4g} s.",
                f"c froze for {LONG / 1000:g} s every {EVERY / 1000:g} s, like a program whose memory is being tidied "
                f"up. After 25 such mistakes a detector should know.",
                advice="every suspicion that was wrong is a reason to be more patient with that peer",
                trace=trace,
                mark=(at, at + 100, f"suspicion number {len(wrong)}"),
                between=(at - 900, at + 900),
                title=f"{observer} has learned nothing",
            )
        if peer == "c" and not any(note.suspects for note in notes if note.at >= crash):
            raise NotYet(
                f"{observer} had not suspected c 20 s after c had crashed for good.",
                "Patience grows with every mistake, but it ends.",
                trace=trace,
                between=(crash - 500, crash + 1500),
                title=f"{observer} suspects nobody any more",
            )
