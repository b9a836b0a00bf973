"""See a notebook as a reader does: `.venv/bin/python tests/browser/shot.py chapters/x.ipynb out/x [--dark]`.

Opens a copy in JupyterLab, runs it all, and writes one picture a screenful: out/x-01.png, out/x-02.png, ...
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.browser.harness import LAPTOP, Notebook, chromium, jupyterlab


def screenfuls(notebook: Notebook) -> Iterator[int]:
    """Scroll the notebook from its top to its end, a screenful at a time."""
    page = notebook.page
    page.keyboard.press("Control+b")  # without the file browser
    scroller = page.locator(".jp-Notebook .jp-WindowedPanel-outer")
    height = scroller.evaluate("e => e.clientHeight") - 40  # a little overlap
    for n in range(1, 200):
        scroller.evaluate(f"e => e.scrollTo(0, {(n - 1) * height})")
        page.wait_for_timeout(300)
        yield n
        end = page.locator(".jp-Notebook .jp-Cell").last.bounding_box()
        if end is None or end["y"] + end["height"] <= LAPTOP["height"]:
            return


def main() -> int:
    """Take the pictures; 1 if a cell failed or the console shows anything red."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("prefix", type=Path, help="what the names of the pictures begin with")
    parser.add_argument("--dark", action="store_true", help="in JupyterLab's dark theme")
    arguments = parser.parse_args()
    arguments.prefix.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "course"), Path(folder, "jupyter")
        root.mkdir()
        shutil.copy(arguments.notebook, root)
        with jupyterlab(root, home) as lab, chromium() as browser:
            if arguments.dark:
                lab.configure("apputils-extension/themes", theme="JupyterLab Dark")
            notebook = Notebook(browser.new_page(viewport=LAPTOP), lab.url(arguments.notebook.name))
            notebook.run_all()
            for n in screenfuls(notebook):
                path = f"{arguments.prefix}-{n:02}.png"
                notebook.page.screenshot(path=path)
                print(path)
            wrong = notebook.failures() + notebook.errors
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
