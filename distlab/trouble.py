"""What faults do to a run: nodes that fall, freeze or come back, links that lose, clocks that drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from distlab.faults import Clock, Crash, Cut, Fault, Loss, Partition, Pause
from distlab.links import Link
from distlab.process import Process

if TYPE_CHECKING:
    from distlab.run import Run


class Trouble:
    """The faults of one run.

    Attributes
    ----------
    partitions : list of Partition
        Those that stand.
    cuts : int
        How many cables are cut.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.partitions: list[Partition] = []
        self.cuts = 0

    def plan(self, fault: Fault) -> None:
        """Put what a fault does on the heap of what is due; what is there at time zero is there before any start."""
        actions: dict[type, tuple[Any, Any]] = {
            Crash: (self.crash, None),
            Pause: (self.pause, self.resume),
            Partition: (self.part, self.heal),
            Cut: (self.cut, self.mend),
            Loss: (self.lose_more, self.lose_less),
            Clock: (self.change_clock, None),
        }
        begin, end = actions[type(fault)]
        at, until = round(fault.at * 1000), getattr(fault, "until", None)  # type: ignore[attr-defined]
        if at == 0 and not isinstance(fault, Pause):  # a pause begins when the node has started
            begin(fault)
        else:
            self.run.at(at, begin, fault)
        if end is not None and until is not None:
            self.run.at(round(until * 1000), end, fault)

    # --- nodes ---

    def crash(self, fault: Crash) -> None:
        """The node goes down now, or in its next handler."""
        process = self.run.processes[fault.node]
        if fault.after_effects is not None:
            self.arm(process, fault)
        elif process.started:
            self.fall(process, process.done if process.rest is not None else None, fault.until)
        else:  # at time zero: its start happens, and has no effect
            for other in self.on_host_of(process):
                self.arm(other, Crash(other.name, 0, fault.until, after_effects=0))

    def arm(self, process: Process, fault: Crash) -> None:
        """Let the node run into the crash in its next handler."""
        process.armed.append(fault)
        process.look()
        if fault.until is not None:  # it never runs into it when it has nothing to do until then
            self.run.at(round(fault.until * 1000), self.disarm, process, fault)

    def on_host_of(self, process: Process) -> list[Process]:
        """The processes that run on one host with this one, itself included."""
        host = self.run.network.host
        return [other for other in self.run.processes.values() if host(other.name) == host(process.name)]

    def disarm(self, process: Process, fault: Crash) -> None:
        """The crash was to be over by now."""
        if fault in process.armed:
            process.armed.remove(fault)
            process.look()

    def fall(self, process: Process, point: int | None, until: float | None) -> None:
        """Take a node down, and all that run on its host; `point`: after how many effects of its handler."""
        for other in self.on_host_of(process):
            if not other.started:  # it falls in its own start
                continue
            other.downs += 1
            if other.up:
                inside = other.done if other.rest is not None else None
                other.crash(point if other is process else inside)
            if until is not None:
                self.run.at(max(self.run.now, round(until * 1000)), other.recover)

    def pause(self, fault: Pause) -> None:
        """The node stands still."""
        process = self.run.processes[fault.node]
        if process.up:
            if not process.pauses:
                self.run.row("paused", fault.node)
            process.pauses.add(id(fault))
            process.look()

    def resume(self, fault: Pause) -> None:
        """The node goes on, when nothing else keeps it."""
        process = self.run.processes[fault.node]
        if id(fault) in process.pauses:
            process.pauses.remove(id(fault))
            if not process.pauses:
                self.run.row("resumed", fault.node)
                process.settle()

    def change_clock(self, fault: Clock) -> None:
        """The clock jumps, and runs at another rate; the timers that are set follow it."""
        process, run = self.run.processes[fault.node], self.run
        process.clock.change(run.now, fault.rate, fault.offset * 1000)
        run.row("clock", fault.node, (fault.rate, fault.offset))
        process.timers.follow(run.now)

    # --- links ---

    def part(self, fault: Partition) -> None:
        """Nothing passes between two sets of nodes."""
        self.partitions.append(fault)
        self._part(fault, "cut")

    def heal(self, fault: Partition) -> None:
        """It passes again."""
        self.partitions.remove(fault)
        self._part(fault, "healed")

    def _part(self, fault: Partition, kind: str) -> None:
        self.run.row(kind, tuple(fault.a), tuple(fault.b), "one way" if fault.one_way else None)
        self.look_again()

    def cut(self, fault: Cut) -> None:
        """A cable is cut."""
        self._change_route(fault, "cut", +1)

    def mend(self, fault: Cut) -> None:
        """It is mended."""
        self._change_route(fault, "healed", -1)

    def _change_route(self, fault: Cut, kind: str, change: int) -> None:
        routes = self.run.mail.routes
        assert routes is not None
        self.cuts += change
        (routes.cut if change > 0 else routes.heal)(fault.u, fault.v)
        self.run.row(kind, fault.u, fault.v, None)
        self.look_again()

    def lose_more(self, fault: Loss) -> None:
        """More is lost."""
        self.run.mail.losses.append(fault.rate)
        self.look_again()

    def lose_less(self, fault: Loss) -> None:
        """Less is lost."""
        self.run.mail.losses.remove(fault.rate)
        self.look_again()

    def look_again(self) -> None:
        """After a change: see which arrivals and which sends need more than the fast path."""
        for process in self.run.processes.values():
            process.look()
            for link in process.links.values():
                self.run.mail.look(link)

    def meets(self, name: str) -> bool:
        """Whether a message to this node may meet something on arrival that loses it."""
        return self.cuts > 0 or any(name in partition.nodes() for partition in self.partitions)

    def between(self, link: Link) -> str | None:
        """What stands between the ends of a link now, or None; nothing can between two nodes of one host."""
        if link.local:
            return None
        if any(partition.stops(link.sender, link.receiver) for partition in self.partitions):
            return "partition"
        routes, host = self.run.mail.routes, self.run.network.host
        if self.cuts and routes is not None and routes.micros(host(link.sender), host(link.receiver)) is None:
            return "no way"
        return None
