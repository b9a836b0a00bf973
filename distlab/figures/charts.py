"""Curves in the look of the course: what was measured, and the theory behind it.

Drawn with matplotlib, which is loaded when the first curve is; no setting of it is changed for anybody
else. A line's name stands at its end instead of in a legend. The one line of text carries the main
numbers, because a notebook's tests compare text and not pixels.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from distlab.figures import look, text
from distlab.figures.picture import font

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Values = Sequence[float] | np.ndarray[Any, Any]
MARKERS = ("o", "s", "^", "D", "v", "P")
SCALE = 2
POINT = 0.72  # points in a pixel, at 100 pixels an inch
LABEL = 12
DASHES: tuple[Any, ...] = ("-", (0, (6, 2)), (0, (2, 2)))


class End(NamedTuple):
    """Where a line ends, for its name; its dashes, if colour is not enough."""

    name: str
    x: float
    y: float
    colour: str
    dash: Any = None


class Chart:
    """A chart as a PNG, with one line of text that holds its main numbers."""

    def __init__(self, png: bytes, text_: str, size: tuple[int, int]) -> None:
        self._png, self.text, self.size = png, text.one_line(text_), size

    def png(self) -> bytes:
        """The picture."""
        return self._png

    def save(self, path: str | Path) -> Path:
        """Write it to a ``.png``."""
        path = Path(path)
        if path.suffix != ".png":
            raise ValueError(f"a chart is saved as .png, not as {path.name!r}")
        path.write_bytes(self._png)
        return path

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        width, height = self.size
        data = {"text/plain": repr(self), "image/png": b64encode(self._png).decode("ascii")}
        return data, {"image/png": {"width": width, "height": height}}

    def __repr__(self) -> str:
        return self.text


def curves(
    x: Values,
    measured: Mapping[str, Values],
    *,
    title: str,
    subtitle: str = "",
    across: str = "",
    up: str = "",
    theory: Mapping[str, Values] | None = None,
    band: tuple[Values, Values] | None = None,
    band_is: str = "theory",
    log: str = "",
    limits: tuple[float, float] | None = None,
    size: tuple[int, int] = (640, 380),
    theme: str | look.Look | None = None,
) -> Chart:
    """Draw measurements as dots on thin lines, and what theory says dashed behind them.

    Parameters
    ----------
    x : sequence of float
    measured : mapping of str to sequence of float
        Lines by name, each as long as `x`; nan leaves a gap.
    title, subtitle : str
        What there is to see; how it was measured.
    across, up : str
        What the axes show, with units.
    theory : mapping of str to sequence of float, optional
        Computed independently; a line of the same name as a measured one has its colour.
    band : (low, high), optional
        A grey band behind all, such as a mean and its standard deviation.
    band_is : str
        What the band shows.
    log : str
        Axes that are logarithmic: ``"x"``, ``"y"`` or ``"xy"``.
    limits : (low, high), optional
        Of the vertical axis.
    size : (width, height)
        Pixels.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Chart

    Raises
    ------
    ValueError
        When a line is not as long as `x`, or there is nothing to draw.
    """
    at = _numbers("x", x, None)
    lines = {name: _numbers(name, y, len(at)) for name, y in measured.items()}
    dashed = {name: _numbers(f"theory {name!r}", y, len(at)) for name, y in (theory or {}).items()}
    if not len(at) or not (lines or dashed):
        raise ValueError("there is nothing to draw: give x and at least one line")
    sheet = _Sheet(title, subtitle, [*lines, *(f"{name} (theory)" for name in dashed)], size, look.of(theme))
    with sheet.settings():
        axes = sheet.axes(across, up, log)
        if band is not None:
            low, high = (_numbers("band", edge, len(at)) for edge in band)
            axes.fill_between(at, low, high, color=sheet.look["hair"], alpha=0.7, linewidth=0)
        order = dict.fromkeys([*lines, *dashed])
        colours = {name: sheet.look[look.LINES[i % len(look.LINES)]] for i, name in enumerate(order)}
        ends: list[End] = []
        for name, y in dashed.items():
            axes.plot(at, y, linestyle=(0, (5, 3)), linewidth=1.2, color=colours[name])
            if name not in lines:
                ends.append(End(f"{name} (theory)", *_last(at, y), colours[name]))
        for i, (name, y) in enumerate(lines.items()):
            marker = MARKERS[i % len(MARKERS)] if len(at) <= 60 else ""
            axes.plot(at, y, marker=marker, linewidth=1.4, color=colours[name], markeredgewidth=0)
            ends.append(End(name, *_last(at, y), colours[name]))
        _ticks(axes, at, log)
        if limits is not None:
            axes.set_ylim(*limits)
        said = ["dashed: theory"] if dashed else []
        sheet.explain(axes, " · ".join([*said, f"grey: {band_is}"] if band is not None else said))
        sheet.label(axes, ends)
        return Chart(sheet.png(), f"{title}: {_summary(at, lines, dashed)}", size)


def cdf(
    samples: Mapping[str, Values],
    *,
    title: str,
    subtitle: str = "",
    across: str = "",
    log: str = "",
    size: tuple[int, int] = (640, 380),
    theme: str | look.Look | None = None,
) -> Chart:
    """Draw for each set of samples which part of them is at most x.

    Parameters
    ----------
    samples : mapping of str to sequence of float
    title, subtitle, across, log, size, theme
        As for `curves`.

    Returns
    -------
    Chart
        Its text gives medians and 99th percentiles.
    """
    sets = {name: np.sort(_numbers(name, values, None)) for name, values in samples.items()}
    if not sets or not all(len(values) for values in sets.values()):
        raise ValueError("there is nothing to draw: give at least one set of samples, and none that is empty")
    sheet = _Sheet(title, subtitle, list(sets), size, look.of(theme))
    with sheet.settings():
        axes = sheet.axes(across, "part of all", log)
        ends = []
        for i, (name, values) in enumerate(sets.items()):
            colour, dash = sheet.look[look.LINES[i % len(look.LINES)]], DASHES[i % len(DASHES)]
            part = np.arange(1, len(values) + 1) / len(values)
            axes.plot(values, part, drawstyle="steps-post", color=colour, linestyle=dash)
            ends.append(End(name, float(values[-1]), 0.9, colour, dash))
        axes.set_ylim(0, 1.03)
        sheet.label(axes, ends[::-1])
        parts = [
            f"{n} median {np.median(v):.4g}, 99 % up to {np.quantile(v, 0.99):.4g}" for n, v in sets.items()
        ]
        return Chart(sheet.png(), f"{title}: {'; '.join(parts)}", size)


def _numbers(what: str, values: Values, length: int | None) -> np.ndarray[Any, Any]:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or (length is not None and len(array) != length):
        right = "a list of numbers" if length is None else f"{length} long, as x is"
        raise ValueError(f"{what} has the shape {array.shape}; it must be {right}")
    return array


def _last(x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> tuple[float, float]:
    there = np.flatnonzero(np.isfinite(y))
    return (float(x[there[-1]]), float(y[there[-1]])) if len(there) else (float(x[-1]), 0.0)


def _summary(at: Any, lines: Mapping[str, Any], dashed: Mapping[str, Any]) -> str:
    """First and last values, and how far measurement and theory are apart at most."""
    said = []
    for name, y in lines.items():
        words = f"{name} {y[0]:.4g} → {y[-1]:.4g}"
        if name in dashed:
            words += f", at most {np.nanmax(np.abs(y - dashed[name])):.2g} from theory"
        said.append(words)
    said += [f"{name} (theory) {y[0]:.4g} → {y[-1]:.4g}" for name, y in dashed.items() if name not in lines]
    return f"{'; '.join(said)} (from {at[0]:.4g} to {at[-1]:.4g})"


def rc(theme: str | look.Look | None = None) -> dict[str, Any]:
    """Settings for a figure of one's own in the look of the course: ``plt.rcParams.update(rc())``.

    Parameters
    ----------
    theme : {"light", "dark"}, optional

    Returns
    -------
    dict
        For ``matplotlib.rcParams``; matplotlib knows the pictures' font from now on.
    """
    _register()
    return look.rc(look.of(theme))


@lru_cache
def _register() -> None:
    """Let matplotlib know the font of the pictures."""
    from matplotlib import font_manager

    for file in font()[0]:
        font_manager.fontManager.addfont(file)


def _ticks(axes: Axes, at: Any, log: str) -> None:
    """Ticks where there is something: at a few points of a logarithmic scale, and no halves of whole numbers."""
    if "x" not in log:
        axes.locator_params("x", integer=all(float(value).is_integer() for value in at))
    elif len(at) <= 12:
        axes.set_xticks(at, [f"{value:g}" for value in at])
        axes.minorticks_off()


class _Sheet:
    """One figure with its title, and labels at the ends of lines."""

    def __init__(
        self, title: str, subtitle: str, names: list[str], size: tuple[int, int], look_: look.Look
    ) -> None:
        _register()
        self.title, self.subtitle, self.size, self.look = title, subtitle, size, look_
        self.beside = max(text.width(name, LABEL) for name in names) + 48

    def settings(self) -> Any:
        """Matplotlib's settings for this figure only."""
        import matplotlib

        settings: Any = look.rc(self.look)
        return matplotlib.rc_context(settings)

    def axes(self, across: str, up: str, log: str) -> Axes:
        """Axes with room for the title above and the names on the right."""
        from matplotlib.figure import Figure
        from matplotlib.patheffects import withStroke

        wide, tall = self.size
        self.figure = Figure(figsize=(wide / 100, tall / 100), dpi=100 * SCALE)
        head = 62 if self.subtitle else 44
        box = (54 / wide, 52 / tall, (wide - 54 - self.beside) / wide, (tall - 52 - head - 18) / tall)
        axes: Axes = self.figure.add_axes(box)
        bold = [withStroke(linewidth=0.45, foreground=self.look["ink"])]  # the font comes in one weight here
        place: dict[str, Any] = {"x": look.MARGIN / wide, "ha": "left", "va": "baseline"}
        title = text.fit(self.title, look.TITLE, wide - 2 * look.MARGIN, bold=True)
        self.figure.text(y=1 - 28 / tall, s=title, size=look.TITLE * POINT, path_effects=bold, **place)
        subtitle = text.fit(self.subtitle, look.TEXT, wide - 2 * look.MARGIN)
        self.figure.text(
            y=1 - 48 / tall, s=subtitle, size=look.TEXT * POINT, color=self.look["muted"], **place
        )
        axes.set_xscale("log" if "x" in log else "linear")
        axes.set_yscale("log" if "y" in log else "linear")
        axes.grid(axis="y")
        axes.set_xlabel(across, loc="right")
        up_: dict[str, Any] = {"size": LABEL * POINT, "color": self.look["muted"]}
        self.figure.text(y=1 - (head + 8) / tall, s=up, **up_, **place)
        return axes

    def explain(self, axes: Axes, words: str) -> None:
        """Say over the right end of the axes what dashes and grey mean."""
        x, y = axes.get_position().x1, axes.get_position().y1 + 10 / self.size[1]
        look_: dict[str, Any] = {"size": look.SMALL * POINT, "color": self.look["muted"], "ha": "right"}
        self.figure.text(x, y, words, **look_)

    def label(self, axes: Axes, ends: list[End]) -> None:
        """Each line's name beside its end, pushed apart where they would overlap; with its dashes, if it has any."""
        from matplotlib.lines import Line2D

        wide, tall = self.size
        axes.autoscale_view()
        heights = [float(axes.transData.transform((end.x, end.y))[1]) / SCALE for end in ends]
        right = float(axes.transAxes.transform((1, 0))[0]) / SCALE + 8
        above = 44.0
        for height, end in sorted(zip(heights, ends, strict=True), key=lambda pair: pair[0]):
            above = max(min(height, tall - 60.0), above)
            left = right + (26 if end.dash else 0)
            if end.dash:
                line = ([right / wide, (right + 20) / wide], [above / tall] * 2)
                self.figure.add_artist(Line2D(*line, color=end.colour, linestyle=end.dash))
            place: dict[str, Any] = {"color": end.colour, "size": LABEL * POINT, "va": "center_baseline"}
            self.figure.text(left / wide, above / tall, end.name, **place)
            above += LABEL + 4

    def png(self) -> bytes:
        """Drawn, at two pixels for one."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        out = BytesIO()
        FigureCanvasAgg(self.figure).print_png(out, metadata={"Software": None})
        return out.getvalue()


__all__ = ["Chart", "cdf", "curves"]
