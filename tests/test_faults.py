"""Faults: crashes between any two effects, the disk they leave, pauses, clocks and timers, and the nemesis."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import values
from distlab.faults import KINDS, Clock, Crash, Cut, Loss, Partition, Pause, nemesis
from distlab.network import Network
from distlab.node import Node
from distlab.simulate import Disk, Simulation
from tests.randomly import NAMES, Ping


def at(trace, kind, node=None):
    """When something happened, with its detail."""
    return [(e.at, e.detail) for e in trace.events if e.kind == kind and node in (None, e.node)]


# --- crashes ---


class Busy(Node):
    """In one handler: a send, a write, a note, a timer, a call, and two more sends."""

    autosync = False

    def start(self):
        if self.name == "b":
            self.set_timer("go", 2)

    def wake(self, timer):
        if timer == "go":
            self.state = "busy"
            self.send("a", Ping(1))
            self.disk["x"] = 1
            self.note("here")
            self.set_timer("later", 1)
            self.invoke("read")
            self.send("c", Ping(2))
            self.send("a", Ping(3))

    def recover(self):
        self.note(f"{self.state} {dict(self.disk)} {list(self.disk.log)}")


EFFECTS = [
    "sent 1",
    "wrote",
    "noted",
    "later",
    "invoked",
    "sent 3",
    "sent 2",
]  # sends at one instant by destination


@pytest.mark.parametrize("k", range(8))
def test_a_crash_falls_after_any_effect_and_the_rest_does_not_happen(k):
    nodes = {name: Busy() for name in NAMES}
    trace = Simulation(nodes, faults=[Crash("b", 2, until=9, after_effects=k)]).run()
    happened = [e for e in trace.events if e.at == 2 and e.node == "b"]
    kinds = [f"sent {e.message.n}" if e.kind == "sent" else e.kind for e in happened]
    kinds = [kind for kind in kinds if kind not in ("timer", "state", "gave up", "crashed")]
    assert kinds == [e for e in EFFECTS[:k] if e != "later"]
    (crash,) = [e for e in happened if e.kind == "crashed"]
    assert crash.n == k and happened[-1].detail == ("busy", None), "the state is gone, too"
    assert ("gave up" in [e.kind for e in happened]) is (k >= 5), "a crash gives up the open call"
    assert not [e for e in trace.events if e.kind == "timer" and e.detail == "later"], "and clears the timers"
    kept = "{'x': 1}" if k >= 2 and crash.detail == (1, False) else "{}"
    assert at(trace, "noted", "b")[-1] == (9, f"None {kept} []")


def test_a_crash_point_beyond_the_last_effect_is_after_the_handler():
    nodes = {name: Busy() for name in NAMES}
    trace = Simulation(nodes, faults=[Crash("b", 1, after_effects=99)]).run()
    (crash,) = [e for e in trace.events if e.kind == "crashed"]
    assert (crash.at, crash.n) == (2, len(EFFECTS)), "in the first handler from `at` on"


def test_an_unsynced_prefix_survives_and_the_next_log_record_may_be_torn():
    class Writer(Node):
        autosync = False

        def start(self):
            self.disk["x"] = 1
            self.disk.log.append("r1")
            self.disk.log.append("r2")

        def recover(self):
            self.note(f"{dict(self.disk)} {list(self.disk.log)}")

    left = set()
    for seed in range(60):
        left.add(at(Simulation({"a": Writer()}, seed, faults=[Crash("a", 1, 2)]).run(), "noted")[0][1])
    assert left == {
        "{} []",
        "{'x': 1} []",
        "{'x': 1} [TORN]",
        "{'x': 1} ['r1']",
        "{'x': 1} ['r1', TORN]",
        "{'x': 1} ['r1', 'r2']",
    }


def test_what_was_forced_survives_and_writes_count_apart():
    class Writer(Node):
        def __init__(self, autosync):
            self.autosync = autosync

        def start(self):
            self.disk["x"] = 1
            self.disk["y"] = 1
            self.send(self.name, Ping(1))

        def receive(self, message, sender):
            self.disk["z"] = 1
            self.disk.sync()
            self.disk["w"] = 1

        def recover(self):
            self.note(f"{sorted(self.disk)}")

    def run(autosync):
        return Simulation({"a": Writer(autosync)}, seed=1, faults=[Crash("a", 1, 2)]).run()

    eager, lazy = run(True), run(False)
    assert at(eager, "noted")[0][1] == "['w', 'x', 'y', 'z']"
    assert at(lazy, "noted")[0][1] in ("['x', 'y', 'z']", "['w', 'x', 'y', 'z']"), "w was not forced"
    assert (eager.writes().forced, eager.writes().lazy) == (4, 0)
    assert (lazy.writes().forced, lazy.writes().lazy) == (1, 3), (
        "x and y were forced by a later handler, w by none"
    )
    assert [e.n for e in lazy.events if e.kind == "synced"] == [3], "a sync forces all that waits"
    assert [e.n for e in eager.events if e.kind == "synced"] == [2, 1, 1]
    assert eager.writes("a") == eager.writes() and eager.writes("zoe") == (0, 0)


class Echo(Node):
    """Answers, and counts in memory how often."""

    def __init__(self):
        self.count = 0

    def start(self):
        self.note("start")
        if self.name == "a":
            for i in range(6):
                self.set_timer(f"send {i}", i)

    def wake(self, timer):
        self.send("b", Ping(int(timer[-1])))

    def receive(self, message, sender):
        self.count += 1
        self.note(f"{message.n}: {self.count}")


def echo(*faults, **options):
    return Simulation({"a": Echo(), "b": Echo()}, faults=faults, **options).run()


def test_a_crash_and_a_recovery_are_two_things_with_a_down_state_between():
    trace = echo(Crash("b", 2.5, until=4.5))
    assert at(trace, "noted", "b") == [
        (0, "start"),
        (1, "0: 1"),
        (2, "1: 2"),
        (4.5, "start"),
        (5, "4: 1"),
        (6, "5: 2"),
    ]
    assert [(m.n, m.end.detail, m.end.at) for m in trace.messages() if m.lost] == [
        (3, "down", 3),
        (4, "down", 4),
    ]
    up = [world.up["b"] for world in trace.states()]
    assert [up[i] for i, e in enumerate(trace.events) if e.kind in ("crashed", "lost", "recovered")] == [
        False,
        False,
        False,
        True,
    ]


def test_recovery_may_never_come():
    trace = echo(Crash("b", 2.5))
    assert len([m for m in trace.messages() if m.lost]) == 4 and not trace.states()[-1].up["b"]


def test_two_crashes_that_overlap_end_with_the_later():
    trace = echo(Crash("b", 1.5, until=3.5), Crash("b", 2.5, until=5.5))
    assert at(trace, "crashed") == [(1.5, (0, False))] and at(trace, "recovered") == [(5.5, None)]


def test_a_crash_at_time_zero_falls_before_the_start():
    trace = echo(Crash("a", 0, until=2), Crash("b", 0))
    assert [(e.at, e.kind, e.node, e.n) for e in trace.events if e.kind in ("started", "crashed")] == [
        (0, "started", "a", None),
        (0, "crashed", "a", 0),
        (0, "started", "b", None),
        (0, "crashed", "b", 0),
    ]
    assert at(trace, "noted") == [(2, "start")] and len(trace.messages()) == 6, (
        "then it starts, as after any crash"
    )


def test_a_crash_at_time_zero_takes_the_host_with_it():
    trace = echo(Crash("b", 0, until=2), network=Network(hosts={"a": "h", "b": "h"}))
    assert at(trace, "noted")[:2] == [(2, "start"), (2, "start")]


def test_attributes_come_back_as_they_were_before_the_start():
    class Grows(Node):
        def __init__(self):
            self.items = [1]

        def start(self):
            self.items.append(2)
            self.note(self.items)

    trace = Simulation({"a": Grows()}, faults=[Crash("a", 1, 2), Crash("a", 3, 4)]).run()
    assert [note for _, note in at(trace, "noted")] == ["[1, 2]"] * 3


# --- a disk that takes its time ---


class Logger(Node):
    def start(self):
        if self.name == "a":
            for i in range(3):
                self.send("b", Ping(i))

    def receive(self, message, sender):
        if self.name == "b":
            self.note(f"begins {message.n}")
            self.disk.log.append(message.n)
            self.send("a", message)
            self.note(f"ends {message.n}")

    def recover(self):
        self.note(f"log {list(self.disk.log)}")


def logger(*faults):
    return Simulation({"a": Logger(), "b": Logger()}, faults=faults, disk=Disk(5), seed=2).run()


def test_a_sync_delays_the_sends_and_what_arrives_meanwhile_waits_in_order():
    trace = logger()
    assert at(trace, "noted", "b") == [
        (1, "begins 0"),
        (6, "ends 0"),
        (6, "begins 1"),
        (11, "ends 1"),
        (11, "begins 2"),
        (16, "ends 2"),
    ]
    assert [m.sent.at for m in trace.messages() if m.sender == "b"] == [6, 11, 16]
    assert [e.at for e in trace.events if e.kind == "synced"] == [6, 11, 16]


def test_a_crash_during_a_sync_keeps_a_prefix_of_what_was_being_forced():
    trace = logger(Crash("b", 8, until=20))
    (crash,) = [e for e in trace.events if e.kind == "crashed"]
    assert crash.n == 2, "a note and a write had happened, the sync had not"
    assert [m.message.n for m in trace.messages() if m.sender == "b"] == [0]
    assert [(m.n, m.end.detail, m.end.at) for m in trace.messages() if m.lost] == [(3, "down", 8)], (
        "it had waited"
    )
    log = {(0, False): "[0]", (0, True): "[0, TORN]", (1, False): "[0, 1]"}[crash.detail]
    assert at(trace, "noted", "b")[-1] == (20, f"log {log}")


def test_a_crash_as_the_disk_is_done_falls_into_the_same_handler():
    trace = logger(Crash("b", 0.5, after_effects=3))
    (crash,) = [e for e in trace.events if e.kind == "crashed"]
    assert (crash.at, crash.n, crash.detail) == (6, 3, (0, False)), "synced by then, and not sent"
    assert not [m for m in trace.messages() if m.sender == "b"]


# --- pauses ---


def test_a_pause_queues_and_then_handles_in_order_of_arrival():
    class Both(Echo):
        def start(self):
            super().start()
            if self.name == "b":
                self.set_timer("mine", 3.5)

        def wake(self, timer):
            if timer == "mine":
                self.note("mine")
            else:
                super().wake(timer)

    trace = Simulation({"a": Both(), "b": Both()}, faults=[Pause("b", 1.5, 4.5)]).run()
    assert at(trace, "noted", "b")[2:] == [
        (4.5, "1: 2"),
        (4.5, "2: 3"),
        (4.5, "mine"),
        (4.5, "3: 4"),
        (5, "4: 5"),
        (6, "5: 6"),
    ]
    assert [(e.at, e.kind) for e in trace.events if e.kind in ("paused", "resumed")] == [
        (1.5, "paused"),
        (4.5, "resumed"),
    ]


def test_two_pauses_that_overlap_are_one():
    trace = echo(Pause("b", 1.5, 3.5), Pause("b", 2.5, 4.5))
    assert [(e.at, e.kind) for e in trace.events if e.kind in ("paused", "resumed")] == [
        (1.5, "paused"),
        (4.5, "resumed"),
    ]


def test_a_crash_loses_what_waited_for_a_paused_node():
    trace = echo(Pause("b", 1.5, 4.5), Crash("b", 3.5, until=3.75))
    assert [(m.n, m.end.detail, m.end.at) for m in trace.messages() if m.lost] == [
        (2, "down", 3.5),
        (3, "down", 3.5),
    ]
    assert at(trace, "noted", "b")[2:] == [(3.75, "start"), (4, "3: 1"), (5, "4: 2"), (6, "5: 3")]
    assert not at(trace, "resumed")


def test_a_pause_holds_what_the_disk_has_done():
    trace = logger(Pause("b", 2, 8))
    assert at(trace, "noted", "b")[:3] == [(1, "begins 0"), (8, "ends 0"), (8, "begins 1")]


def test_a_pause_from_time_zero_begins_when_the_node_has_started():
    trace = echo(Pause("a", 0, 3.5))
    assert at(trace, "noted", "a") == [(0, "start")]
    assert [m.sent.at for m in trace.messages()] == [3.5, 3.5, 3.5, 3.5, 4, 5]


# --- timers and clocks ---


class Timed(Node):
    """Sets timers at its start, and notes when they wake it by its own clock."""

    def __init__(self, *timers):
        self.timers = timers

    def start(self):
        for timer in self.timers:
            self.set_timer(*timer)

    def wake(self, timer):
        self.note(f"{timer} {self.now:g}")


def timed(*timers, faults=(), **options):
    return at(Simulation({"a": Timed(*timers)}, faults=faults, **options).run(), "noted")


def test_timers_fire_once_at_their_time_and_one_a_name_replaces_the_last():
    assert timed(("x", 2), ("y", 1)) == [(1, "y 1"), (2, "x 2")]
    assert timed(("x", 2), ("x", 5)) == [(5, "x 5")], "setting it again replaces it"
    assert timed(("x", 5), ("x", 2)) == [(2, "x 2")]
    assert timed(("x", 0)) == [(0, "x 0")]


def test_a_timer_can_be_cancelled_and_set_again():
    class Again(Timed):
        def start(self):
            super().start()
            self.cancel_timer("x")
            self.cancel_timer("nothing")
            self.set_timer("y", 3)

        def wake(self, timer):
            super().wake(timer)
            if self.now < 9:
                self.set_timer(timer, 3)

    trace = Simulation({"a": Again(("x", 1), ("y", 9))}).run()
    assert at(trace, "noted") == [(3, "y 3"), (6, "y 6"), (9, "y 9")]
    assert [e.n for e in trace.events if e.kind == "timer"] == [2, 3, 4], "set for the n-th time"


def test_a_pair_is_drawn_from_the_nodes_own_stream():
    times = {timed(("x", (2, 4)), seed=seed)[0][0] for seed in range(40)}
    assert len(times) > 30 and 2 <= min(times) < 2.3 and 3.7 < max(times) <= 4
    assert timed(("x", (2, 4)), seed=3) == timed(("x", (2, 4)), seed=3)


def test_an_own_clock_drifts_and_its_timers_follow():
    assert timed(("x", 10), faults=[Clock("a", rate=2)]) == [(5, "x 10")]
    assert timed(("x", 10), faults=[Clock("a", rate=0.5)]) == [(20, "x 10")]
    assert timed(("x", 10), faults=[Clock("a", rate=2, at=4)]) == [(7, "x 10")]
    assert timed(("x", 10), faults=[Clock("a", rate=2, at=4), Clock("a", rate=1, at=6)]) == [(8, "x 10")]


def test_an_own_clock_jumps_and_its_timers_follow():
    assert timed(("x", 10), faults=[Clock("a", offset=3, at=4)]) == [(7, "x 10")]
    assert timed(("x", 10), faults=[Clock("a", offset=-3, at=4)]) == [(13, "x 10")]
    assert timed(("x", 10), faults=[Clock("a", offset=30, at=4)]) == [(4, "x 34")], "late, and at once"
    assert timed(("x", 10), faults=[Clock("a", offset=5)]) == [(10, "x 15")], (
        "before the start, it is only wrong"
    )


@given(st.floats(0.1, 10), st.floats(-50, 50), st.floats(0, 100), st.floats(0, 100))
def test_a_timer_fires_no_earlier_than_its_clock_says(rate, offset, jump, after):
    ((when, said),) = timed(("x", after), faults=[Clock("a", rate, offset, jump)])
    begins = offset if round(jump, 3) == 0 else 0
    assert float(said.split()[1]) >= begins + after - 0.01
    assert when >= 0


def test_time_is_an_integer_of_microseconds_inside():
    trace = Simulation({"a": Timed(("x", 0.1), ("y", 0.1 + 0.2), ("z", 1 / 3))}).run()
    assert [round(e.at * 1000, 9) for e in trace.events if e.kind == "timer"] == [100, 300, 333]


# --- what faults refuse ---


@pytest.mark.parametrize(
    ("make", "kind", "sentence"),
    [
        (lambda: Crash("a", -1), ValueError, "a crash begins at a time in ms, zero or more, not at -1"),
        (lambda: Crash("a", math.inf), ValueError, "not at inf"),
        (lambda: Crash("a", "1"), ValueError, "not at '1'"),
        (
            lambda: Crash("a", 5, 5),
            ValueError,
            "a crash ends after it begins: until=5 is not later than at=5",
        ),
        (lambda: Crash("a", 5, "9"), ValueError, "until='9'"),
        (
            lambda: Crash("a", 5, after_effects=-1),
            ValueError,
            "after_effects counts effects: zero or more, not -1",
        ),
        (lambda: Crash("a", 5, after_effects=1.5), ValueError, "not 1.5"),
        (lambda: Pause("a", 3, 2), ValueError, "a pause ends after it begins"),
        (lambda: Partition("a", "b"), TypeError, r'two sets of names: a=\{"a"\}, not \'a\''),
        (lambda: Partition({"a"}, {"a", "b"}), ValueError, r"\{'a'\} cannot be on both sides"),
        (lambda: Partition({"a"}, []), ValueError, "two sets of names, and b is empty"),
        (lambda: Partition({"a"}, {"b"}, 3, 1), ValueError, "a partition ends after it begins"),
        (lambda: Cut("a", "b", 3, 1), ValueError, "a cut ends after it begins"),
        (
            lambda: Clock("a", rate=0),
            ValueError,
            "a clock runs forwards: its rate is greater than zero, not 0",
        ),
        (lambda: Clock("a", rate=-1), ValueError, "greater than zero, not -1"),
        (lambda: Clock("a", offset=math.nan), ValueError, "a clock jumps by a number of ms, not by nan"),
        (lambda: Loss(1.2), ValueError, "a loss has a rate between 0 and 1, not 1.2"),
        (lambda: Loss("x"), ValueError, "a loss has a rate between 0 and 1, not 'x'"),
    ],
)
def test_wrong_faults(make, kind, sentence):
    with pytest.raises(kind, match=sentence):
        make()


def test_faults_are_data():
    one = Partition(["b", "a", "a"], frozenset("c"), 1)
    assert one == Partition({"a", "b"}, ("c",), 1) and hash(one) == hash(Partition({"a", "b"}, ("c",), 1))
    assert repr(one) == "Partition(a=('a', 'b'), b=('c',), at=1, until=None, one_way=False)"
    assert one.nodes() == ("a", "b", "c") and Cut("a", "b").nodes() == ()
    assert one.stops("a", "c") and one.stops("c", "b") and not one.stops("a", "b")


# --- the nemesis ---


@given(
    st.integers(0, 10**6),
    st.lists(st.sampled_from(KINDS), min_size=1),
    st.integers(0, 6),
    st.floats(1, 10**5),
)
def test_a_nemesis_breaks_what_it_may_and_ends_in_time(seed, kinds, count, until):
    nodes = ["a", "b", "c"]
    faults = nemesis(seed, kinds, nodes=nodes, until=until, count=count)
    assert faults == nemesis(seed, set(kinds), nodes=nodes, until=until, count=count)
    assert len(faults) == count
    assert {type(fault).__name__.lower() for fault in faults} <= set(kinds)
    assert [fault.at for fault in faults] == sorted(fault.at for fault in faults)
    assert all(getattr(fault, "until", 0) <= until for fault in faults)
    Simulation({name: Node() for name in nodes}, faults=faults)  # takes them


def test_another_seed_is_another_nemesis():
    assert len({values.text(nemesis(seed, nodes=["a", "b"])) for seed in range(20)}) == 20


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"kinds": ["flood"]}, "a nemesis knows crash, pause, partition, clock, loss, not 'flood'"),
        ({"nodes": []}, "a nemesis needs nodes to hit"),
        ({"nodes": ["a"]}, r"two for a partition\), and was given \['a'\]"),
        ({"until": 0}, "a nemesis needs time"),
        ({"count": -1}, "count=-1"),
        ({"longest": 0}, "longest=0"),
    ],
)
def test_wrong_nemeses(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        nemesis(1, **({"nodes": ["a", "b"]} | wrong))
