"""etcd's lock recipe: searched, counted, and what compare-and-put is for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.etcd import Delete, Deleted, Etcd, EtcdClient
from distlab.algorithms.locks.properties import most_believers, one_believer, tokens_never_decrease
from distlab.algorithms.locks.resource import Resource
from distlab.algorithms.locks.sessions import one_live_believer
from distlab.algorithms.locks.zookeeper import ZooKeeper, ZooKeeperClient
from distlab.exploration import explore
from distlab.faults import Partition, Pause
from distlab.network import Network
from distlab.simulate import Simulation

CONNECTION = Network(delay=1, fifo=True)


def keys(n, turns=1, cls=EtcdClient, ttl=None, **options):
    return {"etcd": Etcd(ttl)} | {f"c{i}": cls("etcd", turns, **options) for i in range(1, n + 1)}


def everybody_was_in(world):
    return all(
        node.turns == 0 and node.state == "idle" for name, node in world.nodes.items() if name != "etcd"
    )


@pytest.mark.parametrize(
    ("n", "turns", "states", "depth"), [(2, 1, 146, 17), (2, 2, 842, 27), (3, 1, 5_702, 28)]
)
def test_while_leases_live_one_is_in_at_a_time_and_everybody_gets_in(n, turns, states, depth):
    goal = {"everybody was in": everybody_was_in}
    found = explore(keys(n, turns), {"one": one_believer}, eventually=goal, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


class Hasty(EtcdClient):
    """Takes it for the lock that the key before is gone."""

    def answer(self, message):
        if isinstance(message, Deleted):
            self.enter()
        else:
            super().answer(message)


@pytest.mark.parametrize(
    ("cls", "states", "steps"), [(EtcdClient, 14_693, None), (Hasty, 10_878, 17)], ids=["looks", "hasty"]
)
def test_when_the_key_before_is_gone_one_has_to_look_again(cls, states, steps):
    nodes = keys(3, cls=cls, ttl=9, stay=None)
    found = explore(nodes, {"one": one_live_believer}, network="fifo", timeouts=4)
    assert (found.states, found.complete or bool(steps)) == (states, True)
    assert (found.violation and found.violation.duration) == steps


def test_a_search_knows_no_clocks_so_a_lease_ends_while_its_client_believes():
    assert explore(keys(2, ttl=9), {"live": one_live_believer}, network="fifo").states == 1_167
    found = explore(keys(2, ttl=9), {"one": one_believer}, network="fifo")
    assert (found.violation.duration, found.states) == (11, 434)


class AskedTwice(EtcdClient):
    """Sends its request again: it does not know whether the first one came through."""

    def request(self):
        super().request()
        super().request()


class CreatedTwice(ZooKeeperClient):
    """The same with ZooKeeper, which creates a node each time."""

    def request(self):
        super().request()
        super().request()


def test_a_request_to_etcd_may_be_sent_twice_one_to_zookeeper_may_not():
    goal = {"everybody was in": everybody_was_in}
    asked = explore(
        keys(2, cls=AskedTwice), {"one": one_believer}, eventually=goal, network="fifo", max_states=300_000
    )
    assert (asked.states, asked.complete, asked.violation) == (890, True, None)
    created = explore({"zk": ZooKeeper(), "c1": CreatedTwice("zk")}, network="fifo")
    assert created.deadlock.final["c1"] == "waiting"  # for itself


@given(n=st.integers(2, 8), seed=st.integers(0, 2**32))
def test_a_release_wakes_one_and_costs_four_messages(n, seed):
    nodes = keys(n, stay=500, think=(0, 100))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 10), fifo=True)).run()
    releases = [e.index for e in trace.events if e.kind == "sent" and isinstance(e.message, Delete)]
    sent = [
        sum(e.kind == "sent" for e in trace.events[a:b])
        for a, b in zip(releases, [*releases[1:], len(trace.events)], strict=True)
    ]
    assert sent == [*[4] * (n - 1), 1]


def test_the_lock_goes_in_the_order_of_the_revisions_and_a_deletion_is_one_too():
    trace = Simulation(keys(3, think=(0, 3), stay=50), seed=1, network=CONNECTION).run()
    acquired = [operation for operation in trace.history() if operation.call == ("acquire",)]
    assert [o.result for o in sorted(acquired, key=lambda o: o.returned)] == [1, 2, 3]
    assert trace.states()[-1].nodes["etcd"].revision == 6


@pytest.mark.parametrize(("checks", "ordered"), [("all", True), ("nothing", False)])
def test_after_a_pause_two_believe_and_only_the_resource_can_tell(checks, ordered):
    nodes = keys(2, ttl=30, ping=10, doubt=20, stay=15, resource="r") | {"r": Resource(checks)}
    trace = Simulation(nodes, network=CONNECTION, faults=[Pause("c1", at=10, until=100)]).run(until=400)
    assert most_believers(trace) == 2
    assert tokens_never_decrease(trace.states()[-1]) is ordered


def test_a_partition_suspends_before_the_lease_ends():
    faults = [Partition({"c1"}, {"etcd"}, 20, 90)]
    trace = Simulation(keys(2, ttl=30, ping=10, doubt=20, stay=100), network=CONNECTION, faults=faults).run(
        until=400
    )
    words = [e.detail[1] for e in trace.events if (e.kind, e.node) == ("state", "c1")]
    assert (words, most_believers(trace)) == (["waiting", "holding", "suspended", "idle"], 1)
