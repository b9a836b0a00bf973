"""Exercise 1.3, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import cells

STUB = """
class Flooder(Node):
    def __init__(self, source=False):
        self.source = source

    def start(self): ...

    def receive(self, message, sender): ...
"""
USUAL = """
class Flooder(Node):
    def __init__(self, source=False):
        self.source = source
        self.known = {"fire!"} if source else set()

    def start(self):
        if self.source:
            self.broadcast(Rumour("fire!"))

    def receive(self, message, sender):
        if message.text in self.known:
            return
        self.known.add(message.text)
        self.note("heard")
        self.broadcast(message, [peer for peer in self.peers if peer != sender])
"""
OTHER = """
class Gossip(Node):
    def __init__(self, source=False):
        self.first, self.source = {}, source

    def start(self):
        if self.source:
            self.tell("The library is on fire.", self.name)

    def receive(self, message, sender):
        if message.text not in self.first:
            self.tell(message.text, sender)

    def tell(self, text, source):
        self.first[text] = source
        self.note("heard")
        for peer in self.peers:
            if peer != source:
                self.send(peer, Rumour(text))
"""
EARLIER = "class Rumour(Message):\n    text: str"


def attempt(source, name="Flooder"):
    return check("1.3", cells.run(source, Rumour=cells.run(EARLIER)["Rumour"])[name])


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


@pytest.mark.parametrize(("source", "name"), [(USUAL, "Flooder"), (OTHER, "Gossip")])
def test_every_right_style_passes(source, name):
    verdict = attempt(source, name)
    assert verdict.passed, verdict
    assert "19 systems of 2 to 11 nodes, 229 messages" in verdict.lines[0]


PASS_ON = "self.broadcast(message, [peer for peer in self.peers if peer != sender])"
WRONG = {
    "tells it back": ([(PASS_ON, "self.broadcast(message)")], "b told a what it had just heard from a."),
    "remembers nothing": (
        [("self.known.add(message.text)", "pass")],
        'b noted "heard" again',
    ),
    "keeps it to itself": ([(PASS_ON, "pass")], "c was never told 'fire!'."),
    "starts nothing": (
        [('self.broadcast(Rumour("fire!"))', "pass")],
        "a is the source, Flooder(source=True), and told nobody anything.",
    ),
    "thinks that there is one rumour only": (
        [("if message.text in self.known:", "if self.known:")],
        "a was never told 'flood!'.",
    ),
    "forgets that it told it itself": (
        [('{"fire!"} if source else ', "")],
        "told b twice: at 0 ms and at",
    ),
    "says nothing": ([('self.note("heard")', "pass")], 'b noted "heard" 0 times, and 1 rumour reached it.'),
    "says it whenever it comes": (
        [
            ('self.note("heard")', "pass"),
            ("if message.text in", "self.note('heard')\n        if message.text in"),
        ],
        'b noted "heard" again',
    ),
    "tells one neighbour only": (
        [(PASS_ON, "self.broadcast(message, [p for p in self.peers if p != sender][:1])")],
        "was never told 'fire!'.",
    ),
    "tells it twice": ([(PASS_ON, f"{PASS_ON}; {PASS_ON}")], "b told c twice: at"),
    "makes it up": (
        [(PASS_ON, PASS_ON.replace("message,", "Rumour(message.text + '!'),"))],
        "b sent Rumour(text='fire!!'), which is none of the rumours told.",
    ),
    "tells strangers": (
        [(PASS_ON, "[self.send(name, message) for name in 'abc' if name != sender]")],
        "it can reach only",
    ),
    "shares what it knows with all nodes": (
        [
            ("class Flooder", "known = set()\n\nclass Flooder"),
            ("self.known", "known"),
            ('        known = {"fire!"} if source else set()\n', ""),
        ],
        "Your class uses known, a set outside of it, which all its objects share.",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    changes, reason = WRONG[mistake]
    source = USUAL
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    verdict = attempt(source)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)
