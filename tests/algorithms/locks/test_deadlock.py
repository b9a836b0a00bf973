"""Two locks in opposite order: the circle in the graph of who waits for whom."""

import networkx as nx
import pytest

from distlab import Network, Simulation, explore
from distlab.algorithms.locks import Holder, LeaseService
from distlab.algorithms.locks.deadlock import Collector, find_deadlock, wait_for


def table(*orders):
    """Locks without a lease, and collectors that take them in these orders."""
    locks = {lock: LeaseService(None) for lock in sorted({lock for order in orders for lock in order})}
    return locks | {
        name: Collector(order) for name, order in zip(("ana", "ben", "cem"), orders, strict=False)
    }


def free(world):
    return not find_deadlock(world.history)


def test_in_opposite_order_they_wait_for_each_other():
    found = explore(table(("left", "right"), ("right", "left")), {"no deadlock": free})
    assert (found.violation.duration, found.states) == (4, 15)
    assert find_deadlock(found.violation) == ["ana", "ben"]
    edges = wait_for(found.violation).edges(data="lock")
    assert sorted(edges) == [("ana", "ben", "right"), ("ben", "ana", "left")]


def test_in_one_order_they_never_do():
    found = explore(table(("left", "right"), ("left", "right")), {"no deadlock": free})
    assert (found.violation, found.complete, found.states) == (None, True, 45)
    assert found.deadlock is None


def test_the_graph_and_the_search_agree_on_what_is_stuck():
    stuck = explore(table(("left", "right"), ("right", "left"))).deadlock
    assert find_deadlock(stuck) == ["ana", "ben"]


def test_a_circle_of_three():
    nodes = table(("a", "b"), ("b", "c"), ("c", "a"))
    trace = Simulation(nodes, network=Network(delay=1.0)).run(until=100)
    assert find_deadlock(trace) == ["ana", "ben", "cem"]
    assert nx.is_directed_acyclic_graph(wait_for(trace)) is False


def test_waiting_is_no_deadlock():
    nodes = {"lock": LeaseService(None), "ana": Holder(stays=True), "ben": Holder(begin=1.0)}
    trace = Simulation(nodes).run(until=100)
    assert list(wait_for(trace).edges(data="lock")) == [("ben", "ana", "")]
    assert find_deadlock(trace) == []


def test_who_gives_up_waits_no_longer():
    nodes = table(("left", "right"), ("left", "right"))
    trace = Simulation(nodes).run(until=100)
    assert wait_for(trace).number_of_edges() == 0 and list(wait_for(trace)) == ["ana", "ben"]


def test_a_lock_is_taken_once():
    with pytest.raises(ValueError, match="each lock is taken once, or its holder waits for itself"):
        Collector(("left", "left"))
