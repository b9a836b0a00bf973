"""What happened in a run: the one thing that every scheduler gives back and every picture takes.

A trace records inputs (deliveries, timers, answers, crash points), so that the states of all nodes can
be replayed instead of being stored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from distlab import values
from distlab.events import ACTIVATIONS, Event, Flight, Journal, Row, Writes, choices, decode, operation
from distlab.history import History, Operation
from distlab.plain import counted, lasting
from distlab.schedule import Choice, Schedule

if TYPE_CHECKING:
    import networkx


class Trace:
    """A run, as a sequence of events; displaying it shows its space-time diagram.

    Parameters
    ----------
    names : sequence of str
        The nodes, in order.
    rows : sequence of tuple, or Journal
        What happened, in order (`Row`).
    end : int
        When the run stopped: microseconds, or steps.
    ended : str
        Why it stopped: ``"quiet"`` (nothing was left to happen), ``"until"``, ``"events"`` (a bound), ``"error"``.
    unit : str
        ``"ms"``, or ``"steps"`` where there is no time.
    seed : int or None
        What the run was drawn from.
    first : dict
        The nodes' ``state`` before anything happened, by name.
    local : frozenset of (str, str)
        Links inside one host: messages on them cost nothing and are not counted.
    replayer : function from Schedule to list of worlds
        Given by the scheduler that knows the nodes; None for a trace read from a file.
    graph : networkx.Graph or None
        The network, where it was one.
    """

    drawing: ClassVar[Callable[..., Any] | None] = None  # how to draw a trace: put in by the package's roof
    playing: ClassVar[Callable[..., Any] | None] = None

    def __init__(
        self,
        names: Sequence[str],
        rows: Sequence[Row] | Journal,
        *,
        end: int = 0,
        ended: str = "quiet",
        unit: str = "ms",
        seed: int | None = None,
        first: dict[str, Any] | None = None,
        local: frozenset[tuple[str, str]] = frozenset(),
        replayer: Callable[[Schedule], list[Any]] | None = None,
        graph: networkx.Graph | None = None,
    ) -> None:
        self.names, self.rows, self.ended, self.unit, self.seed = tuple(names), rows, ended, unit, seed
        self.first = first or {}
        self.local, self.graph, self._end, self._replayer = local, graph, end, replayer

    # --- looking at it ---

    @property
    def duration(self) -> float:
        """How long the run took: simulated milliseconds, or steps."""
        return self._end / self._scale

    @property
    def _scale(self) -> int:
        return 1000 if self.unit == "ms" else 1

    @cached_property
    def events(self) -> list[Event]:
        """All that happened, in order."""
        return decode(self.rows, self._scale)

    def messages(self, kind: type | None = None, *, local: bool = False) -> list[Flight]:
        """Every message sent, and what became of it.

        Parameters
        ----------
        kind : class of Message, optional
            Only these.
        local : bool
            Also those between nodes of one host, which cost nothing.
        """
        ends: dict[int, list[Event]] = {}
        for event in self.events:
            if event.cause is not None:
                ends.setdefault(event.cause, []).append(event)
        flights = []
        for event in self.events:
            if event.kind != "sent" or not (kind is None or isinstance(event.message, kind)):
                continue
            if not local and (event.node, event.other) in self.local:
                continue
            fates = ends.get(event.index, [])
            copies = 1 + sum(fate.kind == "duplicated" for fate in fates)
            arrivals: list[Event | None] = [fate for fate in fates if fate.kind != "duplicated"]
            for end in (arrivals + [None] * copies)[:copies]:
                flights.append(Flight(event.node, event.other, event.message, event.n or 0, event, end))
        return flights

    def history(self) -> History:
        """What the clients saw: their operations, ordered by the order of events."""
        done: list[Operation] = []
        open_calls: dict[str, Event] = {}
        for event in self.events:
            if event.kind == "invoked":
                open_calls[event.node] = event
            elif event.kind in ("completed", "failed", "gave up"):
                done.append(operation(open_calls.pop(event.node), event))
        done += [operation(call, None) for call in open_calls.values()]
        return History(done)

    def writes(self, node: str | None = None) -> Writes:
        """Count writes to disk, forced and lazy apart (Mohan, Lindsay and Obermarck 1986, section 2).

        A write is forced when the same handler syncs it; one that is left for a later sync is lazy.
        """
        forced = lazy = 0
        fresh: dict[str, int] = {}
        for event in self.events:
            if node is not None and event.node != node:
                continue
            if event.kind in ACTIVATIONS:
                lazy += fresh.pop(event.node, 0)
            elif event.kind == "wrote":
                fresh[event.node] = fresh.get(event.node, 0) + 1
            elif event.kind == "synced":
                forced += fresh.pop(event.node, 0)
        return Writes(forced, lazy + sum(fresh.values()))

    def happened_before(self) -> networkx.DiGraph:
        """The events as a graph whose paths are Lamport's happened-before (1978): along a node, along a message."""
        import networkx

        graph = networkx.DiGraph()
        last: dict[str, int] = {}
        for event in self.events:
            graph.add_node(event.index, kind=event.kind, node=event.node, at=event.at)
            if event.kind in (
                "cut",
                "healed",
                "lost",
                "duplicated",
            ):  # things of the network, on no node's line
                continue
            if event.node in last:
                graph.add_edge(last[event.node], event.index)
            last[event.node] = event.index
            if event.kind == "delivered" and event.cause is not None:
                graph.add_edge(event.cause, event.index)
        return graph

    @property
    def final(self) -> dict[str, Any]:
        """The word that each node had in ``state`` when the run stopped, by name."""
        last = dict(self.first)
        for event in self.events:
            if event.kind == "state":
                last[event.node] = event.detail[1]
        return last

    # --- running it again ---

    @cached_property
    def _steps(self) -> list[tuple[int, Choice]]:
        """Each choice that was made, with the index of the event it begins with."""
        return choices(self.rows)

    def schedule(self) -> Schedule:
        """The choices that this run was made of, as plain data: ``replay(nodes, schedule)`` runs them again."""
        return Schedule([choice for _, choice in self._steps])

    @cached_property
    def _worlds(self) -> list[Any]:
        if self._replayer is None:
            raise ValueError(
                "this trace was read from a file, without its nodes: replay(nodes, trace.schedule()) first"
            )
        return self._replayer(self.schedule())

    def states(self) -> list[Any]:
        """The world after each event (after the whole step that the event is part of), by replay.

        Returns
        -------
        list of World
            As long as ``events``; ``world.nodes[name]`` is the node with all its attributes.
        """
        starts = [index for index, _ in self._steps] + [len(self.events)]
        aligned = [self._worlds[0]] * starts[0]
        for step, world in enumerate(self._worlds[1:]):
            aligned += [world] * (starts[step + 1] - starts[step])
        return aligned

    # --- keeping it ---

    def to_json(self) -> str:
        """The trace as type-tagged JSON; `Trace.from_json` reads it."""
        head = {"distlab trace": 1, "names": list(self.names), "seed": self.seed, "unit": self.unit}
        head |= {"end": self._end, "ended": self.ended}
        head["first"] = json.loads(values.to_json(self.first))
        head["local"] = json.loads(values.to_json(sorted(self.local)))
        head["rows"] = json.loads(values.to_json([list(row) for row in self.rows]))
        return json.dumps(head, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str, messages: Iterable[type] = ()) -> Trace:
        """Read a trace back.

        Parameters
        ----------
        text : str
            What `to_json` gave.
        messages : iterable of Message classes
            Those that occur in it; for others stand-ins of the same name and fields are made.

        Raises
        ------
        ValueError
            When the text is not a trace.
        """
        try:
            head = json.loads(text)
            rest = [values.from_json(json.dumps(head[part]), messages) for part in ("first", "local", "rows")]
            first, local, rows = rest
            return cls(
                head["names"],
                [tuple(row) for row in rows],
                end=head["end"],
                ended=head["ended"],
                unit=head["unit"],
                seed=head["seed"],
                first=first,
                local=frozenset(map(tuple, local)),
            )
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"this is not a trace written by Trace.to_json(): {error}") from None

    # --- showing it ---

    def diagram(self, **options: Any) -> Any:
        """The space-time diagram of this run; the options are those of `distlab.figures.spacetime`."""
        if Trace.drawing is None:
            raise RuntimeError("pictures come with the whole package: import distlab")
        return Trace.drawing(self, **options)

    def play(self, **options: Any) -> Any:
        """The same diagram as a player: step through the run, look into every node."""
        if Trace.playing is None:
            raise RuntimeError("the player comes with the whole package: import distlab")
        return Trace.playing(self, **options)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = self.diagram()._repr_mimebundle_(**kwargs)
        return data | {"text/plain": repr(self)}, metadata

    def __len__(self) -> int:
        return len(self.events)

    def __repr__(self) -> str:
        flights = self.messages()
        lost = sum(flight.lost for flight in flights)
        parts = [counted(len(self.names), "node"), counted(len(self.events), "event")]
        parts.append(counted(sum(flight.delivered for flight in flights), "message") + " delivered")
        if lost:
            parts.append(f"{lost} lost")
        parts.append(lasting(self.duration, self.unit))
        if self.ended == "events":
            parts.append("stopped at its bound, not at its end")
        notes = [event for event in self.events if event.kind == "noted"]
        last = f"; last note: {notes[-1].node} “{notes[-1].detail}”" if notes else ""
        return f"Trace({', '.join(parts)}{last})"
