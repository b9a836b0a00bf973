import json
import re
import xml.etree.ElementTree as ET

import networkx as nx
import pytest

from distlab import Node, Simulation, Trace, transitions
from distlab.widgets.machines import machines
from distlab.widgets.player import Player
from tests.figures.runs import restless
from tests.figures.test_machine import run as commit


@pytest.fixture(scope="module")
def trace():
    return restless(3)


def test_a_player_has_no_machine_unless_asked(trace):
    assert Player(trace).run["machines"] == []
    assert Player(trace, machine=False).run["stage"]["wide"] == 320


def test_a_given_machine_is_drawn_and_knows_whose_it_is(trace):
    machine = transitions([restless(seed) for seed in range(5)])
    (shown,) = Player(trace, machine=machine).run["machines"]
    assert shown["nodes"] == [0, 1, 2, 3]
    states = {
        group.get("data-state") for group in ET.fromstring(shown["svg"]).iter() if group.get("data-state")
    }
    assert states == set(shown["states"]) == set(machine)
    assert Player(trace, machine=machine).run["stage"]["wide"] == 250, "the network makes room"


def test_machines_are_learned_one_for_each_class_the_largest_first():
    learned = machines(commit(), True)
    assert [graph.graph["nodes"] for graph in learned] == [("a", "b"), ("tm",)]
    assert [len(graph) for graph in learned] == [3, 2]
    read = Trace.from_json(commit().to_json())
    assert [graph.graph["nodes"] for graph in machines(read, True)] == [("tm", "a", "b")]


def test_what_is_no_machine_gets_one_sentence(trace):
    with pytest.raises(
        TypeError, match=r"^machine=True, a networkx\.DiGraph of states, or a list of these, not a str$"
    ):
        trace.play(machine="x")
    with pytest.raises(TypeError, match="not a Graph"):
        trace.play(machine=nx.Graph([("a", "b")]))
    with pytest.raises(
        ValueError, match="that of 'zoe', which is no node of the run; there are n0, n1, n2, n3"
    ):
        trace.play(machine=nx.DiGraph([("a", "b")], nodes=("zoe",)))
    with pytest.raises(ValueError, match="nobody in this run keeps a word in `state`"):
        Trace(("a",), []).play(machine=True)


def test_what_is_lit_is_what_the_table_says_and_what_is_taken_is_what_changed(trace, answer):
    player = Player(trace, machine=True)
    run = json.loads(json.dumps(player.run))
    found = answer(
        "data.ends.map((_, m) => [[...p.inState(data, [0, 1, 2, 3], m)], [...p.taking(data, [0, 1, 2, 3], m)]])",
        run,
    )
    worlds, moves = trace.states(), 0
    for moment, (who, taken) in enumerate(found[1:], start=1):
        world = worlds[run["ends"][moment] - 1]
        lit = {name: state for state, names in who for name in names}
        assert lit == {name: world.nodes[name].state for name in trace.names if world.up[name]}
        inside = trace.events[run["ends"][moment - 1] : run["ends"][moment]]
        changes = [event for event in inside if event.kind == "state"]
        if changes:
            old, new = changes[0].detail[0], changes[-1].detail[1]
            assert taken == ([f"{old}\n{new}"] if old != new else [])
            moves += 1
    assert moves > 20


def test_a_state_has_the_colour_that_it_has_in_the_diagram():
    class Odd(Node):
        state = "zeta"

        def start(self):
            self.state = "eta"
            self.state = "theta"

    trace = Simulation({"a": Odd(), "b": Odd()}).run()
    machine = nx.DiGraph([("unseen", "theta"), ("theta", "eta"), ("eta", "zeta")])
    player = trace.play(machine=machine)
    (shown,) = player.run["machines"]
    for state, colour in player.run["tints"].items():
        box = re.search(f'data-state="{state}"><rect class="body"[^>]*', shown["svg"])[0]
        assert f"var(--band-{colour})" in box
    assert 'data-state="unseen"' in shown["svg"]
