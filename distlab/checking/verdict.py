"""What a judge found, for people and for pictures: neither needs to know how it was found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from distlab.checking.access import says_nothing
from distlab.checking.specification import Model
from distlab.history import History, Operation, draw, shown


class Edge(NamedTuple):
    """One thing that must come before another, and the sentence that says why."""

    before: Any
    after: Any
    why: str


class Reasons(NamedTuple):
    """Why a history was refused, or why it is not known whether it should be.

    Attributes
    ----------
    why : str
        In words.
    core : tuple of Operation
        Operations that cannot be ordered, whatever is forgotten of all others.
    smallest : bool
        Whether leaving any one of them out of the core would make it harmless.
    cycle : tuple of Edge
        Where the reason is a circle: the edges of it, each with its sentence.
    """

    why: str
    core: tuple[Operation, ...] = ()
    smallest: bool = True
    cycle: tuple[Edge, ...] = ()


@dataclass(frozen=True, eq=False, repr=False)
class Verdict:
    """A history judged; displaying it shows why.

    Attributes
    ----------
    level : str
        What it was held to: ``"linearizable"``, ``"sequential"``, ``"causal"``, ...
    ok : bool or None
        True: it holds. False: it does not. None: not known, and ``why`` says what is missing.
    history : History
        What was judged.
    witness : tuple of Operation
        When it holds: one order that explains every result (for a level with one order).
    views : mapping of str to tuple of Operation
        When it holds and the level lets each client have its own order: these.
    partial : tuple of Operation
        When it does not hold: the longest order that could be found before ``illegal``.
    illegal : Operation or None
        The operation that could not follow it, and ``state`` what the model was in there.
    key : hashable or None
        The object that ``partial``, ``illegal`` and ``state`` are about, where there are many.
    points : tuple of float
        For each operation of ``witness`` (or ``partial``) the moment at which it may be thought to have
        happened at once: its linearization point, on the scale of ``called`` and ``returned``.
    core, smallest, cycle, why
        See `Reasons`; worked out when first asked for.
    states : tuple
        What the model was in after each operation of ``witness`` (or ``partial``): of the object concerned.
    steps : int
        How many configurations the search looked at.
    """

    level: str
    ok: bool | None
    history: History
    witness: tuple[Operation, ...] = ()
    views: Mapping[str, tuple[Operation, ...]] = field(default_factory=dict)
    partial: tuple[Operation, ...] = ()
    illegal: Operation | None = None
    state: Any = None
    key: Any = None
    steps: int = 0
    reasons: Reasons | Callable[[], Reasons] = Reasons(why="")  # noqa: RUF009 (immutable)
    model: Model | None = None

    @cached_property
    def _reasons(self) -> Reasons:
        return self.reasons if isinstance(self.reasons, Reasons) else self.reasons()

    @property
    def why(self) -> str:
        """In words: why not, why not known, or what a pass is worth."""
        if self.ok:
            return self.vacuous or "every result is explained"
        return self._reasons.why

    @property
    def core(self) -> tuple[Operation, ...]:
        """The smallest set of operations found that cannot be ordered.

        They contradict each other whatever all others returned, and whether or not those happened. Smallest
        in the sense that each of them is needed; another set may have fewer.
        """
        return self._reasons.core

    @property
    def smallest(self) -> bool:
        """Whether each operation of the core is known to be needed (False: the search for it was cut short)."""
        return self._reasons.smallest

    @property
    def cycle(self) -> tuple[Edge, ...]:
        """The circle of things that would have to come before each other, where there is one."""
        return self._reasons.cycle

    @cached_property
    def vacuous(self) -> str:
        """Why a pass says little, or an empty string."""
        done = self.history.completed
        if not self.ok:
            return ""
        if not done:
            return "nothing was judged: no operation completed"
        if all(map(says_nothing, done)):
            return "this says little: nothing was read"
        if not self.history.concurrent:
            return "this says little: no two operations overlapped"
        return ""

    @cached_property
    def points(self) -> tuple[float, ...]:
        """Linearization points of the witness, or of the longest order found (empty at the weaker levels)."""
        return linearization_points(self.witness or self.partial) if self.level == "linearizable" else ()

    @cached_property
    def states(self) -> tuple[Any, ...]:
        """The state of the object concerned after each operation of the order found (empty where there is none)."""
        return self.model.states(self.witness or self.partial) if self.model else ()

    def diagram(self, **options: Any) -> Any:
        """The history with the verdict on it (see `distlab.figures.judged` and `distlab.figures.dependencies`)."""
        return draw(self, **options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return shown(self, len(self.history), **kwargs)

    def __bool__(self) -> bool:
        if self.ok is None:
            raise ValueError(f"whether this is {self.level} is not known ({self.why}); look at .ok")
        return self.ok

    def __repr__(self) -> str:
        words = {True: self.level, False: f"not {self.level}", None: f"not known whether {self.level}"}
        return f"{words[self.ok]}: {self.why}"


def linearization_points(order: Sequence[Operation]) -> tuple[float, ...]:
    """Moments inside the operations' intervals that stand in the given order.

    Parameters
    ----------
    order : sequence of Operation
        An order in which no operation comes before one that had returned before it was called.

    Returns
    -------
    tuple of float
        One for each, growing, in the unit of ``called``; equal only where the intervals leave no room.
    """
    if not order:
        return ()
    end = max(max(o.called, o.returned or o.called) for o in order) + 1
    latest = [end] * len(order)
    for i in reversed(range(len(order))):
        returned = order[i].returned
        bound = latest[i + 1] if i + 1 < len(order) else end
        latest[i] = bound if returned is None else min(bound, returned)
    points: list[float] = []
    now = float("-inf")
    for i, operation in enumerate(order):
        now = max(now, operation.called)
        # Those that share the same last moment share the room that is left before it.
        sharing = 1
        while (
            i + sharing < len(order) and order[i + sharing].called <= now and latest[i + sharing] == latest[i]
        ):
            sharing += 1
        now += (latest[i] - now) / (sharing + 1)
        points.append(now)
    return tuple(points)
