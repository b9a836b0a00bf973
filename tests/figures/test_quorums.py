import re
import xml.etree.ElementTree as ET
from itertools import combinations
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import sandbox
from distlab.figures import quorums
from distlab.figures.hull import convex, hull, sector
from tests.figures.shape import path

SVG = "{http://www.w3.org/2000/svg}"


def circles(picture):
    return {
        one.get("data-node"): one
        for one in ET.fromstring(picture.svg).iter(f"{SVG}circle")
        if one.get("data-node")
    }


def lines(picture):
    return {
        one.get("data-quorum"): one.get("d")
        for one in ET.fromstring(picture.svg).iter(f"{SVG}path")
        if one.get("data-quorum")
    }


def sizes(n):
    return st.tuples(st.just(n), st.integers(1, n), st.integers(1, n))


@given(st.integers(1, 25).flatmap(sizes))
def test_sets_of_given_sizes_meet_in_as_few_as_they_can(given):
    n, w, r = given
    picture = quorums(n, {"write": w, "read": r})
    shared = [name for name, one in circles(picture).items() if "shared" in one.get("class")]
    assert len(shared) == max(0, w + r - n)
    assert ("always meet" in picture.text) == (w + r > n) == (f"{w} + {r} > {n}" in picture.text)


@given(st.integers(1, 25).flatmap(sizes))
def test_the_line_of_a_set_goes_round_its_members_and_round_nobody_else(given):
    n, w, r = given
    picture = quorums(n, {"write": w, "read": r})
    discs = circles(picture)
    there = {name: (float(one.get("cx")), float(one.get("cy"))) for name, one in discs.items()}
    words = re.search(r"\(write ([^;]*); read ([^;]*);", picture.text)
    for line, members in zip(lines(picture).values(), reversed(words.groups()), strict=True):
        corners = list(path(line))
        for name, (x, y) in there.items():
            away = min(hypot(x - a, y - b) for a, b in corners)
            if name not in members.split(", "):
                assert away > 17, "no corner of the line comes upon the disc of another replica"


def test_the_shared_replicas_are_named_and_marked():
    picture = quorums(5, {"write": 3, "read": 3})
    assert picture.text == (
        "Write and read quorums always meet: 5 replicas · 3 + 3 > 5 (write a, b, c; read d, e, a; in both a)"
    )
    assert "1 in both: a</text>" in picture.svg and "at least 1, however they are chosen" in picture.svg
    assert list(lines(picture)) == ["read", "write"], "the wider line lies under the narrower one"


def test_two_that_need_not_meet_say_so_in_red():
    picture = quorums(5, {"write": 2, "read": 3})
    assert picture.text.startswith("Write and read quorums need not meet: 5 replicas · 2 + 3 ≤ 5")
    assert re.search(r'fill="var\(--red\)"[^>]*>0 in both</text>', picture.svg)
    assert "what one is told, the other may miss" in picture.svg


@pytest.mark.parametrize(
    ("n", "size", "faulty", "said"),
    [
        (4, 3, 1, "always meet in an honest replica: 4 replicas · 1 faulty · 3 + 3 > 4 + 1"),
        (3, 2, 1, "may share only faulty replicas: 3 replicas · 1 faulty · 2 + 2 ≤ 3 + 1"),
        (6, 5, 2, "always meet in an honest replica: 6 replicas · 2 faulty · 5 + 5 > 6 + 2"),
        (7, 5, 2, "always meet in an honest replica: 7 replicas · 2 faulty · 5 + 5 > 7 + 2"),
        (6, 4, 2, "may share only faulty replicas: 6 replicas · 2 faulty · 4 + 4 ≤ 6 + 2"),
    ],
)
def test_with_liars_two_quorums_have_to_share_an_honest_one(n, size, faulty, said):
    picture = quorums(n, {"one": size, "the other": size}, faulty=faulty)
    assert said in picture.text
    liars = [one for one in circles(picture).values() if "faulty" in one.get("class")]
    assert len(liars) == faulty
    assert all("shared" in one.get("class") for one in liars), "the worst case"


def test_sets_may_be_given_by_their_members():
    grid = {
        "one": ["a", "b", "c", "d", "g"],
        "two": ["b", "d", "e", "f", "h"],
        "three": ["c", "f", "g", "h", "i"],
    }
    picture = quorums("abcdefghi", grid, theme="dark")
    assert "Each two of these sets share a replica" in picture.text
    for one, other in combinations(grid, 2):
        both = ", ".join(sorted(set(grid[one]) & set(grid[other])))
        assert f"in {one} and {other} {both}" in picture.text
    apart = quorums(["x", "y"], {"left": ["x"], "right": ["y"]})
    assert apart.text.startswith("left and right share no replica: 2 replicas")
    assert quorums(3, {"any": 2}).text == "any: 2 of 3 replicas: 3 replicas (any a, b)"


def test_sliders_turn_it():
    box = sandbox(lambda n=5, r=2, w=3: quorums(n, {"write": w, "read": r}), n=(3, 9), r=(1, 3), w=(1, 3))
    assert "need not meet" in repr(box)
    box.set(r=3)
    assert "always meet" in repr(box)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: quorums(0, {"a": 1}), "quorums are drawn over 1 to 25 replicas, not 0"),
        (lambda: quorums(26, {"a": 1}), "quorums are drawn over 1 to 25 replicas, not 26"),
        (lambda: quorums(3, {"read": 4}), "the read quorum has 1 to 3 of 3 replicas, not 4"),
        (
            lambda: quorums("abc", {"read": "ax"}),
            "the read quorum has 'x', which is no replica; the replicas are a, b, c",
        ),
        (lambda: quorums("abc", {"read": []}), "the read quorum has no member; the replicas are a, b, c"),
        (lambda: quorums(3, {}), "give 1 to 4 quorums by name, as in {'write': 3, 'read': 2}, not 0"),
        (lambda: quorums(3, {"r": 2}, faulty=4), "of 3 replicas 0 to 3 are faulty, not 4"),
        (
            lambda: quorums(3, {"r": 2}, faulty="z"),
            "'z' is no replica and cannot be faulty; there are a, b, c",
        ),
    ],
)
def test_what_is_no_quorum_gets_one_sentence(make, sentence):
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        make()
    assert str(caught.value) == sentence


points = st.tuples(st.integers(0, 99).map(float), st.integers(0, 99).map(float))


@given(st.lists(points, min_size=1, max_size=9))
def test_a_convex_hull_holds_every_point(some):
    corners = convex(some)
    assert set(corners) <= set(some)
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        assert all((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0 for x, y in some)


@given(st.lists(points, min_size=1, max_size=9))
def test_a_line_keeps_its_distance_from_the_points(some):
    for x, y in path(hull(some, 10)):
        assert min(hypot(x - a, y - b) for a, b in some) > 9.8


def test_a_sector_goes_round_its_stretch_of_the_circle():
    corners = list(path(sector((0.0, 0.0), 100, (0.0, 3.0), 20)))
    assert {round(hypot(x, y)) for x, y in corners} == {80, 120}


def test_no_two_sets_are_told_apart_by_colour_alone():
    picture = quorums(5, {"a": 2, "b": 2, "c": 2, "d": 2})
    dashes = re.findall(r'class="quorum"[^>]*?(?:stroke-dasharray="([^"]*)")?/>', picture.svg)
    assert len(dashes) == len(set(dashes)) == 4
