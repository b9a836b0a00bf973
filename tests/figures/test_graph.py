import itertools
import re

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.figures import network
from distlab.figures.state import State
from distlab.topology import backbone
from tests.figures.shape import drawn

PLACE = re.compile(r'cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+" class="node" data-node="([^"]+)"')
NAMED = ["Abilene", "Geant2012", "germany50"]


@pytest.fixture(scope="module")
def abilene():
    return backbone("Abilene")


def said(svg):
    return {part.words for part in drawn(svg) if part.tag == "text"}


def graphs():
    """Small connected and unconnected graphs, with places on a map."""

    def build(n, seed, p):
        graph = nx.gnp_random_graph(n, p, seed=seed)
        for node in graph:
            graph.nodes[node]["pos"] = ((node * 37 + seed) % 50, (node * 53 + seed * 7) % 40)
        return graph

    return st.builds(build, st.integers(1, 40), st.integers(0, 99), st.floats(0, 0.3))


# --- laws ---


@given(graphs())
def test_every_node_and_every_link_is_drawn_once(graph):
    svg = network(graph).svg
    assert sorted(re.findall(r'data-node="(\d+)"', svg)) == sorted(str(node) for node in graph)
    links = re.findall(r'<path class="link" data-u="(\d+)" data-v="(\d+)"', svg)
    assert {frozenset(map(int, link)) for link in links} == {frozenset(edge) for edge in graph.edges()}
    assert len(links) == graph.number_of_edges()


@given(graphs())
def test_nothing_is_drawn_outside_the_picture(graph):
    picture = network(graph)
    width, height = picture.size
    for part in drawn(picture.svg):
        assert part.left >= 0, part
        assert part.top >= 0, part
        assert part.right <= width, part
        assert part.bottom <= height, part


@given(graphs(), st.data())
def test_the_parts_are_the_connected_components_of_what_is_left(graph, data):
    cut = data.draw(st.lists(st.sampled_from(sorted(graph.edges())), unique=True)) if graph.edges() else []
    removed = data.draw(st.lists(st.sampled_from(sorted(graph)), unique=True))
    left = graph.copy()
    left.remove_edges_from(cut)
    left.remove_nodes_from(removed)
    components = {frozenset(part) for part in nx.connected_components(left)}
    state = State(graph, cut, removed)
    assert state.fell == len(components)
    assert {frozenset(part) for part in state.parts} == (components if len(components) > 1 else set())


@pytest.mark.parametrize("name", NAMED)
def test_the_names_of_a_real_backbone_are_all_there_and_none_stands_on_another(name):
    graph = backbone(name)
    texts = [part for part in drawn(network(graph).svg) if part.tag == "text"]
    assert {str(node) for node in graph} <= {part.words for part in texts}
    assert not any(one.meets(other) for one, other in itertools.combinations(texts, 2))


@pytest.mark.parametrize("name", NAMED)
def test_no_name_stands_on_a_node(name):
    graph = backbone(name)
    parts = drawn(network(graph).svg)
    names = [part for part in parts if part.words in graph]
    nodes = [part for part in parts if part.kind == "node"]
    assert not any(one.meets(other) for one in names for other in nodes)


def test_cutting_moves_nothing(abilene):
    whole, cut = (network(abilene, cut=edges).svg for edges in ([], [("Denver", "Seattle")]))
    assert PLACE.findall(whole) == PLACE.findall(cut)
    assert len(PLACE.findall(whole)) == len(abilene)


# --- what is shown how ---


def test_north_is_up_and_east_is_right(abilene):
    nodes = {str(p.words): p for p in drawn(network(abilene).svg) if p.tag == "text"}
    assert nodes["Seattle"].top < nodes["Los Angeles"].top
    assert nodes["Seattle"].left < nodes["New York"].left


def test_what_is_cut_is_dashed_crossed_and_said(abilene):
    picture = network(abilene, cut=[("Seattle", "Denver"), ("Denver", "Sunnyvale")])
    assert picture.svg.count('stroke-dasharray="4 4"') == 3  # two links, and the legend
    assert "2 links cut · still connected" in picture.text
    assert "cut" in said(picture.svg)


def test_a_split_network_says_into_what_and_shows_it_by_shape_too(abilene):
    west = [("Seattle", "Denver"), ("Denver", "Sunnyvale"), ("Los Angeles", "Houston")]
    picture = network(abilene, cut=west)
    assert "in 2 parts: 8 + 3" in picture.text
    shapes = re.findall(r'<(circle|path) class="node"|<(circle|path)[^>]* class="node"', picture.svg)
    assert {a or b for a, b in shapes} == {"circle", "path"}
    assert picture.svg.count('class="part"') == 2


