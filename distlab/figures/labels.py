"""The words inside a space-time diagram: notes, operations, states, crashes, each where there is room."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import sqrt
from typing import Any

from distlab import values
from distlab.figures import text
from distlab.figures.bands import extent
from distlab.figures.layout import Layout
from distlab.figures.place import Box, Free
from distlab.figures.scene import Scene
from distlab.figures.things import Arrow, Mark
from distlab.node import Message

NOTE, SIZE = 12, 11
LINE = 15  # height of a line of notes
MOST_NOTES = 60  # notes beyond are counted, not drawn
LISTED = 12
MOST_LABELLED = 24


class Labels:
    """All words of a scene, placed.

    Attributes
    ----------
    svg, behind : list of str
        Over the messages, and under them.
    listed : list of str
        Notes that found no room, to be written under the picture; the diagram shows their numbers.
    silent : int
        How many more notes there are.
    """

    def __init__(self, scene: Scene, layout: Layout, free: Free, colours: dict[str, str]) -> None:
        self.scene, self.layout, self.free, self.colours = scene, layout, free, colours
        self.svg: list[str] = []
        self.behind: list[str] = []
        self.listed: list[str] = []
        self.silent = max(0, len(scene.notes) - MOST_NOTES)
        self.gaps: list[list[tuple[float, float]]] = [[] for _ in scene.names]
        self.stretches: list[list[tuple[float, float, str]]] = [[] for _ in scene.names]
        for band in scene.gaps:
            self.gaps[band.row].append(extent(band, scene, layout))
        for band in scene.states:
            self.stretches[band.row].append((*extent(band, scene, layout), colours[band.what]))
        self._operations()
        self._crashes()
        for note in scene.notes[:MOST_NOTES]:
            self._note(note)
        if layout.band >= 13 and not layout.crowded:
            self._states()
        if scene.messages <= MOST_LABELLED:
            self._messages()

    # --- operations ---

    def _operations(self) -> None:
        """A thin bracket under its client's line for each operation, with the call and its result."""
        for span in self.scene.operations:
            x0 = self.layout.x(span.start)
            x1 = self.layout.right + 6 if span.end is None else self.layout.x(span.end)
            y = self.layout.lower[span.row] + 6
            known = span.outcome in ("completed", "failed") and (span.end or 0) <= self.scene.end
            line = f"M{x0:.1f},{y - 3:.1f}v6v-3H{x1:.1f}" + ("v-3v6" if known else "")
            dash = "" if span.outcome == "completed" else ' stroke-dasharray="3 2"'
            tag = f'class="operation" data-e="{span.event}"'
            self.behind.append(
                f'<path {tag} d="{line}" stroke="var(--slate)" stroke-width="1.4" fill="none"{dash}/>'
            )
            self._operation_text(span.text, span.event, x0, x1, y)

    def _operation_text(self, words: str, event: int, x0: float, x1: float, y: float) -> None:
        wide = text.width(words, SIZE)
        for x in ((x0 + x1 - wide) / 2, x0, x1 - wide):
            x = min(max(x, self.free.within.left), self.free.within.right - wide)
            box = Box(x - 3, y + 2, x + wide + 3, y + 15)
            if self.free.is_free(box):
                self.free.take(box)
                self.svg.append(
                    text.svg(x, y + 12, words, SIZE, halo="ground", extra=f'class="word" data-e="{event}"')
                )
                return

    # --- crashes and notes ---

    def _crashes(self) -> None:
        crashes = [mark for mark in self.scene.marks if mark.what == "crash"]
        clocks = [mark for mark in self.scene.marks if mark.what == "clock"]
        for mark in (crashes if len(crashes) <= 8 else []) + (clocks if len(clocks) <= 8 else []):
            words = mark.text or mark.what
            self._in_space(mark, words, "red", most=4.5)

    def _note(self, note: Mark) -> None:
        if self._on_band(note) or self._in_space(note, note.text, "ink", most=5.5):
            return
        self._numbered(note)

    def _in_space(self, mark: Mark, words: str, colour: str, most: float) -> bool:
        """Write over or under the line, with a little stroke that says where it belongs."""
        words = text.fit(words, NOTE, 0.6 * (self.free.within.right - self.free.within.left))
        wide = text.width(words, NOTE)
        box = self.free.best(self._around(mark, wide), most)
        if box is None:
            return False
        x, upper, lower = self.layout.x(mark.at), self.layout.upper[mark.row], self.layout.lower[mark.row]
        stroke = min(max(x, box.left + 4), box.right - 4)
        y0, y1 = (box.bottom - 1, upper) if box.bottom <= upper else (lower, box.top + 2)
        tag = f'class="note" data-e="{mark.event}"'
        look = f'stroke="var(--{colour})" stroke-opacity=".6" fill="none"'
        self.svg.append(f'<path {tag} d="M{stroke:.1f},{y0:.1f}L{x:.1f},{y1:.1f}" {look}/>')
        self.svg.append(
            text.svg(box.left + 3, box.bottom - 4, words, NOTE, fill=colour, halo="ground", extra=tag)
        )
        return True

    def _around(self, mark: Mark, wide: float) -> Iterator[tuple[float, Box]]:
        """Places over and under a line for a text, with what each costs."""
        layout, within = self.layout, self.free.within
        x, (over, under) = layout.x(mark.at), layout.rooms(mark.row)
        tops = [
            (1.2 * i, layout.upper[mark.row] - 4 - LINE * (i + 1))
            for i in range(min(3, int((over - 6) / LINE)))
        ]
        low = layout.lower[mark.row] + 4 + layout.lane[mark.row]
        tops += [(0.6 + 1.2 * i, low + LINE * i) for i in range(min(3, int((under - 6) / LINE)))]
        shifts = ((0.0, -6.0), (0.2, -wide / 2), (0.3, 6 - wide), (0.5, 8.0), (0.6, -wide - 8))
        for cost, top in tops:
            for more, shift in shifts:
                left = min(max(x + shift, within.left), within.right - wide - 6)
                yield cost + more, Box(left, top, left + wide + 6, top + LINE)

    def _on_band(self, note: Mark) -> bool:
        """Write on the band itself, the band's colour behind, where one state lasts long enough."""
        layout, wide = self.layout, text.width(note.text, NOTE)
        if layout.band < 14:
            return False
        x, top = layout.x(note.at), layout.upper[note.row]
        candidates = []
        for left in (x + 8, x - wide - 14):
            box = Box(left, top + 0.5, left + wide + 6, top + layout.band - 0.5)
            if self._ground(note.row, box) is not None:
                candidates.append((0.0 if left > x else 0.1, box))
        found = self.free.best(candidates, crossing=False)
        if found is not None:
            self._word(
                found, note.text, NOTE, self._ground(note.row, found) or "plain", "ink", note.event, "note"
            )
        return found is not None

    def _ground(self, row: int, box: Box) -> str | None:
        """The one colour of the band behind a box; None when it changes there."""
        left, right = box.left, box.right
        if any(x0 < right and left < x1 for x0, x1 in self.gaps[row]):
            return None
        for x0, x1, colour in self.stretches[row]:
            if x0 + 1 <= left and right <= x1 - 1:
                return f"band-{colour}"
        return None if self.stretches[row] else "plain"

    def _word(self, box: Box, words: str, size: float, ground: str, ink: str, event: int, kind: str) -> None:
        y = (box.top + box.bottom) / 2
        tag = f'class="{kind}" data-e="{event}"'
        self.svg.append(
            f'<rect {tag} x="{box.left:.1f}" y="{box.top:.1f}" width="{box.right - box.left:.1f}" '
            f'height="{box.bottom - box.top:.1f}" '
            f'fill="var(--{ground})"/>'
            + text.svg(box.left + 3, y + 0.36 * size, words, size, fill=ink, extra=tag)
        )

    def _numbered(self, note: Mark) -> None:
        """A number in the diagram, the note under it."""
        number = len(self.listed) + 1
        if number > LISTED:
            self.silent += 1
            return
        x = self.layout.x(note.at)
        candidates = []
        for cost, y in ((0.0, self.layout.upper[note.row] - 9), (0.5, self.layout.lower[note.row] + 9)):
            for step in (0, 12, -12, 24, -24):
                candidates.append((cost + abs(step) / 20, Box(x + step - 7, y - 7, x + step + 7, y + 7)))
        box = self.free.best(candidates, most=40)
        if box is not None:
            cx, cy = (box.left + box.right) / 2, (box.top + box.bottom) / 2
            self.svg.append(
                f'<circle class="note" data-e="{note.event}" cx="{cx:.1f}" cy="{cy:.1f}" r="6.5" fill="var(--ground)" '
                f'stroke="var(--ink)"/>' + text.svg(cx, cy + 3.3, str(number), 9, anchor="middle", bold=True)
            )
        unit = " ms" if self.scene.unit == "ms" else ""
        self.listed.append(f"{self.scene.names[note.row]} at {note.at:.4g}{unit}: {note.text}")

    # --- states ---

    def _states(self) -> None:
        """The word of a state at the beginning of its band, where nothing else stands."""
        for band in self.scene.states:
            x0, x1 = extent(band, self.scene, self.layout)
            wide = text.width(band.what, SIZE) + 6
            if wide + 10 > x1 - x0:
                continue
            top, ground = self.layout.upper[band.row], f"band-{self.colours[band.what]}"
            boxes = [
                Box(x, top + 0.5, x + wide, top + self.layout.band - 0.5) for x in (x0 + 5, x0 + 18, x0 + 32)
            ]
            fitting = [(0.1 * i, box) for i, box in enumerate(boxes) if self._ground(band.row, box) == ground]
            if (box := self.free.best(fitting, most=1)) is not None:
                self._word(box, band.what, SIZE, ground, "ink", band.event, "state")

    # --- messages ---

    def _messages(self) -> None:
        """Beside each arrow the fields in which the messages of its kind differ, where there is room."""
        differing = fields_that_differ([event.message for event in self.scene.events if event.kind == "sent"])
        copies = [arrow for _, arrow in self.scene.copies]
        lost = [arrow for arrow, _ in self.scene.lost]
        for arrow in [*chain.from_iterable(self.scene.arrows.values()), *lost, *copies]:
            message = self.scene.events[arrow[0]].message
            words = text.fit(short(message, differing[type(message)]), SIZE, 140)
            if words and arrow[2] != arrow[3]:
                self._beside(arrow, words)

    def _beside(self, arrow: Arrow, words: str) -> None:
        """Write next to the middle of an arrow, on the side where less is in the way."""
        layout, half = self.layout, text.width(words, SIZE) / 2 + 2
        x0, y0, x1, y1 = (
            layout.x(arrow[4]),
            layout.edge(arrow[2], arrow[3]),
            layout.x(arrow[5]),
            layout.edge(arrow[3], arrow[2]),
        )
        long = sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
        nx, ny = (y1 - y0) / long, -(x1 - x0) / long  # across the arrow
        off = abs(nx) * half + abs(ny) * 7 + 1.5
        candidates = []
        for cost, part in ((0.0, 0.5), (0.1, 0.4), (0.1, 0.6), (0.2, 0.3), (0.2, 0.7)):
            for side in (1, -1):
                x, y = x0 + part * (x1 - x0) + side * off * nx, y0 + part * (y1 - y0) + side * off * ny
                box = Box(x - half, y - 7, x + half, y + 7)
                if not any(
                    box.top < layout.lower[r] and box.bottom > layout.upper[r]
                    for r in range(len(layout.middle))
                ):
                    candidates.append((cost + (0 if side * ny < 0 else 0.05), box))
        if (found := self.free.best(candidates, most=0.9)) is not None:
            tag = f'class="word" data-e="{arrow[0]}"'
            self.svg.append(
                text.svg(
                    found.left + 2, found.bottom - 3, words, SIZE, fill="muted", halo="ground", extra=tag
                )
            )


def fields_that_differ(messages: list[Any]) -> dict[type, list[str]]:
    """For each kind of message the fields that have more than one value among them."""
    seen: dict[type, dict[str, set[str]]] = {}
    for message in messages:
        fields = seen.setdefault(type(message), {})
        for name, value in values.attributes(message).items():
            fields.setdefault(name, set()).add(values.text(value))
    return {kind: [name for name, found in fields.items() if len(found) > 1] for kind, fields in seen.items()}


def short(message: Any, fields: list[str]) -> str:
    """Some fields of a message as they stand beside its arrow: words as they are, numbers with their names."""
    there = [(name, getattr(message, name)) for name in fields]
    # A message in a message is too long to stand there.
    there = [(name, value) for name, value in there if not isinstance(value, Message)] or there
    return text.one_line(", ".join([v if isinstance(v, str) else f"{n}={values.text(v)}" for n, v in there]))
