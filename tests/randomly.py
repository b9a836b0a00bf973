"""What hypothesis draws for the tests of the ground floor: plain values, networks, faults, systems.

The systems here go on for ever and meet everything; those of `tests.protocols` are small enough to be searched.
"""

from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from enum import Enum
from typing import Any

import msgspec
import networkx as nx
from hypothesis import strategies as st

from distlab.chance import exponential
from distlab.faults import Clock, Crash, Cut, Loss, Partition, Pause
from distlab.network import Network
from distlab.node import Message, Node
from distlab.plain import FrozenDict, text
from distlab.simulate import Disk, Simulation


class Color(Enum):
    RED = 1
    BLUE = 2


class Shade(Enum):
    RED = "red"


class Vote(Message):
    tx: Any
    yes: Any = True


Point = namedtuple("Point", ["x", "y"])


@dataclass(frozen=True)
class Entry:
    term: Any
    command: Any


@dataclass
class Slot:
    value: Any
    rest: Any = None


class Loose(msgspec.Struct):
    """A struct that can change."""

    x: Any


class Thing:
    """A plain object."""

    def __init__(self, inside):
        self.inside = inside

    def __eq__(self, other):
        return isinstance(other, Thing) and self.inside == other.inside

    __hash__ = None


TYPES = (Color, Shade, Vote, Point, Entry, Slot, Thing)

atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.floats(),
    st.sampled_from([0.0, 1.0, -0.0]),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.sampled_from([*Color, *Shade]),
)


def _fixed(inner):
    return st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        st.frozensets(inner, max_size=3),
        st.builds(Vote, inner, inner),
        st.builds(Point, inner, inner),
        st.builds(Entry, inner, inner),
        st.dictionaries(inner, inner, max_size=2).map(FrozenDict),
    )


fixed = st.recursive(atoms, _fixed, max_leaves=6)
"""What can be in a message: values that never change."""


def _plain(inner):
    return st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(fixed, inner, max_size=3),
        st.sets(fixed, max_size=3),
        st.lists(inner, max_size=3).map(deque),
        st.lists(inner, max_size=3).map(lambda v: deque(v, maxlen=3)),
        st.lists(fixed, max_size=3).map(Counter),
        st.dictionaries(fixed, inner, max_size=2).map(OrderedDict),
        st.dictionaries(fixed, inner, max_size=2).map(lambda d: defaultdict(list, d)),
        st.builds(Entry, inner, inner),
        st.builds(Slot, inner, inner),
        st.builds(Thing, inner),
        st.builds(lambda v: [v, v], inner),  # what is reached twice
    )


plain = st.recursive(fixed, _plain, max_leaves=8)
"""What can be in a node's state."""


# --- runs -------------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")


def triangle():
    """Three places, a and b far apart by the direct cable."""
    graph = nx.Graph()
    graph.add_edge("a", "b", km=900)
    graph.add_edge("b", "c", km=200)
    graph.add_edge("a", "c", km=300)
    return graph


delays = st.one_of(
    st.sampled_from([0, 1, (0.5, 2), (0, 3)]),
    st.builds(exponential, st.sampled_from([0.5, 2])),
)


@st.composite
def networks(draw):
    """Every kind of network."""
    if draw(st.integers(0, 5)) == 0:
        return Network.rounds()
    graph = draw(st.sampled_from([None, None, triangle()]))
    return Network(
        draw(delays),
        loss=draw(st.sampled_from([0, 0, 0.2])),
        duplicates=draw(st.sampled_from([0, 0, 0.3])),
        fifo=draw(st.booleans()),
        graph=graph,
        neighbours=graph is not None and draw(st.booleans()),
        hosts={"b": "a"} if draw(st.integers(0, 3)) == 0 else None,
    )


times = st.integers(0, 60).map(lambda tenths: tenths / 10)
lasting = st.integers(1, 60).map(lambda tenths: tenths / 10)


@st.composite
def one_fault(draw, names, kinds):
    """A fault of one of these kinds, somewhere in the first ten milliseconds or so."""
    kind, at, node = draw(st.sampled_from(kinds)), draw(times), draw(st.sampled_from(names))
    until = draw(st.one_of(st.none(), lasting.map(lambda span: at + span)))
    other = draw(st.sampled_from([name for name in names if name != node]))
    if kind == "crash":
        return Crash(node, at, until, draw(st.one_of(st.none(), st.integers(0, 4))))
    if kind == "pause":
        return Pause(node, at, until or at + 1)
    if kind == "partition":
        return Partition([node], [other], at, until, draw(st.booleans()))
    if kind == "clock":
        return Clock(node, draw(st.sampled_from([0.5, 1, 1.25])), draw(st.integers(-3, 3)), at)
    return Cut(node, other, at, until) if kind == "cut" else Loss(0.3, at, until)


