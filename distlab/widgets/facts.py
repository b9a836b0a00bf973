"""A broken network in words and figures: its title, the panel beside its map, its line of text."""

from __future__ import annotations

from typing import Any, NamedTuple

import networkx as nx

from distlab.figures.sentences import plural
from distlab.network import KM_PER_MS
from distlab.widgets.damage import Damage, Node, Way, straight
from distlab.widgets.panel import Bar, Fact

Ends = tuple[Node, Node] | None


class Words(NamedTuple):
    """What the nodes and edges of a network are called."""

    node: str
    nodes: str
    link: str
    unit: str  # of the loads on its map

    @classmethod
    def of(cls, graph: nx.Graph, lengths: bool) -> Words:
        """The words for a network whose cables have `lengths`, or for a drawn one."""
        if not lengths:
            return cls("node", "nodes", "link", "% of the others’ traffic")
        one = str(graph.graph.get("places", "city"))
        return cls(one, one[:-1] + "ies", "cable", "% of the traffic, when all talk to all")


SHOWN = 4  # as many parts are listed by their size


def sizes(damage: Damage) -> str:
    """The parts by size: ``7 | 4``; many are counted: ``6 parts``."""
    found = damage.sizes
    return " | ".join(map(str, found)) if len(found) <= SHOWN else f"{len(found)} parts"


def name(damage: Damage) -> str:
    """What the network is called."""
    return str(damage.graph.graph.get("name") or "The network")


def title(damage: Damage, words: Words) -> str:
    """What happened to the network."""
    called, left = name(damage), len(damage.rest)
    if not left:
        return f"{called}: nothing is left"
    if len(damage.parts) > 1:
        return f"{called} falls apart: {sizes(damage)}"
    who = f"all {left} {words.nodes}" if left > 1 else f"1 {words.node}"
    if damage.gone:
        return f"{called} holds: {who} that {'are' if left > 1 else 'is'} left reach each other"
    return (
        f"{called} holds: {who} still reach each other" if damage.cut else f"{called}: {who} reach each other"
    )


def subtitle(damage: Damage, words: Words) -> str:
    """What there was, and what is gone of it."""
    graph = damage.graph
    counted = f"{plural(len(graph), words.node, words.nodes)}, {plural(graph.number_of_edges(), words.link)}"
    done = [f"{plural(len(damage.cut), words.link)} cut"] if damage.cut else []
    done += [f"{plural(len(damage.gone), words.node, words.nodes)} gone"] if damage.gone else []
    return " · ".join([counted, *done])


def panel(damage: Damage, before: Damage, ends: Ends, words: Words) -> list[Fact]:
    """The figures beside the map; `before` is the network with nothing cut."""
    ways = [_way(damage, before, *ends)] if ends else []
    return [*ways, _reach(damage, words), (_node if words.node == "node" else _cable)(damage, before)]


def _way(damage: Damage, before: Damage, u: Node, v: Node) -> Fact:
    way, whole, direct = damage.way(u, v), before.way(u, v), straight(damage.graph, u, v)
    lengths = [
        ("now", way.km if way else None, "amber"),
        ("before", whole.km if whole else None, "band-orange"),
    ]
    lengths += [] if direct is None else [("great circle", direct, "muted")]
    longest = max([km for _, km, _ in lengths if km], default=1.0)
    bars = tuple([_bar_of_way(name, km, longest, colour) for name, km, colour in lengths])
    head = f"{u} → {v}"
    if way is None:
        gone = [str(node) for node in (u, v) if node in damage.gone]
        verb = "is" if len(gone) == 1 else "are"
        why = f"{' and '.join(gone)} {verb} gone" if gone else "they are in different parts"
        return Fact(head, "no way", why, bars, wrong=True)
    meaning = f"one way, {ms(2 * way.ms)} there and back, over {plural(way.hops, 'cable')}"
    return Fact(head, ms(way.ms), meaning, bars)


def _bar_of_way(name: str, km: float | None, longest: float, colour: str) -> Bar:
    if km is None:
        return Bar(name, 0.0, "none", colour)
    return Bar(name, km / longest, f"{km:,.0f} km · {ms(km / KM_PER_MS)}", colour)


def _reach(damage: Damage, words: Words) -> Fact:
    talk, pairs = damage.pairs
    largest = f"{max(damage.sizes, default=0)} of {plural(len(damage.graph), words.node, words.nodes)}"
    bars = (
        Bar("largest part", damage.largest, largest, "green"),
        Bar("can talk", talk / pairs, f"{talk} of {pairs} pairs", "green"),
    )
    head, left = "Who reaches whom", len(damage.rest)
    if len(damage.parts) > 1:
        return Fact(head, sizes(damage), "a partition", bars, wrong=True)
    return Fact(head, f"all {left}" if left > 1 else str(left), f"{words.nodes} reach each other", bars)


def _cable(damage: Damage, before: Damage) -> Fact:
    busiest = damage.busiest(damage.cable_loads)
    if busiest is None:
        return Fact("Busiest cable", "none", "nobody can talk", _compared(0.0, 0.0), wrong=True)
    now, then = damage.load_of(busiest), before.load_of(busiest)
    meaning = f"of the traffic goes over {busiest[0]} – {busiest[1]}"
    return Fact("Busiest cable", percent(now), meaning, _compared(now, then))


def _node(damage: Damage, before: Damage) -> Fact:
    busiest = damage.busiest(damage.node_loads)
    if busiest is None:
        most = max(before.node_loads.values())
        return Fact("Busiest node", "none", "nobody has to forward anything", _compared(0.0, most))
    now, then = damage.node_loads[busiest], before.node_loads[busiest]
    meaning = f"of the others’ traffic goes through {busiest}"
    return Fact("Busiest node", percent(now), meaning, _compared(now, then))


def _compared(now: float, then: float) -> tuple[Bar, ...]:
    return Bar("now", now, percent(now), "blue"), Bar("before", then, percent(then), "band-blue")


def sentence(damage: Damage, ends: Ends, words: Words) -> str:
    """All of it in one line, for who reads no pictures."""
    said = [_said_way(damage.way(*ends), *ends)] if ends else []
    left = len(damage.rest)
    if len(damage.parts) > 1:
        talk, pairs = damage.pairs
        said.append(f"partition into {sizes(damage)}, {talk} of {pairs} pairs can talk")
    else:
        said.append(f"{'all ' if left > 1 else ''}{plural(left, words.node, words.nodes)} reach each other")
    nodes = words.node == "node"
    loads: dict[Any, float] = damage.node_loads if nodes else damage.cable_loads
    busiest = damage.busiest(loads)
    if busiest is not None:
        which = f"node {busiest}" if nodes else f"cable {busiest[0]} – {busiest[1]}"
        said.append(f"busiest {which} with {percent(loads[busiest])}")
    return ", ".join(said)


def _said_way(way: Way | None, u: Node, v: Node) -> str:
    return f"no way {u} → {v}" if way is None else f"{u} → {v} {ms(way.ms)} over {way.km:,.0f} km"


def ms(value: float) -> str:
    """A delay: three digits are more than is known."""
    return f"{value:.3g} ms"


def percent(share: float) -> str:
    """A share of a whole."""
    return f"{100 * share:.0f} %"
