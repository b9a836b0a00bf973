"""Plain, first-in-first-out and causal broadcast: exact numbers, and random runs held to the definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import Network, Simulation, explore
from distlab.algorithms.broadcast import Causal, Fifo, Plain, effects_before_causes

ORDER = (("question", "answer"), ("question", "more"), ("answer", "thanks"), ("question", "thanks"))


def chat(kind, says=("question",), thanks=False):
    """Ana asks, Ben answers; Carl listens, and may say thanks to Ben."""
    carl = kind(replies={"answer": "thanks"} if thanks else {})
    return {"ana": kind(says), "ben": kind(replies={"question": "answer"}), "carl": carl}


def causes_first(world):
    return not any(
        later in node.heard and earlier not in node.heard[: node.heard.index(later)]
        for node in world.nodes.values()
        for earlier, later in ORDER
    )


def all_hear(count):
    return {"all hear all": lambda world: all(len(node.heard) == count for node in world.nodes.values())}


@pytest.mark.parametrize(
    ("kind", "says", "network", "steps", "states"),
    [
        (Plain, ["question"], "bag", 2, 6),
        (Plain, ["question"], "fifo", 2, 6),
        (Plain, ["question", "more"], "bag", 1, 3),
        (Fifo, ["question"], "bag", 2, 6),
        (Fifo, ["question", "more"], "bag", 2, 12),
    ],
)
def test_neither_haste_nor_order_on_each_link_keeps_causes_first(kind, says, network, steps, states):
    found = explore(chat(kind, says), {"causes first": causes_first}, network=network)
    assert (found.violation.duration, found.states) == (steps, states)
    assert effects_before_causes(found.violation)


@pytest.mark.parametrize(
    ("says", "thanks", "network", "states", "transitions", "depth"),
    [
        (["question"], False, "bag", 10, 15, 4),
        (["question", "more"], False, "bag", 48, 112, 6),
        (["question", "more"], False, "fifo", 31, 61, 6),
        (["question", "more"], True, "bag", 92, 220, 8),
    ],
)
def test_causal_broadcast_does_and_everybody_hears_everything(
    says, thanks, network, states, transitions, depth
):
    found = explore(
        chat(Causal, says, thanks),
        {"causes first": causes_first},
        eventually=all_hear(len(says) + 1 + thanks),
        network=network,
    )
    assert (found.violation, found.complete) == (None, True)
    assert (found.states, found.transitions, found.depth) == (states, transitions, depth)


def test_first_in_first_out_keeps_the_order_of_each_sender():
    def in_turn(world):
        return world.nodes["ben"].heard == tuple("123")[: len(world.nodes["ben"].heard)]

    nodes = {"ana": Fifo("123"), "ben": Fifo()}
    assert explore(nodes, {"in turn": in_turn}).complete
    assert explore({"ana": Plain("123"), "ben": Plain()}, {"in turn": in_turn}).violation.duration == 1


def test_causal_order_is_not_one_order():
    nodes = {"ana": Causal(["tea"]), "ben": Causal(["coffee"])}
    apart = explore(
        nodes, sometimes={"apart": lambda w: w.nodes["ana"].heard == w.nodes["ben"].heard[::-1] != ()}
    )
    assert apart.witness("apart").duration == 2


def gossip(kind, size, seed):
    """Everybody says two things, and answers some of what is said."""
    names = "abcde"[:size]
    replies = {f"{name}{i}": f"re {name}{i}" for name in names for i in range(2)}
    mine = {name: {t: r for t, r in replies.items() if ord(t[0]) % size == i} for i, name in enumerate(names)}
    nodes = {name: kind([f"{name}0", f"{name}1"], mine[name]) for name in names}
    return Simulation(nodes, seed, Network((1, 100))).run()


@given(st.builds(gossip, st.just(Causal), st.integers(2, 5), st.integers(0, 10_000)))
def test_no_run_of_causal_broadcast_has_an_effect_before_its_cause(trace):
    assert effects_before_causes(trace) == []
    heard = [set(node.heard) for node in trace.states()[-1].nodes.values()]
    assert all(texts == heard[0] and len(texts) == 4 * len(trace.names) for texts in heard)


@pytest.mark.parametrize(("kind", "runs"), [(Plain, 43), (Fifo, 43), (Causal, 0)])
def test_chance_finds_it_now_and_then(kind, runs):
    delays = Network((1, 40))
    assert (
        sum(bool(effects_before_causes(Simulation(chat(kind), seed, delays).run())) for seed in range(300))
        == runs
    )


def test_where_causal_order_is_broken_is_named():
    found = explore(chat(Plain), {"causes first": causes_first})
    assert effects_before_causes(found.violation) == [("carl", "answer", "question")]
