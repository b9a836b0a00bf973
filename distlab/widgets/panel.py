"""Figures beside a picture: a few large numbers, each with the bars that explain it."""

from __future__ import annotations

from typing import NamedTuple

from distlab.figures import text
from distlab.figures.look import SMALL, TEXT

LARGE = 26
BAR, ROW = 9, 19  # pixels: how thick a bar is, and from one to the next
GAP = 24


class Bar(NamedTuple):
    """One bar: its name, its length as a share of the longest, what is written behind it, its colour."""

    name: str
    share: float
    value: str
    colour: str


class Fact(NamedTuple):
    """One figure: what it is, the number, what it means, and bars to compare."""

    head: str
    number: str
    meaning: str
    bars: tuple[Bar, ...] = ()
    wrong: bool = False

    @property
    def height(self) -> float:
        """In pixels."""
        return 58 + (6 + ROW * len(self.bars) if self.bars else 0)


def draw(facts: list[Fact], x: float, y: float, wide: float) -> list[str]:
    """The SVG of facts under each other, from (x, y) on; their bars begin on one line."""
    bars = [bar for fact in facts for bar in fact.bars]
    names = max([text.width(bar.name, SMALL + 1) for bar in bars], default=0) + 10
    values = max([text.width(bar.value, SMALL + 1) for bar in bars], default=0) + 8
    svg: list[str] = []
    for fact in facts:
        svg += [*_number(fact, x, y, wide), *_bars(fact, x, y + 58, names, wide - names - values)]
        y += fact.height + GAP
    return svg


def tall(facts: list[Fact]) -> float:
    """How many pixels they take."""
    return sum(fact.height + GAP for fact in facts) - GAP if facts else 0.0


def _number(fact: Fact, x: float, y: float, wide: float) -> list[str]:
    """What it is, the number, and beside it what it means."""
    svg = [text.svg(x, y + 12, text.fit(fact.head, TEXT, wide, True), TEXT, bold=True)]
    ink = "red" if fact.wrong else "ink"
    svg.append(text.svg(x, y + 45, fact.number, LARGE, fill=ink, bold=True))
    after = text.width(fact.number, LARGE, True) + 10
    lines = text.wrap(fact.meaning, SMALL + 1, wide - after, lines=2)
    for i, line in enumerate(lines):
        baseline = y + (42 if len(lines) == 1 else 34 + 15 * i)
        svg.append(text.svg(x + after, baseline, line, SMALL + 1, fill="muted"))
    return svg


def _bars(fact: Fact, x: float, y: float, names: float, room: float) -> list[str]:
    svg = []
    for i, bar in enumerate(fact.bars):
        middle, long = y + 12 + ROW * i, room * bar.share
        svg.append(text.svg(x, middle + 4, bar.name, SMALL + 1, fill="muted"))
        if bar.share:
            box = (
                f'x="{x + names:.1f}" y="{middle - BAR / 2:.1f}" width="{max(1.5, long):.1f}" height="{BAR}"'
            )
            svg.append(f'<rect {box} rx="2" fill="var(--{bar.colour})"/>')
            long += 6
        svg.append(text.svg(x + names + long, middle + 4, bar.value, SMALL + 1))
    return svg
