"""Progress is kept: by two notebooks at once, and through a crash in the middle of writing."""

import os
import subprocess
import sys

import pytest

from distlab.exercises import progress, record
from distlab.exercises.record import Record


@pytest.fixture
def kept(tmp_path):
    return Record(tmp_path / "deep" / "progress.jsonl")


def test_an_outcome_is_kept(kept):
    kept.add("1.1", "not yet")
    kept.add("1.1", "not yet")
    kept.add("1.1", "passed")
    kept.add("1.2", "not yet")
    standings = Record(kept.path).standings()
    assert (standings["1.1"].outcome, standings["1.1"].tries) == ("passed", 3)
    assert (standings["1.2"].outcome, standings["1.2"].tries) == ("not yet", 1)


def test_what_is_passed_stays_passed(kept):
    kept.add("1.1", "passed")
    kept.add("1.1", "not yet")
    kept.add("1.1", "passed")
    assert kept.path.read_text().count("\n") == 1
    assert kept.standings()["1.1"].outcome == "passed"


def test_what_is_not_attempted_is_no_news(kept):
    kept.add("1.1", "not attempted yet")
    assert not kept.path.exists()
    assert kept.standings() == {}


@pytest.mark.parametrize(
    "torn", [b'{"exercise": "1.2", "outc', b"\xff\xfe\n", b"[]\n", b"{}", b"\n\n", b"null\n7\n"]
)
def test_a_torn_line_costs_that_line_only(kept, torn):
    kept.add("1.1", "passed")
    with kept.path.open("ab") as file:
        file.write(torn)
    assert list(kept.standings()) == ["1.1"]
    kept.add("1.3", "passed")
    assert list(kept.standings()) == ["1.1", "1.3"]
    assert list(Record(kept.path).standings()) == ["1.1", "1.3"]


@pytest.mark.parametrize("length", range(0, 40, 3))
def test_a_crash_anywhere_in_a_line_loses_nothing_else(kept, length):
    kept.add("1.1", "passed")
    first = kept.path.read_bytes()
    kept.add("1.2", "passed")
    line = kept.path.read_bytes()[len(first) :]
    kept.path.write_bytes(first + line[:length])
    kept.add("1.3", "passed")
    assert {"1.1", "1.3"} <= set(kept.standings()) <= {"1.1", "1.2", "1.3"}


def test_two_notebooks_at_once_lose_nothing(kept):
    code = """
import sys
from pathlib import Path
from distlab.exercises.record import Record
record = Record(Path(sys.argv[1]))
for i in range(100):
    record.add(f"{sys.argv[2]}.{i}", "passed")
"""
    kept.path.parent.mkdir()
    both = [subprocess.Popen([sys.executable, "-c", code, str(kept.path), n]) for n in "12"]
    assert [process.wait(60) for process in both] == [0, 0]
    assert len(kept.standings()) == 200


def test_where_nothing_can_be_written_the_session_still_knows(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    kept = Record(blocked / "progress.jsonl")
    kept.add("1.1", "passed")
    kept.add("1.2", "not yet")
    assert kept.standings()["1.1"].outcome == "passed"
    assert "Not kept beyond this session: " in repr(record.Progress(kept))


def test_the_record_in_use(monkeypatch, tmp_path):
    monkeypatch.setenv("DISTLAB_PROGRESS", str(tmp_path / "p.jsonl"))
    assert record.now().path == tmp_path / "p.jsonl"
    monkeypatch.delenv("DISTLAB_PROGRESS")
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    assert record.now().path is None
    assert record.now() is record.now()
    monkeypatch.delenv("DISTLAB_QUIET")
    assert record.now().path.name == "progress.jsonl"
    assert not record.now().path.is_relative_to(os.getcwd())


def test_progress_is_a_table(monkeypatch, tmp_path):
    monkeypatch.setenv("DISTLAB_PROGRESS", str(tmp_path / "p.jsonl"))
    record.now().add("1.1", "passed")
    record.now().add("1.4", "not yet")
    record.now().add("1.4", "not yet")
    assert repr(progress(1)) == (
        "1 Background · 2 of 11 points\n"
        "  ✓ 1.1   Lamport's clock                           2  passed\n"
        "  ○ 1.2   A failure detector                        3  not attempted yet\n"
        "  ○ 1.3   Flooding without storms                   2  not attempted yet\n"
        "  ✗ 1.4   Single points of failure                  2  not yet, 2 tries\n"
        "  ○ 1.5   Break it: two correct detectors disagree  2  not attempted yet"
    )
    assert progress(1).points == (2, 11)
    assert progress().points[0] == 2
    assert repr(progress()).startswith("1 Background · 2 of 11 points\n")


@pytest.mark.parametrize("chapter", [0, 8, "one", "1.1"])
def test_a_chapter_that_there_is_not(chapter):
    with pytest.raises(ValueError, match="chapters go from 1 to 7; there is no"):
        progress(chapter)
