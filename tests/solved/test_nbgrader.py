"""A chapter is an nbgrader assignment as it stands."""

import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config

from tests.solved import solve

pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course with one assignment, released, handed in by ana, and graded."""
    root = tmp_path_factory.mktemp("course")
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)  # it calls `alembic`
    (root / "source" / "one").mkdir(parents=True)
    nbformat.write(solve.small(), root / "source" / "one" / "chapter.ipynb")
    config = Config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.course_id = "distlab"
    config.Exchange.root = str(root / "exchange")
    config.ClearSolutions.enforce_metadata = True
    yield root, NbGraderAPI(config=config)
    monkeypatch.undo()


def test_the_assignment_is_generated_with_its_stubs(course):
    root, api = course
    result = api.generate_assignment("one", force=True)
    assert result["success"], result["log"]
    released = nbformat.read(root / "release" / "one" / "chapter.ipynb", as_version=4)
    assert [cell.source for cell in released.cells] == [cell.source for cell in solve.small().cells]


def test_a_submission_is_graded(course):
    root, api = course
    if not (root / "release").exists():
        assert api.generate_assignment("one", force=True)["success"]
    submitted = nbformat.read(root / "release" / "one" / "chapter.ipynb", as_version=4)
    solve.solve(submitted, but=["1.3"])
    cell = solve.stubs(submitted)["1.4"]
    cell.source = cell.source.replace("links.add((u, v))", "pass")
    checking = solve.checks(submitted)["1.3"]
    checking.source = "pass"  # whoever removes a check gets it back
    folder = root / "submitted" / "ana" / "one"
    folder.mkdir(parents=True)
    nbformat.write(submitted, folder / "chapter.ipynb")
    result = api.autograde("one", "ana", force=True)
    assert result["success"], result["log"]
    with Gradebook(f"sqlite:///{root}/gradebook.db", "distlab") as book:
        grades = book.find_submission_notebook("chapter", "one", "ana").grades
        assert {grade.name: grade.auto_score for grade in grades} == {
            "check-1-1": 2,
            "check-1-2": 3,
            "check-1-3": 0,
            "check-1-4": 0,
            "check-1-5": 2,
        }
