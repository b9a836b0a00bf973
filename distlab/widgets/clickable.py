"""A drawing whose parts are buttons: Python draws, the browser says what was pressed, Python draws again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from distlab.figures.picture import Picture
from distlab.figures.text import one_line
from distlab.widgets.css import css
from distlab.widgets.sheet import bundle

Draw = Callable[[], Picture]


class Clickable(anywidget.AnyWidget):
    """A picture with parts to press: its elements with ``data-click`` and ``aria-label``.

    Parameters
    ----------
    draw : function to Picture
        Draws the present state.
    press : function of str
        Called with the ``data-click`` of what was pressed, by mouse or by keyboard; then `draw` is.

    Attributes
    ----------
    picture : Picture
        What is shown.
    svg, said, wrong : str
        The drawing; what it shows, for who listens instead of looking; what went wrong.
    pressed, answered : dict, int
        The last press and its number; the last one that was answered.
    """

    _esm = Path(__file__).parent / "clickable.js"
    _css = css()

    svg = traitlets.Unicode().tag(sync=True)
    said = traitlets.Unicode().tag(sync=True)
    wrong = traitlets.Unicode().tag(sync=True)
    pressed = traitlets.Dict().tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self, draw: Draw, press: Callable[[str], None]) -> None:
        super().__init__()
        self._draw, self._press = draw, press
        self.redraw()

    def redraw(self) -> None:
        """Draw the present state."""
        self.picture = self._draw()
        with self.hold_sync():  # one message, one change in the page
            self.svg, self.said = self.picture.svg, self.picture.text

    @traitlets.observe("pressed")
    def _on_press(self, change: Any) -> None:
        press = change["new"]
        if "what" not in press:
            return
        with self.hold_sync():
            try:
                self._press(press["what"])
                self.redraw()
                self.wrong = ""
            except Exception as error:  # in the page, not in a log that nobody reads
                self.wrong = f"✗ {type(error).__name__}: {one_line(error)}"
            self.answered = press["n"]

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view[0] if view else None, repr(self), self.picture)

    def __repr__(self) -> str:
        return self.picture.text
