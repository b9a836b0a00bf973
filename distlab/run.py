"""One run of a simulation: what is due is taken from a heap, and everything that happens is a row.

The fast path, a message that arrives at a node in good health, is `Run.execute`. All else takes the
slower ways below it; faults live in `trouble`.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from distlab import values, world
from distlab.blame import Fault, TooLong, check_send, doing, explain, wrong_state
from distlab.chance import stream
from distlab.effects import CANCEL, INVOKE, NOTE, OUTCOMES, SEND, SET, SYNC, WRITE, DiskView, Effect, arrange
from distlab.events import ACTIVATIONS
from distlab.network import Routes
from distlab.node import Context, Node, clone
from distlab.process import Link, Process
from distlab.schedule import Schedule
from distlab.steps import HANDLERS, call_misuse
from distlab.trace import Trace
from distlab.trouble import Trouble
from distlab.watchdog import watching

if TYPE_CHECKING:
    from distlab.simulate import Simulation

FOREVER = 1 << 62
ROWS = {activation: row for row, activation in ACTIVATIONS.items()}


class Run:
    """One run of `simulation`, to `until` microseconds or about `bound` events."""

    def __init__(self, simulation: Simulation, until: int, bound: int) -> None:
        self.simulation, self.network, self.seed = simulation, simulation.network, simulation.seed
        self.until, self.bound, self.ended = until, bound, "quiet"
        self.now = 0
        self.next_order = count(1).__next__  # what is due at the same time keeps the order of its making
        self.heap: list[
            tuple[Any, ...]
        ] = []  # (due, order, receiver, message, sender, n); (due, order, None, what to do)
        self.rows: list[tuple[Any, ...]] = []
        self.effects: list[Effect] = []  # one list for all handlers: only one runs at a time
        self.kinds: set[type] = set()  # classes of messages that were looked at
        self.peers = self.network.peers(simulation.nodes)
        self.rank = {name: place for place, name in enumerate(simulation.nodes)}
        self.processes = {name: Process(name, node, self.seed) for name, node in simulation.nodes.items()}
        self.routes = Routes(self.network.graph) if self.network.graph is not None else None
        self.trouble = Trouble(self)
        self.entry: tuple[Any, ...] | None = None  # the arrival being handled, on the fast path
        self.busy: tuple[Process, str, tuple[Any, ...]] | None = None  # the handler running, on the slow ones

    # --- from start to end ---

    def result(self) -> Trace:
        """Run, and give the trace; what goes wrong in a node becomes one sentence."""
        collecting = gc.isenabled()
        gc.disable()  # a run makes millions of tuples and hardly a cycle: collecting costs a third of the time
        try:
            with watching(lambda: len(self.rows), self.effects, self.simulation.handler_seconds):
                for fault in self.simulation.faults:
                    self.trouble.plan(fault)
                for process in self.processes.values():
                    process.shared = self.simulation.shared.get(process.name, {})
                    self.boot(process)
                    self.activate(process, "start")
                self.execute()
            self.check_states()
        except (Exception, TooLong) as error:
            raise self.explained(error) from error
        finally:
            if collecting:
                gc.enable()
        return self.trace()

    def explained(self, error: BaseException) -> BaseException:
        if self.entry is not None:
            name, kind, args = self.entry[2], "deliver", self.entry[3:5]
        elif self.busy is not None:
            name, kind, args = self.busy[0].name, *self.busy[1:]
        else:
            return error
        self.ended = "error"
        problem = explain(error, name, doing(kind, *args), f"at {self.now / 1000:g} ms")
        problem.trace = self.trace()
        return problem

    def trace(self) -> Trace:
        nodes, network = self.simulation.nodes, self.network
        first = world.World(nodes, peers=self.peers)
        return Trace(
            tuple(nodes),
            self.rows,
            end=self.now,
            ended=self.ended,
            seed=self.seed,
            first={name: values.copy(node.state) for name, node in nodes.items()},
            local=frozenset((a, b) for a in nodes for b in nodes if network.host(a) == network.host(b)),
            replayer=lambda schedule: world.run(first, Schedule(schedule)),
            graph=network.graph,
        )

    def execute(self) -> None:
        """Take what is due, one by one; a message to a node in good health is handled right here."""
        heap, rows, effects, processes = self.heap, self.rows, self.effects, self.processes
        until, bound, carry_out, send = self.until, self.bound, self.carry_out, self.send
        while heap:
            entry = heappop(heap)
            self.now = due = entry[0]
            if due > until:
                self.now, self.ended = until, "until"
                break
            if len(rows) >= bound:
                self.ended = "events"
                break
            receiver = entry[2]
            if receiver is None:
                self.entry = None
                entry[3]()
                continue
            process = processes[receiver]
            if process.attention:
                self.entry = None
                self.arrive(process, entry)
                continue
            rows.append(entry)
            self.entry = entry
            process.receive(entry[3], entry[4])
            if process.node.state is not process.state:
                self.changed(process)
            if effects:
                if len(effects) == 1 and not effects[0][0]:  # one SEND, the commonest reaction of all
                    _, to, message = effects.pop()
                    send(process, to, message)
                else:
                    carry_out(process)
            if len(process.attributes) != process.width:
                self.check_state(process)
        else:
            self.now = until if until < FOREVER else self.now  # nothing more happens, and time goes on

    def at(self, time: int, what: Callable[[], None]) -> None:
        """Let `what` be done at `time`."""
        heappush(self.heap, (time, self.next_order(), None, what))

    def row(self, kind: str, node: Any, *columns: Any) -> None:
        """Write down that something happened now."""
        self.rows.append((self.now, kind, node, *columns))

    # --- handlers ---

    def boot(self, process: Process) -> None:
        """Let a node run that has its first attributes, and its disk."""

        def choose(options: Sequence[Any]) -> int:
            answer = int(process.draw("choose") * len(options))
            self.row("chosen", process.name, answer, values.text(options[answer]))
            return answer

        def now() -> float:
            answer = process.clock.read(self.now) / 1000
            self.row("asked", process.name, answer)
            return answer

        node: Node = clone(process.first)
        node._effects = self.effects
        disk = DiskView(process.store, self.effects)
        node._context = Context(process.name, self.peers[process.name], disk, choose, now)
        process.run(node)
        process.look(self.trouble.stands)

    def activate(self, process: Process, kind: str, *args: Any, n: int | None = None) -> None:
        """Run a handler where more than the handler may matter."""
        self.entry, self.busy = None, (process, kind, args)
        columns: tuple[Any, ...] = {"deliver": (*args[::-1], n), "fire": (*args, n)}.get(kind, ())
        self.row(ROWS[kind], process.name, *columns)
        if process.armed:
            process.stop = process.armed.pop(0)
        node = process.node
        getattr(node, HANDLERS[kind])(*args)
        if node.state is not process.state:
            self.changed(process)
        if process.shared:
            self.check_shared(process)
        self.carry_out(process)
        if len(process.attributes) != process.width:
            self.check_state(process)

    def changed(self, process: Process) -> None:
        old, process.state = process.state, process.node.state
        if values.key(old) != values.key(process.state):
            self.row("state", process.name, (values.copy(old), values.copy(process.state)))

    def check_state(self, process: Process) -> None:
        process.width = len(process.attributes)
        wrong = wrong_state(process.node)
        if wrong is not None:
            raise Fault(f"cannot go on: {wrong}")

    def check_states(self) -> None:
        for process in self.processes.values():
            self.entry, self.busy = None, (process, "end", ())
            self.check_state(process)

    def check_shared(self, process: Process) -> None:
        for attribute, other in process.shared.items():
            now, first = getattr(process.node, attribute, None), getattr(process.first, attribute)
            if values.key(now) != values.key(first):
                raise Fault(
                    f"changed self.{attribute}, a {type(first).__name__} that {other} was given, too: nodes share "
                    f"nothing but messages; give each node its own"
                )

    # --- effects ---

    def carry_out(self, process: Process) -> None:
        """Let the effects of the handler that just ended happen."""
        effects, rank, last = self.effects, self.rank, -1
        for effect in effects:
            place = rank.get(effect[1], -1) if effect[0] == SEND else -1
            if place < last or place < 0:
                break
            last = place
        else:
            if process.stop is None:  # nothing but sends, in order: no need to arrange them
                for _, to, message in effects:
                    self.send(process, to, message)
                effects.clear()
                return
        for effect in effects:
            if effect[0] == SEND:
                check_send(effect[1], effect[2], (*self.peers[process.name], process.name))
        arranged = arrange(effects, rank.__getitem__, process.node.autosync)
        effects.clear()
        process.done = 0
        self.proceed(process, arranged)

    def proceed(self, process: Process, effects: list[Effect], synced: bool = False) -> None:
        """Carry effects out one by one; where the disk takes its time, the node waits."""
        process.rest = None
        for i, effect in enumerate(effects):
            if process.stop is not None and process.stop.after_effects == process.done:
                break
            if effect[0] == SYNC and not (synced and i == 0):
                wait = self.simulation.disk.latency.sample(partial(process.draw, "disk"))
                if wait:
                    process.rest = effects[i:]
                    process.look(self.trouble.stands)
                    self.at(self.now + wait, partial(self.go_on, process, process.rest))
                    return
            self.one(process, effect)
            process.done += 1
        if process.stop is not None:
            fault, process.stop = process.stop, None
            self.trouble.fall(process, process.done, fault.until)

    def go_on(self, process: Process, rest: list[Effect]) -> None:
        """The disk is done; the handler's other effects may happen, if the node is still there."""
        if process.rest is not rest:
            return
        if process.pauses:
            process.queue.appendleft(("go on", (rest,), None))
            return
        self.busy = (process, "sync", ())
        self.proceed(process, rest, synced=True)
        self.settle(process)

    def settle(self, process: Process) -> None:
        """Let a node that can react again take what waits for it."""
        while process.queue and process.up and not process.pauses:
            if process.rest is not None and process.queue[0][0] != "go on":
                break
            kind, args, n = process.queue.popleft()
            if kind == "go on":
                self.go_on(process, *args)
            elif kind == "fire":
                self.expire(process, args[0], n)
            else:
                self.activate(process, kind, *args, n=n)
        process.look(self.trouble.stands)

    def one(self, process: Process, effect: Effect) -> None:
        """Let one effect happen."""
        kind, name = effect[0], process.name
        if kind == SEND:
            self.send(process, effect[1], effect[2])
        elif kind == WRITE:
            process.store.write(effect)
            self.row("wrote", name, effect[1:])
        elif kind == SYNC:
            self.row("synced", name, len(process.store.pending))
            process.store.force()
        elif kind == SET:
            self.set_timer(process, effect[1], *effect[2])
        elif kind == CANCEL:
            process.timers.pop(effect[1], None)
        elif kind == NOTE:
            self.row("noted", name, effect[1])
        elif (kind == INVOKE) == process.open_call:
            raise Fault(call_misuse(kind))
        else:
            process.open_call = kind == INVOKE
            self.row("invoked" if kind == INVOKE else OUTCOMES[kind], name, *effect[1:])

    # --- messages ---

    def send(self, process: Process, to: str, message: Any) -> None:
        """Put a message on its way."""
        try:
            link = process.links[to]
            hash(message)
            if message.__class__ not in self.kinds:
                raise KeyError
        except (KeyError, TypeError):
            check_send(to, message, (*self.peers[process.name], process.name))
            self.kinds.add(message.__class__)
            link = process.links.get(to) or self.link(process, to)
        link.n = n = link.n + 1
        if link.plain:
            draw = link.draw
            due = self.now + (link.least if draw is None else link.least + int(draw() * link.span))
            entry = (due, self.next_order(), to, message, process.name, n)
            heappush(self.heap, entry)
            self.rows.append(entry)
        else:
            self.trouble.send(link, message, n)

    def link(self, process: Process, to: str) -> Link:
        """The link to `to`, made when it is first used."""
        sender, network = process.name, self.network
        link = process.links[to] = Link(sender, to)
        link.local = network.host(sender) == network.host(to)
        if not link.local:
            link.fixed, link.span, shape = network.delay.parts()
            if link.span:
                link.draw = shape(stream(self.seed, "delay", sender, to))
            if self.trouble.may_lose:
                link.lost = stream(self.seed, "loss", sender, to)
            if network.duplicates:
                link.doubled = stream(self.seed, "duplicate", sender, to)
                link.again = shape(stream(self.seed, "delay of the duplicate", sender, to))
        self.trouble.look(link)
        return link

    def arrive(self, process: Process, entry: tuple[Any, ...]) -> None:
        """A message arrives at a node that may not be able to take it."""
        _, _, receiver, message, sender, n = entry
        reason = self.trouble.between(sender, receiver) or (None if process.up else "down")
        if reason is not None:
            self.row("lost", receiver, sender, message, n, reason)
        elif process.idle:
            self.activate(process, "deliver", message, sender, n=n)
            self.settle(process)
        else:
            process.queue.append(("deliver", (message, sender), n))

    # --- timers ---

    def set_timer(self, process: Process, name: str, low: float, high: float) -> None:
        span = 0 if high == low else round((high - low) * 1000)
        after = round(low * 1000) + (int(process.draw("timer") * (span + 1)) if span else 0)
        n = process.set_times[name] = process.set_times.get(name, 0) + 1
        deadline = process.clock.read(self.now) + after
        process.timers[name] = (n, deadline)
        self.at(process.clock.when(deadline), partial(self.expire, process, name, n))

    def expire(self, process: Process, name: str, n: int | None) -> None:
        """A timer's time has come, if it is still set and the node's clock has not changed meanwhile."""
        timer = process.timers.get(name)
        if timer is None or timer[0] != n or process.clock.when(timer[1]) > self.now:
            return
        if not process.idle:
            process.queue.append(("fire", (name,), n))
            return
        del process.timers[name]
        self.activate(process, "fire", name, n=n)
        self.settle(process)
