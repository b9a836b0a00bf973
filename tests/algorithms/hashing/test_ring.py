import copy
import math
import pickle
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import HASHES, Arc, HashRing, Point
from distlab.algorithms.hashing.keys import hash_key
from tests.algorithms.hashing.schemes import FRUITS, PEOPLE, SCHEMES, key_lists, keys, node_lists


def by_hand(weights, vnodes, name, key):
    """The owner by the definition: of all points the nearest clockwise, of equally near ones by name."""
    digest = HASHES[name]
    points = [
        (digest(f"{node}#{i}".encode()), node)
        for node, weight in weights.items()
        for i in range(max(1, round(vnodes * weight)))
    ]
    position = hash_key(key, digest)
    return min(points, key=lambda point: ((point[0] - position) % 2**64, point[1]))[1]


@given(
    weights=st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0.1, 3), min_size=1, max_size=6),
    vnodes=st.integers(1, 5),
    name=st.sampled_from(["xxh3", "md5", "crc32"]),
    keys=key_lists,
)
def test_the_owner_is_the_first_point_clockwise(weights, vnodes, name, keys):
    ring = HashRing(weights, vnodes=vnodes, hash=name)
    assert ring.owners_of(keys).tolist() == [by_hand(weights, vnodes, name, key) for key in keys]


@given(nodes=node_lists)
def test_a_key_exactly_on_a_point_belongs_to_it(nodes):
    ring = HashRing(nodes, vnodes=3)
    for node in nodes:
        for i in range(3):
            assert ring.owner(f"{node}#{i}") == node


@pytest.mark.parametrize("many", [False, True], ids=["by search", "by table"])
@given(nodes=node_lists, vnodes=st.integers(1, 9))
def test_around_every_point_the_batch_is_right(many, nodes, vnodes):
    ring = HashRing(nodes, vnodes=vnodes)
    points = ring._points
    ends = np.array([0, 2**64 - 1], np.uint64)
    hashes = np.concatenate([points, points - np.uint64(1), points + np.uint64(1), ends])
    expected = ring._owners[[np.searchsorted(points, h) for h in hashes]]
    if many:
        assert ring._place(hashes).tolist() == expected.tolist()
    else:
        assert [ring._place(hashes[i : i + 1])[0] for i in range(len(hashes))] == expected.tolist()


def test_points_at_the_very_same_place_go_by_name(monkeypatch):
    monkeypatch.setitem(HASHES, "constant", lambda data: 2**63)
    for nodes in (["ada", "bob"], ["bob", "ada"]):
        ring = HashRing(nodes, vnodes=3, hash="constant")
        assert ring.owner("plum") == "ada"
        assert ring.owners("plum", 2) == ["ada", "bob"]
        ring.remove("ada")
        assert ring.owner("plum") == "bob"
        ring.add("ada")
        assert ring.owners_of(FRUITS * 3).tolist() == ["ada"] * 24


def test_a_node_has_points_by_its_weight():
    ring = HashRing({"ada": 1, "bob": 2.5, "cyd": 0.001}, vnodes=10)
    assert Counter(point.node for point in ring.points()) == {"ada": 10, "bob": 25, "cyd": 1}
    assert ring.weights == {"ada": 1, "bob": 2.5, "cyd": 0.001}


@given(nodes=node_lists, vnodes=st.integers(1, 9))
def test_arcs_go_once_around_and_each_ends_in_a_point_of_its_owner(nodes, vnodes):
    ring = HashRing(nodes, vnodes=vnodes)
    points, arcs = ring.points(), ring.arcs()
    assert points == sorted(points)
    assert len(points) == len(arcs) == len(nodes) * vnodes
    assert math.isclose(sum(arc.end - arc.start for arc in arcs), 1)
    ends = [*points[1:], points[0]]
    assert [arc.node for arc in arcs] == [point.node for point in ends]
    assert all(math.isclose(arc.end % 1, end.position) for arc, end in zip(arcs, ends, strict=True))
    assert [arc.end for arc in arcs[:-1]] == [arc.start for arc in arcs[1:]]
    assert math.isclose(sum(ring.shares().values()), 1)


