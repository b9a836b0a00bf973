"""Linearizability: every operation happens at one moment between its call and its return.

Herlihy and Wing (1990). It is local: a history is linearizable if and only if its part on each object
is (theorem 1). So the objects are searched apart, in turn and under one budget: a hopeless object cannot
keep the search from the one where the mistake is (Horn and Kroening 2015; Athalye's Porcupine).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence, Set
from typing import Any

from distlab.checking.core import smallest_core
from distlab.checking.judged import Judged, as_history
from distlab.checking.search import Search
from distlab.checking.specification import UNKNOWN, Model, Step, as_model
from distlab.checking.verdict import Reasons, Verdict, linearization_points
from distlab.checking.words import why_not
from distlab.history import History, Operation

LEVEL = "linearizable"
BUDGET = 300_000
TURN = 1_000  # steps that one object gets before the next has its turn


def linearizable(history: Judged, model: Model | Step, budget: int = BUDGET) -> Verdict:
    """Judge whether some order of the operations explains every result and respects real time.

    Operations that failed did not happen. Unknown ones may have happened at any time after the call, or
    never. Intervals are closed: where one returns at the very position of another's call, either may be first.

    Parameters
    ----------
    history : History, Trace or iterable of Operation
        What the clients saw.
    model : Model or callable
        What the object does: ``Register()``, ``Queue()``, ... or one's own ``step(state, call, result)``.
    budget : int
        How many configurations may be looked at; none costs more than one or two kilobytes. The answer does not
        depend on how fast the machine is.

    Returns
    -------
    Verdict
        With ``ok`` None when the budget was not enough.

    Raises
    ------
    ModelError
        When the model's step raises, is not pure, or keeps an unhashable state.
    ValueError
        When the model does not understand a call, or the budget is none.
    """
    history = as_history(history)
    model = as_model(model)
    check_budget(budget)
    parts = split(history, model)
    searches = {key: Search(part, model) for key, part in parts.items()}
    bad, left = _in_turn(searches, budget)
    steps = sum(search.steps for search in searches.values())
    if bad is not None:
        return _refusal(history, model, bad[0], bad[1], steps)
    if left:
        why = f"{steps:,} steps were not enough; give a larger budget"
        return Verdict(LEVEL, None, history, steps=steps, reasons=Reasons(why))
    return Verdict(LEVEL, True, history, _merged(searches.values()), steps=steps, model=model)


def check_budget(budget: int) -> None:
    """Refuse what is no number of configurations.

    Raises
    ------
    ValueError
        When it is not a whole number above zero.
    """
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        raise ValueError(f"a budget is a number of configurations to look at, 1 or more, not {budget!r}")


def split(history: History, model: Model) -> dict[Any, list[Operation]]:
    """What may have happened, by object."""
    parts: dict[Any, list[Operation]] = {}
    for operation in history:
        if operation.outcome != "failed":
            key = model.object_of(operation.call)
            parts.setdefault(key, []).append(operation)
    return parts


def _in_turn(searches: dict[Any, Search], budget: int) -> tuple[tuple[Any, Search] | None, int]:
    """The first object found to have no order, if any; and how many are still open."""
    waiting = deque(searches.items())
    while waiting and budget > 0:
        key, search = waiting.popleft()
        before = search.steps
        found = search.run(min(TURN, budget))
        budget -= search.steps - before
        if found is False:
            return (key, search), len(waiting)
        if found is None:
            waiting.append((key, search))
    return None, len(waiting)


def _merged(searches: Iterable[Search]) -> tuple[Operation, ...]:
    """One order for all objects: by linearization points, which is why locality holds."""
    orders = [search.order() for search in searches]
    if len(orders) == 1:
        return tuple(orders[0])
    placed = []
    for order in orders:
        placed += list(zip(linearization_points(order), order, strict=True))
    placed.sort(key=lambda pair: pair[0])
    return tuple(operation for _, operation in placed)


def _refusal(history: History, model: Model, key: Any, search: Search, steps: int) -> Verdict:
    assert search.stuck is not None
    illegal = search.operations[search.stuck]
    state = search.automaton.states[search.state]
    partial = tuple(search.order())

    def judge(kept: Set[int], budget: int) -> bool | None:
        return _search_kept(search.operations, model, kept).run(budget)

    def reasons() -> Reasons:
        core, smallest = smallest_core(search.operations, judge)
        return Reasons(why_not(core, search.operations, model.initial), core, smallest)

    return Verdict(
        LEVEL,
        False,
        history,
        partial=partial,
        illegal=illegal,
        state=state,
        key=key,
        steps=steps,
        reasons=reasons,
        model=model,
    )


def _search_kept(operations: Sequence[Operation], model: Model, kept: Set[int]) -> Search:
    """A search that forgets all but some operations; a read that is forgotten says nothing at all."""
    told = [
        (operation, i in kept)
        for i, operation in enumerate(operations)
        if i in kept or not model.only_reads(operation.call, UNKNOWN)
    ]
    forgotten = {i for i, (_, counts) in enumerate(told) if not counts}
    return Search([operation for operation, _ in told], model, forgotten)
