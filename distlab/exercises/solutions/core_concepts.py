"""Solutions of chapter 2."""

from distlab.node import Message, Node

# --- 2.2 ---


class Stamped(Message):
    stamp: tuple[int, ...]  # how many messages each node had sent, in the order of names
    path: tuple[str, ...]  # whom to visit after this node


class Walker(Node):
    def __init__(self, path=()):
        self.path = path  # whom the message visits that this node sends at its start

    def start(self):
        self.names = sorted([self.name, *self.peers])
        self.clock = [0] * len(self.names)
        self.pass_on(self.path)

    def receive(self, message, sender):
        self.clock = list(map(max, self.clock, message.stamp))
        self.pass_on(message.path)

    def pass_on(self, path):
        if path:
            self.clock[self.names.index(self.name)] += 1
            self.send(path[0], Stamped(tuple(self.clock), path[1:]))


def before(a, b):
    return a != b and all(x <= y for x, y in zip(a, b, strict=True))


# --- 2.3 ---


def invariant(world):
    """The right to go in is in one place, and whoever waits is known to somebody."""
    lock, kinds = world.nodes["lock"], [type(flight.message).__name__ for flight in world.in_flight]
    inside = sum(world.nodes[name].state == "in" for name in ("ana", "ben", "carl"))
    rights = (lock.holder is None) + kinds.count("Granted") + inside + kinds.count("Release")
    known = {*lock.queue, *(end for flight in world.in_flight for end in (flight.sender, flight.receiver))}
    waiting = {name for name in ("ana", "ben", "carl") if world.nodes[name].state == "waits"}
    return rights == 1 and waiting <= known


# --- 2.5 ---


class Buy(Message):
    number: int


class Sold(Message):
    number: int
    seat: int


class Buyer(Node):
    def __init__(self, seats):
        self.seats = seats  # how many to buy, one after the other

    def start(self):
        self.number = 0
        self.buy()

    def buy(self):
        self.number += 1
        if self.number <= self.seats:
            self.invoke(("buy",))
            self.wake("again")

    def wake(self, timer):
        self.send("office", Buy(self.number))
        self.set_timer("again", 100)

    def receive(self, message, sender):
        if message.number == self.number:
            self.complete(message.seat)
            self.cancel_timer("again")
            self.buy()


class Office(Node):
    def receive(self, message, sender):
        sold = self.disk.get("sold", ())  # who bought which seat, and by which request: seat 1 first
        if (sender, message.number) not in sold:
            self.disk["sold"] = sold = (*sold, (sender, message.number))
        self.send(sender, Sold(message.number, 1 + sold.index((sender, message.number))))
