"""distlab: write a node in a cell, then simulate it, search every schedule of it, draw it and judge it.

The names below are all there is to know; each is loaded when it is first used, so that importing the
package costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import Any

from distlab import cells
from distlab.history import History
from distlab.trace import Trace

__version__ = "0.1.0"

_PLACES = {
    "distlab.node": "Message Node NodeError",
    "distlab.values": "TORN",
    "distlab.schedule": "Choice Schedule",
    "distlab.history": "Operation",
    "distlab.chance": "exponential",
    "distlab.network": "Network",
    "distlab.topology": "backbone backbones cities great_circle",
    "distlab.faults": "Clock Crash Cut Loss Partition Pause nemesis",
    "distlab.world": "World replay",
    "distlab.simulate": "Disk Simulation",
    "distlab.exploration": "explore",
    "distlab.seeds": "search",
    "distlab.checking": (
        "CasRegister Counter Keyed KeyValue Mutex Queue Register Set consistent linearizable serializable "
        "isolated Verdict LEVELS ISOLATION Model ModelError ILLEGAL UNKNOWN Recorder from_jepsen"
    ),
    "distlab.algorithms.hashing": "BoundedRing HashRing Jump Maglev Modulo Rendezvous",
    "distlab.figures.machine": "state_machine",
    "distlab.figures.quorums": "quorums",
    "distlab.figures.transitions": "transitions",
    "distlab.widgets.adversary": "Adversary",
    "distlab.widgets.breakable": "break_network",
    "distlab.widgets.controls": "choice slider",
    "distlab.widgets.histories": "history_game",
    "distlab.widgets.sandbox": "sandbox",
    "distlab.exercises": "check hint predict progress solution",
}
_HOME = {name: module for module, names in _PLACES.items() for name in names.split()}

__all__ = ["History", "Trace", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"distlab has no {name!r}; it has {', '.join(__all__)}")
    value = globals()[name] = getattr(importlib.import_module(_HOME[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _draw(trace: Trace, **options: Any) -> Any:
    return importlib.import_module("distlab.figures").spacetime(trace, **options)


Trace.drawing = staticmethod(_draw)


def _play(trace: Trace, **options: Any) -> Any:
    return importlib.import_module("distlab.widgets.player").Player(trace, **options)


Trace.playing = staticmethod(_play)


def _draw_seen(seen: Any, **options: Any) -> Any:
    figures = importlib.import_module("distlab.figures")
    if isinstance(seen, History):
        return figures.history(seen, **options)
    return (figures.dependencies if hasattr(seen, "graph") else figures.judged)(seen, **options)


History.drawing = staticmethod(_draw_seen)
cells.watch()
