"""Ricart and Agrawala's mutual exclusion: its published count of messages, and every order of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.contender import Contender, NotHolding
from distlab.algorithms.locks.properties import most_believers, one_believer
from distlab.algorithms.locks.ricart_agrawala import Reply, Request, RicartAgrawala
from distlab.exploration import explore
from distlab.faults import Crash, Pause
from distlab.network import Network
from distlab.simulate import Simulation


def sites(n, turns=1, cls=RicartAgrawala, **options):
    return {f"s{i}": cls(turns, **options) for i in range(1, n + 1)}


def everybody_was_in(world):
    return all(node.turns == 0 and node.state == "idle" for node in world.nodes.values())


@pytest.mark.parametrize(
    ("n", "turns", "states", "depth"), [(2, 1, 35, 8), (2, 3, 455, 24), (3, 1, 2_879, 18), (3, 2, 44_833, 36)]
)
def test_one_is_in_at_a_time_and_everybody_gets_in(n, turns, states, depth):
    found = explore(sites(n, turns), {"one": one_believer}, eventually={"everybody was in": everybody_was_in})
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


class Eager(RicartAgrawala):
    """Answers whoever asks, unless it is in."""

    def before(self, time, other):
        return False


class Nameless(RicartAgrawala):
    """Lets equal times keep each other waiting."""

    def before(self, time, other):
        return self.time <= time


def test_who_waits_has_to_keep_later_requests_waiting():
    found = explore(sites(2, cls=Eager), {"one": one_believer})
    assert (found.clause, found.violation.duration, found.states) == ("one", 6, 39)


def test_of_equal_times_the_name_has_to_decide():
    found = explore(sites(2, cls=Nameless), {"one": one_believer})
    assert found.violation is None
    assert found.deadlock.duration == 4
    assert set(found.deadlock.final.values()) == {"waiting"}


@given(n=st.integers(1, 7), turns=st.integers(1, 3), seed=st.integers(0, 2**32))
def test_an_entry_costs_twice_as_many_messages_as_there_are_others(n, turns, seed):
    nodes = sites(n, turns, stay=(0, 20), think=(0, 100))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 20))).run()
    entries = sum(operation.call == ("acquire",) for operation in trace.history())
    assert entries == n * turns
    assert len(trace.messages(Request)) == len(trace.messages(Reply)) == (n - 1) * entries
    assert most_believers(trace) == 1


def test_a_free_lock_is_got_after_two_delays_and_handed_over_after_one():
    trace = Simulation(sites(2, stay=10), network=Network(delay=3)).run()
    first, _, second, _ = sorted(trace.history(), key=lambda operation: operation.returned_at)
    assert (first.client, first.returned_at) == ("s1", 6)
    assert (second.client, second.returned_at) == ("s2", 6 + 10 + 3)


@pytest.mark.parametrize("fault", [Crash("s3", at=0), Pause("s3", at=0, until=900)])
def test_one_that_is_silent_keeps_everybody_out(fault):
    trace = Simulation(sites(3), faults=[fault]).run(until=800)
    assert trace.final == {"s1": "waiting", "s2": "waiting", "s3": "idle"}


class TooSoon(Contender):
    def ask(self):
        self.release()


class Twice(Contender):
    def ask(self):
        self.acquire()


@pytest.mark.parametrize(
    ("cls", "sentence"),
    [
        (TooSoon, "a releases a lock that it does not hold: it is waiting; acquire comes first"),
        (Twice, "a asks for the lock while it is waiting: one request at a time"),
    ],
)
def test_who_misuses_a_lock_is_told(cls, sentence):
    with pytest.raises(Exception, match=sentence) as error:
        Simulation({"a": cls()}).run()
    assert isinstance(error.value.__cause__, NotHolding)


def test_turns_are_counted():
    with pytest.raises(ValueError, match="turns counts how often the lock is wanted: zero or more, not -1"):
        RicartAgrawala(-1)
