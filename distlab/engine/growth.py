"""What makes a search too large: the part of its worlds that goes on taking new values."""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set

from distlab.engine.breadth import Breadth
from distlab.engine.parts import part, state
from distlab.engine.space import Space
from distlab.engine.words import many

LOOKED_AT = 20_000  # worlds
FEW = 30  # values; what has no more does not go on growing


def what_grows(breadth: Breadth) -> str:
    """The part of the worlds that grows most between the first half of a search and its end, in words."""
    order, step = breadth.order, max(1, len(breadth.order) // LOOKED_AT)
    early, late = order[: len(order) // 2 : step], order[len(order) // 2 :: step]
    space = breadth.space
    found = [*_nodes(space, early, late), *_network(space, early, late), *_history(space, early, late)]
    growth, said = max(found, default=(0.0, ""))
    return said if growth > 0.1 else "no part grows, it is their combinations that are many"


def _nodes(space: Space, early: Sequence[int], late: Sequence[int]) -> list[tuple[float, str]]:
    """For each attribute of each node the share of its values that are new in the later worlds."""
    reactions, found = space.reactions, []
    for i, name in enumerate(reactions.names):
        halves = [[space.parts(world)[i] for world in worlds] for worlds in (early, late)]
        parts = [[reactions.locals[i][p] for p in dict.fromkeys(half)] for half in halves]
        attributes = {attribute for local in parts[1] for attribute in state(local.node)}
        for attribute in [*sorted(attributes), "(disk)"]:
            before, after = ({part(local, attribute) for local in half} for half in parts)
            what = f"{name}'s disk" if attribute == "(disk)" else f"{name}.{attribute}"
            found.append(
                (_share(before, after), f"{what} grows: {many(len(before | after), 'value')} so far")
            )
    return found


def _network(space: Space, early: Sequence[int], late: Sequence[int]) -> list[tuple[float, str]]:
    """The number of messages under way, and the share of new messages."""
    mail = [[space.in_flight(world >> space.net) for world in worlds] for worlds in (early, late)]
    most, now = (max(map(len, half), default=0) for half in mail)
    before, after = ({m for flights in half for m, _ in flights} for half in mail)
    kinds = sorted({type(space.reactions.messages[m][2]).__name__ for m in after - before})
    return [
        (
            (now - most) / now if now > FEW else 0.0,
            f"messages pile up: up to {many(now, 'message')} under way",
        ),
        (_share(before, after), f"new messages come up: {', '.join(kinds[:3])}"),
    ]


def _history(space: Space, early: Sequence[int], late: Sequence[int]) -> list[tuple[float, str]]:
    if not space.keeps_history:
        return []
    most, now = (max((len(space.history(world)) for world in worlds), default=0) for worlds in (early, late))
    growth = (now - most) / now if now > FEW else 0.0
    return [(growth, f"histories grow: up to {many(now, 'call')} and returns")]


def _share(before: Set[Hashable], after: Set[Hashable]) -> float:
    """How many of all values are new in the later worlds."""
    return len(after - before) / len(before | after) if len(before | after) > FEW else 0.0
