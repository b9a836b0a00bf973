"""The clock that a node has for its own and cannot help to believe, and the timers that follow it."""

from __future__ import annotations

import math
from collections.abc import Callable


class OwnClock:
    """A node's own clock: it runs at `rate`, and reads `local` microseconds at `true` ones."""

    __slots__ = ("local", "rate", "right", "true")

    def __init__(self) -> None:
        self.right = True  # as long as nothing has happened to it
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
        self.right = False


class Timers:
    """The timers of a node while a simulation runs it: one pending timer a name.

    Parameters
    ----------
    clock : OwnClock
        They run out when it shows their deadlines.
    expect : function (due, name, n)
        Sees to it that somebody looks at a timer at a true time.
    """

    __slots__ = ("_clock", "_expect", "_pending", "_set_times")

    def __init__(self, clock: OwnClock, expect: Callable[[int, str, int], None]) -> None:
        self._clock, self._expect = clock, expect
        self._pending: dict[
            str, tuple[int, float, int]
        ] = {}  # name -> (set for the n-th time, deadline, due)
        self._set_times: dict[str, int] = {}

    def set(self, name: str, now: int, after: int) -> None:
        """Let one run out in `after` microseconds of the node's clock, in place of another of this name."""
        n = self._set_times[name] = self._set_times.get(name, 0) + 1
        if self._clock.right:
            self._pending[name] = (n, now + after, now + after)
            self._expect(now + after, name, n)
        else:
            self._schedule(name, n, self._clock.read(now) + after, now)

    def _schedule(self, name: str, n: int, deadline: float, now: int) -> None:
        due = max(now, self._clock.when(deadline))
        self._pending[name] = (n, deadline, due)
        self._expect(due, name, n)

    def cancel(self, name: str) -> None:
        """Forget one, if it is set."""
        self._pending.pop(name, None)

    def clear(self) -> None:
        """Forget all."""
        self._pending.clear()

    def due(self, name: str, n: int, now: int) -> bool:
        """Whether one is still the one that was set for the n-th time, and has run out."""
        timer = self._pending.get(name)
        return timer is not None and timer[0] == n and timer[2] <= now

    def follow(self, now: int) -> None:
        """The clock has jumped, or runs at another rate."""
        for name, (n, deadline, _) in list(self._pending.items()):
            self._schedule(name, n, deadline, now)
