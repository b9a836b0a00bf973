"""The formulae against each other, against counting, and against the schemes.

A measurement may be off by four standard errors: with fixed names that is one decision, made once.
"""

import math
from fractions import Fraction

import numpy as np
import pytest

from distlab.algorithms.hashing import HashRing, Jump, Modulo, Rendezvous, theory
from distlab.algorithms.hashing.keys import xxh3_of_ints


def close(samples, expected):
    """Whether the mean of the samples is as expected, to four of its standard errors."""
    samples = np.asarray(samples, float)
    return abs(samples.mean() - expected) < 4 * samples.std(ddof=1) / math.sqrt(len(samples))


def rings(count, nodes, vnodes):
    """Independent rings: the hashes of other names are other random points."""
    return (HashRing([f"{i}/{j}" for j in range(nodes)], vnodes) for i in range(count))


@pytest.mark.parametrize(("n", "k"), [(2, 1), (10, 1), (5, 8), (4, 32)])
def test_the_variance_of_a_share(n, k):
    shares = np.array([n * ring.shares()[f"{i}/0"] for i, ring in enumerate(rings(1500, n, k))])
    assert close(shares, 1)
    assert close((shares - 1) ** 2, theory.share_variance(n, k))
    assert not close(
        (shares - 1) ** 2, 1.5 * theory.share_variance(n, k)
    )  # so the test can see the difference


@pytest.mark.parametrize(("n", "k", "m"), [(5, 4, 20), (10, 16, 100), (4, 128, 30)])
def test_the_variance_of_a_load_with_its_finite_key_term(n, k, m):
    loads = []
    for i, ring in enumerate(rings(1500, n, k)):
        loads.append(ring.load(np.arange(i * m, (i + 1) * m))[f"{i}/0"] * n / m)
    squares = (np.array(loads) - 1) ** 2
    assert close(squares, theory.load_variance(n, k, m))
    assert not close(squares, theory.share_variance(n, k))  # without the term it would be wrong


def test_the_variance_of_a_load_is_what_the_variance_of_a_share_leaves_with_few_keys():
    assert theory.load_variance(10, 16, 10**9) == pytest.approx(theory.share_variance(10, 16), rel=1e-6)
    assert theory.load_variance(10, 10**9, 50) == pytest.approx(theory.ideal_load_variance(10, 50), rel=1e-6)
    assert theory.share_variance(1, 7) == 0


@pytest.mark.parametrize("scheme", [Rendezvous, Jump, Modulo])
def test_a_scheme_of_equal_shares_has_the_ideal_variance(scheme):
    n, m = 8, 40
    nodes = scheme([f"n{i}" for i in range(n)])
    loads = [nodes.load(np.arange(i * m, (i + 1) * m))["n3"] * n / m for i in range(1500)]
    assert close((np.array(loads) - 1) ** 2, theory.ideal_load_variance(n, m))


@pytest.mark.parametrize("n", [1, 2, 10, 50])
def test_the_largest_share_with_one_point_each_is_a_harmonic_number(n):
    largest = [n * max(ring.shares().values()) for ring in rings(600, n, 1)]
    if n == 1:
        assert set(largest) == {1.0} == {theory.expected_largest_share(1)}
    else:
        assert close(largest, theory.expected_largest_share(n))
    assert theory.expected_largest_share(4) == float(Fraction(25, 12))


def test_a_new_node_on_a_ring_takes_its_due_in_expectation():
    n, taken = 6, []
    for i, ring in enumerate(rings(1500, n, 2)):
        ring.add(f"{i}/new")
        taken.append(ring.shares()[f"{i}/new"])
    assert close(taken, theory.moved_by_join(n))


@pytest.mark.parametrize("scheme", [Rendezvous, Jump])
def test_a_new_node_takes_its_due(scheme):
    n, m = 9, 50_000
    nodes = scheme([f"n{i}" for i in range(n)])
    before = nodes.owners_of(np.arange(m))
    nodes.add("new")
    p = theory.moved_by_join(n)
    moved = np.mean(before != nodes.owners_of(np.arange(m)))
    assert abs(moved - p) < 4 * math.sqrt(p * (1 - p) / m)


