"""Mutual exclusion without a service: ask everybody, and go in when nobody objects (Ricart and Agrawala 1981).

An entry costs 2 (N - 1) messages among N sites, and not one less is ever sent. No site may fail: one that is
silent keeps everybody out.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.contender import Contender
from distlab.node import Message


class Request(Message, frozen=True):
    """Asks for the others' consent; `time` is Lamport's."""

    time: int


class Reply(Message, frozen=True):
    """Consents."""


class RicartAgrawala(Contender):
    """Asks all peers; answers them at once, or when it has had its own turn, if that comes first.

    `time` is the paper's sequence number, `highest` the largest one heard of.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.highest = self.time = 0
        self.missing, self.deferred = frozenset[str](), frozenset[str]()

    def ask(self) -> None:
        """Ask everybody else."""
        self.time = self.highest + 1
        self.missing = frozenset(self.peers)
        self.broadcast(Request(self.time))
        self.see()

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Request(time):
                self.highest = max(self.highest, time)
                if self.state == "holding" or (self.state == "waiting" and self.before(time, sender)):
                    self.deferred |= {sender}
                else:
                    self.send(sender, Reply())
            case Reply():
                self.missing -= {sender}
                self.see()

    def before(self, time: int, other: str) -> bool:
        """Whether this site's own request comes first; of equal times the name decides."""
        return (self.time, self.name) < (time, other)

    def see(self) -> None:
        """Go in if nobody's consent is missing."""
        if not self.missing:
            self.enter()

    def leave(self) -> None:
        """Give those their answer who were kept waiting."""
        self.broadcast(Reply(), to=self.deferred)
        self.deferred = frozenset()
