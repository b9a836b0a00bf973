"""Choices and schedules: plain data, and what is refused."""

import pytest

from distlab.schedule import Choice, Schedule


def test_a_schedule_is_plain_data():
    data = [
        ("start", "a"),
        ("deliver", "a", "b", 2),
        ("deliver", "a", "b"),
        ("fire", "a", "timeout", {"answers": [1, 0], "clock": [2.5]}),
        ("crash", "a", {"kept": 1, "torn": True}),
        ("recover", "a", {"crash_after": 2, "kept": 1}),
        ("drop", "a", "b", 3),
        ("duplicate", "a", "b"),
    ]
    schedule = Schedule(data)
    assert [choice.plain() for choice in schedule] == data
    assert Schedule(schedule) == schedule and hash(Schedule(data)) == hash(schedule)
    assert schedule[1:3] == Schedule(data[1:3]) and schedule[0] == Choice("start", "a") and len(schedule) == 8
    assert eval(repr(schedule)) == schedule
    assert [choice.node for choice in schedule] == ["a", "b", "b", "a", "a", "a", "b", "b"]


def test_an_empty_dict_of_options_is_no_option():
    assert Choice.of(("deliver", "a", "b", {})) == Choice("deliver", "a", "b")


@pytest.mark.parametrize(
    ("data", "kind", "sentence"),
    [
        (("fly", "a"), ValueError, "a choice is one of start, deliver, drop, .* not 'fly'"),
        (("deliver", "a"), ValueError, r"'deliver' takes \(sender, receiver, \[n\]\), not \('a',\)"),
        (("crash", "a", "b"), ValueError, r"'crash' takes \(node\)"),
        (("deliver", "a", "b", "1"), TypeError, "n in 'deliver' is a number, 1 or more, not '1'"),
        (("deliver", "a", "b", 0), TypeError, "n in 'deliver' is a number, 1 or more, not 0"),
        (("deliver", "a", 5), TypeError, "receiver in 'deliver' is a str, not 5"),
        (("fire", "a", 1), TypeError, "timer in 'fire' is a str, not 1"),
        (
            ("deliver", "a", "b", {"answer": [0]}),
            ValueError,
            "only the options answers, clock, crash_after here, not 'answer'",
        ),
        (("deliver", "a", "b", {"kept": 1}), ValueError, "only the options .* here, not 'kept'"),
        (
            ("crash", "a", {"crash_after": 1}),
            ValueError,
            "'crash' has only the options kept, torn here, not 'crash_after'",
        ),
        (("drop", "a", "b", {"answers": [0]}), ValueError, "'drop' has no options here"),
        (("start", "a", {"answers": 0}), TypeError, "answers is a list of numbers, not 0"),
        (("start", "a", {"crash_after": -1}), TypeError, "crash_after is a number, zero or more, not -1"),
        ("deliver a b", TypeError, r'a choice is a tuple such as \("deliver", "a", "b", 1\), not'),
        ((), TypeError, "a choice is a tuple"),
        ((1, "a"), TypeError, "a choice is a tuple"),
    ],
)
def test_what_is_no_choice(data, kind, sentence):
    with pytest.raises(kind, match=sentence):
        Schedule([data])
