"""The network between nodes: how long messages take, and which are lost, doubled or overtaken."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from distlab import values
from distlab.chance import Delay

if TYPE_CHECKING:
    import networkx

KM_PER_MS = 200.0
"""Light in glass fibre covers about 200 km in a millisecond (two thirds of its speed in vacuum)."""


class Network:
    """How messages travel.

    Parameters
    ----------
    delay : float, (float, float) or Delay
        Milliseconds a message takes: fixed, uniform between two, or ``exponential(mean, least)``. With a
        graph: what is added to the time on the fibre; by default nothing.
    loss, duplicates : float
        The probability that a message is lost; that it arrives twice.
    fifo : bool
        Whether a link keeps its order. By default messages overtake each other.
    graph : networkx.Graph, optional
        Cables: each edge has its length ``km``. A message takes the shortest way; a cut link reroutes.
    neighbours : bool
        With a graph: a node reaches its neighbours only, and ``peers`` are these.
    hosts : mapping of str to str
        The host of a node, where it is not a host of its own. Nodes of one host talk free of delay and
        count, and crash together. With a graph, hosts are the graph's nodes.

    Raises
    ------
    ValueError, TypeError
        When a probability is none, a delay negative, or an edge has no length.
    """

    def __init__(
        self,
        delay: float | tuple[float, float] | Delay | None = None,
        *,
        loss: float = 0.0,
        duplicates: float = 0.0,
        fifo: bool = False,
        graph: networkx.Graph | None = None,
        neighbours: bool = False,
        hosts: Mapping[str, str] | None = None,
    ) -> None:
        for name, rate in (("loss", loss), ("duplicates", duplicates)):
            if not (isinstance(rate, (int, float)) and 0 <= rate <= 1):
                raise ValueError(f"{name} is a probability between 0 and 1, not {values.text(rate)}")
        if neighbours and graph is None:
            raise ValueError("neighbours=True needs a graph that says who is next to whom")
        if graph is not None:
            if not hasattr(graph, "edges") or graph.is_multigraph():
                raise TypeError(f"graph is a networkx.Graph with one edge between two places, not {graph!r}")
            for u, v, km in graph.edges(data="km"):
                if not (isinstance(km, (int, float)) and 0 <= km < math.inf):
                    raise ValueError(
                        f"the edge {u} - {v} of the graph needs its length: km=..., zero or more, not {km!r}"
                    )
        self.delay = Delay.of((0 if graph is not None else 1.0) if delay is None else delay)
        self.loss, self.duplicates, self.fifo = loss, duplicates, fifo
        self.graph, self.neighbours, self.hosts = graph, neighbours, dict(hosts or {})
        self.round = 0  # microseconds, in the synchronous model

    @classmethod
    def rounds(cls, length: float = 1.0) -> Network:
        """The synchronous model: what is sent in one round has arrived before the round ends.

        A node that sends at the start of a round and sets a timer of `length` wakes when the round is
        over, with all messages of that round received (Lynch 1996, chapter 2). What is sent as messages
        arrive is for the next round.

        Parameters
        ----------
        length : float
            Milliseconds; messages arrive when nine tenths of them are over, in order of receiver and sender.
        """
        network = cls(delay=0.9 * length)
        network.round = round(length * 1000)
        if network.round < 10:
            raise ValueError(f"a round lasts at least 0.01 ms, not {length!r}")
        return network

    def host(self, node: str) -> str:
        """The host that `node` runs on."""
        return self.hosts.get(node, node)

    def check(self, names: Iterable[str]) -> None:
        """Refuse names that have no place in this network."""
        names = list(names)
        for node in self.hosts:
            if node not in names:
                raise ValueError(f"hosts names {node!r}, but the nodes are {', '.join(names)}")
        for node in names:
            if self.graph is not None and self.host(node) not in self.graph:
                raise ValueError(
                    f"node {node!r} has no place in the network: its graph has no {self.host(node)!r}; "
                    f"say where it runs with hosts={{{node!r}: ...}}"
                )

    def peers(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Whom each node can reach, in the order of `names`."""
        names = list(names)
        reach = {name: [other for other in names if other != name] for name in names}
        if self.neighbours and self.graph is not None:
            near = {name: {self.host(name), *self.graph[self.host(name)]} for name in names}
            reach = {name: [o for o in reach[name] if self.host(o) in near[name]] for name in names}
        return {name: tuple(others) for name, others in reach.items()}

    def __repr__(self) -> str:
        if self.round:
            return f"Network.rounds({self.round / 1000:g})"
        parts = [] if self.graph is not None and self.delay.average == 0 else [f"delay={self.delay!r}"]
        for name in ("loss", "duplicates", "fifo", "neighbours"):
            if getattr(self, name):
                parts.append(f"{name}={getattr(self, name)!r}")
        if self.graph is not None:
            parts.append(f"graph of {len(self.graph)} nodes and {self.graph.number_of_edges()} links")
        return f"Network({', '.join(parts)})"


class Routes:
    """Shortest ways through a graph of cables, some of which may be cut."""

    def __init__(self, graph: networkx.Graph) -> None:
        self._graph = graph.copy()
        self._taken: dict[
            frozenset[str], tuple[int, dict[str, Any]]
        ] = {}  # in how many places cut, and the edge
        self._known: dict[str, dict[str, float]] = {}

    def cut(self, u: str, v: str) -> None:
        """Take the cable between `u` and `v` away; it may be cut in more than one place."""
        if self._graph.has_edge(u, v):
            self._taken[frozenset((u, v))] = (0, dict(self._graph.edges[u, v]))
            self._graph.remove_edge(u, v)
            self._known.clear()
        places, edge = self._taken[frozenset((u, v))]
        self._taken[frozenset((u, v))] = (places + 1, edge)

    def heal(self, u: str, v: str) -> None:
        """Mend it in one place, and put it back when that was the last."""
        places, edge = self._taken.pop(frozenset((u, v)))
        if places > 1:
            self._taken[frozenset((u, v))] = (places - 1, edge)
            return
        self._graph.add_edge(u, v, **edge)
        self._known.clear()

    def micros(self, u: str, v: str) -> int | None:
        """Time on the fibre from `u` to `v` in microseconds; None when there is no way."""
        if u not in self._known:
            import networkx

            self._known[u] = networkx.single_source_dijkstra_path_length(self._graph, u, weight="km")
        km = self._known[u].get(v)
        return None if km is None else round(km / KM_PER_MS * 1000)
