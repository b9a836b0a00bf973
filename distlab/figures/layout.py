"""Where things go in a space-time diagram: pixels for times and for nodes' lines."""

from __future__ import annotations

from math import floor, log10

from distlab.figures.look import MARGIN, SMALL, TEXT
from distlab.figures.place import Box
from distlab.figures.scene import Scene
from distlab.figures.text import fit, width

ABOVE = 34  # room for notes over the first line
LANE = 20  # room for operations under a line
AXIS = 60  # room from the last line to the end of the axis
LEAST = 24.0  # from line to line, where there is little height: the bands keep apart
OVERHANG = 7  # how far bands reach beyond the first and the last moment


class Layout:
    """Pixels of a scene.

    Parameters
    ----------
    scene : Scene
    wide : float
        Of the whole picture.
    top : float
        Where the header ends.
    tall : float, optional
        As high as lines and axis should be together, so far as the lines can be told apart.

    Attributes
    ----------
    left, right : float
        Where the first and the last moment are.
    middle, upper, lower : list of float
        Each line's middle, and its band's edges.
    band, pitch : float
        Height of a band; distance of lines.
    crowded : bool
        Many messages: thin arrows, no dots.
    """

    def __init__(self, scene: Scene, wide: float, top: float, tall: float | None = None) -> None:
        n = max(1, len(scene.names))
        self.wide = wide
        with_operations = {span.row for span in scene.operations}
        self.pitch = max(18.0, min(110.0, 40 + 170 / n, 720 / n))
        if tall is not None and n > 1:
            room = tall - ABOVE - AXIS - 16 - 0.6 * LANE * len(with_operations)
            self.pitch = min(self.pitch, max(LEAST, room / (n - 1)))
        self.band = float(round(max(6.0, min(16.0, 0.22 * self.pitch))))
        self.crowded = scene.messages > 120
        self.name_size = TEXT if self.pitch >= 22 else SMALL
        self.names = [fit(name, self.name_size, 150, bold=True) for name in scene.names]
        label = max([width(name, self.name_size, True) for name in self.names], default=0)
        self.left = round(MARGIN + label + 14 + OVERHANG)
        self.right = wide - MARGIN - OVERHANG - 2
        self.start = scene.start
        self.scale = (self.right - self.left) / ((scene.end - scene.start) or 1)
        y, self.middle, self.lane = top + ABOVE + self.band / 2, [], []
        for row in range(len(scene.names)):
            self.middle.append(round(y, 1))
            self.lane.append(LANE if row in with_operations else 0)
            y += self.pitch + 0.6 * self.lane[-1]
        self.upper = [m - self.band / 2 for m in self.middle]
        self.lower = [m + self.band / 2 for m in self.middle]
        self.top = top + 2
        self.bottom = (self.lower[-1] + self.lane[-1] if self.lower else top + ABOVE) + 22

    @property
    def inside(self) -> Box:
        """Where the words of the diagram may stand."""
        return Box(self.left - OVERHANG, self.top, self.wide - 6, self.bottom - 4)

    def rooms(self, row: int) -> tuple[float, float]:
        """The free height over a line and under it."""
        over = self.upper[row] - (self.lower[row - 1] + self.lane[row - 1] if row else self.top)
        last = row + 1 == len(self.middle)
        under = (self.bottom - 4 if last else self.upper[row + 1]) - self.lower[row] - self.lane[row]
        return over, under

    def x(self, time: float) -> float:
        """The pixel of a time; times out of sight stop at the edge of the bands."""
        x = self.left + (time - self.start) * self.scale
        return min(max(x, self.left - OVERHANG), self.right + OVERHANG)

    def edge(self, row: int, towards: int) -> float:
        """Where a message to or from line `towards` touches the band of `row`."""
        return self.lower[row] if towards > row else self.upper[row]


def ticks(start: float, end: float, most: int = 8, least: float = 0) -> list[float]:
    """Round numbers from `start` to `end`, at most `most` of them, 1, 2 or 5 times a power of ten apart."""
    span = end - start
    if span <= 0:
        return [start]
    power = 10.0 ** floor(log10(span / most))
    step = max(least, next(m * power for m in (1, 2, 5, 10, 20) if span / (m * power) <= most))
    first = -(-start // step)
    count = int((end - first * step) / step + 1e-9) + 1
    return [round((first + i) * step, 9) for i in range(count)]
