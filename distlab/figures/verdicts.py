"""A judged history: what each client did and when, and the order that explains it, or what spoils every order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any, Protocol

from distlab import values
from distlab.figures import look, text
from distlab.figures.look import MARGIN
from distlab.figures.picture import Picture, frame
from distlab.figures.shapes import cross
from distlab.figures.title import Header
from distlab.history import History, Operation

BAR, LANE, STEP = (
    24.0,
    62.0,
    58.0,
)  # pixels: a bar's height, a client's row, the least width between two events


class Judged(Protocol):
    """What a judge gives: `distlab.checking.Verdict` is one."""

    level: str
    ok: bool | None
    history: History
    illegal: Operation | None
    state: Any

    @property
    def why(self) -> str: ...  # noqa: D102
    @property
    def core(self) -> tuple[Operation, ...]: ...  # noqa: D102
    @property
    def points(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def states(self) -> tuple[Any, ...]: ...  # noqa: D102


class _Scale:
    """Positions in pixels: every call and every return gets the same room, whatever lies between them."""

    def __init__(self, history: History, left: float, right: float) -> None:
        marks = {o.called for o in history} | {o.returned for o in history if o.returned is not None}
        self.marks, self.left = sorted(marks), left
        self.step = (right - left) / max(1, len(self.marks))

    def __call__(self, position: float) -> float:
        after = bisect_right(self.marks, position)
        if after == 0:
            return self.left
        before = self.marks[after - 1]
        gap = self.marks[after] - before if after < len(self.marks) else 1.0
        return self.left + (after - 1 + min(1.0, (position - before) / gap)) * self.step


def judged(
    verdict: Judged,
    title: str | None = None,
    *,
    width: int = look.WIDTH,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw a history with the verdict on it.

    Each client has a row, each operation a bar from its call to its return. Where there is an order that
    explains every result, a point on each bar says when it may be thought to have happened, with the state
    after it; where there is none, the operation that fits nowhere is crossed, with the state it met, and
    those that contradict each other are framed.

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
    history, look_ = verdict.history, look.of(theme)
    words = {True: f"This history is {verdict.level}", False: f"This history is not {verdict.level}"}
    head = Header(
        title or words.get(bool(verdict.ok), "") if verdict.ok is not None else "Not known", verdict.why
    )
    clients = list(dict.fromkeys(o.client for o in history))
    left = MARGIN + max([text.width(client, 13, bold=True) for client in clients] or [0]) + 16
    events = len({o.called for o in history} | {o.returned for o in history if o.returned is not None})
    width = max(width, round(left + events * STEP + MARGIN))
    top = head.draw(width - 2 * MARGIN) + 16
    scale = _Scale(history, left, width - MARGIN)
    lane = {client: top + LANE * i for i, client in enumerate(clients)}
    svg = [*head.svg]
    for client, y in lane.items():
        svg.append(text.svg(left - 12, y + BAR / 2 + 5, client, 13, anchor="end", bold=True))
        svg.append(_line(left, width - MARGIN, y + BAR / 2))
    for operation in history:
        svg += _bar(operation, verdict, scale, lane[operation.client], width - MARGIN)
    svg += _points(verdict, scale, lane)
    height = top + LANE * max(1, len(clients)) + 8
    said = f"{head.title} ({len(history)} operations): {verdict.why}"
    return Picture(frame("".join(svg), width, height, look_, "judged", said), said, look_)


def _line(x0: float, x1: float, y: float) -> str:
    return f'<path class="lane" d="M{x0:.1f},{y:.1f}H{x1:.1f}" stroke="var(--hair)" stroke-width="1"/>'


def _bar(operation: Operation, verdict: Judged, scale: _Scale, y: float, end: float) -> list[str]:
    """One operation: green when its result stands, framed in red in the core, open where it never returned."""
    x0 = scale(operation.called)
    x1 = end if operation.returned is None else max(scale(operation.returned), x0 + 8)
    fill = {"completed": "band-blue", "failed": "plain", "unknown": "plain"}[operation.outcome]
    stroke, dash = ("red", "") if operation in verdict.core else ("slate", "")
    if operation.outcome != "completed":
        dash = ' stroke-dasharray="4 3"'
    box = f'x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0:.1f}" height="{BAR:g}" rx="4"'
    weight = 2 if operation in verdict.core else 1
    svg = [
        f'<rect class="operation {operation.outcome}" {box} fill="var(--{fill})" stroke="var(--{stroke})" '
        f'stroke-width="{weight}"{dash}/>'
    ]
    label = text.fit(_said(operation), 12, max(x1 - x0 - 12, STEP))
    svg.append(text.svg(x0 + 7, y + BAR / 2 + 4, label, 12, halo=fill))
    if operation == verdict.illegal:
        svg.append(
            f'<path d="{cross(x1 + 10, y + BAR / 2, 5)}" stroke="var(--red)" stroke-width="2.4" fill="none"/>'
        )
        svg.append(
            text.svg(x0, y + BAR + 15, f"the state here is {values.text(verdict.state)}", 11, fill="red")
        )
    return svg


def _points(verdict: Judged, scale: _Scale, lane: dict[str, float]) -> list[str]:
    """When each operation may be thought to have happened, in order, with the state after it."""
    svg = []
    order = getattr(verdict, "witness", ()) or getattr(verdict, "partial", ())
    states: Sequence[Any] = verdict.states
    for number, (operation, point) in enumerate(zip(order, verdict.points, strict=False)):
        x, y = scale(point), lane[operation.client]
        svg.append(
            f'<path class="point" d="M{x:.1f},{y + BAR - 6:.1f}v10" stroke="var(--ink)" stroke-width="1.6"/>'
            f'<circle cx="{x:.1f}" cy="{y + BAR + 4:.1f}" r="2.6" fill="var(--ink)"/>'
        )
        after = f"{number + 1}" + (f": {values.text(states[number])}" if number < len(states) else "")
        svg.append(text.svg(x, y + BAR + 18, text.fit(after, 11, 90), 11, anchor="middle", fill="muted"))
    return svg


def _said(operation: Operation) -> str:
    return str(operation).split(": ", 1)[1]
