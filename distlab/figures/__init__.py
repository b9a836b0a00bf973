"""Pictures of runs, networks and measurements, all in one look.

A picture shows itself in a notebook, is saved with ``.save("name.svg")`` or ``.save("name.png")``, and says
in one line of text what it shows.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from distlab.figures.bars import bars
from distlab.figures.circle import ring
from distlab.figures.dependencies import dependencies
from distlab.figures.look import DARK, LIGHT, use
from distlab.figures.machine import state_machine
from distlab.figures.picture import Picture
from distlab.figures.quorums import quorums
from distlab.figures.spacetime import spacetime
from distlab.figures.statespace import state_space
from distlab.figures.transitions import transitions
from distlab.figures.verdicts import history, judged

if TYPE_CHECKING:
    from distlab.figures.charts import Chart, cdf, curves, rc
    from distlab.figures.graph import network

_LATE = {
    "network": "graph",
    "Chart": "charts",
    "cdf": "charts",
    "curves": "charts",
    "rc": "charts",
}  # they load numpy

__all__ = [
    "spacetime",
    "network",
    "curves",
    "cdf",
    "rc",
    "bars",
    "ring",
    "judged",
    "quorums",
    "state_machine",
    "transitions",
    "history",
    "dependencies",
    "state_space",
    "Picture",
    "Chart",
    "LIGHT",
    "DARK",
    "use",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"distlab.figures has no {name!r}; it has {', '.join(__all__)}")
    return getattr(importlib.import_module(f"distlab.figures.{_LATE[name]}"), name)