@given(nodes=node_lists, key=keys)
def test_a_key_lies_in_an_arc_of_its_owner(nodes, key):
    ring = HashRing(nodes, vnodes=3)
    at = ring.position(key)
    assert 0 <= at < 1
    around = [arc.node for arc in ring.arcs() if arc.start <= at <= arc.end or arc.start <= at + 1 <= arc.end]
    assert ring.owner(key) in around
    assert ring.positions_of([key]).tolist() == [at]


def test_one_point_owns_the_whole_circle():
    ring = HashRing(["ada"], vnodes=1)
    (point,) = ring.points()
    assert ring.arcs() == [Arc(point.position, point.position + 1, "ada")]
    assert ring.shares() == {"ada": 1.0}
    assert isinstance(point, Point)


def test_the_preference_list_is_the_walk_without_repetitions():
    ring = HashRing(PEOPLE, vnodes=4)
    for fruit in FRUITS:
        walk = list(ring.clockwise(fruit))
        assert len(walk) == 12
        assert ring.owners(fruit, 3) == list(dict.fromkeys(walk))


ZONES = {"a1": "eu", "a2": "eu", "b1": "us", "b2": "us", "c1": "asia"}


@given(key=keys, vnodes=st.integers(1, 8))
def test_owners_in_distinct_zones(key, vnodes):
    ring = HashRing(ZONES.keys(), vnodes=vnodes, zones=ZONES)
    spread = ring.owners(key, 3, distinct="zone")
    assert {ZONES[node] for node in spread} == {"eu", "us", "asia"}
    assert spread[0] == ring.owner(key)
    assert ring.owners(key, 2, distinct="zone") == spread[:2]
    # each is the first of its zone that the key meets
    by_node = ring.owners(key, 5)
    assert spread == [n for n in by_node if n == next(m for m in by_node if ZONES[m] == ZONES[n])]


def test_without_zones_in_mind_a_whole_list_can_be_in_one_zone():
    ring = HashRing(ZONES.keys(), zones=ZONES)
    crowded = [key for key in range(100) if {ZONES[node] for node in ring.owners(key, 2)} == {"eu"}]
    assert crowded
    assert all(len({ZONES[n] for n in ring.owners(key, 2, distinct="zone")}) == 2 for key in crowded)


def test_zones_come_and_go_with_their_nodes():
    ring = HashRing(["a"], zones={"a": "eu"})
    ring.add("b", weight=2, zone="us")
    assert ring.zone("b") == "us"
    assert set(ring.owners("k", 2, distinct="zone")) == {"a", "b"}
    ring.remove("a")
    ring.add("a", zone="us")
    with pytest.raises(ValueError, match="a preference list of 2 needs 2 different zones; there are 1"):
        ring.owners("k", 2, distinct="zone")


def test_a_ring_can_be_copied_and_sent():
    ring = HashRing({"ada": 1, "bob": 2}, zones={"ada": "eu", "bob": "us"})
    ring.owners_of(range(1000))
    for other in (copy.deepcopy(ring), pickle.loads(pickle.dumps(ring))):
        assert other.owners_of(FRUITS).tolist() == ring.owners_of(FRUITS).tolist()
        other.remove("ada")
        assert ring.nodes == ("ada", "bob")
        assert other.owner("plum") == "bob"


@pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
def test_every_scheme_can_be_copied_and_says_what_it_is(make):
    scheme = make(PEOPLE)
    assert pickle.loads(pickle.dumps(scheme)).owners_of(FRUITS).tolist() == scheme.owners_of(FRUITS).tolist()
    assert repr(scheme).startswith(f"{type(scheme).__name__}(3 nodes")
    assert "1 node" in repr(make(["ada"]))
    assert "nodes" not in repr(make(["ada"]))
