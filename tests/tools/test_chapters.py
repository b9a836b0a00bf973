"""`make chapters` writes what strict comparison accepts, and strict comparison accepts nothing else."""

import re
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.tools import hygiene
from tests.tools.chapters import main

CELLS = ["import ipywidgets\nprint('one')\nprint('two')", "ipywidgets.IntSlider(3)", "{'a': 1}"]


@pytest.fixture
def write(tmp_path):
    """Write a notebook of the given cells, with all that JupyterLab leaves in a file."""

    def write(sources):
        cells = [new_code_cell(source, metadata={"execution": {"iopub.busy": "now"}}) for source in sources]
        kernel = {"name": "another", "display_name": "Another", "language": "python"}
        path = tmp_path / "chapter.ipynb"
        notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel, "widgets": {}})
        nbformat.write(notebook, path)
        return path

    return write


def compare(path):
    """Run the notebook as `make notebooks` does; a letter for each cell, as pytest prints them."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval",
        "--nbval-current-env",
        "-p",
        "no:cacheprovider",
        path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=path.parent)
    return re.search(rf"^{path.name} ([.F]+) ", done.stdout, re.MULTILINE)[1]


def test_what_is_stored_is_clean_and_held_to(write, capsys):
    path = write(CELLS)
    assert main([str(path)]) == 0
    assert hygiene.faults(path) == []
    path.write_bytes(path.read_bytes().replace(b"two\\n", b"too\\n", 1))
    assert compare(path) == "F.."


def test_a_chapter_with_a_failing_cell_is_left_as_it_was(write, capsys):
    path = write(["1 + 1", "1 / 0"])
    before = path.read_bytes()
    assert main([str(path)]) == 1
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().err
