"""A state machine as boxes and arrows: what a node can be, what moves it on, and who is where now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape
from math import atan2, pi
from typing import TYPE_CHECKING, Any

from distlab.figures import look, steer, text
from distlab.figures.look import MARGIN
from distlab.figures.picture import Picture, frame
from distlab.figures.place import Box
from distlab.figures.sentences import plural
from distlab.figures.shapes import TURN, heads
from distlab.figures.things import names, word
from distlab.figures.title import Header
from distlab.figures.transitions import RECOVERS, transitions
from distlab.trace import Trace

if TYPE_CHECKING:
    import networkx

TALL, PAD, LABEL, WHO = 30, 14, 12, 16  # pixels: a box, its sides, words on arrows, room for names under it
MOST_REASONS = 3


def state_machine(
    machine: networkx.DiGraph[Any] | Trace | Iterable[Trace],
    lit: Mapping[str, str] | Collection[str] | str = (),
    title: str | None = None,
    subtitle: str | None = None,
    *,
    nodes: Collection[str] | None = None,
    direction: str = "right",
    width: int | None = None,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a state machine.

    Parameters
    ----------
    machine : networkx.DiGraph, or Trace, or iterable of Trace
        A graph of states: ``first`` marks where it begins, ``why`` on an edge (a text, or several) what takes it.
        Of traces the machine is learned (`transitions`).
    lit : str, collection of str, or mapping of node to state
        The current state; a mapping (such as ``trace.final``) also writes at each state who is in it.
    title, subtitle : str, optional
        ``""`` for none.
    nodes : collection of str, optional
        With traces: whose machine.
    direction : {"right", "down"}
    width : int, optional
        Pixels; by default as wide as it needs to be.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        When there is no state, a lit one is unknown, or the direction is another one.
    """
    graph = _graph(machine, nodes)
    if direction not in ("right", "down"):
        raise ValueError(f"a state machine runs 'right' or 'down', not {direction!r}")
    head = _head(graph, title, subtitle)
    return _picture(Drawing(graph, direction == "down", where(graph, lit)), head, width, look.of(theme))


def panel(graph: networkx.DiGraph[Any], width: int, tints: Mapping[str, str]) -> Picture:
    """A state machine without a title, running down, with room to write at each state who is in it: for a player.

    Parameters
    ----------
    graph : networkx.DiGraph
    width : int
        Pixels.
    tints : mapping of str to str
        The colours that states have elsewhere.
    """
    room = text.width(names(graph.graph.get("nodes") or ["node"]), LABEL, True) + 4
    drawing = Drawing(_graph(graph, None), True, {}, min(room, 70.0), tints)
    return _picture(drawing, Header("", ""), width, look.of())


def _picture(drawing: Drawing, head: Header, width: int | None, look_: look.Look) -> Picture:
    """The drawing under its title, centred where it runs down."""
    wide = width or round(max(drawing.wide, min(head.wide, look.WIDTH - 2 * MARGIN)) + 2 * MARGIN)
    bare = not (head.title or head.subtitle)
    margin = 6.0 if bare else float(MARGIN)
    top = 8.0 if bare else head.draw(wide - 2 * margin) + 6
    scale = min(1.0, (wide - 2 * margin) / drawing.wide)
    left = max(margin, (wide - scale * drawing.wide) / 2) if drawing.down else margin
    shift = f'<g transform="translate({left:.1f},{top:.1f}) scale({scale:.4g})">'
    words = f"{head.title or 'State machine'}: {drawing.words}"
    svg = "".join([*head.svg, shift, *drawing.svg, "</g>"])
    return Picture(frame(svg, wide, top + scale * drawing.tall + 8, look_, "machine", words), words, look_)


def _graph(machine: Any, nodes: Collection[str] | None) -> networkx.DiGraph[Any]:
    if hasattr(machine, "adj") and not machine.is_directed():
        raise TypeError("a state machine has arrows: give a networkx.DiGraph, not an undirected graph")
    graph = machine if hasattr(machine, "adj") else transitions(machine, nodes)
    if not len(graph):
        raise ValueError("this state machine has no state: give a networkx.DiGraph with at least one node")
    return graph


def where(
    machine: networkx.DiGraph[Any], lit: Mapping[str, str] | Collection[str] | str
) -> dict[str, list[str]]:
    """Who is in each lit state; nobody by name where only states are given.

    Raises
    ------
    ValueError
        When the machine has no such state.
    """
    given: dict[str, list[str]] = {}
    if isinstance(lit, Mapping):
        whose = machine.graph.get("nodes") or lit
        for node, state in lit.items():
            if state is not None and node in whose:
                given.setdefault(state, []).append(node)
    else:
        given = {state: [] for state in ([lit] if isinstance(lit, str) else lit)}
    known = {word(state) for state in machine}
    for state in given:
        if word(state) not in known:
            raise ValueError(
                f"there is no state {state!r} in this machine; there are {', '.join(sorted(known))}"
            )
    return {word(state): who for state, who in given.items()}


