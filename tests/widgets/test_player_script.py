"""The player's JavaScript that draws nothing, run by node: what was when, what led to what."""

from itertools import pairwise

import networkx as nx
import pytest

from distlab.widgets import player
from distlab.widgets.frames import frames
from distlab.widgets.player import script
from tests.figures.runs import restless


@pytest.mark.parametrize("seed", [3, 8])
def test_past_and_future_are_happened_before(answer, seed):
    trace = restless(seed)
    events = frames(trace, trace.diagram())["events"]
    marks = answer("data.at.map((_, i) => [...p.cone(data, i)])", events)
    graph = trace.happened_before()
    for event, row in enumerate(marks):
        assert {i for i, mark in enumerate(row) if mark == 1} == nx.ancestors(graph, event)
        assert {i for i, mark in enumerate(row) if mark == 2} == nx.descendants(graph, event)
        assert row[event] == 3


def test_what_is_under_way_at_every_moment(answer):
    trace = restless(3)
    run = frames(trace, trace.diagram())
    found = answer("data.ends.map((_, m) => data.flights.map((f) => p.flying(f, data.ends, m)))", run)
    for end, row in zip(run["ends"], found, strict=True):
        for flight, flies in zip(trace.messages(local=True), row, strict=True):
            over = flight.end is not None and flight.end.index < end
            assert flies == (flight.sent.index < end and not over)


def test_a_column_is_looked_up_and_a_change_found(answer):
    column = [[0, 4, 9], [7, 8, 7]]
    assert answer("[0, 3, 4, 8, 9, 50].map((m) => p.textAt(data, m))", column) == [7, 7, 8, 8, 7, 7]
    assert answer("[0, 3, 4, 9].map((m) => p.changeAt(data, m))", column) == [None, None, [7, 8], [8, 7]]
    assert answer("p.changeAt([[2], [5]], 2)") == [None, 5]
    assert answer("[[], [1], [1, 3, 3, 5]].map((list) => p.lastAt(list, 3))") == [-1, 0, 2]


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("1", "2", ["1", "2"]),
        ("[('n2', 1), ('n1', 1)]", "[('n2', 1), ('n1', 1), ('n2', 2)]", ["", "('n2', 2)"]),
        ("{'a': 'prepared', 'b': None}", "{'a': 'prepared', 'b': 'yes'}", ["None", "'yes'"]),
        ("['alpha', 'beta', 'gamma', 'delta']", "['alpha', 'gamma', 'delta']", ["'beta'", ""]),
        ("[10, 20, 30, 40, 50, 60]", "[10, 20, 30, 41, 50, 60]", ["40", "41"]),
    ],
)
def test_of_a_long_text_only_what_differs_is_shown(answer, before, after, shown):
    assert answer("p.difference(...data)", [before, after]) == shown


def test_playing_gives_every_moment_its_time(answer):
    at = [0, 0, 0, 2, 3, 500, 501]
    due = answer("p.pace(data)", at)
    waits = [b - a for a, b in pairwise(due)]
    assert waits[:2] == [140, 140] and waits[4] == 1400, (
        "what happens at once is seen, a long wait does not bore"
    )
    assert waits[2] == 2 * waits[3]
    places = answer("data.due.map((d) => p.playing(data.due, data.at, d))", {"due": due, "at": at})
    assert places == [[moment, time] for moment, time in enumerate(at)]
    assert answer("p.playing(data.due, data.at, 999999)", {"due": due, "at": at}) == [6, 501]
    assert answer("p.playing([0, 100], [4, 8], 25)") == [0, 5]
    assert answer("p.pace([0])") == [0]


def test_the_next_stop_and_the_one_before(answer):
    assert answer("[[3, 1], [4, 1], [9, 1], [4, -1], [2, -1]].map((a) => p.stop([2, 4, 9], ...a))") == [
        4,
        9,
        None,
        2,
        None,
    ]


def test_a_message_passes_from_edge_to_edge(answer):
    assert answer("[0, 0.5, 1].map((part) => p.way([0, 0], [100, 0], 15, part))") == [
        [20, 5],
        [50, 5],
        [80, 5],
    ]
    flight = [0, 1, 0, 1, 0, 10, 20, 1, 0]
    assert answer("[5, 10, 15, 20, 30].map((t) => p.progress(data, t, 100))", flight) == [0, 0, 0.5, 1, 1]
    lost = [0, 1, 0, 1, 0, 10, 20, 0.5, 1]
    assert answer("p.progress(data, 20, 100)", lost) == 0.5
    assert 0 < answer("p.progress([0, -1, 0, 1, 0, 10, null, 1, 0], 90, 100)") < 1
    assert answer("p.distance([5, 3], [0, 0, 10, 0])") == 3


def test_the_pieces_make_one_module_without_imports():
    assert "\nimport " not in script() and script().count("export default") == 1
    assert all((player._HERE / f"{piece}.js").exists() for piece in player._PIECES)
