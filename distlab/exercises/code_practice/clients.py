"""Clients of ours that a learner's lock is tried with: one that behaves, one that does not, one with a plan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distlab.exercises.lock_protocol import Acquire, Granted, Refused, Release, Renew
from distlab.node import Node

LOCK = "lock"
NONE = -1  # a token that no lock ever grants
Plan = Sequence[tuple[float, str]]


class Client(Node):
    """Asks for the lock, holds it for a while, and gives it back; when it is refused it asks again.

    Parameters
    ----------
    tries : int
        How often it asks.
    """

    state = "waiting"

    def __init__(self, tries: int = 2) -> None:
        self.tries, self.number, self.token = tries, 0, NONE

    def start(self) -> None:
        """Ask."""
        self.number += 1
        self.send(LOCK, Acquire(self.number))

    def receive(self, message: Any, sender: str) -> None:
        """Take what was asked for; give back at once what was not."""
        match message:
            case Granted(number, token):
                if self.state == "waiting" and number == self.number:
                    self.state, self.token = "holding", token
                    self.set_timer("leave", 10)
                elif token != self.token:
                    self.send(LOCK, Release(token))
            case Refused(number) if self.state == "waiting" and number == self.number < self.tries:
                self.set_timer("again", 10)

    def wake(self, timer: str) -> None:
        """Ask again, or leave."""
        if timer == "leave":
            self.state = "done"
            self.send(LOCK, Release(self.token))
        else:
            self.start()


class Thief(Node):
    """Never asks, and releases what somebody else holds."""

    def start(self) -> None:
        """Wait for the moment."""
        self.set_timer("strike", 10)

    def wake(self, timer: str) -> None:
        """Give back what it never had."""
        self.send(LOCK, Release(NONE))


class Planned(Node):
    """Says what its plan says: ``[(0, "acquire"), (30, "renew"), (60, "release")]``, in ms.

    ``"again"`` sends the last request once more, ``"release old"`` releases the grant before the last one.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan, self.number = tuple(plan), 0
        self.tokens: tuple[int, ...] = ()
        self.last: Any = None

    def start(self) -> None:
        """Set a timer for each point of the plan."""
        for n, (at, _) in enumerate(self.plan):
            self.set_timer(str(n), at)

    def receive(self, message: Any, sender: str) -> None:
        """Remember the tokens."""
        if isinstance(message, Granted) and message.token not in self.tokens:
            self.tokens += (message.token,)

    def wake(self, timer: str) -> None:
        """Do what is due."""
        what = self.plan[int(timer)][1]
        if what.startswith("release"):
            mine = self.tokens[-2:-1] if what == "release old" else self.tokens[-1:]
            self.send(LOCK, Release(mine[0] if mine else NONE))
            return
        if what != "again":
            self.number += 1
            token = self.tokens[-1] if self.tokens else NONE
            self.last = Acquire(self.number) if what == "acquire" else Renew(self.number, token)
        self.send(LOCK, self.last)
