import itertools
import re
import xml.etree.ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import Message, Network, Node, Simulation
from distlab.faults import Crash
from distlab.figures import state_machine, steer, transitions
from distlab.figures.place import Box
from distlab.trace import Trace

SVG = "{http://www.w3.org/2000/svg}"


class Prepare(Message):
    tx: str


class Decision(Message):
    tx: str
    commit: bool


class Coordinator(Node):
    state = "working"

    def __init__(self, commit):
        self.commit = commit

    def start(self):
        self.broadcast(Prepare("t"))
        self.set_timer("all have answered", 20)

    def wake(self, timer):
        self.disk["t"] = self.state = "committed" if self.commit else "aborted"
        self.broadcast(Decision("t", self.commit))

    def recover(self):
        self.state = "recovering"
        self.state = self.disk.get("t", "aborted")


class Participant(Node):
    state = "working"

    def receive(self, message, sender):
        match message:
            case Prepare():
                self.state = "prepared"
            case Decision(_, commit):
                self.state = "committed" if commit else "aborted"


def run(commit=True, crash=None):
    nodes = {"tm": Coordinator(commit), "a": Participant(), "b": Participant()}
    faults = [Crash("tm", at=crash, until=40)] if crash is not None else []
    return Simulation(nodes, network=Network(delay=5), faults=faults).run()


@pytest.fixture(scope="module")
def participant():
    return transitions([run(True), run(False)], ["a", "b"])


def test_the_machine_is_what_the_runs_went_through(participant):
    assert list(participant.nodes(data="first")) == [
        ("working", True),
        ("prepared", False),
        ("committed", False),
        ("aborted", False),
    ]
    assert participant.graph["nodes"] == ("a", "b")
    assert {(u, v): (d["why"], d["times"]) for u, v, d in participant.edges(data=True)} == {
        ("working", "prepared"): (("Prepare",), 4),
        ("prepared", "committed"): (("Decision(commit=True)",), 2),
        ("prepared", "aborted"): (("Decision(commit=False)",), 2),
    }


def test_one_run_has_only_what_it_took():
    machine = transitions(run(True), "a")
    assert list(machine.edges(data="why")) == [
        ("working", "prepared", ("Prepare",)),
        ("prepared", "committed", ("Decision",)),
    ]


def test_a_recovery_goes_from_what_was_before_the_crash_to_what_is_after_it():
    machine = transitions([run(crash=10), run(), run(crash=30)], "tm")
    assert {(u, v): why for u, v, why in machine.edges(data="why")} == {
        ("working", "aborted"): ("recovers",),
        ("working", "committed"): ("all have answered",),
    }, "what passes within the recovery is no transition, and nothing is one that changes nothing"


def test_every_transition_was_made_and_every_one_made_is_there():
    trace = run()
    machine = transitions(trace)
    made = {event.detail for event in trace.events if event.kind == "state"}
    assert set(machine.edges) == made
    assert sum(times for _, _, times in machine.edges(data="times")) == 5


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: transitions(7), "'int' object is not iterable"),
        (lambda: transitions([7]), "transitions are read from a Trace, or a list of them, not a int"),
        (lambda: transitions(run(), ["x"]), "there is no node 'x' in this run; there are tm, a, b"),
        (
            lambda: transitions(Trace(["a"], [])),
            "nobody in these runs keeps a word in `state`: there is no state machine to see",
        ),
        (
            lambda: transitions([Trace(["a"], [], first={"a": n}) for n in range(30)]),
            "`state` had 30 different words (0, 1, 2, …): a state machine has at most 24; "
            "what counts up belongs into an attribute of its own",
        ),
        (
            lambda: state_machine(nx.Graph([(1, 2)])),
            "a state machine has arrows: give a networkx.DiGraph, not an undirected graph",
        ),
        (
            lambda: state_machine(nx.DiGraph()),
            "this state machine has no state: give a networkx.DiGraph with at least one node",
        ),
        (
            lambda: state_machine(nx.DiGraph([("a", "b")]), "c"),
            "there is no state 'c' in this machine; there are a, b",
        ),
        (
            lambda: state_machine(nx.DiGraph([("a", "b")]), direction="up"),
            "a state machine runs 'right' or 'down', not 'up'",
        ),
    ],
)
def test_what_is_no_machine_gets_one_sentence(make, sentence):
    with pytest.raises((TypeError, ValueError)) as caught:
        make()
    assert str(caught.value) == sentence


# --- the drawing ---


def parts(picture, kind):
    return [g for g in ET.fromstring(picture.svg).iter(f"{SVG}g") if g.get("class", "").split()[:1] == [kind]]


def test_every_state_and_every_transition_is_drawn_with_what_it_is(participant):
    picture = state_machine(participant)
    states = [box.get("data-state") for box in parts(picture, "box")]
    assert states == list(participant)
    arrows = {(move.get("data-from"), move.get("data-to")) for move in parts(picture, "move")}
    assert arrows == set(participant.edges)
    assert "State machine of a, b: working → prepared (Prepare); " in picture.text
    assert picture.svg.count("Decision(commit=True)") == 2, (
        "on its arrow, and in the words for who cannot see it"
    )


