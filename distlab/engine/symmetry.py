"""Nodes that may change places: of worlds that differ only in that, one stands for all.

Names are exchanged wherever they occur: as keys of the world, in attributes, on disks, in messages, in
the names of timers. That is right only if no handler and no invariant can tell the difference, so each
is tried with the names exchanged when it is first run; where it does something else, the symmetry is
refused. Counts are then of classes of worlds; lengths of shortest ways stay what they are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise, permutations, product
from typing import Any

import msgspec

from distlab import values
from distlab.blame import listed
from distlab.effects import Store
from distlab.engine.judge import Judge
from distlab.engine.networks import FifoSpace
from distlab.engine.parts import Local, identity
from distlab.engine.reactions import Input, Outcome, Reaction
from distlab.engine.space import Space
from distlab.node import clone
from distlab.plain import FrozenDict, attributes

MOST = 720  # orders in which the nodes can stand: six nodes that may change places
Places = tuple[int, ...]  # for each node, whose place it takes


class Symmetry:
    """The exchanges of some nodes, on the worlds of a space.

    Parameters
    ----------
    space : Space
    groups : sequence of sequences of names
        Within each of them every two nodes may change places.

    Raises
    ------
    ValueError
        When they may not.
    """

    def __init__(self, space: Space, groups: Sequence[Sequence[str]]) -> None:
        self.space, self.reactions = space, space.reactions
        rank, n = self.reactions.rank, len(self.reactions.names)
        indices = [[rank[name] for name in group] for group in groups]
        self.all = [_places(n, indices, orders) for orders in product(*map(permutations, indices))]
        self.all.remove(tuple(range(n)))
        swaps = [pair for group in indices for pair in pairwise(group)]
        self.swaps = [_places(n, [pair], [pair[::-1]]) for pair in swaps]
        self._parts: dict[tuple[Places, int, int], int] = {}
        self._messages: dict[tuple[Places, int], int] = {}
        self._order = isinstance(space, FifoSpace)
        for places in self.swaps:
            self._check_start(places)
        self.reactions.check = self._check

    def fold(self, world: int) -> int:
        """The world that stands for this one and all that differ from it only in who is in whose place."""
        return min([world, *[self.image(places, world) for places in self.all]])

    def image(self, places: Places, world: int) -> int:
        """The world with the nodes in other places."""
        space, code = self.space, 0
        for i, p in enumerate(space.parts(world)):
            code += self._part(places, i, p) << space.shifts[places[i]]
        spent = (1 << space.net) - (1 << space.tallies[0].shift)
        mail = [(self._message(places, m), rounds) for m, rounds in space.in_flight(world >> space.net)]
        code += (world & spent) + (space.pack(mail) << space.net)
        calls = [tuple(self.renamed(places, part) for part in row) for row in space.history(world)]
        return space.recall(code, tuple([self.reactions.call_id(row) for row in calls]))

    def renamed(self, places: Places, value: Any) -> Any:
        """A value with the names exchanged."""
        names = self.reactions.names
        return renamed(value, {name: names[places[i]] for i, name in enumerate(names)}, {})

    def _part(self, places: Places, i: int, p: int) -> int:
        if (places, i, p) not in self._parts:
            number = self.reactions.local_id(
                places[i], self._renamed_local(places, self.reactions.locals[i][p])
            )
            self._parts[places, i, p] = number
        return self._parts[places, i, p]

    def _renamed_local(self, places: Places, local: Local) -> Local:
        node, store = clone(local.node), Store()
        vars(node).update(self.renamed(places, vars(local.node)))
        store.data, store.log = self.renamed(places, (local.store.data, local.store.log))
        store.pending = [(*w[:2], *self.renamed(places, w[2:])) for w in local.store.pending]
        alarms = [alarm._replace(name=self.renamed(places, alarm.name)) for alarm in local.alarms]
        return local._replace(node=node, store=store, alarms=tuple(alarms))

    def _message(self, places: Places, m: int) -> int:
        if (places, m) not in self._messages:
            sender, receiver, message = self.reactions.messages[m]
            message = self.renamed(places, message)
            self._messages[places, m] = self.reactions.message_id(places[sender], places[receiver], message)
            self.space.place()
        return self._messages[places, m]

    # --- whether it is one ---

    def _check_start(self, places: Places) -> None:
        """Refuse nodes that differ before anything has happened."""
        reactions, names = self.reactions, self.reactions.names
        who = self._who(places)
        for i, name in enumerate(names):
            other = places[i]
            local, theirs = reactions.locals[i][0], reactions.locals[other][0]
            peers = {names[places[reactions.rank[peer]]] for peer in reactions.peers[i]}
            if type(local.node) is not type(theirs.node) or peers != set(reactions.peers[other]):
                raise ValueError(
                    f"{who} may not change places: they are different nodes, or reach different ones"
                )
            ours = self._renamed_local(places, local)
            if identity(ours, reactions.ordered) != identity(theirs, reactions.ordered):
                raise ValueError(
                    f"{who} may not change places: {name} knows them apart, {values.text(vars(local.node))}; "
                    f"where it names them in an order, a frozenset would do"
                )

    def _check(self, i: int, p: int, what: Input, reaction: Reaction) -> None:
        """Refuse the exchange when a handler then does something else."""
        for places in self.swaps:
            other = self.reactions.found_out(places[i], self._part(places, i, p), self._input(places, what))
            reason = ""
            if self._moved(places, i, reaction.whole) == self._plain(other.whole):
                if self._moved(places, i, reaction.cut) == self._plain(other.cut):
                    continue
                reason = ": a crash between two of its effects leaves another world"
            name, busy = self.reactions.names[i], self.reactions.busy(what)
            raise ValueError(
                f"{self._who(places)} may not change places: {name} does something else when they do, {busy}{reason}"
            )

    def check_judge(self, judge: Judge, world: int) -> None:
        """Refuse the exchange when an invariant then answers something else."""
        for places in self.swaps:
            if judge(self.image(places, world)) is not judge(world):
                raise ValueError(
                    f"{self._who(places)} may not change places: {judge} gives another answer when they do"
                )

    def _who(self, places: Places) -> str:
        return listed(name for i, name in enumerate(self.reactions.names) if places[i] != i)

    def _input(self, places: Places, what: Input) -> Input:
        if what[0] == "deliver":
            return ("deliver", self._message(places, what[1]))
        return (what[0], *[self.renamed(places, timer) for timer in what[1:]])

    def _moved(self, places: Places, i: int, outcomes: Sequence[Outcome]) -> set[Any]:
        """The outcomes of node `i` with the names exchanged."""
        moved = []
        for local, sends, calls in outcomes:
            rows = [
                tuple([self.renamed(places, part) for part in self.reactions.calls[call]]) for call in calls
            ]
            sent = tuple([self._message(places, m) for m in sends])
            ids = tuple([self.reactions.call_id(row) for row in rows])
            moved.append(Outcome(self._part(places, i, local), sent, ids))
        return self._plain(moved)

    def _plain(self, outcomes: Sequence[Outcome]) -> set[Any]:
        """Outcomes that can be compared: the order of messages counts only on one link, if at all."""
        receiver = [receiver for _, receiver, _ in self.reactions.messages]
        kept = [
            sorted(sends, key=lambda m: (receiver[m], 0 if self._order else m)) for _, sends, _ in outcomes
        ]
        return {(o.local, tuple(sends), o.calls) for o, sends in zip(outcomes, kept, strict=True)}


def _places(n: int, groups: Sequence[Sequence[int]], orders: Sequence[Sequence[int]]) -> Places:
    places = list(range(n))
    for group, order in zip(groups, orders, strict=True):
        for i, other in zip(group, order, strict=True):
            places[i] = other
    return tuple(places)


def renamed(value: Any, names: Mapping[str, str], memo: dict[int, Any]) -> Any:
    """A copy of a value in which every string that is a name is another one."""
    cls = value.__class__
    if cls is str:
        return names.get(value, value)
    if value is None or cls in (bool, int, float, bytes) or isinstance(value, Enum):
        return value
    if id(value) in memo:
        return memo[id(value)]

    def new(part: Any) -> Any:
        return renamed(part, names, memo)

    if isinstance(value, (tuple, frozenset)):
        made = [new(part) for part in value]
        return cls(*made) if hasattr(cls, "_fields") else cls(made)
    if isinstance(value, msgspec.Struct):
        return msgspec.structs.replace(value, **{f: new(getattr(value, f)) for f in value.__struct_fields__})
    if isinstance(value, FrozenDict):
        memo[id(value)] = FrozenDict({new(k): new(v) for k, v in value.items()})
        return memo[id(value)]
    memo[id(value)] = result = values.copy(value)
    if isinstance(value, dict):
        dict.clear(result)
        for k, v in value.items():
            dict.__setitem__(result, new(k), new(v))
    elif isinstance(value, (list, set, deque)):
        result.clear()
        for part in value:
            (result.add if isinstance(value, set) else result.append)(new(part))
    else:
        for name, part in attributes(value).items():
            object.__setattr__(result, name, new(part))
    return result
