"""Systems whose worlds others have counted, or that can be counted by hand: exact states, exact shortest ways."""

import pytest

from distlab.exploration import explore
from tests.puzzles import Ferry, Jugs, Tiles, TransactionCommit
from tests.registers import HastyReader, Reader, atomic_register, replicated, single_copy


def board(world):
    return world.nodes["board"].place


@pytest.mark.parametrize(
    ("puzzle", "states", "farthest", "unsolved", "shortest"),
    [
        (Jugs(), 16, 7, lambda world: 4 not in board(world), 6),
        (Ferry(), 10, 7, lambda world: board(world), 7),
        (Tiles(), 360, 21, lambda world: board(world) != (1, 2, 3, 4, 5, 0), 15),
    ],
)
def test_a_puzzle_has_its_known_size_and_its_known_solution(puzzle, states, farthest, unsolved, shortest):
    whole = explore({"board": puzzle})
    assert (whole.states, whole.depth, whole.complete) == (states, farthest, True)
    solved = explore({"board": puzzle}, {"unsolved": lambda world: bool(unsolved(world))})
    assert solved.violation.duration == shortest
    assert not unsolved(solved.violation.states()[-1])


def test_the_worlds_of_transaction_commit_are_those_that_tlc_counts():
    found = explore({"board": TransactionCommit(3)})
    assert (found.states, found.transitions) == (34, 94 - 1)  # TLC counts the initial state as generated


@pytest.mark.parametrize(("clients", "states", "depth"), [(2, 99, 8), (3, 5_473, 12)])
def test_one_copy_is_linearizable(clients, states, depth):
    found = explore(single_copy(clients), {"atomic": atomic_register})
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


def test_one_copy_has_fewer_worlds_where_nobody_reads_the_history():
    assert explore(single_copy(2)).states == 49


@pytest.mark.parametrize(
    ("reader", "copies", "reads", "states", "depth"),
    [(Reader, 2, 2, 606, 20), (HastyReader, 2, 2, 438, 12), (Reader, 3, 1, 8_587, 18)],
)
def test_many_copies_are_linearizable_with_a_write_back_or_where_quorums_are_everybody(
    reader, copies, reads, states, depth
):
    found = explore(replicated(reader, copies, reads), {"atomic": atomic_register})
    assert (found.states, found.depth, found.complete, found.violation) == (states, depth, True, None)


def test_without_a_write_back_a_later_read_may_get_an_older_value():
    found = explore(replicated(HastyReader, 3, 2), {"atomic": atomic_register})
    assert found.violation.duration == 9
    reads = [operation.result for operation in found.violation.history() if operation.call == ("read",)]
    assert reads == [1, None]
