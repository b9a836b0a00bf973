"""Is there an order? The search through one object's operations, return by return.

The question is Wing and Gong's (1993); the memo of what has been tried is Lowe's (2017, "Testing for
linearizability"). Three things make this one quick:

- It is driven by returns. Nothing has to be placed before something returns that has not been placed yet;
  then some of the open operations are, the returning one last (Lowe's "just in time").
- An operation that can only read, and is legal now, is placed at once: whatever order exists, the same
  order with this read moved here exists too.
- Of operations that ask and answer the same, the one that must return first goes first: in any order,
  two of them may change places.

What crashed may be placed at any time or never. So to try a configuration again with *fewer* crashed
operations left to use is in vain, and from reads that crashed nothing can be learnt.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from distlab.checking.automaton import REFUSED, Automaton, Kind
from distlab.checking.specification import Model
from distlab.history import Operation

# The order found so far, last first: the index of an operation, and those before it.
Placed = tuple[int, "Placed"] | None
# Operations of one kind as (bit, index), the soonest to return first.
Group = tuple[Kind, tuple[tuple[int, int], ...]]
# What is open when an operation returns: its bit and index, whether it must have happened, the reads, the
# writes, and what crashed before. A plain tuple, because the search takes one apart at every step.
Row = tuple[int, int, bool, tuple[tuple[int, Kind, int], ...], tuple[Group, ...], tuple[Group, ...]]

# A configuration: returns passed, open operations placed, crashed ones placed, state, and the order so far.
Config = tuple[int, int, int, int, Placed]


class Search:
    """A search that can be stopped and taken up again.

    Parameters
    ----------
    operations : sequence of Operation
        Of one object, in the order of their calls, none of them failed.
    model : Model
        What the object does.
    forgotten : set of int
        Indices of operations of which it is forgotten what they returned and whether they happened, though
        not when: such a one may be placed before it returns, or never (see core.py).
    """

    def __init__(
        self, operations: Sequence[Operation], model: Model, forgotten: Set[int] = frozenset()
    ) -> None:
        self.operations = operations
        self.automaton = Automaton(model)
        self.steps = 0
        self.placed: Placed = None
        self.state = 0
        self.stuck: int | None = None  # the operation that no order could place in time
        self._furthest = (-1, 0)
        self._forgotten = forgotten
        # Rows are made when the search first gets there: many a bad history is judged by its first half.
        self._rows: list[Row] = []
        self._called = 0
        self._ends = [float("inf") if o.returned is None else o.returned for o in operations]
        self._returns = [i for i, o in enumerate(operations) if o.returned is not None]
        self._returns.sort(key=self._ends.__getitem__)
        self._open: dict[int, tuple[int, Kind]] = {}  # index -> (bit, kind)
        self._reads: dict[int, tuple[int, Kind, int]] = {}
        self._writes: dict[int, Group] = {}  # by the number of the kind
        self._crashed: dict[int, Group] = {}
        self._crashed_row: tuple[Group, ...] = ()
        self._free: list[int] = []  # bits given back
        self._bits = self._crashes = 0  # how many bits were given out
        self._stack: list[Config] = [(0, 0, 0, 0, None)]
        self._seen: dict[tuple[int, int, int], tuple[int, ...]] = {}

    def run(self, steps: int) -> bool | None:
        """Look at so many more configurations.

        Returns
        -------
        bool or None
            Whether there is an order; None when the steps were not enough to know.
        """
        stack, seen, rows = self._stack, self._seen, self._rows
        end = self.steps + steps
        while stack:
            if self.steps >= end:
                return None
            passed, live, crashed, state, placed = stack.pop()
            while True:
                if passed == len(rows) and not self._next_row():
                    self.placed, self.state, self.stuck = placed, state, None
                    return True
                due, last, _, reads, _, _ = rows[passed]
                for bit, kind, index in reads:
                    if not live & bit and kind[state] == state:
                        live |= bit
                        placed = (index, placed)
                if not live & due:
                    break
                live ^= due
                passed += 1
            tried = seen.get((passed, live, state), ())
            if tried and any(used & crashed == used for used in tried):
                continue
            seen[passed, live, state] = (*tried, crashed)
            self.steps += 1
            if passed >= self._furthest[0]:
                # Keep the order that got furthest; of two, the one that explains more with fewer crashes.
                got = (passed, live.bit_count() - crashed.bit_count())
                if got > self._furthest:
                    self._furthest, self.placed, self.state, self.stuck = got, placed, state, last
            stack += _choices(rows[passed], passed, live, crashed, state, placed)
        return False

    def _next_row(self) -> bool:
        """Open what is called up to the next return (intervals are closed); False when none is left."""
        if len(self._rows) == len(self._returns):
            return False
        index = self._returns[len(self._rows)]
        until, operations = self._ends[index], self.operations
        while self._called < len(operations) and operations[self._called].called <= until:
            self._call(self._called)
            self._called += 1
        bit, kind = self._open.pop(index)
        self._free.append(bit)
        reads = tuple(self._reads.values())
        if kind.reads:
            del self._reads[index]
            writes = tuple(self._writes.values())
        else:
            group = self._writes.pop(kind.number)
            writes = (group, *self._writes.values())
            if len(group[1]) > 1:
                self._writes[kind.number] = (kind, group[1][1:])  # the one that returns stood first
        self._rows.append((bit, index, index not in self._forgotten, reads, writes, self._crashed_row))
        return True

    def _call(self, index: int) -> None:
        """Open an operation."""
        operation = self.operations[index]
        kind = self.automaton.kind(operation, index in self._forgotten)
        if operation.returned is None:
            if not kind.reads:
                _, members = self._crashed.get(kind.number, (kind, ()))
                self._crashed[kind.number] = (kind, (*members, (1 << self._crashes, index)))
                self._crashed_row = tuple(self._crashed.values())
                self._crashes += 1
            return
        if self._free:
            bit = self._free.pop()
        else:
            bit = 1 << self._bits
            self._bits += 1
        self._open[index] = (bit, kind)
        if kind.reads:
            self._reads[index] = (bit, kind, index)
        elif kind.number not in self._writes:
            self._writes[kind.number] = (kind, ((bit, index),))
        else:
            members = (*self._writes[kind.number][1], (bit, index))
            soonest = sorted(members, key=lambda member: self._ends[member[1]])
            self._writes[kind.number] = (kind, tuple(soonest))

    def order(self) -> list[Operation]:
        """The order found, or the one that got furthest."""
        found, placed = [], self.placed
        while placed is not None:
            index, placed = placed
            found.append(self.operations[index])
        found.reverse()
        return found


def _choices(row: Row, passed: int, live: int, crashed: int, state: int, placed: Placed) -> list[Config]:
    """What may be placed next. The last is tried first: the one that has to return now; what crashed is tried last."""
    _, _, must, _, writes, crashes = row
    choices: list[Config] = [] if must else [(passed + 1, live, crashed, state, placed)]
    for kind, members in writes:
        after = kind[state]
        if after != REFUSED:
            for bit, index in members:
                if not live & bit:
                    choices.append((passed, live | bit, crashed, after, (index, placed)))
                    break
    for kind, members in crashes:
        after = kind[state]
        if after != REFUSED and after != state:
            for bit, index in members:
                if not crashed & bit:
                    choices.append((passed, live, crashed | bit, after, (index, placed)))
                    break
    choices.reverse()
    return choices
