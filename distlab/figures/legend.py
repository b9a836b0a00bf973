"""The legend of a space-time diagram: only what is in the picture."""

from __future__ import annotations

from typing import NamedTuple

from distlab.figures import text
from distlab.figures.bands import shape, timers_are_small
from distlab.figures.look import MARGIN
from distlab.figures.scene import Scene
from distlab.figures.shapes import Style, cross, hatch, heads, paint

SIZE = 12
ROW = 22
GAP = 18
MOST_STATES = 9


class Item(NamedTuple):
    """One entry: what it is about, its word, and how wide its sample is."""

    what: str
    word: str
    sample: float

    @property
    def wide(self) -> float:
        """Sample, gap and word."""
        return self.sample + 7 + text.width(self.word, SIZE)


MARKS = {
    "forced": "forced write",
    "lazy": "write, not forced",
    "timer": "timer",
    "clock": "clock fault",
    "crash": "crash",
}


def items(scene: Scene, styles: dict[str, Style]) -> list[list[Item]]:
    """The entries, in groups: messages, states, marks."""
    messages = [Item("message", kind, 28) for kind in styles if kind in scene.arrows]
    messages += [Item("copy", "second copy", 28)] if scene.copies else []
    messages += [Item("lost", "lost", 28)] if scene.lost else []
    messages += [Item("flying", "still under way", 28)] if scene.flying else []
    states = [Item("state", text.fit(state, SIZE, 160), 22) for state in scene.words[:MOST_STATES]]
    if len(scene.words) > MOST_STATES:
        states.append(Item("more", f"and {len(scene.words) - MOST_STATES} more states", 0))
    there = {mark.what for mark in scene.marks}
    marks = [Item(what, word, 12) for what, word in MARKS.items() if what in there]
    if timers_are_small(scene):
        marks = [item._replace(what="tick") if item.what == "timer" else item for item in marks]
    gaps = {band.what for band in scene.gaps}
    marks += [Item(what, what, 22) for what in ("down", "paused") if what in gaps]
    marks += [Item("operation", "operation of a client", 22)] if scene.operations else []
    return [group for group in (messages, states, marks) if group]


def rows(groups: list[list[Item]], room: float) -> list[list[Item]]:
    """The entries in rows of at most `room` pixels; two groups share a row where both fit."""
    filled: list[list[Item]] = []
    for group in groups:
        fits = filled and length(filled[-1]) + GAP + length(group) <= room
        if not fits:
            filled.append([])
        for item in group:
            if filled[-1] and length([*filled[-1], item]) > room:
                filled.append([])
            filled[-1].append(item)
    return filled


def length(row: list[Item]) -> float:
    """How wide a row is."""
    return sum(item.wide for item in row) + GAP * (len(row) - 1)


class Legend:
    """The legend, beside the title where both fit, else under it.

    Attributes
    ----------
    bottom : float
        Where it ends.
    beside : bool
    """

    def __init__(self, groups: list[list[Item]], title: float, bottom: float, wide: float) -> None:
        room = wide - 2 * MARGIN
        beside = rows(groups, max(room - title - 40, 1))
        widest = max([length(row) for row in beside], default=0)
        self.beside = len(beside) <= 3 and widest <= room - title - 40
        self.rows = beside if self.beside else rows(groups, room)
        self.left = wide - MARGIN - widest if self.beside else float(MARGIN)
        self.top = 24.0 if self.beside else bottom + 16
        self.bottom = max(bottom, self.top + ROW * (len(self.rows) - 1) + 8)

    def svg(self, styles: dict[str, Style], colours: dict[str, str]) -> list[str]:
        """Its drawing."""
        parts = []
        words = {text.fit(state, SIZE, 160): colour for state, colour in colours.items()}
        for number, row in enumerate(self.rows):
            x, y = self.left, self.top + ROW * number
            for item in row:
                parts.append(f'<g class="legend" data-what="{item.what}">')
                parts.append(sample(item, x, y, styles, words))
                label = x + item.sample + (7 if item.sample else 0)
                parts.append(text.svg(label, y + 4, item.word, SIZE) + "</g>")
                x += item.wide + GAP
        return parts


def sample(item: Item, x: float, y: float, styles: dict[str, Style], words: dict[str, str]) -> str:
    """The little drawing of an entry, from x on, centred on y."""
    line = 'stroke-width="1.8" fill="none"'
    if item.what in ("message", "copy"):
        look = styles[item.word] if item.what == "message" else next(iter(styles.values()))
        return _arrow(x, y, look, ring=item.what == "copy")
    if item.what == "lost":
        red = f'stroke="var(--red)" {line}'
        return f'<path d="M{x:.1f},{y:.1f}h18" stroke-dasharray="4 3" {red}/><path d="{cross(x + 22, y, 4.5)}" {red}/>'
    if item.what == "flying":
        return f'<path d="M{x:.1f},{y:.1f}h28" stroke="var(--slate)" stroke-dasharray="1.5 3" {line}/>'
    if item.what in ("state", "down", "paused", "operation"):
        return swatch(item, x, y, words)
    return shape(item.what, x + 6, y, 4.0) if item.sample else ""


def _arrow(x: float, y: float, look: Style, ring: bool) -> str:
    """A message of a kind, or the second copy of one."""
    dx, _, head = heads(look.head, 9.0)[0]
    circle = f'<circle cx="{x + 5:.1f}" cy="{y:.1f}" r="4.5" fill="none"/>' if ring else ""
    tip = x + 28 - dx / 10
    shaft = f'<path d="M{x + (5 if ring else 0):.1f},{y:.1f}H{tip:.1f}"/>'
    return f'<g {paint(look, 1.6)}>{circle}{shaft}<path d="M{tip:.1f},{y:.1f}{head}" stroke-dasharray="none"/></g>'


def swatch(item: Item, x: float, y: float, words: dict[str, str]) -> str:
    """A piece of a band, as wide as its sample."""
    box = f'x="{x:.1f}" y="{y - 6:.1f}" width="22" height="12" rx="2"'
    if item.what == "operation":
        return f'<path d="M{x:.1f},{y - 4:.1f}v8m0,-4h22m0,-4v8" stroke="var(--slate)" stroke-width="1.4" fill="none"/>'
    if item.what == "state":
        colour = words[item.word]
        lines = hatch(x + 1, x + 21, y - 5, y + 5, gap=9, lean=-1) if colour == "rose" else ""
        extra = f'<path d="{lines}" stroke="var(--red)" stroke-opacity=".45" fill="none"/>' if lines else ""
        return f'<rect {box} fill="var(--band-{colour})"/>{extra}'
    lean, gap, colour = (1, 7, "muted") if item.what == "down" else (0, 5, "slate")
    lines = hatch(x, x + 22, y - 6, y + 6, gap=gap, lean=lean)
    return (
        f'<rect {box} fill="var(--ground)" stroke="var(--{colour})" stroke-opacity=".5"/>'
        f'<path d="{lines}" stroke="var(--{colour})" stroke-opacity=".6" fill="none"/>'
    )
