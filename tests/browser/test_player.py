"""The player as a learner meets it: stepped, scrubbed, clicked, and worked without a mouse."""

from statistics import median

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.tools.chapters import METADATA

COMMIT = """
from distlab import Crash, Message, Network, Node, Simulation, Trace

class Prepare(Message):
    tx: str

class Vote(Message):
    tx: str
    yes: bool

class Decision(Message):
    tx: str
    commit: bool

class Coordinator(Node):
    state = "working"

    def __init__(self, participants):
        self.participants, self.votes = participants, {}

    def start(self):
        self.broadcast(Prepare("t1"), to=self.participants)

    def receive(self, message, sender):
        self.votes[sender] = message.yes
        if len(self.votes) == len(self.participants):
            self.disk["t1"] = self.state = "committed"
            self.broadcast(Decision("t1", True), to=self.participants)

    def recover(self):
        self.state = self.disk.get("t1", "aborted")
        self.note(f"recovers from its log: {self.state}")
        self.broadcast(Decision("t1", self.state == "committed"), to=self.participants)

class Participant(Node):
    state = "working"

    def receive(self, message, sender):
        match message:
            case Prepare(tx):
                self.disk[tx] = self.state = "prepared"
                self.send(sender, Vote(tx, True))
            case Decision(tx, commit):
                self.disk[tx] = self.state = "committed" if commit else "aborted"

nodes = {"coordinator": Coordinator(["a", "b", "c"]), **{name: Participant() for name in "abc"}}
crash = Crash("coordinator", at=24, until=45, after_effects=3)
trace = Simulation(nodes, seed=2, network=Network(delay=(4, 14)), faults=[crash]).run()
player = trace.play(title="Two-phase commit: the coordinator crashes after the votes are in")
player
"""
GOSSIP = """
class Rumour(Message):
    hops: int

class Gossip(Node):
    state = "idle"
    heard = 0

    def start(self):
        if self.name == "n0":
            self.tell(0)

    def tell(self, hops):
        self.send(self.choose(self.peers), Rumour(hops))
        self.send(self.choose(self.peers), Rumour(hops))

    def receive(self, message, sender):
        self.heard += 1
        self.state = "waiting" if self.heard % 2 else "committed"
        self.tell(message.hops + 1)

many = Simulation({f"n{i}": Gossip() for i in range(10)}, seed=1, network=Network(delay=(1, 9), loss=0.05))
many.run(max_events=1000).play()
"""
OTHERS = """
from IPython.display import display
display(Trace.from_json(trace.to_json()).play(), Trace(("a", "b"), []).play())
"""
# How long from a key to the changed picture, in the page: the key, the drawing, the frame that shows it.
KEY = """(element, key) => new Promise((resolve) => {
    const start = performance.now();
    element.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
})"""
# Scrub over the whole run, a new place each frame: the milliseconds between frames, and those of our own work in each
# (drawing and layout; a busy machine makes the frames late, not the work long).
SCRUB = """async (element) => {
    const range = element.querySelector('input[type=range]');
    const [low, high, steps] = [Number(range.min), Number(range.max), 120];
    const [frames, work] = [[], []];
    let before = performance.now();
    for (let i = 0; i <= steps; i += 1) {
        let start;
        requestAnimationFrame(() => { start = performance.now(); });
        range.value = low + (high - low) * i / steps;
        range.dispatchEvent(new Event('input'));
        await new Promise((done) => requestAnimationFrame(() => { element.getBoundingClientRect(); done(); }));
        const now = performance.now();
        frames.push(now - before);
        work.push(now - start);
        before = now;
    }
    return [frames.slice(1), work.slice(1)];
}"""


def scrub(widget, what):
    """Scrub, and tell how smooth it was."""
    for name, times in zip(
        ("frames while scrubbing", "our work in a frame"), widget.evaluate(SCRUB), strict=True
    ):
        report(f"{name}{what}", times)


