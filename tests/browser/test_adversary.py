"""The adversary as a learner meets it: the network, played by mouse and by keyboard, and the search asked about it."""

from statistics import median

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.tools.chapters import METADATA

COMMIT = """
from distlab import Adversary, Message, Node

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
        if self.state == "working" and len(self.votes) == len(self.participants):
            self.disk["t1"] = self.state = "committed"
            self.broadcast(Decision("t1", True), to=self.participants)

class Participant(Node):
    state = "working"

    def receive(self, message, sender):
        match message:
            case Prepare(tx):
                self.disk[tx] = self.state = "prepared"
                self.send(sender, Vote(tx, True))
                self.set_timer("give up", 90)
            case Decision(tx, commit):
                self.disk[tx] = self.state = "committed"
                self.cancel_timer("give up")

    def wake(self, timer):
        self.disk["t1"] = self.state = "aborted"

def atomic(world):
    return not {"committed", "aborted"} <= {world.nodes[name].state for name in "ab"}

nodes = {"tm": Coordinator(["a", "b"]), "a": Participant(), "b": Participant()}
adversary = Adversary(nodes, always={"all or nothing": atomic})
adversary
"""
LIAR = """
class Order(Message):
    word: str

class General(Node):
    state = "waits"

    def receive(self, message, sender):
        self.state = message.word

class Traitor(General):
    def start(self):
        self.set_timer("dusk", 10)

    def wake(self, timer):
        for name in self.peers:
            self.send(name, Order(self.choose(["attack", "retreat"])))

Adversary({"byz": Traitor(), "a": General(), "b": General()})
"""
ENDLESS = """
class Ticker(Node):
    n = 0

    def start(self):
        self.set_timer("tick", 1)

    def wake(self, timer):
        self.n += 1
        self.broadcast(Order(f"{self.n}"))
        self.set_timer("tick", 1)

    def receive(self, message, sender):
        pass

endless = {f"n{i}": Ticker() for i in range(5)}
Adversary(endless, always={"calm": lambda world: True}, max_states=10**9)
"""
AGAIN = "adversary"
BREAK = [
    ("deliver", "Prepare", "tm → a"),
    ("deliver", "Prepare", "tm → b"),
    ("fire", "give up", "timer of b"),
    ("deliver", "Vote", "a → tm"),
    ("deliver", "Vote", "b → tm"),
    ("deliver", "Decision", "tm → a"),
]
# From a click on a button until the changed picture is on the screen: to Python and back, drawing, a frame.
CLICK = """(widget, name) => new Promise((resolve) => {
    const start = performance.now();
    const seen = new MutationObserver(() => {
        seen.disconnect();
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
    });
    seen.observe(widget.querySelector('.diagram'), {childList: true});
    [...widget.querySelectorAll('button')].find((button) => button.textContent === name && !button.disabled).click();
})"""


@pytest.fixture
def notebook(lab, open_notebook, request):
    """The cells that the test's parameter gives, run in JupyterLab."""
    cells = [new_code_cell(source.strip()) for source in request.param]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "adversary.ipynb")
    opened = open_notebook("adversary.ipynb")
    opened.page.keyboard.press("Control+b")  # without the file browser: as wide as a reader has it
    opened.run_all(seconds=60)
    assert opened.failures() == []
    return opened


@pytest.fixture
def dark(lab):
    lab.configure("apputils-extension/themes", theme="JupyterLab Dark")
    yield
    lab.configure("apputils-extension/themes", theme="JupyterLab Light")


def widget(notebook, n=0):
    found = notebook.page.locator(".distlab-adversary").nth(n)
    found.wait_for()
    found.evaluate("e => e.scrollIntoView()")  # its top at the top of the page
    return found


def reach(one, words):
    one.locator(".count").get_by_text(words, exact=True).wait_for(timeout=5000)


def card(one, head, tail):
    return one.locator(".card").filter(has_text=head).filter(has_text=tail)


def state(one, name):
    row = one.locator("table.states tr").filter(has=one.page.get_by_role("button", name=name, exact=True))
    return row.locator(".chip").text_content()


def chosen(one):
    return one.locator(".card.chosen").get_attribute("data-key")


