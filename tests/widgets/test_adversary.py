"""The adversary's view without a page: what it is given to draw, and what comes of what is pressed."""

import json
import time

import pytest

from distlab import Adversary, check
from distlab.exercises.core_concepts.stale import late_reader
from distlab.node import Message, Node
from distlab.widgets.adversary import View, script
from tests.adversary.test_game import BREAKS, Flips, Hasty, echo
from tests.protocols import atomic, two_phase


def hasty(schedule=(), **options):
    return Adversary(two_phase(2, Hasty), {"atomic": atomic}, schedule, **options)


@pytest.fixture
def press():
    """`press(view, do="undo")` is what the page says when something is pressed."""

    def press(view, **what):
        number = view.pressed.get("n", 0) + 1
        view.pressed = {**what, "n": number}
        assert view.answered == number
        return view

    return press


def test_the_same_play_is_the_same_text_and_picture_in_every_run():
    bundles = [hasty(BREAKS)._repr_mimebundle_()[0] for _ in range(2)]
    plain = {"text/plain", "image/png"}
    assert [set(one) - {"application/vnd.jupyter.widget-view+json"} for one in bundles] == [plain, plain]
    assert bundles[0]["text/plain"] == bundles[1]["text/plain"] == repr(hasty(BREAKS))
    assert bundles[0]["image/png"] == bundles[1]["image/png"]


def test_a_play_that_stands_at_its_beginning_has_a_picture():
    data, _ = Adversary(echo())._repr_mimebundle_()
    assert data["text/plain"] == "adversary: 0 steps; 2 messages under way, 0 timers set"
    data, _ = Adversary({"a": Flips()})._repr_mimebundle_()
    assert "image/png" in data


def test_a_play_that_is_broken_from_the_start_has_a_picture_too():
    adversary = Adversary(echo(), {"quiet": lambda world: not world.in_flight})
    assert adversary.view.board["broken"] == "quiet"
    assert "✗ quiet: broken. Step 0" in adversary._repr_mimebundle_()[0]["text/plain"]


def test_a_play_is_handed_to_an_exercise(monkeypatch):
    monkeypatch.setenv("DISTLAB_QUIET", "1")  # the progress of whoever runs this stays as it is
    monkeypatch.delenv("DISTLAB_PROGRESS", raising=False)
    by_hand = [("deliver", "ana", "r1"), ("deliver", "r1", "ana"), ("fire", "ben", "call")]
    by_hand += [
        ("deliver", "ben", "r2"),
        ("deliver", "ben", "r3"),
        ("deliver", "r2", "ben"),
        ("deliver", "r3", "ben"),
    ]
    adversary = Adversary(late_reader(), schedule=by_hand)
    assert repr(check("2.4", adversary)).startswith("✓ 2.4")
    assert repr(check("2.4", adversary.schedule)).startswith("✓ 2.4")
    adversary.undo()
    assert repr(check("2.4", adversary)).startswith("✗ 2.4")


def test_two_displays_are_views_of_one_play():
    adversary = hasty()
    assert adversary.view is adversary.view
    adversary.fire("rm0", "prepare")
    assert adversary.view.board["step"] == 1, "what Python does is seen in the page"


def test_what_is_sent_is_plain_data_that_speaks_of_one_moment():
    adversary = hasty(BREAKS[:3])
    view, board = adversary.view, adversary.view.board
    json.dumps([board, view.run, view.query])
    assert [card["key"] for card in board["cards"]] == ["deliver tm rm0 1", "deliver tm rm1 1"]
    card = board["cards"][0]
    assert (card["head"], card["rest"], card["tail"]) == ("Commit", "()", "tm → rm0, 1st on this link")
    assert [act["do"] for act in card["acts"]] == ["deliver", "drop", "twice", "crash"]
    assert (board["step"], board["at"], board["plays"]) == (3, 3, 3)
    assert view.run["moments"] == sorted(view.run["moments"]) and len(view.run["moments"]) == 4
    assert view.run["ends"][view.run["moments"][3]] == len(adversary.trace.events)
    assert board["title"] == "You are the network: break “atomic”"
    assert hasty(title="Break it").view.board["title"] == "Break it"


