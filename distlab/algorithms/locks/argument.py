"""Is Redlock a lock? The argument of 2016 as runs: each function is one claim, with what the other side says to it.

Kleppmann, "How to do distributed locking", and Sanfilippo, the author of Redis and of Redlock, in answer: "Is Redlock
safe?" (both February 2016). They agree that a lock which releases itself cannot stop a client that wakes up too
late. They differ on whether a system may rest on clocks that never jump, on whether a pause while the lock is asked
for does harm, and on what a lock without fencing tokens is good for.

All runs have five servers, keys that expire after 100 ms, and messages that take 1 ms. ana reaches a majority
first; ben comes later. ``most_believers(simulation.run(until=400))`` counts who believes at one time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from distlab.algorithms.locks.redis import Redis
from distlab.algorithms.locks.redlock import Redlock
from distlab.algorithms.locks.resource import Read, Resource, Write
from distlab.faults import Clock, Crash, Fault, Partition, Pause
from distlab.network import Network
from distlab.node import Node
from distlab.simulate import Simulation

SERVERS = ("r1", "r2", "r3", "r4", "r5")
PX = 100.0
OVERLAP = [
    Partition({"ana"}, {"r4", "r5"}),
    Partition({"ben"}, {"r1", "r2"}),
]  # both reach r3, and two of their own


def clock_jump(offset: float = 100.0, rate: float = 1.0) -> Simulation:
    """A server's clock jumps, so that its key expires early: two majorities, two holders.

    Kleppmann: clocks do jump, by an administrator's hand or a large correction, and Redis reads one that can. An
    algorithm is safe if time may do what it likes, and only its progress depends on clocks.

    Sanfilippo: that clocks jump can be prevented, by correcting them in small steps; and expiry should use a
    monotonic clock (he agrees that Redis ought to). Clocks that only drift are covered by the allowance: see
    ``clock_jump(offset=0, rate=1.01)``, where nothing happens.

    Parameters
    ----------
    offset : float
        By how many ms the clock of r3, the server that both reach, jumps at 10 ms.
    rate : float
        At what rate it runs from then on.
    """
    clients = {"ana": client(stay=None), "ben": client(think=20.0, stay=None)}
    return _simulation(clients, [*OVERLAP, Clock("r3", rate=rate, offset=offset, at=10)])


def pause_in_asking(kind: type[Redlock] = Redlock) -> Simulation:
    """The client is paused while the answers are under way, and wakes up when the keys have expired.

    Kleppmann's example: the answers lie in the client's buffer, it wakes up and thinks that it has the lock.

    Sanfilippo: no, for it reads its clock again after the answers, finds that too much time has passed, and lets it
    be. The same goes for a slow network. The run says that he is right here. It has to be the clock: with a timer
    in its place (`RedlockByTimer`), which waits behind the answers, ana believes for a moment.

    Parameters
    ----------
    kind : class
        Of the clients.
    """
    clients = {"ana": client(kind, stay=None), "ben": client(kind, think=110.0, stay=None)}
    return _simulation(clients, [Pause("ana", at=1.5, until=150)])


def pause_in_holding(resource: Resource | None = None) -> Simulation:
    """The client is paused after it has looked at its clock, and writes when it wakes up.

    Both: no lock that releases itself can prevent this, Redlock or any other. Kleppmann: so the resource has to, by
    a fencing token, and Redlock has none; a random value does not say which of two is the later.

    Sanfilippo: if the resource can compare tokens, it can as well compare random values for equality (`CheckAndSet`):
    then nobody writes who has not read last. And a lock is mostly wanted where the resource can do neither.

    ben adds one twice, and cem once after ana has woken up: the resource that looks at nothing loses an update.

    Parameters
    ----------
    resource : Resource, optional
        By default one that checks nothing. One that checks all refuses Redlock's values, which are no numbers.
    """
    clients = {
        "ana": client(resource="store"),
        "ben": client(think=110.0, resource="store", turns=2),
        "cem": client(think=310.0, resource="store"),
    }
    nodes = {"store": resource or Resource("nothing")}
    return _simulation(clients, [Pause("ana", at=10, until=300)], nodes)


def restart(stays_away: float | None = None) -> Simulation:
    """A server that keeps nothing on a disk crashes and comes back: it gives its key to somebody else.

    Both sides, and the documentation: servers have to force every key to disk, which is slow, or stay away for one
    whole expiry after a crash (``restart(stays_away=100)``). The latter rests on time once more.

    Parameters
    ----------
    stays_away : float, optional
        For how many ms a server stays away after a crash; by default it takes part at once.
    """
    clients = {"ana": client(stay=None), "ben": client(think=20.0, stay=None)}
    return _simulation(clients, [*OVERLAP, Crash("r3", at=10, until=12)], stays_away=stays_away)


class CheckAndSet(Resource):
    """Lets only him write who has read last, whatever his token is: tokens are equal or not, and have no order.

    Nothing is undone. But a client that reads late, with a lock that has run out, makes the present holder's write
    fail: with an order (fencing) the late one is refused, without one the last one counts.
    """

    def __init__(self) -> None:
        super().__init__("nothing")
        self.last: Any = None

    def objection(self, message: Read | Write) -> str:
        """Who has not read last must not write."""
        if isinstance(message, Write) and message.token != self.last:
            return f"token {message.token!r} was not the last to read: {self.last!r} was"
        return ""

    def remember(self, kind: str, token: Any, value: int) -> None:
        """Who has read last."""
        super().remember(kind, token, value)
        self.last = token


def client(kind: type[Redlock] = Redlock, think: float = 0.0, **options: Any) -> Redlock:
    """A client of the five servers."""
    return kind(SERVERS, px=PX, think=think, **options)


def _simulation(
    clients: Mapping[str, Node],
    faults: list[Fault],
    others: Mapping[str, Node] | None = None,
    stays_away: float | None = None,
) -> Simulation:
    servers = {name: Redis(stays_away) for name in SERVERS}
    return Simulation({**servers, **clients, **(others or {})}, network=Network(delay=1.0), faults=faults)
