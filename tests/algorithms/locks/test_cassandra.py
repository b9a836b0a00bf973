"""The lock as a row of Cassandra: its transactions searched, counted, and judged where clocks are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.locks.cassandra import (
    CassandraClient,
    CassandraReplica,
    Commit,
    Committed,
    Owner,
    Promise,
    newest,
    one_row_a_ballot,
)
from distlab.algorithms.locks.properties import (
    most_believers,
    no_update_lost,
    one_believer,
    tokens_never_decrease,
)
from distlab.algorithms.locks.resource import Resource
from distlab.algorithms.paxos import Accept, Accepted, Prepare, Vote
from distlab.exploration import explore
from distlab.faults import Crash, Partition, Pause
from distlab.network import Network
from distlab.simulate import Simulation

RULES = {"one": one_believer, "one row a ballot": one_row_a_ballot}


def partition(quorums=("abc", "abc"), turns=1, ttl=None, cls=CassandraClient, **options):
    """A client for each set of replicas; given a majority each, these have b in common."""
    clients = {f"c{i}": cls(q, i, len(quorums), turns, **options) for i, q in enumerate(quorums, 1)}
    return clients | {name: CassandraReplica(ttl) for name in "abc"}


def up_to(ballot):
    def within(world):
        return world.nodes["c1"].ballot <= ballot and world.nodes["c2"].ballot <= ballot

    return within


def releases(world):
    return world.nodes["c1"].turns == 0 and world.nodes["c1"].state == "idle"


@pytest.mark.parametrize(("ballots", "states", "depth"), [(3, 8_431, 39), (4, 51_648, 50)])
def test_while_rows_live_one_is_in_at_a_time(ballots, states, depth):
    goals = {"c1 was in": releases, "c2 is in": lambda world: world.nodes["c2"].state == "holding"}
    found = explore(partition(("ab", "bc")), RULES, goals, within=up_to(ballots))
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)
    assert found.unreached == ()


def test_whoever_crashes_one_is_in_at_a_time():
    found = explore(partition(("ab", "bc"), stay=None), RULES, within=up_to(3), crashes=1)
    assert (found.states, found.depth, found.complete, found.violation) == (130_776, 39, True, None)


class Selfish(CassandraClient):
    """Does not finish what somebody else has begun."""

    def promised(self):
        self.votes = frozenset()
        super().promised()


class Forgetful(CassandraReplica):
    """Comes back from a crash as if it had never voted."""

    def start(self):
        self.disk.pop("ballots", None)
        super().start()


def test_who_does_not_finish_what_was_begun_overwrites_a_lock_that_is_held():
    found = explore(partition(("ab", "bc"), cls=Selfish, stay=None), RULES, within=up_to(2))
    assert (found.clause, found.violation.duration, found.states) == ("one", 26, 1_158)


def test_a_vote_has_to_survive_a_crash():
    nodes = partition(("ab", "bc"), stay=None) | {name: Forgetful() for name in "abc"}
    found = explore(nodes, RULES, within=up_to(2), crashes=1)
    assert (found.clause, found.violation.duration, found.states) == ("one", 27, 25_752)


def test_a_search_knows_no_clocks_so_a_row_ends_while_its_owner_believes():
    nodes = partition(("ab", "bc"), stay=None, ttl=9)
    found = explore(nodes, {"one row a ballot": one_row_a_ballot}, within=up_to(3))
    assert (found.states, found.complete, found.violation) == (17_824, True, None)
    found = explore(nodes, RULES, within=up_to(3))
    assert (found.clause, found.violation.duration, found.states) == ("one", 27, 12_809)


def test_an_undisturbed_transaction_takes_three_round_trips_to_all_replicas():
    trace = Simulation(partition(("abc",))).run()
    kinds = (Prepare, Promise, Accept, Accepted, Commit, Committed)
    assert [len(trace.messages(kind)) for kind in kinds] == [6] * 6  # to acquire and to release
    acquire, release = trace.history()
    assert acquire.returned_at - acquire.called_at == release.returned_at - release.called_at == 6


@pytest.mark.parametrize(("down", "result"), [("", 1), ("a", 1), ("ab", None)])
def test_a_minority_of_the_replicas_may_be_down(down, result):
    nodes = partition(("abc",), stay=None, patience=20)
    trace = Simulation(nodes, faults=[Crash(name, at=0) for name in down]).run(until=150)
    (acquire,) = trace.history()
    assert (acquire.result is None) == (result is None)


def paused(checks):
    """c2 reads, pauses for longer than its row lives, and writes as if nothing had been."""
    nodes = partition(ttl=40, trust=36, stay=20, resource="r") | {"r": Resource(checks)}
    return Simulation(nodes, faults=[Pause("c2", at=12, until=100)]).run(until=400)


@pytest.mark.parametrize(("checks", "ordered"), [("all", True), ("nothing", False)])
def test_after_a_pause_two_believe_and_only_the_resource_can_tell(checks, ordered):
    trace = paused(checks)
    assert most_believers(trace) == 2
    assert tokens_never_decrease(trace.states()[-1]) is ordered
    assert no_update_lost(trace.states()[-1]) is ordered


@pytest.mark.parametrize(("trust", "believers"), [(40, 1), (80, 2)])
def test_a_row_is_trusted_no_longer_than_it_lives(trust, believers):
    nodes = partition(ttl=40, trust=trust, stay=None, again=(1, 3))
    cut = [Partition({"c2"}, set("abc"), at) for at in range(8, 40, 4)]
    most = [most_believers(Simulation(nodes, faults=[fault]).run(until=200)) for fault in cut]
    assert max(most) == believers


@given(seed=st.integers(0, 2**32), at=st.floats(0, 150), who=st.sampled_from(["c1", "c2", "a", "b"]))
def test_under_faults_no_update_is_lost_at_a_resource_that_checks(seed, at, who):
    nodes = partition(turns=2, ttl=40, trust=36, stay=(1, 20), patience=15, resource="r")
    faults = [Pause(who, at, at + 90), Crash("c", at=at + 20, until=at + 60)]
    network = Network(delay=(1, 4), loss=0.02)
    trace = Simulation(nodes | {"r": Resource("all")}, seed=seed, network=network, faults=faults).run(
        until=500
    )
    accepted = [event.detail[2] for event in trace.events if (event.kind, event.node) == ("wrote", "r")]
    tokens = [token for _, token, _ in accepted]
    assert tokens == sorted(tokens)
    written = {token: value for kind, token, value in accepted if kind == "write"}
    assert list(written.values()) == list(range(1, len(written) + 1))
    granted = [o.result for o in trace.history() if o.call == ("acquire",) and o.outcome == "completed"]
    assert len(granted) == len(set(granted)) >= 1


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=3))
def test_a_row_is_that_of_the_latest_commit_and_gone_as_soon_as_it_is_gone_anywhere(known):
    owners = {ballot: Owner("c", ballot) for ballot in range(1, 4)}
    rows = [Vote(ballot, None if gone else owners.get(ballot)) for ballot, gone in known]
    latest = max(row.ballot for row in rows)
    gone = any(row.value is None for row in rows if row.ballot == latest)
    assert newest(rows) == Vote(latest, None if gone else owners[latest])


def test_a_row_that_was_there_before_a_crash_lives_for_a_whole_ttl_again():
    nodes = {"c1": CassandraClient("a", 1, 1, stay=None), "a": CassandraReplica(ttl=30)}
    trace = Simulation(nodes, faults=[Crash("a", at=20, until=25)]).run()
    assert [e.at for e in trace.events if (e.kind, e.node) == ("timer", "a")] == [25 + 30]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: CassandraReplica(ttl=0), "a row lives for some ms, more than 0, not 0"),
        (lambda: CassandraClient("abc", 3, 2), "clients are numbered from 1 to 2, .* not 3"),
    ],
)
def test_bad_input_is_refused(make, sentence):
    with pytest.raises(ValueError, match=sentence):
        make()


def test_who_releases_without_holding_is_told():
    class TooSoon(CassandraClient):
        def ask(self):
            self.release()

    with pytest.raises(Exception, match="c1 releases a lock that it does not hold: it is waiting"):
        Simulation({"c1": TooSoon("a", 1, 1), "a": CassandraReplica()}).run()
