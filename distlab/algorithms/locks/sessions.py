"""Sessions: how a lock service notices that a client is gone, and how a client notices that it may be thought so.

ZooKeeper and Consul call it a session, etcd a lease. It lives as long as the service hears of its client. Here
a service is one reliable node; in reality it is a group that survives the crash of a minority, and a recipe sees
nothing of that. A client has one connection (TCP), so links have to keep their order: ``network="fifo"`` in a
search, ``Network(fifo=True)`` in a simulation. What a partition swallows is not sent again here, so who has lost
a request or an answer may wait in vain; that costs time and breaks nothing.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.contender import Contender
from distlab.node import Message, Node


class Open(Message, frozen=True):
    """Asks for a session."""


class Opened(Message, frozen=True):
    """Gives a session."""

    session: int


class KeepAlive(Message, frozen=True):
    """Says that the client is there."""

    session: int


class Alive(Message, frozen=True):
    """Says that the session lives."""

    session: int


class Expired(Message, frozen=True):
    """Says that the session has ended, and all that was held by it is gone."""

    session: int


class SessionService(Node):
    """Keeps sessions. Every message to it carries one, and keeps it alive.

    Attributes
    ----------
    sessions : dict of int to str
        Those that live, and their clients.

    Parameters
    ----------
    ttl : float, optional
        After how many milliseconds without a word from its client a session ends; by default never.
    """

    def __init__(self, ttl: float | None = None) -> None:
        if ttl is not None and not ttl > 0:
            raise ValueError(
                f"a session ends after some ms without a word from its client, more than 0, not {ttl}"
            )
        self.ttl = ttl
        self.sessions: dict[int, str] = {}
        self.opened = 0

    def receive(self, message: Any, sender: str) -> None:
        if isinstance(message, Open):
            self.opened += 1
            self.sessions[self.opened] = sender
            self.heard(self.opened)
            self.send(sender, Opened(self.opened))
        elif self.sessions.get(message.session) != sender:
            self.send(sender, Expired(message.session))
        else:
            self.heard(message.session)
            self.serve(message, sender)

    def serve(self, message: Any, sender: str) -> None:
        """Do what a client with a living session asks for."""
        if isinstance(message, KeepAlive):
            self.send(sender, Alive(message.session))

    def heard(self, session: int) -> None:
        """The session lives on from now."""
        if self.ttl is not None:
            self.set_timer(f"session {session}", self.ttl)

    def wake(self, timer: str) -> None:
        """A client was silent for too long."""
        session = int(timer.removeprefix("session "))
        del self.sessions[session]
        self.ended(session)

    def ended(self, session: int) -> None:
        """Take away what was held by a session."""


class SessionClient(Contender):
    """A client of such a service.

    Beside "idle", "waiting" and "holding" its state can be "suspended": it has not heard from the service for a
    while, so whether its session lives is in doubt, and the lock with it. It does nothing then that needs the lock.

    Parameters
    ----------
    service : str
        The name of the service.
    turns, stay, think, resource
        As for `Contender`.
    ping : float, optional
        Every so many milliseconds it says that it is there; by default never.
    doubt : float, optional
        After how many milliseconds without a word from the service it is suspended; by default never. It counts
        from hearing, the service from hearing, too: `doubt` and the longest delay have to be less than the ttl.
    """

    def __init__(
        self, service: str, *args: Any, ping: float | None = None, doubt: float | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if doubt is not None and not 0 < (ping or 0) < doubt:
            raise ValueError(
                f"who pings every {ping} ms is not in doubt after {doubt} ms: take 0 < ping < doubt"
            )
        self.service, self.ping, self.doubt = service, ping, doubt
        self.session, self.meant, self.overdue = 0, "", False

    def ask(self) -> None:
        """Ask for a session first, if there is none."""
        if self.session:
            self.request()
        else:
            self.send(self.service, Open())

    def request(self) -> None:
        """Ask for the lock; there is a session."""

    def receive(self, message: Any, sender: str) -> None:
        if sender != self.service:
            super().receive(message, sender)
        elif isinstance(message, Expired):
            self.expired(message.session)
        elif self.session or (self.state == "waiting" and isinstance(message, Opened)):
            self.heard()
            self.answer(message)

    def answer(self, message: Any) -> None:
        """What the service says about the lock."""
        if isinstance(message, Opened):
            self.session = message.session
            self.keep_alive()
            self.request()

    def keep_alive(self) -> None:
        """Say that it is there, now and again."""
        if self.ping is not None and self.session:
            self.send(self.service, KeepAlive(self.session))
            self.set_timer("ping", self.ping)

    def heard(self) -> None:
        """The session lived when this was sent: no doubt."""
        if self.doubt is not None:
            self.set_timer("doubt", self.doubt)
        if self.state == "suspended":
            self.state = self.meant
            if self.overdue:
                self.set_timer("done", 0)
            self.overdue = False

    def wake(self, timer: str) -> None:
        match timer:
            case "ping":
                self.keep_alive()
            case "doubt":
                self.suspend()
            case "done" if self.state == "suspended":
                self.overdue = True
            case _:
                super().wake(timer)

    def suspend(self) -> None:
        """Be in doubt."""
        if self.state in ("waiting", "holding"):
            self.meant, self.state = self.state, "suspended"

    def expired(self, session: int) -> None:
        """The session is gone, and the lock or the place in the queue with it."""
        if session != self.session:
            return
        self.session, self.overdue = 0, False
        self.cancel_timer("ping")
        self.cancel_timer("doubt")
        if self.state != "idle":
            self.lose("its session has expired")

    def release(self) -> None:
        """Give the lock back; that is right in doubt, too."""
        if self.state == "suspended" and self.meant == "holding":
            self.state = "holding"
        super().release()

    def rest(self) -> None:
        """Be idle until the next turn; after the last one let the session end."""
        super().rest()
        if not self.turns:
            self.cancel_timer("ping")
            self.cancel_timer("doubt")


def one_live_believer(world: Any) -> bool:
    """An invariant: of those who believe that they hold the lock at most one has a session that lives.

    It is what such a service can promise: it knows nothing of a client that believes in a session that has ended.
    """
    clients = [
        node
        for name, node in world.nodes.items()
        if isinstance(node, SessionClient) and world.up[name] and node.state == "holding"
    ]
    return sum(client.session in world.nodes[client.service].sessions for client in clients) <= 1
