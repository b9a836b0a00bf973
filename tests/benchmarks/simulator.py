"""Messages delivered a second, beside SimPy: a process for each message, which waits and then puts it into a Store.

Ours runs with everything on: the full trace, a stream of chance for each link and purpose, a loss drawn for each
message, a pause and a partition in the middle. SimPy draws a delay, and records nothing. Both keep what they have
to keep until the clock is stopped. Time is the processor's, because others may work on the machine, too.
"""

import gc
import random
import time
from collections.abc import Callable, Iterator
from typing import Any

import simpy

from distlab import Message, Network, Node, Partition, Pause, Simulation
from tests.benchmarks.table import Row, Sampler, compare, show

LOSS = 1e-9  # drawn for each message, and so small that ping-pong goes on
Draw = Callable[[], float]


def clocked(work: Callable[[], object]) -> Sampler:
    """Like `timed`, but by the processor's time, and what is made is thrown away after the clock has stopped."""

    def sample() -> float:
        gc.collect()
        began = time.process_time()
        made = work()
        took = time.process_time() - began
        del made
        return took

    return sample


# --- ours ---


class Ball(Message):
    """What is thrown to and fro, or told to everybody."""

    number: int


class Player(Node):
    """Throws the ball back."""

    def __init__(self, begins: bool = False) -> None:
        self.begins, self.caught = begins, 0

    def start(self) -> None:
        """One of the two begins."""
        if self.begins:
            self.send("b", Ball(0))

    def receive(self, message: Ball, sender: str) -> None:
        """Count, and throw."""
        self.caught += 1
        self.send(sender, Ball(message.number + 1))


class Talker(Node):
    """Tells everybody something, every two milliseconds."""

    def __init__(self) -> None:
        self.heard = 0

    def start(self) -> None:
        """Begin at once."""
        self.wake("talk")

    def receive(self, message: Ball, sender: str) -> None:
        """Count."""
        self.heard += 1

    def wake(self, timer: str) -> None:
        """Tell everybody."""
        self.broadcast(Ball(self.heard))
        self.set_timer("talk", 2)


def ours(nodes: dict[str, Node], until: float) -> Callable[[], object]:
    """A run of ours with everything on."""
    first, last = min(nodes), max(nodes)
    faults = [Pause(first, until * 0.4, until * 0.41), Partition({first}, {last}, until * 0.5, until * 0.505)]
    network = Network(delay=(0.5, 1.5), loss=LOSS)
    if len(nodes) == 2:  # a partition would end ping-pong: it parts the one from nobody it talks to
        nodes, faults[1] = nodes | {"c": Node()}, Partition({"c"}, {first}, until * 0.5, until * 0.505)
    return lambda: Simulation(nodes, seed=1, network=network, faults=faults).run(until, max_events=10**9)


# --- the same in SimPy ---


def fly(env: simpy.Environment, store: simpy.Store, message: object, draw: Draw) -> Iterator[Any]:
    """One message on its way."""
    yield env.timeout(0.5 + draw())
    store.put(message)


def ping_pong(until: float) -> Callable[[], list[int]]:
    """Two processes that throw a ball; the run gives how often it was caught."""

    def player(
        env: simpy.Environment, mine: simpy.Store, other: simpy.Store, caught: list[int], draw: Draw
    ) -> Iterator[Any]:
        while True:
            number = yield mine.get()
            caught[0] += 1
            env.process(fly(env, other, number + 1, draw))

    def run() -> list[int]:
        env, draw, caught = simpy.Environment(), random.Random(1).random, [0]
        one, other = simpy.Store(env), simpy.Store(env)
        env.process(player(env, one, other, caught, draw))
        env.process(player(env, other, one, caught, draw))
        env.process(fly(env, other, 0, draw))
        env.run(until)
        return caught

    return run


def all_to_all(n: int, until: float) -> Callable[[], list[int]]:
    """A listener and a talker for each of n; the run gives how often anybody heard something."""

    def listener(mine: simpy.Store, heard: list[int]) -> Iterator[Any]:
        while True:
            yield mine.get()
            heard[0] += 1

    def talker(
        env: simpy.Environment, mine: simpy.Store, stores: list[simpy.Store], heard: list[int], draw: Draw
    ) -> Iterator[Any]:
        while True:
            for store in stores:
                if store is not mine:
                    env.process(fly(env, store, heard[0], draw))
            yield env.timeout(2)

    def run() -> list[int]:
        env, draw, heard = simpy.Environment(), random.Random(1).random, [0]
        stores = [simpy.Store(env) for _ in range(n)]
        for store in stores:
            env.process(listener(store, heard))
            env.process(talker(env, store, stores, heard, draw))
        env.run(until)
        return heard

    return run


# --- both ---


def rows(scale: float = 1.0) -> list[Row]:
    """The three comparisons; `scale` makes them shorter."""
    pair: dict[str, Node] = {"a": Player(begins=True), "b": Player()}
    cases = [("ping-pong", pair, ping_pong(40_000 * scale), 40_000 * scale)]
    for n, until in ((10, 1000 * scale), (50, 60 * scale)):
        talkers: dict[str, Node] = {f"n{i:02}": Talker() for i in range(n)}
        cases.append((f"all to all, n={n}", talkers, all_to_all(n, until), until))
    return [
        compare(what, clocked(ours(nodes, until)), clocked(peer), items=peer()[0], goal=5)
        for what, nodes, peer, until in cases
    ]


def main() -> None:
    """Measure, and print the table."""
    show("Simulator, full trace, losses and faults on", rows(), peer="SimPy", unit="messages")


if __name__ == "__main__":
    main()
