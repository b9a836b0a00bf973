"""The laws that hold the simulation to the specification of a step, and chance to its streams."""

import os
import subprocess
import sys
from collections import Counter, defaultdict
from operator import eq

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import values
from distlab.faults import Crash, Pause
from distlab.network import Network
from distlab.node import Message, Node
from distlab.simulate import Simulation
from distlab.trace import Trace
from distlab.world import World, replay, trace_of
from tests.randomly import NAMES, Ping, Tell, faults, known, simulations

OF_THE_NETWORK = ("lost", "duplicated", "cut", "healed", "paused", "resumed", "clock")


def lives(trace):
    """What happened at each node, in order, without times and without what only the network knows."""
    found = defaultdict(list)
    for e in trace.events:
        if e.kind not in OF_THE_NETWORK:
            found[e.node].append((e.kind, e.other, e.message, e.n, values.text(e.detail)))
    return found


def fates(trace):
    """How many copies of each message came into being, and were lost."""
    return Counter((e.kind, e.other, e.node, e.n) for e in trace.events if e.kind in ("lost", "duplicated"))


@given(simulations())
def test_a_simulated_run_replays_step_by_step_with_equal_states(simulation):
    trace = simulation.run(until=12, max_events=250)
    peers = simulation.network.peers(simulation.nodes)
    again = replay(simulation.nodes, trace.schedule(), peers=peers)
    assert again.schedule() == trace.schedule()
    assert fates(again) == fates(trace)
    simulated, replayed = lives(trace), lives(again)
    for name in simulation.nodes:  # a node that waits for its disk at the end is further in the replay
        assert simulated[name] == replayed[name][: len(simulated[name])]
        assert simulation.disk.latency.average or simulated[name] == replayed[name]
    for event, world in zip(trace.events, trace.states(), strict=True):
        if event.kind == "noted" and world.up[event.node]:  # else a crash in the same step took it all
            assert known(world.nodes[event.node]) == event.detail


@given(simulations())
def test_the_same_seed_gives_the_same_bytes_and_json_gives_them_back(simulation):
    trace = simulation.run(until=12, max_events=250)
    written = trace.to_json()
    assert simulation.run(until=12, max_events=250).to_json() == written
    assert Trace.from_json(written, [Ping, Tell]).to_json() == written
    assert Trace.from_json(written).to_json() == written
    assert list(map(str, Trace.from_json(written).events)) == list(map(str, trace.events))


# --- the same run in every process ---

SETS = """
from distlab import Clock, Crash, Disk, Loss, Message, Network, Node, Partition, Simulation

class Rumour(Message):
    heard: frozenset[str]
    pairs: tuple[frozenset[int], ...] = ()

class Gossip(Node):
    def __init__(self):
        self.heard = set()

    def start(self):
        self.heard.add(self.name)
        for name in {*self.peers}:
            self.set_timer(name, (1, 5))
        for name in {*self.peers}:
            self.disk.log.append(len(self.heard))
        self.broadcast(Rumour(frozenset(self.heard)), to={*self.peers})

    def wake(self, timer):
        for name in {*self.peers}:
            self.send(name, Rumour(frozenset(self.heard), (frozenset({len(self.heard)}),)))
        self.invoke(("tell", frozenset(self.heard)))
        self.complete(frozenset(self.heard))
        self.set_timer(timer, (1, 5))

    def receive(self, message, sender):
        self.heard |= message.heard
        self.state = frozenset(self.heard)
        self.disk["heard"] = self.heard

names = ["ant", "bee", "cat", "dog", "eel", "fox"]
faults = [Crash("ant", 3, 6), Partition({"bee", "cat", "eel"}, {"dog", "fox"}, 4, 8), Clock("eel", 1.3), Loss(0.2)]
trace = Simulation({name: Gossip() for name in names}, seed=3, network=Network((0.5, 2), duplicates=0.1),
                   faults=faults, disk=Disk((0, 1)), wire=True).run(until=15)
print(trace.to_json())
print(*trace.events, sep="\\n")
print(trace.schedule(), trace, trace.states()[-1])
"""


