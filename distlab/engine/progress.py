"""A line that says how far a long search has come."""

from __future__ import annotations

import os
import time

PATIENCE = 1.0  # seconds before anything is said
PAUSE = 0.25  # seconds between two lines


class Progress:
    """Says how many worlds were found, when that takes more than a second; silent where DISTLAB_QUIET is set."""

    def __init__(self) -> None:
        self._next = time.monotonic() + PATIENCE
        self._width = 0
        self._quiet = bool(os.environ.get("DISTLAB_QUIET"))

    def __call__(self, found: int, done: int, depth: int) -> None:
        """Tell how far a search of all schedules has come."""
        self.say(f"{found:,} worlds found, {found - done:,} of them still to be searched, {depth} steps deep")

    def say(self, said: str) -> None:
        """Say something, if it is time to."""
        now = time.monotonic()
        if self._quiet or now < self._next:
            return
        self._next = now + PAUSE
        self._width = max(self._width, len(said))
        print("\r" + said.ljust(self._width), end="", flush=True)

    def end(self) -> None:
        """Take the line away."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", flush=True)
