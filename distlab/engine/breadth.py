"""Every world, breadth first: so the first bad one that is met is one of the nearest."""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

from distlab.engine.columns import Steps
from distlab.engine.judge import Judge
from distlab.engine.reactions import BrokenNode
from distlab.engine.space import Space
from distlab.engine.symmetry import Symmetry

CHUNK = 4_096  # worlds that are taken together


class Breadth:
    """A search of all worlds of a space, level by level.

    Parameters
    ----------
    space : Space
    always, sometimes : sequence of Judge
        What holds in all worlds (the search stops where one does not), and in at least one.
    within : Judge or None
        Worlds in which it does not hold are looked at, but nothing happens in them.
    max_states : int
        Where to give up.
    tick : function of (worlds found, worlds done, depth)
        Called now and then.
    symmetry : Symmetry or None
        Which worlds count as one.
    start : int or None
        The world to begin with; by default those in which all nodes have started.

    Attributes
    ----------
    order : list of int
        The worlds in the order in which they were found.
    levels : list of int
        For each depth, where in ``order`` it begins.
    transitions : int
    ended : str
        ``"all"``, ``"violation"``, ``"bound"``, ``"interrupted"``, ``"broken"``.
    broken : Judge, BrokenNode or None
        What ended the search.
    at : int or None
        The index of the world in which it ended.
    reached : dict
        For each of ``sometimes`` that was reached, by name: the index of the first such world.
    searched : int
        Of how many worlds, the first of ``order``, all steps were taken.
    fringe : bool
        Whether there were worlds in which ``within`` does not hold.
    """

    def __init__(
        self,
        space: Space,
        always: Sequence[Judge] = (),
        sometimes: Sequence[Judge] = (),
        within: Judge | None = None,
        max_states: int = 2_000_000,
        tick: Callable[[int, int, int], None] | None = None,
        symmetry: Symmetry | None = None,
        start: int | None = None,
    ) -> None:
        self.start = start
        self.space, self.always, self.within, self.symmetry = space, tuple(always), within, symmetry
        self.wanted, self.max_states, self.tick = list(sometimes), max_states, tick
        self.order: list[int] = []
        self.levels = [0]
        self.transitions, self.ended, self.fringe = 0, "all", False
        self.broken: Judge | BrokenNode | None = None
        self.at: int | None = None
        self.reached: dict[str, int] = {}
        self.searched = 0
        self._seen: set[int] = set()
        self._parents = array("L")  # for each world, the index of the one it was found from
        self._sound = 0  # that many worlds have been judged

    def run(self) -> Breadth:
        """Search; what was found stays when the search is interrupted."""
        collecting = gc.isenabled()
        gc.disable()  # integers make no cycles
        try:
            initial = self.space.initial() if self.start is None else [self.start]
            for world in dict.fromkeys(map(self.fold, initial)):
                self._seen.add(world)
                self.order.append(world)
                self._parents.append(0)
            self._judge()
            while self.ended == "all" and self.levels[-1] < len(self.order):
                self._level()
        except KeyboardInterrupt:
            self.ended = "interrupted"
        except BrokenNode as broken:
            self.ended, self.broken = "broken", broken
        finally:
            if collecting:
                gc.enable()
            self._keep(self._sound)
            self._seen.clear()
        return self

    def _level(self) -> None:
        """Take one more step from each world of the last level."""
        begin, end = self.levels[-1], len(self.order)
        self.levels.append(end)
        self.space.check(reduce(or_, self.order[begin:end]))
        for k in range(begin, end, CHUNK):
            self._expand(range(k, min(k + CHUNK, end)))
            self._judge()
            self.searched = min(k + CHUNK, end)
            if self.ended != "all":
                return
            if self.tick is not None:
                self.tick(len(self.order), k, len(self.levels) - 1)

    def _expand(self, indices: Sequence[int]) -> None:
        """Find all worlds that are one step from those with these indices."""
        seen, order, parents, finish = self._seen, self.order, self._parents, self.space.finish
        transitions = 0
        if self.within is not None:
            inside = [k for k in indices if self.within(order[k])]
            self.fringe = self.fringe or len(inside) < len(indices)
            indices = inside
        worlds = [order[k] for k in indices]
        if self.symmetry is not None:
            self._expand_folded(indices)
            return
        for column in self.space.columns:
            bits = column.bits
            try:
                for k, world in zip(indices, worlds, strict=True):
                    adds, rest, _, number, _ = column[world & bits]
                    transitions += number
                    for add in adds:
                        new = world + add
                        if new not in seen:
                            seen.add(new)
                            order.append(new)
                            parents.append(k)
                    for add, extra, _ in rest:
                        new = finish(world, add, extra)
                        if new not in seen:
                            seen.add(new)
                            order.append(new)
                            parents.append(k)
            except BrokenNode as broken:
                self.at = next(k for k in indices if order[k] & broken.bits == broken.key)
                raise
        self.transitions += transitions

    def _expand_folded(self, indices: Sequence[int]) -> None:
        """The same, where of worlds that differ only in who is in whose place one stands for all."""
        for k in indices:
            for _, new in self.space.successors(self.order[k]):
                self.transitions += 1
                new = self.fold(new)
                if new not in self._seen:
                    self._seen.add(new)
                    self.order.append(new)
                    self._parents.append(k)

    def fold(self, world: int) -> int:
        """The world that stands for this one."""
        return world if self.symmetry is None else self.symmetry.fold(world)

    def _judge(self) -> None:
        """Judge the worlds that are new, and see whether they are too many."""
        new, stop = self.order[self._sound :], None
        if self.symmetry is not None:
            for judge in (*self.always, *self.wanted, *([self.within] if self.within else [])):
                for world in new:
                    self.symmetry.check_judge(judge, world)
        for judge in self.always:
            wrong = judge.first(new[:stop], False)
            if wrong is not None:
                stop, self.ended, self.broken, self.at = wrong, "violation", judge, self._sound + wrong
        for judge in list(self.wanted):
            first = judge.first(new, True)
            if first is not None:
                self.reached[judge.name] = self._sound + first
                self.wanted.remove(judge)
        self._sound = len(self.order) if stop is None else self._sound + stop + 1
        if self._sound > self.max_states and stop is None:
            self.ended, self._sound = "bound", self.max_states

    def _keep(self, n: int) -> None:
        """Forget all but the first `n` worlds."""
        del self.order[n:], self._parents[n:]
        while len(self.levels) > 1 and self.levels[-1] >= n:
            self.levels.pop()

    # --- looking back ---

    def finals(self) -> list[int]:
        """The indices of worlds, among those that were searched, that nothing but faults changes any more."""
        found: list[int] = []
        for begin in range(0, self.searched, CHUNK):
            left = [
                k for k in range(begin, min(begin + CHUNK, self.searched)) if not self.edge(self.order[k])
            ]
            for column in self.space.columns:
                bits = column.bits
                left = [k for k in left if not self._calm_change(self.order[k], column[self.order[k] & bits])]
            found += [k for k in left if not self.space.held_back(self.order[k])]
        return found

    def _calm_change(self, world: int, steps: Steps) -> bool:
        """Whether one of the steps is of no fault and changes the world."""
        return steps.calm or any(
            not fault and self.space.finish(world, add, extra) != world for add, extra, fault in steps.rest
        )

    def edge(self, world: int) -> bool:
        """Whether what follows a world is left out of the search."""
        return self.within is not None and not self.within(world)

    @property
    def depth(self) -> int:
        """The number of steps to the world that is farthest."""
        return len(self.levels) - 1

    def path(self, index: int) -> list[int]:
        """The worlds on a shortest way to the one at `index`, from one in which all have started."""
        first = self.levels[1] if len(self.levels) > 1 else len(self.order)
        indices = [index]
        while indices[-1] >= first:
            indices.append(self._parents[indices[-1]])
        return [self.order[k] for k in reversed(indices)]
