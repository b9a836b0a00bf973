"""The ledger, 4.2: each fault of the naive lock comes from the chapter's own cells, and shows when they are run."""

from pathlib import Path

import nbformat
import pytest

from distlab import Network, Pause, Simulation, explore

CHAPTER = Path(__file__).parents[1] / "chapters" / "4_code_practice.ipynb"


@pytest.fixture(scope="module")
def chapter():
    """What the sitting on locks has defined when its first exercise begins."""
    cells = nbformat.read(CHAPTER, as_version=4).cells
    begin = next(n for n, cell in enumerate(cells) if cell.source.startswith("## Sitting 2:"))
    end = next(n for n, cell in enumerate(cells) if cell.id == "ex-4-4")
    space = {"__name__": "chapter"}
    for cell in cells[begin:end]:
        if cell.cell_type == "code":
            exec(cell.source, space)
    return space


def searched(chapter, lock, visitor, names):
    house = chapter["house"](chapter[lock](), chapter[visitor], names)
    return explore(house, {"one at a time": chapter["one_at_a_time"]})


def test_set_succeeds_whoever_holds_it(chapter):
    found = searched(chapter, "NaiveLock", "Visitor", "ana ben")
    assert (found.violation.duration, found.states) == (6, 27)


def test_set_if_absent_mends_it_for_visitors_who_release_what_is_theirs(chapter):
    found = searched(chapter, "IfAbsent", "Visitor", "ana ben carl")
    assert (found.violation, found.complete, found.states) == (None, True, 484)


def test_anybody_may_release(chapter):
    found = searched(chapter, "IfAbsent", "Careful", "ana ben carl")
    assert found.violation.duration == 10
    refused = {
        e.node
        for e in found.violation.events
        if e.kind == "delivered" and getattr(e.message, "ok", 1) is False
    }
    deleted = {
        e.node for e in found.violation.events if type(e.message).__name__ == "Delete" and e.kind == "sent"
    }
    assert refused == deleted
    assert len(deleted) == 1


def test_a_key_that_expires_is_deleted_by_who_had_it_before(chapter):
    visitor = chapter["Visitor"]
    nodes = {
        "ana": visitor(0),
        "ben": visitor(70, stays=30),
        "carl": visitor(91),
        "lock": chapter["Expiring"](),
    }
    run = Simulation(nodes, network=Network(2), faults=[Pause("ana", 8, 85)]).run()
    world = run.states()[max(e.index for e in run.events if e.at <= 97)]
    assert [name for name, node in world.nodes.items() if node.state == "holding"] == ["ben", "carl"]
    without = Simulation(nodes, network=Network(2)).run()
    assert all(map(chapter["one_at_a_time"], without.states()))
