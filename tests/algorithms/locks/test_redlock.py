"""Redlock, and the argument about it: each claim of either side as a run."""

import pytest

from distlab import Clock, Counter, Network, Simulation, explore, linearizable
from distlab.algorithms.locks import Read, Resource, Write, most_believers, one_believer, updates
from distlab.algorithms.locks.argument import (
    CheckAndSet,
    clock_jump,
    pause_in_asking,
    pause_in_holding,
    restart,
)
from distlab.algorithms.locks.redis import Redis
from distlab.algorithms.locks.redlock import Redlock, RedlockByTimer
from tests.algorithms.locks.systems import Teller, heard


def system(stays_away=None):
    """Two clients, three servers."""
    servers = ("r1", "r2", "r3")
    nodes = {name: Redis(stays_away) for name in servers}
    return nodes | {name: RedlockByTimer(servers, stay=None) for name in ("ana", "ben")}


WANT = 2  # time-outs that are spent on beginning: with no more of them no key expires


# --- by search ---


def test_while_no_key_expires_two_majorities_meet():
    found = explore(system(), {"one believer": one_believer}, timeouts=WANT)
    assert (found.violation, found.complete, found.states) == (None, True, 8_922)


def test_one_key_that_expires_early_is_enough():
    found = explore(system(), {"one believer": one_believer}, timeouts=WANT + 1)
    assert (found.violation.duration, found.states) == (11, 87_845)


def test_a_server_that_forgets_is_enough_even_if_no_key_expires():
    found = explore(system(), {"one believer": one_believer}, timeouts=WANT, crashes=1)
    assert (found.violation.duration, found.states) == (11, 53_744)


def test_a_server_that_stays_away_is_not():
    found = explore(system(stays_away=100.0), {"one believer": one_believer}, timeouts=WANT, crashes=1)
    assert (found.violation, found.complete, found.states) == (None, True, 97_523)


# --- the argument ---


def believers(simulation):
    return most_believers(simulation.run(until=400))


def test_a_clock_that_jumps_makes_two_holders_and_clocks_that_drift_do_not():
    assert believers(clock_jump()) == 2
    assert believers(clock_jump(offset=0, rate=1.01)) == 1
    assert believers(clock_jump(offset=0, rate=1.0)) == 1


def test_a_pause_while_asking_does_no_harm_because_the_clock_is_read_again():
    trace = pause_in_asking().run(until=400)
    assert most_believers(trace) == 1
    assert "it took 150 ms" in str([e.detail for e in trace.events if e.kind == "noted" and e.node == "ana"])
    assert believers(pause_in_asking(RedlockByTimer)) == 2


def test_a_pause_while_holding_undoes_an_update_unless_the_resource_looks():
    trace = pause_in_holding().run(until=500)
    assert most_believers(trace) == 2
    assert [o.result for o in updates(trace) if o.outcome == "completed"] == [1, 2, 2]
    assert linearizable(updates(trace), Counter()).ok is False


def test_check_and_set_with_the_random_value_keeps_every_update():
    trace = pause_in_holding(CheckAndSet()).run(until=500)
    assert most_believers(trace) == 2
    assert [o.result for o in updates(trace) if o.outcome == "completed"] == [1, 2, 3]
    assert linearizable(updates(trace), Counter()).ok is True


def test_a_random_value_is_no_fencing_token():
    trace = pause_in_holding(Resource("all")).run(until=500)
    assert not [o for o in updates(trace) if o.outcome == "completed"]
    assert "a token is a whole number that a lock service gave, not 'ana 1'" in str(trace.events)


def test_without_an_order_the_one_who_reads_last_wins_even_if_it_comes_too_late():
    lines = [("store", line) for line in (Read("new"), Read("old"), Write("new", 1), Write("old", 1))]
    trace = Simulation({"store": CheckAndSet(), "ana": Teller(*lines)}).run(until=20)
    answers = heard(trace, "ana")
    assert "token 'new' was not the last to read: 'old' was" in answers[2]
    assert "Wrote" in answers[3]


def test_a_server_that_restarts_at_once_makes_two_holders_and_one_that_stays_away_does_not():
    assert believers(restart()) == 2
    assert believers(restart(stays_away=100)) == 1


@pytest.mark.parametrize("seed", range(20))
def test_without_faults_it_is_a_lock(seed):
    servers = ("r1", "r2", "r3", "r4", "r5")
    people = {name: Redlock(servers, turns=3, think=(0.0, 20.0)) for name in ("ana", "ben", "cem")}
    nodes = {name: Redis() for name in servers} | people
    trace = Simulation(nodes, seed, Network(delay=(1.0, 4.0))).run(until=3_000)
    assert most_believers(trace) == 1
    assert sum(o.call == ("acquire",) and o.outcome == "completed" for o in trace.history()) == 9


# --- bad input ---


def test_a_clock_that_runs_back_while_asking_is_noticed():
    servers = ("r1", "r2", "r3")
    nodes = {name: Redis() for name in servers} | {"ana": Redlock(servers)}
    trace = Simulation(nodes, network=Network(delay=2.0), faults=[Clock("ana", offset=-50, at=1)]).run(
        until=100
    )
    notes = [event.detail for event in trace.events if event.kind == "noted"]
    assert notes[0].startswith("the clock ran back by 46 ms while it asked")
    assert "holding" in str(
        [e.detail for e in trace.events if e.kind == "state"]
    )  # it tries again, and gets it


def test_servers_and_time_are_needed():
    with pytest.raises(ValueError, match="Redlock needs servers, five by custom"):
        Redlock(())
    with pytest.raises(ValueError, match="keys that expire after 2 ms are never valid with a drift of"):
        Redlock(("r1",), px=2)