def _head(machine: networkx.DiGraph[Any], title: str | None, subtitle: str | None) -> Header:
    whose = machine.graph.get("nodes", ())
    if title is None:
        title = machine.graph.get("name") or (f"State machine of {names(whose)}" if whose else "")
    if subtitle is None:
        counted = f"{plural(len(machine), 'state')}, {plural(machine.number_of_edges(), 'transition')}"
        subtitle = counted if title else ""
    return Header(title, subtitle)


def reasons(why: Any, narrow: bool = False) -> list[str]:
    """What is written on an arrow, a line each; narrow ones have a message's field in a line of its own."""
    given = [why] if isinstance(why, str) else list(why or ())
    if len(given) > MOST_REASONS:
        given[MOST_REASONS - 1 :] = [f"or {len(given) - MOST_REASONS + 1} more"]
    if narrow and len(given) == 1 and text.width(given[0], LABEL) > 100 and given[0].endswith(")"):
        given = given[0][:-1].split("(", 1)
    return [text.fit(text.one_line(one), LABEL, 190) for one in given]


class Drawing:
    """The boxes and arrows.

    Attributes
    ----------
    svg : list of str
        With every state as ``data-state``, every transition as ``data-from`` and ``data-to``.
    wide, tall : float
    words : str
        The machine as a sentence.
    """

    def __init__(
        self,
        machine: networkx.DiGraph[Any],
        down: bool,
        lit: dict[str, list[str]],
        room: float = 24.0,
        tints: Mapping[str, str] | None = None,
    ) -> None:
        self.machine, self.down, self.lit, self.room = machine, down, lit, room
        self.labels = {(u, v): reasons(why, down) for u, v, why in machine.edges(data="why")}
        self.tints = look.bands([word(state) for state in machine]) | dict(tints or {})
        self.boxes = self._boxes(steer.layers(machine))
        names_ = {state: self._names(state)[0] for state in self.boxes}
        ways = steer.curves(self.boxes, list(machine.edges), names_)
        taken = [Box(b.left - 3, b.top - 3, b.right + 3, b.bottom + 3) for b in self.boxes.values()]
        taken += names_.values()
        sizes = {edge: self._label_size(lines) for edge, lines in self.labels.items() if lines}
        self.spots = steer.labels(ways, sizes, taken)
        self._to_corner(ways)
        arrows = [self._arrow(u, v, ways[u, v]) for u, v in machine.edges]
        begins = [self._begin(state) for state, first in machine.nodes(data="first") if first]
        self.svg = [self._moved, *arrows, *begins, *map(self._state, machine), "</g>"]
        moves = [f"{word(u)} → {word(v)}" + self._because(u, v) for u, v in machine.edges]
        now = [f"now {state}" + (f" ({names(who)})" if who else "") for state, who in lit.items()]
        self.words = "; ".join([*(moves or map(word, machine)), *now])

    def _because(self, u: Any, v: Any) -> str:
        return f" ({' or '.join(self.labels[u, v])})" if self.labels[u, v] else ""

    def _label_size(self, lines: list[str]) -> tuple[float, float]:
        return max([text.width(line, LABEL) for line in lines], default=0.0) + 4, 15.0 * len(lines) + 1

    def _boxes(self, rows: list[list[Any]]) -> dict[Any, Box]:
        """The states in layers, with room between them for what is written on the arrows."""
        sizes = {s: max(64.0, text.width(word(s), 13, True) + 2 * PAD) for s in self.machine}
        boxes, along = {}, 0.0
        for i, row in enumerate(rows):
            deep = TALL if self.down else max(sizes[s] for s in row)
            steps = [(sizes[s] if self.down else TALL) for s in row]
            gap = self._beside(row) if self.down else 58.0
            across = -(sum(steps) + gap * (len(row) - 1)) / 2
            for state, step in zip(row, steps, strict=True):
                x, y = (across, along) if self.down else (along + (deep - sizes[state]) / 2, across)
                boxes[state] = Box(x, y, x + sizes[state], y + TALL)
                across += step + gap
            along += deep + self._gap(row, rows[i + 1] if i + 1 < len(rows) else [])
        return boxes

    def _beside(self, row: list[Any]) -> float:
        """Room between two states of a layer, for names and for what is written on the arrows to them."""
        wide = [self._label_size(self.labels[u, v])[0] for u, v in self.machine.edges if v in row]
        return min(max([46.0, *(0.6 * one for one in wide)]), 130.0)

    def _gap(self, row: list[Any], following: list[Any]) -> float:
        """Room between two layers."""
        between = [(u, v) for u in row for v in following if self.machine.has_edge(u, v)]
        between += [(u, v) for u in following for v in row if self.machine.has_edge(u, v)]
        most = [self._label_size(self.labels[edge]) for edge in between] or [(0.0, 0.0)]
        if self.down:
            return max(48.0, max(tall for _, tall in most) + 32)
        return min(max(70.0, max(wide for wide, _ in most) + 34), 230.0)

    def _to_corner(self, ways: dict[tuple[Any, Any], steer.Curve]) -> None:
        """Measure all of it, and move it so that it begins at (0, 0)."""
        boxes = [
            Box(b.left - 26 * self._first(s) - 6, b.top - 6, b.right + 6, b.bottom)
            for s, b in self.boxes.items()
        ]
        boxes += [*self.spots.values(), *(self._names(state)[0] for state in self.boxes)]
        xs = [x for way in ways.values() for x, _ in way.points] + [
            x for b in boxes for x in (b.left, b.right)
        ]
        ys = [y for way in ways.values() for _, y in way.points] + [
            y for b in boxes for y in (b.top, b.bottom)
        ]
        self.wide, self.tall = max(xs) - min(xs) + 4, max(ys) - min(ys) + 4
        self._moved = f'<g transform="translate({2 - min(xs):.1f},{2 - min(ys):.1f})">'

    def _first(self, state: Any) -> int:
        return int(bool(self.machine.nodes[state].get("first")))

    def _arrow(self, u: Any, v: Any, way: steer.Curve) -> str:
        (x0, y0), (x1, y1), (x2, y2) = way
        angle = int(atan2(y2 - y1, x2 - x1) * TURN / (2 * pi)) % TURN
        dx, dy, head = heads("filled", 9.0)[angle]
        only = self.labels[u, v] == [RECOVERS]
        dash = ' stroke-dasharray="5 4"' if only else ""
        end = f"{x2 - dx / 10:.1f},{y2 - dy / 10:.1f}"
        parts = [f'<g class="move" data-from="{escape(word(u))}" data-to="{escape(word(v))}">']
        paint = f'stroke="var(--slate)" stroke-width="1.5" fill="none"{dash}'
        parts.append(f'<path class="way" d="M{x0:.1f},{y0:.1f}Q{x1:.1f},{y1:.1f} {end}" {paint}/>')
        parts.append(f'<path class="tip" d="M{end}{head}" fill="var(--slate)"/>')
        for i, line in enumerate(self.labels[u, v]):
            spot = self.spots[u, v]
            middle = (spot.left + spot.right) / 2
            parts.append(
                text.svg(middle, spot.top + 12 + 15 * i, line, LABEL, anchor="middle", halo="ground")
            )
        return "".join(parts) + "</g>"

    def _begin(self, state: Any) -> str:
        """A dot and an arrow: here it begins."""
        box = self.boxes[state]
        _, y = steer.centre(box)
        dx, _, head = heads("filled", 8.0)[0]
        end = f"{box.left - 4 - dx / 10:.1f}"
        return (
            f'<circle cx="{box.left - 22:.1f}" cy="{y:.1f}" r="4" fill="var(--ink)"/>'
            f'<path d="M{box.left - 20:.1f},{y:.1f}H{end}" stroke="var(--ink)" stroke-width="1.5"/>'
            f'<path d="M{end},{y:.1f}{head}" fill="var(--ink)"/>'
        )

    def _state(self, state: Any) -> str:
        """A box in the colour that the state has in every picture; doubled where no way leads on."""
        box, name = self.boxes[state], word(state)
        shown = " lit" if name in self.lit else ""
        parts = [f'<g class="box{shown}" data-state="{escape(name)}">']
        if shown:
            look_ = 'rx="11" fill="none" stroke="var(--ink)" stroke-width="3"'
            parts.append(f'<rect class="halo" {_around(box, 4)} {look_}/>')
        look_ = f'fill="var(--band-{self.tints[name]})" stroke="var(--slate)" stroke-width="1.2"'
        parts.append(f'<rect class="body" {_around(box, 0)} rx="8" {look_}/>')
        if not self.machine.succ[state] and len(self.machine) > 1:
            parts.append(
                f'<rect {_around(box, -3)} rx="5.5" fill="none" stroke="var(--slate)" stroke-width="1"/>'
            )
        middle = (box.left + box.right) / 2
        parts.append(text.svg(middle, box.top + 19.5, name, 13, anchor="middle", bold=True))
        _, x, y, who = self._names(state)
        ends = "start" if self.down else "middle"
        parts.append(text.svg(x, y, who, 12, anchor=ends, bold=True, halo="ground", extra='class="who"'))
        return "".join(parts) + "</g>"

    def _names(self, state: Any) -> tuple[Box, float, float, str]:
        """Who is in a state: where that is written (beside the box or under it), and what."""
        box, who = self.boxes[state], text.fit(names(self.lit.get(word(state), ())), LABEL, 150, True)
        wide = max(text.width(who, LABEL, True), self.room)
        if self.down:
            x, y = box.right + 8, box.top + 19
            return Box(x, box.top + 4, x + wide, box.bottom - 4), x, y, who
        x, y = (box.left + box.right) / 2, box.bottom + 17
        return Box(x - wide / 2, box.bottom + 3, x + wide / 2, box.bottom + WHO + 5), x, y, who


def _around(box: Box, by: float) -> str:
    """A rectangle some pixels wider than a box all round."""
    size = f'width="{box.right - box.left + 2 * by:.1f}" height="{box.bottom - box.top + 2 * by:.1f}"'
    return f'x="{box.left - by:.1f}" y="{box.top - by:.1f}" {size}'
