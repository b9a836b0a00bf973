"""Grade a completed notebook: run it from the top in a fresh kernel, and say what its checks said."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from distlab.exercises.record import SWITCH, Record, Standing
from distlab.exercises.registry import Exercise, UnknownExercise, find, order
from distlab.exercises.verdict import NOT_ATTEMPTED, PASSED, SIGNS

if TYPE_CHECKING:
    from nbformat import NotebookNode

CHECK = re.compile(r"""^[^#\n]*\bcheck\(\s*["'](\d+\.\d+[a-z]?)["']""", re.MULTILINE)
LONGEST = 600  # seconds for one cell


class Grade(msgspec.Struct):
    """What one exercise got.

    Attributes
    ----------
    exercise : Exercise
    outcome : str
    reason : str
        The first sentence of the answer, or the error that came in its place.
    """

    exercise: Exercise
    outcome: str
    reason: str

    @property
    def points(self) -> int:
        """All or none."""
        return self.exercise.points if self.outcome == PASSED else 0


def read(path: Path) -> NotebookNode:
    """Read a notebook.

    Raises
    ------
    ValueError
        When there is none at `path`, or it has no exercises.
    """
    import nbformat

    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception:  # nbformat raises whatever the text makes it stumble over
        raise ValueError(f"{path} is no notebook: nbformat cannot read it") from None
    if not exercises(notebook):
        raise ValueError(f"{path} has no exercises: no cell calls check(...) for one")
    return notebook


def exercises(notebook: NotebookNode) -> list[Exercise]:
    """The exercises that a notebook's cells check, in order."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for id in sorted({id for source in cells for id in CHECK.findall(source)}, key=order):
        try:
            found.append(find(id))
        except UnknownExercise:  # the cell itself says so
            continue
    return found


def execute(notebook: NotebookNode, folder: Path, record: Path) -> NotebookNode:
    """Run all cells, also behind one that fails; the file itself is left alone.

    Raises
    ------
    RuntimeError
        When the kernel dies, or a cell takes longer than ten minutes.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    environment = {**os.environ, SWITCH: str(record), "DISTLAB_QUIET": "1", "PYTHONHASHSEED": "0"}
    environment.pop("NBGRADER_EXECUTION", None)
    client = NotebookClient(
        notebook,
        timeout=LONGEST,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    notebook.metadata.pop("kernelspec", None)  # whatever it was written with, it runs where distlab is
    try:
        client.execute(env=environment)
    except CellTimeoutError:
        raise RuntimeError(f"a cell took longer than {LONGEST} seconds") from None
    except DeadKernelError:
        raise RuntimeError("the kernel died") from None
    return notebook


def grade(path: Path) -> list[Grade]:
    """Run the notebook at `path` and grade its exercises.

    Raises
    ------
    ValueError
        When it cannot be read.
    RuntimeError
        When it cannot be run to its end.
    """
    notebook = read(path)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "progress.jsonl"
        execute(notebook, path.parent, log)
        standings = Record(log).standings()
    return [_grade(one, notebook, standings) for one in exercises(notebook)]


def _grade(exercise: Exercise, notebook: NotebookNode, standings: Mapping[str, Standing]) -> Grade:
    outcome = standings.get(exercise.id, Standing()).outcome
    cells = [cell for cell in notebook.cells if exercise.id in CHECK.findall(cell.source)]
    said = [line for cell in cells for output in cell.outputs for line in _said(output, exercise.id)]
    return Grade(exercise, outcome, said[0] if said and outcome != PASSED else "")


def _said(output: Any, id: str) -> list[str]:
    """Why there are no points, from the output of a cell: an error, or the first sentence of the answer."""
    if output.output_type == "error":
        return [f"{output.ename}: {output.evalue}".splitlines()[0]]
    head, *sentences = output.get("data", {}).get("text/plain", "").splitlines() or [""]
    attempted = f" {id} " in head and not head.endswith(NOT_ATTEMPTED)
    return [sentence.strip() for sentence in sentences[:1] if attempted]


def table(name: str, grades: list[Grade]) -> str:
    """The grades as text, one line an exercise, and the sum."""
    wide = max(len(one.exercise.title) for one in grades)
    lines = [name]
    for one in grades:
        head = f"  {SIGNS[one.outcome]} {one.exercise.id:<5} {one.exercise.title:<{wide}}"
        line = f"{head}  {one.points} of {one.exercise.points}  {one.outcome}"
        lines.append(f"{line}: {one.reason}" if one.reason and one.outcome != PASSED else line)
    won, there = sum(one.points for one in grades), sum(one.exercise.points for one in grades)
    return "\n".join([*lines, f"  total {won} of {there} points"])
