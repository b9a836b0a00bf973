"""What all recipes with sessions have in common: whatever pauses and partitions do, the fenced resource is safe."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from distlab.algorithms.locks.consul import Consul, ConsulClient
from distlab.algorithms.locks.contender import NotHolding
from distlab.algorithms.locks.etcd import Etcd, EtcdClient
from distlab.algorithms.locks.properties import most_believers
from distlab.algorithms.locks.resource import Resource
from distlab.algorithms.locks.zookeeper import ZooKeeper, ZooKeeperClient
from distlab.faults import Crash, Partition, Pause
from distlab.network import Network
from distlab.simulate import Simulation

RECIPES = {
    "ZooKeeper": (ZooKeeper, ZooKeeperClient),
    "etcd": (Etcd, EtcdClient),
    "Consul": (Consul, ConsulClient),
}


def system(recipe, n=2, turns=2, checks="all", **options):
    service, client = RECIPES[recipe]
    clients = {
        f"c{i}": client("s", turns, ping=8, doubt=20, resource="r", **options) for i in range(1, n + 1)
    }
    return {"s": service(ttl=30), "r": Resource(checks)} | clients


def accepted(trace):
    """The reads and writes that the resource accepted, in order."""
    return [event.detail[2] for event in trace.events if (event.kind, event.node) == ("wrote", "r")]


pauses = st.builds(
    lambda who, at, length: Pause(who, at, at + length),
    st.sampled_from(["c1", "c2"]),
    st.floats(0, 80),
    st.floats(1, 90),
)
partitions = st.builds(
    lambda who, at, length: Partition({who}, {"s"}, at, at + length),
    st.sampled_from(["c1", "c2"]),
    st.floats(25, 100),
    st.floats(1, 60),
)
crashes = st.builds(lambda at: Crash("c1", at, at + 10), st.floats(0, 100))


@pytest.mark.parametrize("recipe", RECIPES)
@given(faults=st.lists(pauses | partitions | crashes, max_size=3), seed=st.integers(0, 2**32))
@example(
    faults=[Partition({"c2"}, {"s"}, 36, 37)], seed=220
)  # a release is lost: the holder still has it, and its token
def test_a_resource_that_checks_accepts_tokens_in_order_and_loses_no_update(recipe, faults, seed):
    nodes = system(recipe, stay=(1, 30))
    network = Network(delay=(1, 3), fifo=True)
    trace = Simulation(nodes, seed=seed, network=network, faults=faults).run(until=300)
    tokens = [token for _, token, _ in accepted(trace)]
    assert tokens == sorted(tokens)
    written = [value for kind, _, value in accepted(trace) if kind == "write"]
    assert written == list(range(1, len(written) + 1))


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_resource_that_does_not_look_loses_an_update(recipe):
    lost = 0
    for at in range(5, 25):
        nodes = system(recipe, turns=1, checks="nothing", stay=15)
        faults = [Pause("c1", at, at + 80)]
        trace = Simulation(nodes, network=Network(delay=1, fifo=True), faults=faults).run(until=600)
        writes = [value for kind, _, value in accepted(trace) if kind == "write"]
        lost += writes == [1, 1] and most_believers(trace) == 2
    assert lost


@pytest.mark.parametrize("recipe", RECIPES)
@given(faults=st.lists(partitions, max_size=2), seed=st.integers(0, 2**32))
def test_without_pauses_doubt_comes_before_the_session_ends(recipe, faults, seed):
    nodes = system(recipe, turns=1, stay=(20, 60))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 3), fifo=True), faults=faults).run(
        until=600
    )
    assert most_believers(trace) == 1


@pytest.mark.parametrize("recipe", RECIPES)
def test_who_releases_without_holding_is_told(recipe):
    service, client = RECIPES[recipe]
    too_soon = type("TooSoon", (client,), {"request": lambda self: self.release()})
    with pytest.raises(Exception, match="c releases a lock that it does not hold: it is waiting") as error:
        Simulation({"s": service(), "c": too_soon("s")}, network=Network(fifo=True)).run()
    assert isinstance(error.value.__cause__, NotHolding)


def test_nobody_is_in_doubt_after_the_last_turn():
    trace = Simulation(system("etcd"), network=Network(fifo=True)).run()
    assert trace.ended == "quiet"
    assert [e.kind for e in trace.events if e.kind == "noted"] == []
