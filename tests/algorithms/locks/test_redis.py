"""The recipe with one Redis server: who releases whose lock, and what a random value is not."""

import pytest

from distlab import Counter, Crash, Network, Pause, Simulation, explore, linearizable
from distlab.algorithms.locks import Resource, most_believers, updates
from distlab.algorithms.locks.redis import Redis, RedisClient, released_by_owner


def system(release="compare", clients=("ana", "ben"), **options):
    return {"redis": Redis(), **{name: RedisClient(release=release, **options) for name in clients}}


@pytest.mark.parametrize(("clients", "states"), [(("ana", "ben"), 100), (("ana", "ben", "cem"), 1_032)])
def test_with_compare_and_delete_nobody_releases_for_another(clients, states):
    found = explore(system(clients=clients), {"released by its owner": released_by_owner})
    assert (found.violation, found.complete, found.states) == (None, True, states)


def test_a_plain_delete_releases_somebody_elses_lock():
    found = explore(system("delete"), {"released by its owner": released_by_owner})
    assert (found.violation.duration, found.states) == (8, 75)
    last = found.violation.events[-1]
    assert (last.kind, last.node, last.detail) == ("state", "redis", ("set", "free"))


@pytest.mark.parametrize("release", ["compare", "delete"])
def test_in_time_the_plain_delete_lets_a_third_one_in(release):
    options = {"release": release, "px": 50.0, "retry": 5.0}
    clients = {
        "ana": RedisClient(stay=60.0, **options),  # longer than her key lives: she deletes ben's
        "ben": RedisClient(think=1.0, stay=45.0, **options),
        "cem": RedisClient(think=2.0, stay=45.0, **options),
    }
    trace = Simulation({"redis": Redis(), **clients}, network=Network(delay=1.0)).run(until=300)
    done = {(o.client, *o.call): o for o in trace.history()}
    key_of_ben = done["ben", "acquire"].returned_at, done["ben", "release"].called_at
    assert key_of_ben[1] - key_of_ben[0] == 45  # within the life of his key
    assert (done["cem", "acquire"].returned_at < key_of_ben[1]) is (release == "delete")


@pytest.mark.parametrize(("trusts", "believers"), [(None, 2), (40.0, 1)])
def test_who_looks_at_the_time_stops_before_the_key_expires(trusts, believers):
    nodes = system(stay=80.0, trust=trusts, think=0.0)
    trace = Simulation(nodes, network=Network(delay=1.0)).run(until=300)
    assert most_believers(trace) == believers


def test_the_random_value_says_whose_but_not_which_is_later_so_the_pause_undoes_updates():
    nodes = {
        "redis": Redis(),
        "store": Resource("nothing"),
        "ana": RedisClient(resource="store"),
        "ben": RedisClient(think=60.0, resource="store"),
        "cem": RedisClient(think=160.0, resource="store"),
    }
    pause = Pause("ana", at=8, until=65)
    trace = Simulation(nodes, network=Network(delay=1.0), faults=[pause]).run(until=400)
    assert [o.result for o in updates(trace) if o.outcome == "completed"] == [1, 1, 2]
    assert linearizable(updates(trace), Counter()).ok is False


def test_a_crash_of_the_server_forgets_the_lock_unless_it_stays_away():
    def run(restart):
        nodes = {
            "redis": Redis(restart),
            "ana": RedisClient(stay=30.0),
            "ben": RedisClient(think=9.0, stay=30.0),
        }
        crash = Crash("redis", at=5, until=6)
        return most_believers(Simulation(nodes, network=Network(delay=1.0), faults=[crash]).run(until=300))

    assert (run(None), run(50.0)) == (2, 1)


# --- bad input ---


def test_a_key_is_deleted_in_one_of_two_ways():
    with pytest.raises(ValueError, match="a key is deleted by one of compare, delete, not 'forget'"):
        RedisClient(release="forget")
