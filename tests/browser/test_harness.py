"""JupyterLab opens, and the harness sees what goes wrong in it: on a good notebook and on a broken one."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.tools.chapters import METADATA

SLIDER = """
import ipywidgets
slider, picture = ipywidgets.IntSlider(3), ipywidgets.HTML()
def draw(change=None):
    picture.value = f"<svg width='200' height='9'><rect width='{VALUE}' height='9'/></svg>"
slider.observe(draw, "value")
draw()
ipywidgets.VBox([slider, picture])
"""
THROWS = """
import anywidget
class Throws(anywidget.AnyWidget):
    _esm = "export default { render() { throw new Error('no picture today') } }"
Throws()
"""


@pytest.fixture
def notebook(lab, open_notebook, request):
    """The notebook made of the cells that the test's parameter gives, open in JupyterLab."""
    cells = [new_code_cell(source.strip()) for source in request.param]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "scratch.ipynb")
    return open_notebook("scratch.ipynb")


@pytest.mark.parametrize("notebook", [[SLIDER.replace("VALUE", "slider.value"), "1 + 1"]], indirect=True)
def test_a_good_notebook_runs_and_its_slider_moves(notebook):
    assert notebook.prompts() == ["[ ]:", "[ ]:"]
    notebook.run_all()
    assert notebook.prompts() == ["[1]:", "[2]:"]
    before, after = notebook.press(notebook.sliders().first, "ArrowRight")
    assert (before.count('width="3"'), after.count('width="4"')) == (
        before.count("<rect"),
        after.count("<rect"),
    )
    assert before != after
    assert notebook.failures() == [] and notebook.errors == []


@pytest.mark.parametrize(
    "notebook", [[SLIDER.replace("VALUE", "7"), THROWS, "1 / 0", "'never run'"]], indirect=True
)
def test_what_is_broken_is_seen(notebook):
    notebook.run_all()
    assert notebook.prompts()[2:] == ["[3]:", "[ ]:"]
    (failure,) = notebook.failures()
    assert "ZeroDivisionError" in failure
    before, after = notebook.press(notebook.sliders().first, "ArrowRight", seconds=0.5)
    assert before == after
    assert any("no picture today" in error for error in notebook.errors)
