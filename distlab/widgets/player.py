"""The player: a run's own space-time diagram brought to life, with the network and every node beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from distlab.figures import look, spacetime
from distlab.figures.brackets import Bracket
from distlab.figures.sentences import plural
from distlab.trace import Trace
from distlab.widgets.css import css
from distlab.widgets.frames import frames
from distlab.widgets.machines import machines
from distlab.widgets.sheet import bundle

_HERE = Path(__file__).parent
_PIECES = (
    "moments",
    "stage",
    "timeline",
    "states",
    "machines",
    "steps",
    "player",
)  # each may use those before it

TALL = 316  # pixels of the diagram, so that all of the player fits 1280 x 800


def script() -> str:
    """The pieces of JavaScript as the one module that a page loads: their imports of one another left out."""
    lines = [line for piece in _PIECES for line in (_HERE / f"{piece}.js").read_text("utf-8").splitlines()]
    return "\n".join(line for line in lines if not line.startswith("import "))


class Player(anywidget.AnyWidget):
    """A run to step through; ``trace.play()`` makes one.

    Everything is sent to the page once: playing and scrubbing never ask the kernel. Each view has a
    cursor of its own, so that two views of one player show two moments side by side.

    Parameters
    ----------
    trace : Trace
    title, subtitle, mark, between, width, height
        As for `distlab.figures.spacetime`; as high as fits a laptop's screen together with the rest.
    machine : bool, networkx.DiGraph, or sequence of networkx.DiGraph
        State machines to show beside the run, the current state of each node lit. True learns them from the run;
        `distlab.transitions` learns them from many.
    broken : bool, float or sequence of float
        When what should hold was broken, to jump to; True: at the end. A run that an error stopped says so itself.

    Attributes
    ----------
    picture : Picture
        The diagram.
    svg : str
    run : dict
        What happens at every moment, as plain data (`distlab.widgets.frames`).

    Raises
    ------
    TypeError, ValueError
        As `distlab.figures.spacetime` does.
    """

    _esm = script()
    _css = css() + (_HERE / "player.css").read_text("utf-8")

    svg = traitlets.Unicode().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        trace: Trace,
        title: str | None = None,
        subtitle: str | None = None,
        *,
        mark: Bracket | Sequence[Bracket] = (),
        between: tuple[float, float] | None = None,
        width: int = look.WIDTH,
        height: int | None = TALL,
        machine: Any = False,
        broken: bool | float | Sequence[float] = False,
    ) -> None:
        draw = partial(spacetime, trace, title, subtitle, mark=mark, between=between, width=width)
        self.picture = draw(height=height)
        # what stands where nothing plays need not fit a screen together with the rest
        self._still = partial(draw, height=None if height == TALL else height)
        run = frames(trace, self.picture, between, machines(trace, machine))
        given: list[Any] = [mark] if len(mark) == 3 and isinstance(mark[2], str) else list(mark)
        run["stops"]["mark"] = _moments([one[0] for one in given], run["at"])
        run["stops"]["violation"] = _violations(trace, broken, run["at"])
        super().__init__(svg=self.picture.svg, run=run)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        view = super()._repr_mimebundle_(**kwargs)
        return bundle(view[0] if view else None, repr(self), self._still())

    def __repr__(self) -> str:
        return f"player: {plural(len(self.run['ends']) - 1, 'step')} · {self.picture.text}"


def _violations(trace: Trace, broken: bool | float | Sequence[float], at: list[float]) -> list[int]:
    if broken is True or (broken is False and trace.ended == "error"):
        return [len(at) - 1]
    if broken is False:
        return []
    return _moments(broken if isinstance(broken, Sequence) else [broken], at)


def _moments(times: Sequence[float], at: list[float]) -> list[int]:
    """The first moment at each of these times or after it."""
    return sorted({sum(one < time for one in at) for time in times} & {*range(len(at))})
