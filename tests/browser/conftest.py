"""One JupyterLab and one browser for all tests here, on a copy of the chapters."""

import os
import shutil
from pathlib import Path

import pytest

from tests.browser.harness import LAPTOP, Notebook, chromium, jupyterlab

CHAPTERS = Path(__file__).parents[2] / "chapters"


@pytest.fixture(scope="session")
def browser():
    opened = chromium()
    try:
        browser = opened.__enter__()
    except LookupError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield browser
    opened.__exit__(None, None, None)


@pytest.fixture(scope="session")
def lab(tmp_path_factory, browser):
    root = tmp_path_factory.mktemp("course")
    if CHAPTERS.exists():
        shutil.copytree(
            CHAPTERS, root, ignore=shutil.ignore_patterns(".ipynb_checkpoints"), dirs_exist_ok=True
        )
    with jupyterlab(root, tmp_path_factory.mktemp("jupyter")) as lab:
        yield lab


@pytest.fixture
def open_notebook(request, lab, browser):
    """`open_notebook("1_background.ipynb")` opens it; what is in sight at the end of the test is kept."""
    opened = []

    def open_it(name):
        opened.append(Notebook(browser.new_page(viewport=LAPTOP), lab.url(name)))
        return opened[-1]

    yield open_it
    for notebook in opened:
        notebook.shot(request.node.name)
        notebook.page.close()
    lab.end_kernels()
