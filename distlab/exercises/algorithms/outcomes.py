"""3.4 Who writes what: five short stories about a lease, a pause, and a store that looks at tokens, or does not."""

from __future__ import annotations

from typing import Any

import msgspec

from distlab import values
from distlab.algorithms.locks import Holder, LeaseService, Resource, Wrote
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, Passed, exercise
from distlab.exercises.trials import progress
from distlab.exercises.wanted import Answer
from distlab.faults import Pause
from distlab.network import Network
from distlab.simulate import Simulation
from distlab.trace import Trace

PEOPLE = ("ana", "ben")
LEASE, TRUST, WORK, DELAY, BEGIN = 100.0, 95.0, 20.0, 5.0, 60.0  # ms
AFTER_BEN, INTO_BEN = 180.0, 127.0  # when Ana wakes: Ben has finished; Ben has read, and not yet written
Outcome = tuple[list[str], int]


class Story(msgspec.Struct, frozen=True):
    """One of the five.

    Attributes
    ----------
    words : str
        What happens.
    checks : {"all", "writes", "nothing"}
        What the store looks at.
    wakes : float or None
        When Ana, who was paused behind her read, goes on; None: she is not paused.
    why : str
        How it comes to what it comes to.
    """

    words: str
    checks: str
    wakes: float | None
    why: str


STORIES = {
    "A": Story(
        "nobody is paused; the store checks nothing",
        "nothing",
        None,
        "Ana has written, and released the lock, when Ben asks for it: one after the other, as it should be.",
    ),
    "B": Story(
        "Ana is paused between her read and her write, and wakes when Ben has finished; the store checks nothing",
        "nothing",
        AFTER_BEN,
        "Nobody stops Ana's write, and it says what she worked out before her pause: 0 + 1.",
    ),
    "C": Story(
        "as B, but the store checks the tokens of writes",
        "writes",
        AFTER_BEN,
        "The store has accepted a write with token 2 when Ana's comes with token 1.",
    ),
    "D": Story(
        "Ana is paused between her read and her write, and wakes when Ben has read and not yet written; the store "
        "checks the tokens of writes",
        "writes",
        INTO_BEN,
        "When Ana's write comes, the store has seen no write with a larger token, only Ben's read, at which it did "
        "not look. And Ben writes what he worked out from the 0 that he had read.",
    ),
    "E": Story(
        "as D, but the store checks the tokens of reads and writes",
        "all",
        INTO_BEN,
        "Ben's read has shown token 2 to the store before Ana's write came with token 1.",
    ),
}


def told(story: Story) -> Trace:
    """The run of a story: Ana asks for the lock at once, Ben 60 ms later; each adds one to what it reads."""
    nodes = {
        "lock": LeaseService(LEASE),
        "ana": Holder("lock", "store", TRUST, work=WORK),
        "ben": Holder("lock", "store", TRUST, work=WORK, begin=BEGIN),
        "store": Resource(story.checks),
    }
    pauses = [] if story.wakes is None else [Pause("ana", 25, story.wakes)]
    return Simulation(nodes, network=Network(DELAY), faults=pauses).run()


def outcome(trace: Trace) -> Outcome:
    """Whose writes the store accepted, in order, and what it holds in the end."""
    accepted = [flight.receiver for flight in trace.messages(Wrote)]
    log = [event.detail[2] for event in trace.events if event.kind == "wrote" and event.node == "store"]
    return accepted, [value for kind, _, value in log if kind == "write"][-1]


# --- what an answer is ---


def _no_outcome(name: str, given: Any) -> str | None:
    """What keeps a value from being the outcome of a story."""
    example = '(["ana", "ben"], 2)'
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return f"{name}: an outcome is two things, as {example}; this is {values.text(given)}."
    accepted, value = given
    if not isinstance(accepted, (list, tuple)) or not all(who in PEOPLE for who in accepted):
        said = values.text(accepted)
        return f"{name}: the writes are a list of the names ana and ben, as in {example}; this is {said}."
    if isinstance(value, bool) or not isinstance(value, int):
        return (
            f"{name}: what the store holds is a whole number, as in {example}; this is {values.text(value)}."
        )
    return None


def _no_outcomes(outcomes: Any) -> str | None:
    if not isinstance(outcomes, dict) or set(outcomes) != set(STORIES):
        return "The answer is the dict of the stub, with an outcome for each of A, B, C, D and E."
    given = ((name, one) for name, one in outcomes.items() if one is not ...)
    return next((wrong for name, one in given if (wrong := _no_outcome(name, one))), None)


class _Outcomes(Answer):
    """A dict of answers, of which some may still be open."""

    def untouched(self, attempt: Any) -> bool:
        """Whether all are still open."""
        return isinstance(attempt, dict) and all(value is ... for value in attempt.values())

    def missing(self, attempt: Any) -> str | None:
        """The first that is still open."""
        return next(
            (f"There is no outcome yet for story {n}." for n, one in attempt.items() if one is ...), None
        )


@exercise(
    "3.4",
    "Who writes what",
    points=3,
    wanted=_Outcomes("an outcome for each story", dict.fromkeys(STORIES, ...), _no_outcomes),
    hints=[
        "Write the four steps of each story in order: who reads what, and when; who writes what, and when. The lock "
        "gives Ana token 1 and Ben token 2.",
        "A write says what its writer worked out from what *she* had read, however long ago that was.",
        "A store that checks remembers the largest token that it has looked at. In D it has looked at no token of "
        "Ben's when Ana's write comes; in E it has.",
    ],
    reference="""
        outcomes = {
            "A": (["ana", "ben"], 2),
            "B": (["ben", "ana"], 1),
            "C": (["ben"], 1),
            "D": (["ana", "ben"], 1),
            "E": (["ben"], 1),
        }
        """,
)
def battery(outcomes: dict[str, Outcome], course: Course) -> str:
    """Each story is run, and what comes of it compared with what was foretold."""
    trace = None
    for name, story in STORIES.items():
        progress.case(f"story {name}")
        accepted, value = outcomes[name]
        trace = told(story)
        compare(name, story, (list(accepted), value), trace)
    return Passed(
        "Five stories, five outcomes; in D a store that looks at writes only has let an update go, in E it is safe",
        trace=trace,
        title="E: Ben's read has told the store that Ana comes too late",
    )


def compare(name: str, story: Story, foretold: Outcome, trace: Trace) -> None:
    """See whether a story ends as foretold; say what came, without the end of the others."""
    came = outcome(trace)
    if foretold == came:
        return
    if foretold[0] != came[0]:
        got = f"the store accepted {_writes(came[0])}; you said {_writes(foretold[0])}"
    else:
        got = f"the store accepted {_writes(came[0])}, and holds {came[1]} in the end; you said {foretold[1]}"
    raise NotYet(
        f"Story {name}: {got}.",
        f"The story was: {story.words}.",
        story.why,
        "who has read what by then, and which tokens has the store looked at?",
        trace=trace,
        title=f"Story {name}",
    )


def _writes(names: list[str]) -> str:
    """Whose writes, in words: ``ben's write, then ana's``."""
    return ", then ".join(f"{who}'s" if i else f"{who}'s write" for i, who in enumerate(names)) or "no write"
