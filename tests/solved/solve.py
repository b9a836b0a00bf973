"""Notebooks with exercises: put the references into the stubs' cells, and read what the checks answered."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

from distlab.exercises.notebook import CHECK
from distlab.exercises.registry import find

CHAPTERS = sorted((Path(__file__).parents[2] / "chapters").glob("*.ipynb"))


def stubs(notebook):
    """The cells that a learner fills in, by the id of their exercise: `{"distlab": {"exercise": "1.1"}}`."""
    named = {cell.metadata.get("distlab", {}).get("exercise"): cell for cell in notebook.cells}
    return {id: cell for id, cell in named.items() if id}


def checks(notebook):
    """The cells that check, by the id of the exercise."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return {id: cell for cell in code for id in CHECK.findall(cell.source)}


def solve(notebook, *, but=()):
    """Put the reference into every stub's cell, in place; not for the exercises in `but`."""
    for id, cell in stubs(notebook).items():
        if id not in but:
            cell.source = find(id).source.rstrip()
    return notebook


def execute(notebook, folder):
    """Run all cells in a fresh kernel; the first that raises ends it."""
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    return notebook


def answers(notebook):
    """What each check answered, as text, by the id of the exercise."""
    found = {}
    for id, cell in checks(notebook).items():
        texts = [output.data.get("text/plain", "") for output in cell.outputs if "data" in output]
        found[id] = next((text for text in texts if f" {id} " in text), "")
    return found


def small():
    """A notebook of chapter 1's exercises and nothing else."""
    from tests.exercises import test_clock, test_detector, test_flooding, test_spots

    sources = {
        "1.1": (test_clock.CELL.format(start="...", receive="..."), "Walker"),
        "1.2": (test_detector.STUB, "Detector"),
        "1.3": (test_flooding.STUB, "Flooder"),
        "1.4": (test_spots.STUB, "weak_spots"),
        "1.5": ("faults = []      # at most two faults, none of them a Crash\nseed = 0", "(faults, seed)"),
    }
    imports = "from distlab import Clock, Loss, Message, Node, Partition, Pause, check"
    earlier = f"{imports}\n\n{test_flooding.EARLIER}"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(earlier)])
    for id, (source, attempt) in sources.items():
        notebook.cells += [stub(id, source.strip()), check(id, attempt)]
    return notebook


def stub(id, source):
    """A cell for the learner."""
    return nbformat.v4.new_code_cell(source, metadata={"distlab": {"exercise": id}})


def check(id, attempt):
    """A cell that checks, and that nbgrader grades."""
    grade = {
        "schema_version": 3,
        "grade_id": f"check-{id.replace('.', '-')}",
        "grade": True,
        "solution": False,
        "locked": True,
        "task": False,
        "points": find(id).points,
    }
    return nbformat.v4.new_code_cell(f'check("{id}", {attempt})', metadata={"nbgrader": grade})
