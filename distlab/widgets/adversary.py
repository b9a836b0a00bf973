"""The adversary: messages, timers and crashes to press; the learner is the network, and tries to break something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from distlab.adversary.asking import Asking
from distlab.adversary.game import Game
from distlab.adversary.search import Answer, Inquiry
from distlab.engine.judge import Predicate
from distlab.figures.text import one_line
from distlab.node import Node
from distlab.schedule import Choice
from distlab.widgets.board import Diagram, board, sheet_of
from distlab.widgets.css import css
from distlab.widgets.sheet import bundle

_HERE = Path(__file__).parent
_PIECES = ("moments", "stage", "states", "plays", "network", "deck", "verdict", "plot", "adversary")
AT_ONCE = 0.08  # seconds that an answer is waited for before the page is told to wait


def script() -> str:
    """The pieces of JavaScript as the one module that a page loads: their imports of one another left out."""
    lines = [line for piece in _PIECES for line in (_HERE / f"{piece}.js").read_text("utf-8").splitlines()]
    return "\n".join(line for line in lines if not line.startswith("import "))


class Adversary(Game):
    """Be the network: choose what is delivered, lost, doubled, who crashes, what runs out; break what should hold.

    In a notebook it is shown as something to press. What was played is plain data: with ``schedule=``
    the same play stands there again, in every run of the notebook.

    Parameters
    ----------
    nodes, always, schedule
        As for `Game`: the system, what has to hold, what was played already.
    title : str, optional
        What the learner is to do.
    **options
        ``network``, ``crashes``, ``losses``, ``duplicates``, ``timeouts``, ``timers``, ``peers``,
        ``max_states``, as for `Game`.

    Raises
    ------
    TypeError, ValueError, NodeError
        As `Game` does.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        always: Mapping[str, Predicate] | None = None,
        schedule: Iterable[Any] = (),
        *,
        title: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__(nodes, always, schedule, **options)
        names = [*self.question.always]
        aim = f": break “{names[0]}”" if len(names) == 1 else ": break what should hold" if names else ""
        self.title = f"You are the network{aim}" if title is None else title

    @cached_property
    def view(self) -> View:
        """What is shown: one view for all cells that display this."""
        return View(self)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown = self.view._repr_mimebundle_(**kwargs)
        return bundle(shown[0] if shown else None, repr(self), sheet_of(self, self.title))


class View(anywidget.AnyWidget):
    """The view of an adversary: it draws how the play stands, and carries out what is pressed.

    Parameters
    ----------
    game : Adversary

    Attributes
    ----------
    svg, run : str and dict
        The diagram, and what a player needs of it.
    board : dict
        How the play stands (`distlab.widgets.board`).
    query : dict
        What the search was asked, and its answer.
    pressed, answered, wrong : dict, int, str
        What was pressed last, and its number; the last that was answered; what went wrong with it.
    """

    _esm = script()
    _css = css() + (_HERE / "player.css").read_text("utf-8") + (_HERE / "adversary.css").read_text("utf-8")

    svg = traitlets.Unicode().tag(sync=True)
    run = traitlets.Dict().tag(sync=True)
    board = traitlets.Dict().tag(sync=True)
    query = traitlets.Dict().tag(sync=True)
    wrong = traitlets.Unicode().tag(sync=True)
    pressed = traitlets.Dict().tag(sync=True)
    answered = traitlets.Int(0).tag(sync=True)

    def __init__(self, game: Adversary) -> None:
        super().__init__()
        self.game, self.asking = game, None  # type: Adversary, Asking | None
        self._inquiry: Inquiry | None = None
        self._answer: Answer | None = None
        self._loop = _running_loop()
        game.watchers.append(self.changed)
        self.changed()

    # --- showing ---

    def changed(self) -> None:
        """Show how the play stands, and forget what was asked about another moment of it."""
        self.asking = None
        self._forget()
        self.redraw()

    def redraw(self) -> None:
        """Show how the play stands."""
        diagram = Diagram(self.game)
        colours = dict(diagram.run["styles"])
        with self.hold_sync():  # one message, one change in the page
            self.svg, self.run = diagram.picture.svg, diagram.run
            self.board = board(self.game, self.game.title, self.asking, colours)
            self.wrong = ""

    # --- pressing ---

    @traitlets.observe("pressed")
    def _on_press(self, change: Any) -> None:
        press = dict(change["new"])
        number, do = press.pop("n", None), press.pop("do", None)
        if do not in _DOES:
            return
        with self.hold_sync():
            try:
                self.wrong = ""
                _DOES[do](self, **press)
            except Exception as error:  # in the page, not in a log that nobody reads
                self.asking = None
                self.redraw()
                self.wrong = one_line(error)
            self.answered = number

    def take(self, choice: Sequence[Any], crash: bool = False) -> None:
        """Let something happen, or ask what is still open about it."""
        self._go_on(self.game.ask(tuple(choice), crash))

    def answer(self, option: int) -> None:
        """Answer what is open."""
        if self.asking is not None:
            self._go_on(self.asking.answer(option))

    def _go_on(self, asked: Choice | Asking) -> None:
        if isinstance(asked, Asking):
            self.asking = asked
            self.redraw()
        else:
            self.game.play(asked)

    def cancel(self) -> None:
        """Leave open what was asked, and let nothing happen."""
        self.asking = None
        self.redraw()

    # --- asking the search ---

    def inquire(self, what: str) -> None:
        """Ask the search; a quick answer is there at once, another one comes when it is found."""
        self._forget()
        self._inquiry = inquiry = self.game.inquire(what, self._heard)
        self.query = {"state": "running", "what": what, "states": 0}
        if inquiry.wait(AT_ONCE):
            self._news(inquiry)

    def stop(self) -> None:
        """End the search; it says what it knows by then."""
        if self._inquiry is not None:
            self._inquiry.stop()

    def show(self) -> None:
        """Show the way that the search found."""
        answer = self._answer
        if answer is not None:
            self.game.show(answer)

    def _heard(self, inquiry: Inquiry) -> None:
        """There is something new: in the search's own thread, so it is told to the kernel's."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news, inquiry)

    def _news(self, inquiry: Inquiry) -> None:
        if inquiry is not self._inquiry:
            return
        what, answer = self.query.get("what", ""), inquiry.answer
        if answer is None:
            self.query = {"state": "running", "what": what, "states": inquiry.states}
            return
        self._inquiry, self._answer = None, answer
        done = {"state": "done", "what": what, "said": answer.said, "show": answer.schedule is not None}
        self.query = done | {"known": {True: "yes", False: "no", None: "open"}[answer.known]}

    def _forget(self) -> None:
        if self._inquiry is not None:
            self._inquiry.stop()
        self._inquiry = self._answer = None
        self.query = {"state": "none"}


def _running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of the kernel, where there is one."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


_DOES: dict[str, Callable[..., None]] = {
    "take": View.take,
    "answer": View.answer,
    "cancel": View.cancel,
    "ask": View.inquire,
    "stop": View.stop,
    "show": View.show,
    "undo": lambda view: view.game.undo(),
    "redo": lambda view: view.game.redo(),
    "go": lambda view, at: view.game.go(at),
    "branch": lambda view: view.game.branch(),
    "switch": lambda view, line: view.game.switch(line),
    "cut": lambda view, a, b: view.game.cut(a, b),
    "heal": lambda view, a, b: view.game.heal(a, b),
}
