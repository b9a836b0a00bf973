"""Who waits how long: the queue of the lease service against the chance of Redis."""

import statistics

import pytest

from distlab import History, Network, Operation, Simulation
from distlab.algorithms.locks import Holder, LeaseService, Redis, RedisClient
from distlab.algorithms.locks.fairness import acquisitions, jain, overtakings, waits

NAMES = ("ana", "ben", "cem", "dan", "eva")


def contest(nodes, seed):
    return Simulation(nodes, seed, Network(delay=1.0)).run(until=3_000)


def queue(seed):
    people = {name: Holder(times=10, begin=(0.0, 20.0), work=5.0) for name in NAMES}
    return contest({"lock": LeaseService(50.0), **people}, seed)


def chance(seed):
    people = {name: RedisClient(turns=10, think=(0.0, 20.0), stay=5.0) for name in NAMES}
    return contest({"redis": Redis(), **people}, seed)


def flat(waited):
    return [wait for one in waited.values() for wait in one]


@pytest.mark.parametrize("seed", range(5))
def test_a_queue_lets_nobody_overtake_and_trying_again_does(seed):
    fair, unfair = queue(seed), chance(seed)
    assert len(acquisitions(fair)) == len(acquisitions(unfair)) == 50
    assert overtakings(fair) == []
    assert len(overtakings(unfair)) > 25
    assert max(flat(waits(unfair))) > 2 * max(flat(waits(fair)))
    assert statistics.mean(flat(waits(fair))) < statistics.mean(flat(waits(unfair)))


def test_what_is_counted():
    def call(client, called, returned, outcome="completed"):
        return Operation(client, ("acquire",), None, outcome, called, returned)

    history = History(
        [call("a", 0, 9), call("b", 1, 5), call("c", 2, None, "unknown"), call("d", 3, 4, "failed")]
    )
    assert waits(history) == {"a": [9], "b": [4]}
    assert [(early.client, late.client) for early, late in overtakings(history)] == [("a", "b")]


@pytest.mark.parametrize(("shares", "index"), [([3, 3, 3], 1), ([1, 0, 0, 0], 0.25), ([1, 2, 3], 6 / 7)])
def test_jains_index(shares, index):
    assert jain(shares) == pytest.approx(index)


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1]])
def test_nothing_cannot_be_shared(shares):
    with pytest.raises(ValueError, match="shares are zero or more"):
        jain(shares)
