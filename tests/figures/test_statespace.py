"""The picture of a small search: what it shows is what the graph says."""

import re

import networkx as nx
import pytest

from distlab.exploration import explore
from distlab.figures import state_space
from tests.protocols import NaturalManager, atomic, two_phase


def test_every_world_stands_in_the_picture_once_and_by_itself():
    graph = explore(two_phase(3), {"no mixed outcome": atomic}, network="set").graph()
    drawn = state_space(graph).svg
    worlds = re.findall(r'data-world="(\d+)".*?<circle cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert sorted(int(world) for world, _, _ in worlds) == sorted(graph)
    assert len({place for _, *place in worlds for place in [tuple(place)]}) == len(graph) == 288
    columns = {graph.nodes[int(world)]["depth"]: float(x) for world, x, _ in worlds}
    assert sorted(columns) == list(range(11))
    assert sorted(columns.values()) == [columns[depth] for depth in sorted(columns)]


def test_a_violating_run_is_lit_and_written_out():
    found = explore(
        two_phase(1, NaturalManager), {"never done": lambda world: world.nodes["tm"].state != "done"}
    )
    graph = found.graph()
    drawn = state_space(graph, "The manager decides")
    assert drawn.text.startswith("State space: The manager decides; ")
    steps = re.search(r"lit: (.*)", drawn.text)[1].split("; ")
    assert len(steps) == found.violation.duration == sum(lit for *_, lit in graph.edges(data="lit"))
    assert drawn.svg.count("var(--red)") >= 2 * len(steps)
    assert 'class="way"' in drawn.svg and "where it begins" not in drawn.svg
    assert "where it begins" in state_space(explore(two_phase(1)).graph()).svg


def test_without_a_violation_nothing_is_red_and_faults_are_dashed():
    calm = state_space(explore(two_phase(1, NaturalManager), {"atomic": atomic}).graph())
    assert "--red" not in calm.svg.split("</style>")[1]
    assert "stroke-dasharray" not in calm.svg
    assert "stroke-dasharray" in state_space(explore(two_phase(1, NaturalManager), crashes=1).graph()).svg


def test_the_same_search_gives_the_same_drawing():
    def drawn():
        return state_space(explore(two_phase(2), network="set").graph(), theme="dark").svg

    assert drawn() == drawn()


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nx.DiGraph(), "a drawing shows 1 to 600 worlds; this graph has 0"),
        (nx.path_graph(3, create_using=nx.DiGraph), "each world needs its depth: draw what explore"),
        (
            nx.path_graph(2000, create_using=nx.DiGraph),
            "a drawing shows 1 to 600 worlds; this graph has 2,000",
        ),
    ],
)
def test_what_is_no_small_search_is_refused(graph, words):
    with pytest.raises(ValueError, match=words):
        state_space(graph)
