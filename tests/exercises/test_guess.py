"""A guess is kept and shown beside what came; where outputs are compared it shows nothing."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from distlab.exercises import predict


@pytest.fixture
def loud(monkeypatch):
    monkeypatch.setenv("DISTLAB_QUIET", "0")


@pytest.mark.parametrize(
    ("guess", "answer", "said"),
    [
        (42, 42, "You guessed 42, the run gave 42: exactly."),
        (12, 42, "You guessed 12, the run gave 42: 3.5 times your guess."),
        (400, 42, "You guessed 400, the run gave 42: 0.1 times your guess."),
        (40, 42, "You guessed 40, the run gave 42: 2 more than your guess."),
        (50.5, 42, "You guessed 50.5, the run gave 42: 8.5 less than your guess."),
        (0, 3, "You guessed 0, the run gave 3: 3 more than your guess."),
        ("b", "c", "You guessed 'b', the run gave 'c': not the same."),
        (True, False, "You guessed True, the run gave False: not the same."),
        ({"b", "a"}, {"a"}, "You guessed {'a', 'b'}, the run gave {'a'}: not the same."),
        (0.333333333, 1 / 3, "You guessed 0.3333, the run gave 0.3333: 3.333e-10 more than your guess."),
        (..., 7, "The run gave 7. (What would you have guessed?)"),
    ],
)
def test_a_guess_beside_the_answer(loud, guess, answer, said):
    assert repr(predict("How many?", guess).compare(answer)) == f"How many?  {said}"


def test_a_guess_by_itself(loud):
    assert repr(predict("How many?", 3)) == "How many?  Your guess: 3"
    assert "put one in place of the ..." in repr(predict("How many?"))
    assert predict("How many?", 3).guess == 3


def test_nothing_shows_where_outputs_are_compared(monkeypatch, capsys):
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    shell = InteractiveShell.instance()
    assert repr(predict("How many?", 3)) == repr(predict("How many?", 3).compare(4)) == ""
    for shown in (predict("How many?", 3), predict("How many?").compare(4)):
        assert shell.display_formatter.format(shown) == ({}, {})
    assert capsys.readouterr().out == ""
