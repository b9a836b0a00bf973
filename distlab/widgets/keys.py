"""What the boxes of ipywidgets lack: their keys kept from the notebook's shortcuts, and the style of the course."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from distlab.widgets.css import css


class Keys(anywidget.AnyWidget):
    """Shows nothing; put it into a box with the class ``distlab-widget``."""

    _esm = Path(__file__).parent / "keys.js"
    _css = css()

    def __init__(self, **settings: Any) -> None:
        super().__init__(layout={"display": "none"}, **settings)
