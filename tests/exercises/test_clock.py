"""Exercise 1.1, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import cells

CELL = """
class Stamped(Message):
    time: int
    path: tuple[str, ...]          # whom to visit after this node

class Walker(Node):
    def __init__(self, trips=()):
        self.trips = trips         # paths of the messages that this node sends at its start
        self.time = 0

    def start(self):
        {start}

    def receive(self, message, sender):
        {receive}
"""
START = """
        for path in self.trips:
            self.time += 1
            self.send(path[0], Stamped(self.time, path[1:]))
"""
RECEIVE = """
        self.time = max(self.time, message.time) + 1
        if message.path:
            self.time += 1
            self.send(message.path[0], Stamped(self.time, message.path[1:]))
"""


def attempt(start=START, receive=RECEIVE):
    return check("1.1", cells.run(CELL.format(start=start, receive=receive))["Walker"])


def test_the_stub_is_not_attempted_yet():
    verdict = attempt("...", "...")
    assert verdict.outcome == "not attempted yet"
    assert str(verdict) == (
        "○ 1.1 Lamport's clock · not attempted yet\n"
        "  Write Walker.start and Walker.receive, then run this cell again."
    )


RIGHT = {
    "the usual way": (START, RECEIVE),
    "ticks only where something is sent": (
        START,
        """
        self.time = max(self.time, message.time)
        for to in message.path[:1]:
            self.time += 1
            self.send(to, Stamped(time=self.time, path=message.path[1:]))
        """,
    ),
    "leaps, and begins anywhere": (
        """
        self.clock = 1000
        for first, *rest in self.trips:
            self.clock += 7
            self.note(f"off to {first}")
            self.send(first, Stamped(self.clock, tuple(rest)))
        """,
        """
        self.clock = 10 + max(self.clock, message.time)
        match message.path:
            case (first, *rest):
                self.send(first, Stamped(self.clock, tuple(rest)))
        """,
    ),
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    verdict = attempt(*RIGHT[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "13 systems of 2 to 6 nodes, 114 messages: every stamp was larger than all that had happened before it."
    ]


WRONG = {
    "one handler is left": ({"receive": "..."}, "Walker.receive is still empty."),
    "never takes the maximum": (
        {"receive": RECEIVE.replace("max(self.time, message.time)", "self.time")},
        "b received a message stamped 4, and after it sent one stamped 2.",
    ),
    "takes the maximum, and does not move on": (
        {
            "receive": """
        self.time = max(self.time, message.time)
        if message.path:
            self.send(message.path[0], Stamped(self.time, message.path[1:]))
        """
        },
        "b received a message stamped 1, and after it sent one stamped 1, too.",
    ),
    "moves on only when something arrives": (
        {"start": START.replace("self.time += 1", "pass")},
        "a sent two messages stamped 0.",
    ),
    "passes the stamp on as it was": (
        {"receive": RECEIVE.replace("Stamped(self.time,", "Stamped(message.time,")},
        "b received a message stamped 1, and after it sent one stamped 1, too.",
    ),
    "overwrites its clock": (
        {"receive": RECEIVE.replace("max(self.time, message.time)", "message.time")},
        "b had sent a message stamped 3; then one arrived, and b sent one stamped 3.",
    ),
    "reads the clock on the wall": (
        {
            "start": START.replace("self.time += 1", "self.time = int(self.now)"),
            "receive": RECEIVE.replace("self.time += 1", "self.time = int(self.now)"),
        },
        "self.now is the node's clock on the wall",
    ),
    "sends fractions": (
        {"start": START.replace("self.time += 1", "self.time = self.now")},
        "a clock on the wall gives fractions",
    ),
    "does not pass on": ({"receive": "self.time = message.time + 1"}, "should have passed it on"),
    "starts nothing": ({"start": "self.time = 1"}, "a sent no message to b with the path ()."),
    "forgets to shorten the path": (
        {"receive": RECEIVE.replace("message.path[1:]", "message.path")},
        "b sent no message to c with the path ().",
    ),
    "answers the sender": (
        {"receive": RECEIVE + "\n        self.send(sender, Stamped(self.time, ()))"},
        "b sent Stamped(time=2, path=()) to a, which nobody asked for.",
    ),
    "does not see that a path ends": (
        {"receive": "self.send(message.path[0], Stamped(message.time + 1, message.path[1:]))"},
        "raised IndexError (tuple index out of range); while handling Stamped(time=1, path=()) from a",
    ),
    "misspells an attribute": (
        {"start": "self.tiem += 1"},
        "line 12 in start: self.tiem += 1",
    ),
    "sends a list": (
        {"start": START.replace("path[1:]", "list(path[1:])")},
        "Stamped.path is a list",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    parts, reason = WRONG[mistake]
    verdict = attempt(**parts)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)
