"""Who owns which part of the circle, where the keys lie, and which of them have moved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import cos, pi, sin
from typing import Any, Protocol

from distlab.figures import look, text
from distlab.figures.bars import bars
from distlab.figures.look import LINES, MARGIN
from distlab.figures.picture import Picture, frame
from distlab.figures.title import Header

RADIUS, THICK, GAP = 172.0, 17.0, 1.2  # pixels
DOTS = 320  # at most about so many; each stands for several keys where there are more


class Ring(Protocol):
    """What can be drawn: anything that cuts a circle into arcs and puts keys on it."""

    nodes: tuple[str, ...]

    def arcs(self) -> Sequence[Any]:
        """Pieces of the circle with ``start``, ``end`` and ``node``."""

    def positions_of(self, keys: Any) -> Any:
        """Where keys lie, as fractions of the circle."""

    def owners_of(self, keys: Any) -> Any:
        """The node of each key."""


def ring(
    now: Ring,
    keys: Sequence[Any],
    *,
    before: Ring | None = None,
    title: str | None = None,
    subtitle: str | None = None,
    expected: float | None = None,
    band: tuple[float, float] | None = None,
    because: str = "",
    ideal: float | None = None,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a hash ring with its keys, and beside it how many keys each node has.

    Parameters
    ----------
    now : Ring
        As `distlab.HashRing` is.
    keys : sequence of key
    before : Ring, optional
        The ring as it was: keys whose owner has changed are drawn large and counted in the middle.
    title, subtitle : str, optional
        By default what was counted.
    expected, band, because
        For the bars: a line, a grey band, and what they are (theory, computed independently).
    ideal : float, optional
        The share of keys that had to move, for the middle.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture
    """
    owners = list(now.owners_of(keys))
    was = owners if before is None else list(before.owners_of(keys))
    moved = [a != b for a, b in zip(was, owners, strict=True)]
    names = list(dict.fromkeys([*(before.nodes if before is not None else ()), *now.nodes]))
    colours = {name: LINES[i % len(LINES)] for i, name in enumerate(names)}
    share = sum(moved) / max(1, len(keys))
    per = max(1, -(-len(keys) // DOTS))
    if title is None:
        title = "Who owns which part of the circle" if before is None else _moves(owners, moved, share)
    if subtitle is None:
        subtitle = f"{_count(len(now.nodes), 'node')} · {_count(len(keys), 'key')}"
        subtitle += f" · one dot is {per} keys" if per > 1 else ""
    head = Header(title, subtitle)
    look_ = look.of(theme)
    top = head.draw(look.WIDTH - 2 * MARGIN)
    cx, cy = MARGIN + 52 + RADIUS, top + 34 + RADIUS
    arcs = now.arcs()
    svg = [*head.svg, *_arcs(arcs, colours, cx, cy), *_names(arcs, colours, cx, cy)]
    order = sorted(range(len(keys)), key=now.positions_of(keys).__getitem__)
    svg += _dots(order[::per], now.positions_of(keys), owners, moved, colours, cx, cy)
    svg += _middle(before, share, ideal, len(keys), cx, cy)
    load = {name: sum(owner == name for owner in owners) for name in names}
    side = bars(
        load,
        title="Keys per node",
        expected=expected,
        band=band,
        because=because,
        colours=colours,
        width=look.WIDTH - 470,
        theme=look_,
    )
    height = max(cy + RADIUS + 40, top + side.size[1] + 10)
    svg.append(re.sub("<svg ", f'<svg x="470" y="{top + 6:.0f}" ', side.svg, count=1))
    words = f"{head.title} ({head.subtitle}): " + ", ".join(f"{name} {n:,}" for name, n in load.items())
    return Picture(frame("".join(svg), look.WIDTH, height, look_, "ring", words), words, look_)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _moves(owners: Sequence[str], moved: Sequence[bool], share: float) -> str:
    """What happened: how many keys moved, and whether one node took them all."""
    takers = {owner for owner, has_moved in zip(owners, moved, strict=True) if has_moved}
    to_whom = f", all of them to {takers.pop()}" if len(takers) == 1 else ""
    return f"{100 * share:.1f} % of the keys move{to_whom}"


def _at(fraction: float, radius: float, cx: float, cy: float) -> tuple[float, float]:
    """A place on the circle: fraction 0 is at the top, and the circle goes clockwise."""
    angle = 2 * pi * fraction
    return cx + radius * sin(angle), cy - radius * cos(angle)


def _arcs(arcs: Sequence[Any], colours: dict[str, str], cx: float, cy: float) -> list[str]:
    svg: list[str] = []
    gap = GAP / (2 * pi * RADIUS)
    for arc in arcs:
        size = arc.end - arc.start
        start, end = (arc.start + gap, arc.end - gap) if size > 4 * gap else (arc.start, arc.end)
        end = min(end, start + 0.9999)
        large = int(end - start > 0.5)
        (x0, y0), (x1, y1) = _at(start, RADIUS, cx, cy), _at(end, RADIUS, cx, cy)
        (x2, y2), (x3, y3) = _at(end, RADIUS - THICK, cx, cy), _at(start, RADIUS - THICK, cx, cy)
        outer = f"M{x0:.1f},{y0:.1f}A{RADIUS:g},{RADIUS:g} 0 {large} 1 {x1:.1f},{y1:.1f}"
        inner = f"L{x2:.1f},{y2:.1f}A{RADIUS - THICK:g},{RADIUS - THICK:g} 0 {large} 0 {x3:.1f},{y3:.1f}Z"
        svg.append(f'<path class="arc" d="{outer}{inner}" fill="var(--{colours[arc.node]})"/>')
    return svg


def _names(arcs: Sequence[Any], colours: dict[str, str], cx: float, cy: float) -> list[str]:
    """Each node's name at its widest arc that has room, so that colour does not stand alone."""
    svg: list[str] = []
    taken: list[tuple[float, float]] = []
    widest = sorted(arcs, key=lambda arc: arc.start - arc.end)
    for node in dict.fromkeys(arc.node for arc in widest):
        own = [_at((arc.start + arc.end) / 2, RADIUS + 12, cx, cy) for arc in widest if arc.node == node]
        free = [(x, y) for x, y in own if all(abs(x - a) > 64 or abs(y - b) > 16 for a, b in taken)]
        x, y = (free or own)[0]
        taken.append((x, y))
        side = "middle" if abs(x - cx) < 40 else "start" if x > cx else "end"
        svg.append(text.svg(x, y + 4, text.fit(node, 12, 60), 12, anchor=side, fill=colours[node]))
    return svg


def _dots(
    shown: Sequence[int],
    positions: Any,
    owners: list[str],
    moved: list[bool],
    colours: dict[str, str],
    cx: float,
    cy: float,
) -> list[str]:
    svg: dict[tuple[str, bool], list[str]] = {}
    for place, i in enumerate(shown):
        x, y = _at(float(positions[i]), RADIUS - THICK - 12 - 7 * (place % 4), cx, cy)
        r = 3.4 if moved[i] else 2.1
        svg.setdefault((colours[owners[i]], moved[i]), []).append(
            f"M{x - r:.1f},{y:.1f}a{r},{r} 0 1 0 {2 * r},0a{r},{r} 0 1 0 {-2 * r},0"
        )
    return [
        f'<path class="keys" d="{"".join(paths)}" fill="var(--{colour})" fill-opacity="{1 if has_moved else 0.45}"/>'
        for (colour, has_moved), paths in svg.items()
    ]


def _middle(
    before: Ring | None, share: float, ideal: float | None, keys: int, cx: float, cy: float
) -> list[str]:
    """The one figure that matters."""
    if before is None:
        return [
            text.svg(cx, cy + 4, f"{keys:,}", 30, anchor="middle", bold=True),
            text.svg(cx, cy + 26, "key" if keys == 1 else "keys", 14, anchor="middle", fill="muted"),
        ]
    lines = [
        text.svg(cx, cy, f"{100 * share:.1f} %", 30, anchor="middle", bold=True),
        text.svg(cx, cy + 22, "of keys moved", 14, anchor="middle", fill="muted"),
    ]
    if ideal is not None:
        lines.append(text.svg(cx, cy + 42, f"ideal {100 * ideal:.1f} %", 12, anchor="middle", fill="muted"))
    return lines
