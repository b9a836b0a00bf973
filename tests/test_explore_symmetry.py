"""Nodes that may change places: as many worlds as there are classes of worlds; and who may not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import values
from distlab.engine.symmetry import Symmetry, renamed
from distlab.exploration import explore
from distlab.plain import FrozenDict
from tests.protocols import Ping, ResourceManager, Table, TransactionManager, atomic, tables, two_phase
from tests.randomly import fixed, plain
from tests.registers import Reader, atomic_register, replicated


def classes(nodes, group, **options):
    """The number of classes of worlds, by folding all of them."""
    breadth = explore(nodes, **options)._breadth
    symmetry = Symmetry(breadth.space, [group])
    return len({symmetry.fold(world) for world in breadth.order})


# TLC finds 288 and 80 for three resource managers, without and with symmetry.
@pytest.mark.parametrize(("network", "states"), [("set", 80), ("bag", 144), ("fifo", 144)])
def test_of_worlds_that_differ_only_in_names_one_stands_for_all(network, states):
    managers = ("rm0", "rm1", "rm2")
    whole = explore(two_phase(3), {"no mixed outcome": atomic}, network=network)
    found = explore(two_phase(3), {"no mixed outcome": atomic}, network=network, symmetry=[managers])
    assert (found.states, found.depth, found.complete) == (states, whole.depth, True)
    assert classes(two_phase(3), managers, network=network) == states


def test_the_shortest_run_is_one_of_the_specification():
    def undecided(world):
        return not all(node.state == "committed" for name, node in world.nodes.items() if name != "tm")

    whole = explore(two_phase(3), {"undecided": undecided})
    found = explore(two_phase(3), {"undecided": undecided}, symmetry=[("rm0", "rm1", "rm2")])
    assert found.violation.duration == whole.violation.duration
    assert not undecided(found.violation.states()[-1])


@given(tables, st.integers(1, 2), st.sampled_from(["bag", "set", "fifo"]))
def test_random_nodes_with_one_table_are_folded_or_refused(table, fuel, network):
    drawn = type(Table.of(table))
    nodes = {name: drawn(fuel) for name in "abc"}
    whole = explore(nodes, network=network, max_states=300)
    if not whole.complete:
        return
    try:
        found = explore(nodes, network=network, symmetry=[("a", "b", "c")])
    except ValueError as refused:
        if "may not change places" not in str(refused):
            raise
        return
    assert (found.states, found.depth) == (classes(nodes, ("a", "b", "c"), network=network), whole.depth)


# --- refusals ---


class Favouring(TransactionManager):
    def receive(self, message, sender):
        if sender != "rm0":
            super().receive(message, sender)


class Listing(TransactionManager):
    def __init__(self, managers):
        super().__init__()
        self.managers = managers


def system(manager):
    return {"tm": manager, "rm0": ResourceManager(), "rm1": ResourceManager()}


@pytest.mark.parametrize(
    ("manager", "options", "sentence"),
    [
        (TransactionManager(), {"symmetry": [("rm0", "tm")]}, "they are different nodes"),
        (
            TransactionManager(),
            {"peers": {"rm0": ("tm",)}},
            "they are different nodes, or reach different ones",
        ),
        (Listing(["rm0", "rm1"]), {}, "tm knows them apart"),
        (Favouring(), {}, "tm does something else when they do, while handling Prepared() from rm0"),
        (TransactionManager(), {"crashes": 1}, "a crash between two of its effects leaves another world"),
        (
            TransactionManager(),
            {"always": {"one": lambda world: world.nodes["rm0"].state == "working"}},
            "always 'one' gives another answer when they do",
        ),
        (
            TransactionManager(),
            {"eventually": {"x": atomic}},
            "symmetry does not go together with eventually",
        ),
        (TransactionManager(), {"network": "rounds"}, 'not go together with network="rounds"'),
        (TransactionManager(), {"timers": "ordered"}, 'not go together with timers="ordered"'),
        (
            TransactionManager(),
            {"symmetry": [("rm0", "rm7")]},
            "symmetry names 'rm7', but the nodes are tm, rm0",
        ),
        (TransactionManager(), {"symmetry": [("rm0", "rm1"), ("rm1", "tm")]}, "symmetry names rm1 twice"),
    ],
)
def test_who_may_not_change_places(manager, options, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        explore(system(manager), **({"symmetry": [("rm0", "rm1")]} | options))


def test_symmetry_is_a_list_of_tuples():
    with pytest.raises(TypeError, match="symmetry is a list of tuples of names"):
        explore(system(TransactionManager()), symmetry=("rm0", "rm1"))


def test_a_frozenset_of_names_is_symmetric():
    assert (
        explore(system(Listing(frozenset({"rm0", "rm1"}))), network="set", symmetry=[("rm0", "rm1")]).states
        == 34
    )


def test_histories_fold_too():
    clients = replicated(Reader, copies=2, reads=1)
    for node in (clients["writer"], clients["reader"]):
        node.replicas = frozenset(node.replicas)
    found = explore(clients, {"atomic": atomic_register}, symmetry=[("r0", "r1")])
    assert found.states == classes(clients, ("r0", "r1"), always={"atomic": atomic_register})


# --- renaming ---

EXCHANGE = {"a": "b", "b": "a"}


def test_names_are_exchanged_wherever_they_are():
    value = {"a": ["b", ("a", 1)], "c": {"a", "ab"}}
    assert renamed(value, EXCHANGE, {}) == {"b": ["a", ("b", 1)], "c": {"b", "ab"}}
    kept = renamed(FrozenDict({"a": "b"}), EXCHANGE, {})
    assert (type(kept), kept) == (FrozenDict, {"b": "a"})
    assert value["a"] == ["b", ("a", 1)]
    assert renamed(Ping(3), EXCHANGE, {}) == Ping(3)


@given(plain | fixed)
def test_exchanging_twice_changes_nothing(value):
    twice = renamed(renamed(value, EXCHANGE, {}), EXCHANGE, {})
    assert values.key(twice) == values.key(value)
