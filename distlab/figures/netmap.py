"""The parts of a network's picture: cables, nodes, names, and the line that explains them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from html import escape
from math import atan2, pi, sqrt
from typing import Any

from distlab.figures import places, text
from distlab.figures.look import MARGIN
from distlab.figures.place import Box, Free
from distlab.figures.shapes import TURN, cross, heads
from distlab.figures.state import Edge, Node, State

TINTS = ("blue", "orange", "green", "purple", "sky", "yellow")
THICK = 7.0  # pixels, for the cable with the largest load
LARGE = 14.0  # pixels of radius, for the node with the largest load
SMALL = 10
ROW = 24


class Layout:
    """Where everything is.

    Attributes
    ----------
    there : dict of node to (x, y)
    radius : dict of node to float
    names : list of (node, Name)
    bottom : float
        Of the whole picture.
    """

    def __init__(
        self,
        state: State,
        labels: bool | Collection[Node],
        load: Mapping[Any, float],
        wide: float,
        tall: float | None,
        top: float,
    ) -> None:
        if wide < 240:
            raise ValueError(f"a network needs at least 240 pixels of width, not {wide!r}")
        self.load = loads(state, load)
        self.wide, self.top = wide, top + 6
        given = places.positions(state.graph)
        self.size = 13 if len(state.nodes) <= 14 else 12 if len(state.nodes) <= 30 else 11
        shown = set(state.nodes if labels is True else labels or ())
        words = {node: text.fit(str(node), self.size, 130) if node in shown else "" for node in state.nodes}
        beside = max([text.width(word, self.size) for word in words.values()], default=0.0)
        margins = (min(24 + 0.75 * beside, wide / 4), 30.0)
        self.tall = (tall - self.top - ROW) if tall else places.height(state.graph, given, wide, margins)
        self.there = {
            n: (x, y + self.top) for n, (x, y) in places.fit(given, wide, self.tall, margins).items()
        }
        most = (
            max([v for key, v in self.load.items() if key in state.graph], default=0.0) if self.load else 0.0
        )
        self.radius = {n: self._radius(self.load.get(n, 0.0), most) for n in state.nodes}
        self.names = self._names(state, words)
        self.bottom = self.top + self.tall + ROW

    @staticmethod
    def _radius(load: float, most: float) -> float:
        return 5.0 if not most else 3.5 + (LARGE - 3.5) * sqrt(load / most)

    def _names(self, state: State, words: dict[Node, str]) -> list[tuple[Node, str, places.Name]]:
        order = {node: i for i, node in enumerate(state.nodes)}
        named = places.names(
            tuple(words[node] for node in state.nodes),
            tuple(self.there[node] for node in state.nodes),
            tuple(self.radius[node] for node in state.nodes),
            tuple((order[u], order[v]) for u, v in state.edges),
            self.size,
            (4.0, self.top - 8, self.wide - 4.0, self.top + self.tall),
        )
        return [(n, words[n], name) for n, name in zip(state.nodes, named, strict=True) if name and words[n]]

    def line(self, edge: Edge) -> tuple[float, float, float, float]:
        """From which pixel to which a cable goes."""
        return (*self.there[edge[0]], *self.there[edge[1]])


def loads(state: State, load: Mapping[Any, float]) -> dict[Any, float]:
    """The loads by node, and by edge as the graph has it.

    Raises
    ------
    ValueError
        When something has a load that is not in the network, or one below zero.
    """
    known = {}
    for key, value in load.items():
        if not value >= 0:
            raise ValueError(f"the load of {key!r} is zero or more, not {value!r}")
        known[
            key if key in state.graph else state.edge(*key) if isinstance(key, tuple) else state.node(key)
        ] = value
    return known


def draw(state: State, layout: Layout, km_per_ms: float | None) -> Iterator[str]:
    """The map, from the ground up."""
    yield from _tints(state, layout)
    yield from _cables(state, layout)
    yield from _way(state, layout)
    if km_per_ms or (len(state.edges) <= 20 and any(edge in layout.load for edge in state.edges)):
        yield from _numbers(state, layout, km_per_ms)
    yield from _nodes(state, layout)
    for node, word, name in layout.names:
        yield from _name(state, layout, node, word, name)


def _name(state: State, layout: Layout, node: Node, word: str, name: places.Name) -> Iterator[str]:
    """A node's name; a stroke leads to it where it stands further off."""
    if name.far:
        (x, y), r = layout.there[node], layout.radius[node]
        dx, dy = min(max(x, name.x), name.x + name.wide) - x, name.y - 0.35 * layout.size - y
        part = r / sqrt(dx * dx + dy * dy)
        line = f"M{x + part * dx:.1f},{y + part * dy:.1f}L{x + dx:.1f},{y + dy:.1f}"
        yield f'<path d="{line}" stroke="var(--muted)" stroke-width="0.8" fill="none"/>'
    ink, ends = "muted" if node in state.removed else "ink", (*state.path[:1], *state.path[-1:])
    yield text.svg(name.x, name.y, word, layout.size, fill=ink, halo="ground", bold=node in ends)


