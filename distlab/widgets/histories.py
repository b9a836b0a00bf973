"""The game of histories: set operations on a register, and see at once which promises still hold."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import ipywidgets

from distlab.checking import Register, Verdict, consistent
from distlab.checking.verdict import Reasons
from distlab.figures.picture import Picture
from distlab.figures.verdicts import history, judged
from distlab.history import History, Operation
from distlab.widgets.keys import Keys
from distlab.widgets.sheet import bundle, sheet

LEVELS = ("linearizable", "sequential", "causal", "eventual")
STRONGEST = ("linearizable", "sequential", "causal", "none of these three")
NOT_KNOWN = "not known"
SIGNS = {True: "✓", False: "✗", None: "?"}
CLIENTS = ("ana", "ben", "carl", "dora")
VALUES = (0, 1, 2, 3)
END, QUIET = 100, 80  # where time ends, and from where on all is quiet
MOST = 8  # operations
SMALL = {"width": "32px", "padding": "0"}
READ_ME = (
    f"Move what an operation lasts, choose who does it and what it returns. From {QUIET} on all is quiet, and "
    "only reads may begin there."
)


def history_game(*operations: Operation) -> HistoryGame:
    """A history of one register, to be changed by hand, judged after every change.

    The register holds 0 at first. What is to be found is a history for each strongest promise: linearizable,
    sequential and no more, causal and no more, none of these.

    Parameters
    ----------
    *operations : Operation
        To begin with: ``("write", 0..3)`` and ``("read",)`` by ana, ben, carl and dora between 0 and 100. By default
        a write that two others read while it goes on.

    Returns
    -------
    HistoryGame

    Raises
    ------
    TypeError, ValueError
        When an operation does not fit the game.

    Examples
    --------
    >>> game = history_game()
    >>> game.set(2, result=1)
    >>> game.strongest
    'linearizable'
    """
    return HistoryGame(operations or FIRST)


FIRST = (
    Operation("ana", ("write", 1), None, called=10, returned=50),
    Operation("ben", ("read",), 1, called=20, returned=30),
    Operation("carl", ("read",), 0, called=35, returned=45),
)


class HistoryGame(ipywidgets.VBox):
    """Operations to set over the picture of the judged history; `history_game` makes one.

    Attributes
    ----------
    history : History
        What is set now; as it was before, when that is no history.
    verdicts : dict of str to Verdict
        What the judge says, by level.
    strongest : str
        The strongest level that holds, of linearizable, sequential and causal.
    found : list of str
        The strongest levels of all histories so far.
    wrong : str
        Why what is set is no history, or an empty string.
    """

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.history = History([_checked(operation) for operation in operations])
        self.verdicts: dict[str, Verdict] = {}
        self.found: list[str] = []
        self.wrong = ""
        self._quiet = False
        self._first = tuple(self.history)
        self._rows = ipywidgets.Box()
        self._rows.add_class("distlab-controls")
        self._shown = ipywidgets.HTML()
        self._add = ipywidgets.Button(description="one more", tooltip="one more operation")
        self._back = ipywidgets.Button(description="start again", tooltip="the history of the beginning")
        self._add.on_click(lambda _: self.add())
        self._back.on_click(lambda _: self._begin())
        buttons = ipywidgets.HBox(
            [self._add, self._back, ipywidgets.HTML(f'<span class="distlab-hint">{READ_ME}</span>')]
        )
        for word in ("distlab-row", "distlab-bar"):
            buttons.add_class(word)
        self._begin()
        super().__init__([Keys(), self._rows, buttons, self._shown])
        self.add_class("distlab-widget")

    # --- what is set ---

    def _begin(self) -> None:
        self._rows.children = tuple(self._row(operation) for operation in self._first)
        self._redraw()

    def _row(self, operation: Operation) -> Row:
        return Row(operation, self._redraw, self._remove)

    def add(self, operation: Operation | None = None) -> None:
        """One more operation; by default a read by the first client who has time at the end.

        Raises
        ------
        ValueError
            When there are as many as can be shown.
        """
        if len(self._rows.children) >= MOST:
            raise ValueError(f"the game shows {MOST} operations at the most")
        self._rows.children = (*self._rows.children, self._row(_checked(operation or self._another())))
        self._redraw()

    def _another(self) -> Operation:
        busy = {
            client: max((o.returned or 0 for o in self.history if o.client == client), default=-5)
            for client in CLIENTS
        }
        client = min(CLIENTS, key=lambda name: (busy[name], CLIENTS.index(name)))
        called = min(int(busy[client]) + 5, END - 10)
        return Operation(client, ("read",), 0, called=called, returned=called + 10)

    def _remove(self, row: Row) -> None:
        if len(self._rows.children) > 1:
            self._rows.children = tuple(one for one in self._rows.children if one is not row)
            self._redraw()

    def set(self, number: int, **values: Any) -> None:
        """Change the operation of a row, counted from 0.

        Parameters
        ----------
        number : int
        **values
            Any of ``client``, ``call``, ``result``, ``called``, ``returned``.

        Raises
        ------
        IndexError, TypeError, ValueError
            When there is no such row, or the operation does not fit the game.
        """
        row = self._rows.children[number]
        was = row.operation
        fields = {name: getattr(was, name) for name in ("client", "call", "result", "called", "returned")}
        if unknown := values.keys() - fields.keys():
            raise TypeError(
                f"an operation of the game has {', '.join(fields)}; not {', '.join(sorted(unknown))}"
            )
        row.show(_checked(Operation(**fields | values)))
        self._redraw()

    # --- what is said of it ---

    def _redraw(self, change: object = None) -> None:
        self._add.disabled = len(self._rows.children) >= MOST
        try:
            self.history = History([row.operation for row in self._rows.children])
            self.wrong = ""
        except ValueError as error:
            self.wrong = str(error)
        self.verdicts = {level: _judge(self.history, level) for level in LEVELS}
        if not self.wrong and self.strongest not in (*self.found, NOT_KNOWN):
            self.found.append(self.strongest)
        self._shown.value = self._html()

    @property
    def strongest(self) -> str:
        """The strongest of the first three levels that holds, or that nobody knows."""
        for level in LEVELS[:3]:
            if self.verdicts[level].ok is not False:
                return level if self.verdicts[level].ok else NOT_KNOWN
        return STRONGEST[-1]

    @property
    def signs(self) -> str:
        """The levels with their answers, in a line."""
        return " · ".join(f"{SIGNS[verdict.ok]} {level}" for level, verdict in self.verdicts.items())

    @property
    def reasons(self) -> list[str]:
        """For each level that does not hold, or is not known to, why."""
        return [f"{SIGNS[v.ok]} {level}: {v.why}" for level, v in self.verdicts.items() if not v.ok]

    @property
    def picture(self) -> Picture:
        """The history under the strongest level that fails; with its moments, when none does."""
        failing = next((verdict for verdict in self.verdicts.values() if verdict.ok is False), None)
        if failing is not None and failing.level == "eventual":
            return history(self.history, self.signs, failing.why)
        return judged(failing or self.verdicts["linearizable"], self.signs)

    @property
    def _goals(self) -> str:
        left = [level for level in STRONGEST if level not in self.found]
        done = (
            f"You have made histories whose strongest promise is: {', '.join(self.found) or 'not yet known'}."
        )
        return f"{done} Still to find: {', '.join(left)}." if left else f"{done} That is all there are."

    def _html(self) -> str:
        wrong = f'<p class="distlab-wrong"><b>✗</b> {escape(self.wrong)}</p>' if self.wrong else ""
        told = "".join(
            f'<p class="distlab-text">{escape(line)}</p>' for line in (*self.reasons[1:], self._goals)
        )
        shown = f'<div style="opacity:.4">{self.picture.svg}</div>' if self.wrong else self.picture.svg
        name = f'role="group" aria-live="polite" aria-label="{escape(self.signs)}"'
        return f'<div class="distlab-result" {name}>{wrong}{shown}{told}</div>'

    # --- where it cannot live ---

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        still = sheet([self.picture, *self.reasons[1:], self._goals], READ_ME, repr(self))
        return bundle(super()._repr_mimebundle_(**kwargs), repr(self), still)

    def __repr__(self) -> str:
        return f"history_game({'; '.join(map(str, self.history))}): {self.signs}"


class Row(ipywidgets.HBox):
    """One operation: who, what, from when to when."""

    def __init__(self, operation: Operation, changed: Any, removed: Any) -> None:
        self._who = ipywidgets.Dropdown(options=CLIENTS, layout={"width": "72px"}, tooltip="who")
        self._what = ipywidgets.Dropdown(
            options=WORDS, layout={"width": "94px"}, tooltip="what, and what came back"
        )
        self._when = ipywidgets.IntRangeSlider(
            min=0, max=END, step=5, value=(0, END), layout={"width": "auto"}, tooltip="when"
        )
        self._when.add_class("distlab-fill")
        away = ipywidgets.Button(description="×", tooltip="take this operation away", layout=SMALL)
        self.show(operation)
        for one in (self._who, self._what, self._when):
            one.observe(changed, "value")
        away.on_click(lambda _: removed(self))
        super().__init__([self._who, self._what, self._when, away])
        self.add_class("distlab-row")

    def show(self, operation: Operation) -> None:
        """Set the controls to an operation."""
        self._who.value, self._what.value = operation.client, (operation.call, operation.result)
        self._when.value = (operation.called, operation.returned)

    @property
    def operation(self) -> Operation:
        """What the controls are set to."""
        (called, returned), (call, result) = self._when.value, self._what.value
        return Operation(self._who.value, call, result, called=called, returned=returned)


WORDS = [(f"write {v}", (("write", v), None)) for v in VALUES[1:]] + [
    (f"read → {v}", (("read",), v)) for v in VALUES
]


def _judge(operations: History, level: str) -> Verdict:
    try:
        return consistent(operations, level, Register(0), quiescent=QUIET if level == "eventual" else None)
    except ValueError as error:  # somebody writes when all should be quiet
        return Verdict(level, None, operations, reasons=Reasons(str(error)))


def _checked(operation: Operation) -> Operation:
    """An operation that the controls can show.

    Raises
    ------
    TypeError, ValueError
        When they cannot.
    """
    if not isinstance(operation, Operation):
        raise TypeError(f"the game is played with Operations, not {operation!r}")
    if operation.client not in CLIENTS:
        raise ValueError(f"the game has {', '.join(CLIENTS)}, not {operation.client!r}")
    if (operation.call, operation.result) not in [value for _, value in WORDS]:
        raise ValueError(f"the game has writes of 1 to 3 and reads of 0 to 3, not {operation}")
    called, returned = operation.called, operation.returned
    if returned is None or not 0 <= called <= returned <= END or called % 5 or returned % 5:
        raise ValueError(
            f"{operation} lasts from {called} to {returned}; in the game from 0 to {END} in steps of 5"
        )
    return operation
