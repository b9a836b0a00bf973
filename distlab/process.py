"""A node while a simulation runs it: its clock, its timers, its disk, and what its handlers make happen."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from distlab import values
from distlab.blame import Fault, TooLong
from distlab.chance import Draw, stream
from distlab.clock import OwnClock, Timers
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
    timer_name,
)
from distlab.events import ACTIVATIONS
from distlab.faults import Crash
from distlab.node import Context, Node, clone
from distlab.steps import HANDLERS, call_misuse

if TYPE_CHECKING:
    from distlab.links import Link
    from distlab.run import Run

Waiting = tuple[str, tuple[Any, ...], int | None]  # what a handler will be called with: kind, arguments, n
TIMERS = (SET, CANCEL)
ROWS = {activation: row for row, activation in ACTIVATIONS.items()}


class Process:
    """A node while it runs.

    Attributes
    ----------
    first, node : Node
        The node before its start, never changed; the one that runs.
    state : object
        What the node had in ``state`` when that was last looked at.
    attention : bool
        Whether a message to it needs more than being handled.
    up, downs, started
        Whether it is up; crashes that it has not come back from; whether its start has been run.
    queue : deque
        What arrived while it could not react, in order.
    rest, done
        Effects of its handler that wait for the disk, or None; how many have happened.
    armed, stop
        Crashes that wait for its next handler; the crash that the handler under way runs into.
    """

    def __init__(self, run: Run, name: str, first: Node, peers: tuple[str, ...]) -> None:
        self.run, self.name, self.first, self.peers = run, name, first, peers
        self.clock, self.store = OwnClock(), Store()
        self.links: dict[str, Link] = {}
        self.usual: tuple[list[str], list[Link]] = ([], [])  # to whom it sent last time, and the links
        self.timers = Timers(self.clock, lambda due, name, n: run.at(due, self.expire, name, n))
        self.armed: list[Crash] = []
        self.stop: Crash | None = None
        self.queue: deque[Waiting] = deque()
        self.rest: list[Effect] | None = None
        self.pauses: set[int] = set()
        self.done = self.downs = 0
        self.up, self.attention, self.open_call, self.started = True, False, False, False
        self._streams: dict[str, Draw] = {}
        self.boot()

    def boot(self) -> None:
        """Let a node run that has its first attributes, and its disk."""
        self.node = clone(self.first)
        self.node._effects = self.run.effects
        disk = DiskView(self.store, self.run.effects)
        self.node._context = Context(self.name, self.peers, disk, self._choose, self._now)
        self.receive, self.state = self.node.receive, values.copy(self.node.state)

    # --- what it asks ---

    def draw(self, purpose: str) -> float:
        """A number from this node's stream for `purpose`."""
        if purpose not in self._streams:
            self._streams[purpose] = stream(self.run.simulation.seed, purpose, self.name)
        return self._streams[purpose]()

    def _choose(self, options: Sequence[Any]) -> int:
        answer = int(self.draw("choose") * len(options))
        self._answer("chosen", answer, values.text(options[answer]))
        return answer

    def _now(self) -> float:
        answer = self.clock.read(self.run.now) / 1000
        self._answer("asked", answer)
        return answer

    def _answer(self, kind: str, *columns: Any) -> None:
        if len(self.run.rows) > self.run.most_rows:
            raise TooLong(
                "it asked for choices and the time again and again; is there a loop without an exit?"
            )
        self.run.row(kind, self.name, *columns)

    # --- whether it can react ---

    @property
    def idle(self) -> bool:
        """Whether it can react now."""
        return self.up and not self.pauses and self.rest is None

    def look(self) -> None:
        """Set `attention`."""
        self.attention = not self.idle or bool(self.armed) or self.run.trouble.meets(self.name)

    def take(self, kind: str, *args: Any, n: int | None = None) -> None:
        """React to what has come, or put it where it waits."""
        if self.idle:
            self._react(kind, args, n)
            self.settle()
        else:
            self.queue.append((kind, args, n))

    def settle(self) -> None:
        """Let a node that can react again take what waits for it."""
        while self.queue and self.up and not self.pauses:
            if self.rest is not None and self.queue[0][0] != "disk":
                break
            self._react(*self.queue.popleft())
        self.look()

    def _react(self, kind: str, args: tuple[Any, ...], n: int | None) -> None:
        if kind == "disk":
            self._go_on(*args)
        elif kind != "fire":
            self.activate(kind, *args, n=n)
        elif self.timers.due(args[0], n or 0, self.run.now):
            self.timers.cancel(args[0])
            self.activate(kind, *args, n=n)

    # --- handlers ---

    def activate(self, kind: str, *args: Any, n: int | None = None) -> None:
        """Run a handler."""
        run = self.run
        run.busy, self.started = (self, kind, args), True
        run.rows.written.append((run.now, ROWS[kind], self.name, *(() if n is None else (*args[::-1], n))))
        if self.armed:
            self.stop = self.armed.pop(0)
        getattr(self.node, HANDLERS[kind])(*args)
        if self.node.state is not self.state:
            self.changed()
        self.carry_out()

    def changed(self) -> None:
        """The node keeps something else in ``state``: see whether it is another value."""
        old, new = self.state, self.node.state
        if values.key(old) != values.key(new):
            self.state = values.copy(new)  # of what can change: so that it is looked at every time
            self.run.row("state", self.name, (old, self.state))

    def carry_out(self) -> None:
        """Let the effects of the handler that just ended happen."""
        effects, mail, self.done = self.run.effects, self.run.mail, 0
        sends = len(effects)
        while sends and effects[sends - 1][0] in TIMERS:
            sends -= 1
        if self.stop is None and (not sends or mail.post(self, effects[:sends])):
            arranged = sorted(
                effects[sends:], key=timer_name
            )  # the commonest: sends, then timers, or nothing
        else:
            mail.admit(self, effects)
            arranged = arrange(effects, mail.rank.__getitem__, self.node.autosync)
        effects.clear()
        if len(arranged) == 1 and arranged[0][0] == SET and self.stop is None:  # a timer for the next time
            self._set_timer(arranged[0][1], *arranged[0][2])
        elif arranged or self.stop is not None:
            self._proceed(arranged)

    def _proceed(self, effects: list[Effect], synced: bool = False) -> None:
        """Carry effects out one by one; where the disk takes its time, the node waits."""
        self.rest, i = None, 0
        while i < len(effects) and not (self.stop is not None and self.stop.after_effects == self.done):
            kind, j = effects[i][0], i + 1
            if kind == SEND:
                while j < len(effects) and effects[j][0] == SEND and self.stop is None:
                    j += 1
                self.run.mail.post(self, effects[i:j], admitted=True)
            elif kind == SYNC and not (synced and i == 0) and self._waits(effects[i:]):
                return
            else:
                self._happen(effects[i])
            self.done += j - i
            i = j
        if self.stop is not None:
            self._run_into()

    def _run_into(self) -> None:
        """The crash that waited for this handler."""
        assert self.stop is not None
        self.run.trouble.fall(self, self.done, self.stop.until)

    def _waits(self, rest: list[Effect]) -> bool:
        """Whether the disk takes time to sync; then the rest of the effects waits for it."""
        takes = self.run.simulation.disk.latency.sample(partial(self.draw, "disk"))
        if takes:
            self.rest = rest
            self.look()
            self.run.at(self.run.now + takes, self.disk_done, rest)
        return takes > 0

    def disk_done(self, rest: list[Effect]) -> None:
        """The disk has synced for a handler, if its node is still there and goes on."""
        if self.rest is rest:
            if self.pauses:
                self.queue.appendleft(("disk", (rest,), None))
            else:
                self._go_on(rest)
                self.settle()

    def _go_on(self, rest: list[Effect]) -> None:
        self.run.busy = (self, "sync", ())
        self._proceed(rest, synced=True)

    def _happen(self, effect: Effect) -> None:
        """Let one effect happen that is no send."""
        kind = effect[0]
        if kind == SET:
            self._set_timer(effect[1], *effect[2])
        elif kind == WRITE:
            self.store.write(effect)
            self.run.row("wrote", self.name, effect[1:])
        elif kind == SYNC:
            self.run.row("synced", self.name, len(self.store.pending))
            self.store.force()
        elif kind == CANCEL:
            self.timers.cancel(effect[1])
        elif kind == NOTE:
            self.run.row("noted", self.name, effect[1])
        elif (kind == INVOKE) == self.open_call:
            raise Fault(call_misuse(kind))
        else:
            self.open_call = kind == INVOKE
            self.run.row("invoked" if kind == INVOKE else OUTCOMES[kind], self.name, *effect[1:])

    # --- timers ---

    def _set_timer(self, name: str, low: float, high: float) -> None:
        after = round(low * 1000)
        if high != low:
            after += int(self.draw("timer") * (round((high - low) * 1000) + 1))
        self.timers.set(name, self.run.now, after)

    def expire(self, name: str, n: int) -> None:
        """A timer's time has come, if it is still set and the node's clock has not changed meanwhile."""
        if self.timers.due(name, n, self.run.now):
            if self.attention:
                self.take("fire", name, n=n)
            else:
                self.timers.cancel(name)
                self.activate("fire", name, n=n)

    # --- crashes ---

    def crash(self, point: int | None) -> None:
        """Go down: what is left are the first attributes and what the disk kept; `point`: after how many effects."""
        run, outcomes = self.run, self.store.crash_outcomes()
        run.check_state(self)
        kept = outcomes[int(self.draw("crash") * len(outcomes)) if len(outcomes) > 1 else 0]
        self.store.crash(*kept)
        self.up, self.rest, self.stop = False, None, None
        self.timers.clear()
        self.pauses.clear()
        run.row("crashed", self.name, point, kept)
        if self.open_call:
            self.open_call = False
            run.row("gave up", self.name)
        self.node = self.first
        self.changed()
        for kind, args, n in self.queue:
            if kind == "deliver":
                run.row("lost", self.name, args[1], args[0], n, "down")
        self.queue.clear()
        self.look()

    def recover(self) -> None:
        """Come back, when there is no other crash to come back from."""
        self.downs -= 1
        if self.downs == 0:
            self.up = True
            self.boot()
            self.activate("recover")
            self.settle()

    def __repr__(self) -> str:
        return f"Process({self.name}, {'up' if self.up else 'down'})"
