"""Levels at which every client may have its own view: session guarantees, PRAM, causal consistency.

A client's view is an order of all writes and of its own reads in which each read returns the last write of its
key before it. The levels differ in what a view has to respect (Ahamad et al. 1995, "Causal memory"; Brzezinski,
Sobaniec and Wawrzyniak 2004). There is a view unless what has to come first runs in a circle.
"""

from __future__ import annotations

from collections.abc import Set

import networkx as nx

from distlab.checking.observed import Observed
from distlab.checking.precedence import Respects, drawn_out, shortest_circle
from distlab.checking.verdict import Edge
from distlab.history import Operation

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


def find_circle(level: str, observed: Observed, kept: Set[int]) -> tuple[Edge, ...]:
    """A circle in what some client's view would have to respect; empty when every client has a view."""
    for client in _clients(observed):
        graph = drawn_out(observed, LEVELS[level], client, kept)
        if not nx.is_directed_acyclic_graph(graph):
            return shortest_circle(graph, observed)
    return ()


def views(level: str, observed: Observed) -> dict[str, tuple[Operation, ...]]:
    """For each client one order that it may have seen; empty at the one level that does not order its reads."""
    found: dict[str, tuple[Operation, ...]] = {}
    if level == "read-your-writes":
        return found
    everything = set(range(len(observed.operations)))
    for client in _clients(observed):
        graph = drawn_out(observed, LEVELS[level], client, everything)
        shown = [i for i in nx.lexicographical_topological_sort(graph) if _visible(i, client, observed)]
        order: dict[int, None] = {}
        for read in (i for i in sorted(shown) if i in observed.sources):
            before = nx.ancestors(graph, read)
            order |= dict.fromkeys([i for i in shown if i in before] + [read])
        order |= dict.fromkeys(shown)
        found[client] = tuple(observed.operations[i] for i in order)
    return found


def _clients(observed: Observed) -> list[str]:
    return list(dict.fromkeys(operation.client for operation in observed.operations))


def _visible(index: int, client: str, observed: Observed) -> bool:
    return observed.accesses[index].kind == "write" or observed.operations[index].client == client
