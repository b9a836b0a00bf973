"""One step of a world: a node reacts, and its effects happen, all of them or as many as come before a crash."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from distlab import values
from distlab.blame import Fault, TooLong, check_send, doing, explain, listed, wrong_state
from distlab.effects import CANCEL, INVOKE, NOTE, OUTCOMES, SEND, SET, SYNC, WRITE, DiskView, Effect, arrange
from distlab.events import Row
from distlab.node import Context, Node, NodeError, clone
from distlab.schedule import Choice
from distlab.watchdog import Effects

if TYPE_CHECKING:
    from distlab.world import World

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


class NeedsAnswer(BaseException):
    """A handler asked `choose`, and the choice has no answer for it (no ``except Exception`` catches it)."""

    def __init__(self, options: int, among: Sequence[Any] = (), effects: Sequence[Effect] = ()) -> None:
        super().__init__(options)
        self.options, self.among, self.effects = options, tuple(among), tuple(effects)


class Reaction(NamedTuple):
    """What a handler made of a node: the node afterwards, its effects in order, and what it asked, as rows."""

    node: Node
    effects: list[Effect]
    asked: list[Row]


def call_misuse(kind: int) -> str:
    """The sentence for a client that calls twice, or ends what it did not begin."""
    if kind == INVOKE:
        return "invoked an operation while its last one was still open: a client has one open call at a time"
    return "ended an operation, but none was open: invoke comes first"


def find(world: World, choice: Choice) -> InFlight:
    """The message that a choice speaks of; without n the oldest of the link."""
    sender, receiver, *n = choice.args
    there = [m for m in world.in_flight if (m.sender, m.receiver) == (sender, receiver)]
    for m in there:
        if n in ([], [m.n]):
            return m
    which = f"message {n[0]}" if n else "message"
    raise ValueError(
        f"{choice}: no {which} from {sender} to {receiver} is under way"
        + (f"; there is {listed(f'{m.n} {values.text(m.message)}' for m in there)}" if there else "")
    )


def react(world: World, choice: Choice) -> Reaction:
    """Let a copy of the node of `choice` handle it.

    Raises
    ------
    NeedsAnswer
        When the node chooses, and the choice does not say what.
    NodeError
        When the node breaks.
    """
    name, step = choice.node, world.steps + (choice.kind != "start")
    node = clone(world.nodes[name])
    effects: list[Effect] = Effects()
    asked: list[Row] = []
    answers, clock = iter(choice.options.get("answers", ())), iter(choice.options.get("clock", ()))

    def choose(among: Sequence[Any]) -> int:
        answer = next(answers, -1)
        if not 0 <= answer < len(among):
            raise NeedsAnswer(len(among), among, effects)
        asked.append((step, "chosen", name, answer, values.text(among[answer])))
        return int(answer)

    def now() -> float:
        reading = next(clock, None)
        if reading is None:
            raise Fault(
                "asked for `now`, but a search has no clock: use a timer, which may run out whenever it is set"
            )
        asked.append((step, "asked", name, reading))
        return float(reading)

    disk = DiskView(world.disks[name], effects)
    node._effects, node._context = effects, Context(name, world.peers[name], disk, choose, now)
    args: tuple[Any, ...] = choice.args[1:2] if choice.kind == "fire" else ()
    if choice.kind == "deliver":
        m = find(world, choice)
        args = (m.message, m.sender)
    try:
        getattr(node, HANDLERS[choice.kind])(*args)
        for effect in effects:
            if effect[0] == SEND:
                check_send(effect[1], effect[2], (*world.peers[name], name))
        wrong = wrong_state(node)
        if wrong is not None:
            raise Fault(f"cannot go on: {wrong}")
    except (Exception, TooLong) as error:
        raise explain(error, name, doing(choice.kind, *args), f"at step {step}") from error
    return Reaction(node, arrange(effects, world.rank, node.autosync), asked)


class Step:
    """A step under way: `world`, a copy of the world that it began in, is what it makes of it."""

    def __init__(self, world: World, choice: Choice) -> None:
        between = {"deliver": 2, "drop": 2, "duplicate": 2}
        for name in choice.args[: between.get(choice.kind, 1)]:
            if name not in world.nodes:
                raise ValueError(f"{choice}: there is no node {name!r}; the nodes are {listed(world.nodes)}")
        self.before, self.choice, self.name = world, choice, choice.node
        self.world = world.copy()
        self.world.steps += choice.kind != "start"

    def take(self) -> World:
        """Take the step, and give the world that it leads to."""
        getattr(self, "_" + self.choice.kind)()
        return self.world

    def _row(self, kind: str, node: Any, *columns: Any) -> None:
        self.world.rows.append((self.world.steps, kind, node, *columns))

    # --- the seven kinds of choices ---

    def _start(self) -> None:
        world = self.world
        if self.name in world.started:
            raise ValueError(f"{self.choice}: {self.name} has started already")
        world.started = (*world.started, self.name)
        self._row("started", self.name)
        self._activate()

    def _deliver(self) -> None:
        world, m = self.world, find(self.before, self.choice)
        if world.network == "rounds":
            world.round = m.round
        if world.network != "set":
            self._take_out(m)
        if world.up[m.receiver]:
            self._row("delivered", m.receiver, m.sender, m.message, m.n)
            self._activate()
        else:
            self._row("lost", m.receiver, m.sender, m.message, m.n, "down")

    def _drop(self) -> None:
        m = find(self.before, self.choice)
        self._take_out(m)
        self._row("lost", m.receiver, m.sender, m.message, m.n, "lost")

    def _duplicate(self) -> None:
        m = find(self.before, self.choice)
        self.world.in_flight = (*self.world.in_flight, m)
        self._row("duplicated", m.receiver, m.sender, m.message, m.n)

    def _fire(self) -> None:
        world, name, (_, timer, *n) = self.world, self.name, self.choice.args
        found = next((t for t in world.timers[name] if t.name == timer and n in ([], [t.n])), None)
        if found is None:
            there = listed(t.name for t in world.timers[name])
            raise ValueError(f"{self.choice}: {name} has no such timer set; it has {there}")
        world.round = max(world.round, found.round)
        world.timers = world.timers | {name: tuple(t for t in world.timers[name] if t is not found)}
        self._row("timer", name, timer, found.n)
        self._activate()

    def _crash(self) -> None:
        if not self.world.up[self.name]:
            raise ValueError(f"{self.choice}: {self.name} is down already")
        self._fall(None)

    def _recover(self) -> None:
        if self.world.up[self.name]:
            raise ValueError(f"{self.choice}: {self.name} is up; only a node that crashed can recover")
        self.world.up = self.world.up | {self.name: True}
        self._row("recovered", self.name)
        self._activate()

    # --- what they are made of ---

    def _take_out(self, m: InFlight) -> None:
        at = self.world.in_flight.index(m)
        self.world.in_flight = self.world.in_flight[:at] + self.world.in_flight[at + 1 :]

    def _activate(self) -> None:
        """Run the handler and let its effects happen, all of them or as many as come before a crash."""
        try:
            node, effects, asked = react(self.before, self.choice)
        except NeedsAnswer as missing:
            raise ValueError(
                f"{self.choice}: {self.name} chooses among {missing.options} options here; "
                'say which, counted from 0: {"answers": [0]}'
            ) from None
        world, name = self.world, self.name
        world.rows += asked
        world.disks = world.disks | {name: world.disks[name].copy()}
        self._become(node)
        point = self.choice.options.get("crash_after")
        for effect in effects[:point]:
            self._carry_out(effect)
        if point is not None:
            self._fall(min(point, len(effects)))

    def _become(self, node: Node) -> None:
        old, self.world.nodes = self.world.nodes[self.name], self.world.nodes | {self.name: node}
        if values.key(old.state) != values.key(node.state):
            self._row("state", self.name, (values.copy(old.state), values.copy(node.state)))

    def _fall(self, point: int | None) -> None:
        """Take the node down: what is left of it are its first attributes and what its disk kept."""
        world, name, options = self.world, self.name, self.choice.options
        store, left = world.disks[name].copy(), (options.get("kept", 0), options.get("torn", False))
        if left not in store.crash_outcomes():
            raise ValueError(
                f"{self.choice}: such a crash cannot leave kept={left[0]}, torn={left[1]}: of {name}'s writes "
                f"{len(store.pending)} are not forced, and only a record of the log can be torn"
            )
        store.crash(*left)
        world.disks = world.disks | {name: store}
        world.up = world.up | {name: False}
        world.timers = world.timers | {name: ()}
        self._row("crashed", name, point, left)
        if world.calling(name):
            self._call("gave up")
        self._become(world.first[name])

    def _call(self, kind: str, *detail: Any) -> None:
        self._row(kind, self.name, *detail)
        self.world.calls = (*self.world.calls, (len(self.world.calls), kind, self.name, *detail))

    def _carry_out(self, effect: Effect) -> None:
        kind, name, store = effect[0], self.name, self.world.disks[self.name]
        if kind == SEND:
            self._send(effect[1], effect[2])
        elif kind == WRITE:
            store.write(effect)
            self._row("wrote", name, effect[1:])
        elif kind == SYNC:
            self._row("synced", name, len(store.pending))
            store.force()
        elif kind in (SET, CANCEL):
            self._set_timer(*effect[1:])
        elif kind == NOTE:
            self._row("noted", name, effect[1])
        elif (kind == INVOKE) == self.world.calling(name):
            raise NodeError(f"{name} {call_misuse(kind)}, at step {self.world.steps}")
        elif kind == INVOKE:
            self._call("invoked", effect[1])
        else:
            self._call(OUTCOMES[kind], *effect[1:])

    def _set_timer(self, timer: str, after: tuple[float, float] | None = None) -> None:
        """Set a timer in place of the one of this name; without a time only forget that one."""
        world, name = self.world, self.name
        timers = tuple(t for t in world.timers[name] if t.name != timer)
        if after is not None:
            world.counts = world.counts + Counter({(name, "timer", timer): 1})
            due = world.round + max(1, math.ceil(after[0])) if world.network == "rounds" else 0
            timers = (*timers, Timer(timer, world.counts[name, "timer", timer], world.steps, after, due))
        world.timers = world.timers | {name: timers}

    def _send(self, to: str, message: Any) -> None:
        world, link = self.world, (self.name, to)
        world.counts = world.counts + Counter({link: 1})
        m = InFlight(*link, message, world.counts[link], world.round + 1)
        self._row("sent", *link, message, m.n)
        there = [values.key(o.message) for o in world.in_flight if o[:2] == link]
        if world.network != "set" or values.key(message) not in there:
            world.in_flight = (*world.in_flight, m)
