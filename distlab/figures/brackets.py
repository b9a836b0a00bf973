"""What stands under the lines of a space-time diagram: cuts, brackets, the axis, notes without room."""

from __future__ import annotations

from typing import NamedTuple

from distlab.figures import text
from distlab.figures.layout import OVERHANG, Layout, ticks
from distlab.figures.look import MARGIN, TEXT
from distlab.figures.scene import Scene

Bracket = tuple[float, float, str]
LANE = 32
MOST_CUTS = 12
SIZE = 12


class Interval(NamedTuple):
    """A bracket in pixels: from, to (open where it lasts), the text's width and where it begins."""

    x0: float
    x1: float
    lasts: bool
    words: str
    left: float
    wide: float
    event: int | None


class Under:
    """All that stands under the lines.

    Attributes
    ----------
    behind : list of str
        Shades, to be drawn before the lines.
    svg : list of str
    bottom : float
        Where it ends.
    """

    def __init__(self, scene: Scene, layout: Layout, marks: list[Bracket]) -> None:
        self.scene, self.layout = scene, layout
        self.behind: list[str] = []
        self.svg: list[str] = []
        y = layout.bottom
        cuts = [self._interval(s.start, s.end, s.text, TEXT - 1, s.event) for s in scene.cuts[:MOST_CUTS]]
        y = self._lanes(cuts, y, "slate", SIZE, "cut")
        if len(scene.cuts) > MOST_CUTS:
            words = f"and {len(scene.cuts) - MOST_CUTS} more cuts"
            self.svg.append(text.svg(layout.left, y + 4, words, SIZE, fill="muted"))
            y += 14
        y = self._lanes([self._interval(*mark, TEXT, None) for mark in marks], y, "red", TEXT, "bracket")
        for cut in cuts:
            self._shade(cut)
        self.bottom = self._axis(y + 8)

    def _interval(
        self, start: float, end: float | None, words: str, size: float, event: int | None
    ) -> Interval:
        layout = self.layout
        lasts = end is None or end > self.scene.end
        x0, x1 = layout.x(start), layout.right + OVERHANG if end is None else layout.x(end)
        words = text.fit(words, size, layout.right - layout.left)
        wide = text.width(words, size)
        left = min(max((x0 + x1 - wide) / 2, layout.left - OVERHANG), layout.wide - MARGIN - wide)
        return Interval(x0, max(x1, x0 + 2), lasts, words, left, wide, event)

    def _lanes(self, intervals: list[Interval], y: float, colour: str, size: float, kind: str) -> float:
        """Draw brackets, each in the first lane where it has room; return where the lanes end."""
        ends: list[float] = []
        for one in intervals:
            begins, stops = min(one.x0, one.left), max(one.x1, one.left + one.wide)
            lane = next((i for i, end in enumerate(ends) if end + 10 <= begins), len(ends))
            ends[lane : lane + 1] = [stops]
            top = y + LANE * lane
            tag = f'class="{kind}"' + ("" if one.event is None else f' data-e="{one.event}"')
            end = "" if one.lasts else "v-6"
            self.svg.append(
                f'<path {tag} d="M{one.x0:.1f},{top:.1f}v6H{one.x1:.1f}{end}" stroke="var(--{colour})" '
                'stroke-width="1.5" fill="none"/>'
                + text.svg(one.left, top + 8 + size, one.words, size, fill=colour, extra=tag)
            )
        return y + LANE * len(ends)

    def _shade(self, cut: Interval) -> None:
        top, bottom = self.layout.upper[0] - 10, self.layout.lower[-1] + 10
        self.behind.append(
            f'<rect class="cut" data-e="{cut.event}" x="{cut.x0:.1f}" y="{top:.1f}" width="{cut.x1 - cut.x0:.1f}" '
            f'height="{bottom - top:.1f}" fill="var(--hair)" fill-opacity=".38"/>'
        )

    def _axis(self, y: float) -> float:
        """Time, with its unit at the last tick."""
        whole = self.scene.unit != "ms"  # there is nothing between two steps
        values = ticks(self.scene.start, self.scene.end, least=1 if whole else 0)
        for value in values:
            x = self.layout.x(value)
            words = f"{value:g}"
            if value == values[-1]:
                words += " step" if whole and value == 1 else f" {self.scene.unit}"
                x -= 0.5  # the number stays under its tick, the unit stands behind it
            shift = text.width(f" {self.scene.unit}", SIZE) / 2 if value == values[-1] else 0
            right = self.layout.wide - 4 - text.width(words, SIZE) / 2
            self.svg.append(
                f'<path d="M{self.layout.x(value):.1f},{y:.1f}v5" stroke="var(--muted)" fill="none"/>'
                + text.svg(min(x + shift, right), y + 20, words, SIZE, fill="muted", anchor="middle")
            )
        return y + 30

    def listed(self, notes: list[str], silent: int) -> None:
        """Write the notes that found no room in the diagram under it, in two columns where there are many."""
        if not notes and not silent:
            return
        columns = 2 if len(notes) > 4 and self.layout.wide > 700 else 1
        wide, rows = (self.layout.wide - 2 * MARGIN) / columns, -(-len(notes) // columns)
        for i, note in enumerate(notes):
            x, y = MARGIN + wide * (i // rows), self.bottom + 12 + 18 * (i % rows)
            self.svg.append(text.svg(x + 16, y, str(i + 1), SIZE, anchor="end", bold=True))
            self.svg.append(text.svg(x + 24, y, text.fit(note, SIZE, wide - 36), SIZE))
        self.bottom += 18 * rows + 8
        if silent:
            words = f"and {silent:,} more {'note' if silent == 1 else 'notes'} that there was no room for"
            self.svg.append(text.svg(MARGIN + 24, self.bottom + 6, words, SIZE, fill="muted"))
            self.bottom += 20
