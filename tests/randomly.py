"""What hypothesis draws for the tests of the ground floor: plain values, networks, faults.

Random protocols are in `tests.protocols`.
"""

from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from distlab.node import Message
from distlab.plain import FrozenDict


class Color(Enum):
    RED = 1
    BLUE = 2


class Shade(Enum):
    RED = "red"


class Vote(Message):
    tx: Any
    yes: Any = True


Point = namedtuple("Point", ["x", "y"])


@dataclass(frozen=True)
class Entry:
    term: Any
    command: Any


@dataclass
class Slot:
    value: Any
    rest: Any = None


class Thing:
    """A plain object."""

    def __init__(self, inside):
        self.inside = inside

    def __eq__(self, other):
        return isinstance(other, Thing) and self.inside == other.inside

    __hash__ = None


TYPES = (Color, Shade, Vote, Point, Entry, Slot, Thing)

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from([0.0, 1.0, -0.0]),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.sampled_from([*Color, *Shade]),
)


def _fixed(inner):
    return st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.frozensets(inner, max_size=3),
        st.builds(Vote, inner, inner),
        st.builds(Point, inner, inner),
        st.builds(Entry, inner, inner),
        st.dictionaries(inner, inner, max_size=2).map(FrozenDict),
    )


fixed = st.recursive(atoms, _fixed, max_leaves=6)
"""What can be in a message: values that never change."""


def _plain(inner):
    return st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(fixed, inner, max_size=3),
        st.sets(fixed, max_size=3),
        st.lists(inner, max_size=3).map(deque),
        st.lists(inner, max_size=3).map(lambda v: deque(v, maxlen=3)),
        st.lists(fixed, max_size=3).map(Counter),
        st.dictionaries(fixed, inner, max_size=2).map(OrderedDict),
        st.dictionaries(fixed, inner, max_size=2).map(lambda d: defaultdict(list, d)),
        st.builds(Entry, inner, inner),
        st.builds(Slot, inner, inner),
        st.builds(Thing, inner),
        st.builds(lambda v: [v, v], inner),  # what is reached twice
    )


plain = st.recursive(fixed, _plain, max_leaves=8)
"""What can be in a node's state."""
