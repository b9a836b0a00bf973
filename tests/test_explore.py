import re

import pytest

from distlab.exploration import explore
from distlab.node import Message, Node, NodeError
from distlab.world import replay
from tests.protocols import NaturalManager, atomic, two_phase


class Hello(Message):
    pass


class Greeter(Node):
    def start(self):
        self.broadcast(Hello())

    def receive(self, message, sender):
        self.state = "greeted"


def greeters(n=2):
    return {name: Greeter() for name in "abcdef"[:n]}


# --- counts published by others (TLA+ TwoPhase: Gray and Lamport 2006) ---


@pytest.mark.parametrize(("n", "states", "depth"), [(3, 288, 10), (5, 8_832, 16)])
def test_two_phase_commit_has_as_many_states_as_its_specification(n, states, depth):
    found = explore(two_phase(n), {"no mixed outcome": atomic}, network="set")
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


@pytest.mark.parametrize(("n", "states"), [(3, 279), (5, 8_799)])
def test_a_manager_that_commits_on_the_last_vote_has_fewer(n, states):
    found = explore(two_phase(n, NaturalManager), {"no mixed outcome": atomic}, network="set")
    assert (found.states, found.complete, found.violation) == (states, True, None)


# --- what is found ---


def test_the_violation_is_a_shortest_run_and_replays():
    found = explore(two_phase(3), {"no mixed outcome": atomic}, crashes=1)
    assert found.clause == "no mixed outcome"
    assert found.violation.duration == found.depth == 10
    again = replay(two_phase(3), found.violation.schedule())
    assert again.events == found.violation.events
    assert not atomic(again.states()[-1])
    assert all(atomic(world) for world in again.states()[:-1] if world.steps < 10)


def test_the_same_question_gives_the_same_answer():
    first, second = (explore(two_phase(2), {"no mixed outcome": atomic}, crashes=1) for _ in range(2))
    assert first.violation.to_json() == second.violation.to_json()
    assert repr(first) == repr(second)


def test_it_says_what_it_found_in_one_line():
    assert repr(explore(two_phase(2), {"no mixed outcome": atomic}, network="set")) == (
        "✓ no mixed outcome: all 56 states, 209 transitions, 7 steps deep"
    )
    assert repr(explore(greeters(), max_states=3)) == (
        "? not known beyond 3 states, 1 step deep; no part grows, it is their combinations that are many"
    )
    assert repr(explore(greeters(), {"nobody greets": lambda world: world.nodes["a"].state is None})) == (
        "✗ nobody greets: broken after 1 step; 2 states searched"
    )


def test_the_nodes_given_are_not_touched():
    nodes = greeters()
    explore(nodes)
    assert [vars(node) for node in nodes.values()] == [{}, {}]


def test_peers_say_who_can_reach_whom():
    line = {"a": ("b",), "b": ("a", "c"), "c": ("b",)}
    assert explore(greeters(3), peers=line).states == 2**4
    assert explore(greeters(3)).states == 2**6


def test_within_bounds_what_never_ends():
    class Counting(Node):
        count = 0

        def start(self):
            self.set_timer("tick", 1)

        def wake(self, timer):
            self.count += 1
            self.set_timer("tick", 1)

    def up_to_five(world):
        return world.nodes["a"].count <= 5

    found = explore({"a": Counting()}, within=up_to_five)
    assert (found.states, found.depth, found.complete) == (7, 6, True)
    assert "within up_to_five" in repr(found)
    assert explore({"a": Counting()}, timeouts=3).states == 4
    assert explore({"a": Counting()}, timeouts=0).states == 1
    unbounded = explore({"a": Counting()}, max_states=100)
    assert (unbounded.states, unbounded.complete) == (100, False)


def test_many_copies_of_a_message_are_counted_in_a_bag():
    class Flooder(Node):
        def start(self):
            for _ in range(9):
                self.send("b", Hello())

    found = explore({"a": Flooder(), "b": Node()})
    assert (found.states, found.depth) == (10, 9)
    lossy = explore({"a": Flooder(), "b": Node()}, losses=1, duplicates=1)
    assert lossy.depth == 11  # one is doubled, and ten arrive


class Passing(Node):
    """Passes everything on to a node inside it, as a traitor does."""

    wraps = True

    def __init__(self, inner):
        self.inner = inner

    def start(self):
        self.lend().start()

    def receive(self, message, sender):
        self.lend().receive(message, sender)

    def wake(self, timer):
        self.lend().wake(timer)

    def lend(self):
        self.inner._context, self.inner._effects = self._context, self._effects
        return self.inner


