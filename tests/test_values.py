"""Plain values: what is allowed, and the laws of identity, copies, text and JSON."""

import functools
import json
import os
import re
import subprocess
import sys
import threading
from collections import Counter, deque
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given

from distlab import values
from distlab.plain import FrozenDict, misfit, text
from tests.randomly import TYPES, Color, Entry, Loose, Point, Shade, Slot, Thing, Vote, fixed, plain


def changeable(value, found=None):
    """The ids of all that can be changed inside a value."""
    found = set() if found is None else found
    if isinstance(value, (list, deque, set, dict, Slot, Thing)) and not isinstance(value, FrozenDict):
        found.add(id(value))
    if isinstance(value, dict):
        members = list(value.values())
    elif isinstance(value, (list, deque, tuple)):
        members = list(value)
    elif isinstance(value, (Slot, Thing, Entry)):
        members = list(vars(value).values())
    else:
        members = []
    for member in members:
        changeable(member, found)
    return found


# --- what is allowed ---


@given(plain)
def test_plain_values_fit(value):
    assert misfit(value, "self.x") is None


@given(fixed)
def test_values_that_never_change_fit_into_a_message(value):
    assert misfit(value, "field", fixed=True) is None
    hash(value)


class Sub(str):
    __slots__ = ()


class MyList(list):
    pass


class Slotted:
    __slots__ = ("__dict__", "x")


@dataclass(eq=False)
class ByIdentity:
    x: int


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (lambda: 0, "self.x is a function"),
        (len, "self.x is a builtin_function_or_method"),
        ((i for i in "ab"), "self.x is a generator"),
        (threading.Lock(), "self.x is a lock"),
        ([1, {"k": (2, object())}], r"self.x\[1\]\['k'\]\[1\] is an object"),
        ({1: lambda: 0}, r"self.x\[1\] is a function"),
        (Vote, "self.x is the class Vote"),
        (Thing([lambda: 0]), r"self.x.inside\[0\] is a function"),
        (Sub("a"), "self.x is a Sub"),
        (MyList(), "self.x is a MyList"),
        (Slotted(), "self.x is a Slotted"),
        (Loose(1), "self.x is a Loose, which can change"),
        (bytearray(b"a"), "self.x is a bytearray"),
        ({ByIdentity(1)}, "a member of self.x is a ByIdentity, which can change"),
        ({ByIdentity(1): 1}, "a key of self.x is a ByIdentity, which can change"),
        ({(1, ByIdentity(1)): 1}, r"a key of self.x\[1\] is a ByIdentity, which can change"),
        (Vote(ByIdentity(1)), "self.x.tx is a ByIdentity, which can change"),
        (Vote([1]), "self.x.tx is a list, which can change"),
        (functools.partial(len), "self.x is a partial"),
    ],
)
def test_what_does_not_fit_is_named_by_its_path(value, sentence):
    assert re.fullmatch(sentence, misfit(value, "self.x"))


def test_a_value_may_hold_itself():
    ring = [1]
    ring.append(ring)
    assert misfit(ring, "self.x") is None
    assert text(ring) == "[1, ...]"
    assert values.key(values.copy(ring)) == values.key(ring)
    assert values.copy(ring)[1][1] is not ring


# --- identity ---


def test_types_are_told_apart():
    same_to_python = [1, 1.0, True]
    assert len({values.key(v) for v in same_to_python}) == 3
    assert len({values.key((v,)) for v in same_to_python}) == 3
    assert len({values.key({v: 0}) for v in same_to_python}) == 3
    assert len({values.key(frozenset({v})) for v in same_to_python}) == 3
    assert values.key(0.0) != values.key(-0.0)
    assert values.key(float("nan")) == values.key(float("nan"))
    assert values.key([1]) != values.key((1,)) != values.key(deque([1]))
    assert values.key({1}) != values.key(frozenset({1}))
    assert values.key(Counter(a=1)) != values.key({"a": 1})
    assert values.key(Color.RED) != values.key(Shade.RED)
    assert values.key(Point(1, 2)) != values.key((1, 2))
    assert values.key(deque([1], maxlen=2)) != values.key(deque([1]))


def test_a_dict_keeps_its_order_because_a_handler_can_see_it():
    assert values.key({"a": 1, "b": 2}) != values.key({"b": 2, "a": 1})
    assert values.key({1, 2}) == values.key({2, 1})


def test_attributes_have_no_order():
    one, other = Thing(0), Thing(0)
    one.a, one.b = 1, 2
    other.b, other.a = 2, 1
    assert values.key(one) == values.key(other)


def test_sharing_is_part_of_the_identity():
    inner = [1]
    assert values.key([inner, inner]) != values.key([[1], [1]]), "an append to one would show in the other"
    assert values.key([(1,), (1,)]) == values.key([*[(1,)] * 2]), "nobody can tell tuples apart"


