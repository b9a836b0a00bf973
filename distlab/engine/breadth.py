"""Every world, breadth first: so the first bad one that is met is one of the nearest."""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_

from distlab.engine.reactions import BrokenNode
from distlab.engine.space import Space
from distlab.engine.views import Judge


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
    reached : dict
        For each of ``sometimes`` that was reached, by name: the world.
    finals : array
        Indices of worlds in which nothing can happen any more, but for faults.
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
    ) -> None:
        self.space, self.always, self.within = space, tuple(always), within
        self.wanted, self.max_states, self.tick = list(sometimes), max_states, tick
        self.order: list[int] = []
        self.levels: list[int] = []
        self.transitions, self.ended, self.fringe = 0, "all", False
        self.broken: Judge | BrokenNode | None = None
        self.reached: dict[str, int] = {}
        self.finals = array("L")
        self._seen: set[int] = set()
        self._until = array("L")  # for each world that was expanded: how many worlds were found by then

    def run(self) -> Breadth:
        """Search; what was found stays when the search is interrupted."""
        collecting = gc.isenabled()
        gc.disable()  # integers make no cycles
        try:
            self._begin()
            while self.ended == "all" and self.levels[-1] < len(self.order):
                self._level()
        except KeyboardInterrupt:
            self.ended = "interrupted"
            del self.order[len(self._seen) :]
        finally:
            if collecting:
                gc.enable()
        if self.levels and self.levels[-1] == len(self.order):
            self.levels.pop()
        return self

    def _begin(self) -> None:
        self.levels.append(0)
        try:
            initial = self.space.initial()
        except BrokenNode as error:
            self.ended, self.broken = "broken", error
            return
        for world in initial:
            self._seen.add(world)
            self.order.append(world)
            if not self._well(world):
                return

    def _level(self) -> None:
        """Take one more step from each world of the last level."""
        begin, end = self.levels[-1], len(self.order)
        frontier = self.order[begin:end]
        self.space.check(reduce(or_, frontier))
        self.levels.append(end)
        for done, world in enumerate(frontier, begin):
            if self.within is not None and not self.within(world):
                self.fringe = True
            else:
                try:
                    self._expand(done, world)
                except BrokenNode as error:
                    self.ended, self.broken = "broken", error
            self._until.append(len(self.order))
            if self.ended != "all":
                return
            if len(self.order) > self.max_states:
                self.ended = "bound"
                del self.order[self.max_states :]
                return
            if self.tick is not None and not done & 1023:
                self.tick(len(self.order), done, len(self.levels) - 1)

    def _expand(self, done: int, world: int) -> None:
        """Find all worlds that are one step from `world`."""
        space, seen, order = self.space, self._seen, self.order
        transitions, final = 0, True
        for i, bits in enumerate(space.masks):
            steps = space.tables[i].get(world & bits)
            shown, hidden, rest, calm, number = space.steps(i, world) if steps is None else steps
            transitions += number
            if calm:
                final = False
            for add in shown:
                new = world + add
                if new not in seen:
                    seen.add(new)
                    order.append(new)
                    if not self._well(new):
                        return
            if hidden:
                for add in hidden:
                    new = world + add
                    if new not in seen:
                        seen.add(new)
                        order.append(new)
            if rest:
                for add, extra, fault in rest:
                    new = space.finish(world, add, extra)
                    if new not in seen:
                        seen.add(new)
                        order.append(new)
                        if not self._well(new):
                            return
                    final = final and (fault or new == world)
        self.transitions += transitions
        if final and not space.held_back(world):
            self.finals.append(done)

    def _well(self, world: int) -> bool:
        """Judge a world that is new."""
        for judge in self.always:
            if not judge(world):
                self.ended, self.broken = "violation", judge
                return False
        for judge in self.wanted:
            if judge(world):
                self.reached[judge.name] = world
                self.wanted = [other for other in self.wanted if other is not judge]
        return True

    # --- looking back ---

    @property
    def expanding(self) -> int | None:
        """The world in which the search ended, by its index; None when that was before any was found."""
        return len(self._until) - 1 if self._until else None

    @property
    def depth(self) -> int:
        """The number of steps to the world that is farthest."""
        return max(len(self.levels) - 1, 0)

    def path(self, index: int) -> list[int]:
        """The worlds on a shortest way to the one at `index`, from one in which all have started."""
        first = self.levels[1] if len(self.levels) > 1 else len(self.order)
        indices = [index]
        while indices[-1] >= first:
            indices.append(bisect_right(self._until, indices[-1]))
        return [self.order[i] for i in reversed(indices)]
