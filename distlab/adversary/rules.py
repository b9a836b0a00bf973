"""What an adversary may do in a world: one choice taken, with all that follows from it at once, or refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from distlab.adversary.asking import Asking, ask
from distlab.adversary.limits import Limits, used
from distlab.adversary.line import Line, Link, Play
from distlab.adversary.offers import held_message, held_timer
from distlab.adversary.referee import Referee
from distlab.node import NodeError
from distlab.schedule import Choice
from distlab.steps import Step, find
from distlab.world import World, follow, trace_of


class Rules:
    """Takes choices in a line of play, and refuses those that are not allowed.

    Parameters
    ----------
    limits : Limits
    referee : Referee
    """

    def __init__(self, limits: Limits, referee: Referee) -> None:
        self.limits, self.referee = limits, referee

    def opening(self, name: str, first: World, starts: Sequence[Choice] = ()) -> Line:
        """A new line of play: all nodes start, up to the first that chooses something as it does.

        Parameters
        ----------
        name : str
        first : World
            Before anything happened.
        starts : sequence of Choice
            Nodes that start last, and in this way.
        """
        line = Line(name, first, (Play("start", (), ()),), 1)
        named = [choice.node for choice in starts]
        given = [Choice("start", node) for node in first.names if node not in named]
        worlds, choices = [first], []
        for choice in (*given, *starts):
            if isinstance(ask(worlds[-1], choice), Asking):
                break
            worlds += self._follow(line, worlds[-1], [choice])
            choices.append(choice)
        broken, at = self._judge(worlds[1:])
        return Line(
            name, first, (Play("start", tuple(choices), tuple(worlds[1:]), frozenset(), broken, at),), 1
        )

    def take(self, line: Line, choice: Choice) -> Line:
        """The line after a choice.

        Raises
        ------
        ValueError
            When the choice is not possible there, or not allowed; the sentence says what is.
        NodeError
            When the node that acts breaks; ``error.trace`` is the run up to there.
        """
        choice = self.exact(line.world, choice)
        return self._play(line, choice.kind, [choice], line.cuts)

    def cut(self, line: Line, links: frozenset[Link]) -> Line:
        """The line with just these links cut: what is on them is lost, and so is what will be sent over them."""
        said = "heal" if links < line.cuts else "cut"
        return self._play(line, said, [], links)

    def exact(self, world: World, choice: Choice) -> Choice:
        """The choice with its number, if it may be taken here; ValueError says why not."""
        Step(world, choice)  # knows its nodes, or says which there are
        waiting = [name for name in world.names if name not in world.started]
        if waiting and choice.kind != "start":
            raise ValueError(f"{choice}: {waiting[0]} has not started yet: that comes first")
        if choice.kind in ("deliver", "drop", "duplicate"):
            m = find(world, choice)
            choice = Choice(choice.kind, m.sender, m.receiver, m.n, **choice.options)
            held = held_message(world, m) if choice.kind == "deliver" else ""
            if held:
                raise ValueError(f"{choice}: this message cannot arrive yet: {held}")
            if choice.kind == "duplicate" and world.network == "set":
                raise ValueError(
                    f'{choice}: with network="set" what was sent can be delivered again as it is'
                )
        if choice.kind == "fire":
            name, timer = choice.args[:2]
            found = next((t for t in world.timers[name] if t.name == timer), None)
            if found is not None:
                if len(choice.args) == 2:
                    choice = Choice("fire", name, timer, found.n, **choice.options)
                held = held_timer(world, name, timer)
                if held:
                    raise ValueError(f"{choice}: this timer cannot run out yet: {held}")
        return choice

    def _play(self, line: Line, said: str, choices: list[Choice], cuts: frozenset[Link]) -> Line:
        worlds = self._follow(line, line.world, choices)
        while True:
            world = worlds[-1] if worlds else line.world
            more = list(self._started(world) if said == "start" else _lost(world, cuts))[:1]
            if not more:
                break
            choices, worlds = [*choices, *more], worlds + self._follow(line, world, more)
        refused = self.limits.refuse(used([*line.choices, *choices]))
        if refused is not None:
            what = f"{choices[0]}: " if choices else ""
            over = (
                " (a link is cut, and what is on it is lost)"
                if choices and choices[-1].kind == "drop"
                else ""
            )
            raise ValueError(f"{what}{refused}{over if said != 'drop' else ''}")
        broken, at = self._judge(worlds)
        return line.then(Play(said, tuple(choices), tuple(worlds), cuts, broken, at))

    def _started(self, world: World) -> Iterator[Choice]:
        """The next node, if it starts without choosing anything."""
        for name in world.names:
            if name not in world.started:
                choice = Choice("start", name)
                if not isinstance(ask(world, choice), Asking):
                    yield choice
                return

    def _follow(self, line: Line, world: World, choices: Sequence[Choice]) -> list[World]:
        try:
            return follow(world, choices)[1:]
        except NodeError as error:
            error.trace = trace_of(line.worlds, "error")
            raise

    def _judge(self, worlds: Sequence[World]) -> tuple[str | None, int]:
        for at, world in enumerate(worlds):
            broken = self.referee.broken(world)
            if broken is not None:
                return broken, at
        return None, 0


def _lost(world: World, cuts: frozenset[Link]) -> Iterator[Choice]:
    """What is on links that are cut."""
    return (Choice("drop", m.sender, m.receiver, m.n) for m in world.in_flight if m[:2] in cuts)
