"""Chance chooses: runs of a system in simulated time, from a seed, with a network and faults."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import NoneType
from typing import ClassVar

from distlab import values
from distlab.blame import cast, listed, shared
from distlab.chance import Delay
from distlab.faults import FAULTS, Cut, Fault
from distlab.network import Network
from distlab.node import Node
from distlab.plain import counted
from distlab.run import FOREVER, Run
from distlab.trace import Trace
from distlab.watchdog import PATIENCE


class Disk:
    """How long a disk takes to force what was written.

    Parameters
    ----------
    latency : float, (float, float) or Delay
        Milliseconds that a sync takes; the node waits for it before its next effect.
    """

    def __init__(self, latency: float | tuple[float, float] | Delay = 0.0) -> None:
        self.latency = Delay.of(latency)

    def __repr__(self) -> str:
        return f"Disk(latency={self.latency!r})"


class Simulation:
    """A system in simulated time: the same seed gives the same run, whatever the machine.

    Parameters
    ----------
    nodes : mapping of str to Node
        The system. It is copied and never touched: the same nodes can be run again.
    seed : int
        All chance comes from it.
    network : Network, optional
        By default every message takes 1 ms.
    faults : sequence of Fault
        What goes wrong: `Crash`, `Pause`, `Partition`, `Cut`, `Clock`, `Loss`, or what `nemesis` draws.
    disk : Disk, optional
        How long a sync takes; by default no time.
    wire : bool
        Encode and decode every message, as between processes.

    Attributes
    ----------
    trace : Trace or None
        The last run, also where it ended in an error.

    Raises
    ------
    TypeError, ValueError
        When something given is of the wrong kind or names a node that there is not.
    """

    handler_seconds: ClassVar[float] = PATIENCE
    """Wall-clock time after which a handler counts as an endless loop."""

    def __init__(
        self,
        nodes: Mapping[str, Node],
        seed: int = 0,
        network: Network | None = None,
        faults: Sequence[Fault] = (),
        disk: Disk | None = None,
        wire: bool = False,
    ) -> None:
        self.nodes, self.shared = cast(nodes), shared(nodes)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise TypeError(f"a seed is an int, not {values.text(seed)}")
        if not isinstance(network, (Network, NoneType)):
            raise TypeError(
                f"network is a Network, such as Network(delay=(1, 5)), not {values.text(network)}"
            )
        if not isinstance(disk, (Disk, NoneType)):
            raise TypeError(f"disk is a Disk, such as Disk(latency=5), not {values.text(disk)}")
        if not isinstance(faults, (list, tuple)):
            raise TypeError(f"faults is a list: [Crash(...), Pause(...)], not {values.text(faults)}")
        self.seed, self.network, self.disk = seed, network or Network(), disk or Disk()
        self.faults, self.wire = tuple(faults), wire
        self.trace: Trace | None = None
        self.network.check(self.nodes)
        for fault in self.faults:
            self._check(fault)

    def _check(self, fault: Fault) -> None:
        if type(fault) not in FAULTS:
            raise TypeError(
                f"faults are Crash, Pause, Partition, Cut, Clock and Loss, not {values.text(fault)}"
            )
        for name in fault.nodes():
            if name not in self.nodes:
                raise ValueError(f"{fault} names {name!r}, but the nodes are {listed(self.nodes)}")
        graph = self.network.graph
        if isinstance(fault, Cut) and (graph is None or not graph.has_edge(fault.u, fault.v)):
            raise ValueError(f"{fault}: the network has no cable between {fault.u!r} and {fault.v!r}")

    def run(self, until: float | None = None, max_events: int = 200_000) -> Trace:
        """Run from the start until nothing is left to happen.

        Parameters
        ----------
        until : float, optional
            Stop at this time, in ms. Needed where something goes on for ever, such as a heartbeat.
        max_events : int
            Stop after about that many events, and say so in the trace.

        Returns
        -------
        Trace

        Raises
        ------
        NodeError
            When a node breaks; ``simulation.trace`` and ``error.trace`` keep the run up to there.
        """
        if until is not None and not (isinstance(until, (int, float)) and until >= 0):
            raise ValueError(f"until is a time in ms, zero or more, not {values.text(until)}")
        if not (isinstance(max_events, int) and max_events >= 1):
            raise ValueError(f"max_events is an int, at least 1, not {values.text(max_events)}")
        run = Run(self, FOREVER if until in (None, math.inf) else round(until * 1000), max_events)
        try:
            return run.result()
        finally:
            self.trace = run.trace()

    def __repr__(self) -> str:
        faults = f", {counted(len(self.faults), 'fault')}" if self.faults else ""
        return f"Simulation({listed(self.nodes)}; seed={self.seed}, {self.network!r}{faults})"
