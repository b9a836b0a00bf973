"""Every event of a run as the words that a player shows; the node it happened at stands before them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from distlab import values
from distlab.events import Event
from distlab.figures.sentences import plural
from distlab.figures.text import one_line
from distlab.figures.things import names, operation, word

MOST = 600  # characters of one text; what is longer loses its middle


def say(event: Event) -> str:
    """What happened, in one line: ``sends Vote(yes=True) to a``.

    Parameters
    ----------
    event : Event

    Returns
    -------
    str
        Without the node; cuts, which have none, are whole sentences.
    """
    return clip(one_line(_SAYINGS[event.kind](event)))


def clip(text: str, most: int = MOST) -> str:
    """The text; of one that is too long its beginning and its end, where lists grow."""
    if len(text) <= most:
        return text
    return f"{text[: most // 3]} … {text[-(most - most // 3 - 3) :]}"


def printed(value: Any) -> str:
    """A value as one line; in place of one that does not print, what went wrong."""
    try:
        return clip(one_line(values.text(value)), MOST // 2)
    except Exception as error:  # a value of the learner's may do anything
        return f"does not print: {type(error).__name__}"


def _lost(event: Event) -> str:
    why = {"loss": "on its way", "lost": "on its way", "down": "the node is down"}
    reason = why.get(event.detail, word(event.detail) if event.detail is not None else "")
    link = " " if reason == "on its way" else ": "
    return f"{printed(event.message)} from {event.other} is lost{link + reason if reason else ''}"


def _crashed(event: Event) -> str:
    kept, torn = event.detail or (0, False)
    parts = ["crashes"]
    if event.n is not None:
        parts.append(f"after {plural(event.n, 'effect')} of its handler")
    if kept:
        parts.append(f"with {plural(kept, 'unforced write')} kept")
    return " ".join(parts) + (", the next one torn" if torn else "")


def _clock(event: Event) -> str:
    rate, offset = event.detail
    return f"its clock goes {rate:g} times as fast, {offset:+g} ms"


def _cut(event: Event) -> str:
    if event.detail == "one way":
        return f"nothing from {names(event.node)} reaches {names(event.other)} any more"
    return f"{names(event.node)} and {names(event.other)} are cut off from each other"


def _state(event: Event) -> str:
    old, new = event.detail
    if old is None:
        return f"is {word(new)}"
    return f"was {word(old)}, has no state any more" if new is None else f"{word(old)} → {word(new)}"


def _wrote(event: Event) -> str:
    how, key, value = event.detail
    if how == "append":
        return f"appends {printed(value)} to its log"
    return (
        f"deletes {printed(key)} from its disk"
        if how == "delete"
        else f"writes {printed(key)} = {printed(value)}"
    )


_SAYINGS: dict[str, Callable[[Event], str]] = {
    "started": lambda event: "starts",
    "sent": lambda event: f"sends {printed(event.message)} to {event.other}",
    "delivered": lambda event: f"receives {printed(event.message)} from {event.other}",
    "lost": _lost,
    "duplicated": lambda event: f"{printed(event.message)} from {event.other} is doubled",
    "timer": lambda event: f"timer {word(event.detail)} fires",
    "chosen": lambda event: f"chooses {word(event.detail)}",
    "crashed": _crashed,
    "recovered": lambda event: "recovers",
    "paused": lambda event: "pauses",
    "resumed": lambda event: "goes on after its pause",
    "clock": _clock,
    "cut": _cut,
    "healed": lambda event: f"{names(event.node)} and {names(event.other)} reach each other again",
    "state": _state,
    "wrote": _wrote,
    "synced": lambda event: f"forces {plural(event.n or 0, 'write')} to its disk",
    "noted": lambda event: f"“{event.detail}”",
    "invoked": lambda event: f"calls {operation(event.detail, None, 'completed')}",
    "completed": lambda event: (
        f"its call returns {word(event.detail)}" if event.detail is not None else "its call returns"
    ),
    "failed": lambda event: "its call fails: it did not happen",
    "gave up": lambda event: "gives up its call: nobody knows whether it happened",
}
