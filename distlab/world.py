"""The world at one moment, what may happen next in it, and what it is afterwards.

This is the executable specification of a step. `Simulation` and `explore` have faster engines of
their own; tests hold them to this one. A World never changes: a step gives a new one, which shares
with the old one everything that the step did not touch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

from distlab import enabled, values
from distlab.blame import cast, listed
from distlab.effects import Store
from distlab.events import Row
from distlab.history import History
from distlab.node import Node, NodeError
from distlab.schedule import Choice, Schedule
from distlab.steps import HANDLERS, InFlight, NeedsAnswer, Step, Timer, call_misuse
from distlab.trace import Trace
from distlab.watchdog import watching

NETWORKS = ("bag", "set", "fifo", "rounds")

__all__ = [
    "HANDLERS",
    "NETWORKS",
    "InFlight",
    "NeedsAnswer",
    "Timer",
    "World",
    "call_misuse",
    "replay",
    "run",
    "trace_of",
]


class World:
    """All nodes, all messages under way and all timers at one moment.

    What follows from a world is in `enabled` (all that may happen next) and in `steps` (what one of them does).

    Parameters
    ----------
    nodes : mapping of str to Node
        The system; the nodes are copied.
    network : {"bag", "set", "fifo", "rounds"}
        ``bag``: any message under way may be next. ``set``: what was sent once stays deliverable, as in
        TLA+. ``fifo``: a link keeps its order. ``rounds``: all that was sent in one round arrives in the next.
    peers : mapping of str to tuple of str, optional
        Whom each node can reach; by default everybody else.
    timers : {"any", "ordered"}
        ``ordered``: of one node's timers, one that was set no later and for no longer runs out first.

    Attributes
    ----------
    nodes : dict of str to Node
    up : dict of str to bool
    in_flight : tuple of InFlight
    timers : dict of str to tuple of Timer
    disks : dict of str to Store
    history : History
        What clients called and what returned, in order.
    steps, round : int
        How many steps led here, starts not counted; the round, where there are rounds.
    rows : list
        What happened in the step that led here, as rows of a trace.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        network: str = "bag",
        peers: Mapping[str, Sequence[str]] | None = None,
        timers: str = "any",
    ) -> None:
        if network not in NETWORKS:
            raise ValueError(f"network is one of {listed(NETWORKS)}, not {network!r}")
        if timers not in ("any", "ordered"):
            raise ValueError(f"timers is 'any' or 'ordered', not {timers!r}")
        self.nodes = self.first = cast(nodes)
        self.names = tuple(self.nodes)
        self.peers = {
            name: tuple((peers or {}).get(name, [p for p in self.names if p != name])) for name in self.names
        }
        self.rank = {name: i for i, name in enumerate(self.names)}.__getitem__
        self.network, self.ordered = network, timers == "ordered"
        self.started: tuple[str, ...] = ()
        self.up = dict.fromkeys(self.names, True)
        self.in_flight: tuple[InFlight, ...] = ()
        self.timers: dict[str, tuple[Timer, ...]] = dict.fromkeys(self.names, ())
        self.disks = {name: Store() for name in self.names}
        self.calls: tuple[Row, ...] = ()
        self.counts: Counter[tuple[str, ...]] = Counter()
        self.steps = self.round = 0
        self.rows: list[Row] = []

    # --- what it is ---

    @property
    def history(self) -> History:
        """The operations so far; positions count calls and returns."""
        return Trace(self.names, self.calls, unit="steps").history()

    def key(self, history: bool = False) -> Hashable:
        """The identity of this world: worlds with equal keys have equal futures.

        Parameters
        ----------
        history : bool
            Also tell worlds apart by the order of calls and returns.
        """
        flights = self.in_flight
        if self.network == "rounds":
            flights = tuple(sorted(flights, key=lambda m: (m.round, m.n)))
        mail = [(m.sender, m.receiver, values.key(m.message), m.round - self.round) for m in flights]
        under_way: Hashable = frozenset(Counter(mail).items())
        if self.network in ("fifo", "rounds"):  # order counts on each link, not between links
            links = {mail[:2] for mail in mail}
            under_way = frozenset((link, tuple(m for m in mail if m[:2] == link)) for link in links)
        nodes = tuple(self._node_key(name) for name in self.names)
        return (self.started, nodes, under_way, self._call_key() if history else None)

    def _node_key(self, name: str) -> Hashable:
        node, store, timers = self.nodes[name], self.disks[name], self.timers[name]
        seen: dict[int, int] = {}  # one for all attributes: two may hold the same list
        attributes = tuple((k, values.key(v, seen)) for k, v in sorted(_state(node).items()))
        disk = (values.key(store.data), values.key(store.log), tuple(values.key(w) for w in store.pending))
        armed: Hashable = frozenset((t.name, t.round - self.round) for t in timers)
        if self.ordered and self.network != "rounds":
            armed = tuple((t.name, t.after, i and t.step > timers[i - 1].step) for i, t in enumerate(timers))
        return (attributes, self.up[name], disk, armed, self.calling(name))

    def calling(self, name: str) -> bool:
        """Whether this client has an open call."""
        mine = [row[1] for row in self.calls if row[2] == name]
        return bool(mine) and mine[-1] == "invoked"

    def _call_key(self) -> Hashable:
        return tuple((row[1], row[2], *map(values.key, row[3:])) for row in self.calls)

    # --- what may happen next, and what is then ---

    def enabled(self, crashes: bool = False, losses: bool = False, duplicates: bool = False) -> list[Choice]:
        """Every choice there is, with every answer to ``choose``; with faults where they are allowed.

        Parameters
        ----------
        crashes, losses, duplicates : bool
            Whether nodes may crash (between handlers, and after any number of effects of one), messages
            be lost, messages be doubled.

        Returns
        -------
        list of Choice
        """
        return list(enabled.enabled(self, crashes, losses, duplicates))

    def step(self, choice: Any) -> World:
        """The world after `choice`.

        Parameters
        ----------
        choice : Choice or tuple
            One of those in ``enabled()``, or a part of one: without n the oldest message of the link.

        Returns
        -------
        World

        Raises
        ------
        ValueError
            When the choice is not possible here; the sentence says what is.
        NodeError
            When the node that acts breaks.
        """
        return Step(self, Choice.of(choice)).take()

    def copy(self) -> World:
        """A world that a step may make a new one of: its parts are shared, and replaced where they change."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.rows = []
        return new

    def __repr__(self) -> str:
        states = ", ".join(
            f"{name}: {'down' if not self.up[name] else values.text(node.state) if node.state is not None else 'up'}"
            for name, node in self.nodes.items()
        )
        return f"World({states}; {len(self.in_flight)} in flight)"


def _state(node: Node) -> dict[str, Any]:
    return {k: vars(v) if isinstance(v, Node) else v for k, v in vars(node).items()}


def run(world: World, schedule: Iterable[Any]) -> list[World]:
    """All the worlds of a run, from `world` on; nodes that the schedule does not start start first."""
    choices = list(map(Choice.of, schedule))
    named = [choice.node for choice in choices if choice.kind == "start"]
    waiting = [name for name in world.nodes if name not in (*named, *world.started)]
    return follow(world, [*(Choice("start", name) for name in waiting), *choices])


def follow(world: World, choices: Iterable[Choice]) -> list[World]:
    """The world, and the worlds after each of these choices."""
    worlds = [world]
    try:
        with watching(lambda: len(worlds)):
            for choice in choices:
                worlds.append(worlds[-1].step(choice))
    except NodeError as error:
        error.trace = trace_of(worlds, "error")
        raise
    return worlds


def replay(
    nodes: Mapping[str, Node],
    schedule: Iterable[Any],
    network: str = "bag",
    peers: Mapping[str, Sequence[str]] | None = None,
) -> Trace:
    """Run a schedule, choice by choice.

    Parameters
    ----------
    nodes : mapping of str to Node
    schedule : Schedule, or iterable of tuples
        ``[("deliver", "a", "b", 1), ("crash", "a"), ...]``; the nodes start first.
    network, peers
        As for `World`.

    Returns
    -------
    Trace
        Its times are step numbers.

    Raises
    ------
    ValueError
        When a choice is not possible where it stands.
    NodeError
        When a node breaks; ``error.trace`` is the run up to there.
    """
    return trace_of(run(World(nodes, network, peers), Schedule(schedule)))


def trace_of(worlds: Iterable[World], ended: str = "quiet", end: int = 0) -> Trace:
    """The trace of a run given as its worlds, which it keeps: nothing has to be run again to look into them.

    Parameters
    ----------
    worlds : iterable of World
    ended : str
        Why it stopped.
    end : int
        At least so many steps are shown.
    """
    kept = list(worlds)
    first = kept[0]
    return Trace(
        first.names,
        [row for world in kept[1:] for row in world.rows],
        end=max(end, kept[-1].steps),
        ended=ended,
        unit="steps",
        first={name: values.copy(node.state) for name, node in first.nodes.items()},
        replayer=lambda schedule: kept,
    )
