"""Exercise 1.4, attempted rightly and wrongly."""

import networkx
import pytest

from distlab.exercises import check
from tests.exercises import cells

STUB = '''
def weak_spots(graph):
    """The nodes, and the links, whose loss alone cuts the network in two."""
    nodes, links = set(), set()
    ...
    return nodes, links
'''
BY_HAND = """
def weak_spots(graph):
    nodes, links = set(), set()
    for node in graph:
        rest = graph.copy()
        rest.remove_node(node)
        if not nx.is_connected(rest):
            nodes.add(node)
    for u, v in graph.edges:
        rest = graph.copy()
        rest.remove_edge(u, v)
        if not nx.is_connected(rest):
            links.add((u, v))
    return nodes, links
"""


def attempt(source):
    return check("1.4", cells.run(source, nx=networkx)["weak_spots"])


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


RIGHT = {
    "by hand": BY_HAND,
    "from the library": """
        def weak_spots(graph):
            return nx.articulation_points(graph), list(nx.bridges(graph))
        """,
    "links the other way round": """
        weak_spots = lambda graph: [list(nx.articulation_points(graph)), {(v, u) for u, v in nx.bridges(graph)}]
        """,
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    verdict = attempt(RIGHT[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "40 networks, among them Arpanet196912, Abilene, Nsfnet and Geant2012: 62 weak nodes and 78 weak links, "
        "all found and no others."
    ]


WRONG = {
    "returns nothing": ("    return nodes, links", "    print(nodes)", "it returned None."),
    "returns nodes only": ("    return nodes, links", "    return nodes", "It returns two sets"),
    "returns them the other way round": (
        "    return nodes, links",
        "    return links, nodes",
        "it named ('a', 'b') among the nodes",
    ),
    "finds no nodes": ("nodes.add(node)", "pass", "On the network a-b, a-c it missed the node a."),
    "finds no links": ("links.add((u, v))", "pass", "On the network a-b it missed the link a-b."),
    "takes the ends for weak": (
        "not nx.is_connected(rest)",
        "graph.degree(node) == 1",
        "named the node a, which is no weak spot.\n  It has one link only",
    ),
    "goes by the number of links": (
        "if not nx.is_connected(rest):\n            nodes.add(node)",
        "if graph.degree(node) > 1:\n            nodes.add(node)",
        "Without a all others still reach each other.",
    ),
    "does not put back": ("rest = graph.copy()", "rest = graph", "weak_spots raised RuntimeError"),
    "counts the node itself": (
        "rest.remove_node(node)",
        "rest.remove_edges_from(list(graph.edges(node)))",
        "it named the node a, which is no weak spot",
    ),
    "takes links of weak nodes for weak": (
        "    return nodes, links",
        "    return nodes, {(u, v) for u, v in graph.edges if u in nodes or v in nodes} | links",
        "There is another way:",
    ),
    "names links by their length": (
        "links.add((u, v))",
        "links.add((u, v, 100))",
        "A link is a pair of names",
    ),
    "wants more": (
        "weak_spots(graph)",
        "weak_spots(graph, limit)",
        "keep the parameters as they stand in the stub",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    old, new, reason = WRONG[mistake]
    assert old in BY_HAND
    verdict = attempt(BY_HAND.replace(old, new))
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)
