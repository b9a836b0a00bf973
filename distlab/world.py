"""The world at one moment, what may happen next in it, and what it is afterwards.

This is the executable specification of a step. `Simulation` and `explore` have faster engines of
their own; tests hold them to this one. A World never changes: a step gives a new one, which shares
with the old one everything that the step did not touch.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from distlab import values
from distlab.blame import Fault, cast, check_send, doing, explain, listed
from distlab.effects import (
    CANCEL,
    INVOKE,
    NOTE,
    OUTCOMES,
    SEND,
    SET,
    SYNC,
    WRITE,
    DiskView,
    Effect,
    Store,
    arrange,
)
from distlab.history import History
from distlab.node import Context, Node, NodeError, clone
from distlab.schedule import Choice, Schedule
from distlab.trace import Row, Trace

NETWORKS = ("bag", "set", "fifo", "rounds")
HANDLERS = {"start": "start", "deliver": "receive", "fire": "wake", "recover": "recover"}


class InFlight(NamedTuple):
    """A message under way: the n-th from `sender` to `receiver`; `round` matters only where there are rounds."""

    sender: str
    receiver: str
    message: Any
    n: int
    round: int = 0


class Timer(NamedTuple):
    """A timer that is set: for the n-th time, in which step, for how long (ms), and in which round it is due."""

    name: str
    n: int
    step: int
    after: tuple[float, float]
    round: int = 0


class NeedsAnswer(Exception):
    """A handler asked `choose` once more than the choice has answers."""

    def __init__(self, options: int) -> None:
        super().__init__(options)
        self.options = options


class World:
    """All nodes, all messages under way and all timers at one moment.

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
        self.nodes = self._first = cast(nodes)
        self._names = tuple(self.nodes)
        self._peers = {
            name: tuple((peers or {}).get(name, [p for p in self._names if p != name]))
            for name in self._names
        }
        self._rank = {name: i for i, name in enumerate(self._names)}.__getitem__
        self.network, self._ordered = network, timers == "ordered"
        self.started: tuple[str, ...] = ()
        self.up = dict.fromkeys(self._names, True)
        self.in_flight: tuple[InFlight, ...] = ()
        self.timers: dict[str, tuple[Timer, ...]] = dict.fromkeys(self._names, ())
        self.disks = {name: Store() for name in self._names}
        self._calls: tuple[Row, ...] = ()
        self._counts: Counter[tuple[str, ...]] = Counter()
        self.steps = self.round = 0
        self.rows: list[Row] = []

    # --- what it is ---

    @property
    def history(self) -> History:
        """The operations so far; positions count calls and returns."""
        return Trace(self._names, self._calls, unit="steps").history()

    def key(self, history: bool = False) -> Hashable:
        """The identity of this world: worlds with equal keys have equal futures.

        Parameters
        ----------
        history : bool
            Also tell worlds apart by the order of calls and returns.
        """
        mail = [(m.sender, m.receiver, values.key(m.message), m.round - self.round) for m in self.in_flight]
        under_way: Hashable = frozenset(Counter(mail).items())
        if self.network == "fifo":  # the order on each link counts, the order between links does not
            links = {mail[:2] for mail in mail}
            under_way = frozenset((link, tuple(m for m in mail if m[:2] == link)) for link in links)
        nodes = tuple(self._node_key(name) for name in self._names)
        return (self.started, nodes, under_way, self._call_key() if history else None)

    def _node_key(self, name: str) -> Hashable:
        node, store, timers = self.nodes[name], self.disks[name], self.timers[name]
        attributes = tuple(sorted((k, values.key(v)) for k, v in _state(node).items()))
        disk = (values.key(store.data), values.key(store.log), tuple(values.key(w) for w in store.pending))
        armed: Hashable = frozenset((t.name, t.round - self.round) for t in timers)
        if self._ordered:
            armed = tuple((t.name, t.after, i and t.step > timers[i - 1].step) for i, t in enumerate(timers))
        return (attributes, self.up[name], disk, armed, self._open(name))

    def _open(self, name: str) -> bool:
        mine = [row[1] for row in self._calls if row[2] == name]
        return bool(mine) and mine[-1] == "invoked"

    def _call_key(self) -> Hashable:
        return tuple((row[1], row[2], *map(values.key, row[3:])) for row in self._calls)

    # --- what may happen next ---

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
        waiting = [name for name in self._names if name not in self.started]
        if waiting:
            return self._variants(Choice("start", waiting[0]), crashes)
        choices = []
        for m in self._deliverable():
            deliver = Choice("deliver", m.sender, m.receiver, m.n)
            choices += self._variants(deliver, crashes) if self.up[m.receiver] else [deliver]
            choices += [Choice("drop", *deliver.args)] if losses else []
            choices += [Choice("duplicate", *deliver.args)] if duplicates else []
        for name in self._names:
            if not self.up[name]:
                choices += self._variants(Choice("recover", name), crashes)
                continue
            for timer in self._ready(name):
                choices += self._variants(Choice("fire", name, timer.name, timer.n), crashes)
            if crashes:
                choices += [
                    _crash(Choice("crash", name), *left) for left in self.disks[name].crash_outcomes()
                ]
        return choices

    def _deliverable(self) -> list[InFlight]:
        """The messages that may arrive next; of equal ones the oldest."""
        if self.network == "rounds":
            now = [m for m in self.in_flight if m.round == self.round]
            return sorted(now, key=lambda m: (self._rank(m.receiver), self._rank(m.sender), m.n))[:1]
        seen: set[Hashable] = set()
        first = []
        for m in self.in_flight:
            same: Hashable = (
                (m.sender, m.receiver) if self.network == "fifo" else (*m[:2], values.key(m.message))
            )
            if same not in seen:
                seen.add(same)
                first.append(m)
        return first

    def _ready(self, name: str) -> list[Timer]:
        timers = list(self.timers[name])
        if self.network == "rounds":
            if any(m.round == self.round for m in self.in_flight):
                return []
            due = [
                (t.round, self._rank(n), t.name, n) for n in self._names for t in self.timers[n] if self.up[n]
            ]
            return [t for t in timers if (t.round, self._rank(name), t.name, name) == min(due)]
        if not self._ordered:
            return timers
        return [
            t
            for t in timers
            if not any(o.step <= t.step and o.after[1] <= t.after[0] and _sooner(o, t) for o in timers)
        ]

    def _variants(self, choice: Choice, crashes: bool) -> list[Choice]:
        """The choice with every answer, and cut short by a crash after every number of effects."""
        try:
            effects = self._run(choice)[1]
        except NeedsAnswer as asked:
            so_far = choice.options.get("answers", [])
            answered = [Choice(choice.kind, *choice.args, answers=[*so_far, i]) for i in range(asked.options)]
            return [variant for one in answered for variant in self._variants(one, crashes)]
        variants = [choice]
        if crashes:
            store = self.disks[choice.node].copy()
            for done, effect in enumerate([*effects, None]):
                point = Choice(choice.kind, *choice.args, **choice.options, crash_after=done)
                variants += [_crash(point, *left) for left in store.crash_outcomes()]
                if effect is not None:
                    _write(store, effect)
        return variants

    # --- one step ---

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
        choice = Choice.of(choice)
        new = object.__new__(World)
        new.__dict__.update(self.__dict__)
        new.rows = []
        new.steps = self.steps + (choice.kind != "start")
        for name in {"deliver": choice.args[:2], "drop": choice.args[:2], "duplicate": choice.args[:2]}.get(
            choice.kind, choice.args[:1]
        ):
            if name not in self.nodes:
                raise ValueError(f"{choice}: there is no node {name!r}; the nodes are {listed(self._names)}")
        getattr(new, "_" + choice.kind)(choice)
        return new

    def _row(self, kind: str, node: Any, *columns: Any) -> None:
        self.rows.append((self.steps, kind, node, *columns))

    def _find(self, choice: Choice) -> InFlight:
        sender, receiver, *n = choice.args
        for m in self.in_flight:
            if (m.sender, m.receiver) == (sender, receiver) and n in ([], [m.n]):
                return m
        there = [
            f"{m.n} {values.text(m.message)}"
            for m in self.in_flight
            if (m.sender, m.receiver) == (sender, receiver)
        ]
        which = f"message {n[0]}" if n else "message"
        raise ValueError(
            f"{choice}: no {which} from {sender} to {receiver} is under way"
            + (f"; there is {listed(there)}" if there else "")
        )

    def _take(self, m: InFlight) -> None:
        if self.network == "rounds":
            self.round = m.round
        if self.network != "set":
            at = self.in_flight.index(m)
            self.in_flight = self.in_flight[:at] + self.in_flight[at + 1 :]

    def _deliver(self, choice: Choice) -> None:
        m = self._find(choice)
        self._take(m)
        if self.up[m.receiver]:
            self._row("delivered", m.receiver, m.sender, m.message, m.n)
            self._activate(Choice("deliver", m.sender, m.receiver, m.n, **choice.options), m)
        else:
            self._row("lost", m.receiver, m.sender, m.message, m.n, "down")

    def _drop(self, choice: Choice) -> None:
        m = self._find(choice)
        at = self.in_flight.index(m)
        self.in_flight = self.in_flight[:at] + self.in_flight[at + 1 :]
        self._row("lost", m.receiver, m.sender, m.message, m.n, "lost")

    def _duplicate(self, choice: Choice) -> None:
        m = self._find(choice)
        self.in_flight = (*self.in_flight, m)
        self._row("duplicated", m.receiver, m.sender, m.message, m.n)

    def _fire(self, choice: Choice) -> None:
        name, timer, *n = choice.args
        found = next((t for t in self.timers[name] if t.name == timer and n in ([], [t.n])), None)
        if found is None:
            raise ValueError(
                f"{choice}: {name} has no such timer set; it has {listed(t.name for t in self.timers[name])}"
            )
        self.round = max(self.round, found.round)
        self.timers = self.timers | {name: tuple(t for t in self.timers[name] if t is not found)}
        self._row("timer", name, timer, found.n)
        self._activate(Choice("fire", name, timer, found.n, **choice.options))

    def _start(self, choice: Choice) -> None:
        if choice.node in self.started:
            raise ValueError(f"{choice}: {choice.node} has started already")
        self.started = (*self.started, choice.node)
        self._row("started", choice.node)
        self._activate(choice)

    def _recover(self, choice: Choice) -> None:
        if self.up[choice.node]:
            raise ValueError(f"{choice}: {choice.node} is up; only a node that crashed can recover")
        self.up = self.up | {choice.node: True}
        self._row("recovered", choice.node)
        self._activate(choice)

    def _crash(self, choice: Choice) -> None:
        if not self.up[choice.node]:
            raise ValueError(f"{choice}: {choice.node} is down already")
        self._fall(choice.node, None, choice.options)

    def _fall(self, name: str, point: int | None, options: dict[str, Any]) -> None:
        """Take a node down: what is left of it are its first attributes and what its disk kept."""
        kept, torn = options.get("kept", 0), options.get("torn", False)
        store = self.disks[name].copy()
        store.crash(kept, torn)
        self.disks = self.disks | {name: store}
        self.up = self.up | {name: False}
        self.timers = self.timers | {name: ()}
        self._row("crashed", name, point, (kept, torn))
        if self._open(name):
            self._call("gave up", name)
        old = self.nodes[name].state
        self.nodes = self.nodes | {name: self._first[name]}
        if values.key(old) != values.key(self.nodes[name].state):
            self._row("state", name, (values.copy(old), values.copy(self.nodes[name].state)))

    def _call(self, kind: str, name: str, *detail: Any) -> None:
        self._row(kind, name, *detail)
        self._calls = (*self._calls, (len(self._calls), kind, name, *detail))

    def _run(self, choice: Choice, m: InFlight | None = None) -> tuple[Node, list[Effect], list[Row]]:
        """Let the node of `choice` handle it; give the node afterwards, its effects in order, and its inputs."""
        name, options = choice.node, choice.options
        node = clone(self.nodes[name])
        effects: list[Effect] = []
        asked: list[Row] = []
        answers, clock = list(options.get("answers", [])), list(options.get("clock", []))

        def choose(among: Sequence[Any]) -> int:
            if len(answers) <= sum(row[1] == "chosen" for row in asked):
                raise NeedsAnswer(len(among))
            answer = answers[sum(row[1] == "chosen" for row in asked)]
            asked.append((self.steps, "chosen", name, answer, values.text(among[answer])))
            return int(answer)

        def now() -> float:
            if not clock:
                raise Fault(
                    "asked for `now`, but a search has no clock: use a timer, which may run out whenever it is set"
                )
            asked.append((self.steps, "asked", name, clock.pop(0)))
            return float(asked[-1][3])

        node._effects = effects
        node._context = Context(name, self._peers[name], DiskView(self.disks[name], effects), choose, now)
        args: tuple[Any, ...] = choice.args[1:2] if choice.kind == "fire" else ()
        if choice.kind == "deliver":
            m = m or self._find(choice)
            args = (m.message, m.sender)
        try:
            getattr(node, HANDLERS[choice.kind])(*args)
            for effect in effects:
                if effect[0] == SEND:
                    check_send(effect[1], effect[2], (*self._peers[name], name))
        except NeedsAnswer:
            raise
        except Exception as error:
            raise explain(error, name, doing(choice.kind, *args), f"at step {self.steps}") from error
        return node, arrange(effects, self._rank, node.autosync), asked

    def _activate(self, choice: Choice, m: InFlight | None = None) -> None:
        """Run a handler and carry out its effects, all of them or as many as come before a crash."""
        name = choice.node
        try:
            node, effects, asked = self._run(choice, m)
        except NeedsAnswer as missing:
            raise ValueError(
                f'{choice}: {name} chooses among {missing.options} options here; say which: {{"answers": [0]}}'
            ) from None
        self.rows += asked
        old, self.nodes = self.nodes[name].state, self.nodes | {name: node}
        self.disks = self.disks | {name: self.disks[name].copy()}
        if values.key(old) != values.key(node.state):
            self._row("state", name, (values.copy(old), values.copy(node.state)))
        point = choice.options.get("crash_after")
        for effect in effects[:point]:
            self._carry_out(name, effect)
        if point is not None:
            self._fall(name, min(point, len(effects)), choice.options)

    def _carry_out(self, name: str, effect: Effect) -> None:
        kind = effect[0]
        if kind == SEND:
            self._send(name, effect[1], effect[2])
        elif kind == WRITE:
            self.disks[name].write(effect)
            self._row("wrote", name, effect[1:])
        elif kind == SYNC:
            self.disks[name].force()
            self._row("synced", name, effect[1])
        elif kind == SET:
            self._counts = self._counts + Counter({(name, "timer", effect[1]): 1})
            due = self.round + max(1, math.ceil(effect[2][0]))
            timer = Timer(effect[1], self._counts[name, "timer", effect[1]], self.steps, effect[2], due)
            others = tuple(t for t in self.timers[name] if t.name != effect[1])
            self.timers = self.timers | {name: (*others, timer)}
        elif kind == CANCEL:
            self.timers = self.timers | {name: tuple(t for t in self.timers[name] if t.name != effect[1])}
        elif kind == NOTE:
            self._row("noted", name, effect[1])
        elif (kind == INVOKE) == self._open(name):
            raise NodeError(f"{name} {call_misuse(kind)}, at step {self.steps}")
        elif kind == INVOKE:
            self._call("invoked", name, effect[1])
        else:
            self._call(OUTCOMES[kind], name, *effect[1:])

    def _send(self, sender: str, to: str, message: Any) -> None:
        self._counts = self._counts + Counter({(sender, to): 1})
        m = InFlight(sender, to, message, self._counts[sender, to], self.round + 1)
        self._row("sent", sender, to, message, m.n)
        if self.network == "set" and any(
            o[:2] == m[:2] and values.key(o.message) == values.key(message) for o in self.in_flight
        ):
            return
        self.in_flight = (*self.in_flight, m)

    def __repr__(self) -> str:
        states = ", ".join(
            f"{name}: {'down' if not self.up[name] else values.text(node.state) if node.state is not None else 'up'}"
            for name, node in self.nodes.items()
        )
        return f"World({states}; {len(self.in_flight)} in flight)"


