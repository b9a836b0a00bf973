"""Nobody chooses: every possible order of events, searched breadth first, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from distlab.blame import explain
from distlab.engine.breadth import Breadth
from distlab.engine.judge import Judge, Predicate
from distlab.engine.progress import Progress
from distlab.engine.question import Question
from distlab.engine.reactions import BrokenNode
from distlab.engine.space import Budgets
from distlab.engine.spec import follow
from distlab.engine.words import many
from distlab.node import Node, NodeError
from distlab.trace import Trace
from distlab.world import trace_of


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
    progress = Progress()
    try:
        return Exploration(question, question.search(question.reactions(), progress))
    finally:
        progress.end()


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
        Whether all worlds were searched (``within`` its bounds).
    violation : Trace or None
        A shortest run to a world that breaks something.
    clause : str or None
        The name of what it breaks.
    """

    def __init__(self, question: Question, breadth: Breadth) -> None:
        self._question, self._breadth = question, breadth
        self.states, self.transitions, self.depth = len(breadth.order), breadth.transitions, breadth.depth
        self.complete = breadth.ended == "all"
        self.clause: str | None = None
        self.violation: Trace | None = None
        if isinstance(breadth.broken, BrokenNode):
            raise self._broken(breadth.broken) from breadth.broken.error
        if isinstance(breadth.broken, Judge):
            self.clause = breadth.broken.name
            self.violation = self._trace(breadth.at or 0)

    def _trace(self, index: int) -> Trace:
        """A shortest run to a world, taken step by step through the specification."""
        first = self._question.first_world()
        return trace_of(follow(self._breadth.space, first, self._breadth.path(index)))

    def _broken(self, broken: BrokenNode) -> NodeError:
        index = self._breadth.at
        trace = None if index is None else self._trace(index)
        steps = 0 if trace is None else int(trace.duration)
        when = "at the start" if index is None else f"at step {steps + 1} of a shortest way there"
        error = explain(broken.error, broken.name, broken.busy, when)
        error.trace = trace
        return error

    @cached_property
    def _reach(self) -> str:
        """How far the search went, in words."""
        within = f"within {self._question.frame()}" if self._breadth.fringe else ""
        return ", ".join(filter(None, (within, self._question.bounds())))

    def __repr__(self) -> str:
        states, steps = many(self.states, "state"), many(self.depth, "step")
        reach = f", {self._reach}" if self._reach else ""
        if self.violation is not None:
            length = many(int(self.violation.duration), "step")
            return f"✗ {self.clause}: broken after {length}; {states} searched{reach}"
        if not self.complete:
            return f"? not known beyond {states}, {steps} deep{reach}"
        fine = f"✓ {', '.join(self._question.always)}: " if self._question.always else ""
        return f"{fine}all {states}, {many(self.transitions, 'transition')}, {steps} deep{reach}"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": repr(self)}
        return bundle
