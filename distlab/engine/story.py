"""A step of a run in words: ``b got Vote(yes=True) from a, and crashed after 2 of its effects``."""

from __future__ import annotations

from distlab import values
from distlab.blame import listed
from distlab.engine.words import many
from distlab.trace import Trace


def happened(trace: Trace, step: int) -> str:
    """What happened in a step of a searched run; step 0 is the start of all nodes."""
    if step == 0:
        crashed = [event.node for event in trace.events if event.at == 0 and event.kind == "crashed"]
        return "the nodes started" + (f", and {listed(crashed)} crashed" if crashed else "")
    events = [event for event in trace.events if event.at == step]
    if not events:
        return "nothing happened"
    first = events[0]
    message = "" if first.message is None else values.text(first.message)
    said = {
        "delivered": f"{first.node} got {message} from {first.other}",
        "lost": f"{message} from {first.other} to {first.node} was lost",
        "duplicated": f"{message} from {first.other} to {first.node} was doubled",
        "timer": f"{first.node}'s timer {first.detail!r} ran out",
        "recovered": f"{first.node} came back",
        "crashed": f"{first.node} crashed",
    }.get(first.kind, f"{first.node} {first.kind}")
    if first.kind == "lost" and first.detail == "down":
        said = f"{message} from {first.other} met {first.node} down"
    chosen = [event.detail for event in events if event.kind == "chosen"]
    said += f" and chose {listed(chosen)}" if chosen else ""
    crash = next((event for event in events if event.kind == "crashed" and event is not first), None)
    if crash is not None:
        point = f"after {many(crash.n, 'effect')}" if crash.n else "before it did anything"
        said += f", and crashed {point}"
    return said
