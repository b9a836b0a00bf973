"""The picture of transactions and what has to come before what among them.

One drawing is held to the byte; after a change that is meant, look at it, then write it with

    DISTLAB_RENEW=1 python -m pytest tests/figures/test_dependencies.py
"""

import os
import re
from pathlib import Path

import pytest
from hypothesis import given

from distlab.checking import isolated, serializable
from distlab.figures import dependencies
from distlab.history import History
from tests.checking.test_isolation import EXAMPLES, a, r, runs, txn, w

KEPT = Path(__file__).parent / "kept" / "write_skew.svg"
SKEW = [
    txn(1, r("X"), r("Y"), w("X", 1)),
    txn(2, r("X"), r("Y"), w("Y", 1)),
]
FINE = [txn(1, r("X"), w("X", 1)), txn(2, r("X", 1), w("X", 2)), txn(3, r("X", 2))]
VERSIONS = {"X": [1, 2]}


def boxes(picture):
    found = re.findall(
        r'class="transaction" x="([\d.-]+)" y="([\d.-]+)" width="([\d.]+)" height="([\d.]+)"', picture.svg
    )
    return [
        (float(x), float(y), float(x) + float(wide), float(y) + float(high)) for x, y, wide, high in found
    ]


def words(picture):
    return " ".join(re.findall(r">([^<>]+)</text>", picture.svg)).replace("&#x27;", "'").replace("&gt;", ">")


def red_arrows(picture):
    return re.findall(r'class="tie (\w*)" d="[^"]*" stroke="var\(--red\)"', picture.svg)


@pytest.mark.parametrize(("name", "level", "history", "why"), EXAMPLES, ids=[e[0] for e in EXAMPLES])
def test_every_anomaly_is_drawn_with_a_sentence_for_each_edge(name, level, history, why):
    verdict = serializable(history)
    picture = dependencies(verdict)
    (anomaly,) = verdict.anomalies
    said = words(picture)
    assert (
        said.startswith(f"Not serializable: {name} ")
        and f"the weakest level that forbids it is {level}" in said
    )
    for sentence in [edge.why for edge in anomaly.edges] or [anomaly.why]:
        assert sentence in said
    kinds = [
        d["kind"]
        for edge in anomaly.edges
        for d in verdict.graph[edge.before][edge.after].values()
        if d["why"] == edge.why
    ]
    alone = [""] if not anomaly.edges and len(anomaly.transactions) == 2 else []
    assert red_arrows(picture) == kinds + alone
    framed = len(re.findall(r'class="transaction"[^>]* stroke="var\(--red\)"', picture.svg))
    assert framed == len(set(anomaly.transactions))


@pytest.mark.parametrize("history", [example[2] for example in EXAMPLES] + [FINE, SKEW, []])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_boxes_lie_inside_and_apart(history, theme):
    picture = dependencies(serializable(history, VERSIONS if history is FINE else None), theme=theme)
    wide, high = picture.size
    found = boxes(picture)
    for x0, y0, x1, y1 in found:
        assert 0 <= x0 < x1 <= wide and 0 <= y0 < y1 <= high
    for i, one in enumerate(found):
        for other in found[i + 1 :]:
            assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for x, y in re.findall(r'class="number" cx="([\d.-]+)" cy="([\d.-]+)"', picture.svg):
        assert 0 < float(x) < wide and 0 < float(y) < high


def test_a_serial_order_stands_from_left_to_right_and_nothing_is_red():
    picture = dependencies(serializable(FINE, VERSIONS))
    assert "var(--red)" not in picture.svg
    assert re.findall(r">(T\d) · c\d<", picture.svg) == ["T1", "T2", "T3"]
    assert [box[0] for box in boxes(picture)] == sorted(box[0] for box in boxes(picture))
    assert "one after the other from left to right explains every read" in words(picture)
    assert "T2 before T3: T3 read 2 from X, which T2 wrote" in words(picture)


def test_what_is_not_known_says_what_is_missing():
    picture = dependencies(serializable([txn(1, w("X", 1)), txn(2, w("X", 2)), txn(3, r("X", 2))]))
    assert words(picture).startswith(
        "Not known whether serializable no anomaly found, but the store has not said"
    )
    assert "var(--red)" not in picture.svg


def test_a_weaker_level_is_named_and_shows_no_order():
    picture = dependencies(isolated(SKEW, "snapshot isolation", {"X": [1], "Y": [1]}))
    assert words(picture).startswith("Snapshot isolation: nothing forbids it")


def test_of_many_transactions_those_of_the_circle_are_drawn():
    others = [txn(i, a("z", i)) for i in range(10, 40)]
    picture = dependencies(serializable([*EXAMPLES[-7][2], *others]))
    assert len(boxes(picture)) == len(EXAMPLES[-7][2]) and "30 other transactions not drawn" in words(picture)
    picture = dependencies(serializable(others))
    assert len(boxes(picture)) == 12 and "18 other transactions not drawn" in words(picture)


def test_a_transaction_of_many_steps_shows_the_first():
    picture = dependencies(serializable([txn(1, *[w("X", i) for i in range(9)])]))
    assert "write 3 to X 5 more steps" in words(picture) and "write 4 to X" not in words(picture)


def test_what_did_not_happen_is_dashed():
    verdict = serializable(EXAMPLES[1][2])
    assert verdict.anomalies[0].name == "G1a"
    assert re.search(r'class="transaction"[^>]* stroke-dasharray', dependencies(verdict).svg)


def test_the_drawing_is_what_it_was():
    picture = dependencies(serializable(SKEW, {"X": [1], "Y": [1]}))
    if os.environ.get("DISTLAB_RENEW"):
        KEPT.parent.mkdir(exist_ok=True)
        picture.save(KEPT)
    assert picture.plain == KEPT.read_text(encoding="utf-8")


@given(run=runs("append"))
def test_whatever_was_found_is_drawn_inside_and_told(run):
    verdict = serializable(run[0])
    picture = dependencies(verdict)
    wide, high = picture.size
    found = boxes(picture)
    assert all(0 <= x0 < x1 <= wide and 0 <= y0 < y1 <= high for x0, y0, x1, y1 in found)
    assert len(found) >= len(verdict.graph)
    for x, y in re.findall(r'class="number" cx="([\d.-]+)" cy="([\d.-]+)"', picture.svg):
        assert 0 < float(x) < wide and 0 < float(y) < high
    if verdict.ok is False:
        for edge in verdict.anomalies[0].edges:
            assert edge.why in words(picture).replace("&amp;", "&")
    assert ("var(--red)" in picture.svg) is (verdict.ok is False)


# --- what a notebook shows ---


def test_a_verdict_and_a_history_show_themselves():
    verdict = serializable(SKEW, {"X": [1], "Y": [1]})
    data, _ = verdict._repr_mimebundle_()
    assert data["text/plain"] == repr(verdict) and data["image/svg+xml"] == dependencies(verdict).plain
    assert set(data) == {"text/plain", "image/png", "image/svg+xml"}
    data, _ = History(SKEW)._repr_mimebundle_()
    assert data["text/plain"] == "<History: 2 operations, 2 clients>" and "image/svg+xml" in data


@pytest.mark.parametrize("many", [[], [txn(i, a("z", i)) for i in range(61)]])
def test_where_nothing_could_be_seen_there_are_only_words(many):
    assert set(serializable(many)._repr_mimebundle_()) == {"text/plain"}
    assert set(History(many)._repr_mimebundle_()) == {"text/plain"}
