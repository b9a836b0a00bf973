"""What stands over a picture: what happened, and under it the figures."""

from __future__ import annotations

from distlab.figures import text
from distlab.figures.look import MARGIN, TEXT, TITLE


class Header:
    """Title and the line under it."""

    def __init__(self, title: str, subtitle: str) -> None:
        self.title, self.subtitle = text.one_line(title), text.one_line(subtitle)
        self.wide = max(text.width(self.title, TITLE, True), text.width(self.subtitle, TEXT))
        self.svg: list[str] = []

    def draw(self, room: float) -> float:
        """Draw both in lines of at most `room` pixels; return where they end."""
        y = 10.0
        for line in text.wrap(self.title, TITLE, room, bold=True, lines=2):
            y += 21
            self.svg.append(text.svg(MARGIN, y - 3, line, TITLE, bold=True))
        for line in text.wrap(self.subtitle, TEXT, room):
            y += 19
            self.svg.append(text.svg(MARGIN, y, line, TEXT, fill="muted"))
        return y + 6
