"""A network and what was done to it: what is cut, who is gone, which parts are left."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from distlab.figures.sentences import plural

if TYPE_CHECKING:
    import networkx

Node = Any
Edge = tuple[Any, Any]


class State:
    """A network with its cuts.

    Parameters
    ----------
    graph : networkx.Graph
    cut, removed, path
        As for `distlab.figures.network`.
    parts : list of collections of nodes, or None
        None: the parts that are left, when there are several.

    Attributes
    ----------
    nodes : list
    edges : list of (node, node)
    cut, dead : set of (node, node)
        Cables that are cut; those that end at a node that is gone.
    removed : set
    steps : list of (node, node)
        The cables of the path, in its direction.
    part : dict of node to int
        Which part a node belongs to; empty when there is but one.
    """

    def __init__(
        self,
        graph: networkx.Graph,
        cut: Iterable[Edge] = (),
        removed: Iterable[Node] = (),
        path: Sequence[Node] = (),
        parts: Sequence[Collection[Node]] | None = None,
    ) -> None:
        self.graph, self.nodes = graph, list(graph)
        self.edges: list[Edge] = [(u, v) for u, v in graph.edges() if u != v]
        self._known = {frozenset(edge): edge for edge in self.edges}
        self.cut = {self.edge(*edge) for edge in cut}
        self.removed = {self.node(node) for node in removed}
        self.dead = {(u, v) for u, v in self.edges if u in self.removed or v in self.removed}
        self.path = [self.node(node) for node in path]
        self.steps = list(zip(self.path, self.path[1:], strict=False))
        for step in self.steps:
            self.edge(*step)
        left = self._parts()
        self.fell = len(left)
        self.parts = (left if self.fell > 1 else []) if parts is None else [list(part) for part in parts]
        self.part = {self.node(node): i for i, part in enumerate(self.parts) for node in part}

    def node(self, node: Node) -> Node:
        """The node; a sentence when there is none."""
        if node not in self.graph:
            some = ", ".join(map(str, self.nodes[:8])) + (", …" if len(self.nodes) > 8 else "")
            raise ValueError(f"the network has no node {node!r}; it has {some}")
        return node

    def edge(self, u: Node, v: Node) -> Edge:
        """The cable as the graph has it, whichever way round it is named."""
        for node in (u, v):
            self.node(node)
        if frozenset((u, v)) not in self._known:
            raise ValueError(f"the network has no link between {u!r} and {v!r}")
        return self._known[frozenset((u, v))]

    def _parts(self) -> list[list[Node]]:
        """The nodes that can still reach each other, the largest part first."""
        near: dict[Node, list[Node]] = {node: [] for node in self.nodes if node not in self.removed}
        for u, v in self.edges:
            if (u, v) not in self.cut and (u, v) not in self.dead:
                near[u].append(v)
                near[v].append(u)
        parts, seen = [], set()
        for start in near:
            if start in seen:
                continue
            seen.add(start)
            part = [start]
            for node in part:  # grows while it is walked through
                fresh = [other for other in near[node] if other not in seen]
                seen.update(fresh)
                part += dict.fromkeys(fresh)
            parts.append(part)
        return sorted(parts, key=len, reverse=True)

    def sentence(self, counted: str = "") -> str:
        """What is cut and what is left of the network, behind what was `counted`."""
        said = [counted] if counted else []
        if self.cut:
            said.append(f"{plural(len(self.cut), 'link')} cut")
        if self.removed:
            said.append(f"{plural(len(self.removed), 'node')} gone")
        if self.fell > 1:
            sizes = [len(part) for part in self._parts()]
            few = " + ".join(map(str, sizes))
            said.append(
                f"in {self.fell} parts" + (f": {few}" if self.fell <= 6 else f", the largest of {sizes[0]}")
            )
        elif self.cut or self.removed:
            said.append("still connected" if self.fell else "nothing is left")
        return " · ".join(said)
