import math

import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import HASHES, Rendezvous
from distlab.algorithms.hashing.keys import key_bytes
from tests.algorithms.hashing.schemes import PEOPLE, key_lists, keys, node_lists


def bid(node, key):
    mixed = xxhash.xxh3_64_intdigest(node.encode()) ^ xxhash.xxh3_64_intdigest(key_bytes(key))
    return xxhash.xxh3_64_intdigest(mixed.to_bytes(8, "little"))


@given(nodes=node_lists, key=keys)
def test_the_highest_bid_wins(nodes, key):
    scheme = Rendezvous(nodes)
    ranked = sorted(nodes, key=lambda node: bid(node, key), reverse=True)
    assert scheme.owner(key) == ranked[0]
    assert scheme.owners(key, len(nodes)) == ranked
    assert scheme.bids(key) == {node: bid(node, key) for node in ranked}
    assert list(scheme.bids(key)) == ranked


@given(weights=st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0.01, 100), min_size=2), key=keys)
def test_a_weighted_bid_is_weight_over_minus_the_logarithm(weights, key):
    scheme = Rendezvous(weights)
    if len(set(weights.values())) > 1:
        for node, offered in scheme.bids(key).items():
            u = ((bid(node, key) >> 11) + 0.5) / 2**53
            assert math.isclose(offered, -weights[node] / math.log(u), rel_tol=1e-12)
    assert scheme.owner(key) == next(iter(scheme.bids(key)))


@given(nodes=node_lists, keys=key_lists, weight=st.floats(0.1, 9))
def test_equal_weights_are_no_weights(nodes, keys, weight):
    weighted = Rendezvous(dict.fromkeys(nodes, weight))
    assert weighted.owners_of(keys).tolist() == Rendezvous(nodes).owners_of(keys).tolist()


def test_a_node_wins_in_proportion_to_its_weight():
    weights = {"ada": 1, "bob": 2, "cyd": 3, "dan": 4}
    keys = 100_000
    for node, load in Rendezvous(weights).load(range(keys)).items():
        p = weights[node] / 10
        assert abs(load - keys * p) < 4 * math.sqrt(keys * p * (1 - p))


@pytest.mark.parametrize("n", [64, 65, 300])
@pytest.mark.parametrize("weights", [False, True])
def test_many_nodes_one_by_one_and_in_batches(n, weights):
    nodes = {f"node-{i}": 1 + weights * (i % 3) for i in range(n)}
    scheme = Rendezvous(nodes)
    keys = list(range(1000))  # more than one piece of the batch with 300 nodes
    assert scheme.owners_of(keys).tolist() == [scheme.owner(key) for key in keys]


def test_two_names_with_the_same_hash_go_by_name(monkeypatch):
    monkeypatch.setitem(HASHES, "same", lambda data: 5)
    for nodes in (PEOPLE, PEOPLE[::-1]):
        scheme = Rendezvous(nodes, hash="same")
        assert scheme.owner("plum") == "ada"
        assert scheme.owners_of(["plum"])[0] == "ada"
        assert scheme.owners("plum", 3) == PEOPLE
