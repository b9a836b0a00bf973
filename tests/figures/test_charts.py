import io
import re
import sys
from subprocess import run

import matplotlib
import numpy as np
import pytest
from PIL import Image

from distlab.figures import DARK, bars, cdf, curves
from tests.figures.shape import drawn

X = [1, 2, 4, 8]


def some(**options):
    given = {"title": "A title", "theory": {"ring": [3, 2, 1, 1]}, **options}
    return curves(X, {"ring": [3.1, 2, 1.1, 1], "jump": [1, 1, 1, 1.23456]}, **given)


def test_the_text_carries_the_main_numbers_in_four_digits_at_most():
    assert some().text == ("A title: ring 3.1 → 1, at most 0.1 from theory; jump 1 → 1.235 (from 1 to 8)")


def test_a_curve_is_a_png_of_two_pixels_for_one():
    chart = some(size=(500, 300))
    data, metadata = chart._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png"}
    assert Image.open(io.BytesIO(chart.png())).size == (1000, 600)
    assert metadata == {"image/png": {"width": 500, "height": 300}}


def test_the_same_numbers_give_the_same_bytes():
    assert some().png() == some().png()


def test_what_is_drawn_differs_with_log_band_limits_and_theme():
    band = ([2.5, 1.5, 0.5, 0.5], [3.5, 2.5, 1.5, 1.5])
    pictures = [some(), some(log="xy"), some(band=band), some(limits=(0, 9)), some(theme="dark")]
    assert len({chart.png() for chart in pictures}) == len(pictures)
    dark = Image.open(io.BytesIO(pictures[-1].png())).convert("RGB")
    assert dark.getpixel((2, 2)) == tuple(bytes.fromhex(DARK["ground"][1:]))


def test_matplotlib_is_as_it_was():
    before = dict(matplotlib.rcParams)
    some()
    assert dict(matplotlib.rcParams) == before


def test_pyplot_is_not_loaded():
    code = "from distlab.figures import curves; curves([1, 2], {'a': [1, 2]}, title='t'); import sys; "
    code += "print('matplotlib.pyplot' in sys.modules)"
    assert run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_gap_in_a_line_is_a_gap():
    assert curves(X, {"a": [1, 2, np.nan, np.nan]}, title="t").png()


def test_a_cdf_tells_medians_and_what_99_of_100_stay_under():
    chart = cdf({"fast": range(1, 101), "slow": range(101, 201)}, title="t", across="ms")
    assert chart.text == "t: fast median 50.5, 99 % up to 99.01; slow median 150.5, 99 % up to 199"


def test_charts_are_saved_as_png_only(tmp_path):
    assert some().save(tmp_path / "a.png").read_bytes() == some().png()
    with pytest.raises(ValueError, match=r"saved as \.png"):
        some().save(tmp_path / "a.svg")


@pytest.mark.parametrize(
    ("draw", "sentence"),
    [
        (lambda: curves(X, {"a": [1, 2]}, title="t"), "a has the shape (2,); it must be 4 long"),
        (lambda: curves(X, {}, title="t"), "nothing to draw"),
        (lambda: curves([], {"a": []}, title="t"), "nothing to draw"),
        (lambda: curves(X, {"a": X}, theory={"b": [1]}, title="t"), "theory 'b' has the shape (1,)"),
        (lambda: cdf({"a": []}, title="t"), "nothing to draw"),
        (lambda: bars({}, title="t"), "nothing to draw"),
        (lambda: bars({"a": -1}, title="t"), "'a' has -1"),
        (lambda: bars({"a": float("nan")}, title="t"), "'a' has nan"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(draw, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        draw()


def test_bars_are_as_long_as_their_numbers():
    picture = bars({"ada": 780, "bob": 390, "cyd": 0}, title="Keys", unit="keys", expected=390)
    lengths = [part.right - part.left for part in drawn(picture.svg) if part.kind == "bar"]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.01)
    assert picture.text == "Keys: ada 780 keys; bob 390 keys; cyd 0 keys (expected 390)"
    (line,) = [part for part in drawn(picture.svg) if part.kind == "expected"]
    bob = [part for part in drawn(picture.svg) if part.kind == "bar"][1]
    assert line.left == pytest.approx(bob.right, abs=0.2)


def test_bars_keep_inside_their_picture():
    names = {"a" * 60: 1e9, "b": 3.14159}
    picture = bars(names, title="t" * 90, band=(1e8, 2e9), because="theory " * 5, unit="requests a second")
    width, height = picture.size
    assert all(p.left >= 0 and p.right <= width and p.bottom <= height for p in drawn(picture.svg))


@pytest.mark.parametrize("value", [300, 385, 395, 400, 405, 410, 500])
def test_the_line_does_not_run_through_a_number(value):
    picture = bars({"ada": value, "bob": 800}, title="Keys", expected=410)
    (line,) = [part for part in drawn(picture.svg) if part.kind == "expected"]
    place = re.search(rf'<text x="([\d.]+)"[^>]*>{value}</text>', picture.svg)
    left = float(place[1])
    assert line.left < left - 2 or left + 7 * len(str(value)) < line.left


@pytest.mark.parametrize(
    ("x", "log", "whole"), [([1, 2, 3], "", True), ([1.5, 2, 3], "", False), ([1, 4, 16], "x", True)]
)
def test_whole_numbers_get_no_ticks_between_them(x, log, whole, monkeypatch):
    from distlab.figures import charts

    seen, ticks_of = [], charts._ticks

    def kept(axes, at, log):
        ticks_of(axes, at, log)
        seen.extend(float(tick) for tick in axes.get_xticks())

    monkeypatch.setattr(charts, "_ticks", kept)
    curves(x, {"a line": [1, 2, 3]}, title="t", log=log)
    assert all(tick.is_integer() for tick in seen) is whole
    assert not whole or set(x) <= set(seen)


def test_a_figure_of_ones_own_finds_the_font_of_the_course():
    program = (
        "import matplotlib.pyplot as plt; from distlab.figures import rc; plt.rcParams.update(rc());"
        "plt.figure().text(0, 0, 'x'); plt.gcf().canvas.draw()"
    )
    done = run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "findfont" not in done.stderr
