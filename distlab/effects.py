"""What a handler yields: an ordered list of effects, and the disk that some of them write to.

An effect is a flat tuple that begins with its kind. Schedulers arrange the list (`arrange`) and
carry it out one effect at a time, because a crash may fall between any two of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, MutableMapping, Sequence
from itertools import groupby
from typing import Any

from distlab.values import TORN, FrozenDict, frozen, text

Effect = tuple[Any, ...]

SEND, WRITE, SYNC, SET, CANCEL, NOTE, INVOKE, COMPLETE, FAIL, GIVE_UP = range(10)
# (SEND, to, message)  (WRITE, "put" | "delete" | "append", key or None, value)  (SYNC,)
# (SET, timer, (shortest, longest) in ms)  (CANCEL, timer)  (NOTE, text)  (INVOKE, call)
# (COMPLETE, result)  (FAIL,)  (GIVE_UP,)

OUTCOMES = {COMPLETE: "completed", FAIL: "failed", GIVE_UP: "gave up"}
LEAVES = frozenset({SEND, COMPLETE, FAIL})  # what others can see: by default the disk is forced before it
INSTANTS = {SEND: "send", SET: "timer", CANCEL: "timer"}  # where the order of asking means nothing


def arrange(effects: list[Effect], rank: Callable[[str], int], autosync: bool) -> list[Effect]:
    """Put a handler's effects into the order in which they happen.

    Consecutive sends happen at one instant, so they are put in order of destination, and consecutive
    settings of timers in order of their names: a loop over a set of names then gives the same run in
    every process. With `autosync` each run of writes is forced before the next effect that others can
    see, and at the latest at the handler's end.

    Parameters
    ----------
    effects : list of tuple
        In the order in which the handler asked for them.
    rank : function from a name to int
        The place of a node among all nodes.
    autosync : bool
        Whether to force the writes without being asked.

    Returns
    -------
    list of tuple
        The same effects, with (SYNC,) where the disk is forced.
    """
    arranged: list[Effect] = []
    unforced = False
    for instant, together in groupby(effects, lambda effect: INSTANTS.get(effect[0])):
        batch = list(together)
        if instant == "send":
            batch.sort(key=lambda send: rank(send[1]))
        elif instant == "timer":
            batch.sort(
                key=lambda timer: str(timer[1])
            )  # a stable sort: of two with one name the later counts
        for effect in batch:
            if autosync and unforced and effect[0] in LEAVES:
                arranged.append((SYNC,))
                unforced = False
            arranged.append(effect)
            unforced = effect[0] == WRITE or (unforced and effect[0] != SYNC)
    return [*arranged, (SYNC,)] if autosync and unforced else arranged


def timer_name(effect: Effect) -> str:
    """The name of the timer that is set or cancelled."""
    return str(effect[1])


class Store:
    """What is really on a node's disk: what was forced, and the writes that are not forced yet.

    Attributes
    ----------
    data, log : dict and list
        What survives any crash.
    pending : list of WRITE effects
        Written, not forced: a crash keeps a prefix of them.
    """

    __slots__ = ("data", "log", "pending")

    def __init__(self) -> None:
        self.data: dict[Any, Any] = {}
        self.log: list[Any] = []
        self.pending: list[Effect] = []

    def write(self, effect: Effect) -> None:
        """Take a write; it is not forced yet."""
        self.pending.append(effect)

    def force(self) -> None:
        """Make all that is pending survive a crash."""
        for write in self.pending:
            _apply(write, self.data, self.log)
        self.pending.clear()

    def crash_outcomes(self) -> list[tuple[int, bool]]:
        """All that a crash now may leave: (pending writes kept, whether the next one, a log record, is torn)."""
        outcomes: list[tuple[int, bool]] = []
        for kept in range(len(self.pending) + 1):
            outcomes.append((kept, False))
            if kept < len(self.pending) and self.pending[kept][1] == "append":
                outcomes.append((kept, True))
        return outcomes

    def crash(self, kept: int, torn: bool) -> None:
        """Keep the first `kept` pending writes, and the next log record torn if so asked; forget the rest."""
        for write in self.pending[:kept]:
            _apply(write, self.data, self.log)
        if torn:
            self.log.append(TORN)
        self.pending.clear()

    def copy(self) -> Store:
        """An independent copy."""
        new = Store()
        new.data, new.log, new.pending = dict(self.data), list(self.log), list(self.pending)
        return new


def _apply(write: Effect, data: dict[Any, Any], log: list[Any]) -> None:
    _, how, key, value = write
    if how == "put":
        data[key] = value
    elif how == "delete":
        del data[key]
    else:
        log.append(value)


class Log(Sequence[Any]):
    """The append-only list on a node's disk, as its node sees it."""

    __slots__ = ("_disk",)

    def __init__(self, disk: DiskView) -> None:
        self._disk = disk

    def append(self, record: Any) -> None:
        """Write one record, a plain value, at the end."""
        self._disk._write("append", None, record)

    def __getitem__(self, index: Any) -> Any:
        return self._disk._log[index]

    def __len__(self) -> int:
        return len(self._disk._log)

    def __repr__(self) -> str:
        return text(self._disk._log)


class DiskView(MutableMapping[Any, Any]):
    """A node's disk as its node sees it: a mapping, and an append-only list ``log``.

    Values are frozen to plain data when they are written (a list comes back as a tuple), so that
    nothing in memory aliases them. A node reads its own unforced writes; a crash may not keep them.
    """

    __slots__ = ("_data", "_effects", "_log")

    def __init__(self, store: Store, effects: list[Effect]) -> None:
        self._data = dict(store.data)
        self._log = list(store.log)
        self._effects = effects
        for write in store.pending:
            _apply(write, self._data, self._log)

    def _write(self, how: str, key: Any, value: Any) -> None:
        effect = (WRITE, how, frozen(key), frozen(value))
        _apply(effect, self._data, self._log)
        self._effects.append(effect)

    def sync(self) -> None:
        """Force all writes so far: when the next effect happens, they survive a crash."""
        self._effects.append((SYNC,))

    @property
    def log(self) -> Log:
        """The append-only list."""
        return Log(self)

    def __getitem__(self, key: Any) -> Any:
        return self._data[key]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._write("put", key, value)

    def __delitem__(self, key: Any) -> None:
        if key not in self._data:
            raise KeyError(key)
        self._write("delete", key, None)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return text(self._data) + (f", log {text(self._log)}" if self._log else "")


__all__ = ["TORN", "DiskView", "Effect", "FrozenDict", "Log", "Store", "arrange"]
