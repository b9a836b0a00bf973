"""2.1 Judge six histories: an order that explains one, or the operations that contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import combinations, permutations
from typing import Any

from distlab import values
from distlab.blame import listed
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.wanted import Answer
from distlab.history import History, Operation

INITIAL = 0
# (client, call, result, called, returned); returned is None where nobody knows whether it happened
SIX: dict[str, tuple[tuple[str, tuple[Any, ...], Any, int, int | None], ...]] = {
    "A": (
        ("ana", ("write", 1), None, 0, 10),
        ("carl", ("read",), 0, 2, 12),
        ("ben", ("read",), 1, 5, 15),
    ),
    "B": (
        ("ana", ("write", 1), None, 0, 4),
        ("ben", ("write", 2), None, 6, 10),
        ("carl", ("read",), 1, 12, 16),
    ),
    "C": (
        ("ana", ("write", 1), None, 0, 20),
        ("ben", ("read",), 1, 2, 6),
        ("carl", ("read",), 0, 8, 12),
    ),
    "D": (
        ("ana", ("write", 1), None, 0, 12),
        ("ben", ("write", 2), None, 2, 14),
        ("carl", ("read",), 2, 4, 8),
        ("dora", ("read",), 1, 10, 18),
    ),
    "E": (
        ("ana", ("write", 1), None, 0, 6),
        ("ben", ("write", 2), None, 2, 8),
        ("carl", ("read",), 1, 10, 14),
        ("dora", ("read",), 2, 12, 18),
    ),
    "F": (
        ("ana", ("write", 1), None, 0, None),
        ("ben", ("read",), 0, 2, 5),
        ("carl", ("read",), 1, 7, 10),
    ),
}
STUB: dict[str, Any] = {name: [] for name in SIX}


def six_histories() -> dict[str, History]:
    """The histories of exercise 2.1, of a register that holds 0 at first.

    Returns
    -------
    dict of str to History
        Operation number 1 is the first of a history, and so on.
    """
    return {name: History(map(_operation, rows)) for name, rows in SIX.items()}


def _operation(row: tuple[str, tuple[Any, ...], Any, int, int | None]) -> Operation:
    client, call, result, called, returned = row
    outcome = "unknown" if returned is None else "completed"
    return Operation(client, call, result, outcome, called, returned)


def wrong(answers: Any) -> str | None:
    """What keeps a value from being six answers at all."""
    if not isinstance(answers, dict) or set(answers) != set(SIX):
        return f'The answer is a dict with the keys {listed(SIX)}, as {{"A": [2, 1, 3], "B": {{1, 2}}, ...}}.'
    for name, answer in answers.items():
        if not isinstance(answer, (list, tuple, set, frozenset)):
            return f"{name} is a list (an order) or a set (a contradiction), not {values.text(answer)}."
    return None


@exercise(
    "2.1",
    "Six histories",
    points=3,
    wanted=Answer("answers", STUB, wrong),
    hints=[
        "Draw the intervals. Where does each read have to stand, before or after each write?",
        "Two operations that overlap may stand in either order. Two that do not overlap stand as they were.",
        "Three of the six have an order. In one of these an operation never returned: it may have happened long "
        "after everybody stopped waiting.",
    ],
    reference="""
        answers = {
            "A": [2, 1, 3],  # Carl's read before the write, Ben's after it
            "B": {2, 3},  # 2 was written and acknowledged, and then somebody read 1
            "C": {2, 3},  # the new-old inversion
            "D": [2, 3, 1, 4],  # Ben's write is the first, though Ana began earlier
            "E": {3, 4},  # both writes are done: there is only one last value
            "F": [2, 1, 3],  # nobody knows whether the write happened; Carl's read says so
        }
        """,
)
def battery(answers: dict[str, Any], course: Course) -> str:
    """Hold each answer to its history."""
    for name, history in six_histories().items():
        answer = answers[name]
        if len(answer) == 0:
            raise NotYet(f"{name} has no answer.", "Give a list (an order) or a set (a contradiction).")
        numbers = _numbers(name, answer, history)
        if isinstance(answer, (set, frozenset)):
            _contradiction(name, frozenset(numbers), history)
        else:
            _order(name, numbers, history)
    orders = [name for name in SIX if not isinstance(answers[name], (set, frozenset))]
    rest = [name for name in SIX if name not in orders]
    return f"{listed(orders)} have an order that explains every result; {listed(rest)} cannot have one"


def _numbers(name: str, answer: Iterable[Any], history: History) -> list[int]:
    numbers = list(answer)
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= len(history):
            raise NotYet(f"{name} has no operation {values.text(number)}: they are 1 to {len(history)}.")
    twice = [number for number in numbers if numbers.count(number) > 1]
    if twice:
        raise NotYet(f"{name}: operation {twice[0]} stands twice.", "Everything happens once.")
    return numbers


def _order(name: str, numbers: list[int], history: History) -> None:
    """A witness: complete, true to real time, and legal."""
    left_out = [n for n, o in enumerate(history, 1) if n not in numbers and o.outcome == "completed"]
    if left_out:
        raise NotYet(
            f"{name}: the order leaves out {_said(left_out[0], history)}.",
            "Whatever has returned did happen, so it has a place in the order.",
        )
    for i, later in enumerate(numbers):
        for earlier in numbers[i + 1 :]:
            if history[earlier - 1].precedes(history[later - 1]):
                raise NotYet(
                    f"{name}: {_said(later, history)} stands before {_said(earlier, history)}.",
                    f"But {earlier} had returned before {later} began.",
                    advice="only what overlaps may change places",
                )
    state: Any = INITIAL
    for number in numbers:
        call, result = history[number - 1].call, history[number - 1].result
        if call[0] == "read" and result != state:
            raise NotYet(
                f"{name}: {_said(number, history)}, but in your order the register holds {state} there.",
                advice="move a write that overlaps it, or say that no order exists: give a set",
            )
        state = call[1] if call[0] == "write" else state


def _contradiction(name: str, kept: frozenset[int], history: History) -> None:
    """A core: nothing explains these, and each of them is needed."""
    order = explained(history, kept, dated=True)
    if order is not None:
        raise NotYet(
            f"{name}: these do not contradict each other.",
            f"This order explains them: {', '.join(_said(n, history) for n in order)}.",
            advice="is there an order for all of the history? Then give it, as a list"
            if explained(history, frozenset(range(1, len(history) + 1)), dated=True)
            else "something is missing that forbids it",
        )
    # Two ways to forget a write: when it was (open to the end), or only whether it was. Either is fair.
    needed = [_needed(history, kept, dated) for dated in (True, False)]
    if kept not in needed:
        spare = min(kept - (needed[0] or frozenset()))
        raise NotYet(
            f"{name}: that is more than is needed: without {_said(spare, history)} the rest is just as impossible.",
            "Of what you leave out nothing is known but that it may have happened, once.",
        )


def _needed(history: History, kept: frozenset[int], dated: bool) -> frozenset[int] | None:
    """What is left when whatever can be spared is; None when these can be ordered."""
    if explained(history, kept, dated) is not None:
        return None
    for number in sorted(kept):
        if explained(history, kept - {number}, dated) is None:
            return _needed(history, kept - {number}, dated)
    return kept


def explained(history: History, kept: Set[int], dated: bool) -> tuple[int, ...] | None:
    """An order of the operations in `kept`, with forgotten writes where they help; None if there is none.

    Parameters
    ----------
    history : History
    kept : set of int
        Numbers from 1 on.
    dated : bool
        Whether it is still known of a forgotten write when it returned.
    """
    sure = [n for n in sorted(kept) if history[n - 1].outcome == "completed"]
    writes = [n for n, o in enumerate(history, 1) if o.call[0] == "write" and n not in sure]
    known = set(sure) | (set(writes) if dated else set())
    for some in _subsets(writes):
        for order in permutations([*sure, *some]):
            if _respects(order, known, history) and _legal(order, history):
                return order
    return None


def _subsets(numbers: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for size in range(len(numbers) + 1):
        yield from combinations(numbers, size)


def _respects(order: Sequence[int], known: Set[int], history: History) -> bool:
    return not any(
        b in known and history[b - 1].precedes(history[a - 1])
        for i, a in enumerate(order)
        for b in order[i + 1 :]
    )


def _legal(order: Sequence[int], history: History) -> bool:
    state: Any = INITIAL
    for number in order:
        operation = history[number - 1]
        if operation.call[0] == "write":
            state = operation.call[1]
        elif operation.result != state:
            return False
    return True


def _said(number: int, history: History) -> str:
    return f"{number} ({history[number - 1]})"
