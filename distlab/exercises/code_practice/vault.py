"""What a store has to answer, worked out from the messages that reach it, and compared with what it answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from distlab import values
from distlab.events import Event
from distlab.exercises.code_practice.ideal import Step, steps
from distlab.exercises.lock_protocol import Read, Rejected, Value, Write, Wrote
from distlab.exercises.registry import NotYet
from distlab.exercises.verdict import until
from distlab.node import Node
from distlab.trace import Trace

STORE = "store"


class Teller(Node):
    """Says to the store what its plan says, one request every ten ms: ``[Read(1), Write(1, 5)]``."""

    def __init__(self, plan: Sequence[Any]) -> None:
        self.plan = tuple(plan)

    def start(self) -> None:
        """Set a timer for each request."""
        for n in range(len(self.plan)):
            self.set_timer(str(n), 10 * n)

    def wake(self, timer: str) -> None:
        """Send it."""
        self.send(STORE, self.plan[int(timer)])


class Vault:
    """The judge of a store in one run: what it keeps, and that no write comes in behind a larger token.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.value: Any = 0
        self.seen: tuple[float, str, str] = (-math.inf, "", "")  # the largest token, whose, in what
        self.crashed = False
        self.rejected = 0  # writes that came too late, and were not taken

    def judge(self) -> None:
        """Follow the store through its run.

        Raises
        ------
        NotYet
            At the first answer that is wrong or missing.
        """
        for step in steps(self.trace, STORE):
            self.crashed |= step.event.kind == "crashed"
            message = step.event.message if step.event.kind == "delivered" else None
            if isinstance(message, (Read, Write)):
                self._judge(step, message, self._answer(step, message))
                if message.token > self.seen[0]:
                    self.seen = message.token, step.event.other or "", type(message).__name__.lower()

    def _answer(self, step: Step, message: Read | Write) -> Any:
        """The one answer that a request gets."""
        who, kind = step.event.other, Value if isinstance(message, Read) else Wrote
        if len(step.sent) != 1:
            said = "did not answer" if not step.sent else f"answered {len(step.sent)} times"
            raise self._wrong(
                step.event,
                f"{who} sent {values.text(message)}, and your store {said}.",
                "Every request gets one answer.",
                f"it is {kind.__name__}, or Rejected",
            )
        (sent,) = step.sent
        fits = sent.other == who and isinstance(sent.message, (kind, Rejected))
        if not fits or sent.message.token != message.token:
            raise self._wrong(
                step.event,
                f"{who} sent {values.text(message)}, and your store sent {values.text(sent.message)} to {sent.other}.",
                f"The answer goes to {who}, is {kind.__name__} or Rejected, and repeats the token {message.token}.",
                "the sender of a request is the second argument of receive",
            )
        return sent.message

    def _judge(self, step: Step, message: Read | Write, answer: Any) -> None:
        late = message.token < self.seen[0]
        if late and isinstance(answer, Rejected):
            self.rejected += isinstance(message, Write)
        elif late and isinstance(message, Write):
            raise self._late(step.event, message)
        elif isinstance(answer, Rejected):
            raise self._wrong(
                step.event,
                f"Your store rejected {values.text(message)} from {step.event.other}.",
                "It has seen no larger token"
                + (f": the largest is {self.seen[0]:g}." if self.seen[1] else ", and no other."),
                "a holder comes more than once with the same token: smaller ones are refused, not equal ones",
            )
        elif isinstance(message, Write):
            self.value = message.value
        if not isinstance(answer, Rejected) and answer.value != self.value:
            raise self._kept(step.event, message, answer)

    def _late(self, event: Event, message: Write) -> NotYet:
        token, whose, kind = self.seen
        after = " It had crashed in between." if self.crashed else ""
        advice = "the store has to remember the largest token and refuse smaller ones"
        if self.crashed:
            advice = "the largest token has to survive a crash, as the value has"
        elif kind == "read":
            advice = "a read shows a token, too: it has to count"
        return self._wrong(
            event,
            f"Your store accepted {event.other}'s write with token {message.token} after it had seen token {token:g}.",
            f"Token {token:g} came with a {kind} of {whose}.{after}",
            advice,
        )

    def _kept(self, event: Event, message: Read | Write, answer: Any) -> NotYet:
        return self._wrong(
            event,
            f"{event.other} sent {values.text(message)}, and your store answered {values.text(answer)}.",
            f"Its value is {values.text(self.value)}" + (", also after a crash." if self.crashed else "."),
            "what has to survive a crash stands on self.disk"
            if self.crashed
            else "Write replaces it, Read tells it",
        )

    def _wrong(self, event: Event, got: str, why: str, advice: str) -> NotYet:
        last = max((e.index for e in self.trace.events if e.at <= event.at), default=event.index)
        return NotYet(got, why, advice=advice, trace=until(self.trace, last), title=got.rstrip("."))
