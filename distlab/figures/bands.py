"""The nodes' lines of a space-time diagram: bands by state, gaps, and the small marks on them."""

from __future__ import annotations

from html import escape

from distlab.figures import text
from distlab.figures.layout import OVERHANG, Layout
from distlab.figures.place import Box
from distlab.figures.scene import Scene
from distlab.figures.shapes import clock, cross, hatch
from distlab.figures.things import Band, Mark

NARROW = 0.6  # pixels: states that last less are not drawn one by one


def tracks(scene: Scene, layout: Layout, colours: dict[str, str]) -> list[str]:
    """Every node's line: its name, its band, its states, its gaps."""
    left, wide = layout.left - OVERHANG, layout.right - layout.left + 2 * OVERHANG
    parts = []
    for name, upper in zip(scene.names, layout.upper, strict=True):
        parts.append(
            f'<rect class="track" data-node="{escape(name)}" x="{left:.1f}" y="{upper:.1f}" width="{wide:.1f}" '
            f'height="{layout.band:g}" rx="2.5" fill="var(--plain)"/>'
        )
    parts += states(scene, layout, colours)
    for row, middle in enumerate(layout.middle):
        parts.append(
            f'<path d="M{left:.1f},{middle:.1f}h{wide:.1f}" stroke="var(--ink)" stroke-opacity=".3" fill="none"/>'
        )
        place = (layout.left - OVERHANG - 14, middle + 0.36 * layout.name_size)
        parts.append(text.svg(*place, layout.names[row], layout.name_size, anchor="end", bold=True))
    return parts + gaps(scene, layout)


def states(scene: Scene, layout: Layout, colours: dict[str, str]) -> list[str]:
    """A coloured rectangle for each stretch of a state."""
    parts, reached = [], dict.fromkeys(range(len(scene.names)), 0.0)
    for band in scene.states:
        x0, x1 = extent(band, scene, layout)
        if x1 - max(x0, reached[band.row]) < NARROW:
            continue
        reached[band.row] = x1
        y, height, colour = layout.upper[band.row], layout.band, colours[band.what]
        parts.append(
            f'<rect class="state" data-e="{band.event}" x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0:.1f}" '
            f'height="{height:g}" rx="2.5" fill="var(--band-{colour})"/>'
        )
        lines = hatch(x0 + 1, x1 - 1, y + 1, y + height - 1, gap=9, lean=-1) if colour == "rose" else ""
        if lines:  # colour never alone
            look = 'stroke="var(--red)" stroke-opacity=".45" fill="none"'
            parts.append(f'<path class="state" data-e="{band.event}" d="{lines}" {look}/>')
    return parts


def gaps(scene: Scene, layout: Layout) -> list[str]:
    """Where a node was down: hatched; where it was paused: upright bars over its state."""
    parts = []
    for band in scene.gaps:
        x0, x1 = extent(band, scene, layout)
        y0, y1, wide = layout.upper[band.row], layout.lower[band.row], max(1.0, x1 - x0)
        if band.what == "down":
            look = 'fill="var(--ground)" stroke="var(--hair)"'
            lines = hatch(x0, x1, y0 + 0.5, y1 - 0.5)
            paint = 'stroke="var(--muted)" stroke-opacity=".55"'
        else:
            look = 'fill="var(--ground)" fill-opacity=".45" stroke="var(--slate)" stroke-opacity=".6"'
            lines = hatch(x0, x1, y0 + 2.5, y1 - 2.5, gap=5, lean=0)
            paint = 'stroke="var(--slate)" stroke-width="1.6" stroke-opacity=".6"'
        hatching = f'<path d="{lines}" fill="none" {paint}/>' if lines else ""
        parts.append(
            f'<g class="{band.what}" data-e="{band.event}"><rect x="{x0:.1f}" y="{y0 + 0.5:.1f}" width="{wide:.1f}" '
            f'height="{y1 - y0 - 1:.1f}" {look}/>{hatching}</g>'
        )
    return parts


