"""Invariants, evaluated once for all that they look at.

An invariant looks at a few attributes of a few nodes. A view notes what it reads; the answer is kept
in a tree that asks for the same things in the same order, and serves every world in which they are
the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from distlab import values
from distlab.blame import TooLong
from distlab.engine.parts import part
from distlab.engine.space import Space
from distlab.engine.views import NeedsHistory, View

Predicate = Callable[[Any], Any]
CACHED = 50_000  # answers
ALONE = "it has to depend on the world alone"


class InvariantError(ValueError):
    """What is wrong with an invariant, in one sentence."""


class _Asked:
    """How many predicates were asked, and whether one has not answered yet."""

    def __init__(self) -> None:
        self.count, self.busy = 0, False


_asked = _Asked()  # an object: a check of exercises compares classes before and after


def progress() -> object:
    """Something else whenever this is called, unless a predicate is still running: for `watchdog.watching`."""
    return _asked.count if _asked.busy else time.monotonic()


def truth(title: str, predicate: Predicate, world: Any) -> bool:
    """What a predicate answers, if that is True or False.

    Raises
    ------
    InvariantError
        When it is neither, when the predicate raises, or does not come to an end (where somebody watches);
        `title` names it.
    """
    _asked.count, _asked.busy = _asked.count + 1, True
    try:
        answer = predicate(world)
        if answer is None or not hasattr(type(answer), "__bool__"):
            said = "nothing (a return is missing?)" if answer is None else values.text(answer)
            raise InvariantError(f"{title} answered {said}, which is neither true nor false")
        return bool(answer)
    except (NeedsHistory, InvariantError):
        raise
    except TooLong as error:
        raise InvariantError(f"{title} does not come to an end; is there a loop without an exit?") from error
    except Exception as error:
        detail = f" ({error})" if str(error) else ""
        raise InvariantError(f"{title} raised {type(error).__name__}{detail} instead of answering") from error
    finally:
        _asked.busy = False


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
        self._bits = 0  # of a world, all that any lens looks at
        self._cache: dict[int, bool] = {}  # answers by these bits

    def __call__(self, world: int) -> bool:
        """Whether it holds in `world`."""
        answer = self._cache.get(world & self._bits)
        if answer is None:
            at = self._root
            while at.__class__ is tuple:
                at = at[2].get(world >> at[0] & at[1])
            answer = self._learn(world) if at is None else at
            if len(self._cache) < CACHED:
                self._cache[world & self._bits] = answer
        return answer

    def first(self, worlds: Sequence[int], answer: bool) -> int | None:
        """The place of the first world in which it answers so."""
        cached = self._cache.get
        for k, world in enumerate(worlds):
            found = cached(world & self._bits)
            if found is answer or (found is None and self(world) is answer):
                return k
        return None

    def evaluate(self, world: int) -> tuple[bool, list[tuple[Any, str]]]:
        """Its answer in `world`, and what it read there, in order."""
        view = self.view.at(world)
        answer, reads = truth(str(self), self.predicate, view), list(view.reads)
        changed = view.changed()
        if changed is not None:
            raise InvariantError(
                f"{self} changed {changed}, and may only look: copy first, as sorted(...) does"
            )
        return answer, reads

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
            self._lenses[what] = lens = Lens(self.space, *what)
            self._bits |= lens.mask << lens.shift
            self._cache.clear()
        lens = self._lenses[what]
        return (lens.shift, lens.mask, {}, {}, lens)

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"
