"""Lamport's mutual exclusion: one queue that everybody keeps, its count of messages, and what it needs of the links."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.lamport import Acknowledge, LamportQueue, Release, Request
from distlab.algorithms.locks.properties import most_believers, one_believer
from distlab.exploration import explore
from distlab.network import Network
from distlab.simulate import Simulation


def sites(n, turns=1, cls=LamportQueue, **options):
    return {f"s{i}": cls(turns, **options) for i in range(1, n + 1)}


def everybody_was_in(world):
    return all(node.turns == 0 and node.state == "idle" for node in world.nodes.values())


@pytest.mark.parametrize(("n", "turns", "states", "depth"), [(1, 1, 3, 2), (2, 1, 68, 10), (2, 2, 1_365, 20)])
def test_one_is_in_at_a_time_and_everybody_gets_in(n, turns, states, depth):
    goal = {"everybody was in": everybody_was_in}
    found = explore(sites(n, turns), {"one": one_believer}, eventually=goal, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


def test_of_three_sites_two_want_to_go_in():
    nodes = sites(3) | {"s3": LamportQueue(turns=0)}
    found = explore(nodes, {"one": one_believer}, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (1_511, 16, True, None)
    assert found.deadlock is None


class Hasty(LamportQueue):
    """Goes in when its own request is the first that it knows of."""

    def see(self):
        if self.state == "waiting" and self.mine == min(self.queue):
            self.enter()


@pytest.mark.parametrize(
    ("cls", "network", "steps", "states"), [(LamportQueue, "bag", 6, 56), (Hasty, "fifo", 2, 6)]
)
def test_it_needs_links_that_keep_their_order_and_the_patience_to_hear_from_all(cls, network, steps, states):
    found = explore(sites(2, cls=cls), {"one": one_believer}, network=network)
    assert (found.clause, found.violation.duration, found.states) == ("one", steps, states)


@given(n=st.integers(1, 6), turns=st.integers(1, 3), seed=st.integers(0, 2**32))
def test_an_entry_costs_three_messages_for_each_other_site(n, turns, seed):
    nodes = sites(n, turns, stay=(0, 20), think=(0, 100))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 20), fifo=True)).run()
    for kind in (Request, Acknowledge, Release):
        assert len(trace.messages(kind)) == (n - 1) * n * turns
    assert most_believers(trace) == 1
    assert set(trace.final.values()) == {"idle"}


@given(seed=st.integers(0, 2**32))
def test_requests_are_granted_in_the_order_of_their_times(seed):
    nodes = sites(4, turns=2, stay=(0, 20), think=(0, 100))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 20), fifo=True)).run()
    asked = sorted({(m.message.time, m.message.site) for m in trace.messages(Request)})
    entered = [e.node for e in trace.events if e.kind == "state" and e.detail[1] == "holding"]
    assert entered == [site for _, site in asked]
