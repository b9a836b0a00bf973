"""The replicated register: exact numbers of states, shortest violations, and what is stale."""

import itertools

import pytest

from distlab import Network, Partition, Register, Simulation, explore, linearizable
from distlab.algorithms.quorum import ABD, Client, Frugal, FrugalABD, register


def atomic(world):
    return linearizable(world.history, Register(0)).ok


def once_and_twice(kind, n=3, r=2, w=2):
    """One write, and two reads by one reader."""
    names = [f"r{i}" for i in range(1, n + 1)]
    people = {"ana": kind(names, [("write", 1)], r, w), "ben": kind(names, [("read",)] * 2, r, w)}
    return register(people, names)


@pytest.mark.parametrize(
    ("kind", "n", "r", "w", "steps", "states"),
    [(Client, 2, 1, 2, 5, 163), (Client, 3, 2, 2, 9, 4_793), (Frugal, 3, 2, 2, 9, 2_483)],
)
def test_quorums_that_meet_are_not_enough(kind, n, r, w, steps, states):
    found = explore(once_and_twice(kind, n, r, w), {"linearizable": atomic})
    assert (found.violation.duration, found.states) == (steps, states)
    new, old = [o.result for o in found.violation.history() if o.call == ("read",)]
    assert (new, old) == (1, 0)


@pytest.mark.parametrize(
    ("kind", "n", "r", "w", "states"), [(ABD, 2, 1, 2, 10_188), (FrugalABD, 3, 2, 2, 8_010)]
)
def test_with_the_write_back_it_is_linearizable(kind, n, r, w, states):
    found = explore(once_and_twice(kind, n, r, w), {"linearizable": atomic})
    assert (found.violation, found.complete, found.states) == (None, True, states)


def test_the_write_back_does_not_mend_quorums_that_miss_each_other():
    assert explore(once_and_twice(FrugalABD, 3, 1, 1), {"linearizable": atomic}).violation is not None


def test_a_replica_that_crashes_comes_back_with_what_it_had():
    nodes = register({"ana": ABD(["r1"], [("write", 1), ("read",)])}, ["r1"])
    found = explore(nodes, {"linearizable": atomic}, crashes=1)
    assert found.complete and found.violation is None


def test_a_majority_lives_through_a_crash_and_a_minority_does_not():
    ana = {"ana": ABD(("r1", "r2", "r3"), [("write", 1), ("read",)])}
    far = Partition({"r3"}, {"ana"})
    near = Partition({"r2"}, {"ana"})
    some = Simulation(register(dict(ana)), faults=[far]).run().history()
    assert [o.result for o in some.completed] == [None, 1]
    assert not Simulation(register(dict(ana)), faults=[far, near]).run().history().completed


@pytest.mark.parametrize("seed", range(5))
def test_asking_again_gets_through_a_lossy_network_and_does_no_harm(seed):
    names = ("r1", "r2", "r3")
    people = {
        "ana": ABD(names, [("write", k) for k in range(1, 6)], think=(1, 10), patience=8),
        "ben": ABD(names, [("read",)] * 5, think=(1, 10), patience=8),
    }
    lossy = Network((1, 4), loss=0.4, duplicates=0.2)
    history = Simulation(register(people, names), seed, lossy).run(until=5_000).history()
    assert len(history.completed) == 10
    assert linearizable(history, Register(0)).ok


def test_a_writer_who_also_reads_keeps_counting():
    names = ("r1", "r2", "r3")
    calls = list(itertools.chain(*((("write", k), ("read",)) for k in range(1, 20))))
    for seed in range(5):
        ana = Frugal(names, calls)
        history = Simulation(register({"ana": ana}, names), seed).run().history()
        assert [o.result for o in history][1::2] == list(range(1, 20))


def test_a_quorum_of_nobody_is_refused():
    for r in (0, 4):
        with pytest.raises(ValueError, match=f"r is between 1 and the 3 replicas, not {r}"):
            Client(("r1", "r2", "r3"), [("read",)], r=r)
