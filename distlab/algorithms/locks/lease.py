"""A lock that ends by itself: leases, and with each of them a number that is never given twice.

A lease is a lock with a term (Gray and Cheriton 1989, section 2): if its holder dies, time gives the lock back.
The number is the fencing token: Burrows (2006, section 2.4) calls it a sequencer, Kleppmann (2016) gave it its
name. The service alone cannot keep a late holder away from what the lock protects; with the token the resource
can (`resource`).
"""

from __future__ import annotations

import math
from typing import Any

from distlab.node import Message, Node


class Acquire(Message, frozen=True):
    """Asks for the lock."""

    number: int  # of the client's request, so that a late answer is not taken for one to the next request


class Granted(Message, frozen=True):
    """Gives the lock for `lease` ms of the service's clock, with a token that is larger than all before."""

    number: int
    token: int
    lease: float | None


class Renew(Message, frozen=True):
    """Asks for the whole term again, from now on."""

    number: int
    token: int


class Renewed(Message, frozen=True):
    """Gives it."""

    number: int
    token: int
    lease: float | None


class Release(Message, frozen=True):
    """Gives the lock back before its time."""

    token: int


class Refused(Message, frozen=True):
    """Says why a token was not good for what was asked."""

    token: int
    why: str


class LeaseService(Node):
    """Grants one lock to one client at a time, for `lease` milliseconds of its own clock.

    Who asks while it is held waits in a queue. A client that asks again while it holds the lock has forgotten
    its grant, or never got it: that one ends, and a new one begins, with a new token. On the disk is the last
    token and nothing else. After a crash the service knows neither who holds the lock nor until when, so it
    lets a whole lease pass before it grants again (Gray and Cheriton 1989, section 2).

    Its ``state`` is ``"free"``, ``"held"`` or, after a crash, ``"recovering"``; ``holder`` and ``token`` are
    those of the last grant, ``queue`` holds a pair (client, number of its request) for each who waits.

    Parameters
    ----------
    lease : float or None
        In ms; None: for ever. Then nothing but its holder gives the lock back, and a dead holder keeps it.

    Raises
    ------
    ValueError
        When the lease is not a time.
    """

    def __init__(self, lease: float | None = 50.0) -> None:
        if lease is not None and not (isinstance(lease, (int, float)) and 0 < lease < math.inf):
            raise ValueError(f"a lease lasts for some ms, more than zero (or None: for ever), not {lease!r}")
        self.lease = lease
        self.state, self.holder, self.number, self.token = "free", "", 0, 0
        self.queue: tuple[tuple[str, int], ...] = ()

    def recover(self) -> None:
        """Wait until whatever was granted before the crash has run out."""
        self.token = self.disk.get("token", 0)
        if self.token:
            self.state = "recovering"
            self.begin()

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Acquire(number):
                self.asked(sender, number)
            case Renew(_, token) | Release(token) if why := self.objection(sender, token):
                self.send(sender, Refused(token, why))
            case Renew(number, token):
                self.begin()
                self.send(sender, Renewed(number, token, self.lease))
            case Release():
                self.cancel_timer("lease")
                self.over()

    def wake(self, timer: str) -> None:
        """The lease has run out."""
        self.over()

    def asked(self, client: str, number: int) -> None:
        """Grant the lock, or let the client wait in its place."""
        places = dict(self.queue)
        if self.state == "held" and client == self.holder:
            if number > self.number:
                self.grant(client, number)
        elif self.state == "free":
            self.grant(client, number)
        else:
            self.queue = tuple((places | {client: max(number, places.get(client, 0))}).items())

    def grant(self, client: str, number: int) -> None:
        """The next token, on the disk before anybody hears of it."""
        self.state, self.holder, self.number = "held", client, number
        self.token += 1
        self.disk["token"] = self.token
        self.begin()
        self.send(client, Granted(number, self.token, self.lease))

    def begin(self) -> None:
        """From now on a whole lease."""
        if self.lease is not None:
            self.set_timer("lease", self.lease)

    def over(self) -> None:
        """The lock is free: the next in the queue has it."""
        self.state, self.holder = "free", ""
        if self.queue:
            (client, number), *rest = self.queue
            self.queue = tuple(rest)
            self.grant(client, number)

    def objection(self, client: str, token: int) -> str:
        """Why `client` may neither renew nor release with this token; nothing when it may."""
        if isinstance(token, bool) or not isinstance(token, int):
            return f"a token is a whole number that the service gave with a grant, not {token!r}"
        if token > self.token:
            return (
                f"token {token} was never granted here, the last one is {self.token}: it is of another lock"
            )
        if self.state == "recovering":
            return f"the service crashed and has forgotten who holds token {token}: it lets a lease pass, then ask"
        if self.state == "free":
            return f"nobody holds the lock: token {token} has run out, or was released before"
        if token < self.token:
            return f"token {token} has run out: the lock was granted again since, with token {self.token}"
        if client != self.holder:
            return f"token {token} was granted to {self.holder}, not to {client}: only its holder can use it"
        return ""
