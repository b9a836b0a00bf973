"""Every chapter's exercises: their cells are as nbgrader wants them, and the references pass in them."""

import nbformat
import pytest

from distlab.exercises.registry import CHAPTERS, every, find
from tests.solved import solve

PATHS = [pytest.param(path, id=path.stem) for path in solve.CHAPTERS]


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


@pytest.mark.parametrize("path", PATHS)
def test_every_exercise_has_its_cells(path, notebook):
    number = path.stem.split("_")[0]
    ids = [one.id for one in every() if one.id.split(".")[0] == number]
    assert list(solve.stubs(notebook)) == ids
    assert list(solve.checks(notebook)) == ids


@pytest.mark.parametrize("path", PATHS)
def test_every_check_is_a_cell_that_nbgrader_grades(path, notebook):
    for id, cell in solve.checks(notebook).items():
        attempt = cell.source.partition(", ")[2].removesuffix(")")
        assert cell.metadata == solve.check(id, attempt).metadata


@pytest.mark.parametrize("path", PATHS)
def test_no_stub_is_emptied_by_nbgrader(path, notebook):
    for cell in solve.stubs(notebook).values():
        assert "nbgrader" not in cell.metadata  # generate_assignment replaces a solution by its own stub


@pytest.mark.parametrize("path", PATHS)
def test_every_stub_is_not_attempted_yet(path, notebook):
    for id, answer in solve.answers(notebook).items():
        assert answer.startswith(f"○ {id} {find(id).title} · not attempted yet"), answer


@pytest.mark.parametrize("path", PATHS)
def test_every_reference_passes_in_its_notebook(path, notebook, monkeypatch):
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    solve.execute(solve.solve(notebook), path.parent)
    for id, answer in solve.answers(notebook).items():
        assert answer.startswith(f"✓ {id} {find(id).title} · passed"), answer


@pytest.fixture(scope="module")
def small():
    """Chapter 1's exercises alone, all solved but one."""
    return solve.solve(solve.small(), but=["1.3"])


def test_solving_leaves_out_what_it_is_told_to(small):
    assert "..." in solve.stubs(small)["1.3"].source
    assert "max(self.time, message.time)" in solve.stubs(small)["1.1"].source


def test_answers_are_read_from_a_run(small, tmp_path, monkeypatch):
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    answers = solve.answers(solve.execute(small, tmp_path))
    assert [text.split(" · ")[1].splitlines()[0] for text in answers.values()] == [
        "passed",
        "passed",
        "not attempted yet",
        "passed",
        "passed",
    ]


def test_the_chapters_of_the_machine_are_those_of_the_course():
    assert {path.stem for path in solve.CHAPTERS} <= {f"{n}_{file}" for n, (file, _) in CHAPTERS.items()}
