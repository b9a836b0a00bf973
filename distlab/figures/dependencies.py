"""What has to come before what among transactions: a serial order, or the circle that forbids every one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from distlab import values
from distlab.figures import look, text, ties
from distlab.figures.look import MARGIN
from distlab.figures.operations import disc
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.ties import LINES, Card, Tie
from distlab.figures.title import Header
from distlab.history import History, Operation

if TYPE_CHECKING:
    import networkx

MOST = 12  # transactions; of more, those that the verdict is about
TOLD = 10  # sentences
MAP, ROOM = 510.0, 40.0  # pixels: the width of a map with sentences beside it, the room around arrows
LETTERS, ROW = 12.5, 18.0
MEANING = {
    "ww": "ww: the second overwrote what the first had written",
    "wr": "wr: the second read what the first had written",
    "rw": "rw: the second overwrote what the first had read",
}


class Anomaly(Protocol):
    """What went wrong between transactions: `distlab.checking.Anomaly` is one."""

    @property
    def transactions(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def edges(self) -> tuple[Any, ...]: ...  # noqa: D102
    @property
    def why(self) -> str: ...  # noqa: D102


class Isolated(Protocol):
    """What a judge of transactions gives: `distlab.checking.IsolationVerdict` is one."""

    @property
    def level(self) -> str: ...  # noqa: D102
    @property
    def ok(self) -> bool | None: ...  # noqa: D102
    @property
    def history(self) -> History: ...  # noqa: D102
    @property
    def witness(self) -> tuple[Operation, ...]: ...  # noqa: D102
    @property
    def anomalies(self) -> tuple[Any, ...]: ...  # noqa: D102
    @property
    def graph(self) -> networkx.MultiDiGraph: ...  # noqa: D102

    @property
    def why(self) -> str: ...  # noqa: D102
    @property
    def weakest(self) -> str | None: ...  # noqa: D102


class _Arrow(NamedTuple):
    """One edge: between whom, of what kind and on what, and why."""

    before: str
    after: str
    kind: str
    item: Any
    why: str


def dependencies(
    verdict: Isolated,
    title: str | None = None,
    *,
    width: int = look.WIDTH,
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw the dependency graph of transactions with the verdict on it.

    An arrow goes from one transaction to another that any serial order has to keep behind it, because it
    overwrote what the one wrote (ww), read it (wr), or overwrote what the one had read (rw). Each arrow has a
    number, and beside the map a sentence. Where they run in a circle there is no such order: the circle is red.

    Parameters
    ----------
    verdict : Isolated
        What `distlab.serializable` or `distlab.isolated` gave.
    title : str, optional
        By default what was found.
    width : int
        Pixels.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture
    """
    named = {f"T{i}": operation for i, operation in enumerate(verdict.history, 1)}
    broken = verdict.anomalies[0] if verdict.ok is False and verdict.anomalies else None
    names = _shown(verdict, broken, named)
    arrows = _arrows(verdict, broken, set(names))
    head = Header(title or _title(verdict, broken), _subtitle(verdict, broken, len(names)))
    top = head.draw(width - 2 * MARGIN) + 10
    cards = [_card(name, named[name], len(names) <= 8) for name in names]
    red = set(broken.transactions) if broken else set()
    row = bool(verdict.witness) and len(cards) > 1
    beside = len(arrows) > len({(a.before, a.after) for a in arrows})  # two arrows between the same two
    area = _area(cards, row, width, top + 26 * beside)
    boxes = (ties.in_row if row else ties.around)(cards, *area)
    place = {name: i for i, name in enumerate(names)}
    circle = len(broken.edges) or len(red) - 1 if broken else 0
    lines = [
        Tie(place[a.before], place[a.after], i + 1, a.kind, _label(a), i < circle)
        for i, a in enumerate(arrows)
    ]
    svg = [*head.svg, *ties.draw(cards, boxes, lines, {place[name] for name in red})]
    left, y = (MARGIN, area[1] + area[3] + 8) if row else (MARGIN + MAP + 14, top + 8)
    told, end = _sentences(_told(arrows, circle, broken), left, y, width - MARGIN)
    look_ = look.of(theme)
    words = f"{head.title} ({plural(len(verdict.history), 'transaction')}): {verdict.why}"
    height = max(end, area[1] + area[3]) + 14
    return Picture(frame("".join([*svg, *told]), width, height, look_, "dependencies", words), words, look_)


def _shown(verdict: Isolated, broken: Anomaly | None, named: Mapping[str, Operation]) -> list[str]:
    """The transactions to draw: the circle first, in its order; else the order that was found."""
    first = list(dict.fromkeys(broken.transactions)) if broken else []
    index = {id(operation): name for name, operation in named.items()}
    rest = [index[id(operation)] for operation in verdict.witness] or list(verdict.graph.nodes)
    every = list(dict.fromkeys([*first, *rest]))
    return every[: max(len(first), MOST)] if len(every) <= MOST or not first else first


