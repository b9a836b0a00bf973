"""Small numbers for the things that worlds are made of: parts of nodes, messages, calls."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from distlab import values
from distlab.engine.parts import Local, identity


class Numbers:
    """Gives equal things the same number, new things the next.

    Attributes
    ----------
    locals : list of list of Local
        For each node, in order, its parts of worlds by their number; 0 is the node before its start.
    messages : list of (int, int, Message)
        Sender, receiver, message.
    calls : list of tuple
        (kind, name, *detail) of what clients called and what returned.
    """

    def __init__(self, nodes: int, ordered: bool) -> None:
        self.ordered = ordered
        self.locals: list[list[Local]] = [[] for _ in range(nodes)]
        self.messages: list[tuple[int, int, Any]] = []
        self.calls: list[tuple[Any, ...]] = []
        self._local_ids: list[dict[Hashable, int]] = [{} for _ in range(nodes)]
        self._message_ids: dict[Hashable, int] = {}
        self._call_ids: dict[Hashable, int] = {}
        self._aged: dict[tuple[int, int, int], int] = {}

    def local_id(self, i: int, local: Local, known: bool = False) -> int:
        """The number of a part of node `i`; KeyError when it has to be `known` and is not."""
        key, ids = identity(local, self.ordered), self._local_ids[i]
        if key not in ids and not known:
            ids[key] = len(ids)
            self.locals[i].append(local)
        return ids[key]

    def message_id(self, sender: int, receiver: int, message: Any, known: bool = False) -> int:
        """The number of a message from one node to another."""
        key, ids = (sender, receiver, values.key(message)), self._message_ids
        if key not in ids and not known:
            ids[key] = len(ids)
            self.messages.append((sender, receiver, message))
        return ids[key]

    def call_id(self, row: tuple[Any, ...], known: bool = False) -> int:
        """The number of a call or return, given as (kind, name, *detail)."""
        key, ids = values.key(row), self._call_ids
        if key not in ids and not known:
            ids[key] = len(ids)
            self.calls.append(row)
        return ids[key]

    def aged(self, i: int, p: int, rounds: int) -> int:
        """The part `p` of node `i` when so many rounds have passed."""
        local = self.locals[i][p]
        if not rounds or not local.alarms:
            return p
        if (i, p, rounds) not in self._aged:
            alarms = tuple([alarm._replace(place=alarm.place - rounds) for alarm in local.alarms])
            self._aged[i, p, rounds] = self.local_id(i, local._replace(alarms=alarms))
        return self._aged[i, p, rounds]
