"""The network: delays, losses, duplicates, order, cables, hosts, rounds, and what stands between nodes."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.chance import Delay, exponential, stream
from distlab.faults import Crash, Cut, Loss, Partition
from distlab.network import KM_PER_MS, Network
from distlab.node import Node
from distlab.simulate import Disk, Simulation
from tests.randomly import Ping, triangle


class Sender(Node):
    """Sends so many messages to each peer, one each millisecond, the first at once."""

    def __init__(self, count=0):
        self.count = count

    def start(self):
        self.sent = 0
        self.wake("next")

    def wake(self, timer):
        if self.sent < self.count:
            self.sent += 1
            self.broadcast(Ping(self.sent))
            self.set_timer("next", 1)


def arrivals(trace, receiver="b"):
    return [(m.message.n, m.end.at) for m in trace.messages() if m.delivered and m.receiver == receiver]


def run(network, count=1, nodes=("b",), **options):
    return Simulation(
        {"a": Sender(count)} | {name: Node() for name in nodes}, network=network, **options
    ).run()


# --- delays ---


def test_a_message_takes_a_millisecond_by_default():
    assert arrivals(run(None)) == [(1, 1)]


def test_a_fixed_delay():
    assert arrivals(run(Network(2.5), count=2)) == [(1, 2.5), (2, 3.5)]
    assert arrivals(run(Network(0))) == [(1, 0)]


def test_a_uniform_delay_lies_between_its_ends_and_fills_the_room():
    took = sorted(m.end.at - m.sent.at for m in run(Network((2, 4)), count=500).messages())
    assert 2 <= took[0] < 2.1 and 3.9 < took[-1] <= 4
    assert sum(took) / len(took) == pytest.approx(3, abs=0.1)


def test_an_exponential_delay_has_its_least_and_its_mean():
    took = sorted(m.end.at - m.sent.at for m in run(Network(exponential(2, least=1)), count=2000).messages())
    assert 1 <= took[0] < 1.1 and sum(took) / len(took) == pytest.approx(3, abs=0.2)
    assert took[-1] > 8, "a long tail"


def test_messages_overtake_each_other_unless_the_link_keeps_its_order():
    free, fifo = (arrivals(run(Network((0, 5), fifo=fifo), count=50)) for fifo in (False, True))
    in_order = [n for n, _ in fifo]
    assert in_order == sorted(in_order)
    in_time = sorted(free, key=lambda arrival: arrival[1])
    assert in_time != free
    assert all(kept >= drawn for (_, drawn), (_, kept) in zip(free, fifo, strict=True)), (
        "it only waits for the one before"
    )


def test_each_direction_has_a_stream_of_its_own():
    nodes = {"a": Sender(20), "b": Sender(20), "c": Sender(20)}
    trace = Simulation(nodes, network=Network((0, 5))).run()
    took = {(m.sender, m.receiver): [] for m in trace.messages()}
    for m in trace.messages():
        took[m.sender, m.receiver].append(round(m.end.at - m.sent.at, 3))
    assert len(took) == 6 and len({tuple(times) for times in took.values()}) == 6


# --- losses and duplicates ---


def test_losses():
    trace = run(Network(loss=0.3), count=1000)
    lost = [m for m in trace.messages() if m.lost]
    assert len(lost) == pytest.approx(300, abs=50)
    assert {m.end.detail for m in lost} == {"loss"}
    assert all(m.sent.at < m.end.at < m.sent.at + 1 for m in lost), "on its way, for the picture"
    assert len(run(Network(loss=1), count=3).messages()) == 3
    assert not any(m.delivered for m in run(Network(loss=1), count=3).messages())


def test_losses_of_a_fault_add_up_with_those_of_the_network():
    trace = run(Network(loss=0.5), count=1000, faults=[Loss(0.5, at=0, until=500)])
    early = [m for m in trace.messages() if m.sent.at < 500]
    late = [m for m in trace.messages() if m.sent.at >= 500]
    assert sum(m.lost for m in early) / len(early) == pytest.approx(0.75, abs=0.06)
    assert sum(m.lost for m in late) / len(late) == pytest.approx(0.5, abs=0.06)


def test_duplicates_arrive_twice_each_after_its_own_delay():
    trace = run(Network((1, 3), duplicates=0.2), count=1000)
    twice = [e for e in trace.events if e.kind == "duplicated"]
    assert len(twice) == pytest.approx(200, abs=40)
    assert len(trace.messages()) == 1000 + len(twice) == len(arrivals(trace))
    n = twice[0].n
    one, other = (m.end.at for m in trace.messages() if m.n == n)
    assert one != other


# --- cables ---


def test_light_in_fibre_sets_the_delay_and_the_shortest_way_is_taken():
    trace = run(Network(graph=triangle()), nodes=("b", "c"))
    assert arrivals(trace, "c") == [(1, 300 / KM_PER_MS)]
    assert arrivals(trace, "b") == [(1, 500 / KM_PER_MS)], "by way of c"
    with_more = run(Network((1, 2), graph=triangle()), nodes=("b", "c"))
    assert 1 <= arrivals(with_more, "c")[0][1] - 300 / KM_PER_MS <= 2


def test_a_cut_cable_reroutes_and_healed_it_serves_again():
    cut = [Cut("a", "c", at=1, until=3)]
    trace = run(Network(graph=triangle()), nodes=("b", "c"), count=5, faults=cut)
    took = [round(at - (n - 1), 3) for n, at in arrivals(trace)]
    assert took == [2.5, 4.5, 4.5, 2.5, 2.5]
    assert [(e.at, e.kind, e.node, e.other) for e in trace.events if e.kind in ("cut", "healed")] == [
        (1, "cut", "a", "c"),
        (3, "healed", "a", "c"),
    ]


def test_a_cable_cut_twice_has_to_be_mended_twice():
    cuts = [Cut("a", "c", at=1, until=3), Cut("c", "a", at=2, until=5)]
    trace = run(Network(graph=triangle()), nodes=("b", "c"), count=6, faults=cuts)
    assert [round(at - (n - 1), 3) for n, at in arrivals(trace)] == [2.5, 4.5, 4.5, 4.5, 4.5, 2.5]


def test_where_there_is_no_way_messages_are_lost_at_sending_and_on_arrival():
    cuts = [Cut("a", "b", at=1), Cut("a", "c", at=1)]
    trace = run(Network(graph=triangle()), nodes=("b", "c"), count=3, faults=cuts)
    assert [(m.n, m.end.kind, m.end.detail) for m in trace.messages() if m.receiver == "b"] == [
        (1, "lost", "no way"),
        (2, "lost", "no way"),
        (3, "lost", "no way"),
    ]


def test_neighbours_are_the_peers_where_the_graph_says_so():
    graph = nx.path_graph(["x", "y", "z"])
    nx.set_edge_attributes(graph, 10, "km")
    network = Network(graph=graph, neighbours=True, hosts={"a": "x", "b": "y", "c": "z", "d": "z"})
    assert network.peers("abcd") == {"a": ("b",), "b": ("a", "c", "d"), "c": ("b", "d"), "d": ("b", "c")}
    assert Network(graph=graph, hosts=network.hosts).peers("ab") == {"a": ("b",), "b": ("a",)}


def test_peers_are_in_the_order_of_the_nodes():
    assert Network().peers(["b", "a", "c"]) == {"b": ("a", "c"), "a": ("b", "c"), "c": ("b", "a")}


# --- hosts ---


def test_nodes_of_one_host_talk_free_of_delay_and_count():
    network = Network(5, loss=1, hosts={"b": "a"})
    trace = run(network, nodes=("b", "c"), faults=[Partition({"a"}, {"b", "c"})])
    assert arrivals(trace) == [], "not counted"
    assert [(m.receiver, m.end.kind, m.end.at) for m in trace.messages(local=True)] == [
        ("b", "delivered", 0),
        ("c", "lost", 2.5),
    ]
    assert [m.receiver for m in trace.messages()] == ["c"]


def test_nodes_of_one_host_crash_together_and_come_back_together():
    network = Network(hosts={"a": "h", "b": "h"})
    trace = run(network, nodes=("b", "c"), count=9, faults=[Crash("b", 2.5, until=4.5)])
    assert [(e.at, e.node) for e in trace.events if e.kind == "crashed"] == [(2.5, "a"), (2.5, "b")]
    assert [(e.at, e.node) for e in trace.events if e.kind == "recovered"] == [(4.5, "a"), (4.5, "b")]


def test_a_message_to_oneself_is_local():
    class Self(Node):
        def start(self):
            self.send(self.name, Ping(1))

    trace = Simulation({"a": Self()}, network=Network(5)).run()
    assert trace.messages() == [] and trace.duration == 0
    assert trace.messages(local=True)[0].delivered


# --- what stands between nodes ---


def test_a_partition_loses_what_it_meets_at_sending_or_on_arrival():
    trace = run(Network(2), count=6, faults=[Partition({"a"}, {"b"}, at=2.5, until=4.5)])
    # sent at 0, arrives before it; sent at 1 and 2, meets it on arrival; at 3 and 4 at sending; at 5 neither
    assert [n for n, _ in arrivals(trace)] == [1, 6]
    assert [(m.n, m.end.detail) for m in trace.messages() if m.lost] == [
        (n, "partition") for n in (2, 3, 4, 5)
    ]
    assert [m.end.at - m.sent.at for m in trace.messages() if m.lost] == [2, 2, 1, 1]


def test_a_message_that_a_partition_never_meets_arrives():
    trace = run(Network(2), faults=[Partition({"a"}, {"b"}, at=0.5, until=1.5)])
    assert arrivals(trace) == [(1, 2)]


def test_a_partition_stands_from_its_first_instant_and_not_at_its_last():
    trace = run(Network(1), count=3, faults=[Partition({"a"}, {"b"}, at=1, until=2)])
    assert [n for n, _ in arrivals(trace)] == [3], (
        "1 arrives as it begins, 2 is sent as it begins, 3 is sent as it ends"
    )
    at_once = run(Network(1), count=2, faults=[Partition({"a"}, {"b"}, at=0, until=0.5)])
    assert [n for n, _ in arrivals(at_once)] == [2], "one from time zero on is there before any start"


@pytest.mark.parametrize(("one_way", "heard"), [(True, {"a": 3, "b": 0}), (False, {"a": 0, "b": 0})])
def test_a_partition_of_one_way(one_way, heard):
    nodes = {"a": Sender(3), "b": Sender(3), "c": Sender(3)}
    trace = Simulation(nodes, faults=[Partition({"a"}, {"b"}, one_way=one_way)]).run()
    between = [m for m in trace.messages() if {m.sender, m.receiver} == {"a", "b"}]
    assert {name: sum(m.delivered for m in between if m.receiver == name) for name in "ab"} == heard
    assert all(m.delivered for m in trace.messages() if "c" in (m.sender, m.receiver))


def test_two_partitions_are_two():
    faults = [Partition({"a"}, {"b"}, 1, 4), Partition({"a"}, {"b"}, 2, 6)]
    trace = run(Network(0.1), count=9, faults=faults)
    assert [n for n, _ in arrivals(trace)] == [1, 7, 8, 9]


# --- rounds ---


def test_in_rounds_all_that_is_sent_has_arrived_before_the_round_ends():
    trace = run(Network.rounds(10), count=1)
    assert arrivals(trace) == [(1, 9)]
    assert repr(Network.rounds(10)) == "Network.rounds(10)"
    with pytest.raises(ValueError, match=r"a round lasts at least 0.01 ms, not 0"):
        Network.rounds(0)


@given(st.integers(1, 50), st.integers(0, 10_000))
def test_a_message_arrives_in_the_round_in_which_it_is_sent_or_with_others_in_the_next(length, at):
    class Once(Node):
        def start(self):
            self.set_timer("send", at / 100)

        def wake(self, timer):
            self.broadcast(Ping(1))

    (m,) = Simulation({"a": Once(), "b": Node()}, network=Network.rounds(length)).run().messages()
    rounds = (m.end.at - 0.9 * length) / length
    assert rounds == pytest.approx(round(rounds)), "shortly before the end of a round"
    assert 0 < m.end.at - m.sent.at <= length


# --- what is refused ---


@pytest.mark.parametrize(
    ("wrong", "kind", "sentence"),
    [
        ({"delay": -1}, ValueError, "a delay is a time in ms, zero or more, not -1"),
        ({"delay": (3, 1)}, ValueError, "a delay between 3 and 1 ms: the first has to be the shorter one"),
        ({"delay": float("inf")}, ValueError, "zero or more, not inf"),
        ({"delay": ("1", 2)}, ValueError, "zero or more, not '1'"),
        (
            {"delay": "fast"},
            TypeError,
            r"a number of ms, a pair \(shortest, longest\), or exponential\(mean\), not 'fast'",
        ),
        ({"delay": True}, TypeError, "a delay is a number of ms"),
        ({"delay": (1, 2, 3)}, TypeError, "a delay is a number of ms"),
        ({"loss": 1.5}, ValueError, "loss is a probability between 0 and 1, not 1.5"),
        ({"duplicates": "x"}, ValueError, "duplicates is a probability between 0 and 1, not 'x'"),
        ({"neighbours": True}, ValueError, "neighbours=True needs a graph"),
        (
            {"graph": nx.path_graph("ab")},
            ValueError,
            "the edge a - b of the graph needs its length: km=..., .*not None",
        ),
        ({"graph": nx.MultiGraph()}, TypeError, "one edge between two places"),
        ({"graph": {"a": ["b"]}}, TypeError, r"graph is a networkx.Graph"),
    ],
)
def test_wrong_networks(wrong, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Network(**wrong)


def test_a_node_without_a_place_is_refused():
    with pytest.raises(ValueError, match=r"node 'd' has no place in the network.*hosts=\{'d': ...\}"):
        run(Network(graph=triangle()), nodes=("b", "d"))


def test_texts():
    assert repr(Network((1, 2), loss=0.1, fifo=True)) == "Network(delay=(1, 2), loss=0.1, fifo=True)"
    assert repr(Network(exponential(3, 1))) == "Network(delay=exponential(3, least=1))"
    assert (
        repr(Network(graph=triangle(), neighbours=True))
        == "Network(neighbours=True, graph of 3 nodes and 3 links)"
    )
    assert Delay.of((1, 3)).average == 2 and Delay.of(exponential(3, 1)).average == 4


# --- chance ---


def test_streams_depend_on_the_seed_the_purpose_and_the_names_and_on_nothing_else():
    def draws(*key):
        draw = stream(*key)
        return tuple(draw() for _ in range(3))

    keys = [
        (1, "delay", "a", "b"),
        (2, "delay", "a", "b"),
        (1, "loss", "a", "b"),
        (1, "delay", "b", "a"),
        (1, "delay", "ab"),
    ]
    assert len({draws(*key) for key in keys}) == len(keys)
    assert draws(1, "delay", "a", "b") == draws(1, "delay", "a", "b")
    assert draws(7, "delay", "a", "b") == (0.43444708151620637, 0.2793585346332552, 0.3341033258987519)


def test_a_disk_takes_delays_too():
    assert Disk((1, 2)).latency.average == 1.5
    with pytest.raises(TypeError, match="a delay is a number of ms"):
        Disk("slow")
