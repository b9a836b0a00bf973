"""What may happen next in a world: every choice that a search has to try."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from distlab import values
from distlab.effects import SYNC, WRITE, Effect, Store
from distlab.schedule import Choice
from distlab.steps import InFlight, NeedsAnswer, Timer, react

if TYPE_CHECKING:
    from distlab.world import World


def enabled(world: World, crashes: bool, losses: bool, duplicates: bool) -> Iterator[Choice]:
    """Every choice there is, with every answer to ``choose``, and with those faults that are allowed."""
    waiting = [name for name in world.nodes if name not in world.started]
    if waiting:
        yield from variants(world, Choice("start", waiting[0]), crashes)
        return
    for m in deliverable(world):
        deliver = Choice("deliver", m.sender, m.receiver, m.n)
        if world.up[m.receiver]:
            yield from variants(world, deliver, crashes)
        else:
            yield deliver
        if losses:
            yield Choice("drop", *deliver.args)
        if duplicates:
            yield Choice("duplicate", *deliver.args)
    for name in world.nodes:
        if not world.up[name]:
            yield from variants(world, Choice("recover", name), crashes)
            continue
        for timer in ready(world, name):
            yield from variants(world, Choice("fire", name, timer.name, timer.n), crashes)
        if crashes:
            yield from crash_points(Choice("crash", name), world.disks[name])


def deliverable(world: World) -> list[InFlight]:
    """The messages that may arrive next; of equal ones the oldest."""
    if world.network == "rounds":
        now = [m for m in world.in_flight if m.round == next_round(world)]
        return sorted(now, key=lambda m: (world.rank(m.receiver), world.rank(m.sender), m.n))[:1]
    first: dict[Hashable, InFlight] = {}
    for m in world.in_flight:
        first.setdefault(m[:2] if world.network == "fifo" else (*m[:2], values.key(m.message)), m)
    return list(first.values())


def next_round(world: World) -> int:
    """The round in which the next thing happens: first all messages of it arrive, then timers run out."""
    due = [m.round for m in world.in_flight] + [t.round for timers in world.timers.values() for t in timers]
    return min(due, default=world.round)


def ready(world: World, name: str) -> list[Timer]:
    """The timers of a node that may run out next."""
    timers = list(world.timers[name])
    if world.network == "rounds":
        if any(m.round == next_round(world) for m in world.in_flight):
            return []
        due = [(t.round, world.rank(n), t.name, n) for n in world.nodes for t in world.timers[n]]
        return [t for t in timers if (t.round, world.rank(name), t.name, name) == min(due)]
    if world.ordered:
        return [t for t in timers if not any(_before(other, t) for other in timers)]
    return timers


def _before(one: Timer, other: Timer) -> bool:
    """Whether `one` runs out before `other`: set no later, for no longer; of equals the first by name."""
    if one is other or not (one.step <= other.step and one.after[1] <= other.after[0]):
        return False
    return (one.step, one.after[1], one.name) < (other.step, other.after[0], other.name)


def variants(world: World, choice: Choice, crashes: bool) -> Iterator[Choice]:
    """A choice with every answer; where nodes may crash, also cut short after every number of effects."""
    waiting, first = [choice], True
    while waiting:
        choice = waiting.pop()
        try:
            effects = react(world, choice).effects
        except NeedsAnswer as asked:
            so_far = choice.options.get("answers", [])
            waiting += [_with(choice, answers=[*so_far, i]) for i in reversed(range(asked.options))]
            continue
        yield choice
        store = world.disks[choice.node].copy()
        if crashes and first:  # before any effect, so whatever was answered
            yield from crash_points(_with(choice, crash_after=0), store)
        first = False
        for done, effect in enumerate(effects if crashes else (), start=1):
            _write(store, effect)
            yield from crash_points(_with(choice, crash_after=done), store)


def crash_points(choice: Choice, store: Store) -> Iterator[Choice]:
    """A choice that is a crash, or holds one, with all that the crash may leave of the disk."""
    for kept, torn in store.crash_outcomes():
        yield choice if (kept, torn) == (0, False) else _with(choice, kept=kept, torn=torn)


def _with(choice: Choice, **options: object) -> Choice:
    return Choice(choice.kind, *choice.args, **(choice.options | options))


def _write(store: Store, effect: Effect) -> None:
    if effect[0] == WRITE:
        store.write(effect)
    elif effect[0] == SYNC:
        store.force()
