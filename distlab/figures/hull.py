"""A soft line around points: their convex hull, or a stretch of a circle, some pixels further out, corners round."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, pi, sin

Point = tuple[float, float]


def hull(points: Sequence[Point], pad: float) -> str:
    """The path around points, `pad` pixels away from the outermost.

    Parameters
    ----------
    points : sequence of (float, float)
        At least one; of a single one it is a circle, of two a capsule.
    pad : float
        Pixels.
    """
    corners = convex(points)
    if len(corners) == 1:
        x, y = corners[0]
        arcs = f"a{pad:g},{pad:g} 0 1 1 {2 * pad:g},0a{pad:g},{pad:g} 0 1 1 {-2 * pad:g},0"
        return f"M{x - pad:.1f},{y:.1f}{arcs}Z"
    sides = []
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        far = hypot(x1 - x0, y1 - y0) / pad
        dx, dy = (y1 - y0) / far, (x0 - x1) / far
        sides.append((f"{x0 + dx:.1f},{y0 + dy:.1f}", f"{x1 + dx:.1f},{y1 + dy:.1f}"))
    round_to = f"A{pad:g},{pad:g} 0 0 1 "
    return f"M{round_to.join(f'{begin}L{end}' for begin, end in sides)}{round_to}{sides[0][0]}Z"


def sector(centre: Point, radius: float, angles: tuple[float, float], pad: float) -> str:
    """The path around a stretch of a circle, `pad` pixels to both sides of it, with round ends.

    Parameters
    ----------
    centre : (float, float)
    radius : float
        Pixels.
    angles : (float, float)
        From and to, clockwise from the top; less than a full turn apart.
    pad : float
    """
    (cx, cy), (start, end) = centre, angles
    large = int(end - start > pi)

    def at(angle: float, far: float) -> str:
        return f"{cx + far * sin(angle):.1f},{cy - far * cos(angle):.1f}"

    outer, inner, turn = radius + pad, radius - pad, f"A{pad:g},{pad:g} 0 0 1 "
    on = f"M{at(start, outer)}A{outer:.1f},{outer:.1f} 0 {large} 1 {at(end, outer)}"
    back = f"{turn}{at(end, inner)}A{inner:.1f},{inner:.1f} 0 {large} 0 {at(start, inner)}"
    return f"{on}{back}{turn}{at(start, outer)}Z"


def around(ring: Sequence[Point], inside: Sequence[bool], pad: float, curved: bool) -> str:
    """The path around some of the points of a ring.

    Parameters
    ----------
    ring : sequence of (float, float)
        Evenly on a circle, either way round.
    inside : sequence of bool
        Which of them.
    pad : float
        Pixels.
    curved : bool
        Follow the circle where they stand in a row; else go straight across.
    """
    n, points = len(ring), [point for point, chosen in zip(ring, inside, strict=True) if chosen]
    begins = [i for i in range(n) if inside[i] and not inside[i - 1]]
    if not curved or len(begins) != 1:
        return hull(points, pad)
    cx, cy = sum(x for x, _ in ring) / n, sum(y for _, y in ring) / n
    first, last = ring[begins[0]], ring[(begins[0] + len(points) - 1) % n]
    (x0, y0), (x1, y1) = ring[0], ring[1]
    if (x0 - cx) * (y1 - cy) < (y0 - cy) * (x1 - cx):  # they run against the clock
        first, last = last, first
    start = atan2(first[0] - cx, cy - first[1])
    end = start + 2 * pi * (len(points) - 1) / n
    return sector((cx, cy), hypot(x0 - cx, y0 - cy), (start, end), pad)


def convex(points: Sequence[Point]) -> list[Point]:
    """The corners of the convex hull, clockwise on the screen (Andrew 1979)."""
    order = sorted(set(points))
    if len(order) < 3:
        return order
    return [*_half(order)[:-1], *_half(order[::-1])[:-1]]


def _half(points: Sequence[Point]) -> list[Point]:
    kept: list[Point] = []
    for x, y in points:
        while len(kept) > 1:
            (x0, y0), (x1, y1) = kept[-2:]
            if (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) > 0:
                break
            kept.pop()
        kept.append((x, y))
    return kept
