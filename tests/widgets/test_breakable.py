import re

import networkx as nx
import pytest

from distlab import Network, backbone, break_network
from distlab.widgets.damage import Damage
from distlab.widgets.facts import Words, percent, sizes


@pytest.fixture
def box():
    return break_network(backbone("Abilene"), between=("Seattle", "New York"))


def labels(box):
    return re.findall(r'data-click="[^"]*" aria-label="([^"]*)"', box.picture.svg)


def press(box, label):
    """As the browser does."""
    (what,) = re.findall(f'data-click="([^"]*)" aria-label="{label}"', box.picture.svg)
    box._map.pressed = {"what": what, "n": box._map.answered + 1}
    assert box._map.wrong == ""


def test_every_cable_and_every_city_can_be_pressed(box):
    said = labels(box)
    assert sum(label.startswith("cut the cable ") for label in said) == 14
    assert sum(label.startswith("take away ") for label in said) == 11
    assert "cut the cable Seattle – Denver" in said or "cut the cable Denver – Seattle" in said


def test_a_cable_is_cut_and_mended(box):
    before = box.picture.svg
    press(box, "cut the cable Seattle – Denver")
    assert box.cables == [("Seattle", "Denver")]
    assert "28.4 ms" in box.picture.svg and "28.4 ms" not in before
    press(box, "mend the cable Seattle – Denver")
    assert box.cables == [] and box.picture.svg == before


def test_a_city_is_taken_away_and_brought_back(box):
    before = box.picture.svg
    press(box, "take away Denver")
    assert box.gone == ["Denver"]
    assert "all 10" in box.picture.svg
    press(box, "bring back Denver")
    assert box.picture.svg == before


def test_the_text_says_the_whole_state(box):
    assert repr(box) == (
        "nothing cut; Abilene: Seattle → New York 23.4 ms over 4,674 km, all 11 cities reach each other, "
        "busiest cable Kansas City – Indianapolis with 44 %"
    )
    box.cut("Denver", "Seattle")
    box.cut("Denver", "Sunnyvale")
    box.cut("Houston", "Los Angeles")
    box.remove("Chicago")
    assert repr(box) == (
        "3 cables cut and 1 city gone (Seattle – Denver, Sunnyvale – Denver, Los Angeles – Houston, Chicago); "
        "Abilene: no way Seattle → New York, partition into 7 | 3, 24 of 55 pairs can talk, "
        "busiest cable Washington DC – Atlanta with 42 %"
    )
    svg = box.picture.svg
    for words in (
        "Abilene falls apart: 7 | 3",
        "no way",
        "they are in different parts",
        "24 of 55 pairs",
    ):
        assert words in svg


def test_the_order_of_cuts_does_not_matter_for_what_is_shown(box):
    other = break_network(backbone("Abilene"), between=("Seattle", "New York"))
    for edge in (("Seattle", "Denver"), ("Houston", "Atlanta")):
        box.cut(*edge)
    for edge in (("Atlanta", "Houston"), ("Denver", "Seattle")):
        other.cut(*edge)
    assert box.damage.parts == other.damage.parts
    assert box.damage.cable_loads == other.damage.cable_loads


def test_mend_all(box):
    before = box.picture.svg
    box.cut("Seattle", "Denver")
    box.remove("Atlanta")
    button = next(child for child in box.children[0].children if type(child).__name__ == "Button")
    button.click()
    assert (box.cables, box.gone, box.picture.svg) == ([], [], before)


def test_the_ends_are_chosen_by_menu_or_by_name(box):
    start, end = box._ends
    assert (start.value, end.value) == ("Seattle", "New York")
    end.value = "Atlanta"
    assert box.between == ("Seattle", "Atlanta")
    assert "Seattle → Atlanta" in box.picture.svg
    box.between = ("Houston", "Chicago")
    assert (start.value, end.value) == ("Houston", "Chicago")
    assert "Houston → Chicago" in box.picture.svg
    box.between = ("Houston", "Houston")
    assert "0 ms" in box.picture.svg


def test_an_end_that_is_gone_is_named(box):
    box.remove("Seattle")
    assert "Seattle is gone" in box.picture.svg
    box.remove("New York")
    assert "Seattle and New York are gone" in box.picture.svg


def test_the_ends_are_the_farthest_by_default():
    assert set(break_network(backbone("Abilene")).between) == {"Seattle", "Washington DC"}


