from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import Maglev
from distlab.algorithms.hashing.maglev import is_prime, populate
from tests.algorithms.hashing.schemes import PEOPLE, node_lists


def test_the_papers_table_1():
    offsets, skips = [3, 0, 3], [4, 2, 1]
    assert populate(offsets, skips, 7) == [1, 0, 1, 0, 2, 2, 0]
    without_b1 = populate([3, 3], [4, 1], 7)
    assert [(0, 2)[i] for i in without_b1] == [0, 0, 0, 0, 2, 2, 2]


@given(nodes=node_lists, size=st.sampled_from([7, 13, 101, 251]))
def test_the_table_is_even_to_one_entry(nodes, size):
    shares = Counter(Maglev(nodes, size=size).table.tolist())
    assert set(shares.values()) <= {size // len(nodes), -(-size // len(nodes))}
    assert sum(shares.values()) == size


@given(data=st.data(), size=st.sampled_from([5, 7, 11]))
def test_populate_does_what_the_text_of_the_paper_says(data, size):
    n = data.draw(st.integers(1, size))
    offsets = data.draw(st.lists(st.integers(0, size - 1), min_size=n, max_size=n))
    skips = data.draw(st.lists(st.integers(1, size - 1), min_size=n, max_size=n))
    preferences = [[(o + j * s) % size for j in range(size)] for o, s in zip(offsets, skips, strict=True)]
    table = {}
    turn = 0
    while len(table) < size:
        wish = next(entry for entry in preferences[turn % n] if entry not in table)
        table[wish] = turn % n
        turn += 1
    assert populate(offsets, skips, size) == [table[entry] for entry in range(size)]


def test_the_table_is_made_afresh_when_nodes_change():
    maglev = Maglev(PEOPLE, size=13)
    assert set(maglev.table.tolist()) == {0, 1, 2}
    maglev.remove("ada")
    assert set(maglev.table.tolist()) == {0, 1}
    assert len(maglev.table) == maglev.size == 13
    maglev.remove("bob")
    maglev.remove("cyd")
    assert len(maglev.table) == 0


@pytest.mark.parametrize("size", [0, 1, 4, 65_536, -7, 7.0, None])
def test_the_size_is_a_prime(size):
    with pytest.raises(ValueError, match="a prime number of entries, such as 65537, not"):
        Maglev(PEOPLE, size=size)


def test_a_table_has_room_for_no_more_nodes_than_entries():
    maglev = Maglev(["a", "b", "c"], size=3)
    with pytest.raises(ValueError, match="room for 3 nodes, not for 'd'"):
        maglev.add("d")
    assert maglev.nodes == ("a", "b", "c")
    assert maglev.load(range(100)).keys() == {"a", "b", "c"}


def test_primes():
    assert [n for n in range(-3, 30) if is_prime(n)] == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    assert is_prime(65_537)
    assert is_prime(655_373)
