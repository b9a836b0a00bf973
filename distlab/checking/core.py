"""The few operations that are to blame: a smallest core that cannot be ordered.

To leave an operation out cannot mean that it never happened: without the write, every read of its value
would look wrong. It means to forget what it returned and whether it happened at all, though not when.
That only ever makes a history easier to explain. So operations are a core if they stay unexplained when all
others are forgotten in this way, and a smallest one if forgetting one more of them would explain them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set

from distlab.history import Operation

TRIAL = 5_000  # steps that one question may cost
PATIENCE = 10  # questions that may stay unanswered before the rest is taken as it is

# judge(kept, steps): can these be ordered when all others are forgotten? None: not known within so many steps.
Judge = Callable[[Set[int], int], bool | None]


def smallest_core(
    operations: Sequence[Operation], judge: Judge, among: Set[int] | None = None
) -> tuple[tuple[Operation, ...], bool]:
    """Find a core, and whether it is certain that all of it is needed.

    Each round finds by bisection the operation that makes the earlier ones, with those already found,
    impossible to order; it is in the core, and what stands after it is not needed.

    Parameters
    ----------
    operations : sequence of Operation
        Which together cannot be ordered.
    judge : callable
        ``judge(kept, steps)`` answers for a set of indices.
    among : set of int, optional
        Indices of operations that are known to be a core, only not a smallest one.

    Returns
    -------
    tuple of Operation
        The core, in order of calls.
    bool
        True when every question was answered, so that none of the core can be spared.
    """
    unanswered = 0

    def impossible(kept: list[int]) -> bool:
        nonlocal unanswered
        answer = judge(set(kept), TRIAL) if unanswered < PATIENCE else None
        unanswered += answer is None
        return answer is False

    ends = {i: operation.returned for i, operation in enumerate(operations) if operation.returned is not None}
    rest = sorted(ends if among is None else ends.keys() & among, key=lambda i: (ends[i], i))
    core: list[int] = []
    while rest and not impossible(core):
        low, high = 0, len(rest)  # the core with rest[:high] is known to be impossible
        while low + 1 < high and unanswered < PATIENCE:
            middle = (low + high) // 2
            low, high = (low, middle) if impossible(core + rest[:middle]) else (middle, high)
        if unanswered >= PATIENCE:
            core += rest[:high]
            break
        core.append(rest[high - 1])
        del rest[high - 1 :]
    return tuple(operations[i] for i in sorted(core)), not unanswered
