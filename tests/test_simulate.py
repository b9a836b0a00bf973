"""Simulated time: how a run goes, where it ends, and what is said when a node does what no node can do."""

import pytest

from distlab.faults import Crash, Cut, Pause
from distlab.network import Network
from distlab.node import Message, Node, NodeError
from distlab.simulate import Disk, Simulation
from tests.randomly import Loose, Ping, Slot, Tell, Vote


class Does(Node):
    """Does what it is told, in functions of the node and the handler's arguments."""

    does = ()  # of the class, and no state

    @classmethod
    def what(cls, **handlers):
        return type(cls.__name__, (cls,), {"does": tuple(handlers.items())})()

    def act(self, kind, *args):
        handler = dict(self.does).get(kind)
        if handler is not None:
            handler(self, *args)

    def start(self):
        self.act("start")

    def receive(self, message, sender):
        self.act("receive", message, sender)

    def wake(self, timer):
        self.act("wake", timer)

    def recover(self):
        self.act("recover")


def pair(network=None, faults=(), disk=None, **handlers):
    """Node a sends a Ping at its start; b does what is given, when it comes."""
    nodes = {"a": Does.what(start=lambda self: self.send("b", Ping(1))), "b": Does.what(**handlers)}
    return Simulation(nodes, network=network or Network(2.5), faults=faults, disk=disk)


# --- where a run ends ---


class Beat(Node):
    def start(self):
        self.set_timer("beat", 1)

    def wake(self, timer):
        self.note("beat")
        self.set_timer("beat", 1)


def test_a_run_that_never_ends_stops_at_a_bound_and_says_so():
    trace = Simulation({"a": Beat()}).run(max_events=50)
    assert trace.ended == "events" and 50 <= len(trace.events) <= 52
    assert "stopped at its bound, not at its end" in repr(trace)


def test_a_run_stops_at_the_given_time():
    trace = Simulation({"a": Beat()}).run(until=3.5)
    assert trace.ended == "until" and trace.duration == 3.5
    assert [e.at for e in trace.events if e.kind == "noted"] == [1, 2, 3]
    assert Simulation({"a": Beat()}).run(until=3).events[-1].at == 3, "what is due then still happens"


def test_a_run_is_quiet_when_nothing_is_left_to_happen():
    trace = pair().run()
    assert trace.ended == "quiet" and trace.duration == 2.5
    assert pair().run(until=100).duration == 100, "time goes on to the given end"
    assert pair().run(until=float("inf")).ended == "quiet"


def test_the_same_nodes_can_be_run_again():
    class Counts(Node):
        def __init__(self):
            self.seen = []

        def start(self):
            self.seen.append(1)
            self.note(len(self.seen))

    nodes = {"a": Counts()}
    for _ in range(2):
        simulation = Simulation(nodes)
        for _ in range(2):
            assert [e.detail for e in simulation.run().events if e.kind == "noted"] == ["1"]
    assert nodes["a"].seen == []


def test_another_seed_is_another_run():
    nodes = {"a": Does.what(start=lambda self: self.broadcast(Ping(1))), "b": Node(), "c": Node()}
    runs = {Simulation(nodes, seed, Network((1, 9))).run().to_json() for seed in range(5)}
    assert len(runs) == 5


# --- handlers that break ---


def broken(sentence, **handlers):
    """The error of a run in which b breaks, which has to say who, what and when."""
    simulation = pair(**handlers)
    with pytest.raises(NodeError, match=sentence) as caught:
        simulation.run()
    error = caught.value
    assert "while handling Ping(n=1) from a, at 2.5 ms" in str(error)
    assert error.trace is simulation.trace and error.trace.ended == "error"
    assert [e.kind for e in error.trace.events[:4]] == ["started", "sent", "started", "delivered"]
    assert len(error.trace.states()) == len(error.trace.events)
    assert "the run up to there" in error._render_traceback_()[0]
    return str(error)


