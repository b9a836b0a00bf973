"""A history, and what a judge found: the order that explains every result, or what spoils every order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from distlab import values
from distlab.figures import look, text
from distlab.figures.look import MARGIN
from distlab.figures.operations import BAR, DISC, ROOMY, TIGHT, Rows, disc, looks, said
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.shapes import cross
from distlab.figures.title import Header
from distlab.history import History, Operation

LINE = 19  # pixels: a line of words under the bars
LETTERS = 12


class Judged(Protocol):
    """What a judge gives: `distlab.checking.Verdict` is one."""

    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def ok(self) -> bool | None: ...  # noqa: D102
    @property
    def history(self) -> History: ...  # noqa: D102
    @property
    def illegal(self) -> Operation | None: ...  # noqa: D102
    @property
    def state(self) -> Any: ...  # noqa: D102
    @property
    def witness(self) -> tuple[Operation, ...]: ...  # noqa: D102
    @property
    def partial(self) -> tuple[Operation, ...]: ...  # noqa: D102
    @property
    def views(self) -> Mapping[str, tuple[Operation, ...]]: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102
    @property
    def core(self) -> tuple[Operation, ...]: ...  # noqa: D102
    @property
    def points(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def states(self) -> tuple[Any, ...]: ...  # noqa: D102


def history(
    operations: History,
    title: str | None = None,
    subtitle: str | None = None,
    *,
    numbered: bool = False,
    width: int = look.WIDTH,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw what the clients saw, and no opinion of it.

    Parameters
    ----------
    operations : History
    title, subtitle : str, optional
        By default what was counted.
    numbered : bool
        Whether each bar says its place in the history: 1, 2, ... in the order of the calls.
    width : int
        Pixels; more where there are many operations.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture
    """
    counted = f"{plural(len(operations), 'operation')} of {plural(len(operations.clients), 'client')}"
    head = Header(title or counted, subtitle if subtitle is not None else counted if title else "")
    numbers = {index: index + 1 for index in range(len(operations))} if numbered else {}
    rows = Rows(operations, head.draw(width - 2 * MARGIN) + 14, width)
    look_ = look.of(theme)
    words = f"History: {head.title}: " + "; ".join(map(str, operations))
    body = "".join([*head.svg, *rows.names(), *rows.bars(numbers=numbers)])
    return Picture(frame(body, rows.width, rows.bottom - 8, look_, "judged", words), words, look_)


def judged(
    verdict: Judged,
    title: str | None = None,
    *,
    width: int = look.WIDTH,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a history with the verdict on it.

    Each client has a row, each operation a bar from its call to its return. Where there is an order that
    explains every result, numbers say it: as points in time for linearizability, else in the bars, and for the
    levels that let every client have its own, in words under them. Where there is none, those that contradict
    each other are framed, and the operation that came too late for every order is crossed, with the state it met.

    Parameters
    ----------
    verdict : Judged
        What `distlab.linearizable` or `distlab.consistent` gave.
    title : str, optional
        By default what was found.
    width : int
        Pixels; more where there are many operations.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture
    """
    known = "This history is" if verdict.ok else "This history is not"
    known = "Not known whether this history is" if verdict.ok is None else known
    head = Header(title or f"{known} {verdict.level}", verdict.why)
    timed = verdict.level == "linearizable"
    rows = Rows(verdict.history, head.draw(width - 2 * MARGIN) + 14, width, ROOMY if timed else TIGHT)
    svg = [*head.svg, *rows.names(), *rows.bars(verdict.core, {} if timed else _places(verdict))]
    svg += [*_points(verdict, rows), *_misfit(verdict, rows)] if timed else []
    y = rows.bottom - 8
    for line in _legend(verdict):
        y += LINE
        svg.append(
            text.svg(MARGIN, y, text.fit(line, LETTERS, rows.width - 2 * MARGIN), LETTERS, fill="muted")
        )
    look_ = look.of(theme)
    words = f"{head.title} ({plural(len(verdict.history), 'operation')}): {verdict.why}"
    return Picture(frame("".join(svg), rows.width, y + 14, look_, "judged", words), words, look_)


def _places(verdict: Judged) -> dict[int, int]:
    """The place of each operation in the one order that was found, by its index in the history."""
    if not verdict.ok:
        return {}
    index = {id(operation): i for i, operation in enumerate(verdict.history)}
    return {index[id(operation)]: place for place, operation in enumerate(verdict.witness, 1)}


def _points(verdict: Judged, rows: Rows) -> list[str]:
    """When each operation may be thought to have happened: pins with their places in the order, and the new state."""
    svg = []
    order, states = verdict.witness or verdict.partial, verdict.states
    for place, (operation, point) in enumerate(zip(order, verdict.points, strict=False)):
        x, y = rows.x(point), rows.lane[operation.client] + BAR
        pin = f"M{x:.1f},{y - 8:.1f}V{y + 5:.1f}"
        svg.append(f'<path class="point" d="{pin}" stroke="var(--ink)" stroke-width="1.6"/>')
        svg.append(disc(x, y + 5 + DISC, place + 1))
        if place < len(states) and not looks(operation):
            after = text.fit(f"now {values.text(states[place])}", 11, 120)
            svg.append(text.svg(x + DISC + 4, y + 9 + DISC, after, 11, fill="muted", halo="ground"))
    return svg


def _misfit(verdict: Judged, rows: Rows) -> list[str]:
    """The operation that no order could place in time, and the state that it met."""
    if verdict.illegal is None:
        return []
    y, (x0, x1) = rows.lane[verdict.illegal.client], rows.ends(verdict.illegal)
    x = min(x1 + 11, rows.right)
    mark = f'<path d="{cross(x, y + BAR / 2, 5)}" stroke="var(--red)" stroke-width="2.4" fill="none"/>'
    words = f"does not fit: the state is {values.text(verdict.state)} by then"
    return [mark, text.svg(x0, y + BAR + 15, text.fit(words, 11, 260), 11, fill="red", halo="ground")]


def _legend(verdict: Judged) -> list[str]:
    """What the marks mean, and the clients' own orders where each has one."""
    if verdict.ok and verdict.views:
        return [_view(client, order) for client, order in verdict.views.items()]
    if verdict.ok and verdict.witness:
        if verdict.level == "linearizable":
            return [
                "The pins are one choice of moments, in this order, at which each may have happened at once."
            ]
        return ["The numbers are an order that explains every result."]
    if verdict.ok is False and verdict.core:
        framed = "What is framed in red cannot be put in any order, whatever the others returned."
        pins = " The pins are as far as an order got." if verdict.points else ""
        return [framed + pins]
    return []


def _view(client: str, order: Sequence[Operation]) -> str:
    steps = ", ".join(said(o) if o.client == client else f"{o.client}'s {said(o)}" for o in order)
    return f"{client} may have seen: {steps}"
