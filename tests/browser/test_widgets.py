"""The widgets as a learner meets them: turned, clicked, and worked without a mouse."""

from statistics import median

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.tools.chapters import METADATA

SANDBOX = """
from distlab import Message, Network, Node, Simulation, sandbox, slider

class Ping(Message):
    n: int

class Player(Node):
    def start(self):
        if self.name == "a":
            self.send("b", Ping(0))
    def receive(self, message, sender):
        if message.n < 8:
            self.send(sender, Ping(message.n + 1))

def play(loss=0.1, delay=10, fifo=False, seed=3):
    network = Network(delay=(1.0, delay), loss=loss, fifo=fifo)
    return Simulation({"a": Player(), "b": Player()}, seed=seed, network=network).run()

sandbox(play, loss=slider(0, 0.5, unit="%"), delay=slider(2, 40, unit="ms", label="longest delay"), fifo=True)
"""
BROKEN = """
def broken(n=2):
    return "█" * (12 // n)
sandbox(broken, n=(0, 4))
"""
QUORUMS = """
from distlab import quorums
sandbox(lambda n=5, r=2, w=3: quorums(n, {"write": w, "read": r}), n=(3, 9), r=(1, 3), w=(1, 3))
"""
ABILENE = """
from distlab import backbone, break_network
box = break_network(backbone("Abilene"), between=("Seattle", "New York"))
box
"""
STAR = """
import networkx as nx
star, mesh = nx.star_graph(7), nx.complete_graph(8)
star.graph["name"], mesh.graph["name"] = "Star", "Mesh"
break_network(star, mesh)
"""
# How long from a press to a changed picture, in the page itself: the press, the kernel, the new drawing.
WATCH = """(element) => new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error('nothing changed within 10 seconds')), 10000);
    const start = performance.now();
    const seen = new MutationObserver(() => {
        seen.disconnect();
        requestAnimationFrame(() => resolve(performance.now() - start));
    });
    const widget = element.closest('.jp-OutputArea').querySelector('.distlab-widget');
    seen.observe(widget.lastChild, {childList: true, subtree: true});
    element.dispatchEvent(new MouseEvent('click', {bubbles: true}));
})"""


@pytest.fixture
def notebook(lab, open_notebook, request):
    """The cells that the test's parameter gives, run in JupyterLab."""
    cells = [new_code_cell(source.strip()) for source in request.param]
    nbformat.write(new_notebook(cells=cells, metadata=METADATA), lab.root / "widgets.ipynb")
    opened = open_notebook("widgets.ipynb")
    opened.page.keyboard.press("Control+b")  # without the file browser: as wide as a reader has it
    opened.run_all()
    assert opened.failures() == []
    return opened


@pytest.fixture
def dark(lab):
    lab.configure("apputils-extension/themes", theme="JupyterLab Dark")
    yield
    lab.configure("apputils-extension/themes", theme="JupyterLab Light")


def part(notebook, label):
    return notebook.page.locator(f'[data-click][aria-label="{label}"]').first


def focused(notebook):
    return notebook.page.evaluate(
        "document.activeElement.closest('[data-click]')?.getAttribute('aria-label')"
    )


def wait_for(notebook, words):
    notebook.page.locator(".distlab-widget svg text").get_by_text(words, exact=True).first.wait_for(
        timeout=5000
    )


def click_to_picture(notebook, label, other):
    """Milliseconds, for a part that is called `label` before it is clicked and `other` after it."""
    times = []
    for _ in range(12):
        times.append(part(notebook, label).evaluate(WATCH))
        label, other = other, label
        part(notebook, label).wait_for()
    return times


def report(what, times):
    print(f"{what}, click to picture: median {median(times):.0f} ms, worst {max(times):.0f} ms")


def style(notebook, selector, name):
    return notebook.page.locator(selector).first.evaluate(f"e => getComputedStyle(e).{name}")


