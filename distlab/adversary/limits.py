"""How much the adversary may do, what of it is used up, and in words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from distlab import values
from distlab.blame import listed
from distlab.engine.space import Budgets
from distlab.engine.spec import spend
from distlab.engine.words import many
from distlab.schedule import Choice

ALL = Budgets(timeouts=0)  # time-outs are counted, too
ONE = ("crash", "loss", "duplicate", "time-out")
MORE = ("crashes", "losses", "duplicates", "time-outs")


class Limits(NamedTuple):
    """How many faults there may be, and how many timers may run out; None: any number."""

    crashes: int | None = None
    losses: int | None = None
    duplicates: int | None = None
    timeouts: int | None = None

    def check(self) -> None:
        """Refuse what is no number.

        Raises
        ------
        ValueError
        """
        for name, limit in zip(self._fields, self, strict=True):
            if limit is not None and (type(limit) is not int or limit < 0):
                raise ValueError(
                    f"{name} is how many there may be: a whole number, zero or more, or None for any number, "
                    f"not {values.text(limit)}"
                )

    def left(self, used: Iterable[int]) -> Limits:
        """What is left of them."""
        return Limits(*(None if n is None else n - m for n, m in zip(self, used, strict=True)))

    def refuse(self, used: Iterable[int]) -> str | None:
        """The sentence for whoever has used more; None when all is well."""
        for n, m, one, more in zip(self, used, ONE, MORE, strict=True):
            if n is not None and m > n:
                return (
                    f"no {one} is left: there may be {many(n, one, more)}" if n else f"there may be no {more}"
                )
        return None

    def at_most(self, faults: int) -> Budgets:
        """The budgets of a search with at most so many of each kind of fault."""
        crashes, losses, duplicates = [faults if n is None else min(n, faults) for n in self[:3]]
        return Budgets(crashes, losses, duplicates, self.timeouts)


def used(choices: Iterable[Choice]) -> tuple[int, int, int, int]:
    """How many crashes, losses, duplicates and time-outs there are among these choices."""
    spent: Any = (0, 0, 0, 0)
    for choice in choices:
        spent = spend(spent, choice, ALL)
    crashes, losses, duplicates, timeouts = spent
    return crashes, losses, duplicates, timeouts


def counted(spent: Iterable[int | None], between: str = "") -> str:
    """Numbers in words: ``1 crash and 2 losses``; what is zero or without bound is left out."""
    parts = [
        f"{n}{between} {one if n == 1 else more}" for n, one, more in zip(spent, ONE, MORE, strict=False) if n
    ]
    return listed(parts) if parts else ""
