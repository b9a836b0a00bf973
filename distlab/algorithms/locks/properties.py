"""Three things that are often meant by "only one has the lock", told apart.

1. `one_grant`: the service never has two grants that have not run out, by its own clock. True in every order of
   events, with crashes.
2. `tokens_never_decrease`: what the resource accepts comes in the order of the tokens. True in every order of
   events, if the resource looks at every token.
3. `one_believer`: at most one client believes that it holds the lock. Whether a lease that has run out here has
   run out there, too, is a question of clocks: without bounds on drift, delay and pauses it is false, so a
   search, which knows no clocks, always finds two believers. Judge it in a `Simulation`.

Each is a function of the world, for ``explore(..., always=...)`` and ``search(..., always=...)``.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.lease import LeaseService
from distlab.algorithms.locks.resource import Resource
from distlab.history import History
from distlab.trace import Trace
from distlab.values import TORN


class Witness(LeaseService):
    """A lease service with a witness beside it, who knows whose grants have not run out.

    A crash makes the service forget its grants, but no clock. So the witness keeps them on the disk, for
    `one_grant` alone: the service never reads what it wrote.
    """

    def begin(self) -> None:
        """The holder's lease runs from now on: noted before anybody hears of it."""
        super().begin()
        if self.state == "held":
            self.disk["running"] = tuple(sorted({*self.disk.get("running", ()), self.holder}))

    def over(self) -> None:
        """All that was granted has run out, or was released."""
        self.disk["running"] = ()
        super().over()


def one_grant(world: Any) -> bool:
    """Whether no service has granted to two whose grants have not run out, by its own clock.

    Raises
    ------
    ValueError
        When a service is no `Witness`: nobody knows then what ran when it crashed.
    """
    for name, node in world.nodes.items():
        if isinstance(node, LeaseService) and not isinstance(node, Witness):
            raise ValueError(
                f"one_grant asks a Witness: put Witness(lease) for LeaseService(lease) at {name}"
            )
    witnesses = [name for name, node in world.nodes.items() if isinstance(node, Witness)]
    return all(len(world.disks[name].data.get("running", ())) <= 1 for name in witnesses)


def one_believer(world: Any) -> bool:
    """Whether at most one client believes that it holds the lock: it is up, and its ``state`` is "holding"."""
    return len(believers(world)) <= 1


def believers(world: Any) -> list[str]:
    """The names of those who believe that they hold the lock."""
    return [name for name, node in world.nodes.items() if world.up[name] and node.state == "holding"]


def accepted(world: Any) -> dict[str, list[tuple[str, Any, int]]]:
    """What each `Resource` accepted, in order: ``("read" or "write", token, value)``, by its name."""
    return {
        name: [record for record in world.disks[name].log if record is not TORN]
        for name, node in world.nodes.items()
        if isinstance(node, Resource)
    }


def tokens_never_decrease(world: Any) -> bool:
    """Whether every resource accepted reads and writes in the order of their tokens."""
    logs = accepted(world).values()
    return all(tokens == sorted(tokens) for log in logs for tokens in [[token for _, token, _ in log]])


def no_update_lost(world: Any) -> bool:
    """Whether every token that wrote has added one to the value, and no other write has undone it."""
    return all(
        node.value - node.initial == len({token for kind, token, _ in log if kind == "write"})
        for name, log in accepted(world).items()
        for node in [world.nodes[name]]
        if world.up[name]
    )


def updates(run: Trace | History) -> History:
    """The increments alone, of a run or a history: ``linearizable(updates(trace), Counter())`` judges them."""
    history = run.history() if isinstance(run, Trace) else run
    return History(operation for operation in history if operation.call[0] == "increment")


def most_believers(trace: Trace) -> int:
    """How many clients at most believed at one time that they held the lock; a crash ends a belief."""
    holding: set[str] = {name for name, state in trace.first.items() if state == "holding"}
    most = len(holding)
    for event in trace.events:
        if event.kind == "state":
            (holding.add if event.detail[1] == "holding" else holding.discard)(event.node)
            most = max(most, len(holding))
    return most
