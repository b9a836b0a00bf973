import itertools
import os
import re
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.exploration import explore
from distlab.faults import Crash, Partition
from distlab.figures import spacetime
from distlab.figures.layout import ticks
from distlab.figures.reader import read
from distlab.network import Network
from distlab.node import Message, Node
from distlab.simulate import Simulation
from distlab.trace import Trace
from tests.figures.runs import Answer, Question, restless
from tests.figures.shape import drawn
from tests.protocols import two_phase

SEEDS = st.integers(0, 10_000)
RUNS = st.builds(
    restless,
    SEEDS,
    nodes=st.integers(2, 9),
    talks=st.integers(1, 5),
    count=st.integers(0, 6),
    notes=st.booleans(),
)
WORDS = {"note", "word"}


class Ping(Message):
    n: int


def rows(*rows, names=("a", "b"), **options):
    """A trace made by hand."""
    return Trace(names, rows, end=max([row[0] for row in rows], default=0), **options)


def said(svg):
    """All words in a picture."""
    return [part.words for part in drawn(svg) if part.tag == "text"]


def legend(svg):
    return {part.words for part in drawn(svg) if part.kind == "legend" and part.tag == "text"}


# --- laws ---


@given(RUNS)
def test_every_message_has_one_arrow_from_its_sending_to_its_end(trace):
    arrows = {"messages", "messages copy", "lost", "flying"}
    parts = [part for part in drawn(spacetime(trace).svg) if part.kind in arrows and part.tag == "path"]
    shown = Counter((part.event, part.end) for part in parts)
    assert shown == Counter((f.sent.index, f.end and f.end.index) for f in trace.messages())


@given(RUNS)
def test_nothing_is_drawn_outside_the_picture(trace):
    picture = spacetime(trace)
    width, height = picture.size
    for part in drawn(picture.svg):
        assert part.left >= 0, part
        assert part.top >= 0, part
        assert part.right <= width, part
        assert part.bottom <= height, part


@given(RUNS)
def test_no_words_stand_on_other_words(trace):
    texts = [part for part in drawn(spacetime(trace).svg) if part.tag == "text"]
    for one, other in itertools.combinations(texts, 2):
        assert not one.meets(other), (one, other)


@given(RUNS)
def test_every_note_is_in_the_picture_or_under_it_or_counted(trace):
    svg = spacetime(trace).svg
    noted = [event.detail for event in trace.events if event.kind == "noted"]
    inside = [p.words for p in drawn(svg) if p.kind == "note" and p.tag == "text" and p.words in noted]
    under = [words for words in said(svg) if re.match(r"n\d at [\d.]+ ms: asks", words)]
    silent = re.search(r">and (\d+) more notes?", svg)
    assert len(inside) + len(under) + (int(silent[1]) if silent else 0) == len(noted)


@given(RUNS)
def test_the_legend_lists_what_is_in_the_picture_and_nothing_else(trace):
    scene, picture = read(trace), spacetime(trace)
    expected = set(scene.arrows) | {band.what for band in scene.states} | {band.what for band in scene.gaps}
    words = {"forced": "forced write", "lazy": "write, not forced", "clock": "clock fault"}
    expected |= {words.get(mark.what, mark.what) for mark in scene.marks}
    expected |= {"second copy"} if scene.copies else set()
    expected |= {"lost"} if scene.lost else set()
    expected |= {"still under way"} if scene.flying else set()
    expected |= {"operation of a client"} if scene.operations else set()
    assert legend(picture.svg) == expected


@given(RUNS)
def test_a_crash_is_a_cross_and_a_gap_until_it_recovers(trace):
    scene = read(trace)
    kinds = Counter(event.kind for event in trace.events)
    assert sum(mark.what == "crash" for mark in scene.marks) == kinds["crashed"]
    downs = [band for band in scene.gaps if band.what == "down"]
    assert len(downs) == kinds["crashed"]
    assert sum(band.end == scene.end for band in downs) >= kinds["crashed"] - kinds["recovered"]


@given(RUNS)
def test_the_states_of_a_node_fill_its_line_but_for_its_crashes(trace):
    scene = read(trace)
    for row, name in enumerate(trace.names):
        bands = [b for b in [*scene.states, *scene.gaps] if b.row == row and b.what != "paused"]
        bands.sort(key=lambda band: (band.start, band.end))
        assert bands[0].start == 0, name
        assert bands[-1].end == scene.end, name
        assert all(one.end == other.start for one, other in itertools.pairwise(bands)), name