@pytest.fixture
def notebook(lab, open_notebook, request):
    """The cells that the test's parameter gives, run in JupyterLab."""
    cells = [new_code_cell(source.strip()) for source in request.param]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "player.ipynb")
    opened = open_notebook("player.ipynb")
    opened.page.keyboard.press("Control+b")  # without the file browser: as wide as a reader has it
    opened.run_all(seconds=60)
    assert opened.failures() == []
    return opened


@pytest.fixture
def dark(lab):
    lab.configure("apputils-extension/themes", theme="JupyterLab Dark")
    yield
    lab.configure("apputils-extension/themes", theme="JupyterLab Light")


def player(notebook, n=0):
    found = notebook.page.locator(".distlab-player").nth(n)
    found.wait_for()
    found.evaluate("e => e.scrollIntoView()")  # its top at the top of the page
    return found


def moment(widget):
    return int(widget.locator(".readout").text_content().split()[1])


def reach(notebook, widget, words):
    widget.locator(".readout").get_by_text(words).wait_for(timeout=5000)


def passed(notebook, widget, wanted):
    """Wait until playing has come to a step; on a slow machine no look falls upon it itself."""
    notebook.page.wait_for_function(
        "([e, n]) => Number(e.querySelector('.readout').textContent.split(' ')[1]) >= n",
        arg=[widget.element_handle(), wanted],
        timeout=20_000,
    )


def cursor(widget):
    return widget.locator(".cursor").get_attribute("transform")


def whole(widget):
    return widget.locator(".one .whole").text_content()


