"""The lock on one Redis server: set a key if it is absent, with an expiry; delete it if it is still one's own.

As Redis' documentation tells it ("Distributed Locks with Redis"; Sanfilippo 2016): ``SET key value NX PX ttl``
takes the lock, where the value is one that nobody else will ever use, and a script that compares and deletes at
one instant gives it back. The value says *whose* the lock is, so that nobody releases another's. It is no fencing
token: of two such values nobody can say which is the later one, so no resource can refuse the older.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.contender import Contender, Times
from distlab.node import Message, Node

RELEASES = ("compare", "delete")


class SetIfAbsent(Message, frozen=True):
    """``SET lock value NX PX px``."""

    value: str
    px: float  # ms until the key expires


class Answer(Message, frozen=True):
    """Whether the key was set to that value."""

    value: str
    ok: bool


class DeleteIfEqual(Message, frozen=True):
    """The script: ``if redis.call("get", key) == value then return redis.call("del", key)``."""

    value: str


class Delete(Message, frozen=True):
    """``DEL lock``, whatever its value is."""


class Redis(Node):
    """One server with one key, which expires by the server's own clock.

    It keeps nothing on a disk: after a crash the key is gone, whoever held the lock.

    Parameters
    ----------
    restart : float, optional
        For how many ms after a crash it stays away. One whole expiry is enough: then no lock of before the crash
        can still be valid ("delayed restarts"). By default it takes part at once.
    """

    def __init__(self, restart: float | None = None) -> None:
        self.restart = restart
        self.state, self.value, self.owner = "free", "", ""
        self.robbed = ""  # whose key was deleted by another, for `released_by_owner`: Redis does not know

    def recover(self) -> None:
        """Begin with an empty store; at once, or when whatever was set before the crash has expired."""
        if self.restart is not None:
            self.state = "away"
            self.set_timer("expires", self.restart)

    def receive(self, message: Any, sender: str) -> None:
        if self.state == "away":
            return
        match message:
            case SetIfAbsent(value, px):
                if absent := not self.value:
                    self.state, self.value, self.owner = "set", value, sender
                    self.set_timer("expires", px)
                self.send(sender, Answer(value, absent))
            case DeleteIfEqual(self.value) | Delete() if self.value:
                if sender != self.owner:
                    self.robbed = self.owner
                self.cancel_timer("expires")
                self.delete()

    def wake(self, timer: str) -> None:
        """The key expires."""
        self.delete()

    def delete(self) -> None:
        """The key is absent."""
        self.state, self.value, self.owner = "free", "", ""


class RedisClient(Contender):
    """Tries until the key is its own.

    Parameters
    ----------
    server : str
    px : float
        After how many ms the key expires.
    release : {"compare", "delete"}
        How it gives the lock back: by the script, or (a trap) by a plain ``DEL``, which also deletes the key of
        whoever has the lock by then.
    trust : float, optional
        How many ms of its own clock, from sending, it believes that the key is there. By default, as in most
        programs, until it has released it.
    retry : float or (float, float)
        After how many ms it tries again. There is no queue: whoever comes at the right moment has it.
    **options
        As for `Contender`.

    Raises
    ------
    ValueError
        When `release` is neither.
    """

    def __init__(
        self,
        server: str = "redis",
        px: float = 50.0,
        release: str = "compare",
        trust: float | None = None,
        retry: Times = (5.0, 15.0),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        if release not in RELEASES:
            raise ValueError(f"a key is deleted by one of {', '.join(RELEASES)}, not {release!r}")
        self.server, self.px, self.how, self.trust, self.retry = server, px, release, trust, retry
        self.tries, self.mine = 0, ""

    def ask(self) -> None:
        """Choose a value that nobody else will ever use: here the name and a count stand for a random one."""
        self.tries += 1
        self.mine = f"{self.name} {self.tries}"
        self.attempt()

    def attempt(self) -> None:
        """Set the key to it, if it is absent."""
        if self.trust is not None:
            self.set_timer("trust", self.trust)
        self.send(self.server, SetIfAbsent(self.mine, self.px))

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Answer(value, ok):
                if self.state == "waiting" and value == self.mine:
                    self.enter(value) if ok else self.set_timer("retry", self.retry)
            case _:
                super().receive(message, sender)

    def wake(self, timer: str) -> None:
        match timer:
            case "retry":
                self.attempt()
            case "trust":
                if self.state == "holding":
                    self.lose("the key may have expired")
            case _:
                super().wake(timer)

    def leave(self) -> None:
        """Delete the key; with care, if it is to be right."""
        self.send(self.server, DeleteIfEqual(self.mine) if self.how == "compare" else Delete())

    def rest(self) -> None:
        """Be idle until the next turn."""
        self.cancel_timer("trust")
        super().rest()


def released_by_owner(world: Any) -> bool:
    """Whether no server has deleted a key for somebody else than who had set it."""
    return not any(node.robbed for node in world.nodes.values() if isinstance(node, Redis))
