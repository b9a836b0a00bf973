"""What a lock has to answer, worked out from the messages that reach it, and compared with what it answers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from distlab import values
from distlab.events import ACTIVATIONS, Event
from distlab.exercises.lock_protocol import Acquire, Granted, Refused, Release, Renew, Renewed
from distlab.exercises.registry import NotYet
from distlab.exercises.verdict import until
from distlab.trace import Trace

HAIR = 0.01  # ms: a timer and a message at the same instant may come in either order


class Step(NamedTuple):
    """Something that reached a node, and what it sent then."""

    event: Event
    sent: list[Event]


def steps(trace: Trace, node: str) -> Iterator[Step]:
    """All that a node reacted to, and its crashes, in order."""
    step = None
    for event in trace.events:
        if event.node != node:
            continue
        if event.kind in ACTIVATIONS or event.kind == "crashed":
            if step is not None:
                yield step
            step = Step(event, [])
        elif event.kind == "sent" and step is not None:
            step.sent.append(event)
    if step is not None:
        yield step


class Grant(msgspec.Struct):
    """Who may hold the lock, by which request and token, and until when (ms)."""

    client: str
    number: int
    token: int
    until: float
    known: bool = True  # whether the lock can still know of it: it has not crashed since


class Ideal:
    """The judge of one run of a lock.

    Parameters
    ----------
    trace : Trace
    lock : str
        The lock's name.
    lease : float
        How long a grant lasts, in ms; without end by default.
    """

    def __init__(self, trace: Trace, lock: str, lease: float = math.inf) -> None:
        self.trace, self.lock, self.lease = trace, lock, lease
        self.grant: Grant | None = None
        self.largest = -math.inf
        self.crashed = -math.inf  # when it last came back
        self.stray: Event | None = None  # a release that was not of the grant in force
        self.answers: dict[tuple[str, int], Any] = {}  # the first to each request

    def judge(self) -> None:
        """Follow the lock through its run.

        Raises
        ------
        NotYet
            At the first answer that is wrong or missing.
        """
        for step in steps(self.trace, self.lock):
            if step.event.kind == "crashed" and self.grant is not None:
                self.grant.known = False
            elif step.event.kind == "recovered":
                self.crashed = step.event.at
            message = step.event.message if step.event.kind == "delivered" else None
            answer = self._answer(step, message)
            if isinstance(message, Acquire):
                self._acquire(step.event, message, answer)
            elif isinstance(message, Renew):
                self._renew(step.event, message, answer)
            elif isinstance(message, Release):
                self._release(step.event, message)

    def _answer(self, step: Step, message: Any) -> Any:
        """The one answer that a request gets."""
        asked = isinstance(message, (Acquire, Renew))
        allowed = (Granted if isinstance(message, Acquire) else Renewed, Refused)
        for event in step.sent:
            fits = asked and event.other == step.event.other and isinstance(event.message, allowed)
            if not fits or event.message.number != message.number:
                raise self._wrong(
                    event,
                    f"Your lock sent {values.text(event.message)} to {event.other} {self._when(step.event)}.",
                    self._wanted(step.event, message),
                    "an answer goes to who asked, at once, and repeats the number of the request",
                )
        if asked and len(step.sent) != 1:
            raise self._wrong(
                step.event,
                f"{step.event.other} sent {values.text(message)}, and your lock "
                + ("did not answer." if not step.sent else f"answered {len(step.sent)} times."),
                "Every request gets one answer: yes, or no.",
                "who is refused asks again later, so nobody has to be kept waiting",
            )
        return step.sent[0].message if step.sent else None

    def _when(self, event: Event) -> str:
        if event.message is not None:
            return f"when {values.text(event.message)} came from {event.other}"
        return {"timer": f"when its timer {event.detail!r} ran out"}.get(event.kind, f"when it {event.kind}")

    def _wanted(self, event: Event, message: Any) -> str:
        if isinstance(message, (Acquire, Renew)):
            yes = "Granted" if isinstance(message, Acquire) else "Renewed"
            return f"The answer is {yes} or Refused, to {event.other}, with the number {message.number}."
        return "It speaks only when it is asked, and a Release is not answered."

    def _time(self, at: float) -> str:
        return f"at {at:.4g} ms" if self.trace.unit == "ms" else f"in step {at:.0f}"

    def _held(self, at: float) -> bool:
        return self.grant is not None and at < self.grant.until - HAIR

    def _current(self, event: Event, token: int) -> bool:
        """Whether a token that a client shows is that of the grant in force, and its own."""
        grant = self.grant
        return (
            grant is not None
            and event.at < grant.until + HAIR
            and (grant.client, grant.token) == (event.other, token)
        )

    def _release(self, event: Event, message: Release) -> None:
        if self._current(event, message.token):
            self.grant = None
        else:
            self.stray = event

    def _acquire(self, event: Event, message: Acquire, answer: Any) -> None:
        grant, request = self.grant, (event.other or "", message.number)
        same = grant is not None and (grant.client, grant.number) == request
        anew = grant is not None and grant.client == event.other and message.number > grant.number
        if self.answers.get(request) == answer:
            return  # the same request, and the same answer, whatever has happened in between
        self.answers.setdefault(request, answer)
        if isinstance(answer, Refused):
            if self._held(event.at) and same:
                raise self._repeated(event)
            self._refused(event)
        elif self._held(event.at) and not anew:  # the holder itself may get a new grant for a new request
            if grant is None or not same or answer.token != grant.token:
                raise self._second(event, answer, same)
        else:
            self._fresh(event, answer)

    def _fresh(self, event: Event, answer: Granted) -> None:
        """A new grant has a larger token than all before it."""
        if not isinstance(answer.token, int) or isinstance(answer.token, bool):
            raise self._wrong(
                event,
                f"Your lock granted token {values.text(answer.token)}.",
                "A token is a whole number that grows from grant to grant.",
                "count the grants",
            )
        if answer.token <= self.largest:
            after = " after its crash" if self.crashed > -math.inf else ""
            raise self._wrong(
                event,
                f"Your lock granted token {answer.token} to {event.other}{after}, and had granted "
                f"{self.largest:g} before.",
                "Every new grant has a larger token than all before it.",
                "what has to survive a crash stands on self.disk" if after else "count the grants",
            )
        self.largest, self.stray = answer.token, None
        self.grant = Grant(event.other or "", answer.number, answer.token, event.at + self.lease)

    def _refused(self, event: Event) -> None:
        """A lock is refused for a reason: somebody has it, or the lock does not know whether somebody has."""
        ended = -math.inf if self.grant is None else self.grant.until
        if (
            self._held(event.at)
            or abs(event.at - ended) <= HAIR
            or event.at < self.crashed + self.lease + HAIR
        ):
            return
        why, advice = "Nobody had ever held it.", "at the beginning it is free"
        if self.grant is not None:
            why = f"The lease of {self.grant.client}, token {self.grant.token}, had ended at {ended:.4g} ms."
            advice = "a timer of the lock's own ends a grant that is not renewed"
        elif self.largest > -math.inf:
            why = f"Whoever held it had released it with the right token, {self.largest:g}."
            advice = "a release with the token of the grant in force makes the lock free"
        raise self._wrong(event, f"Your lock refused {event.other}, though it was free.", why, advice)

    def _repeated(self, event: Event) -> NotYet:
        assert self.grant is not None
        return self._wrong(
            event,
            f"{event.other}'s request {self.grant.number} came twice, and the second time it was refused.",
            f"It is {event.other} who holds the lock, by that very request: the same answer again, token "
            f"{self.grant.token}.",
            "remember which request of whom was granted",
        )

    def _second(self, event: Event, answer: Granted, same: bool) -> NotYet:
        grant = self.grant
        assert grant is not None
        if same:
            return self._wrong(
                event,
                f"{event.other}'s request {grant.number} came twice, and was granted twice, with tokens "
                f"{grant.token} and {answer.token}.",
                "The network may deliver a message twice. That is still one request, and one grant.",
                "remember which request of whom was granted, and give the same answer again",
            )
        till = "" if math.isinf(grant.until) else f", until {grant.until:.4g} ms"
        why = f"{grant.client} held it, with token {grant.token}{till}, and had not released it."
        advice = "remember that somebody has it, and refuse everybody else"
        if not grant.known:
            advice = "after a crash it has forgotten when its grants end: how long until they all have?"
        elif self.stray is not None:
            why += f" {self.stray.other}'s {values.text(self.stray.message)} is not of that grant."
            advice = "a Release counts when its token is that of the grant in force, and not otherwise"
        elif not math.isinf(self.lease):
            advice = (
                "when does a grant end? when a whole lease has passed since it was given, or last renewed"
            )
        return self._wrong(
            event,
            f"Your lock granted token {answer.token} to {event.other} {self._time(event.at)}.",
            why,
            advice,
        )

    def _renew(self, event: Event, message: Renew, answer: Any) -> None:
        current = self._current(event, message.token)
        if isinstance(answer, Renewed):
            if not current:
                raise self._wrong(
                    event,
                    f"Your lock renewed token {message.token} for {event.other} {self._time(event.at)}.",
                    self._why_not(event, message),
                    "renew nothing but the grant in force; what has ended has ended",
                )
            assert self.grant is not None
            self.grant.until = event.at + self.lease
        elif current and self.grant is not None and self.grant.known and self._held(event.at):
            raise self._wrong(
                event,
                f"Your lock refused to renew token {message.token} for {event.other} {self._time(event.at)}.",
                f"That grant is in force until {self.grant.until:.4g} ms.",
                "the token of the grant in force is renewed",
            )

    def _why_not(self, event: Event, message: Renew) -> str:
        if self.grant is None:
            return "That grant had been released."
        if self.grant.token == message.token:
            return f"Its lease had ended at {self.grant.until:.4g} ms."
        return f"The grant in force is {self.grant.client}'s, with token {self.grant.token}."

    def _wrong(self, event: Event, got: str, why: str, advice: str) -> NotYet:
        """The run up to the wrong answer, with the moment marked."""
        last = max((step.index for step in self.trace.events if step.at <= event.at), default=event.index)
        return NotYet(got, why, advice=advice, trace=until(self.trace, last), title=got.rstrip("."))
