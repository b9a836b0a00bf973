"""From worlds of the specification to worlds as integers: how a path that was found becomes a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from distlab.engine.parts import Alarm, Local
from distlab.engine.space import Budgets, Space
from distlab.schedule import Choice
from distlab.world import World

Fold = Callable[[int], int]


def encode(space: Space, world: World, spent: Sequence[int] = (0, 0, 0, 0), known: bool = True) -> int:
    """The number of a world.

    Parameters
    ----------
    spent : sequence of four ints
        How much of each budget the way to this world took.
    known : bool
        Raise KeyError when the search has never met one of its parts; else give it a new number.
    """
    reactions, code = space.reactions, 0
    for i, name in enumerate(reactions.names):
        code += reactions.local_id(i, local_of(world, name), known) << space.shifts[i]
    code += sum(n * tally.unit for tally, n in zip(space.tallies, spent, strict=True))
    mail = _mail(space, world, known)
    space.place()
    code += space.pack(mail) << space.net
    return space.recall(code, tuple([reactions.call_id(row[1:], known) for row in world.calls]))


def local_of(world: World, name: str) -> Local:
    """One node's part of a world."""
    timers = world.timers[name]
    if world.network == "rounds":
        places = [timer.round - world.round for timer in timers]
    elif world.ordered:
        steps = sorted({timer.step for timer in timers})
        places = [steps.index(timer.step) for timer in timers]
    else:
        places = [0] * len(timers)
    alarms = tuple([Alarm(t.name, t.after, place) for t, place in zip(timers, places, strict=True)])
    return Local(world.nodes[name], world.up[name], world.disks[name], alarms, world.calling(name))


def _mail(space: Space, world: World, known: bool) -> list[tuple[int, int]]:
    reactions, flights = space.reactions, world.in_flight
    if world.network == "rounds":
        rank = reactions.rank
        flights = tuple(sorted(flights, key=lambda m: (m.round, rank[m.receiver], rank[m.sender], m.n)))
    return [
        (
            reactions.message_id(reactions.rank[m.sender], reactions.rank[m.receiver], m.message, known),
            m.round - world.round,
        )
        for m in flights
    ]


def spend(spent: tuple[int, ...], choice: Choice, budgets: Budgets) -> tuple[int, ...]:
    """What a way has taken from each budget after one more choice."""
    crashes, losses, duplicates, timeouts = spent
    return (
        crashes + (choice.kind == "crash" or "crash_after" in choice.options),
        losses + (choice.kind == "drop"),
        duplicates + (choice.kind == "duplicate"),
        timeouts + (choice.kind == "fire" and budgets.timeouts is not None),
    )


def _itself(world: int) -> int:
    return world


def follow(space: Space, first: World, codes: Sequence[int], fold: Fold = _itself) -> list[World]:
    """A run of the specification through the worlds with these numbers, from before the start.

    Parameters
    ----------
    fold : function from a world to the one that stands for it

    Raises
    ------
    AssertionError
        When the specification does not go that way: then the engine is wrong.
    """
    start, spent = _start(space, first, codes[0], fold)
    return walk(space, start, spent, codes, fold)


def walk(
    space: Space, way: Sequence[World], spent: tuple[int, ...], codes: Sequence[int], fold: Fold = _itself
) -> list[World]:
    """A run that goes on through the worlds with these numbers, the first of which is the last of `way`.

    Parameters
    ----------
    spent : tuple of four ints
        How much of each budget `way` took.

    Raises
    ------
    AssertionError
        As `follow` does.
    """
    worlds = [*way]
    for code in codes[1:]:
        faults = [limit is None or n < limit for n, limit in zip(spent, space.budgets, strict=True)]
        for choice in worlds[-1].enabled(*faults[:3]):
            new, taken = worlds[-1].step(choice), spend(spent, choice, space.budgets)
            if _matches(space, new, taken, code, fold):
                worlds.append(new)
                spent = taken
                break
        else:
            raise AssertionError("explore found a step that world.py does not have: please report this run")
    return worlds


def _start(space: Space, first: World, code: int, fold: Fold) -> tuple[list[World], tuple[int, ...]]:
    """The worlds of the start that leads to `code`, searched depth first."""
    stack: list[tuple[list[World], tuple[int, ...]]] = [([first], (0, 0, 0, 0))]
    while stack:
        worlds, spent = stack.pop()
        world = worlds[-1]
        if fold is _itself and world.started and not _started_so(space, world, code):
            continue
        if len(world.started) == len(space.shifts):
            if _matches(space, world, spent, code, fold):
                return worlds, spent
            continue
        for choice in reversed(world.enabled(spent[0] < space.budgets.crashes)):
            stack.append(([*worlds, world.step(choice)], spend(spent, choice, space.budgets)))
    raise AssertionError("explore found a start that world.py does not have: please report this run")


def _started_so(space: Space, world: World, code: int) -> bool:
    """Whether the node that started last is as it is in the world `code`: nothing changes it before all have."""
    i = len(world.started) - 1
    local = local_of(world, world.started[-1])
    try:
        return space.reactions.local_id(i, local, known=True) == space.parts(code)[i]
    except KeyError:
        return False


def _matches(space: Space, world: World, spent: tuple[int, ...], code: int, fold: Fold) -> bool:
    try:
        return fold(encode(space, world, spent)) == code
    except KeyError:
        return False