def test_what_is_left_is_a_network_to_simulate_on(box):
    box.cut("Seattle", "Denver")
    assert not box.damage.rest.has_edge("Seattle", "Denver")
    Network(graph=box.damage.rest)


def test_the_bundle_is_text_a_png_and_the_live_view(box):
    data, sizes = box._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(box)
    assert sizes["image/png"]["width"] == 960
    again = break_network(backbone("Abilene"), between=("Seattle", "New York"))._repr_mimebundle_()[0]
    assert (data["text/plain"], data["image/png"]) == (again["text/plain"], again["image/png"])


def named(graph, name):
    graph.graph["name"] = name
    return graph


def test_a_star_beside_a_mesh():
    box = break_network(named(nx.star_graph(7), "Star"), named(nx.complete_graph(8), "Mesh"))
    assert box.between is None and box._ends == []
    assert sum(label == "take away 0" for label in labels(box)) == 2
    assert "of the others’ traffic goes through 0" in box.picture.svg
    assert "nobody has to forward anything" in box.picture.svg
    box.remove(0)
    star, mesh = box.damages
    assert (star.largest, mesh.largest) == (1 / 8, 7 / 8)
    assert repr(box) == (
        "1 node gone (0); Star: partition into 7 parts, 0 of 28 pairs can talk; Mesh: all 7 nodes reach each other"
    )
    assert "Star falls apart: 7 parts" in box.picture.svg
    assert "Mesh holds: all 7 nodes that are left reach each other" in box.picture.svg


def test_a_link_that_only_one_has_is_cut_only_there():
    box = break_network(nx.star_graph(3), nx.cycle_graph(4))
    box.cut(0, 1)
    assert [len(damage.cut) for damage in box.damages] == [1, 1]
    box.cut(1, 2)
    assert [len(damage.cut) for damage in box.damages] == [1, 2]


def test_names_that_mean_something_in_xml():
    graph = nx.Graph()
    graph.add_edge("R&D", 'the "old" <lab>', km=3)
    box = break_network(graph)
    assert len(labels(box)) == 3
    box.cut("R&D", 'the "old" <lab>')
    assert "no way" in box.picture.svg
    assert box._repr_mimebundle_()[0]["image/png"]


def test_every_node_gone():
    box = break_network(nx.path_graph(2))
    box.remove(0)
    assert "1 node that is left" in box.picture.svg
    box.remove(1)
    assert "nothing is left" in box.picture.svg
    assert repr(box) == "2 nodes gone (0, 1); The network: 0 nodes reach each other"


@pytest.mark.parametrize("name", ["Geant2012", "Cernet", "Nsfnet", "Arpanet196912", "germany50"])
def test_real_networks(name):
    box = break_network(backbone(name))
    graph = box.graphs[0]
    assert len(labels(box)) == len(graph) + graph.number_of_edges()
    u, v = next(iter(graph.edges))
    box.cut(u, v)
    box.remove(list(graph)[-1])
    assert 0 < box.damage.pairs[0] < box.damage.pairs[1]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: break_network(), "break_network takes networks, such as backbone('Abilene'), not None"),
        (
            lambda: break_network("Abilene"),
            "break_network takes networks, such as backbone('Abilene'), not 'Abilene'",
        ),
        (lambda: break_network(nx.Graph([(1, 1)])), "a network to break has two nodes at least"),
        (
            lambda: break_network(nx.path_graph(3), between=(0, 2)),
            "between=... shows a way and its delay, for one network whose cables all have km",
        ),
        (
            lambda: break_network(backbone("Arpanet196912"), between=("SRI", "MIT")),
            "the network has no 'MIT'; it has SRI, UCSB, UCLA, Utah",
        ),
        (
            lambda: break_network(backbone("Abilene")).cut("Seattle", "Atlanta"),
            "there is no cable between 'Seattle' and 'Atlanta'",
        ),
        (lambda: break_network(nx.path_graph(3)).remove(7), "the network has no 7; it has 0, 1, 2"),
    ],
)
def test_bad_input_gets_one_sentence(make, sentence):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == sentence


def test_words():
    assert Words.of(backbone("Geant2012"), True)[:3] == ("country", "countries", "cable")
    assert Words.of(nx.path_graph(2), False)[:3] == ("node", "nodes", "link")
    assert sizes(Damage(nx.empty_graph(3))) == "1 | 1 | 1"
    assert sizes(Damage(nx.empty_graph(5))) == "5 parts"
    assert percent(0.436) == "44 %"
