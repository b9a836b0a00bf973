"""Cuts through a run: which sets of events could have been everything there was at some moment.

A cut takes the first few events of each node. It is consistent when it holds, with every event, all that
happened before it (Mattern 1989, section 5): nobody in it has received what nobody in it has sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import networkx

from distlab.algorithms.clocks import OF_THE_NETWORK
from distlab.events import Event, Flight, choices
from distlab.schedule import Schedule
from distlab.trace import Trace

Cut = Mapping[str, int]  # for each node the index of its last event inside; a node that is left out has none


def orphans(trace: Trace, cut: Cut) -> list[Flight]:
    """The messages that come out of nothing: they arrived inside the cut, and were sent outside.

    Parameters
    ----------
    trace : Trace
    cut : mapping of str to int
        For each node the index of its last event inside; a node that is left out has none.

    Returns
    -------
    list of Flight
    """
    return [
        flight
        for flight in trace.messages(local=True)
        if flight.delivered
        and _holds(cut, flight.receiver, flight.end)
        and not _holds(cut, flight.sender, flight.sent)
    ]


def in_transit(trace: Trace, cut: Cut) -> list[Flight]:
    """The messages under way at the cut: sent inside, and not arrived inside; the parameters are those of `orphans`."""
    return [
        flight
        for flight in trace.messages(local=True)
        if _holds(cut, flight.sender, flight.sent) and not _holds(cut, flight.receiver, flight.end)
    ]


def _holds(cut: Cut, node: str, event: Event | None) -> bool:
    return event is not None and event.index <= cut.get(node, -1)


def consistent_cut(trace: Trace, cut: Cut) -> bool:
    """Whether the nodes could all have stood there at one moment; the parameters are those of `orphans`."""
    return not orphans(trace, cut)


def latest_cut(trace: Trace, before: Iterable[int]) -> dict[str, int]:
    """The latest consistent cut without certain events: all that did not happen after one of them.

    Parameters
    ----------
    trace : Trace
    before : iterable of int
        The indices of the events that are to be left out.

    Returns
    -------
    dict of str to int
        As `orphans` takes it.
    """
    graph = trace.happened_before()
    out = {later for index in before for later in (index, *networkx.descendants(graph, index))}
    inside = [e for e in trace.events if e.index not in out and e.kind not in OF_THE_NETWORK]
    return {event.node: event.index for event in inside}


def inside_first(trace: Trace, cut: Cut) -> tuple[Schedule, Schedule]:
    """The choices of a run put in another order: those inside a consistent cut first, then the others.

    To every node it is the same run, and it went through the cut: ``replay(nodes, first)`` ends just there
    (Chandy and Lamport 1985, section 4). Nothing may have been lost or doubled in it.

    Parameters
    ----------
    trace : Trace
    cut : mapping of str to int
        As `orphans` takes it.

    Returns
    -------
    (Schedule, Schedule)
        Inside, and outside.

    Raises
    ------
    ValueError
        When the cut is not consistent.
    """
    for flight in orphans(trace, cut):
        raise ValueError(
            f"this cut is not consistent: {flight.receiver} has received {flight.message!r} in it, and {flight.sender} "
            f"has not sent it"
        )
    steps = [
        (_holds(cut, trace.events[index].node, trace.events[index]), c) for index, c in choices(trace.rows)
    ]
    return Schedule([c for inside, c in steps if inside]), Schedule([c for inside, c in steps if not inside])


__all__ = ["Cut", "consistent_cut", "in_transit", "inside_first", "latest_cut", "orphans"]
