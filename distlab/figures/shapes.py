"""The small shapes of the course's pictures, as SVG: arrows' heads, crosses, clocks, squares, hatchings.

No ids, no markers, no patterns: several pictures may stand in one document, where ids would clash.
"""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin
from typing import NamedTuple

DOT = (
    "m-1,0a1,1 0 1 0 2,0a1,1 0 1 0 -2,0m1,0"  # where a message leaves: with its stroke a full dot, then back
)
TURN = 720  # heads are made for every half degree


class Style(NamedTuple):
    """How messages of one kind look: colour, dashes and head, so that colour never stands alone."""

    colour: str
    dash: str
    head: str


COLOURS = ("blue", "green", "purple", "amber", "sky", "slate")
STROKES = (
    ("", "filled"),
    ("", "hollow"),
    ("", "chevron"),
    ("8 3", "filled"),
    ("9 3 2 3", "filled"),
    ("2 2.5", "filled"),
)


def style(kind: int) -> Style:
    """How the `kind`-th kind of message looks; 36 are told apart."""
    dash, head = STROKES[(kind + kind // len(COLOURS)) % len(STROKES)]
    return Style(COLOURS[kind % len(COLOURS)], dash, head)


class _Tenths(dict[int, str]):
    """Tenths of pixels as text: to write a float takes ten times as long as to look it up."""

    def __missing__(self, tenths: int) -> str:
        self[tenths] = text = f"{tenths / 10:.1f}"
        return text


TENTHS = _Tenths()


@lru_cache
def heads(head: str, length: float) -> list[tuple[int, int, str]]:
    """Arrow heads for each half degree: how far from the tip the shaft ends, in tenths, and the path from there."""
    table = []
    for step in range(TURN):
        x, y = length * cos(2 * pi * step / TURN), length * sin(2 * pi * step / TURN)
        nx, ny = -0.42 * y, 0.42 * x  # across
        if head == "chevron":
            path = f"m{nx - x:.1f},{ny - y:.1f}l{x - nx:.1f},{y - ny:.1f}l{-x - nx:.1f},{-y - ny:.1f}"
            table.append((0, 0, path))
        else:
            path = f"m{nx:.1f},{ny:.1f}l{x - nx:.1f},{y - ny:.1f}l{-x - nx:.1f},{-y - ny:.1f}z"
            table.append((round(10 * x), round(10 * y), path))
    return table


def paint(look: Style, width: float) -> str:
    """The attributes of all messages of one kind."""
    fill = {"filled": f"var(--{look.colour})", "hollow": "var(--ground)", "chevron": "none"}[look.head]
    dash = f' stroke-dasharray="{look.dash}"' if look.dash else ""
    return f'fill="{fill}" stroke="var(--{look.colour})" stroke-width="{width:g}"{dash}'


def cross(x: float, y: float, r: float) -> str:
    """The path of a cross."""
    return f"M{x - r:.1f},{y - r:.1f}l{2 * r:g},{2 * r:g}m{-2 * r:g},0l{2 * r:g},{-2 * r:g}"


def clock(x: float, y: float, r: float) -> str:
    """The path of a clock's face and hands."""
    return f"M{x - r:.1f},{y:.1f}{_face(r)}"


@lru_cache
def _face(r: float) -> str:
    arcs = f"a{r:g},{r:g} 0 1 0 {2 * r:g},0a{r:g},{r:g} 0 1 0 {-2 * r:g},0"
    return f"{arcs}m{r:g},{-0.55 * r:.2f}v{0.55 * r:.2f}h{0.45 * r:.2f}"


def hatch(x0: float, x1: float, y0: float, y1: float, gap: float = 7, lean: int = 1) -> str:
    """The path of slanting lines that fill a rectangle: rising for `lean` 1, falling for -1, upright for 0."""
    height = y1 - y0
    parts = []
    if lean == 0:
        steps = int((x1 - x0) / gap)
        return "".join([f"M{x0 + (i + 0.5) * gap:.1f},{y0:.1f}v{height:.1f}" for i in range(steps)])
    for i in range(int((x1 - x0 + height) / gap) + 1):
        low = x0 - height + (i + 0.5) * gap  # where this line meets the edge that it leaves from
        left, right = max(low, x0), min(low + height, x1)
        if right <= left:
            continue
        rise, run = left - low, right - left
        if lean == 1:
            parts.append(f"M{left:.1f},{y1 - rise:.1f}l{run:.1f},{-run:.1f}")
        else:
            parts.append(f"M{left:.1f},{y0 + rise:.1f}l{run:.1f},{run:.1f}")
    return "".join(parts)
