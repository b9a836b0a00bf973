"""Text in pictures: how wide it is, how to shorten and break it, and its SVG.

Layout has to know widths before anything is drawn, so it measures with a table (`widths`). What is
drawn says its width too (``textLength``), so that a browser without Inter keeps the layout.
"""

from __future__ import annotations

from functools import lru_cache
from html import escape

from distlab.figures.widths import CHARACTERS, REGULAR, SEMIBOLD

_WIDTHS = {
    False: dict(zip(CHARACTERS, REGULAR, strict=True)),
    True: dict(zip(CHARACTERS, SEMIBOLD, strict=True)),
}
_UNKNOWN = 1000  # a character that Inter lacks, such as a Chinese one, comes from another font: one em wide
ELLIPSIS = "…"


@lru_cache(maxsize=4096)
def width(text: str, size: float, bold: bool = False) -> float:
    """How wide `text` is, in pixels, at a size in pixels; kerning apart."""
    table = _WIDTHS[bold]
    return sum([table.get(character, _UNKNOWN) for character in text]) * size / 1000


def fit(text: str, size: float, room: float, bold: bool = False) -> str:
    """The text, or as much of its beginning as `room` pixels hold, with an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrap(text: str, size: float, room: float, bold: bool = False, lines: int = 3) -> list[str]:
    """The text broken at spaces into lines of at most `room` pixels, at most `lines` of them."""
    broken: list[str] = []
    for word in text.split():
        if broken and width(f"{broken[-1]} {word}", size, bold) <= room:
            broken[-1] += " " + word
        else:
            broken.append(word)
    kept = broken[:lines]
    if len(broken) > lines:
        kept[-1] += ELLIPSIS
    return [fit(line, size, room, bold) for line in kept]


def one_line(text: object) -> str:
    """Text as one line that XML can hold: white space runs become a space, control characters vanish."""
    line = " ".join(str(text).split())
    return line if line.isprintable() else "".join([c for c in line if c.isprintable()])


@lru_cache(maxsize=4096)
def svg(
    x: float,
    y: float,
    text: str,
    size: float = 13,
    *,
    fill: str = "ink",
    anchor: str = "start",
    bold: bool = False,
    halo: str = "",
    extra: str = "",
) -> str:
    """A ``<text>`` element whose baseline begins (or ends, or is centred) at (x, y).

    Parameters
    ----------
    x, y : float
        Pixels.
    text : str
    size : float
        Pixels.
    fill : str
        The name of a colour of the look.
    anchor : {"start", "middle", "end"}
    bold : bool
        Semibold.
    halo : str
        The name of the colour behind the letters, where lines pass; none by default.
    extra : str
        Further attributes.
    """
    parts = [f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="var(--{fill})"']
    if anchor != "start":
        parts.append(f' text-anchor="{anchor}"')
    if bold:
        parts.append(' font-weight="600"')
    if halo:
        parts.append(
            f' stroke="var(--{halo})" stroke-width="3.5" stroke-linejoin="round" paint-order="stroke"'
        )
    if len(text) > 3:  # squeezing a digit would only make it look odd
        parts.append(f' textLength="{width(text, size, bold):.1f}" lengthAdjust="spacingAndGlyphs"')
    parts.append(f"{' ' if extra else ''}{extra}>{escape(text, quote=False)}</text>")
    return "".join(parts)
