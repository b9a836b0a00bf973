"""What may happen next, for somebody to choose from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from distlab import enabled
from distlab.schedule import Choice
from distlab.world import InFlight, World


class Offer(NamedTuple):
    """Something that may happen next.

    Attributes
    ----------
    choice : Choice
        ``deliver``, ``fire``, ``recover`` or ``start``.
    message : Message or None
        What would arrive.
    copies : int
        How many copies of this very message are under way.
    held : str
        Why it cannot happen yet; empty when it can.
    """

    choice: Choice
    message: Any = None
    copies: int = 1
    held: str = ""


def offers(world: World) -> list[Offer]:
    """All messages under way, all timers that are set, all nodes that may come back, in this order."""
    waiting = [name for name in world.names if name not in world.started]
    if waiting:
        return [Offer(Choice("start", waiting[0]))]
    return [*_messages(world), *_timers(world), *_recoveries(world)]


def _messages(world: World) -> Iterator[Offer]:
    copies = Counter((m.sender, m.receiver, m.n) for m in world.in_flight)
    for m in world.in_flight:
        number = copies.pop((m.sender, m.receiver, m.n), 0)
        if number:
            choice = Choice("deliver", m.sender, m.receiver, m.n)
            yield Offer(choice, m.message, number, held_message(world, m))


def _timers(world: World) -> Iterator[Offer]:
    for name in world.names:
        for timer in world.timers[name]:
            yield Offer(Choice("fire", name, timer.name, timer.n), held=held_timer(world, name, timer.name))


def _recoveries(world: World) -> Iterator[Offer]:
    return (Offer(Choice("recover", name)) for name in world.names if not world.up[name])


def held_message(world: World, m: InFlight) -> str:
    """Why a message cannot arrive yet; empty when it can."""
    if world.network == "fifo":
        first = next(o for o in world.in_flight if o[:2] == m[:2])
        return "" if first.n == m.n else "this link keeps its order, and one before it is under way"
    if world.network == "rounds":
        if m.round != enabled.next_round(world):
            return "it arrives in the next round"
        first = enabled.deliverable(world)[0]
        if (first.sender, first.receiver, first.n) != (m.sender, m.receiver, m.n):
            return f"in a round messages arrive in one order: first the one from {first.sender} to {first.receiver}"
    return ""


def held_timer(world: World, name: str, timer: str) -> str:
    """Why a timer cannot run out yet; empty when it can."""
    if any(t.name == timer for t in enabled.ready(world, name)):
        return ""
    if world.network == "rounds":
        return "first all that is due in this round arrives, then timers run out in order"
    return "timers run out in the order of their deadlines, and another one is before it"
