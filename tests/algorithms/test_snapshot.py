"""Chandy and Lamport's snapshot: the cuts that it takes, the money that it counts, and what it needs."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import Network, Simulation, explore, replay
from distlab.algorithms.cuts import consistent_cut, in_transit, inside_first
from distlab.algorithms.snapshot import Branch, Marker, Recorder, Transfer, counted_money, recorded_cut


def bank(size, payments=1):
    """The first branch begins the snapshot."""
    return {f"b{i}": Branch(payments=payments, snapshot=i == 0) for i in range(size)}


def on_a_topology(size, more, seed, fifo=True):
    """A random connected network, with `more` cables than a tree has."""
    graph = nx.random_labeled_tree(size, seed=seed)
    graph.add_edges_from(nx.gnm_random_graph(size, more, seed=seed).edges)
    graph = nx.relabel_nodes(graph, {i: f"b{i}" for i in graph})
    nx.set_edge_attributes(graph, 200, "km")
    network = Network((1, 60), fifo=fifo, graph=graph, neighbours=True)
    return Simulation(bank(size, payments=5), seed, network).run()


@given(st.builds(on_a_topology, st.integers(2, 7), st.integers(0, 8), st.integers(0, 10_000)))
def test_every_snapshot_is_a_consistent_cut_of_its_run(trace):
    cut, last = recorded_cut(trace), trace.states()[-1]
    assert set(cut) == set(trace.names)  # the marker came everywhere
    assert consistent_cut(trace, cut)
    assert counted_money(last) == 100 * len(trace.names)
    for name in trace.names:
        at = cut[name]
        assert last.nodes[name].recorded == (trace.states()[at].nodes[name].money if at >= 0 else 100)
        assert set(last.nodes[name].channels) == set(last.nodes[name].peers)
        for peer, recorded in last.nodes[name].channels.items():
            flights = [f for f in in_transit(trace, cut) if (f.sender, f.receiver) == (peer, name)]
            assert recorded == tuple(flight.message for flight in flights)


@pytest.mark.parametrize(
    ("size", "payments", "states", "transitions", "depth"),
    [(2, 1, 64, 101, 7), (2, 2, 416, 850, 11), (3, 1, 35_362, 110_382, 13)],
)
def test_no_order_of_events_loses_money(size, payments, states, transitions, depth):
    conserved = {"no money lost": lambda world: counted_money(world) in (None, 100 * size)}
    found = explore(bank(size, payments), conserved, network="fifo")
    assert (found.violation, found.complete) == (None, True)
    assert (found.states, found.transitions, found.depth) == (states, transitions, depth)


@pytest.mark.parametrize(("size", "steps", "states", "counted"), [(2, 4, 30, 190), (3, 8, 14_761, 290)])
def test_a_marker_that_overtakes_money_loses_it(size, steps, states, counted):
    conserved = {"no money lost": lambda world: counted_money(world) in (None, 100 * size)}
    found = explore(bank(size), conserved, network="bag")
    assert (found.violation.duration, found.states) == (steps, states)
    assert counted_money(found.violation.states()[-1]) == counted


def test_without_order_many_a_run_counts_wrong():
    wrong = sum(
        counted_money(on_a_topology(4, 3, seed, fifo=False).states()[-1]) != 400 for seed in range(50)
    )
    assert wrong == 36


def test_a_message_a_channel_is_all_it_costs():
    trace = on_a_topology(5, 4, seed=3)
    channels = 2 * trace.graph.number_of_edges()
    assert len(trace.messages(Marker)) == channels


def recorded(world):
    """The safes, and the channels that are not empty."""
    branches = world.nodes.items()
    channels = {(peer, name): c for name, node in branches for peer, c in node.channels.items() if c}
    return {name: node.recorded for name, node in branches}, channels


def there(world):
    """The same of a world as it is."""
    channels = {}
    for flight in world.in_flight:
        if isinstance(flight.message, Transfer):
            link = flight.sender, flight.receiver
            channels[link] = (*channels.get(link, ()), flight.message)
    return {name: node.money for name, node in world.nodes.items()}, channels


@given(st.builds(on_a_topology, st.integers(2, 4), st.integers(0, 3), st.integers(0, 10_000)))
def test_in_another_order_of_the_same_events_the_picture_is_true(trace):
    nodes, names = bank(len(trace.names), payments=5), trace.names
    peers = {name: tuple(peer for peer in names if peer in trace.graph[name]) for name in names}
    inside, outside = inside_first(trace, recorded_cut(trace))
    through = replay(nodes, inside, "fifo", peers).states()
    last = replay(nodes, [*inside, *outside], "fifo", peers).states()[-1]
    assert recorded(trace.states()[-1]) == (there(through[-1]) if through else there(trace.states()[0]))
    assert recorded(last) == recorded(trace.states()[-1]) and there(last) == there(trace.states()[-1])


def test_the_picture_may_be_of_a_world_that_never_was():
    never = 0
    for seed in range(20):
        worlds = on_a_topology(3, 1, seed).states()
        never += recorded(worlds[-1]) not in [there(world) for world in worlds]
    assert never == 20


def test_a_recorder_says_what_it_lacks():
    class Empty(Recorder):
        pass

    with pytest.raises(NotImplementedError, match="Empty needs own_state"):
        Empty().own_state()


def test_what_comes_between_two_pictures_belongs_to_the_channel():
    trace = explore(
        bank(2),
        sometimes={
            "under way": lambda world: any(sum(n.channels.values(), ()) for n in world.nodes.values())
        },
        network="fifo",
    ).witness("under way")
    channels = {name: node.channels for name, node in trace.states()[-1].nodes.items()}
    assert [c for node in channels.values() for c in node.values() if c] == [(Transfer(10),)]
