"""A choice that is not complete yet: what a node answers, and where a crash falls, is still to be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from distlab import values
from distlab.effects import (
    CANCEL,
    COMPLETE,
    FAIL,
    GIVE_UP,
    INVOKE,
    NOTE,
    SEND,
    SET,
    SYNC,
    WRITE,
    Effect,
    Store,
)
from distlab.engine.words import many
from distlab.schedule import Choice
from distlab.steps import HANDLERS, NeedsAnswer, react
from distlab.watchdog import watching
from distlab.world import World


@dataclass(frozen=True)
class Asking:
    """What is still open about a choice.

    Attributes
    ----------
    world : World
        Where it is to be made.
    title : str
        The question: ``byz chooses``, ``tm crashes``.
    options : tuple of (str, Choice)
        What can be answered, in words, and the choice that it makes.
    crash : bool
        Whether, after that, it is still to be said where a crash falls.
    """

    world: World
    title: str
    options: tuple[tuple[str, Choice], ...]
    crash: bool = False

    def answer(self, number: int) -> Choice | Asking:
        """The choice that an option makes, or the next question.

        Parameters
        ----------
        number : int
            The place of the option, from 0.

        Raises
        ------
        IndexError
            When there is no such option.
        """
        if not 0 <= number < len(self.options):
            raise IndexError(
                f"{self.title}: there are {many(len(self.options), 'option')}, counted from 0; not {number}"
            )
        _, choice = self.options[number]
        return choice if is_cut_short(choice) else ask(self.world, choice, self.crash)


def is_cut_short(choice: Choice) -> bool:
    """Whether a choice is a crash, or says where one falls."""
    return choice.kind == "crash" or "crash_after" in choice.options


def ask(world: World, choice: Choice, crash: bool = False) -> Choice | Asking:
    """The choice if it is complete, else the first thing that is open about it.

    Parameters
    ----------
    world : World
    choice : Choice
    crash : bool
        Whether the node is to crash while it handles this.

    Raises
    ------
    NodeError
        When the node breaks.
    """
    if choice.kind == "crash" and "kept" not in choice.options:
        left = list(_falls(choice, "", world.disks[choice.node], world.up[choice.node]))
        return left[0][1] if len(left) < 2 else Asking(world, f"{choice.node} crashes", tuple(left))
    if choice.kind not in HANDLERS or (not world.up[choice.node] and choice.kind != "recover"):
        return choice
    try:
        with watching(lambda: None):
            effects = react(world, choice).effects
    except NeedsAnswer as asked:
        given = choice.options.get("answers", [])
        options = [
            (values.text(one), _with(choice, answers=[*given, i])) for i, one in enumerate(asked.among)
        ]
        so_far = f" {words(asked.effects[-1])}, and" if asked.effects else ""
        return Asking(world, f"{choice.node}{so_far} chooses", tuple(options), crash)
    if not crash or is_cut_short(choice):
        return choice
    return Asking(world, f"{choice.node} crashes", tuple(_points(world, choice, effects)))


def _points(world: World, choice: Choice, effects: list[Effect]) -> Iterator[tuple[str, Choice]]:
    """Every place where a crash may cut a handler short, in words."""
    store = world.disks[choice.node].copy()
    yield from _falls(_with(choice, crash_after=0), "before it does anything", store, True)
    for done, effect in enumerate(effects, start=1):
        if effect[0] == WRITE:
            store.write(effect)
        elif effect[0] == SYNC:
            store.force()
        yield from _falls(_with(choice, crash_after=done), f"once it {words(effect)}", store, True)


def _falls(choice: Choice, when: str, store: Store, up: bool) -> Iterator[tuple[str, Choice]]:
    """A crash at one place, with all that it may leave of the disk."""
    outcomes = store.crash_outcomes() if up else [(0, False)]
    for kept, torn in outcomes:
        said = when
        if len(outcomes) > 1:
            disk = f"{kept} of {many(len(store.pending), 'unforced write')} kept"
            said = ", ".join(filter(None, (when, disk + (", the next one torn" if torn else ""))))
        yield said or "now", choice if (kept, torn) == (0, False) else _with(choice, kept=kept, torn=torn)


def _with(choice: Choice, **options: Any) -> Choice:
    return Choice(choice.kind, *choice.args, **(choice.options | options))


def words(effect: Effect) -> str:
    """An effect as it happened: ``has sent Vote(yes=True) to tm``."""
    kind, *what = effect
    if kind == WRITE:
        how, key, value = what
        if how == "append":
            return f"has appended {values.text(value)} to its log"
        if how == "delete":
            return f"has deleted {values.text(key)} from its disk"
        return f"has written {values.text(key)} = {values.text(value)}"
    said = {
        SEND: lambda: f"has sent {values.text(what[1])} to {what[0]}",
        SYNC: lambda: "has forced its writes",
        SET: lambda: f"has set its timer {what[0]}",
        CANCEL: lambda: f"has cancelled its timer {what[0]}",
        NOTE: lambda: f"has noted “{what[0]}”",
        INVOKE: lambda: f"has called {values.text(what[0])}",
        COMPLETE: lambda: "has completed its call",
        FAIL: lambda: "has failed its call",
        GIVE_UP: lambda: "has given up its call",
    }
    return said[kind]()
