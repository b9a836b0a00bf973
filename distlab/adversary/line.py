"""A line of play: what was done, one thing after the other, and a place in it; it never changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from distlab.schedule import Choice
from distlab.trace import Trace
from distlab.world import World, trace_of

Link = tuple[str, str]  # from a node to another


@dataclass(frozen=True, eq=False)
class Play:
    """One thing that was done, with all that follows from it at once.

    Attributes
    ----------
    said : str
        What it was.
    choices : tuple of Choice
        The steps that it is made of: a delivery, say, and the loss of what was then sent over a cut link.
    worlds : tuple of World
        The world after each of them.
    cuts : frozenset of (str, str)
        The links that are cut afterwards.
    broken : str or None
        The first invariant that one of these worlds breaks,
    at : int
        and which of them does.
    """

    said: str
    choices: tuple[Choice, ...]
    worlds: tuple[World, ...]
    cuts: frozenset[Link] = frozenset()
    broken: str | None = None
    at: int = 0


@dataclass(frozen=True, eq=False)
class Line:
    """A line of play.

    Attributes
    ----------
    name : str
    first : World
        Before anything happened.
    plays : tuple of Play
        The first of them starts the nodes.
    at : int
        How many of them count: the others were taken back, and may be done again.
    """

    name: str
    first: World
    plays: tuple[Play, ...]
    at: int

    @property
    def done(self) -> tuple[Play, ...]:
        """The plays that count."""
        return self.plays[: self.at]

    @property
    def choices(self) -> list[Choice]:
        """All their choices, the start of the nodes included."""
        return [choice for play in self.done for choice in play.choices]

    @cached_property
    def worlds(self) -> list[World]:
        """The world before the start, and after each choice."""
        return [self.first, *(world for play in self.done for world in play.worlds)]

    @property
    def world(self) -> World:
        """How things stand."""
        return self.worlds[-1]

    @property
    def cuts(self) -> frozenset[Link]:
        """The links that are cut."""
        return self.plays[self.at - 1].cuts

    @property
    def breach(self) -> Play | None:
        """The first play that breaks something."""
        return next((play for play in self.done if play.broken is not None), None)

    @cached_property
    def trace(self) -> Trace:
        """The run up to here."""
        return trace_of(self.worlds)

    def upto(self, play: Play) -> list[World]:
        """The worlds up to the one in which `play` breaks something."""
        worlds = [self.first]
        for one in self.done:
            if one is play:
                return worlds + list(one.worlds[: one.at + 1])
            worlds += one.worlds
        raise ValueError("this play is not of this line")

    def move(self, at: int) -> Line:
        """The same line with another number of plays that count."""
        return replace(self, at=min(len(self.plays), max(1, at)))

    def then(self, play: Play) -> Line:
        """The plays that count, and one more; those that were taken back are gone."""
        return replace(self, plays=(*self.done, play), at=self.at + 1)
