"""Two ways to do the same thing, measured side by side.

On a noisy machine the speed drifts by the minute. So the two take turns, A B A B, and what is shown is the ratio of
their medians: a drift meets both, an outlier neither.
"""

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Sampler = Callable[[], float]  # does the work once, and gives the seconds that it took


def timed(work: Callable[[], object]) -> Sampler:
    """A sampler that calls `work` under the clock, with what earlier calls left behind collected before."""

    def sample() -> float:
        gc.collect()
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return sample


@dataclass(frozen=True)
class Row:
    """What one comparison gave: medians in seconds, for `items` pieces of work a run."""

    what: str
    ours: float
    peer: float
    items: int = 1
    goal: float | None = None  # the ratio that we want to reach

    @property
    def ratio(self) -> float:
        """How many times less time we take than the peer."""
        return self.peer / self.ours


def compare(
    what: str, ours: Sampler, peer: Sampler, *, runs: int = 7, items: int = 1, goal: float | None = None
) -> Row:
    """Run each once to warm up, then `runs` times in turns.

    Parameters
    ----------
    what : str
        The first column.
    ours, peer : callable
        Samplers, most often ``timed(work)``.
    runs : int
        How often each is measured.
    items : int
        Pieces of work (messages, lookups, states) in one run; the table then shows pieces a second.
    goal : float, optional
        The ratio wanted.
    """
    ours(), peer()
    samples = [(ours(), peer()) for _ in range(runs)]
    return Row(what, *map(statistics.median, zip(*samples, strict=True)), items=items, goal=goal)


def show(title: str, rows: Sequence[Row], peer: str, unit: str = "") -> None:
    """Print the rows under a title; `unit` names the items, as in "messages"."""
    heads = ["", "distlab", peer, "ratio", "goal"]
    lines = [
        [row.what, speed(row.ours, row, unit), speed(row.peer, row, unit), *verdict(row)] for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(heads, *lines, strict=True)]
    print(f"\n{title}")
    for first, *rest in (heads, *lines):
        print(
            "  ".join(
                [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]
            ).rstrip()
        )


def speed(seconds: float, row: Row, unit: str) -> str:
    """Seconds for a single piece of work, else pieces a second."""
    if row.items > 1:
        return f"{row.items / seconds:,.0f} {unit}/s"
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def verdict(row: Row) -> tuple[str, str]:
    """The ratio, and the goal with a word on whether it was reached."""
    if row.goal is None:
        return f"{row.ratio:.2f}x", ""
    return f"{row.ratio:.2f}x", f"{row.goal:g}x {'reached' if row.ratio >= row.goal else 'missed'}"
