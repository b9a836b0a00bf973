import base64
import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from distlab.figures import DARK, LIGHT, Picture, text
from distlab.figures.picture import font, frame


def picture(body="", look=LIGHT, width=200, height=60):
    return Picture(frame(body, width, height, look, "test", "a test"), "a test", look)


def image(png):
    return Image.open(io.BytesIO(png)).convert("RGBA")


def ink(png):
    """How many pixels are not those of the ground."""
    drawn = image(png)
    ground = drawn.getpixel((0, 0))
    return sum(count for count, colour in drawn.getcolors(1 << 24) if colour != ground)


def test_text_leaves_ink():
    assert ink(picture().png(1)) == 0
    assert ink(picture(text.svg(10, 40, "ink?")).png(1)) > 100


def test_bold_text_leaves_more_ink():
    plain, bold = (picture(text.svg(10, 40, "weight", 20, bold=b)).png(1) for b in (False, True))
    assert ink(bold) > 1.1 * ink(plain)


def test_the_font_is_there():
    files, family = font()
    assert len(files) == 1
    assert family == "Inter"


@pytest.mark.parametrize("look", [LIGHT, DARK])
def test_the_ground_is_opaque(look):
    assert image(picture(look=look).png(1)).getpixel((3, 3)) == (*bytes.fromhex(look["ground"][1:]), 255)


def test_the_png_has_two_pixels_for_one_and_says_how_large_it_is_to_be_shown():
    data, metadata = picture()._repr_mimebundle_()
    assert image(base64.b64decode(data["image/png"])).size == (400, 120)
    assert metadata == {"image/png": {"width": 200, "height": 60}}


def test_a_full_picture_has_one_pixel_for_one():
    full = picture("<g/>" * 10_000)
    data, metadata = full._repr_mimebundle_()
    assert image(base64.b64decode(data["image/png"])).size == (200, 60)
    assert metadata == {"image/png": {"width": 200, "height": 60}}


def test_the_bundle_is_one_line_of_text_a_png_and_the_svg_as_it_is():
    one = picture(text.svg(10, 40, "x"))
    data, _ = one._repr_mimebundle_(include=None, exclude=None)
    assert set(data) == {"text/plain", "image/png", "image/svg+xml"}
    assert data["text/plain"] == repr(one) == "a test"
    assert data["image/svg+xml"] == one.plain
    ET.fromstring(data["image/svg+xml"])


def test_a_plain_picture_needs_no_colours_from_around_it():
    one = picture(text.svg(10, 40, "x", fill="red"))
    assert "var(" in one.svg
    assert "var(" not in one.plain
    assert LIGHT["red"] in one.plain


def test_colours_that_do_not_exist_are_noticed():
    with pytest.raises(KeyError):
        _ = picture(text.svg(10, 40, "x", fill="pink")).plain


def test_a_picture_is_saved_as_its_suffix_says(tmp_path):
    one = picture(text.svg(10, 40, "x"))
    assert one.save(tmp_path / "a.svg").read_text(encoding="utf-8") == one.plain
    assert one.save(tmp_path / "a.png").read_bytes() == one.png()
    with pytest.raises(ValueError, match=r"as \.svg or \.png"):
        one.save(tmp_path / "a.pdf")


def test_a_name_in_a_script_that_the_font_lacks_does_no_harm():
    assert picture(text.svg(10, 40, "一致性")).png(1)


def test_what_a_screen_reader_says_is_escaped():
    svg = frame("", 10, 10, LIGHT, "test", '"<a>" & b')
    assert ET.fromstring(svg).get("aria-label") == '"<a>" & b'
