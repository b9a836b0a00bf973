"""`python -m distlab check` grades a completed notebook."""

import nbformat
import pytest

from distlab.__main__ import main
from distlab.exercises import notebook
from tests.solved import solve


@pytest.fixture
def written(tmp_path):
    """Write a notebook to a file."""

    def write(content, name="chapter.ipynb"):
        path = tmp_path / name
        nbformat.write(content, path)
        return path

    return write


def test_a_completed_notebook_is_graded(written, capsys):
    completed = solve.solve(solve.small(), but=["1.3"])
    stubs = solve.stubs(completed)
    stubs["1.2"].source = stubs["1.2"].source.replace("350", "1500")
    stubs["1.4"].source = "weak_spots = undefined"
    path = written(completed)
    before = path.read_bytes()
    assert main(["check", str(path)]) == 1
    assert capsys.readouterr().out == (
        "chapter.ipynb\n"
        "  ✓ 1.1   Lamport's clock                           2 of 2  passed\n"
        "  ✗ 1.2   A failure detector                        0 of 3  not yet: a suspected c only at 3439 ms; "
        "c had fallen silent at 2000 ms.\n"
        "  ○ 1.3   Flooding without storms                   0 of 2  not attempted yet\n"
        "  ○ 1.4   Single points of failure                  0 of 2  not attempted yet: "
        "NameError: name 'weak_spots' is not defined\n"
        "  ✓ 1.5   Break it: two correct detectors disagree  2 of 2  passed\n"
        "  total 4 of 11 points\n"
    )
    assert path.read_bytes() == before


def test_all_passed_is_zero(written, capsys, monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", "seed=5")
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert main(["check", str(written(solve.solve(solve.small())))]) == 0
    assert "total 11 of 11 points" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "there is no file"),
        ("{}", "is no notebook: nbformat cannot read it"),
        ("not even JSON", "is no notebook: nbformat cannot read it"),
    ],
)
def test_what_is_no_notebook_is_two(tmp_path, capsys, content, sentence):
    path = tmp_path / "x.ipynb"
    if content is not None:
        path.write_text(content)
    assert main(["check", str(path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("x.ipynb: not graded: ")
    assert sentence in error
    assert error.count("\n") == 1


def test_a_notebook_without_exercises_is_two(written, capsys):
    empty = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell('# check("1.1", Walker)')])
    assert main(["check", str(written(empty))]) == 2
    assert "has no exercises: no cell calls check(...) for one" in capsys.readouterr().err


def test_a_kernel_that_dies_is_two(written, capsys):
    dying = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("import os; os._exit(1)"), solve.check("1.1", "W")]
    )
    assert main(["check", str(written(dying))]) == 2
    assert "the kernel died" in capsys.readouterr().err


def test_no_command_is_explained(capsys):
    with pytest.raises(SystemExit) as raised:
        main([])
    assert raised.value.code == 2
    assert "command" in capsys.readouterr().err


def test_exercises_are_found_in_the_cells():
    content = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("x = 1\ncheck('1.2', Detector)"),
            nbformat.v4.new_code_cell('answer = check( "1.1", Walker)'),
            nbformat.v4.new_code_cell('check("1.77", Walker)  # there is none'),
            nbformat.v4.new_markdown_cell('check("1.5", x)'),
        ]
    )
    assert [one.id for one in notebook.exercises(content)] == ["1.1", "1.2"]
