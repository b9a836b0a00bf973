'''The exercise machine: exercises that answer.

A learner sees five functions: `check`, `hint`, `solution`, `progress` and `predict`.

An author defines an exercise once. The statement and the stub stand in the notebook; what judges it, what
helps, and a reference stand here, in the file (or the folder) of the chapter, as ``background`` for chapter 1:

>>> @exercise(
...     "1.4",
...     "Single points of failure",
...     points=2,
...     wanted=Function("weak_spots", stub),                 # or NodeClass, PlainClass, Answer, Several
...     hints=["Take something away, and see whether the rest holds together.", "..."],
...     reference=(solutions.weak_spots,),                    # or the source itself, as a str
... )
... def battery(weak_spots, course):
...     """What is tried, in one line."""
...     for name, graph in networks(course):                  # the small ones first
...         got = call(weak_spots, graph.copy())              # exceptions and endless loops end as a NotYet
...         if got != right(graph):
...             raise NotYet(
...                 f"On {name} it missed the node {node}.",  # what came
...                 "It returns all nodes that ...",          # what was expected
...                 f"Without {node} there is no way ...",    # why
...                 "take each node away",                    # what to do about it
...             )
...     return "36 networks, 41 weak nodes, all found"        # what was tried

Nodes are tried with `try_all(cases, judge)`: a `Case` is a small description (words, nodes, seed, network,
faults, until), the judge gets the case and its trace and raises `NotYet`, with ``trace=``, ``mark=`` and
``between=`` for the diagram. The first case that fails is what the learner sees, without the faults that it
fails without; so a judge reads what to expect from ``case.faults``. `until(trace, event)` cuts a run behind
the event in question.

In the notebook the stub stands in a cell of its own with the metadata ``{"distlab": {"exercise": "1.4"}}``, and
the cell ``check("1.4", weak_spots)`` behind it carries nbgrader's: `tests.solved.solve.check` makes it. The stub's
cell has none of nbgrader's, which would empty it when it generates an assignment. References stand in
``solutions``, as a learner would write them; one replaces the whole of the stub's cell, and the tests run every
chapter with all of them in place.

A battery looks at messages, completed operations, notes and ``state``, never at a learner's attributes. It
draws from ``course.random("1.4", 0)`` and ``course.seed`` alone, so that every machine tries the same and a
teacher's ``DISTLAB_COURSE=seed=7`` tries something else. It runs in a process of its own, twice, under two
hash seeds (`worker`); what it says comes back as plain data, nothing is unpickled. It keeps no mutable
globals.
'''

from distlab.exercises.course import Course
from distlab.exercises.guess import predict
from distlab.exercises.machine import NotPassed, check, hint, solution
from distlab.exercises.record import progress
from distlab.exercises.registry import Exercise, NotYet, Passed, UnknownExercise, exercise
from distlab.exercises.trials import Case, call, run, try_all
from distlab.exercises.verdict import Verdict, until
from distlab.exercises.wanted import Answer, Function, NodeClass, PlainClass, Several

__all__ = [
    "Answer",
    "Case",
    "Course",
    "Exercise",
    "Function",
    "NodeClass",
    "NotPassed",
    "NotYet",
    "Passed",
    "PlainClass",
    "Several",
    "UnknownExercise",
    "Verdict",
    "call",
    "check",
    "exercise",
    "hint",
    "predict",
    "progress",
    "run",
    "solution",
    "try_all",
    "until",
]
