"""The messages of a space-time diagram as SVG.

Each message is one ``<path>``: dot, shaft and head. ``data-e`` is the event that sent it, ``data-d`` the
one that ended it, so that a player can show what has happened up to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import atan2, pi

from distlab.figures.layout import Layout
from distlab.figures.place import Box, Segment
from distlab.figures.scene import Scene
from distlab.figures.shapes import DOT, TENTHS, TURN, Style, cross, heads, paint, style
from distlab.figures.things import Arrow


class Arrows:
    """All messages of a scene, drawn.

    Attributes
    ----------
    svg : list of str
    crosses : list of Box
        Where messages were lost.
    """

    def __init__(self, scene: Scene, layout: Layout, styles: dict[str, Style]) -> None:
        self.layout, self.styles = layout, styles
        self.width = 1.1 if layout.crowded else 1.6
        self.size = 6.5 if layout.crowded else 9.0
        self.dot = "" if layout.crowded else DOT
        self.svg: list[str] = []
        self.ways: list[Segment] = []
        self.crosses: list[Box] = []
        self.typical = _typical(scene) * layout.scale
        for kind, arrows in scene.arrows.items():
            self._group(kind, self._arrows(arrows, self.styles[kind]))
        for kind, look in self.styles.items():
            copies = [arrow for name, arrow in scene.copies if name == kind]
            self._group(
                kind,
                [self._ring(arrow) for arrow in copies if arrow[4] >= scene.start]
                + self._arrows(copies, look),
                "copy",
            )
        self._flying(scene)
        self._lost(scene)

    def passing(self, scene: Scene) -> Iterator[Segment]:
        """Where the arrows pass, for the placement of text; their heads count twice."""
        yield from self.ways
        layout = self.layout
        for arrow in chain(*scene.arrows.values(), (copy for _, copy in scene.copies)):
            x0, x1 = layout.x(arrow[4]), layout.x(arrow[5])
            y0, y1 = layout.edge(arrow[2], arrow[3]), layout.edge(arrow[3], arrow[2])
            yield x0, y0, x1, y1
            if arrow[2] != arrow[3]:
                part = min(1.0, self.size / abs(y1 - y0))
                yield x1 - part * (x1 - x0), y1 - part * (y1 - y0), x1, y1

    def _group(self, kind: str, paths: list[str], also: str = "") -> None:
        if paths:
            name = f"messages {also}".rstrip()
            self.svg.append(f'<g class="{name}" {paint(self.styles[kind], self.width)}>{"".join(paths)}</g>')

    def _arrows(self, arrows: list[Arrow], look: Style) -> list[str]:
        """Delivered messages of one kind; this is what a crowded diagram spends its time on.

        So it counts in tenths of pixels, whose texts are remembered.
        """
        layout, dot, table, dashed = self.layout, self.dot, heads(look.head, self.size), bool(look.dash)
        left, right = 10 * layout.left + 0.5, 10 * layout.right + 0.5
        start, scale, step, paths = layout.start, 10 * layout.scale, TURN / (2 * pi), []
        upper, lower = [round(10 * y) for y in layout.upper], [round(10 * y) for y in layout.lower]
        for arrow in arrows:
            event, end, sender, receiver, sent, arrived = arrow
            x0, x1 = int(left + (sent - start) * scale), int(left + (arrived - start) * scale)
            if sender < receiver:
                y0, y1 = lower[sender], upper[receiver]
            elif sender > receiver:
                y0, y1 = upper[sender], lower[receiver]
            else:
                paths.append(self._loop(arrow))
                continue
            if dashed or sent < start or x1 > right:
                paths.append(self._careful(event, end, (x0 / 10, y0 / 10, x1 / 10, y1 / 10), look))
                continue
            dx, dy, head = table[int(atan2(y1 - y0, x1 - x0) * step)]
            paths.append(
                f'<path data-e="{event}" data-d="{end}" '
                f'd="M{TENTHS[x0]},{TENTHS[y0]}{dot}L{TENTHS[x1 - dx]},{TENTHS[y1 - dy]}{head}"/>'
            )
        return paths

    def _careful(self, event: int, end: object, line: Segment, look: Style) -> str:
        """A message that is dashed (its head is not), or partly out of sight (no dot, no head over there)."""
        x0, y0, x1, y1 = line
        ax, ay, bx, by = self._in_sight(line)
        tag, dot, tip = f'data-e="{event}" data-d="{end}"', "" if ax > x0 else self.dot, ""
        if bx == x1:
            dx, dy, head = heads(look.head, self.size)[int(atan2(y1 - y0, x1 - x0) * TURN / (2 * pi))]
            bx, by = bx - dx / 10, by - dy / 10
            tip = f'<path {tag} d="M{bx:.1f},{by:.1f}{head}" stroke-dasharray="none"/>'
        return f'<path {tag} d="M{ax:.1f},{ay:.1f}{dot}L{bx:.1f},{by:.1f}"/>{tip}'

    def _in_sight(self, line: Segment) -> Segment:
        """The part of a line that is not beyond the ends of the bands."""
        x0, y0, x1, y1 = line
        low, high = self.layout.left - 6, self.layout.right + 6
        slope = (y1 - y0) / (x1 - x0) if x1 > x0 else 0.0
        if x0 < low:
            x0, y0 = low, y0 + (low - x0) * slope
        if x1 > high:
            x1, y1 = high, y1 - (x1 - high) * slope
        return x0, y0, x1, y1

    def _loop(self, arrow: Arrow) -> str:
        """A message of a node to itself: a small arch over its line."""
        event, end, row, _, sent, arrived = arrow
        x0, x1, y = self.layout.x(sent), self.layout.x(arrived), self.layout.upper[row]
        wide, rise = max(0.0, 32 - (x1 - x0)) / 2, min(18.0, 0.3 * self.layout.pitch)
        _, _, head = heads("chevron", 0.8 * self.size)[TURN // 4]
        curve = f"C{x0 - wide:.1f},{y - rise:.1f} {x1 + wide:.1f},{y - rise:.1f} {x1:.1f},{y:.1f}"
        return f'<path data-e="{event}" data-d="{end}" d="M{x0:.1f},{y:.1f}{self.dot}{curve}{head}" fill="none"/>'

    def _ring(self, arrow: Arrow) -> str:
        """A second arrival of one message has a ring where it began."""
        x, y = self.layout.x(arrow[4]), self.layout.edge(arrow[2], arrow[3])
        return f'<circle data-e="{arrow[0]}" cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="none" stroke-dasharray="none"/>'

    def _flying(self, scene: Scene) -> None:
        """What is still under way runs off to the edge, faded."""
        paths = []
        for event, _, sender, receiver, sent, _ in scene.flying:
            x0, x1 = self.layout.x(sent), self.layout.right + 6
            y0, y1 = self.layout.edge(sender, receiver), self.layout.edge(receiver, sender)
            if sender == receiver:
                y1 = y0 - 8
            part = min(0.85, (x1 - x0) / max(1.0, 1.2 * self.typical))
            line = (x0, y0, x1, y0 + part * (y1 - y0))
            self.ways.append(line)
            colour = self.styles[scene.events[event].message.__class__.__name__].colour
            paths.append(
                f'<path data-e="{event}" stroke="var(--{colour})" d="M{x0:.1f},{y0:.1f}L{x1:.1f},{line[3]:.1f}"/>'
            )
        if paths:
            attributes = (
                f'fill="none" stroke-width="{self.width:g}" stroke-opacity=".5" stroke-dasharray="1.5 3"'
            )
            self.svg.append(f'<g class="flying" {attributes}>{"".join(paths)}</g>')

    def _lost(self, scene: Scene) -> None:
        """What was lost: dashed, and a cross where it ended."""
        paths, r = [], 3.5 if self.layout.crowded else 4.5
        for arrow, there in scene.lost:
            x0, y0, x1, y1 = line = self._loss(arrow, there, r)
            tag = f'data-e="{arrow[0]}" data-d="{arrow[1]}"'
            if x0 < self.layout.left - 6 or x1 > self.layout.right + 6:
                x0, y0, x1, y1 = line = self._in_sight(line)
            self.ways.append(line)
            dot = self.dot if arrow[4] >= scene.start else ""
            paths.append(f'<path {tag} d="M{x0:.1f},{y0:.1f}{dot}L{x1:.1f},{y1:.1f}"/>')
            if arrow[5] <= scene.end:
                self.crosses.append(Box(x1 - r, y1 - r, x1 + r, y1 + r))
                look = f'stroke-dasharray="none" stroke-width="{self.width + 0.5:g}"'
                paths.append(f'<path class="loss" data-e="{arrow[1]}" d="{cross(x1, y1, r)}" {look}/>')
        if paths:
            look = f'fill="none" stroke="var(--red)" stroke-width="{self.width:g}" stroke-dasharray="4 3"'
            self.svg.append(f'<g class="lost" {look}>{"".join(paths)}</g>')

    def _loss(self, arrow: Arrow, there: bool, r: float) -> Segment:
        """From where to where a lost message is drawn: to its receiver, or to the free space half-way."""
        layout = self.layout
        _, _, sender, receiver, sent, ended = arrow
        x0, x1 = (layout.left + (at - layout.start) * layout.scale for at in (sent, ended))
        y0, y1 = layout.edge(sender, receiver), layout.edge(receiver, sender)
        down = 1 if receiver > sender else -1
        if sender == receiver:
            return x0, y0, max(x1, x0 + 8), y0 - 10
        if there:
            return x0, y0, x1, y1 - down * (r + 1)
        row = sender + down * ((abs(receiver - sender) - 1) // 2)  # the line before the space half-way
        return x0, y0, x1, (layout.middle[row] + layout.middle[row + down]) / 2


def kinds(scene: Scene) -> dict[str, Style]:
    """How each kind of message looks: class names in order of first sending, lost and late ones too."""
    first = {kind: min([arrow[0] for arrow in arrows]) for kind, arrows in scene.arrows.items()}
    others = [arrow for _, arrow in scene.copies] + [arrow for arrow, _ in scene.lost] + scene.flying
    for arrow in others:
        kind = scene.events[arrow[0]].message.__class__.__name__
        first[kind] = min(arrow[0], first.get(kind, arrow[0]))
    return {kind: style(i) for i, kind in enumerate(sorted(first, key=first.__getitem__))}


def _typical(scene: Scene) -> float:
    """How long a message takes on average; a tenth of the picture when none arrived."""
    times = [arrow[5] - arrow[4] for arrows in scene.arrows.values() for arrow in arrows]
    return sum(times) / len(times) if times else (scene.end - scene.start) / 10
