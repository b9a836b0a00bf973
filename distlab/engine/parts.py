"""A node's part of a world: its attributes, its disk, its timers; and what tells two of them apart."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, NamedTuple

from distlab import values
from distlab.effects import Store
from distlab.node import Node

MISSING = ("missing",)  # stands for an attribute that a node has not


class Alarm(NamedTuple):
    """A timer that is set: its name, how long it runs, and where it stands among the others.

    ``place`` is, with rounds, the number of rounds until it is due; with ordered timers, the place of
    the handler that set it among those that set timers of this node; otherwise 0.
    """

    name: str
    after: tuple[float, float]
    place: int = 0


class Local(NamedTuple):
    """One node's part of a world."""

    node: Node
    up: bool
    store: Store
    alarms: tuple[Alarm, ...]
    calling: bool  # whether it has an open operation


def identity(local: Local, ordered: bool) -> Hashable:
    """What tells a part from others; `ordered`: the order of its timers counts."""
    seen: dict[int, int] = {}  # one for all attributes: two may hold the same list
    attributes = tuple([(k, values.key(v, seen)) for k, v in sorted(state(local.node).items())])
    alarms: Hashable = local.alarms
    if not ordered:
        alarms = frozenset([(alarm.name, alarm.place) for alarm in local.alarms])
    return (attributes, local.up, disk_key(local.store), alarms, local.calling)


def state(node: Node) -> dict[str, Any]:
    """The attributes of a node, those of a node that it wraps included."""
    return {k: vars(v) if isinstance(v, Node) else v for k, v in vars(node).items()}


def part(local: Local, name: str) -> Hashable:
    """One thing that can be read of a node, as something that can be compared."""
    if name == "(up)":
        return local.up
    if name == "(timers)":
        return frozenset((alarm.name, alarm.place) for alarm in local.alarms)
    if name == "(disk)":
        return disk_key(local.store)
    attributes = state(local.node)
    if name == "(all)":
        return values.key(dict(sorted(attributes.items())))
    return values.key(attributes[name]) if name in attributes else MISSING


def disk_key(store: Store) -> Hashable:
    """The identity of what is on a disk."""
    if not (store.data or store.log or store.pending):
        return None
    return (values.key(store.data), values.key(store.log), tuple(map(values.key, store.pending)))


def before(one: Alarm, other: Alarm) -> bool:
    """Whether `one` runs out before `other`: set no later, for no longer; of equals the first by name."""
    if one is other or not (one.place <= other.place and one.after[1] <= other.after[0]):
        return False
    return (one.place, one.after[1], one.name) < (other.place, other.after[0], other.name)
