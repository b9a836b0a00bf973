"""A widget where it cannot live: pictures and words on one opaque sheet, for GitHub and for print."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from distlab.figures import text
from distlab.figures.look import LIGHT, MARGIN, SMALL, TEXT, WIDTH
from distlab.figures.picture import Picture, frame

GAP = 14
LINE = 20


def sheet(parts: Sequence[Picture | str], caption: str, said: str) -> Picture:
    """Put pictures and paragraphs under each other, side by side where two fit.

    Parameters
    ----------
    parts : sequence of Picture or str
    caption : str
        A muted line under them: what the controls are set to.
    said : str
        What the whole shows, in a line.
    """
    wide = max([WIDTH, *(part.size[0] for part in parts if isinstance(part, Picture))])
    svg: list[str] = []
    x, y, deepest = 0.0, 0.0, 0.0
    for part in parts:
        if isinstance(part, str) or (x and x + part.size[0] > wide):
            x, y, deepest = 0.0, y + deepest, 0.0
        if isinstance(part, str):
            y = _paragraphs(part, y, wide, svg)
            continue
        place = f'<svg x="{x:.0f}" y="{y:.0f}" '
        svg.append(place + part.svg.removeprefix("<svg "))
        x, deepest = x + part.size[0] + GAP, max(deepest, part.size[1] + GAP)
    y += deepest
    for line in text.wrap(caption, SMALL, wide - 2 * MARGIN):
        svg.append(text.svg(MARGIN, y + 6, line, SMALL, fill="muted"))
        y += LINE
    return Picture(frame("".join(svg), wide, max(y, LINE), LIGHT, "sheet", said), said, LIGHT)


def _paragraphs(words: str, y: float, wide: float, svg: list[str]) -> float:
    for paragraph in words.splitlines():
        for line in text.wrap(text.one_line(paragraph), TEXT, wide - 2 * MARGIN, lines=12):
            y += LINE
            svg.append(text.svg(MARGIN, y, line, TEXT))
    return y + GAP


def bundle(view: dict[str, Any] | None, said: str, picture: Picture) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook keeps of a widget: its line of text, a picture, and the live view.

    Parameters
    ----------
    view : dict or None
        The bundle that the widget itself would give.
    said : str
    picture : Picture
    """
    width, height = picture.size
    data = dict(view or {}) | {"text/plain": said, "image/png": b64encode(picture.png()).decode("ascii")}
    return data, {"image/png": {"width": width, "height": height}}
