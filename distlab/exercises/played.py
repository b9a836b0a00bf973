"""Answers that are a schedule: read choice by choice, and played as far as they go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from distlab import values
from distlab.exercises.registry import NotYet
from distlab.exercises.wanted import described
from distlab.node import Node
from distlab.schedule import Choice
from distlab.trace import Trace
from distlab.world import replay

ALLOWED = ("deliver", "fire", "start")


def no_schedule(answer: Any, example: str) -> str | None:
    """What keeps a value from being a schedule at all; `example` is a choice as one types it."""
    if isinstance(answer, str) or not hasattr(answer, "__iter__"):
        return f"A schedule is a list of choices, as {example}; this is {described(answer)}."
    return None


def choices_of(answer: Iterable[Any], instead: str) -> list[Choice]:
    """The choices one by one: deliveries and timers, nothing else.

    Parameters
    ----------
    answer : iterable
    instead : str
        What the learner is to do in place of a fault, in a sentence.

    Raises
    ------
    NotYet
        When one is the stub's, is no choice, or is a fault.
    """
    choices = []
    for number, given in enumerate(answer, 1):
        if given is ...:
            raise NotYet(f"Choice {number} is still the ... of the stub.")
        try:
            choice = Choice.of(given)
        except (ValueError, TypeError) as error:
            raise NotYet(f"Choice {number}, {values.text(given)}, is none: {error}.") from None
        if choice.kind not in ALLOWED:
            raise NotYet(
                f"Choice {number}, {values.text(given)}, is a fault.",
                f"Here nothing crashes and nothing is lost: {instead}",
                advice="deliver and fire are enough",
            )
        choices.append(choice)
    return choices


def played(system: Callable[[], Mapping[str, Node]], choices: Sequence[Choice], advice: str) -> Trace:
    """The run of a schedule.

    Raises
    ------
    NotYet
        When a choice is not possible: the first such is named, with `advice` and the run up to there.
    """
    for number in range(len(choices), -1, -1):
        try:
            trace = replay(system(), choices[:number])
        except ValueError as error:
            reason = error
            continue
        if number < len(choices):
            raise NotYet(
                f"Choice {number + 1} is not possible there: {reason}.",
                advice=advice,
                trace=trace,
                title=f"The run up to choice {number}",
            )
        return trace
    raise AssertionError("the empty schedule runs")
