"""Sliders on a scenario: turn one, and the run is done again under the same seed, all else unchanged."""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from html import escape
from typing import Any

import ipywidgets

from distlab.figures.picture import Picture
from distlab.figures.text import one_line, width
from distlab.trace import Trace
from distlab.widgets import controls
from distlab.widgets.controls import Control, Slider
from distlab.widgets.keys import Keys
from distlab.widgets.sheet import bundle, sheet

Part = Picture | str
PRINTED = 4000  # characters of what `draw` printed that are shown
LABEL = 13  # pixels, as in widgets.css


def sandbox(draw: Callable[..., Any], **settings: Any) -> Sandbox:
    """Bind controls to the parameters of a function that draws.

    Parameters
    ----------
    draw : function
        Returns a `Picture`, a `Trace` (shown as its diagram), a text, or a list of these. It is called again
        whenever a control moves, with the same seed, so that nothing but the turned parameter changes.
    **settings
        A control for each parameter that is to be turned: ``(low, high)`` or ``(low, high, step)``, a list
        or dict of choices, True or False, or ``slider(0, 0.5, unit="%", label="loss")``. It starts at
        the parameter's default. A parameter called ``seed`` gets a button for the next seed by itself.

    Returns
    -------
    Sandbox

    Raises
    ------
    TypeError, ValueError
        When a control fits no parameter, or a parameter has neither control nor default.

    Examples
    --------
    >>> def bars(n=3, seed=0):
    ...     return "█" * n
    >>> sandbox(bars, n=(1, 10))
    sandbox(n=3, seed=0): ███
    """
    return Sandbox(draw, settings)