def _tints(state: State, layout: Layout) -> Iterator[str]:
    """A soft ground under each part."""
    for i, part in enumerate(state.parts):
        if len(part) < 2:
            continue
        inside = [e for e in state.edges if state.part.get(e[0]) == state.part.get(e[1]) == i]
        lines = [layout.line(e) for e in inside if e not in state.cut and e not in state.dead]
        strokes = [
            f"M{x:.1f},{y:.1f}h.1" for x, y in (layout.there[n] for n in part if n not in state.removed)
        ]
        strokes += [f"M{a:.1f},{b:.1f}L{c:.1f},{d:.1f}" for a, b, c, d in lines]
        look = f'stroke="var(--band-{tint(state, i)})" stroke-width="34" stroke-opacity=".3" fill="none"'
        yield f'<path class="part" d="{"".join(strokes)}" {look} stroke-linecap="round" stroke-linejoin="round"/>'


def _cables(state: State, layout: Layout) -> Iterator[str]:
    most = max([layout.load.get(edge, 0.0) for edge in state.edges], default=0.0)
    for edge in state.edges:
        x0, y0, x1, y1 = layout.line(edge)
        path = f"M{x0:.1f},{y0:.1f}L{x1:.1f},{y1:.1f}"
        tag = f'data-u="{escape(str(edge[0]))}" data-v="{escape(str(edge[1]))}"'
        look = _look(edge, state, layout.load.get(edge, 0.0) / most if most and edge in layout.load else None)
        yield f'<path class="link" {tag} d="{path}" {look} fill="none"/>'
        if edge in state.cut:
            middle = cross((x0 + x1) / 2, (y0 + y1) / 2, 5)
            yield f'<path d="{middle}" stroke="var(--ground)" stroke-width="5" fill="none"/>'
            yield f'<path d="{middle}" stroke="var(--red)" stroke-width="2.2" fill="none"/>'
        hit = 'stroke="var(--ground)" stroke-opacity="0" stroke-width="14"'  # easier to click
        yield f'<path class="hit" {tag} d="{path}" {hit} fill="none"/>'


def _look(edge: Edge, state: State, share: float | None) -> str:
    """How a cable is drawn; `share` of the largest load."""
    if edge in state.cut:
        return 'stroke="var(--red)" stroke-width="1.4" stroke-dasharray="4 4"'
    if edge in state.dead:
        return 'stroke="var(--muted)" stroke-opacity=".55" stroke-width="1.2" stroke-dasharray="1.5 4"'
    if share is not None:
        thick, strong = 1 + (THICK - 1) * share, 0.35 + 0.6 * share
        return f'stroke="var(--blue)" stroke-width="{thick:.1f}" stroke-opacity="{strong:.2f}"'
    return 'stroke="var(--slate)" stroke-opacity=".6" stroke-width="1.4"'


def _way(state: State, layout: Layout) -> Iterator[str]:
    """The path, with an arrow head in the middle of each cable."""
    if not state.steps:
        return
    points = "L".join([f"{x:.1f},{y:.1f}" for x, y in (layout.there[node] for node in state.path)])
    look = 'stroke="var(--amber)" stroke-width="3.6" stroke-linejoin="round" fill="none"'
    yield f'<path class="path" d="M{points}" {look}/>'
    for step in state.steps:
        x0, y0, x1, y1 = layout.line(step)
        dx, dy, head = heads("filled", 13.0)[int(atan2(y1 - y0, x1 - x0) * TURN / (2 * pi))]
        x, y = (x0 + x1) / 2 - dx / 20, (y0 + y1) / 2 - dy / 20
        look = 'fill="var(--amber)" stroke="var(--ground)" stroke-width=".8"'
        yield f'<path class="path" d="M{x:.1f},{y:.1f}{head}" {look}/>'


def _numbers(state: State, layout: Layout, km_per_ms: float | None) -> Iterator[str]:
    """Each cable's delay, or its load, beside it where there is room."""
    free = Free(Box(0, layout.top, layout.wide, layout.top + layout.tall))
    for node, (x, y) in layout.there.items():
        r = layout.radius[node] + 1
        free.take(Box(x - r, y - r, x + r, y + r))
    for _, _, name in layout.names:
        free.take(
            Box(name.x - 1, name.y - 0.8 * layout.size, name.x + name.wide + 1, name.y + 0.3 * layout.size)
        )
    for step in state.steps:
        x0, y0, x1, y1 = layout.line(step)
        free.take(Box((x0 + x1) / 2 - 7, (y0 + y1) / 2 - 7, (x0 + x1) / 2 + 7, (y0 + y1) / 2 + 7))
    for edge in state.edges:
        if edge in state.cut or edge in state.dead:
            continue
        if km_per_ms:
            km = state.graph.edges[edge].get("km")
            words = "" if km is None else f"{km / km_per_ms:.1f}"
        else:
            words = f"{layout.load[edge]:.4g}" if edge in layout.load else ""
        half, (x0, y0, x1, y1) = text.width(words, SMALL) / 2 + 2, layout.line(edge)
        spots = []
        for cost, part in ((0.0, 0.5), (0.1, 0.38), (0.1, 0.62), (0.2, 0.28), (0.2, 0.72)):
            x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
            spots.append((cost, Box(x - half, y - 6, x + half, y + 6)))
        box = free.best(spots, crossing=False) if words else None
        if box is not None:
            size = f'width="{box.right - box.left:.1f}" height="10" rx="3"'
            yield f'<rect x="{box.left:.1f}" y="{box.top + 1:.1f}" {size} fill="var(--ground)" fill-opacity=".9"/>'
            yield text.svg(box.left + 2, box.bottom - 2.5, words, SMALL, fill="muted")


