"""The worlds of a small search, one column for each step, and the way to what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean
from typing import TYPE_CHECKING, Any

from distlab.figures import look, text
from distlab.figures.look import MARGIN, SMALL
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.title import Header

if TYPE_CHECKING:
    import networkx

MOST = 600  # worlds: beyond that a drawing is a grey cloud
SWEEPS = 8  # over the columns, to untangle the edges
TALL, CLOSE, WIDE = 380.0, 8.0, 26.0  # the most pixels for a column; between two worlds, at least and at most
LINE = 19.0  # a step in words

Place = tuple[float, float]


def state_space(
    graph: networkx.DiGraph,
    title: str | None = None,
    subtitle: str | None = None,
    *,
    width: int = 760,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw all worlds that a search found, and the steps between them.

    A world stands in the column of the step in which it is first reached; a world that nothing changes any
    more has a ring around it; steps that are faults are dashed. The violating run is lit, and its steps are
    written out below.

    Parameters
    ----------
    graph : networkx.DiGraph
        As `Exploration.graph` gives it.
    title, subtitle : str, optional
        By default what was counted.
    width : int
        Pixels.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        When the graph has no worlds, too many, or none with a depth.
    """
    if not 0 < len(graph) <= MOST:
        raise ValueError(f"a drawing shows 1 to {MOST} worlds; this graph has {len(graph):,}")
    if any("depth" not in about for _, about in graph.nodes(data=True)):
        raise ValueError("each world needs its depth: draw what explore(...).graph() gives")
    look_, way = look.of(theme), _way(graph)
    counted = f"{plural(len(graph), 'world')}, {plural(graph.number_of_edges(), 'step')} between them"
    columns = _columns(graph)
    deep = f"{plural(len(columns) - 1, 'step')} to the farthest"
    head = Header(
        title or counted, subtitle if subtitle is not None else deep if not title else f"{counted}, {deep}"
    )
    top = head.draw(width - 2 * MARGIN) + 16
    most = max(map(len, columns))
    pitch = min(WIDE, max(CLOSE, TALL / most))
    places = _places(columns, width, top, pitch, most)
    size = min(5.5, 0.36 * pitch)
    bottom = top + pitch * (most - 1) + 14
    svg = [*head.svg, *_edges(graph, places, lit=False), *_worlds(graph, places, size, lit=False)]
    svg += [*_edges(graph, places, lit=True), *_worlds(graph, places, size, lit=True)]
    svg += _legend(graph, bottom + 16)
    steps = [_words(graph, one, other) for one, other in way]
    bottom += 30 + LINE * len(steps) + (8 if steps else 0)
    for number, words in enumerate(steps, start=1):
        y = bottom - LINE * (len(steps) - number) - 6
        svg.append(text.svg(MARGIN + 20, y, f"{number}", 13, fill="red", anchor="end", bold=True))
        svg.append(text.svg(MARGIN + 30, y, text.fit(words, 13, width - 2 * MARGIN - 30), 13))
    said = f"State space: {head.title}; {head.subtitle}" + (f"; lit: {'; '.join(steps)}" if steps else "")
    return Picture(frame("".join(svg), width, bottom + 6, look_, "state-space", said), said, look_)


def _columns(graph: networkx.DiGraph) -> list[list[Any]]:
    """The worlds by depth, each column in an order that lets few edges cross (the barycentre method)."""
    columns: list[list[Any]] = [[] for _ in range(1 + max(depth for _, depth in graph.nodes(data="depth")))]
    for world, depth in graph.nodes(data="depth"):
        columns[depth].append(world)
    row = {world: k / len(column) for column in columns for k, world in enumerate(column)}
    for sweep in range(SWEEPS):
        order = range(1, len(columns)) if sweep % 2 == 0 else range(len(columns) - 2, -1, -1)
        neighbours = graph.pred if sweep % 2 == 0 else graph.succ
        for depth in order:
            before = depth - 1 if sweep % 2 == 0 else depth + 1
            pull = {}
            for world in columns[depth]:
                near = [row[other] for other in neighbours[world] if graph.nodes[other]["depth"] == before]
                pull[world] = mean(near) if near else row[world]
            columns[depth].sort(key=lambda world: (pull[world], world))
            row |= {world: (k + 0.5) / len(columns[depth]) for k, world in enumerate(columns[depth])}
    return columns