def test_a_handler_that_raises():
    said = broken(r"^b raised KeyError \('x'\); ", receive=lambda self, m, s: {}["x"])
    assert said.endswith('receive=lambda self, m, s: {}["x"])'), "the line, in the learner's own code"
    broken("^b raised AssertionError; ", receive=lambda self, m, s: fails())
    broken("^b called itself too deep", receive=lambda self, m, s: self.receive(m, s))


def fails():
    raise AssertionError


def test_a_handler_that_loops_for_ever(monkeypatch):
    monkeypatch.setattr(Simulation, "handler_seconds", 0.2)
    broken("^b did not come to an end: one handler ran for more than 0.2 seconds", receive=loops)


def loops(self, message, sender):
    while True:
        pass


def test_a_handler_that_sends_for_ever():
    broken("^b did not come to an end: one handler asked for more than 100,000 sends", receive=sends)


def sends(self, message, sender):
    while True:
        self.send("a", message)


def test_a_handler_that_asks_for_ever():
    simulation = pair(receive=lambda self, m, s: [None for _ in iter(lambda: self.choose([0, 1]), 2)])
    with pytest.raises(
        NodeError, match="did not come to an end: it asked for choices and the time again and again"
    ):
        simulation.run(max_events=100)


class Unhashed(Message, frozen=False):
    n: int


@pytest.mark.parametrize(
    ("to", "message", "sentence"),
    [
        ("zoe", Ping(1), r"b sent Ping\(n=1\) to 'zoe', but it can reach only a and b"),
        (3, Ping(1), r"b sent Ping\(n=1\) to 3 \(a int, not a name\), but it can reach only a and b"),
        (["a"], Ping(1), r"to \['a'\] \(a list, not a name\)"),
        ("a", "hello", r"b sent 'hello' to a, which is not a Message: make a class"),
        ("a", {"n": 1}, r"b sent {'n': 1} to a, which is not a Message"),
        ("a", Ping, "b sent the class Ping to a, which is not a Message"),
        (
            "a",
            Ping([1]),
            r"but Ping.n is a list, which can change: a message cannot change on its way.*tuple or a froz",
        ),
        ("a", Vote({1: [2]}), r"but Vote.tx is a dict, which can change"),
        ("a", Vote((1, {2})), r"but Vote.tx\[1\] is a set, which can change"),
        ("a", Vote(Slot(1)), r"but Vote.tx is a Slot, which can change"),
        ("a", Vote(Loose(1)), r"but Vote.tx is a Loose, which can change"),
        ("a", Vote(lambda: 0), r"but Vote.tx is a function"),
        ("a", Vote(Node()), r"but Vote.tx is a Node"),
        ("a", Unhashed(1), r"but Unhashed is an Unhashed, which can change"),
    ],
)
@pytest.mark.parametrize("alone", [True, False])
def test_what_cannot_be_sent(to, message, sentence, alone):
    def receive(self, ping, sender):
        if not alone:
            self.send("a", Ping(1))
            self.disk["x"] = 1
        self.send(to, message)

    broken(sentence, receive=receive)


def test_what_cannot_be_sent_is_found_on_the_fast_way_too():
    """The link and the class are known by then."""

    def receive(self, message, sender):
        self.send("a", Ping(message.n + 1 if message.n < 5 else [1]))

    with pytest.raises(
        NodeError, match=r"sent Ping\(n=\[1\]\) to a, but Ping.n is a list.*handling Ping\(n=5\)"
    ):
        Simulation(
            {
                "a": Does.what(start=lambda self: self.send("b", Ping(1)), receive=receive),
                "b": Does.what(receive=receive),
            }
        ).run()


def test_a_neighbour_is_all_that_can_be_reached():
    import networkx as nx

    graph = nx.path_graph(["a", "b", "c"])
    nx.set_edge_attributes(graph, 1, "km")
    nodes = {"a": Does.what(start=lambda self: self.send("c", Ping(1))), "b": Node(), "c": Node()}
    with pytest.raises(NodeError, match="but it can reach only b and a; while starting, at 0 ms"):
        Simulation(nodes, network=Network(graph=graph, neighbours=True)).run()