def extent(band: Band, scene: Scene, layout: Layout) -> tuple[float, float]:
    """From which pixel to which a band reaches; one that began before, or lasts, reaches over the edge."""
    x0 = layout.left - OVERHANG if band.start <= scene.start else layout.x(band.start)
    x1 = layout.right + OVERHANG if band.end >= scene.end else layout.x(band.end)
    return x0, x1


def marks(scene: Scene, layout: Layout) -> tuple[list[str], list[Box]]:
    """Crosses, clocks and squares on the bands, side by side where they fall on one another.

    Returns
    -------
    list of str
        Their SVG.
    list of Box
        Where they are.
    """
    r = 4.0 if layout.band >= 13 else 3.0
    lines: list[list[Mark]] = [[] for _ in scene.names]
    for mark in scene.marks:
        lines[mark.row].append(mark)
    small = timers_are_small(scene)
    parts, boxes = [], []
    for row, line in enumerate(lines):
        if small:
            ticks = [layout.x(mark.at) for mark in line if mark.what == "timer"]
            parts.append(_ticks(ticks, layout.upper[row], layout.band))
            line = [mark for mark in line if mark.what != "timer"]
        y = layout.middle[row]
        for mark, x, need in _side_by_side(line, layout, r):
            parts.append(shape(mark.what, x, y, r, mark.event))
            boxes.append(Box(x - need, y - layout.band / 2, x + need, y + layout.band / 2))
    return parts, boxes


def timers_are_small(scene: Scene) -> bool:
    """Whether there are so many timers that they would hide the bands: then each is a stroke."""
    return sum([mark.what == "timer" for mark in scene.marks]) > max(24, 16 * len(scene.names))


def _ticks(places: list[float], upper: float, band: float) -> str:
    path = "".join([f"M{x:.1f},{upper + 1:.1f}v{band - 2:.1f}" for x in places])
    return (
        f'<path class="mark" d="{path}" stroke="var(--ink)" stroke-opacity=".6" fill="none"/>' if path else ""
    )


def _side_by_side(line: list[Mark], layout: Layout, r: float) -> list[tuple[Mark, float, float]]:
    """The marks of one node with their places and half their widths: in order, none far from its time."""
    placed: list[tuple[Mark, float, float]] = []
    right = 0.0
    for mark in line:
        need = r + 0.5 if mark.what in ("forced", "lazy") else 1.5 * r
        exact = layout.x(mark.at)
        x = max(exact, right + need)
        if x - exact <= 14 or mark.what == "crash":
            placed.append((mark, x, need))
            right = x + need
    limit = layout.right + OVERHANG
    for i in range(len(placed) - 1, -1, -1):  # what was pushed over the end comes back
        mark, x, need = placed[i]
        if x + need <= limit:
            break
        placed[i] = (mark, limit - need, need)
        limit -= 2 * need
    return placed


def shape(what: str, x: float, y: float, r: float, event: int | None = None) -> str:
    """One mark, around (x, y)."""
    tag = "" if event is None else f' data-e="{event}"'
    if what == "crash":
        path = cross(x, y, 1.25 * r)
        return (
            f'<path class="mark" d="{path}" stroke="var(--ground)" stroke-width="5" fill="none"{tag}/>'
            f'<path class="mark" d="{path}" stroke="var(--red)" stroke-width="2.4" fill="none"{tag}/>'
        )
    if what == "tick":
        return _ticks([x], y - 6, 12)
    if what in ("timer", "clock"):
        colour = "ink" if what == "timer" else "red"
        path = clock(x, y, 1.35 * r)
        wide = 1.4 if r >= 4 else 1.1
        look = f'fill="var(--ground)" stroke="var(--{colour})" stroke-width="{wide}"'
        return f'<path class="mark" d="{path}" {look}{tag}/>'
    fill = "ink" if what == "forced" else "ground"
    return (
        f'<rect class="mark" x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r:g}" height="{2 * r:g}" '
        f'fill="var(--{fill})" stroke="var(--ink)" stroke-width="1.2"{tag}/>'
    )
