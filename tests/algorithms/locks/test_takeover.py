"""How long a lock stays with a dead holder: the runs against the theory."""

import math
import statistics

import pytest

from distlab import exponential
from distlab.algorithms.locks.takeover import Takeover, expected_takeover, takeover_time, takeover_times

SEEDS = range(100)


def test_the_theory():
    assert expected_takeover(100, 30, 2) == Takeover(78, 93, 108)
    assert expected_takeover(100, 30, (1, 5)) == Takeover(74, 97, 120)
    assert expected_takeover(100, 30, exponential(2)).longest == math.inf


@pytest.mark.parametrize(("lease", "renew"), [(50, 10), (100, 30), (100, 90)])
def test_the_runs_lie_where_the_theory_says(lease, renew):
    times, theory = takeover_times(lease, renew, 2.0, SEEDS), expected_takeover(lease, renew, 2.0)
    assert theory.shortest <= min(times) <= theory.shortest + renew / 20
    assert theory.longest - renew / 20 <= max(times) <= theory.longest
    spread = renew / math.sqrt(12)  # of a uniform distribution
    assert abs(statistics.mean(times) - theory.mean) < 3 * spread / math.sqrt(len(times))
    assert statistics.stdev(times) == pytest.approx(spread, rel=0.1)


def test_of_equal_deaths_a_longer_lease_costs_exactly_its_length():
    short, long = takeover_times(60, 20, 1.0, range(20)), takeover_times(160, 20, 1.0, range(20))
    # both die three leases after the start, so at equal moments between two renewals: 180 and 480 are whole periods
    assert [b - a for a, b in zip(short, long, strict=True)] == pytest.approx([100.0] * 20)


def test_with_delays_that_are_drawn_the_mean_counts_them_four_times():
    times, theory = takeover_times(200, 60, (1.0, 5.0), SEEDS), expected_takeover(200, 60, (1.0, 5.0))
    assert theory.shortest <= min(times) and max(times) <= theory.longest
    spread = math.sqrt(60**2 / 12 + 4 * 4**2 / 12)
    assert abs(statistics.mean(times) - theory.mean) < 3 * spread / math.sqrt(len(times))


@pytest.mark.parametrize(("lease", "renew"), [(50, 0), (50, 50), (50, 80), (0, 0)])
def test_a_lease_is_renewed_in_its_time(lease, renew):
    with pytest.raises(ValueError, match="a lease is renewed before it runs out"):
        expected_takeover(lease, renew)
    with pytest.raises(ValueError, match="a lease is renewed before it runs out"):
        takeover_time(lease, renew)


def test_a_lease_that_nobody_can_hold_is_never_taken_over():
    with pytest.raises(ValueError, match="a lease of 10 ms is too short for delays of 20 ms"):
        takeover_time(10, 5, 20)
