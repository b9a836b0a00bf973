"""Faults, as data: what goes wrong, where, and when. Times are milliseconds of simulated time."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence

import msgspec

from distlab import values
from distlab.chance import Draw, stream


class Fault(msgspec.Struct, frozen=True):
    """The base of all faults."""

    def nodes(self) -> tuple[str, ...]:
        """The names that this fault speaks of."""
        return ()

    def __repr__(self) -> str:
        shown = [f"{field}={values.text(getattr(self, field))}" for field in self.__struct_fields__]
        return f"{type(self).__name__}({', '.join(shown)})"


def _span(what: str, at: float, until: float | None) -> None:
    if not (isinstance(at, (int, float)) and 0 <= at < math.inf):
        raise ValueError(f"{what} begins at a time in ms, zero or more, not at {values.text(at)}")
    if until is not None and not (isinstance(until, (int, float)) and until > at):
        raise ValueError(
            f"{what} ends after it begins: until={values.text(until)} is not later than at={at!r}"
        )


class Crash(Fault, frozen=True):
    """`node` goes down at `at` and comes back at `until` (never, when None).

    With ``after_effects=k`` it goes down inside the first handler that it runs from `at` on, when k
    of the handler's effects (writes, syncs, sends, ...) have happened and the rest have not. A crash
    at time zero falls before the node's start.
    """

    node: str
    at: float
    until: float | None = None
    after_effects: int | None = None

    def __post_init__(self) -> None:
        _span("a crash", self.at, self.until)
        after = self.after_effects
        if after is not None and not (isinstance(after, int) and after >= 0):
            raise ValueError(f"after_effects counts effects: zero or more, not {values.text(after)}")

    def nodes(self) -> tuple[str, ...]:
        """The names that this fault speaks of."""
        return (self.node,)


class Pause(Fault, frozen=True):
    """`node` does nothing between `at` and `until` (a stop-the-world collection, a frozen VM), then goes on.

    Messages and timers wait, and are handled in order of arrival. The node does not know. A pause
    from time zero on begins when the node has started; a crash ends it.
    """

    node: str
    at: float
    until: float

    def __post_init__(self) -> None:
        _span("a pause", self.at, self.until)

    def nodes(self) -> tuple[str, ...]:
        """The names that this fault speaks of."""
        return (self.node,)


class Partition(Fault, frozen=True):
    """No message passes between the nodes in `a` and those in `b`; with `one_way`, none from `a` to `b`.

    A message is lost when the partition stands as it is sent, or as it would arrive.
    """

    a: Collection[str]
    b: Collection[str]
    at: float = 0
    until: float | None = None
    one_way: bool = False

    def __post_init__(self) -> None:
        _span("a partition", self.at, self.until)
        for side in ("a", "b"):
            names = getattr(self, side)
            if isinstance(names, str):
                raise TypeError(
                    f'a partition is between two sets of names: {side}={{"{names}"}}, not {names!r}'
                )
            if not names:
                raise ValueError(f"a partition is between two sets of names, and {side} is empty")
            msgspec.structs.force_setattr(self, side, tuple(sorted(set(names))))
        if set(self.a) & set(self.b):
            raise ValueError(
                f"{values.text(set(self.a) & set(self.b))} cannot be on both sides of a partition"
            )

    def nodes(self) -> tuple[str, ...]:
        """The names that this fault speaks of."""
        return (*self.a, *self.b)

    def stops(self, sender: str, receiver: str) -> bool:
        """Whether it stands between these two."""
        return (sender in self.a and receiver in self.b) or (
            not self.one_way and sender in self.b and receiver in self.a
        )


class Cut(Fault, frozen=True):
    """The cable between `u` and `v` of the network's graph is cut; messages take another way if there is one."""

    u: str
    v: str
    at: float = 0
    until: float | None = None

    def __post_init__(self) -> None:
        _span("a cut", self.at, self.until)


