"""A picture: its SVG, a PNG made from it where SVG cannot be shown, and one line of text."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cached_property, lru_cache
from html import escape
from pathlib import Path
from typing import Any

from distlab.figures import look as looks
from distlab.figures.text import one_line
from distlab.figures.widths import CHARACTERS

SHARP = 2  # pixels of a PNG for one of the picture
LONG = (
    30_000  # characters of SVG: as a sharp PNG so full a picture has half a megabyte and takes half a second
)


class Picture:
    """Something drawn; a notebook shows it by displaying it.

    Parameters
    ----------
    svg : str
        The drawing, with the colours of a look by their names (`frame`).
    text : str
        What it shows, in one line that is the same in every run.
    look : Look, optional
        What the colours' names mean; the look in use when none is given.
    """

    def __init__(self, svg: str, text: str, look: looks.Look | None = None) -> None:
        self.svg, self.text, self.look = svg, one_line(text), look or looks.of()

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        found = re.search(r'width="(\d+)" height="(\d+)"', self.svg)
        if found is None:
            raise ValueError("a picture's <svg> begins with its width and height in whole pixels")
        return int(found[1]), int(found[2])

    @cached_property
    def plain(self) -> str:
        """The drawing with every colour written out: it needs nothing from around it."""
        return self.look.resolve(self.svg)

    @property
    def scale(self) -> int:
        """Pixels that a notebook's PNG has for one of the picture; only who cannot see the SVG sees it."""
        return SHARP if len(self.svg) <= LONG else 1

    def png(self, scale: float = SHARP) -> bytes:
        """The drawing as a PNG on an opaque ground, `scale` pixels for one of the picture."""
        import resvg_py

        files, family = font()
        foreign = not set(self.svg) <= _KNOWN  # a Chinese name: look for a font on this machine
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=self.plain,
                zoom=scale,
                background=self.look["ground"],
                font_files=files,
                font_family=family,
                sans_serif_family=family,
                skip_system_fonts=not foreign,
            )
        )

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file, as its suffix says: ``.svg`` or ``.png``.

        Raises
        ------
        ValueError
            When the suffix is another one.
        """
        path = Path(path)
        if path.suffix == ".svg":
            path.write_text(self.plain, encoding="utf-8", newline="\n")
        elif path.suffix == ".png":
            path.write_bytes(self.png())
        else:
            raise ValueError(f"a picture is saved as .svg or .png, not as {path.name!r}")
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = self.size
        png = b64encode(self.png(self.scale)).decode("ascii")
        data = {"text/plain": repr(self), "image/png": png, "image/svg+xml": self.plain}
        return data, {"image/png": {"width": width, "height": height}}

    def __repr__(self) -> str:
        return self.text


_KNOWN = frozenset(CHARACTERS + "\n\t")


@lru_cache
def font() -> tuple[list[str], str]:
    """The files and the family of the font that the pictures are drawn with; a wheel ships it."""
    import fontpkg_inter

    files = sorted((fontpkg_inter.ROOT / "files").glob("Inter[[]*.ttf"))
    if not files:
        raise FileNotFoundError(
            "fontpkg-inter has no upright Inter: pictures would be drawn without any text"
        )
    return [str(file) for file in files], fontpkg_inter.FAMILY


def frame(
    body: str, width: float, height: float, look: looks.Look, kind: str, alt: str, extra: str = ""
) -> str:
    """The outermost element of a picture, around what is drawn in it.

    Parameters
    ----------
    body : str
        SVG elements whose colours are names of the look: ``fill="var(--blue)"``.
    width, height : float
        Pixels.
    look : Look
    kind : str
        A class for the whole: ``spacetime``.
    alt : str
        What a screen reader says.
    extra : str
        Further attributes.
    """
    w, h = round(width), round(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="distlab {kind}" width="{w}" height="{h}" '
        f'viewBox="0 0 {w} {h}" font-family="{looks.FAMILY}" role="img" aria-label="{escape(alt)}"{extra}>'
        f'<style>{look.style}</style><rect class="ground" width="{w}" height="{h}" fill="var(--ground)"/>{body}</svg>'
    )
