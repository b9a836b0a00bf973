"""A lock of ours that takes its time, to try a learner's holder with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distlab.exercises.lock_protocol import Acquire, Granted, Refused, Release, Renew, Renewed
from distlab.node import Node


class SlowLock(Node):
    """A right lock with a lease, whose answers leave late.

    Parameters
    ----------
    lease : float
        In ms.
    late : sequence of (float, float)
        How long the first answer takes, the second, ...; the last stands for all that follow, in ms.
    refuses : int
        How many requests it refuses at first.
    """

    def __init__(
        self, lease: float, late: Sequence[tuple[float, float]] = ((0, 0),), refuses: int = 0
    ) -> None:
        self.lease, self.late, self.refuses = lease, tuple(late), refuses
        self.token, self.held, self.said = 0, False, 0
        self.answers: dict[str, tuple[str, Any]] = {}

    def receive(self, message: Any, sender: str) -> None:
        """Decide at once, and answer later."""
        match message:
            case Acquire(number) if self.refuses or self.held:
                self.refuses = max(0, self.refuses - 1)
                self.answer(sender, Refused(number))
            case Acquire(number):
                self.held, self.token = True, self.token + 1
                self.set_timer("lease", self.lease)
                self.answer(sender, Granted(number, self.token))
            case Renew(number, token) if self.held and token == self.token:
                self.set_timer("lease", self.lease)
                self.answer(sender, Renewed(number))
            case Renew(number, _):
                self.answer(sender, Refused(number))
            case Release(token) if self.held and token == self.token:
                self.held = False
                self.cancel_timer("lease")

    def answer(self, to: str, message: Any) -> None:
        """Say it, after as long as this answer takes."""
        low, high = self.late[min(self.said, len(self.late) - 1)]
        self.said += 1
        if high == 0:
            self.send(to, message)
            return
        self.answers[f"answer {self.said}"] = to, message
        self.set_timer(f"answer {self.said}", (low, high))

    def wake(self, timer: str) -> None:
        """A lease is over, or an answer leaves."""
        if timer == "lease":
            self.held = False
        else:
            self.send(*self.answers.pop(timer))
