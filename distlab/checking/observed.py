"""Which write each read saw: the ground on which the weaker levels are judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from distlab.checking.access import Access, access, noun
from distlab.checking.specification import Model
from distlab.history import History, Operation
from distlab.values import text


class Observed(NamedTuple):
    """Operations as reads and writes, and where each read's value came from.

    Attributes
    ----------
    operations, accesses : sequences
        All that happened, in order of calls; a write that nobody saw and nobody acknowledged did not.
    sources : mapping of int to int or None
        For each read the index of the write that it saw, None for what was there at first.
    unfounded : Operation or None
        A read of something that nobody wrote. It is not among the sources.
    ambiguous : Operation or None
        A read of a value that was written more than once. It is not among them either.
    """

    operations: Sequence[Operation]
    accesses: Sequence[Access]
    sources: Mapping[int, int | None]
    unfounded: Operation | None
    ambiguous: Operation | None


def observe(history: History, level: str, model: Model) -> Observed:
    """Find which write each read saw.

    Raises
    ------
    ValueError
        When an operation is neither a read nor a write of a whole value.
    """
    found = [(o, _access(o, level)) for o in history if o.outcome != "failed"]
    read = {(a.key, a.value) for o, a in found if a.kind == "read" and o.outcome == "completed"}
    happened = [
        (o, a)
        for o, a in found
        if o.outcome == "completed" or (a.kind == "write" and (a.key, a.value) in read)
    ]
    operations = tuple(o for o, _ in happened)
    accesses = tuple(a for _, a in happened)
    writers: dict[tuple[Any, Any], list[int | None]] = {(a.key, model.initial): [None] for a in accesses}
    for i, a in enumerate(accesses):
        if a.kind == "write":
            writers.setdefault((a.key, a.value), []).append(i)
    sources: dict[int, int | None] = {}
    unfounded = ambiguous = None
    for i, a in enumerate(accesses):
        if a.kind == "write":
            continue
        candidates = writers.get((a.key, a.value), [])
        if len(candidates) == 1:
            sources[i] = candidates[0]
        elif candidates:
            ambiguous = ambiguous or operations[i]
        else:
            unfounded = unfounded or operations[i]
    return Observed(operations, accesses, sources, unfounded, ambiguous)


def _access(operation: Operation, level: str) -> Access:
    found = access(operation)
    if found is None:
        raise ValueError(
            f"only reads and writes of whole values can be held to {level!r}; "
            f"{text(operation.call)} is neither ({noun(operation)})"
        )
    return found
