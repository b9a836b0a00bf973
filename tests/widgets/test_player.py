import base64
import json
import os
import subprocess
import sys
from bisect import bisect_right

import pytest

from distlab import Cut, Message, Network, Node, NodeError, Simulation, Trace, explore, search
from distlab.events import COLUMNS
from distlab.widgets.frames import frames
from distlab.widgets.insides import Column, Texts
from distlab.widgets.moments import BEGINNINGS, MOST
from distlab.widgets.player import Player
from distlab.widgets.sayings import clip, printed, say
from tests.figures.runs import restless
from tests.protocols import two_phase


@pytest.fixture(scope="module")
def trace():
    return restless(3)


@pytest.fixture(scope="module")
def run(trace):
    return frames(trace, trace.diagram())


def text_at(run, column, moment):
    moments, texts = column
    i = bisect_right(moments, moment) - 1
    return run["texts"][texts[i]] if i >= 0 else ""


def test_every_field_at_every_moment_is_what_replaying_the_run_gives(trace, run):
    worlds, told = trace.states(), 0
    for moment in range(1, len(run["ends"])):
        world = worlds[run["ends"][moment] - 1]
        for node in run["nodes"]:
            shown = {name: text_at(run, column, moment) for name, *column in node["fields"]}
            shown = {name: text for name, text in shown.items() if text}
            mine = world.nodes[node["name"]]
            kept = {name: printed(value) for name, value in vars(mine).items() if name != "state"}
            disk, timers = world.disks[node["name"]], world.timers[node["name"]]
            kept |= {"log": printed(disk.log)} if disk.log else {}
            kept |= {"not forced": str(len(disk.pending))} if disk.pending else {}
            kept |= {"timers": ", ".join(timer.name for timer in timers)} if timers else {}
            assert shown == kept
            up = text_at(run, node["trouble"], moment) != "down"
            assert up == world.up[node["name"]]
            if up:
                assert text_at(run, node["word"], moment) == mine.state
            told += len(kept)
    assert told > 1000


def test_before_the_first_event_nodes_are_as_they_were_given(run):
    fields = {name: text_at(run, column, 0) for name, *column in run["nodes"][0]["fields"]}
    assert fields["asked"] == "0" and fields["talks"] == "4"
    assert fields["timers"] == ""
    assert all(column[0][0] == 0 for node in run["nodes"] for _, *column in node["fields"])
    assert text_at(run, run["nodes"][0]["word"], 0) == "idle"


def test_a_handler_with_all_its_effects_is_one_moment(trace, run):
    assert run["ends"][0] == 0 and run["ends"][-1] == len(trace.events)
    assert run["ends"][1] == 4, "nodes that start and do nothing start together"
    for first, end in zip(run["ends"][1:], run["ends"][2:], strict=False):
        kinds = [event.kind for event in trace.events[first:end]]
        assert kinds[0] in BEGINNINGS
        assert not {"delivered", "timer", "recovered", "paused"} & set(kinds[1:])
        assert len({event.at for event in trace.events[first:end]}) == 1
    assert run["at"] == sorted(run["at"])


def test_stops_are_the_moments_of_faults_and_notes(trace, run):
    for kind, wanted in (("fault", {"crashed", "paused", "clock", "cut", "lost"}), ("note", {"noted"})):
        stops = set(run["stops"][kind])
        for moment in range(1, len(run["ends"])):
            inside = trace.events[run["ends"][moment - 1] : run["ends"][moment]]
            assert (moment in stops) == any(event.kind in wanted for event in inside)
    player = Player(trace, mark=(10, 20, "look here"))
    (marked,) = player.run["stops"]["mark"]
    assert player.run["at"][marked - 1] < 10 <= player.run["at"][marked]


def test_every_message_is_there_with_its_ends(trace, run):
    assert len(run["flights"]) == len(trace.messages(local=True))
    events, names = run["events"], run["names"]
    for sent, end, sender, receiver, kind, sent_at, ends_at, _, lost in run["flights"]:
        event = trace.events[sent]
        assert (names[sender], names[receiver], sent_at) == (event.node, event.other, event.at)
        assert run["styles"][kind][0] == type(event.message).__name__
        if end >= 0:
            assert events["cause"][end] == sent and ends_at == trace.events[end].at
            assert events["kind"][end] == ("lost" if lost else "delivered")


