"""The space-time diagram of a run: time to the right, a line for every node, an arrow for every message.

Lamport 1978, figure 1, is its ancestor. It is an SVG built in Python from a `Trace`; every part says
which event it shows (``data-e``), so that the player brings the same drawing to life.
"""

from __future__ import annotations

from collections.abc import Sequence

from distlab.figures import bands, look, text
from distlab.figures.arrows import Arrows, kinds
from distlab.figures.brackets import Bracket, Under
from distlab.figures.labels import Labels
from distlab.figures.layout import Layout
from distlab.figures.legend import Legend, items
from distlab.figures.look import MARGIN
from distlab.figures.picture import Picture, frame
from distlab.figures.place import Free
from distlab.figures.reader import read
from distlab.figures.scene import Scene
from distlab.figures.sentences import headline, subline
from distlab.figures.title import Header
from distlab.trace import Trace


def spacetime(
    trace: Trace,
    title: str | None = None,
    subtitle: str | None = None,
    *,
    mark: Bracket | Sequence[Bracket] = (),
    between: tuple[float, float] | None = None,
    width: int = look.WIDTH,
    height: int | None = None,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a run.

    Parameters
    ----------
    trace : Trace
    title : str, optional
        What happened; by default the last note, or what was counted.
    subtitle : str, optional
        By default the seed and the figures.
    mark : (float, float, str), or a list of such
        A red bracket from one time to another, and what is to be seen there.
    between : (float, float), optional
        Show only what happened between two times.
    width : int
        Pixels.
    height : int, optional
        Draw the lines closer together, so that it is about so high; by default it is as high as it reads best.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    TypeError
        When this is no trace.
    ValueError
        When `between` or a mark runs backwards, or the width is too small to draw in.
    """
    if not isinstance(trace, Trace):
        raise TypeError(
            f"spacetime draws a Trace, as a simulation's run() returns it, not a {type(trace).__name__}"
        )
    marks = checked(mark, between, width)
    scene = read(trace, between)
    scene.thin()
    counted = title is None and not scene.notes
    title = headline(scene) if title is None else title
    head = Header(title, subline(scene, counted) if subtitle is None else subtitle)
    words = f"Space-time diagram: {head.title}" + (f" ({head.subtitle})" if head.subtitle else "")
    drawing = Drawing(scene, head, marks, width, height)
    theme = look.of(theme)
    svg = frame("".join(drawing.svg), width, drawing.height, theme, "spacetime", words, drawing.attributes)
    return Picture(svg, words, theme)


def checked(
    mark: Bracket | Sequence[Bracket], between: tuple[float, float] | None, width: float
) -> list[Bracket]:
    """The brackets as a list, or a sentence about what is wrong."""
    if between is not None and not between[0] < between[1]:
        raise ValueError(f"between=(from, to) are two times in order, not {between!r}")
    if width < 400:
        raise ValueError(f"a diagram needs at least 400 pixels of width, not {width!r}")
    given: list[object] = [mark] if len(mark) == 3 and isinstance(mark[2], str) else list(mark)
    marks = []
    for one in given:
        match one:
            case (int() | float() as start, int() | float() as end, str() as words) if start <= end:
                marks.append((float(start), float(end), text.one_line(words)))
            case _:
                what = "(from, to, what is to be seen there), its times in order"
                raise ValueError(f"a mark is {what}, not {one!r}")
    return marks


class Drawing:
    """All parts of a diagram.

    Attributes
    ----------
    svg : list of str
    height : float
    attributes : str
        Where the first and the last moment are, for a player.
    """

    def __init__(
        self, scene: Scene, head: Header, marks: list[Bracket], wide: float, tall: float | None
    ) -> None:
        colours = look.bands(scene.words)
        styles = kinds(scene)
        legend = Legend(items(scene, styles), head.wide, head.draw(wide - 2 * MARGIN), wide)
        under_lines = 32 * (bool(marks) + bool(scene.cuts))
        tall = None if tall is None else tall - legend.bottom - under_lines
        layout = Layout(scene, wide, legend.bottom, tall)
        arrows = Arrows(scene, layout, styles)
        shapes, boxes = bands.marks(scene, layout)
        free = Free(layout.inside, arrows.passing(scene))
        free.boxes += boxes + arrows.crosses
        labels = Labels(scene, layout, free, colours)
        under = Under(scene, layout, marks)
        under.listed(labels.listed, labels.silent)
        self.svg = [*head.svg, *legend.svg(styles, colours), *under.behind]
        self.svg += [
            *bands.tracks(scene, layout, colours),
            *labels.behind,
            *arrows.svg,
            *shapes,
            *labels.svg,
            *under.svg,
        ]
        self.height = under.bottom
        times = f' data-t0="{scene.start:g}" data-t1="{scene.end:g}"'
        self.attributes = times + f' data-x0="{layout.left:g}" data-x1="{layout.right:g}"'
