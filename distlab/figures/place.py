"""Free places for text: boxes that nothing else has taken, crossed by as few lines as possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

Segment = tuple[float, float, float, float]  # from (x, y) to (x, y)


class Box(NamedTuple):
    """A rectangle: left, top, right, bottom, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def inside(self, other: Box) -> bool:
        """Whether this one lies in the other."""
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


class Free:
    """The space that is left.

    Parameters
    ----------
    within : Box
        Nothing is placed outside.
    lines : iterable of Segment
        What is better not crossed.
    """

    def __init__(self, within: Box, lines: Iterable[Segment] = ()) -> None:
        self.within, self._given = within, lines
        self.boxes: list[Box] = []
        self._passing: dict[tuple[float, float], list[tuple[float, float]]] = {}

    @cached_property
    def lines(self) -> list[Segment]:
        """The lines, looked at when the first text has to avoid them."""
        return list(self._given)

    def take(self, box: Box) -> None:
        """Let nothing else be placed here."""
        self.boxes.append(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing is here yet."""
        left, top, right, bottom = box
        taken = any(left < c and a < right and top < d and b < bottom for a, b, c, d in self.boxes)
        return not taken and box.inside(self.within)

    def crossings(self, box: Box) -> int:
        """How many lines pass through a box. Boxes of one height share the work: text stands in rows."""
        key = box.top, box.bottom
        if key not in self._passing:
            self._passing[key] = list(_between(self.lines, *key))
        left, right = box.left, box.right
        return sum([low < right and high > left for low, high in self._passing[key]])

    def best(
        self, candidates: Iterable[tuple[float, Box]], most: float = 6, crossing: bool = True
    ) -> Box | None:
        """Take the cheapest free one of some boxes.

        Parameters
        ----------
        candidates : iterable of (float, Box)
            With what each costs; each line that crosses it costs 1 more.
        most : float
            Rather no place than one that costs as much.
        crossing : bool
            Whether lines count.

        Returns
        -------
        Box or None
        """
        cheapest, chosen = most, None
        for cost, box in sorted(candidates):
            if cost >= cheapest:
                break
            if self.is_free(box):
                cost += self.crossings(box) if crossing else 0
                if cost < cheapest:
                    cheapest, chosen = cost, box
        if chosen is not None:
            self.take(chosen)
        return chosen


def _between(lines: Iterable[Segment], top: float, bottom: float) -> Iterator[tuple[float, float]]:
    """From which x to which the lines pass between two heights."""
    for x0, y0, x1, y1 in lines:
        if y0 > y1:
            x0, y0, x1, y1 = x1, y1, x0, y0
        if y1 < top or y0 > bottom:
            continue
        slope = (x1 - x0) / (y1 - y0) if y1 > y0 else 0.0
        a = x0 + max(0.0, top - y0) * slope
        b = x0 + min(y1 - y0, bottom - y0) * slope if y1 > y0 else x1
        yield min(a, b), max(a, b)
