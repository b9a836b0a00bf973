"""The search: distinct states a second beside minicheck and beside deep copies of nodes, and bytes a state."""

import copy
import tracemalloc
from collections import deque

from minicheck import Protocol, check_safety

from distlab.exploration import explore
from tests.benchmarks.table import compare, show, timed
from tests.protocols import NaturalManager, atomic, two_phase
from tests.registers import replicated

STATES = {2: 56, 3: 288, 5: 8_832, 6: 50_816, 7: 296_448}  # of two-phase commit, by resource managers


def by_minicheck(n):
    """The same model as `two_phase(n)` on a set network, written by hand as a function from tuples to tuples."""

    def transitions(state):
        manager, prepared, rms, sent = state
        found = []
        if manager == "init":
            found.append(("abort", ("done", prepared, rms, sent | {"abort"})))
            if len(prepared) == n:
                found.append(("commit", ("done", prepared, rms, sent | {"commit"})))
            for i in range(n):
                if i in sent:
                    found.append(("prepared", (manager, prepared | {i}, rms, sent)))
        for i, rm in enumerate(rms):
            if rm == "working":
                found.append(("prepare", (manager, prepared, put(rms, i, "prepared"), sent | {i})))
                found.append(("give up", (manager, prepared, put(rms, i, "aborted"), sent)))
            if "commit" in sent:
                found.append(("committed", (manager, prepared, put(rms, i, "committed"), sent)))
            if "abort" in sent:
                found.append(("aborted", (manager, prepared, put(rms, i, "aborted"), sent)))
        return found

    return Protocol(
        name="two-phase commit",
        candidate=False,
        fields=("manager", "prepared", "rms", "sent"),
        initial=("init", frozenset(), ("working",) * n, frozenset()),
        transitions=transitions,
        invariants={"atomic": lambda state: not {"committed", "aborted"} <= set(state["rms"])},
    )


def put(rms, i, state):
    """The tuple with another state at place `i`."""
    return (*rms[:i], state, *rms[i + 1 :])


def ours(n):
    """Search two-phase commit."""
    found = explore(two_phase(n), {"no mixed outcome": atomic}, network="set")
    assert (found.states, found.complete) == (STATES[n], True)


def theirs(n):
    """Let minicheck search the same."""
    found = check_safety(by_minicheck(n), max_states=10**7)
    assert (found["reachable_states"], found["properties"]["atomic"]["holds"]) == (STATES[n], True)


class Lent:
    """A context that writes sends and timers down."""

    def __init__(self, name, peers):
        self.name, self.peers = name, peers


def by_deep_copies(n):
    """The plain way: a world is its nodes, copied whole for each step; every handler runs every time."""
    nodes = two_phase(n)
    names = tuple(nodes)
    for name, node in nodes.items():
        node._context = Lent(name, tuple(other for other in names if other != name))
    first = {"nodes": nodes, "timers": {name: set() for name in names}, "sent": set()}
    for name in names:
        act(first, name, "start")
    seen, waiting = {identity(first)}, deque([first])
    while waiting:
        world = waiting.popleft()
        steps = [(to, "receive", message, sender) for sender, to, message in world["sent"]]
        steps += [(name, "wake", timer) for name in names for timer in world["timers"][name]]
        for step in steps:
            new = copy.deepcopy(world)
            if step[1] == "wake":
                new["timers"][step[0]].discard(step[2])
            act(new, *step)
            if identity(new) not in seen:
                seen.add(identity(new))
                waiting.append(new)
    assert len(seen) == STATES[n]


def act(world, name, handler, *args):
    """Run a handler, and carry out what it asks for."""
    node = world["nodes"][name]
    node._effects = []
    getattr(node, handler)(*args)
    for effect in node._effects:
        if effect[0] == 0:
            world["sent"].add((name, effect[1], effect[2]))
        else:
            timers = world["timers"][name]
            timers.add(effect[1]) if len(effect) == 3 else timers.discard(effect[1])


def identity(world):
    """What tells two worlds apart."""
    nodes = tuple((node.state, getattr(node, "prepared", None)) for node in world["nodes"].values())
    timers = tuple(frozenset(timers) for timers in world["timers"].values())
    return nodes, timers, frozenset(world["sent"])


def bytes_a_state(*args, **options):
    """The most memory that a search held at any time, for each state that it found."""
    tracemalloc.start()
    found = explore(*args, **options)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / found.states


def main():
    """Print the tables."""
    rows = [
        compare(
            f"two-phase commit, {n} resource managers",
            timed(lambda n=n: ours(n)),
            timed(lambda n=n: theirs(n)),
            runs=runs,
            items=STATES[n],
            goal=goal,
        )
        for n, runs, goal in [(5, 7, None), (6, 5, 1.75), (7, 3, 1.75)]
    ]
    show("Search: distinct states, one model, the same count", rows, "minicheck", "states")
    row = compare(
        "two-phase commit, 3 resource managers",
        timed(lambda: ours(3)),
        timed(lambda: by_deep_copies(3)),
        items=STATES[3],
    )
    show("Search: distinct states, the same nodes", [row], "deep copies", "states")
    print("\nSearch: bytes a state (goal: under 400)")
    for what, nodes, options in [
        ("two-phase commit, 7 resource managers, set", two_phase(7), {"network": "set"}),
        ("two-phase commit, 5 resource managers, bag, 1 crash", two_phase(5, NaturalManager), {"crashes": 1}),
        ("ABD register, 3 copies, 1 read, 1 loss", replicated(copies=3, reads=1), {"losses": 1}),
    ]:
        print(f"{what:52}  {bytes_a_state(nodes, **options):.0f}")
