"""What a player shows of a run, as plain data that is sent to the page once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from distlab.figures import look
from distlab.figures.arrows import kinds
from distlab.figures.picture import Picture
from distlab.figures.reader import read
from distlab.figures.text import one_line
from distlab.trace import Trace
from distlab.widgets.insides import Texts, fields, words
from distlab.widgets.machines import NARROW, drawn
from distlab.widgets.moments import FAULTS, Moments
from distlab.widgets.sayings import say
from distlab.widgets.stage import WIDE, stage


def frames(
    trace: Trace, picture: Picture, between: tuple[float, float] | None = None, machines: Sequence[Any] = ()
) -> dict[str, Any]:
    """What a player shows of a run: for every event and every field of a node what changed, no more.

    Parameters
    ----------
    trace : Trace
    picture : Picture
        Its diagram.
    between : (float, float), optional
    machines : sequence of networkx.DiGraph
        State machines to show beside it.

    Returns
    -------
    dict
        Plain data; what it consists of is said in ``moments.js``.
    """
    moments, texts = Moments(trace, picture.svg, between), Texts()
    hints = [_thinned(trace, moments)] if moments.thinned else []
    nodes = _nodes(trace, moments, texts, hints)
    scene = read(trace, between)
    scene.thin()
    styles = {kind: style.colour for kind, style in kinds(scene).items()}
    tints = look.bands(scene.words)
    used = {(event.node, event.other) for event in trace.events if event.kind == "sent"}
    run = {
        "unit": trace.unit,
        "names": list(trace.names),
        "ends": moments.ends,
        "at": moments.at,
        "events": _events(trace, moments, texts),
        "flights": _flights(trace, moments, list(styles)),
        "styles": list(styles.items()),
        "stops": {"fault": moments.stops(FAULTS), "note": moments.stops(frozenset({"noted"}))},
        "nodes": nodes,
        "tints": tints,
        "cuts": _cuts(trace, moments),
        "stage": stage(trace, used, NARROW if machines else WIDE),
        "machines": [drawn(machine, trace, tints) for machine in machines],
        "whole": not moments.thinned,
        "hints": hints,
    }
    return run | {"texts": list(texts.numbers)}


def _thinned(trace: Trace, moments: Moments) -> str:
    return (
        f"{len(trace.events):,} events are too many to step through: these are the {len(moments.events):,} that "
        f"are drawn, and the nodes’ attributes are left out. trace.play(between=(t0, t1)) shows a part in full."
    )


def _nodes(trace: Trace, moments: Moments, texts: Texts, hints: list[str]) -> list[dict[str, Any]]:
    inside: dict[str, Any] = {}
    if not moments.thinned:
        try:
            inside = fields(trace, moments, texts)
        except Exception as error:  # whatever a learner's node does when it is run once more
            hints.append(f"What the nodes keep cannot be shown: {one_line(error)}.".replace("..", "."))
    if texts.full:
        hints.append("The nodes keep too much to show all of it: some texts are left out (…).")
    nodes = []
    for name, (word, trouble) in words(trace, moments, texts).items():
        columns = inside.get(name, {})
        order = sorted(columns, key=lambda field: len(columns[field].moments) == 1)  # what never changes last
        nodes.append(
            {
                "name": name,
                "word": word.data,
                "trouble": trouble.data,
                "fields": [[field, *columns[field].data] for field in order],
            }
        )
    return nodes


def _events(trace: Trace, moments: Moments, texts: Texts) -> dict[str, list[Any]]:
    number = {name: i for i, name in enumerate(trace.names)}
    events = moments.events
    return {
        "index": [event.index for event in events],
        "at": [event.at for event in events],
        "kind": [event.kind for event in events],
        "node": [
            number.get(event.node, -1)
            if isinstance(event.node, str) and event.kind not in ("cut", "healed")
            else -1
            for event in events
        ],
        "cause": [moments.place.get(event.cause, -1) if event.cause is not None else -1 for event in events],
        "text": [texts.number(say(event)) for event in events],
    }


def _flights(trace: Trace, moments: Moments, styles: list[str]) -> list[list[Any]]:
    """Each message: its events, its ends, its kind, its times, and how far on its way it is lost (1: not, or there)."""
    number = {name: i for i, name in enumerate(trace.names)}
    place, found = moments.place, []
    for flight in trace.messages(local=True):
        sent, end = (
            place.get(flight.sent.index, -1),
            -1 if flight.end is None else place.get(flight.end.index, -1),
        )
        kind = type(flight.message).__name__
        if (sent < 0 and end < 0) or kind not in styles or (moments.thinned and sent < 0):
            continue
        over = flight.end
        way = 0.5 if over is not None and over.kind == "lost" and over.detail in ("loss", "lost") else 1
        arrives = None if over is None else over.at
        ends = [number[flight.sender], number[flight.receiver]]
        found.append([sent, end, *ends, styles.index(kind), flight.sent.at, arrives, way, int(flight.lost)])
    return found


def _cuts(trace: Trace, moments: Moments) -> list[list[Any]]:
    """Each cut: from which moment to which (-1: to the end), between whom, and whether one way only."""
    number = {name: i for i, name in enumerate(trace.names)}
    cuts: list[list[Any]] = []
    open_: dict[Any, list[Any]] = {}
    for event in trace.events:
        if event.kind not in ("cut", "healed"):
            continue
        sides = [[event.node] if isinstance(event.node, str) else list(event.node)]
        sides.append([event.other] if isinstance(event.other, str) else list(event.other))
        key = str(sides)
        if event.kind == "cut":
            numbers = [[number[name] for name in side if name in number] for side in sides]
            open_[key] = [moments.of(event), -1, *numbers, int(event.detail == "one way")]
            cuts.append(open_[key])
        elif key in open_:
            open_.pop(key)[1] = moments.of(event)
    return cuts
