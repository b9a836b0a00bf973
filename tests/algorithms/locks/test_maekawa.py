"""Maekawa's mutual exclusion: its quorums, its deadlock, its cure, and what the cure needs."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.maekawa import (
    Failed,
    Locked,
    Maekawa,
    Release,
    Request,
    Unyielding,
    quorums,
    waits_for_votes,
)
from distlab.algorithms.locks.properties import most_believers, one_believer
from distlab.exploration import explore
from distlab.network import Network
from distlab.simulate import Simulation
from distlab.world import replay


def sites(cls, n, turns=1, wanting=None, **options):
    """`n` sites, of which the first few want to go in."""
    names = [f"s{i}" for i in range(1, n + 1)]
    wants = n if wanting is None else wanting
    return {
        name: cls(quorum, turns if i < wants else 0, **options)
        for i, (name, quorum) in enumerate(quorums(names).items())
    }


def everybody_was_in(world):
    return all(node.turns == 0 and node.state == "idle" for node in world.nodes.values())


@pytest.mark.parametrize(("n", "size"), [(3, 2), (7, 3), (13, 4), (21, 5), (31, 6)])
def test_two_quorums_have_exactly_one_site_in_common_and_all_sites_do_the_same_work(n, size):
    names = [str(i) for i in range(n)]
    found = quorums(names)
    assert n == size * (size - 1) + 1
    assert all(name in quorum and len(quorum) == size for name, quorum in found.items())
    assert all(len(found[a] & found[b]) == 1 for a in names for b in names if a != b)
    assert {sum(name in quorum for quorum in found.values()) for name in names} == {size}


@pytest.mark.parametrize("n", [0, 1, 4, 8, 43, 57])
def test_where_there_is_no_plane_it_is_said(n):
    with pytest.raises(ValueError, match=f"3, 7, 13, 21 and 31 sites, not for {n}"):
        quorums([str(i) for i in range(n)])


@pytest.mark.parametrize(
    ("n", "wanting", "states", "steps", "circle"),
    [
        (3, 3, 306, 6, [("s1", "s2", "s2"), ("s2", "s3", "s3"), ("s3", "s1", "s1")]),
        (7, 3, 3_497, 12, [("s1", "s2", "s2"), ("s2", "s3", "s3"), ("s3", "s1", "s4")]),
    ],
)
def test_without_giving_votes_back_everybody_waits_for_somebody(n, wanting, states, steps, circle):
    found = explore(sites(Unyielding, n, wanting=wanting), {"one": one_believer}, network="fifo")
    assert (found.states, found.complete, found.violation) == (states, True, None)
    assert found.deadlock.duration == steps
    graph = waits_for_votes(found.deadlock.states()[-1])
    assert [(a, b, graph.edges[a, b]["vote"]) for a, b in nx.find_cycle(graph)] == circle


@pytest.mark.parametrize(
    ("n", "turns", "wanting", "states", "depth"),
    [(3, 1, 3, 570, 16), (3, 2, 3, 13_260, 32), (7, 1, 3, 8_547, 25)],
)
def test_with_it_everybody_gets_in_one_at_a_time(n, turns, wanting, states, depth):
    nodes = sites(Maekawa, n, turns, wanting)
    goal = {"everybody was in": everybody_was_in}
    found = explore(nodes, {"one": one_believer}, eventually=goal, network="fifo")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


class Unwarned(Maekawa):
    """Says nothing to a request that is not first in the queue any more."""

    def overtaken(self, request):
        pass


@pytest.mark.parametrize(
    ("cls", "states", "steps"), [(Maekawa, 273_777, None), (Unwarned, 278_109, 17)], ids=["told", "not told"]
)
def test_who_is_overtaken_in_the_queue_has_to_be_told(cls, states, steps):
    found = explore(sites(cls, 7, wanting=4), {"one": one_believer}, network="fifo")
    assert (found.states, found.complete, found.violation) == (states, True, None)
    assert (found.deadlock and found.deadlock.duration) == steps


def test_three_of_seven_do_not_need_to_be_told():
    found = explore(sites(Unwarned, 7, wanting=3), network="fifo")
    assert found.complete and found.deadlock is None


def test_where_messages_overtake_each_other_two_are_in_or_nobody_comes_in():
    found = explore(sites(Maekawa, 3, turns=2), {"one": one_believer})
    assert (found.clause, found.violation.duration, found.states) == ("one", 12, 2_209)
    stuck = explore(sites(Maekawa, 7, wanting=3), {"one": one_believer})
    assert (stuck.states, stuck.violation, stuck.deadlock.duration) == (10_320, None, 15)


@pytest.mark.parametrize("n", [3, 7, 13, 21, 31])
def test_an_entry_that_nobody_disturbs_costs_three_messages_for_each_other_member(n):
    trace = Simulation(sites(Maekawa, n, wanting=1)).run()
    others = len(next(iter(quorums([str(i) for i in range(n)]).values()))) - 1
    assert [len(trace.messages(kind)) for kind in (Request, Locked, Release)] == [others] * 3
    assert len(trace.messages()) == 3 * others
    acquire, _ = trace.history()
    assert acquire.returned_at - acquire.called_at == 2


class Counting(Maekawa):
    """Counts what it sends."""

    sent = 0

    def tell(self, to, message):
        self.sent += to != self.name
        super().tell(to, message)


@pytest.mark.parametrize(
    ("n", "turns", "wanting", "most", "states"),
    [(3, 1, 3, 11, 678), (3, 2, 3, 22, 27_426), (7, 1, 2, 12, 274), (7, 1, 3, 21, 10_517)],
)
def test_no_order_of_events_costs_more_than_five_for_each_other_member(n, turns, wanting, most, states):
    others = {3: 1, 7: 2}[n]
    nodes = sites(Counting, n, turns, wanting)

    def sent(world):
        return sum(node.sent for node in world.nodes.values())

    bound = {"the most": lambda world: sent(world) <= most}
    found = explore(nodes, bound, {"reached": lambda world: sent(world) == most}, network="fifo")
    assert (found.states, found.violation, found.unreached) == (states, None, ())
    assert 3 * others <= most / (wanting * turns) <= 5 * others


@given(n=st.sampled_from([3, 7, 13]), seed=st.integers(0, 2**32))
def test_under_load_an_entry_costs_between_three_and_five(n, seed):
    nodes = sites(Maekawa, n, turns=2, stay=(1, 20), think=(0, 50))
    trace = Simulation(nodes, seed=seed, network=Network(delay=(1, 20), fifo=True)).run()
    others = {3: 1, 7: 2, 13: 3}[n]
    assert 3 * others <= len(trace.messages()) / (2 * n) <= 5 * others
    assert most_believers(trace) == 1
    assert set(trace.final.values()) == {"idle"} and len(trace.history()) == 4 * n


def test_what_was_the_end_without_giving_votes_back_is_not_the_end_with_it():
    way = explore(sites(Unyielding, 3), network="fifo").deadlock.schedule()
    trace = replay(sites(Maekawa, 3), way, network="fifo")
    assert set(trace.final.values()) == {"waiting"}
    assert {type(m.message) for m in trace.messages() if not m.delivered} == {Failed}
