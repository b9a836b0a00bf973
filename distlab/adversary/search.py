"""What the search knows about a play: whether there is a shorter way, and whether there still is one at all."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from distlab.adversary.limits import Limits, counted, used
from distlab.blame import explain
from distlab.engine.breadth import Breadth
from distlab.engine.judge import Judge
from distlab.engine.judge import progress as judging
from distlab.engine.question import Question
from distlab.engine.reactions import BrokenNode, invoke
from distlab.engine.space import Budgets
from distlab.engine.spec import follow, walk
from distlab.engine.words import many
from distlab.node import Node
from distlab.schedule import Schedule
from distlab.watchdog import watching
from distlab.world import World, trace_of

FAULTS = 2  # of each kind, that are tried where there may be any number
PAUSE = 0.2  # seconds between two words on how far a search has come
Tick = Callable[[int, int, int], None]


@dataclass(frozen=True)
class Answer:
    """What the search says.

    Attributes
    ----------
    known : bool or None
        Yes, no, or not known.
    said : str
        The answer in words.
    schedule : Schedule or None
        What was found, from the start of the nodes on.
    steps : int or None
        How many steps it takes: from the start, or from where the play stood.
    states : int
        How many were searched.
    clause : str or None
        The invariant that breaks.
    """

    known: bool | None
    said: str
    schedule: Schedule | None = None
    steps: int | None = None
    states: int = 0
    clause: str | None = None

    def __repr__(self) -> str:
        return {True: "✓ yes", False: "✗ no", None: "? not known"}[self.known] + f": {self.said}"


class Enough(KeyboardInterrupt):
    """Ends a search from within: nobody waits for it any more, or what is deeper does not matter."""


def shorter(question: Question, clause: str, steps: int, tick: Tick) -> Answer:
    """Whether an invariant can be broken in fewer steps, within the budgets of the question.

    Parameters
    ----------
    question : Question
        Its budgets are what the play used.
    clause : str
        What the play broke.
    steps : int
        How many steps it took.
    tick : function of (worlds found, worlds done, depth)
        May raise `Enough`.
    """
    reached = 0
    if not steps:
        return Answer(False, f"“{clause}” is broken as soon as the nodes have started.")

    def deep_enough(found: int, done: int, depth: int) -> None:
        nonlocal reached
        tick(found, done, depth)
        reached = depth
        if depth >= steps:
            raise Enough

    only = dataclasses.replace(question, always={clause: question.always[clause]})
    breadth = _search(only, deep_enough, None)
    searched, bounds = many(len(breadth.order), "state"), _bounds(question.budgets, " at most ", "")
    if isinstance(breadth.broken, Judge):
        codes = breadth.path(breadth.at or 0)
        best = len(codes) - 1
        if best < steps:
            worlds = follow(breadth.space, only.first_world(), codes)
            said = f"“{clause}” breaks in {many(best, 'step')}, not {steps}{bounds}; {searched} searched."
            return Answer(True, said, trace_of(worlds).schedule(), best, len(breadth.order), clause)
    if isinstance(breadth.broken, BrokenNode):
        return Answer(None, _error(breadth.broken), states=len(breadth.order))
    if breadth.ended == "bound" or (breadth.ended == "interrupted" and reached < steps):
        beyond = f"no shorter way among {searched}, up to {many(breadth.depth, 'step')} deep{bounds}; not known beyond."
        return Answer(None, beyond, states=len(breadth.order))
    said = f"with fewer than {many(steps, 'step')} nothing breaks “{clause}”{bounds}; {searched} searched."
    return Answer(False, said, states=len(breadth.order))


def winnable(question: Question, limits: Limits, way: list[World], schedule: Schedule, tick: Tick) -> Answer:
    """Whether anything that may follow a world breaks an invariant: first without faults, then with more of them.

    Parameters
    ----------
    question : Question
    limits : Limits
        What is left of the faults.
    way : list of World
        How the play came to where it stands.
    schedule : Schedule
        The same as choices.
    tick : function of (worlds found, worlds done, depth)
        May raise `Enough`.
    """
    states, sure = 0, None  # type: int, Budgets | None
    answer = Answer(None, "nothing was searched.")
    for budgets in dict.fromkeys(limits.at_most(faults) for faults in range(FAULTS + 1)):
        breadth = _search(dataclasses.replace(question, budgets=budgets), tick, way[-1])
        states += len(breadth.order)
        if breadth.ended in ("bound", "interrupted"):
            answer = _unknown(breadth, budgets, sure, states)
        else:
            answer = _reached(breadth, budgets, limits, way[-1], schedule, states)
        if answer.known is not None or breadth.ended in ("interrupted", "broken"):
            return answer
        sure = budgets if breadth.ended == "all" else sure
    return answer


def _reached(
    breadth: Breadth, budgets: Budgets, limits: Limits, here: World, schedule: Schedule, states: int
) -> Answer:
    searched, every = many(states, "state"), many(len(breadth.order), "state")
    bounds = _more(budgets)
    if isinstance(breadth.broken, Judge):
        codes = breadth.path(breadth.at or 0)
        more = trace_of(walk(breadth.space, [here], (0, 0, 0, 0), codes)).schedule()
        faults = _bounds(used(more)[:3], " ", "") or ", with no further fault"
        clause, away = breadth.broken.name, len(codes) - 1
        said = f"“{clause}” breaks {many(away, 'step')} from here{faults}; {searched} searched."
        return Answer(True, said, Schedule([*schedule, *more]), away, states, clause)
    if isinstance(breadth.broken, BrokenNode):
        return Answer(None, _error(breadth.broken), states=states)
    if limits[:3] == budgets[:3]:
        return Answer(False, f"nothing that can follow breaks anything{bounds}; all {every}.", states=states)
    if _enough(breadth, budgets, limits):
        said = f"nothing that can follow breaks anything, whatever the faults; all {every}."
        return Answer(False, said, states=states)
    said = f"nothing breaks{bounds}; what more faults would do is not known beyond {searched}."
    return Answer(None, said, states=states)


def _unknown(breadth: Breadth, budgets: Budgets, sure: Budgets | None, states: int) -> Answer:
    """What a search says that ended before all was searched; `sure`: with these budgets all was."""
    first = "stopped: " if breadth.ended == "interrupted" else ""
    first += "" if sure is None else f"nothing breaks{_more(sure)}; "
    deep, searched = many(breadth.depth, "step"), many(states, "state")
    said = f"{first}nothing breaks within {deep} of here{_more(budgets)}; not known beyond {searched}."
    return Answer(None, said, states=states)


def _enough(breadth: Breadth, budgets: Budgets, limits: Limits) -> bool:
    """Whether a larger budget would change nothing: no world has spent all that there is of one without limit."""
    spent = [max(column) for column in zip(*map(breadth.space.spent, breadth.order), strict=True)]
    faults = zip(spent[:3], budgets[:3], limits[:3], strict=True)
    return all(limit == budget or most < budget for most, budget, limit in faults)


def _search(question: Question, tick: Tick, start: World | None) -> Breadth:
    runner = _Runner()
    with watching(runner.progress):
        return question.search(question.reactions(runner), tick, start=start).breadth


class _Runner:
    """Runs the handlers of a search; a watchdog looks at its progress."""

    def __init__(self) -> None:
        self.runs, self.busy = 0, False

    def __call__(self, node: Node, method: str, args: tuple[object, ...]) -> None:
        self.runs, self.busy = self.runs + 1, True
        try:
            invoke(node, method, args)
        finally:
            self.busy = False

    def progress(self) -> object:
        """Something else whenever neither a handler nor an invariant runs."""
        return self.runs if self.busy else judging()


def _bounds(budgets: Sequence[int | None], at_most: str, more: str) -> str:
    """Budgets, or what was spent of them, in words."""
    said = counted(budgets, more)
    return f", with{at_most}{said}" if said else ""


def _more(budgets: Budgets) -> str:
    """Further faults in words."""
    return _bounds(budgets, " at most ", " more") or ", with no further fault"


def _error(broken: BrokenNode) -> str:
    return f"the search met an error: {explain(broken.error, broken.name, broken.busy, 'in a world not far from here')}"


class Inquiry:
    """A question to the search, answered in a thread of its own, which can be stopped.

    Parameters
    ----------
    ask : function from a tick to an Answer
    told : function, optional
        Called, in that thread, when there is something new: a number of states, or the answer.

    Attributes
    ----------
    answer : Answer or None
    states : int
        How many were found so far.
    """

    def __init__(self, ask: Callable[[Tick], Answer], told: Callable[[Inquiry], None] | None = None) -> None:
        self.answer: Answer | None = None
        self.states, self._stopped, self._told, self._next = 0, False, told, 0.0
        self._ask = ask
        self._thread = threading.Thread(target=self._run, name="distlab adversary", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.answer = self._ask(self._tick)
        except Exception as error:  # an invariant of the learner's may raise anything
            self.answer = Answer(None, f"the search met an error: {error}")
        if self._told is not None:
            self._told(self)

    def _tick(self, found: int, done: int, depth: int) -> None:
        self.states = found
        if self._stopped:
            raise Enough
        if self._told is not None and time.monotonic() >= self._next:
            self._next = time.monotonic() + PAUSE
            self._told(self)

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for the answer; whether there is one."""
        self._thread.join(seconds)
        return self.answer is not None

    def stop(self) -> None:
        """Let the search end soon; its answer is what is known by then."""
        self._stopped = True