@given(plain, plain)
def test_equal_keys_mean_equal_json(one, other):
    assert (values.key(one) == values.key(values.copy(one))) is True
    if values.key(one) == values.key(other):
        assert values.to_json(one) == values.to_json(other) and text(one) == text(other)


@given(fixed, fixed)
def test_equal_json_means_equal_keys_of_what_never_changes(one, other):
    if values.to_json(one) == values.to_json(other):
        assert values.key(one) == values.key(other)


# --- copies ---


@given(plain)
def test_a_copy_is_equal_and_shares_nothing_that_can_change(value):
    before = values.key(value)
    copied = values.copy(value)
    assert values.key(copied) == before == values.key(value)
    assert type(copied) is type(value)
    assert not changeable(value) & changeable(copied)


def test_a_copy_keeps_what_is_shared_inside_shared():
    inner = [1]
    copied = values.copy({"a": inner, "b": (inner,)})
    copied["a"].append(2)
    assert copied["b"] == ([1, 2],) and inner == [1]


def test_a_copied_defaultdict_still_has_defaults():
    from collections import defaultdict

    copied = values.copy(defaultdict(list, a=[1]))
    copied["b"].append(2)
    assert copied == {"a": [1], "b": [2]}


# --- frozen ---


@given(plain.filter(lambda v: not any(isinstance(v, t) for t in (Slot, Thing))))
def test_what_was_frozen_never_changes(value):
    try:
        kept = values.frozen(value)
    except TypeError:
        return  # an object that can change somewhere inside
    assert misfit(kept, "", fixed=True) is None
    assert values.key(values.frozen(kept)) == values.key(kept)
    hash(kept)


def test_frozen_forms():
    given_ = {"a": [1, {2}], "b": deque([Point(1, [2])])}
    kept = values.frozen(given_)
    assert kept == {"a": (1, frozenset({2})), "b": (Point(1, (2,)),)}
    given_["a"].append(3)
    assert kept["a"] == (1, frozenset({2}))
    with pytest.raises(TypeError, match="changes only by assignment: copy it with dict"):
        kept["a"] = 1
    with pytest.raises(TypeError, match="changes only by assignment"):
        kept.update(a=1)


@pytest.mark.parametrize("value", [Slot(1), Thing(1), Loose(1), Entry(1, [2]), Vote([1]), lambda: 0])
def test_an_object_cannot_be_frozen(value):
    with pytest.raises(TypeError, match="is no plain data: give its fields, not the"):
        values.frozen([value])


# --- text and JSON ---


@given(plain)
def test_json_and_back_is_equal(value):
    written = values.to_json(value)
    json.loads(written)
    back = values.from_json(written, TYPES)
    assert values.to_json(back) == written
    assert text(back) == text(value)


@given(plain)
def test_json_and_back_is_equal_without_the_classes(value):
    written = values.to_json(value)
    back = values.from_json(written)
    assert values.to_json(back) == written
    assert text(back) == text(value)


@given(fixed)
def test_json_gives_back_the_very_value(value):
    back = values.from_json(values.to_json(value), TYPES)
    assert values.key(back) == values.key(value)


def test_a_class_that_has_other_fields_than_what_was_written_is_refused():
    class Vote(msgspec.Struct):
        other: int

    with pytest.raises(ValueError, match="Vote has the fields other, but what was written has tx, yes"):
        values.from_json(values.to_json(TYPES[2](1)), [Vote])


def test_texts():
    assert text({"b", "a"}) == "{'a', 'b'}"
    assert text((1,)) == "(1,)" and text(()) == "()"
    assert text(Vote(frozenset({2, 1}))) == repr(Vote(frozenset({2, 1}))) == "Vote(tx={1, 2}, yes=True)"
    assert text(Point(1, [Color.RED])) == "Point(x=1, y=[RED])"
    assert text(lambda: 0) == "<function>", "no address: the same in every process"
    assert text(values.TORN) == "TORN"


HASHING = """
from distlab import values
from tests.randomly import *
names = ["a", "b", "c", "d", "e", "f", "g"]
value = [frozenset(names), {Vote(n, frozenset({n, "z"})) for n in names}, {frozenset({n, 1}) for n in names},
         {Color.RED, Shade.RED}, Counter(sorted(names)), FrozenDict({n: {n, "z"} for n in names})]
print(values.to_json(value)); print(values.text(value))
"""


def test_text_and_json_are_the_same_under_every_hash_seed():
    said = {
        subprocess.run(
            [sys.executable, "-c", HASHING],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(said) == 1 and "Vote(tx='a', yes={'a', 'z'})" in said.pop()
