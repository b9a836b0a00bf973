"""A picture of a system that never stops, taken from within (Chandy and Lamport 1985).

Every process records its own state and what was under way to it, each at another moment. Put together this
is a state that the system could have been in. It takes channels that keep their order.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.cuts import Cut
from distlab.events import ACTIVATIONS
from distlab.node import Message, Node
from distlab.trace import Trace


class Marker(Message, frozen=True):
    """Says on each channel: what comes after this was sent after its sender's picture was taken."""


class Recorder(Node):
    """A process that can record itself: give it `own_state`, and `handle` what is not a marker.

    One snapshot a run; any process may begin it, by ``set_timer("snapshot", ...)``.

    Attributes
    ----------
    state : {"before", "records", "recorded"}
    recorded : object
        The process's state in the snapshot.
    channels : dict of str to tuple of Message
        For each peer what was under way from it in the snapshot.
    """

    state = "before"

    def start(self) -> None:
        """Nothing is recorded yet."""
        self.recorded: Any = None
        self.channels: dict[str, tuple[Message, ...]] = {}
        self.arriving: dict[str, tuple[Message, ...]] = {}  # on channels whose marker is still to come

    def own_state(self) -> Any:
        """What there is to record of this process."""
        raise NotImplementedError(
            f"{type(self).__name__} needs own_state(self): what is to be recorded of it"
        )

    def handle(self, message: Any, sender: str) -> None:
        """Receive what is not a marker."""

    def wake(self, timer: str) -> None:
        """It is time for the snapshot."""
        if timer == "snapshot" and self.state == "before":
            self.record()

    def record(self) -> None:
        """Marker-sending rule: record, and say so on every channel before anything else is sent there."""
        self.note("records itself")
        self.state, self.recorded = "records", self.own_state()
        self.arriving = dict.fromkeys(self.peers, ())
        self.broadcast(Marker())

    def receive(self, message: Any, sender: str) -> None:
        """Marker-receiving rule."""
        if not isinstance(message, Marker):
            if sender in self.arriving:
                self.arriving[sender] += (message,)
            self.handle(message, sender)
            return
        if self.state == "before":
            self.record()  # and the channel that the marker came by was empty
        self.channels[sender] = self.arriving.pop(sender)
        if not self.arriving:
            self.state = "recorded"


class Transfer(Message, frozen=True):
    """Money on its way."""

    amount: int


class Branch(Recorder):
    """A branch of a bank, which sends money to the others: the sum of all money never changes.

    Parameters
    ----------
    money : int
        What it has at first.
    payments : int
        How often it sends 10 to some other branch, if it has that much.
    snapshot : bool
        Whether it begins the snapshot, some time.
    """

    def __init__(self, money: int = 100, payments: int = 1, snapshot: bool = False) -> None:
        self.money, self.payments, self.snapshot = money, payments, snapshot

    def start(self) -> None:
        """Set about paying, and the snapshot."""
        super().start()
        if self.payments:
            self.set_timer("pay", (0, 20))
        if self.snapshot:
            self.set_timer("snapshot", (0, 60))

    def own_state(self) -> int:
        """The money in the safe."""
        return self.money

    def handle(self, message: Any, sender: str) -> None:
        """Money has come."""
        self.money += message.amount

    def wake(self, timer: str) -> None:
        """Pay somebody, or begin the snapshot."""
        if timer != "pay":
            super().wake(timer)
            return
        if self.money >= 10:
            self.money -= 10
            self.send(self.choose(self.peers), Transfer(10))
        self.payments -= 1
        if self.payments:
            self.set_timer("pay", (0, 20))


def counted_money(world: Any) -> int | None:
    """The money in the snapshot, in safes and under way; None until all have recorded theirs."""
    branches = world.nodes.values()
    if any(branch.state != "recorded" for branch in branches):
        return None
    under_way = [m for branch in branches for channel in branch.channels.values() for m in channel]
    return sum(branch.recorded for branch in branches) + sum(transfer.amount for transfer in under_way)


def recorded_cut(trace: Trace) -> Cut:
    """The cut that a snapshot took: for each node its last event before the one that made it record itself."""
    last: dict[str, int] = {}
    before: dict[str, int] = {}
    cut: dict[str, int] = {}
    for event in trace.events:
        if event.kind in ACTIVATIONS:
            before[event.node] = last.get(event.node, -1)
        if event.kind == "noted" and event.detail == "records itself":
            cut[event.node] = before[event.node]
        last[event.node] = event.index
    return cut
