"""Seeds that break something, made small: what is left breaks the very same thing, and is replayed to prove it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import distlab
from distlab.checking import Register, linearizable
from distlab.faults import Crash, Partition, Pause, nemesis
from distlab.network import Network
from distlab.node import Message, Node
from distlab.seeds import search
from distlab.shrink import fewer, smaller_numbers
from distlab.simulate import Simulation
from distlab.world import replay
from tests.registers import HastyReader, Reader, atomic_register, replicated


def judged(trace):
    return linearizable(trace.history(), Register())


def scenario(reader, drawn=5):
    def with_seed(seed):
        nodes = replicated(reader, copies=3, reads=6)
        faults = nemesis(seed, ["partition", "pause"], nodes=list(nodes), until=100, count=drawn)
        return Simulation(nodes, seed, Network(delay=(1, 20)), faults)

    return with_seed


class Job(Message):
    number: int


class Worker(Node):
    """Cannot take the number seven, and has no use for the others."""

    done = ()

    def receive(self, message, sender):
        self.done = (*self.done, message.number)
        if message.number >= 7:
            raise RuntimeError("seven is too many")


class Boss(Node):
    def __init__(self, jobs):
        self.jobs = jobs

    def start(self):
        for job in self.jobs:
            self.send("worker", Job(job))


def office(seed=0):
    nodes = {"boss": Boss([3, 9, 1, 12]), "worker": Worker(), "idle": Node()}
    return Simulation(nodes, seed, Network(delay=(1, 9)), [Pause("idle", 1, 2), Crash("idle", 50)])


# --- finding and shrinking ---


@pytest.mark.parametrize(
    "asked",
    [{"at_end": {"atomic": judged}}, {"always": {"atomic": atomic_register}}],
    ids=["at_end", "always"],
)
def test_a_run_that_breaks_a_clause_is_found_and_made_small(asked):
    found = search(scenario(HastyReader), **asked, seeds=range(85, 95))
    assert (found.seed, found.clause, found.tried) == (90, "atomic", 6)
    assert len(found.simulation.faults) == 1
    assert isinstance(found.simulation.faults[0], Partition)
    assert len(found.trace.events) < len(found.original.events)
    assert not judged(found.trace)
    assert judged(scenario(Reader)(90).run())  # with the write-back the same seed is fine


def test_what_is_left_is_replayed():
    found = search(scenario(HastyReader), always={"atomic": atomic_register}, seeds=[90])
    again = found.simulation.run(found.trace.duration)
    assert again.to_json() == found.trace.to_json()
    nodes = found.simulation.nodes
    core = replay(nodes, found.core.schedule())
    assert core.events == found.core.events
    assert not judged(core)
    assert len(found.core.schedule()) < len(found.trace.schedule())
    assert not any(event.kind == "lost" for event in found.core.events)  # what is lost may as well be late


def test_it_says_why():
    found = search(scenario(HastyReader), always={"atomic": atomic_register}, seeds=[90])
    first, *_, last = found.why.split("\n")
    assert first.startswith("Step 18: reader got GetDone(value=None")
    assert "to the history it adds: reader completed None" in first
    assert "5 faults to 1 (Partition(" in last
    assert repr(found).startswith("✗ atomic: seed 90 breaks it after ")
    at_end = search(scenario(HastyReader), at_end={"atomic": judged}, seeds=[90])
    assert at_end.why.startswith("Reader's read returned None, but reader's read had already returned 1")


def test_the_same_question_gives_the_same_answer():
    first, second = (search(scenario(HastyReader), at_end={"atomic": judged}, seeds=[90]) for _ in range(2))
    assert first.trace.to_json() == second.trace.to_json()
    assert first.core.to_json() == second.core.to_json()
    assert (repr(first), first.why) == (repr(second), second.why)


def test_seeds_that_break_nothing_prove_nothing():
    found = search(scenario(Reader), at_end={"atomic": judged}, seeds=range(20))
    assert repr(found) == "✓ 20 seeds: nothing broken, which proves nothing"
    assert (found.seed, found.trace, found.core, found.why) == (None, None, None, "")
    assert found._repr_mimebundle_() == {"text/plain": repr(found)}


def test_an_error_in_a_node_is_a_finding_and_nodes_operations_and_numbers_shrink():
    found = search(office, seeds=[5])
    assert found.clause == "no node breaks"
    assert list(found.simulation.nodes) == ["boss", "worker"]
    assert found.simulation.nodes["boss"].jobs == [7]
    assert found.simulation.faults == ()
    assert found.why.split("\n")[0].startswith("worker raised RuntimeError (seven is too many)")
    assert "3 nodes to 2" in found.why


def test_a_simulation_is_a_scenario_too():
    assert search(office(), seeds=range(3)).seed == 0


def test_a_finding_is_shown_as_text_and_as_a_picture():
    assert distlab.Trace.drawing is not None
    found = search(scenario(HastyReader), at_end={"atomic": judged}, seeds=[90])
    data, _ = found._repr_mimebundle_()
    assert data["text/plain"] == f"{found!r}\n{found.why}"
    assert "atomic: broken" in data["image/svg+xml"]


# --- what cannot be asked ---


def test_bad_arguments_are_refused_in_a_sentence():
    with pytest.raises(TypeError, match="always is given by name"):
        search(office, always=judged)
    with pytest.raises(TypeError, match="a scenario is a function from a seed to a Simulation, not 3"):
        search(3)
    with pytest.raises(
        TypeError, match="a scenario gives a Simulation for each seed, and this one gave None for 0"
    ):
        search(lambda seed: None)
    with pytest.raises(ValueError, match="at_end 'x' answered nothing"):
        search(scenario(Reader), at_end={"x": lambda trace: None})
    with pytest.raises(ValueError, match="always 'x' raised KeyError"):
        search(scenario(Reader), always={"x": lambda world: world.nodes["z"]})


# --- the steps of shrinking ---


@given(st.lists(st.integers()))
def test_fewer_are_fewer_and_in_order(items):
    found = list(fewer(items))
    assert all(len(left) < len(items) for left in found)
    assert all(is_part(left, items) for left in found)
    assert not items or [] in found
    assert all([*items[:k], *items[k + 1 :]] in found for k in range(len(items)))


def is_part(left, items):
    rest = iter(items)
    return all(any(item is other for other in rest) for item in left)


@given(st.recursive(st.integers(-5, 100), lambda inner: st.lists(inner, max_size=3).map(tuple), max_leaves=4))
def test_smaller_numbers_have_the_same_shape(value):
    for simpler in smaller_numbers(value):
        assert total(simpler) < total(value)
        assert type(simpler) is type(value)


def total(value):
    return sum(map(total, value)) if isinstance(value, tuple) else value