def _arrows(verdict: Isolated, broken: Anomaly | None, shown: set[str]) -> list[_Arrow]:
    """The edges between those that are drawn, those of the circle first; what is told by a path needs no arrow."""
    first = []
    for before, after, why in broken.edges if broken else ():
        data = next(d for d in verdict.graph[before][after].values() if d["why"] == why)
        first.append(_Arrow(before, after, data["kind"], data["item"], why))
    if broken and not broken.edges and len(broken.transactions) == 2:
        first.append(_Arrow(*broken.transactions, "", None, broken.why))
    edges = verdict.graph.edges(data=True)
    every = [_Arrow(a, b, d["kind"], d["item"], d["why"]) for a, b, d in edges if {a, b} <= shown]
    return [*first, *[arrow for arrow in every if arrow not in first]][:TOLD]


def _title(verdict: Isolated, broken: Anomaly | None) -> str:
    if broken:
        return f"Not {verdict.level}: {broken}"
    if verdict.ok is None:
        return f"Not known whether {verdict.level}"
    return f"{verdict.level.capitalize()}: " + (
        "there is an order" if verdict.witness else "nothing forbids it"
    )


def _subtitle(verdict: Isolated, broken: Anomaly | None, drawn: int) -> str:
    hidden = len(verdict.history) - drawn
    more = f"; {plural(hidden, 'other transaction')} not drawn" if hidden > 0 else ""
    if broken:
        shape = "the red arrows run in a circle" if broken.edges else "a single read is wrong"
        return f"{shape}; the weakest level that forbids it is {verdict.weakest}{more}"
    if verdict.ok and verdict.witness and not getattr(verdict, "vacuous", ""):
        return f"one after the other from left to right explains every read{more}"
    return verdict.why + more


def _card(name: str, operation: Operation, whole: bool) -> Card:
    """A transaction's steps, with what its reads returned."""
    steps = operation.result if operation.outcome == "completed" else operation.call[1]
    lines = [_step(step) for step in steps] if whole else []
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{len(lines) - LINES + 1} more steps"]
    if operation.outcome != "completed":
        lines.append("aborted" if operation.outcome == "failed" else "outcome unknown")
    return Card(f"{name} · {operation.client}", lines, operation.outcome != "completed")


def _step(step: tuple[str, Any, Any]) -> str:
    kind, key, value = step
    key = key if isinstance(key, str) else values.text(key)
    if kind != "r":
        return f"{'append' if kind == 'append' else 'write'} {values.text(value)} to {key}"
    seen = f"[{', '.join(map(values.text, value))}]" if isinstance(value, tuple) else values.text(value)
    return f"read {key} → {'nothing' if value in (None, ()) else seen}"


def _label(arrow: _Arrow) -> str:
    if not arrow.kind:
        return ""
    return f"{arrow.kind} {arrow.item if isinstance(arrow.item, str) else values.text(arrow.item)}"


def _area(cards: Sequence[Card], row: bool, width: float, top: float) -> tuple[float, float, float, float]:
    """Left, top, width and height of the map."""
    high = max([card.size[1] for card in cards], default=40.0)
    if row:
        return MARGIN, top, width - 2 * MARGIN, high + 2 * 62
    if len(cards) <= 2:
        return MARGIN, top, MAP, high + 2 * ROOM
    return MARGIN, top, MAP, high * (2 + len(cards) / 4) + 2 * ROOM


def _told(arrows: Sequence[_Arrow], circle: int, broken: Anomaly | None) -> list[tuple[int, str, str]]:
    """Number, sentence and ink of each arrow; what they mean; for a read that is wrong by itself, only why."""
    told = [
        (i + 1, f"{a.before} before {a.after}: {a.why}" if a.kind else a.why, "red" if i < circle else "ink")
        for i, a in enumerate(arrows)
    ]
    if broken and not broken.edges and len(broken.transactions) != 2:
        told.insert(0, (0, broken.why, "red"))
    return [*told, *[(0, MEANING[kind], "muted") for kind in MEANING if kind in {a.kind for a in arrows}]]


def _sentences(
    told: Sequence[tuple[int, str, str]], left: float, y: float, right: float
) -> tuple[list[str], float]:
    """What is told, line by line, and where it ends."""
    svg: list[str] = []
    for number, sentence, ink in told:
        if number:
            svg.append(disc(left + 9, y + 10, number))
        size = 11.5 if ink == "muted" else LETTERS
        for line in text.wrap(sentence, size, right - left - 26):
            svg.append(text.svg(left + 26, y + 14, line, size, fill=ink))
            y += ROW
        y += 0 if ink == "muted" else 8
    return svg, y
