"""The state machines that a player shows beside a run: given, or learned from the run itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from distlab.figures.machine import panel
from distlab.figures.things import names, word
from distlab.figures.transitions import transitions
from distlab.trace import Trace
from distlab.widgets.moments import MOST

if TYPE_CHECKING:
    import networkx

NARROW = 250  # pixels of the network's stage beside a state machine
WIDE = 290  # pixels of a state machine


def machines(trace: Trace, given: Any) -> list[networkx.DiGraph[Any]]:
    """The state machines to show.

    Parameters
    ----------
    trace : Trace
    given : bool, networkx.DiGraph, or sequence of networkx.DiGraph
        True: learned from this run, one for each class of nodes, the largest first.

    Raises
    ------
    TypeError, ValueError
        When this is something else, has a node that the run does not have, or nobody has a ``state``.
    """
    if given is True:
        learned = [transitions(trace, group) for group in _groups(trace)]
        return sorted(learned, key=lambda graph: (len(graph), len(graph.graph["nodes"])), reverse=True)
    if given is None or given is False:
        return []
    graphs = [given] if hasattr(given, "adj") else list(given) if isinstance(given, Sequence) else None
    if graphs is None or not all(hasattr(graph, "succ") for graph in graphs):
        raise TypeError(
            f"machine=True, a networkx.DiGraph of states, or a list of these, not a {type(given).__name__}"
        )
    for graph in graphs:
        unknown = [name for name in graph.graph.get("nodes", ()) if name not in trace.names]
        if unknown:
            raise ValueError(
                f"this machine is that of {unknown[0]!r}, which is no node of the run; there are {names(trace.names)}"
            )
    return graphs


def _groups(trace: Trace) -> list[list[str]]:
    """The nodes that have a state, those of one class together; all together where their classes are not known."""
    changing = {event.node for event in trace.events if event.kind == "state"}
    having = [name for name in trace.names if trace.first.get(name) is not None or name in changing]
    if not having:
        raise ValueError("nobody in this run keeps a word in `state`: there is no state machine to show")
    if len(trace.events) > MOST:  # too long to be run once more
        return [having]
    try:
        nodes = trace.states()[0].nodes
    except Exception:  # read from a file, or whatever a learner's node does when it is run once more
        return [having]
    groups: dict[str, list[str]] = {}
    for name in having:
        groups.setdefault(type(nodes[name]).__qualname__, []).append(name)
    return list(groups.values())


def drawn(machine: networkx.DiGraph[Any], trace: Trace, tints: Mapping[str, str]) -> dict[str, Any]:
    """A machine as plain data: its drawing in the run's colours, and the numbers of the nodes that go through it."""
    whose = machine.graph.get("nodes") or trace.names
    states = {word(state) for state in machine}
    title = machine.graph.get("name") or names(whose)
    numbers = [i for i, name in enumerate(trace.names) if name in whose]
    return {
        "title": title,
        "svg": panel(machine, WIDE, tints).svg,
        "nodes": numbers,
        "states": sorted(states),
    }
