"""Consul's lock recipe: searched, its herd counted, and what its lock-delay is worth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.consul import Consul, ConsulClient, Release
from distlab.algorithms.locks.properties import most_believers, one_believer, tokens_never_decrease
from distlab.algorithms.locks.resource import Resource
from distlab.algorithms.locks.sessions import one_live_believer
from distlab.exploration import explore
from distlab.faults import Crash, Pause
from distlab.network import Network
from distlab.simulate import Simulation

CONNECTION = Network(delay=1, fifo=True)


def one_key(n, turns=1, ttl=None, delay=0, **options):
    clients = {f"c{i}": ConsulClient("consul", turns, **options) for i in range(1, n + 1)}
    return {"consul": Consul(ttl, delay)} | clients


def everybody_was_in(world):
    return all(
        node.turns == 0 and node.state == "idle" for name, node in world.nodes.items() if name != "consul"
    )


@pytest.mark.parametrize(
    ("n", "turns", "states", "depth"), [(2, 1, 250, 18), (2, 2, 1_354, 32), (3, 1, 11_984, 27)]
)
def test_while_sessions_live_one_is_in_at_a_time_and_everybody_gets_in(n, turns, states, depth):
    goal = {"everybody was in": everybody_was_in}
    found = explore(one_key(n, turns), {"one": one_believer}, eventually=goal, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


@pytest.mark.parametrize(("delay", "states", "steps"), [(0, 1_569, 15), (9, 2_347, 16)])
def test_of_living_sessions_one_believes_and_a_search_finds_two_believers_whatever_the_delay(
    delay, states, steps
):
    nodes = one_key(2, ttl=9, delay=delay)
    found = explore(nodes, {"one": one_live_believer}, network="fifo")
    assert (found.states, found.complete, found.violation) == (states, True, None)
    assert explore(nodes, {"one": one_believer}, network="fifo").violation.duration == steps


@given(n=st.integers(2, 7), seed=st.integers(0, 2**32))
def test_a_release_wakes_the_herd(n, seed):
    nodes = one_key(n, stay=500, think=(0, 100))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 10), fifo=True)).run()
    releases = [e.index for e in trace.events if e.kind == "sent" and isinstance(e.message, Release)]
    sent = [
        sum(e.kind == "sent" for e in trace.events[a:b])
        for a, b in zip(releases, [*releases[1:], len(trace.events)], strict=True)
    ]
    assert sent == [*(6 * waiting - 2 for waiting in range(n - 1, 0, -1)), 1]


@pytest.mark.parametrize(
    ("delay", "until", "believers"), [(0, 60, 2), (60, 60, 1), (60, 100, 1), (60, 150, 2)]
)
def test_the_delay_outlasts_a_pause_or_it_does_not(delay, until, believers):
    nodes = one_key(2, ttl=30, delay=delay, ping=10, doubt=20, stay=300, again=5)
    trace = Simulation(nodes, network=CONNECTION, faults=[Pause("c1", 12, until)]).run(until=600)
    assert most_believers(trace) == believers


@pytest.mark.parametrize(("checks", "ordered"), [("all", True), ("nothing", False)])
def test_the_index_is_a_fencing_token(checks, ordered):
    nodes = one_key(2, ttl=30, ping=10, doubt=20, stay=15, resource="r") | {"r": Resource(checks)}
    trace = Simulation(nodes, network=CONNECTION, faults=[Pause("c1", at=12, until=100)]).run(until=400)
    assert most_believers(trace) == 2
    assert tokens_never_decrease(trace.states()[-1]) is ordered


@pytest.mark.parametrize(("delay", "got"), [(0, 38), (40, 80), (80, 122)])
def test_the_price_is_paid_when_a_holder_dies(delay, got):
    nodes = one_key(2, ttl=30, delay=delay, ping=10, doubt=20, stay=300, again=1)
    trace = Simulation(nodes, network=CONNECTION, faults=[Crash("c1", at=10)]).run(until=400)
    returned = {o.client: o.returned_at for o in trace.history() if o.call == ("acquire",)}
    ended = 5 + 30  # c1 was last heard of at 5 ms, when it asked for the key
    assert returned["c2"] == got >= ended + delay


def test_who_gives_the_key_back_delays_nobody():
    trace = Simulation(one_key(2, ttl=30, delay=80, ping=10, doubt=20, stay=5), network=CONNECTION).run(
        until=200
    )
    first, second = sorted((o for o in trace.history() if o.call == ("acquire",)), key=lambda o: o.returned)
    assert second.returned_at - first.returned_at == 5 + 4


@pytest.mark.parametrize("delay", [-1, 60_001])
def test_a_delay_that_consul_does_not_take_is_refused(delay):
    with pytest.raises(ValueError, match=f"a lock-delay is between 0 and 60000 ms, not {delay}"):
        Consul(delay=delay)
