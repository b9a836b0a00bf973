"""A node while a simulation runs it: its clock, its timers, its disk, its links."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

from distlab.chance import Draw, stream
from distlab.effects import Effect, Store
from distlab.faults import Crash
from distlab.node import Node

Waiting = tuple[str, tuple[Any, ...], int | None]  # what a handler will be called with: kind, arguments, n


class OwnClock:
    """A node's own clock: it runs at `rate`, and reads `local` microseconds at `true` ones."""

    __slots__ = ("local", "rate", "true")

    def __init__(self) -> None:
        self.rate: float = 1
        self.local: float = 0
        self.true = 0

    def read(self, true: int) -> float:
        """What it shows at a true time."""
        return self.local + (true - self.true) * self.rate

    def when(self, local: float) -> int:
        """The true time at which it shows `local`."""
        return self.true + math.ceil((local - self.local) / self.rate)

    def change(self, true: int, rate: float, offset: float) -> None:
        """Let it jump by `offset` microseconds and run at `rate` from here on."""
        self.local, self.true, self.rate = self.read(true) + offset, true, rate


class Link:
    """One direction between two nodes, with its own streams of chance."""

    __slots__ = (
        "again",
        "doubled",
        "draw",
        "due",
        "fixed",
        "least",
        "local",
        "lost",
        "n",
        "plain",
        "receiver",
        "sender",
        "span",
    )

    def __init__(self, sender: str, receiver: str) -> None:
        self.sender, self.receiver = sender, receiver
        self.local = False  # both on one host
        self.plain = True  # nothing but a delay can happen here
        self.n = 0  # messages sent so far
        self.due = 0  # when the last one arrives, where order is kept
        self.fixed = self.least = (
            0  # the shortest delay in microseconds, without and with the way on the fibre
        )
        self.span = 0.0  # the delay is least + span * draw()
        self.draw: Draw | None = None
        self.lost: Draw | None = None
        self.doubled: Draw | None = None
        self.again: Draw | None = None  # the delay of a duplicate

    def takes(self, draw: Draw | None) -> int:
        """One delay in microseconds, drawn from `draw`."""
        return self.least if draw is None or not self.span else self.least + int(draw() * self.span)


class Process:
    """A node while it runs. `attention` is set whenever a message to it needs more than being handled."""

    __slots__ = (
        "_seed",
        "_streams",
        "armed",
        "attention",
        "attributes",
        "clock",
        "done",
        "downs",
        "first",
        "links",
        "name",
        "node",
        "open_call",
        "pauses",
        "queue",
        "receive",
        "rest",
        "set_times",
        "shared",
        "state",
        "stop",
        "store",
        "timers",
        "up",
        "width",
    )

    def __init__(self, name: str, first: Node, seed: int) -> None:
        self.name, self.first, self._seed = name, first, seed
        self.clock, self.store = OwnClock(), Store()
        self.links: dict[str, Link] = {}
        self.timers: dict[
            str, tuple[int, float]
        ] = {}  # name -> (set for the n-th time, deadline on its own clock)
        self.set_times: dict[str, int] = {}
        self.shared: dict[str, str] = {}  # attributes that were given to another node, too
        self.armed: list[Crash] = []  # crashes that wait for the next handler
        self.stop: Crash | None = None  # the crash that the handler under way runs into
        self.queue: deque[Waiting] = deque()  # what arrived while it could not react
        self.rest: list[Effect] | None = None  # effects of its handler that wait for the disk
        self.done = 0  # how many effects of its handler have happened
        self.pauses: set[int] = set()
        self.downs = 0  # crashes that it has not come back from
        self.up, self.attention, self.open_call = True, False, False
        self._streams: dict[str, Draw] = {}

    def run(self, node: Node) -> None:
        """Let `node` be what runs: at the start, and again after a crash."""
        self.node, self.receive, self.state = node, node.receive, node.state
        self.attributes = vars(node)
        self.width = len(self.attributes)

    def draw(self, purpose: str) -> float:
        """A number from this node's stream for `purpose`."""
        if purpose not in self._streams:
            self._streams[purpose] = stream(self._seed, purpose, self.name)
        return self._streams[purpose]()

    @property
    def idle(self) -> bool:
        """Whether it can react now."""
        return self.up and not self.pauses and self.rest is None

    def look(self, trouble: bool) -> None:
        """Set `attention`; `trouble`: something stands in the network that messages may meet on arrival."""
        self.attention = trouble or not self.idle or bool(self.armed) or bool(self.shared)

    def __repr__(self) -> str:
        return f"Process({self.name}, {'up' if self.up else 'down'})"
