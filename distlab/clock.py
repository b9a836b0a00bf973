"""The clock that a node has for its own, and that it cannot help to believe."""

from __future__ import annotations

import math


class OwnClock:
    """A node's own clock: it runs at `rate`, and reads `local` microseconds at `true` ones."""

    __slots__ = ("local", "rate", "true")

    def __init__(self) -> None:
        self.rate: float = 1
        self.local: float = 0
        self.true = 0

    def read(self, true: int) -> float:
        """What it shows at a true time."""
        return self.local + (true - self.true) * self.rate

    def when(self, local: float) -> int:
        """The true time at which it shows `local`."""
        return self.true + math.ceil((local - self.local) / self.rate)

    def change(self, true: int, rate: float, offset: float) -> None:
        """Let it jump by `offset` microseconds and run at `rate` from here on."""
        self.local, self.true, self.rate = self.read(true) + offset, true, rate
