"""What a real kernel shows when a cell goes wrong."""

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

SET_UP = """
from distlab import Message, Node, Simulation

class Ping(Message):
    number: int

class Shy(Node):
    def start(self):
        self.broadcast(Ping(1))

    def receive(self, message, sender):
        raise KeyError(message.number)

from distlab import Operation, linearizable

READ = [Operation("a", ("read",), called=0, returned=1)]

def step(state, call, result):
    return state["one"]

def mine():
    raise ValueError("my own")
"""


@pytest.fixture(scope="module")
def shown():
    """The outputs of each of some cells, in one kernel."""
    cells = ["Simulation({'a': Shy}).run()", "Simulation({'a': Shy(), 'b': Shy()}).run()", "mine()", "1 + 1"]
    cells += ["linearizable(READ, step)", "linearizable(READ, lambda state: state)"]
    notebook = new_notebook(cells=[new_code_cell(source) for source in [SET_UP, *cells]])
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60).execute()
    return [cell.outputs for cell in notebook.cells[1:]]


def text(outputs):
    return "\n".join(line for output in outputs for line in output.get("traceback", []))


def test_bad_input_shows_the_line_of_the_cell_and_none_of_ours(shown):
    (error,) = shown[0]
    assert error.ename == "TypeError" and error.evalue == "'a' is the class Shy, not a node: write Shy(...)"
    assert "Simulation" in text([error]) and "simulate.py" not in text([error])


def test_a_broken_node_shows_one_sentence_and_the_run_up_to_there(shown):
    error, picture = shown[1]
    assert error.ename == "NodeError"
    assert error.evalue.startswith(
        "b raised KeyError (1); while handling Ping(number=1) from a, at 1 ms, line 11"
    )
    assert "Traceback" not in text([error]) and "run.py" not in text([error])
    assert picture.data["text/plain"].startswith("Trace(2 nodes") and "image/png" in picture.data


def test_an_exception_of_the_learners_own_is_shown_whole(shown):
    (error,) = shown[2]
    assert error.ename == "ValueError"
    assert len(error.traceback) > 2 and "my own" in error.traceback[-2] and "my own" in error.traceback[-1]


def test_nothing_else_changes(shown):
    (result,) = shown[3]
    assert nbformat.from_dict(result).data["text/plain"] == "2"


def test_a_function_that_broke_in_our_hands_is_shown_without_them(shown):
    (error,) = shown[4]
    assert error.ename == "ModelError" and error.evalue.startswith(
        "step(None, ('read',), None) raised TypeError"
    )
    assert "state[\x1b" in text([error]) or 'state["one"]' in text([error])
    assert "automaton.py" not in text([error])


def test_a_function_that_could_not_even_be_called_is_one_sentence(shown):
    (error,) = shown[5]
    assert "takes 1 positional argument but 3 were given" in error.evalue
    assert "direct cause" not in text([error]) and "automaton.py" not in text([error])
