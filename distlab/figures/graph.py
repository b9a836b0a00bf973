"""A network as a graph on its coordinates: cables with loads and delays, cuts, ways, the parts it falls into.

Built as SVG without matplotlib, because buttons and sliders redraw it. Nodes say who they are
(``data-node``), cables whom they join (``data-u``, ``data-v``), so that a widget knows what was clicked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from distlab.figures import look, text
from distlab.figures.look import MARGIN
from distlab.figures.netmap import Layout, draw, legend
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.state import Edge, Node, State
from distlab.figures.title import Header

if TYPE_CHECKING:
    import networkx


def network(
    graph: networkx.Graph,
    title: str | None = None,
    subtitle: str | None = None,
    *,
    load: Mapping[Any, float] | None = None,
    unit: str = "load",
    km_per_ms: float | None = None,
    cut: Iterable[Edge] = (),
    removed: Iterable[Node] = (),
    path: Sequence[Node] = (),
    parts: Iterable[Collection[Node]] | bool = True,
    labels: bool | Collection[Node] = True,
    width: int = 720,
    height: int | None = None,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a network.

    Parameters
    ----------
    graph : networkx.Graph
        Nodes may have ``pos``: longitude and latitude, or x and y; else they stand in a circle.
    title, subtitle : str, optional
        By default the graph's name, or what was counted; and what is cut.
    load : mapping of node or edge to float, optional
        Cables are drawn as thick as their load, nodes as large as theirs.
    unit : str
        What the load counts, for the legend.
    km_per_ms : float, optional
        Write on each cable how long a message takes over its ``km``, where there is room.
    cut : iterable of (node, node)
        Cables that are cut: dashed, with a cross.
    removed : iterable of node
        Nodes that are gone: hollow, their cables too.
    path : sequence of node
        A way through the network, to be seen.
    parts : iterable of sets of nodes, or bool
        Groups in tints and shapes of their own; True: the parts that the cuts leave, when there are several.
    labels : bool, or collection of nodes
        Whose names are written, where there is room.
    width, height : int
        Pixels; by default as high as the map asks for.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        When a node or cable is named that the graph does not have, or its places are none.
    """
    look_ = look.of(theme)
    parts_ = None if parts is True else [] if parts is False else [list(part) for part in parts]
    state = State(graph, cut, removed, path, parts_)
    counted = f"{plural(len(graph), 'node')}, {plural(graph.number_of_edges(), 'link')}"
    name = text.one_line(title if title is not None else graph.graph.get("name") or "")
    head = Header(name or counted, state.sentence(counted if name else "") if subtitle is None else subtitle)
    layout = Layout(state, labels, load or {}, width, height, head.draw(width - 2 * MARGIN))
    svg = [*head.svg, *draw(state, layout, km_per_ms), *legend(state, layout, unit, km_per_ms)]
    words = f"Network: {head.title}" + (f" ({head.subtitle})" if head.subtitle else "")
    return Picture(frame("".join(svg), width, layout.bottom, look_, "network", words), words, look_)
