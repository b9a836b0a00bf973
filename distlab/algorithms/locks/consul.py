"""The lock recipe of Consul: a key that a session acquires, and a delay after a session that died.

A client looks at the key until nobody has it, and then asks to acquire it with its session. All who wait are woken
by a change (their queries block until then), and one of them gets it. When a session dies, its key is free, but
for the lock-delay nobody can acquire it: a client that has not noticed has that long to finish. The idea is
Chubby's (Burrows 2006, section 2.4), for resources that cannot check a token. It is no help in a longer pause.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.contender import Times
from distlab.algorithms.locks.sessions import SessionClient, SessionService
from distlab.node import Message


class Get(Message, frozen=True):
    """Asks for the key; with an index, not before its modify index is larger than that: a blocking query."""

    session: int
    index: int = 0


class Pair(Message, frozen=True):
    """Says the key's modify index, and whether a session has it."""

    index: int
    taken: bool


class Acquire(Message, frozen=True):
    """Asks for the key: ``PUT key?acquire=session``."""

    session: int


class Acquired(Message, frozen=True):
    """Says yes or no, and the key's modify index."""

    yes: bool
    index: int


class Release(Message, frozen=True):
    """Gives the key back: ``PUT key?release=session``."""

    session: int


class Consul(SessionService):
    """One key.

    Attributes
    ----------
    owner : int
        The session that has the key; 0: nobody.
    index : int
        The key's modify index; it grows with each change.
    queries : frozenset of int
        The sessions that wait for a change.
    delayed : bool
        Whether the lock-delay is on.

    Parameters
    ----------
    ttl : float, optional
        After how many milliseconds without a word from its client a session ends; by default never.
    delay : float
        The lock-delay in milliseconds; 15 seconds in Consul, if it is not said otherwise.
    """

    def __init__(self, ttl: float | None = None, delay: float = 0) -> None:
        super().__init__(ttl)
        if not 0 <= delay <= 60_000:
            raise ValueError(f"a lock-delay is between 0 and 60000 ms, not {delay}")
        self.delay = delay
        self.owner = self.index = 0
        self.delayed = False
        self.queries = frozenset[int]()

    def serve(self, message: Any, sender: str) -> None:
        match message:
            case Acquire(session):
                if not self.owner and not self.delayed:
                    self.change(session)
                self.send(sender, Acquired(self.owner == session, self.index))
            case Release(session):
                if self.owner == session:
                    self.change(0)
            case Get(session, index) if index and index == self.index:
                self.queries |= {session}
            case Get():
                self.send(sender, self.pair())
            case _:
                super().serve(message, sender)

    def pair(self) -> Pair:
        """The key as it is now."""
        return Pair(self.index, self.owner != 0)

    def change(self, owner: int) -> None:
        """The key changes hands, and all who wait for that are told."""
        self.owner = owner
        self.index += 1
        queries, self.queries = self.queries, frozenset()
        for session in sorted(queries):
            self.send(self.sessions[session], self.pair())

    def ended(self, session: int) -> None:
        """The key of a session that died is free, after a delay."""
        self.queries -= {session}
        if self.owner == session:
            if self.delay:
                self.delayed = True
                self.set_timer("delay", self.delay)
            self.change(0)

    def wake(self, timer: str) -> None:
        if timer == "delay":
            self.delayed = False
        else:
            super().wake(timer)


class ConsulClient(SessionClient):
    """Follows the recipe. The key's index when it was acquired is its fencing token.

    Parameters
    ----------
    service, turns, stay, think, resource, ping, doubt
        As for `SessionClient`.
    again : float or (float, float)
        After how many milliseconds it looks again when it was told no though nobody has the key: then the
        lock-delay is on, and the key does not change when that ends.
    """

    def __init__(self, *args: Any, again: Times = 10, **options: Any) -> None:
        super().__init__(*args, **options)
        self.again, self.refused = again, False

    def request(self) -> None:
        """Look at the key."""
        self.send(self.service, Get(self.session))

    def answer(self, message: Any) -> None:
        match message:
            case Pair(index, True) if self.state == "waiting":
                self.refused = False
                self.send(self.service, Get(self.session, index))
            case Pair() if self.refused and self.state == "waiting":
                self.refused = False
                self.set_timer("again", self.again)
            case Pair() if self.state == "waiting":
                self.send(self.service, Acquire(self.session))
            case Acquired(True, index) if self.state == "waiting":
                self.enter(index)
            case Acquired(False, _) if self.state == "waiting":
                self.refused = True
                self.request()
            case _:
                super().answer(message)

    def wake(self, timer: str) -> None:
        if timer == "again":
            self.request()
        else:
            super().wake(timer)

    def leave(self) -> None:
        """Give the key back: no delay then."""
        self.send(self.service, Release(self.session))

    def rest(self) -> None:
        """Ask no more."""
        self.cancel_timer("again")
        self.refused = False
        super().rest()
