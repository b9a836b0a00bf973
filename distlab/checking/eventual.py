"""Eventual consistency: once writes have stopped and everything has arrived, all read the same.

Vogels (2009). It promises nothing about any moment before, and a history does not show when everything
has arrived: whoever ran the system has to say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

from distlab.checking.access import access, noun, words
from distlab.checking.specification import UNKNOWN, Model
from distlab.checking.verdict import Reasons, Verdict
from distlab.history import History, Operation

LEVEL = "eventual"


def eventual(history: History, model: Model, quiescent: float | None) -> Verdict:
    """Judge the reads after `quiescent`, the position at which all was quiet.

    For reads and writes of whole values: they agree, on something that was written (or on what was there at
    first, when no write completed). For other models: the same question gets the same answer.

    Raises
    ------
    ValueError
        When something that may write was called, or had not returned, after that position.
    """
    if quiescent is None:
        return _unknown(history, "it promises something only once all is quiet: say when, with quiescent=")
    if not _is_number(quiescent):
        raise TypeError(f"quiescent is a position in the history, a number, not {quiescent!r}")
    _check_quiet(history, model, quiescent)
    late = [o for o in history.completed if o.called > quiescent]
    if not late:
        return _unknown(history, f"nobody read after {quiescent}, when all was quiet")
    for read in late:
        found = _disagreement(read, late) or _unfounded(read, history, model)
        if found:
            core, sentence = found
            why = f"after {quiescent}, when all was quiet, {sentence}"
            return Verdict(LEVEL, False, history, illegal=read, reasons=Reasons(why, core))
    return Verdict(LEVEL, True, history)


def _is_number(given: object) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool)


def _unknown(history: History, why: str) -> Verdict:
    return Verdict(LEVEL, None, history, reasons=Reasons(why))


def _check_quiet(history: History, model: Model, quiescent: float) -> None:
    for operation in history:
        if operation.outcome == "failed" or _reads(operation, model):
            continue
        if operation.called > quiescent or (operation.returned or quiescent) > quiescent:
            raise ValueError(
                f"all was not quiet at {quiescent}: {noun(operation)} was called at {operation.called} "
                f"and {'never returned' if operation.returned is None else f'returned at {operation.returned}'}"
            )


def _reads(operation: Operation, model: Model) -> bool:
    return model.only_reads(operation.call, UNKNOWN)


def _disagreement(read: Operation, late: Sequence[Operation]) -> tuple[tuple[Operation, ...], str] | None:
    for other in late:
        if other.call == read.call and other.result != read.result:
            return (read, other), f"{words(read)} and {words(other)}"
    return None


def _unfounded(read: Operation, history: History, model: Model) -> tuple[tuple[Operation, ...], str] | None:
    """Whether what was read is something that was never written, or nothing although something was."""
    found = access(read)
    if found is None or not all(access(o) or o.outcome == "failed" for o in history):
        return None
    accesses = [(o, a) for o in history if o.outcome != "failed" and (a := access(o))]
    writes = [(o, a.value) for o, a in accesses if a.kind == "write" and a.key == found.key]
    if any(value == found.value for _, value in writes):
        return None
    if found.value != model.initial:
        return (read,), f"{words(read)}, which nobody wrote"
    done = [o for o, _ in writes if o.outcome == "completed"]
    if done:
        return (done[-1], read), f"{words(read)}, although {noun(done[-1])} had been acknowledged"
    return None
