"""What handlers yield: the order of effects, and what a disk keeps of writes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.effects import (
    CANCEL,
    COMPLETE,
    FAIL,
    GIVE_UP,
    INVOKE,
    LEAVES,
    NOTE,
    SEND,
    SET,
    SYNC,
    WRITE,
    DiskView,
    Store,
    arrange,
)
from distlab.values import TORN
from tests.randomly import Point, Slot

RANK = {"a": 0, "b": 1, "c": 2}.__getitem__
PUT = (WRITE, "put", "x", 1)
effects = st.one_of(
    st.tuples(st.just(SEND), st.sampled_from("abc"), st.integers()),
    st.just(PUT),
    st.just((SYNC,)),
    st.tuples(st.just(SET), st.sampled_from("tu"), st.integers()),
    st.tuples(st.just(CANCEL), st.sampled_from("tu")),
    st.just((NOTE, "here")),
    st.just((INVOKE, "read")),
    st.just((COMPLETE, 1)),
    st.just((FAIL,)),
    st.just((GIVE_UP,)),
)


def runs(arranged, kinds):
    """The lengths and members of the runs of these kinds, each run sorted."""
    found, run = [], []
    for effect in [*arranged, None]:
        if effect is not None and effect[0] in kinds:
            run.append(effect)
        elif run:
            found.append(sorted(run))
            run = []
    return found


@given(st.lists(effects), st.booleans())
def test_arranging_moves_nothing_across_another_kind(asked, autosync):
    arranged = [effect for effect in arrange(list(asked), RANK, autosync) if effect[0] != SYNC]
    asked = [effect for effect in asked if effect[0] != SYNC]
    still = [e for e in arranged if e[0] not in (SEND, SET, CANCEL)]
    assert still == [e for e in asked if e[0] not in (SEND, SET, CANCEL)]
    assert [e[0] in (SEND, SET, CANCEL) for e in arranged] == [e[0] in (SEND, SET, CANCEL) for e in asked]


@given(st.lists(effects), st.booleans())
def test_sends_at_one_instant_go_by_destination_and_each_link_keeps_its_order(asked, autosync):
    arranged = arrange(list(asked), RANK, autosync)
    for one, next_ in pairwise(arranged):
        if one[0] == next_[0] == SEND:
            assert RANK(one[1]) <= RANK(next_[1])
    for name in "abc":
        mine = [e for e in arranged if e[0] == SEND and e[1] == name]
        assert mine == [e for e in asked if e[0] == SEND and e[1] == name]


@given(st.lists(effects))
def test_timers_set_at_one_instant_go_by_name_and_each_name_keeps_its_order(asked):
    arranged = arrange(list(asked), RANK, autosync=False)
    for one, next_ in pairwise(arranged):
        if {one[0], next_[0]} <= {SET, CANCEL}:
            assert one[1] <= next_[1]
    for name in "tu":
        mine = [e for e in arranged if e[0] in (SET, CANCEL) and e[1] == name]
        assert mine == [e for e in asked if e[0] in (SET, CANCEL) and e[1] == name]


@given(st.lists(effects))
def test_by_default_nothing_leaves_before_what_was_written_is_forced(asked):
    unforced = 0
    for effect in arrange(list(asked), RANK, autosync=True):
        if effect[0] in LEAVES:
            assert not unforced
        unforced = unforced + 1 if effect[0] == WRITE else 0 if effect[0] == SYNC else unforced
    assert not unforced, "and nothing stays unforced after the handler"


@given(st.lists(effects))
def test_without_autosync_only_a_sync_forces(asked):
    arranged = arrange(list(asked), RANK, autosync=False)
    assert arranged.count((SYNC,)) == asked.count((SYNC,))


def test_every_run_of_writes_is_forced_once():
    send = (SEND, "b", 1)
    assert arrange([PUT, PUT, send, send, PUT], RANK, True) == [PUT, PUT, (SYNC,), send, send, PUT, (SYNC,)]
    assert arrange([PUT, (SYNC,), send], RANK, True) == [PUT, (SYNC,), send]
    assert arrange([(SEND, "c", 1), (SEND, "a", 2), PUT, (SEND, "b", 3), (SEND, "a", 4)], RANK, False) == [
        (SEND, "a", 2),
        (SEND, "c", 1),
        PUT,
        (SEND, "a", 4),
        (SEND, "b", 3),
    ]


# --- the disk ---


def append(value):
    return (WRITE, "append", None, value)


def store(forced=(), pending=()):
    disk = Store()
    for write in forced:
        disk.write(write)
    disk.force()
    for write in pending:
        disk.write(write)
    return disk


def test_a_crash_keeps_any_prefix_and_may_tear_the_next_log_record():
    disk = store(pending=[PUT, append("r1"), append("r2")])
    assert disk.crash_outcomes() == [(0, False), (1, False), (1, True), (2, False), (2, True), (3, False)]
    left = {}
    for outcome in disk.crash_outcomes():
        after = disk.copy()
        after.crash(*outcome)
        assert not after.pending
        left[outcome] = (after.data, after.log)
    assert left == {
        (0, False): ({}, []),
        (1, False): ({"x": 1}, []),
        (1, True): ({"x": 1}, [TORN]),
        (2, False): ({"x": 1}, ["r1"]),
        (2, True): ({"x": 1}, ["r1", TORN]),
        (3, False): ({"x": 1}, ["r1", "r2"]),
    }


def test_what_was_forced_survives_every_crash():
    disk = store(forced=[PUT, append("old")], pending=[(WRITE, "delete", "x", None), append("new")])
    for outcome in disk.crash_outcomes():
        after = disk.copy()
        after.crash(*outcome)
        assert after.log[:1] == ["old"]
        assert ("x" in after.data) is (outcome[0] == 0)


def view(disk=None):
    asked = []
    return DiskView(disk or Store(), asked), asked


def test_a_node_reads_its_own_writes_before_they_are_forced():
    disk, asked = view(store(forced=[PUT], pending=[append("r1")]))
    disk["y"] = 2
    del disk["x"]
    disk.log.append("r2")
    assert dict(disk) == {"y": 2} and list(disk.log) == ["r1", "r2"] and disk.log[-1] == "r2"
    assert asked == [(WRITE, "put", "y", 2), (WRITE, "delete", "x", None), append("r2")]
    disk.sync()
    assert asked[-1] == (SYNC,)
    assert repr(disk) == "{'y': 2}, log ['r1', 'r2']"


def test_the_disk_is_a_mapping():
    disk, _ = view()
    disk.update(x=1, y=2)
    assert disk.get("z", 0) == 0 and disk.pop("x") == 1 and len(disk) == 1 and "y" in disk
    with pytest.raises(KeyError, match="z"):
        del disk["z"]


def test_nothing_in_memory_aliases_what_was_written():
    votes = {"a": [1]}
    disk, asked = view()
    disk["votes"] = votes
    disk.log.append(votes)
    votes["a"].append(2)
    assert disk["votes"] == disk.log[0] == asked[0][3] == {"a": (1,)}
    with pytest.raises(TypeError, match="changes only by assignment"):
        disk["votes"]["b"] = 1


@pytest.mark.parametrize("value", [Slot(1), [Slot(1)], {"a": Slot(1)}, lambda: 0])
def test_a_disk_keeps_plain_data_only(value):
    disk, asked = view()
    with pytest.raises(TypeError, match="is no plain data: give its fields, not the"):
        disk["x"] = value
    assert not asked


def test_a_named_tuple_comes_back_from_disk_with_its_names():
    disk, _ = view()
    disk.log.append(Point(1, [2]))
    assert disk.log[0].y == (2,)
