"""Nobody chooses: every possible order of events, searched breadth first, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from distlab.blame import explain, listed
from distlab.engine.graphs import graph_of
from distlab.engine.inspector import Inspector
from distlab.engine.judge import Judge, Predicate
from distlab.engine.progress import Progress
from distlab.engine.question import Found, Question
from distlab.engine.reactions import BrokenNode
from distlab.engine.space import Budgets
from distlab.engine.spec import follow
from distlab.engine.words import many
from distlab.node import Node, NodeError
from distlab.trace import Trace
from distlab.world import trace_of

if TYPE_CHECKING:
    import networkx


def explore(
    nodes: Mapping[str, Node],
    always: Mapping[str, Predicate] | None = None,
    sometimes: Mapping[str, Predicate] | None = None,
    eventually: Mapping[str, Predicate] | None = None,
    network: str = "bag",
    crashes: int = 0,
    losses: int = 0,
    duplicates: int = 0,
    timeouts: int | None = None,
    within: Predicate | None = None,
    timers: str = "any",
    symmetry: Sequence[Sequence[str]] = (),
    max_states: int = 2_000_000,
    peers: Mapping[str, Sequence[str]] | None = None,
) -> Exploration:
    """Search every schedule of a system: all are fine, or here is the shortest one that is not.

    A state of the search is a world (all nodes, all messages under way, all timers) together with what
    was spent of the budgets for faults. The search is breadth first and leaves nothing out, so counts
    and shortest ways are exact.

    Parameters
    ----------
    nodes : mapping of str to Node
        The system; the nodes are copied, the same ones that a `Simulation` takes.
    always : mapping of str to function
        What has to be true in every world, by what it says: ``{"no mixed outcome": atomic}``. A function of
        the world (``world.nodes[name]``, ``world.up``, ``world.in_flight``, ``world.timers``,
        ``world.disks``, ``world.history``) that answers True or False. One that reads ``world.history``
        makes the order of calls and returns a part of each world.
    sometimes : mapping of str to function
        What has to be true in at least one world.
    eventually : mapping of str to function
        What every run has to reach, if each message under way is at last delivered and each timer that
        stays set runs out (weak fairness); no fault is bound to happen, and no node to recover.
    network : {"bag", "set", "fifo", "rounds"}
        ``bag``: any message under way may be next. ``set``: what was sent once stays deliverable, as in
        TLA+. ``fifo``: each link keeps its order. ``rounds``: what is sent in a round arrives in the next.
    crashes, losses, duplicates : int
        How many there may be in a run. A crash may fall between two handlers and after any number of
        effects of one, and keeps any prefix of the writes that were not forced; a node that is down may
        recover at any time, or never.
    timeouts : int, optional
        How many timers may run out in a run; by default any number.
    within : function, optional
        Bounds what never ends, such as terms: worlds in which it is False are looked at, and not gone on from.
    timers : {"any", "ordered"}
        ``any``: a timer that is set may run out at any time. ``ordered``: those of one node run out in the
        order of their deadlines.
    symmetry : sequence of sequences of names
        Nodes that may change places, as ``[("a", "b")]``: worlds that differ only so count as one.
    max_states : int
        Where to give up.
    peers : mapping of str to sequence of str, optional
        Whom each node can reach; by default everybody else.

    Returns
    -------
    Exploration

    Raises
    ------
    TypeError, ValueError
        When something cannot be asked, or an invariant raises or does not answer True or False.
    NodeError
        When a handler breaks; ``error.trace`` is a shortest run up to there.
    """
    budgets = Budgets(crashes, losses, duplicates, timeouts)
    asked = (always or {}, sometimes or {}, eventually or {}, network, budgets)
    question = Question(nodes, *asked, within, timers, symmetry, max_states, peers)
    question.check()
    progress, inspector = Progress(), Inspector(list(nodes.values()))
    try:
        with inspector.watching():
            found = question.search(question.reactions(inspector), progress)
    finally:
        progress.end()
    return Exploration(question, found, inspector)


class Exploration:
    """What a search found.

    Attributes
    ----------
    states : int
        Distinct worlds, each with what was spent of the budgets.
    transitions : int
        Steps between them, those that change nothing included.
    depth : int
        How many steps it takes to the farthest of them.
    complete : bool
        Whether all worlds were searched, within the bounds given.
    clause : str or None
        The name of what is broken, or never reached.
    violation : Trace or None
        A shortest run that breaks it.
    loop : int or None
        Where the violation is a run that never gets somewhere: from this step on it repeats for ever; None
        when it just ends.
    unreached : tuple of str
        Those of ``sometimes`` that were true in no world.
    unsure : tuple of str
        Those of ``eventually`` of which a bound (``within``, ``timeouts``) hides whether they are always reached.
    """

    def __init__(self, question: Question, found: Found, inspector: Inspector) -> None:
        breadth, self._inspector = found.breadth, inspector
        self._question, self._breadth = question, breadth
        self._codes: list[int] = []  # the worlds of the violation
        self.states, self.transitions, self.depth = len(breadth.order), breadth.transitions, breadth.depth
        self.complete = breadth.ended == "all"
        self.unsure = found.unsure
        self.unreached = tuple(name for name in question.sometimes if name not in breadth.reached)
        self.clause, self.loop = found.goal, None  # type: str | None, int | None
        if isinstance(breadth.broken, BrokenNode):
            raise self._broken(breadth.broken) from breadth.broken.error
        if isinstance(breadth.broken, Judge):
            self.clause = breadth.broken.name
            self._codes = breadth.path(breadth.at or 0)
        if found.escape is not None:
            self._codes = [*found.escape.way, *found.escape.circle]
            self.loop = len(found.escape.way) - 1 if found.escape.circle else None
        self.violation: Trace | None = self._trace(self._codes) if self._codes else None

    def _trace(self, codes: list[int]) -> Trace:
        """A run through these worlds, taken step by step through the specification."""
        first = self._question.first_world()
        return trace_of(follow(self._breadth.space, first, codes, self._breadth.fold))

    def _broken(self, broken: BrokenNode) -> NodeError:
        at = self._breadth.at
        trace = None if at is None else self._trace(self._breadth.path(at))
        step = 0 if trace is None else int(trace.duration) + 1
        when = f"at step {step} of a shortest way there" if step else "at the start"
        error = explain(broken.error, broken.name, broken.busy, when)
        error.trace = trace
        return error

    def witness(self, name: str) -> Trace | None:
        """A shortest run to a world in which one of ``sometimes`` is true; None when there is none.

        Raises
        ------
        KeyError
            When nothing of that name was asked for.
        """
        if name not in self._question.sometimes:
            raise KeyError(f"sometimes has no {name!r}; it has {listed(self._question.sometimes)}")
        at = self._breadth.reached.get(name)
        return None if at is None else self._trace(self._breadth.path(at))

    @cached_property
    def finals(self) -> int:
        """How many of the worlds searched nothing but faults changes any more."""
        return len(self._finals)

    @cached_property
    def _finals(self) -> list[int]:
        return self._breadth.finals()

    @cached_property
    def deadlock(self) -> Trace | None:
        """A shortest run to a world in which nothing is left to happen, and a client still waits for its answer."""
        space = self._breadth.space
        for k in self._finals:
            parts = enumerate(space.parts(self._breadth.order[k]))
            if any(space.reactions.locals[i][p].calling for i, p in parts):
                return self._trace(self._breadth.path(k))
        return None

    def graph(self) -> networkx.DiGraph:
        """The worlds and the steps between them, where they are few; see `distlab.engine.graphs.graph_of`.

        Raises
        ------
        ValueError
            When there are too many to look at.
        """
        return graph_of(self._breadth, self._codes)

    # --- in words ---

    def __repr__(self) -> str:
        states, reach = many(self.states, "state"), self._reach()
        if self.violation is not None:
            return f"✗ {self.clause}: {self._how()}; {states} searched{reach}"
        if not self.complete:
            return f"? not known beyond {states}, {many(self.depth, 'step')} deep{reach}"
        if self.unreached:
            return f"✗ {listed(self.unreached)}: true in none of {states}{reach}"
        if self.unsure:
            return f"? {listed(self.unsure)}: the bounds cut runs short that may never get there; {states}{reach}"
        asked = [*self._question.always, *self._question.sometimes, *self._question.eventually]
        fine = f"✓ {', '.join(asked)}: " if asked else ""
        steps, deep = many(self.transitions, "transition"), many(self.depth, "step")
        return f"{fine}all {states}, {steps}, {deep} deep{reach}"

    def _how(self) -> str:
        """How the clause is broken."""
        steps = many(len(self._codes) - 1, "step")
        if self.clause in self._question.always:
            return f"broken after {steps}"
        if self.loop is None:
            return f"never reached by a run that ends after {steps}"
        turn = many(len(self._codes) - 1 - self.loop, "step")
        return f"never reached by a run that, after {many(self.loop, 'step')}, goes round for ever, {turn} a turn"

    def _reach(self) -> str:
        """How far the search went."""
        within = f"within {self._question.frame()}" if self._breadth.fringe else ""
        return "".join(f", {words}" for words in (within, self._question.bounds()) if words)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return {"text/plain": repr(self)}
