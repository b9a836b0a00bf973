"""1.4 Single points of failure: articulation points and bridges (Hopcroft and Tarjan 1973)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx

from distlab import values
from distlab.blame import listed
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import background as reference
from distlab.exercises.trials import call, counted, progress
from distlab.exercises.wanted import Function
from distlab.topology import backbone

BACKBONES = ("Arpanet196912", "Abilene", "Nsfnet", "Geant2012")
Found = tuple[set[Any], set[frozenset[Any]]]


def stub(graph: Any) -> Any:
    """The nodes, and the links, whose loss alone cuts the network in two."""
    nodes, links = set(), set()  # type: ignore[var-annotated]
    ...
    return nodes, links


@exercise(
    "1.4",
    "Single points of failure",
    points=2,
    wanted=Function("weak_spots", stub),
    hints=[
        "Take something away, and see whether all that is left can still reach each other. Then put it back.",
        "networkx knows: nx.is_connected(graph). Work on a copy (graph.copy()), with remove_node and remove_edge.",
        "for node in graph: rest = graph.copy(); rest.remove_node(node); if what is left is not connected, the node "
        "is a weak spot. The same for (u, v) in graph.edges with rest.remove_edge(u, v).",
    ],
    reference=(reference.weak_spots, reference.reached),
)
def battery(weak_spots: Callable[..., Any], course: Course) -> str:
    """Every connected network of up to five nodes, random ones, and real backbones."""
    count, nodes, links = 0, 0, 0
    for name, graph in networks(course):
        progress.case(name)
        wanted = set(nx.articulation_points(graph)), {frozenset(link) for link in nx.bridges(graph)}
        compare(name, graph, result(call(weak_spots, graph.copy()), graph, name), wanted)
        count, nodes, links = count + 1, nodes + len(wanted[0]), links + len(wanted[1])
    return (
        f"{count} networks, among them {listed(BACKBONES)}: {counted(nodes, 'weak node')} and "
        f"{counted(links, 'weak link')}, all found and no others"
    )


def networks(course: Course) -> Iterator[tuple[str, nx.Graph]]:
    """From small to large, each with a description."""
    small = [g for g in nx.graph_atlas_g() if 2 <= len(g) <= 5 and nx.is_connected(g)]
    for graph in sorted(small, key=lambda g: (len(g), g.number_of_edges())):
        graph = nx.relabel_nodes(graph, dict(enumerate("abcde")))
        nx.set_edge_attributes(graph, 100.0, "km")
        yield "the network " + ", ".join(sorted(shown(link) for link in graph.edges)), graph
    for number in range(6):
        draw = course.random("1.4", number)
        size = 8 + 4 * number
        graph = nx.random_labeled_tree(size, seed=draw.randint(0, 10**6))
        for _ in range(draw.randint(1, size // 2)):
            graph.add_edge(*draw.sample(range(size), 2))
        graph = nx.relabel_nodes(graph, {i: f"n{i}" for i in range(size)})
        nx.set_edge_attributes(graph, 100.0, "km")
        yield f"a random network of {size} nodes", graph
    for name in BACKBONES:
        yield f"the backbone {name}", backbone(name)


def shown(link: Any) -> str:
    """A link as text: ``a-b``."""
    return "-".join(sorted(map(str, link)))


def result(got: Any, graph: nx.Graph, name: str) -> Found:
    """What a function returned as two sets; or a sentence about what is wrong with its form."""
    if not isinstance(got, (tuple, list)) or len(got) != 2:
        raise NotYet(
            f"On {name} it returned {values.text(got)}.",
            "It returns two sets: return nodes, links.",
        )
    try:
        nodes, links = set(got[0]), {frozenset(link): link for link in got[1]}
    except TypeError:
        raise NotYet(
            f"On {name} it returned {values.text(got)}.",
            "The first is a set of nodes, the second a set of pairs of nodes.",
        ) from None
    for node in sorted(nodes, key=str):
        if node not in graph:
            advice = "first the nodes, then the links" if isinstance(node, (tuple, frozenset)) else ""
            raise NotYet(
                f"On {name} it named {values.text(node)} among the nodes, and there is no such node.",
                advice=advice,
            )
    for link in sorted(links, key=shown):
        if len(link) != 2 or not graph.has_edge(*link):
            raise NotYet(
                f"On {name} it named {values.text(links[link])} among the links, and there is no such link.",
                "A link is a pair of names: (u, v).",
            )
    return nodes, set(links)


def compare(name: str, graph: nx.Graph, found: Found, wanted: Found) -> None:
    """Say which spot is missing or too many, and show why."""
    for node in sorted(wanted[0] - found[0]):
        one, other = apart(graph.subgraph(set(graph) - {node}))
        raise NotYet(
            f"On {name} it missed the node {node}.",
            why=f"Without {node} there is no way from {one} to {other}.",
            advice="take each node away, with all its links, and see whether the rest holds together",
        )
    for node in sorted(found[0] - wanted[0]):
        alone = "It has one link only: losing it cuts nobody else off. " if graph.degree(node) == 1 else ""
        raise NotYet(
            f"On {name} it named the node {node}, which is no weak spot.",
            why=f"{alone}Without {node} all others still reach each other.",
            advice="a node is weak when those that are left fall apart; itself does not count",
        )
    for link in sorted(wanted[1] - found[1], key=shown):
        raise NotYet(
            f"On {name} it missed the link {shown(link)}.",
            why=f"Without it there is no way from {' to '.join(sorted(link))}.",
            advice="take each link away (and leave both nodes), and see whether the network holds together",
        )
    for link in sorted(found[1] - wanted[1], key=shown):
        rest = graph.copy()
        rest.remove_edge(*link)
        raise NotYet(
            f"On {name} it named the link {shown(link)}, which is no weak spot.",
            why=f"There is another way: {'-'.join(nx.shortest_path(rest, *sorted(link)))}.",
            advice="a link is weak when there is no way around it",
        )


def apart(graph: nx.Graph) -> tuple[str, str]:
    """Two nodes with no way between them, the same in every process."""
    parts = sorted(min(part) for part in nx.connected_components(graph))
    return parts[0], parts[1]
