"""Exercise 2.2, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from distlab.exercises.solutions import core_concepts as solutions
from tests.exercises import cells

CELL = '''
class Stamped(Message):
    stamp: tuple                   # what your clock needs
    path: tuple[str, ...]          # whom to visit after this node


class Walker(Node):
    def __init__(self, path=()):
        self.path = path           # whom the message visits that this node sends at its start

    def start(self):
        {start}

    def receive(self, message, sender):
        {receive}

    {extra}

def before(a, b):
    """Whether the sending stamped a happened before the sending stamped b."""
    {before}
'''
START = """
        self.names = sorted([self.name, *self.peers])
        self.clock = [0] * len(self.names)
        self.go(self.path)
"""
RECEIVE = """
        self.clock = [max(x, y) for x, y in zip(self.clock, message.stamp)]
        self.go(message.path)
"""
GO = """
    def go(self, path):
        if path:
            self.clock[self.names.index(self.name)] += 1
            self.send(path[0], Stamped(tuple(self.clock), path[1:]))
"""
BEFORE = "return a != b and all(x <= y for x, y in zip(a, b))"


def attempt(start=START, receive=RECEIVE, extra=GO, before=BEFORE):
    space = cells.run(CELL.format(start=start, receive=receive, extra=extra, before=before))
    return check("2.2", (space["Walker"], space["before"]))


def test_the_stub_is_not_attempted_yet():
    assert str(attempt("...", "...", "", "...")) == (
        "○ 2.2 Vector clocks · not attempted yet\n  Write Walker and before, then run this cell again."
    )


RIGHT = {
    "a number for each node": {},
    "counts what arrives, too": {
        "receive": RECEIVE.replace(
            "        self.go", "        self.clock[self.names.index(self.name)] += 1\n        self.go"
        )
    },
    "pairs, as they come": {
        "start": """
        self.clock = {}
        self.go(self.path)
""",
        "receive": """
        for name, count in message.stamp:
            self.clock[name] = max(count, self.clock.get(name, 0))
        self.go(message.path)
""",
        "extra": """
    def go(self, path):
        for to in path[:1]:
            self.clock[self.name] = self.clock.get(self.name, 0) + 1
            self.send(to, Stamped(tuple(self.clock.items()), path[1:]))
""",
        "before": "a, b = dict(a), dict(b)\n    return a != b and all(b.get(n, 0) >= a[n] for n in a)",
    },
    "a stamp is the past itself": {
        "start": "self.past, self.count = frozenset(), 0\n        self.go(self.path)",
        "receive": "self.past |= message.stamp\n        self.go(message.path)",
        "extra": """
    def go(self, path):
        if path:
            self.count += 1
            self.past |= {(self.name, self.count)}
            self.send(path[0], Stamped(self.past, path[1:]))
""",
        "before": "return a < b",
    },
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    verdict = attempt(**RIGHT[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "13 systems of 2 to 6 nodes, 136 messages: of 1,917 questions 561 were about what happened before, all "
        "answered right."
    ]


def test_the_reference_passes():
    assert check("2.2", (solutions.Walker, solutions.before)).passed


NUMBER = {
    "start": "self.clock = 0\n        self.go(self.path)",
    "receive": "self.clock = max(self.clock, *message.stamp)\n        self.go(message.path)",
    "extra": """
    def go(self, path):
        if path:
            self.clock += 1
            self.send(path[0], Stamped((self.clock,), path[1:]))
""",
    "before": "return a < b",
}
TICK = "self.clock[self.names.index(self.name)] += 1"
WRONG = {
    "leaves one half": ({"before": "..."}, "before is still empty.", ""),
    "is Lamport's clock": (
        NUMBER,
        "They are concurrent: no chain of messages leads from one to the other, either way.",
        "of two numbers one is always smaller; of two vectors neither need be",
    ),
    "reads the clock on the wall": (
        NUMBER | {"extra": NUMBER["extra"].replace("self.clock += 1", "self.clock = self.now")},
        "They are concurrent",
        "self.now is the clock on the wall: it knows nothing of who has heard of what",
    ),
    "compares as Python compares tuples": (
        {"before": "return a < b"},
        "before((0, 1, 0), (1, 0, 0)) is True: b sent (0, 1, 0) to c, and a sent (1, 0, 0) to c.",
        "of two vectors neither need be",
    ),
    "wants every entry smaller": (
        {"before": "return all(x < y for x, y in zip(a, b))"},
        "It happened before: there is a chain of messages, a → b.",
        "nowhere larger, and smaller in one place: that is enough",
    ),
    "puts a sending before itself": (
        {"before": "return all(x <= y for x, y in zip(a, b))"},
        "Nothing happened before itself.",
        "the same is not smaller",
    ),
    "has it the other way round": (
        {"before": "return a != b and all(x >= y for x, y in zip(a, b))"},
        "It is the other way round.",
        "before(x, y) asks whether x is the earlier one",
    ),
    "never learns": (
        {"receive": "self.go(message.path)"},
        "before((1, 0, 0), (0, 1, 0)) is False: a sent (1, 0, 0) to b, and b sent (0, 1, 0) to c.",
        "what arrives brings its past along, all of it",
    ),
    "learns of the sender only": (
        {
            "receive": "i = self.names.index(sender)\n        self.clock[i] = max(self.clock[i], message.stamp[i])"
            "\n        self.go(message.path)"
        },
        "there is a chain of messages, a → b → c.",
        "all of it: which entries does a node have to raise?",
    ),
    "forgets its own past": (
        {"receive": "self.clock = list(message.stamp)\n        self.go(message.path)"},
        "before((0, 0, 1), (1, 1, 0)) is False: c sent (0, 0, 1) to b, and b sent (1, 1, 0) to c.",
        "what arrives brings its past along",
    ),
    "counts nothing": (
        {"extra": GO.replace("+= 1", "+= 0")},
        "before((0, 0, 0), (0, 0, 0)) is False",
        "two different sendings have the same stamp",
    ),
    "counts only what arrives": (
        {
            "receive": RECEIVE.replace("self.go", f"{TICK}\n        self.go"),
            "extra": GO.replace("+= 1", "+= 0"),
        },
        "before((0, 0, 0), (0, 1, 0)) is True: a sent (0, 0, 0) to b, and b sent (0, 1, 0) to a.",
        "each node counts its own sendings",
    ),
    "counts for the receiver": (
        {"extra": GO.replace("self.names.index(self.name)", "self.names.index(path[0])")},
        "before((0, 1, 0), (1, 1, 0)) is True",
        "each node counts its own sendings, in an entry that is its own at every node",
    ),
    "puts itself first": (
        {"start": START.replace("sorted([self.name, *self.peers])", "[self.name, *self.peers]")},
        "before((1, 0, 0), (2, 0, 0)) is True: a sent (1, 0, 0) to b, and b sent (2, 0, 0) to a.",
        "in an entry that is its own at every node",
    ),
    "does not pass on": (
        {"receive": RECEIVE.replace("self.go(message.path)", "pass")},
        "b was handed ('c',), and sent nothing.",
        "the rest of the path goes with it",
    ),
    "forgets to shorten the path": (
        {"extra": GO.replace("path[1:]", "path")},
        "a starts with ('b',), and sent ('b',) to b.",
        "",
    ),
    "forgets to return": ({"before": "a < b"}, "before(...) answered nothing.", "is there a return missing?"),
    "sends a list": ({"extra": GO.replace("tuple(self.clock)", "self.clock")}, "Stamped.stamp is a list", ""),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    parts, reason, advice = WRONG[mistake]
    verdict = attempt(**parts)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict) and advice in verdict.advice
