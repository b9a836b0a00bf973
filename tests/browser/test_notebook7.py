"""The widgets in Jupyter Notebook 7, which nbgrader brings along: the same server, another page."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.harness import ARTIFACTS, LAPTOP
from tests.browser.test_player import COMMIT, moment
from tests.browser.test_widgets import ABILENE, SANDBOX
from tests.tools.chapters import METADATA

pytest.importorskip("notebook", reason="Jupyter Notebook 7 is not installed")


@pytest.fixture
def page(lab, browser):
    cells = [new_code_cell(source.strip()) for source in (COMMIT, SANDBOX, ABILENE)]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "seven.ipynb")
    page = browser.new_page(viewport=LAPTOP)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.goto(f"http://127.0.0.1:{lab.port}/notebooks/seven.ipynb?token={lab.token}")
    page.locator(
        ".jp-NotebookKernelLogo, .jp-Toolbar-kernelStatus, .jp-Notebook-ExecutionIndicator"
    ).first.wait_for()
    page.wait_for_function("document.querySelectorAll('.jp-Notebook .jp-CodeCell').length === 3")
    errors.clear()  # Notebook's own, while it comes up
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    yield page
    ARTIFACTS.mkdir(exist_ok=True)
    page.screenshot(path=ARTIFACTS / "notebook-7.png")
    page.close()
    lab.end_kernels()
    assert errors == [], errors


def test_player_sandbox_and_network_live_in_notebook_7(page):
    widget = page.locator(".distlab-player")
    widget.wait_for(timeout=60_000)
    widget.evaluate("e => e.scrollIntoView()")
    widget.get_by_role("button", name="next fault").click()
    widget.locator(".now").get_by_text("crashes").wait_for(timeout=5000)
    here = moment(widget)
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "([e, n]) => e.querySelector('.readout').textContent.startsWith(`step ${n} `)",
        arg=[widget.element_handle(), here - 1],
    )
    page.keyboard.press("x")  # cuts the cell, unless the player keeps its keys to itself
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
    page.screenshot(path=ARTIFACTS / "notebook-7-player.png")

    slider = page.locator(".jp-OutputArea .noUi-handle").nth(1)
    slider.wait_for(timeout=30_000)
    slider.scroll_into_view_if_needed()
    shown = page.locator(".distlab-result svg").first
    before = shown.evaluate("e => e.outerHTML")
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.distlab-result svg').outerHTML !== before",
        arg=before,
        timeout=10_000,
    )

    cable = page.locator('[data-click][aria-label="cut the cable Seattle – Denver"]').first
    cable.wait_for(timeout=30_000)
    cable.click()
    mended = page.locator('[data-click][aria-label="mend the cable Seattle – Denver"]').first
    mended.wait_for(timeout=10_000)
    mended.focus()
    page.keyboard.press("Enter")  # edits the cell, unless the widget keeps its keys to itself
    cable.wait_for(timeout=10_000)
    page.keyboard.press("x")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
