"""What an attempt prints while it is checked: the beginning of it, and how much more there was."""

from __future__ import annotations

import io

MOST_LINES, LONGEST_LINE = 12, 160


class Printout(io.TextIOBase):
    """Takes the place of standard output; `begin` forgets what an earlier case printed."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start anew: only the case that the answer is about matters."""
        self._text, self._newlines = "", 0

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep the beginning, count the rest."""
        room = MOST_LINES * LONGEST_LINE - len(self._text)
        self._text += text[: max(room, 0)]
        self._newlines += text.count("\n")
        return len(text)

    def lines(self) -> list[str]:
        """The first lines, and one that says how many more there were."""
        all_lines = self._text.splitlines()
        kept = [
            line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
            for line in all_lines[:MOST_LINES]
        ]
        more = max(self._newlines, len(all_lines)) - len(kept)
        return [*kept, f"… and {more:,} more line{'' if more == 1 else 's'}"] if more > 0 else kept
