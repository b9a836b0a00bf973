"""Why a run breaks what it breaks: what changed, what else it took, and since when nothing could save it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from distlab import values
from distlab.blame import listed
from distlab.engine.fairness import TooMany, escape
from distlab.engine.graphs import step
from distlab.engine.judge import Judge
from distlab.engine.parts import Local
from distlab.engine.space import Full, Space
from distlab.engine.story import happened
from distlab.node import Node
from distlab.trace import Trace

HISTORY = "the history"
MOST = 20_000  # worlds that are looked through for each step of the run


class Change(NamedTuple):
    """Something that an invariant read, and that is not what it was: ``b.state``, before, after."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        if self.what == HISTORY:
            return f"to {HISTORY} it adds: {self.after.removeprefix(self.before).removeprefix('; ')}"
        return f"{self.what} went from {self.before} to {self.after}"


class Reason(NamedTuple):
    """Why the last world of a run is bad.

    Attributes
    ----------
    changed : list of Change
        What the invariant reads and the last step changed.
    besides : list of Change
        What else it took: had it stayed as it was at first, all would be well.
    said : str
        What the invariant says itself, where its answer has words (`Verdict.why`).
    """

    changed: list[Change]
    besides: list[Change]
    said: str


def reason(space: Space, judge: Judge, codes: Sequence[int]) -> Reason:
    """Why an invariant does not hold in the last of these worlds and did in those before."""
    last, before = codes[-1], codes[-2] if len(codes) > 1 else codes[-1]
    _, reads = judge.evaluate(last)
    changed, besides = [], []
    for place, name in reads:
        was, now, first = (value_of(space, world, place, name) for world in (before, last, codes[0]))
        if was != now:
            changed.append(Change(title(space, place, name), was, now))
        elif first != now and isinstance(place, int) and judge(with_part(space, last, place, codes[0])):
            besides.append(Change(title(space, place, name), first, now))
    said = getattr(judge.predicate(judge.view.at(last)), "why", "")
    return Reason(changed, besides, said if isinstance(said, str) else "")


def what_broke(space: Space, judge: Judge, codes: Sequence[int], trace: Trace) -> str:
    """The event and the values that broke an invariant, in a sentence."""
    found, last = reason(space, judge, codes), len(codes) - 1
    said = f"Step {last}: {happened(trace, last)}"
    said += f"; {listed(map(str, found.changed))}" if found.changed else ""
    besides = [f"{change.what} is {change.after}" for change in found.besides]
    said += f", while {listed(besides)}." if besides else "."
    return said + (f" {found.said[:1].upper()}{found.said[1:]}." if found.said else "")


def what_is_missing(space: Space, goal: Judge, codes: Sequence[int]) -> str:
    """How things stand where a run ends, or comes round again, without having met its goal."""
    _, reads = goal.evaluate(codes[-1])
    ends = [stands(space, codes[-1], *what) for what in reads]
    return f"At the end {listed(ends)}." if ends else ""


def since_when(trace: Trace, step: int, last: int | None, fate: str) -> str:
    """Since which step nothing could save a run, in a sentence; `last` is where it ends, if it does."""
    if step == 0:
        return f"No fault is needed: from the start every fair run {fate}."
    if step == last:
        return "Up to this last step it could still have gone well."
    when = f"After step {step} ({happened(trace, step)})"
    return f"{when} every fair continuation without new faults {fate}; before, there was one that did not."


def with_part(space: Space, world: int, i: int, other: int) -> int:
    """The world with node `i` as it is in the other one."""
    mask = space.mask << space.shifts[i]
    return (world & ~mask) | (other & mask)


def title(space: Space, place: Any, name: str) -> str:
    """What is read, in words."""
    if place == "net":
        return "what is under way"
    if place == "history":
        return HISTORY
    node = space.reactions.names[place]
    words = {"(up)": node, "(timers)": f"{node}'s timers", "(disk)": f"{node}'s disk", "(all)": node}
    return words.get(name, f"{node}.{name}")


def value_of(space: Space, world: int, place: Any, name: str) -> str:
    """What is read there in a world, in words."""
    if place == "net":
        mail = sorted(step(space, m) for m, _ in space.in_flight(world >> space.net))
        return "{" + "; ".join(mail) + "}"
    if place == "history":
        return "; ".join(
            " ".join([row[1], row[0], *map(values.text, row[2:])]) for row in space.history(world)
        )
    local = space.reactions.locals[place][space.parts(world)[place]]
    return _of_node(local, name)


def stands(space: Space, world: int, place: Any, name: str) -> str:
    """How something that is read stands in a world: ``b.state is 'working' (b is down)``."""
    said = f"{title(space, place, name)} is {value_of(space, world, place, name)}"
    if isinstance(place, int) and name != "(up)":
        if not space.reactions.locals[place][space.parts(world)[place]].up:
            said += f" ({space.reactions.names[place]} is down)"
    return said


def _of_node(local: Local, name: str) -> str:
    if name == "(up)":
        return "up" if local.up else "down"
    if name == "(timers)":
        return "{" + ", ".join(sorted(alarm.name for alarm in local.alarms)) + "}"
    if name == "(disk)":
        store = local.store
        return values.text((store.data, store.log, [write[1:] for write in store.pending]))
    if name == "(all)":
        return values.text(vars(local.node))
    value = getattr(local.node, name, None)
    if isinstance(value, Node):  # one that is wrapped
        return repr(value)
    return values.text(value) if hasattr(local.node, name) else "not there"


def turning_point(space: Space, codes: Sequence[int], bad: Any, edge: Any) -> int | None:
    """The place of the first world from which on every fair run without new faults meets a bad one.

    Looked for from the end; None when more worlds would have to be looked through than are worth it.
    """
    first = len(codes) - 1
    while first > 0:
        try:
            found = escape(space, [codes[first - 1]], bad, edge, faults=False, most=MOST)
        except (TooMany, Full):
            return None
        if found is not None:
            return None if found.cut else first
        first -= 1
    return first


def lost_point(space: Space, codes: Sequence[int], goal: Any, edge: Any) -> int | None:
    """The place of the first world from which no run without new faults reaches the goal; None: not known."""
    for k, code in enumerate(codes):
        reached = _reaches(space, code, goal, edge)
        if reached is None:
            return None
        if not reached:
            return k
    return None


def _reaches(space: Space, start: int, goal: Any, edge: Any) -> bool | None:
    """Whether some run without faults reaches the goal; None: the bounds hide it."""
    order, known = [start], {start}
    for world in order:  # it grows under way
        if edge(world) or space.held_back(world) or len(order) > MOST:
            return None
        try:
            space.check(world)
        except Full:
            return None
        for what, new in space.successors(world):
            if what.__class__ is not str and new not in known:
                if goal(new):
                    return True
                known.add(new)
                order.append(new)
    return False
