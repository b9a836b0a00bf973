"""Clocks without a wall, held to the happened-before of random runs."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from distlab import Clock, Crash, Message, Network, Node, Simulation
from distlab.algorithms.clocks import Hybrid, Lamport, Vector, concurrent, vector_times


class Stamped(Message):
    hops: int
    lamport: Lamport
    vector: Vector
    hybrid: Hybrid


class Gossiper(Node):
    """Stamps all that it does with all three clocks, and notes the stamps."""

    def start(self):
        self.lamport, self.vector, self.hybrid = Lamport(), Vector(), Hybrid()
        self.set_timer("speak", (0, 50))

    def wake(self, timer):
        self.lamport, self.vector = self.lamport.tick(), self.vector.tick(self.name)
        self.hybrid = self.hybrid.tick(self.now)
        self.say(2)

    def receive(self, message, sender):
        self.lamport = self.lamport.merge(message.lamport)
        self.vector = self.vector.merge(message.vector, self.name)
        self.hybrid = self.hybrid.merge(message.hybrid, self.now)
        self.say(message.hops - 1)

    def say(self, hops):
        self.note(f"{self.lamport.time}|{self.vector}|{self.hybrid.wall}|{self.hybrid.count}|{self.now}")
        if hops:
            to = self.choose(self.peers)
            self.send(to, Stamped(hops, self.lamport, self.vector, self.hybrid))


def run(nodes, seed, faults=()):
    system = {name: Gossiper() for name in "abcd"[:nodes]}
    return Simulation(system, seed, Network((1, 80)), faults).run()


runs = st.builds(run, st.integers(2, 4), st.integers(0, 10_000))


def notes(trace):
    return [event for event in trace.events if event.kind == "noted"]


@given(runs)
def test_vectors_say_exactly_what_happened_before(trace):
    before = nx.transitive_closure_dag(trace.happened_before())
    times = vector_times(trace)
    for a in times:
        for b in times:
            assert (times[a] < times[b]) == before.has_edge(a, b)


@given(runs)
def test_the_clocks_of_nodes_order_their_steps_as_the_runs_do(trace):
    before = nx.transitive_closure_dag(trace.happened_before())
    said = {event.index: event.detail.split("|") for event in notes(trace)}
    for a, first in said.items():
        for b, second in said.items():
            if before.has_edge(a, b):
                assert int(first[0]) < int(second[0])  # Lamport's clock condition
                assert (float(first[2]), int(first[3])) < (float(second[2]), int(second[3]))


def test_a_smaller_number_proves_nothing_and_a_smaller_vector_does():
    a, b = Vector.of({"a": 1}), Vector.of({"b": 2})
    assert a.concurrent(b) and not a < b and not b < a
    assert a < a.tick("b") and not a.tick("b") < a and not a.concurrent(a.tick("b"))
    assert a <= a and not a < a and not a.concurrent(a)
    assert Vector.of({"a": 0}) == Vector() < a


def test_a_message_carries_the_past_along():
    sent = Vector().tick("a")
    assert Vector.of({"b": 3}).merge(sent, "b") == Vector.of({"a": 1, "b": 4})
    assert Lamport(5).merge(Lamport(2)) == Lamport(6)
    assert Lamport(2).merge(Lamport(5)) == Lamport(6)
    assert repr(Vector.of({"b": 2, "a": 1})) == "⟨a1 b2⟩"


def test_a_hybrid_clock_follows_the_wall_and_waits_for_it():
    fast = Hybrid().tick(100)
    assert fast == Hybrid(100, 0)
    slow = Hybrid().merge(fast, 40)  # a wall that is behind
    assert slow == Hybrid(100, 1)
    assert slow.tick(41) == Hybrid(100, 2)
    assert slow.tick(101) == Hybrid(101, 0)


def test_a_hybrid_clock_is_never_further_ahead_than_the_clocks_are_apart():
    trace = run(4, 1, [Clock("b", offset=30), Clock("c", offset=-20)])
    for event in notes(trace):
        wall, now = float(event.detail.split("|")[2]), float(event.detail.split("|")[4])
        assert 0 <= wall - now <= 50


def test_concurrent_events_are_those_without_a_path():
    trace = run(3, 5, [Crash("c", 60, 90)])
    graph = trace.happened_before()
    chosen = [event.index for event in notes(trace)]
    pairs = concurrent(trace, of=chosen)
    assert pairs
    for i, a in enumerate(chosen):
        for b in chosen[i + 1 :]:
            ordered = nx.has_path(graph, a, b) or nx.has_path(graph, b, a)
            assert ordered != ((a, b) in pairs)
