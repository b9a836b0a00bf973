"""What has to come before what, where it is known which write each read saw.

It starts from the clients' own orders and from what was read from where, and is drawn out until nothing new
follows. In an order in which every read returns the last write of its key before it, another write of that key
that comes before the read comes before the write that it saw, and one that comes after that write comes after the
read. If this runs in a circle, there is no order (Gibbons and Korach 1997; Bouajjani et al. 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

import networkx as nx

from distlab.checking.access import noun
from distlab.checking.observed import Observed
from distlab.checking.verdict import Edge

# Must one operation of a client stay before a later one of the same, in an order that is the client's own or not?
Respects = Callable[[str, str, bool], bool]


def drawn_out(observed: Observed, respects: Respects, client: str | None, kept: Set[int]) -> nx.DiGraph:
    """What comes before what in one order of all writes and some reads.

    Parameters
    ----------
    observed : Observed
        The operations, and which write each read saw.
    respects : callable
        ``respects(first, second, own)`` for two operations of one client, by their kinds ("read", "write").
    client : str or None
        Whose order it is: it explains the reads of this client. None: one order for all.
    kept : set of int
        The operations that count. Of the others it is forgotten what they read and when they happened.

    Returns
    -------
    networkx.DiGraph
        On the indices of the operations, each edge with ``why``; with a circle if there can be no such order.
    """
    graph = _first_edges(observed, respects, client, kept)
    reads = sorted(kept & observed.sources.keys())
    explained = [i for i in reads if client in (observed.operations[i].client, None)]
    while nx.is_directed_acyclic_graph(graph):
        new = list(_consequences(graph, explained, observed))
        if not new:
            break
        for before, after, why in new:
            graph.add_edge(before, after, why=why)
    return graph


def _first_edges(observed: Observed, respects: Respects, client: str | None, kept: Set[int]) -> nx.DiGraph:
    """The clients' own orders as far as they are respected, and from each write to the reads that saw it."""
    operations, sources = observed.operations, observed.sources
    graph = nx.DiGraph()
    graph.add_nodes_from(range(len(operations)))
    for doer in dict.fromkeys(operation.client for operation in operations):
        theirs = [i for i in sorted(kept) if operations[i].client == doer]
        for before, after in _in_order(theirs, client in (doer, None), respects, observed):
            why = f"{noun(operations[before])} came before {noun(operations[after])}"
            graph.add_edge(before, after, why=why)
    for read, source in sources.items():
        if read not in kept:
            continue
        if source is not None:
            graph.add_edge(source, read, why=f"{noun(operations[read])} saw {noun(operations[source])}")
        elif client in (operations[read].client, None):
            for write in _writes_of(observed.accesses[read].key, observed):
                why = f"{noun(operations[read])} came before {noun(operations[write])}, having seen nothing of it"
                graph.add_edge(read, write, why=why)
    return graph


def _in_order(
    theirs: Sequence[int], own: bool, respects: Respects, observed: Observed
) -> Iterator[tuple[int, int]]:
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
) -> Iterator[tuple[int, int, str]]:
    """What comes before a read comes before the write that it saw; what comes after that write, after the read."""
    before = _ancestors(graph)
    for read in reads:
        source = observed.sources[read]
        if source is None:
            continue
        seen, saw = noun(observed.operations[source]), noun(observed.operations[read])
        for write in _writes_of(observed.accesses[read].key, observed):
            if write == source:
                continue
            other = noun(observed.operations[write])
            if before[read] >> write & 1 and not graph.has_edge(write, source):
                yield write, source, f"{other} came before {saw}, which saw {seen}, so before that write too"
            if before[write] >> source & 1 and not graph.has_edge(read, write):
                yield read, write, f"{other} came after {seen}, so after {saw}, which saw it"


def _writes_of(key: object, observed: Observed) -> list[int]:
    return [i for i, found in enumerate(observed.accesses) if found.kind == "write" and found.key == key]


def _ancestors(graph: nx.DiGraph) -> list[int]:
    """For each node, the set of all that come before it, as bits."""
    before = [0] * len(graph)
    for node in nx.topological_sort(graph):
        for earlier in graph.predecessors(node):
            before[node] |= before[earlier] | 1 << earlier
    return before


def shortest_circle(graph: nx.DiGraph, observed: Observed) -> tuple[Edge, ...]:
    """The shortest circle of a graph, with the sentences of its edges; empty when it has none."""
    best: list[int] = []
    for component in nx.strongly_connected_components(graph):
        for start, end in graph.subgraph(component).edges:
            path = nx.shortest_path(graph, end, start)
            if not best or (len(path), path) < (len(best), best):
                best = path
    around = zip(best, best[1:] + best[:1], strict=True)
    operations = observed.operations
    return tuple(Edge(operations[a], operations[b], graph.edges[a, b]["why"]) for a, b in around)
