"""Traces: what can be asked of a run, and that it can be kept and read again."""

import networkx as nx
import pytest

from distlab.events import COLUMNS, Event
from distlab.faults import Crash, Loss, Partition, Pause
from distlab.history import Operation
from distlab.network import Network
from distlab.node import Message, Node
from distlab.simulate import Simulation
from distlab.trace import Trace
from distlab.world import replay
from tests.randomly import Color, Ping, Tell


class Put(Message):
    key: str
    color: Color = Color.RED


class Done(Message):
    pass


class Client(Node):
    def __init__(self, calls):
        self.calls = calls

    def start(self):
        self.set_timer("late", 9)
        self.call()

    def call(self):
        if self.calls:
            self.invoke(("put", self.calls[0]))
            self.send("server", Put(self.calls[0]))
            self.state = "waiting"

    def receive(self, message, sender):
        if self.state == "waiting":
            self.complete({"was": [self.calls[0]]})
            self.state = "idle"
            self.calls = self.calls[1:]
            self.call()

    def wake(self, timer):
        if self.state == "waiting":
            self.give_up()
            self.note("enough")
            self.state = "gone"


class Server(Node):
    state = "up"

    def receive(self, message, sender):
        self.disk[message.key] = message.color
        self.send(sender, Done())


def shop(*faults, calls=("x", "y"), **options):
    nodes = {"ann": Client(tuple(calls)), "bob": Client(tuple(calls)), "server": Server()}
    return Simulation(nodes, faults=faults, **options).run()


def test_the_story_of_a_run():
    trace = shop(calls=["x"])
    assert [str(event) for event in trace.events if event.node in ("ann", "server")] == [
        "0 ann started",
        "0 ann state (None, 'waiting')",
        "0 ann invoked ('put', 'x')",
        "0 ann sent Put(key='x', color=RED) to server",
        "0 server started",
        "1 server delivered Put(key='x', color=RED) from ann",
        "1 server wrote ('put', 'x', RED)",
        "1 server synced",
        "1 server sent Done() to ann",
        "1 server delivered Put(key='x', color=RED) from bob",
        "1 server wrote ('put', 'x', RED)",
        "1 server synced",
        "1 server sent Done() to bob",
        "2 ann delivered Done() from server",
        "2 ann state ('waiting', 'idle')",
        "2 ann completed {'was': ('x',)}",
        "9 ann timer late",
    ]
    assert trace.first == {"ann": None, "bob": None, "server": "up"}
    assert trace.final == {"ann": "idle", "bob": "idle", "server": "up"}
    assert repr(trace) == "Trace(3 nodes, 25 events, 4 messages delivered, 9 ms)"
    assert len(trace) == len(trace.events) == 25


def test_every_event_has_its_place_and_its_cause():
    trace = shop(
        Crash("server", 1.5, 2.5), Pause("ann", 1, 2), Loss(0.3), network=Network((0.5, 2), duplicates=0.3)
    )
    for index, event in enumerate(trace.events):
        assert event.index == index and event.kind in COLUMNS
        if event.kind in ("delivered", "lost", "duplicated"):
            sent = trace.events[event.cause]
            assert (sent.kind, sent.node, sent.other, sent.n) == ("sent", event.other, event.node, event.n)
            assert sent.message == event.message and sent.index < index
        else:
            assert event.cause is None
    assert [e.at for e in trace.events] == sorted(e.at for e in trace.events)


def test_messages_and_what_became_of_them():
    trace = shop(Partition({"bob"}, {"server"}), calls=["x"])
    assert [(m.sender, type(m.message).__name__, m.delivered, m.lost) for m in trace.messages()] == [
        ("ann", "Put", True, False),
        ("bob", "Put", False, True),
        ("server", "Done", True, False),
    ]
    assert [m.receiver for m in trace.messages(Done)] == ["ann"]
    (under_way, *_) = Simulation({"a": Client("x"), "server": Server()}).run(until=0.5).messages()
    assert under_way.end is None and not under_way.delivered and not under_way.lost


def test_the_history_is_ordered_by_events_and_never_by_times():
    trace = shop(calls=["x"], network=Network(0))
    assert {e.at for e in trace.events if e.kind != "timer"} == {0}, "all at one time"
    ann, bob = trace.history()
    assert ann.called < ann.returned != bob.called < bob.returned
    assert ann == Operation(
        "ann",
        ("put", "x"),
        {"was": ("x",)},
        called=ann.called,
        returned=ann.returned,
        called_at=0,
        returned_at=0,
    )
    assert trace.events[ann.called].kind == "invoked" and trace.events[ann.returned].kind == "completed"
    assert ann.precedes(bob) is (ann.returned < bob.called)


def test_an_operation_that_was_given_up_stays_open_to_the_end():
    trace = shop(Partition({"bob"}, {"server"}))
    outcomes = [(o.client, o.call, o.outcome) for o in trace.history()]
    assert outcomes == [
        ("ann", ("put", "x"), "completed"),
        ("bob", ("put", "x"), "unknown"),
        ("ann", ("put", "y"), "completed"),
    ]
    assert trace.history()[1].returned is None and "last note: bob “enough”" in repr(trace)