def test_a_message_that_is_given_cannot_be_changed():
    broken(
        "^b tried to change a message, which is immutable because others may hold it too; make a new one",
        receive=lambda self, message, sender: setattr(message, "n", 2),
    )


# --- state that is not a node's own, or not plain ---


def keep(value, name="kept"):
    return lambda self, message, sender: setattr(self, name, value())


@pytest.mark.parametrize(
    ("value", "what"),
    [
        (lambda: lambda: 0, "self.kept is a function"),
        (lambda: (i for i in "ab"), "self.kept is a generator"),
        (lambda: [1, object()], r"self.kept\[1\] is an object"),
        (lambda: Ping, "self.kept is the class Ping"),
        (Node, "self.kept is another node: nodes know each other by name, and only send"),
        (
            lambda: {Slot(1): 1} if Slot.__hash__ else {(Slot,): 1},
            r"a key of self.kept\[0\] is the class Slot",
        ),
    ],
)
def test_a_node_keeps_plain_data_only(value, what):
    said = broken(f"^b cannot go on: {what}", receive=keep(value))
    assert "plain data" in said or "only send" in said


def test_where_a_node_began_to_keep_it_is_found_after_the_run():
    """However much happens before and after: the first handler that kept it, and its time."""

    def receive(self, message, sender):
        self.choose([1, 2])
        if message.n == 3:
            self.kept = lambda: 0
        if message.n < 9:
            self.send(sender, Ping(message.n + 1))

    nodes = {
        "a": Does.what(start=lambda self: self.send("b", Ping(1)), receive=receive),
        "b": Does.what(receive=receive),
    }
    with pytest.raises(
        NodeError, match=r"^b cannot go on: self.kept is a function.*handling Ping\(n=3\) from a, at 3 ms"
    ) as e:
        Simulation(nodes, faults=[Pause("a", 4.5, 7)]).run()
    assert len(e.value.trace.states()) == len(e.value.trace.events) > 20


@pytest.mark.parametrize("name", ["send", "broadcast", "choose", "start", "receive", "set_timer"])
def test_a_name_that_every_node_has_cannot_be_kept(name):
    broken(
        rf"^b cannot go on: self.{name} is a name that every Node has already", receive=keep(lambda: 1, name)
    )
    node = Node()
    vars(node)[name] = 1
    with pytest.raises(TypeError, match=f"node a: self.{name} is a name that every Node has already"):
        Simulation({"a": node})


def test_the_name_itself_cannot_be_set():
    broken("^b raised AttributeError .*names that every Node has already", receive=keep(lambda: 1, "name"))


def test_what_a_wrong_name_leads_to_is_not_what_is_said():
    def receive(self, message, sender):
        self.send = 3
        self.send("a", message)

    broken("^b cannot go on: self.send is a name that every Node has already", receive=receive)


class Team(Node):
    def __init__(self, votes, names=()):
        self.votes, self.names = votes, names

    def start(self):
        if self.name == "a":
            self.send("b", Ping(1))

    def receive(self, message, sender):
        (self.votes[0] if isinstance(self.votes, tuple) else self.votes).append(sender)


def test_nodes_that_were_given_the_same_list_may_read_it():
    votes, names = [], ["a", "b"]
    trace = Simulation({"a": Team([], names), "b": Team([], names)}).run()
    assert trace.ended == "quiet" and not votes


@pytest.mark.parametrize("wrap", [lambda votes: votes, lambda votes: (votes,)])
def test_nodes_that_were_given_the_same_list_cannot_change_it(wrap):
    votes = []
    simulation = Simulation({"a": Team(wrap(votes)), "b": Team(wrap(votes))})
    sentence = (
        r"^b changed self.votes, a (list|tuple) that a was given, too: nodes share nothing but messages; "
        r"give each node its own; while handling Ping\(n=1\) from a, at 1 ms"
    )
    with pytest.raises(NodeError, match=sentence):
        simulation.run()
    assert votes == [] and len(simulation.trace.states()) == len(simulation.trace.events)


