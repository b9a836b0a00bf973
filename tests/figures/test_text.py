from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from distlab.figures import text
from distlab.figures.picture import font
from distlab.figures.widths import CHARACTERS, REGULAR, SEMIBOLD

WORDS = st.text(st.sampled_from(CHARACTERS + "一致"), max_size=40)


@pytest.mark.parametrize(("weight", "table"), [(400, REGULAR), (600, SEMIBOLD)])
def test_the_table_of_widths_is_that_of_the_font(weight, table):
    # When the font changes: paste what is measured here into distlab/figures/widths.py.
    file = TTFont(Path(font()[0][0]), lazy=True)
    names, em = file.getBestCmap(), file["head"].unitsPerEm
    glyphs = file.getGlyphSet(location={"wght": weight, "opsz": 14})
    measured = tuple(round(glyphs[names[ord(character)]].width * 1000 / em) for character in CHARACTERS)
    assert table == pytest.approx(measured, abs=1)  # a thousandth of the size, from rounding


def test_a_character_has_one_width():
    assert len(set(CHARACTERS)) == len(CHARACTERS) == len(REGULAR) == len(SEMIBOLD)


@given(WORDS, st.floats(8, 30), st.booleans())
def test_width_grows_with_the_size_and_with_every_character(words, size, bold):
    assert text.width(words, 2 * size, bold) == pytest.approx(2 * text.width(words, size, bold))
    assert text.width(words + "i", size, bold) > text.width(words, size, bold)


@given(WORDS, st.floats(20, 300))
def test_what_is_fitted_fits_and_is_a_beginning(words, room):
    fitted = text.fit(words, 13, room)
    assert text.width(fitted, 13) <= room
    assert fitted == words or words.startswith(fitted.removesuffix(text.ELLIPSIS))


@given(WORDS, st.floats(60, 300))
def test_wrapped_lines_fit_and_lose_no_word_without_saying_so(words, room):
    lines = text.wrap(words, 13, room, lines=50)
    assert all(text.width(line, 13) <= room for line in lines)
    if not any(line.endswith(text.ELLIPSIS) for line in lines):
        assert " ".join(lines).split() == words.split()


def test_wrapping_keeps_to_its_number_of_lines_and_shows_that_there_is_more():
    lines = text.wrap("one two three four five six", 13, 60, lines=2)
    assert len(lines) == 2
    assert lines[-1].endswith(text.ELLIPSIS)


def test_one_line_is_one_line_that_xml_can_hold():
    assert text.one_line("a\n b\t\x00c\x1b[0m") == "a b c[0m"
    assert text.one_line(3) == "3"


def test_markup_in_text_is_only_text():
    assert "<b>" not in text.svg(0, 0, "<b> & co")
    assert "&lt;b&gt; &amp; co" in text.svg(0, 0, "<b> & co")
