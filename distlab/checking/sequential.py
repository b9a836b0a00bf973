"""Sequential consistency: one order for all, in which each client's own operations keep their places.

Lamport (1979). Real time does not count, so an operation may take effect long after it returned, as long as
nobody can tell. Unlike linearizability it is not local: a history may be sequentially consistent on every
object and not as a whole (Herlihy and Wing 1990, section 3.3). So all objects are searched together.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

import networkx as nx

from distlab.checking.access import access, words
from distlab.checking.core import smallest_core
from distlab.checking.interleaving import Interleaving
from distlab.checking.observed import Observed, observe
from distlab.checking.precedence import drawn_out, shortest_circle
from distlab.checking.specification import Model
from distlab.checking.verdict import Edge, Reasons, Verdict
from distlab.history import History, Operation

LEVEL = "sequential"
A_LOOK = 2_000  # steps in search of the longest order, where it is known that none is whole


def sequential(history: History, model: Model, budget: int) -> Verdict:
    """Judge whether some order of the operations explains every result and keeps each client's own order.

    A client that gave up on a call may make others: the call it gave up on may happen at any time after what
    the client did before it, or never. Where it is known which write each read saw, much follows without a
    search; the rest of the search is then short.
    """
    operations = [operation for operation in history if operation.outcome != "failed"]
    observed = _observed(history, model)
    graph = _graph(observed, set(range(len(observed.operations)))) if observed else nx.DiGraph()
    impossible = not nx.is_directed_acyclic_graph(graph) or bool(observed and observed.unfounded)
    needs = _needs(operations, observed, graph) if observed else {}
    search = Interleaving(operations, model, needs=needs)
    found = search.run(min(budget, A_LOOK) if impossible else budget)
    if found:
        return Verdict(LEVEL, True, history, tuple(search.order()), steps=search.steps, model=model)
    if found is None and not impossible:
        why = f"{search.steps:,} steps were not enough; give a larger budget"
        return Verdict(LEVEL, None, history, steps=search.steps, reasons=Reasons(why))
    return Verdict(
        LEVEL,
        False,
        history,
        partial=tuple(search.order()),
        illegal=search.stuck,
        state=search.states_shown(),
        steps=search.steps,
        reasons=lambda: _reasons(operations, model, observed),
        model=model,
    )


def _observed(history: History, model: Model) -> Observed | None:
    """Which write each read saw, if the history is one of reads and writes."""
    plain = model._tested and model.name in ("register", "store") and all(access(o) for o in history)
    return observe(history, LEVEL, model) if plain else None


def _graph(observed: Observed, kept: Set[int]) -> nx.DiGraph:
    return drawn_out(observed, lambda *_: True, None, kept)


def _needs(operations: Sequence[Operation], observed: Observed, graph: nx.DiGraph) -> dict[int, set[int]]:
    """For every write what must come before it, by index among `operations`."""
    place = {id(operation): i for i, operation in enumerate(operations)}
    index = [place[id(operation)] for operation in observed.operations]
    return {index[i]: {index[j] for j in graph.predecessors(i)} for i in graph if i not in observed.sources}


def _reasons(operations: Sequence[Operation], model: Model, observed: Observed | None) -> Reasons:
    if observed is not None and observed.unfounded is not None:
        read = observed.unfounded
        return Reasons(f"{words(read)}, which nobody wrote", (read,))

    def circle(kept: Set[int]) -> tuple[Edge, ...]:
        if observed is None:
            return ()
        return shortest_circle(_graph(observed, _translated(kept, operations, observed)), observed)

    def judge(kept: Set[int], steps: int) -> bool | None:
        if circle(kept):
            return False
        return Interleaving(operations, model, set(range(len(operations))) - kept).run(steps)

    among = set(range(len(operations)))
    if circle(among):
        # What the circle tells is quickly asked, so that the search is left with few questions.
        rough, _ = smallest_core(operations, lambda kept, _: not circle(kept))
        among = {i for i, operation in enumerate(operations) if operation in rough}
    core, smallest = smallest_core(operations, judge, among)
    kept = {i for i, operation in enumerate(operations) if operation in core}
    return Reasons(_why(core, circle(kept)), core, smallest, circle(kept))


def _translated(kept: Set[int], operations: Sequence[Operation], observed: Observed) -> set[int]:
    """The same operations by their indices in `observed`, and those given up on, which nobody can forget."""
    place = {id(operation): i for i, operation in enumerate(observed.operations)}
    return {
        place[id(operation)]
        for i, operation in enumerate(operations)
        if id(operation) in place and (i in kept or operation.returned is None)
    }


def _why(core: Sequence[Operation], circle: Sequence[Edge]) -> str:
    if len(core) == 1:
        return f"{words(core[0])}, and no order of the other operations allows that"
    if len(core) <= 5:
        return f"these fit in no order that keeps each client's own: {'; '.join(map(str, core))}"
    if circle:
        return "; ".join(edge.why for edge in circle)
    return f"{len(core)} operations fit in no order that keeps each client's own (see .core)"
