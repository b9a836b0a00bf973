"""What batteries are made of: run a system, call a function, find the smallest case that fails.

An exception in a learner's code comes out of these as a `NotYet` with one sentence and the line.
"""

from __future__ import annotations

import linecache
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from distlab.blame import TooLong
from distlab.events import Event
from distlab.exercises.registry import NotYet
from distlab.exercises.verdict import until as up_to
from distlab.faults import Fault
from distlab.network import Network
from distlab.node import Node, NodeError
from distlab.simulate import Simulation
from distlab.trace import Trace
from distlab.watchdog import watching

MOST_EVENTS = 20_000
LESS = ", but with fewer faults"


class Progress:
    """How far the check under way has come: whoever watches from outside sees that nothing is stuck.

    Attributes
    ----------
    calls : int
        How often the learner's code was called.
    doing : str
        What is being tried.
    own_files : set of str
        The learner's own source files: a line that is blamed is one of theirs.
    """

    def __init__(self) -> None:
        self.calls, self.doing, self.own_files = 0, "", frozenset[str]()
        self.told: Callable[[], None] = lambda: None  # whom to tell that a case begins

    def case(self, words: str) -> None:
        """Begin to try something else; said in a few words: ``"3 nodes, c crashes"``."""
        self.calls += 1
        self.doing = words
        self.told()


progress = Progress()


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a learner's function or class, for at most ten seconds.

    Raises
    ------
    NotYet
        When it raises or does not come to an end.
    """
    progress.calls += 1
    name = getattr(function, "__name__", "your function")
    try:
        with watching(lambda: None, (), Simulation.handler_seconds):
            return function(*args, **kwargs)
    except NotYet:
        raise
    except TooLong as error:
        raise NotYet(f"{name} did not come to an end: {error}".replace("handler", "call")) from error
    except Exception as error:
        if not _inside(error) and isinstance(error, TypeError):
            raise NotYet(
                f"{name} could not be called with {counted(len(args) + len(kwargs), 'argument')}: {error}.",
                advice="keep the parameters as they stand in the stub",
            ) from error
        raise NotYet(f"{name} raised {said(error)}{line_of(error)}") from error


def said(error: BaseException) -> str:
    """An exception as a few words: ``KeyError ('x')``."""
    detail = str(error)
    return f"{type(error).__name__} ({detail})" if detail else type(error).__name__


def sentence(error: BaseException) -> str:
    """What a node did wrong, with a full stop, unless a line of program text ends it."""
    text = str(error)
    return text if re.search(r", line \d+ in ", text) else f"{text}."


def line_of(error: BaseException) -> str:
    """The last line of the learner's own code on the way to the error: ``, line 3 in wake: self.x += 1``."""
    frames = _inside(error)
    if not frames:
        return ""
    frame = frames[-1]
    source = linecache.getline(frame.filename, frame.lineno or 0).strip()
    return f", line {frame.lineno} in {frame.name}" + (f": {source}" if source else "")


def _inside(error: BaseException) -> list[traceback.FrameSummary]:
    return [f for f in traceback.extract_tb(error.__traceback__) if f.filename in progress.own_files]


def run(
    nodes: Mapping[str, Node],
    *,
    seed: int = 0,
    network: Network | None = None,
    faults: Sequence[Fault] = (),
    until: float | None = None,
    max_events: int = MOST_EVENTS,
) -> Trace:
    """Simulate a system with a learner's nodes in it.

    Raises
    ------
    NotYet
        When a node breaks; the run up to there is kept.
    """
    progress.calls += 1
    try:
        trace = Simulation(nodes, seed=seed, network=network, faults=faults).run(until, max_events)
    except NodeError as error:
        raise NotYet(sentence(error), trace=error.trace) from error
    return trace


def rested(trace: Trace) -> None:
    """See that a run was not cut off at its bound.

    Raises
    ------
    NotYet
        When the nodes still talked.
    """
    if trace.ended == "events":
        raise NotYet(
            f"The nodes still talked after {len(trace):,} events, at {trace.duration:.4g} ms.",
            "Sooner or later there is nothing more to say.",
            advice="every message makes new ones: when does a node stay silent?",
            trace=up_to(trace, min(60, len(trace) - 1)),
        )


class Case(msgspec.Struct, frozen=True):
    """One system to try an attempt on.

    Attributes
    ----------
    words : str
        What is special here: ``"3 nodes, c crashes at 2 s"``.
    nodes : function
        Makes the nodes anew, by name.
    seed, network, faults, until, max_events
        As for `run`.
    cut : bool
        Judge also a run that was cut off at `max_events`: what is wrong may show before. Else such a run
        has failed without a judge.
    about : object
        What the judge wants to know of it.
    """

    words: str
    nodes: Callable[[], Mapping[str, Node]]
    seed: int = 0
    network: Network | None = None
    faults: tuple[Fault, ...] = ()
    until: float | None = None
    max_events: int = MOST_EVENTS
    cut: bool = False
    about: Any = None

    def run(self) -> Trace:
        """Simulate it."""
        progress.case(self.words)
        return run(
            self.nodes(),
            seed=self.seed,
            network=self.network,
            faults=self.faults,
            until=self.until,
            max_events=self.max_events,
        )

    def simpler(self) -> Iterator[Case]:
        """The same with one fault less."""
        for i in range(len(self.faults)):
            words = self.words.removesuffix(LESS) + LESS
            yield msgspec.structs.replace(self, words=words, faults=self.faults[:i] + self.faults[i + 1 :])


Judge = Callable[[Case, Trace], None]


def try_all(cases: Iterable[Case], judge: Judge) -> str:
    """Run the cases, the small ones first, and judge each run.

    Parameters
    ----------
    cases : iterable of Case
        From small to large: the first that fails is what the learner sees.
    judge : function from Case and Trace
        Raises `NotYet` when something is wrong.

    Returns
    -------
    str
        What was tried: ``8 systems of 2 to 6 nodes, 412 messages``.

    Raises
    ------
    NotYet
        Of the first case that fails, without the faults that it fails without.
    """
    sizes, messages = [], 0
    for case in cases:
        try:
            trace = _judged(case, judge)
        except NotYet as finding:
            raise _smallest(case, judge, finding) from None
        sizes.append(len(trace.names))
        messages += len(trace.messages())
    span = f"{min(sizes)} to {max(sizes)}" if min(sizes) < max(sizes) else f"{sizes[0]}"
    return f"{counted(len(sizes), 'system')} of {span} nodes, {counted(messages, 'message')}"


def _judged(case: Case, judge: Judge) -> Trace:
    trace = case.run()
    if not case.cut:
        rested(trace)
    judge(case, trace)
    rested(trace)
    return trace


def _smallest(case: Case, judge: Judge, finding: NotYet) -> NotYet:
    for simpler in case.simpler():
        try:
            _judged(simpler, judge)
        except NotYet as found:
            return _smallest(simpler, judge, found)
    finding.lines.append(f"Tried: {case.words}.")
    return finding


def arrival(trace: Trace, sent: Event) -> float:
    """When the message sent there arrived (or when it was sent, if it never did), for the picture."""
    ends = [e.at for e in trace.events if e.kind == "delivered" and e.cause == sent.index]
    return min(ends, default=sent.at)


def counted(number: int, noun: str) -> str:
    """``1 message``, ``1,412 messages``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
