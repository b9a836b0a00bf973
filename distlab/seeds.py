"""Looks for a seed whose run breaks something, makes the run small, and says why it breaks.

Where a search of all schedules is too large, or time matters, many simulated runs are the next best
thing: they prove nothing, and find much.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any, NamedTuple

from distlab import values
from distlab.engine.fairness import TooMany
from distlab.engine.judge import Judge, Predicate, truth
from distlab.engine.judge import progress as judging
from distlab.engine.progress import Progress
from distlab.engine.reactions import BrokenNode, Reactions
from distlab.engine.reason import since_when, turning_point, what_broke
from distlab.engine.space import Budgets, Full, Space
from distlab.engine.spec import encode
from distlab.engine.words import many
from distlab.node import NodeError
from distlab.shrink import Case, described, fewest_events, smallest
from distlab.simulate import Simulation
from distlab.trace import Trace
from distlab.watchdog import watching
from distlab.world import World, trace_of

NO_ERROR = "no node breaks"


class Break(NamedTuple):
    """What a run breaks, and when (ms, or steps)."""

    clause: str
    at: float
    error: str = ""


def search(
    scenario: Simulation | Callable[[int], Simulation],
    always: Mapping[str, Predicate] | None = None,
    at_end: Mapping[str, Predicate] | None = None,
    seeds: Iterable[int] = range(1000),
    until: float | None = None,
) -> Finding:
    """Run a scenario with one seed after the other until a run breaks something; make that run small.

    Parameters
    ----------
    scenario : function from a seed to a Simulation, or a Simulation
        Of a Simulation only the seed is changed; a function may also draw faults from it (`nemesis`).
    always : mapping of str to function
        What has to be true of the world after each event, by what it says, as for `explore`.
    at_end : mapping of str to function
        What has to be true of the whole run: a function of its `Trace`.
    seeds : iterable of int
    until : float, optional
        When each run ends, in ms.

    Returns
    -------
    Finding

    Raises
    ------
    TypeError, ValueError
        When something cannot be asked, or an invariant raises or does not answer True or False.
    """
    always, at_end = always or {}, at_end or {}
    for kind, predicates in (("always", always), ("at_end", at_end)):
        if not isinstance(predicates, Mapping) or not all(map(callable, predicates.values())):
            raise TypeError(f'{kind} is given by name, as {kind}={{"in words": function}}')
    find = partial(first_break, always=always, at_end=at_end)
    progress, tried = Progress(), 0
    try:
        with watching(judging):
            for seed in seeds:
                progress.say(f"{many(tried, 'run')}, nothing broken so far")
                tried += 1
                case = Case.of(_simulation(scenario, seed), until)
                trace, error = case.run()
                found = find(trace, error)
                if found is not None:
                    progress.say(f"seed {seed} breaks {found.clause}: making the run smaller")
                    return Finding(case, found, tried, find, always)
    finally:
        progress.end()
    return Finding(None, None, tried, find, always)


def _simulation(scenario: Any, seed: int) -> Simulation:
    if isinstance(scenario, Simulation):
        parts = (scenario.network, scenario.faults, scenario.disk, scenario.wire)
        return Simulation(scenario.nodes, seed, *parts)
    if not callable(scenario):
        raise TypeError(f"a scenario is a function from a seed to a Simulation, not {values.text(scenario)}")
    simulation = scenario(seed)
    if not isinstance(simulation, Simulation):
        raise TypeError(
            f"a scenario gives a Simulation for each seed, and this one gave {values.text(simulation)} for {seed}"
        )
    return simulation


def first_break(
    trace: Trace, error: NodeError | None, always: Mapping[str, Predicate], at_end: Mapping[str, Predicate]
) -> Break | None:
    """The first thing that a run breaks: an error in a node, an invariant, a clause on the whole run."""
    if always:
        last = None
        for event, world in zip(trace.events, trace.states(), strict=True):
            if world is last or len(world.started) < len(world.names):
                continue
            last = world
            for name, predicate in always.items():
                if not truth(f"always {name!r}", predicate, world):
                    return Break(name, event.at)
    if error is not None:
        return Break(NO_ERROR, trace.duration, str(error))
    for name, predicate in at_end.items():
        if not truth(f"at_end {name!r}", predicate, trace):
            return Break(name, trace.duration)
    return None


class Finding:
    """What a search among seeds found.

    Attributes
    ----------
    tried : int
        How many seeds were run.
    seed : int or None
        The first one that breaks something; None when none did.
    clause : str or None
        The name of what it breaks.
    original : Trace or None
        Its run, as it was.
    trace : Trace or None
        The smallest run found that breaks the same clause, in simulated time, up to where it breaks.
    simulation : Simulation or None
        What makes that run.
    core : Trace or None
        The same with as few events as were found to be enough, in steps; None where time is needed for it.
    """

    def __init__(
        self,
        case: Case | None,
        found: Break | None,
        tried: int,
        find: Callable[[Trace, NodeError | None], Break | None],
        always: Mapping[str, Predicate],
    ) -> None:
        self.tried, self._find, self._always = tried, find, always
        self.seed = self.clause = self.original = self.trace = self.simulation = self.core = None  # type: Any
        self._worlds: list[World] | None = None
        if case is None or found is None:
            return
        self._first, self.seed, self.clause = case, case.seed, found.clause
        self._said = found.error.split(";")[0]  # what stands before when and where
        self.original, _ = case.run()
        bound = 4 * len(self.original.events) + 1_000
        self._case = smallest(dataclasses.replace(case, until=found.at, most=bound), self._breaks)
        self.simulation = self._case.simulation()
        self.trace, self._error = self._case.run()
        self._worlds = self._fewest()
        self.core = None if self._worlds is None else trace_of(self._worlds)

    def _breaks(self, case: Case) -> float | None:
        """When the run of a case breaks the same clause."""
        trace, error = case.run()
        found = self._find(trace, error)
        if found is None or (found.clause, found.error.split(";")[0]) != (self.clause, self._said):
            return None
        return found.at

    def _fewest(self) -> list[World] | None:
        if self._error is not None:
            return None
        nodes = self._case.nodes
        first = World(nodes, peers=self._case.network.peers(nodes))
        return fewest_events(first, self.trace.schedule(), self._broken_in)

    def _broken_in(self, trace: Trace) -> bool:
        found = self._find(trace, None)
        return found is not None and found.clause == self.clause

    # --- in words ---

    @cached_property
    def why(self) -> str:
        """What broke, by which event and values, since when it could not be avoided, and what was left out."""
        if self.trace is None:
            return ""
        said = [*self._reasons()] if self.clause != NO_ERROR else [f"{self._error}."]
        shrunk = described(self._case, self._first, len(self.trace.events), len(self.original.events))
        return "\n".join([*said, f"{shrunk[:1].upper()}{shrunk[1:]}."])

    def _reasons(self) -> list[str]:
        if self.clause not in self._always:
            answer = self._find.keywords["at_end"][self.clause](self.trace)  # type: ignore[attr-defined]
            words = getattr(answer, "why", "")
            return [f"{words[:1].upper()}{words[1:]}."] if isinstance(words, str) and words else []
        if self._worlds is None:
            return []
        return list(explained(self._worlds, self.clause, self._always[self.clause], trace_of(self._worlds)))

    def __repr__(self) -> str:
        if self.trace is None:
            return f"✓ {many(self.tried, 'seed')}: nothing broken, which proves nothing"
        faults = f", {many(len(self._case.faults), 'fault')}" if self._case.faults else ""
        return (
            f"✗ {self.clause}: seed {self.seed} breaks it after {self.trace.duration:.4g} ms, with "
            f"{many(len(self.trace.events), 'event')}{faults}; {many(self.tried, 'seed')} tried"
        )

    def play(self, **options: Any) -> Any:
        """The run that breaks it as a player; the options are those of `Trace.play`.

        Raises
        ------
        ValueError
            When none does.
        """
        if self.trace is None:
            raise ValueError("nothing is broken, so there is no run to play")
        return self.trace.play(**{"title": f"{self.clause}: broken", "broken": True} | options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = {"text/plain": "\n".join(filter(None, (repr(self), self.why)))}
        if self.trace is None:
            return bundle
        data, metadata = self.trace.diagram(title=f"{self.clause}: broken")._repr_mimebundle_(**kwargs)
        return data | bundle, metadata


def explained(worlds: list[World], clause: str, predicate: Predicate, trace: Trace) -> Iterable[str]:
    """Why the last of these worlds breaks an invariant, in sentences."""
    begin = next(k for k, world in enumerate(worlds) if len(world.started) == len(world.names))
    first = worlds[0]
    try:
        space = Space(Reactions(first.first, first.peers, crashes=True), Budgets(), history=True, copies=16)
        codes = [encode(space, world, known=False) for world in worlds[begin:]]
        judge = Judge("always", clause, predicate, space)
        end = next(k for k, code in enumerate(codes) if not judge(code))
        yield what_broke(space, judge, codes[: end + 1], trace)
        turning = turning_point(space, codes[: end + 1], lambda world: not judge(world), lambda world: False)
    except (BrokenNode, TooMany, Full, StopIteration):  # it needs a clock, or is too large
        return
    if turning is not None:
        yield since_when(trace, turning, end, "breaks it")


__all__ = ["Finding", "search"]
