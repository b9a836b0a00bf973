"""The picture of a judged history."""

import re

from hypothesis import given
from hypothesis import strategies as st

from distlab import History, Operation
from distlab.checking import Register, linearizable
from distlab.figures import judged


def write(client, value, called, returned):
    return Operation(client, ("write", value), called=called, returned=returned)


def read(client, value, called, returned):
    return Operation(client, ("read",), value, called=called, returned=returned)


STALE = History([write("ana", 1, 0, 10), read("ben", 1, 1, 3), read("cyd", 0, 4, 6)])
FINE = History([write("ana", 1, 0, 10), read("ben", 0, 1, 3), read("cyd", 1, 4, 6)])


def count(picture, name):
    return len(re.findall(rf'class="{name}[" ]', picture.svg))


def test_a_pass_has_a_point_for_every_operation_and_no_red():
    picture = judged(linearizable(FINE, Register(0)))
    assert count(picture, "operation") == count(picture, "point") == 3
    assert "var(--red)" not in picture.svg and "is linearizable" in picture.svg


def test_a_failure_frames_the_core_crosses_what_fits_nowhere_and_says_the_state_and_why():
    verdict = linearizable(STALE, Register(0))
    picture = judged(verdict)
    assert picture.svg.count('stroke="var(--red)" stroke-width="2"') == len(verdict.core) == 2
    assert (
        "the state here is 1" in picture.svg
        and verdict.why.split(",")[0].replace("'", "&#x27;") in picture.svg
    )
    assert repr(picture) == f"This history is not linearizable (3 operations): {verdict.why}"


def test_what_never_returned_is_open_to_the_right_edge():
    unknown = Operation("ben", ("write", 2), outcome="unknown", called=5)
    picture = judged(linearizable(History([write("ana", 1, 0, 4), unknown]), Register(0)))
    (x, width) = re.search(
        r'class="operation unknown" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture.svg
    ).groups()
    assert float(x) + float(width) == picture.size[0] - 18


def test_no_operation_at_all_is_a_picture_that_says_so():
    assert "nothing was judged" in judged(linearizable(History([]), Register(0))).svg


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 3), st.booleans(), st.integers(1, 6)), max_size=8
    )
)
def test_every_operation_is_drawn_once_and_inside(described):
    clock = dict.fromkeys("abc", 0)
    operations = []
    for client, value, reads, lasts in described:
        called = clock[client] + 1
        clock[client] = called + lasts
        make = read if reads else write
        operations.append(make(client, value, called, clock[client]))
    picture = judged(linearizable(History(operations), Register(0)))
    assert count(picture, "operation") == len(operations)
    for x, width in re.findall(
        r'class="operation completed" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture.svg
    ):
        assert float(x) >= 0 and float(x) + float(width) <= picture.size[0]
