"""Where the nodes of a run stand on a player's stage, and which links are drawn between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from distlab.figures import places
from distlab.trace import Trace

WIDE, TALL = 320, 250  # pixels
MOST_LINKS = 200  # more would be a grey disc


def stage(trace: Trace, used: Iterable[tuple[str, str]], wide: int = WIDE) -> dict[str, Any]:
    """The network as plain data.

    Parameters
    ----------
    trace : Trace
        Its graph says where nodes stand; without one they stand in a circle.
    used : iterable of (str, str)
        Who sends to whom.
    wide : int
        Pixels.

    Returns
    -------
    dict
        ``places``, pixels in the order of the nodes; ``links``, pairs of their numbers; ``tall``, ``radius``.
    """
    number = {name: i for i, name in enumerate(trace.names)}
    graph = nx.Graph()
    graph.add_nodes_from(trace.names)
    given = trace.graph
    if given is not None and all(name in given for name in trace.names):
        graph.add_nodes_from((name, given.nodes[name]) for name in trace.names)
        graph.add_edges_from((u, v) for u, v in given.edges if u in number and v in number)
    else:
        graph.add_edges_from((u, v) for u, v in used if u != v)
    n = len(number)
    radius = 22 if n <= 6 else 17 if n <= 12 else 9 if n <= 30 else 5
    points = places.positions(graph)
    if not any(pos is not None for _, pos in graph.nodes(data="pos")):
        points = {name: (wide / TALL * x, y) for name, (x, y) in points.items()}
    there = places.fit(points, wide, TALL, (radius + 24, radius + 20))
    links = sorted((number[u], number[v]) for u, v in graph.edges)
    return {
        "wide": wide,
        "tall": TALL,
        "radius": radius,
        "places": [[round(c, 1) for c in there[name]] for name in trace.names],
        "links": links if len(links) <= MOST_LINKS else [],
    }
