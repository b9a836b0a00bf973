"""The game of histories, played without a browser."""

import base64

import pytest

from distlab import history_game
from distlab.history import Operation
from distlab.widgets.histories import MOST


def write(client, value, called, returned):
    return Operation(client, ("write", value), None, called=called, returned=returned)


def read(client, value, called, returned):
    return Operation(client, ("read",), value, called=called, returned=returned)


def shown(game):
    return game.children[-1].value


def test_it_begins_with_a_history_that_is_sequential_and_not_linearizable():
    game = history_game()
    assert game.signs == "✗ linearizable · ✓ sequential · ✓ causal · ? eventual"
    assert "carl&#x27;s read returned 0, but ben&#x27;s read had already returned 1" in shown(game)
    assert game.found == ["sequential"]


def test_what_the_browser_turns_is_judged_at_once():
    game = history_game()
    carl = game._rows.children[2]
    carl._what.value = (("read",), 1)
    assert game.strongest == "linearizable" and "linearizable" in game.found
    carl._what.value = (("read",), 0)
    carl._when.value = (25, 45)
    assert game.strongest == "linearizable", "it overlaps ben's read, so it may come first"
    carl._who.value = "dora"
    assert game.history.clients == ("ana", "ben", "dora")


@pytest.mark.parametrize(
    ("operations", "strongest"),
    [
        ([write("ana", 1, 0, 10), read("ben", 1, 20, 30)], "linearizable"),
        ([write("ana", 1, 0, 10), read("ben", 0, 20, 30)], "sequential"),
        (
            [write("ana", 1, 0, 10), write("ben", 2, 0, 10), read("ana", 2, 20, 30), read("ben", 1, 20, 30)],
            "causal",
        ),
        ([write("ana", 1, 0, 10), read("ana", 0, 20, 30)], "none of these three"),
        (
            [write("ana", 1, 0, 10), write("ana", 1, 20, 30), read("ben", 0, 40, 50), read("ben", 1, 60, 70)],
            "sequential",
        ),
        ([write("ana", 0 + 1, 0, 10), read("ben", 3, 20, 30)], "none of these three"),
    ],
)
def test_the_strongest_promise(operations, strongest):
    game = history_game(*operations)
    assert game.strongest == strongest and game.found == [strongest]


def test_what_cannot_be_known_is_not_counted_as_found():
    twice = [write("ana", 1, 0, 10), write("ben", 1, 0, 10), write("ben", 2, 15, 20)]
    game = history_game(
        *twice, *[read("carl", v, at, at + 5) for v, at in ((1, 25), (2, 35), (1, 45), (2, 55))]
    )
    assert game.verdicts["sequential"].ok is False and game.verdicts["causal"].ok is None
    assert game.strongest == "not known" and "not known" not in game.found
    assert "write distinct values" in " ".join(game.reasons)


def test_all_four_can_be_found():
    game = history_game()
    assert "Still to find: linearizable, causal, none of these three." in shown(game)
    game.set(2, result=1)
    game.set(2, client="ben", result=0, called=60, returned=70)
    assert game.strongest == "none of these three"
    game._begin()
    game.set(1, client="ben", call=("write", 2), result=None)
    game.set(2, client="ana", result=2, called=60, returned=70)
    game.add(read("ben", 1, 60, 70))
    assert game.strongest == "causal"
    assert "That is all there are." in shown(game) and len(game.found) == 4


def test_two_calls_of_one_client_at_once_are_no_history():
    game = history_game()
    before = game.history
    game._rows.children[2]._who.value = "ben"
    game._rows.children[2]._when.value = (25, 45)
    assert game.wrong.startswith("ben has two calls open at 25")
    assert "distlab-wrong" in shown(game) and "opacity:.4" in shown(game)
    game._rows.children[2]._when.value = (35, 45)
    assert game.wrong == "" and game.history != before and "opacity:.4" not in shown(game)


def test_eventual_is_judged_after_all_is_quiet():
    game = history_game(write("ana", 1, 0, 10), read("ben", 1, 85, 90), read("carl", 1, 85, 90))
    assert game.verdicts["eventual"].ok is True
    game.set(2, result=0)
    assert game.verdicts["eventual"].ok is False
    game.set(0, returned=85)
    assert game.verdicts["eventual"].ok is None
    assert "all was not quiet at 80" in " ".join(game.reasons)


def test_one_more_and_one_away():
    game = history_game()
    for number in range(3, MOST):
        game._add.click()
        assert len(game.history) == number + 1 and game.wrong == ""
    assert game._add.disabled
    with pytest.raises(ValueError, match="the game shows 8 operations at the most"):
        game.add()
    game._rows.children[-1].children[-1].click()
    assert len(game.history) == MOST - 1 and not game._add.disabled
    for _ in range(MOST):
        game._rows.children[0].children[-1].click()
    assert len(game.history) == 1, "the last one stays"
    game._back.click()
    assert game.signs == history_game().signs


@pytest.mark.parametrize(
    ("operation", "kind", "sentence"),
    [
        ("write 1", TypeError, "the game is played with Operations, not 'write 1'"),
        (write("eve", 1, 0, 10), ValueError, "the game has ana, ben, carl, dora, not 'eve'"),
        (write("ana", 9, 0, 10), ValueError, "writes of 1 to 3 and reads of 0 to 3, not ana: write 9"),
        (read("ana", 1, 0, 120), ValueError, "from 0 to 120; in the game from 0 to 100 in steps of 5"),
        (read("ana", 1, 3, 10), ValueError, "in steps of 5"),
        (Operation("ana", ("write", 1), outcome="unknown", called=0), ValueError, "from 0 to None"),
    ],
)
def test_what_does_not_fit_the_game(operation, kind, sentence):
    with pytest.raises(kind, match=sentence):
        history_game(operation)


def test_what_cannot_be_set():
    game = history_game()
    with pytest.raises(TypeError, match=r"an operation of the game has client, call, .*; not colour"):
        game.set(0, colour="red")
    with pytest.raises(IndexError):
        game.set(7, result=1)


def test_without_a_kernel_there_is_a_picture_and_a_line():
    game = history_game()
    data, _ = game._repr_mimebundle_()
    assert (
        data["text/plain"]
        == repr(game)
        == (
            "history_game(ana: write 1; ben: read -> 1; carl: read -> 0): "
            "✗ linearizable · ✓ sequential · ✓ causal · ? eventual"
        )
    )
    assert base64.b64decode(data["image/png"])[:4] == b"\x89PNG"
