"""Small protocols that tests share, and random ones drawn by hypothesis.

A random protocol is a table: for each node and each input, what to do. So it meets every effect in
every order; and it is finite, because a node reacts only so many times, or because of what it may do.
"""

from hypothesis import strategies as st

from distlab.node import Message, Node

NAMES = ("a", "b", "c")
STATES = (0, 1, 2)
TIMERS = ("t", "u")


class Ping(Message):
    n: int


class Pong(Message):
    flag: bool


MESSAGES = (Ping(0), Ping(1), Pong(True))


class Table(Node):
    """Does what its table says, `fuel` times: {input: ways}; a way is (next state, actions); it chooses one."""

    table = ()  # of the class, and no state: a world is compared by what changes

    def __init__(self, fuel=2, autosync=True):
        self.fuel, self.autosync = fuel, autosync
        self.place = 0
        self.calling = False

    @classmethod
    def of(cls, table, fuel=2, autosync=True):
        return type("Drawn", (cls,), {"table": tuple(table.items())})(fuel, autosync)

    def start(self):
        self.act("start")

    def receive(self, message, sender):
        self.act(("receive", message))

    def wake(self, timer):
        self.act(("wake", timer))

    def recover(self):
        self.place = len(self.disk.log) % 2 + len(self.disk) % 2
        self.fuel = min(self.fuel, 1)
        self.act("recover")

    def act(self, what):
        ways = dict(self.table).get(what, ())
        if not ways or not self.fuel:
            return
        self.fuel -= self.fuel > 0  # what is negative lasts for ever
        self.place, actions = ways[0] if len(ways) == 1 else self.choose(ways)
        for kind, *args in actions:
            getattr(self, "do_" + kind)(*args)

    def do_send(self, k, message):
        self.send((*self.peers, self.name)[k % (len(self.peers) + 1)], message)

    def do_broadcast(self, message):
        self.broadcast(message)

    def do_set(self, timer, after):
        self.set_timer(timer, after)

    def do_cancel(self, timer):
        self.cancel_timer(timer)

    def do_put(self, key, value):
        self.disk[key] = value

    def do_append(self, value):
        self.disk.log.append(value)

    def do_sync(self):
        self.disk.sync()

    def do_note(self):
        self.note("here")

    def do_call(self, how):
        if not self.calling:
            self.invoke(("read", self.place))
        else:
            {"complete": lambda: self.complete(self.place), "fail": self.fail, "give up": self.give_up}[how]()
        self.calling = not self.calling


messages = st.sampled_from(MESSAGES)
actions = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 2), messages),
    st.tuples(st.just("broadcast"), messages),
    st.tuples(st.just("set"), st.sampled_from(TIMERS), st.sampled_from([1, 2, (1, 3)])),
    st.tuples(st.just("cancel"), st.sampled_from(TIMERS)),
    st.tuples(st.just("put"), st.sampled_from("xy"), st.integers(0, 1)),
    st.tuples(st.just("append"), st.integers(0, 1)),
    st.tuples(st.just("sync")),
    st.tuples(st.just("note")),
    st.tuples(st.just("call"), st.sampled_from(["complete", "fail", "give up"])),
)
INPUTS = ("start", "recover", *[("receive", m) for m in MESSAGES], *[("wake", t) for t in TIMERS])
ways = st.lists(
    st.tuples(st.sampled_from(STATES), st.lists(actions, max_size=3).map(tuple)), min_size=1, max_size=2
)
tables = st.fixed_dictionaries({what: ways.map(tuple) for what in INPUTS})
passing = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 2), messages),
    st.tuples(st.just("set"), st.sampled_from(TIMERS), st.just(1)),
    st.tuples(st.just("put"), st.just("x"), st.integers(0, 1)),
)
passes = st.lists(
    st.tuples(st.sampled_from(STATES), st.lists(passing, max_size=1).map(tuple)), min_size=1, max_size=2
)
circles = st.fixed_dictionaries({what: passes.map(tuple) for what in INPUTS})


@st.composite
def systems(draw):
    """A small system of tables; some go on for ever, but never have more messages under way than at the start."""
    names, endless = NAMES[: draw(st.integers(2, 3))], draw(st.booleans())
    if endless:
        return {name: Table.of(draw(circles), -1, draw(st.booleans())) for name in names}
    return {name: Table.of(draw(tables), draw(st.integers(1, 3)), draw(st.booleans())) for name in names}


# --- two-phase commit, as in Gray and Lamport's TLA+ specification (2006, appendix) ---


class Prepared(Message):
    pass


class Commit(Message):
    pass


class Abort(Message):
    pass


class ResourceManager(Node):
    state = "working"

    def start(self):
        self.set_timer("prepare", 1)
        self.set_timer("abort", 1)

    def wake(self, timer):
        if timer == "prepare":
            self.become("prepared")
            self.send("tm", Prepared())
        else:
            self.become("aborted")

    def receive(self, message, sender):
        self.become("committed" if isinstance(message, Commit) else "aborted")

    def become(self, state):
        self.state = state
        self.cancel_timer("prepare")
        self.cancel_timer("abort")


class TransactionManager(Node):
    """Decides by timers of its own: to commit is a step that it may take once all have prepared."""

    state = "init"

    def __init__(self):
        self.prepared = frozenset()

    def start(self):
        self.set_timer("abort", 1)

    def receive(self, message, sender):
        if self.state == "init":
            self.prepared |= {sender}
            if len(self.prepared) == len(self.peers):
                self.all_prepared()

    def all_prepared(self):
        self.set_timer("commit", 1)

    def wake(self, timer):
        self.decide(Commit() if timer == "commit" else Abort())

    def decide(self, decision):
        self.state = "done"
        self.cancel_timer("abort")
        self.cancel_timer("commit")
        self.broadcast(decision)


class NaturalManager(TransactionManager):
    """Commits on the last vote."""

    def all_prepared(self):
        self.decide(Commit())


def two_phase(n, manager=TransactionManager):
    return {"tm": manager()} | {f"rm{i}": ResourceManager() for i in range(n)}


def atomic(world):
    states = [node.state for name, node in world.nodes.items() if name != "tm"]
    return not ("committed" in states and "aborted" in states)
