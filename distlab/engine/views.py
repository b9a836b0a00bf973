"""A world of a search as an invariant sees it: for reading, and what is read is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import FunctionType
from typing import Any

from distlab import values
from distlab.blame import listed
from distlab.effects import DiskView, Store
from distlab.engine.parts import Local
from distlab.engine.reactions import no_clock
from distlab.engine.space import Space
from distlab.history import History
from distlab.node import Context, Node
from distlab.steps import InFlight, Timer
from distlab.trace import Trace

NOT_THERE = {
    "steps": "a search counts no steps",
    "round": "a search counts no rounds",
    "rows": "a search keeps no rows",
}


class NeedsHistory(Exception):
    """An invariant reads the history, which is not part of the worlds of this search yet."""


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
        self._fragile: set[tuple[int, int]] = set()  # those of them that hold something that can be changed
        self._classes: dict[type, type] = {}
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
            self._watched[i, p] = self._watch(i, local)
            if any(values.copy(value) is not value for value in vars(local.node).values()):
                self._fragile.add((i, p))
        return self._watched[i, p]

    def _watch(self, i: int, local: Local) -> Node:
        """A copy of a node that tells which of its attributes are read, and refuses to be changed."""
        cls, names, peers = type(local.node), self._space.reactions.names, self._space.reactions.peers
        if cls not in self._classes:
            self._classes[cls] = type(cls.__name__, (cls,), _WATCHING | {"__module__": cls.__module__})
        node = Node.__new__(self._classes[cls])
        object.__getattribute__(node, "__dict__").update(values.copy(vars(local.node)))
        context = Context(names[i], peers[i], DiskView(local.store, []), lambda options: 0, no_clock)
        object.__setattr__(node, "_context", context)
        object.__setattr__(node, "_reading", lambda what: self._read(i, what))
        return node

    def changed(self) -> str | None:
        """The name of a node that whoever looked at this world has changed."""
        for i, p in enumerate(self._parts):
            if (i, p) in self._fragile:
                now = object.__getattribute__(self._watched[i, p], "__dict__")
                if values.key(now) != values.key(vars(self._space.reactions.locals[i][p].node)):
                    return self._space.reactions.names[i]
        return None

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
