"""One run of a simulation: what is due is taken from a heap, and everything that happens is a row.

The fast path, a message that arrives at a node in good health, is `Run._execute`. All else takes the slower
ways in `process` (what a node does), `links` (what becomes of messages) and `trouble` (what faults do).
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

from distlab import values, world
from distlab.blame import Fault, TooLong, doing, explain, wrong_state
from distlab.effects import Effect
from distlab.events import Journal, choices
from distlab.faults import Loss
from distlab.links import Link, Mail
from distlab.node import Node, NodeError
from distlab.process import Process
from distlab.schedule import Schedule
from distlab.steps import HANDLERS
from distlab.trace import Trace
from distlab.trouble import Trouble
from distlab.watchdog import MOST_EFFECTS, watching

if TYPE_CHECKING:
    from distlab.simulate import Simulation

FOREVER = 1 << 62
MOST_STEPS = 20_000  # of a run that is gone through again to find where a node began to keep what it may not


class Run:
    """One run of `simulation`, to `until` microseconds or about `bound` events.

    Attributes
    ----------
    heap : list of tuple
        What is due: (when, order, link, message, n) for an arrival, (when, order, None, what to do, arguments).
    rows : Journal
        What happened. An arrival's entry stands in it twice: as it is sent, and as it is handled.
    effects : list
        What the handler under way asks for: one list for all, because only one runs at a time.
    busy : tuple
        The process whose handler runs, the kind of the handler, its arguments.
    """

    def __init__(self, simulation: Simulation, until: int, bound: int) -> None:
        self.simulation, self.network = simulation, simulation.network
        self.until, self.bound, self.most_rows, self.ended = until, bound, bound + MOST_EFFECTS, "quiet"
        self.now = 0
        self.next_order = count(1).__next__  # what is due at the same time keeps the order of its making
        self.heap: list[tuple[Any, ...]] = []
        self.rows = Journal()
        self.effects: list[Effect] = []
        self.busy: tuple[Process, str, tuple[Any, ...]] | None = None
        peers = self.network.peers(simulation.nodes)
        self.processes = {
            name: Process(self, name, node, peers[name]) for name, node in simulation.nodes.items()
        }
        self.mail = Mail(self, self.network.loss > 0 or any(isinstance(f, Loss) for f in simulation.faults))
        self.trouble = Trouble(self)
        self.finished: Trace | None = None

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
                    process.activate("start")
                    process.look()
                self._execute()
            for process in self.processes.values():
                self.check_state(process)
        except (Exception, TooLong) as error:
            if self.busy is None:
                raise
            raise self._explained(error) from error
        finally:
            if collecting:
                gc.enable()
        return self.trace()

    def _execute(self) -> None:
        """Take what is due, one by one; a message to a node in good health is handled right here."""
        heap, effects, post, rows = self.heap, self.effects, self.mail.post, self.rows.written
        until, bound, handled = self.until, self.bound, rows.append
        process = None
        try:
            while heap:
                entry = heappop(heap)
                due, _, link, message, n = entry
                self.now = due
                if due > until or len(rows) >= bound:
                    break
                if link is None:  # no message, but something to do, and its arguments
                    self.busy = process = None
                    message(*n)
                    continue
                if link.to.attention:
                    self.busy = process = None
                    self._arrive(link, message, n)
                    continue
                process = link.to
                handled(entry)
                process.receive(message, link.sender)
                if process.node.state is not process.state:
                    process.changed()
                if effects:
                    if not effects[-1][0] and post(process, effects):  # nothing but sends: SEND is 0
                        effects.clear()
                    else:
                        process.carry_out()
            else:
                self.now = until if until < FOREVER else self.now
                return
        except BaseException:
            if process is not None:  # a handler that was called right here
                self.busy = (process, "deliver", (message, link.sender))
            raise
        self.ended = "until" if self.now > until else "events"
        self.now = min(self.now, until)

    def _arrive(self, link: Link, message: Any, n: int) -> None:
        """A message arrives at a node that may not be able to take it."""
        reason = self.trouble.between(link) or (None if link.to.up else "down")
        if reason is None:
            link.to.take("deliver", message, link.sender, n=n)
        else:
            self.row("lost", link.receiver, link.sender, message, n, reason)

    def at(self, time: int, what: Callable[..., None], *args: Any) -> None:
        """Let `what` be done at `time`."""
        heappush(self.heap, (time, self.next_order(), None, what, args))

    def row(self, kind: str, node: Any, *columns: Any) -> None:
        """Write down that something happened now."""
        self.rows.written.append((self.now, kind, node, *columns))

    # --- what is left of it ---

    def trace(self) -> Trace:
        """What happened so far."""
        if self.finished is None or len(self.finished.rows) < len(self.rows):
            nodes, network = self.simulation.nodes, self.network
            self.finished = Trace(
                tuple(nodes),
                self.rows,
                end=self.now,
                ended=self.ended,
                seed=self.simulation.seed,
                first={name: values.copy(node.state) for name, node in nodes.items()},
                local=frozenset((a, b) for a in nodes for b in nodes if network.host(a) == network.host(b)),
                replayer=self._worlds,
                graph=network.graph,
            )
        return self.finished

    def _worlds(self, schedule: Schedule) -> list[world.World]:
        """The worlds of this run; where a node broke, the last one before stands for the rest."""
        worlds, last = [self._first_world()], len(schedule)
        if self.ended == "error" and self.busy is not None and self.busy[1] != "end":
            name = self.busy[0].name
            last = max(
                i for i, choice in enumerate(schedule) if choice.kind in HANDLERS and choice.node == name
            )
        try:
            for choice in schedule[:last]:
                worlds.append(worlds[-1].step(choice))
        except NodeError:
            pass
        return worlds + [worlds[-1]] * (len(schedule) + 1 - len(worlds))

    def _first_world(self) -> world.World:
        return world.World(self.simulation.nodes, peers={p.name: p.peers for p in self.processes.values()})

    # --- what went wrong in it ---

    def _explained(self, error: BaseException) -> NodeError:
        """The sentence for what came out of a node, with the trace so far."""
        assert self.busy is not None
        self.ended = "error"
        process, kind, args = self.busy
        wrong, now = wrong_state(process.node), self.now
        if kind == "end":
            kind, args, now = self._where(process)
        elif wrong is not None and not isinstance(error, Fault):
            error = Fault(f"cannot go on: {wrong}")  # what it raised is only what that led to
        problem = explain(error, process.name, doing(kind, *args), f"at {now / 1000:g} ms")
        problem.trace = self.trace()
        return problem

    def check_state(self, process: Process) -> None:
        """Refuse what a node may not keep, or changed though another node was given it, too."""
        wrong = self._wrong(process.node, process.name)
        if wrong is not None:
            self.busy = (process, "end", ())
            raise Fault(wrong)

    def _wrong(self, node: Node, name: str) -> str | None:
        wrong = wrong_state(node)
        if wrong is not None:
            return f"cannot go on: {wrong}"
        first = self.simulation.nodes[name]
        for attribute, other in self.simulation.shared.get(name, {}).items():
            old = getattr(first, attribute)
            if values.key(getattr(node, attribute, None)) != values.key(old):
                return (
                    f"changed self.{attribute}, a {type(old).__name__} that {other} was given, too: nodes share "
                    f"nothing but messages; give each node its own"
                )
        return None

    def _where(self, process: Process) -> tuple[str, tuple[Any, ...], int]:
        """In which handler a node began to keep what it may not: found by going through the run again."""
        name, world_now = process.name, self._first_world()
        for index, choice in choices(self.rows)[:MOST_STEPS]:
            broken = False
            try:
                world_now = world_now.step(choice)
            except NodeError:
                broken = True
            if choice.node == name and (broken or self._wrong(world_now.nodes[name], name)):
                event = self.trace().events[index]
                args = (event.message, event.other) if event.message is not None else choice.args[1:2]
                return choice.kind, args, round(event.at * 1000)
            if broken:
                break
        return "end", (), self.now
