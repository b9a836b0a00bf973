"""Where the nodes of a network and their names stand in its picture.

Names are placed greedily, the best connected node first: beside, over or under its node, where no node and
no name is yet and few cables pass. Cutting cables moves nothing, so the work is remembered.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, radians, sin
from typing import Any, NamedTuple

import numpy as np

from distlab.figures.text import width

Point = tuple[float, float]
Segment = tuple[float, float, float, float]


class Name(NamedTuple):
    """A node's name in the picture: its left end, its baseline, its width, and whether a stroke leads to it."""

    x: float
    y: float
    wide: float
    far: bool


def positions(graph: Any) -> dict[Any, Point]:
    """Every node's ``pos`` (longitude and latitude, or x and y); on a circle where they have none.

    Raises
    ------
    ValueError
        When some nodes have a place and others not, or one that is no pair of numbers.
    """
    given = dict(graph.nodes(data="pos"))
    without = [node for node, pos in given.items() if pos is None]
    if len(without) == len(given):
        return _circle(graph)
    if without:
        raise ValueError(f"node {without[0]!r} has no place: give every node pos=(x, y), or none")
    for node, pos in given.items():
        if len(pos) != 2 or not all(isinstance(c, (int, float)) and abs(c) < 1e9 for c in pos):
            raise ValueError(f"node {node!r} has pos={pos!r}: a place is a pair of numbers")
    return {node: (float(x), float(y)) for node, (x, y) in given.items()}


def _circle(graph: Any) -> dict[Any, Point]:
    """A circle; a node that is linked to all others, as in a star, in its middle."""
    nodes, n = list(graph), len(graph)
    hubs = [node for node in nodes if n > 3 and graph.degree(node) == n - 1]
    middle = hubs if len(hubs) == 1 else []
    rim = [node for node in nodes if node not in middle]
    around = {
        node: (sin(2 * pi * i / max(1, len(rim))), cos(2 * pi * i / max(1, len(rim))))
        for i, node in enumerate(rim)
    }
    return {node: around.get(node, (0.0, 0.0)) for node in nodes}


def extent(places: dict[Any, Point]) -> tuple[float, float, float]:
    """How wide and how high the map is, in degrees of latitude, and how much a degree of longitude counts."""
    xs, ys = [x for x, _ in places.values()], [y for _, y in places.values()]
    middle = (max(ys) + min(ys)) / 2
    squeeze = cos(radians(middle)) if max(map(abs, ys)) <= 85 else 1.0  # meridians meet at the poles
    return (max(xs) - min(xs)) * squeeze, max(ys) - min(ys), squeeze


def height(graph: Any, places: dict[Any, Point], wide: float, margins: tuple[float, float]) -> float:
    """How high the map should be when it is `wide` pixels wide; a circle needs less than a country."""
    if len(places) < 2:
        return 160.0
    across, up, _ = extent(places)
    ideal = (wide - 2 * margins[0]) * up / across if across else wide
    most = 0.72 if any(pos is not None for _, pos in graph.nodes(data="pos")) else 0.45
    return min(max(ideal, 120.0), most * wide) + 2 * margins[1]


def fit(places: dict[Any, Point], wide: float, tall: float, margins: tuple[float, float]) -> dict[Any, Point]:
    """Pixels for places, north up, distances true in the middle of the map; one on another apart.

    Parameters
    ----------
    places : dict of node to (x, y)
    wide, tall : float
        Pixels there are, with `margins` to the sides, and above and below.
    """
    if not places:
        return {}
    across, up, squeeze = extent(places)
    west, south = min(x for x, _ in places.values()), min(y for _, y in places.values())
    scale = min((wide - 2 * margins[0]) / (across or 1e-9), (tall - 2 * margins[1]) / (up or 1e-9))
    if across == up == 0:
        scale = 0.0
    left, foot = (wide - across * scale) / 2, (tall + up * scale) / 2
    there = {
        node: (left + (x - west) * squeeze * scale, foot - (y - south) * scale)
        for node, (x, y) in places.items()
    }
    return _apart(there)


