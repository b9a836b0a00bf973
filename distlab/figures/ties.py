"""Boxes on an ellipse and bent arrows between them, numbered: the map of a dependency graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import atan2, cos, hypot, pi, sin
from typing import NamedTuple

from distlab.figures import text
from distlab.figures.operations import disc
from distlab.figures.place import Box
from distlab.figures.shapes import TURN, heads

NAME, SMALL, LINE = 13, 11, 15.0  # pixels: a name, the words under it, a line of them
NARROW, WIDE, LINES = 66.0, 150.0, 5  # pixels and lines: how large a box may be
HEAD = 9.0
CLEAR = 3.0  # pixels between an arrow and its boxes


class Card(NamedTuple):
    """What stands in a box; `hollow` where it did not happen after all."""

    name: str
    lines: Sequence[str]
    hollow: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels."""
        longest = max([text.width(line, SMALL) for line in self.lines], default=0.0)
        wide = max(text.width(self.name, NAME, bold=True), longest) + 20
        return min(max(wide, NARROW), WIDE), 28 + LINE * len(self.lines)


class Tie(NamedTuple):
    """An arrow from one box to another, by their places in the list."""

    start: int
    end: int
    number: int
    kind: str
    words: str
    red: bool


STROKES = {"ww": ("blue", ""), "wr": ("green", "8 3"), "rw": ("purple", "2 2.5"), "": ("slate", "8 3")}


def around(cards: Sequence[Card], left: float, top: float, wide: float, tall: float) -> list[Box]:
    """Boxes on an ellipse, clockwise, the first at the left for two and at the top for more."""
    cx, cy = left + wide / 2, top + tall / 2
    turn = -pi if len(cards) <= 2 else -pi / 2
    boxes = []
    for i, card in enumerate(cards):
        angle = turn + 2 * pi * i / max(1, len(cards))
        w, h = card.size
        x = cx + (wide / 2 - WIDE / 2 - 4) * cos(angle) if len(cards) > 1 else cx
        y = cy + (tall / 2 - h / 2 - 4) * sin(angle)
        boxes.append(Box(x - w / 2, y - h / 2, x + w / 2, y + h / 2))
    return boxes


def in_row(cards: Sequence[Card], left: float, top: float, wide: float, tall: float) -> list[Box]:
    """Boxes from left to right: an order of transactions."""
    sizes = [card.size for card in cards]
    gap = (wide - sum(w for w, _ in sizes)) / max(1, len(cards) - 1)
    x, boxes = left, []
    for w, h in sizes:
        boxes.append(Box(x, top + (tall - h) / 2, x + w, top + (tall + h) / 2))
        x += w + gap
    return boxes


def draw(cards: Sequence[Card], boxes: Sequence[Box], ties: Sequence[Tie], framed: set[int]) -> Iterator[str]:
    """The arrows, then the boxes over them, then the numbers and words of the arrows."""
    over: list[str] = []
    beside: dict[tuple[int, int], int] = {}
    for tie in ties:
        nth = beside[tie.start, tie.end] = beside.get((tie.start, tie.end), -1) + 1
        path, (x, y) = _curve(boxes[tie.start], boxes[tie.end], nth)
        yield from _arrow(tie, path)
        ink = "red" if tie.red else STROKES[tie.kind][0]
        if tie.words:
            wide = text.width(tie.words, SMALL, bold=True)
            behind = f'x="{x + 9:.1f}" y="{y - 8:.1f}" width="{wide + 7:.1f}" height="16"'
            over.append(f'<rect {behind} fill="var(--ground)"/>')
        over.append(disc(x, y, tie.number))
        over.append(text.svg(x + 12, y + 4, tie.words, SMALL, fill=ink, bold=True))
    for i, (card, box) in enumerate(zip(cards, boxes, strict=True)):
        yield from _box(card, box, i in framed)
    yield from over


def _box(card: Card, box: Box, framed: bool) -> Iterator[str]:
    look = 'stroke="var(--red)" stroke-width="2"' if framed else 'stroke="var(--slate)" stroke-width="1"'
    dash = ' stroke-dasharray="4 3"' if card.hollow else ""
    size = f'width="{box.right - box.left:.1f}" height="{box.bottom - box.top:.1f}"'
    place = f'x="{box.left:.1f}" y="{box.top:.1f}"'
    yield f'<rect class="transaction" {place} {size} rx="6" fill="var(--plain)" {look}{dash}/>'
    yield text.svg(box.left + 10, box.top + 18, card.name, NAME, bold=True)
    for i, line in enumerate(card.lines):
        shown = text.fit(line, SMALL, box.right - box.left - 16)
        yield text.svg(box.left + 10, box.top + 18 + LINE * (i + 1), shown, SMALL)


Points = list[tuple[float, float]]


def _curve(a: Box, b: Box, nth: int) -> tuple[Points, tuple[float, float]]:
    """Points from the edge of one box to that of another, bent to the left of the way, and the middle of them."""
    x0, y0, x1, y1 = (
        (a.left + a.right) / 2,
        (a.top + a.bottom) / 2,
        (b.left + b.right) / 2,
        (b.top + b.bottom) / 2,
    )
    long = hypot(x1 - x0, y1 - y0) or 1.0
    bend = min(0.34 * long, 90.0) + 46 * nth
    mx, my = (x0 + x1) / 2 + bend * (y1 - y0) / long, (y0 + y1) / 2 - bend * (x1 - x0) / long
    steps = [i / 60 for i in range(61)]
    way = [
        (
            (1 - t) ** 2 * x0 + 2 * t * (1 - t) * mx + t * t * x1,
            (1 - t) ** 2 * y0 + 2 * t * (1 - t) * my + t * t * y1,
        )
        for t in steps
    ]
    outside = [p for p in way if not _in(p, a) and not _in(p, b)] or way[29:32]
    return outside, outside[len(outside) // 2]


def _in(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    return box.left - CLEAR < x < box.right + CLEAR and box.top - CLEAR < y < box.bottom + CLEAR


def _arrow(tie: Tie, path: Points) -> Iterator[str]:
    colour, dash = STROKES[tie.kind]
    colour, width = ("red", 2.2) if tie.red else (colour, 1.5)
    (x0, y0), (x1, y1) = path[-min(5, len(path))], path[-1]
    step = round(atan2(y1 - y0, x1 - x0) / (2 * pi) * TURN) % TURN
    dx, dy, head = heads("filled", HEAD)[step]
    x1, y1 = x1 - dx / 10, y1 - dy / 10
    line = "L".join(f"{x:.1f},{y:.1f}" for x, y in [*path[:-4], (x1, y1)])
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    look = f'stroke="var(--{colour})" stroke-width="{width}" fill="none"{dashed}'
    yield f'<path class="tie {tie.kind}" d="M{line}" {look}/>'
    yield f'<path d="M{x1:.1f},{y1:.1f}{head}" fill="var(--{colour})"/>'
