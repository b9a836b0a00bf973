import json
import shutil
import subprocess
from pathlib import Path

import pytest

from distlab.figures.look import DARK, LIGHT
from distlab.figures.picture import Picture, frame
from distlab.widgets import clickable
from distlab.widgets.clickable import Clickable
from distlab.widgets.css import css


class Lamp:
    """Something with one button."""

    def __init__(self):
        self.on = False

    def draw(self):
        word = "on" if self.on else "off"
        body = f'<g data-click="lamp" aria-label="switch it"><circle r="{9 if self.on else 4}"/></g>'
        return Picture(frame(body, 40, 30, LIGHT, "lamp", word), f"the lamp is {word}")

    def press(self, what):
        if what != "lamp":
            raise ValueError(f"there is no {what}")
        self.on = not self.on


@pytest.fixture
def lamp():
    one = Lamp()
    return Clickable(one.draw, one.press)


def test_a_press_is_answered_by_a_new_drawing(lamp):
    assert 'r="4"' in lamp.svg and lamp.said == repr(lamp) == "the lamp is off"
    lamp.pressed = {"what": "lamp", "n": 1}
    assert 'r="9"' in lamp.svg and lamp.said == repr(lamp) == "the lamp is on"
    assert lamp.answered == 1
    lamp.pressed = {"what": "lamp", "n": 2}  # the same part once more
    assert lamp.said == "the lamp is off"


def test_what_goes_wrong_is_one_sentence_and_the_drawing_stays(lamp):
    before = lamp.svg
    lamp.pressed = {"what": "sun", "n": 1}
    assert (lamp.wrong, lamp.answered, lamp.svg) == ("✗ ValueError: there is no sun", 1, before)
    lamp.pressed = {"what": "lamp", "n": 2}
    assert lamp.wrong == ""


def test_the_bundle_is_text_a_png_and_the_live_view(lamp):
    data, sizes = lamp._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == "the lamp is off"
    assert sizes == {"image/png": {"width": 40, "height": 30}}


def test_the_style_has_every_colour_of_both_looks_and_no_other():
    rules = css()
    for look in (LIGHT, DARK):
        for name, value in look.colours:
            assert f"--{name}:{value}" in rules or (name == "ground" and value in rules)
    own = (Path(clickable.__file__).parent / "widgets.css").read_text()
    assert "#" not in own.replace("#{", "")
    assert "prefers-reduced-motion" in own


NEXT = """
import { next } from %s;
const points = %s;
console.log(JSON.stringify(%s.map((way) => next([0, 0], points, way))));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node to run JavaScript with")
def test_the_arrow_keys_find_the_next_part(tmp_path):
    shutil.copy(Path(clickable.__file__).with_suffix(".js"), tmp_path / "clickable.mjs")
    points = [[0, 0], [50, 5], [20, 60], [-30, 0], [3, -80], [200, 0]]
    ways = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    script = tmp_path / "try.mjs"
    script.write_text(NEXT % ('"./clickable.mjs"', json.dumps(points), json.dumps(ways)))
    done = subprocess.run(["node", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [1, 2, 3, 4]
    script.write_text(NEXT % ('"./clickable.mjs"', "[[0, 0], [0, 9]]", "[[1, 0], [0, 1]]"))
    done = subprocess.run(["node", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [-1, 1]