def test_a_node_inside_another_is_searched_as_if_it_stood_alone():
    def inner_atomic(world):
        states = [node.inner.state for name, node in world.nodes.items() if name != "tm"]
        return not {"committed", "aborted"} <= set(states)

    nodes = {name: node if name == "tm" else Passing(node) for name, node in two_phase(3).items()}
    found = explore(nodes, {"no mixed outcome": inner_atomic}, network="set")
    assert (found.states, found.violation) == (288, None)
    assert found.exercised.never_run == ()
    assert (
        "rm0.inner went from ResourceManager(state='prepared')"
        in explore(nodes, {"no mixed outcome": inner_atomic}, crashes=1).why
    )


# --- histories ---


class Caller(Node):
    def start(self):
        self.set_timer("go", 1)

    def wake(self, timer):
        if timer == "go":
            self.invoke(("read",))
            self.set_timer("end", 1)
        else:
            self.complete(0)


def test_the_order_of_calls_tells_worlds_apart_only_where_it_is_read():
    clients = {"a": Caller(), "b": Caller()}
    assert explore(clients).states == 9
    found = explore(clients, {"short": lambda world: len(world.history) <= 2})
    assert found.states == 1 + 2 + 4 + 6 + 6  # the orders of the four events in which each call comes first
    assert found.complete


# --- what cannot be asked ---


def refuse(sentence, error=ValueError, nodes=None, **arguments):
    with pytest.raises(error) as caught:
        explore(nodes or greeters(), **arguments)
    assert sentence in str(caught.value)


def test_bad_arguments_are_refused_in_a_sentence():
    refuse("network is one of bag, set, fifo and rounds, not 'bags'", network="bags")
    refuse("timers is 'any' or 'ordered'", timers="sorted")
    refuse("crashes counts: it is a whole number, 0 or more, not -1", crashes=-1)
    refuse("losses counts", losses=1.5)
    refuse("duplicates counts", duplicates=True)
    refuse("timeouts counts", timeouts=-2)
    refuse("max_states counts: it is a whole number, 1 or more", max_states=0)
    refuse("delivers again and again", network="set", duplicates=1)
    refuse("within is a function of the world", TypeError, within=3)
    refuse("always is given by name", TypeError, always=atomic)
    refuse("sometimes 'x' is a function of the world, not 3", TypeError, sometimes={"x": 3})
    refuse("peers names 'c'", peers={"a": ["c"]})
    refuse("nodes are given by name", TypeError, nodes=[Greeter()])


def test_an_invariant_has_to_answer():
    refuse("always 'x' answered nothing (a return is missing?)", always={"x": lambda world: None})
    refuse("always 'x' answered [], which is neither true nor false", always={"x": lambda world: []})
    refuse("raised KeyError (3)", always={"x": lambda world: {}[3]})
    refuse("there is no node 'z'", always={"x": lambda world: world.nodes["z"].state})
    refuse("a search counts no steps", always={"x": lambda world: world.steps < 3})
    refuse("changes nothing in it", always={"x": lambda world: setattr(world.nodes["a"], "state", 1)})


def test_an_invariant_may_not_change_what_it_looks_at():
    class Listing(Greeter):
        def receive(self, message, sender):
            self.heard = [*getattr(self, "heard", []), sender]

    def sorts(world):
        return all(getattr(node, "heard", []).sort() is None for node in world.nodes.values())

    refuse(
        "always 'x' changed a, and may only look", nodes={n: Listing() for n in "abc"}, always={"x": sorts}
    )


def test_an_invariant_has_to_depend_on_the_world_alone():
    flips = iter("ab" * 1000)
    refuse(
        "always 'x' looked at something else", always={"x": lambda world: world.nodes[next(flips)].state != 3}
    )


def test_a_handler_that_breaks_is_found_by_the_shortest_way():
    class Fragile(Greeter):
        def receive(self, message, sender):
            self.heard = getattr(self, "heard", 0) + 1
            if self.heard == 2:
                raise RuntimeError("twice is too much")

    with pytest.raises(NodeError) as caught:
        explore({name: Fragile() for name in "abc"})
    where = r"while handling Hello\(\) from ., at step 2 of a shortest way there"
    assert re.match(rf". raised RuntimeError \(twice is too much\); {where}, line \d+", str(caught.value))
    assert "raise RuntimeError" in str(caught.value)
    assert caught.value.trace.duration == 1


def test_a_clock_is_refused():
    class Late(Node):
        def start(self):
            self.began = self.now

    with pytest.raises(NodeError, match="asked for `now`, but a search has no clock"):
        explore({"a": Late()})
