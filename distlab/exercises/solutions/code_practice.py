"""Solutions of chapter 4."""

import hashlib
from bisect import bisect_left

from distlab.exercises.lock_protocol import (
    Acquire,
    Granted,
    Read,
    Refused,
    Rejected,
    Release,
    Renew,
    Renewed,
    Value,
    Write,
    Wrote,
)
from distlab.node import Node

# --- 4.1 ---


def position(key):
    data = key.encode() if isinstance(key, str) else key
    return int.from_bytes(hashlib.md5(data).digest()[:4], "big")


# --- 4.2 ---


class Ring:
    def __init__(self, nodes, vnodes=64):
        self.points = sorted((position(f"{node}#{i}"), node) for node in nodes for i in range(vnodes))
        self.places = [place for place, node in self.points]

    def owner(self, key):
        at = bisect_left(self.places, position(key))
        return self.points[at % len(self.points)][1]


# --- 4.3 ---


class FullRing:
    def __init__(self, nodes=(), vnodes=64):
        self.vnodes, self.nodes, self.points = vnodes, set(), []
        for node in nodes:
            self.add(node)

    def add(self, node):
        if node in self.nodes:
            raise ValueError(f"{node} is on the ring already")
        self.nodes.add(node)
        self.points += [(position(f"{node}#{i}"), node) for i in range(self.vnodes)]
        self.points.sort()

    def remove(self, node):
        if node not in self.nodes:
            raise ValueError(f"{node} is not on the ring")
        self.nodes.remove(node)
        self.points = [point for point in self.points if point[1] != node]

    def owner(self, key):
        return self.owners(key, 1)[0]

    def owners(self, key, n):
        if n > len(self.nodes):
            raise ValueError(f"the ring has {len(self.nodes)} nodes, not {n}")
        found, at = [], bisect_left(self.points, (position(key),))
        while len(found) < n:
            node = self.points[at % len(self.points)][1]
            if node not in found:
                found.append(node)
            at += 1
        return found


# --- 4.4 ---


class Lock(Node):
    def __init__(self):
        self.token = 0  # of the last grant
        self.held = None  # the request that was granted, as long as nobody has released it

    def receive(self, message, sender):
        match message:
            case Acquire(number):
                if self.held is None:
                    self.held, self.token = (sender, number), self.token + 1
                if self.held == (sender, number):
                    self.send(sender, Granted(number, self.token))
                else:
                    self.send(sender, Refused(number))
            case Release(token):
                if token == self.token:
                    self.held = None


# --- 4.5 ---


class LeaseLock(Node):
    def __init__(self, lease):
        self.lease = lease  # ms
        self.held = None  # the token of the grant that has not ended

    def receive(self, message, sender):
        match message:
            case Acquire(number):
                if self.held is None:
                    self.held = self.disk["token"] = self.disk.get("token", 0) + 1
                    self.set_timer("lease", self.lease)
                    self.send(sender, Granted(number, self.held))
                else:
                    self.send(sender, Refused(number))
            case Renew(number, token):
                if token == self.held:
                    self.set_timer("lease", self.lease)
                    self.send(sender, Renewed(number))
                else:
                    self.send(sender, Refused(number))
            case Release(token):
                if token == self.held:
                    self.held = None
                    self.cancel_timer("lease")

    def wake(self, timer):
        self.held = None

    def recover(self):
        self.held = "somebody"  # it has forgotten who, and until when: so nobody new for a whole lease
        self.set_timer("lease", self.lease)


class Holder(Node):
    state = "waiting"

    def __init__(self, lock, trust, work):
        self.lock, self.trust, self.work = lock, trust, work
        self.number = 0  # of the last request
        self.token = None  # of the grant
        self.last_yes = 0  # the number of the last request that the lock said yes to

    def start(self):
        self.ask()

    def ask(self):
        self.number += 1
        self.set_timer(f"trust {self.number}", self.trust)  # from now: the lease cannot begin earlier
        self.set_timer("ask", self.trust / 2)
        if self.state == "waiting":
            self.send(self.lock, Acquire(self.number))
        else:
            self.send(self.lock, Renew(self.number, self.token))

    def receive(self, message, sender):
        match message:
            case Granted(number, token):
                if self.state == "waiting" and number == self.number:
                    self.state, self.token, self.last_yes = "holding", token, number
                    self.set_timer("work", self.work)
                elif token != self.token:
                    self.send(sender, Release(token))  # it came too late to be of use
            case Renewed(number):
                self.last_yes = max(self.last_yes, number)

    def wake(self, timer):
        if timer == "ask" and self.state in ("waiting", "holding"):
            self.ask()
        elif timer == "work" and self.state == "holding":
            self.state = "done"
            self.send(self.lock, Release(self.token))
        elif timer == f"trust {self.last_yes}" and self.state == "holding":
            self.state = "lost"


# --- 4.6 ---


class Store(Node):
    def __init__(self):
        self.value, self.largest = 0, 0  # what it keeps, and the largest token that it has seen

    def start(self):
        self.value, self.largest = self.disk.get("all", (0, 0))

    def receive(self, message, sender):
        if message.token < self.largest:
            self.send(sender, Rejected(message.token))
            return
        self.largest = message.token
        if isinstance(message, Write):
            self.value = message.value
        self.disk["all"] = (self.value, self.largest)
        kind = Wrote if isinstance(message, Write) else Value
        self.send(sender, kind(message.token, self.value))


class Worker(Holder):
    def __init__(self, lock, store, trust):
        super().__init__(lock, trust, work=10 * trust)
        self.store = store

    def start(self):
        self.invoke(("increment",))
        self.ask()

    def receive(self, message, sender):
        waited = self.state == "waiting"
        super().receive(message, sender)
        match message:
            case Granted() if waited and self.state == "holding":
                self.send(self.store, Read(self.token))
            case Value(_, value):
                if self.state == "holding":
                    self.send(self.store, Write(self.token, value + 1))
                else:
                    self.fail()
            case Wrote(_, value):
                self.complete(value)
                self.finish()
            case Rejected():
                self.fail()
                self.finish()

    def finish(self):
        self.state = "done"
        self.send(self.lock, Release(self.token))