def _nodes(state: State, layout: Layout) -> Iterator[str]:
    """The nodes, small ones last: where two overlap, both are seen."""
    ends = {*state.path[:1], *state.path[-1:]}
    for node in sorted(state.nodes, key=lambda node: -layout.radius[node]):
        (x, y), r = layout.there[node], layout.radius[node]
        tag = f'class="node" data-node="{escape(str(node))}"'
        if node in state.removed:
            look = 'fill="var(--ground)" stroke="var(--red)" stroke-width="1.5" stroke-dasharray="2.5 2"'
            yield f'<circle {tag} cx="{x:.1f}" cy="{y:.1f}" r="5" {look}/>'
            yield f'<path d="{cross(x, y, 2.6)}" stroke="var(--red)" stroke-width="1.5" fill="none"/>'
            continue
        part = state.part.get(node)
        fill = "blue" if node in layout.load else "ground"
        if part is not None:
            fill = f"band-{tint(state, part)}"
        if node in ends:
            fill = "amber"
        shape = 0 if part is None or len(state.parts[part]) == 1 else part
        yield _shape(shape, x, y, r, f'{tag} fill="var(--{fill})" stroke="var(--ink)" stroke-width="1.5"')


def tint(state: State, part: int) -> str:
    """The colour of a part; grey for a node that is alone."""
    return TINTS[part % len(TINTS)] if len(state.parts[part]) > 1 else "grey"


def _shape(part: int, x: float, y: float, r: float, look: str) -> str:
    """A node's shape says its part: circle, square, diamond, triangle; colour never alone."""
    kind = part % 4
    if kind == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" {look}/>'
    if kind == 1:
        path = f"M{x - 0.9 * r:.1f},{y - 0.9 * r:.1f}h{1.8 * r:.1f}v{1.8 * r:.1f}h{-1.8 * r:.1f}z"
    elif kind == 2:
        s = 1.25 * r
        path = f"M{x:.1f},{y - s:.1f}l{s:.1f},{s:.1f}l{-s:.1f},{s:.1f}l{-s:.1f},{-s:.1f}z"
    else:
        s = 1.2 * r
        path = f"M{x:.1f},{y - s:.1f}l{s:.1f},{1.75 * s:.1f}h{-2 * s:.1f}z"
    return f'<path d="{path}" {look}/>'


def legend(state: State, layout: Layout, unit: str, km_per_ms: float | None) -> Iterator[str]:
    """One line under the map: only what is in it."""
    x, y = float(MARGIN), layout.bottom - 14
    for look, word in _entries(state, layout, unit, km_per_ms):
        wide = 0
        if look.startswith("r="):
            wide = 22
            yield f'<circle cx="{x + 8:.1f}" cy="{y:.1f}" {look}/>'
        elif look:
            wide = 31
            yield f'<path d="M{x:.1f},{y:.1f}h24" {look} fill="none"/>'
        yield text.svg(x + wide, y + 4, word, 12, fill="muted")
        x += wide + text.width(word, 12) + 20


def _entries(state: State, layout: Layout, unit: str, km_per_ms: float | None) -> Iterator[tuple[str, str]]:
    """The legend's samples, as attributes, with their words."""
    cable = max([layout.load.get(edge, 0.0) for edge in state.edges], default=0.0)
    node = max([layout.load.get(node, 0.0) for node in state.nodes], default=0.0)
    if cable:
        yield f'stroke="var(--blue)" stroke-width="{THICK:g}" stroke-opacity=".95"', f"{cable:.4g} {unit}"
    if node:
        yield 'r="8" fill="var(--blue)" stroke="var(--ink)" stroke-width="1.5"', f"{node:.4g} {unit}"
    if state.cut:
        yield 'stroke="var(--red)" stroke-width="1.6" stroke-dasharray="4 4"', "cut"
    if state.removed:
        yield 'r="5" fill="none" stroke="var(--red)" stroke-width="1.5" stroke-dasharray="2.5 2"', "gone"
    if state.steps:
        yield 'stroke="var(--amber)" stroke-width="3.6"', "way"
    if km_per_ms:
        yield "", "numbers: ms, one way"
