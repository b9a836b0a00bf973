"""Exercise 1.3, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import cells

STUB = """
class Rumour(Message):
    text: str

class Flooder(Node):
    def __init__(self, news=None):
        self.news = news           # what this node has to tell, if anything

    def start(self):
        ...                        # tell your neighbours Rumour(self.news), if there is news

    def receive(self, message, sender):
        ...                        # pass it on, so that everybody hears it; note("heard") when it is new
"""
USUAL = """
class Rumour(Message):
    text: str

class Flooder(Node):
    def __init__(self, news=None):
        self.news = news
        self.known = {news}

    def start(self):
        if self.news:
            self.broadcast(Rumour(self.news))

    def receive(self, message, sender):
        if message.text in self.known:
            return
        self.known.add(message.text)
        self.note("heard")
        self.broadcast(message, [peer for peer in self.peers if peer != sender])
"""
OTHER = """
class Rumour(Message):
    text: str

class Gossip(Node):
    def __init__(self, news=None):
        self.first = {}
        self.news = news

    def start(self):
        if self.news is not None:
            self.tell(self.news, self.name)

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


def attempt(source, name="Flooder"):
    return check("1.3", cells.run(source)[name])


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


@pytest.mark.parametrize(("source", "name"), [(USUAL, "Flooder"), (OTHER, "Gossip")])
def test_every_right_style_passes(source, name):
    verdict = attempt(source, name)
    assert verdict.passed, verdict
    assert "19 systems of 2 to 11 nodes, 224 messages" in verdict.lines[0]


PASS_ON = "self.broadcast(message, [peer for peer in self.peers if peer != sender])"
WRONG = {
    "tells it back": ([(PASS_ON, "self.broadcast(message)")], "b told a what it had just heard from a."),
    "remembers nothing": (
        [("self.known.add(message.text)", "pass")],
        'b noted "heard" again',
    ),
    "keeps it to itself": ([(PASS_ON, "pass")], "Nobody told c that there is a fire."),
    "starts nothing": (
        [("self.broadcast(Rumour(self.news))", "pass")],
        "Nobody sent Rumour('fire!'), not even its source.",
    ),
    "thinks that there is one rumour only": (
        [("if message.text in self.known:", "if self.known != {None}:")],
        'a noted "heard" 0 times, and 1 rumour reached it.',
    ),
    "forgets that it told it itself": (
        [("self.known = {news}", "self.known = set()")],
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
        "Nobody told",
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
            ("known = {news}", ""),
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
