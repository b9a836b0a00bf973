"""A system played by hand: what may be done, undone, kept beside it, and how things stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from distlab import values
from distlab.adversary.asking import Asking, ask
from distlab.adversary.limits import Limits, used
from distlab.adversary.line import Line, Link, Play
from distlab.adversary.offers import Offer, offers
from distlab.adversary.referee import Referee, why
from distlab.adversary.rules import Rules
from distlab.blame import listed
from distlab.engine.judge import Predicate
from distlab.engine.question import Question
from distlab.engine.space import Budgets
from distlab.node import Node
from distlab.schedule import Choice, Schedule
from distlab.trace import Trace
from distlab.world import World


class Played:
    """A system of which somebody chooses what happens next; nothing else is left to chance.

    Parameters
    ----------
    nodes : mapping of str to Node
        The system; the nodes are copied, the same ones that `explore` and a `Simulation` take.
    always : mapping of str to function
        What has to be true in every world, as for `explore`; the aim is to break it.
    schedule : Schedule, or iterable of tuples
        What was played already: ``[("deliver", "a", "b", 1), ("crash", "a"), ...]``.
    network, timers, peers
        As for `explore`.
    crashes, losses, duplicates, timeouts : int, optional
        How many there may be; by default any number.
    max_states : int
        Where a search gives up.

    Attributes
    ----------
    lines : list of Line
        The lines of play that are kept.
    current : int
        Which of them is played.
    watchers : list of functions
        Called without arguments after everything that was done.

    Raises
    ------
    TypeError, ValueError
        When something of this cannot be, or the schedule does not fit: the sentence says which choice.
    NodeError
        When a node breaks; ``error.trace`` is the run up to there.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        always: Mapping[str, Predicate] | None = None,
        schedule: Iterable[Any] = (),
        *,
        network: str = "bag",
        crashes: int | None = None,
        losses: int | None = None,
        duplicates: int | None = None,
        timeouts: int | None = None,
        timers: str = "any",
        peers: Mapping[str, Sequence[str]] | None = None,
        max_states: int = 200_000,
    ) -> None:
        self.limits = Limits(crashes, losses, duplicates, timeouts)
        self.limits.check()
        asked = {} if always is None else always
        rest = (None, timers, (), max_states, peers)  # within, timers, symmetry, ...
        self.question = Question(nodes, asked, {}, {}, network, Budgets(), *rest)
        self.question.check()
        self.first = self.question.first_world()
        self.rules = Rules(self.limits, Referee(self.question.always))
        self.watchers: list[Callable[[], None]] = []
        self._why: dict[Play, str] = {}
        self.lines, self.current = [self._line("line 1", Schedule(schedule))], 0

    def _line(self, name: str, schedule: Schedule) -> Line:
        """A line of play made of these choices."""
        given = [choice for choice in schedule if choice.kind == "start"]
        line = self.rules.opening(name, self.first, given)
        for number, choice in enumerate(schedule, start=1):
            if choice.kind == "start" and choice.node in line.world.started:
                continue
            try:
                line = self.rules.take(line, choice)
            except ValueError as error:
                raise ValueError(f"choice {number} of the schedule does not fit: {error}") from None
        return line

    # --- how things stand ---

    @property
    def line(self) -> Line:
        """The line that is played."""
        return self.lines[self.current]

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self.line.world

    @property
    def steps(self) -> int:
        """How many steps were taken, the start of the nodes not counted."""
        return self.world.steps

    @property
    def used(self) -> tuple[int, int, int, int]:
        """How many crashes, losses, duplicates and time-outs there were."""
        return used(self.line.choices)

    @property
    def schedule(self) -> Schedule:
        """What was played, as plain data: ``replay(nodes, schedule)`` runs it again."""
        return _schedule(self.line.choices, self.first.names)

    @property
    def trace(self) -> Trace:
        """The run so far."""
        return self.line.trace

    @property
    def broken(self) -> str | None:
        """The name of the invariant that this play breaks, if it does."""
        breach = self.line.breach
        return None if breach is None else breach.broken

    @property
    def why(self) -> str:
        """Why it is broken: the event, the values; empty when nothing is broken."""
        breach = self.line.breach
        if breach is None or breach.broken is None:
            return ""
        if breach not in self._why:
            self._why[breach] = why(self.question, breach.broken, self.line.upto(breach))
        return self._why[breach]

    def offers(self) -> list[Offer]:
        """What may happen next: messages under way, timers that are set, nodes that may come back."""
        return offers(self.world)

    def ask(self, choice: Any, crash: bool = False) -> Choice | Asking:
        """What is still open about a choice: what the node answers to `choose`, and where a crash falls.

        Parameters
        ----------
        choice : Choice or tuple
        crash : bool
            Whether the node is to crash while it handles this.
        """
        return ask(self.world, self.rules.exact(self.world, Choice.of(choice)), crash)

    # --- what can be done ---

    def play(self, choice: Any) -> None:
        """Let something happen.

        Parameters
        ----------
        choice : Choice or tuple
            ``("deliver", "a", "b")``, ``("fire", "a", "timeout")``, ... as in a `Schedule`.

        Raises
        ------
        ValueError
            When it is not possible here; what was played stays.
        NodeError
            When the node that acts breaks; what was played stays, and is ``error.trace``.
        """
        self._set(self.rules.take(self.line, Choice.of(choice)))

    def deliver(self, sender: str, receiver: str, *n: int, **options: Any) -> None:
        """Let a message arrive: the n-th of its link; without n the oldest that is under way."""
        self.play(Choice("deliver", sender, receiver, *n, **options))

    def drop(self, sender: str, receiver: str, *n: int) -> None:
        """Lose a message."""
        self.play(Choice("drop", sender, receiver, *n))

    def duplicate(self, sender: str, receiver: str, *n: int) -> None:
        """Have a message under way twice."""
        self.play(Choice("duplicate", sender, receiver, *n))

    def fire(self, node: str, timer: str, *n: int, **options: Any) -> None:
        """Let a timer run out."""
        self.play(Choice("fire", node, timer, *n, **options))

    def crash(self, node: str, **options: Any) -> None:
        """Crash a node between two handlers; inside one: ``deliver(..., crash_after=1)``."""
        self.play(Choice("crash", node, **options))

    def recover(self, node: str, **options: Any) -> None:
        """Let a node come back."""
        self.play(Choice("recover", node, **options))

    def cut(self, a: str, b: str, one_way: bool = False) -> None:
        """Cut the link between two nodes: what is on it is lost, and what will be sent over it, until it heals.

        Parameters
        ----------
        a, b : str
        one_way : bool
            Only from `a` to `b`.
        """
        links = self._links(a, b, one_way)
        if links <= self.line.cuts:
            raise ValueError(f"the link between {a} and {b} is cut already")
        self._set(self.rules.cut(self.line, self.line.cuts | links))

    def heal(self, a: str, b: str) -> None:
        """Mend the link between two nodes."""
        links = self._links(a, b, False)
        if not links & self.line.cuts:
            raise ValueError(f"the link between {a} and {b} is not cut")
        self._set(self.rules.cut(self.line, self.line.cuts - links))

    def _links(self, a: str, b: str, one_way: bool) -> frozenset[Link]:
        for name in (a, b):
            if name not in self.first.names:
                raise ValueError(
                    f"there is no node {values.text(name)}; the nodes are {listed(self.first.names)}"
                )
        if a == b:
            raise ValueError(f"a link is between two nodes, not from {a} to itself")
        return frozenset({(a, b)} if one_way else {(a, b), (b, a)})

    def undo(self) -> None:
        """Take back the last thing that was done."""
        if self.line.at == 1:
            raise ValueError("there is nothing to take back")
        self._set(self.line.move(self.line.at - 1))

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.line.at == len(self.line.plays):
            raise ValueError("nothing was taken back that could be done again")
        self._set(self.line.move(self.line.at + 1))

    def go(self, at: int) -> None:
        """Take back or do again as many things as it takes to have done `at` of them."""
        self._set(self.line.move(at + 1))

    def branch(self, name: str | None = None) -> None:
        """Keep this line of play as it is, and go on from here in a new one.

        Parameters
        ----------
        name : str, optional
            What to call the new one.
        """
        line = self.line
        self._add(Line(self._name(name), line.first, line.done, line.at))

    def switch(self, line: str | int) -> None:
        """Go on in another line of play, given by its name or number (from 0)."""
        names = [one.name for one in self.lines]
        if isinstance(line, str) and line in names:
            self.current = names.index(line)
        elif isinstance(line, int) and 0 <= line < len(names):
            self.current = line
        else:
            raise ValueError(f"there is no line {values.text(line)}; there are {listed(names)}")
        self._changed()

    def _name(self, name: str | None) -> str:
        taken = {line.name for line in self.lines}
        if name is None:
            return next(f"line {k}" for k in range(1, len(taken) + 2) if f"line {k}" not in taken)
        if name in taken:
            raise ValueError(f"there is a line called {name!r} already")
        return name

    def _set(self, line: Line) -> None:
        self.lines[self.current] = line
        self._changed()

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        self.current = len(self.lines) - 1
        self._changed()

    def _changed(self) -> None:
        for watcher in [*self.watchers]:
            watcher()


def _schedule(choices: Iterable[Choice], names: tuple[str, ...]) -> Schedule:
    """The choices without a start of the nodes that goes without saying."""
    kept = list(choices)
    starts = [choice for choice in kept if choice.kind == "start"]
    if starts == [Choice("start", name) for name in names]:
        return Schedule(kept[len(starts) :])
    return Schedule(kept)
