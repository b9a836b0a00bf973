"""How long a holder may believe that it holds the lock, worked out from the messages, and how long it does."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from distlab import values
from distlab.events import Event
from distlab.exercises.lock_protocol import Acquire, Granted, Release, Renew, Renewed
from distlab.exercises.registry import NotYet
from distlab.exercises.verdict import until
from distlab.trace import Trace

HAIR = 0.01  # ms


class Span(NamedTuple):
    """A time during which a node's ``state`` was "holding", in ms."""

    begin: float
    end: float


def spans(trace: Trace, name: str) -> list[Span]:
    """When a node believed that it held the lock; a crash ends it."""
    found, since = [], 0.0 if trace.first.get(name) == "holding" else math.nan
    for event in trace.events:
        if event.node != name or event.kind not in ("state", "crashed"):
            continue
        holds = event.kind == "state" and event.detail[1] == "holding"
        if holds and math.isnan(since):
            since = event.at
        elif not holds and not math.isnan(since):
            found.append(Span(since, event.at))
            since = math.nan
    return found if math.isnan(since) else [*found, Span(since, trace.duration)]


class Belief:
    """The judge of one holder in one run.

    Parameters
    ----------
    trace : Trace
    name, lock : str
    trust : float
        How long it may believe, counted from the sending of the last request that was answered with yes: in
        ms of simulated time.
    """

    def __init__(self, trace: Trace, name: str, lock: str, trust: float) -> None:
        self.trace, self.name, self.lock, self.trust = trace, name, lock, trust
        self.sent: dict[int, Event] = {}  # the sending of each request, by its number
        self.yes: Event | None = None  # the sending of the newest request that was answered with yes
        self.heard: Event | None = None  # that answer

    def judge(self) -> None:
        """Follow the holder through the run.

        Raises
        ------
        NotYet
            Where it believes without a reason, or longer than it may.
        """
        since = math.nan
        for event in self.trace.events:
            if event.node != self.name:
                continue
            if not math.isnan(since):
                self._at_most(since, event.at)
            if event.kind == "sent":
                self._request(event)
            elif event.kind == "delivered":
                self._answered(event)
            elif event.kind == "crashed":
                since, self.yes, self.sent = math.nan, None, {}
            elif event.kind == "state":
                since = self._turned(event) if event.detail[1] == "holding" else math.nan
        if not math.isnan(since):
            self._at_most(since, self.trace.duration)

    def _turned(self, event: Event) -> float:
        if self.yes is None:
            raise self._wrong(
                event.at,
                f'{self.name} turned to "holding" at {event.at:.4g} ms, and nobody had granted it anything.',
                "It holds the lock when it has heard Granted, not when it has asked.",
                "state is 'holding' only after a Granted for one of its requests",
            )
        return event.at

    def _request(self, event: Event) -> None:
        message = event.message
        if event.other != self.lock or not isinstance(message, (Acquire, Renew)):
            return
        if message.number in self.sent:
            before = self.sent[message.number]
            raise self._wrong(
                event.at,
                f"{self.name} sent {values.text(before.message)} at {before.at:.4g} ms, and {values.text(message)} at "
                f"{event.at:.4g} ms.",
                "Two requests with one number: nobody can tell to which of them an answer belongs.",
                "count the number up with every request",
            )
        self.sent[message.number] = event

    def _answered(self, event: Event) -> None:
        if isinstance(event.message, (Granted, Renewed)) and event.message.number in self.sent:
            asked = self.sent[event.message.number]
            if self.yes is None or asked.at > self.yes.at:
                self.yes, self.heard = asked, event

    def _at_most(self, since: float, at: float) -> None:
        """See whether it may believe still, at this moment."""
        assert self.yes is not None and self.heard is not None
        end = self.yes.at + self.trust
        if at <= end + HAIR:
            return
        raise self._wrong(
            at,
            f"{self.name} still believed that it held the lock just before {at:.4g} ms.",
            f"Its last request that was answered with yes, {values.text(self.yes.message)}, left at "
            f"{self.yes.at:.4g} ms; the answer came at {self.heard.at:.4g} ms. {self.trust:g} ms of trust from the "
            f"sending end at {end:.4g} ms.",
            self._mended(at, self.heard.at),
            mark=(end, at, "believes for too long"),
        )

    def _mended(self, at: float, heard: float) -> str:
        """What to do about a belief that was too long, by what it was counted from."""
        stops = next(span.end for span in spans(self.trace, self.name) if span.end >= at)
        if any(abs(stops - request.at - self.trust) < HAIR for request in self.sent.values()):
            return "an answer repeats the number of its request: count from the sending of that one, not of a later one"
        if self.yes is not None and heard > self.yes.at + HAIR and at <= heard + self.trust + HAIR:
            return "set the timer when you send the request, not when the answer comes: it may take its time"
        return "when the trust is over, and no newer request was answered with yes, it does not hold any more"

    def whole(self, work: float) -> None:
        """In calm, it holds the lock for the whole of its work, and then gives it back.

        Raises
        ------
        NotYet
            When it does not.
        """
        held = spans(self.trace, self.name)
        granted = [e for e in self.trace.events if e.node == self.name and isinstance(e.message, Granted)]
        if not held and granted:
            raise self._wrong(
                granted[0].at,
                f"{values.text(granted[0].message)} came to {self.name} at {granted[0].at:.4g} ms, and its state never "
                f'became "holding".',
                f"The request {granted[0].message.number} had left at "
                f"{self.sent[granted[0].message.number].at:.4g} ms, so {self.trust:g} ms of trust were not over.",
                "the answer to an older request counts, too, as long as the trust from its own sending is not over",
            )
        if not held:
            raise self._wrong(
                self.trace.duration,
                f'{self.name} was never "holding" in {self.trace.duration:.4g} ms.',
                "The lock was free, or became free, and answered whoever asked.",
                "who is refused asks again after a while; who hears Granted turns its state to 'holding'",
            )
        first = held[0]
        lasted = first.end - first.begin
        if lasted < work - 1:
            raise self._wrong(
                first.end,
                f"{self.name} held the lock for {lasted:.4g} ms, and its work takes {work:g} ms.",
                "Nothing went wrong on the way: as long as its requests to renew are answered, it goes on.",
                "renew long before the trust is over, and count the trust from the sending of that request",
            )
        gives = [
            f.sent for f in self.trace.messages() if f.sender == self.name and isinstance(f.message, Release)
        ]
        token = granted[0].message.token
        own = [event for event in gives if event.message.token == token]
        if not own or abs(own[0].at - first.end) > 1 or lasted > work + 1:
            came = (
                f"it sent {values.text(gives[0].message)}" if gives and not own else "it did not release it"
            )
            if own:
                came = f"it released it at {own[0].at:.4g} ms and held it until {first.end:.4g} ms"
            raise self._wrong(
                first.end,
                f"{self.name}'s work of {work:g} ms was done at {first.begin + work:.4g} ms, and {came}.",
                f"Then it sends Release({token}), and does not hold any more.",
                "others wait: release when the work is done, with your own token, and change your state",
            )

    def _wrong(self, at: float, got: str, why: str, advice: str, mark: Any = ()) -> NotYet:
        last = max((event.index for event in self.trace.events if event.at <= at), default=0)
        return NotYet(
            got, why, advice=advice, trace=until(self.trace, last), mark=mark, title=got.rstrip(".")
        )


def at_once(trace: Trace, names: list[str]) -> tuple[str, str, float, float] | None:
    """The first two that believed at the same time, and from when to when."""
    found = []
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            for a in spans(trace, one):
                for b in spans(trace, other):
                    begin, end = max(a.begin, b.begin), min(a.end, b.end)
                    if begin < end - HAIR:
                        first, second = (one, other) if a.begin <= b.begin else (other, one)
                        found.append((begin, end, first, second))
    if not found:
        return None
    begin, end, first, second = min(found)
    return first, second, begin, end
