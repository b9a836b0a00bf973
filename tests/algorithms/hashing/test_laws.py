"""The table of laws: which law holds for which scheme. test_broken_laws.py shows where one does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import HashRing, KetamaRing, Modulo, Rendezvous
from tests.algorithms.hashing.schemes import SCHEMES, join, key_lists, keys, names, node_lists, weigh

RINGS = ["ring", "ring of weak hashes", "weighted ring"]
RENDEZVOUS = ["rendezvous", "weighted rendezvous"]


def holds_for(*schemes):
    return pytest.mark.parametrize("make", [SCHEMES[name] for name in schemes], ids=schemes)


@holds_for(*SCHEMES)
@given(nodes=node_lists, keys=key_lists)
def test_every_key_has_one_owner_and_the_loads_add_up(make, nodes, keys):
    scheme = make(nodes)
    owners = scheme.owners_of(keys)
    assert len(owners) == len(keys)
    assert set(owners) <= set(nodes)
    assert list(scheme.load(keys)) == nodes
    assert scheme.load(keys) == {node: list(owners).count(node) for node in nodes}
    assert [nodes[i] for i in scheme.owner_indices(keys)] == owners.tolist()


@holds_for(*(name for name in SCHEMES if name != "bounded"))
@given(nodes=node_lists, keys=key_lists)
def test_a_batch_equals_one_by_one(make, nodes, keys):
    scheme = make(nodes)
    assert scheme.owners_of(keys).tolist() == [scheme.owner(key) for key in keys]


@holds_for(*RINGS, "ketama", *RENDEZVOUS, "maglev", "bounded")
@given(nodes=node_lists, keys=key_lists, data=st.data())
def test_the_order_of_joining_does_not_matter(make, nodes, keys, data):
    shuffled = data.draw(st.permutations(nodes))
    one_by_one = make([])
    for node in shuffled:
        if make in (SCHEMES["weighted ring"], SCHEMES["weighted rendezvous"]):
            one_by_one.add(node, weigh([node])[node])
        else:
            one_by_one.add(node)
    at_once = make(nodes)
    assert one_by_one.owners_of(keys).tolist() == at_once.owners_of(keys).tolist()
    assert one_by_one.nodes == tuple(shuffled)


@holds_for(*SCHEMES)
@given(nodes=node_lists, new=names, keys=key_lists)
def test_joining_and_leaving_again_changes_nothing(make, nodes, new, keys):
    scheme = make(nodes)
    before = scheme.owners_of(keys).tolist()
    if new not in scheme:
        join(scheme, new)
        scheme.remove(new)
    assert scheme.nodes == tuple(nodes)
    assert scheme.owners_of(keys).tolist() == before


@holds_for(*RINGS, *RENDEZVOUS, "jump")
@given(nodes=node_lists, new=names, keys=key_lists)
def test_a_new_node_takes_keys_only_for_itself(make, nodes, new, keys):
    scheme = make([node for node in nodes if node != new] or ["another"])
    before = scheme.owners_of(keys)
    join(scheme, new)
    after = scheme.owners_of(keys)
    assert set(after[after != before]) <= {new}


@holds_for(*RINGS, *RENDEZVOUS)
@given(nodes=node_lists, keys=key_lists, data=st.data())
def test_only_the_leavers_keys_move(make, nodes, keys, data):
    scheme = make([*nodes, "one who stays"])
    leaver = data.draw(st.sampled_from(nodes))
    before = scheme.owners_of(keys)
    scheme.remove(leaver)
    after = scheme.owners_of(keys)
    assert set(before[after != before]) <= {leaver}
    assert leaver not in after


@given(nodes=node_lists, keys=key_lists)
def test_jump_moves_only_the_keys_of_its_last_node(nodes, keys):
    scheme = SCHEMES["jump"](["one who stays", *nodes])
    before = scheme.owners_of(keys)
    scheme.remove(nodes[-1])
    after = scheme.owners_of(keys)
    assert set(before[after != before]) <= {nodes[-1]}


@holds_for(*RINGS, "ketama", *RENDEZVOUS, "modulo")
@given(nodes=node_lists, key=keys)
def test_preference_lists_are_distinct_prefix_stable_and_begin_with_the_owner(make, nodes, key):
    scheme = make(nodes)
    whole = scheme.owners(key, len(nodes))
    assert sorted(whole) == sorted(nodes)
    assert whole[0] == scheme.owner(key)
    for n in range(1, len(nodes)):
        assert scheme.owners(key, n) == whole[:n]


@holds_for(*RINGS, *RENDEZVOUS)
@given(nodes=node_lists, key=keys)
def test_whoever_is_second_on_the_list_inherits(make, nodes, key):
    scheme = make([*nodes, "one who stays"])
    first, *rest = scheme.owners(key, len(scheme))
    scheme.remove(first)
    assert scheme.owners(key, len(scheme)) == rest


@pytest.mark.parametrize("scheme", [HashRing, Rendezvous])
@given(nodes=node_lists, keys=key_lists, factor=st.floats(1, 4))
def test_a_heavier_node_only_gains(scheme, nodes, keys, factor):
    lighter = scheme(nodes)
    heavier = scheme({node: factor if node == nodes[0] else 1 for node in nodes})
    before, after = lighter.owners_of(keys), heavier.owners_of(keys)
    assert set(after[after != before]) <= {nodes[0]}


@given(nodes=node_lists, keys=key_lists)
def test_a_batch_in_any_container_is_the_same_batch(nodes, keys):
    ring = HashRing(nodes)
    expected = ring.owners_of(keys).tolist()
    as_objects = np.empty(len(keys), dtype=object)
    as_objects[:] = keys
    for container in (tuple(keys), iter(keys), as_objects):
        assert ring.owners_of(container).tolist() == expected


@pytest.mark.parametrize("scheme", [HashRing, KetamaRing, Rendezvous, Modulo])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.uint64, "<i4", ">i4"])
def test_an_array_of_any_integers_is_as_its_ints(scheme, dtype):
    low, high = np.iinfo(dtype).min, np.iinfo(dtype).max
    numbers = np.array([low, low + 1, 0, 1, 77, high - 1, high], dtype)
    nodes = scheme(["ada", "bob", "cyd"])
    assert nodes.owners_of(numbers).tolist() == [nodes.owner(n) for n in numbers.tolist()]
    assert nodes.owners_of(numbers).tolist() == [nodes.owner(n) for n in numbers]


def test_an_array_of_text_is_as_its_text():
    nodes = HashRing(["ada", "bob", "cyd"])
    words = ["plum", "Äpfel", "梨"]
    assert nodes.owners_of(np.array(words)).tolist() == [nodes.owner(word) for word in words]
    data = [word.encode() for word in words]
    assert nodes.owners_of(np.array(data)).tolist() == [nodes.owner(word) for word in words]
