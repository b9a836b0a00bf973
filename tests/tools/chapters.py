"""Run chapters and store their outputs: `make chapters`.

The outputs are committed and every later run is compared with them, so nothing may be stored that another
machine would print differently: no widget views (their models are gone), no times, no interpreter's version.
"""

import argparse
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# what a cell may carry: tags for nbval, a folded source, nbgrader's points, and our own reasons
CELL_METADATA = {"distlab", "jupyter", "nbgrader", "tags"}


def normalise(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Take away, in place, whatever depends on the machine or dies with the kernel."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            output.get("metadata", {}).pop(WIDGET_VIEW, None)
    return notebook


def execute(notebook: nbformat.NotebookNode, folder: Path) -> nbformat.NotebookNode:
    """Run every cell in a fresh kernel that starts in `folder`; outputs are replaced, in place."""
    notebook.metadata = nbformat.from_dict(METADATA)
    NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
    ).execute()
    return notebook


def refresh(path: Path) -> float:
    """Run the chapter at `path` and write it back; the seconds it took.

    The file stays as it was when a cell fails.
    """
    notebook = nbformat.read(path, as_version=4)
    began = time.perf_counter()
    normalise(execute(notebook, path.parent))
    nbformat.write(notebook, path)
    return time.perf_counter() - began


def main(arguments: list[str] | None = None) -> int:
    """Refresh the chapters named on the command line."""
    parser = argparse.ArgumentParser(description="Run chapters and store their outputs.")
    parser.add_argument("chapters", nargs="*", type=Path, metavar="chapters/x.ipynb")
    failed = 0
    for path in parser.parse_args(arguments).chapters:
        try:
            print(f"{path}: {refresh(path):.1f} s")
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            failed += 1
            print(f"{path}: left as it was, for a cell failed\n{error}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
