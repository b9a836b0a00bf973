"""What the resource lets pass, and what it says to the rest."""

import pytest

from distlab import Crash, Network, Simulation
from distlab.algorithms.locks import Read, Resource, Write, updates
from distlab.algorithms.locks.contender import Contender
from tests.algorithms.locks.systems import Teller, heard


def told(lines, faults=(), **options):
    nodes = {"store": Resource(**options), "ana": Teller(*[("store", line) for line in lines])}
    return heard(Simulation(nodes, faults=faults).run(until=60), "ana")


STALE = [Read(1), Read(2), Write(1, 7), Write(2, 8), Read(1)]


@pytest.mark.parametrize(
    ("checks", "refused"),
    [("all", [2, 4]), ("writes", []), ("nothing", [])],
    ids=["all", "writes", "nothing"],
)
def test_what_is_refused_is_what_was_seen_to_be_old(checks, refused):
    answers = told(STALE, checks=checks)
    assert [k for k, answer in enumerate(answers) if "too old" in answer] == refused


def test_one_that_checks_writes_refuses_an_old_write_after_a_newer_write():
    answers = told([Write(2, 8), Write(1, 7), Read(1)], checks="writes")
    assert "token 1 is too old: token 2 was here before" in answers[1]
    assert "Value(token=1, value=8)" in answers[2]


def test_a_late_copy_of_a_write_that_was_done_is_not_called_refused():
    answers = told([Write(1, 7), Read(2), Write(1, 7), Write(1, 8), Read(2)])
    assert "Wrote(token=1)" in answers[2] and "too old" in answers[3]
    assert "Value(token=2, value=7)" in answers[4]


def test_the_largest_token_survives_a_crash():
    lines = [Read(2)] + [Write(1, 7)] * 5
    answers = told(lines, faults=[Crash("store", 2.5, 3.5)])
    assert "too old" in answers[-1] and "Wrote" not in str(answers)


def test_a_token_of_another_lock_is_refused():
    answers = told([Write(9, 1, "cellar"), Write(1, 2, "attic")], lock="attic")
    assert "token 9 is of the lock 'cellar', and this is guarded by 'attic'" in answers[0]
    assert "Wrote(token=1)" in answers[1]


def test_a_token_is_a_number():
    assert "a token is a whole number that a lock service gave, not 'x'" in told([Write("x", 1)])[0]


def test_it_checks_one_of_three_things():
    with pytest.raises(ValueError, match="a resource checks one of all, writes, nothing, not 'some'"):
        Resource("some")


@pytest.mark.parametrize("seed", range(10))
def test_second_copies_of_its_answers_start_nothing_anew(seed):
    nodes = {"store": Resource("nothing"), "ana": Contender(turns=1, stay=5, resource="store")}
    trace = Simulation(nodes, seed, Network(delay=(1, 9), duplicates=0.5)).run(until=2000)
    assert [o.result for o in updates(trace)] == [1]
    assert trace.final["ana"] == "idle"
