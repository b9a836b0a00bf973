"""What cuts do to a network: who still reaches whom, by which way, and who carries the load."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import pairwise
from typing import Any

import networkx as nx

from distlab.network import KM_PER_MS
from distlab.topology import great_circle

Node = Any
Edge = tuple[Any, Any]


class Way:
    """The shortest way between two nodes.

    Attributes
    ----------
    nodes : list
        From one end to the other.
    km : float
        Of cable.
    ms : float
        One way, for light in glass fibre.
    """

    def __init__(self, nodes: list[Node], km: float) -> None:
        self.nodes, self.km, self.ms = nodes, km, km / KM_PER_MS

    @property
    def hops(self) -> int:
        """How many cables it takes."""
        return len(self.nodes) - 1


class Damage:
    """A network with some cables cut and some nodes gone.

    Parameters
    ----------
    graph : networkx.Graph
        Cables may have ``km``; ways are then the shortest by length, else by number of cables.
    cut : iterable of (node, node)
        Cables; those that the network does not have are passed over.
    gone : iterable of node
        As are nodes.

    Attributes
    ----------
    rest : networkx.Graph
        What is left.
    """

    def __init__(self, graph: nx.Graph, cut: Iterable[Edge] = (), gone: Iterable[Node] = ()) -> None:
        self.graph = graph
        self.cut = [(u, v) for u, v in cut if graph.has_edge(u, v)]
        self.gone = [node for node in gone if node in graph]
        self.rest = graph.copy()
        self.rest.remove_edges_from(self.cut)
        self.rest.remove_nodes_from(self.gone)
        self.weight = "km" if has_lengths(graph) else None

    @cached_property
    def parts(self) -> list[list[Node]]:
        """The nodes that still reach each other, the largest part first."""
        order = {node: i for i, node in enumerate(self.graph)}
        found = [sorted(part, key=order.__getitem__) for part in nx.connected_components(self.rest)]
        return sorted(found, key=lambda part: (-len(part), order[part[0]]))

    @property
    def sizes(self) -> list[int]:
        """How many nodes each part has."""
        return [len(part) for part in self.parts]

    @property
    def pairs(self) -> tuple[int, int]:
        """How many pairs of nodes can still talk, and how many could before."""
        n = len(self.graph)
        return sum(k * (k - 1) // 2 for k in self.sizes), n * (n - 1) // 2

    @property
    def largest(self) -> float:
        """The largest part's share of all nodes that there were."""
        return max(self.sizes, default=0) / len(self.graph)

    def way(self, u: Node, v: Node) -> Way | None:
        """The shortest way from `u` to `v`; None when there is none."""
        if u not in self.rest or v not in self.rest or not nx.has_path(self.rest, u, v):
            return None
        nodes = nx.shortest_path(self.rest, u, v, weight=self.weight)
        km = sum([self.rest.edges[step].get("km", 0.0) for step in pairwise(nodes)])
        return Way(nodes, km)

    @cached_property
    def cable_loads(self) -> dict[Edge, float]:
        """Each cable's share of the traffic when all who can talk do, over shortest ways (edge betweenness)."""
        counted = nx.edge_betweenness_centrality(self.rest, normalized=False, weight=self.weight)
        return {edge: count / max(1, self.pairs[0]) for edge, count in counted.items()}

    @cached_property
    def node_loads(self) -> dict[Node, float]:
        """The share of the others' traffic that passes through each node, over shortest ways (betweenness)."""
        counted = nx.betweenness_centrality(self.rest, normalized=False, weight=self.weight)
        loads: dict[Node, float] = {}
        for part in self.parts:
            others = self.pairs[0] - (len(part) - 1)  # the pairs that do not end at this node
            loads |= {node: counted[node] / max(1, others) for node in part}
        return loads

    def busiest(self, loads: dict[Any, float]) -> Any | None:
        """What carries the most; the first one where several do, None where nothing is carried."""
        most = max(loads.values(), default=0.0)
        return next((key for key, load in loads.items() if load > most - 1e-9), None) if most else None

    def load_of(self, edge: Edge) -> float:
        """A cable's share, whichever way round it is named; 0 for one that is gone."""
        return self.cable_loads.get(edge, self.cable_loads.get(edge[::-1], 0.0))


def has_lengths(graph: nx.Graph) -> bool:
    """Whether every cable has its ``km``."""
    return graph.number_of_edges() > 0 and all(km is not None for _, _, km in graph.edges(data="km"))


def straight(graph: nx.Graph, u: Node, v: Node) -> float | None:
    """The great circle between two nodes in km; None where they have no places on the earth."""
    places: Collection[Any] = [graph.nodes[node].get("pos") for node in (u, v)]
    if not all(p is not None and len(p) == 2 and abs(p[0]) <= 180 and abs(p[1]) <= 90 for p in places):
        return None
    return great_circle(*places)


def farthest(graph: nx.Graph) -> Edge:
    """The two nodes that are farthest from each other over the cables, of those that reach each other."""
    found = dict(nx.all_pairs_dijkstra_path_length(graph, weight="km"))
    return max(((u, v) for u in graph for v in found[u]), key=lambda pair: found[pair[0]][pair[1]])
