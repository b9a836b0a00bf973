"""3.6 How long a holder may trust its lease: clocks that drift, a network with a bound (Gray and Cheriton 1989)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import msgspec
import numpy as np

from distlab import values
from distlab.algorithms.locks import Acquire, Granted, LeaseService, Resource, Write
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import algorithms as reference
from distlab.exercises.trials import call, counted, progress
from distlab.exercises.wanted import Function
from distlab.faults import Clock
from distlab.network import Network
from distlab.node import Node
from distlab.simulate import Simulation
from distlab.trace import Trace

ROUNDING = 0.005  # ms: a simulated clock ticks in microseconds, and each of three timers may round once
MORE = 1.01  # an answer is timid when so much more of it would still be safe


class LastMinute(Node):
    """Trusts its lease for `trust` ms by its own clock, from sending the request on, and writes to the very end."""

    state = "waiting"

    def __init__(self, trust: float) -> None:
        self.trust = trust

    def start(self) -> None:
        """Ask, and begin to count at once."""
        self.send("lock", Acquire(1))
        if self.trust > 0:
            self.set_timer("trust", self.trust)

    def receive(self, message: Any, sender: str) -> None:
        """The lock is ours; what the store says comes too late to matter."""
        if isinstance(message, Granted):
            self.state, self.token = "holding", message.token

    def wake(self, timer: str) -> None:
        """The last moment."""
        if self.state == "holding":
            self.send("store", Write(self.token, 1))
        self.state = "idle"


class Setting(msgspec.Struct, frozen=True):
    """What the learner's function is given: ms, a rate, ms."""

    lease: float
    drift: float
    delay: float

    def __str__(self) -> str:
        return f"trust(lease={self.lease:g}, drift={self.drift:g}, delay={self.delay:g})"


class Corner(msgspec.Struct, frozen=True):
    """One way to be as wrong as clocks and network may: -1, 0 or 1 for each clock, whether a message is late."""

    lock: int
    holder: int
    asks_late: bool
    writes_late: bool

    def wrongs(self) -> int:
        """How many things are not as they should be."""
        return abs(self.lock) + abs(self.holder) + self.asks_late + self.writes_late

    def words(self, drift: float) -> str:
        """What is wrong in it."""
        speed = {1: "fast", -1: "slow"}
        clocks = (("lock", self.lock), ("holder", self.holder))
        said = [f"the {who}'s clock runs {100 * drift:g} % {speed[rate]}" for who, rate in clocks if rate]
        late = (("request", self.asks_late), ("last write", self.writes_late))
        said += [f"her {what} takes all of the delay" for what, is_late in late if is_late]
        return ", ".join(said) or "both clocks are right and no message takes any time"


CORNERS = sorted(
    (Corner(*c) for c in product((-1, 0, 1), (-1, 0, 1), (False, True), (False, True))), key=Corner.wrongs
)


def at_corner(setting: Setting, trust: float, corner: Corner) -> Trace:
    """The run in which everything is as wrong as that."""
    hosts = {
        "ana": "a",
        "lock": "b" if corner.asks_late else "a",
        "store": "c" if corner.writes_late else "a",
    }
    rates = {"lock": 1 + corner.lock * setting.drift, "ana": 1 + corner.holder * setting.drift}
    nodes = {"lock": LeaseService(setting.lease), "ana": LastMinute(trust), "store": Resource("nothing")}
    clocks = [Clock(name, rate=rate) for name, rate in rates.items() if rate != 1]
    return Simulation(nodes, network=Network(setting.delay, hosts=hosts), faults=clocks).run()


def late_by(trace: Trace) -> float:
    """By how many ms the last write came after the end of the lease; below zero when it was in time."""
    over = next(e.at for e in trace.events if e.kind == "timer" and e.node == "lock")
    came = [flight.end.at for flight in trace.messages(Write, local=True) if flight.end]
    return max((at - over for at in came), default=-math.inf)


def corners(setting: Setting) -> Iterator[Corner]:
    """Those that differ: without drift clocks are right, without delay nothing is late."""
    for corner in CORNERS:
        clocks, late = corner.lock or corner.holder, corner.asks_late or corner.writes_late
        if (setting.drift or not clocks) and (setting.delay or not late):
            yield corner


def breaks(setting: Setting, trust: float) -> tuple[Corner, Trace] | None:
    """The corner with the fewest wrongs in which the last write comes too late; None when it is safe in all."""
    runs = ((corner, at_corner(setting, trust, corner)) for corner in corners(setting))
    return next(((corner, trace) for corner, trace in runs if late_by(trace) > ROUNDING), None)