@given(RUNS)
def test_writes_are_marked_as_the_trace_counts_them(trace):
    scene = read(trace)
    for row, name in enumerate(trace.names):
        forced, lazy = trace.writes(name)
        marks = Counter(mark.what for mark in scene.marks if mark.row == row)
        assert (marks["forced"] > 0) == (forced > 0)
        assert (marks["lazy"] > 0) == (lazy > 0)
        assert marks["forced"] <= forced
        assert marks["lazy"] <= lazy


@given(RUNS, st.floats(0, 60), st.floats(1, 30))
def test_a_part_of_a_run_can_be_shown(trace, start, length):
    picture = spacetime(trace, between=(start, start + length))
    width, _ = picture.size
    assert all(part.left >= 0 and part.right <= width for part in drawn(picture.svg))
    assert "shown from" in picture.text or (start == 0 and length >= trace.duration)


@given(RUNS)
def test_a_trace_read_from_json_looks_the_same(trace):
    again = Trace.from_json(trace.to_json(), [Question, Answer])
    assert spacetime(again).svg == spacetime(trace).svg


def test_the_drawing_does_not_depend_on_the_hash_seed():
    code = (
        "import hashlib; from distlab.figures import spacetime; from tests.figures.runs import restless\n"
        "svg = ''.join(spacetime(restless(seed, 5)).svg for seed in range(6))\n"
        "print(hashlib.sha256(svg.encode()).hexdigest())"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(seen) == 1


# --- what is shown how ---


def test_kinds_of_messages_are_told_apart_by_colour_and_shape():
    svg = spacetime(restless(1, count=0)).svg
    groups = re.findall(r'<g class="messages" (fill="[^"]+" stroke="[^"]+")', svg)
    assert len(groups) == len(set(groups)) == 2


def test_a_lost_message_stops_at_a_cross_half_way():
    ping = Ping(1)
    trace = rows((0, "sent", "a", "b", ping, 1), (4000, "lost", "b", "a", ping, 1, "loss"))
    way, loss = [part for part in drawn(spacetime(trace).svg) if part.kind in ("lost", "loss")]
    scene_top, scene_bottom = way.top, way.bottom
    assert loss.left < way.right < loss.right
    lines = [part for part in drawn(spacetime(trace).svg) if part.kind == "track"]
    assert scene_top >= lines[0].bottom - 1
    assert scene_bottom < lines[1].top - 10


def test_a_message_to_a_dead_node_gets_there_and_is_lost_there():
    ping = Ping(1)
    trace = rows(
        (0, "sent", "a", "b", ping, 1),
        (1000, "crashed", "b", None, (0, False)),
        (4000, "lost", "b", "a", ping, 1, "down"),
    )
    (loss,) = [part for part in drawn(spacetime(trace).svg) if part.kind == "loss"]
    line = [part for part in drawn(spacetime(trace).svg) if part.kind == "track"][1]
    assert line.top - 12 < loss.bottom <= line.top


def test_what_met_a_partition_on_arrival_got_there_and_what_was_sent_into_it_did_not():
    ping = Ping(1)
    trace = rows(
        (0, "sent", "a", "b", ping, 1),
        (1000, "cut", ("a",), ("b",), None),
        (2000, "sent", "a", "b", ping, 2),
        (3000, "lost", "b", "a", ping, 1, "partition"),
        (3000, "lost", "b", "a", ping, 2, "partition"),
    )
    assert [there for _, there in read(trace).lost] == [True, False]


def test_a_duplicate_is_a_second_arrow_with_a_ring():
    ping = Ping(1)
    trace = rows(
        (0, "sent", "a", "b", ping, 1),
        (0, "duplicated", "b", "a", ping, 1),
        (3000, "delivered", "b", "a", ping, 1),
        (5000, "delivered", "b", "a", ping, 1),
    )
    parts = [part for part in drawn(spacetime(trace).svg) if part.kind.startswith("messages")]
    assert [part.tag for part in parts] == ["path", "circle", "path"]
    assert "second copy" in legend(spacetime(trace).svg)


def test_what_is_under_way_at_the_end_runs_to_the_edge():
    trace = rows((0, "sent", "a", "b", Ping(1), 1), (9000, "noted", "a", "the end"))
    (way,) = [part for part in drawn(spacetime(trace).svg) if part.kind == "flying"]
    (line, _) = [part for part in drawn(spacetime(trace).svg) if part.kind == "track"]
    assert way.right == pytest.approx(line.right, abs=2)
    assert "still under way" in legend(spacetime(trace).svg)


def test_a_message_of_a_node_to_itself_is_drawn():
    ping = Ping(1)
    trace = rows((0, "sent", "a", "a", ping, 1), (2000, "delivered", "a", "a", ping, 1))
    assert len([part for part in drawn(spacetime(trace).svg) if part.kind == "messages"]) == 1


def test_operations_stand_under_their_clients_with_their_results():
    trace = rows(
        (0, "invoked", "a", ("write", 3)),
        (2000, "completed", "a", None),
        (3000, "invoked", "a", ("read",)),
        (5000, "completed", "a", 3),
        (6000, "invoked", "a", ("cas", 1, 2)),
        (8000, "gave up", "a"),
        (9000, "invoked", "a", ("write", 4)),
        (11000, "failed", "a"),
        (12000, "invoked", "a", ("read",)),
        (20000, "noted", "b", "the end"),
    )
    words = said(spacetime(trace).svg)
    for text in ("write 3", "read → 3", "cas 1 2 → ?", "write 4 failed", "read → ?"):
        assert text in words


def test_a_partition_says_whom_it_parts_and_which_way():
    def run(**options):
        faults = [Partition(["a"], ["b"], 2, 5, **options)]
        return spacetime(Simulation({"a": Node(), "b": Node()}, faults=faults).run())

    assert "cut a | b" in said(run().svg)
    assert "cut a → b" in said(run(one_way=True).svg)


def test_fields_in_which_messages_differ_stand_beside_their_arrows():
    class Talk(Message):
        topic: str
        word: str
        loud: bool

    def send(at, n, word):
        talk = Talk("weather", word, n == 2)
        return (at, "sent", "a", "b", talk, n), (at + 5000, "delivered", "b", "a", talk, n)

    words = said(spacetime(rows(*send(0, 1, "sun"), *send(9000, 2, "rain"))).svg)
    assert "sun, loud=False" in words
    assert "rain, loud=True" in words


def test_a_message_in_a_message_is_left_out_where_other_fields_differ():
    class Stamp(Message):
        time: int

    class Talk(Message):
        word: str
        stamp: Stamp

    def send(at, n, word):
        talk = Talk(word, Stamp(n))
        return (at, "sent", "a", "b", talk, n), (at + 5000, "delivered", "b", "a", talk, n)

    words = said(spacetime(rows(*send(0, 1, "sun"), *send(9000, 2, "rain"))).svg)
    assert {"sun", "rain"} <= set(words)
    assert "stamp=Stamp(time=1)" in said(spacetime(rows(*send(0, 1, "sun"), *send(9000, 2, "sun"))).svg)


def test_brackets_are_written_under_the_lines():
    trace = restless(3)
    words = said(spacetime(trace, mark=(10, 20, "look here")).svg)
    assert "look here" in words
    many = spacetime(trace, mark=[(10, 20, "look here"), (12, 30, "and there")]).svg
    assert {"look here", "and there"} <= set(said(many))


def test_the_title_is_the_last_note_or_what_was_counted():
    assert spacetime(rows((0, "noted", "a", "elected"), (1000, "noted", "b", "gave in"))).text.startswith(
        "Space-time diagram: b: gave in"
    )
    ping = Ping(1)
    counted = rows((0, "sent", "a", "b", ping, 1), (1000, "delivered", "b", "a", ping, 1), seed=7)
    assert spacetime(counted).text == "Space-time diagram: a and b exchange 1 message (seed 7 · 1 ms)"
    given = spacetime(counted, title="Said by hand", subtitle="")
    assert given.text == "Space-time diagram: Said by hand"


def test_messages_inside_a_host_are_drawn_and_not_counted():
    ping = Ping(1)
    there_and_back = [
        row
        for n, (a, b) in enumerate([("a", "b"), ("a", "c")])
        for row in ((n, "sent", a, b, ping, 1), (n + 1, "delivered", b, a, ping, 1))
    ]
    trace = rows(*there_and_back, names=("a", "b", "c"), local=frozenset({("a", "b")}))
    assert "3 nodes exchange 1 message" in spacetime(trace).text
    assert len([part for part in drawn(spacetime(trace).svg) if part.kind == "messages"]) == 2


def test_a_run_that_did_not_end_says_so():
    trace = Simulation({"a": Echo(), "b": Echo()}, network=Network(delay=1)).run(max_events=200)
    assert "stopped at its bound" in spacetime(trace).text


class Echo(Node):
    def start(self):
        self.broadcast(Ping(0))

    def receive(self, message, sender):
        self.send(sender, message)


def test_steps_are_called_steps():
    ping = Ping(1)
    trace = rows((0, "sent", "a", "b", ping, 1), (3, "delivered", "b", "a", ping, 1), unit="steps")
    assert any(words.endswith(" steps") for words in said(spacetime(trace).svg))


def test_more_notes_than_there_is_room_for_are_numbered_and_counted():
    trace = rows(*((i, "noted", "a", f"note number {i} of many") for i in range(90)))
    words = said(spacetime(trace).svg)
    assert any(re.match(r"a at [\d.e-]+ ms: note number \d+ of many", line) for line in words)
    assert any(line.startswith("and ") and line.endswith("that there was no room for") for line in words)


def test_markup_in_names_and_notes_is_only_text():
    trace = rows((0, "noted", "<b>", "</svg>&"), names=("<b>", '"x"'))
    words = said(spacetime(trace).svg)
    assert "<b>" in words
    assert "</svg>&" in words


def test_many_states_share_colours_and_the_legend_counts_the_rest():
    changes = [(1000 * i, "state", "a", (i - 1, i)) for i in range(1, 20)]
    words = legend(spacetime(rows(*changes)).svg)
    assert "and 9 more states" in words or "and 10 more states" in words


# --- sizes ---


@pytest.mark.parametrize(("nodes", "talks"), [(2, 1), (4, 6), (10, 12), (40, 3)])
def test_every_size_keeps_its_names_and_its_order(nodes, talks):
    svg = spacetime(restless(1, nodes, talks, notes=False)).svg
    lines = [part for part in drawn(svg) if part.kind == "track"]
    assert len(lines) == nodes
    assert all(one.bottom + 4 < other.top for one, other in itertools.pairwise(lines))
    assert {f"n{i}" for i in range(nodes)} <= set(said(svg))


def test_a_hundred_thousand_events_are_thinned_and_it_says_so():
    ping = Ping(1)
    sends = ((i, "sent", "a", "b", ping, i) for i in range(50_000))
    arrivals = ((50_000 + i, "delivered", "b", "a", ping, i) for i in range(50_000))
    picture = spacetime(rows(*sends, *arrivals))
    assert "one message in 100 is drawn" in picture.text
    assert len(picture.svg) < 200_000


def test_an_empty_trace_says_that_it_is_empty():
    picture = spacetime(Trace([], []))
    assert "nothing happened" in picture.text
    assert any("nothing happened" in words for words in said(picture.svg))
    assert picture.png()


def test_nodes_to_which_nothing_happens_are_drawn():
    assert {"a", "b"} <= set(said(spacetime(Trace(["a", "b"], [])).svg))


def test_a_crash_that_nobody_recovers_from_lasts_to_the_end():
    trace = Simulation({"a": Node(), "b": Node()}, faults=[Crash("a", 3)]).run(until=9)
    (gap,) = read(trace).gaps
    assert (gap.start, gap.end) == (3, 9)


# --- bad input ---


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"between": (3, 1)}, "two times in order"),
        ({"mark": (3, 1, "x")}, "its times in order"),
        ({"mark": [(1, 2)]}, "a mark is"),
        ({"mark": ("a", 2, "x")}, "a mark is"),
        ({"width": 100}, "at least 400 pixels"),
        ({"theme": "pink"}, "choose 'light' or 'dark'"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_sentence(options, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        spacetime(Trace(["a"], []), **options)


def test_only_traces_are_drawn():
    with pytest.raises(TypeError, match="draws a Trace"):
        spacetime([1, 2])


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_in_sight(start, length):
    values = ticks(start, start + length)
    assert len(values) <= 9
    assert all(start - 1e-6 * length <= value <= start + length * 1.000001 for value in values)
    steps = {round((b - a) / (values[1] - values[0]), 3) for a, b in itertools.pairwise(values)}
    assert steps <= {1.0}


def test_steps_are_whole_and_one_of_them_is_one():
    found = explore(two_phase(1), {"nobody prepares": lambda world: world.nodes["rm0"].state != "prepared"})
    picture = found.diagram()
    assert "1 step)" in picture.text and "1 steps" not in picture.svg
    assert ">0<" in picture.svg and ">1 step<" in picture.svg and ">0.2<" not in picture.svg


@pytest.mark.parametrize("nodes", [3, 4])
def test_lines_are_drawn_closer_where_a_height_is_asked_for(nodes):
    trace = restless(3, nodes=nodes, notes=False, count=0)
    high, low = spacetime(trace), spacetime(trace, height=320)
    assert low.size[0] == high.size[0] and abs(low.size[1] - 320) <= 12 < high.size[1] - 320
    tracks = [one for one in drawn(low.svg) if one.kind == "track"]
    assert len(tracks) == nodes
    assert all(one.bottom + 8 < other.top for one, other in itertools.pairwise(tracks))


def test_lines_do_not_fall_together_however_little_height_there_is():
    tracks = [one for one in drawn(spacetime(restless(3, nodes=12), height=100).svg) if one.kind == "track"]
    assert all(other.top - one.top >= 24 for one, other in itertools.pairwise(tracks))
    assert spacetime(restless(3), height=2000).svg == spacetime(restless(3)).svg, (
        "never further apart than reads well"
    )
