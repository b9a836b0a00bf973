"""Under the nemesis: what holds holds in every seed, and what does not is found."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from distlab import Counter, Network, Simulation, linearizable, nemesis, search
from distlab.algorithms.locks import (
    Holder,
    LeaseService,
    Resource,
    Witness,
    most_believers,
    one_grant,
    updates,
)

SEEDS = range(40)
ALL_KINDS = ("crash", "pause", "partition", "clock", "loss")


def scenario(checks, service=LeaseService, pauses=False):
    """Three clients, a network that loses and doubles, and faults: of all kinds anywhere, or pauses of clients."""

    def simulation(seed):
        options = {"trust": 45.0, "begin": (0.0, 10.0), "work": (1.0, 40.0), "patience": 30.0, "renew": 15.0}
        people = {name: Holder("lock", "store", times=6, **options) for name in ("ana", "ben", "cem")}
        nodes = {"lock": service(50.0), "store": Resource(checks, "lock"), **people}
        who, kinds, count = (people, ("pause",), 10) if pauses else (nodes, ALL_KINDS, 5)
        faults = nemesis(seed, kinds, nodes=list(who), until=600.0, count=count, longest=120.0)
        return Simulation(nodes, seed, Network(delay=(0.5, 4.0), loss=0.02, duplicates=0.02), faults)

    return simulation


def in_order(trace):
    """Whether the resource accepted tokens that never decrease."""
    accepted = [e.detail[2][1] for e in trace.events if e.kind == "wrote" and e.node == "store"]
    return accepted == sorted(accepted)


def kept(trace):
    return linearizable(updates(trace), Counter()).ok


@cache
def runs(checks, pauses):
    return [scenario(checks, pauses=pauses)(seed).run(until=1_000) for seed in SEEDS]


@pytest.mark.parametrize(("pauses", "doubled", "done"), [(False, 3, 343), (True, 27, 457)])
def test_at_the_fenced_resource_nothing_is_lost_although_two_believe(pauses, doubled, done):
    traces = runs("all", pauses)
    assert all(in_order(trace) and kept(trace) for trace in traces)
    assert sum(most_believers(trace) > 1 for trace in traces) == doubled
    assert sum(o.outcome == "completed" for trace in traces for o in updates(trace)) == done


@pytest.mark.parametrize(("checks", "disordered", "lost"), [("writes", 20, 6), ("nothing", 25, 16)])
def test_where_the_resource_looks_away_updates_are_lost(checks, disordered, lost):
    traces = runs(checks, pauses=True)
    assert sum(not in_order(trace) for trace in traces) == disordered
    assert sum(kept(trace) is False for trace in traces) == lost


@pytest.mark.parametrize(("checks", "seed"), [("writes", 13), ("nothing", 1)])
def test_a_lost_update_is_found_and_made_small(checks, seed):
    assert [kept(trace) for trace in runs(checks, pauses=True)].index(False) == seed
    found = search(scenario(checks, pauses=True), at_end={"kept": kept}, seeds=[seed], until=1_000)
    assert len(found.trace.events) < len(found.original.events) / 2
    assert most_believers(found.trace) == 2
    assert kept(found.trace) is False


@settings(max_examples=settings.get_profile(settings.get_current_profile_name()).max_examples // 5)
@given(seed=st.integers(0, 2**32), pauses=st.booleans())
def test_and_no_other_seed_breaks_it(seed, pauses):
    trace = scenario("all", pauses=pauses)(seed).run(until=1_000)
    assert in_order(trace)
    assert kept(trace)


class Hasty(Witness):
    """Does not wait after a crash."""

    def recover(self):
        self.token = self.disk.get("token", 0)


@pytest.mark.parametrize(("service", "seeds", "ok"), [(Witness, range(8), True), (Hasty, [0], False)])
def test_the_service_never_has_two_grants_and_one_that_does_not_wait_is_found(service, seeds, ok):
    traces = [scenario("all", service)(seed).run(until=600) for seed in seeds]
    assert all(one_grant(world) for trace in traces for world in trace.states()) is ok