class Clock(Fault, frozen=True):
    """From `at` on, the clock of `node` runs at `rate` (1.01: one per cent fast), after a jump by `offset` ms.

    Its timers follow it.
    """

    node: str
    rate: float = 1.0
    offset: float = 0.0
    at: float = 0.0

    def __post_init__(self) -> None:
        _span("a clock fault", self.at, None)
        if not (isinstance(self.rate, (int, float)) and 0 < self.rate < math.inf):
            raise ValueError(f"a clock runs forwards: its rate is greater than zero, not {self.rate!r}")
        if not (isinstance(self.offset, (int, float)) and math.isfinite(self.offset)):
            raise ValueError(f"a clock jumps by a number of ms, not by {self.offset!r}")

    def nodes(self) -> tuple[str, ...]:
        """The names that this fault speaks of."""
        return (self.node,)


class Loss(Fault, frozen=True):
    """Between `at` and `until` each message is lost with probability `rate`, if not for another reason."""

    rate: float
    at: float = 0
    until: float | None = None

    def __post_init__(self) -> None:
        _span("a loss", self.at, self.until)
        if not (isinstance(self.rate, (int, float)) and 0 <= self.rate <= 1):
            raise ValueError(f"a loss has a rate between 0 and 1, not {self.rate!r}")


FAULTS = (Crash, Pause, Partition, Cut, Clock, Loss)
KINDS = ("crash", "pause", "partition", "clock", "loss")


def nemesis(
    seed: int,
    kinds: Iterable[str] = ("crash", "pause", "partition"),
    *,
    nodes: Sequence[str],
    until: float = 1000.0,
    count: int = 3,
    longest: float | None = None,
) -> list[Fault]:
    """Draw a list of faults: an opponent that breaks things at random, and the same things for the same seed.

    Parameters
    ----------
    seed : int
        Decides all.
    kinds : iterable of {"crash", "pause", "partition", "clock", "loss"}
        What it may do.
    nodes : sequence of str
        Whom it may hit.
    until : float
        All faults have ended by then (clocks stay as they are), in ms.
    count : int
        How many faults.
    longest : float, optional
        No fault lasts longer, in ms; by default a third of `until`.

    Returns
    -------
    list of Fault
        In order of time.

    Raises
    ------
    ValueError
        When a kind is unknown, a partition is asked for with fewer than two nodes, or there is no time.
    """
    kinds, nodes = sorted(set(kinds)), list(nodes)
    for kind in kinds:
        if kind not in KINDS:
            raise ValueError(f"a nemesis knows {', '.join(KINDS)}, not {kind!r}")
    if not nodes or ("partition" in kinds and len(nodes) < 2):
        raise ValueError(
            f"a nemesis needs nodes to hit (two for a partition), and was given {values.text(nodes)}"
        )
    if not until >= 1 or not count >= 0 or not (longest is None or longest > 0):
        raise ValueError(
            f"a nemesis needs time (until, at least 1 ms), a number of faults (count) and a span (longest), "
            f"not until={until!r}, count={count!r}, longest={longest!r}"
        )
    draw = stream(seed, "nemesis")
    longest = until / 3 if longest is None else longest
    faults = [_draw(kinds[int(draw() * len(kinds))], nodes, until, longest, draw) for _ in range(count)]
    return [*sorted(faults, key=lambda fault: (fault.at, repr(fault)))]


def _draw(
    kind: str, nodes: list[str], until: float, longest: float, draw: Draw
) -> Crash | Pause | Partition | Clock | Loss:
    at = round(draw() * until * 0.8, 1)
    end = min(until, round(at + 0.1 + draw() * longest, 1))
    node = nodes[int(draw() * len(nodes))]
    if kind == "crash":
        return Crash(node, at, end)
    if kind == "pause":
        return Pause(node, at, end)
    if kind == "loss":
        return Loss(round(0.1 + 0.4 * draw(), 2), at, end)
    if kind == "clock":
        return Clock(
            node, rate=round(0.95 + 0.1 * draw(), 3), offset=round((draw() - 0.5) * longest / 5, 1), at=at
        )
    side = {name for name in nodes if draw() < 0.5} or {nodes[0]}
    side = side - {nodes[-1]} if len(side) == len(nodes) else side
    return Partition(sorted(side), sorted(set(nodes) - side), at, end)
