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
        before, after = notebook.press(sliders.nth(n), "ArrowRight")
        if before == after:  # it stood at its right end
            before, after = notebook.press(sliders.nth(n), "ArrowLeft")
        assert before != after, f"slider {n} changes no picture"
        notebook.shot(f"{name}-slider-{n}")
    assert notebook.errors == []
