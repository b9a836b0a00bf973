"""The lock as a row of Cassandra: a lightweight transaction is Paxos on the replicas of one partition (Ellis 2013).

    INSERT INTO locks (name, owner) VALUES ('l', ?) IF NOT EXISTS USING TTL 30
    DELETE FROM locks WHERE name = 'l' IF owner = ?

Both are a compare-and-set: prepare and promise, which reads the row as well; propose and accept; commit. The rules
of acceptor and proposer are those of `distlab.algorithms.paxos`, once for each change of the row; what is new is
the commit, which ends one decision and makes room for the next. A client coordinates its transactions itself here;
in reality the replica that it talks to does. (Before version 4.1 the read was a round trip of its own.)
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from distlab.algorithms.locks.contender import Contender, Times
from distlab.algorithms.paxos import Accept, Accepted, Ballots, Prepare, Vote, majority, safe_value
from distlab.node import Message, Node


class Owner(Message, frozen=True):
    """What the row says: which client has the lock, and in which of its attempts it got it."""

    client: str
    attempt: int


class Promise(Message, frozen=True):
    """Promises, and says the last vote, and the row with the ballot in which it was committed."""

    ballot: int
    vote: Vote
    row: Vote


class Refused(Message, frozen=True):
    """Says that a later ballot was promised: this one."""

    ballot: int
    promised: int


class Commit(Message, frozen=True):
    """Says what was chosen: the row is this now."""

    ballot: int
    owner: Owner | None


class Committed(Message, frozen=True):
    """Says that the row is this, or newer."""

    ballot: int


class CassandraReplica(Node):
    """Votes on what the row will be next, and keeps the row. All of it is on its disk.

    Parameters
    ----------
    ttl : float, optional
        So many milliseconds after a row was committed here it is deleted here; by default never.
    """

    def __init__(self, ttl: float | None = None) -> None:
        if ttl is not None and not ttl > 0:
            raise ValueError(f"a row lives for some ms, more than 0, not {ttl}")
        self.ttl = ttl

    def start(self) -> None:
        """Begin with what is on the disk; a row that was there before a crash lives for a whole ttl again."""
        self.ballots: Ballots = self.disk.get("ballots", Ballots())
        self.row: Vote = self.disk.get("row", Vote())
        self.live()

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Prepare(ballot):
                if self.keep(self.ballots.prepare(ballot), ballot, sender):
                    self.send(sender, Promise(ballot, self.ballots.vote, self.row))
            case Accept(ballot, value):
                if self.keep(self.ballots.accept(ballot, value), ballot, sender):
                    self.send(sender, Accepted(ballot, value))
            case Commit(ballot, owner):
                if ballot > self.row.ballot:
                    self.put(Vote(ballot, owner))
                self.send(sender, Committed(ballot))

    def keep(self, ballots: Ballots | None, ballot: int, sender: str) -> bool:
        """Remember what was promised or voted; say so if nothing was."""
        if ballots is None:
            self.send(sender, Refused(ballot, self.ballots.promised))
            return False
        self.disk["ballots"] = self.ballots = ballots
        return True

    def put(self, row: Vote) -> None:
        """The row is this now."""
        self.disk["row"] = self.row = row
        self.live()

    def live(self) -> None:
        """A row with an owner lives for a while from now."""
        if self.ttl is not None:
            self.cancel_timer("ttl")
            if self.row.value is not None:
                self.set_timer("ttl", self.ttl)

    def wake(self, timer: str) -> None:
        """The row has lived long enough."""
        self.put(Vote(self.row.ballot, None))


class CassandraClient(Contender):
    """Inserts the row if there is none, and deletes it if it is its own. Its fencing token is the commit's ballot.

    Its state goes "idle" -> "waiting" -> "holding" -> "releasing" -> "idle".

    Parameters
    ----------
    replicas : iterable of str
        Their names.
    number, of : int
        That it is the `number`-th `of` so many clients: so no two use the same ballots.
    turns, stay, think, resource
        As for `Contender`.
    trust : float, optional
        How many milliseconds it trusts a row of its own, counted from proposing it; by default for ever.
    again : float or (float, float)
        After how many milliseconds it tries again when somebody else has the row or a later ballot; a range lets
        one of two that outbid each other be quicker.
    patience : float, optional
        After how many milliseconds without enough answers it begins again; by default never.
    """

    def __init__(
        self,
        replicas: Iterable[str],
        number: int,
        of: int,
        *args: Any,
        trust: float | None = None,
        again: Times = (5, 20),
        patience: float | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if not 1 <= number <= of:
            raise ValueError(
                f"clients are numbered from 1 to {of}, so that no two use a ballot twice; not {number}"
            )
        self.replicas, self.number, self.of = frozenset(replicas), number, of
        self.trust, self.again, self.patience = trust, again, patience
        self.ballot, self.latest, self.attempt = 0, 0, 0
        self.phase, self.trusted = "", True
        self.expected: Owner | None = None
        self.wanted: Owner | None = None

    # --- the lock ---

    def ask(self) -> None:
        """INSERT ... IF NOT EXISTS, with an owner that was never there before."""
        self.attempt += 1
        self.compare_and_set(None, Owner(self.name, self.attempt))

    def applied(self, ballot: int) -> None:
        """The row is as it was wanted."""
        self.pause()
        if self.state == "releasing":
            self.end()
            self.rest()
        elif self.trusted:
            self.enter(ballot)
        else:
            self.ask()  # it came too late to be trusted; it will end by itself

    def refused(self, row: Vote) -> None:
        """The row is not as it was expected: to acquire, try later; what is not its own needs no release."""
        if self.state == "releasing" or row.value == self.wanted:
            self.applied(row.ballot)
        else:
            self.later()

    def release(self) -> None:
        """DELETE ... IF owner = ?: that takes a transaction, too."""
        if self.state != "holding":
            super().release()  # says what is wrong
        self.begin("release")
        self.state = "releasing"
        self.compare_and_set(self.wanted, None)

    def rest(self) -> None:
        """Be idle until the next turn."""
        self.cancel_timer("trust")
        self.pause()
        super().rest()

    # --- the transaction ---

    def compare_and_set(self, expected: Owner | None, wanted: Owner | None) -> None:
        """Change the row, if it is as expected."""
        self.expected, self.wanted = expected, wanted
        self.prepare()

    def prepare(self) -> None:
        """Phase 1, with the next ballot of its own that is later than all it has heard of."""
        self.ballot = self.latest + 1 + (self.number - self.latest - 1) % self.of
        self.latest = self.ballot
        self.votes, self.rows = frozenset[Vote](), frozenset[Vote]()
        self.spread("prepare", Prepare(self.ballot))

    def spread(self, phase: str, request: Message) -> None:
        """Ask all replicas."""
        self.phase, self.heard = phase, frozenset[str]()
        self.broadcast(request, to=self.replicas)
        if self.patience is not None:
            self.set_timer("patience", self.patience)

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Promise(self.ballot, vote, row) if self.phase == "prepare":
                self.votes, self.rows = self.votes | {vote}, self.rows | {row}
                if self.hear(sender):
                    self.promised()
            case Accepted(self.ballot, value) if self.phase == "propose":
                if self.hear(sender):
                    self.spread("commit", Commit(self.ballot, value))
            case Committed(self.ballot) if self.phase == "commit":
                if self.hear(sender):
                    self.committed()
            case Refused(ballot, promised):
                self.latest = max(self.latest, promised)
                if ballot == self.ballot and self.phase in ("prepare", "propose"):
                    self.later()
            case Promise() | Accepted() | Committed():
                pass  # more than were needed
            case _:
                super().receive(message, sender)

    def hear(self, sender: str) -> bool:
        """Count an answer; whether a majority has answered now."""
        self.heard |= {sender}
        return len(self.heard) == majority(len(self.replicas))

    def promised(self) -> None:
        """Finish what somebody else has begun; else look at the row, and propose what it will be next."""
        row = newest(self.rows)
        begun = [vote for vote in self.votes if vote.ballot > row.ballot]
        self.own = not begun
        self.votes = self.rows = frozenset()
        if self.own and row.value != self.expected:
            self.refused(row)
            return
        if self.own and self.state == "waiting":
            self.count()
        self.spread("propose", Accept(self.ballot, safe_value(begun, self.wanted)))

    def count(self) -> None:
        """A row of its own may come into being from now on: so long it can be trusted."""
        self.trusted = True
        if self.trust is not None:
            self.set_timer("trust", self.trust)

    def committed(self) -> None:
        """One change is made; if it was somebody else's, now for its own."""
        if self.own:
            self.applied(self.ballot)
        else:
            self.prepare()

    def later(self) -> None:
        """Try again after a while."""
        self.pause()
        self.set_timer("again", self.again)

    def pause(self) -> None:
        """Expect no answers."""
        self.phase = ""
        self.cancel_timer("again")
        self.cancel_timer("patience")

    def wake(self, timer: str) -> None:
        match timer:
            case "again" | "patience":
                self.prepare()
            case "trust" if self.state == "holding":
                self.lose("its row can be trusted no longer")
            case "trust":
                self.trusted = False
            case _:
                super().wake(timer)


def newest(rows: Iterable[Vote]) -> Vote:
    """The row as a majority of replicas knows it: of the latest commit, and gone as soon as it is gone anywhere."""
    rows = list(rows)
    ballot = max(row.ballot for row in rows)
    owners = {row.value for row in rows if row.ballot == ballot}
    return Vote(ballot, None if None in owners else owners.pop())


def one_row_a_ballot(world: Any) -> bool:
    """An invariant: no two replicas have different rows of the same commit, but for those that have lived enough."""
    rows = {
        n.row
        for name, n in world.nodes.items()
        if isinstance(n, CassandraReplica) and world.up[name] and n.row.value
    }
    return len({row.ballot for row in rows}) == len(rows)
