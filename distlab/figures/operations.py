"""Operations as bars: a row for each client, a bar from each call to its return."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping

from distlab.figures import text
from distlab.figures.look import MARGIN
from distlab.history import History, Operation

BAR, STEP = 24.0, 58.0  # pixels: a bar's height, the least width between two events
TIGHT, ROOMY = 42.0, 62.0  # pixels: a row's height, without and with pins under the bars
PAD, LETTER = 12.0, 12.0  # pixels: in front of and behind the words of a bar, and their size
LOOKS = {"read", "get", "contains"}  # calls that only look; all others are drawn as changes
DISC = 8.5  # pixels of radius


class Rows:
    """Where everything is.

    Attributes
    ----------
    width, bottom : float
        Pixels: of the whole, and where the last row ends.
    lane : dict of str to float
        The upper edge of each client's bars.
    """

    def __init__(self, history: History, top: float, width: float, high: float = TIGHT) -> None:
        self.history = history
        self.lane = {client: top + high * i for i, client in enumerate(history.clients)}
        self.left = MARGIN + max([text.width(client, 13, bold=True) for client in self.lane] or [0]) + 16
        self.marks = sorted({at for o in history for at in (o.called, o.returned) if at is not None})
        self.step = max((width - MARGIN - self.left) / max(1, len(self.marks)), self._least())
        self.width = round(self.left + self.step * max(1, len(self.marks)) + MARGIN)
        self.right = self.width - MARGIN
        self.bottom = top + high * max(1, len(self.lane))

    def _least(self) -> float:
        """As much room between two events as the words ask for, within reason."""
        places = {mark: i for i, mark in enumerate(self.marks)}
        asked = [STEP]
        for o in self.history:
            following = self._following(o)
            spans = (len(self.marks) if following is None else places[following.called]) - places[o.called]
            asked.append((text.width(said(o), LETTER) + 2 * PAD) / max(1, spans))
        return min(max(asked), 1.6 * STEP)

    def _following(self, operation: Operation) -> Operation | None:
        """The next operation of the same client."""
        own = (o for o in self.history if o.client == operation.client and o.called > operation.called)
        return min(own, key=lambda o: o.called, default=None)

    def x(self, position: float) -> float:
        """Positions in pixels: every call and return gets the same room, whatever lies between them."""
        after = bisect_right(self.marks, position)
        if after == 0:
            return self.left
        before = self.marks[after - 1]
        gap = self.marks[after] - before if after < len(self.marks) else 1.0
        return self.left + (after - 1 + min(1.0, (position - before) / gap)) * self.step

    def ends(self, operation: Operation) -> tuple[float, float]:
        """From which to which pixel a bar goes; one that never returned goes on to the edge."""
        x0 = self.x(operation.called)
        return x0, self.right if operation.returned is None else max(self.x(operation.returned), x0 + 8)

    def names(self) -> Iterator[str]:
        """The clients, and their lines."""
        for client, y in self.lane.items():
            yield text.svg(self.left - 12, y + BAR / 2 + 5, client, 13, anchor="end", bold=True)
            line = f"M{self.left:.1f},{y + BAR / 2:.1f}H{self.right:.1f}"
            yield f'<path class="lane" d="{line}" stroke="var(--hair)" stroke-width="1"/>'

    def bars(
        self, framed: Collection[Operation] = (), numbers: Mapping[int, int] | None = None
    ) -> Iterator[str]:
        """The bars; some framed in red, each with a number before its words where it has one (by index)."""
        for index, operation in enumerate(self.history):
            yield from self._bar(operation, operation in framed, (numbers or {}).get(index))

    def _bar(self, operation: Operation, framed: bool, number: int | None) -> Iterator[str]:
        y = self.lane[operation.client]
        x0, x1 = self.ends(operation)
        done = operation.outcome == "completed"
        fill = "plain" if not done or looks(operation) else "band-blue"
        dash = "" if done else ' stroke-dasharray="4 3"'
        frame = 'stroke="var(--red)" stroke-width="2"' if framed else 'stroke="var(--slate)" stroke-width="1"'
        box = f'x="{x0:.1f}" y="{y:.1f}" width="{x1 - x0:.1f}" height="{BAR:g}" rx="4"'
        yield f'<rect class="operation {operation.outcome}" {box} fill="var(--{fill})" {frame}{dash}/>'
        before = 0.0
        if number is not None:
            yield disc(x0 + PAD + 1, y + BAR / 2, number)
            before = DISC + 12
        following = self._following(operation)
        room = (self.right if following is None else self.x(following.called)) - x0 - PAD - before
        words = text.fit(said(operation), LETTER, max(room, STEP - before))
        end = x0 + 7 + before + text.width(words, LETTER)
        if end > x1 - 3:  # words go on behind a short bar, where its client's line gives way
            gap = f'x="{x1 + 1:.1f}" y="{y + 3:.1f}" width="{end - x1 + 3:.1f}" height="{BAR - 6:g}"'
            yield f'<rect {gap} fill="var(--ground)"/>'
        yield text.svg(x0 + 7 + before, y + BAR / 2 + 4, words, LETTER)


def disc(x: float, y: float, number: int) -> str:
    """A small circle with a number in it."""
    size = 10.5 if number < 100 else 8.5
    return (
        f'<circle class="number" cx="{x:.1f}" cy="{y:.1f}" r="{DISC:g}" fill="var(--ground)" stroke="var(--ink)"/>'
        + text.svg(x, y + 0.36 * size, str(number), size, anchor="middle", bold=True)
    )


def said(operation: Operation) -> str:
    """An operation in its bar: ``write 3``, ``read → 3``."""
    words = str(operation).removeprefix(f"{operation.client}: ").replace(" -> ", " → ")
    asks = looks(operation) and operation.outcome == "completed"
    return f"{words} → None" if asks and "→" not in words else words


def looks(operation: Operation) -> bool:
    """Whether a call only looks, and changes nothing."""
    call = operation.call
    return (call[0] if isinstance(call, tuple) and call else call) in LOOKS