def test_a_removed_node_is_hollow_and_said(abilene):
    picture = network(abilene, removed=["Denver"])
    assert "1 node gone · still connected" in picture.text
    assert "gone" in said(picture.svg)
    assert 'class="link" data-u="Seattle" data-v="Denver"' in picture.svg


def test_all_nodes_may_be_gone():
    assert "nothing is left" in network(nx.path_graph(2), removed=[0, 1]).text


def test_the_largest_load_is_the_thickest_and_stands_in_the_legend(abilene):
    loads = {edge: i for i, edge in enumerate(abilene.edges())}
    svg = network(abilene, load=loads, unit="paths").svg
    widths = [float(w) for w in re.findall(r'class="link"[^>]* stroke-width="([\d.]+)"', svg)]
    assert widths == sorted(widths)
    assert widths[-1] > 4 * widths[0]
    assert "13 paths" in said(svg)


def test_a_load_may_name_an_edge_either_way_round(abilene):
    (u, v), *_ = abilene.edges()
    assert network(abilene, load={(u, v): 3}).svg == network(abilene, load={(v, u): 3}).svg


def test_nodes_grow_with_their_load():
    star = nx.star_graph(6)
    svg = network(star, load=nx.betweenness_centrality(star, normalized=False), unit="paths").svg
    radii = {n: float(r) for r, n in re.findall(r'r="([\d.]+)" class="node" data-node="(\d+)"', svg)}
    assert radii["0"] > 2 * radii["1"]


def test_delays_are_written_on_the_links(abilene):
    words = said(network(abilene, km_per_ms=200).svg)
    km = abilene.edges["Seattle", "Denver"]["km"]
    assert f"{km / 200:.1f}" in words
    assert "numbers: ms, one way" in words


def test_a_path_is_drawn_in_its_direction(abilene):
    svg = network(abilene, path=["Seattle", "Denver", "Kansas City"]).svg
    assert svg.count('class="path"') == 3  # the way, and two arrow heads


def test_a_graph_without_places_stands_in_a_circle_and_a_hub_in_its_middle():
    there = {n: (float(x), float(y)) for x, y, n in PLACE.findall(network(nx.star_graph(8)).svg)}
    middle = [sum(axis) / 8 for axis in zip(*(there[str(i)] for i in range(1, 9)), strict=True)]
    assert there["0"] == pytest.approx(middle, abs=0.2)


def test_nodes_at_one_place_are_drawn_apart():
    graph = nx.Graph()
    graph.add_nodes_from([1, 2, 3], pos=(4.0, 50.0))
    graph.add_node(4, pos=(5.0, 51.0))
    nodes = [part for part in drawn(network(graph).svg) if part.kind == "node"]
    assert not any(one.meets(other) for one, other in itertools.combinations(nodes, 2))


def test_the_text_counts():
    assert network(nx.path_graph(3)).text == "Network: 3 nodes, 2 links"
    assert network(nx.empty_graph(0)).text == "Network: 0 nodes, 0 links"


def test_a_title_leaves_the_counts_to_the_line_under_it(abilene):
    assert network(abilene, "Said by hand").text == "Network: Said by hand (11 nodes, 14 links)"


# --- bad input ---


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"cut": [("Seattle", "Atlantis")]}, "no node 'Atlantis'"),
        ({"cut": [("Seattle", "New York")]}, "no link between 'Seattle' and 'New York'"),
        ({"removed": ["Atlantis"]}, "no node 'Atlantis'"),
        ({"path": ["Seattle", "New York"]}, "no link between"),
        ({"load": {"Atlantis": 1}}, "no node 'Atlantis'"),
        ({"load": {"Seattle": -1}}, "zero or more"),
        ({"load": {"Seattle": float("nan")}}, "zero or more"),
        ({"width": 100}, "at least 240 pixels"),
        ({"theme": "pink"}, "choose 'light' or 'dark'"),
    ],
)
def test_what_is_not_in_the_network_is_refused_in_one_sentence(abilene, options, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        network(abilene, **options)


def test_a_place_is_a_pair_of_numbers():
    graph = nx.path_graph(2)
    graph.nodes[0]["pos"] = (1, 2)
    with pytest.raises(ValueError, match="node 1 has no place"):
        network(graph)
    graph.nodes[1]["pos"] = ("x", 2)
    with pytest.raises(ValueError, match="a place is a pair of numbers"):
        network(graph)
