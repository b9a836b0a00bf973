"""A world as an invariant sees it, and invariants that are evaluated once for all that they look at.

An invariant looks at a few attributes of a few nodes. A view notes what it reads; the answer is kept
in a tree that asks for the same things in the same order, and serves every world in which they are
the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from types import FunctionType
from typing import Any

from distlab import values
from distlab.blame import listed
from distlab.effects import DiskView, Store
from distlab.engine.reactions import Local, no_clock, part
from distlab.engine.space import Space
from distlab.history import History
from distlab.node import Context, Node
from distlab.steps import InFlight, Timer
from distlab.trace import Trace

Predicate = Callable[[Any], Any]
ALONE = "it has to depend on the world alone"
NOT_THERE = {
    "steps": "a search counts no steps",
    "round": "a search counts no rounds",
    "rows": "a search keeps no rows",
}


class NeedsHistory(Exception):
    """An invariant reads the history, which is not part of the worlds of this search yet."""


class InvariantError(ValueError):
    """What is wrong with an invariant, in one sentence."""


class View:
    """One world of a search, for reading: ``nodes``, ``up``, ``in_flight``, ``timers``, ``disks``, ``history``.

    Parameters
    ----------
    space : Space

    Attributes
    ----------
    reads : list of (int or str, str)
        What was read, in order, each once: (node, what of it), ("net", ""), ("history", "").
    """

    def __init__(self, space: Space) -> None:
        self._space, self._code, self._parts = space, 0, [0] * len(space.shifts)
        self.reads: dict[tuple[Any, str], None] = {}
        self._watched: dict[tuple[int, int], Node] = {}
        names = space.reactions.names
        self.nodes: Mapping[str, Any] = _PerNode(names, self._node)
        self.up: Mapping[str, bool] = _PerNode(names, lambda i: self._read(i, "(up)").up)
        self.timers: Mapping[str, Any] = _PerNode(names, self._timers)
        self.disks: Mapping[str, Store] = _PerNode(names, lambda i: self._read(i, "(disk)").store.copy())

    def at(self, code: int) -> View:
        """Look at another world."""
        self._code, self._parts, self.reads = code, self._space.parts(code), {}
        return self

    def _local(self, i: int) -> tuple[int, Local]:
        return self._parts[i], self._space.reactions.locals[i][self._parts[i]]

    def _read(self, i: int, what: str) -> Local:
        self.reads[i, what] = None
        return self._local(i)[1]

    def _node(self, i: int) -> Node:
        p, local = self._local(i)
        if (i, p) not in self._watched:
            self._watched[i, p] = _watch(self._space, i, local, lambda what: self._read(i, what))
        return self._watched[i, p]

    def _timers(self, i: int) -> tuple[Timer, ...]:
        alarms = sorted(self._read(i, "(timers)").alarms)
        return tuple([Timer(alarm.name, 0, 0, (0.0, float("inf")), alarm.place) for alarm in alarms])

    @property
    def in_flight(self) -> tuple[InFlight, ...]:
        """The messages under way, in no order that means anything; ``n`` counts equal ones."""
        self.reads["net", ""] = None
        reactions, copies = self._space.reactions, {}  # type: Any, dict[int, int]
        flights = []
        for m, rounds in self._space.in_flight(self._code >> self._space.net):
            sender, receiver, message = reactions.messages[m]
            copies[m] = copies.get(m, 0) + 1
            flights.append(
                InFlight(reactions.names[sender], reactions.names[receiver], message, copies[m], rounds)
            )
        return tuple(flights)

    @property
    def history(self) -> History:
        """What clients called and what returned, in order; positions count calls and returns."""
        if not self._space.keeps_history:
            raise NeedsHistory
        self.reads["history", ""] = None
        rows = [(k, *row) for k, row in enumerate(self._space.history(self._code))]
        return Trace(self._space.reactions.names, rows, unit="steps").history()

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(
            f"a world in a search has nodes, up, in_flight, timers, disks and history, not {name!r}"
            + (f": {NOT_THERE[name]}" if name in NOT_THERE else "")
        )


class _PerNode(Mapping[str, Any]):
    """Something of each node, by name."""

    def __init__(self, names: tuple[str, ...], get: Callable[[int], Any]) -> None:
        self._places = {name: i for i, name in enumerate(names)}
        self._get = get

    def __getitem__(self, name: str) -> Any:
        if name not in self._places:
            raise KeyError(f"there is no node {name!r}; the nodes are {listed(self._places)}")
        return self._get(self._places[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return values.text(dict(self))


_watched_classes: dict[type, type] = {}


def _watch(space: Space, i: int, local: Local, read: Callable[[str], Any]) -> Node:
    """A copy of a node that tells which of its attributes are read, and refuses to be changed."""
    cls = type(local.node)
    if cls not in _watched_classes:
        _watched_classes[cls] = type(cls.__name__, (cls,), _WATCHING | {"__module__": cls.__module__})
    node: Node = object.__new__(_watched_classes[cls])
    object.__getattribute__(node, "__dict__").update(values.copy(vars(local.node)))
    names, peers = space.reactions.names, space.reactions.peers
    disk = DiskView(local.store, [])
    context = Context(names[i], peers[i], disk, lambda options: 0, no_clock)
    object.__setattr__(node, "_context", context)
    object.__setattr__(node, "_reading", read)
    return node


def _getattribute(self: Any, name: str) -> Any:
    own = object.__getattribute__
    if name == "disk":
        own(self, "_reading")("(disk)")
    elif name == "__dict__":
        own(self, "_reading")("(all)")
    elif name[:2] != "__" and name not in _SLOTS:
        of_class = getattr(type(self), name, None)
        if name in own(self, "__dict__") or not isinstance(of_class, (FunctionType, property)):
            own(self, "_reading")(name)
    return own(self, name)


def _setattr(self: Any, name: str, value: Any) -> None:
    raise TypeError(
        f"it set {name} of {self._context.name}, but whoever judges a world changes nothing in it"
    )


_SLOTS = ("_context", "_effects", "_reading")
_WATCHING: dict[str, Any] = {
    "__slots__": ("_reading",),
    "__getattribute__": _getattribute,
    "__setattr__": _setattr,
}


class Lens:
    """One thing to be read in a world: where it stands, and what the numbers there mean."""

    def __init__(self, space: Space, place: int | str, name: str) -> None:
        self.space, self.place, self.name = space, place, name
        if isinstance(place, int):
            self.shift, self.mask = space.shifts[place], space.mask
        else:
            self.shift = space.net if place == "net" else space.history_shift
            self.mask = -1 if place == "net" else space.mask
        self._known: dict[int, Hashable] = {}

    def value(self, world: int) -> Hashable:
        """What is there in `world`, as something that can be compared."""
        number = world >> self.shift & self.mask
        if not isinstance(self.place, int):
            return number
        if number not in self._known:
            self._known[number] = part(self.space.reactions.locals[self.place][number], self.name)
        return self._known[number]


class Judge:
    """A predicate on worlds that is evaluated once for all that it reads.

    Parameters
    ----------
    kind, name : str
        What it is for (``"always"``) and called, for sentences.
    predicate : function of a world
    space : Space
    """

    def __init__(self, kind: str, name: str, predicate: Predicate, space: Space) -> None:
        self.kind, self.name, self.predicate, self.space = kind, name, predicate, space
        self.view = View(space)
        self._lenses: dict[tuple[Any, str], Lens] = {}
        # A branch is (shift, mask, children by number, children by value, lens); a leaf a bool.
        self._root: Any = None

    def __call__(self, world: int) -> bool:
        """Whether it holds in `world`."""
        at = self._root
        while at.__class__ is tuple:
            at = at[2].get(world >> at[0] & at[1])
        return self._learn(world) if at is None else at

    def evaluate(self, world: int) -> tuple[bool, list[tuple[Any, str]]]:
        """Its answer in `world`, and what it read there, in order."""
        view = self.view.at(world)
        try:
            answer = self.predicate(view)
        except NeedsHistory:
            raise
        except Exception as error:
            detail = f" ({error})" if str(error) else ""
            raise InvariantError(
                f"{self} raised {type(error).__name__}{detail} instead of answering"
            ) from error
        if answer is None or not hasattr(type(answer), "__bool__"):
            said = "nothing (a return is missing?)" if answer is None else values.text(answer)
            raise InvariantError(f"{self} answered {said}, which is neither true nor false")
        return bool(answer), list(view.reads)

    def _learn(self, world: int) -> bool:
        """Look whether the answer is known by value; if not, evaluate and remember."""
        at = self._root
        while at.__class__ is tuple:
            shift, mask, by_number, by_value, lens = at
            child = by_value.get(lens.value(world))
            if child is not None:
                by_number[world >> shift & mask] = child
            at = child
        if at is None:
            at, reads = self.evaluate(world)
            self._insert(world, reads, at)
        return bool(at)

    def _insert(self, world: int, reads: list[tuple[Any, str]], answer: bool) -> None:
        """Put an answer into the tree, at the end of the path of what was read."""
        branches: Any = [None, None, {}, {}, None]  # a root above the root
        before, number, value = branches, 0, None
        before[3][value] = self._root
        for what in reads:
            at = before[3].get(value)
            if at is None:
                at = before[2][number] = before[3][value] = self._branch(what)
            elif at.__class__ is not tuple or (at[4].place, at[4].name) != what:
                raise InvariantError(f"{self} looked at something else than before in one world: {ALONE}")
            before, number, value = at, world >> at[0] & at[1], at[4].value(world)
        if before[3].get(value) is not None:
            raise InvariantError(f"{self} gave two answers in one world: {ALONE}")
        before[2][number] = before[3][value] = answer
        self._root = branches[3][None]

    def _branch(self, what: tuple[Any, str]) -> tuple[Any, ...]:
        if what not in self._lenses:
            self._lenses[what] = Lens(self.space, *what)
            if self.kind in ("always", "sometimes"):
                self.space.watch(*what)
        lens = self._lenses[what]
        return (lens.shift, lens.mask, {}, {}, lens)

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"