def settings(course: Course) -> Iterator[Setting]:
    """Clocks alone, the network alone, both; long and short leases; one that is shorter than the delay."""
    yield from (Setting(1000, 0, 0), Setting(1000, 0.1, 0), Setting(1000, 0, 200), Setting(1000, 0.1, 200))
    yield from (Setting(60_000, 0.001, 500), Setting(300, 0.05, 40), Setting(100, 0.02, 150))
    draw = course.random("3.6", 0)
    for _ in range(6):
        lease = draw.randrange(200, 20_000, 10)
        yield Setting(lease, draw.randrange(1, 100) / 1000, round(lease * draw.uniform(0.01, 0.4)))


@exercise(
    "3.6",
    "The time a holder may trust",
    points=2,
    wanted=Function("trust"),
    hints=[
        "Draw two clocks: when is the *earliest*, by the clock on the wall, that the lease can be over at the lock? "
        "And when is the *latest* that a write can arrive, which she sends when she has counted to x?",
        "A clock that runs fast by the rate of drift has counted to `lease` after lease / (1 + drift) ms. Her own may "
        "be slow: then she has counted to x only after x / (1 - drift) ms. Her request may take no time at all.",
        "x / (1 - drift) + delay has to be at most lease / (1 + drift). Solve for x.",
    ],
    reference=(reference.trust,),
)
def battery(trust: Callable[..., Any], course: Course) -> str:
    """Every corner of drift and delay is run: no write may come too late, and hardly more trust be possible."""
    count = 0
    for setting in settings(course):
        progress.case(str(setting))
        answer = number(call(trust, setting.lease, setting.drift, setting.delay), setting)
        if found := breaks(setting, answer):
            raise unsafe(trust, setting, answer, *found)
        if answer <= 0 and breaks(setting, setting.lease / 1000) is None:
            raise timid(
                setting, answer, f"a thousandth of the lease, {setting.lease / 1000:g} ms, would be safe, too"
            )
        if answer > 0 and breaks(setting, MORE * answer) is None:
            raise timid(setting, answer, f"{MORE * answer:.5g} ms would be safe in every corner, too")
        count += 1
    return (
        f"{counted(count, 'setting')}, each at every corner of two clocks and two delays: no write comes too late, "
        f"and with one per cent more trust one does"
    )


def number(answer: Any, setting: Setting) -> float:
    """The answer as a float."""
    real = isinstance(answer, (int, float, np.integer, np.floating)) and not isinstance(answer, bool)
    if not real or not math.isfinite(answer):
        said = "nothing (None)" if answer is None else values.text(answer)
        raise NotYet(
            f"{setting} gave {said}.",
            "The answer is a time in ms, a number.",
            advice="does every way through the function return something?" if answer is None else "",
        )
    return float(answer)


def unsafe(
    trust: Callable[..., Any], setting: Setting, answer: float, corner: Corner, trace: Trace
) -> NotYet:
    """A write that comes when the lock may be somebody else's."""
    over = next(e.at for e in trace.events if e.kind == "timer" and e.node == "lock")
    came = over + late_by(trace)
    return NotYet(
        f"{setting} gave {answer:.5g} ms, and that is too long: her last write reached the store at {came:.5g} ms, "
        f"the lease was over at {over:.5g} ms.",
        "Whatever she sends while she trusts has to arrive before the lock can be somebody else's.",
        f"In this run {corner.words(setting.drift)}.{ignores(trust, setting)}",
        "on whose clock does each part of the time pass, and how long does it take at most by the clock on the wall?",
        trace=trace,
        mark=(over, came, "too late"),
        title="The last write comes when the lease is over",
    )


def ignores(trust: Callable[..., Any], setting: Setting) -> str:
    """What the function does not look at, as far as two more calls can tell."""
    usual = call(trust, setting.lease, 0.1, 200.0)
    others = {"drift": call(trust, setting.lease, 0.0, 200.0), "delay": call(trust, setting.lease, 0.1, 0.0)}
    blind = [name for name, other in others.items() if other == usual]
    return f" Your function gives the same for every {' and every '.join(blind)}." if blind else ""


def timid(setting: Setting, answer: float, more: str) -> NotYet:
    """Safe, and wasteful: a lease is there to be used."""
    worst = max((at_corner(setting, answer, corner) for corner in corners(setting)), key=late_by)
    spare = -late_by(worst)
    return NotYet(
        f"{setting} gave {answer:.5g} ms. That is safe, and too timid: {more}.",
        "The longest time that is safe is asked for.",
        f"Even at the worst corner her last write came {spare:.4g} ms before the lease was over."
        if spare < math.inf
        else "Like this she never writes at all.",
        "what is counted twice, or counted by a clock that it does not pass on?",
        trace=worst,
        title="The last write comes too early",
    )
