"""Bars with their numbers, and where theory expects them: an SVG, so that a slider can redraw it."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite

from distlab.figures import look, text
from distlab.figures.look import MARGIN, TEXT
from distlab.figures.picture import Picture, frame
from distlab.figures.title import Header

BAR, PITCH = 22, 34


def bars(
    values: Mapping[str, float],
    *,
    title: str,
    subtitle: str = "",
    unit: str = "",
    expected: float | None = None,
    band: tuple[float, float] | None = None,
    because: str = "",
    colours: Mapping[str, str] | None = None,
    width: int = 560,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a bar for each name, its number at its end.

    Parameters
    ----------
    values : mapping of str to float
        Zero or more.
    title, subtitle : str
    unit : str
        Behind the numbers.
    expected : float, optional
        A dashed line: what theory says, computed independently.
    band : (low, high), optional
        A grey band behind the bars, such as one standard deviation about what is expected.
    because : str
        What line and band are.
    colours : mapping of str to str, optional
        Names of line colours of the look, where a bar is not blue.
    width : int
        Pixels.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        When there is no bar, or one is below zero or no number.
    """
    for name, value in values.items():
        if not (isfinite(value) and value >= 0):
            raise ValueError(f"a bar is as long as a number of zero or more; {name!r} has {value!r}")
    if not values:
        raise ValueError("there is nothing to draw: give at least one bar")
    look_, head = look.of(theme), Header(title, subtitle)
    top = head.draw(width - 2 * MARGIN) + 14
    names = {name: text.fit(name, TEXT, 0.35 * width, bold=True) for name in values}
    numbers = {name: f"{value:,.4g}" + (f" {unit}" if unit else "") for name, value in values.items()}
    left = MARGIN + max(text.width(name, TEXT, True) for name in names.values()) + 12
    room = width - MARGIN - left - max(text.width(number, TEXT) for number in numbers.values()) - 10
    scale = room / (max([*values.values(), *(band or ()), expected or 0.0]) or 1.0)
    bottom = top + PITCH * len(values)
    svg = [*head.svg, *_theory(expected, band, because, left, scale, top - 6, bottom, width)]
    for i, (name, value) in enumerate(values.items()):
        y, colour = top + PITCH * i, (colours or {}).get(name, "blue")
        svg.append(text.svg(left - 12, y + 16, names[name], TEXT, anchor="end", bold=True))
        size = f'width="{max(1.0, value * scale):.1f}" height="{BAR}" rx="3"'
        svg.append(f'<rect class="bar" x="{left:.1f}" y="{y:.1f}" {size} fill="var(--{colour})"/>')
        x = left + value * scale + 8
        line = left + expected * scale if expected is not None else -1.0
        if x - 3 < line < x + text.width(numbers[name], TEXT) + 3:
            x = line + 6  # the dashed line would run through the number
        svg.append(text.svg(x, y + 16, numbers[name], TEXT))
    said = "; ".join([f"{name} {numbers[name]}" for name in values])
    words = f"{head.title}: {said}" + (f" (expected {expected:,.4g})" if expected is not None else "")
    return Picture(
        frame("".join(svg), width, bottom + (30 if because else 12), look_, "bars", words), words, look_
    )


def _theory(
    expected: float | None,
    band: tuple[float, float] | None,
    because: str,
    left: float,
    scale: float,
    top: float,
    bottom: float,
    width: float,
) -> list[str]:
    """The grey band, the dashed line, and what they are."""
    svg, middle = [], left
    if band is not None:
        x0, x1 = left + band[0] * scale, left + band[1] * scale
        middle = (x0 + x1) / 2
        size = f'width="{x1 - x0:.1f}" height="{bottom - top:.1f}"'
        svg.append(
            f'<rect class="band" x="{x0:.1f}" y="{top:.1f}" {size} fill="var(--hair)" fill-opacity=".7"/>'
        )
    if expected is not None:
        middle = left + expected * scale
        look_ = 'stroke="var(--muted)" stroke-width="1.2" stroke-dasharray="4 3" fill="none"'
        svg.append(f'<path class="expected" d="M{middle:.1f},{top:.1f}V{bottom:.1f}" {look_}/>')
    if because:
        wide = text.width(because, 12)
        x = min(max(middle - wide / 2, MARGIN), width - MARGIN - wide)
        svg.append(text.svg(x, bottom + 16, because, 12, fill="muted"))
    return svg
