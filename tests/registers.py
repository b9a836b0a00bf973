"""Shared registers: one copy; and many (Attiya, Bar-Noy and Dolev 1995), with and without the write-back."""

from distlab.checking import Register, linearizable
from distlab.node import Message, Node


class Put(Message):
    value: int
    tag: int = 0


class PutDone(Message):
    tag: int = 0


class Get(Message):
    tag: int = 0


class GetDone(Message):
    value: int | None
    tag: int = 0
    of: int = 0


class Copy(Node):
    """The one copy."""

    value = None

    def receive(self, message, sender):
        match message:
            case Put(value):
                self.value = value
                self.send(sender, PutDone())
            case Get():
                self.send(sender, GetDone(self.value))


class Client(Node):
    """Writes its own value and reads, one operation after the other."""

    def __init__(self, value, server="server"):
        self.value, self.server = value, server

    def start(self):
        self.invoke(("write", self.value))
        self.send(self.server, Put(self.value))

    def receive(self, message, sender):
        match message:
            case PutDone():
                self.complete()
                self.invoke(("read",))
                self.send(self.server, Get())
            case GetDone(value):
                self.complete(value)


class Replica(Node):
    """Keeps the value with the largest tag."""

    value, tag = None, 0

    def receive(self, message, sender):
        match message:
            case Put(value, tag):
                if tag > self.tag:
                    self.value, self.tag = value, tag
                self.send(sender, PutDone(tag))
            case Get(of):
                self.send(sender, GetDone(self.value, self.tag, of))


class Writer(Node):
    """Writes once, to a majority."""

    def __init__(self, replicas):
        self.replicas, self.acks = replicas, frozenset()

    def start(self):
        self.invoke(("write", 1))
        self.broadcast(Put(1, 1), to=self.replicas)

    def receive(self, message, sender):
        self.acks |= {sender}
        if len(self.acks) == len(self.replicas) // 2 + 1:
            self.complete()


class Reader(Node):
    """Reads a number of times from a majority; writes back what it read, so that no later read gets less."""

    writes_back = True

    def __init__(self, replicas, reads=1):
        self.replicas, self.left = replicas, reads

    def start(self):
        self.read()

    def read(self):
        self.phase, self.got = "reading", frozenset()
        self.invoke(("read",))
        self.broadcast(Get(self.left), to=self.replicas)

    def receive(self, message, sender):
        match message:
            case GetDone(value, tag, of) if self.phase == "reading" and of == self.left:
                self.got |= {(tag, value, sender)}
                if self.enough():
                    self.tag, self.value, _ = max(self.got, key=lambda answer: answer[0])
                    self.write_back() if self.writes_back and self.tag else self.done()
            case PutDone(tag) if self.phase == "writing":
                self.got |= {sender}
                if self.enough():
                    self.done()

    def enough(self):
        return len(self.got) == len(self.replicas) // 2 + 1

    def write_back(self):
        self.phase, self.got = "writing", frozenset()
        self.broadcast(Put(self.value, self.tag), to=self.replicas)

    def done(self):
        self.phase, self.got = "done", frozenset()
        self.complete(self.value)
        self.left -= 1
        if self.left:
            self.read()


class HastyReader(Reader):
    """Believes that R + W > N is enough."""

    writes_back = False


def single_copy(clients=2):
    return {"server": Copy()} | {f"c{i}": Client(i) for i in range(1, clients + 1)}


def replicated(reader=Reader, copies=2, reads=2):
    names = tuple(f"r{i}" for i in range(copies))
    nodes = {name: Replica() for name in names}
    return nodes | {"writer": Writer(names), "reader": reader(names, reads)}


def atomic_register(world):
    return linearizable(world.history, Register()).ok
