"""What can be judged: a history, a list of operations, or a run that has a history in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from distlab.history import History, Operation


class HasHistory(Protocol):
    """A `Trace`, and whatever else knows what its clients saw."""

    def history(self) -> History:
        """What the clients saw."""
        ...


Judged = Iterable[Operation] | HasHistory


def as_history(judged: Judged) -> History:
    """The history that is meant.

    Raises
    ------
    TypeError
        For anything that has none.
    """
    if isinstance(judged, History):
        return judged
    if isinstance(judged, Iterable):
        return History(judged)
    if callable(getattr(judged, "history", None)):
        return judged.history()
    raise TypeError(f"only a History, a Trace or a list of Operations can be judged, not {judged!r}")
