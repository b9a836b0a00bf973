"""Messages and nodes: what is refused when their classes are made, and when they are used."""

import dataclasses
from collections import Counter, deque
from enum import Enum
from typing import Any, Optional

import pytest

from distlab.node import Message, Node, clone
from distlab.simulate import Simulation
from tests.randomly import Ping, Slot

# --- messages ---


class Color(Enum):
    RED = 1


class Order(Message):
    item: str
    counts: tuple[int, ...] = ()
    tags: frozenset[str] = frozenset()
    color: Color | None = None


def test_a_message_is_typed_immutable_and_hashable():
    order = Order("tea", (1,))
    assert order == Order("tea", (1,)) and hash(order) == hash(Order("tea", (1,)))
    with pytest.raises(AttributeError, match="immutable"):
        order.item = "milk"
    match order:
        case Order(item, counts):
            assert (item, counts) == ("tea", (1,))
    assert repr(order) == "Order(item='tea', counts=(1,), tags={}, color=None)"


@pytest.mark.parametrize(
    ("annotation", "wrong", "better"),
    [
        (list, "list", "tuple"),
        (list[int], "list", "tuple"),
        ("list[int]", "list", "tuple"),
        (dict[str, int], "dict", "tuple of pairs"),
        (set, "set", "frozenset"),
        (deque, "deque", "tuple"),
        (bytearray, "bytearray", "bytes"),
        (Counter, "Counter", "tuple of pairs"),
        (tuple[list[int], int], "list", "tuple"),
        (Optional[list], "list", "tuple"),  # noqa: UP045
        (int | dict, "dict", "tuple of pairs"),
        ("dict | None", "dict", "tuple of pairs"),
    ],
)
def test_a_field_that_can_change_is_refused_when_the_class_is_made(annotation, wrong, better):
    with pytest.raises(
        TypeError, match=rf"^Bad.x cannot be a {wrong}: messages are immutable.*use a {better}$"
    ):
        type("Bad", (Message,), {"__annotations__": {"x": annotation}, "__module__": __name__})


@pytest.mark.parametrize(
    "annotation", [Any, "Later", int, str | None, tuple[int, ...], frozenset[str], Color, object]
)
def test_other_fields_are_judged_when_they_are_sent(annotation):
    type("Good", (Message,), {"__annotations__": {"x": annotation}, "__module__": __name__})


# --- classes of nodes ---


@pytest.mark.parametrize("name", sorted(Node.taken))
def test_a_name_that_every_node_has_cannot_be_taken_by_a_class(name):
    with pytest.raises(
        TypeError, match=f"^Bad.{name} is a name that every Node has already; choose another one"
    ):
        type("Bad", (Node,), {name: None, "__module__": __name__})


@pytest.mark.parametrize(
    "value",
    [[], {}, set(), deque(), Counter(), bytearray(), ([],), Slot(1), type("Plain", (), {})()],
    ids=lambda value: type(value).__name__,
)
def test_a_class_attribute_that_can_change_is_refused(value):
    with pytest.raises(
        TypeError, match=r"^Bad.votes is a .* of the class, which all nodes would share.*set self.votes"
    ):
        type("Bad", (Node,), {"votes": value})


def test_what_cannot_change_may_be_of_the_class():
    class Good(Node):
        state = "working"
        quorum = 2
        names = ("a", "b")
        colors = frozenset({Color.RED})
        first = Ping(1)
        kind = Order
        helper = staticmethod(len)

        @property
        def half(self):
            return self.quorum / 2

    assert Good().half == 1


def test_a_handler_that_waits_in_the_middle_is_refused():
    with pytest.raises(
        TypeError, match=r"^Bad.receive is a generator: .*without yield and await; to wait, set a timer"
    ):

        class Bad(Node):
            def receive(self, message, sender):
                yield

    with pytest.raises(TypeError, match=r"^Worse.start is a coroutine"):

        class Worse(Node):
            async def start(self):
                pass


