import base64
import re

import pytest

from distlab import Clock, HashRing, Message, Network, Node, Simulation, quorums
from distlab.figures.look import LIGHT
from distlab.figures.picture import Picture, frame
from distlab.widgets.controls import slider
from distlab.widgets.sandbox import PRINTED, sandbox


class Ping(Message):
    n: int


class Player(Node):
    def __init__(self, serves):
        self.serves = serves

    def start(self):
        if self.serves:
            self.send("b", Ping(0))

    def receive(self, message, sender):
        if message.n == 99:
            raise RuntimeError("out of breath")
        if message.n < 5:
            self.send(sender, Ping(message.n + 1))


def play(loss=0.0, delay=10, seed=3):
    nodes = {"a": Player(True), "b": Player(False)}
    return Simulation(nodes, seed=seed, network=Network(delay=(1.0, delay), loss=loss)).run()


def dots(n=3, colour="blue"):
    body = "".join(f'<circle cx="{20 * i + 9}" cy="9" r="5" fill="var(--{colour})"/>' for i in range(n))
    return Picture(frame(body, 200, 20, LIGHT, "dots", f"{n} dots"), f"{n} {colour} dots", LIGHT)


def shown(box):
    return box.children[-1].value


def test_a_slider_changes_the_picture():
    box = sandbox(dots, n=(0, 9), colour=["blue", "red"])
    assert shown(box).count("<circle") == 3
    box._widgets["n"].value = 5  # as the browser does
    assert shown(box).count("<circle") == 5
    box._widgets["colour"].value = "red"
    assert "var(--red)" in shown(box)
    assert box.values == {"n": 5, "colour": "red"}


def test_all_that_is_shown_is_the_value_of_one_html():
    box = sandbox(play, loss=(0, 0.5))
    assert [type(child).__name__ for child in box.children] == ["Keys", "Box", "HTML"]
    assert "<svg" in shown(box) and shown(box).count("spacetime") == 1


def test_several_values_are_set_at_once():
    calls = []

    def draw(a=1, b=2):
        calls.append((a, b))
        return "drawn"

    box = sandbox(draw, a=(0, 9), b=(0, 9))
    box.set(a=5, b=6)
    assert calls == [(1, 2), (5, 6)]
    with pytest.raises(KeyError, match="there is no control 'c'; there are a, b"):
        box.set(c=1)


def test_the_seed_stays_until_the_button_for_the_next_is_pressed():
    box = sandbox(play, loss=slider(0, 0.5, unit="%"))
    before = shown(box)
    box.set(loss=0.4)
    changed = shown(box)
    box.set(loss=0)
    assert changed != before == shown(box)
    button = box.children[1].children[-1].children[-1]
    assert button.description == "next seed"
    button.click()
    assert box.values["seed"] == 4
    assert "seed 4" in shown(box) != before


def test_the_seed_to_start_with_is_given_as_a_number():
    assert sandbox(play, seed=8).values == {"seed": 8}
    assert sandbox(play, seed=(0, 5)).values == {"seed": 3}


def test_a_trace_is_shown_as_its_diagram_and_a_text_as_text():
    box = sandbox(lambda n=2: [play(), "<b>five</b>\nmessages", dots(n)], n=(1, 3))
    assert "spacetime" in shown(box)
    assert '<p class="distlab-text">&lt;b&gt;five&lt;/b&gt;\nmessages</p>' in shown(box)
    assert shown(box).count("<circle") >= 2


def test_the_line_of_text_says_settings_and_result():
    box = sandbox(play, loss=slider(0, 0.5, unit="%"), delay=slider(2, 50, unit="ms"))
    assert repr(box) == f"sandbox(loss=0 %, delay=10 ms, seed=3): {play().diagram().text}"
    assert repr(sandbox(lambda n=3, w=1: "ok", n=[1, 3], w=slider(0.0, 2))) == "sandbox(n=3, w=1): ok"
    assert repr(sandbox(lambda big=False: "ok", big=True)) == "sandbox(big=no): ok"


