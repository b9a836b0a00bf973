"""Where a law does not hold, the smallest case that shows it."""

import numpy as np
import pytest

from distlab.algorithms.hashing import BoundedRing, HashRing, Jump, KetamaRing, Maglev, Modulo, NotOffered
from tests.algorithms.hashing.schemes import FRUITS, PEOPLE


def moved(before, after):
    """The keys that changed owner, with both owners."""
    return {key: (before[key], after[key]) for key in before if before[key] != after[key]}


def owners(scheme, keys):
    return dict(zip(keys, scheme.owners_of(keys).tolist(), strict=True))


def test_modulo_moves_nearly_everything_to_the_wrong_places():
    modulo = Modulo(PEOPLE)
    before = owners(modulo, FRUITS)
    modulo.add("dan")
    assert moved(before, owners(modulo, FRUITS)) == {
        "apple": ("cyd", "ada"),
        "pear": ("ada", "bob"),
        "plum": ("bob", "cyd"),
        "kiwi": ("ada", "cyd"),
        "fig": ("bob", "dan"),
        "lime": ("bob", "ada"),
        "date": ("ada", "dan"),
        "nut": ("cyd", "ada"),
    }
    modulo.remove("dan")
    modulo.remove("ada")
    after = owners(modulo, FRUITS)
    assert before["apple"] == "cyd"
    assert after["apple"] == "bob"  # though cyd stayed


def test_modulo_and_jump_depend_on_the_order_of_joining():
    for scheme in (Modulo, Jump):
        assert scheme(["ada", "bob", "cyd"]).owner("apple") == "cyd"
        assert scheme(["cyd", "bob", "ada"]).owner("apple") == "ada"


def test_modulo_does_not_leave_a_key_to_the_second_on_its_list():
    modulo = Modulo(PEOPLE)
    assert modulo.owners("plum", 2) == ["bob", "cyd"]
    modulo.remove("bob")
    assert modulo.owner("plum") == "ada"


def test_jump_lets_only_its_last_node_go():
    with pytest.raises(NotOffered, match="only the last, 'cyd', can be removed, not 'ada'"):
        Jump(PEOPLE).remove("ada")


def test_maglev_moves_a_key_between_two_nodes_that_stay():
    maglev = Maglev(PEOPLE, size=13)
    assert maglev.owner("apple") == "bob"
    maglev.add("dan")
    assert maglev.owner("apple") == "ada"


@pytest.mark.parametrize(("size", "least", "most"), [(251, 0.02, 0.10), (65_537, 0.0005, 0.005)])
def test_maglev_moves_few_keys_of_those_who_stay_and_fewer_with_a_larger_table(size, least, most):
    maglev = Maglev([f"backend-{i}" for i in range(10)], size=size)
    keys = np.arange(100_000)
    before = maglev.owners_of(keys)
    maglev.remove("backend-3")
    after = maglev.owners_of(keys)
    disturbed = np.mean((before != after) & (before != "backend-3"))
    assert least < disturbed < most


def test_bounded_moves_the_key_of_a_node_that_stays():
    bounded = BoundedRing(PEOPLE, vnodes=4)
    keys = ["apple", "pear", "plum", "kiwi"]
    before = owners(bounded, keys)
    assert before == {"apple": "ada", "pear": "cyd", "plum": "ada", "kiwi": "cyd"}
    # bob has no key at all, and yet when he leaves or dan joins, the bound changes and plum moves
    bounded.remove("bob")
    assert moved(before, owners(bounded, keys)) == {"plum": ("ada", "cyd")}
    bounded.add("bob")
    bounded.add("dan")
    assert moved(before, owners(bounded, keys)) == {
        "apple": ("ada", "dan"),
        "pear": ("cyd", "dan"),
        "plum": ("ada", "cyd"),  # not to dan
    }


def test_bounded_owners_depend_on_all_keys_so_a_batch_is_not_one_by_one():
    bounded = BoundedRing(PEOPLE, vnodes=4)
    assert bounded.owners_of(["apple", "pear", "plum", "kiwi"]).tolist() == ["ada", "cyd", "ada", "cyd"]
    assert bounded.owners_of(["plum"]).tolist() == ["cyd"]
    # and so the owner need not be the first on the list
    assert bounded.owners("plum", 3) == ["cyd", "ada", "bob"]


def test_weighted_ketama_moves_keys_between_old_nodes():
    ring = KetamaRing({"ada": 1, "bob": 2})
    assert ring.owner("2") == "ada"
    ring.add("cyd", weight=3)
    assert ring.owner("2") == "bob"
    # where the points of a HashRing depend on nobody else
    ring = HashRing({"ada": 1, "bob": 2})
    keys = [str(i) for i in range(1000)]
    before = owners(ring, keys)
    ring.add("cyd", weight=3)
    assert {after for _, after in moved(before, owners(ring, keys)).values()} == {"cyd"}


def test_even_equal_weights_do_not_save_ketama_when_the_61st_server_joins():
    ring = KetamaRing([f"10.0.0.{i}:11211" for i in range(60)])
    keys = [str(i) for i in range(2000)]
    before = owners(ring, keys)
    ring.add("new")
    assert {after for _, after in moved(before, owners(ring, keys)).values()} > {"new"}


def test_a_node_takes_keys_away_with_it():
    """Placement moves, data does not: who owns a key now never had it."""
    ring = HashRing(PEOPLE)
    stored = {node: {key for key in FRUITS if ring.owner(key) == node} for node in PEOPLE}
    ring.remove("cyd")
    assert all(key not in stored[ring.owner(key)] for key in stored["cyd"])
    assert stored["cyd"]
