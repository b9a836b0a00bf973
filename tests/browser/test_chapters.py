"""Each chapter as a reader meets it: opened in JupyterLab, run from top to bottom, moved by keyboard."""

import nbformat
import pytest

from tests.browser.conftest import CHAPTERS

NAMES = sorted(path.name for path in CHAPTERS.glob("*.ipynb"))


@pytest.mark.parametrize("name", NAMES)
def test_a_chapter_runs_and_its_sliders_move_by_keyboard(open_notebook, name):
    notebook = open_notebook(name)
    notebook.run_all()
    assert notebook.failures() == []
    code_cells = [
        cell for cell in nbformat.read(CHAPTERS / name, as_version=4).cells if cell.cell_type == "code"
    ]
    assert notebook.prompts() == [f"[{n}]:" for n in range(1, len(code_cells) + 1)]

    sliders = notebook.sliders()
    if name == "1_background.ipynb":
        assert sliders.count() > 0
    for n in range(sliders.count()):
        assert moves(notebook, sliders.nth(n)), f"slider {n} changes no picture"
        notebook.shot(f"{name}-slider-{n}")
    assert notebook.errors == []


def moves(notebook, slider):
    """Whether a few steps change what is drawn: one alone may not, at a right end, or where nothing is passed."""
    for key, seconds in [("ArrowRight", 10), *[("ArrowLeft", 3)] * 4]:
        before, after = notebook.press(slider, key, seconds)
        if before != after:
            return True
    return False
