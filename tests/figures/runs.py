"""A system to draw: everything that a diagram shows, and no algorithm."""

from distlab.faults import nemesis
from distlab.network import Network
from distlab.node import Message, Node
from distlab.simulate import Simulation
from distlab.trace import Trace


class Question(Message):
    number: int


class Answer(Message):
    number: int
    good: bool


class Restless(Node):
    """Asks two others, answers, writes, notes, and calls itself waiting, committed or aborted."""

    state = "idle"

    def __init__(self, talks: int, notes: bool) -> None:
        self.talks, self.notes, self.asked = talks, notes, 0

    def start(self) -> None:
        self.set_timer("next", (1, 6))

    def wake(self, timer: str) -> None:
        if timer == "next":
            self.ask()
        else:
            self.end()

    def ask(self) -> None:
        self.asked += 1
        self.state = "waiting"
        self.invoke(("ask", self.asked))
        for peer in {self.choose(self.peers), self.choose(self.peers)}:  # a set: its order must not matter
            self.send(peer, Question(self.asked))
        if self.notes and self.asked % 2:
            self.note(f"asks for the {self.asked}. time")
        self.set_timer("over", 3)

    def end(self) -> None:
        if self.asked % 3:
            self.complete("ok")
        else:
            self.give_up()
        if self.asked < self.talks:
            self.set_timer("next", (2, 5))

    def receive(self, message: Message, sender: str) -> None:
        match message:
            case Question(number):
                self.disk.log.append((sender, number))
                self.send(sender, Answer(number, good=number % 2 == 0))
            case Answer(_, good):
                self.state = "committed" if good else "aborted"


class Lazy(Restless):
    """Does not wait for its disk."""

    autosync = False


def restless(seed: int, nodes: int = 4, talks: int = 4, count: int = 5, notes: bool = True) -> Trace:
    """A run with everything in it that can go wrong, `count` faults drawn from the seed."""
    names = [f"n{i}" for i in range(nodes)]
    system = {name: (Lazy if i % 2 else Restless)(talks, notes) for i, name in enumerate(names)}
    kinds = ("crash", "pause", "partition", "clock", "loss")
    faults = nemesis(seed, kinds, nodes=names, until=40, count=count) if count else []
    network = Network(delay=(1, 7), loss=0.05, duplicates=0.1)
    return Simulation(system, seed=seed, network=network, faults=faults).run(until=70)
