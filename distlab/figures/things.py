"""The things that a space-time diagram shows, in times and numbers of lines, and the words on them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from distlab import values
from distlab.figures.text import one_line

Arrow = tuple[int, Any, int, int, float, float]
# (index of the sending, index of its end or None, sender's line, receiver's line, sent at, ended at)


class Band(NamedTuple):
    """A stretch of a node's line: what it was (a state, ``down``, ``paused``) from `event` on."""

    row: int
    start: float
    end: float
    what: str
    event: int


class Mark(NamedTuple):
    """Something at one moment of a node: ``crash``, ``timer``, ``forced``, ``lazy``, ``clock``."""

    row: int
    at: float
    what: str
    event: int
    text: str = ""


class Span(NamedTuple):
    """A client's operation on its line, or a cut (`row` -1); `end` is None when it lasts."""

    row: int
    start: float
    end: float | None
    text: str
    outcome: str
    event: int


def word(value: object) -> str:
    """A state, a reason or a timer's name as it is written in a picture."""
    return one_line(value if isinstance(value, str) else values.text(value))


def names(value: str | Iterable[str]) -> str:
    """One name, or a set of them: ``a, b``; many are counted."""
    if isinstance(value, str):
        return value
    listed = list(value)
    return ", ".join(listed) if len(listed) <= 4 else f"{len(listed)} nodes"


def operation(call: Any, result: Any, outcome: str) -> str:
    """A client's operation as a person would write it: ``write 3``, ``read → 3``, ``cas 1 2 → ?``."""
    words = call if isinstance(call, tuple) else (call,)
    text = " ".join([w if isinstance(w, str) else values.text(w) for w in words])
    if outcome == "failed":
        return one_line(f"{text} failed")
    if outcome in ("gave up", "open"):
        return one_line(f"{text} → ?")
    if result is None:
        return one_line(text)
    return one_line(f"{text} → {result if isinstance(result, str) else values.text(result)}")
