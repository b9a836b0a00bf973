import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import backbone
from distlab.widgets.damage import Damage, farthest, has_lengths, straight

ABILENE = backbone("Abilene")
WEST = [("Seattle", "Denver"), ("Sunnyvale", "Denver"), ("Los Angeles", "Houston")]


def test_nothing_cut():
    whole = Damage(ABILENE)
    assert (whole.sizes, whole.pairs, whole.largest) == ([11], (55, 55), 1)
    way = whole.way("Seattle", "New York")
    assert way.hops == 5
    assert way.km == pytest.approx(1641.58 + 872.6 + 730.85 + 263.40 + 1146.16, abs=20)
    assert way.ms == way.km / 200


def test_a_cut_reroutes():
    way = Damage(ABILENE, [("Denver", "Seattle")]).way("Seattle", "New York")
    assert way.nodes[:3] == ["Seattle", "Sunnyvale", "Denver"]


def test_cuts_that_partition():
    cut = Damage(ABILENE, WEST)
    assert cut.sizes == [8, 3]
    assert cut.parts[1] == ["Seattle", "Sunnyvale", "Los Angeles"]
    assert cut.pairs == (28 + 3, 55)
    assert cut.way("Seattle", "New York") is None
    assert cut.way("Seattle", "Los Angeles").hops == 2


def test_a_city_that_is_gone_reaches_nobody():
    gone = Damage(ABILENE, gone=["Denver"])
    assert gone.pairs == (45, 55)
    assert gone.way("Denver", "Seattle") is None
    assert "Denver" not in gone.node_loads


def test_a_star_and_a_mesh():
    star, mesh = Damage(nx.star_graph(6)), Damage(nx.complete_graph(7))
    assert star.node_loads == {0: 1.0} | dict.fromkeys(range(1, 7), 0.0)
    assert set(mesh.node_loads.values()) == {0.0}
    assert star.busiest(star.node_loads) == 0
    assert mesh.busiest(mesh.node_loads) is None
    assert star.cable_loads == {(0, i): pytest.approx(6 / 21) for i in range(1, 7)}
    assert Damage(nx.star_graph(6), gone=[0]).sizes == [1] * 6
    assert Damage(nx.star_graph(6), gone=[0]).largest == pytest.approx(1 / 7)
    assert Damage(nx.complete_graph(7), gone=[0]).largest == pytest.approx(6 / 7)


def test_a_line_of_three_by_hand():
    line = Damage(nx.path_graph(3))
    assert line.cable_loads == {(0, 1): pytest.approx(2 / 3), (1, 2): pytest.approx(2 / 3)}
    assert line.node_loads == {0: 0, 1: 1, 2: 0}
    assert line.load_of((1, 0)) == line.load_of((0, 1))
    assert line.load_of((0, 2)) == 0


def test_what_the_network_does_not_have_is_passed_over():
    assert Damage(ABILENE, [("Seattle", "Atlanta")], ["Paris"]).pairs == (55, 55)


def test_everything_gone():
    nothing = Damage(ABILENE, gone=list(ABILENE))
    assert (nothing.sizes, nothing.pairs, nothing.largest) == ([], (0, 55), 0)
    assert nothing.busiest(nothing.cable_loads) is None


@given(st.data())
def test_loads_add_up_to_the_cables_that_the_ways_take(data):
    graph = nx.gnp_random_graph(data.draw(st.integers(2, 8)), 0.5, seed=data.draw(st.integers(0, 99)))
    cut = data.draw(st.lists(st.sampled_from(sorted(graph.edges)), unique=True)) if graph.edges else []
    damage = Damage(graph, cut)
    talk, all_ = damage.pairs
    assert all_ == len(graph) * (len(graph) - 1) // 2
    hops = [damage.way(u, v) for u in graph for v in graph if u < v]
    assert sum(way is not None for way in hops) == talk
    taken = sum(way.hops for way in hops if way)
    assert sum(damage.cable_loads.values()) == pytest.approx(taken / max(1, talk))
    assert all(0 <= load <= 1 + 1e-9 for load in damage.node_loads.values())


def test_the_farthest_two():
    assert set(farthest(ABILENE)) == {"Seattle", "Washington DC"}
    assert set(farthest(nx.path_graph(4))) == {0, 3}
    assert set(farthest(nx.Graph([(0, 1), (1, 2), (3, 4)]))) == {0, 2}


def test_no_way_beats_the_great_circle():
    whole = Damage(ABILENE)
    for u in ABILENE:
        for v in ABILENE:
            if u != v:
                assert whole.way(u, v).km >= straight(ABILENE, u, v) - 2


def test_a_graph_without_lengths_or_places():
    assert not has_lengths(nx.path_graph(3))
    assert straight(nx.path_graph(3), 0, 2) is None
    assert Damage(nx.path_graph(3)).way(0, 2).km == 0