def test_what_is_sent_is_small_and_the_same_in_every_process(run):
    big = frames(long := restless(3, nodes=10, talks=7), long.diagram())
    assert 1000 < len(long.events) < 1500
    size = len(json.dumps(big))
    assert size < 120 * len(long.events), "what changed, and no whole states"
    code = (
        "from tests.figures.runs import restless; from distlab.widgets.frames import frames; import json, hashlib;"
        "t = restless(3); print(hashlib.sha256(json.dumps(frames(t, t.diagram())).encode()).hexdigest())"
    )
    answers = set()
    for seed in ("0", "7"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
        )
        answers.add(done.stdout)
    assert len(answers) == 1


def test_a_part_of_a_run_begins_with_what_was_kept_then(trace):
    part = Player(trace, between=(20, 40)).run
    assert min(part["events"]["at"]) >= 20 and max(part["events"]["at"]) <= 40
    first = part["events"]["index"][0]
    before = trace.states()[first - 1]
    fields = {name: text_at(part, column, 0) for name, *column in part["nodes"][1]["fields"]}
    assert fields["asked"] == str(before.nodes["n1"].asked)
    assert text_at(part, part["nodes"][1]["word"], 0) == before.nodes["n1"].state


def test_a_trace_from_a_file_says_why_it_has_no_attributes(trace, run):
    read = frames(again := Trace.from_json(trace.to_json()), again.diagram())
    assert "read from a file" in read["hints"][0]
    assert all(node["fields"] == [] for node in read["nodes"])
    assert (read["ends"], read["flights"], read["at"]) == (run["ends"], run["flights"], run["at"])


def test_a_trace_in_which_nothing_happened():
    player = Player(Trace((), []))
    assert player.run["ends"] == [0] and player.run["nodes"] == []
    assert repr(player).startswith("player: 0 steps · ")
    alone = Player(Trace(("a", "b"), [])).run
    assert [node["name"] for node in alone["nodes"]] == ["a", "b"]


class Ball(Message):
    n: int


class Wall(Node):
    def start(self):
        self.broadcast(Ball(0))

    def receive(self, message, sender):
        self.send(sender, Ball(message.n + 1))


class Turns(Wall):
    state = "even"

    def receive(self, message, sender):
        self.state = "odd" if self.state == "even" else "even"
        super().receive(message, sender)


def test_a_very_long_run_is_thinned_with_a_note():
    trace = Simulation({f"n{i}": Wall() for i in range(10)}).run(max_events=100_000)
    run = Player(trace).run
    assert len(run["events"]["at"]) < MOST and len(json.dumps(run)) < 500_000
    assert run["hints"][0].startswith("100,000 events are too many to step through") and not run["whole"]


def test_the_machine_of_a_very_long_run_is_read_without_running_it_again(monkeypatch):
    trace = Simulation({"a": Turns(), "b": Turns()}).run(max_events=8000)
    monkeypatch.setattr(Trace, "states", lambda self: pytest.fail("run again"))
    (machine,) = trace.play(machine=True).run["machines"]
    assert machine["states"] == ["even", "odd"] and machine["nodes"] == [0, 1]


def test_a_value_that_does_not_print_says_so():
    deep = []
    for _ in range(5000):
        deep = [deep]
    assert printed(deep) == "does not print: RecursionError"
    assert printed([1]) == "[1]"
    assert clip("a" * 300 + "b" * 700, 90) == "a" * 30 + " … " + "b" * 57


def test_too_many_texts_are_cut_short(monkeypatch):
    monkeypatch.setattr("distlab.widgets.insides.BUDGET", 10)
    texts = Texts()
    assert [texts.number(text) for text in ("abcdef", "ghijkl", "mnopqr", "abcdef")] == [0, 1, 1, 0]
    assert list(texts.numbers) == ["abcdef", "…"] and texts.full


def test_a_column_holds_changes_only():
    column = Column()
    for moment, text in ((0, 5), (1, 5), (2, 6), (2, 7), (3, 7), (4, 8), (4, 7)):
        column.put(moment, text)
    assert column.data == [[0, 2], [5, 7]]