def report(what, times):
    print(f"player, {what}: median {median(times):.1f} ms, worst {max(times):.1f} ms")


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_a_run_is_played_by_mouse(notebook):
    page, widget = notebook.page, player(notebook)
    assert moment(widget) == 0
    before = cursor(widget)
    widget.get_by_role("button", name="one step on").click()
    reach(notebook, widget, "step 1 of ")
    widget.get_by_role("button", name="next fault").click()
    widget.locator(".now").get_by_text("crashes").wait_for()
    assert cursor(widget) != before
    row = widget.locator("table.states tbody tr").first
    assert row.locator(".chip").text_content() == "working, down"
    assert "down" in row.locator(".change.fresh").text_content()
    assert widget.locator(".distlab-stage .node.down").count() == 1
    notebook.shot("player-crash")

    line = widget.locator('.diagram .messages path[data-e="2"]').bounding_box()
    page.mouse.click(line["x"] + line["width"] / 2, line["y"] + line["height"] / 2)
    assert whole(widget) == "coordinator sends Prepare(tx='t1') to b"
    assert widget.locator(".diagram path.lit").count() > 2
    assert widget.locator(".strips path").count() > 2
    assert "came of it" in widget.locator(".one").text_content()
    notebook.shot("player-causes")
    widget.get_by_role("button", name="to its end").click()
    assert whole(widget) == "b receives Prepare(tx='t1') from coordinator"
    widget.get_by_role("button", name="next note").click()
    widget.locator(".now").get_by_text("“recovers from its log: committed”").wait_for()

    widget.locator(".distlab-stage .node").first.click()
    assert "votes" in widget.locator("tr.more:not([hidden])").text_content()
    widget.get_by_role("button", name="coordinator", exact=True).click()
    assert widget.locator("tr.more:not([hidden])").count() == 0

    axis = widget.locator(".diagram rect.track").first.bounding_box()
    y = axis["y"] + axis["height"] + 22
    page.mouse.move(axis["x"] + 0.7 * axis["width"], y)
    page.mouse.down()
    page.mouse.move(axis["x"] + 0.3 * axis["width"], y)
    page.mouse.move(axis["x"] + 0.02 * axis["width"], y)
    page.mouse.up()
    reach(notebook, widget, "step 2 of ")
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, "player"]], indirect=True)
def test_a_run_is_played_by_keyboard_also_when_the_kernel_is_gone(lab, notebook):
    page, widget = notebook.page, player(notebook)
    widget.focus()
    for key, wanted in (
        ("ArrowRight", 1),
        ("ArrowRight", 2),
        ("ArrowLeft", 1),
        ("Shift+ArrowRight", 11),
        ("Home", 0),
    ):
        page.keyboard.press(key)
        reach(notebook, widget, f"step {wanted} of ")
    page.keyboard.press("End")
    last = int(widget.locator(".readout").text_content().split()[3])
    reach(notebook, widget, f"step {last} of ")
    page.keyboard.press("Shift+F")
    widget.locator(".now").get_by_text("crashes").wait_for()
    page.keyboard.press("n")
    widget.locator(".now").get_by_text("recovers from its log").wait_for()
    page.keyboard.press("ArrowDown")
    assert whole(widget) == "coordinator recovers"
    page.keyboard.press("ArrowUp")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    assert whole(widget) == "coordinator sends Decision(tx='t1', commit=True) to c"
    page.keyboard.press("Enter")
    assert whole(widget) == "c receives Decision(tx='t1', commit=True) from coordinator"
    page.keyboard.press("Escape")
    assert widget.locator(".one .whole").count() == 0
    page.keyboard.press("x")  # cuts the cell in JupyterLab, unless the player keeps its keys to itself
    assert notebook.cells.count() == 2

    page.keyboard.press("Home")
    for _ in range(2):
        page.keyboard.press("+")
    assert widget.locator(".rate").text_content() == "4×"
    page.keyboard.press("Space")
    passed(notebook, widget, 4)
    page.keyboard.press("Space")
    stopped = cursor(widget)
    page.wait_for_timeout(200)
    assert cursor(widget) == stopped
    assert moment(player(notebook, 1)) == 0, "each view has a cursor of its own"
    assert notebook.errors == []

    lab.end_kernels()
    widget.focus()
    page.keyboard.press("End")
    reach(notebook, widget, f"step {last} of ")
    page.keyboard.press("Space")
    passed(notebook, widget, 2)
    page.keyboard.press("Space")


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_motion_is_reduced_for_who_asked_for_it(notebook):
    page, widget = notebook.page, player(notebook)
    page.emulate_media(reduced_motion="reduce")
    widget.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    places = widget.evaluate(
        """async (element) => {
            const seen = new Set();
            const readout = element.querySelector('.readout');
            while (Number(readout.textContent.split(' ')[1]) < 8) {
                seen.add(element.querySelector('.cursor').getAttribute('transform'));
                await new Promise(requestAnimationFrame);
            }
            return [...seen];
        }"""
    )
    assert 2 <= len(places) <= 9, "from event to event, nothing glides"
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, GOSSIP, OTHERS]], indirect=True)
def test_a_thousand_events_are_smooth_and_odd_traces_say_what_is_missing(notebook):
    widget = player(notebook, 1)
    widget.focus()
    report(
        "key to picture at 10 nodes, 1,000 events", [widget.evaluate(KEY, "ArrowRight") for _ in range(40)]
    )
    scrub(widget, " at 10 nodes, 1,000 events")
    reach(notebook, widget, f"step {int(widget.locator('.readout').text_content().split()[3])} of ")
    widget.evaluate(KEY, "Home")
    for _ in range(6):
        widget.evaluate(KEY, "ArrowRight")
    report("light up causes", [widget.evaluate(KEY, "ArrowDown") for _ in range(4)])
    assert widget.locator(".diagram path.lit").count() > 50
    notebook.shot("player-gossip")
    read, empty = player(notebook, 2), player(notebook, 3)
    assert "read from a file" in read.locator(".hint").text_content()
    read.focus()
    notebook.page.keyboard.press("ArrowRight")
    reach(notebook, read, "step 1 of ")
    assert empty.locator(".now").text_content() == "Nothing happened in this run."
    assert empty.get_by_role("button", name="play", exact=True).is_disabled()
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_the_dark_theme(dark, notebook):
    widget = player(notebook)
    widget.focus()
    for key in ("f", "ArrowLeft", "ArrowLeft"):
        notebook.page.keyboard.press(key)
    reach(notebook, widget, "step ")
    colour = widget.locator(".states .keeps").first.evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(154, 163, 174)"
    notebook.shot("player-dark")
    notebook.page.keyboard.press("ArrowDown")
    notebook.shot("player-dark-causes")
    assert notebook.errors == []
