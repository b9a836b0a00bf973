"""Controls for the parameters of a scenario: sliders and choices, and what they look like as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import ipywidgets

TOGGLES = 40  # characters: shorter choices are buttons in a row, longer ones a menu


@dataclass(frozen=True)
class Slider:
    """A range of numbers; `slider` makes one."""

    low: float
    high: float
    step: float | None = None
    unit: str = ""
    label: str = ""


@dataclass(frozen=True)
class Choice:
    """Some values by their labels; `choice` makes one."""

    options: tuple[tuple[str, Any], ...]
    unit: str = ""
    label: str = ""


Control = Slider | Choice


def slider(low: float, high: float, step: float | None = None, *, unit: str = "", label: str = "") -> Slider:
    """A slider from `low` to `high`, for a parameter of `sandbox`.

    Parameters
    ----------
    low, high : float
        Whole numbers make a slider of whole numbers.
    step : float, optional
        By default about a fiftieth of the way, rounded; 1 for whole numbers.
    unit : str
        Written behind the value: ``"ms"``. With ``"%"`` a fraction is shown as a percentage.
    label : str
        Written before it; by default the parameter's name.

    Raises
    ------
    TypeError, ValueError
        When the ends are no numbers, or not in order.
    """
    for number in (low, high) if step is None else (low, high, step):
        if not (_is_number(number) and math.isfinite(number)):
            raise TypeError(f"a slider goes from number to number, not {low!r} to {high!r} by {step!r}")
    if not low < high:
        raise ValueError(f"a slider goes from low to high, not from {low!r} to {high!r}")
    if step is not None and not 0 < step <= high - low:
        raise ValueError(f"a slider from {low!r} to {high!r} cannot move by {step!r}")
    return Slider(low, high, step, unit, label)


def choice(options: Any, *, unit: str = "", label: str = "") -> Choice:
    """A choice between values, for a parameter of `sandbox`.

    Parameters
    ----------
    options : sequence, or dict of str to value
        Numbers become a slider over just these, all else a row of buttons or a menu.
    unit, label : str
        As for `slider`.

    Raises
    ------
    ValueError
        When there is nothing to choose from.
    """
    named = options.items() if isinstance(options, Mapping) else [(word(one, unit), one) for one in options]
    pairs = tuple([(str(name), value) for name, value in named])
    if len(pairs) < 2:
        raise ValueError(f"a choice is between two things at least, not {options!r}")
    return Choice(pairs, unit, label)


def control(name: str, given: Any) -> Control:
    """What was given for the parameter `name`, as a control."""
    if isinstance(given, Slider | Choice):
        return given
    if isinstance(given, bool):
        return choice([given, not given])
    try:
        if isinstance(given, tuple) and len(given) in (2, 3) and all(map(_is_number, given)):
            return slider(*given)
        if isinstance(given, list | tuple | Mapping):
            return choice(given)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name}: {error}") from None
    raise TypeError(
        f"{name}: a control is (low, high) or (low, high, step), a list or dict of choices, True or False, "
        f"or slider(...), not {given!r}"
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def word(value: Any, unit: str = "") -> str:
    """A value as it is written beside its control: ``20 ms``, ``5 %``, ``yes``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Real):
        text = f"{100 * float(value):.4g} %" if unit == "%" else f"{float(value):.6g} {unit}"
        return text.strip()
    return str(value)


def first(name: str, given: Control, default: Any, has_default: bool) -> Any:
    """The value that a control starts with: the parameter's default, else its own first.

    Raises
    ------
    ValueError
        When the default is none of the control's values.
    """
    if isinstance(given, Choice):
        values = [value for _, value in given.options]
        if has_default and default not in values:
            raise ValueError(f"{name} starts as {default!r}, which is none of its choices")
        return default if has_default else values[0]
    if not has_default:
        return given.low
    if not _is_number(default) or not given.low <= default <= given.high:
        raise ValueError(
            f"{name} starts at {default!r}, outside its slider from {given.low:g} to {given.high:g}"
        )
    return default


def whole(given: Slider, start: Any) -> bool:
    """Whether a slider moves over whole numbers only."""
    ends = (given.low, given.high, start, *(() if given.step is None else (given.step,)))
    return all(isinstance(end, int) for end in ends)


def step(given: Slider, start: Any) -> float:
    """How far a slider moves at a time."""
    if given.step is not None:
        return given.step
    return 1 if whole(given, start) else nice((given.high - given.low) / 50)


def nice(number: float) -> float:
    """The next of 1, 2, 5, 10, 20, ... (and their tenths) that is not less."""
    power = 10.0 ** math.floor(math.log10(number) + 1e-9)
    return next(round(m * power, 12) for m in (1, 2, 5, 10) if m * power >= number * (1 - 1e-9))


def decimals(number: float) -> int:
    """How many digits behind the point a step needs."""
    return next((n for n in range(9) if abs(round(number, n) - number) < 1e-12), 9)


def widget(given: Control, start: Any, label: str, room: int) -> Any:
    """The ipywidget of a control, with `room` pixels for its label."""
    common = {"description": label, "tooltip": label, "layout": {"width": "auto"}}
    common["style"] = {"description_width": f"{room}px"}
    if isinstance(given, Choice):
        values = [value for _, value in given.options]
        if all(map(_is_number, values)):
            return ipywidgets.SelectionSlider(options=given.options, value=start, **common)
        short = sum(len(name) + 2 for name, _ in given.options) <= TOGGLES
        kind = ipywidgets.ToggleButtons if short else ipywidgets.Dropdown
        return kind(options=given.options, value=start, **common)
    ends = {"value": start, "min": given.low, "max": given.high, "step": step(given, start), **common}
    if whole(given, start):
        return ipywidgets.IntSlider(**ends)
    digits = decimals(step(given, start))
    shown = f".{max(digits - 2, 0)}%" if given.unit == "%" else f".{digits}f"
    return ipywidgets.FloatSlider(readout_format=shown, **ends)
