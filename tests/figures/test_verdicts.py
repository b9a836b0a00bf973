"""The picture of a judged history."""

import re

from hypothesis import given
from hypothesis import strategies as st

from distlab import History, Operation
from distlab.checking import Register, consistent, linearizable
from distlab.figures import history, judged


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
        "does not fit: the state is 1 by then" in picture.svg
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


def numbers(picture):
    return re.findall(r'class="number".*?>(\d+)</text>', picture.svg)


def test_the_points_stand_in_order_and_say_what_each_change_made():
    picture = judged(linearizable(FINE, Register(0)))
    assert numbers(picture) == ["1", "2", "3"]
    assert re.findall(r">(now [^<]*)<", picture.svg) == ["now 1"]
    xs = [float(x) for x in re.findall(r'class="point" d="M([\d.]+),', picture.svg)]
    assert xs == sorted(xs)


def test_a_level_without_times_numbers_its_order_in_the_bars():
    picture = judged(consistent(STALE, "sequential", Register(0)))
    assert count(picture, "point") == 0 and numbers(picture) == ["2", "3", "1"]
    assert "The numbers are an order that explains every result." in picture.svg


def test_where_each_client_has_its_own_order_it_is_told_in_words():
    two = [write("ana", 1, 0, 10), write("ben", 2, 1, 9), read("cyd", 1, 11, 12), read("cyd", 2, 13, 14)]
    picture = judged(consistent(History(two), "causal", Register(0)))
    assert "cyd may have seen: ana's write 1, read → 1, ben's write 2, read → 2" in picture.svg.replace(
        "&#x27;", "'"
    )
    assert numbers(picture) == []


def test_what_cannot_be_ordered_at_a_weaker_level_is_framed():
    verdict = consistent(History([read("ana", 1, 0, 1), write("ana", 1, 2, 3)]), "causal", Register(0))
    picture = judged(verdict)
    assert picture.svg.count('stroke="var(--red)" stroke-width="2"') == len(verdict.core) > 0
    assert "does not fit" not in picture.svg


def test_a_history_alone_has_no_opinion_and_its_numbers_are_places():
    picture = history(STALE, "What was seen", numbered=True)
    assert numbers(picture) == ["1", "2", "3"] and "var(--red)" not in picture.svg
    assert repr(picture) == "History: What was seen: ana: write 1; ben: read -> 1; cyd: read -> 0"
    assert repr(history(STALE)).startswith("History: 3 operations of 3 clients: ")
    assert numbers(history(STALE)) == []


def test_a_read_of_nothing_says_so():
    assert ">read → None<" in history(History([read("ana", None, 0, 1)])).svg


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


def test_a_verdict_shows_itself():
    verdict = linearizable(STALE, Register(0))
    data, _ = verdict._repr_mimebundle_()
    assert data["text/plain"] == repr(verdict) and data["image/svg+xml"] == judged(verdict).plain
    assert verdict.diagram(title="Why").text.startswith("Why (3 operations): ")
