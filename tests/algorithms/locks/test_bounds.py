"""How long a holder may trust: safe at every corner of drift and delay, and one per cent more is not."""

import warnings

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distlab import Clock, Crash, Loss, Network, Partition, Simulation, exponential
from distlab.algorithms.locks import Holder, LeaseService, most_believers
from distlab.algorithms.locks.bounds import ShortLease, corners, late, safe, trust

SPARING = settings.get_profile(settings.get_current_profile_name()).max_examples // 5  # thirty-two runs each


@pytest.mark.parametrize(
    ("lease", "drift", "delay", "x"),
    [(50, 0, 0, 50), (50, 0, 5, 45), (100, 0.05, 10, 80.976), (1000, 0.2, 300, 426.666)],
)
def test_the_formula(lease, drift, delay, x):
    assert trust(lease, drift, delay) == x


@settings(max_examples=SPARING)
@given(
    lease=st.floats(20, 2_000),
    drift=st.sampled_from([0, 0.0001, 0.01, 0.1, 0.3]),
    part=st.floats(0, 0.9),
)
def test_it_is_safe_at_the_corners_and_one_per_cent_more_is_not(lease, drift, part):
    delay = part * lease / (1 + drift)
    x = trust(lease, drift, delay)
    assert safe(x, lease, drift, delay)
    assert not safe(1.01 * x, lease, drift, delay)


def test_only_one_corner_is_sharp_a_slow_holder_a_fast_service_asked_at_once_and_written_late():
    x = trust(100, 0.05, 10)
    wrong = [bool(late(simulation.run(until=500))) for simulation in corners(1.01 * x, 100, 0.05, 10)]
    assert len(wrong) == 16 and wrong.count(True) == 1
    sharp = corners(1.01 * x, 100, 0.05, 10)[wrong.index(True)]
    assert [fault.rate for fault in sharp.faults] == [0.95, 1.05]
    lengths = {(u, v): km for u, v, km in sharp.network.graph.edges(data="km")}
    assert lengths == {("ana", "lock"): 0, ("ana", "store"): 2_000, ("lock", "ben"): 0}


@pytest.mark.parametrize(("lease", "drift"), [(50, 0), (100, 0.05), (300, 0.2)])
def test_for_belief_alone_the_delay_costs_nothing(lease, drift):
    x = trust(lease, drift)
    believing = [
        [most_believers(s.run(until=5 * lease)) for s in corners(y, lease, drift, 0)] for y in (x, 1.01 * x)
    ]
    assert (max(believing[0]), max(believing[1])) == (1, 2)


class Careless(Holder):
    """Trusts its lease from when the grant arrives."""

    def granted(self, number, token):
        self.set_timer("trust", self.trust)
        super().granted(number, token)


@pytest.mark.parametrize(("kind", "believers"), [(Holder, 1), (Careless, 2)])
def test_counted_from_the_answer_the_same_time_is_too_long(kind, believers):
    near_and_far = nx.Graph([("lock", "ben", {"km": 0}), ("lock", "ana", {"km": 1_000})])  # 5 ms to ana
    x = trust(50)
    ana, ben = kind(trust=x, stays=True), Holder(trust=x, begin=6, stays=True)
    nodes = {"lock": LeaseService(50), "ana": ana, "ben": ben}
    assert most_believers(Simulation(nodes, network=Network(graph=near_and_far)).run(until=200)) == believers


def nemesis_of_clocks(seed):
    """Everything but pauses and jumps: drift up to one per cent, losses, a partition, a crash."""
    draws = Network(delay=(0.5, 5.0), loss=0.05, duplicates=0.05)
    x = trust(60, drift=0.01)
    people = {
        name: Holder(trust=x, begin=(0.0, 30.0), work=(5.0, 30.0), patience=25.0, renew=20.0, times=4)
        for name in ("ana", "ben", "cem")
    }
    rates = [1 + 0.01 * ((seed + k) % 3 - 1) for k in range(4)]
    faults = [Clock(name, rate=rate) for name, rate in zip(["lock", *people], rates, strict=True)]
    start = 20 + seed % 7 * 10
    faults += [Crash("lock", at=start, until=start + 15), Loss(0.3, at=150, until=200)]
    faults += [Partition({"ana"}, {"lock"}, at=start + 40, until=start + 90), Crash("cem", at=260)]
    return Simulation({"lock": LeaseService(60), **people}, seed, draws, faults)


@pytest.mark.parametrize("first", range(0, 100, 25))
def test_within_the_bounds_nobody_else_believes_whatever_else_goes_wrong(first):
    for seed in range(first, first + 25):
        trace = nemesis_of_clocks(seed).run(until=1_500)
        assert most_believers(trace) == 1, seed
        assert sum(o.call == ("acquire",) and o.outcome == "completed" for o in trace.history()) >= 3


# --- bad input ---


def test_a_lease_shorter_than_the_delay_is_warned_of():
    with pytest.warns(
        ShortLease, match="a lease of 5 ms may be over before a message that takes up to 10 ms arrives"
    ):
        assert trust(5, delay=10) == 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert trust(50, delay=10) == 40


def test_the_delay_may_be_that_of_a_network():
    far = nx.Graph([("a", "b", {"km": 1_000}), ("b", "c", {"km": 600})])
    assert [
        trust(50, delay=n) for n in (Network(2), Network((1, 5)), Network(graph=far), Network(1, graph=far))
    ] == [
        48,
        45,
        42,
        41,
    ]
    with pytest.warns(ShortLease, match="up to 8 ms arrives"):
        assert trust(7, delay=Network(graph=far)) == 0
    with pytest.raises(ValueError, match="an exponential delay has no longest one"):
        trust(50, delay=Network(exponential(3)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((0,), "a lease lasts for some ms"),
        (("x",), "a lease lasts for some ms"),
        ((10, 1), "a drift is a share of the rate, at least 0 and less than 1, not 1"),
        ((10, -0.1), "a drift is a share of the rate"),
        ((10, 0, -1), "a delay is a time in ms, zero or more, not -1"),
    ],
)
def test_what_is_out_of_range_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        trust(*wrong)


def test_a_clock_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="a clock runs forwards: its rate is greater than zero, not -1"):
        Clock("ana", rate=-1)


@pytest.mark.parametrize(
    ("delay", "said"), [(30, "refused: nobody holds the lock"), (15, "take a longer one")]
)
def test_in_a_run_the_holder_notes_that_its_lease_is_too_short(delay, said):
    nodes = {"lock": LeaseService(25 if delay == 30 else 40), "ana": Holder(trust=20)}
    trace = Simulation(nodes, network=Network(delay=delay)).run(until=300)
    notes = [event.detail for event in trace.events if event.kind == "noted"]
    assert said in notes[-1] and "holding" not in str([e.detail for e in trace.events if e.kind == "state"])
