"""The README's picture is what its run gives today."""

from tests.tools.front import PLACE, picture


def test_the_picture_of_the_readme_comes_from_its_run():
    assert PLACE.read_text(encoding="utf-8") == picture().plain + "\n"