@pytest.mark.parametrize("notebook", [[SANDBOX, BROKEN, QUORUMS]], indirect=True)
def test_a_sandbox(notebook):
    page = notebook.page
    delay = notebook.sliders().nth(1)
    before, after = notebook.press(delay, "ArrowRight")
    assert before != after and "<svg" in after
    assert page.locator(".widget-readout").nth(1).text_content() == "11"
    assert notebook.press(delay, "ArrowLeft")[1] == before, "the same settings give the same picture"

    times = []
    following = page.get_by_role("button", name="next seed").first
    for _ in range(10):
        times.append(following.evaluate(WATCH))
    report("sandbox", times)
    assert "seed 13" in notebook.picture(delay)

    yes = page.get_by_role("button", name="yes").first
    yes.focus()
    yes.press("Enter")
    page.wait_for_function("e => e.classList.contains('mod-active')", arg=yes.element_handle())
    notebook.shot("sandbox-light")

    slider = notebook.sliders().nth(2)
    slider.focus()
    slider.press("Home")
    page.get_by_text("broken(n=0), line 2: ZeroDivisionError").wait_for()
    slider.press("ArrowRight")
    page.locator(".distlab-text").get_by_text("█" * 12).wait_for()
    assert page.locator(".distlab-wrong").count() == 0

    reads = notebook.sliders().nth(4)
    assert "need not meet" in notebook.picture(reads)
    assert "Write and read quorums always meet" in notebook.press(reads, "ArrowRight")[1]
    notebook.shot("sandbox-quorums")
    selected = page.locator(".jp-Cell.jp-mod-selected").count()
    reads.press("x")  # cuts the cell in JupyterLab, unless the sandbox keeps its keys to itself
    reads.press("ArrowUp")
    assert notebook.cells.count() == 3 and page.locator(".jp-Cell.jp-mod-selected").count() == selected
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[ABILENE, "box", STAR]], indirect=True)
def test_a_backbone_is_broken_by_mouse(notebook):
    wait_for(notebook, "23.4 ms")
    part(notebook, "cut the cable Seattle – Denver").click()
    wait_for(notebook, "28.4 ms")
    assert notebook.page.get_by_text("28.4 ms", exact=True).count() == 2, "both views of one widget follow"
    part(notebook, "cut the cable Sunnyvale – Denver").click()
    part(notebook, "cut the cable Los Angeles – Houston").click()
    wait_for(notebook, "8 | 3")
    wait_for(notebook, "no way")
    part(notebook, "take away Chicago").click()
    wait_for(notebook, "7 | 3")
    notebook.shot("abilene-partition")
    notebook.page.get_by_label("to", exact=True).first.select_option("Los Angeles")
    wait_for(notebook, "Seattle → Los Angeles")
    notebook.page.get_by_role("button", name="mend all").first.click()
    wait_for(notebook, "all 11")
    assert notebook.page.locator(".distlab-notice").first.text_content() == ""

    cable = "the cable Seattle – Denver"
    report("Abilene", click_to_picture(notebook, f"cut {cable}", f"mend {cable}"))
    report("star and mesh", click_to_picture(notebook, "take away 3", "bring back 3"))
    part(notebook, "take away 0").click()
    wait_for(notebook, "7 parts")
    part(notebook, "take away 5").scroll_into_view_if_needed()
    notebook.shot("star-and-mesh")
    assert notebook.errors == []


@pytest.mark.parametrize("notebook", [[ABILENE]], indirect=True)
def test_a_backbone_is_broken_by_keyboard_until_the_kernel_is_gone(lab, notebook):
    page = notebook.page
    page.get_by_role("button", name="mend all").focus()
    page.keyboard.press("Tab")
    first = focused(notebook)
    assert first.startswith("cut the cable ")
    page.keyboard.press("Enter")
    mend = first.replace("cut", "mend", 1)
    part(notebook, mend).wait_for()
    assert focused(notebook) == mend, "the focus stays where it was"
    page.keyboard.press("Space")
    part(notebook, first).wait_for()
    assert focused(notebook) == first

    part(notebook, "take away Denver").focus()
    glow = part(notebook, "take away Denver").locator(".distlab-hit").element_handle()
    page.wait_for_function("e => getComputedStyle(e).strokeOpacity == '0.45'", arg=glow)
    page.keyboard.press("ArrowRight")
    moved = focused(notebook)
    assert moved != "take away Denver"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("x")  # cuts the cell in JupyterLab, unless the widget keeps its keys to itself
    assert notebook.cells.count() == 1
    part(notebook, "take away Denver").focus()
    page.keyboard.press("Enter")
    wait_for(notebook, "all 10")
    notebook.shot("abilene-keyboard")
    page.keyboard.press("Escape")
    assert focused(notebook) is None

    assert style(notebook, ".distlab-hit", "transitionDuration") == "0.12s"
    page.emulate_media(reduced_motion="reduce")
    assert style(notebook, ".distlab-hit", "transitionDuration") == "0s"
    assert notebook.errors == []

    lab.end_kernels()
    part(notebook, "cut the cable Seattle – Denver").click()
    page.locator(".distlab-notice").get_by_text("No answer from Python").wait_for(timeout=8000)
    notebook.shot("kernel-gone")


@pytest.mark.parametrize("notebook", [[SANDBOX, ABILENE]], indirect=True)
def test_the_dark_theme(dark, notebook):
    assert notebook.page.locator("body").get_attribute("data-jp-theme-light") == "false"
    assert style(notebook, ".distlab-widget svg.distlab text", "fill") == "rgb(230, 233, 237)"
    assert style(notebook, ".distlab-widget svg.distlab .ground", "fill") == "rgb(17, 17, 17)"
    notebook.shot("sandbox-dark")
    part(notebook, "cut the cable Seattle – Denver").click()
    wait_for(notebook, "28.4 ms")
    notebook.page.locator(".distlab-clickable").first.scroll_into_view_if_needed()
    notebook.shot("abilene-dark")
    assert notebook.errors == []
