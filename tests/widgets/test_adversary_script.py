"""The adversary's JavaScript that draws nothing, run by node: what a key means, what is where on a link."""

import json
import shutil
import subprocess

import pytest

from distlab import Adversary
from distlab.widgets.adversary import script
from tests.adversary.test_game import BREAKS, Hasty, echo
from tests.protocols import atomic, two_phase

pytestmark = pytest.mark.skipif(
    shutil.which("node") is None, reason="there is no node to run JavaScript with"
)


@pytest.fixture
def answer(tmp_path):
    """`answer("f(data)", data)` is what the expression gives, in the module that a page loads."""
    exported = "\nexport { meaning, chosen, act, spread, links };\n"
    module = script().replace("export function", "function") + exported
    (tmp_path / "adversary.mjs").write_text(module, encoding="utf-8")

    def run(expression, data=None):
        (tmp_path / "data.json").write_text(json.dumps(data))
        code = (
            'import * as p from "./adversary.mjs"; import { readFileSync } from "node:fs";\n'
            'const data = JSON.parse(readFileSync("./data.json", "utf8"));\n'
            f"console.log(JSON.stringify({expression}));"
        )
        (tmp_path / "ask.mjs").write_text(code)
        done = subprocess.run(["node", "ask.mjs"], capture_output=True, text=True, check=True, cwd=tmp_path)
        return json.loads(done.stdout)

    return run


@pytest.fixture
def board():
    return Adversary(two_phase(2, Hasty), {"atomic": atomic}, BREAKS[:3]).view.board


def test_a_key_means_one_thing(answer, board):
    keys = ["d", "D", "Enter", "x", "ArrowLeft", "z", "End", "w", "?", "1", "q"]
    assert answer(f"{json.dumps(keys)}.map((key) => p.meaning(key, data))", board) == [
        ["act", "main"],
        ["act", "main"],
        ["act", "main"],
        ["act", "drop"],
        ["undo"],
        ["undo"],
        ["go", None],  # infinity: the end, wherever that is
        ["ask", "winnable"],
        ["ask", "shorter"],
        None,
        None,
    ]


def test_where_something_is_open_numbers_answer_it_and_escape_leaves_it(answer, board):
    board = board | {"asking": {"title": "tm crashes", "options": ["before", "after"]}}
    keys = ["1", "2", "3", "Escape", "z"]
    assert answer(f"{json.dumps(keys)}.map((key) => p.meaning(key, data))", board) == [
        ["answer", 0],
        ["answer", 1],
        None,
        ["cancel"],
        ["undo"],
    ]


def test_the_chosen_card_stays_or_the_next_one_takes_its_place(answer, board):
    cards = board["cards"]
    keys = [card["key"] for card in cards]
    assert answer(f"p.chosen(data, {json.dumps(keys[1])}, 0)", cards) == 1
    assert answer("p.chosen(data, 'gone', 1)", cards) == 1
    assert answer("p.chosen(data, 'gone', 9)", cards) == len(cards) - 1
    assert answer("p.chosen([], 'gone', 3)") == 0


def test_a_card_does_only_what_it_can(answer):
    adversary = Adversary(echo(), losses=1, crashes=0)
    adversary.drop("a", "b")
    (card,) = adversary.view.board["cards"]
    assert answer("p.act(data, 'main').choice", card) == ["deliver", "a", "c", 1]
    assert answer("p.act(data, 'twice').choice", card) == ["duplicate", "a", "c", 1]
    assert answer("['drop', 'crash'].map((name) => p.act(data, name) ?? null)", card) == [None, None]
    assert answer("p.act(undefined, 'main') ?? null") is None


def test_messages_of_one_link_stand_one_behind_the_other(answer):
    cards = [
        {"sort": "message", "key": key, "from": a, "to": b}
        for key, a, b in [("first", 0, 1), ("second", 0, 1), ("back", 1, 0)]
    ]
    cards.append({"sort": "timer", "key": "timer", "from": 0})
    assert answer("[...p.spread(data)]", cards) == [["first", 2 / 3], ["second", 1 / 3], ["back", 0.5]]


def test_links_are_those_that_were_used_or_are_cut(answer):
    adversary = Adversary(echo())
    adversary.cut("b", "c", one_way=True)
    adversary.cut("a", "b")
    view = adversary.view
    data = [view.run["flights"], view.board["faults"]["cut"], list("abc")]
    assert sorted(answer("p.links(...data)", data), key=lambda link: link["ends"]) == [
        {"ends": [0, 1], "cut": 2},
        {"ends": [0, 2], "cut": 0},
        {"ends": [1, 2], "cut": 1},
    ]
