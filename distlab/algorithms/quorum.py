"""A register on several replicas, read and written by quorums (Gifford 1979; Attiya, Bar-Noy and Dolev 1995).

One client writes, any number read. The replicas know nothing of each other. An operation asks all of them
and goes on when enough have answered; the others may be slow or dead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from distlab.node import Message, Node


class Get(Message, frozen=True):
    """Asks a replica for what it has."""

    number: int  # of the request, so that a late answer is not taken for one to the next request


class Got(Message, frozen=True):
    """Says what is the newest that the replica has seen."""

    number: int
    tag: int
    value: Any


class Put(Message, frozen=True):
    """Asks a replica to keep a value, unless it has a newer one."""

    number: int
    tag: int
    value: Any


class Kept(Message, frozen=True):
    """Says that the replica has that value, or a newer one."""

    number: int


class Replica(Node):
    """Keeps the value with the largest tag that it has seen, on its disk.

    Parameters
    ----------
    initial : hashable
        What the register holds before the first write.
    """

    def __init__(self, initial: Any = 0) -> None:
        self.initial = initial

    def start(self) -> None:
        """Begin with what is on the disk, if there is anything."""
        self.tag, self.value = self.disk.get("newest", (0, self.initial))

    def receive(self, message: Any, sender: str) -> None:
        """Answer a client."""
        match message:
            case Put(number, tag, value):
                if tag > self.tag:
                    self.disk["newest"] = self.tag, self.value = tag, value
                self.send(sender, Kept(number))
            case Get(number):
                self.send(sender, Got(number, self.tag, self.value))


class Client(Node):
    """Makes its calls one after the other: a write waits for `w` replicas, a read for `r`.

    Parameters
    ----------
    replicas : iterable of str
        Their names.
    calls : iterable of tuple
        ``("write", value)`` and ``("read",)``. Only one client of a register may write: it counts its writes,
        and the count is the tag (with more writers they have to ask for the largest tag first).
    r, w : int, optional
        Of how many replicas it waits for the answer; by default of a majority.
    think : (float, float), optional
        How many milliseconds, from - to, pass before each call; by default none at all.
    patience : float, optional
        After how many milliseconds it asks again; by default never. (To ask twice does no harm: a replica that
        has a value keeps it.)
    """

    writes_back = False

    def __init__(
        self,
        replicas: Iterable[str],
        calls: Iterable[tuple[Any, ...]],
        r: int | None = None,
        w: int | None = None,
        think: tuple[float, float] | None = None,
        patience: float | None = None,
    ) -> None:
        self.replicas, self.calls = tuple(replicas), tuple(calls)
        majority = len(self.replicas) // 2 + 1
        self.r, self.w = majority if r is None else r, majority if w is None else w
        self.think, self.patience = think, patience
        for what, size in (("r", self.r), ("w", self.w)):
            if not 1 <= size <= len(self.replicas):
                raise ValueError(f"{what} is between 1 and the {len(self.replicas)} replicas, not {size}")
        self.done = self.written = self.number = 0
        self.state = "idle"

    def start(self) -> None:
        """Make the next call, now or after a while."""
        if self.done < len(self.calls):
            if self.think is None:
                self.call()
            else:
                self.set_timer("call", self.think)

    def recover(self) -> None:
        """Stay silent: a client that crashed has forgotten which tags it gave."""

    def wake(self, timer: str) -> None:
        """It is time for the next call, or to ask again."""
        if timer == "call":
            self.call()
        else:
            self.spread()

    def call(self) -> None:
        """Make the next call."""
        call = self.calls[self.done]
        self.invoke(call)
        if call[0] == "write":
            self.written += 1
            self.tag, self.value = self.written, call[1]
            self.put("writes")
        else:
            self.tag, self.value = -1, None  # older than whatever a replica has
            self.ask("reads", Get(self.number + 1), self.r)

    def put(self, state: str) -> None:
        """Have the newest value kept by enough replicas."""
        self.ask(state, Put(self.number + 1, self.tag, self.value), self.w)

    def ask(self, state: str, request: Message, enough: int) -> None:
        """Ask the replicas, and wait for some of them."""
        self.state, self.request, self.enough = state, request, enough
        self.number, self.heard = self.number + 1, frozenset[str]()
        self.spread()

    def spread(self) -> None:
        """Send the request under way to all replicas; again after a while, if need be."""
        self.broadcast(self.request, to=self.replicas)
        if self.patience is not None:
            self.set_timer("again", self.patience)

    def receive(self, message: Any, sender: str) -> None:
        """Take an answer into account, if it is one to the request under way."""
        if self.state == "idle" or message.number != self.number:
            return
        self.heard |= {sender}
        if isinstance(message, Got) and message.tag > self.tag:
            self.tag, self.value = message.tag, message.value
        if len(self.heard) == self.enough:
            self.answered()

    def answered(self) -> None:
        """Enough replicas have answered."""
        if self.state == "reads" and self.writes_back:
            self.put("writes back")
            return
        call, self.state = self.calls[self.done], "idle"
        if self.patience is not None:
            self.cancel_timer("again")
        self.complete(self.value if call[0] == "read" else None)
        self.done += 1
        self.start()


class ABD(Client):
    """Writes back what it read before it returns: whoever reads later reads this, or something newer.

    Attiya, Bar-Noy and Dolev 1995, section 3. With majorities the register is linearizable.
    """

    writes_back = True


class Frugal(Client):
    """Asks only as many replicas as it needs, any of them: the others never hear of it."""

    def spread(self) -> None:
        """Send the request under way to some replicas, and to no others."""
        self.broadcast(self.request, to=self.choose(list(combinations(self.replicas, self.enough))))


class FrugalABD(ABD, Frugal):
    """Writes back, and asks only as many replicas as it needs."""


def register(clients: Mapping[str, Client], replicas: Iterable[str] = ("r1", "r2", "r3")) -> dict[str, Node]:
    """The clients together with their replicas, ready to be run."""
    return {**clients, **{name: Replica() for name in replicas}}
