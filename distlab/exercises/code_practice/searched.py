"""Search every order of events of a system with a learner's nodes in it, and tell the shortest run that goes wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from distlab.engine.exploration import Exploration
from distlab.engine.judge import Predicate
from distlab.exercises.lock_protocol import Granted, Read, Release, Value, Write, Wrote
from distlab.exercises.registry import Mark, NotYet
from distlab.exercises.trials import progress, sentence
from distlab.exploration import explore
from distlab.node import Node, NodeError
from distlab.trace import Trace

MOST = 300_000  # worlds; what is right needs far fewer


def searched(
    words: str,
    nodes: Mapping[str, Node],
    always: Mapping[str, Predicate],
    sometimes: Mapping[str, Predicate] | None = None,
    **bounds: Any,
) -> Exploration:
    """Search a system.

    Parameters
    ----------
    words : str
        What is special here, for whoever waits.
    nodes, always, sometimes, **bounds
        As for `distlab.explore`.

    Raises
    ------
    NotYet
        When a node breaks, or there is no end to what may happen.
    """
    progress.case(words)
    try:
        found = explore(nodes, always, sometimes, max_states=MOST, **bounds)
    except NodeError as error:
        raise NotYet(sentence(error), trace=error.trace) from error
    if found.violation is None and not found.complete:
        raise NotYet(
            f"The search met {found.states:,} situations of {', '.join(nodes)}, and saw no end of them.",
            f"It says: {found!r}.",
            advice="what do your nodes remember that grows without end, or say again and again?",
        )
    return found


def holding(world: Any, names: tuple[str, ...]) -> list[str]:
    """Who believes that they hold the lock."""
    return [name for name in names if world.up[name] and world.nodes[name].state == "holding"]


def story(trace: Trace, lock: str, store: str = "") -> str:
    """What happened to the lock, in a sentence: ``ana was granted token 1; its lease ran out; ...``."""
    told, owner, running = [], "", None
    for event in trace.events:
        message, kind = event.message, event.kind
        if event.node == lock and kind == "sent" and isinstance(message, Granted):
            told.append(f"{event.other} was granted token {message.token}")
            owner, running = event.other, message.token
        elif event.node == lock and kind == "delivered" and isinstance(message, Release):
            mine = event.other == owner and message.token == running
            told.append(
                f"{event.other} released {'it' if mine else f'token {message.token}, which was not in force'}"
            )
        elif event.node == lock and kind == "timer":
            told.append(
                f"the lease of token {running} ran out"
                if running is not None
                else "a timer of the lock ran out"
            )
        elif event.node in (lock, store) and kind in ("crashed", "recovered"):
            told.append(f"the {event.node} {'crashed' if kind == 'crashed' else 'came back'}")
        elif event.node == store and kind == "delivered" and isinstance(message, (Read, Write)):
            told.append(f"{event.other} {_done(trace, event)}")
    return "; ".join(told)


def _done(trace: Trace, asked: Any) -> str:
    """What came of a request to the store: ``read 0``, ``wrote 1``, ``was rejected``."""
    for event in trace.events[asked.index + 1 :]:
        if event.kind == "sent" and event.node == asked.node:
            answer = event.message
            if isinstance(answer, Value):
                return f"read {answer.value}, with token {answer.token}"
            if isinstance(answer, Wrote):
                return f"wrote {answer.value}, with token {answer.token}"
            return "was rejected"
        if event.kind in ("delivered", "timer", "recovered"):
            break
    return "got no answer"


def together(trace: Trace, names: tuple[str, ...]) -> list[Mark]:
    """The first time that two of these held it at once, as a bracket."""
    states = {name: trace.first.get(name) for name in names}
    begin, who = None, ""
    for event in trace.events:
        if event.kind == "state" and event.node in states:
            states[event.node] = event.detail[1]
        elif event.kind == "crashed" and event.node in states:
            states[event.node] = None
        both = [name for name in names if states[name] == "holding"]
        if len(both) > 1 and begin is None:
            begin, who = event.at, " and ".join(both)
        elif len(both) < 2 and begin is not None:
            return [(begin, event.at, f"{who} hold it")]
    if begin is None:
        return []
    return [(begin - (begin == trace.duration), trace.duration, f"{who} hold it")]
