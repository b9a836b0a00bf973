"""Every bad input gets one sentence that names what was wrong and what would be right."""

import math

import numpy as np
import pytest

from distlab.algorithms.hashing import HashRing, Jump, KetamaRing, Maglev, Modulo, NotOffered, Rendezvous
from tests.algorithms.hashing.schemes import PEOPLE, SCHEMES

every_scheme = pytest.mark.parametrize("make", SCHEMES.values(), ids=SCHEMES)
every_class = pytest.mark.parametrize("scheme", [HashRing, KetamaRing, Rendezvous, Jump, Maglev, Modulo])

BAD_KEYS = {
    True: (TypeError, "not the bool True"),
    1.5: (TypeError, r"not float \(1.5\): turn it into text"),
    None: (TypeError, r"not NoneType \(None\)"),
    ("a", 1): (TypeError, r"not tuple \(\('a', 1\)\)"),
    2**64: (ValueError, "18446744073709551616 does not fit 64 bits"),
    -(2**63) - 1: (ValueError, "does not fit 64 bits"),
    "\ud800": (ValueError, r"'\\ud800' has a lone surrogate"),
}


@every_scheme
@pytest.mark.parametrize("key", BAD_KEYS, ids=ascii)
def test_a_key_is_a_str_bytes_or_an_int(make, key):
    scheme = make(PEOPLE)
    error, sentence = BAD_KEYS[key]
    with pytest.raises(error, match=sentence):
        scheme.owner(key)
    for batch in ([key], ["fine", key], [1, key], [b"fine", 1, key]):
        with pytest.raises(error, match=sentence):
            scheme.owners_of(batch)


@every_scheme
def test_neither_are_elements_of_arrays_anything_else(make):
    scheme = make(PEOPLE)
    with pytest.raises(TypeError, match="not the bool True"):
        scheme.owners_of(np.array([True, False]))
    with pytest.raises(TypeError, match=r"not float \(1.5\)"):
        scheme.owners_of(np.array([1.5]))
    with pytest.raises(TypeError, match="not the bool True"):
        scheme.owner(np.True_)
    with pytest.raises((TypeError, ValueError), match=r"one dimension, not 2|not list"):
        scheme.owners_of(np.array([[1, 2], [3, 4]]))


@every_scheme
@pytest.mark.parametrize("one", ["plum", b"plum"])
def test_one_key_is_not_a_batch_of_letters(make, one):
    with pytest.raises(TypeError, match=r"not the one key b?'plum': put it in a list"):
        make(PEOPLE).owners_of(one)


@every_scheme
def test_nobody_owns_a_key_when_there_are_no_nodes(make):
    scheme = make([])
    if "Bounded" not in type(scheme).__name__:
        with pytest.raises(LookupError, match="has no nodes: add one before asking who owns a key"):
            scheme.owner("plum")
    for question in (scheme.owners_of, scheme.load):
        with pytest.raises(LookupError, match="has no nodes: add one before asking who owns a key"):
            question(["plum"])
    with pytest.raises(LookupError, match="has no nodes"):
        scheme.owners("plum", 1)
    assert scheme.owners_of([]).tolist() == []
    assert scheme.load([]) == {}
    assert len(scheme) == 0


@every_scheme
def test_a_node_is_there_once(make):
    scheme = make(PEOPLE)
    with pytest.raises(ValueError, match="the node 'bob' is there already"):
        scheme.add("bob")
    assert scheme.nodes == tuple(PEOPLE)


@every_class
def test_a_list_names_a_node_once(scheme):
    with pytest.raises(ValueError, match="the node 'ada' is there already"):
        scheme(["ada", "bob", "ada"])


@every_scheme
def test_only_a_node_that_is_there_can_leave(make):
    with pytest.raises(LookupError, match=r"there is no node 'eve'; there are 'ada', 'bob', 'cyd'$"):
        make(PEOPLE).remove("eve")
    with pytest.raises(LookupError, match=r"there is no node 'eve'; there are none$"):
        make([]).remove("eve")
    with pytest.raises(LookupError, match=r"'n7', \.\.\.$"):
        make([f"n{i}" for i in range(9)]).remove("eve")


@every_scheme
@pytest.mark.parametrize(
    ("n", "problem"), [(4, "needs 4 different nodes; there are 3"), (0, "not 0"), (-1, "not -1")]
)
def test_a_preference_list_has_as_many_as_there_are(make, n, problem):
    with pytest.raises(ValueError, match=problem):
        make(PEOPLE).owners("plum", n)