class Sandbox(ipywidgets.VBox):
    """Controls over a picture; `sandbox` makes one.

    Attributes
    ----------
    values : dict
        What the controls are set to; ``box.set(loss=0.2)`` sets them.
    result : object
        What `draw` returned last.
    error : Exception or None
        What `draw` raised last; ``raise box.error`` shows where.
    """

    def __init__(self, draw: Callable[..., Any], settings: Mapping[str, Any]) -> None:
        self._draw, self._parameters = draw, _parameters(draw)
        self._name = getattr(draw, "__name__", "draw")
        given = {name: controls.control(name, one) for name, one in settings.items() if not _seed(name, one)}
        self._check(given)
        self._controls = given
        self._widgets = self._make(settings)
        if not self._widgets:
            example = f"sandbox({self._name}, {next(iter(self._parameters), 'loss')}=(0, 10))"
            raise ValueError(f"there is nothing to turn: give a control, as in {example}")
        self._shown = ipywidgets.HTML()
        grid = ipywidgets.Box([self._row(name) for name in self._widgets])
        grid.add_class("distlab-controls")
        self.result: Any = None
        self.error: Exception | None = None
        self._parts: list[Part] = []
        self._quiet = False
        self._redraw()
        for one in self._widgets.values():
            one.observe(self._redraw, "value")
        super().__init__([Keys(), grid, self._shown])
        self.add_class("distlab-widget")

    # --- controls ---

    def _check(self, given: Mapping[str, Control]) -> None:
        open_ended = any(one.kind is one.VAR_KEYWORD for one in self._parameters.values())
        named = {name: one for name, one in self._parameters.items() if one.kind not in _STARRED}
        listed = " and ".join(named) if named else "none"
        for name in given:
            if name not in named and not open_ended:
                raise TypeError(f"{self._name} has no parameter {name!r} to turn; it has {listed}")
        for name, one in named.items():
            if name not in given and name != "seed" and one.default is one.empty:
                raise TypeError(f"{self._name} needs a value for {name!r}: give it a control, or a default")

    def _default(self, name: str, otherwise: Any) -> Any:
        one = self._parameters.get(name)
        return otherwise if one is None or one.default is one.empty else one.default

    def _label(self, name: str) -> str:
        given = self._controls.get(name)
        return (given.label if given else "") or name.replace("_", " ")

    def _make(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The control of each parameter, and that of the seed behind them."""
        with_seed = "seed" in self._parameters and "seed" not in self._controls
        names = [*self._controls, *(["seed"] if with_seed else [])]
        room = round(max([width(self._label(name), LABEL) for name in names], default=0)) + 14
        made = {}
        for name, given in self._controls.items():
            default = self._default(name, _MISSING)
            start = controls.first(name, given, default, default is not _MISSING)
            made[name] = controls.widget(given, start, self._label(name), room)
        if with_seed:
            start = settings.get("seed", self._default("seed", 0))
            wide = {"description_width": f"{room}px"}
            made["seed"] = ipywidgets.IntText(value=start, description="seed", tooltip="seed", style=wide)
            made["seed"].layout.width = f"{room + 84}px"
        return made

    def _row(self, name: str) -> Any:
        one, given = self._widgets[name], self._controls.get(name)
        row = ipywidgets.HBox([one])
        row.add_class("distlab-row")
        if given is None:
            following = ipywidgets.Button(description="next seed", tooltip="the same settings, other chance")
            following.on_click(lambda _: self.set(seed=one.value + 1))
            row.children = (one, following)
        else:
            one.add_class("distlab-fill")
            if isinstance(given, Slider) and given.unit not in ("", "%"):
                unit = ipywidgets.Label(given.unit)
                unit.add_class("distlab-unit")
                row.children = (one, unit)
        return row

    @property
    def values(self) -> dict[str, Any]:
        """What the controls are set to."""
        return {name: self._value(name) for name in self._widgets}

    def _value(self, name: str) -> Any:
        one = self._widgets[name]
        if isinstance(one, ipywidgets.FloatSlider):  # the browser counts 0.1 + 0.2
            return round(one.value, controls.decimals(one.step) + 2)
        return one.value

    def set(self, **values: Any) -> None:
        """Turn controls to these values, all at once."""
        for name in values:
            if name not in self._widgets:
                raise KeyError(f"there is no control {name!r}; there are {', '.join(self._widgets)}")
        self._quiet = True
        try:
            for name, value in values.items():
                self._widgets[name].value = value
        finally:
            self._quiet = False
        self._redraw()

    # --- the picture ---

    def _redraw(self, change: object = None) -> None:
        if self._quiet:
            return
        printed = io.StringIO()
        kept = self._parts
        try:
            with redirect_stdout(printed):
                self.result = self._draw(**self.values)
                self._parts = _parts(self.result, self._name)
            self.error = None
        except Exception as error:  # a scenario of the learner's may raise anything
            self.error = error
            self._parts = _trace_of(error) or kept
        self._shown.value = self._html(printed.getvalue())

    @property
    def _sentence(self) -> str:
        """What went wrong."""
        error = self.error
        where, place = "", error.__traceback__ if error else None
        code = getattr(self._draw, "__code__", None)
        while place is not None:
            if place.tb_frame.f_code is code:
                where = f", line {place.tb_lineno}"
            place = place.tb_next
        words = one_line(error) or "no reason given"
        return f"{self._name}({self._settings()}){where}: {type(error).__name__}: {words}"

    def _html(self, printed: str) -> str:
        wrong = f'<p class="distlab-wrong"><b>✗</b> {escape(self._sentence)}</p>' if self.error else ""
        shown = "".join(
            part.svg if isinstance(part, Picture) else f'<p class="distlab-text">{escape(part)}</p>'
            for part in self._parts
        )
        if len(printed) > PRINTED:
            printed = printed[:PRINTED] + "…"
        words = f'<pre class="distlab-printed">{escape(printed)}</pre>' if printed else ""
        settings = escape(self._settings())
        return f'<div class="distlab-result" role="group" aria-label="{settings}">{wrong}{shown}{words}</div>'

    # --- where it cannot live ---

    def _settings(self) -> str:
        return ", ".join(f"{name}={self._word(name)}" for name in self._widgets)

    def _word(self, name: str) -> str:
        given = self._controls.get(name)
        if isinstance(given, controls.Choice):
            return next(label for label, value in given.options if value == self._value(name))
        return controls.word(self._value(name), given.unit if given else "")

    @property
    def picture(self) -> Picture:
        """What is to be seen now, as one picture."""
        caption = "   ·   ".join(f"{self._label(name)} {self._word(name)}" for name in self._widgets)
        parts: list[Part] = [f"✗ {self._sentence}", *self._parts] if self.error else self._parts
        return sheet(parts, caption, repr(self))

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return bundle(super()._repr_mimebundle_(**kwargs), repr(self), self.picture)

    def __repr__(self) -> str:
        if self.error:
            return f"sandbox: ✗ {self._sentence}"
        said = "; ".join(one_line(part.text if isinstance(part, Picture) else part) for part in self._parts)
        return f"sandbox({self._settings()}): {said}"


_MISSING = object()
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def _parameters(draw: Any) -> Mapping[str, inspect.Parameter]:
    if not callable(draw):
        raise TypeError(f"sandbox takes the function that draws, not {draw!r}")
    return inspect.signature(draw).parameters


def _seed(name: str, given: Any) -> bool:
    """Whether this is the seed to start with, and no control."""
    return name == "seed" and isinstance(given, int) and not isinstance(given, bool)


def _parts(result: Any, name: str) -> list[Part]:
    """What `draw` gave, as things that can be shown."""
    parts: list[Part] = []
    for one in result if isinstance(result, list | tuple) else [result]:
        if isinstance(one, Trace):
            one = one.diagram()
        if not isinstance(one, Picture | str):
            raise TypeError(f"{name} returns a Picture, a Trace, text, or a list of these, not {_kind(one)}")
        parts.append(one)
    return parts


def _kind(value: object) -> str:
    return "nothing (is its return missing?)" if value is None else f"a {type(value).__name__}"


def _trace_of(error: Exception) -> list[Part]:
    """The run up to where it broke, if the error has one."""
    trace = getattr(error, "trace", None)
    return [trace.diagram()] if isinstance(trace, Trace) and trace.events else []
