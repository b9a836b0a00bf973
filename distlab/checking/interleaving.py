"""Is there an order that keeps each client's own? The search through all interleavings of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import accumulate
from typing import Any, NamedTuple

from distlab.checking.automaton import REFUSED, Automaton, Kind
from distlab.checking.search import Placed
from distlab.checking.specification import UNKNOWN, Model
from distlab.history import Operation

# How far each client has got, which of the crashed were used, what each object holds, and the order so far.
Config = tuple[tuple[int, ...], int, tuple[int, ...], Placed]


class Turn(NamedTuple):
    """One operation of a client, in its place."""

    which: int  # index of the operation
    kind: Kind
    key: int  # the number of its object
    must: bool


class Extra(NamedTuple):
    """An operation whose client gave up on it."""

    bit: int
    which: int
    kind: Kind
    key: int
    client: int
    after: int  # how many turns of the client come before it


class Interleaving:
    """Where every client has got to, what each object holds, and whether that has been tried.

    Parameters
    ----------
    operations : sequence of Operation
        In order of calls, none of them failed.
    model : Model
        What the objects do.
    forgotten : set of int
        Indices of operations of which it is forgotten what they returned and whether they happened.
    needs : mapping of int to set of int
        Operations that are known to come before a write in every order, by index.
    """

    def __init__(
        self,
        operations: Sequence[Operation],
        model: Model,
        forgotten: Set[int] = frozenset(),
        needs: Mapping[int, Set[int]] | None = None,
    ) -> None:
        self.operations, self.model = operations, model
        self._needs = {i: sum(1 << j for j in before) for i, before in (needs or {}).items()}
        self.steps = 0
        self.placed: Placed = None
        self.stuck: Operation | None = None
        self._automata: dict[Any, Automaton] = {}
        self._turns: list[list[Turn]] = []
        self._extras: list[Extra] = []
        self._read_in(forgotten)
        self._passed = [list(accumulate((1 << t.which for t in turns), initial=0)) for turns in self._turns]
        self._states: tuple[int, ...] = (0,) * len(self._automata)
        self._stack: list[Config] = [((0,) * len(self._turns), 0, self._states, None)]
        self._seen: dict[tuple[tuple[int, ...], tuple[int, ...]], tuple[int, ...]] = {}
        self._furthest = (-1, 0)

    def _read_in(self, forgotten: Set[int]) -> None:
        clients: dict[str, int] = {}
        keys: dict[Any, int] = {}
        model = self.model
        for index, operation in enumerate(self.operations):
            key = model.object_of(operation.call)
            if key not in self._automata:
                self._automata[key] = Automaton(model)
            number = keys.setdefault(key, len(keys))
            client = clients.setdefault(operation.client, len(clients))
            if client == len(self._turns):
                self._turns.append([])
            kind = self._automata[key].kind(operation, index in forgotten)
            if kind.result is UNKNOWN and kind.reads:
                continue
            if operation.returned is None:
                after = len(self._turns[client])
                self._extras.append(Extra(1 << len(self._extras), index, kind, number, client, after))
            else:
                self._turns[client].append(Turn(index, kind, number, index not in forgotten))

    def run(self, steps: int) -> bool | None:
        """Look at so many more configurations; whether there is an order, None when not known yet."""
        end = self.steps + steps
        while self._stack:
            if self.steps >= end:
                return None
            places, used, states, placed = self._stack.pop()
            places, placed = self._read_ahead(places, states, placed)
            if all(place == len(turns) for place, turns in zip(places, self._turns, strict=True)):
                self.placed, self._states = placed, states
                return True
            tried = self._seen.get((places, states), ())
            if any(before & used == before for before in tried):
                continue
            self._seen[places, states] = (*tried, used)
            self.steps += 1
            self._remember(places, used, states, placed)
            self._stack += self._choices(places, used, states, placed)
        return False

    def _read_ahead(
        self, places: tuple[int, ...], states: tuple[int, ...], placed: Placed
    ) -> tuple[tuple[int, ...], Placed]:
        """Take every read that is legal now: in any order it may be moved here."""
        now = list(places)
        for client, turns in enumerate(self._turns):
            while now[client] < len(turns):
                turn = turns[now[client]]
                if not turn.kind.reads or turn.kind[states[turn.key]] == REFUSED:
                    break
                now[client] += 1
                placed = (turn.which, placed)
        return tuple(now), placed

    def _choices(
        self, places: tuple[int, ...], used: int, states: tuple[int, ...], placed: Placed
    ) -> list[Config]:
        """What may come next. The last is tried first: what was called first; what crashed is tried last."""
        done = self._done(places, used) if self._needs else 0
        choices: list[Config] = []
        taken = set()
        for bit, which, kind, key, client, after in self._extras:
            state = kind[states[key]]
            if used & bit or places[client] < after or (kind.number, key) in taken:
                continue
            taken.add((kind.number, key))  # of two that ask the same, either will do
            if state not in (REFUSED, states[key]) and not self._needs.get(which, 0) & ~done:
                choices.append((places, used | bit, _with(states, key, state), (which, placed)))
        turns = [
            (turns[p], client)
            for client, (p, turns) in enumerate(zip(places, self._turns, strict=True))
            if p < len(turns)
        ]
        for (which, kind, key, must), client in sorted(turns, key=lambda turn: -turn[0].which):
            further = _with(places, client, places[client] + 1)
            state = kind[states[key]]
            if not must:
                choices.append((further, used, states, placed))
            if state != REFUSED and not self._needs.get(which, 0) & ~done:
                choices.append((further, used, _with(states, key, state), (which, placed)))
        return choices

    def _done(self, places: tuple[int, ...], used: int) -> int:
        """All that has been placed, as bits."""
        done = sum(1 << extra.which for extra in self._extras if used & extra.bit)
        for place, passed in zip(places, self._passed, strict=True):
            done |= passed[place]
        return done

    def _remember(self, places: tuple[int, ...], used: int, states: tuple[int, ...], placed: Placed) -> None:
        """Keep the order that got furthest, and the first operation that could not follow it."""
        got = (sum(places), -used.bit_count())
        if got > self._furthest:
            self._furthest, self.placed, self._states = got, placed, states
            waiting = [turns[p] for p, turns in zip(places, self._turns, strict=True) if p < len(turns)]
            refused = [turn for turn in waiting if turn.kind[states[turn.key]] == REFUSED]
            self.stuck = self.operations[min(turn.which for turn in refused or waiting)]

    def states_shown(self) -> Any:
        """What the objects hold after the order found: by key, where there are keys."""
        shown = {
            key: automaton.states[state]
            for (key, automaton), state in zip(self._automata.items(), self._states, strict=True)
        }
        return shown if self.model.key else shown[None]

    def order(self) -> list[Operation]:
        """The order found, or the one that got furthest."""
        found, placed = [], self.placed
        while placed is not None:
            index, placed = placed
            found.append(self.operations[index])
        return found[::-1]


def _with(values: tuple[int, ...], place: int, value: int) -> tuple[int, ...]:
    return (*values[:place], value, *values[place + 1 :])
