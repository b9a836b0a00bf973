"""Why an order is impossible, in a sentence. What a sentence says is checked against the history first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distlab.checking.access import NOTHING, access, is_cas, seen, words, written
from distlab.history import Operation
from distlab.values import text


def why_not(core: Sequence[Operation], operations: Sequence[Operation], initial: Any) -> str:
    """The sentence for a history that is not linearizable.

    Parameters
    ----------
    core : sequence of Operation
        Operations that cannot be ordered.
    operations : sequence of Operation
        All that may have happened to the same object.
    initial : object
        What it held at first.
    """
    *others, last = sorted(core, key=lambda o: (o.called, o.returned or o.called))
    if seen(last) is not NOTHING and all(access(o) or is_cas(o) for o in operations):
        writers = [o for o in operations if o is not last and written(o) == seen(last)]
        found = _impossible_value(last, others, writers, initial)
        if found:
            return words(last) + found
    if not others:
        return f"{words(last)}, and no order of the other operations allows that"
    if len(others) == 1 and others[0].precedes(last):
        return f"{words(last)}, although {words(others[0], ' had')}{_done(others[0])} before it began"
    if len(core) > 5:
        return f"{words(last)}, which fits in no order with {len(others)} other operations (see .core)"
    return f"{words(last)}, but these fit in no order: {'; '.join(map(str, (*others, last)))}"


def _done(operation: Operation) -> str:
    return "" if " had returned " in words(operation, " had") else " had completed"


def _impossible_value(
    last: Operation, others: Sequence[Operation], writers: Sequence[Operation], initial: Any
) -> str:
    """What is wrong with the value found, given all who may have written it; nothing if it is not so simple."""
    got = seen(last)
    if not writers and got != initial:
        return f", but nobody wrote {text(got)}" if is_cas(last) else ", which nobody wrote"
    if got != initial and all(last.precedes(writer) for writer in writers):
        return ", but only later did anybody begin to write it"
    if len(others) != 1 or not others[0].precedes(last):
        return ""
    other = others[0]
    back = (
        ""
        if all(w.precedes(other) for w in writers)
        else f", and nothing after that could make it {text(got)}"
    )
    if written(other) is not NOTHING:
        return f", but {text(written(other))} had been written and acknowledged before it began{back}"
    return f", but {words(other, ' had already')} before it began{back}"
