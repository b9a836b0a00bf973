"""Makes a run that breaks something smaller, as long as it still breaks the very same thing.

A simulated run is made smaller in what it was made from: it ends where the clause breaks; faults, nodes
and operations are taken away one after the other. Chance has one stream for each link, so what is left
meets the same delays as before. Then events are taken away: a message that need not arrive stays under
way. Every candidate is run, so whatever comes out is a run that does break the clause.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from distlab import values
from distlab.faults import Fault
from distlab.node import Node, NodeError, clone
from distlab.schedule import Choice
from distlab.simulate import Disk, Simulation
from distlab.trace import Trace
from distlab.world import World, trace_of

RUNS = 400  # candidates, at most
STEPS = 50_000  # steps of candidates that events were taken from, at most
REMOVABLE = ("deliver", "drop", "duplicate", "crash", "recover")  # a timer that is set runs out in its time


@dataclasses.dataclass(frozen=True)
class Case:
    """What a simulated run is made from.

    Attributes
    ----------
    until : float or None
        When the run ends; `limit` is when those of simpler cases end, which may break the clause later.
    most : int
        The number of events after which a run ends in any case.
    """

    nodes: Mapping[str, Node]
    seed: int
    network: Any
    faults: tuple[Fault, ...]
    disk: Disk
    wire: bool
    until: float | None
    limit: float | None
    most: int = 200_000

    @classmethod
    def of(cls, simulation: Simulation, until: float | None = None) -> Case:
        """The case of a simulation that runs until some time."""
        return cls(
            simulation.nodes,
            simulation.seed,
            simulation.network,
            simulation.faults,
            simulation.disk,
            simulation.wire,
            until,
            until,
        )

    def simulation(self) -> Simulation:
        """The simulation that it describes."""
        return Simulation(dict(self.nodes), self.seed, self.network, self.faults, self.disk, self.wire)

    def run(self) -> tuple[Trace, NodeError | None]:
        """Run it: the trace, and the error that ended it, if one did."""
        try:
            return self.simulation().run(self.until, self.most), None
        except NodeError as error:
            return error.trace, error


Test = Callable[[Case], "float | None"]  # when a run breaks the clause, in ms; None: it does not


def smallest(case: Case, breaks: Test) -> Case:
    """The smallest case that is found when one thing after the other is taken away.

    Parameters
    ----------
    case : Case
        One that breaks the clause.
    breaks : function of a Case
        When its run breaks the clause, in ms, or None.
    """
    runs = 0
    candidates = smaller(case)
    while runs < RUNS:
        candidate = next(candidates, None)
        if candidate is None:
            break
        runs += 1
        at = breaks(candidate)
        if at is not None:
            case = dataclasses.replace(candidate, until=at)
            candidates = smaller(case)
    return case


def smaller(case: Case) -> Iterator[Case]:
    """Cases that are simpler in one way: fewer faults, a shorter run, fewer nodes, fewer operations."""
    for part in (0.5, 0.75, 0.9):
        if case.until:
            yield dataclasses.replace(case, until=case.until * part)
    case = dataclasses.replace(case, until=case.limit)
    for some in fewer(case.faults):
        yield dataclasses.replace(case, faults=tuple(some))
    for name in case.nodes if len(case.nodes) > 1 else ():
        left = {other: node for other, node in case.nodes.items() if other != name}
        faults = tuple(fault for fault in case.faults if name not in fault.nodes())
        if case.network.graph is None:
            yield dataclasses.replace(case, nodes=left, faults=faults)
    for name, node in case.nodes.items():
        for attribute, value in simpler_attributes(node, case.nodes):
            changed = clone(node)
            vars(changed)[attribute] = value
            yield dataclasses.replace(case, nodes={**case.nodes, name: changed})


def fewer(items: Sequence[Any]) -> Iterator[list[Any]]:
    """Without all, without either half, without a quarter, ..., without one (Zeller and Hildebrandt 2002)."""
    size = len(items)
    while size:
        for begin in range(0, len(items), size):
            yield [*items[:begin], *items[begin + size :]]
        size //= 2


def simpler_attributes(node: Node, names: Mapping[str, Node]) -> Iterator[tuple[str, Any]]:
    """Attributes that are lists of operations, with fewer of them, or with smaller numbers.

    Other numbers are parameters of the protocol: a lease of zero would break every lock. So are lists
    of names.
    """
    for attribute, value in vars(node).items():
        if not isinstance(value, (list, tuple)) or any(isinstance(v, str) and v in names for v in value):
            continue
        for left in fewer(value):
            yield attribute, type(value)(left)
        for k, member in enumerate(value):
            for simpler in smaller_numbers(member):
                yield attribute, type(value)([*value[:k], simpler, *value[k + 1 :]])


def smaller_numbers(value: Any) -> Iterator[Any]:
    """The value with one of its integers smaller."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 1:
        yield from dict.fromkeys((1, value // 2, value - 1))
    elif type(value) in (tuple, list):
        for k, member in enumerate(value):
            for simpler in smaller_numbers(member):
                yield type(value)([*value[:k], simpler, *value[k + 1 :]])


# --- fewer events ---


def fewest_events(
    first: World, choices: Sequence[Choice], breaks: Callable[[Trace], bool]
) -> list[World] | None:
    """A run with as few of the choices as is found to be enough, in order; None when none breaks the clause.

    Parameters
    ----------
    first : World
        Before the start.
    choices : sequence of Choice
        A run that breaks the clause, or did so in simulated time.
    breaks : function of a Trace
    """
    best = _played(first, choices)
    if not breaks(trace_of(best)):
        return None
    kept, steps, size = list(choices), 0, len(choices)
    while size and steps < STEPS:
        begin = 0
        while begin < len(kept) and steps < STEPS:
            part = kept[begin : begin + size]
            left = [*kept[:begin], *[c for c in part if c.kind not in REMOVABLE], *kept[begin + size :]]
            steps += len(left)
            if len(left) < len(kept) and breaks(trace_of(worlds := _played(first, left))):
                kept, best = left, worlds
            else:
                begin += size
        size //= 2
    return best


def _played(first: World, choices: Sequence[Choice]) -> list[World]:
    """The worlds of a run; choices that are not possible any more are passed over."""
    worlds = [first]
    for choice in [*[Choice("start", name) for name in first.names], *choices]:
        try:
            worlds.append(worlds[-1].step(choice))
        except ValueError:
            continue
        except NodeError:
            break
    return worlds


def described(case: Case, before: Case, events: int, before_events: int) -> str:
    """What shrinking took away, in words."""
    said = [f"{before_events:,} events to {events:,}"]
    if len(case.faults) < len(before.faults):
        said.append(f"{len(before.faults)} faults to {len(case.faults)}")
    if len(case.nodes) < len(before.nodes):
        said.append(f"{len(before.nodes)} nodes to {len(case.nodes)}")
    left = f" ({', '.join(map(values.text, case.faults))})" if case.faults else ""
    return f"shrunk from {', '.join(said)}{left}"
