"""How long a lock stays with a dead holder: measured in runs, and computed without any.

A short lease gives the lock of a dead holder back soon, and costs a renewal every so often; that is the whole trade
(Gray and Cheriton 1989, section 3). With L the lease, r the time between renewals and d the delay of a message:
the last renewal arrives d after it was sent, the lease runs for L from then, the grant takes d to whoever waits, and
because it waited it has to be renewed before it is trusted, which takes 2 d. The holder dies at some moment between
two renewals, so a time u after the last, uniform between 0 and r. The takeover takes L + 4 d - u.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from distlab.algorithms.locks.holder import Holder
from distlab.algorithms.locks.lease import LeaseService
from distlab.chance import Delay, stream
from distlab.faults import Crash
from distlab.network import Network
from distlab.simulate import Simulation

STEPS = 4  # messages between the last renewal of the one and the belief of the other
Delays = float | tuple[float, float] | Delay


class Takeover(NamedTuple):
    """From the death of a holder until another believes, in ms: at least, on average, at most."""

    shortest: float
    mean: float
    longest: float


def expected_takeover(lease: float, renew: float, delay: Delays = 1.0) -> Takeover:
    """The theory: uniform between L + 4 d - r and L + 4 d for a fixed delay, with mean L + 4 d - r/2.

    Parameters
    ----------
    lease, renew : float
        L and r, in ms; r is less than L.
    delay : float, (float, float) or Delay
        d, in ms, as for `Network`. For one that is drawn the mean counts its average four times, and the limits
        its least and most (an exponential one has no most: infinity).

    Raises
    ------
    ValueError
        When the lease is not renewed in its time.
    """
    _check(lease, renew)
    d = Delay.of(delay)
    most = float("inf") if d.mean is not None else d.least if d.most is None else d.most
    return Takeover(
        lease + STEPS * d.least - renew, lease + STEPS * d.average - renew / 2, lease + STEPS * most
    )


def takeover_time(lease: float, renew: float, delay: Delays = 1.0, seed: int = 0) -> float:
    """How many ms after ana's death ben believes: one run, in which she renews and dies at a drawn moment.

    Parameters
    ----------
    lease, renew, delay
        As for `expected_takeover`.
    seed : int
        Decides the moment, and the delays if they are drawn.

    Raises
    ------
    ValueError
        When the lease is not renewed in its time.
    """
    _check(lease, renew)
    death = 3 * lease + stream(seed, "death")() * renew  # by then ben has waited for longer than a lease
    nodes = {
        "lock": LeaseService(lease),
        "ana": Holder(trust=lease, renew=renew, stays=True),
        "ben": Holder(trust=lease, begin=lease / 2, stays=True),
    }
    run = Simulation(nodes, seed, Network(delay), faults=[Crash("ana", at=death)])
    trace = run.run(until=death + 4 * expected_takeover(lease, renew, delay).mean)
    taken = [
        e.at for e in trace.events if (e.kind, e.node, e.detail) == ("state", "ben", ("waiting", "holding"))
    ]
    if not taken:
        raise ValueError(f"nobody took over: a lease of {lease:g} ms is too short for delays of {delay} ms")
    return taken[0] - round(death, 3)


def takeover_times(
    lease: float, renew: float, delay: Delays = 1.0, seeds: Iterable[int] = range(100)
) -> list[float]:
    """The times of many runs, in ms; the same seeds for another lease give the same deaths."""
    return [takeover_time(lease, renew, delay, seed) for seed in seeds]


def _check(lease: float, renew: float) -> None:
    if not 0 < renew < lease:
        raise ValueError(
            f"a lease is renewed before it runs out: renew is more than 0 and less than {lease!r} ms, not {renew!r}"
        )