def test_a_crash_gives_up_and_what_is_open_in_the_end_is_not_known():
    trace = shop(Crash("ann", 0.5))
    assert [e.kind for e in trace.events if e.node == "ann"][-3:] == ["gave up", "state", "lost"]
    assert [o.outcome for o in trace.history() if o.client == "ann"] == ["unknown"]
    assert [o.outcome for o in shop().history()] == ["completed"] * 4
    cut_short = Simulation({"a": Client("x"), "server": Server()}).run(until=1)
    assert [o.outcome for o in cut_short.history()] == ["unknown"]


def test_a_failed_operation_did_not_happen():
    class Fails(Client):
        def wake(self, timer):
            self.fail()

    trace = Simulation({"a": Fails("x"), "server": Server()}, network=Network(loss=1)).run()
    (operation,) = trace.history()
    assert (operation.outcome, operation.returned_at) == ("failed", 9)


def test_happened_before_is_a_path_along_nodes_and_messages():
    trace = shop(calls=["x"])
    graph = trace.happened_before()
    assert isinstance(graph, nx.DiGraph) and nx.is_directed_acyclic_graph(graph)

    def index(kind, node, other=None):
        return next(
            e.index for e in trace.events if (e.kind, e.node) == (kind, node) and other in (None, e.other)
        )

    calls, completes = index("invoked", "ann"), index("completed", "ann")
    heard = index("delivered", "server", "bob")
    assert nx.has_path(graph, calls, completes) and nx.has_path(graph, index("invoked", "bob"), heard)
    assert not nx.has_path(graph, completes, heard) and not nx.has_path(graph, heard, completes), "concurrent"


def test_states_are_those_after_each_step():
    trace = shop(calls=["x"])
    states = trace.states()
    assert len(states) == len(trace.events)
    seen = [states[e.index].nodes["ann"].state for e in trace.events if e.node == "ann"]
    assert seen == ["waiting"] * 4 + ["idle"] * 4
    assert states[-1].disks["server"].data == {"x": Color.RED}
    assert not states[-1].in_flight and states[0].nodes["server"].state == "up"


def test_a_state_that_is_changed_in_place_is_seen_to_change():
    class List(Node):
        def start(self):
            self.state = []
            self.set_timer("x", 1)

        def wake(self, timer):
            self.state.append(timer)

    trace = Simulation({"a": List()}).run()
    assert [e.detail for e in trace.events if e.kind == "state"] == [(None, []), ([], ["x"])]


# --- keeping it ---


def test_json_and_back():
    trace = shop(Crash("server", 1.5, 2.5), network=Network((0.5, 2), hosts={"bob": "server"}))
    back = Trace.from_json(trace.to_json(), [Put, Done, Color])
    assert back.events == trace.events and back.names == trace.names and back.seed == 0
    assert (back.duration, back.ended, back.unit, back.first) == (
        trace.duration,
        trace.ended,
        "ms",
        trace.first,
    )
    assert back.messages() == trace.messages() and back.history() == trace.history()
    assert back.schedule() == trace.schedule() and repr(back) == repr(trace)
    with pytest.raises(
        ValueError, match=r"read from a file, without its nodes: replay\(nodes, trace.schedule\(\)\) first"
    ):
        back.states()


def test_without_the_classes_there_are_stand_ins_of_the_same_name():
    trace = shop(calls=["x"])
    back = Trace.from_json(trace.to_json())
    message = back.messages()[0].message
    assert repr(message) == "Put(key='x', color=RED)" and type(message).__name__ == "Put"
    assert list(map(str, back.events)) == list(map(str, trace.events))
    assert len(back.messages(type(message))) == 2


def test_a_replay_can_be_kept_too():
    trace = replay(
        {"a": Client("x"), "server": Server()}, [("deliver", "a", "server"), ("deliver", "server", "a")]
    )
    back = Trace.from_json(trace.to_json(), [Put, Done, Color])
    assert back.events == trace.events and back.unit == "steps" and back.duration == 2


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"names": []}', "no json", '{"$": "dict", "v": []}'])
def test_what_is_no_trace_is_refused(text):
    with pytest.raises(ValueError, match=r"this is not a trace written by Trace.to_json\(\)"):
        Trace.from_json(text)


def test_a_class_with_other_fields_is_refused():
    class Done(Message):
        why: str

    with pytest.raises(ValueError, match="Done has the fields why, but what was written has none"):
        Trace.from_json(shop().to_json(), [Put, Done])


def test_a_trace_made_by_hand():
    rows = [
        (0, "started", "a"),
        (1000, "sent", "a", "b", Ping(1), 1),
        (2500, "delivered", "b", "a", Ping(1), 1),
    ]
    trace = Trace(["a", "b"], rows, end=3000)
    assert trace.events[2] == Event(2, 2.5, "delivered", "b", "a", Ping(1), 1, cause=1)
    assert trace.duration == 3 and trace.messages()[0].end.at == 2.5
    assert repr(Trace(["a"], [])) == "Trace(1 node, 0 events, 0 messages delivered, 0 ms)"
    assert repr(Tell(frozenset("ab"))) == "Tell(who={'a', 'b'}, what=())"
