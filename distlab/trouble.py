"""What faults do to a run: nodes that fall, freeze or come back, links that lose, clocks that drift."""

from __future__ import annotations

from functools import partial
from heapq import heappush
from typing import TYPE_CHECKING, Any

from distlab import values, wire
from distlab.faults import Clock, Crash, Cut, Fault, Loss, Partition, Pause
from distlab.process import Link, Process

if TYPE_CHECKING:
    from distlab.run import Run


class Trouble:
    """The faults of one run.

    Attributes
    ----------
    stands : bool
        Whether a partition or a cut stands, so that arrivals have to be looked at.
    may_lose : bool
        Whether any message of this run may be lost by chance: then each link draws for each message,
        so that the draws stay the same whichever losses are in force.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.partitions: list[Partition] = []
        self.losses: list[float] = [run.network.loss]
        self.cuts = 0
        self.stands = False
        self.may_lose = run.network.loss > 0 or any(isinstance(f, Loss) for f in run.simulation.faults)

    def plan(self, fault: Fault) -> None:
        """Put what a fault does on the heap of what is due."""
        actions: dict[type, tuple[Any, Any]] = {
            Crash: (self.crash, None),
            Pause: (self.pause, self.resume),
            Partition: (self.part, self.heal),
            Cut: (self.cut, self.mend),
            Loss: (self.lose_more, self.lose_less),
            Clock: (self.change_clock, None),
        }
        begin, end = actions[type(fault)]
        at = round(fault.at * 1000)  # type: ignore[attr-defined]
        happens_to_a_running_node = isinstance(fault, Pause) or (isinstance(fault, Crash) and fault.after_effects is None)
        if at == 0 and not happens_to_a_running_node:
            begin(fault)  # in force before any node starts
        else:
            self.run.at(at, partial(begin, fault))
        until = getattr(fault, "until", None)
        if end is not None and until is not None:
            self.run.at(round(until * 1000), partial(end, fault))

    # --- nodes ---

    def crash(self, fault: Crash) -> None:
        process = self.run.processes[fault.node]
        if fault.after_effects is None:
            self.fall(process, process.done if process.rest is not None else None, fault.until)
        else:
            process.armed.append(fault)
            process.look(self.stands)
            if fault.until is not None:  # it never runs into it when it has nothing to do until then
                self.run.at(round(fault.until * 1000), partial(self.disarm, process, fault))

    def disarm(self, process: Process, fault: Crash) -> None:
        if fault in process.armed:
            process.armed.remove(fault)
            process.look(self.stands)

    def fall(self, process: Process, point: int | None, until: float | None) -> None:
        """Take a node down, and all that run on its host; `point`: after how many effects of its handler."""
        network = self.run.network
        for other in self.run.processes.values():
            if network.host(other.name) == network.host(process.name):
                other.downs += 1
                if other.up:
                    inside = point if other is process else (other.done if other.rest is not None else None)
                    self._fall(other, inside)
                if until is not None:
                    self.run.at(max(self.run.now, round(until * 1000)), partial(self.come_back, other))

    def _fall(self, process: Process, point: int | None) -> None:
        run, outcomes = self.run, process.store.crash_outcomes()
        kept, torn = (
            outcomes[int(process.draw("crash") * len(outcomes))] if len(outcomes) > 1 else outcomes[0]
        )
        process.store.crash(kept, torn)
        process.up, process.rest, process.stop = False, None, None
        process.timers.clear()
        process.pauses.clear()
        run.row("crashed", process.name, point, (kept, torn))
        if process.open_call:
            process.open_call = False
            run.row("gave up", process.name)
        old, process.state = process.node.state, process.first.state
        if values.key(old) != values.key(process.state):
            run.row("state", process.name, (values.copy(old), values.copy(process.state)))
        for kind, args, n in process.queue:
            if kind == "deliver":
                run.row("lost", process.name, args[1], args[0], n, "down")
        process.queue.clear()
        process.look(self.stands)

    def come_back(self, process: Process) -> None:
        process.downs -= 1
        if process.downs == 0:
            process.up = True
            self.run.boot(process)
            self.run.activate(process, "recover")
            self.run.settle(process)

    def pause(self, fault: Pause) -> None:
        process = self.run.processes[fault.node]
        if process.up:
            if not process.pauses:
                self.run.row("paused", fault.node)
            process.pauses.add(id(fault))
            process.look(self.stands)

    def resume(self, fault: Pause) -> None:
        process = self.run.processes[fault.node]
        if id(fault) in process.pauses:
            process.pauses.remove(id(fault))
            if not process.pauses:
                self.run.row("resumed", fault.node)
                self.run.settle(process)

    def change_clock(self, fault: Clock) -> None:
        process, run = self.run.processes[fault.node], self.run
        process.clock.change(run.now, fault.rate, fault.offset * 1000)
        run.row("clock", fault.node, (fault.rate, fault.offset))
        for name, (n, deadline) in process.timers.items():
            run.at(max(run.now, process.clock.when(deadline)), partial(run.expire, process, name, n))

    # --- links ---

    def part(self, fault: Partition) -> None:
        self.partitions.append(fault)
        self.run.row("cut", tuple(fault.a), tuple(fault.b), "one way" if fault.one_way else None)
        self.look_again()

    def heal(self, fault: Partition) -> None:
        self.partitions.remove(fault)
        self.run.row("healed", tuple(fault.a), tuple(fault.b), "one way" if fault.one_way else None)
        self.look_again()

    def cut(self, fault: Cut) -> None:
        self._change_route(fault, +1)

    def mend(self, fault: Cut) -> None:
        self._change_route(fault, -1)

    def _change_route(self, fault: Cut, change: int) -> None:
        assert self.run.routes is not None
        self.cuts += change
        (self.run.routes.cut if change > 0 else self.run.routes.heal)(fault.u, fault.v)
        self.run.row("cut" if change > 0 else "healed", fault.u, fault.v, None)
        self.look_again()

    def lose_more(self, fault: Loss) -> None:
        self.losses.append(fault.rate)
        self.look_again()

    def lose_less(self, fault: Loss) -> None:
        self.losses.remove(fault.rate)
        self.look_again()

    def look_again(self) -> None:
        """After a change: see which arrivals and which sends need more than the fast path."""
        self.stands = bool(self.partitions) or self.cuts > 0
        for process in self.run.processes.values():
            process.look(self.stands)
            for link in process.links.values():
                self.look(link)

    def look(self, link: Link) -> None:
        """Set whether a message on `link` can meet anything but a delay, and how long its way is."""
        run, network = self.run, self.run.network
        if link.local:
            link.plain = not run.simulation.wire
            return
        way: int | None = 0
        if run.routes is not None:
            way = run.routes.micros(network.host(link.sender), network.host(link.receiver))
        if way is not None:  # where there is no way, a message gets half of the old one
            link.least = link.fixed + way
        quiet = not (self.partitions or self.cuts or self.may_lose or link.doubled or network.fifo)
        link.plain = quiet and not run.simulation.wire

    def between(self, sender: str, receiver: str) -> str | None:
        """What stands between two nodes now, or None."""
        if any(partition.stops(sender, receiver) for partition in self.partitions):
            return "partition"
        network, routes = self.run.network, self.run.routes
        if (
            self.cuts
            and routes is not None
            and routes.micros(network.host(sender), network.host(receiver)) is None
        ):
            return "no way"
        return None

    def send(self, link: Link, message: Any, n: int) -> None:
        """Send where a message may be lost, doubled, kept in order, or stopped."""
        run = self.run
        if run.simulation.wire:
            message = wire.through(message)
        sender, receiver = link.sender, link.receiver
        run.row("sent", sender, receiver, message, n)
        takes = link.takes(link.draw)
        keep = 1.0
        for rate in self.losses:
            keep *= 1 - rate
        lost = link.lost is not None and link.lost() >= keep
        doubled = link.doubled is not None and link.doubled() < run.network.duplicates
        again = link.takes(link.again)
        reason = None if link.local else self.between(sender, receiver) or ("loss" if lost else None)
        if reason is not None:  # it gets half the way, for the picture; nobody can tell
            run.at(run.now + takes // 2, partial(run.row, "lost", receiver, sender, message, n, reason))
            return
        self._put(link, takes, message, n)
        if doubled:
            run.row("duplicated", receiver, sender, message, n)
            self._put(link, again, message, n)

    def _put(self, link: Link, takes: int, message: Any, n: int) -> None:
        run = self.run
        due = run.now + takes
        if run.network.fifo:
            due = link.due = max(due, link.due)
        heappush(run.heap, (due, run.next_order(), link.receiver, message, link.sender, n))
