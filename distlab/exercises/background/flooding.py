"""1.3 Flooding without storms, graded on messages and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import networkx as nx

from distlab import values
from distlab.events import Event
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import background as reference
from distlab.exercises.trials import Case, arrival, call, counted, try_all
from distlab.exercises.verdict import until
from distlab.exercises.wanted import NodeClass
from distlab.network import Network
from distlab.node import Message, Node
from distlab.topology import backbone
from distlab.trace import Trace

FLOOD, CRIER = "flood!", "crier"


@exercise(
    "1.3",
    "Flooding without storms",
    points=2,
    wanted=NodeClass("Flooder", "start receive"),
    hints=[
        "What does a node have to remember, so that it can tell a rumour that is new from one that went in a circle?",
        "A node passes a rumour on once, when it is new, to all its peers but the one it came from. Who tells a "
        "rumour first knows it already, too.",
        'In receive: if message.text is not in self.known: add it, note("heard"), and '
        "broadcast(message, [peer for peer in self.peers if peer != sender]).",
    ],
    reference=(reference.Flooder,),
)
def battery(flooder: type, course: Course) -> str:
    """Tell rumours on lines, rings, stars, backbones and random networks, with duplicates and two at a time."""
    tried = try_all(cases(flooder, course), judge)
    return f"{tried}: everybody heard every rumour once, and nobody told more than was needed"


def cases(flooder: type, course: Course) -> Iterator[Case]:
    """From two nodes to real backbones."""

    def case(words: str, graph: nx.Graph, source: str, duplicates: float = 0, seed: int = 0) -> Case:
        def nodes() -> dict[str, Any]:
            found = {
                n: call(flooder, source=True) if n == source else call(flooder) for n in graph if n != CRIER
            }
            return found | ({CRIER: Crier(call(kind, FLOOD))} if CRIER in graph else {})

        network = Network((1, 20), graph=graph, neighbours=True, duplicates=duplicates)
        return Case(
            words, nodes, course.seed + seed, network, max_events=5_000, cut=True, about=(graph, source)
        )

    kind: Any = None
    yield (pair := case("a pair", named(nx.path_graph(2)), "a"))
    kind = next(type(event.message) for event in pair.run().events if event.kind == "sent")
    yield case("a line of three", named(nx.path_graph(3)), "a")
    for seed in range(6):  # a rumour that overtakes itself comes back to its source
        yield case("a ring of three", named(nx.cycle_graph(3)), "a", seed=seed)
    yield case("a line of two, and somebody who cries flood", with_crier(named(nx.path_graph(2)), "b"), "a")
    yield case("a line of three, with duplicates", named(nx.path_graph(3)), "a", 0.9)
    yield case("a ring of four", named(nx.cycle_graph(4)), "c")
    yield case("a network in two parts", named(nx.disjoint_union(nx.cycle_graph(3), nx.path_graph(2))), "a")
    for number in range(6):
        draw = course.random("1.3", number)
        size = 5 + number
        graph = named(nx.gnm_random_graph(size, size + draw.randint(0, size), seed=draw.randint(0, 10**6)))
        source, other = draw.sample(sorted(node for node in graph if graph.degree(node)), 2)
        graph = with_crier(graph, other) if number % 2 else graph
        yield case(f"a random network of {size}", graph, source, 0.3 * (number > 2), number)
    abilene = backbone("Abilene")
    yield case("the Abilene backbone", abilene, sorted(abilene)[course.seed % len(abilene)], 0.3)


class Crier(Node):
    """Tells the node it is next to a second rumour, and hears nothing."""

    def __init__(self, news: Message) -> None:
        self.news = news

    def start(self) -> None:
        """Cry."""
        self.broadcast(self.news)


def with_crier(graph: nx.Graph, node: str) -> nx.Graph:
    """The network, and somebody next to `node` who tells another rumour."""
    graph = graph.copy()
    graph.add_edge(node, CRIER, km=200.0)
    return graph


def named(graph: nx.Graph) -> nx.Graph:
    """The same graph with letters for names, and cables of 200 km."""
    graph = nx.relabel_nodes(graph, dict(enumerate("abcdefghijklmnopqrstuvwxyz")))
    nx.set_edge_attributes(graph, 200.0, "km")
    return graph


def judge(case: Case, trace: Trace) -> None:
    """Everybody hears every rumour once; nobody tells a rumour twice, or to whom it was heard from."""
    graph, source = case.about
    rumours = told(trace, source) | ({CRIER: FLOOD} if CRIER in graph else {})
    for event in trace.events:
        if event.kind == "sent" and getattr(event.message, "text", None) not in rumours.values():
            raise NotYet(
                f"{event.node} sent {values.text(event.message)}, which is none of the rumours told.",
                f"A Rumour with the text {' or '.join(map(values.text, rumours.values()))} is all there is to pass on.",
                trace=until(trace, event.index),
            )
    for teller, text in rumours.items():
        for node in sorted(reach(graph, teller) - {teller, CRIER}):
            heard(trace, node, text)
    for node in sorted(set(graph) - {CRIER}):
        reached = [text for teller, text in rumours.items() if node in reach(graph, teller) - {teller}]
        noted(trace, node, reached, may_say_more=node == source)
    once(trace)


def told(trace: Trace, source: str) -> dict[str, str]:
    """What the source tells."""
    sent = next((event for event in trace.events if event.kind == "sent" and event.node == source), None)
    if sent is None:
        raise NotYet(
            f"{source} is the source, Flooder(source=True), and told nobody anything.",
            "In start the source tells its neighbours Rumour(text).",
            trace=trace,
            title=f"{source} says nothing",
        )
    return {source: getattr(sent.message, "text", None)}  # type: ignore[dict-item]


def reach(graph: nx.Graph, source: str) -> set[str]:
    """All that a rumour told at `source` can reach."""
    return set(nx.node_connected_component(graph, source))


def heard(trace: Trace, node: str, text: str) -> None:
    """The rumour arrives at the node."""
    if not any(e.kind == "delivered" and e.node == node and e.message.text == text for e in trace.events):
        raise NotYet(
            f"{node} was never told {text!r}.",
            "Everybody hears every rumour.",
            advice="who hears something new passes it on",
            trace=trace,
            title=f"{node} hears nothing",
        )


def noted(trace: Trace, node: str, rumours: list[str], may_say_more: bool) -> None:
    """The node says "heard" once for each rumour that reached it; for its own it may."""
    notes = [e for e in trace.events if e.kind == "noted" and e.node == node and e.detail == "heard"]
    if len(notes) < len(rumours):
        raise NotYet(
            f'{node} noted "heard" {counted(len(notes), "time")}, and {counted(len(rumours), "rumour")} reached it.',
            advice='note("heard") whenever a rumour is new to this node: another rumour is another rumour',
            trace=trace,
            title=f"{node} does not say that it heard",
        )
    if len(notes) > len(rumours) + may_say_more:
        extra = notes[len(rumours) + may_say_more]
        raise NotYet(
            f'{node} noted "heard" again at {extra.at:.4g} ms, when nothing was new.',
            "In a ring, or when the network doubles a message, the same rumour comes more than once.",
            advice="a node has to remember what it has heard",
            trace=until(trace, extra.index),
            title=f"{node} says twice that it heard",
        )


def once(trace: Trace) -> None:
    """No link carries a rumour twice in one direction, nor back to where it was first heard."""
    first: dict[tuple[str, str], str] = {}  # (node, rumour) -> whom it first heard it from
    told: dict[tuple[str, str, str], Event] = {}
    for event in trace.events:
        if event.kind == "delivered":
            first.setdefault((event.node, event.message.text), event.other)
        if event.kind != "sent":
            continue
        node, to, text = event.node, event.other, event.message.text
        if (node, to, text) in told:
            before = told[node, to, text]
            raise NotYet(
                f"{node} told {to} twice: at {before.at:.4g} ms and at {event.at:.4g} ms.",
                "A rumour crosses a link once; more is a storm in the making.",
                advice="the one who tells it first knows it already, too",
                trace=trace,
                mark=(before.at, arrival(trace, event), "the same again"),
                between=(0, arrival(trace, event) + 1),
                title=f"{node} tells {to} twice",
            )
        if first.get((node, text)) == to:
            raise NotYet(
                f"{node} told {to} what it had just heard from {to}.",
                "A network of N nodes and E links needs at most 2E - N + 1 messages.",
                advice="pass it on to all peers but one",
                trace=trace,
                mark=(event.at, arrival(trace, event), f"{to} knows it already"),
                between=(0, arrival(trace, event) + 1),
                title=f"{node} tells {to} what it heard from {to}",
            )
        told[node, to, text] = event
