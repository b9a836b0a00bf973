"""Predict, run, compare: a guess is kept, and shown beside what the run gave."""

from __future__ import annotations

import os
import sys
from typing import Any

from distlab import values


def quiet() -> bool:
    """Whether nothing a learner did may show: the outputs of this run are compared with committed ones."""
    return os.environ.get("DISTLAB_QUIET") == "1"


class _Shown:
    """Something that shows one line of text, or, where outputs are compared, nothing at all."""

    def _words(self) -> str:
        raise NotImplementedError

    def __repr__(self) -> str:
        return "" if quiet() else self._words()

    def _ipython_display_(self) -> None:
        if not quiet():
            from IPython.display import display

            display({"text/plain": self._words()}, raw=True)


class Guess(_Shown):
    """What a learner expects of a run."""

    def __init__(self, question: str, guess: Any) -> None:
        self.question, self.guess = question, guess

    @property
    def made(self) -> bool:
        """Whether there is one."""
        return self.guess is not ... and self.guess is not None

    def compare(self, answer: Any) -> Comparison:
        """Show the guess beside what the run gave: at once, wherever in a cell this stands."""
        comparison = Comparison(self, answer)
        ipython = sys.modules.get("IPython")
        if ipython is not None and ipython.get_ipython() is not None:
            comparison._ipython_display_()
            comparison.shown = True
        return comparison

    def _words(self) -> str:
        if not self.made:
            return f"{self.question}  No guess yet: put one in place of the ... and run this cell again."
        return f"{self.question}  Your guess: {values.text(self.guess)}"


class Comparison(_Shown):
    """A guess and what came."""

    def __init__(self, guess: Guess, answer: Any) -> None:
        self.guess, self.answer, self.shown = guess, answer, False

    def _ipython_display_(self) -> None:
        if not self.shown:
            super()._ipython_display_()

    def _words(self) -> str:
        said = shortly(self.answer)
        if not self.guess.made:
            return f"{self.guess.question}  The run gave {said}. (What would you have guessed?)"
        mine = shortly(self.guess.guess)
        return f"{self.guess.question}  You guessed {mine}, the run gave {said}: {self._distance()}."

    def _distance(self) -> str:
        guess, answer = self.guess.guess, self.answer
        if guess == answer:
            return "exactly"
        numbers = (int, float)
        if not isinstance(guess, numbers) or not isinstance(answer, numbers):
            return "not the same"
        if isinstance(guess, bool) or isinstance(answer, bool):
            return "not the same"
        if guess > 0 and answer > 0 and not 0.5 < answer / guess < 2:
            return f"{answer / guess:.2g} times your guess"
        return f"{shortly(abs(answer - guess))} {'more' if answer > guess else 'less'} than your guess"


def shortly(value: Any) -> str:
    """A value in one line; floats with four significant digits."""
    return f"{value:.4g}" if isinstance(value, float) else values.text(value)


def predict(question: str, guess: Any = ...) -> Guess:
    """Keep a guess, to be compared with what a run gives: ``guess.compare(42)``.

    Parameters
    ----------
    question : str
        What is asked: ``"How many messages?"``.
    guess : object
        A number, a word, ...; ``...`` while there is none.

    Returns
    -------
    Guess
        With ``.compare(answer)``. Both show nothing where ``DISTLAB_QUIET=1`` is set.
    """
    return Guess(question, guess)
