"""Broadcast: everybody hears everything, and no effect before its cause (Birman, Schiper and Stephenson 1991).

A message that has been received is not delivered before it may be. Three rules for when it may, each a
little stricter than the one before: at once; in the order in which its sender sent; and when all has been
delivered here that its sender had heard when it sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from distlab.algorithms.clocks import Vector
from distlab.node import Message, Node
from distlab.trace import Trace


class Said(Message, frozen=True):
    """What somebody says to all, and how many messages of each process its sender had delivered, this one included."""

    text: str
    stamp: Vector


class Plain(Node):
    """Delivers what it receives at once.

    Parameters
    ----------
    says : iterable of str
        What it says to all at its start, each text once.
    replies : mapping of str to str, optional
        What it says to all when it has heard something.

    Attributes
    ----------
    heard : tuple of str
        What was delivered here, in order; its own words, too.
    """

    def __init__(self, says: Iterable[str] = (), replies: Mapping[str, str] | None = None) -> None:
        self.says, self.replies = tuple(says), dict(replies or {})
        self.clock = Vector()  # how many messages of each process were delivered here
        self.waiting: tuple[tuple[str, Said], ...] = ()  # received, not delivered
        self.heard: tuple[str, ...] = ()

    def start(self) -> None:
        """Say something."""
        for text in self.says:
            self.say(text)

    def say(self, text: str) -> None:
        """Send to all, with a stamp; what one says oneself is delivered at once."""
        self.clock = self.clock.tick(self.name)
        self.note(f"says {text}")
        self.broadcast(Said(text, self.clock))
        self.deliver(text)

    def receive(self, message: Any, sender: str) -> None:
        """Deliver what may be delivered now; it may let others follow."""
        self.waiting += ((sender, message),)
        while ready := [one for one in self.waiting if self.may_deliver(one[1].stamp, one[0])]:
            self.waiting = tuple(one for one in self.waiting if one is not ready[0])
            sender, message = ready[0]
            self.clock = self.clock.tick(
                sender
            )  # of the causal one's two clocks this is the maximum, entry by entry
            self.deliver(message.text)

    def may_deliver(self, stamp: Vector, sender: str) -> bool:
        """Anything, at any time."""
        return True

    def deliver(self, text: str) -> None:
        """Hand a message over to whoever reads here."""
        self.heard += (text,)
        self.note(f"hears {text}")
        if text in self.replies:
            self.say(self.replies[text])


class Fifo(Plain):
    """Delivers the messages of each sender in their order."""

    def may_deliver(self, stamp: Vector, sender: str) -> bool:
        """It is the next one of its sender."""
        return stamp[sender] == self.clock[sender] + 1


class Causal(Fifo):
    """Delivers a message when all has been delivered here that may have been its cause (section 5.1)."""

    def may_deliver(self, stamp: Vector, sender: str) -> bool:
        """It is the next one of its sender, and what the sender had heard of others has been heard here."""
        of_others = [(name, count) for name, count in stamp.counts if name != sender]
        return super().may_deliver(stamp, sender) and all(
            count <= self.clock[name] for name, count in of_others
        )


def effects_before_causes(trace: Trace) -> list[tuple[str, str, str]]:
    """Where a run breaks causal order: (node, the effect that it heard, a cause that it had not heard by then).

    A text is a cause of another if whoever said the other had said it or heard it before. (What had been received
    and not delivered is no cause.)

    Parameters
    ----------
    trace : Trace
        Of nodes that note what they say and hear, as those above; no text is said twice.

    Returns
    -------
    list of (str, str, str)
    """
    causes: dict[str, frozenset[str]] = {}
    heard: dict[str, list[str]] = {name: [] for name in trace.names}
    broken: list[tuple[str, str, str]] = []
    for event in trace.events:
        if event.kind != "noted":
            continue
        what, _, text = event.detail.partition(" ")
        if what == "says":
            causes[text] = frozenset(heard[event.node]).union(
                *(causes[earlier] for earlier in heard[event.node])
            )
        elif what == "hears":
            broken += [(event.node, text, cause) for cause in sorted(causes[text] - {*heard[event.node]})]
            heard[event.node].append(text)
    return broken
