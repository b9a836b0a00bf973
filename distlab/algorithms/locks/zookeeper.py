"""The lock recipe of ZooKeeper (Hunt and others 2010, section 2.4): stand in line, and watch whoever is before you.

A client creates an ephemeral sequential node: it gets the next number, and is deleted when the client's session
ends. The lowest number has the lock. All others watch the number before their own, so that a release wakes one
client and not the whole herd.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.sessions import SessionClient, SessionService
from distlab.node import Message


class Create(Message, frozen=True):
    """Creates an ephemeral sequential node."""

    session: int


class Created(Message, frozen=True):
    """Says which number the node has: one more than the last."""

    number: int


class GetChildren(Message, frozen=True):
    """Asks which nodes there are."""

    session: int


class Children(Message, frozen=True):
    """Says which nodes there are, in order."""

    numbers: tuple[int, ...]


class Exists(Message, frozen=True):
    """Asks whether a node is there, and to be told once when it is deleted: a watch."""

    session: int
    number: int


class Stat(Message, frozen=True):
    """Says whether the node is there."""

    number: int
    exists: bool


class Deleted(Message, frozen=True):
    """What the watch saw: the node was deleted."""

    number: int


class Delete(Message, frozen=True):
    """Deletes a node."""

    session: int
    number: int


class ZooKeeper(SessionService):
    """The directory of one lock.

    Attributes
    ----------
    line : dict of int to int
        The nodes in the order of their numbers, and the session that each belongs to.
    watches : frozenset of (int, int)
        A number, and the session that watches it.
    """

    def __init__(self, ttl: float | None = None) -> None:
        super().__init__(ttl)
        self.line: dict[int, int] = {}
        self.watches = frozenset[tuple[int, int]]()
        self.created = 0

    def serve(self, message: Any, sender: str) -> None:
        match message:
            case Create(session):
                self.created += 1
                self.line[self.created] = session
                self.send(sender, Created(self.created))
            case GetChildren():
                self.send(sender, Children(tuple(self.line)))
            case Exists(session, number):
                if number in self.line:
                    self.watches |= {(number, session)}
                self.send(sender, Stat(number, number in self.line))
            case Delete(session, number):
                if self.line.get(number) == session:
                    self.delete(number)
            case _:
                super().serve(message, sender)

    def delete(self, number: int) -> None:
        """Delete a node, and tell those who watch it."""
        del self.line[number]
        seen = {watch for watch in self.watches if watch[0] == number}
        self.watches -= seen
        for _, session in sorted(seen):
            self.send(self.sessions[session], Deleted(number))

    def ended(self, session: int) -> None:
        """A session takes its nodes and its watches along."""
        self.watches = frozenset(watch for watch in self.watches if watch[1] != session)
        for number in [number for number, owner in self.line.items() if owner == session]:
            self.delete(number)


class ZooKeeperClient(SessionClient):
    """Follows the recipe. Its number is its fencing token: numbers only grow."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.number = 0

    def request(self) -> None:
        """Step 1: get a number."""
        self.send(self.service, Create(self.session))

    def answer(self, message: Any) -> None:
        match message:
            case Created(number):
                self.number = number
                self.look()
            case Children(numbers):
                self.judge(numbers)
            case Stat(_, exists):
                if not exists:
                    self.look()
            case Deleted():
                self.look()
            case _:
                super().answer(message)

    def look(self) -> None:
        """Step 2: ask who is in line. A number that has gone proves nothing: its client may have died waiting."""
        self.send(self.service, GetChildren(self.session))

    def judge(self, numbers: tuple[int, ...]) -> None:
        """Steps 3 and 4: go in if its number is the lowest, else watch another one."""
        if self.number == numbers[0]:
            self.enter(self.number)
        else:
            self.send(self.service, Exists(self.session, self.watched(numbers)))

    def watched(self, numbers: tuple[int, ...]) -> int:
        """Whom to watch: the one before."""
        return numbers[numbers.index(self.number) - 1]

    def leave(self) -> None:
        """Delete its node."""
        self.send(self.service, Delete(self.session, self.number))


class Herd(ZooKeeperClient):
    """All watch the one who has the lock: each release wakes all of them, to let one of them in."""

    def watched(self, numbers: tuple[int, ...]) -> int:
        """Whom to watch: the first."""
        return numbers[0]
