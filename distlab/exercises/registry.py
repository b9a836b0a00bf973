"""An exercise: what is wanted, what judges it, and what helps. Defined once, found by its id."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from distlab.exercises.course import Course
from distlab.exercises.wanted import Wanted
from distlab.trace import Trace

CHAPTERS = {  # the number a chapter's ids begin with, the file its exercises are in, its title
    "1": ("background", "Background"),
    "2": ("core_concepts", "Core concepts and how they relate"),
    "3": ("algorithms", "Algorithms"),
    "4": ("code_practice", "Code practice"),
    "5": ("applications", "Where they are used"),
    "6": ("tools", "Tools"),
    "7": ("outlook", "Summary and what comes next"),
}

Mark = tuple[float, float, str]


class NotYet(Exception):
    """What a battery raises when an attempt is not right yet: the smallest case, in whole sentences.

    Parameters
    ----------
    got : str
        What came.
    expected : str
        What was expected.
    why : str
        How it came to that.
    advice : str
        What the learner might do now, without giving the answer away.
    trace : Trace, optional
        The run that shows it; its diagram is shown below the words.
    mark : (float, float, str) or list of such
        Brackets under the diagram: from, to (ms), and what is to be seen there.
    between : (float, float), optional
        Show only this part of the run.
    title : str, optional
        Over the diagram.
    """

    def __init__(
        self,
        got: str,
        expected: str = "",
        why: str = "",
        advice: str = "",
        *,
        trace: Trace | None = None,
        mark: Mark | Sequence[Mark] = (),
        between: tuple[float, float] | None = None,
        title: str | None = None,
    ) -> None:
        super().__init__(got)
        self.lines = [line for line in (got, expected, why) if line]
        self.advice, self.trace = advice, trace
        self.options = {"mark": mark, "between": between, "title": title}


class Passed(str):
    """What a battery may return in place of a plain str: what was tried, and a run to look at."""

    trace: Trace | None
    options: dict[str, Any]

    def __new__(
        cls,
        tried: str,
        *,
        trace: Trace | None = None,
        mark: Mark | Sequence[Mark] = (),
        between: tuple[float, float] | None = None,
        title: str | None = None,
    ) -> Passed:
        """Make one; the parameters are those of `NotYet`."""
        new = super().__new__(cls, tried)
        new.trace, new.options = trace, {"mark": mark, "between": between, "title": title}
        return new


Battery = Callable[[Any, Course], str]


class Exercise(msgspec.Struct, frozen=True):
    """One exercise.

    Attributes
    ----------
    id : str
        Chapter, dot, number: ``"1.3"``, ``"4.2b"``.
    title : str
    points : int
    wanted : Wanted
        What kind of thing an attempt is, and how one sees that it is still the stub.
    hints : tuple of str
        From a nudge to nearly the answer.
    reference : str, or tuple of classes and functions
        A solution: what may stand in the stub's cell. Of classes and functions the source is taken.
    battery : function from attempt and Course to str
        Returns what was tried, or raises `NotYet`.
    """

    id: str
    title: str
    points: int
    wanted: Wanted
    hints: tuple[str, ...]
    reference: str | tuple[Any, ...]
    battery: Battery

    @property
    def source(self) -> str:
        """The reference as text, ready to stand in the stub's cell."""
        if isinstance(self.reference, str):
            return textwrap.dedent(self.reference).strip() + "\n"
        return "\n\n".join(textwrap.dedent(inspect.getsource(part)) for part in self.reference)

    @property
    def module(self) -> str:
        """Where the battery is defined; the process that checks imports it."""
        return self.battery.__module__


class OneSentence(Exception):
    """An exception that a notebook shows as its sentence, without a traceback through our insides."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class UnknownExercise(OneSentence, LookupError):
    """There is no exercise of that id; the sentence says which there are."""


_known: dict[str, Exercise] = {}


def exercise(
    id: str,
    title: str,
    *,
    points: int,
    wanted: Wanted,
    hints: Sequence[str],
    reference: str | Sequence[Any],
) -> Callable[[Battery], Battery]:
    """Register the battery below as the judge of an exercise; the parameters are those of `Exercise`.

    Raises
    ------
    ValueError
        When the id is not of the form ``"1.3"`` or is taken, or there is no hint.
    """
    if not re.fullmatch(r"\d+\.\d+[a-z]?", id):
        raise ValueError(f"an exercise's id is chapter, dot, number, as in '1.3' or '4.2b', not {id!r}")
    if isinstance(hints, str) or not hints:
        raise ValueError(f"exercise {id} needs a list of hints, at least one")
    if points < 1:
        raise ValueError(f"exercise {id} gives at least one point, not {points}")

    def register(battery: Battery) -> Battery:
        if id in _known and _known[id].module != battery.__module__:
            raise ValueError(f"there are two exercises {id}: in {_known[id].module} and {battery.__module__}")
        parts = reference if isinstance(reference, str) else tuple(reference)
        _known[id] = Exercise(id, title, points, wanted, tuple(hints), parts, battery)
        return battery

    return register


def order(id: str) -> tuple[int, int, str]:
    """A key that puts ids in order: 1.2 before 1.10."""
    chapter, number, letter = re.fullmatch(r"(\d+)\.(\d+)(.*)", id).groups()  # type: ignore[union-attr]
    return int(chapter), int(number), letter


def find(id: str) -> Exercise:
    """The exercise of that id.

    Raises
    ------
    UnknownExercise
        When there is none.
    """
    if not isinstance(id, str):
        raise UnknownExercise(f'an exercise is named by its id in quotes, as in "1.1", not by {id!r}')
    load(id.split(".")[0])
    if id not in _known:
        those = ", ".join(sorted(_known, key=order)) or "none yet"
        raise UnknownExercise(f"there is no exercise {id!r}; there are {those}")
    return _known[id]


def load(chapter: str) -> None:
    """Import the file of a chapter's exercises, if it exists."""
    name = f"distlab.exercises.{CHAPTERS[chapter][0]}" if chapter in CHAPTERS else None
    if name and importlib.util.find_spec(name):
        importlib.import_module(name)


def every() -> list[Exercise]:
    """All exercises of the course, in order."""
    for chapter in CHAPTERS:
        load(chapter)
    return [_known[id] for id in sorted(_known, key=order) if id.split(".")[0] in CHAPTERS]
