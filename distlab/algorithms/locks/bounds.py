"""How long a holder may trust its lease, when clocks drift and messages take their time.

The model, all of it: a clock runs at between 1 - rho and 1 + rho times the true rate, and neither jumps nor
stops; a message takes between 0 and delta ms of true time; no node pauses. The holder counts x ms on its own clock
from *sending* the request, and sends to the resource only within them. The service counts the lease L on its own
clock from when the request arrives, and grants again no earlier than that.

The request is sent at 0 and arrives at 0 or later, so a fast service grants again at L / (1 + rho) or later. A slow
holder stops at x / (1 - rho), and what it sent last arrives at most delta later. So all that it sends arrives
before the next grant, if x / (1 - rho) + delta <= L / (1 + rho), that is

    x <= (1 - rho) (L / (1 + rho) - delta).

What delta covers is the way of the last message from the holder to the resource, and nothing else: because the
holder counts from sending, the delays of request and grant cost it nothing but time. For belief alone, without any
message, take delta = 0. The bound is sharp: at one corner of drift and delay 1.01 x is too much (`corners`).
Gray and Cheriton 1989, section 2 (they let the holder's term end earlier by the uncertainty of the clocks).
"""

from __future__ import annotations

import itertools
import math
import warnings
from typing import Any

import networkx

from distlab.algorithms.locks.holder import Holder
from distlab.algorithms.locks.lease import Acquire, Granted, LeaseService, Renew
from distlab.algorithms.locks.resource import Resource, Write
from distlab.events import Flight
from distlab.faults import Clock
from distlab.network import KM_PER_MS, Network
from distlab.simulate import Simulation
from distlab.trace import Trace

MICRO = 0.001  # ms, the grain of simulated time


class ShortLease(UserWarning):
    """A lease that is over before anybody can make use of it."""


def trust(lease: float, drift: float = 0.0, delay: float | Network = 0.0) -> float:
    """How long a holder may trust a lease, counted on its own clock from sending the request.

    Parameters
    ----------
    lease : float
        L, in ms of the service's clock.
    drift : float
        rho, 0 <= rho < 1: how much a clock may be too slow or too fast (0.01: one per cent).
    delay : float or Network
        delta, in ms: how long a message from the holder to the resource may take; of a network, its longest delay.
        Zero: only who believes counts.

    Returns
    -------
    float
        x = (1 - rho) (L / (1 + rho) - delta), in ms, down to a microsecond; zero, with a `ShortLease` warning,
        when nothing is left.

    Raises
    ------
    ValueError
        When one of them is out of its range.
    """
    if not (isinstance(lease, (int, float)) and 0 < lease < math.inf):
        raise ValueError(f"a lease lasts for some ms, more than zero, not {lease!r}")
    if not (isinstance(drift, (int, float)) and 0 <= drift < 1):
        raise ValueError(f"a drift is a share of the rate, at least 0 and less than 1, not {drift!r}")
    delta = longest_delay(delay) if isinstance(delay, Network) else delay
    if not (isinstance(delta, (int, float)) and 0 <= delta < math.inf):
        raise ValueError(f"a delay is a time in ms, zero or more, not {delta!r}")
    x = (1 - drift) * (lease / (1 + drift) - delta)
    if x < MICRO:
        warnings.warn(
            f"a lease of {lease:g} ms may be over before a message that takes up to {delta:g} ms arrives: nobody "
            f"may trust it at all; take one that lasts for several delays, such as {10 * delta:g} ms",
            ShortLease,
            stacklevel=2,
        )
        return 0.0
    return math.floor(x * 1000 + 1e-6) / 1000


def longest_delay(network: Network) -> float:
    """How many ms a message may take in this network, while all its cables are in place.

    Raises
    ------
    ValueError
        When a message may take for ever.
    """
    if network.delay.mean is not None:
        raise ValueError(
            "an exponential delay has no longest one, so no time is short enough: give delay= the one to bet on"
        )
    fibre = 0.0
    if network.graph is not None:
        lengths = dict(networkx.all_pairs_dijkstra_path_length(network.graph, weight="km"))
        fibre = max(km for of_one in lengths.values() for km in of_one.values()) / KM_PER_MS
    return fibre + (network.delay.least if network.delay.most is None else network.delay.most)


class LastMoment(Holder):
    """Writes in the last microseconds in which it trusts its lease, and without reading before."""

    def ask(self, request: Acquire | Renew) -> None:
        """The last moment is counted from sending, too."""
        super().ask(request)
        # three, because times are rounded, and the lease must not be given up first
        self.set_timer("work", max(0.0, self.trust - 3 * MICRO))

    def update(self) -> None:
        """Wait for that moment."""
        self.invoke(("increment",))
        self.step = "works"

    def wake(self, timer: str) -> None:
        """It has come, if there is a lease."""
        if timer != "work" or self.state == "holding":
            super().wake(timer)


def corners(x: float, lease: float, drift: float, delay: float) -> list[Simulation]:
    """The corners of drift and delay: each clock too slow or too fast, each message at once or after `delay`.

    A holder trusts for `x` ms and writes in the last moment; another one waits for the lock.

    Parameters
    ----------
    x, lease, drift, delay : float
        As in the formula; the delays of holder to service and of holder to resource are corners of their own.

    Returns
    -------
    list of Simulation
        Sixteen: ``late(simulation.run())`` lists what arrived too late.
    """
    rates, delays = (1 - drift, 1 + drift), (0.0, delay)
    return [_corner(x, lease, *chosen) for chosen in itertools.product(rates, rates, delays, delays)]


def _corner(
    x: float, lease: float, holder: float, service: float, asking: float, writing: float
) -> Simulation:
    """One of them: the rates of the two clocks, the delays to the service and to the resource."""
    map_ = networkx.Graph()
    map_.add_edge("ana", "lock", km=asking * KM_PER_MS)
    map_.add_edge("ana", "store", km=writing * KM_PER_MS)
    map_.add_edge("ben", "lock", km=0)
    nodes = {
        "lock": LeaseService(lease),
        "store": Resource("nothing"),
        "ana": LastMoment("lock", "store", trust=x),
        "ben": Holder("lock", begin=MICRO, trust=x, stays=True),
    }
    clocks = [Clock("ana", rate=holder), Clock("lock", rate=service)]
    return Simulation(nodes, network=Network(graph=map_), faults=clocks)


def late(trace: Trace) -> list[Flight]:
    """The writes that arrived after the service had granted the lock again, to somebody else."""
    grants = trace.messages(Granted, local=True)
    return [
        write
        for write in trace.messages(Write, local=True)
        if write.end is not None and any(_before(grant, write) for grant in grants)
    ]


def _before(grant: Flight, write: Flight) -> bool:
    """Whether a later grant left before this write arrived."""
    arrived: Any = write.end
    return grant.message.token > write.message.token and grant.sent.index < arrived.index


def safe(x: float, lease: float, drift: float, delay: float) -> bool:
    """Whether a holder that trusts for `x` ms is never late, at any corner of drift and delay."""
    until = 4 * (lease + x + delay)
    return not any(late(simulation.run(until=until)) for simulation in corners(x, lease, drift, delay))
