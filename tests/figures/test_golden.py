"""Drawings held to the byte.

The runs are kept as JSON, so that only a change of the drawing changes them. After a change that is meant, look
at the new pictures, then write them with

    DISTLAB_RENEW=1 python -m pytest tests/figures/test_golden.py
"""

import os
from pathlib import Path

import networkx as nx
import pytest

from distlab.figures import quorums, spacetime, state_machine
from distlab.trace import Trace

GOLDEN = Path(__file__).parent / "golden"
OPTIONS = {
    "two_phase_commit": {
        "title": "Two-phase commit: the coordinator crashes after the votes are in",
        "mark": (24, 46, "blocked: prepared, so neither commit nor abort is allowed"),
    },
    "ping": {},
    "register": {},
    "partition": {"theme": "dark", "between": (5, 40)},
}


def raft() -> nx.DiGraph:
    """The roles of a server (Ongaro and Ousterhout 2014, figure 4)."""
    machine = nx.DiGraph(name="Raft: the roles of a server")
    machine.add_node("follower", first=True)
    machine.add_edge("follower", "candidate", why="election time-out")
    machine.add_edge("candidate", "candidate", why="election time-out")
    machine.add_edge("candidate", "leader", why="votes of a majority")
    machine.add_edge("candidate", "follower", why=("a leader is there", "higher term"))
    machine.add_edge("leader", "follower", why="higher term")
    return machine


SHAPES = {
    "machine": lambda: state_machine(raft(), {"n1": "leader", "n2": "follower", "n3": "follower"}),
    "machine_down": lambda: state_machine(raft(), "candidate", direction="down", theme="dark"),
    "quorums": lambda: quorums(5, {"write": 3, "read": 3}),
    "quorums_liars": lambda: quorums(7, {"prepare": 5, "commit": 5}, faulty=2, theme="dark"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_the_drawing_is_what_it_was(name):
    trace = Trace.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    picture, kept = spacetime(trace, **OPTIONS[name]), GOLDEN / f"{name}.svg"
    if os.environ.get("DISTLAB_RENEW"):
        picture.save(kept)
    assert picture.plain == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHAPES)
def test_the_shape_is_what_it_was(name):
    picture, kept = SHAPES[name](), GOLDEN / f"{name}.svg"
    if os.environ.get("DISTLAB_RENEW"):
        picture.save(kept)
    assert picture.plain == kept.read_text(encoding="utf-8")


def test_every_kept_run_is_drawn_and_every_drawing_has_its_run():
    assert {path.stem for path in GOLDEN.iterdir()} == {*OPTIONS, *SHAPES}
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(OPTIONS)
    assert {path.suffix for path in GOLDEN.iterdir()} == {".json", ".svg"}
