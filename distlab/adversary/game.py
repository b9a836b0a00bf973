"""The learner chooses: a system played by hand, and the search to ask about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from distlab import values
from distlab.adversary.limits import used
from distlab.adversary.line import Line
from distlab.adversary.played import Played
from distlab.adversary.search import Answer, Inquiry, Tick, shorter, winnable
from distlab.blame import listed
from distlab.engine.question import Question
from distlab.engine.space import Budgets
from distlab.engine.words import many
from distlab.schedule import Choice

WIDE = 92  # characters in a line of a schedule that is written down


class Game(Played):
    """A system of which somebody chooses what happens next; the search answers questions about the play.

    It is made as `Played` is.
    """

    # --- asking the search ---

    def shorter(self, tick: Tick | None = None) -> Answer:
        """Ask the search for a shorter way to what this play broke, with no more faults than it took.

        Raises
        ------
        ValueError
            When nothing is broken yet.
        """
        return self._shorter()(tick or _silent)

    def winnable(self, tick: Tick | None = None) -> Answer:
        """Ask the search whether anything that may follow breaks an invariant.

        It tries without further faults first, then with one and with two more of each kind, as far as
        the limits allow. `Answer.schedule` is a way there.

        Raises
        ------
        ValueError
            When there is no invariant that could break, or one is broken already.
        """
        return self._winnable()(tick or _silent)

    def inquire(self, what: str, told: Callable[[Inquiry], None] | None = None) -> Inquiry:
        """Ask in the background: ``"shorter"`` or ``"winnable"``; the raised errors are those of these methods."""
        asked = {"shorter": self._shorter, "winnable": self._winnable}
        if what not in asked:
            raise ValueError(f"one may ask for {listed(asked)}, not {values.text(what)}")
        return Inquiry(asked[what](), told)

    def _shorter(self) -> Callable[[Tick], Answer]:
        breach = self.line.breach
        if breach is None or breach.broken is None:
            raise ValueError("nothing is broken yet, so there is nothing to be shorter than: ask winnable()")
        worlds = self.line.upto(breach)
        choices = self.line.choices[: len(worlds) - 1]
        crashes, losses, duplicates, _ = used(choices)
        budgets = Budgets(crashes, losses, duplicates, self.limits.timeouts)
        clause, steps, question = breach.broken, worlds[-1].steps, self._question(budgets)
        return lambda tick: shorter(question, clause, steps, tick)

    def _winnable(self) -> Callable[[Tick], Answer]:
        if not self.question.always:
            raise ValueError('nothing can break: say what has to hold, always={"in words": function}')
        if self.broken is not None:
            raise ValueError(f"“{self.broken}” is broken already: ask shorter()")
        if len(self.world.started) < len(self.first.names):
            raise ValueError("the nodes have not all started yet: let them start first")
        left, question = self.limits.left(self.used), self._question(Budgets())
        worlds, schedule = self.line.worlds, self.schedule
        return lambda tick: winnable(question, left, worlds, schedule, tick)

    def _question(self, budgets: Budgets) -> Question:
        asked = self.question
        rest = (asked.within, asked.timers, asked.symmetry, asked.max_states, asked.peers)
        return Question(asked.nodes, asked.always, {}, {}, asked.network, budgets, *rest)

    def show(self, answer: Answer) -> None:
        """Put what the search found beside the lines of play, and go to its end; undo walks back in it.

        Raises
        ------
        ValueError
            When it found nothing.
        """
        if answer.schedule is None:
            raise ValueError(f"there is nothing to show: {answer.said}")
        line = self._line("found", answer.schedule)
        for number, one in enumerate(self.lines):
            if one.name.startswith("found") and [p.choices for p in one.plays] == [
                p.choices for p in line.plays
            ]:
                return self.switch(number)
        taken = {one.name for one in self.lines}
        name = next(
            n for k in range(len(taken) + 1) if (n := f"found {k + 1}" if k else "found") not in taken
        )
        self._add(Line(name, line.first, line.plays, line.at))

    # --- in words ---

    def code(self) -> str:
        """The schedule as it is typed into a cell."""
        lines, row = ["schedule = ["], "   "
        for choice in self.schedule:
            said = f" {_typed(choice.plain())},"
            if len(row) + len(said) > WIDE and row.strip():
                lines.append(row)
                row = "   "
            row += said
        if row.strip():
            lines.append(row)
        return "\n".join([*lines, "]"])

    def __iter__(self) -> Iterator[Choice]:
        """Its choices: wherever a schedule is wanted, the play itself will do."""
        return iter(self.schedule)

    def __repr__(self) -> str:
        world = self.world
        timers = sum(map(len, world.timers.values()))
        messages = many(len(world.in_flight), "message")
        said = f"adversary: {many(self.steps, 'step')}; {messages} under way, {many(timers, 'timer')} set"
        if self.line.cuts:
            said += f"; cut: {listed(f'{a} → {b}' for a, b in sorted(self.line.cuts))}"
        if self.broken is not None:
            return f"{said}\n✗ {self.broken}: broken. {self.why}"
        return said + (f"\n✓ {', '.join(self.question.always)}: not broken" if self.question.always else "")


def _typed(value: Any) -> str:
    """Plain data of a schedule as one types it."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_typed(k)}: {_typed(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (tuple, list)):
        inside = ", ".join(map(_typed, value))
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    return repr(value)


def _silent(found: int, done: int, depth: int) -> None:
    """Nobody waits to hear how far a search has come."""
