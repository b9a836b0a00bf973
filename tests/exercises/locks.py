"""What the tests of exercises 4.4 to 4.6 share: the cells before the stub, and a way to make mistakes."""

from distlab.exercises import machine, worker
from distlab.exercises.registry import find
from tests.exercises import cells

IMPORTS = (
    "from distlab.exercises.lock_protocol import Acquire, Granted, Refused, Release, Renew, Renewed\n"
    "from distlab.exercises.lock_protocol import Read, Rejected, Value, Write, Wrote\n"
)


def hurry(monkeypatch):
    """Two seconds in place of ten for a loop without an exit, as for the toys of `test_check`."""
    monkeypatch.setattr(machine, "SECONDS", 2.0)
    monkeypatch.setattr(worker, "GRACE", 4.0)


def run(source):
    """The names that a cell leaves behind, the protocol known."""
    return cells.run(IMPORTS + source)


def reference(id):
    """The source of a solution."""
    return find(id).source


def mistaken(source, *changes):
    """The source with mistakes made in it."""
    for old, new in changes:
        assert old in source, old
        source = source.replace(old, new)
    return source


def expect(attempt, source, mistake, wrong, monkeypatch):
    """See that a mistake is answered by "not yet", and for its own reasons; loops are cut off early."""
    if "loop" in mistake:
        hurry(monkeypatch)
    changes, *reasons = wrong[mistake]
    verdict = attempt(mistaken(source, *changes))
    assert verdict.outcome == "not yet", verdict
    for reason in reasons:
        assert reason in str(verdict), verdict
