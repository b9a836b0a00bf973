"""Levels at which every client may have its own view: session guarantees, PRAM, causal consistency.

A client's view is an order of all writes and of its own reads in which each read returns the last write of its
key before it. The levels differ in what a view has to respect (Ahamad et al. 1995, "Causal memory";
Brzezinski, Sobaniec and Wawrzyniak 2004). Where it is known which write each read saw, there is a view
unless what has to come first runs in a circle, once this has been drawn out: what comes before a read that
saw another write comes before that other write too (Bouajjani, Enea, Guerraoui and Hamza 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Set

import networkx as nx

from distlab.checking.access import noun
from distlab.checking.observed import Observed
from distlab.checking.verdict import Edge
from distlab.history import Operation

Respects = Callable[[str, str, bool], bool]

# Must one operation of a client stay before a later one, in a view that is the client's own, or another's?
LEVELS: dict[str, Respects] = {
    "read-your-writes": lambda first, second, own: own and first == "write",
    "monotonic-reads": lambda first, second, own: own and first == second == "read",
    # The next two say nothing about a client that may see time run backwards, so they include the one above.
    "monotonic-writes": lambda first, second, own: (
        first == second == "write" or (own and first == second == "read")
    ),
    "writes-follow-reads": lambda first, second, own: (
        (first, second) == ("read", "write") or (own and first == second == "read")
    ),
    "pram": lambda first, second, own: own or first == second == "write",
    "causal": lambda first, second, own: True,
}


def find_circle(level: str, observed: Observed, kept: Set[int]) -> list[Edge] | None:
    """A circle in what some client's view would have to respect, or None when every client has a view."""
    for client in dict.fromkeys(operation.client for operation in observed.operations):
        graph = _drawn_out(client, level, observed, kept)
        if not nx.is_directed_acyclic_graph(graph):
            return _shortest_circle(graph, observed.operations)
    return None


def views(level: str, observed: Observed) -> dict[str, tuple[Operation, ...]]:
    """For each client one order that it may have seen; empty at the one level that does not order its reads."""
    found: dict[str, tuple[Operation, ...]] = {}
    if level == "read-your-writes":
        return found
    everything = set(range(len(observed.operations)))
    for client in dict.fromkeys(operation.client for operation in observed.operations):
        graph = _drawn_out(client, level, observed, everything)
        order: dict[int, None] = {}
        shown = [i for i in nx.lexicographical_topological_sort(graph) if _visible(i, client, observed)]
        for read in (i for i in sorted(shown) if i in observed.sources):
            before = nx.ancestors(graph, read)
            order |= dict.fromkeys([i for i in shown if i in before] + [read])
        order |= dict.fromkeys(shown)
        found[client] = tuple(observed.operations[i] for i in order)
    return found


def _visible(index: int, client: str, observed: Observed) -> bool:
    return observed.accesses[index].kind == "write" or observed.operations[index].client == client


def _drawn_out(client: str, level: str, observed: Observed, kept: Set[int]) -> nx.DiGraph:
    """What has to come before what in one client's view: drawn out until nothing new follows, or a circle does."""
    graph = _first_edges(client, LEVELS[level], observed, kept)
    mine = [i for i in sorted(kept & observed.sources.keys()) if observed.operations[i].client == client]
    while nx.is_directed_acyclic_graph(graph):
        new = list(_consequences(graph, mine, observed))
        if not new:
            break
        for write, source, why in new:
            graph.add_edge(write, source, why=why)
    return graph


def _first_edges(client: str, respects: Respects, observed: Observed, kept: Set[int]) -> nx.DiGraph:
    """The client's orders as far as the level respects them, and from each write to the reads that saw it."""
    operations, sources = observed.operations, observed.sources
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(operations)))
    for doer in dict.fromkeys(operation.client for operation in operations):
        theirs = [i for i in sorted(kept) if operations[i].client == doer]
        for before, after in _in_order(theirs, doer == client, respects, observed):
            why = f"{noun(operations[before])} came before {noun(operations[after])}"
            graph.add_edge(before, after, why=why)
    for read, source in sources.items():
        if read not in kept:
            continue
        if source is not None:
            graph.add_edge(source, read, why=f"{noun(operations[read])} saw {noun(operations[source])}")
        elif operations[read].client == client:
            for write in _writes_of(observed.accesses[read].key, observed):
                why = f"{noun(operations[read])} came before {noun(operations[write])}, having seen nothing of it"
                graph.add_edge(read, write, why=why)
    return graph


def _in_order(
    theirs: Sequence[int], own: bool, respects: Respects, observed: Observed
) -> Iterable[tuple[int, int]]:
    """Pairs of one client's operations that keep their places; what follows from others is left out."""
    kinds = [observed.accesses[i].kind for i in theirs]
    for n, after in enumerate(theirs):
        for kind in ("read", "write"):
            # A call given up on may happen at any later time, so it comes before nothing.
            earlier = [
                before
                for before, k in zip(theirs[:n], kinds, strict=False)
                if k == kind and observed.operations[before].returned is not None
            ]
            if respects(kind, kinds[n], own):
                chained = respects(kind, kind, own)
                yield from ((before, after) for before in (earlier[-1:] if chained else earlier))


def _consequences(
    graph: nx.DiGraph, reads: Sequence[int], observed: Observed
) -> Iterable[tuple[int, int, str]]:
    """A write that comes before a read which saw another write comes before that other write."""
    before = _ancestors(graph)
    operations = observed.operations
    for read in reads:
        source = observed.sources[read]
        if source is None:
            continue
        for write in _writes_of(observed.accesses[read].key, observed):
            if write != source and before[read] >> write & 1 and not graph.has_edge(write, source):
                seen = f"{noun(operations[read])}, which saw {noun(operations[source])}"
                yield write, source, f"{noun(operations[write])} came before {seen}, so before that write too"


def _writes_of(key: object, observed: Observed) -> list[int]:
    return [i for i, found in enumerate(observed.accesses) if found.kind == "write" and found.key == key]


def _ancestors(graph: nx.DiGraph) -> list[int]:
    """For each node, the set of all that come before it, as bits."""
    before = [0] * len(graph)
    for node in nx.topological_sort(graph):
        for earlier in graph.predecessors(node):
            before[node] |= before[earlier] | 1 << earlier
    return before


def _shortest_circle(graph: nx.DiGraph, operations: Sequence[Operation]) -> list[Edge]:
    best: list[int] = []
    for component in nx.strongly_connected_components(graph):
        for start, end in graph.subgraph(component).edges:
            path = nx.shortest_path(graph, end, start)
            if not best or (len(path), path) < (len(best), best):
                best = path
    around = zip(best, best[1:] + best[:1], strict=True)
    return [Edge(operations[a], operations[b], graph.edges[a, b]["why"]) for a, b in around]