def _places(columns: list[list[Any]], width: int, top: float, pitch: float, most: int) -> dict[Any, Place]:
    """Where each world stands: columns from left to right, each centred."""
    left, right = MARGIN + 12, width - MARGIN - 12
    across = (right - left) / max(1, len(columns) - 1)
    middle = top + pitch * (most - 1) / 2
    return {
        world: (left + across * depth, middle + pitch * (k - (len(column) - 1) / 2))
        for depth, column in enumerate(columns)
        for k, world in enumerate(column)
    }


def _way(graph: networkx.DiGraph) -> list[tuple[Any, Any]]:
    """The lit steps, in their order from the first world."""
    left = [(one, other) for one, other, lit in graph.edges(data="lit") if lit]
    at = next(
        (world for world, about in graph.nodes(data=True) if about.get("initial") and about.get("lit")), None
    )
    way: list[tuple[Any, Any]] = []
    while left:
        step = next((edge for edge in left if edge[0] == at), None)
        if step is None:
            break
        left.remove(step)
        way.append(step)
        at = step[1]
    return way


def _words(graph: networkx.DiGraph, one: Any, other: Any) -> str:
    """What happens in a step; where several do the same, one of them."""
    return text.one_line(graph.edges[one, other]["what"][0])


def _edges(graph: networkx.DiGraph, places: dict[Any, Place], lit: bool) -> Iterator[str]:
    """The steps: forward ones straight, those to a world of the same or an earlier column bent."""
    for fault in (False, True):
        path = "".join(
            _line(places[one], places[other])
            for one, other, about in graph.edges(data=True)
            if one != other and bool(about["lit"]) == lit and about["fault"] == fault
        )
        if path:
            colour = (
                'stroke="var(--red)" stroke-width="2.2"'
                if lit
                else 'stroke="var(--muted)" stroke-opacity=".45"'
            )
            dash = ' stroke-dasharray="4 3"' if fault else ""
            kind = "way" if lit else "steps"
            yield f'<path class="{kind}" d="{path}" fill="none" {colour}{dash}/>'


def _line(one: Place, other: Place) -> str:
    (x0, y0), (x1, y1) = one, other
    if x1 > x0:
        return f"M{x0:.1f},{y0:.1f}L{x1:.1f},{y1:.1f}"
    bend = 14 + 0.12 * (x0 - x1)
    return f"M{x0:.1f},{y0:.1f}Q{(x0 + x1) / 2 + bend:.1f},{(y0 + y1) / 2 - bend:.1f} {x1:.1f},{y1:.1f}"


def _worlds(graph: networkx.DiGraph, places: dict[Any, Place], size: float, lit: bool) -> Iterator[str]:
    """The worlds: dots, the last ones of a run with a ring; the end of a violating run is a cross in a ring."""
    end = [other for _, other in _way(graph)][-1:] if lit else []
    for world, about in graph.nodes(data=True):
        if bool(about["lit"]) != lit:
            continue
        x, y = places[world]
        colour = "red" if lit else "blue" if about["initial"] else "slate"
        title = f"<title>{text.one_line(about['label']).replace('&', '&amp;').replace('<', '&lt;')}</title>"
        ring = about["final"] or world in end
        yield f'<g class="world" data-world="{world}">{title}'
        if ring:
            stroke = f'fill="var(--ground)" stroke="var(--{colour})" stroke-width="1.4"'
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size + 2.5:.1f}" {stroke}/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="var(--{colour})"/></g>'


def _legend(graph: networkx.DiGraph, y: float) -> list[str]:
    """What the shapes are, as far as they are in the picture."""
    begins = any(about["initial"] and not about["lit"] for _, about in graph.nodes(data=True))
    entries = [("blue", False, "where it begins")] if begins else []
    if any(about["final"] for _, about in graph.nodes(data=True)):
        entries.append(("slate", True, "nothing but faults changes it any more"))
    if any(lit for *_, lit in graph.edges(data="lit")):
        entries.append(("red", False, "a shortest way to what went wrong"))
    svg, x = [], MARGIN + 6.0
    for colour, ring, words in entries:
        if ring:
            svg.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="none" stroke="var(--{colour})" stroke-width="1.4"/>'
            )
        svg.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="var(--{colour})"/>')
        svg.append(text.svg(x + 12, y + 4, words, SMALL, fill="muted"))
        x += 12 + text.width(words, SMALL) + 22
    if any(about["fault"] for *_, about in graph.edges(data=True)):
        svg.append(
            f'<path d="M{x:.1f},{y:.1f}h22" stroke="var(--muted)" stroke-dasharray="4 3" fill="none"/>'
        )
        svg.append(text.svg(x + 29, y + 4, "a fault", SMALL, fill="muted"))
    return svg
