"""Runs that never get there: dead ends, and circles that are fair to every message and every timer.

A run is fair (weakly) when no delivery and no timer stays possible for ever without happening. Faults
are not bound to happen. So among the worlds in which the goal is not met, what has to be found is one in
which nothing is bound to happen any more, or a strongly connected set of worlds in which each delivery
or timer is taken inside the set, or is not possible somewhere in it (Manna and Pnueli 1992, chapter 4).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from distlab.engine.space import Space


class TooMany(Exception):
    """More worlds than were to be looked at."""


class Escape(NamedTuple):
    """A fair run that never meets the goal.

    Attributes
    ----------
    way : list of int
        The worlds on the way there.
    circle : list of int
        The worlds that it then goes round for ever; empty where nothing changes any more.
    cut : bool
        It is none, or not known to be one: only a bound of the search cuts it short.
    """

    way: list[int]
    circle: list[int]
    cut: bool = False


def escape(
    space: Space,
    starts: Sequence[int],
    goal: Callable[[int], bool],
    edge: Callable[[int], bool] = lambda world: False,
    *,
    faults: bool = True,
    most: int | None = None,
) -> Escape | None:
    """A shortest way into a fair run from one of `starts` on which `goal` is never met; None: there is none.

    Parameters
    ----------
    goal : function of a world
    edge : function of a world
        Whether what follows a world is left out of the search: then it proves nothing.
    faults : bool
        Whether faults may happen, as far as the budgets allow.
    most : int, optional
        Raise `TooMany` beyond so many worlds.

    Raises
    ------
    Full
        When a count of messages is, where no search has been yet.
    """
    region = Region(space, starts, goal, edge, faults, most)
    found = [(region.is_fair(component), component) for component in region.components()]
    for wanted in (True, None):
        ends = [component for fair, component in found if fair is wanted]
        if ends:
            component = min(ends, key=min)
            first = min(component)
            return Escape(region.way(first), region.circle(first, component) if wanted else [], not wanted)
    return None


class Region:
    """The worlds that can be reached without meeting the goal, breadth first."""

    def __init__(
        self,
        space: Space,
        starts: Sequence[int],
        goal: Callable[[int], bool],
        edge: Callable[[int], bool],
        faults: bool,
        most: int | None,
    ) -> None:
        self.space, self.edge = space, edge
        self.order = [world for world in dict.fromkeys(starts) if not goal(world)]
        self.index = {world: k for k, world in enumerate(self.order)}
        self._parents = array("L", [0] * len(self.order))
        self._first = len(self.order)
        self._next = array("L")  # the neighbours of each world, one world after the other
        self._ends = array("L")
        for k, world in enumerate(self.order):  # the list grows under way
            space.check(world)
            for new in [] if edge(world) else self._following(world, faults):
                if new not in self.index and not goal(new):
                    self.index[new] = len(self.order)
                    self.order.append(new)
                    self._parents.append(k)
                if new in self.index:
                    self._next.append(self.index[new])
            self._ends.append(len(self._next))
            if most is not None and len(self.order) > most:
                raise TooMany

    def _following(self, world: int, faults: bool) -> Iterator[int]:
        if faults:  # they spend budgets, so they are on no circle, and need not be told apart
            return self.space.following(world)
        return (new for what, new in self.space.successors(world) if what.__class__ is not str)

    def neighbours(self, k: int) -> array[int]:
        """The worlds of the region that follow the k-th."""
        return self._next[self._ends[k - 1] if k else 0 : self._ends[k]]

    def way(self, k: int) -> list[int]:
        """The worlds on a shortest way to the k-th."""
        way = [k]
        while way[-1] >= self._first:
            way.append(self._parents[way[-1]])
        return [self.order[j] for j in reversed(way)]

    def components(self) -> Iterator[list[int]]:
        """The strongly connected components (Tarjan 1972), without recursion."""
        low = array("l", [-1] * len(self.order))  # -1: not visited
        number = array("l", low)
        stack: list[int] = []
        on_stack = bytearray(len(self.order))
        count = 0
        for root in range(len(self.order)):
            path = [(root, iter(self.neighbours(root)))] if number[root] < 0 else []
            while path:
                k, following = path[-1]
                if number[k] < 0:
                    number[k] = low[k] = count
                    count += 1
                    stack.append(k)
                    on_stack[k] = 1
                deeper = next((j for j in following if number[j] < 0 or on_stack[j]), None)
                if deeper is not None and number[deeper] < 0:
                    path.append((deeper, iter(self.neighbours(deeper))))
                elif deeper is not None:
                    low[k] = min(low[k], number[deeper])
                else:
                    path.pop()
                    if path:
                        low[path[-1][0]] = min(low[path[-1][0]], low[k])
                    if low[k] == number[k]:
                        yield list(_popped(stack, k, on_stack))

    def _enabled(self, k: int) -> set[Any]:
        """The deliveries and timers that are possible in the k-th world."""
        return {what for what, *_ in self.space.moves(self.order[k]) if what.__class__ is not str}

    def _taken(self, k: int, inside: set[int]) -> Iterator[tuple[Any, int]]:
        """The deliveries and timers that lead from the k-th world to one inside."""
        for what, new in self.space.successors(self.order[k]):
            if what.__class__ is not str and self.index.get(new) in inside:
                yield what, self.index[new]

    def is_fair(self, component: list[int]) -> bool | None:
        """Whether a fair run can stay in a component for ever; None: it could, but for a bound of the search."""
        if any(self.edge(self.order[k]) for k in component):
            return None
        first = self.order[component[0]]
        if len(component) == 1 and not all(
            column[first & column.bits].still for column in self.space.columns
        ):
            return False  # something is bound to happen that leads away
        always, inside = self._enabled(component[0]), set(component)
        for k in component[1:]:
            always &= self._enabled(k)
        if always and not always <= {what for k in component for what, _ in self._taken(k, inside)}:
            return False
        return None if all(self.space.held_back(self.order[k]) for k in component) else True

    def circle(self, first: int, component: list[int]) -> list[int]:
        """A fair way round a component, from a world of it and back: the worlds after the first."""
        inside, at, circle = set(component), first, []  # type: set[int], int, list[int]
        waiting = self._enabled(first) if len(inside) > 1 else set()
        while waiting:
            for what, k in self._nearest(at, inside, waiting):
                circle.append(k)
                waiting = (waiting - {what}) & self._enabled(k)
            at = circle[-1]
        if at != first:
            circle += [k for _, k in self._nearest(at, inside, set(), first)]
        return [self.order[k] for k in circle]

    def _nearest(
        self, at: int, inside: set[int], waiting: set[Any], goal: int | None = None
    ) -> list[tuple[Any, int]]:
        """A shortest way inside to `goal`, or until something waiting happens or is not possible any more."""
        ways: dict[int, list[tuple[Any, int]]] = {at: []}
        queue = [at]
        for k in queue:  # it grows under way
            for what, j in self._taken(k, inside):
                way = [*ways[k], (what, j)]
                if j == goal or what in waiting or waiting - self._enabled(j):
                    return way
                if j not in ways:
                    ways[j] = way
                    queue.append(j)
        raise AssertionError("in a strongly connected component every world can be reached")


def _popped(stack: list[int], k: int, on_stack: bytearray) -> Iterator[int]:
    """Take what lies on the stack above `k`, and `k`, away."""
    j = -1
    while j != k:
        j = stack.pop()
        on_stack[j] = 0
        yield j
