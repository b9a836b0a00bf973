"""Two locks, taken in opposite order: each holder waits for the other, for ever.

Who waits for whom is a graph; with one holder a lock, a deadlock is a circle in it (Coffman, Elphick and Shoshani
1971; Holt 1972). The graph is read from the history of calls, so it does not matter which kind of lock it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx

from distlab.algorithms.locks.lease import Acquire, Granted, Release
from distlab.history import History
from distlab.node import Node
from distlab.trace import Trace


class Collector(Node):
    """Acquires several locks, one after the other, keeps them until it has all, and gives all back.

    Its calls are ``("acquire", lock)`` and ``("release", lock)``; it is "waiting" until it has all, then "holding".

    Parameters
    ----------
    locks : iterable of str
        The names of the services, in the order in which it takes them.
    work : float, optional
        How many ms it keeps them all.

    Raises
    ------
    ValueError
        When a lock is named twice: it would wait for itself.
    """

    def __init__(self, locks: Iterable[str], work: float | None = None) -> None:
        self.locks, self.work = tuple(locks), work
        if len(set(self.locks)) < len(self.locks):
            raise ValueError(f"each lock is taken once, or its holder waits for itself: {self.locks}")
        self.tokens: tuple[int, ...] = ()
        self.state, self.wanted = "idle", ""

    def start(self) -> None:
        """Ask for the first."""
        self.state = "waiting"
        self.next()

    def recover(self) -> None:
        """Stay out of it."""

    def next(self) -> None:
        """Ask for the next lock, or do what all of them are for."""
        if len(self.tokens) < len(self.locks):
            self.wanted = self.locks[len(self.tokens)]
            self.invoke(("acquire", self.wanted))
            self.send(self.wanted, Acquire(1))
        else:
            self.wanted = ""
            self.state = "holding"
            self.wake("work") if self.work is None else self.set_timer("work", self.work)

    def receive(self, message: Any, sender: str) -> None:
        if isinstance(message, Granted) and sender == self.wanted:
            self.tokens = (*self.tokens, message.token)
            self.complete(message.token)
            self.next()

    def wake(self, timer: str) -> None:
        """Give all back."""
        for lock, token in zip(self.locks, self.tokens, strict=True):
            self.invoke(("release", lock))
            self.send(lock, Release(token))
            self.complete()
        self.state = "idle"


def wait_for(run: Trace | History) -> networkx.DiGraph:
    """Who waits for whom at the end of a run.

    Parameters
    ----------
    run : Trace or History
        With calls ``("acquire", lock)`` and ``("release", lock)``, without a name where there is one lock only.

    Returns
    -------
    networkx.DiGraph
        A node for each client; an edge from who waits to who holds, with the name of the ``lock``.
    """
    history = run.history() if isinstance(run, Trace) else run
    graph = networkx.DiGraph()
    graph.add_nodes_from(history.clients)
    holder: dict[Any, str] = {}
    waiting: dict[str, Any] = {}
    for operation in sorted(history, key=lambda o: float("inf") if o.returned is None else o.returned):
        kind, lock = operation.call[0], operation.call[1:]
        waiting.pop(operation.client, None)
        if kind == "acquire" and operation.outcome == "completed":
            holder[lock] = operation.client
        elif kind == "acquire" and operation.outcome == "unknown":
            waiting[operation.client] = lock
        elif kind == "release" and holder.get(lock) == operation.client:
            del holder[lock]
    for client, lock in waiting.items():
        if lock in holder:
            graph.add_edge(client, holder[lock], lock=lock[0] if lock else "")
    return graph


def find_deadlock(run: Trace | History) -> list[str]:
    """The clients that wait for each other in a circle, each for the next and the last for the first; or none."""
    circles = sorted(networkx.simple_cycles(wait_for(run)), key=lambda circle: (len(circle), sorted(circle)))
    if not circles:
        return []
    first = circles[0].index(min(circles[0]))
    return circles[0][first:] + circles[0][:first]
