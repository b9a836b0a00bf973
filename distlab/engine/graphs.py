"""The worlds of a small search as a networkx graph, the way to what went wrong lit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from distlab import values
from distlab.engine.breadth import Breadth
from distlab.engine.parts import Local
from distlab.engine.space import Space
from distlab.engine.words import many

if TYPE_CHECKING:
    import networkx

MOST = 2_000  # worlds; nobody can look at more


def graph_of(breadth: Breadth, lit: Sequence[int] = ()) -> networkx.DiGraph:
    """The worlds of a search and the steps between them.

    Parameters
    ----------
    breadth : Breadth
    lit : sequence of int
        The worlds of a run to be lit.

    Returns
    -------
    networkx.DiGraph
        Nodes are numbers, in the order of the search. Attributes of a node: ``depth``, ``initial``,
        ``final`` (only faults change it), ``lit``, ``state`` (a word for each node of the system),
        ``in_flight`` (the messages under way, as text), ``label`` (all of it). Of an edge: ``what`` (the
        steps that lead there, as text), ``fault`` (whether all of them are faults), ``lit``.
    """
    import networkx

    if len(breadth.order) > MOST:
        raise ValueError(
            f"a graph of {many(len(breadth.order), 'state')} shows nothing: {MOST:,} are the most"
        )
    space, graph, finals = breadth.space, networkx.DiGraph(), set(breadth.finals())
    index = {world: k for k, world in enumerate(breadth.order)}
    depth = -1
    for k, world in enumerate(breadth.order):
        depth += depth < breadth.depth and k == breadth.levels[depth + 1]
        about = {"depth": depth, "initial": depth == 0, "final": k in finals, "lit": world in lit}
        graph.add_node(k, **about, **description(space, world))
    for k in range(breadth.searched):
        for what, new in [] if breadth.edge(breadth.order[k]) else space.successors(breadth.order[k]):
            if breadth.fold(new) in index:
                _join(graph, k, index[breadth.fold(new)], what, space)
    for one, other in pairwise(lit):
        if graph.has_edge(index[one], index[other]):
            graph.edges[index[one], index[other]]["lit"] = True
    return graph


def _join(graph: networkx.DiGraph, one: int, other: int, what: Any, space: Space) -> None:
    if not graph.has_edge(one, other):
        graph.add_edge(one, other, what=[], fault=True, lit=False)
    edge = graph.edges[one, other]
    if step(space, what) not in edge["what"]:
        edge["what"].append(step(space, what))
    edge["fault"] = edge["fault"] and isinstance(what, str)


def step(space: Space, what: Any) -> str:
    """What happens in a step, in words: ``a → b: Ping(n=1)``, ``a: timer t``, ``crash``."""
    names = space.reactions.names
    if isinstance(what, str):
        return what
    if isinstance(what, tuple):
        return f"{names[what[0]]}: timer {what[1]}"
    sender, receiver, message = space.reactions.messages[what]
    return f"{names[sender]} → {names[receiver]}: {values.text(message)}"


def description(space: Space, world: int) -> dict[str, Any]:
    """A world in words: a word for each node, and what is under way."""
    reactions = space.reactions
    parts = [reactions.locals[i][p] for i, p in enumerate(space.parts(world))]
    states = {name: word(local) for name, local in zip(reactions.names, parts, strict=True)}
    flights = sorted(step(space, m) for m, _ in space.in_flight(world >> space.net))
    lines = [*(f"{name}: {state}" for name, state in states.items()), *flights]
    return {"state": states, "in_flight": flights, "label": "\n".join(lines)}


def word(local: Local) -> str:
    """What a node is in, in a word: ``down``, its ``state``, or all its attributes."""
    if not local.up:
        return "down"
    if local.node.state is not None:
        return local.node.state if isinstance(local.node.state, str) else values.text(local.node.state)
    return ", ".join(f"{name}={values.text(value)}" for name, value in vars(local.node).items()) or "up"
