"""The executable specification of a step: what is enabled, what a step does, when two worlds are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.node import Message, Node, NodeError
from distlab.schedule import Schedule
from distlab.world import NETWORKS, World, follow, replay, trace_of
from tests.randomly import Clockless, Ping, Slot, systems


class Chat(Node):
    """Node a sends so many pings, b counts and answers the odd ones."""

    def __init__(self, count=0):
        self.count = count
        self.heard = ()

    def start(self):
        for i in range(self.count):
            self.send("b", Ping(i))

    def receive(self, message, sender):
        self.heard += (message.n,)
        if self.name == "b" and message.n % 2:
            self.send(sender, message)


def chat(count, network="bag", **options):
    world = World({"a": Chat(count), "b": Chat()}, network, **options)
    return world.step(("start", "a")).step(("start", "b"))


def as_data(choices):
    return [choice.plain() for choice in choices]


# --- what is enabled ---


def test_nodes_start_first_and_in_order():
    world = World({"a": Chat(1), "b": Chat()})
    assert as_data(world.enabled()) == [("start", "a")]
    assert as_data(world.step(("start", "a")).enabled()) == [("start", "b")]


def test_in_a_bag_any_message_may_be_next_and_of_equal_ones_one():
    class Twice(Chat):
        def start(self):
            super().start()
            super().start()

    world = World({"a": Twice(2), "b": Chat()}).step(("start", "a")).step(("start", "b"))
    assert as_data(world.enabled()) == [("deliver", "a", "b", 1), ("deliver", "a", "b", 2)]
    assert as_data(world.enabled(losses=True, duplicates=True)) == [
        (kind, "a", "b", n) for n in (1, 2) for kind in ("deliver", "drop", "duplicate")
    ]


def test_a_link_may_keep_its_order():
    world = chat(3, "fifo")
    assert as_data(world.enabled()) == [("deliver", "a", "b", 1)]
    assert as_data(world.step(("deliver", "a", "b")).enabled()) == [("deliver", "a", "b", 2)]


def test_in_a_set_what_was_sent_once_stays_deliverable():
    world = chat(2, "set").step(("deliver", "a", "b", 2))
    assert ("deliver", "a", "b", 2) in as_data(world.enabled()) and len(world.in_flight) == 3
    again = world.step(("deliver", "a", "b", 2))
    assert again.nodes["b"].heard == (1, 1) and len(again.in_flight) == 3, "sent again, it is there already"
    assert len(again.step(("drop", "a", "b", 2)).in_flight) == 2


def test_timers_may_fire_in_any_order_or_in_that_of_their_deadlines():
    class Timers(Node):
        def start(self):
            self.set_timer("late", 9)
            self.set_timer("soon", 1)
            self.set_timer("some day", (0, 20))

    def names(timers):
        world = World({"a": Timers()}, timers=timers).step(("start", "a"))
        return [choice.args[1] for choice in world.enabled()]

    assert names("any") == ["late", "some day", "soon"]
    assert names("ordered") == ["some day", "soon"]


class Chooser(Node):
    def start(self):
        first = self.choose(["x", "y"])
        if first == "y":
            self.choose(range(3))
        self.note(first)


def test_every_answer_is_a_choice_of_its_own():
    world = World({"a": Chooser()})
    assert as_data(world.enabled()) == [
        ("start", "a", {"answers": answers}) for answers in ([0], [1, 0], [1, 1], [1, 2])
    ]
    with_crashes = as_data(world.enabled(crashes=True))
    assert with_crashes.count(("start", "a", {"answers": [0], "crash_after": 0})) == 1
    assert sum(choice[2].get("crash_after") == 0 for choice in with_crashes) == 1, (
        "before it, all answers are one"
    )
    assert sum(choice[2].get("crash_after") == 1 for choice in with_crashes) == 4


def test_a_crash_may_fall_after_any_effect_and_leave_any_prefix():
    class Writer(Node):
        autosync = False

        def start(self):
            self.disk.log.append("r")
            self.send("a", Ping(1))
            self.disk.sync()

    world = World({"a": Writer()})
    assert as_data(world.enabled(crashes=True)) == [
        ("start", "a"),
        ("start", "a", {"crash_after": 0}),
        ("start", "a", {"crash_after": 1}),
        ("start", "a", {"crash_after": 1, "kept": 0, "torn": True}),
        ("start", "a", {"crash_after": 1, "kept": 1, "torn": False}),
        ("start", "a", {"crash_after": 2}),
        ("start", "a", {"crash_after": 2, "kept": 0, "torn": True}),
        ("start", "a", {"crash_after": 2, "kept": 1, "torn": False}),
        ("start", "a", {"crash_after": 3}),
    ]
    down = world.step(("start", "a", {"crash_after": 3}))
    assert down.disks["a"].log == ["r"] and not down.up["a"] and len(down.in_flight) == 1
    assert as_data(down.enabled()) == [("deliver", "a", "a", 1), ("recover", "a")]
    assert as_data(down.step(("deliver", "a", "a")).enabled()) == [("recover", "a")], "lost"


def test_a_crash_between_handlers():
    world = chat(1)
    assert as_data(world.enabled(crashes=True))[-2:] == [("crash", "a"), ("crash", "b")]
    down = world.step(("crash", "b"))
    assert ("recover", "b") in as_data(down.enabled()) and ("crash", "b") not in as_data(
        down.enabled(crashes=True)
    )
    assert down.step(("recover", "b")).up == {"a": True, "b": True}


# --- what a step does ---


def test_a_world_never_changes():
    world = chat(2)
    before = world.key(), len(world.in_flight), world.nodes["b"].heard
    after = world.step(("deliver", "a", "b", 2))
    assert (world.key(), len(world.in_flight), world.nodes["b"].heard) == before
    assert after.nodes["b"].heard == (1,) and after.nodes["a"] is world.nodes["a"], "the rest is shared"
    assert [row[1] for row in after.rows] == ["delivered", "sent"] and world.rows[0][1] == "started"


def test_without_n_the_oldest_is_meant():
    assert chat(2).step(("deliver", "a", "b")).nodes["b"].heard == (0,)


def test_losing_and_doubling():
    world = chat(2).step(("drop", "a", "b", 1)).step(("duplicate", "a", "b", 2))
    assert [m.n for m in world.in_flight] == [2, 2]
    assert world.step(("deliver", "a", "b", 2)).step(("deliver", "a", "b", 2)).nodes["b"].heard == (1, 1)


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (
            ("deliver", "a", "b", 9),
            "no message 9 from a to b is under way; there is 1 Ping.n=0. and 2 Ping.n=1.",
        ),
        (("deliver", "b", "a"), r"no message from b to a is under way$"),
        (("deliver", "a", "zoe"), "there is no node 'zoe'; the nodes are a and b"),
        (("fire", "a", "t"), "a has no such timer set; it has nobody"),
        (("start", "a"), "a has started already"),
        (("recover", "a"), "a is up; only a node that crashed can recover"),
        (
            ("crash", "a", {"kept": 1}),
            "such a crash cannot leave kept=1, torn=False: of a's writes 0 are not forced",
        ),
        (("crash", "a", {"torn": 1}), "cannot leave kept=0, torn=1"),
        (("deliver", "a", "b", 1, {"crash_after": 0, "kept": 2}), "cannot leave kept=2"),
    ],
)
def test_what_is_not_possible_here(choice, sentence):
    with pytest.raises(ValueError, match=sentence):
        chat(2).step(choice)


def test_a_node_that_is_down_cannot_crash():
    with pytest.raises(ValueError, match="a is down already"):
        chat(0).step(("crash", "a")).step(("crash", "a"))


@pytest.mark.parametrize("answers", [[], [2], [-1], [1], [1, 3]])
def test_an_answer_that_is_missing_or_no_option(answers):
    with pytest.raises(
        ValueError, match=r'a chooses among [23] options here; say which, counted from 0: \{"answers"'
    ):
        World({"a": Chooser()}).step(("start", "a", {"answers": answers}))


@pytest.mark.parametrize("wrong", [{"network": "tcp"}, {"timers": "late"}])
def test_wrong_worlds(wrong):
    with pytest.raises(
        ValueError, match=r"network is one of bag, set, fifo and rounds|timers is 'any' or 'ordered'"
    ):
        World({"a": Node()}, **wrong)


class Breaks(Node):
    def __init__(self, how):
        self.how = how

    def start(self):
        eval(self.how, {"self": self, "Ping": Ping, "Slot": Slot})


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("{}['x']", r"a raised KeyError \('x'\)"),
        ("self.send('zoe', Ping(1))", "a sent Ping.* to 'zoe', but it can reach only b and a"),
        ("self.send('b', 'hello')", "which is not a Message"),
        ("self.now", "a asked for `now`, but a search has no clock: use a timer"),
        ("setattr(self, 'kept', lambda: 0)", "a cannot go on: self.kept is a function"),
        ("setattr(self, 'send', 1)", "a cannot go on: self.send is a name that every Node has"),
        ("self.fail()", "a ended an operation, but none was open"),
    ],
)
def test_what_a_node_does_wrong_is_one_sentence(how, sentence):
    nodes = {"a": Breaks(how), "b": Node()}
    with pytest.raises(NodeError, match=sentence) as caught:
        replay(nodes, [])
    assert "at step 0" in str(caught.value) and caught.value.trace.ended == "error"
    assert len(caught.value.trace.states()) == len(caught.value.trace.events)


# --- when two worlds are one ---


def test_worlds_are_one_when_no_handler_can_tell_them_apart():
    one = chat(3).step(("deliver", "a", "b", 1)).step(("drop", "a", "b", 2))
    other = chat(3).step(("drop", "a", "b", 2)).step(("deliver", "a", "b", 1))
    assert one.key() == other.key()
    assert chat(3).step(("drop", "a", "b", 2)).key() != chat(3).step(("drop", "a", "b", 1)).key()


def test_a_world_is_known_by_all_that_matters():
    keys = [
        chat(0).key(),
        chat(0).step(("crash", "a")).key(),
        chat(1).key(),
        chat(1).step(("duplicate", "a", "b")).key(),
        chat(1).step(("drop", "a", "b")).key(),
        World({"a": Chat(), "b": Chat()}).key(),
    ]
    assert len(set(keys)) == len(keys), "chat(1) with its message lost knows still that it sent one: count"


def test_order_on_a_link_counts_only_where_the_link_keeps_it():
    class Two(Message):
        n: int

    class Sends(Node):
        def __init__(self, *order):
            self.order = order

        def start(self):
            for n in self.order:
                self.send("b", Two(n))
            self.order = ()

    def key(network, *order):
        return World({"a": Sends(*order), "b": Node()}, network).step(("start", "a")).key()

    assert key("bag", 1, 2) == key("bag", 2, 1)
    assert key("fifo", 1, 2) != key("fifo", 2, 1)
    assert key("set", 1, 1) == key("set", 1) != key("set", 2)


def test_the_history_is_part_of_the_identity_only_if_asked():
    class Calls(Node):
        def start(self):
            if self.name != "c":
                self.invoke("read")
                self.send("c", Ping(0))

        def receive(self, message, sender):
            if self.name == "c":
                self.send(sender, message)
            else:
                self.complete(1)

    world = World({name: Calls() for name in "abc"})
    for name in "abc":
        world = world.step(("start", name))
    for name in "ab":
        world = world.step(("deliver", name, "c"))
    one = world.step(("deliver", "c", "a")).step(("deliver", "c", "b"))
    other = world.step(("deliver", "c", "b")).step(("deliver", "c", "a"))
    assert one.key() == other.key() and one.key(history=True) != other.key(history=True)
    assert [o.client for o in one.history] == ["a", "b"] and [o.returned for o in one.history] == [2, 3]
    assert [o.returned for o in other.history] == [3, 2]


@given(systems(Clockless), st.lists(st.integers(0, 50), max_size=12), st.sampled_from(NETWORKS))
def test_a_world_goes_on_as_its_copy_made_from_plain_data_does(nodes, way, network):
    worlds = [World(nodes, network)]
    for k in way:
        choices = worlds[-1].enabled(crashes=True, losses=True, duplicates=network == "bag")
        if not choices:
            break
        worlds.append(worlds[-1].step(choices[k % len(choices)]))
    trace = trace_of(worlds)
    plain = Schedule(choice.plain() for choice in trace.schedule())
    again = follow(World(nodes, network), plain)[-1]
    assert again.key(history=True) == worlds[-1].key(history=True)
    assert again.enabled(True, True, True) == worlds[-1].enabled(True, True, True)
    assert all(state.key() == again.key() for state in trace.states()[-1:])
