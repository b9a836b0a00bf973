"""Exercises 3.1 to 3.3, attempted rightly and wrongly."""

import math

import numpy as np
import pytest

from distlab.algorithms.hashing import HashRing, Maglev, theory
from distlab.exercises import check
from distlab.exercises.algorithms import hashing
from distlab.exercises.registry import find
from distlab.topology import cities
from tests.exercises import cells

KEYS = cities()


def test_the_references_pass_and_say_what_was_tried():
    names = {"keys": KEYS, "Maglev": Maglev}
    verdict = check("3.1", cells.run(find("3.1").source)["vnodes"])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "5 % in theory, and one point less a node gives 5.006 %; "
        "twenty rings with 380 points a node, built and measured, give 5.3 %."
    ]
    space = cells.run(find("3.2").source, **names)
    verdict = check("3.2", (space["nodes"], space["leaver"], space["key"]))
    assert verdict.passed, verdict
    verdict = check("3.3", cells.run(find("3.3").source)["needs"])
    assert verdict.passed, verdict


# --- 3.1 ---


@pytest.mark.parametrize(
    "right", [380, 380.0, np.ceil(379.95), np.int64(380), math.ceil((19 / 0.0025 - 1) / 20)]
)
def test_the_number_counts_and_not_its_type(right):
    assert check("3.1", right).passed


def test_no_number_is_not_attempted_yet():
    assert check("3.1", ...).outcome == "not attempted yet"


COUNTS = {
    "one too few": (379, "the standard deviation is 5.01 % of the mean.\n  It is to be at most 5 %."),
    "forgets to square": (19, "the standard deviation is 22.3 % of the mean."),
    "takes 1 / k for the variance": (400, "400 are enough, and so are 399: the deviation is still 4.88 %."),
    "counts the points of all nodes": (7600, "The smallest number is asked for."),
    "squares twice": (152_000, "152,000 are enough, and so are 151,999"),
    "not one": (0, "A node has at least one virtual node; this is 0."),
    "below zero": (-380, "A node has at least one virtual node; this is -380."),
    "not rounded up": (379.95, "The answer is one whole number, such as 12; this is 379.95."),
    "a text": ("380", "The answer is one whole number, such as 12; this is '380'."),
    "a yes": (True, "The answer is one whole number, such as 12; this is True."),
    "no number at all": (math.nan, "The answer is one whole number, such as 12; this is nan."),
    "without end": (math.inf, "The answer is one whole number, such as 12; this is inf."),
}


@pytest.mark.parametrize("mistake", COUNTS)
def test_every_wrong_number_gets_its_own_answer(mistake):
    attempt, reason = COUNTS[mistake]
    verdict = check("3.1", attempt)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


# --- 3.2 ---

NODES = ["ada", "bob", "cyd"]


def moving(nodes, leaver):
    """The keys that move between two nodes that stay."""
    old, new = (
        Maglev(nodes).owners_of(KEYS),
        Maglev([node for node in nodes if node != leaver]).owners_of(KEYS),
    )
    return [key for key, a, b in zip(KEYS, old, new, strict=True) if leaver != a != b]


def test_the_stub_is_not_attempted_yet():
    assert check("3.2", (NODES, ..., ...)).outcome == "not attempted yet"
    assert check("3.2", (NODES, "cyd", ...)).outcome == "not attempted yet"


@pytest.mark.parametrize("nodes", [NODES, ["x", "y", "z", "w"], tuple("fedcba")])
def test_every_witness_passes(nodes):
    leaver = nodes[-1]
    verdict = check("3.2", [nodes, leaver, moving(nodes, leaver)[-1]])
    assert verdict.passed, verdict
    assert f"{leaver} leaves, and " in str(verdict)


@pytest.mark.parametrize("own", [True, False])
def test_what_the_ring_does_with_the_same_key_is_said_as_it_is(own):
    key, leaver = next(
        (key, leaver)
        for leaver in NODES
        for key in moving(NODES, leaver)
        if (HashRing(NODES).owner(key) == leaver) is own
    )
    verdict = check("3.2", (NODES, leaver, key))
    assert str(verdict).endswith(
        "on a ring of these nodes it " + ("was the leaver's own." if own else "stays where it is.")
    )


