"""Who says whether an invariant is broken, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from distlab.effects import DiskView
from distlab.engine.judge import Judge, Predicate, truth
from distlab.engine.judge import progress as judging
from distlab.engine.networks import SPACES
from distlab.engine.question import Question
from distlab.engine.reactions import no_clock
from distlab.engine.reason import what_broke
from distlab.engine.space import Full
from distlab.engine.spec import encode
from distlab.engine.views import NeedsHistory
from distlab.node import Context, clone
from distlab.watchdog import watching
from distlab.world import World, trace_of


class Referee:
    """Judges worlds by what always has to be true.

    Parameters
    ----------
    always : mapping of str to function
        As for `explore`.
    """

    def __init__(self, always: Mapping[str, Predicate]) -> None:
        self.always = dict(always)

    def broken(self, world: World) -> str | None:
        """The name of the first invariant that does not hold in a world in which all have started.

        Raises
        ------
        InvariantError
            When one raises, answers neither True nor False, or does not come to an end.
        """
        if len(world.started) < len(world.names):
            return None
        with watching(judging):
            for name, predicate in self.always.items():
                if not truth(f"always {name!r}", predicate, _copy(world)):
                    return name
        return None


def _copy(world: World) -> World:
    """The world once more: an invariant that changes what it looks at changes nothing here."""
    new = world.copy()
    new.nodes = {name: clone(node) for name, node in world.nodes.items()}
    new.disks = {name: store.copy() for name, store in world.disks.items()}
    for name, node in new.nodes.items():
        disk = DiskView(new.disks[name], [])
        node._context = Context(name, world.peers[name], disk, lambda options: 0, no_clock)
    return new


def why(question: Question, name: str, worlds: Sequence[World]) -> str:
    """Why an invariant does not hold in the last of these worlds, in a sentence or two.

    Parameters
    ----------
    question : Question
        The system, and what it is asked.
    name : str
        The invariant.
    worlds : sequence of World
        From before the start.
    """
    played = [world for world in worlds if len(world.started) == len(world.names)]
    history, bits, copies = False, 20, 3
    while True:
        reactions = question.reactions()
        space = SPACES[question.network](reactions, question.budgets, history, bits, copies)
        judge = Judge("always", name, question.always[name], space)
        try:
            codes = [encode(space, world, known=False) for world in played]
            return what_broke(space, judge, codes, trace_of(worlds))
        except NeedsHistory:
            history = True
        except Full:
            bits, copies = bits + 8, 2 * copies
