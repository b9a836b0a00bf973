"""A node that wants a lock now and then: what all clients of all locks have in common."""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.resource import Read, Rejected, Value, Write, Wrote
from distlab.node import Node

Times = float | tuple[float, float]


class NotHolding(RuntimeError):
    """A lock is released by a node that does not hold it, or asked for by one that is not idle."""


class Contender(Node):
    """Takes the lock, stays a while, gives it back, and after a while wants it again.

    Its state goes "idle" -> "waiting" -> "holding" -> "idle". "holding" is what it *believes*. A recipe says in
    `ask` how to get the lock, and calls `enter` when it has got it; it says in `leave` how to give it back.
    Clients see ``("acquire",)``, which returns the fencing token where there is one, ``("increment",)`` where
    there is a resource, and ``("release",)``.

    Parameters
    ----------
    turns : int
        How often it wants the lock.
    stay : float or (float, float), optional
        How many milliseconds it keeps the lock; with a resource: between reading and writing. None: for ever.
    think : float or (float, float)
        How many milliseconds pass before it wants the lock, and wants it again.
    resource : str, optional
        What the lock protects: while it has the lock it reads there and writes one more.
    """

    state = "idle"

    def __init__(
        self, turns: int = 1, stay: Times | None = 10, think: Times = 0, resource: str | None = None
    ) -> None:
        if turns < 0:
            raise ValueError(f"turns counts how often the lock is wanted: zero or more, not {turns}")
        self.turns, self.stay, self.think, self.resource = turns, stay, think, resource
        self.token: Any = None
        self.value, self.calling = 0, ""

    def start(self) -> None:
        """Want the lock after a while, if any turn is left."""
        if self.turns:
            self.set_timer("want", self.think)

    def recover(self) -> None:
        """Come back idle, and want nothing more: who has crashed cannot know what it asked for."""
        self.turns = 0

    def wake(self, timer: str) -> None:
        match timer:
            case "want":
                self.acquire()
            case "done" if self.resource is not None:
                self.send(self.resource, Write(self.token, self.value))
            case "done":
                self.release()

    def receive(self, message: Any, sender: str) -> None:
        """What the resource says; a second copy, when the update is over, says nothing."""
        match message:
            case Value() | Wrote() | Rejected() if self.calling != "increment":
                pass
            case Value(self.token, value):
                self.value = value + 1
                self.linger()
            case Wrote(self.token):
                self.end(self.value)
                self.release()
            case Rejected(self.token, why):
                self.lose(f"rejected: {why}")

    def acquire(self) -> None:
        """Begin to want the lock."""
        if self.state != "idle":
            raise NotHolding(f"{self.name} asks for the lock while it is {self.state}: one request at a time")
        self.turns -= 1
        self.state = "waiting"
        self.begin("acquire")
        self.ask()

    def enter(self, token: Any = None) -> None:
        """The lock is got: go in."""
        self.state, self.token = "holding", token
        self.end(token)
        if self.resource is None:
            self.linger()
        else:
            self.begin("increment")
            self.send(self.resource, Read(token))

    def linger(self) -> None:
        """Take some time over it."""
        if self.stay is not None:
            self.set_timer("done", self.stay)

    def release(self) -> None:
        """Go out, and give the lock back."""
        if self.state != "holding":
            raise NotHolding(
                f"{self.name} releases a lock that it does not hold: it is {self.state}; acquire comes first"
            )
        self.begin("release")
        self.leave()
        self.end()
        self.rest()

    def lose(self, why: str) -> None:
        """The lock, or the place in the queue, is lost: stop believing in it."""
        if self.calling:
            self.give_up()
        self.note(why)
        self.rest()

    def rest(self) -> None:
        """Be idle until the next turn."""
        self.cancel_timer("done")
        self.state, self.token, self.calling = "idle", None, ""
        self.start()

    def begin(self, call: str) -> None:
        """A call begins."""
        self.calling = call
        self.invoke((call,))

    def end(self, result: Any = None) -> None:
        """The open call returns."""
        self.calling = ""
        self.complete(result)

    def ask(self) -> None:
        """Ask for the lock: here it is got at once."""
        self.enter()

    def leave(self) -> None:
        """Give the lock back: here there is nobody to give it to."""