def call_misuse(kind: int) -> str:
    """The sentence for a client that calls twice, or ends what it did not begin."""
    if kind == INVOKE:
        return "invoked an operation while its last one was still open: a client has one open call at a time"
    return "ended an operation, but none was open: invoke comes first"


def _state(node: Node) -> dict[str, Any]:
    return {k: vars(v) if isinstance(v, Node) else v for k, v in vars(node).items()}


def _sooner(one: Timer, other: Timer) -> bool:
    return one is not other and (one.step, one.after[1], one.name) < (other.step, other.after[0], other.name)


def _crash(choice: Choice, kept: int, torn: bool) -> Choice:
    options = {"kept": kept, "torn": torn} if (kept, torn) != (0, False) else {}
    return Choice(choice.kind, *choice.args, **choice.options, **options)


def _write(store: Store, effect: Effect) -> None:
    if effect[0] == WRITE:
        store.write(effect)
    elif effect[0] == SYNC:
        store.force()


def run(world: World, schedule: Iterable[Any]) -> list[World]:
    """All the worlds of a run, from `world` on; nodes that the schedule does not start start first."""
    choices = list(map(Choice.of, schedule))
    named = [choice.node for choice in choices if choice.kind == "start"]
    choices = [
        Choice("start", name) for name in world.nodes if name not in (*named, *world.started)
    ] + choices
    worlds = [world]
    for choice in choices:
        worlds.append(worlds[-1].step(choice))
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
    """
    first = World(nodes, network, peers)
    worlds = run(first, Schedule(schedule))
    return trace_of(worlds)


def trace_of(worlds: Sequence[World]) -> Trace:
    """The trace of a run given as its worlds."""
    first = worlds[0]
    rows = [row for world in worlds[1:] for row in world.rows]
    states = {name: values.copy(node.state) for name, node in first.nodes.items()}
    return Trace(
        tuple(first.nodes),
        rows,
        end=worlds[-1].steps,
        unit="steps",
        first=states,
        replayer=lambda schedule: run(first, schedule),
    )
