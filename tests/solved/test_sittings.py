"""Every later sitting runs from a fresh kernel, by its own set-up cell, and gives what the chapter shows."""

import re

import nbformat
import pytest

from tests.solved import solve
from tests.tools.chapters import execute

SITTING = re.compile(r"^## Sitting \d+", re.MULTILINE)


def parts(path):
    """The sittings of a chapter: each from its heading to the next one."""
    cells = nbformat.read(path, as_version=4).cells
    begins = [
        k for k, cell in enumerate(cells) if cell.cell_type == "markdown" and SITTING.search(cell.source)
    ]
    return [cells[begin:end] for begin, end in zip(begins, [*begins[1:], len(cells)], strict=True)]


def shown(cells):
    """What each code cell shows, as text."""
    code = [cell for cell in cells if cell.cell_type == "code"]
    return [
        [output.get("text") or output.get("data", {}).get("text/plain") for output in cell.outputs]
        for cell in code
    ]


LATER = [
    pytest.param(path, k, id=f"{path.stem}-{k + 1}")
    for path in solve.CHAPTERS
    for k in range(1, len(parts(path)))
]


@pytest.mark.parametrize(("path", "k"), LATER)
def test_a_sitting_needs_nothing_of_the_one_before(path, k, monkeypatch):
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    monkeypatch.setenv("PYTHONHASHSEED", "0")
    committed = parts(path)[k]
    run = execute(nbformat.v4.new_notebook(cells=parts(path)[k]), path.parent)
    assert shown(run.cells) == shown(committed)


def test_every_chapter_so_far_has_two_sittings():
    assert [len(parts(path)) for path in solve.CHAPTERS] == [2] * len(solve.CHAPTERS)