def faults(names, graph=None):
    """A few faults."""
    kinds = ["crash", "crash", "pause", "partition", "clock", "loss"] + ["cut"] * (graph is not None)
    return st.lists(one_fault(names, kinds), max_size=4)


disks = st.sampled_from([None, None, Disk(0.7), Disk((0, 2))])


# --- systems ----------------------------------------------------------------------------------------


class Ping(Message):
    n: int


class Tell(Message):
    who: frozenset[str]
    what: tuple[Any, ...] = ()


class Scripted(Node):
    """Does what its script says: {(place, input): ways}, a way is (next place, actions); it chooses one.

    It looks at its clock first, and notes all that it knows in the end. The input of a message or a timer
    is its kind; a place that says nothing does what place 0 does.
    """

    def __init__(self, script, autosync=True):
        self.script, self.autosync = script, autosync
        self.place, self.calling = 0, False
        self.log, self.seen = [], set()

    def start(self):
        self.act("start")

    def receive(self, message, sender):
        self.log.append((sender, message))
        self.act("ping" if isinstance(message, Ping) else "tell")

    def wake(self, timer):
        self.act(timer)

    def recover(self):
        self.log.extend(self.disk.log)
        self.act("recover")

    def look(self):
        self.looked = self.now

    def act(self, what):
        self.look()
        ways = self.script.get((self.place, what)) or self.script.get((0, what), ())
        if ways:
            self.place, actions = self.choose(ways) if len(ways) > 1 else ways[0]
            for kind, *args in actions:
                getattr(self, "do_" + kind)(*args)
        self.note(known(self))

    def do_send(self, k):
        self.send((*self.peers, self.name)[k % (len(self.peers) + 1)], Ping(k))

    def do_tell(self):
        for name in {*self.peers}:  # in the order of the set, which is another one in every process
            self.send(name, Tell(frozenset(self.seen), (self.place,)))

    def do_set(self, timer, after):
        self.set_timer(timer, after)

    def do_cancel(self, timer):
        self.cancel_timer(timer)

    def do_put(self, key):
        self.disk[key] = self.log[-1:]

    def do_forget(self, key):
        self.disk.pop(key, None)

    def do_append(self):
        self.disk.log.append({"place": self.place})

    def do_sync(self):
        self.disk.sync()

    def do_become(self, word):
        self.state = word
        self.seen.add(word)

    def do_call(self, how):
        if self.calling:
            {"complete": self.complete, "fail": self.fail, "give up": self.give_up}[how]()
        else:
            self.invoke(("read", self.place))
        self.calling = not self.calling


class Clockless(Scripted):
    """The same, for worlds, which have no clock."""

    def look(self):
        pass


def known(node):
    """All that a node knows, as text."""
    return text({k: v for k, v in vars(node).items() if k != "script"})


TIMERS = ("t", "u")
actions = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 3)),
    st.tuples(st.just("send"), st.integers(0, 3)),
    st.tuples(st.just("tell")),
    st.tuples(st.just("set"), st.sampled_from(TIMERS), st.sampled_from([0.5, 1, (1, 3)])),
    st.tuples(st.just("set"), st.sampled_from(TIMERS), st.sampled_from([0.5, 1, (1, 3)])),
    st.tuples(st.just("cancel"), st.sampled_from(TIMERS)),
    st.tuples(st.just("put"), st.sampled_from("xy")),
    st.tuples(st.just("forget"), st.sampled_from("xy")),
    st.tuples(st.just("append")),
    st.tuples(st.just("sync")),
    st.tuples(st.just("become"), st.sampled_from(["red", "blue"])),
    st.tuples(st.just("call"), st.sampled_from(["complete", "fail", "give up"])),
)
PLACES = (0, 1)
busy = st.lists(actions, min_size=1, max_size=5).map(tuple)
ways = st.lists(st.tuples(st.sampled_from(PLACES), busy), min_size=1, max_size=2)


@st.composite
def systems(draw, kind=Scripted):
    """Two or three nodes that react to everything, for ever."""
    inputs = [(place, what) for place in PLACES for what in ("start", "recover", "ping", "tell", *TIMERS)]
    script = st.fixed_dictionaries(
        {key: ways if key[0] == 0 else st.one_of(st.just([]), ways) for key in inputs}
    )
    names = NAMES[: draw(st.integers(2, 3))]
    return {name: kind(draw(script), draw(st.booleans())) for name in names}


@st.composite
def simulations(draw):
    """A random system on a random network with random faults."""
    nodes, network = draw(systems()), draw(networks())
    network.hosts = {node: host for node, host in network.hosts.items() if node in nodes}
    return Simulation(
        nodes,
        seed=draw(st.integers(0, 99)),
        network=network,
        faults=draw(faults(list(nodes), network.graph)),
        disk=draw(disks),
        wire=draw(st.booleans()),
    )
