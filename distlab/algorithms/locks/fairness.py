"""Who waits how long for a lock, and who is served before somebody who asked earlier: from histories alone."""

from __future__ import annotations

from collections.abc import Iterable

from distlab.history import History, Operation
from distlab.trace import Trace


def acquisitions(run: Trace | History) -> list[Operation]:
    """The calls for the lock, in the order in which they were made; those that failed never asked for it."""
    history = run.history() if isinstance(run, Trace) else run
    return [o for o in history if o.call[0] == "acquire" and o.outcome != "failed"]


def waits(run: Trace | History) -> dict[str, list[float]]:
    """How long each client waited for the lock, in ms (in positions where there is no time), call by call."""
    waited: dict[str, list[float]] = {}
    for call in acquisitions(run):
        if call.outcome == "completed" and call.returned is not None:
            timed = call.returned_at is not None and call.called_at is not None
            span = call.returned_at - call.called_at if timed else call.returned - call.called  # type: ignore[operator]
            waited.setdefault(call.client, []).append(span)
    return waited


def overtakings(run: Trace | History) -> list[tuple[Operation, Operation]]:
    """The pairs of calls of which the second was made later and served earlier.

    A queue in order of arrival has none, but for messages that overtake each other on the way there. Where clients
    try again and again, chance decides.
    """
    calls = [call for call in acquisitions(run) if call.outcome == "completed"]
    return [
        (early, late)
        for k, early in enumerate(calls)
        for late in calls[k + 1 :]
        if late.returned is not None and early.returned is not None and late.returned < early.returned
    ]


def jain(shares: Iterable[float]) -> float:
    """How even shares are: 1 when all are equal, 1/n when one of n has all (Jain, Chiu and Hawe 1984).

    Parameters
    ----------
    shares : iterable of float
        Zero or more each: grants, or waiting times, of each client.

    Raises
    ------
    ValueError
        When there is nothing to share.
    """
    given = list(shares)
    if not any(share > 0 for share in given) or any(share < 0 for share in given):
        raise ValueError(f"shares are zero or more, and one of them is more: {given} cannot be compared")
    return float(sum(given) ** 2 / (len(given) * sum(share**2 for share in given)))
