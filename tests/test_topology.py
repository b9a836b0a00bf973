import re

import networkx as nx
import pytest

from distlab import backbone, backbones, great_circle
from distlab.network import Network
from distlab.topology import SNDLIB, ZOO


def test_abilene_is_the_one_of_the_books():
    graph = backbone("Abilene")
    assert repr(graph) == "Abilene: 11 cities, 14 cables, 14,086 km"
    assert graph.nodes["Seattle"]["pos"] == (-122.33, 47.61)
    assert graph.edges["New York", "Chicago"]["km"] == 1146.16
    assert sorted(graph["Denver"]) == ["Kansas City", "Seattle", "Sunnyvale"]
    assert nx.shortest_path(graph, "Seattle", "New York", weight="km") == (
        "Seattle,Denver,Kansas City,Indianapolis,Chicago,New York".split(",")
    )


def test_geant_names_countries():
    graph = backbone("Geant2012")
    assert repr(graph) == "Geant2012: 37 countries, 58 cables, 47,772 km"
    assert all(len(name) > 2 or name == "UK" for name in graph)
    assert {"Netherlands", "Türkiye", "Slovenia"} <= set(graph)
    for year in (2001, 2009, 2010):
        assert not [
            name for name in backbone(f"Geant{year}") if re.fullmatch("[A-Z]{2}", name) and name != "UK"
        ]


def test_the_first_four_nodes():
    graph = backbone("Arpanet196912")
    assert {frozenset(edge) for edge in graph.edges} == {
        frozenset(pair) for pair in [("SRI", "UCLA"), ("SRI", "UCSB"), ("SRI", "Utah"), ("UCLA", "UCSB")]
    }


def test_slips_of_the_maps_are_mended():
    china = backbone("Cernet")
    assert len(china) == 37
    assert {"Qingdao", "Nanjing", "Tianjin"} == set(china["Jinan"])
    assert set(china["Shijiazhuang"]) == {"Beijing"}
    assert china.edges["Chengdu", "Xi'an"]["km"] == pytest.approx(
        605, abs=10
    )  # 1,226 where the map had put it
    assert china.edges["Hong Kong", "Beijing"]["km"] == pytest.approx(1960, abs=20)
    assert set(backbone("Nsfnet")) >= {"Ann Arbor", "Houston", "Palo Alto"}


def test_nodes_of_one_name_at_one_place_are_one_and_elsewhere_are_numbered():
    assert sum(name.startswith("Augusta") for name in backbone("Oxford")) == 1
    iris = backbone("Iris")
    assert {"Trenton", "Trenton 2"} <= set(iris)
    assert iris.nodes["Trenton"]["pos"] != iris.nodes["Trenton 2"]["pos"]


def test_names_run_together_are_taken_apart():
    assert "Salt Lake City" in backbone("janos-us")
    assert "Salt Lake City" in backbone("nobel-us")


@pytest.mark.parametrize("name", backbones())
def test_every_backbone_is_whole(name):
    graph = backbone(name.upper())
    assert graph.name == name
    assert nx.is_connected(graph)
    assert not list(nx.selfloop_edges(graph))
    assert graph.graph["source"].startswith((ZOO, SNDLIB))
    assert all(city == city.strip() and city for city in graph)
    for _, pos in graph.nodes(data="pos"):
        assert -180 <= pos[0] <= 180 and -90 <= pos[1] <= 90
    for u, v, km in graph.edges(data="km"):
        assert km == pytest.approx(great_circle(graph.nodes[u]["pos"], graph.nodes[v]["pos"]), abs=1.3)
    Network(graph=graph)  # takes it as it is


def test_the_names_are_listed_once():
    names = backbones()
    assert {"Abilene", "Geant2012", "Cernet", "germany50"} <= set(names)
    assert len({name.lower() for name in names}) == len(names) > 200


def test_lengths_along_the_equator_and_to_the_poles():
    assert great_circle((10, 20), (10, 20)) == 0
    assert great_circle((0, 0), (90, 0)) == pytest.approx(great_circle((13, 0), (57, 90)))
    assert great_circle((170, 0), (-170, 0)) == pytest.approx(great_circle((0, 0), (20, 0)))
    assert great_circle((0, 0), (180, 0)) == pytest.approx(20_020, abs=1)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("Abeline", "there is no backbone 'Abeline': did you mean Abilene?"),
        ("geant", "there is no backbone 'geant': did you mean Geant2009 or Geant2010 or Geant2012?"),
        ("zzzz", "there is no backbone 'zzzz': backbones() lists all names"),
    ],
)
def test_an_unknown_name_gets_one_sentence(name, sentence):
    with pytest.raises(KeyError) as caught:
        backbone(name)
    assert str(caught.value) == sentence


def test_a_name_is_a_text():
    with pytest.raises(TypeError, match="a backbone has a name, such as 'Abilene'; 7 is none"):
        backbone(7)


def test_a_copy_and_a_part_know_how_to_call_themselves():
    graph = backbone("Abilene")
    part = graph.subgraph(["Seattle", "Sunnyvale"]).copy()
    assert repr(part) == "Abilene: 2 cities, 1 cable, 1,139 km"