def test_what_is_pressed_is_played(press):
    view = hasty().view
    for choice in BREAKS:
        press(view, do="take", choice=list(choice), crash=False)
    assert view.wrong == ""
    assert view.board["broken"] == "atomic"
    assert view.board["why"].startswith("Step 4: rm0 got Commit() from tm")
    assert view.board["code"] == (
        "schedule = [\n"
        '    ("fire", "rm1", "abort", 1), ("fire", "rm0", "prepare", 1), ("deliver", "rm0", "tm", 1),\n'
        '    ("deliver", "tm", "rm0", 1),\n'
        "]"
    )
    press(view, do="undo")
    assert view.board["broken"] == "" and view.board["at"] == 3 and view.board["plays"] == 4
    press(view, do="redo")
    press(view, do="go", at=1)
    assert view.board["step"] == 1
    press(view, do="branch")
    press(view, do="cut", a="rm0", b="tm")
    assert view.board["faults"]["cut"] == [["rm0", "tm"], ["tm", "rm0"]]
    press(view, do="heal", a="tm", b="rm0")
    press(view, do="switch", line=0)
    assert [line["steps"] for line in view.board["lines"]] == [1, 1]
    assert view.board["current"] == 0


def test_what_is_open_about_a_choice_is_asked(press):
    view = Adversary({"a": Flips(), "b": Flips()}).view
    assert view.board["cards"][0]["tail"] == "and chooses something as it does"
    press(view, do="take", choice=["start", "a"])
    assert view.board["asking"] == {"title": "a chooses", "options": ["'heads'", "'tails'"]}
    press(view, do="cancel")
    assert view.board["asking"] is None
    press(view, do="take", choice=["start", "a"])
    press(view, do="answer", option=1)
    press(view, do="take", choice=["start", "b"])
    press(view, do="answer", option=0)
    assert view.game.trace.final == {"a": "tails", "b": "heads"}
    press(view, do="take", choice=["crash", "a"])
    press(view, do="take", choice=["recover", "a"], crash=True)
    press(view, do="answer", option=0)
    assert view.board["asking"]["title"] == "a crashes"
    press(view, do="answer", option=0)
    assert not view.game.world.up["a"]


def test_what_cannot_be_is_said_and_changes_nothing(press):
    class Fragile(Node):
        def receive(self, message, sender):
            raise RuntimeError("glass")

    view = Adversary({**echo(), "b": Fragile()}).view
    press(view, do="take", choice=["deliver", "a", "b", 1])
    assert view.wrong.startswith("b raised RuntimeError (glass); while handling Ping(n=1) from a, at step 1")
    assert view.board["step"] == 0 and len(view.board["cards"]) == 2
    press(view, do="take", choice=["deliver", "q", "b", 1])
    assert "there is no node 'q'" in view.wrong
    press(view, do="undo")
    assert view.wrong == "there is nothing to take back"
    press(view, do="answer", option=9)
    assert view.wrong == ""


def test_a_quick_search_answers_at_once_and_its_way_can_be_shown(press):
    view = hasty().view
    press(view, do="ask", what="winnable")
    answered(view)
    assert view.query["known"] == "yes" and view.query["show"]
    assert view.query["said"].startswith("“atomic” breaks 4 steps from here, with no further fault")
    press(view, do="show")
    assert view.query == {"state": "none"}, "the answer was one about another moment"
    assert [line["name"] for line in view.board["lines"]] == ["line 1", "found"]
    press(view, do="ask", what="shorter")
    answered(view)
    assert view.query["known"] == "no" and not view.query["show"]
    press(view, do="ask", what="winnable")
    assert view.wrong == "“atomic” is broken already: ask shorter()"
    assert view.query == {"state": "none"}


def answered(view):
    """Wait for the answer as the kernel's loop would hear of it."""
    inquiry = view._inquiry
    if inquiry is not None:
        inquiry.wait()
        view._news(inquiry)
    assert view.query["state"] == "done"