def test_the_current_state_is_lit_and_says_who_is_in_it(participant):
    picture = state_machine(participant, {"tm": "committed", "a": "prepared", "b": "prepared"})
    lit = [box for box in parts(picture, "box") if "lit" in box.get("class")]
    assert [box.get("data-state") for box in lit] == ["prepared"], "the coordinator's machine is another one"
    assert lit[0].find(f"{SVG}text[@class='who']").text == "a, b"
    assert picture.text.endswith("; now prepared (a, b)")
    assert state_machine(run(), run().final).text.count("now committed (tm, a, b)") == 1
    assert state_machine(participant, ["working", "aborted"]).svg.count('class="box lit"') == 2


def test_states_have_the_colours_that_a_diagram_gives_them(participant):
    svg = state_machine(participant).svg
    for state, colour in (
        ("working", "grey"),
        ("prepared", "yellow"),
        ("committed", "green"),
        ("aborted", "rose"),
    ):
        box = re.search(f'data-state="{state}"><rect class="body"[^>]*', svg)[0]
        assert f"var(--band-{colour})" in box


def test_where_it_begins_there_is_a_dot_and_where_it_ends_a_double_line(participant):
    picture = state_machine(participant)
    assert picture.svg.count("<circle") == 1
    doubled = {box.get("data-state") for box in parts(picture, "box") if len(box.findall(f"{SVG}rect")) == 2}
    assert doubled == {"committed", "aborted"}


def test_a_machine_runs_right_or_down_and_fits_the_width_that_is_given(participant):
    right, down = state_machine(participant, title=""), state_machine(participant, title="", direction="down")
    assert right.size[0] > right.size[1] and down.size[0] < right.size[0]
    assert state_machine(participant, width=300).size[0] == 300
    assert "commit=True</text>" in down.svg, "a field has a line of its own where there is little room"


def test_many_reasons_are_counted():
    machine = nx.DiGraph()
    machine.add_edge("a", "b", why=["one", "two", "three", "four", "five"])
    svg = state_machine(machine).svg
    assert "or 3 more</text>" in svg and "three</text>" not in svg


@st.composite
def machines(draw):
    names = [f"s{i}" * draw(st.integers(1, 3)) for i in range(draw(st.integers(1, 7)))]
    edges = draw(
        st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), unique=True, max_size=12)
    )
    machine = nx.DiGraph()
    machine.add_nodes_from(names)
    machine.add_edges_from((u, v, {"why": "x" * draw(st.integers(0, 20))}) for u, v in edges)
    return machine


@given(machines(), st.sampled_from(["right", "down"]))
def test_no_two_states_overlap_and_all_is_inside_the_picture(machine, direction):
    picture = state_machine(machine, direction=direction)
    wide, tall = picture.size
    svg = ET.fromstring(picture.svg)
    scale = next(g for g in svg.iter(f"{SVG}g") if "scale" in g.get("transform", "")).get("transform")
    left, top = map(float, re.findall(r"translate\(([\d.]+),([\d.]+)\)", scale)[0])
    dx, dy = map(float, re.findall(r"translate\((-?[\d.]+),(-?[\d.]+)\)", picture.svg)[1])
    boxes = []
    for group in parts(picture, "box"):
        body = group.find(f"{SVG}rect[@class='body']")
        x, y, w, h = (float(body.get(name)) for name in ("x", "y", "width", "height"))
        boxes.append((x + left + dx, y + top + dy, x + w + left + dx, y + h + top + dy))
    assert len(boxes) == len(machine)
    for a, b, c, d in boxes:
        assert a >= 0 and b >= 0 and c <= wide and d <= tall
    for one, other in itertools.combinations(boxes, 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


@given(machines())
def test_layers_hold_every_state_once_and_begin_with_the_first(machine):
    rows = steer.layers(machine)
    assert sorted(state for row in rows for state in row) == sorted(machine)
    begins = [state for state in machine if not set(machine.pred[state]) - {state}] or list(machine)[:1]
    assert set(begins) <= set(rows[0])


def test_ways_on_lead_to_later_layers_and_ways_back_do_not():
    raft = nx.DiGraph([("follower", "candidate"), ("candidate", "leader"), ("leader", "follower")])
    raft.add_edges_from([("candidate", "follower"), ("candidate", "candidate")])
    raft.nodes["follower"]["first"] = True
    assert steer.layers(raft) == [["follower"], ["candidate"], ["leader"]]


def test_a_curve_goes_round_a_box_that_is_in_its_way():
    boxes = {"a": Box(0, 0, 60, 30), "b": Box(100, 0, 160, 30), "c": Box(200, 0, 260, 30)}
    ways = steer.curves(boxes, [("a", "c"), ("a", "b"), ("b", "c")])
    assert not any(100 < x < 160 and 0 < y < 30 for x, y in ways["a", "c"].points)
    assert ways["a", "b"].points[8][1] == pytest.approx(15), "straight where nothing is in the way"


def test_there_and_back_are_two_curves():
    boxes = {"a": Box(0, 0, 60, 30), "b": Box(160, 0, 220, 30)}
    there, back = steer.curves(boxes, [("a", "b"), ("b", "a")]).values()
    assert (there.at(0.5)[1] - 15) * (back.at(0.5)[1] - 15) < 0
    assert not steer.cross(there.points, back.points)
