"""The player where it has little room: many nodes, a state machine beside them, a run that is far too long."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.test_player import COMMIT, KEY, player, reach, report, scrub
from tests.tools.chapters import METADATA

SEVEN = """
names = "abcdef"
many = {"coordinator": Coordinator(list(names)), **{name: Participant() for name in names}}
seven = Simulation(many, seed=2, network=Network(delay=(4, 14)), faults=[crash]).run()
seven.play()
"""
MACHINE = """
from distlab import transitions
machine = transitions([trace, seven], list("abc"))
seven.play(machine=machine)
"""
LEARNED = "trace.play(machine=True, broken=45)"
TWENTY = """
names = [f"p{i}" for i in range(19)]
many = {"coordinator": Coordinator(names), **{name: Participant() for name in names}}
Simulation(many, seed=2, network=Network(delay=(4, 14))).run().play()
"""
LONG = """
class Ball(Message):
    n: int

class Wall(Node):
    def start(self):
        self.broadcast(Ball(0))

    def receive(self, message, sender):
        self.send(sender, Ball(message.n + 1))

Simulation({f"n{i}": Wall() for i in range(10)}).run(max_events=100_000).play()
"""
HUGE = """
class Counts(Node):
    state = "calm"

    def __init__(self):
        self.large = 1

    def start(self):
        self.large = 10**5000  # Python refuses to write so many digits
        self.broadcast(Prepare("x"))

Simulation({"a": Counts(), "b": Participant()}, network=Network(delay=3)).run().play()
"""


@pytest.fixture
def notebook(lab, open_notebook, request):
    """The cells that the test's parameter gives, run in JupyterLab."""
    cells = [new_code_cell(source.strip()) for source in request.param]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "screen.ipynb")
    opened = open_notebook("screen.ipynb")
    opened.page.keyboard.press("Control+b")
    opened.run_all(seconds=120)
    return opened


def room(notebook):
    """How high the notebook's window is, in pixels."""
    return notebook.page.locator(".jp-Notebook .jp-WindowedPanel-outer").evaluate("e => e.clientHeight")


@pytest.mark.parametrize("notebook", [[COMMIT, SEVEN, MACHINE, TWENTY]], indirect=True)
def test_all_of_the_player_is_on_a_laptops_screen(notebook):
    assert notebook.failures() == []
    for n in range(4):
        widget = player(notebook, n)
        box = widget.bounding_box()
        print(f"player {n}: {box['height']:.0f} of {room(notebook)} pixels")
        assert box["height"] <= room(notebook) + 8, "but for the margin under the keys"
        assert widget.evaluate("e => e.scrollWidth <= e.clientWidth")
        notebook.shot(f"player-fits-{n}")
    scrolls = "e => e.querySelector('.diagram').scrollHeight > e.querySelector('.diagram').clientHeight + 1"
    assert [player(notebook, n).evaluate(scrolls) for n in range(4)] == [False, False, False, True]
    scrubber = player(notebook, 3).locator("input[type=range]")
    assert scrubber.is_visible(), "it stays in sight where the lines have to be scrolled"
    seven = player(notebook, 1).locator("table.states tbody tr:not(.more)")
    table = player(notebook, 1).locator(".frame").bounding_box()
    last = seven.last.bounding_box()
    assert last["y"] + last["height"] <= table["y"] + table["height"] + 1
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, SEVEN, MACHINE, LEARNED]], indirect=True)
def test_the_state_machine_is_lit_as_the_run_goes_on(notebook):
    page, widget = notebook.page, player(notebook, 2)
    lit = ".machine [data-state].lit"
    assert widget.locator(lit).count() == 1, "all three are working"
    assert widget.locator(f"{lit} .who").text_content() == "a, b, c"
    widget.focus()
    seen = set()
    for _ in range(40):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(20)
        here = widget.locator(lit).evaluate_all("all => all.map(e => e.dataset.state)")
        seen.update(here)
        taken = widget.locator(".machine .move.taken").evaluate_all(
            "all => all.map(e => [e.dataset.from, e.dataset.to])"
        )
        changed = widget.locator("table.states .change.fresh").all_text_contents()
        for old, new in taken:
            assert any(f"{old} → {new}" in words for words in changed)
            assert new in here
    assert seen == {"working", "prepared", "committed"}
    assert "now a, b, c committed" in widget.locator("svg.machine").get_attribute("aria-label")
    page.keyboard.press("Home")
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    notebook.shot("player-machine")

    learned = player(notebook, 3)
    shown = learned.locator("svg.machine:visible")
    assert shown.count() == 1 and "State machine: working → prepared" in shown.get_attribute("aria-label")
    learned.get_by_role("button", name="coordinator", exact=True).first.focus()
    page.keyboard.press("Enter")
    shown.locator(".lit .who").get_by_text("coordinator").wait_for(timeout=5000)
    learned.locator(".tabs button").first.click()
    assert shown.locator(".lit .who").text_content() == "a, b, c"
    learned.focus()
    page.keyboard.press("v")
    reach(notebook, learned, "45 ms")
    learned.get_by_role("button", name="next violation").click()
    assert learned.locator(".said").text_content() == "no violation after this"
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, LONG, HUGE]], indirect=True)
def test_a_run_of_100_000_events_leaves_the_page_alive_and_what_does_not_print_says_so(notebook):
    assert notebook.failures() == []
    page, widget = notebook.page, player(notebook, 1)
    assert "100,000 events are too many to step through" in widget.locator(".hint").text_content()
    widget.focus()
    report("key to picture, 100,000 events", [widget.evaluate(KEY, "ArrowRight") for _ in range(20)])
    scrub(widget, ", 100,000 events")
    page.keyboard.press("Home")
    reach(notebook, widget, "step 0 of ")
    notebook.shot("player-long")
    huge = player(notebook, 2)
    huge.focus()
    page.keyboard.press("End")
    huge.locator("table.states").get_by_text("large does not print: ValueError").first.wait_for(timeout=5000)
    notebook.shot("player-does-not-print")
    assert notebook.errors == []
