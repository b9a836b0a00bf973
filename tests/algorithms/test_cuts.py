"""Cuts through random runs, held to the definition: closed under happened-before."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import Message, Network, Node, Simulation
from distlab.algorithms.clocks import OF_THE_NETWORK
from distlab.algorithms.cuts import consistent_cut, in_transit, inside_first, latest_cut, orphans


class Hop(Message):
    left: int


class Walker(Node):
    def start(self):
        self.wake("now")

    def wake(self, timer):
        self.send(self.choose(self.peers), Hop(4))

    def receive(self, message, sender):
        if message.left:
            self.send(self.choose(self.peers), Hop(message.left - 1))


def run(nodes, seed, loss=0.0):
    system = {name: Walker() for name in "abcd"[:nodes]}
    return Simulation(system, seed, Network((1, 80), loss=loss, duplicates=loss)).run()


runs = st.builds(run, st.integers(2, 4), st.integers(0, 10_000), st.sampled_from([0.0, 0.2]))


def inside(trace, cut):
    return {e.index for e in trace.events if e.kind not in OF_THE_NETWORK and e.index <= cut.get(e.node, -1)}


@st.composite
def cuts(draw):
    trace = draw(runs)
    return trace, {name: draw(st.integers(-1, len(trace))) for name in trace.names}


@given(cuts())
def test_a_cut_is_consistent_when_it_holds_all_that_happened_before(case):
    trace, cut = case
    graph, events = trace.happened_before(), inside(*case)
    closed = all(set(graph.predecessors(index)) <= events for index in events)
    assert consistent_cut(trace, cut) == closed == (not orphans(trace, cut))


@given(runs, st.data())
def test_a_moment_of_simulated_time_is_a_consistent_cut(trace, data):
    at = data.draw(st.floats(0, trace.duration))
    assert consistent_cut(trace, {e.node: e.index for e in trace.events if e.at <= at})


@given(runs, st.data())
def test_the_latest_cut_without_some_events_is_the_largest(trace, data):
    out = data.draw(
        st.sets(st.sampled_from(sorted(inside(trace, dict.fromkeys(trace.names, len(trace))))), max_size=3)
    )
    cut = latest_cut(trace, out)
    events, graph = inside(trace, cut), trace.happened_before()
    assert consistent_cut(trace, cut) and not out & events
    for index in inside(trace, dict.fromkeys(trace.names, len(trace))) - events:
        assert out & ({index} | nx.ancestors(graph, index))  # whoever takes this in takes one of those in


def test_what_is_under_way_was_sent_inside_and_has_not_arrived():
    trace = run(3, 7)
    sent = next(event for event in trace.events if event.kind == "sent" and event.node == "a")
    cut = {"a": sent.index}
    assert [flight.sent for flight in in_transit(trace, cut)] == [sent]
    assert in_transit(trace, {}) == orphans(trace, {}) == []
    arrived = next(event for event in trace.events if event.cause == sent.index)
    assert [flight.end for flight in orphans(trace, {arrived.node: arrived.index})][-1] == arrived


def test_a_cut_that_is_none_cannot_come_first():
    trace = run(3, 7)
    first = next(event for event in trace.events if event.kind == "delivered")
    with pytest.raises(ValueError, match=f"this cut is not consistent: {first.node} has received Hop"):
        inside_first(trace, {first.node: first.index})
