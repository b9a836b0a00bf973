"""What a search put the system through: a pass is worth no more than what happened on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from distlab.blame import listed
from distlab.engine.breadth import Breadth
from distlab.engine.lines import Line
from distlab.engine.purity import classes, codes, functions
from distlab.engine.words import many
from distlab.node import Message, Node

SHOWN = 5  # lines of code that are named


class Exercised:
    """What happened in the worlds of a search, and what never did.

    Attributes
    ----------
    delivered : Counter
        For each kind of message, in how many ways it was delivered: different messages, or to different
        states of the receiver.
    never_sent : tuple of str
        Kinds of messages that are named in the code of the nodes, and that nobody sent.
    never_delivered : tuple of str
        Kinds that were sent, and never came to a node that was up.
    timers : Counter
        For each timer, in how many ways it ran out.
    crashes : Counter
        For each node, at how many points it crashed.
    crashes_inside : int
        How many of them lie inside a handler, between two effects, or before or after all of them.
    never_run : tuple of Line
        Lines of the handlers that no schedule runs; of several in a row the first.
    """

    def __init__(self, breadth: Breadth, never_run: Sequence[Line]) -> None:
        self._breadth, reactions = breadth, breadth.space.reactions
        self._reactions = reactions
        self.never_run = tuple(never_run)
        self.delivered: Counter[str] = Counter()
        self.timers: Counter[str] = Counter()
        self.crashes: Counter[str] = Counter()
        self.crashes_inside = 0
        for i, _, what in reactions.memo:
            if what[0] == "deliver":
                self.delivered[type(reactions.messages[what[1]][2]).__name__] += 1
            elif what[0] == "fire":
                self.timers[f"{reactions.names[i]}: {what[1]}"] += 1
        for i, inside in breadth.space.crash_points():
            self.crashes[reactions.names[i]] += 1
            self.crashes_inside += inside
        sent = {type(message).__name__ for _, _, message in reactions.messages}
        self.never_sent = tuple(sorted(_named(reactions.first) - sent))
        self.never_delivered = tuple(sorted(sent - set(self.delivered)))

    @cached_property
    def overlapped(self) -> bool | None:
        """Whether two clients ever had an open operation at once; None where there are no operations."""
        if not self._reactions.calls:
            return None
        space, locals_ = self._breadth.space, self._reactions.locals
        calling = [{p for p, local in enumerate(parts) if local.calling} for parts in locals_]
        return any(
            sum(p in calling[i] for i, p in enumerate(space.parts(world))) > 1
            for world in self._breadth.order
        )

    @cached_property
    def warnings(self) -> list[str]:
        """What never happened, each in a line: where a fault could hide."""
        said = []
        if self.overlapped is False:
            said.append("no two operations overlapped")
        if self.never_sent:
            said.append(f"never sent: {listed(self.never_sent)}")
        if self.never_delivered:
            said.append(f"sent and never delivered: {listed(self.never_delivered)}")
        spared = [name for name in self._reactions.names if not self.crashes[name]]
        if self._breadth.space.budgets.crashes and spared:
            said.append(f"never crashed: {listed(spared)}")
        said += [f"never run: {line}" for line in self.never_run[:SHOWN]]
        if len(self.never_run) > SHOWN:
            said.append(f"never run: {many(len(self.never_run) - SHOWN, 'more line')}")
        return said

    def __repr__(self) -> str:
        ways = [f"{kind} in {many(n, 'way')}" for kind, n in self.delivered.items()]
        said = [f"delivered: {listed(ways)}" if ways else "no message was delivered"]
        if self.timers:
            said.append(f"timers ran out in {many(self.timers.total(), 'way')}")
        if self.crashes:
            said.append(
                f"crashes at {many(self.crashes.total(), 'point')}, {self.crashes_inside} inside handlers"
            )
        if self.overlapped:
            said.append("operations overlapped")
        return "\n".join([*said, *self.warnings])


def _named(nodes: Sequence[Node]) -> set[str]:
    """The kinds of messages that are named in the code of the nodes."""
    found = set()
    for cls in classes(nodes):
        for function in functions(cls):
            cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
            for code in codes(function.__code__):
                for name in (*code.co_names, *code.co_freevars):
                    value = function.__globals__.get(name)
                    if name in cells:
                        try:
                            value = cells[name].cell_contents
                        except ValueError:
                            continue
                    if isinstance(value, type) and issubclass(value, Message) and value is not Message:
                        found.add(value.__name__)
    return found
