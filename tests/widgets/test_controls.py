import pytest

from distlab.widgets import controls
from distlab.widgets.controls import (
    Slider,
    choice,
    control,
    decimals,
    first,
    nice,
    slider,
    step,
    widget,
    word,
)


def test_a_pair_of_whole_numbers_is_a_slider_of_whole_numbers():
    made = widget(control("n", (1, 9)), 3, "n", 60)
    assert type(made).__name__ == "IntSlider"
    assert (made.min, made.max, made.step, made.value) == (1, 9, 1, 3)


def test_a_fraction_anywhere_makes_a_slider_of_fractions():
    for given, start in [((0, 0.5), 0), ((0, 5, 0.5), 1), ((0, 1), 0.25)]:
        made = widget(control("x", given), start, "x", 60)
        assert type(made).__name__ == "FloatSlider"


@pytest.mark.parametrize(
    ("low", "high", "by"), [(0, 0.5, 0.01), (0.0, 1, 0.02), (0.0, 10, 0.2), (2.0, 50, 1), (0.0, 200, 5)]
)
def test_a_slider_takes_about_fifty_steps(low, high, by):
    assert step(Slider(low, high), low) == by


def test_nice_numbers_are_never_less():
    for tenths in range(1, 400):
        assert tenths / 10 <= nice(tenths / 10) <= 10 * tenths / 10
    assert [nice(x) for x in (0.009, 0.01, 0.011, 1, 3, 7)] == [0.01, 0.01, 0.02, 1, 5, 10]


def test_a_slider_shows_what_its_step_needs():
    assert [decimals(x) for x in (1, 0.5, 0.02, 0.125)] == [0, 1, 2, 3]
    assert widget(slider(0, 0.5, unit="%"), 0.1, "loss", 60).readout_format == ".0%"
    assert widget(slider(0, 0.01, unit="%"), 0.0, "loss", 60).readout_format == ".2%"
    assert widget(slider(0.0, 2), 1, "x", 60).readout_format == ".2f"


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ([1, 3, 5], "SelectionSlider"),
        (choice([1, 3, 5], unit="ms"), "SelectionSlider"),
        (["lazy", "eager"], "ToggleButtons"),
        (("a", "b"), "ToggleButtons"),
        ({"all": None, "one": 1}, "ToggleButtons"),
        (["a majority", "all of them", "any one of them", "none"], "Dropdown"),
        (True, "ToggleButtons"),
    ],
)
def test_choices_are_what_fits(given, kind):
    one = control("x", given)
    start = first("x", one, None, False)
    assert type(widget(one, start, "x", 60)).__name__ == kind


def test_choices_have_labels():
    assert choice([10, 300], unit="ms").options == (("10 ms", 10), ("300 ms", 300))
    liars = control("x", {"nobody": (), "a liar": ("a",)})
    assert widget(liars, ("a",), "x", 60).options == (("nobody", ()), ("a liar", ("a",)))
    assert [name for name, _ in control("x", False).options] == ["no", "yes"]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (20, "ms", "20 ms"),
        (0.15, "%", "15 %"),
        (True, "", "yes"),
        ("lazy", "", "lazy"),
        (0.30000000000000004, "", "0.3"),
    ],
)
def test_values_as_text(value, unit, text):
    assert word(value, unit) == text


def test_a_control_starts_at_the_default_of_its_parameter():
    assert first("n", control("n", (1, 9)), 4, True) == 4
    assert first("n", control("n", (1, 9)), None, False) == 1
    assert first("w", control("w", True), False, True) is False
    assert first("w", control("w", True), None, False) is True


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: slider(3, 1), "a slider goes from low to high, not from 3 to 1"),
        (lambda: slider(0, 1, 5), "a slider from 0 to 1 cannot move by 5"),
        (lambda: slider("a", 1), "a slider goes from number to number, not 'a' to 1 by None"),
        (lambda: slider(0, float("inf")), "a slider goes from number to number, not 0 to inf by None"),
        (lambda: control("loss", (3, 1)), "loss: a slider goes from low to high"),
        (lambda: control("mode", ["one"]), "mode: a choice is between two things at least"),
        (lambda: control("n", 7), r"n: a control is \(low, high\) or .*, not 7"),
        (
            lambda: first("n", control("n", (1, 9)), 12, True),
            "n starts at 12, outside its slider from 1 to 9",
        ),
        (
            lambda: first("m", control("m", ["a", "b"]), "c", True),
            "m starts as 'c', which is none of its choices",
        ),
    ],
)
def test_what_is_no_control_gets_one_sentence(make, sentence):
    with pytest.raises((TypeError, ValueError), match=f"^{sentence}"):
        make()


def test_every_control_says_its_name_to_whoever_hovers():
    for given in [(1, 9), (0.0, 1.0), [1, 2, 3], ["a", "b"]]:
        one = control("some", given)
        made = controls.widget(one, first("some", one, None, False), "some name", 90)
        assert made.description == made.tooltip == "some name"
        assert made.style.description_width == "90px"
