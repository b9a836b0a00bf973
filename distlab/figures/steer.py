"""Where the states of a machine stand, and on which curves the arrows between them run past the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING, Any, NamedTuple

from distlab.figures.place import Box

if TYPE_CHECKING:
    import networkx

Point = tuple[float, float]
BENDS = (
    0,
    26,
    -26,
    52,
    -52,
    80,
    -80,
    112,
    -112,
    150,
    -150,
)  # pixels that a curve may leave its straight line
SAMPLES = 24
CLEAR = 7.0  # pixels between a curve and a box that it passes


def layers(graph: networkx.DiGraph[Any]) -> list[list[Any]]:
    """The states by how many steps it takes at most to come to them, ways back left out.

    Parameters
    ----------
    graph : networkx.DiGraph
        Nodes with ``first`` begin; without any, those that nothing leads to, else the first of all.
    """
    import networkx as nx

    begin = [state for state, first in graph.nodes(data="first") if first]
    begin = begin or [state for state in graph if not set(graph.pred[state]) - {state}] or list(graph)[:1]
    root = object()
    walk = nx.DiGraph()
    walk.add_edges_from((root, state) for state in dict.fromkeys([*begin, *graph]))
    walk.add_edges_from((u, v) for u, v in graph.edges if u != v)
    done = {state: i for i, state in enumerate(nx.dfs_postorder_nodes(walk, root))}
    forward = nx.DiGraph(
        [(u, v) for u, v in walk.edges if done[v] < done[u] and u is not root and v not in begin]
    )
    forward.add_nodes_from(graph)
    place: dict[Any, float] = {}
    found = []
    for generation in nx.topological_generations(forward):
        order = list(graph)
        wanted = {s: _mean([place[p] for p in forward.pred[s]]) for s in generation}
        row = sorted(generation, key=lambda state: (wanted[state], order.index(state)))
        place |= {state: i - (len(row) - 1) / 2 for i, state in enumerate(row)}
        found.append(row)
    return found


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0


class Curve(NamedTuple):
    """A quadratic Bézier curve: from, its corner, to."""

    start: Point
    corner: Point
    end: Point

    def at(self, part: float) -> Point:
        """The point after a part of the way."""
        a, b, c = (1 - part) ** 2, 2 * part * (1 - part), part**2
        (x0, y0), (x1, y1), (x2, y2) = self
        return a * x0 + b * x1 + c * x2, a * y0 + b * y1 + c * y2

    def normal(self, part: float) -> Point:
        """A unit vector across the curve."""
        (x0, y0), (x1, y1), (x2, y2) = self
        dx = (1 - part) * (x1 - x0) + part * (x2 - x1)
        dy = (1 - part) * (y1 - y0) + part * (y2 - y1)
        far = hypot(dx, dy) or 1.0
        return -dy / far, dx / far

    @property
    def points(self) -> list[Point]:
        """Points along it, for what it passes."""
        return [self.at(i / SAMPLES) for i in range(SAMPLES + 1)]


def curve(start: Box, end: Box, bend: float) -> Curve:
    """A curve from the edge of a box to that of another, `bend` pixels beside their straight line."""
    (x0, y0), (x1, y1) = centre(start), centre(end)
    far = hypot(x1 - x0, y1 - y0) or 1.0
    across = (-(y1 - y0) / far, (x1 - x0) / far)
    corner = (x0 + x1) / 2 + 2 * bend * across[0], (y0 + y1) / 2 + 2 * bend * across[1]
    return Curve(_leave(start, corner, 1.0), corner, _leave(end, corner, 5.0))


def loops(box: Box) -> list[Curve]:
    """Ways from a box back to itself: over it, under it, at its right, at its left."""
    x, y = centre(box)
    over, right = ((box.top, -72), (box.bottom, 72)), ((box.right, 72), (box.left, -72))
    ways = [Curve((x - 12, edge), (x, edge + far), (x + 12, edge)) for edge, far in over]
    ways += [Curve((edge, y - 9), (edge + far, y), (edge, y + 9)) for edge, far in right]
    return ways


def centre(box: Box) -> Point:
    """Its middle."""
    return (box.left + box.right) / 2, (box.top + box.bottom) / 2


def _leave(box: Box, towards: Point, gap: float) -> Point:
    """Where the line from the middle of a box to a point crosses its edge, `gap` pixels further out."""
    x, y = centre(box)
    dx, dy = towards[0] - x, towards[1] - y
    wide, tall = (box.right - box.left) / 2 + gap, (box.bottom - box.top) / 2 + gap
    part = min(wide / abs(dx) if dx else 1e9, tall / abs(dy) if dy else 1e9)
    return x + part * dx, y + part * dy


def curves(
    boxes: dict[Any, Box], edges: Sequence[tuple[Any, Any]], beside: dict[Any, Box] | None = None
) -> dict[tuple[Any, Any], Curve]:
    """A curve for each edge, short ones first, past the boxes of other states and off the curves there are.

    Parameters
    ----------
    boxes : dict of state to Box
    edges : sequence of (state, state)
    beside : dict of state to Box, optional
        What stands at a state and is to be passed too.
    """
    chosen: dict[tuple[Any, Any], Curve] = {}
    both = {(u, v) for u, v in edges if (v, u) in edges and u != v}

    def far(edge: tuple[Any, Any]) -> float:
        (x0, y0), (x1, y1) = centre(boxes[edge[0]]), centre(boxes[edge[1]])
        return hypot(x1 - x0, y1 - y0)

    for u, v in sorted(edges, key=far):
        others = [box for part in (boxes, beside or {}) for state, box in part.items() if state not in (u, v)]
        bends = [0.55 * bend for bend in BENDS if bend > 0] if (u, v) in both else BENDS
        found = loops(boxes[u]) if u == v else [curve(boxes[u], boxes[v], bend) for bend in bends]
        lines = [other.points for other in chosen.values()]
        straight = {edge for edge in edges if edge not in chosen and edge != (u, v) and edge not in both}
        lines += [curve(boxes[a], boxes[b], 0).points for a, b in straight if u == v and a != b]
        chosen[u, v] = min(found, key=lambda one: _cost(one, others, lines))
    return {edge: chosen[edge] for edge in edges}


def _cost(one: Curve, boxes: Sequence[Box], lines: Sequence[list[Point]]) -> float:
    """Boxes that it runs through, other curves that it crosses or comes close to, and its detour."""
    points = one.points
    hits = sum(_in(point, box, CLEAR) for box in boxes for point in points)
    near = sum(
        hypot(x - a, y - b) < CLEAR for line in lines for x, y in points[4:-4:2] for a, b in line[4:-4:2]
    )
    crossed = sum(cross(points, line) for line in lines)
    (x, y), (a, b) = one.at(0.5), ((one.start[0] + one.end[0]) / 2, (one.start[1] + one.end[1]) / 2)
    return 40 * hits + 2 * near + 6 * crossed + 0.05 * hypot(x - a, y - b)


def cross(one: Sequence[Point], other: Sequence[Point], step: int = 4) -> bool:
    """Whether two polylines cross."""
    a, b = one[::step], other[::step]
    if max(x for x, _ in a) < min(x for x, _ in b) or max(x for x, _ in b) < min(x for x, _ in a):
        return False
    return any(
        _side(p, q, r) != _side(p, q, s) and _side(r, s, p) != _side(r, s, q)
        for p, q in pairwise(a)
        for r, s in pairwise(b)
    )


def _side(p: Point, q: Point, r: Point) -> bool:
    """On which side of the line from p to q the point r lies."""
    return (q[0] - p[0]) * (r[1] - p[1]) > (q[1] - p[1]) * (r[0] - p[0])


def _in(point: Point, box: Box, clear: float) -> bool:
    x, y = point
    return box.left - clear < x < box.right + clear and box.top - clear < y < box.bottom + clear


def spots(one: Curve, wide: float, tall: float) -> Iterator[tuple[float, Box]]:
    """Boxes for a label of a curve: beside its middle, further along, on it; with what each costs."""
    for cost, part in ((0.0, 0.5), (0.6, 0.4), (0.6, 0.6), (1.4, 0.3), (1.4, 0.7)):
        (x, y), (nx, ny) = one.at(part), one.normal(part)
        reach = abs(nx) * wide / 2 + abs(ny) * tall / 2 + 4
        for more, side in ((0.0, -1 if ny > 0 else 1), (0.1, 1 if ny > 0 else -1), (1.5, 0)):
            a, b = x + side * reach * nx, y + side * reach * ny
            yield cost + more, Box(a - wide / 2, b - tall / 2, a + wide / 2, b + tall / 2)


def labels(
    ways: dict[tuple[Any, Any], Curve],
    sizes: dict[tuple[Any, Any], tuple[float, float]],
    taken: Sequence[Box],
) -> dict[tuple[Any, Any], Box]:
    """A place for the label of each curve that has one: nearer to its own curve than to any other.

    Parameters
    ----------
    ways : dict of edge to Curve
    sizes : dict of edge to (float, float)
        How wide and tall each label is.
    taken : sequence of Box
        Where none may stand.
    """
    found: dict[tuple[Any, Any], Box] = {}
    for edge in sorted(sizes, key=lambda edge: sizes[edge][1]):
        own = ways[edge].points
        others = [point for other, one in ways.items() if other != edge for point in one.points[2:-2]]

        def cost(
            spot: tuple[float, Box], own: Sequence[Point] = own, others: Sequence[Point] = others
        ) -> float:
            cost, box = spot
            hit = sum(_meet(box, other) for other in [*taken, *found.values()])
            here, away = _nearest(box, own), _nearest(box, others)
            return (
                cost
                + 20 * hit
                + (9 if away <= here else 3 if away < here + 6 else 0)
                + 2 * (here == 0)
                + 2 * (away == 0)
            )

        found[edge] = min(spots(ways[edge], *sizes[edge]), key=cost)[1]
    return found


def _nearest(box: Box, points: Sequence[Point]) -> float:
    """How far the next of some points is from a box."""
    away = [
        hypot(max(box.left - x, 0.0, x - box.right), max(box.top - y, 0.0, y - box.bottom)) for x, y in points
    ]
    return min(away, default=1e9)


def _meet(one: Box, other: Box) -> bool:
    across = one.left < other.right and other.left < one.right
    return across and one.top < other.bottom and other.top < one.bottom