def _apart(there: dict[Any, Point]) -> dict[Any, Point]:
    """Nodes on one and the same place, on a small circle around it."""
    together: dict[Point, list[Any]] = {}
    for node, (x, y) in there.items():
        together.setdefault((round(x), round(y)), []).append(node)
    for nodes in together.values():
        for i, node in enumerate(nodes if len(nodes) > 1 else []):
            x, y = there[node]
            angle = 2 * pi * i / len(nodes)
            there[node] = (x + 9 * cos(angle), y + 9 * sin(angle))
    return there


@lru_cache(maxsize=64)
def names(
    words: tuple[str, ...],
    points: tuple[Point, ...],
    radii: tuple[float, ...],
    edges: tuple[tuple[int, int], ...],
    size: float,
    within: Segment,
) -> tuple[Name | None, ...]:
    """A place for each name; None where there is none.

    Parameters
    ----------
    words : tuple of str
    points : tuple of (x, y)
        The nodes.
    radii : tuple of float
        How large they are drawn.
    edges : tuple of (int, int)
        By number of node.
    size : float
        Of the text, in pixels.
    within : (left, top, right, bottom)
    """
    lines = np.array([(*points[u], *points[v]) for u, v in edges], dtype=float).reshape(-1, 4)
    taken = [(x - r - 1, y - r - 1, x + r + 1, y + r + 1) for (x, y), r in zip(points, radii, strict=True)]
    degree = [0] * len(points)
    for u, v in edges:
        degree[u] += 1
        degree[v] += 1
    placed: list[Name | None] = [None] * len(words)
    for i in sorted(range(len(words)), key=lambda i: (-degree[i], i)):
        wide, (x, y), r = width(words[i], size), points[i], radii[i]
        boxes, costs = _candidates(x, y, r, wide, size)
        costs = costs + 0.9 * _crossings(boxes, lines) + 1e6 * _overlaps(boxes, np.array(taken), within)
        best = int(np.argmin(costs))
        if costs[best] < 1e5:
            left, top, right, bottom = boxes[best]
            taken.append((left, top, right, bottom))
            placed[i] = Name(float(left) + 2, float(bottom) - 0.3 * size, wide, best >= 8)
    return tuple(placed)


def _candidates(x: float, y: float, r: float, wide: float, size: float) -> tuple[Any, Any]:
    """Boxes around a node, near ones first, and what each costs."""
    boxes, costs = [], []
    w, h = wide + 4, size + 3
    for ring, gap in enumerate((1.5, 13.0, 26.0, 40.0)):
        d, e = r + gap, 0.72 * (r + gap)
        for cost, left, top in (
            (0.0, x + d, y - h / 2),
            (0.1, x - d - w, y - h / 2),
            (0.2, x - w / 2, y - d - h),
            (0.2, x - w / 2, y + d),
            (0.4, x + e, y - e - h),
            (0.4, x + e, y + e),
            (0.5, x - e - w, y - e - h),
            (0.5, x - e - w, y + e),
        ):
            boxes.append((left, top, left + w, top + h))
            costs.append(cost + 2.2 * ring)
    return np.array(boxes), np.array(costs)


def _overlaps(boxes: Any, taken: Any, within: Segment) -> Any:
    """How many taken boxes each box meets; one more when it leaves the picture."""
    left, top, right, bottom = boxes.T[:, :, None]
    a, b, c, d = taken.T[:, None, :]
    met = ((left < c) & (a < right) & (top < d) & (b < bottom)).sum(axis=1)
    x0, y0, x1, y1 = boxes.T
    return met + ((x0 < within[0]) | (y0 < within[1]) | (x1 > within[2]) | (y1 > within[3]))


def _crossings(boxes: Any, lines: Any) -> Any:
    """How many lines pass through each box: those of which a part is between its sides and its top and bottom."""
    if not len(lines):
        return np.zeros(len(boxes))
    x0, y0, x1, y1 = lines.T[:, None, :]
    left, top, right, bottom = boxes.T[:, :, None]
    dx, dy = np.where(x1 == x0, 1e-9, x1 - x0), np.where(y1 == y0, 1e-9, y1 - y0)
    a, b = (left - x0) / dx, (right - x0) / dx
    c, d = (top - y0) / dy, (bottom - y0) / dy
    enter = np.maximum(np.maximum(np.minimum(a, b), np.minimum(c, d)), 0.0)
    leave = np.minimum(np.minimum(np.maximum(a, b), np.maximum(c, d)), 1.0)
    return (enter <= leave).sum(axis=1)
