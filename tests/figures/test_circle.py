"""The ring with its keys: every arc, every moved key, one text, in both themes."""

import re
import subprocess
import sys
from hashlib import md5
from xml.etree import ElementTree

import numpy as np
import pytest

from distlab.algorithms.hashing import HashRing
from distlab.figures import DARK, LIGHT, ring
from distlab.figures.circle import DOTS, RADIUS

PEOPLE = ["ada", "bob", "cyd", "dan", "eve", "fay"]
KEYS = [f"key {i}" for i in range(2000)]
CENTRE = re.compile(r"M([\d.]+),([\d.]+)a")


def parts(picture, kind):
    """The elements of one class."""
    root = ElementTree.fromstring(picture.plain)
    return [element for element in root.iter() if element.get("class") == kind]


def dots(picture):
    """The centres of all dots: of keys that stay, and of those that have moved."""
    found = {False: [], True: []}
    for path in parts(picture, "keys"):
        moved = path.get("fill-opacity") == "1"
        radius = 3.4 if moved else 2.1
        found[moved] += [(float(x) + radius, float(y)) for x, y in CENTRE.findall(path.get("d"))]
    return found


def middle(picture):
    """The texts of the largest letters."""
    root = ElementTree.fromstring(picture.plain)
    return [element.text for element in root.iter() if element.get("font-size") == "30"]


@pytest.mark.parametrize(("nodes", "vnodes"), [(1, 1), (1, 5), (3, 1), (4, 12), (6, 200)])
def test_every_arc_is_drawn(nodes, vnodes):
    now = HashRing(PEOPLE[:nodes], vnodes=vnodes)
    picture = ring(now, KEYS)
    assert len(parts(picture, "arc")) == len(now.arcs()) == nodes * vnodes


@pytest.mark.parametrize("size", [1, 2, 5])
def test_moved_keys_are_those_whose_owner_changed(size):
    before, now = HashRing(PEOPLE[:size], vnodes=8), HashRing(PEOPLE[: size + 1], vnodes=8)
    moved = np.mean(before.owners_of(KEYS) != now.owners_of(KEYS))
    picture = ring(now, KEYS, before=before)
    assert middle(picture) == [f"{100 * moved:.1f} %"]
    assert picture.text.startswith(f"{100 * moved:.1f} % of the keys move, all of them to {PEOPLE[size]} (")
    few = KEYS[:DOTS]  # one dot a key
    shown = dots(ring(now, few, before=before))
    assert len(shown[True]) == sum(before.owners_of(few) != now.owners_of(few))
    assert len(shown[True]) + len(shown[False]) == len(few)


def test_who_leaves_is_named_and_has_nothing():
    before, now = HashRing(PEOPLE[:4], vnodes=8), HashRing(PEOPLE[:3], vnodes=8)
    text = ring(now, KEYS, before=before).text
    assert "dan 0" in text
    assert "all of them to" not in text  # the three share what dan had


def test_the_numbers_are_those_of_the_library():
    now = HashRing(PEOPLE[:4], vnodes=8)
    load = ", ".join(f"{name} {n:,}" for name, n in now.load(KEYS).items())
    assert ring(now, KEYS).text == (
        f"Who owns which part of the circle (4 nodes · 2,000 keys · one dot is 7 keys): {load}"
    )


@pytest.mark.parametrize("keys", [1, 319, 320, 321, 641, 2000])
def test_there_are_dots_enough_and_not_too_many(keys):
    shown = dots(ring(HashRing(PEOPLE[:3]), KEYS[:keys]))[False]
    assert min(keys, DOTS // 2) <= len(shown) <= DOTS


def test_every_dot_lies_inside_the_ring_at_its_key():
    now = HashRing(["ada"], vnodes=1)
    key = next(key for key in KEYS if 0.24 < now.position(key) < 0.26)  # a quarter past: at the right
    ((x, y),) = dots(ring(now, [key]))[False]
    (top,) = dots(ring(now, [next(key for key in KEYS if now.position(key) < 0.002)]))[False]
    assert x > top[0] + 100
    assert y > top[1] + 100
    (three, nine) = (next(k for k in KEYS if abs(now.position(k) - f) < 0.005) for f in (0.25, 0.75))
    (right,), (left,) = (dots(ring(now, [k]))[False] for k in (three, nine))
    assert 2 * (RADIUS - 60) < right[0] - left[0] < 2 * RADIUS


def test_no_keys_and_one_node_are_drawn():
    picture = ring(HashRing(["ada"], vnodes=1), [])
    assert picture.text == "Who owns which part of the circle (1 node · 0 keys): ada 0"
    assert middle(picture) == ["0"]
    assert dots(picture) == {False: [], True: []}
    assert picture.png()
    assert middle(ring(HashRing(["ada", "bob"]), [], before=HashRing(["ada"]))) == ["0.0 %"]


def test_a_ring_that_stays_moves_nothing():
    now = HashRing(PEOPLE[:3])
    picture = ring(now, KEYS, before=now, ideal=0)
    assert picture.text.startswith("0.0 % of the keys move (")
    assert "ideal 0.0 %" in picture.plain


@pytest.mark.parametrize("vnodes", [1, 2, 200])
def test_every_node_is_named_beside_its_arc_and_no_two_names_meet(vnodes):
    picture = ring(HashRing(PEOPLE, vnodes=vnodes), KEYS)
    root = ElementTree.fromstring(picture.plain)
    names = [e for e in root.iter() if e.get("font-size") == "12" and e.text in PEOPLE]
    assert sorted(e.text for e in names) == PEOPLE
    places = [(float(e.get("x")), float(e.get("y"))) for e in names]
    for i, (x, y) in enumerate(places):
        assert all(abs(x - a) > 30 or abs(y - b) > 12 for a, b in places[:i])


def test_two_hundred_points_a_node_leave_arcs_wide_enough_to_see():
    picture = ring(HashRing(PEOPLE, vnodes=200), KEYS)
    colours = {path.get("fill") for path in parts(picture, "arc")}
    assert len(colours) == 6
    assert len(picture.plain) < 300_000  # a slider redraws it


def test_light_and_dark_differ_in_colours_only():
    now = HashRing(PEOPLE[:4], vnodes=3)
    light, dark = (ring(now, KEYS, theme=theme) for theme in ("light", "dark"))
    assert light.text == dark.text
    assert light.size == dark.size
    assert LIGHT["ground"] in light.plain
    assert DARK["ground"] in dark.plain
    assert light.png() != dark.png()


def test_the_names_of_nodes_are_text_and_no_markup():
    now = HashRing(["<b>", "a & b", "北京"], vnodes=3)
    ElementTree.fromstring(ring(now, KEYS, before=HashRing(["<b>"], vnodes=3)).plain)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_drawing_is_the_same_in_every_process(seed):
    code = (
        "from distlab.algorithms.hashing import HashRing; from distlab.figures import ring; from hashlib import md5;"
        "keys = [f'key {i}' for i in range(500)];"
        "picture = ring(HashRing(['a', 'b', 'c'], 5), keys, before=HashRing(['a', 'b'], 5));"
        "print(md5(picture.plain.encode()).hexdigest(), picture.text)"
    )
    keys = KEYS[:500]
    here = ring(HashRing(["a", "b", "c"], 5), keys, before=HashRing(["a", "b"], 5))
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{md5(here.plain.encode()).hexdigest()} {here.text}\n"
