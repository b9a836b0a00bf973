"""Exercise 3.4, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from distlab.exercises.algorithms import outcomes as judged
from distlab.exercises.registry import find
from tests.exercises import cells

RIGHT = {
    "A": (["ana", "ben"], 2),
    "B": (["ben", "ana"], 1),
    "C": (["ben"], 1),
    "D": (["ana", "ben"], 1),
    "E": (["ben"], 1),
}


@pytest.mark.parametrize("stub", [dict.fromkeys("ABCDE", ...)])
def test_the_stub_is_not_attempted_yet(stub):
    assert check("3.4", stub).outcome == "not attempted yet"


def test_the_reference_passes():
    assert cells.run(find("3.4").source)["outcomes"] == RIGHT
    verdict = check("3.4", RIGHT)
    assert verdict.passed, verdict
    assert verdict.lines[0].startswith("Five stories, five outcomes")


OTHERS = {
    "with tuples of names": {name: (tuple(who), value) for name, (who, value) in RIGHT.items()},
    "with lists": {name: [who, value] for name, (who, value) in RIGHT.items()},
    "in another order": dict(sorted(RIGHT.items(), reverse=True)),
}


@pytest.mark.parametrize("style", OTHERS)
def test_every_right_style_passes(style):
    verdict = check("3.4", OTHERS[style])
    assert verdict.passed, verdict


WRONG = {
    "thinks that the lock loses without any pause": (
        {"A": (["ana", "ben"], 1)},
        "Story A: the store accepted ana's write, then ben's, and holds 2 in the end; you said 1.",
    ),
    "thinks that one of two is refused": (
        {"A": (["ana"], 1)},
        "Story A: the store accepted ana's write, then ben's; you said ana's write.",
    ),
    "thinks that the lock stops Ana": (
        {"B": (["ben"], 1)},
        "Story B: the store accepted ben's write, then ana's; you said ben's write.",
    ),
    "thinks that both count": (
        {"B": (["ben", "ana"], 2)},
        "Story B: the store accepted ben's write, then ana's, and holds 1 in the end; you said 2.",
    ),
    "takes the order of the reads": (
        {"B": (["ana", "ben"], 1)},
        "Story B: the store accepted ben's write, then ana's; you said ana's write, then ben's.",
    ),
    "forgets the token": (
        {"C": (["ben", "ana"], 1)},
        "The store has accepted a write with token 2 when Ana's comes with token 1.",
    ),
    "thinks that checking writes is enough": (
        {"D": (["ben"], 1)},
        "Story D: the store accepted ana's write, then ben's; you said ben's write.",
    ),
    "sees both accepted and no loss": (
        {"D": (["ana", "ben"], 2)},
        "Story D: the store accepted ana's write, then ben's, and holds 1 in the end; you said 2.",
    ),
    "sees no difference between D and E": (
        {"E": (["ana", "ben"], 1)},
        "Ben's read has shown token 2 to the store before Ana's write came with token 1.",
    ),
    "refuses everybody": ({"E": ([], 0)}, "Story E: the store accepted ben's write; you said no write."),
    "leaves one out": ({"C": ...}, "There is no outcome yet for story C."),
    "gives the value alone": ({"A": 2}, "A: an outcome is two things, as (['ana', 'ben'], 2); this is 2."),
    "gives one name": ({"C": ("ben", 1)}, "C: the writes are a list of the names ana and ben"),
    "writes the names large": ({"C": (["Ben"], 1)}, "C: the writes are a list of the names ana and ben"),
    "gives the tokens": ({"B": ([2, 1], 1)}, "B: the writes are a list of the names ana and ben"),
    "gives a value in quotes": ({"D": (["ana", "ben"], "1")}, "D: what the store holds is a whole number"),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    change, reason = WRONG[mistake]
    verdict = check("3.4", RIGHT | change)
    assert verdict.outcome == "not yet"
    assert reason.replace("(['ana', 'ben'], 2)", '(["ana", "ben"], 2)') in str(verdict)


def test_what_is_no_dict_of_five_is_told_so():
    assert "The answer is the dict of the stub" in str(check("3.4", list(RIGHT.values())))
    assert "with an outcome for each of A, B, C, D and E" in str(check("3.4", {"A": RIGHT["A"]}))


def test_a_wrong_story_is_shown():
    verdict = check("3.4", RIGHT | {"D": (["ben"], 1)})
    assert verdict.trace.names == ("lock", "ana", "ben", "store")
    assert "Ana is paused between her read and her write" in str(verdict)


@pytest.mark.parametrize("name", judged.STORIES)
def test_the_stories_are_as_they_are_told(name):
    story = judged.STORIES[name]
    trace = judged.told(story)
    times = {(m.sender, type(m.message).__name__): m for m in trace.messages()}
    paused = [event.at for event in trace.events if event.kind in ("paused", "resumed")]
    if story.wakes is None:
        assert paused == []
        assert times["ana", "Release"].end.at < times["ben", "Acquire"].end.at
    else:
        assert times["store", "Value"].end is not None
        assert paused == [25.0, story.wakes]
        written = times["ben", "Write"].end.at
        assert (story.wakes > written) == (name in "BC")