def test_every_kind_of_event_has_words():
    import networkx as nx

    graph = nx.Graph([("a", "b")])
    graph.edges["a", "b"]["km"] = 100
    cut = Simulation({"a": Wall(), "b": Wall()}, network=Network(graph=graph), faults=[Cut("a", "b", 2, 4)])
    sayings = {event.kind: say(event) for event in cut.run(until=6).events}
    assert sayings["cut"] == "a and b are cut off from each other"
    assert sayings["healed"] == "a and b reach each other again"
    for seed in range(12):
        sayings |= {event.kind: say(event) for event in restless(seed).events}
    assert set(sayings) == set(COLUMNS) - {"asked", "failed"}
    assert sayings["sent"].startswith("sends Answer(number=") and sayings["crashed"] == "crashes"
    assert all("\n" not in words and words for words in sayings.values())


def test_a_cut_stands_from_one_moment_to_another():
    import networkx as nx

    graph = nx.path_graph(["a", "b", "c"])
    nx.set_edge_attributes(graph, 100, "km")
    nodes = {name: Wall() for name in "abc"}
    trace = Simulation(nodes, network=Network(graph=graph), faults=[Cut("a", "b", 2, 4)]).run(until=6)
    run = frames(trace, trace.diagram())
    ((start, end, left, right, one_way),) = run["cuts"]
    assert (run["at"][start], run["at"][end], left, right, one_way) == (2, 4, [0], [1], 0)
    assert run["stage"]["links"] == [(0, 1), (1, 2)]


def test_trace_play_makes_it_and_its_bundle_is_text_a_png_and_the_live_view(trace):
    player = trace.play(title="Four who ask")
    assert isinstance(player, Player)
    assert repr(player).startswith("player: 105 steps · Space-time diagram: Four who ask (seed 3")
    data, _ = player._repr_mimebundle_()
    assert set(data) == {"text/plain", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(player)
    with pytest.raises(ValueError, match="two times in order"):
        trace.play(between=(9, 3))


def test_a_violation_is_a_stop(trace):
    assert trace.play().run["stops"]["violation"] == []
    last = len(trace.play().run["ends"]) - 1
    assert trace.play(broken=True).run["stops"]["violation"] == [last]
    first, second = (trace.play(broken=time).run["stops"]["violation"] for time in (10, [10, 20.5]))
    at = trace.play().run["at"]
    assert at[first[0] - 1] < 10 <= at[first[0]]
    assert len(second) == 2 and second[0] == first[0] < second[1]


class Falls(Wall):
    def receive(self, message, sender):
        raise RuntimeError("out of breath")


def test_where_an_error_stopped_a_run_is_a_stop_too():
    with pytest.raises(NodeError) as caught:
        Simulation({"a": Falls(), "b": Falls()}).run()
    run = caught.value.trace.play().run
    assert run["stops"]["violation"] == [len(run["ends"]) - 1]


def test_what_a_search_finds_is_played_with_its_violation():
    explored = explore({"a": Wall(), "b": Wall()}, always={"none": lambda world: not world.in_flight})
    player = explored.play()
    assert player.run["stops"]["violation"] == [len(player.run["ends"]) - 1]
    assert "broken after" in repr(player)
    fine = explore({"a": Node(), "b": Node()}, always={"true": lambda world: True})
    with pytest.raises(ValueError, match="nothing is broken, so there is no run to draw"):
        fine.play()


def test_what_a_search_over_seeds_finds_is_played_too():
    def scenario(seed):
        return Simulation({"a": Wall(), "b": Wall()}, seed=seed)

    found = search(scenario, at_end={"short": lambda trace: len(trace.events) < 9}, seeds=range(3), until=9)
    player = found.play()
    assert "short: broken" in repr(player) and len(player.run["stops"]["violation"]) == 1
    fine = search(scenario, at_end={"any": lambda trace: True}, seeds=range(2), until=9)
    with pytest.raises(ValueError, match="nothing is broken, so there is no run to play"):
        fine.play()


def test_the_picture_where_nothing_plays_has_the_room_that_the_diagram_wants():
    trace = Simulation(two_phase(5), seed=1).run(until=100)
    player = trace.play()
    bundle, _ = player._repr_mimebundle_()
    assert bundle["image/png"] == base64.b64encode(trace.diagram().png(trace.diagram().scale)).decode("ascii")
    assert player.picture.size[1] < trace.diagram().size[1]
