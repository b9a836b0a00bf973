"""Anomalies of isolation by name: cycles in the dependency graph, and reads that are wrong by themselves.

Adya (1999), chapters 3 and 4; Berenson et al. (1995) for the everyday names. A level of isolation is the set
of cycles that it forbids. Snapshot isolation allows exactly those in which two ``rw`` edges follow each other
(Cerone and Gotsman 2018, "Analysing snapshot isolation").
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

import networkx as nx

from distlab.checking.transactions import Mistake
from distlab.checking.verdict import Edge

# From the weakest to the strongest.
ISOLATION = ("read uncommitted", "read committed", "snapshot isolation", "serializable")

# The weakest level that forbids it.
FORBIDDEN_BY = {
    "internal": "read uncommitted",
    "garbage read": "read uncommitted",
    "G0": "read uncommitted",
    "G1a": "read committed",
    "G1b": "read committed",
    "G1c": "read committed",
    "incompatible order": "read committed",
    "G-single": "snapshot isolation",
    "G-nonadjacent": "snapshot isolation",
    "G2-item": "serializable",
}
EVERYDAY = {
    "G0": "dirty write",
    "G1a": "aborted read",
    "G1b": "intermediate read",
    "G1c": "circular information flow",
}


class Anomaly(NamedTuple):
    """One thing that went wrong between transactions.

    Attributes
    ----------
    name : str
        Adya's name, as in "G-single".
    known_as : str
        Its everyday name, as in "lost update"; may be empty.
    level : str
        The weakest level of isolation that forbids it.
    transactions : tuple of str
        Who took part; in the order of the cycle, where it is one.
    edges : tuple of Edge
        The cycle, each edge with its sentence; empty where a single read is wrong.
    why : str
        In words.
    """

    name: str
    known_as: str
    level: str
    transactions: tuple[str, ...]
    edges: tuple[Edge, ...]
    why: str

    def __str__(self) -> str:
        return f"{self.known_as} ({self.name})" if self.known_as else self.name


Hop = tuple[str, str, tuple[str, object]]  # an edge of the multigraph


def find_anomalies(graph: nx.MultiDiGraph, mistakes: Iterable[Mistake]) -> tuple[Anomaly, ...]:
    """One example of every anomaly that there is, the gravest first; of cycles a shortest one."""
    found: dict[tuple[str, str], Anomaly] = {}
    for mistake in mistakes:
        anomaly = _of_mistake(mistake)
        found.setdefault((anomaly.name, anomaly.known_as), anomaly)
    for cycle in _cycles(graph):
        anomaly = _of_cycle(graph, cycle)
        key = (anomaly.name, anomaly.known_as)
        if key not in found or len(anomaly.edges) < len(found[key].edges):
            found[key] = anomaly
    return tuple(sorted(found.values(), key=lambda a: ISOLATION.index(a.level)))


def _of_mistake(mistake: Mistake) -> Anomaly:
    who = tuple(transaction.name for transaction in mistake.who)
    known_as = EVERYDAY.get(mistake.kind, "")
    return Anomaly(mistake.kind, known_as, FORBIDDEN_BY[mistake.kind], who, (), mistake.why)


def _of_cycle(graph: nx.MultiDiGraph, cycle: list[Hop]) -> Anomaly:
    kind, known_as = _name(cycle)
    edges = tuple(Edge(a, b, graph.edges[a, b, key]["why"]) for a, b, key in cycle)
    who = tuple(a for a, _, _ in cycle)
    return Anomaly(kind, known_as, FORBIDDEN_BY[kind], who, edges, "; ".join(edge.why for edge in edges))


def _name(cycle: list[Hop]) -> tuple[str, str]:
    kinds = [kind for _, _, (kind, _) in cycle]
    items = [item for _, _, (_, item) in cycle]
    missed = kinds.count("rw")
    if kinds == ["rw", "rw"] and items[0] == items[1]:
        # Each missed what the other wrote to the same key: whichever came first, the other overwrote it unseen.
        return "G-single", "lost update"
    if missed == 0:
        kind = "G1c" if "wr" in kinds else "G0"
        return kind, EVERYDAY[kind]
    if missed == 1:
        if sorted(kinds) == ["rw", "ww"] and items[0] == items[1]:
            return "G-single", "lost update"
        if sorted(kinds) == ["rw", "wr"]:
            return "G-single", "unrepeatable read" if items[0] == items[1] else "read skew"
        return "G-single", ""
    if any(a == b == "rw" for a, b in zip(kinds, kinds[1:] + kinds[:1], strict=True)):
        return "G2-item", "write skew" if kinds == ["rw", "rw"] else ""
    return "G-nonadjacent", "long fork" if sorted(kinds) == ["rw", "rw", "wr", "wr"] else ""


def _cycles(graph: nx.MultiDiGraph) -> Iterator[list[Hop]]:
    """Cycles enough to show every anomaly: through each edge a shortest one that gives it the gravest name."""
    home = {n: i for i, part in enumerate(nx.strongly_connected_components(graph)) for n in part}
    for a, b, key in graph.edges(keys=True):
        if home[a] != home[b]:
            continue
        first: Hop = (a, b, key)
        if key[0] != "rw":
            back = _way_back(graph, first, {"ww"} if key[0] == "ww" else {"ww", "wr"})
        else:
            yield from ([first, (b, a, k)] for k in graph.get_edge_data(b, a, default=()) if k[0] == "rw")
            back = _way_back(graph, first, {"ww", "wr"})
            back = back or _way_back(graph, first, {"ww", "wr", "rw"}, apart=True)
            back = back or _way_back(graph, first, {"ww", "wr", "rw"})
        if back:
            yield [first, *back]


def _way_back(graph: nx.MultiDiGraph, edge: Hop, kinds: Set[str], apart: bool = False) -> list[Hop] | None:
    """A shortest way from the end of an edge to its start; `apart`: in which no two rw edges meet."""
    start, goal = (edge[1], apart), (edge[0], False)
    came: dict[tuple[str, bool], tuple[tuple[str, bool], Hop] | None] = {start: None}
    waiting = deque([start])
    while waiting and goal not in came:
        here = waiting.popleft()
        for _, there, key in graph.out_edges(here[0], keys=True):
            missed = apart and key[0] == "rw"
            if key[0] in kinds and not (here[1] and missed) and (there, missed) not in came:
                came[there, missed] = (here, (here[0], there, key))
                waiting.append((there, missed))
    if goal not in came:
        return None
    hops: list[Hop] = []
    step = came[goal]
    while step is not None:
        hops.append(step[1])
        step = came[step[0]]
    return hops[::-1]
