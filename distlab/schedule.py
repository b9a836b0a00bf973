"""What happens next, written down: a run as the list of choices that it was made of.

A message is known by (sender, receiver, n-th on that link), a timer by (node, name, n-th time set).
So a schedule survives shrinking: leaving one choice out does not rename the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, overload

from distlab import values

ARGUMENTS = {  # kind of choice: its arguments; those in brackets may be left out
    "start": "node",
    "deliver": "sender, receiver, [n]",
    "drop": "sender, receiver, [n]",
    "duplicate": "sender, receiver, [n]",
    "fire": "node, timer, [n]",
    "crash": "node",
    "recover": "node",
}
OPTIONS = ("answers", "clock", "crash_after", "kept", "torn")


class Choice:
    """One choice: a kind, its arguments, and options.

    Parameters
    ----------
    kind : str
        ``"deliver"``, ``"drop"``, ``"duplicate"`` (sender, receiver, n-th message on that link; without n:
        the oldest in flight), ``"fire"`` (node, timer, n), ``"crash"``, ``"recover"``, ``"start"`` (node).
    *args : str or int
        The arguments.
    **options
        ``answers``: which option each ``choose`` of the handler takes; ``clock``: what each ``now`` gives;
        ``crash_after``: the node crashes after that many effects of the handler; ``kept``, ``torn``: how many
        writes that were not forced the crash keeps, and whether it tears the next log record.
    """

    __slots__ = ("args", "kind", "options")

    def __init__(self, kind: str, *args: Any, **options: Any) -> None:
        if kind not in ARGUMENTS:
            raise ValueError(f"a choice is one of {', '.join(ARGUMENTS)}, not {kind!r}")
        wanted = ARGUMENTS[kind].split(", ")
        if not sum("[" not in w for w in wanted) <= len(args) <= len(wanted):
            raise ValueError(f"{kind!r} takes ({ARGUMENTS[kind]}), not {values.text(args)}")
        for what, arg in zip(wanted, args, strict=False):
            if what == "[n]" and not (type(arg) is int and arg >= 1):
                raise TypeError(f"n in {kind!r} is a number, 1 or more, not {values.text(arg)}")
            if what != "[n]" and not isinstance(arg, str):
                raise TypeError(f"{what} in {kind!r} is a str, not {values.text(arg)}")
        self.kind, self.args, self.options = kind, args, options
        for name, value in options.items():
            self._check(name, value)

    def _check(self, name: str, value: Any) -> None:
        """Refuse an option that this choice does not have, or a value that it cannot have."""
        allowed: tuple[str, ...] = OPTIONS if "crash_after" in self.options else OPTIONS[:3]
        if self.kind not in ("start", "deliver", "fire", "recover"):
            allowed = OPTIONS[3:] if self.kind == "crash" else ()
        if name not in allowed:
            these = f"only the options {', '.join(allowed)}" if allowed else "no options"
            raise ValueError(f"{self.kind!r} has {these} here, not {name!r}")
        if name in ("answers", "clock"):
            if not (isinstance(value, (list, tuple)) and all(isinstance(v, (int, float)) for v in value)):
                raise TypeError(f"{name} is a list of numbers, not {values.text(value)}")
        elif not (isinstance(value, int) and value >= 0):
            raise TypeError(f"{name} is a number, zero or more, not {values.text(value)}")

    @property
    def node(self) -> str:
        """The node that acts: the receiver of a message."""
        return str(self.args[1] if self.kind in ("deliver", "drop", "duplicate") else self.args[0])

    @classmethod
    def of(cls, data: Any) -> Choice:
        """A choice from plain data: a tuple, whose last member may be a dict of options."""
        if isinstance(data, Choice):
            return data
        if not isinstance(data, (tuple, list)) or not data or not isinstance(data[0], str):
            raise TypeError(f'a choice is a tuple such as ("deliver", "a", "b", 1), not {values.text(data)}')
        options = data[-1] if isinstance(data[-1], dict) else {}
        return cls(*(data[:-1] if options or isinstance(data[-1], dict) else data), **options)

    def plain(self) -> tuple[Any, ...]:
        """The choice as a tuple of plain data."""
        return (self.kind, *self.args, *([dict(self.options)] if self.options else []))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and self.plain() == other.plain()

    def __hash__(self) -> int:
        return hash(values.key(self.plain()))

    def __repr__(self) -> str:
        return values.text(self.plain())


class Schedule(Sequence[Choice]):
    """The list of choices that a run is made of, as plain data.

    Parameters
    ----------
    choices : iterable of tuple
        ``("deliver", "a", "b", 1)``, ``("fire", "a", "timeout")``, ``("crash", "a")``, ... as for `Choice`.

    Raises
    ------
    TypeError, ValueError
        When one of them is not a choice; the sentence says what it lacks.
    """

    def __init__(self, choices: Iterable[Any] = ()) -> None:
        self.choices = tuple(map(Choice.of, choices))

    @overload
    def __getitem__(self, index: int) -> Choice: ...
    @overload
    def __getitem__(self, index: slice) -> Schedule: ...
    def __getitem__(self, index: int | slice) -> Choice | Schedule:
        return Schedule(self.choices[index]) if isinstance(index, slice) else self.choices[index]

    def __len__(self) -> int:
        return len(self.choices)

    def __iter__(self) -> Iterator[Choice]:
        return iter(self.choices)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schedule) and self.choices == other.choices

    def __hash__(self) -> int:
        return hash(self.choices)

    def __repr__(self) -> str:
        return "Schedule([" + ", ".join(map(repr, self.choices)) + "])"
