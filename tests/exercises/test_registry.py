"""Exercises, hints, solutions, courses."""

import pytest

from distlab.exercises import Answer, Course, UnknownExercise, exercise, hint, solution
from distlab.exercises.machine import UnknownHint
from distlab.exercises.registry import every, find
from tests.exercises import toys  # noqa: F401

EXERCISES = every()


def test_the_toys_are_no_part_of_the_course():
    assert "99.1" not in [one.id for one in EXERCISES]
    assert find("99.1").title == "Double"


@pytest.mark.parametrize("one", EXERCISES, ids=lambda one: one.id)
def test_every_exercise_is_whole(one):
    assert len(one.hints) >= 2
    assert one.points >= 1
    assert all(text.strip() == text and text for text in (one.title, *one.hints))
    compile(one.source, one.id, "exec")
    assert one.wanted.task().endswith("then run this cell again.")


def test_a_hint_says_where_there_is_more():
    assert hint("99.3") == '99.3 Two things, hint 1 of 3\n  1\n  → hint("99.3", 2) says more'
    assert repr(hint("99.3", 3)) == '99.3 Two things, hint 3 of 3\n  3\n  → solution("99.3") shows one way'


@pytest.mark.parametrize("n", [0, 4, "1", 1.0, None])
def test_a_hint_that_there_is_not(n):
    with pytest.raises(UnknownHint, match=r"99\.3 has 3 hints: hint\('99\.3', n\) with n from 1 to 3, not"):
        hint("99.3", n)


def test_a_solution_is_program_text():
    source = solution("1.1")
    assert repr(source).startswith("class Stamped(Message):\n    time: int\n")
    assert "\n\n\nclass Walker(Node):\n" in source
    assert source._repr_markdown_() == f"```python\n{source}```"


def test_a_teacher_hides_solutions(monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", "seed=3, solutions=hidden")
    assert "solutions are not shown" in solution("1.1")
    assert "class" not in solution("1.1")
    assert hint("99.3", 3).endswith("this is the last one")


@pytest.mark.parametrize("ask", [hint, solution])
def test_nothing_is_said_about_an_exercise_that_there_is_not(ask):
    with pytest.raises(
        UnknownExercise, match=r"there is no exercise '1\.77'; there are 1\.1, 1\.2"
    ) as raised:
        ask("1.77")
    assert raised.value._render_traceback_() == [f"UnknownExercise: {raised.value}"]


def test_a_course_is_a_line_or_a_file(tmp_path):
    assert Course.now({}) == Course(0, "shown")
    assert Course.now({"DISTLAB_COURSE": "seed=12"}) == Course(12, "shown")
    file = tmp_path / "course.txt"
    file.write_text("# autumn\nseed = 7   # as every year\nsolutions = hidden\n")
    assert Course.now({"DISTLAB_COURSE": str(file)}) == Course(7, "hidden")


@pytest.mark.parametrize(
    "text", ["seed=x", "seed=-1", "solutions=maybe", "x=1", "seed=1;solutions=hidden", "no/such"]
)
def test_a_course_that_says_nothing_of_the_kind(text):
    with pytest.raises(ValueError, match="DISTLAB_COURSE"):
        Course.now({"DISTLAB_COURSE": text})


def test_a_course_draws_the_same_for_the_same_names():
    draws = [Course(seed).random("1.1", n).random() for seed in (0, 1) for n in (0, 1)]
    assert draws == [Course(seed).random("1.1", n).random() for seed in (0, 1) for n in (0, 1)]
    assert len(set(draws)) == 4


WANTED = Answer("x", 0, lambda value: None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"id": "1"}, "chapter, dot, number"),
        ({"id": "99.1"}, "there are two exercises 99.1"),
        ({"hints": "one"}, "a list of hints"),
        ({"hints": []}, "a list of hints"),
        ({"points": 0}, "at least one point"),
    ],
)
def test_an_exercise_that_is_not_well_made_is_refused(wrong, sentence):
    made = {
        "id": "99.9",
        "title": "t",
        "points": 1,
        "wanted": WANTED,
        "hints": ["x"],
        "reference": "",
    } | wrong
    with pytest.raises(ValueError, match=sentence):
        exercise(made.pop("id"), made.pop("title"), **made)(lambda attempt, course: "")
