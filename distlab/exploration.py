"""Nobody chooses: every possible order of events is searched, breadth first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distlab.engine.exploration import Exploration
from distlab.engine.inspector import Inspector
from distlab.engine.judge import InvariantError, Predicate
from distlab.engine.progress import Progress
from distlab.engine.question import Question
from distlab.engine.space import Budgets
from distlab.node import Node

__all__ = ["Exploration", "InvariantError", "explore"]


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
