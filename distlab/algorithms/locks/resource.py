"""What a lock protects, and the one place where a client that comes too late can be stopped.

The resource remembers the largest token it has seen and refuses all smaller ones (Burrows 2006, section 2.4;
Kleppmann 2016). It has to see the token of a read, too: a client that reads under an old lock and writes under
no newer one than the last *write* would undo what happened in between.
"""

from __future__ import annotations

from typing import Any

from distlab.node import Message, Node
from distlab.values import TORN

CHECKS = ("all", "writes", "nothing")


class Read(Message, frozen=True):
    """Asks for the value."""

    token: Any  # a whole number; a lock without fencing tokens sends what it has
    lock: str = ""  # whose token it is: the name of the service


class Value(Message, frozen=True):
    """Says what the value is."""

    token: Any
    value: int


class Write(Message, frozen=True):
    """Asks to put another value in place of it."""

    token: Any
    value: int
    lock: str = ""


class Wrote(Message, frozen=True):
    """Says that it was done."""

    token: Any


class Rejected(Message, frozen=True):
    """Says that nothing was done, and why."""

    token: Any
    why: str
    what: str = "write"  # or "read": a late copy of a read may be refused when the write is under way


class Resource(Node):
    """One number, which clients read and write one after the other, if the lock does what it should.

    Its disk has a log of what it accepted: ``("read", token, value)`` and ``("write", token, value)``.

    Parameters
    ----------
    checks : {"all", "writes", "nothing"}
        ``all``: a read or write with a token smaller than one that was seen is refused. ``writes``: only writes
        are looked at (a trap: an update can be lost). ``nothing``: the token is ignored.
    lock : str, optional
        The name of the service whose tokens count here. The tokens of two services cannot be compared, so those
        of another are refused; without a name nobody looks.
    initial : int
        The value at first.

    Raises
    ------
    ValueError
        When `checks` is none of the three.
    """

    def __init__(self, checks: str = "all", lock: str = "", initial: int = 0) -> None:
        if checks not in CHECKS:
            raise ValueError(f"a resource checks one of {', '.join(CHECKS)}, not {checks!r}")
        self.checks, self.lock, self.initial, self.value = checks, lock, initial, initial
        self.largest = 0

    def start(self) -> None:
        """Begin with what the log says."""
        for kind, token, value in [record for record in self.disk.log if record is not TORN]:
            self.remember(kind, token, value)

    def receive(self, message: Any, sender: str) -> None:
        if why := self.objection(message):
            self.send(sender, self.refusal(message, why))
            return
        match message:
            case Read(token):
                self.accept("read", token, self.value)
                self.send(sender, Value(token, self.value))
            case Write(token, value):
                self.accept("write", token, value)
                self.send(sender, Wrote(token))

    def objection(self, message: Read | Write) -> str:
        """Why this must not be done; nothing when it may."""
        token = message.token
        if self.checks == "nothing" or (self.checks == "writes" and isinstance(message, Read)):
            return ""
        if isinstance(token, bool) or not isinstance(token, int):
            return f"a token is a whole number that a lock service gave, not {token!r}"
        if self.lock and message.lock and message.lock != self.lock:
            return (
                f"token {token} is of the lock {message.lock!r}, and this is guarded by {self.lock!r}: the counters "
                f"of two locks cannot be compared"
            )
        if token < self.largest:
            return f"token {token} is too old: token {self.largest} was here before"
        return ""

    def refusal(self, message: Read | Write, why: str) -> Message:
        """No; but of a late copy of a write that was done nobody may hear that it was not."""
        if isinstance(message, Read):
            return Rejected(message.token, why, "read")
        done = ("write", message.token, message.value) in self.disk.log
        return Wrote(message.token) if done else Rejected(message.token, why)

    def accept(self, kind: str, token: Any, value: int) -> None:
        """Write down what is done, before the answer leaves."""
        self.disk.log.append((kind, token, value))
        self.remember(kind, token, value)

    def remember(self, kind: str, token: Any, value: int) -> None:
        """What an accepted message leaves behind."""
        if kind == "write":
            self.value = value
        if self.checks == "all" or (self.checks == "writes" and kind == "write"):
            self.largest = max(self.largest, token)
