"""1.3 Flooding without storms, graded on messages and notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from distlab import values
from distlab.blame import listed
from distlab.events import Event
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import background as reference
from distlab.exercises.trials import Case, arrival, call, counted, try_all
from distlab.exercises.verdict import until
from distlab.exercises.wanted import NodeClass
from distlab.network import Network
from distlab.topology import backbone
from distlab.trace import Trace

if TYPE_CHECKING:
    import networkx

FIRE, FLOOD = "fire!", "flood!"


@exercise(
    "1.3",
    "Flooding without storms",
    points=3,
    wanted=NodeClass("Flooder", "start receive"),
    hints=[
        "What does a node have to remember, so that it can tell a rumour that is new from one that went in a circle?",
        "A node passes a rumour on once, when it is new, to all its peers but the one it came from. Who tells a "
        "rumour first knows it already, too.",
        'In receive: if message.text is not in self.known: add it, note("heard"), and '
        "broadcast(message, [peer for peer in self.peers if peer != sender]).",
    ],
    reference=(reference.Rumour, reference.Flooder),
)
def battery(flooder: type, course: Course) -> str:
    """Tell rumours on lines, rings, stars, backbones and random networks, with duplicates and two at a time."""
    tried = try_all(cases(flooder, course), judge)
    return f"{tried}: everybody heard every rumour once, and nobody told more than was needed"


def cases(flooder: type, course: Course) -> Iterator[Case]:
    """From two nodes to real backbones."""
    import networkx as nx

    def case(
        words: str, graph: networkx.Graph, news: Mapping[str, str], duplicates: float = 0, seed: int = 0
    ) -> Case:
        def nodes() -> dict[str, Any]:
            return {name: call(flooder, news[name]) if name in news else call(flooder) for name in graph}

        network = Network((1, 20), graph=graph, neighbours=True, duplicates=duplicates)
        return Case(
            words, nodes, course.seed + seed, network, max_events=5_000, cut=True, about=(graph, dict(news))
        )

    yield case("a pair", named(nx.path_graph(2)), {"a": FIRE})
    yield case("a line of three", named(nx.path_graph(3)), {"a": FIRE})
    for seed in range(6):  # a rumour that overtakes itself comes back to its source
        yield case("a ring of three", named(nx.cycle_graph(3)), {"a": FIRE}, seed=seed)
    yield case("a ring of three, two rumours", named(nx.cycle_graph(3)), {"a": FIRE, "b": FLOOD})
    yield case("a line of three, with duplicates", named(nx.path_graph(3)), {"a": FIRE}, 0.9)
    yield case("a ring of four", named(nx.cycle_graph(4)), {"c": FIRE})
    apart = named(nx.disjoint_union(nx.cycle_graph(3), nx.path_graph(2)))
    yield case("a network in two parts", apart, {"a": FIRE})
    for number in range(6):
        draw = course.random("1.3", number)
        size = 5 + number
        graph = named(nx.gnm_random_graph(size, size + draw.randint(0, size), seed=draw.randint(0, 10**6)))
        first, second = draw.sample(sorted(graph), 2)
        news = {first: FIRE} | ({second: FLOOD} if number % 2 else {})
        yield case(f"a random network of {size}", graph, news, 0.3 * (number > 2), number)
    abilene = backbone("Abilene")
    yield case("the Abilene backbone", abilene, {sorted(abilene)[course.seed % len(abilene)]: FIRE}, 0.3)


def named(graph: networkx.Graph) -> networkx.Graph:
    """The same graph with letters for names, and cables of 200 km."""
    import networkx as nx

    graph = nx.relabel_nodes(graph, dict(enumerate("abcdefghijklmnopqrstuvwxyz")))
    nx.set_edge_attributes(graph, 200.0, "km")
    return graph


def judge(case: Case, trace: Trace) -> None:
    """Everybody hears every rumour once; nobody tells a rumour twice, or to whom it was heard from."""
    graph, news = case.about
    for event in trace.events:
        if event.kind == "sent" and getattr(event.message, "text", None) not in news.values():
            raise NotYet(
                f"{event.node} sent {values.text(event.message)}, which is none of the rumours told.",
                f"Rumour(text) with the text {listed(map(values.text, news.values()))} is all there is to send.",
                trace=until(trace, event.index),
            )
    for source, text in news.items():
        for node in sorted(reach(graph, source) - {source}):
            heard(trace, node, text)
    for node in graph:
        noted(
            trace,
            node,
            [text for source, text in news.items() if node in reach(graph, source) - {source}],
            news,
        )
    once(trace)


def reach(graph: networkx.Graph, source: str) -> set[str]:
    """All that a rumour told at `source` can reach."""
    import networkx as nx

    return set(nx.node_connected_component(graph, source))


def heard(trace: Trace, node: str, text: str) -> None:
    """The rumour arrives at the node."""
    if not any(e.kind == "delivered" and e.node == node and e.message.text == text for e in trace.events):
        told = any(e.kind == "sent" and e.message.text == text for e in trace.events)
        raise NotYet(
            f"Nobody told {node} that there is a {text.rstrip('!')}."
            if told
            else f"Nobody sent Rumour({text!r}), not even its source.",
            advice="who hears something new passes it on" if told else "in start: is there news to tell?",
            trace=trace,
            title=f"{node} hears nothing",
        )


def noted(trace: Trace, node: str, rumours: list[str], news: Mapping[str, str]) -> None:
    """The node says "heard" once for each rumour that reached it; for its own it may."""
    notes = [
        event
        for event in trace.events
        if event.kind == "noted" and event.node == node and event.detail == "heard"
    ]
    if len(notes) < len(rumours):
        raise NotYet(
            f'{node} noted "heard" {counted(len(notes), "time")}, and {counted(len(rumours), "rumour")} reached it.',
            advice='note("heard") whenever a rumour is new to this node: another rumour is another rumour',
            trace=trace,
            title=f"{node} does not say that it heard",
        )
    if len(notes) > len(rumours) + (node in news):
        extra = notes[len(rumours) + (node in news)]
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
