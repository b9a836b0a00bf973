"""Consistency levels: what one history may be held to, from the strongest down.

Each level allows all that those above it allow, and more; where two stand side by side, neither allows all
that the other does:

    linearizable
    sequential                  real time no longer counts
    causal                      clients may disagree about what is not cause and effect
    pram                        ... and see an effect before its cause, but each client's writes in order
    writes-follow-reads  monotonic-writes  monotonic-reads  read-your-writes

"eventual" stands apart: it is about the time when all is quiet, and there a linearizable history keeps it.
"""

from __future__ import annotations

from collections.abc import Set

from distlab.checking.access import NOTHING, words, written
from distlab.checking.core import smallest_core
from distlab.checking.eventual import eventual
from distlab.checking.judged import Judged, as_history
from distlab.checking.linearizability import BUDGET, check_budget, linearizable
from distlab.checking.models import model_for
from distlab.checking.observed import Observed, observe
from distlab.checking.sequential import sequential
from distlab.checking.specification import Model, Step, as_model
from distlab.checking.verdict import Reasons, Verdict
from distlab.checking.views import find_circle, views
from distlab.history import History, Operation

LEVELS = (
    "linearizable",
    "sequential",
    "causal",
    "pram",
    "writes-follow-reads",
    "monotonic-writes",
    "monotonic-reads",
    "read-your-writes",
    "eventual",
)


def consistent(
    history: Judged,
    level: str,
    model: Model | Step | None = None,
    *,
    quiescent: float | None = None,
    budget: int = BUDGET,
) -> Verdict:
    """Hold a history to a consistency level.

    Parameters
    ----------
    history : History, Trace or iterable of Operation
        What the clients saw.
    level : str
        One of ``LEVELS``. From "causal" down to "read-your-writes" only reads and writes of whole values can be
        judged, and it has to be known which write each read saw: write distinct values.
    model : Model or callable, optional
        What the objects do; left out, it is the one of ours that understands the calls.
    quiescent : float, optional
        For "eventual": the position after which nothing was written and nothing was still on its way.
    budget : int
        For "linearizable" and "sequential", and where values were written twice: how many configurations may be
        looked at.

    Returns
    -------
    Verdict
        With ``ok`` None where it cannot be known.

    Raises
    ------
    ValueError
        For a level that there is not, calls that cannot be judged at this level, or a budget that is none.
    """
    history = as_history(history)
    if level not in LEVELS:
        raise ValueError(f"there is no level {level!r}; there are {', '.join(LEVELS)}")
    check_budget(budget)
    chosen = model_for(history) if model is None else as_model(model)
    if level == "linearizable":
        return linearizable(history, chosen, budget)
    if level == "sequential":
        return sequential(history, chosen, budget)
    if level == "eventual":
        return eventual(history, chosen, quiescent)
    return _by_views(history, level, chosen, budget)


def _by_views(history: History, level: str, model: Model, budget: int) -> Verdict:
    observed = observe(history, level, model)
    if observed.unfounded is not None:
        read = observed.unfounded
        nobody = Reasons(f"{words(read)}, which nobody wrote", (read,))
        return Verdict(level, False, history, illegal=read, reasons=nobody)
    if find_circle(level, observed, set(range(len(observed.operations)))):
        return Verdict(level, False, history, reasons=lambda: _reasons(level, observed))
    if observed.ambiguous is not None:
        # One order for all is a view for each client, whoever wrote what was read.
        one = sequential(history, model, budget)
        if one.ok:
            return Verdict(level, True, history, views=_views_of(one) if level != "read-your-writes" else {})
        saw = words(observed.ambiguous)
        why = f"{saw}, which was written more than once: write distinct values, so that it is known which it saw"
        return Verdict(level, None, history, reasons=Reasons(why))
    return Verdict(level, True, history, views=views(level, observed))


def _views_of(verdict: Verdict) -> dict[str, tuple[Operation, ...]]:
    """From one order for all what each client sees of it: all writes, and its own reads."""
    return {
        client: tuple(o for o in verdict.witness if o.client == client or written(o) is not NOTHING)
        for client in verdict.history.clients
    }


def _reasons(level: str, observed: Observed) -> Reasons:
    # What was given up on has nothing that could be forgotten.
    unknown = {i for i, operation in enumerate(observed.operations) if operation.returned is None}

    def judge(kept: Set[int], steps: int) -> bool:
        return not find_circle(level, observed, kept | unknown)

    core, smallest = smallest_core(observed.operations, judge)
    kept = {i for i, operation in enumerate(observed.operations) if operation in core}
    circle = find_circle(level, observed, kept | unknown)
    return Reasons("; ".join(edge.why for edge in circle), core, smallest, circle)
