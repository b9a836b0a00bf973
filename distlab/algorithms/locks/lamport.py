"""Mutual exclusion by one queue that everybody keeps in the same order (Lamport 1978).

The first use of logical clocks: each site puts all requests in the order of their times, and goes in when its own
is the first and nothing earlier can come any more. An entry costs 3 (N - 1) messages among N sites. Links have to
keep their order; no site may fail.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.contender import Contender
from distlab.node import Message


class Request(Message, frozen=True, order=True):
    """Asks to be let in; all sites put it into their queues. Of equal times the name decides."""

    time: int
    site: str


class Acknowledge(Message, frozen=True):
    """Says that a request has come, and that no earlier one will follow."""

    time: int


class Release(Message, frozen=True):
    """Says that the sender is out again; all sites take its request out of their queues."""

    time: int


class LamportQueue(Contender):
    """Follows the five rules of the paper."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.time = 0
        self.queue = frozenset[Request]()
        self.mine: Request | None = None
        self.later = frozenset[str]()  # who has sent something with a later time than its own request

    def ask(self) -> None:
        """Rule 1: request."""
        self.time += 1
        self.mine = Request(self.time, self.name)
        self.queue, self.later = self.queue | {self.mine}, frozenset()
        self.broadcast(self.mine)
        self.see()

    def receive(self, message: Any, sender: str) -> None:
        self.time = max(self.time, message.time) + 1
        if self.mine is not None and message.time > self.mine.time:
            self.later |= {sender}
        match message:
            case Request():  # rule 2
                self.queue |= {message}
                self.send(sender, Acknowledge(self.time))
            case Release():  # rule 4
                self.queue = frozenset(request for request in self.queue if request.site != sender)
        self.see()

    def see(self) -> None:
        """Rule 5: go in if its own request is the first, and from everybody else something later was heard."""
        if self.state == "waiting" and self.mine == min(self.queue):
            if self.later == frozenset(self.peers):
                self.enter()

    def leave(self) -> None:
        """Rule 3: release."""
        self.time += 1
        self.queue -= {self.mine}
        self.mine, self.later = None, frozenset()
        self.broadcast(Release(self.time))
