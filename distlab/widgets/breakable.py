"""A network to break: cut its cables, take its nodes away, and see who still reaches whom, and how fast."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from typing import Any

import ipywidgets
import networkx as nx

from distlab.figures import look, network
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.text import fit
from distlab.widgets import facts, panel
from distlab.widgets.clickable import Clickable
from distlab.widgets.damage import Damage, Edge, Node, farthest, has_lengths
from distlab.widgets.keys import Keys
from distlab.widgets.sheet import bundle

MAP, PANEL = 620, 306  # pixels of width, beside each other
TOP = 16
SIDE = 310  # pixels of height of maps side by side, their figures under them
HINT = "Click a {cable} or a {city} to cut it, and again to mend it. By keyboard: Tab, arrows, Enter."


def break_network(*graphs: nx.Graph, between: tuple[Node, Node] | None = None) -> BreakableNetwork:
    """A network whose cables and nodes are cut by clicking them.

    It shows the shortest way between two nodes with its delay, the parts that the network falls into, and
    who carries the most when all talk to all. Of several networks side by side, what is clicked is taken
    from each that has it.

    Parameters
    ----------
    *graphs : networkx.Graph
        With ``pos`` on their nodes and ``km`` on their cables, as `backbone` gives, or without.
    between : (node, node), optional
        The ends of the way; where cables have lengths, by default the two that are farthest apart.

    Returns
    -------
    BreakableNetwork

    Raises
    ------
    TypeError, ValueError
        When this is no network, or `between` names what it does not have.

    Examples
    --------
    >>> box = break_network(backbone("Abilene"), between=("Seattle", "New York"))
    >>> box.cut("Seattle", "Denver")
    """
    for graph in graphs or (None,):
        if not isinstance(graph, nx.Graph) or graph.is_directed() or graph.is_multigraph():
            raise TypeError(f"break_network takes networks, such as backbone('Abilene'), not {graph!r}")
        if len(graph) < 2:
            raise ValueError("a network to break has two nodes at least")
    return BreakableNetwork(graphs, between)


class BreakableNetwork(ipywidgets.VBox):
    """A network to break; `break_network` makes one.

    Attributes
    ----------
    cables : list of (node, node)
        Those that are cut.
    gone : list of node
        Those that are taken away.
    between : (node, node) or None
        The ends of the way; can be set.
    damage : Damage
        What is left of the (first) network: ``.parts``, ``.pairs``, ``.way(u, v)``, ``.cable_loads``.
    """

    def __init__(self, graphs: Iterable[nx.Graph], between: tuple[Node, Node] | None) -> None:
        self.graphs = tuple(graphs)
        self.cables: list[Edge] = []
        self.gone: list[Node] = []
        self._before = [Damage(graph) for graph in self.graphs]
        self._nodes: list[Node] = list(dict.fromkeys(node for graph in self.graphs for node in graph))
        edges = (edge for graph in self.graphs for edge in graph.edges)
        self._edges: list[Edge] = list(
            {frozenset(edge): edge for edge in edges if edge[0] != edge[1]}.values()
        )
        self._lengths = len(self.graphs) == 1 and has_lengths(self.graphs[0])
        self._words = facts.Words.of(self.graphs[0], self._lengths)
        if between is None and self._lengths:
            between = farthest(self.graphs[0])
        self._between = self._checked(between)
        self._assess()
        self._map = Clickable(self._draw, self._press)
        super().__init__([self._controls(), self._map])
        self.add_class("distlab-widget")

    # --- what the learner does ---

    def cut(self, u: Node, v: Node) -> None:
        """Cut the cable between `u` and `v`, or mend it when it is cut."""
        edge = next((edge for edge in self._edges if set(edge) == {u, v}), None)
        if edge is None:
            raise ValueError(f"there is no cable between {u!r} and {v!r}")
        self._toggle(self.cables, edge)

    def remove(self, node: Node) -> None:
        """Take a node away with its cables, or bring it back when it is gone."""
        self._node(node)
        self._toggle(self.gone, node)

    def reset(self) -> None:
        """Mend everything."""
        self.cables.clear()
        self.gone.clear()
        self._update()

    @property
    def between(self) -> tuple[Node, Node] | None:
        """The ends of the way."""
        return self._between

    @between.setter
    def between(self, ends: tuple[Node, Node]) -> None:
        self._between = self._checked(ends)
        if self._between and self._ends:
            for menu, node in zip(self._ends, self._between, strict=True):
                menu.value = node
        self._update()

    @property
    def damage(self) -> Damage:
        """What is left of the first network."""
        return self.damages[0]

    def _toggle(self, kept: list[Any], one: Any) -> None:
        if one in kept:
            kept.remove(one)
        else:
            kept.append(one)
        self._update()

    def _press(self, what: str) -> None:
        kind, number = what.split()
        if kind == "cable":
            self._toggle(self.cables, self._edges[int(number)])
        else:
            self._toggle(self.gone, self._nodes[int(number)])

    def _update(self) -> None:
        self._assess()
        self._map.redraw()

    def _assess(self) -> None:
        self.damages = [Damage(graph, self.cables, self.gone) for graph in self.graphs]

    # --- what is given ---

    def _node(self, node: Node) -> Node:
        if node not in self._nodes:
            some = ", ".join(map(str, self._nodes[:8])) + (", …" if len(self._nodes) > 8 else "")
            raise ValueError(f"the network has no {node!r}; it has {some}")
        return node

    def _checked(self, ends: tuple[Node, Node] | None) -> tuple[Node, Node] | None:
        if ends is None:
            return None
        if not self._lengths:
            raise ValueError(
                "between=... shows a way and its delay, for one network whose cables all have km"
            )
        if len(ends) != 2:
            raise ValueError(f"between=... names the two ends of a way, not {ends!r}")
        return self._node(ends[0]), self._node(ends[1])

    def _controls(self) -> Any:
        """The two menus and the button, in a row."""
        self._ends: list[Any] = []
        parts: list[Any] = []
        if self._between:
            for node, word in zip(self._between, ("from", "to"), strict=True):
                options = [(str(one), one) for one in sorted(self._nodes, key=str)]
                menu = ipywidgets.Dropdown(options=options, value=node, description=word, tooltip=word)
                menu.style.description_width, menu.layout.width = "38px", "215px"
                menu.observe(self._choose, "value")
                self._ends.append(menu)
            parts += self._ends
        button = ipywidgets.Button(description="mend all", tooltip="mend all cables, bring all nodes back")
        button.on_click(lambda _: self.reset())
        hint = ipywidgets.Label(HINT.format(cable=self._words.link, city=self._words.node))
        hint.add_class("distlab-hint")
        row = ipywidgets.HBox([*parts, button, hint, Keys()])
        row.add_class("distlab-row")
        row.add_class("distlab-bar")
        return row

    def _choose(self, change: object) -> None:
        self._between = (self._ends[0].value, self._ends[1].value)
        self._update()

    # --- what is seen ---

    def _draw(self) -> Picture:
        maps = [self._one(i) for i in range(len(self.graphs))]
        svg, wide, tall = [], 0.0, 0.0
        for picture, beside in maps:
            width, height = picture.size
            svg.append(picture.svg.replace("<svg ", f'<svg x="{wide:.0f}" y="0" ', 1))
            if len(maps) == 1:
                svg += panel.draw(beside, width + 16, TOP, PANEL)
                wide, height = (
                    width + 16 + PANEL + look.MARGIN,
                    max(height, round(panel.tall(beside)) + 2 * TOP),
                )
            else:
                svg += panel.draw(beside, wide + look.MARGIN, height + 14, width - 2 * look.MARGIN)
                wide, height = wide + width, height + round(panel.tall(beside)) + 30
            tall = max(tall, height)
        words = repr(self)
        drawn = frame("".join(svg), wide, tall, look.of(), "breakable", words)
        return Picture(self._buttons(drawn), words)

    def _one(self, i: int) -> tuple[Picture, list[panel.Fact]]:
        """One network's map, and its figures."""
        damage, before = self.damages[i], self._before[i]
        way = damage.way(*self._between) if self._between else None
        width = MAP if len(self.graphs) == 1 else max(320, look.WIDTH // len(self.graphs))
        loads = damage.cable_loads if self._lengths else damage.node_loads
        picture = network(
            damage.graph,
            fit(facts.title(damage, self._words), look.TITLE, width - 2 * look.MARGIN, True),
            fit(facts.subtitle(damage, self._words), look.TEXT, width - 2 * look.MARGIN),
            load={key: round(100 * load) for key, load in loads.items()},
            unit=self._words.unit,
            cut=damage.cut,
            removed=damage.gone,
            path=way.nodes if way and way.hops else (),
            width=width,
            height=None if len(self.graphs) == 1 else SIDE,
        )
        return picture, facts.panel(damage, before, self._between, self._words)

    def _buttons(self, svg: str) -> str:
        """The drawing, its cables and nodes made to be pressed."""
        nodes = {str(node): i for i, node in enumerate(self._nodes)}
        cables = {frozenset(map(str, edge)): i for i, edge in enumerate(self._edges)}

        def cable(match: re.Match[str]) -> str:
            u, v = unescape(match["u"]), unescape(match["v"])
            i = cables[frozenset((u, v))]
            does = "mend" if self._edges[i] in self.cables else "cut"
            part = match[0].replace('class="hit"', 'class="hit distlab-hit"')
            return _button(f"cable {i}", f"{does} the cable {u} – {v}", part)

        def node(match: re.Match[str]) -> str:
            i = nodes[unescape(match["node"])]
            does = "bring back" if self._nodes[i] in self.gone else "take away"
            return _button(f"node {i}", f"{does} {self._nodes[i]}", match[0])

        svg = re.sub(r'<path class="hit" [^>]*data-u="(?P<u>[^"]*)" data-v="(?P<v>[^"]*)"[^>]*/>', cable, svg)
        return re.sub(r'<\w+ [^>]*data-node="(?P<node>[^"]*)"[^>]*/>', node, svg)

    @property
    def picture(self) -> Picture:
        """What is to be seen now."""
        return self._map.picture

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return bundle(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)

    def __repr__(self) -> str:
        words = self._words
        done = [f"{plural(len(self.cables), words.link)} cut"] if self.cables else []
        done += [f"{plural(len(self.gone), words.node, words.nodes)} gone"] if self.gone else []
        names = [f"{u} – {v}" for u, v in self.cables] + [str(node) for node in self.gone]
        broken = f"{' and '.join(done)} ({', '.join(names)})" if done else "nothing cut"
        said = [f"{facts.name(d)}: {facts.sentence(d, self._between, words)}" for d in self.damages]
        return "; ".join([broken, *said])


def _button(what: str, label: str, part: str) -> str:
    return f'<g data-click="{what}" aria-label="{escape(label)}">{part}</g>'