@pytest.mark.parametrize(("before", "after"), [(3, 4), (4, 3), (1, 2), (4, 6), (6, 3), (5, 5), (10, 11)])
def test_modulo_moves_what_counting_says(before, after):
    period = math.lcm(before, after)
    moved = sum(h % before != h % after for h in range(period))
    assert theory.moved_by_modulo(before, after) == pytest.approx(moved / period)


def test_modulo_moves_all_but_one_in_n_plus_one():
    assert theory.moved_by_modulo(9, 10) == pytest.approx(9 / 10)
    modulo, m = Modulo([f"n{i}" for i in range(9)]), 50_000
    before = modulo.owners_of(np.arange(m))
    modulo.add("new")
    assert abs(np.mean(before != modulo.owners_of(np.arange(m))) - 0.9) < 4 * math.sqrt(0.9 * 0.1 / m)


@pytest.mark.parametrize(("n", "k"), [(2, 1), (3, 4), (10, 16)])
def test_the_density_of_a_share_has_the_right_mass_mean_and_variance(n, k):
    x = (np.arange(200_000) + 0.5) / 200_000
    density = theory.share_density(x, n, k) / len(x)
    assert density.sum() == pytest.approx(1, rel=1e-4)
    assert (density * x).sum() == pytest.approx(1 / n, rel=1e-4)
    assert (density * (n * x - 1) ** 2).sum() == pytest.approx(theory.share_variance(n, k), rel=1e-3)


def test_shares_are_distributed_as_the_density_says():
    n, k, count = 4, 3, 1500
    shares = np.array([ring.shares()[f"{i}/0"] for i, ring in enumerate(rings(count, n, k))])
    x = (np.arange(10_000) + 0.5) / 10_000
    cumulative = np.cumsum(theory.share_density(x, n, k)) / len(x)
    for below in (0.1, 0.2, 0.3, 0.5):
        p = float(np.interp(below, x, cumulative))
        assert abs(np.mean(shares < below) - p) < 4 * math.sqrt(p * (1 - p) / count)


def test_keys_on_nodes_of_different_weight():
    m, loads = 60, []
    for i in range(1500):
        ring = HashRing({f"{i}/a": 1, f"{i}/b": 3}, vnodes=4)
        loads.append(ring.load(np.arange(i * m, (i + 1) * m))[f"{i}/a"])
    mean, deviation = theory.keys_on_node(own=4, points=16, keys=m)
    assert mean == 15
    assert close(loads, mean)
    assert close((np.array(loads) - mean) ** 2, deviation**2)


def test_keys_on_equal_nodes_are_the_variance_of_a_load_in_keys():
    mean, deviation = theory.keys_on_node(own=12, points=48, keys=2000)
    assert mean == 500
    assert (deviation / mean) ** 2 == pytest.approx(theory.load_variance(4, 12, 2000))


def test_capacities_in_exact_arithmetic():
    assert theory.capacity(10, 1, 0.1) == 11
    assert theory.capacity(100, 3, 0.25) == 42
    assert theory.capacity(0, 3, 0.25) == 0
    assert theory.capacity(3, 3, 1) == 2


def test_points_that_xxh3_gives_to_small_numbers_are_uniform():
    """What all of the above rests on when keys are small ints."""
    counts = np.bincount((xxh3_of_ints(np.arange(100_000, dtype=np.uint64)) >> np.uint64(58)).astype(int))
    chi_square = ((counts - 100_000 / 64) ** 2).sum() / (100_000 / 64)
    assert abs(chi_square - 63) < 4 * math.sqrt(2 * 63)


@pytest.mark.parametrize(
    "question",
    [
        lambda: theory.share_variance(0, 5),
        lambda: theory.share_variance(5, 0),
        lambda: theory.load_variance(5, 5, 0),
        lambda: theory.expected_largest_share(0),
        lambda: theory.moved_by_join(0),
        lambda: theory.moved_by_modulo(3, 0),
        lambda: theory.capacity(3, 0, 0.1),
        lambda: theory.keys_on_node(0, 3, 5),
    ],
)
def test_counts_are_one_or_more(question):
    with pytest.raises(ValueError, match="is 1 or more, not 0"):
        question()


def test_one_node_has_no_density():
    with pytest.raises(ValueError, match="2 nodes or more, not 1"):
        theory.share_density(0.5, 1, 3)
