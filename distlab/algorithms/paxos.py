"""Single-decree Paxos: several nodes choose one value, whoever crashes (Lamport 2001, "Paxos Made Simple").

The two rules that make it safe are functions of plain values: `Ballots.prepare` and `Ballots.accept` are what
an acceptor may do, `safe_value` is what a proposer may propose. All else here is sending and counting.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from distlab.node import Message, Node


class Vote(Message, frozen=True, order=True):
    """That an acceptor accepted `value` in this ballot; ballot 0: nothing yet."""

    ballot: int = 0
    value: Any = None


class Ballots(Message, frozen=True):
    """All that an acceptor has to remember: the largest ballot it promised, and its last vote (section 2.2)."""

    promised: int = 0
    vote: Vote = Vote()

    def prepare(self, ballot: int) -> Ballots | None:
        """The promise not to accept anything in an older ballot; None when a later one was promised."""
        return Ballots(ballot, self.vote) if ballot > self.promised else None

    def accept(self, ballot: int, value: Any) -> Ballots | None:
        """The vote for `value`; None when a later ballot was promised."""
        return Ballots(ballot, Vote(ballot, value)) if ballot >= self.promised else None


def majority(of: int) -> int:
    """How many of them are more than half: any two majorities have a member in common."""
    return of // 2 + 1


def safe_value(votes: Iterable[Vote], own: Any) -> Any:
    """What a proposer may propose that has the promises of a majority (section 2.2, P2c).

    Parameters
    ----------
    votes : iterable of Vote
        What these acceptors had accepted before.
    own : hashable
        What it would like to propose.

    Returns
    -------
    hashable
        The value of the latest vote, since that may be chosen already; `own` where nobody has voted.
    """
    latest = max(votes, key=lambda vote: vote.ballot, default=Vote())
    return latest.value if latest.ballot else own


class Prepare(Message, frozen=True):
    """Phase 1a: asks an acceptor for its promise, and for its last vote."""

    ballot: int


class Promise(Message, frozen=True):
    """Phase 1b: the promise, and the last vote."""

    ballot: int
    vote: Vote


class Accept(Message, frozen=True):
    """Phase 2a: asks an acceptor to vote."""

    ballot: int
    value: Any


class Accepted(Message, frozen=True):
    """Phase 2b: the vote."""

    ballot: int
    value: Any


class Acceptor(Node):
    """Votes. What it promised and what it voted for is on its disk before anybody hears of it.

    Parameters
    ----------
    learners : iterable of str
        Who hears of its votes, besides the proposer.
    """

    def __init__(self, learners: Iterable[str] = ()) -> None:
        self.learners = tuple(learners)

    def start(self) -> None:
        """Begin with what is on the disk."""
        self.ballots: Ballots = self.disk.get("ballots", Ballots())

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Prepare(ballot):
                if self.keep(self.ballots.prepare(ballot)):
                    self.send(sender, Promise(ballot, self.ballots.vote))
            case Accept(ballot, value):
                if self.keep(self.ballots.accept(ballot, value)):
                    self.broadcast(Accepted(ballot, value), to=(sender, *self.learners))

    def keep(self, ballots: Ballots | None) -> bool:
        """Remember what was promised or voted, if anything was."""
        if ballots is None:
            return False
        self.disk["ballots"] = self.ballots = ballots
        return True


class Proposer(Node):
    """Has a value, its own or a safe one, chosen: ``invoke(("propose", value))``, ``complete(what was chosen)``.

    Its state goes "waiting" -> "preparing" -> "proposing" -> "chosen".

    Parameters
    ----------
    acceptors : iterable of str
        Their names.
    value : hashable
        What it would like to have chosen.
    number, of : int
        That it is the `number`-th `of` so many proposers: it uses the ballots number, number + of, ..., so that
        no two proposers ever use the same.
    patience : float or (float, float), optional
        After how many milliseconds it tries again, with its next ballot; by default never. A range lets one of
        two proposers be quicker, else they might outbid each other for ever.
    """

    def __init__(
        self,
        acceptors: Iterable[str],
        value: Any,
        number: int = 1,
        of: int = 1,
        patience: float | tuple[float, float] | None = None,
    ) -> None:
        if not 1 <= number <= of:
            raise ValueError(
                f"proposers are numbered from 1 to {of}, so that no two use a ballot twice; not {number}"
            )
        self.acceptors, self.value = frozenset(acceptors), value
        self.number, self.of, self.patience = number, of, patience
        self.ballot, self.state = 0, "waiting"

    def start(self) -> None:
        """Make a first proposal."""
        self.invoke(("propose", self.value))
        self.prepare()

    def wake(self, timer: str) -> None:
        """Nothing was chosen for a while: try again."""
        self.prepare()

    def prepare(self) -> None:
        """Phase 1a, with a ballot that was never used before: it is on the disk before anybody hears of it."""
        last = self.disk.get("ballot", self.number - self.of)
        self.disk["ballot"] = self.ballot = last + self.of
        self.state, self.heard, self.votes = "preparing", frozenset[str](), frozenset[Vote]()
        self.broadcast(Prepare(self.ballot), to=self.acceptors)
        if self.patience is not None:
            self.set_timer("try again", self.patience)

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Promise(self.ballot, vote) if self.state == "preparing":
                self.votes |= {vote}
                if self.hear(sender):
                    self.propose(safe_value(self.votes, self.value))
            case Accepted(self.ballot, value) if self.state == "proposing":
                if self.hear(sender):
                    self.choose_value(value)

    def hear(self, sender: str) -> bool:
        """Count an answer; whether a majority has answered now."""
        self.heard |= {sender}
        return len(self.heard) == majority(len(self.acceptors))

    def propose(self, value: Any) -> None:
        """Phase 2a."""
        self.state, self.heard, self.votes = "proposing", frozenset(), frozenset()
        self.broadcast(Accept(self.ballot, value), to=self.acceptors)

    def choose_value(self, value: Any) -> None:
        """A majority has voted: that is what is chosen, now and for ever."""
        self.state, self.chosen, self.heard = "chosen", value, frozenset()
        if self.patience is not None:
            self.cancel_timer("try again")
        self.complete(value)


class Learner(Node):
    """Hears of all votes, and so learns what is chosen (section 2.3).

    Parameters
    ----------
    acceptors : iterable of str
        Their names.
    """

    def __init__(self, acceptors: Iterable[str]) -> None:
        self.acceptors = frozenset(acceptors)

    def start(self) -> None:
        """Know nothing; what was heard before a crash is asked for again by whoever proposes next."""
        self.chosen, self.state = None, "waiting"
        self.heard = frozenset[tuple[int, str]]()

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Accepted(ballot, value) if self.state == "waiting":
                self.heard |= {(ballot, sender)}
                if sum(b == ballot for b, _ in self.heard) == majority(len(self.acceptors)):
                    self.state, self.chosen, self.heard = "chosen", value, frozenset()


def agreement(world: Any) -> bool:
    """An invariant: no two nodes hold different values to be chosen."""
    return len({node.chosen for node in world.nodes.values() if node.state == "chosen"}) <= 1


def validity(world: Any) -> bool:
    """An invariant: what is chosen was proposed by somebody."""
    proposed = {node.value for node in world.nodes.values() if isinstance(node, Proposer)}
    return all(node.chosen in proposed for node in world.nodes.values() if node.state == "chosen")
