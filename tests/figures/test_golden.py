"""Drawings held to the byte.

The runs are kept as JSON, so that only a change of the drawing changes them. After a change that is meant, look
at the new pictures, then write them with

    DISTLAB_RENEW=1 python -m pytest tests/figures/test_golden.py
"""

import os
from pathlib import Path

import pytest

from distlab.figures import spacetime
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


@pytest.mark.parametrize("name", OPTIONS)
def test_the_drawing_is_what_it_was(name):
    trace = Trace.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    picture, kept = spacetime(trace, **OPTIONS[name]), GOLDEN / f"{name}.svg"
    if os.environ.get("DISTLAB_RENEW"):
        picture.save(kept)
    assert picture.plain == kept.read_text(encoding="utf-8")


def test_every_kept_run_is_drawn_and_every_drawing_has_its_run():
    assert {path.stem for path in GOLDEN.iterdir()} == set(OPTIONS)
    assert {path.suffix for path in GOLDEN.iterdir()} == {".json", ".svg"}
