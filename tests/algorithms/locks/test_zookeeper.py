"""ZooKeeper's lock recipe: searched, its herd counted, and its belief judged where clocks are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.properties import most_believers, one_believer, tokens_never_decrease
from distlab.algorithms.locks.resource import Resource
from distlab.algorithms.locks.sessions import Expired, one_live_believer
from distlab.algorithms.locks.zookeeper import Delete, Deleted, Herd, ZooKeeper, ZooKeeperClient
from distlab.exploration import explore
from distlab.faults import Clock, Crash, Partition, Pause
from distlab.network import Network
from distlab.simulate import Simulation

CONNECTION = Network(delay=1, fifo=True)


def line(n, turns=1, cls=ZooKeeperClient, ttl=None, **options):
    return {"zk": ZooKeeper(ttl)} | {f"c{i}": cls("zk", turns, **options) for i in range(1, n + 1)}


def everybody_was_in(world):
    return all(world.nodes[c].turns == 0 and world.nodes[c].state == "idle" for c in world.nodes if c != "zk")


@pytest.mark.parametrize(
    ("cls", "n", "turns", "states", "depth"),
    [
        (ZooKeeperClient, 2, 1, 280, 18),
        (ZooKeeperClient, 2, 2, 1_460, 32),
        (ZooKeeperClient, 3, 1, 19_436, 27),
        (Herd, 3, 1, 21_164, 27),
    ],
)
def test_while_sessions_live_one_is_in_at_a_time_and_everybody_gets_in(cls, n, turns, states, depth):
    goal = {"everybody was in": everybody_was_in}
    found = explore(line(n, turns, cls), {"one": one_believer}, eventually=goal, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


class Hasty(ZooKeeperClient):
    """Takes it for the lock that the one before has gone."""

    def answer(self, message):
        if isinstance(message, Deleted):
            self.enter(self.number)
        else:
            super().answer(message)


@pytest.mark.parametrize(
    ("cls", "states", "steps"), [(ZooKeeperClient, 89_849, None), (Hasty, 76_067, 22)], ids=["looks", "hasty"]
)
def test_when_the_one_before_has_gone_one_has_to_look_again(cls, states, steps):
    nodes = line(3, cls=cls, ttl=9, stay=None)
    found = explore(nodes, {"one": one_live_believer}, network="fifo", timeouts=4)
    assert (found.states, found.complete or bool(steps)) == (states, True)
    assert (found.violation and found.violation.duration) == steps


def test_without_sessions_that_end_the_hasty_one_is_never_found_out():
    assert explore(line(3, cls=Hasty), {"one": one_believer}, network="fifo").violation is None


def test_a_search_knows_no_clocks_so_a_session_ends_while_its_client_believes():
    found = explore(line(2, ttl=9), {"live": one_live_believer, "one": one_believer}, network="fifo")
    assert (found.clause, found.violation.duration, found.states) == ("one", 15, 1_334)
    assert [event.detail for event in found.violation.events if event.kind == "timer"][-1] == "session 1"


@given(n=st.integers(2, 8), seed=st.integers(0, 2**32))
def test_a_release_wakes_one_or_the_herd(n, seed):
    for cls, cost in ((ZooKeeperClient, lambda waiting: 4), (Herd, lambda waiting: 5 * waiting - 1)):
        nodes = line(n, cls=cls, stay=500, think=(0, 100))
        trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 10), fifo=True)).run()
        releases = [e.index for e in trace.events if e.kind == "sent" and isinstance(e.message, Delete)]
        sent = [
            sum(e.kind == "sent" for e in trace.events[a:b])
            for a, b in zip(releases, [*releases[1:], len(trace.events)], strict=True)
        ]
        assert sent == [*(cost(waiting) for waiting in range(n - 1, 0, -1)), 1]


def test_the_lock_is_given_in_the_order_of_the_numbers_and_these_are_the_tokens():
    trace = Simulation(line(5, turns=2, think=(0, 50)), seed=3, network=CONNECTION).run()
    acquired = [operation for operation in trace.history() if operation.call == ("acquire",)]
    by_return = sorted(acquired, key=lambda operation: operation.returned)
    assert [operation.result for operation in by_return] == list(range(1, 11))


def paused(checks, **options):
    """c1 reads, pauses for longer than its session lasts, and writes as if nothing had been."""
    nodes = line(2, ttl=30, ping=10, doubt=20, stay=15, resource="r", **options) | {"r": Resource(checks)}
    return Simulation(nodes, network=CONNECTION, faults=[Pause("c1", at=12, until=100)]).run(until=400)


@pytest.mark.parametrize(("checks", "ordered"), [("all", True), ("nothing", False)])
def test_after_a_pause_two_believe_and_only_the_resource_can_tell(checks, ordered):
    trace = paused(checks)
    assert most_believers(trace) == 2
    assert tokens_never_decrease(trace.states()[-1]) is ordered
    assert ("c1", "its session has expired") in [
        (e.node, e.detail) for e in trace.events if e.kind == "noted"
    ]


def test_who_hears_nothing_is_suspended_and_then_either_goes_on_or_has_lost_the_lock():
    def states(until):
        faults = [Partition({"c1"}, {"zk"}, 20, until)]
        nodes = line(2, ttl=60, ping=10, doubt=20, stay=100)
        trace = Simulation(nodes, network=CONNECTION, faults=faults).run(until=400)
        assert most_believers(trace) == 1
        return [e.detail[1] for e in trace.events if (e.kind, e.node) == ("state", "c1")]

    assert states(until=50) == ["waiting", "holding", "suspended", "holding", "idle"]
    assert states(until=90) == ["waiting", "holding", "suspended", "idle"]


def test_what_falls_due_in_doubt_is_done_when_there_is_none():
    faults = [Partition({"c1"}, {"zk"}, 20, 60)]
    nodes = line(1, ttl=90, ping=10, doubt=20, stay=35, resource="r") | {"r": Resource()}
    trace = Simulation(nodes, network=CONNECTION, faults=faults).run(until=400)
    wrote = [e.at for e in trace.events if e.kind == "sent" and type(e.message).__name__ == "Write"]
    resumed = [e.at for e in trace.events if e.kind == "state" and e.detail == ("suspended", "holding")]
    assert wrote == resumed and len(wrote) == 1


@pytest.mark.parametrize(("doubt", "believers"), [(24.9, 1), (25.1, 2)])
def test_doubt_and_the_longest_delay_have_to_be_less_than_the_ttl(doubt, believers):
    # c2 lives beside the service: it hears at once that the session of c1 has ended. c1 hears of nothing for 5 ms.
    network = Network(delay=5, fifo=True, hosts={"c2": "there", "zk": "there"})
    assert most(network, ttl=30, doubt=doubt) == believers


@pytest.mark.parametrize(("share", "believers"), [(0.999, 1), (1.001, 2)])
def test_clocks_that_drift_take_their_share(share, believers):
    rho, delay, ttl = 0.1, 5, 30
    doubt = share * (1 - rho) * (ttl / (1 + rho) - delay)  # c1's clock is slow, the service's fast
    network = Network(delay=delay, fifo=True, hosts={"c2": "there", "zk": "there"})
    drift = [Clock("c1", rate=1 - rho), Clock("zk", rate=1 + rho)]
    assert most(network, ttl, doubt, drift) == believers


def most(network, ttl, doubt, faults=()):
    """How many believe at most, whenever c1 is cut off."""
    nodes = line(2, ttl=ttl, ping=8, doubt=doubt, think=0) | {
        "c2": ZooKeeperClient("zk", think=40, stay=None)
    }
    nodes["c1"].stay = None
    return max(
        most_believers(
            Simulation(nodes, network=network, faults=[*faults, Partition({"c1"}, {"zk"}, at)]).run(until=150)
        )
        for at in range(30, 60)
    )


def test_the_node_of_a_client_that_crashed_goes_with_its_session():
    trace = Simulation(
        line(2, ttl=30, ping=10, doubt=20, stay=5), network=CONNECTION, faults=[Crash("c1", at=7, until=20)]
    ).run(until=200)
    returned = {
        o.client: o.returned_at
        for o in trace.history()
        if o.call == ("acquire",) and o.outcome == "completed"
    }
    last_heard = 6  # its GetChildren, one of the messages that keep a session alive
    assert returned["c2"] == last_heard - 1 + 30 + 3


@pytest.mark.parametrize("at", [0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5])
def test_who_comes_back_from_a_crash_does_not_take_old_answers_for_new_ones(at):
    faults = [Crash("c1", at=at, until=at + 0.1)]
    trace = Simulation(line(2, turns=2, ttl=30, ping=10, doubt=20), network=CONNECTION, faults=faults).run()
    assert trace.final == {"zk": None, "c1": "idle", "c2": "idle"}
    assert most_believers(trace) == 1
    assert sum(o.outcome == "completed" for o in trace.history() if o.client == "c2") == 4


def test_who_uses_a_session_of_somebody_else_is_told_that_it_has_none():
    class Thief(ZooKeeperClient):
        def request(self):
            self.send(self.service, Delete(1, 1))
            super().request()

    nodes = {"zk": ZooKeeper(), "c1": ZooKeeperClient("zk", stay=None), "c2": Thief("zk", think=20)}
    trace = Simulation(nodes, network=CONNECTION).run()
    assert trace.states()[-1].nodes["zk"].line == {1: 1, 2: 2}
    assert [m.message for m in trace.messages(Expired)] == [Expired(1)]
    assert trace.final["c2"] == "waiting"


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: ZooKeeper(ttl=0), "a session ends after some ms .* more than 0, not 0"),
        (
            lambda: ZooKeeperClient("zk", ping=20, doubt=10),
            "who pings every 20 ms is not in doubt after 10 ms",
        ),
        (lambda: ZooKeeperClient("zk", doubt=10), "who pings every None ms is not in doubt"),
    ],
)
def test_bad_input_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()