@pytest.mark.parametrize("notebook", [[COMMIT, AGAIN]], indirect=True)
def test_a_system_is_broken_by_mouse(notebook):
    page, one = notebook.page, widget(notebook)
    reach(one, "step 0")
    assert "You are the network: break “all or nothing”" in one.locator("h3").text_content()
    assert one.locator(".flight").count() == 2
    one.get_by_role("button", name="Can I still win?").click()
    one.locator(".verdict").get_by_text("Still winnable.").wait_for()
    assert (
        "“all or nothing” breaks 6 steps from here, with no further fault"
        in one.locator(".verdict").text_content()
    )
    notebook.shot("adversary-winnable")
    for step, (label, head, tail) in enumerate(BREAK, start=1):
        card(one, head, tail).get_by_role("button", name=label).click()
        reach(one, f"step {step}")
    assert (state(one, "a"), state(one, "b")) == ("committed", "aborted")
    verdict = one.locator(".verdict").text_content()
    assert "✗ “all or nothing” is broken." in verdict
    assert "a.state went from 'prepared' to 'committed', while b.state is 'aborted'" in verdict
    one.get_by_role("button", name="Is there a shorter way?").click()
    one.locator(".verdict").get_by_text("There is no shorter way.").wait_for()
    notebook.shot("adversary-broken")

    other = notebook.page.locator(".distlab-adversary").nth(1)
    reach(other, "step 6")  # the other view of the same play
    one.get_by_role("button", name="undo").click()
    reach(one, "step 5")
    reach(other, "step 5")
    assert "Not broken yet" in one.locator(".verdict").text_content()
    one.get_by_role("button", name="branch").click()
    one.locator(".lines").get_by_text("line 2 · 5 steps").wait_for()
    card(one, "Decision", "tm → a").get_by_role("button", name="drop").click()
    reach(one, "step 6 · 1 loss")
    one.get_by_role("button", name="line 1 · 5 steps").click()
    reach(one, "step 5")
    one.get_by_role("button", name="redo").click()
    reach(one, "step 6")
    slider = one.get_by_role("slider")
    slider.fill("2")
    reach(one, "step 2")
    slider.focus()
    page.keyboard.press("ArrowRight")
    reach(one, "step 3")
    page.keyboard.press("End")
    reach(one, "step 6")

    one.get_by_role("button", name="save schedule").click()
    code = one.locator("textarea").input_value()
    assert code.startswith('schedule = [\n    ("deliver", "tm", "a", 1), ("deliver", "tm", "b", 1)')
    space = {}
    exec(code, space)
    assert len(space["schedule"]) == 6
    notebook.shot("adversary-saved")
    assert notebook.errors == []
    assert page.locator(".distlab-adversary").count() == 2


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_faults_in_the_network_are_pressed(notebook):
    one = widget(notebook)
    card(one, "Prepare", "tm → a").get_by_role("button", name="crash inside").click()
    asking = one.locator(".asking")
    asking.get_by_text("a crashes").wait_for()
    asking.get_by_role("button", name="once it has sent").click()
    reach(one, "step 1 · 1 crash")
    assert one.locator(".distlab-stage .node.down").count() == 1
    assert card(one, "a comes back", "it is down").count() == 1
    one.locator(".distlab-stage .tie .hit").last.click(force=True)
    one.locator(".faults button.cut").click()
    one.locator(".distlab-stage .tie.broken").wait_for()
    assert one.locator(".faults button.cut").text_content() == "heal"
    notebook.shot("adversary-faults")
    lost = one.locator(".count").text_content()
    one.locator(".faults button.cut").click()
    one.locator(".distlab-stage .tie.broken").wait_for(state="detached")
    assert one.locator(".count").text_content() == lost
    card(one, "a comes back", "it is down").get_by_role("button", name="recover").click()
    one.locator(".distlab-stage .node.down").wait_for(state="detached")
    one.locator(".distlab-stage .node").filter(has_text="tm").click()
    assert one.locator(".faults select").first.input_value() == "tm"
    one.locator(".faults button.crash").click()
    one.locator(".distlab-stage .node.down").wait_for()
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, LIAR]], indirect=True)
def test_everything_goes_by_keyboard(notebook):
    page, one = notebook.page, widget(notebook)
    one.focus()
    assert chosen(one) == "deliver tm a 1"
    page.keyboard.press("d")
    reach(one, "step 1")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    reach(one, "step 2")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    reach(one, "step 3 · 1 copy")
    page.keyboard.press("x")
    reach(one, "step 4 · 1 loss, 1 copy")
    for key, words in [("z", "step 3 · 1 copy"), ("ArrowLeft", "step 2"), ("ArrowRight", "step 3 · 1 copy")]:
        page.keyboard.press(key)
        reach(one, words)
    page.keyboard.press("Home")
    reach(one, "step 0")
    page.keyboard.press("End")
    reach(one, "step 4 · 1 loss, 1 copy")
    page.keyboard.press("w")
    one.locator(".verdict").get_by_text("Still winnable.").wait_for()
    one.get_by_role("button", name="show a shortest way").press("Enter")
    one.locator(".verdict").get_by_text("is broken").wait_for()
    page.keyboard.press("?")
    one.locator(".verdict").get_by_text("There is a shorter way.").wait_for()
    page.keyboard.press("b")
    one.locator(".lines").get_by_text("line 2").wait_for()
    page.keyboard.press("s")
    assert one.locator("textarea").is_visible()
    page.keyboard.press("s")
    page.keyboard.press("c")
    one.locator(".asking").wait_for()
    page.keyboard.press("Escape")
    one.locator(".asking").wait_for(state="hidden")
    assert notebook.cells.count() == 2, "JupyterLab has not taken x for its own: that cuts a cell"

    two = widget(notebook, 1)
    two.focus()
    page.keyboard.press("d")
    two.locator(".asking").get_by_text("byz chooses").wait_for()
    page.keyboard.press("1")
    two.locator(".asking").get_by_text("has sent Order(word='attack') to a, and chooses").wait_for()
    notebook.shot("adversary-liar")
    page.keyboard.press("2")
    reach(two, "step 1")
    assert two.locator(".card .what").all_text_contents() == ["Order(word='attack')", "Order(word='retreat')"]
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT, LIAR, ENDLESS]], indirect=True)
def test_a_long_search_is_dropped_by_a_play_and_can_be_stopped(notebook):
    one = widget(notebook, 2)
    ask = one.get_by_role("button", name="Can I still win?")
    ask.click()
    one.locator(".verdict").get_by_text("searching").wait_for()
    times = [one.evaluate(CLICK, "fire")]
    reach(one, "step 1")
    ask.wait_for()  # the answer would have been one about another moment
    for _ in range(5):
        ask.click()
        one.locator(".verdict").get_by_text("searching").wait_for()
        times.append(one.evaluate(CLICK, "fire"))
    print(
        f"adversary, click to picture during a search: median {median(times):.0f} ms, worst {max(times):.0f} ms"
    )
    ask.click()
    stop = one.get_by_role("button", name="stop")
    stop.wait_for()
    one.locator(".verdict").get_by_text("searching").wait_for()
    one.page.wait_for_function("e => /[1-9]/.test(e.textContent)", arg=one.locator(".query").element_handle())
    notebook.shot("adversary-searching")
    stop.click()
    one.locator(".verdict").get_by_text("Not known.").wait_for(timeout=20_000)
    assert "stopped: nothing breaks within" in one.locator(".verdict").text_content().lower()
    assert one.get_by_role("button", name="stop").count() == 0
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_a_click_is_answered_at_once(notebook):
    one = widget(notebook)
    times = []
    for _ in range(6):
        times += [one.evaluate(CLICK, "deliver") for _ in range(4)]
        times += [one.evaluate(CLICK, "undo") for _ in range(4)]
    print(f"adversary, click to picture: median {median(times):.0f} ms, worst {max(times):.0f} ms")
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_a_kernel_that_is_gone_is_said(lab, notebook):
    one = widget(notebook)
    card(one, "Prepare", "tm → a").get_by_role("button", name="deliver").click()
    reach(one, "step 1")
    lab.end_kernels()
    card(one, "Prepare", "tm → b").get_by_role("button", name="deliver").click()
    one.locator(".wrong").get_by_text("No answer from Python.").wait_for(timeout=10_000)
    reach(one, "step 1")
    assert one.locator(".diagram svg").count() == 1, "what was played is still to be seen"


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_the_dark_theme(dark, notebook):
    one = widget(notebook)
    one.focus()
    for step in range(1, 4):
        notebook.page.keyboard.press("d")
        reach(one, f"step {step}")
    colour = one.locator(".muted.count").evaluate("e => getComputedStyle(e).color")
    assert colour == "rgb(154, 163, 174)"
    notebook.shot("adversary-dark")
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[COMMIT]], indirect=True)
def test_a_narrow_page_puts_things_below_each_other(notebook):
    notebook.page.keyboard.press("Control+b")
    notebook.page.set_viewport_size({"width": 900, "height": 800})
    one = widget(notebook)
    notebook.page.wait_for_timeout(300)
    notebook.shot("adversary-narrow")
    assert one.evaluate("e => e.scrollWidth <= e.clientWidth + 1")
