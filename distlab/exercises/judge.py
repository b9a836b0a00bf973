"""One check, in the process that is made for it: run the battery, and put what it says into plain data."""

from __future__ import annotations

import importlib
import linecache
import random
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import msgspec

from distlab.blame import TooLong
from distlab.engine.inspector import Inspector
from distlab.exercises import registry, trials
from distlab.exercises.course import Course
from distlab.exercises.printout import Printout
from distlab.exercises.registry import NotYet
from distlab.exercises.surroundings import Surroundings
from distlab.exercises.verdict import NOT_YET, PASSED, UNCHECKED, as_data
from distlab.node import NodeError
from distlab.simulate import Simulation


class Request(msgspec.Struct):
    """What is to be checked.

    Attributes
    ----------
    id, module : str
        The exercise and the module that it is defined in.
    course : Course
    seconds : float
        How long a single handler or call may take, in wall-clock time.
    sources : dict of str to str
        The learner's source, by the name of its file: cells are on no disk.
    """

    id: str
    module: str
    course: Course
    seconds: float
    sources: dict[str, str]


class Answer(msgspec.Struct):
    """What came of it.

    Attributes
    ----------
    outcome : str
    lines : list of str
    advice : str
    printed : list of str
    run : str or None
        A trace as JSON.
    options : dict
        How to draw it.
    spoilt : bool
        Whether this process can check no more: the attempt changed it.
    """

    outcome: str
    lines: list[str]
    advice: str = ""
    printed: list[str] = []
    run: str | None = None
    options: dict[str, Any] = {}
    spoilt: bool = False


def judge(request: Request, unpack: Callable[[], Any], begun: Callable[[], None] = lambda: None) -> Answer:
    """Check an attempt; whatever it does, there is an answer.

    Parameters
    ----------
    request : Request
    unpack : function
        Gives the attempt, new for this check.
    begun : function
        Called whenever the battery comes to its next case.
    """
    Simulation.handler_seconds = Inspector.handler_seconds = request.seconds
    importlib.import_module(request.module)
    task = registry.find(request.id)
    _know(request.sources)
    random.seed(request.course.seed)  # where an attempt draws, it draws the same on every machine
    before = Surroundings()
    printed = Printout()

    def next_case() -> None:
        printed.begin()
        begun()

    trials.progress.told = next_case
    trials.progress.case("")
    with redirect_stdout(printed), redirect_stderr(printed):
        answer = _outcome(lambda: task.battery(unpack(), request.course))
    changed = before.changed()
    if changed is not None:
        answer = Answer(
            NOT_YET,
            [f"Your attempt changed {changed}, which it shares with whatever checks it."],
            "an exercise is solved by your own code alone",
            spoilt=True,
        )
    return msgspec.structs.replace(answer, printed=printed.lines())


def _know(sources: dict[str, str]) -> None:
    """Let tracebacks find the learner's lines."""
    for name, text in sources.items():
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    trials.progress.own_files = frozenset(sources)


def _outcome(battery: Callable[[], str]) -> Answer:
    try:
        tried = battery()
        data = as_data(getattr(tried, "trace", None))
        return Answer(PASSED, f"{tried}.".splitlines(), run=data, options=getattr(tried, "options", {}))
    except NotYet as finding:
        return Answer(
            NOT_YET, finding.lines, finding.advice, run=as_data(finding.trace), options=finding.options
        )
    except NodeError as error:
        return Answer(NOT_YET, [trials.sentence(error)], run=as_data(error.trace))
    except SystemExit as error:
        return Answer(
            NOT_YET,
            [f"Your attempt called exit(), which ends the whole process{trials.line_of(error)}"],
            "a handler ends with return",
        )
    except (MemoryError, RecursionError) as error:
        what = "needs too much memory" if isinstance(error, MemoryError) else "calls itself too deep"
        return Answer(NOT_YET, [f"Your attempt {what}{trials.line_of(error)}"])
    except (Exception, TooLong, KeyboardInterrupt) as error:
        return _blamed(error)


def _blamed(error: BaseException) -> Answer:
    """An exception that no helper of a battery met: the learner's, if a line of theirs raised it; else ours."""
    if trials._inside(error):
        return Answer(NOT_YET, [f"Your attempt raised {trials.said(error)}{trials.line_of(error)}"])
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = f" in {last.tb_frame.f_code.co_name}, line {last.tb_lineno}" if last is not None else ""
    return Answer(
        UNCHECKED,
        [f"The check itself failed: {trials.said(error)}{where}. This is distlab's fault, not yours."],
        spoilt=True,
    )


def limit_memory(most: int) -> None:
    """Let this process fail with a MemoryError before the machine runs out, where the system can do that."""
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if hard == resource.RLIM_INFINITY or hard > most:
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