def test_a_run_is_the_same_under_every_hash_seed():
    said = set()
    for seed in ("0", "1", "4711"):
        done = subprocess.run(
            [sys.executable, "-c", SETS],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        said.add(done.stdout)
    assert len(said) == 1 and len(said.pop()) > 10_000


# --- what if ---


class Chatter(Node):
    """Sends to everybody again and again, at times of its own; answers; chooses."""

    def start(self):
        self.set_timer("talk", (0.5, 1))

    def wake(self, timer):
        self.send(self.choose(self.peers), Ping(0))
        self.broadcast(Ping(1))
        self.disk.log.append(1)
        self.set_timer("talk", (0.5, 1))

    def receive(self, message, sender):
        if message.n == 1 and self.choose([True, False]):
            self.send(sender, Ping(2))


def draws(simulation):
    """The delay of each message that arrived, and the answers of each node, in order."""
    trace = simulation.run(until=12)
    frozen = {fault.node for fault in simulation.faults if isinstance(fault, Pause)}
    delays = {
        (m.sender, m.receiver, m.n): round(m.end.at - m.sent.at, 6)
        for m in trace.messages()
        if m.delivered and m.receiver not in frozen
    }
    answers = {
        name: [e.n for e in trace.events if e.kind == "chosen" and e.node == name] for name in trace.names
    }
    return delays, answers


@given(st.integers(0, 99), faults(NAMES), faults(NAMES), st.sampled_from([0, 0.2]))
def test_adding_faults_leaves_all_other_draws_as_they_were(seed, some, more, loss):
    nodes = {name: Chatter() for name in NAMES}
    network = Network((0.1, 3), loss=loss)
    one, chosen = draws(Simulation(nodes, seed, network, some))
    other, chosen_then = draws(Simulation(nodes, seed, network, [*some, *more]))
    both = one.keys() & other.keys()
    assert {m: one[m] for m in both} == {m: other[m] for m in both}
    for name in NAMES:
        assert all(map(eq, chosen[name], chosen_then[name]))


@given(st.integers(0, 99), st.floats(0, 0.5), st.floats(0, 0.5))
def test_turning_losses_up_loses_more_and_changes_nothing_else(seed, one, other):
    """The same messages are lost, and some more; those that arrive take as long as before."""
    less, more = sorted((one, other))
    nodes = {"a": Clockwork(), "b": Clockwork()}

    def lost(rate):
        trace = Simulation(nodes, seed, Network((0.1, 3), loss=rate)).run(until=20)
        return (
            {(m.sender, m.n) for m in trace.messages() if m.lost},
            {(m.sender, m.n): m.end.at for m in trace.messages() if m.delivered},
        )

    (gone, came), (more_gone, still_came) = lost(less), lost(more)
    assert gone <= more_gone
    assert still_came.items() <= came.items()


class Clockwork(Node):
    """Sends as a clock ticks, whatever it hears."""

    def start(self):
        self.set_timer("tick", 1)

    def wake(self, timer):
        self.broadcast(Ping(0))
        self.set_timer("tick", 1)


# --- why crash points ---


class Vote(Message):
    yes: bool


class Outcome(Message):
    commit: bool


class Coordinator(Node):
    """Of a two-phase commit with one participant; `careless` sends before it writes."""

    def __init__(self, careless):
        self.careless = careless

    def start(self):
        self.send("rm", Vote(True))

    def receive(self, message, sender):
        if self.state is None:
            self.decide(message.yes)

    def decide(self, commit):
        if self.careless:
            self.send("rm", Outcome(commit))
            self.disk["decision"] = commit
        else:
            self.disk["decision"] = commit
            self.send("rm", Outcome(commit))
        self.state = "committed" if commit else "aborted"

    def recover(self):
        decision = self.disk.get("decision")
        if decision is None:  # presumed abort: nobody can have been told to commit
            self.decide(False)
        else:
            self.state = "committed" if decision else "aborted"
            self.send("rm", Outcome(decision))


class Participant(Node):
    def receive(self, message, sender):
        if isinstance(message, Vote):
            self.disk["prepared"] = True
            self.send(sender, Vote(True))
        elif self.state is None:
            self.disk["outcome"] = message.commit
            self.state = "committed" if message.commit else "aborted"

    def recover(self):
        outcome = self.disk.get("outcome")
        if outcome is not None:
            self.state = "committed" if outcome else "aborted"


def two_phase(careless):
    return {"tm": Coordinator(careless), "rm": Participant()}


def mixed(states):
    return {"committed", "aborted"} <= set(states)


def reachable(world, crashes):
    """Every world after this one with that many crashes at the most, by brute force."""
    seen, waiting = set(), [(world, crashes)]
    while waiting:
        world, left = waiting.pop()
        if (world.key(), left) not in seen:
            seen.add((world.key(), left))
            yield world
            for choice in world.enabled(crashes=left > 0):
                crash = choice.kind == "crash" or "crash_after" in choice.options
                waiting.append((world.step(choice), left - crash))


@pytest.mark.parametrize("careless", [True, False])
def test_sending_before_writing_breaks_two_phase_commit_at_a_crash_point(careless):
    worlds = list(reachable(World(two_phase(careless)), crashes=1))
    assert any(mixed(node.state for node in world.nodes.values()) for world in worlds) is careless
    assert len(worlds) > 20


@pytest.mark.parametrize("careless", [True, False])
def test_a_crash_fault_reaches_every_such_point(careless):
    """The same in simulated time: a crash of each node at each of its handlers, after each number of effects."""
    broken = []
    for name in ("tm", "rm"):
        for at in (0, 1, 2, 3):
            for k in range(4):
                fault = Crash(name, at, until=at + 10, after_effects=k)
                trace = Simulation(two_phase(careless), faults=[fault]).run()
                if mixed(trace.final.values()):
                    broken.append((name, at, k))
    after_the_send = [
        ("tm", 1, 1),
        ("tm", 1, 2),
        ("tm", 2, 1),
        ("tm", 2, 2),
    ]  # written by then, but not forced
    assert broken == (after_the_send if careless else [])


# --- the synchronous model ---


class Flood(Node):
    """Sends what it knows at the start of each round, and answers what it hears: in rounds, or as messages come."""

    def __init__(self, rounds, answers):
        self.rounds, self.answers = rounds, answers
        self.round, self.heard = 0, []

    def start(self):
        if self.rounds:
            self.send(self.name, Ping(9))
            self.broadcast(Ping(0))
            self.set_timer("round", 1)

    def wake(self, timer):
        self.round += 1
        self.note(f"{self.heard}")
        if self.round < self.rounds:
            self.broadcast(Ping(self.round))
            self.set_timer("round", 1)

    def receive(self, message, sender):
        self.heard.append((self.round, sender, message.n))
        if message.n < 9 and len(self.heard) < self.answers:
            self.send(sender, Ping(message.n))


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=4))
def test_a_network_of_rounds_and_a_world_with_rounds_agree(plans):
    nodes = {f"n{i}": Flood(*plan) for i, plan in enumerate(plans)}
    trace = Simulation(nodes, network=Network.rounds()).run()
    worlds = [World(nodes, network="rounds")]
    while enabled := worlds[-1].enabled():
        assert len(enabled) == 1, "in rounds nothing is left to chance"
        worlds.append(worlds[-1].step(enabled[0]))
    assert trace.schedule() == trace_of(worlds).schedule()
    assert lives(trace) == lives(trace_of(worlds))
