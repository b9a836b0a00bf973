"""`check`, `hint` and `solution`: what a learner calls."""

from __future__ import annotations

import linecache
import os
from typing import Any

from distlab.exercises import record, worker
from distlab.exercises.course import SWITCH, Course
from distlab.exercises.judge import Answer, Request
from distlab.exercises.registry import Exercise, OneSentence, UnknownExercise, find
from distlab.exercises.verdict import NOT_ATTEMPTED, NOT_YET, PASSED, UNCHECKED, Verdict
from distlab.shipping import ship

SECONDS = 10.0
"""How long one handler, or one call of a function, may take on the clock on the wall."""


class NotPassed(OneSentence):
    """Raised by `check` only where nbgrader runs the notebook: a cell that raises gets no points."""


class UnknownHint(OneSentence, ValueError):
    """The exercise has no such hint; the sentence says which it has."""


def check(id: str, attempt: Any = ...) -> Verdict | None:
    """Check an attempt at an exercise.

    Parameters
    ----------
    id : str
        The exercise: ``"1.1"``.
    attempt : class, function or value
        What the exercise asks for.

    Returns
    -------
    Verdict
        Not attempted yet; passed, with what was tried; or not yet, with the smallest case that fails. It
        never raises, but where nbgrader grades: there it prints, returns nothing, and raises `NotPassed`.
    """
    try:
        verdict = _checked(id, attempt)
    except Exception as error:
        said = (
            f"The check itself failed: {type(error).__name__} ({error}). This is distlab's fault, not yours."
        )
        verdict = Verdict(str(id), "", UNCHECKED, [said])
    if not os.environ.get("NBGRADER_EXECUTION"):
        return verdict
    print(verdict)
    if not verdict.passed:
        raise NotPassed(f"{verdict.id} is {verdict.outcome}")
    return None


def _checked(id: str, attempt: Any) -> Verdict:
    try:
        exercise, course = find(id), Course.now()
    except (UnknownExercise, ValueError) as error:
        return Verdict(str(id), "", UNCHECKED, [_sentence(error)])
    if attempt is ... or attempt is None or exercise.wanted.untouched(attempt):
        verdict = Verdict(exercise.id, exercise.title, NOT_ATTEMPTED, [exercise.wanted.task()])
    else:
        verdict = _shown(exercise, course, _judged(exercise, course, attempt))
    if verdict.outcome != UNCHECKED:
        record.now().add(exercise.id, verdict.outcome)
    return verdict


def _judged(exercise: Exercise, course: Course, attempt: Any) -> Answer:
    """What is wrong can often be seen without running anything; else it is run under both hash seeds."""
    wrong = exercise.wanted.wrong(attempt) or exercise.wanted.missing(attempt)
    if wrong:
        return Answer(NOT_YET, [wrong])
    try:
        body = ship(attempt)
    except Exception as error:
        return Answer(
            NOT_YET,
            [f"Your attempt cannot be taken to the process that checks it: {error}."],
            "let it use only what is plain data: no open files, locks or widgets",
        )
    request = Request(exercise.id, exercise.module, course, SECONDS, _sources())
    answer = _together(*worker.ask(request, body))
    if answer.outcome == NOT_YET and (remark := exercise.wanted.remark(attempt)):
        answer.lines.append(remark)
    return answer


def _together(one: Answer, other: Answer) -> Answer:
    """One answer out of two that the same attempt got under two hash seeds."""
    for answer in (one, other):
        if answer.spoilt:
            return answer
    if one.outcome == other.outcome and (one.outcome == PASSED or one.lines == other.lines):
        return one
    worse = one if one.outcome == NOT_YET else other
    worse.lines.append(
        "In a second process the same attempt went another way: it goes through a set, whose order no two "
        "processes share (or it draws numbers of its own)."
    )
    worse.advice = (
        "go through sorted(the_set); " + worse.advice if worse.advice else "go through sorted(the_set)"
    )
    return worse


def _shown(exercise: Exercise, course: Course, answer: Answer) -> Verdict:
    advice = answer.advice
    if answer.outcome == NOT_YET:
        more = f'hint("{exercise.id}") says more'
        advice = f"{advice}{'' if advice.endswith('?') else '.'}   {more}" if advice else more
    return Verdict(
        exercise.id,
        exercise.title,
        answer.outcome,
        answer.lines,
        advice=advice,
        printed=answer.printed,
        run=answer.run,
        options=answer.options,
    )


def _sources() -> dict[str, str]:
    """The text of the notebook's cells, which are on no disk: errors name the learner's own line."""
    return {
        name: "".join(entry[2])
        for name, entry in list(linecache.cache.items())
        if len(entry) == 4 and entry[2] and not os.path.exists(name)
    }


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


class Words(str):
    """Text that shows itself as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Source(Words):
    """Program text; a notebook colours it."""

    __slots__ = ()

    def _repr_markdown_(self) -> str:
        return f"```python\n{self}```"


def hint(id: str, n: int = 1) -> Words:
    """The `n`-th hint for an exercise: the first is a nudge, the last nearly the answer.

    Raises
    ------
    UnknownExercise
        When there is no such exercise.
    UnknownHint
        When it has no such hint.
    """
    exercise = find(id)
    count = len(exercise.hints)
    if not isinstance(n, int) or not 1 <= n <= count:
        raise UnknownHint(f"{id} has {count} hints: hint({id!r}, n) with n from 1 to {count}, not {n!r}")
    if n < count:
        more = f'hint("{id}", {n + 1}) says more'
    elif Course.now().solutions == "shown":
        more = f'solution("{id}") shows one way'
    else:
        more = "this is the last one"
    return Words(f"{id} {exercise.title}, hint {n} of {count}\n  {exercise.hints[n - 1]}\n  → {more}")


def solution(id: str) -> Words:
    """One way to solve an exercise; yours may differ from it and be as good.

    Raises
    ------
    UnknownExercise
        When there is no such exercise.
    ValueError
        When ``DISTLAB_COURSE`` does not describe a course.
    """
    exercise = find(id)
    if Course.now().solutions == "hidden":
        return Words(f"{id} {exercise.title}: in this course solutions are not shown ({SWITCH}).")
    return Source(exercise.source)
