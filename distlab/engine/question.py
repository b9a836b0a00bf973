"""What is asked of a search: a system, its network, the faults it may meet, and what has to be true."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from distlab import values
from distlab.blame import listed
from distlab.engine.breadth import Breadth
from distlab.engine.fairness import Escape, escape
from distlab.engine.judge import Judge, Predicate
from distlab.engine.mutants import Mutant, Mutation
from distlab.engine.networks import SPACES
from distlab.engine.reactions import BrokenNode, Invoker, Reactions, invoke
from distlab.engine.space import Budgets, Full, Space
from distlab.engine.spec import encode
from distlab.engine.symmetry import MOST, Symmetry
from distlab.engine.views import NeedsHistory
from distlab.engine.words import many
from distlab.node import Node
from distlab.world import NETWORKS, World

Tick = Callable[[int, int, int], None]


class Found(NamedTuple):
    """What a search came to.

    Attributes
    ----------
    breadth : Breadth
    goal, escape : str and Escape, or None
        One of ``eventually``, and a run that never reaches it.
    unsure : tuple of str
        Those of ``eventually`` of which a bound hides whether they are always reached.
    """

    breadth: Breadth
    goal: str | None = None
    escape: Escape | None = None
    unsure: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Question:
    """The arguments of `explore`, looked through."""

    nodes: Mapping[str, Node]
    always: Mapping[str, Predicate]
    sometimes: Mapping[str, Predicate]
    eventually: Mapping[str, Predicate]
    network: str
    budgets: Budgets
    within: Predicate | None
    timers: str
    symmetry: Sequence[Sequence[str]]
    max_states: int
    peers: Mapping[str, Sequence[str]] | None

    def check(self) -> None:
        """Refuse what cannot be asked, in one sentence.

        Raises
        ------
        TypeError, ValueError
        """
        if self.network not in NETWORKS:
            raise ValueError(f"network is one of {listed(NETWORKS)}, not {values.text(self.network)}")
        self._check_peers(self.first_world())
        for kind in ("always", "sometimes", "eventually"):
            _check_predicates(kind, getattr(self, kind))
        if self.within is not None and not callable(self.within):
            raise TypeError(f"within is a function of the world, not {values.text(self.within)}")
        for name, limit in self.budgets._asdict().items():
            _check_count(name, limit, least=0, unlimited=name == "timeouts")
        _check_count("max_states", self.max_states, least=1)
        self._check_symmetry()
        if self.network == "set" and self.budgets.duplicates:
            raise ValueError(
                'network="set" delivers again and again what was sent once: leave duplicates= out, or take "bag"'
            )

    def _check_peers(self, world: World) -> None:
        for name in [*(self.peers or {}), *(peer for peers in world.peers.values() for peer in peers)]:
            if name not in world.nodes:
                raise ValueError(f"peers names {values.text(name)}, but the nodes are {listed(world.nodes)}")

    def _check_symmetry(self) -> None:
        names = [name for group in self.symmetry for name in group]
        if isinstance(self.symmetry, str) or any(isinstance(group, str) for group in self.symmetry):
            raise TypeError(
                f'symmetry is a list of tuples of names, [("a", "b")], not {values.text(self.symmetry)}'
            )
        for name in names:
            if name not in self.nodes:
                raise ValueError(
                    f"symmetry names {values.text(name)}, but the nodes are {listed(self.nodes)}"
                )
            if names.count(name) > 1:
                raise ValueError(f"symmetry names {name} twice: a node changes places within one group")
        if math.prod(math.factorial(len(group)) for group in self.symmetry) > MOST:
            raise ValueError(
                f"symmetry of {listed(names)}: more than {MOST} orders are too many to look through"
            )
        for there, why in [
            (self.eventually, "eventually: a circle of worlds need not be one of runs then"),
            (self.network == "rounds", 'network="rounds": there messages arrive in the order of the nodes'),
            (self.timers == "ordered", 'timers="ordered": there names decide which of two timers is first'),
        ]:
            if names and there:
                raise ValueError(f"symmetry does not go together with {why}")

    def first_world(self) -> World:
        """The system of the specification, before its start."""
        return World(self.nodes, self.network, self.peers, self.timers)

    def reactions(self, run: Invoker = invoke) -> Reactions:
        """The handlers of this system; `run` runs one."""
        return Reactions(
            self.nodes,
            self.first_world().peers,
            crashes=self.budgets.crashes > 0,
            rounds=self.network == "rounds",
            ordered=self.timers == "ordered",
            run=run,
        )

    def judges(self, kind: str, space: Space) -> list[Judge]:
        """The invariants of one kind."""
        return [Judge(kind, name, predicate, space) for name, predicate in getattr(self, kind).items()]

    def search(
        self,
        reactions: Reactions,
        tick: Tick | None = None,
        history: bool = False,
        start: World | None = None,
    ) -> Found:
        """Search all worlds; begin again where an invariant first reads the history, or a field is full.

        With `start` only those that may follow it, with the budgets still whole.
        """
        bits, copies = 20, 3
        while True:
            space = SPACES[self.network](reactions, self.budgets, history, bits, copies)
            within = None if self.within is None else Judge("within", _name(self.within), self.within, space)
            always, sometimes = self.judges("always", space), self.judges("sometimes", space)
            symmetry = Symmetry(space, self.symmetry) if self.symmetry else None
            try:
                begin = None if start is None else encode(space, start, known=False)
                breadth = Breadth(space, always, sometimes, within, self.max_states, tick, symmetry, begin)
                return self._reach(breadth.run())
            except NeedsHistory:
                history = True
            except Full:
                bits, copies = bits + 8, 2 * copies

    def _reach(self, breadth: Breadth) -> Found:
        """Look for fair runs that never reach what they should."""
        unsure: list[str] = []
        initial = breadth.order[: breadth.levels[1] if breadth.depth else None]
        for goal in self.judges("eventually", breadth.space) if breadth.ended == "all" else []:
            try:
                found = escape(breadth.space, initial, goal, breadth.edge)
            except KeyboardInterrupt:
                breadth.ended = "interrupted"
                break
            if found is not None and not found.cut:
                return Found(breadth, goal.name, found)
            unsure += [goal.name] if found is not None else []
        return Found(breadth, unsure=tuple(unsure))

    def mutated(self, mutant: Mutant, tick: Tick | None = None) -> Mutation:
        """Whether anything notices when the protocol is changed."""
        reactions = self.reactions()
        reactions.mutant = mutant
        found = self.search(reactions, tick)
        ended, broken = found.breadth.ended, found.breadth.broken
        unreached = [name for name in self.sometimes if name not in found.breadth.reached]
        if isinstance(broken, BrokenNode):
            return Mutation(mutant.title, f"an error in {broken.name}")
        if isinstance(broken, Judge):
            return Mutation(mutant.title, broken.name)
        if ended == "all" and (found.goal or unreached):
            return Mutation(mutant.title, found.goal or unreached[0])
        return Mutation(mutant.title, None, cut=ended != "all")

    def bounds(self) -> str:
        """The bounds of the search in words: ``with at most 1 crash and 2 losses``; empty without any."""
        crashes, losses, duplicates, timeouts = self.budgets
        words = [(crashes, "crash", "crashes"), (losses, "loss", "losses"), (duplicates, "duplicate", "")]
        said = [many(*count) for count in words if count[0]]
        if timeouts is not None:
            said.append(many(timeouts, "time-out"))
        return f"with at most {listed(said)}" if said else ""

    def frame(self) -> str:
        """What ``within`` is called: the name of the function."""
        return "" if self.within is None else _name(self.within)


def _name(function: Predicate) -> str:
    name = getattr(function, "__name__", "<lambda>")
    return "the bound given" if name == "<lambda>" else str(name)


def _check_predicates(kind: str, predicates: Mapping[str, Predicate]) -> None:
    example = f'{kind}={{"in words": function}}'
    if not isinstance(predicates, Mapping):
        raise TypeError(f"{kind} is given by name, as {example}, not as a {type(predicates).__name__}")
    for name, predicate in predicates.items():
        if not isinstance(name, str):
            raise TypeError(f"{kind} is given by name, as {example}: {values.text(name)} is no str")
        if not callable(predicate):
            raise TypeError(f"{kind} {name!r} is a function of the world, not {values.text(predicate)}")


def _check_count(name: str, count: Any, least: int, unlimited: bool = False) -> None:
    if unlimited and count is None:
        return
    if isinstance(count, bool) or not isinstance(count, int) or count < least:
        raise ValueError(f"{name} counts: it is a whole number, {least} or more, not {values.text(count)}")
