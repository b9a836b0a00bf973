"""Exercise 2.1, attempted rightly and wrongly."""

import pytest

from distlab import Register, linearizable
from distlab.exercises import check, solution
from distlab.exercises.core_concepts import six_histories
from distlab.exercises.core_concepts.histories import STUB, explained

RIGHT = {"A": [2, 1, 3], "B": {2, 3}, "C": {2, 3}, "D": [2, 3, 1, 4], "E": {3, 4}, "F": [2, 1, 3]}


def test_the_stub_is_not_attempted_yet():
    assert check("2.1", STUB).outcome == "not attempted yet"


def test_the_reference_passes():
    space = {}
    exec(repr(solution("2.1")), space)
    assert check("2.1", space["answers"]).lines == [
        "A, D and F have an order that explains every result; B, C and E cannot have one."
    ]


OTHERS = {
    "with the forgotten writes named": {"B": {1, 2, 3}, "E": {1, 2, 3, 4}},
    "as tuples and frozensets": {"A": (2, 1, 3), "C": frozenset({2, 3})},
}


@pytest.mark.parametrize("style", OTHERS)
def test_every_right_style_passes(style):
    verdict = check("2.1", RIGHT | OTHERS[style])
    assert verdict.passed, verdict


WRONG = {
    "goes by the beginnings": (
        {"A": [1, 2, 3]},
        "A: 2 (carl: read -> 0), but in your order the register holds 1",
    ),
    "sees a contradiction in an overlap": ({"A": {2, 3}}, "A: these do not contradict each other."),
    "reads back in time": ({"B": [1, 3, 2]}, "But 2 had returned before 3 began."),
    "takes the write for the culprit": ({"C": {1, 3}}, "C: these do not contradict each other."),
    "names everything": ({"C": {1, 2, 3}}, "without 1 (ana: write 1) the rest is just as impossible"),
    "leaves a read out": ({"D": [2, 3, 1]}, "the order leaves out 4 (dora: read -> 1)"),
    "forgets a write": ({"D": [2, 3, 4]}, "the order leaves out 1 (ana: write 1)"),
    "finds an order where there is none": ({"E": [2, 1, 3, 4]}, "E: 4 (dora: read -> 2), but"),
    "drops what never returned": (
        {"F": [2, 3]},
        "F: 3 (carl: read -> 1), but in your order the register holds 0",
    ),
    "counts from zero": ({"A": [1, 0, 2]}, "A has no operation 0: they are 1 to 3."),
    "says one twice": ({"A": [2, 1, 1, 3]}, "A: operation 1 stands twice."),
    "leaves one open": ({"F": []}, "F has no answer."),
    "says yes": ({"F": True}, "F is a list (an order) or a set (a contradiction), not True."),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    change, reason = WRONG[mistake]
    verdict = check("2.1", RIGHT | change)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_an_answer_has_six_parts():
    assert "keys A, B, C, D, E and F" in str(check("2.1", {"A": [2, 1, 3]}))
    assert "keys A, B, C, D, E and F" in str(check("2.1", [2, 1, 3]))


def test_the_exercise_and_the_judge_agree():
    for name, history in six_histories().items():
        every = frozenset(range(1, len(history) + 1))
        verdict = linearizable(history, Register(0))
        assert (
            verdict.ok == (explained(history, every, dated=True) is not None) == isinstance(RIGHT[name], list)
        )