def test_a_long_search_goes_on_in_the_background_until_it_is_stopped(press):
    view = Adversary(
        {f"n{i}": Ticker() for i in range(4)}, {"calm": lambda world: True}, max_states=10**9
    ).view
    press(view, do="ask", what="winnable")
    inquiry = view._inquiry
    assert view.query["state"] == "running"
    press(view, do="take", choice=["fire", "n0", "tick", 1])
    assert view.query == {"state": "none"} and view.board["step"] == 1, "a play goes on meanwhile"
    assert inquiry.wait(60) and inquiry.answer.known is None
    press(view, do="ask", what="winnable")
    inquiry = view._inquiry
    press(view, do="stop")
    assert inquiry.wait(60)
    view._news(inquiry)
    assert view.query["known"] == "open"
    assert view.query["said"].startswith("stopped: nothing breaks within ")


class Tick(Message):
    n: int


class Ticker(Node):
    """Never comes to an end."""

    def __init__(self):
        self.n = 0

    def start(self):
        self.set_timer("tick", 1)

    def wake(self, timer):
        self.n += 1
        self.broadcast(Tick(self.n))
        self.set_timer("tick", 1)


class Mute:
    """Does not print."""

    def __init__(self, n):
        self.n = n

    def __repr__(self):
        raise RuntimeError("mute")


def test_a_state_that_does_not_print_is_no_obstacle():
    class Keeper(Node):
        def __init__(self):
            self.kept = Mute(0)

        def start(self):
            self.set_timer("tick", 1)

        def wake(self, timer):
            self.kept = Mute(1)

    adversary = Adversary({"a": Keeper()}, {"nothing kept": lambda world: world.nodes["a"].kept.n == 0})
    adversary.view.take(["fire", "a", "tick", 1])
    assert adversary.view.board["broken"] == "nothing kept"
    assert adversary.why.startswith("Step 1: a's timer 'tick' ran out; a.kept went from ")
    assert "image/png" in adversary._repr_mimebundle_()[0]


def test_limits_are_seen_on_the_cards(press):
    view = Adversary(echo(), crashes=0, losses=1, duplicates=0).view
    acts = {act["do"]: act["off"] for act in view.board["cards"][0]["acts"]}
    assert acts == {"deliver": "", "drop": ""}
    press(view, do="take", choice=["drop", "a", "b", 1])
    acts = {act["do"]: act["off"] for act in view.board["cards"][0]["acts"]}
    assert acts == {"deliver": "", "drop": "no loss is left: there may be 1 loss"}
    assert view.board["used"] == "1 of 1 loss"
    assert view.board["faults"]["crash"] == []


def test_what_is_held_back_says_why():
    view = Adversary(echo(), network="rounds").view
    first, second = view.board["cards"]
    assert first["acts"][0]["off"] == ""
    assert "first the one from a to b" in second["acts"][0]["off"]


def test_a_picture_of_a_play_says_what_may_happen_next():
    from distlab.widgets.board import sheet_of

    adversary = hasty(BREAKS)
    assert "is broken. Step 4" in sheet_of(adversary, adversary.title).svg
    adversary.undo()
    assert "What may happen next: Commit() (tm" in sheet_of(adversary, adversary.title).svg
    assert len(Adversary({f"n{i}": Ticker() for i in range(9)}).view.board["cards"]) == 9


def test_many_messages_and_a_long_play_are_sent_in_time():
    nodes = {f"n{i}": Ticker() for i in range(6)}
    adversary = Adversary(nodes, {"calm": lambda world: True})
    view = adversary.view
    for turn in range(20):
        adversary.fire(f"n{turn % 6}", "tick")
    assert len(view.board["cards"]) == 20 * 5 + 6
    began = time.perf_counter()
    adversary.deliver("n0", "n1")
    print(f"a play of 20 steps, 106 cards: {1000 * (time.perf_counter() - began):.0f} ms")


def test_the_pieces_make_one_module_without_imports():
    assert "\nimport " not in script() and script().count("export default") == 1
    assert View._esm == script()
