"""Exercises to test the machine with; no chapter has them."""

from distlab.exercises import Answer, Function, NotYet, Passed, Several, call, exercise


def anything(value):
    return None


@exercise(
    "99.1", "Double", points=1, wanted=Function("double"), hints=["add"], reference="double = lambda x: 2 * x"
)
def double(attempt, course):
    for x in range(3 + course.seed):
        if call(attempt, x) != 2 * x:
            raise NotYet(f"double({x}) is {attempt(x)!r}.", f"It is {2 * x}.", advice="add")
    return f"{3 + course.seed} numbers"


@exercise(
    "99.2", "A broken battery", points=1, wanted=Answer("a number", 0, anything), hints=["?"], reference="1"
)
def broken(attempt, course):
    raise ZeroDivisionError("nobody saw this coming")


@exercise(
    "99.3",
    "Two things",
    points=2,
    wanted=Several(Function("one"), Function("two")),
    hints=["1", "2", "3"],
    reference="one = two = str",
)
def two_things(attempt, course):
    return Passed("two things", mark=(1, 2, "here"))