@pytest.mark.parametrize("n", [True, 1.0, "1", None])
def test_the_length_of_a_preference_list_is_an_int(n):
    with pytest.raises(ValueError, match="a length of 1 or more, not"):
        HashRing(PEOPLE).owners("plum", n)


@pytest.mark.parametrize("scheme", [HashRing, KetamaRing, Rendezvous])
@pytest.mark.parametrize("weight", [0, -1, math.nan, math.inf, 0.0, np.float64("nan")])
def test_a_weight_is_positive_and_finite(scheme, weight):
    with pytest.raises(ValueError, match="the weight of 'ada' is positive and finite, not"):
        scheme({"ada": weight})
    nodes = scheme(["bob"])
    with pytest.raises(ValueError, match="the weight of 'ada' is positive and finite, not"):
        nodes.add("ada", weight)
    assert nodes.nodes == ("bob",)


@pytest.mark.parametrize("weight", ["2", None, True, [1]])
def test_a_weight_is_a_number(weight):
    with pytest.raises(TypeError, match="the weight of 'ada' is a number, not"):
        HashRing({"ada": weight})


@every_class
def test_weights_of_numpy_are_weights(scheme):
    nodes = scheme(PEOPLE)
    nodes.add("dan", np.float32(1))
    assert nodes.weights["dan"] == 1


@pytest.mark.parametrize("scheme", [Jump, Maglev, Modulo, SCHEMES["bounded"]])
def test_a_scheme_without_weights_says_so(scheme):
    with pytest.raises(NotOffered, match="knows no weights: 'ada' cannot have the weight 2"):
        scheme({"ada": 2})
    with pytest.raises(NotOffered, match="knows no weights"):
        scheme(PEOPLE).add("dan", 2)
    assert scheme({"ada": 1}).nodes == ("ada",)


@pytest.mark.parametrize("scheme", [Jump, Maglev])
def test_a_scheme_without_a_second_choice_says_so(scheme):
    with pytest.raises(NotOffered, match=r"one node for a key.* second choice"):
        scheme(PEOPLE).owners("plum", 2)


@every_class
def test_names_are_nonempty_text(scheme):
    with pytest.raises(TypeError, match=r"a node's name is a str, not int \(3\)"):
        scheme([3])
    with pytest.raises(ValueError, match="a node's name is not empty"):
        scheme([""])
    with pytest.raises(ValueError, match="lone surrogate"):
        scheme(["\ud800"])
    with pytest.raises(TypeError, match="not the one name 'ada'"):
        scheme("ada")
    with pytest.raises(TypeError, match=r"no order that is the same in every run: pass sorted\(nodes\)"):
        scheme({"ada", "bob"})


@pytest.mark.parametrize("vnodes", [0, -1, 1.5, True, None, "8"])
def test_a_node_has_at_least_one_point(vnodes):
    with pytest.raises(
        ValueError, match="vnodes is the number of points of a node, an int of 1 or more, not"
    ):
        HashRing(PEOPLE, vnodes=vnodes)


def test_an_unknown_hash_function():
    with pytest.raises(ValueError, match="no hash function is called 'md6'; there are xxh3, xxh64, md5"):
        HashRing(PEOPLE, hash="md6")


def test_zones_are_for_all_nodes_or_none():
    with pytest.raises(ValueError, match="'bob' is a node without a zone"):
        HashRing(["ada", "bob"], zones={"ada": "eu"})
    with pytest.raises(ValueError, match="'bbo' is a zone without a node"):
        HashRing(["ada"], zones={"ada": "eu", "bbo": "us"})
    ring = HashRing(["ada"], zones={"ada": "eu"})
    with pytest.raises(ValueError, match=r"on a ring with zones every node has one: add\('bob', zone=...\)"):
        ring.add("bob")
    with pytest.raises(LookupError, match="there is no node 'bob'"):
        ring.zone("bob")
    ring = HashRing(["ada"])
    with pytest.raises(ValueError, match="this ring has no zones, so 'bob' cannot be in zone 'us'"):
        ring.add("bob", zone="us")
    with pytest.raises(ValueError, match="this ring has no zones"):
        ring.owners("plum", 1, distinct="zone")
    with pytest.raises(ValueError, match="distinct is 'node' or 'zone', not 'rack'"):
        ring.owners("plum", 1, distinct="rack")
