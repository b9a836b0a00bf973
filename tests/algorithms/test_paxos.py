"""Paxos, searched: every order of its messages, with crashes, with as many ballots as are allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.paxos import (
    Accept,
    Accepted,
    Acceptor,
    Ballots,
    Learner,
    Prepare,
    Promise,
    Proposer,
    Vote,
    agreement,
    majority,
    safe_value,
    validity,
)
from distlab.exploration import explore
from distlab.faults import Crash, Partition, Pause
from distlab.simulate import Simulation

ACCEPTORS = ("a", "b", "c")
SAFE = {"agreement": agreement, "validity": validity}


def everybody(acceptor=Acceptor, proposer=Proposer, **options):
    """Two proposers; each asks all three acceptors."""
    proposers = {f"p{i}": proposer(ACCEPTORS, v, i, 2, **options) for i, v in ((1, "x"), (2, "y"))}
    return proposers | {name: acceptor() for name in ACCEPTORS}


def two_quorums(acceptor=Acceptor, proposer=Proposer, **options):
    """The same where each asks only a majority; the two majorities have b in common."""
    proposers = {"p1": proposer("ab", "x", 1, 2, **options), "p2": proposer("bc", "y", 2, 2, **options)}
    return proposers | {name: acceptor() for name in ACCEPTORS}


def up_to(ballot):
    def within(world):
        return world.nodes["p1"].ballot <= ballot and world.nodes["p2"].ballot <= ballot

    return within


@pytest.mark.parametrize(
    ("nodes", "options", "states", "depth"),
    [
        (everybody(), {}, 100_989, 21),
        (everybody(), {"network": "set"}, 14_032, 20),
        (two_quorums(), {"crashes": 1}, 21_121, 24),
        (two_quorums(patience=1), {"within": up_to(3)}, 23_406, 24),
    ],
    ids=["all orders", "messages stay", "a crash anywhere", "three ballots"],
)
def test_one_value_is_chosen_and_somebody_proposed_it(nodes, options, states, depth):
    found = explore(nodes, SAFE, {"chosen": lambda w: w.nodes["p2"].state == "chosen"}, **options)
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)
    assert found.unreached == ()


def test_a_learner_learns_what_the_proposers_hold_to_be_chosen():
    nodes = {"p1": Proposer("ab", "x", 1, 2), "p2": Proposer("bc", "y", 2, 2), "l": Learner("abc")}
    nodes |= {name: Acceptor(["l"]) for name in ACCEPTORS}
    found = explore(nodes, SAFE, {"learned": lambda w: w.nodes["l"].state == "chosen"})
    assert (found.states, found.depth, found.complete, found.violation) == (1_329, 20, True, None)
    assert found.unreached == ()


class Forgetful(Acceptor):
    """Comes back from a crash as if it had never promised anything."""

    def start(self):
        self.ballots = Ballots()


class Unbound(Acceptor):
    """Votes in whatever ballot it is asked to, its promises notwithstanding."""

    def receive(self, message, sender):
        match message:
            case Accept(ballot, value):
                self.keep(Ballots(max(ballot, self.ballots.promised), Vote(ballot, value)))
                self.send(sender, Accepted(ballot, value))
            case Prepare():
                super().receive(message, sender)


class Stubborn(Proposer):
    """Proposes its own value, whatever the acceptors have voted for."""

    def propose(self, value):
        super().propose(self.value)


@pytest.mark.parametrize(
    ("nodes", "crashes", "steps", "states"),
    [
        (two_quorums(Forgetful), 1, 17, 19_762),
        (two_quorums(Unbound), 0, 16, 449),
        (two_quorums(proposer=Stubborn), 0, 16, 373),
        (everybody(proposer=Stubborn), 0, 16, 62_857),
    ],
    ids=["a promise forgotten", "a promise broken", "a vote ignored", "a vote ignored, of three"],
)
def test_without_either_rule_two_values_are_chosen(nodes, crashes, steps, states):
    found = explore(nodes, SAFE, crashes=crashes)
    assert (found.clause, found.violation.duration, found.states) == ("agreement", steps, states)
    results = [
        operation.result for operation in found.violation.history() if operation.outcome == "completed"
    ]
    assert sorted(results) == ["x", "y"]


def test_a_promise_is_forgotten_only_if_the_acceptor_crashes():
    assert explore(two_quorums(Forgetful), SAFE).violation is None


def test_a_proposal_that_nobody_disturbs_takes_four_delays_and_four_messages_an_acceptor():
    nodes = {"p": Proposer("abcde", "x"), **{name: Acceptor() for name in "abcde"}}
    trace = Simulation(nodes).run()
    assert [len(trace.messages(kind)) for kind in (Prepare, Promise, Accept, Accepted)] == [5, 5, 5, 5]
    (operation,) = trace.history()
    assert (operation.result, operation.returned_at - operation.called_at) == ("x", 4)


@pytest.mark.parametrize(("down", "chosen"), [("a", True), ("ab", True), ("abc", False)])
def test_a_minority_may_be_down(down, chosen):
    nodes = {"p": Proposer("abcde", "x", patience=10), **{name: Acceptor() for name in "abcde"}}
    trace = Simulation(nodes, faults=[Crash(name, at=0) for name in down]).run(until=200)
    assert (trace.final["p"] == "chosen") == chosen


def test_promises_and_votes_survive_a_crash_of_everybody():
    nodes = {"p1": Proposer(ACCEPTORS, "x", 1, 2), "p2": Proposer(ACCEPTORS, "y", 2, 2, patience=(5, 9))}
    nodes |= {name: Acceptor() for name in ACCEPTORS}
    faults = [Crash(name, at=10, until=12) for name in ACCEPTORS] + [Partition({"p2"}, ACCEPTORS, 0, 20)]
    trace = Simulation(nodes, faults=faults).run(until=100)
    assert [operation.result for operation in trace.history()] == ["x", "x"]


@given(seed=st.integers(0, 2**32), at=st.floats(0, 40), silent=st.sampled_from(["a", "p1", "p2"]))
def test_proposers_that_try_again_at_random_times_agree_and_come_to_an_end(seed, at, silent):
    nodes = everybody(patience=(10, 60))
    faults = [Pause(silent, at, at + 30), Crash("b", at=at, until=at + 50)]
    trace = Simulation(nodes, seed=seed, faults=faults).run(until=5_000)
    results = {operation.result for operation in trace.history() if operation.outcome == "completed"}
    assert len(results) == 1 and trace.final["p1"] == trace.final["p2"] == "chosen"


votes = st.builds(Vote, st.integers(0, 5), st.sampled_from("xyz"))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 6), st.sampled_from("xyz"))))
def test_an_acceptor_never_goes_back(asked):
    ballots = Ballots()
    for prepare, ballot, value in asked:
        after = ballots.prepare(ballot) if prepare else ballots.accept(ballot, value)
        assert (after is None) == (ballot < ballots.promised or (prepare and ballot == ballots.promised))
        if after is not None:
            assert after.promised == ballot >= after.vote.ballot >= ballots.vote.ballot
            ballots = after


@given(st.lists(votes), st.sampled_from("xyz"))
def test_a_safe_value_is_that_of_the_latest_vote(votes, own):
    cast = [vote for vote in votes if vote.ballot]
    assert safe_value(votes, own) in (
        {vote.value for vote in cast if vote.ballot == max(cast).ballot} or {own}
    )


@given(st.integers(1, 50))
def test_two_majorities_meet_and_a_smaller_set_would_not_do(n):
    assert 2 * majority(n) > n >= 2 * (majority(n) - 1)


@pytest.mark.parametrize("number", [0, 3])
def test_proposers_that_might_use_the_same_ballot_are_refused(number):
    with pytest.raises(
        ValueError,
        match=f"proposers are numbered from 1 to 2, so that no two use a ballot twice; not {number}",
    ):
        Proposer(ACCEPTORS, "x", number, 2)