OWNERS = dict(zip(KEYS, Maglev(NODES).owners_of(KEYS), strict=True))
CYDS = next(key for key in KEYS if OWNERS[key] == "cyd")
STAYS = next(key for key in KEYS if OWNERS[key] == "ada" and key not in moving(NODES, "cyd"))
WITNESSES = {
    "the leaver's own": ((NODES, "cyd", CYDS), f"'{CYDS}' was cyd's own, so it has to move."),
    "a key that stays": ((NODES, "cyd", STAYS), f"'{STAYS}' belongs to ada before and after cyd leaves."),
    "a stranger leaves": (
        (NODES, "dan", "Beijing"),
        "The leaver is one of the nodes; 'dan' is none of them.",
    ),
    "the leaver's number": ((NODES, 2, "Beijing"), "The leaver is one of the nodes; 2 is none of them."),
    "without the nodes": (
        ("cyd", "Beijing"),
        'The answer is three things, check("3.2", (nodes, leaver, key))',
    ),
    "the names in one text": (("ada bob", "ada", "Beijing"), "nodes is a list of names"),
    "one node": ((["ada"], "ada", "Beijing"), "two to six different names; these are 1"),
    "seven nodes": ((list("abcdefg"), "a", "Beijing"), "two to six different names; these are 7"),
    "a name twice": ((["ada", "bob", "ada"], "ada", "Beijing"), "two to six different names; these are 3"),
    "the key's number": ((NODES, "cyd", 17), 'key is a text, such as "Beijing"; this is 17.'),
    "all the keys": ((NODES, "cyd", ["Beijing"]), 'key is a text, such as "Beijing"; this is'),
}


@pytest.mark.parametrize("mistake", WITNESSES)
def test_every_wrong_witness_gets_its_own_answer(mistake):
    attempt, reason = WITNESSES[mistake]
    verdict = check("3.2", attempt)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_with_two_nodes_there_is_nowhere_else_to_move():
    verdict = check("3.2", (["ada", "bob"], "bob", "Beijing"))
    assert verdict.outcome == "not yet"
    assert moving(["ada", "bob"], "bob") == []


# --- 3.3 ---


def test_no_choice_is_not_attempted_yet():
    assert check("3.3", dict.fromkeys(hashing.RIGHT, ...)).outcome == "not attempted yet"


def test_one_choice_that_is_missing_is_named():
    verdict = check("3.3", {**hashing.RIGHT, hashing.ZONED: ...})
    assert verdict.outcome == "not yet"
    assert f"There is no scheme yet for: {hashing.ZONED}." in str(verdict)


WRONG = [(need, name) for need, right in hashing.RIGHT.items() for name in hashing.SCHEMES if name != right]


@pytest.mark.parametrize(("need", "name"), WRONG)
def test_every_wrong_choice_has_a_reason_of_its_own(need, name):
    verdict = check("3.3", {**hashing.RIGHT, need: name})
    assert verdict.outcome == "not yet"
    assert f"{name} does not give you this: {need}." in str(verdict)
    assert hashing.LACKS[need, name][1:] in str(verdict)


def test_no_reason_is_given_twice():
    assert len(set(hashing.LACKS.values())) == len(hashing.LACKS) == len(WRONG)


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        (list(hashing.RIGHT.values()), "The answer is the dict of the stub"),
        ({hashing.ZONED: "ring"}, "with the same four needs as keys."),
        ({**hashing.RIGHT, hashing.ZONED: "Ring"}, "'Ring' is none of the schemes"),
        ({**hashing.RIGHT, hashing.ZONED: HashRing}, "is none of the schemes, which are ring, rendezvous"),
        ({**hashing.RIGHT, hashing.ZONED: ["ring", "jump"]}, "is none of the schemes"),
    ],
    ids=["a list", "one need", "another spelling", "the class", "two of them"],
)
def test_what_is_no_choice_is_told_so(attempt, reason):
    verdict = check("3.3", attempt)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


# What the reasons claim.


def test_of_many_nodes_with_128_points_some_have_a_quarter_too_much():
    nodes = [f"node {i}" for i in range(500)]
    shares = HashRing(nodes, vnodes=128).shares()
    assert max(shares.values()) * 500 > 1.25


def test_only_the_right_number_is_the_smallest():
    enough = [
        k for k in range(1, 1000) if theory.share_variance(hashing.NODES, k) ** 0.5 <= hashing.WANTED_SPREAD
    ]
    assert enough[0] == 380
