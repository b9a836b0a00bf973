import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.figures import look, shapes
from tests.figures.colour import EYES, contrast, difference

LOOKS = pytest.mark.parametrize("one", [look.LIGHT, look.DARK], ids=lambda one: one.name)
BANDS = ["grey", "yellow", "green", "blue", "purple", "orange", "sky", "rose"]


@pytest.fixture(autouse=True)
def _light_again():
    yield
    look.use("light")


@LOOKS
def test_text_is_readable_on_everything_that_it_stands_on(one):
    assert contrast(one["ink"], one["ground"]) >= 7
    assert contrast(one["muted"], one["ground"]) >= 4.5
    assert contrast(one["red"], one["ground"]) >= 4.5
    assert all(contrast(one["ink"], one[f"band-{band}"]) >= 4.5 for band in BANDS)
    assert contrast(one["ink"], one["plain"]) >= 7


@LOOKS
def test_lines_stand_out_from_the_ground(one):
    assert all(contrast(one[line], one["ground"]) >= 3 for line in look.LINES)


@LOOKS
@pytest.mark.parametrize("eye", EYES)
def test_no_two_lines_look_alike_to_any_eye(one, eye):
    for a, b in itertools.combinations([*look.LINES, "red"], 2):
        assert difference(one[a], one[b], eye) >= 7.5, (a, b)


@LOOKS
@pytest.mark.parametrize("eye", EYES)
def test_no_two_bands_look_alike_to_any_eye(one, eye):
    for a, b in itertools.combinations(BANDS, 2):
        assert difference(one[f"band-{a}"], one[f"band-{b}"], eye) >= 7.5, (a, b)


def test_no_two_kinds_of_message_are_told_apart_by_colour_alone():
    styles = [shapes.style(kind) for kind in range(36)]
    assert len(set(styles)) == 36
    for a, b in itertools.combinations(styles[: len(look.LINES)], 2):
        assert (a.dash, a.head) != (b.dash, b.head)


def test_light_and_dark_name_the_same_colours():
    assert [name for name, _ in look.LIGHT.colours] == [name for name, _ in look.DARK.colours]


def test_every_colour_has_its_value_in_one_place():
    for file in Path(look.__file__).parent.glob("*.py"):
        if file.name != "look.py":
            assert not re.search(r"#[0-9A-Fa-f]{3,6}\b", file.read_text(encoding="utf-8")), file.name


def test_states_have_the_colours_that_their_words_ask_for():
    chosen = look.bands(["working", "prepared", "committed", "aborted"])
    assert chosen == {"working": "grey", "prepared": "yellow", "committed": "green", "aborted": "rose"}


def test_the_first_unknown_state_is_grey_and_the_next_are_not():
    assert look.bands(["asleep", "awake"]) == {"asleep": "grey", "awake": "yellow"}


def test_of_two_words_that_want_one_colour_the_first_gets_it():
    chosen = look.bands(["waiting", "prepared"])
    assert chosen["waiting"] == "yellow"
    assert chosen["prepared"] != "yellow"


@given(st.lists(st.sampled_from([*look.NATURAL, *"abcdefghij"]), unique=True))
def test_states_share_a_colour_only_when_colours_run_out(states):
    chosen = look.bands(states)
    assert set(chosen) == set(states)
    if len(states) <= len(BANDS) - 1:
        assert len(set(chosen.values())) == len(states)
    assert set(chosen.values()) <= set(BANDS)


def test_colours_are_chosen_by_order_of_appearance_and_nothing_else():
    assert list(look.bands(["x", "y", "z"]).values()) == list(look.bands(["p", "q", "r"]).values())


def test_a_look_is_chosen_once_for_all_pictures():
    look.use("dark")
    assert look.of() is look.DARK
    assert look.of("light") is look.LIGHT


def test_there_is_no_third_look():
    with pytest.raises(ValueError, match="choose 'light' or 'dark'"):
        look.use("pink")
