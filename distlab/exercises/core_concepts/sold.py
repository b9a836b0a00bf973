"""What a sale of seats may look like from outside, and what to say when it does not (exercise 2.5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from distlab import values
from distlab.events import Event
from distlab.exercises.registry import NotYet
from distlab.exercises.trials import counted
from distlab.history import History, Operation
from distlab.trace import Trace

OFFICE = "office"
NO_NUMBER, TWICE, TO_NOBODY = "no number", "sold twice", "sold to nobody"
SILENT = 1000.0  # ms after the last call has returned


class Wrong(NamedTuple):
    """A call that returned what it should not have, and an earlier one that had the same seat."""

    kind: str
    call: Operation
    other: Operation | None = None


def wrong(history: History) -> Wrong | None:
    """The first call whose seat is no number, sold already, or beyond what was asked for by then."""
    holder: dict[int, Operation] = {}
    for one in sorted(history.completed, key=lambda operation: operation.returned or 0):
        if isinstance(one.result, bool) or not isinstance(one.result, int) or one.result < 1:
            return Wrong(NO_NUMBER, one)
        if one.result in holder:
            return Wrong(TWICE, one, holder[one.result])
        if one.result > sum(other.called < (one.returned or 0) for other in history):
            return Wrong(TO_NOBODY, one)
        holder[one.result] = one
    return None


def sold_once(trace: Trace) -> None:
    """No seat is sold twice, and none to nobody.

    Raises
    ------
    NotYet
        With the reason, as far as the messages show it.
    """
    found = wrong(trace.history())
    if found is None:
        return
    name, seat = found.call.client, found.call.result
    if found.kind == NO_NUMBER:
        said = f"{name}'s call returned {values.text(seat)}."
        raise shown(trace, found, said, "A seat is a whole number, 1 or more.")
    if found.other is not None:
        both = (
            f"{found.other.client} and {name} were both sold"
            if found.other.client != name
            else f"{name} was twice sold"
        )
        raise shown(trace, found, f"{both} seat {seat}.", *why_twice(trace, found.call, found.other))
    asked = sum(other.called < (found.call.returned or 0) for other in trace.history())
    raise shown(
        trace,
        found,
        f"{name} was sold seat {seat}, and only {counted(asked, 'call')} had been made by then.",
        *why_to_nobody(trace, found.call),
    )


def shown(trace: Trace, found: Wrong, got: str, expected: str, why: str = "", advice: str = "") -> NotYet:
    """The sentences, and the run up to where it shows."""
    end = trace.events[int(found.call.returned or 0)].at
    return NotYet(
        got, expected, why, advice, trace=trace, between=(0, end + 5 * (trace.unit == "ms")), title=got[:-1]
    )


def crash_before(trace: Trace, call: Operation) -> Event | None:
    """The last crash of the office before that call returned."""
    crashes = [
        e for e in trace.events if e.kind == "crashed" and e.node == OFFICE and e.index < (call.returned or 0)
    ]
    return crashes[-1] if crashes else None


def requests(trace: Trace, call: Operation) -> list[Any]:
    """The messages of that call that the office heard, before the call returned."""
    end = len(trace.events) if call.returned is None else int(call.returned)
    heard = [
        e for e in trace.events[:end] if e.kind == "delivered" and (e.other, e.node) == (call.client, OFFICE)
    ]
    return [e.message for e in heard if (e.cause or 0) > call.called]


def answer_to(trace: Trace, call: Operation) -> Event | None:
    """The message that arrived last before that call returned: what its client took for the answer."""
    before = reversed(trace.events[: int(call.returned or 0)])
    return next((e for e in before if e.kind == "delivered" and e.node == call.client), None)


def why_twice(trace: Trace, call: Operation, other: Operation) -> tuple[str, str, str]:
    """What was expected, how it came to that, and what to do."""
    own, stays = "Each call gets a seat of its own.", "What was sold stays sold, whatever crashes."
    answer, crash = answer_to(trace, call), crash_before(trace, call)
    if answer is None or (answer.cause or 0) < call.called:
        old = "What was taken for the answer had been sent before the call was made: it answered an earlier one."
        nothing = f"Nothing had come to {call.client} when its call returned."
        which = "how does a buyer see which of its requests an answer belongs to?"
        return own, old if answer else nothing, which if answer else "the office says which seat it is"
    if crash is not None and (other.returned or 0) < crash.index:
        why = "The office crashed between the two: of what was in its memory it knew nothing any more."
        return stays, why, "what has to be on the disk before the answer leaves?"
    if crash is not None:
        return stays, *in_the_middle(trace, crash)
    if len(requests(trace, call)) > 1 or len(requests(trace, other)) > 1:
        why = "One of them had to ask more than once, and was not told what it would have been told the first time."
        return own, why, "an answer that is given again is the same answer"
    return (
        own,
        "The office took one request for another.",
        "a request is known by who asks and by its number: two buyers may use the same numbers",
    )


def why_to_nobody(trace: Trace, call: Operation) -> tuple[str, str, str]:
    """What was expected, how it came to that, and what to do."""
    expected = "Every seat up to the last one sold belongs to a call: one was sold to nobody."
    crash = crash_before(trace, call)
    if crash is not None:
        return expected, *in_the_middle(trace, crash)
    asked = requests(trace, call)
    if len(asked) < 2:
        return expected, "No request was made twice.", "the first seat is number 1; then comes 2"
    why = f"The office heard {call.client} {counted(len(asked), 'time')}, and sold a seat each time: at least once is "
    advice = "how does the office see that it has done this already?"
    if len(set(map(values.text, asked))) > 1:
        advice = "who asks again makes the same request: how is the office to know that?"
    return expected, f"{why}not once.", advice


def in_the_middle(trace: Trace, crash: Event) -> tuple[str, str]:
    """What a crash can do to an office that keeps its books in two steps, in its memory, or in no hurry."""
    why = f"The office crashed in the middle of a handler, after {counted(crash.n or 0, 'effect')} of it."
    if crash.detail[1]:
        return (
            "The crash tore the last record of the office's log: TORN stands there now.",
            "what is half written is not written: which records count?",
        )
    if hasty(trace):
        return why, "what is written is sure when it is forced: self.disk.sync() before the answer leaves"
    if crash.n:
        return why, "two writes are two moments, and a crash may fall between them: can one write say it all?"
    return (
        "The office crashed, and when the request came again it did not know it any more.",
        "what the office remembers of a request has to survive with the sale",
    )


def hasty(trace: Trace) -> bool:
    """Whether the office ever answered while what it had written was not forced."""
    fresh = False
    for event in trace.events:
        if event.node == OFFICE:
            if event.kind == "sent" and fresh:
                return True
            fresh = event.kind == "wrote" or (fresh and event.kind not in ("synced", "crashed"))
    return False


def end_of_sale(trace: Trace, wishes: Mapping[str, int]) -> None:
    """Every call has returned, the seats are 1, 2, 3, ... in the order of the calls, and all is quiet.

    Raises
    ------
    NotYet
        With the reason, as far as the messages show it.
    """
    history = trace.history()
    for name, seats in wishes.items():
        mine = [operation for operation in history if operation.client == name]
        for operation in mine:
            if operation.outcome != "completed":
                raise open_call(trace, operation)
        if len(mine) != seats:
            raise NotYet(
                f"{name} made {counted(len(mine), 'call')}.",
                f"It wanted {counted(seats, 'seat')}: one call a seat, one after the other.",
                advice="invoke begins a call, complete ends it; then comes the next one",
                trace=trace,
                between=(0, 200),
            )
    in_order(history, trace)
    quiet(history, trace)


def in_order(history: History, trace: Trace) -> None:
    """The seats are all those from 1 on, and who calls later sits further back."""
    for one in history:
        for other in history:
            if one.precedes(other) and one.result > other.result:
                raise NotYet(
                    f"{one.client} had seat {one.result} already when {other.client} called and was sold seat "
                    f"{other.result}.",
                    "Seats are sold in order: 1, 2, 3, ...",
                    advice="a seat that was left out is sold to nobody any more",
                    trace=trace,
                )


def open_call(trace: Trace, call: Operation) -> NotYet:
    """A call that never returned, or was given up: at most once is not once either."""
    name, number = (
        call.client,
        1 + sum(o.client == call.client and o.called < call.called for o in trace.history()),
    )
    ended = next(
        (
            e.kind
            for e in trace.events[int(call.called) :]
            if e.node == name and e.kind in ("failed", "gave up")
        ),
        "",
    )
    sent = [e for e in trace.events if e.kind == "sent" and e.node == name and e.index > call.called]
    last = sent[-1].at if sent else call.called_at or 0.0
    picture: Any = {"trace": trace, "between": (0, min(trace.duration, last + 500, 1000))}
    if ended:
        return NotYet(
            f"{name}'s call number {number} {ended}.",
            "A call is over when it has a seat.",
            advice="ask again",
            **picture,
        )
    got = f"{name}'s call number {number} never returned; it asked {counted(len(sent), 'time')}"
    if last < trace.duration - 3 * SILENT:
        return NotYet(
            f"{got}, the last time at {last:.4g} ms, and then waited for ever.",
            "Every call returns: at most once is not once.",
            "A request can be lost, and so can its answer.",
            "when no answer has come for a while, ask again",
            **picture,
        )
    answers = sum(
        e.kind == "sent" and (e.node, e.other) == (OFFICE, name) and e.index > call.called
        for e in trace.events
    )
    heard = len(requests(trace, call))
    return NotYet(
        f"{got}, to the end, and the office heard it {counted(heard, 'time')} and answered "
        f"{counted(answers, 'time')}.",
        "Every call returns: at most once is not once.",
        "Whoever asks again has not heard the answer." if answers < heard else "",
        "a request that was seen before still needs its answer"
        if answers < heard
        else "what does it wait for?",
        **picture,
    )


def quiet(history: History, trace: Trace) -> None:
    """When the last call has returned nobody asks any more."""
    over = max((operation.returned_at or 0.0 for operation in history), default=0.0)
    late = [e for e in trace.events if e.kind == "sent" and e.at > over + SILENT]
    if late:
        raise NotYet(
            f"{late[-1].node} still sent messages at {late[-1].at / 1000:.4g} s, and the last call had returned at "
            f"{over:.4g} ms.",
            "A call that has returned is over.",
            advice="cancel its timer",
            trace=trace,
            between=(max(0, over - 200), over + 500),
        )
