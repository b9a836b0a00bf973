"""The state machine of a node, learned from runs: which words it had in ``state``, and what moved it on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from distlab.events import ACTIVATIONS, Event
from distlab.figures.things import word
from distlab.trace import Trace

if TYPE_CHECKING:
    import networkx

MOST = 24  # states; what has more values is a counter and no machine
RECOVERS = "recovers"


def transitions(
    traces: Trace | Iterable[Trace], nodes: Collection[str] | None = None
) -> networkx.DiGraph[str]:
    """Read the state machine of some nodes from what they did in some runs.

    Only what happened is in it: a transition that no run took is missing.

    Parameters
    ----------
    traces : Trace, or iterable of Trace
    nodes : collection of str, optional
        Whose ``state`` to follow, all of one kind; by default every node that has one.

    Returns
    -------
    networkx.DiGraph
        A node for each word that was seen; ``first`` is True where a run began with it. Each edge has ``why``, what
        moved the node (a kind of message, the name of a timer, ``start`` or ``recovers``), and ``times``, how often.
        ``graph.graph["nodes"]`` says whose machine it is.

    Raises
    ------
    TypeError, ValueError
        When these are no traces, a node is unknown, nobody has a ``state``, or there are more than 24 words.

    Examples
    --------
    >>> from distlab import Trace
    >>> trace = Trace(["a"], [(0, "started", "a"), (0, "state", "a", ("idle", "waiting"))], first={"a": "idle"})
    >>> list(transitions(trace).edges(data="why"))
    [('idle', 'waiting', ('start',))]
    """
    given = [traces] if isinstance(traces, Trace) else list(traces)
    for one in given:
        if not isinstance(one, Trace):
            raise TypeError(
                f"transitions are read from a Trace, or a list of them, not a {type(one).__name__}"
            )
    seen = _Seen()
    for trace in given:
        for name in [nodes] if isinstance(nodes, str) else nodes or ():
            if name not in trace.names:
                raise ValueError(f"there is no node {name!r} in this run; there are {', '.join(trace.names)}")
        seen.read(trace, {nodes} if isinstance(nodes, str) else set(nodes or trace.names))
    return seen.graph()


class _Seen:
    """The transitions met so far."""

    def __init__(self) -> None:
        self.first: dict[str, bool] = {}  # every word, and whether a run began with it
        self.moves: dict[tuple[str, str], list[Event]] = {}
        self.who: dict[str, None] = {}

    def read(self, trace: Trace, nodes: set[str]) -> None:
        """Follow the nodes through a run."""
        now: dict[str, str | None] = {}
        cause: dict[str, Event] = {}  # whose handler runs
        before: dict[str, str | None] = {}  # what a node was when it crashed, until it has recovered
        for name in trace.names:
            if name in nodes:
                now[name] = self._word(name, trace.first.get(name), first=True)
        for event in trace.events:
            name = event.node
            if not isinstance(name, str) or name not in now:
                continue
            if event.kind == "state":
                new = self._word(name, event.detail[1])
                if name not in before:
                    self._move(now[name], new, cause.get(name))
                now[name] = new
            elif event.kind in ACTIVATIONS or event.kind == "crashed":
                recovered = cause.get(name)
                if name in before and recovered is not None and recovered.kind == "recovered":
                    self._move(before.pop(name), now[name], recovered)
                if event.kind == "crashed":
                    before.setdefault(name, now[name])
                elif event.kind == "recovered":
                    now[name] = self._word(name, trace.first.get(name))
                cause[name] = event
        for name, old in before.items():
            if cause[name].kind == "recovered":
                self._move(old, now[name], cause[name])

    def _word(self, name: str, value: Any, first: bool = False) -> str | None:
        if value is None:
            return None
        self.who[name] = None
        text = word(value)
        self.first[text] = self.first.get(text, False) or first
        return text

    def _move(self, old: str | None, new: str | None, cause: Event | None) -> None:
        if cause is not None and old is not None and new is not None and old != new:
            self.moves.setdefault((old, new), []).append(cause)

    def graph(self) -> networkx.DiGraph[str]:
        """All of it, in order of appearance."""
        import networkx

        if not self.first:
            raise ValueError("nobody in these runs keeps a word in `state`: there is no state machine to see")
        if len(self.first) > MOST:
            some = ", ".join(list(self.first)[:3])
            raise ValueError(
                f"`state` had {len(self.first)} different words ({some}, …): a state machine has at most {MOST}; "
                "what counts up belongs into an attribute of its own"
            )
        graph: networkx.DiGraph[str] = networkx.DiGraph(nodes=tuple(self.who))
        graph.add_nodes_from((state, {"first": first}) for state, first in self.first.items())
        for (old, new), causes in self.moves.items():
            rivals = [events for (one, other), events in self.moves.items() if one == old and other != new]
            kinds = {_kind(cause): cause for cause in causes}
            why = dict.fromkeys(_why(cause, causes, rivals) for cause in kinds.values())
            graph.add_edge(old, new, why=tuple(why), times=len(causes))
        return graph


def _kind(cause: Event) -> tuple[Any, ...]:
    """What is the same of all activations that are named alike."""
    return cause.kind, type(cause.message), cause.detail if cause.kind == "timer" else None


def _why(cause: Event, alike: list[Event], rivals: list[list[Event]]) -> str:
    """What moved the node; a message that leads elsewhere too is told by the field that decides, if one does."""
    if cause.kind != "delivered":
        return (
            word(cause.detail) if cause.kind == "timer" else {"recovered": RECOVERS}.get(cause.kind, "start")
        )
    kind = type(cause.message)
    here = [event.message for event in alike if type(event.message) is kind]
    elsewhere = [event.message for events in rivals for event in events if type(event.message) is kind]
    for field in kind.__struct_fields__ if elsewhere else ():
        values = {word(getattr(message, field)) for message in here}
        others = {word(getattr(message, field)) for message in elsewhere}
        if len(values) == 1 and not values & others:
            return f"{kind.__name__}({field}={values.pop()})"
    return kind.__name__
