import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import BoundedRing, HashRing, Move, theory
from distlab.algorithms.hashing.keys import HASHES, key_bytes
from tests.algorithms.hashing.schemes import PEOPLE, key_lists, keys, node_lists

epsilons = st.sampled_from([0.01, 0.1, 0.25, 0.5, 1, 3])


def by_hand(nodes, epsilon, vnodes, keys):
    """The definition: by precedence, each key takes the first node clockwise that has room."""
    ring = HashRing(nodes, vnodes)
    distinct = {key_bytes(key): key for key in keys}
    room = dict.fromkeys(nodes, theory.capacity(len(distinct), len(nodes), epsilon))
    owners = {}
    for data in sorted(distinct, key=lambda data: (HASHES["xxh3"](b"rank " + data), data)):
        owners[data] = next(node for node in ring.owners(data, len(nodes)) if room[node])
        room[owners[data]] -= 1
    return [owners[key_bytes(key)] for key in keys]


@given(nodes=node_lists, epsilon=epsilons, vnodes=st.integers(1, 4), keys=key_lists)
def test_keys_go_by_precedence_to_the_first_node_with_room(nodes, epsilon, vnodes, keys):
    bounded = BoundedRing(nodes, epsilon, vnodes)
    assert bounded.owners_of(keys).tolist() == by_hand(nodes, epsilon, vnodes, keys)
    assert bounded.placed == {}
    assert bounded.assign(keys).tolist() == by_hand(nodes, epsilon, vnodes, keys)
    assert [bounded.owner(key) for key in keys] == by_hand(nodes, epsilon, vnodes, keys)


@given(nodes=node_lists, epsilon=epsilons, keys=key_lists)
def test_no_node_is_above_the_bound(nodes, epsilon, keys):
    bounded = BoundedRing(nodes, epsilon, vnodes=2)
    bounded.assign(keys)
    distinct = len({key_bytes(key) for key in keys})
    assert bounded.capacity == theory.capacity(distinct, len(nodes), epsilon)
    assert max(bounded.loads.values()) <= bounded.capacity
    assert sum(bounded.loads.values()) == len(bounded.placed) == distinct


@given(
    nodes=st.integers(2, 6),
    epsilon=st.sampled_from([0.01, 0.1, 0.25, 0.5]),
    vnodes=st.integers(1, 3),
    there=st.sets(st.integers(0, 29)),
    toggled=st.lists(st.integers(0, 29), min_size=10, max_size=40),
)
def test_whatever_came_and_went_the_placement_is_the_one_of_what_is_there(
    nodes, epsilon, vnodes, there, toggled
):
    bounded = BoundedRing(list("abcdef")[:nodes], epsilon, vnodes)
    bounded.assign(sorted(there))
    for key in toggled:
        before, capacity = bounded.placed, bounded.capacity
        moves = bounded.discard(key) if key in before else bounded.place(key)
        expected = before.keys() ^ {key}
        before = {key: node for key, node in before.items() if key in expected}
        if key in expected and bounded.capacity == capacity:
            assert len({move.key for move in moves}) == len(moves)  # a cascade pushes on, never back
        assert follow(before, moves) == bounded.placed
        present = list(bounded.placed)
        assert list(bounded.placed.values()) == by_hand(bounded.nodes, epsilon, vnodes, present)
        assert bounded.capacity == theory.capacity(len(expected), nodes, epsilon)


@given(epsilon=epsilons, there=st.sets(keys), changed=st.lists(st.sampled_from("abcdef"), max_size=10))
def test_when_nodes_come_and_go_the_keys_stay_placed(epsilon, there, changed):
    bounded = BoundedRing(["a", "b"], epsilon, vnodes=2)
    bounded.assign(list(there))
    present = list(bounded.placed)
    for node in changed:
        if node not in bounded:
            bounded.add(node)
        elif len(bounded) > 1:
            bounded.remove(node)
        assert list(bounded.placed) == present
        assert list(bounded.placed.values()) == by_hand(bounded.nodes, epsilon, 2, present)


def follow(placed, moves):
    """Carry out the moves, each from where the key is."""
    for key, source, target in moves:
        assert placed.get(key) == source != target
        placed[key] = target
    return placed


def test_a_cascade_and_its_way_back():
    bounded = BoundedRing(PEOPLE, epsilon=0.1, vnodes=4)
    bounded.assign(["apple", "pear", "plum"])
    # cyd is full, and kiwi comes before plum in precedence: plum walks on to ada
    assert bounded.place("kiwi") == [Move("kiwi", None, "cyd"), Move("plum", "cyd", "ada")]
    assert bounded.capacity == 2
    assert bounded.place("fig") == [Move("fig", None, "bob")]
    # the sixth key raises the bound to 3, and plum comes home
    assert bounded.place("lime") == [Move("plum", "ada", "cyd"), Move("lime", None, "ada")]
    assert bounded.capacity == 3
    assert bounded.discard("lime") == [Move("plum", "cyd", "ada")]
    assert bounded.loads == {"ada": 2, "bob": 1, "cyd": 2}


def test_a_key_is_placed_once():
    bounded = BoundedRing(PEOPLE)
    bounded.place("plum")
    assert bounded.place("plum") == []
    assert bounded.place(b"plum") == []
    assert bounded.assign(["fig", "fig", b"fig"]).tolist() == [bounded.owner("fig")] * 3
    assert list(bounded.placed) == ["fig"]
    assert bounded.capacity == 1


@given(keys=st.lists(keys, max_size=20))
def test_with_room_enough_it_is_the_ring(keys):
    bounded = BoundedRing(PEOPLE, epsilon=100, vnodes=8)
    assert bounded.owners_of(keys).tolist() == HashRing(PEOPLE, vnodes=8).owners_of(keys).tolist()
    assert bounded.ring.owners_of(keys).tolist() == bounded.owners_of(keys).tolist()


def test_a_tenth_is_a_tenth():
    bounded = BoundedRing(["ada"], epsilon=0.1)
    bounded.assign(range(10))
    assert bounded.capacity == 11  # in floats (1 + 0.1) * 10 / 1 is more than 11


def test_the_last_node_takes_its_keys_with_it():
    bounded = BoundedRing(["ada"])
    bounded.place("plum")
    bounded.remove("ada")
    assert bounded.placed == {}
    bounded.add("bob")
    bounded.place("fig")
    assert bounded.placed == {"fig": "bob"}


def test_it_cannot_say_who_owns_a_key_that_is_not_placed():
    bounded = BoundedRing(PEOPLE)
    for question in (bounded.owner, bounded.discard):
        with pytest.raises(
            LookupError, match="'plum' is not placed, and on a bounded ring an owner depends on"
        ):
            question("plum")


def test_nobody_to_place_a_key_on():
    for question in (lambda b: b.place("plum"), lambda b: b.assign(["plum"])):
        with pytest.raises(LookupError, match="this BoundedRing has no nodes: add one before"):
            question(BoundedRing())


@pytest.mark.parametrize("epsilon", [0, -1, float("nan"), float("inf")])
def test_epsilon_is_positive_and_finite(epsilon):
    with pytest.raises(ValueError, match=r"epsilon is positive and finite, such as 0.25, not"):
        BoundedRing(PEOPLE, epsilon)


@pytest.mark.parametrize("epsilon", [True, "0.25", None])
def test_epsilon_is_a_number(epsilon):
    with pytest.raises(TypeError, match=r"epsilon is a number such as 0.25, not"):
        BoundedRing(PEOPLE, epsilon)
