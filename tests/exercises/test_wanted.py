"""Stubs are told from attempts by looking alone."""

import pytest

from distlab import Node
from distlab.exercises.wanted import (
    Answer,
    Function,
    NodeClass,
    PlainClass,
    described,
    does_nothing,
    same_code,
)


def stub(graph):
    """What it does."""
    nodes, links = set(), set()
    ...
    return nodes, links


def dots(x): ...


def documented(x):
    """Only words."""


def passing(x):
    pass


def none(x):
    return None


def zero(x):
    return 0


def raising(x):
    raise NotImplementedError


def calling(x):
    print()


def storing(x):
    y = 1  # noqa: F841


@pytest.mark.parametrize("function", [dots, documented, passing, none, lambda: None, lambda self: ...])
def test_what_does_nothing(function):
    assert does_nothing(function)


@pytest.mark.parametrize("function", [zero, raising, calling, storing, stub, len, None, 3, lambda x: x])
def test_what_does_something(function):
    assert not does_nothing(function)


def test_the_same_code_under_another_name_and_without_words():
    def weak_spots(graph: object) -> object:
        nodes, links = set(), set()
        ...
        return nodes, links

    def other(graph):
        nodes, links = set(), set()
        nodes.add(1)
        return nodes, links

    assert same_code(weak_spots, stub)
    assert not same_code(other, stub)
    assert not same_code(len, len)
    assert Function("weak_spots", stub).untouched(weak_spots)
    assert not Function("weak_spots", stub).untouched(other)
    assert Function("f").untouched(dots)


class Stub(Node):
    def __init__(self, n=0):
        self.n = n

    def start(self): ...

    def receive(self, message, sender):
        """What to do."""
        ...


class Half(Stub):
    def start(self):
        self.note("x")


class Whole(Half):
    def receive(self, message, sender):
        self.note("y")


def test_a_class_is_untouched_until_one_handler_is_written():
    wanted = NodeClass("Stub", "start receive")
    assert wanted.untouched(Stub)
    assert not wanted.untouched(Half)
    assert wanted.missing(Half) == "Half.receive is still empty."
    assert wanted.missing(Whole) is None


def test_a_handler_that_is_gone_is_empty():
    class Bare(Node):
        pass

    assert (
        NodeClass("Stub", "start receive wake").missing(Bare)
        == "Bare.start, Bare.receive and Bare.wake are still empty."
    )


def test_a_plain_class_is_no_node():
    class Ring:
        def add(self, node): ...

    wanted = PlainClass("Ring", "add")
    assert wanted.untouched(Ring)
    assert wanted.wrong(Ring) is None
    assert wanted.wrong(Ring()) == "This is a Ring; the check wants the class Ring."


shared = {}


def test_what_all_nodes_share_is_named():
    class Sharing(Node):
        def start(self):
            shared[self.name] = 1

    wanted = NodeClass("S", "start")
    assert (
        wanted.remark(Sharing) == "Your class uses shared, a dict outside of it, which all its objects share."
    )
    assert wanted.remark(Whole) is None


def test_an_answer_is_untouched_while_it_is_the_stub():
    wanted = Answer("faults and seed", ([], 0), lambda value: None)
    assert wanted.untouched(([], 0))
    assert wanted.untouched((..., 3))
    assert not wanted.untouched(([], 1))
    assert not wanted.untouched(([1], 0))
    assert not wanted.untouched("x")


def test_things_are_described_in_a_few_words():
    assert described(None) == "nothing (None)"
    assert described(int) == "the class int"
    assert described("x" * 100) == "the value '" + "x" * 56 + "..."
    assert described([1]) == "a list"
    assert described(object()) == "an object"