def test_the_bundle_is_text_a_png_and_the_live_view():
    box = sandbox(play, delay=(2, 50))
    data, sizes = box._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(box)
    assert base64.b64decode(data["image/png"]).startswith(b"\x89PNG")
    assert sizes["image/png"]["width"] == 960
    again = sandbox(play, delay=(2, 50))._repr_mimebundle_()[0]
    assert (data["text/plain"], data["image/png"]) == (again["text/plain"], again["image/png"])


def test_the_sheet_stacks_what_there_is_and_says_the_settings():
    picture = sandbox(lambda n=3: [dots(n), dots(2), "a text", play()], n=(1, 9)).picture
    places = re.findall(r'<svg x="(\d+)" y="(\d+)"', picture.svg)
    assert places[:2] == [("0", "0"), ("214", "0")]  # two small pictures side by side
    assert int(places[2][1]) > 34
    assert "n 3" in picture.svg


def test_an_error_is_one_sentence_and_the_picture_stays():
    def draw(n=2):
        if n == 0:
            raise ZeroDivisionError("nothing to divide by")
        return dots(n)

    box = sandbox(draw, n=(0, 5))
    box.set(n=0)
    assert "✗</b> draw(n=0), line 3: ZeroDivisionError: nothing to divide by" in re.sub(
        r"line \d+", "line 3", shown(box)
    )
    assert shown(box).count("<circle") == 2
    assert "Traceback" not in shown(box)
    assert isinstance(box.error, ZeroDivisionError)
    assert repr(box).startswith("sandbox: ✗ draw(n=0), line")
    assert box._repr_mimebundle_()[0]["text/plain"] == repr(box)
    box.set(n=4)
    assert box.error is None
    assert "✗" not in shown(box) and shown(box).count("<circle") == 4


def test_a_node_that_breaks_leaves_the_run_up_to_there():
    class Breaks(Player):
        def receive(self, message, sender):
            raise RuntimeError("out of breath")

    def draw(delay=5):
        nodes = {"a": Player(True), "b": Breaks(False)}
        return Simulation(nodes, network=Network(delay=delay)).run()

    box = sandbox(draw, delay=(1, 9))
    assert "out of breath" in repr(box)
    assert "spacetime" in shown(box)


@pytest.mark.parametrize(
    ("result", "sentence"),
    [(None, "not nothing (is its return missing?)"), (7, "not a int"), ([dots(), 3.5], "not a float")],
)
def test_what_cannot_be_shown_is_named(result, sentence):
    def draw(n=2):
        return result

    assert f"TypeError: draw returns a Picture, a Trace, text, or a list of these, {sentence}" in repr(
        sandbox(draw, n=(0, 5))
    )


def test_what_is_printed_is_shown():
    def draw(n=2):
        print("<" * n)
        return "drawn"

    box = sandbox(draw, n=(0, 9999))
    assert '<pre class="distlab-printed">&lt;&lt;\n</pre>' in shown(box)
    box.set(n=9999)
    assert shown(box).count("&lt;") == PRINTED


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: sandbox("picture", n=(1, 2)), "sandbox takes the function that draws, not 'picture'"),
        (lambda: sandbox(dots, m=(1, 2)), "dots has no parameter 'm' to turn; it has n and colour"),
        (
            lambda: sandbox(lambda x, y: "", x=(1, 2)),
            "<lambda> needs a value for 'y': give it a control, or a default",
        ),
        (lambda: sandbox(dots), "there is nothing to turn: give a control, as in sandbox(dots, n=(0, 10))"),
        (lambda: sandbox(dots, n=(5, 9)), "n starts at 3, outside its slider from 5 to 9"),
    ],
)
def test_a_sandbox_that_cannot_be_gets_one_sentence(make, sentence):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == sentence


def test_a_function_of_anything_may_have_any_control():
    box = sandbox(lambda **values: str(values), n=(1, 3), seed=2)
    assert repr(box) == "sandbox(n=1): {'n': 1}"


