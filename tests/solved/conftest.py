import pytest


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """No test touches the progress of whoever runs it, or is bent by a course of theirs."""
    monkeypatch.setenv("DISTLAB_QUIET", "1")
    for name in ("DISTLAB_PROGRESS", "DISTLAB_COURSE", "NBGRADER_EXECUTION"):
        monkeypatch.delenv(name, raising=False)