@pytest.mark.parametrize(
    ("handler", "sentence"),
    [
        ({"receive": lambda self, message: None}, r"Bad.<lambda> has to take \(self, message, sender\)"),
        ({"wake": lambda self: None}, r"has to take \(self, timer\)"),
        ({"start": lambda self, x: None}, r"has to take \(self\)"),
    ],
)
def test_a_handler_with_other_arguments_is_refused(handler, sentence):
    with pytest.raises(TypeError, match=sentence):
        type("Bad", (Node,), handler)


def test_a_handler_may_name_its_arguments_as_it_likes():
    class Good(Node):
        def receive(self, *what):
            pass

        def wake(self, which, why="because"):
            pass

    assert repr(Good()) == "Good()"


# --- nodes before and between runs ---


class Holder(Node):
    def __init__(self, inner=None):
        self.inner = inner


@pytest.mark.parametrize("name", ["name", "peers", "disk", "now"])
def test_what_a_node_knows_is_known_only_while_it_runs(name):
    with pytest.raises(RuntimeError, match="only while it runs: use them in start, receive, wake or recover"):
        getattr(Node(), name)
    with pytest.raises(AttributeError, match="names that every Node has already"):
        setattr(Node(), name, 1)


def test_a_node_cannot_send_before_it_runs():
    with pytest.raises(RuntimeError, match="not in __init__"):
        Node().send("b", Ping(1))


def test_a_clone_shares_nothing():
    node = Holder([1, {2}])
    copied = clone(node)
    copied.inner[1].add(3)
    assert node.inner == [1, {2}] and repr(copied) == "Holder(inner=[1, {2, 3}])"
    inside = clone(Holder(Holder([1])))
    assert repr(inside) == "Holder(inner=Holder(inner=[1]))"


def test_a_dataclass_can_be_a_node():
    @dataclasses.dataclass
    class Point(Node):
        x: int = 0
        rest: list = dataclasses.field(default_factory=list)

    point = Point(1)
    assert clone(point) == point and clone(point).rest is not point.rest
    assert Simulation({"a": Point(2)}).run().ended == "quiet"


# --- what a handler asks for ---


class Does(Node):
    """Does one thing at its start."""

    def __init__(self, what):
        self.what = what

    def start(self):
        eval(self.what, {"self": self, "Ping": Ping})


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("self.set_timer(3, 1)", "TypeError.*a timer's name is a str, not 3"),
        ("self.set_timer('t', '1')", "TypeError.*a number of ms, or a pair of them, not '1'"),
        ("self.set_timer('t', (1, 2, 3))", "TypeError.*a number of ms, or a pair of them"),
        ("self.set_timer('t', [1, 2])", r"TypeError.*a number of ms, or a pair of them, not \[1, 2\]"),
        ("self.set_timer('t', -1)", "ValueError.*zero or more, a pair in order, not -1"),
        ("self.set_timer('t', (2, 1))", r"ValueError.*a pair in order, not \(2, 1\)"),
        ("self.set_timer('t', float('nan'))", "ValueError.*not nan"),
        ("self.set_timer('t', float('inf'))", "ValueError.*not inf"),
        ("self.choose({1, 2})", "TypeError.*a set has no order that is the same in every run; sort it"),
        ("self.choose([])", "ValueError.*at least one option"),
        ("self.invoke(('put', lambda: 0))", "TypeError.*is no plain data"),
        ("self.complete(1)", "ended an operation, but none was open: invoke comes first"),
        ("self.fail()", "ended an operation, but none was open"),
        ("self.give_up()", "ended an operation, but none was open"),
        ("[self.invoke(1), self.invoke(2)]", "invoked an operation while its last one was still open"),
        ("self.votes", "has no self.votes here: set it in __init__ or start"),
        ("self.disk.log.append(lambda: 0)", "TypeError.*is no plain data"),
        ("del self.disk['x']", "SyntaxError"),
    ],
)
def test_what_cannot_be_is_one_sentence(what, sentence):
    with pytest.raises(Exception, match=rf"(?s)^a .*{sentence}.*; while starting, at 0 ms"):
        Simulation({"a": Does(what)}).run()