def test_fractions_that_the_browser_adds_up_are_cleaned():
    box = sandbox(lambda x=0.1: f"{x!r}", x=(0, 1, 0.1))
    box._widgets["x"].value = 0.1 + 0.2
    assert repr(box) == "sandbox(x=0.3): 0.3"


# --- every kind of slider that the chapters turn ---


class Beat(Message):
    n: int


class Holder(Node):
    """Renews a lease by heartbeats; notes when it runs out."""

    def __init__(self, lease, sends):
        self.lease, self.sends, self.n = lease, sends, 0

    def start(self):
        self.set_timer("lease", self.lease)
        self.set_timer("beat", 5)

    def wake(self, timer):
        if timer == "lease":
            self.note("the lease has run out")
        elif self.n < 8:
            self.n += 1
            self.broadcast(Beat(self.n))
            self.set_timer("beat", 5)

    def receive(self, message, sender):
        self.set_timer("lease", self.lease)


def leases(nodes=3, loss=0.1, delay=8, lease=9, drift=1.0, seed=5):
    system = {f"n{i}": Holder(lease, i == 0) for i in range(nodes)}
    network = Network(delay=(1.0, delay), loss=loss)
    return Simulation(system, seed=seed, network=network, faults=[Clock("n0", rate=drift)]).run(until=60)


def fates(trace):
    """What became of every message, by its link and number: when it was sent, how long it took."""
    return {
        (f.sender, f.receiver, f.n): (
            f.sent.at,
            None if f.lost or f.end is None else round(f.end.at - f.sent.at, 6),
        )
        for f in trace.messages()
    }


@pytest.fixture(scope="module")
def all_sliders():
    return sandbox(
        leases,
        nodes=(2, 9),
        loss=slider(0, 0.5, unit="%"),
        delay=slider(2, 40, unit="ms"),
        lease=slider(5, 30, unit="ms"),
        drift=slider(0.5, 2.0, 0.1, label="clock's rate"),
    )


@pytest.mark.parametrize(
    ("turned", "same"),
    [
        ({"nodes": 4}, "fate"),
        ({"loss": 0.3}, "time"),
        ({"lease": 20}, "fate"),
        ({"delay": 20}, "loss"),
        ({"drift": 1.5}, "delay"),
    ],
)
def test_a_slider_changes_what_it_says_and_reshuffles_nothing_else(all_sliders, turned, same):
    start = {"nodes": 3, "loss": 0.1, "delay": 8, "lease": 9, "drift": 1.0, "seed": 5}
    all_sliders.set(**start)
    before = fates(all_sliders.result)
    all_sliders.set(**turned)
    after = fates(all_sliders.result)
    common = before.keys() & after.keys()
    assert len(common) > 20 and all_sliders.error is None
    for message in common:
        (sent, took), (sent_now, takes) = before[message], after[message]
        if same == "fate":
            assert (sent, took) == (sent_now, takes), "the messages there were do what they did"
        elif same == "time":
            assert sent == sent_now and takes in (took, None), "more are lost, none is slower or faster"
        elif same == "loss":
            assert (took is None) == (takes is None), "slower, and the same ones lost"
        else:
            assert takes == took, "a clock that runs fast sends earlier, over the same network"


def test_virtual_nodes_replicas_and_quorums_are_turned_too():
    def replicated(vnodes=8, replicas=3, r=2, w=2):
        ring = HashRing(["ada", "bob", "cyd", "dan", "eve"], vnodes=vnodes)
        owners = ring.owners("key", replicas)
        return [", ".join(owners), quorums(owners, {"write": w, "read": r})]

    box = sandbox(replicated, vnodes=(1, 64), replicas=(2, 5), r=(1, 2), w=(1, 2))
    assert "Write and read quorums always meet: 3 replicas · 2 + 2 > 3" in repr(box)
    before = box.result[0]
    box.set(replicas=4)
    assert box.result[0].startswith(before), "one more replica, and none elsewhere"
    assert "need not meet" in repr(box)
    box.set(vnodes=64)
    assert box.error is None
