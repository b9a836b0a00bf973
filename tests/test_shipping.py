"""Classes of a notebook cell, sent to a fresh process and used there."""

import subprocess
import sys
import textwrap
import threading

import pytest

from distlab import Message
from distlab.shipping import ship, unship

CELL = """
import dataclasses, enum, sys
from distlab import Message, Node
from distlab.shipping import ship

FACTOR = 100

class Base(Message):
    number: int

class Sold(Base, order=True):
    what: str = "tea"
    path: tuple[str, ...] = ()

    def worth(self):
        return self.number * FACTOR

    def shown(self):
        return "Sold: " + super().__repr__()

class Colour(enum.Enum):
    RED = 1

@dataclasses.dataclass
class Shelf:
    height: int = 3

def make(number):
    return Sold(number, path=("a",))

class Shop(Node):
    state = "open"

    def __init__(self, number):
        super().__init__()
        self.number, self.colour, self.shelf = number, Colour.RED, Shelf()

    def start(self):
        self.broadcast(make(self.number))

    def receive(self, message, sender):
        match message:
            case Sold(number, what, path):
                self.note(f"{number} {what} {path} {message.worth()} {message.shown()}")

class Corner(Shop):
    def start(self):
        super().start()

sys.stdout.buffer.write(ship((Corner, Sold, Colour, make, Sold(3))))
"""
ELSEWHERE = """
import sys
from distlab import Simulation
from distlab.shipping import unship

Corner, Sold, Colour, make, sold = unship(sys.stdin.buffer.read())
assert sold == Sold(3) and hash(sold) == hash(Sold(3)) and Sold(1) < Sold(2)
assert type(make(4)) is Sold and make(4).path == ("a",)
assert Sold.__match_args__ == ("number", "what", "path") and Sold.__module__ == "__main__"
try:
    sold.number = 4
except AttributeError:
    print("frozen")
for event in Simulation({"a": Corner(1), "b": Corner(2)}).run().events:
    if event.kind == "noted":
        print(event.detail)
"""


def python(source, data=b""):
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(source)], input=data, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_classes_of_a_cell_work_in_a_process_that_has_never_seen_them():
    said = python(ELSEWHERE, python(CELL)).decode().splitlines()
    assert sorted(said) == [
        "1 tea ('a',) 100 Sold: Sold(number=1, what='tea', path=('a',))",
        "2 tea ('a',) 200 Sold: Sold(number=2, what='tea', path=('a',))",
        "frozen",
    ]


class Known(Message):
    number: int


def test_a_class_with_a_home_travels_by_name():
    assert unship(ship(Message)) is Message
    made_here = unship(ship(Known))
    assert made_here(3).number == 3


def test_two_things_that_share_a_class_share_it_afterwards():
    namespace = {"__name__": "__main__", "Message": Message}
    exec("class Local(Message):\n    number: int\n", namespace)
    local = namespace["Local"]
    kind, one, two = unship(ship((local, local(1), local(2))))
    assert type(one) is type(two) is kind


def test_what_belongs_to_this_process_is_refused_in_a_sentence():
    with pytest.raises(TypeError, match="cannot be sent to another process"):
        ship({"a": threading.Lock()})
