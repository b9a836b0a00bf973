"""Chance: one stream of random numbers for each link and purpose and for each node.

Streams are derived from the seed and from names, never from each other, and each is drawn from once
for each message. So a fault that is added, a message that is dropped or a slider that is moved leaves
every other draw as it was, and what-if pictures compare like with like.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from hashlib import blake2b
from random import Random

from distlab.values import text

Draw = Callable[[], float]


def stream(seed: int, purpose: str, *names: str) -> Draw:
    """A stream of numbers in [0, 1), the same in every process for the same arguments.

    Parameters
    ----------
    seed : int
        The seed of the run.
    purpose : str
        What is drawn: ``"delay"``, ``"loss"``, ...
    *names : str
        Whose stream: a node, or the two ends of a link.
    """
    digest = blake2b(repr((seed, purpose, *names)).encode(), digest_size=16).digest()
    return Random(int.from_bytes(digest, "big")).random


def _exponential(draw: Draw) -> Draw:
    log = math.log
    return lambda: -log(1.0 - draw())


class Delay:
    """How long a message takes: fixed, uniform or exponential, in milliseconds.

    Parameters
    ----------
    least : float
        The shortest delay.
    most : float, optional
        The longest, for a uniform one.
    mean : float, optional
        The mean of what is added to `least`, for an exponential one.
    """

    def __init__(self, least: float, most: float | None = None, mean: float | None = None) -> None:
        for value in (least, most, mean):
            if value is not None and not (isinstance(value, (int, float)) and 0 <= value < math.inf):
                raise ValueError(f"a delay is a time in ms, zero or more, not {text(value)}")
        if most is not None and most < least:
            raise ValueError(f"a delay between {least} and {most} ms: the first has to be the shorter one")
        self.least, self.most, self.mean = least, most, mean

    @classmethod
    def of(cls, value: object) -> Delay:
        """A delay from a number (fixed), a pair (uniform), or a Delay."""
        if isinstance(value, Delay):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return cls(value)
        if isinstance(value, tuple) and len(value) == 2:
            return cls(*value)
        raise TypeError(
            f"a delay is a number of ms, a pair (shortest, longest), or exponential(mean), not {text(value)}"
        )

    @property
    def average(self) -> float:
        """The expected delay in milliseconds."""
        if self.mean is not None:
            return self.least + self.mean
        return self.least if self.most is None else (self.least + self.most) / 2

    def parts(self) -> tuple[int, float, Callable[[Draw], Draw]]:
        """The delay as ``least + span * draw()`` microseconds: least, span, and how to shape a stream into draw."""
        least = round(self.least * 1000)
        if self.mean is not None:
            return least, self.mean * 1000, _exponential
        return least, 0 if self.most is None else round((self.most - self.least) * 1000), lambda draw: draw

    def sample(self, draw: Draw) -> int:
        """One delay in microseconds, drawn from `draw` if there is anything to draw."""
        least, span, shape = self.parts()
        return least + (int(shape(draw)() * span) if span else 0)

    def __repr__(self) -> str:
        if self.mean is not None:
            return f"exponential({self.mean:g}, least={self.least:g})"
        return f"{self.least:g}" if self.most is None else f"({self.least:g}, {self.most:g})"


def exponential(mean: float, least: float = 0.0) -> Delay:
    """An exponential delay: `least` milliseconds, and `mean` more on average, with a long tail."""
    return Delay(least, mean=mean)