def test_that_is_found_before_a_crash_hides_it():
    votes = []
    simulation = Simulation({"a": Team(votes), "b": Team(votes)}, faults=[Crash("b", 5)])
    with pytest.raises(NodeError, match=r"^b changed self.votes.*at 1 ms"):
        simulation.run()


# --- what a Simulation refuses ---


@pytest.mark.parametrize(
    ("nodes", "kind", "sentence"),
    [
        ([Node()], TypeError, 'nodes are given by name, as {"a": .*not as a list'),
        ({}, ValueError, "at least one node"),
        ({1: Node()}, TypeError, "a node's name is a str, not 1"),
        ({"": Node()}, TypeError, "a node's name is a str, not ''"),
        ({"a": Beat}, TypeError, r"'a' is the class Beat, not a node: write Beat\(...\)"),
        ({"a": 5}, TypeError, "'a' is a int, not a Node"),
        (
            {"a": Team(lambda: 0)},
            TypeError,
            "node a: self.votes is a function, and a node's state is plain data",
        ),
        ({"a": Team(Node())}, TypeError, "node a: self.votes is another node"),
    ],
)
def test_wrong_nodes(nodes, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Simulation(nodes)


@pytest.mark.parametrize(
    ("wrong", "kind", "sentence"),
    [
        ({"seed": 1.5}, TypeError, "a seed is an int, not 1.5"),
        ({"seed": True}, TypeError, "a seed is an int, not True"),
        ({"seed": "x"}, TypeError, "a seed is an int, not 'x'"),
        ({"network": 5}, TypeError, r"network is a Network, such as Network\(delay=\(1, 5\)\), not 5"),
        ({"disk": 5}, TypeError, r"disk is a Disk, such as Disk\(latency=5\), not 5"),
        (
            {"faults": Crash("a", 1)},
            TypeError,
            r"faults is a list: \[Crash\(...\), Pause\(...\)\], not Crash\(node='a'",
        ),
        (
            {"faults": ["crash"]},
            TypeError,
            "faults are Crash, Pause, Partition, Cut, Clock and Loss, not 'crash'",
        ),
        (
            {"faults": [Crash("zoe", 1)]},
            ValueError,
            r"Crash\(node='zoe', at=1.*names 'zoe', but the nodes are a",
        ),
        ({"faults": [Cut("a", "b")]}, ValueError, "the network has no cable between 'a' and 'b'"),
        ({"network": Network(hosts={"zoe": "h"})}, ValueError, "hosts names 'zoe', but the nodes are a"),
    ],
)
def test_wrong_arguments(wrong, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Simulation({"a": Node()}, **wrong)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"until": -1}, "until is a time in ms, zero or more, not -1"),
        ({"until": "3"}, "until is a time in ms, zero or more, not '3'"),
        ({"until": float("nan")}, "zero or more, not nan"),
        ({"max_events": 0}, "max_events is an int, at least 1, not 0"),
        ({"max_events": 1e6}, "max_events is an int, at least 1, not 1000000.0"),
    ],
)
def test_wrong_ends(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        Simulation({"a": Node()}).run(**wrong)


def test_the_text_of_a_simulation():
    simulation = Simulation({"a": Node(), "b": Node()}, 3, Network((1, 2), loss=0.1), [Crash("a", 1)])
    assert repr(simulation) == "Simulation(a and b; seed=3, Network(delay=(1, 2), loss=0.1), 1 fault)"
    assert repr(Disk((1, 2))) == "Disk(latency=(1, 2))"


def test_what_is_sent_as_a_set_is_what_arrives():
    heard = Tell(frozenset({"a", "b"}))
    nodes = {"a": Does.what(start=lambda self: self.send("b", heard)), "b": Node()}
    (flight,) = Simulation(nodes).run().messages()
    assert flight.message is heard
