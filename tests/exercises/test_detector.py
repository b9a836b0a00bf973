"""Exercise 1.2, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import cells

STUB = '''
class Heartbeat(Message):
    pass

class Detector(Node):
    """Suspects a peer that it has not heard of for too long; notes "suspect b" and "trust b"."""
    def start(self):
        ...
    def receive(self, message, sender):
        ...
    def wake(self, timer):
        ...
'''
TIMERS = """
class Heartbeat(Message):
    pass

class Detector(Node):
    def start(self):
        self.suspects = set()
        self.patience = {peer: 300 for peer in self.peers}
        for peer in self.peers:
            self.set_timer(peer, self.patience[peer])
        self.beat()

    def beat(self):
        self.broadcast(Heartbeat())
        self.set_timer("beat", 100)

    def receive(self, message, sender):
        if sender in self.suspects:
            self.suspects.remove(sender)
            self.note(f"trust {sender}")
            self.patience[sender] *= 2
        self.set_timer(sender, self.patience[sender])

    def wake(self, timer):
        if timer == "beat":
            self.beat()
        else:
            self.suspects.add(timer)
            self.note(f"suspect {timer}")
"""
CLOCK = """
class Ping(Message):
    pass

class Watch(Node):
    def start(self):
        self.heard = {peer: self.now for peer in self.peers}
        self.limit, self.bad = 400, []
        self.wake("tick")

    def wake(self, timer):
        self.broadcast(Ping())
        for peer in self.peers:
            if peer not in self.bad and self.now - self.heard[peer] > self.limit:
                self.bad.append(peer)
                self.note("suspect " + peer)
        self.set_timer("tick", 100)

    def receive(self, message, sender):
        if sender in self.bad:
            self.bad.remove(sender)
            self.note("trust " + sender)
            self.limit += 100
        self.heard[sender] = self.now
"""


def attempt(source):
    space = cells.run(source)
    return check("1.2", space.get("Detector") or space["Watch"])


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


@pytest.mark.parametrize("source", [TIMERS, CLOCK], ids=["a timer a peer", "one tick, and the clock"])
def test_every_right_style_passes(source):
    verdict = attempt(source)
    assert verdict.passed, verdict
    assert "9 systems of 2 to 5 nodes" in verdict.lines[0]


WRONG = {
    "sends heartbeats and watches nobody": (
        TIMERS,
        ("            self.set_timer(peer, self.patience[peer])", "            pass"),
        ("        self.set_timer(sender, self.patience[sender])", "        pass"),
        "a suspected c not at all; c had fallen silent at 2000 ms.",
    ),
    "sends one heartbeat": (
        TIMERS,
        ('        self.set_timer("beat", 100)', "        pass"),
        "a sent b nothing for 1000 ms.",
    ),
    "answers every heartbeat": (
        TIMERS,
        (
            "        if sender in self.suspects:",
            "        self.broadcast(Heartbeat())\n        if sender in self.suspects:",
        ),
        "A heartbeat every 100 ms is enough, and needs no answer.",
    ),
    "beats too slowly": (
        TIMERS,
        ('self.set_timer("beat", 100)', 'self.set_timer("beat", 250)'),
        "every 100 ms",
    ),
    "suspects before anybody can be heard": (
        CLOCK,
        ("{peer: self.now for", "{peer: -1000 for"),
        "Nothing could have come from b by then.",
    ),
    "is too hasty": (TIMERS, ("peer: 300", "peer: 120"), "but b was alive and its heartbeats came."),
    "waits too long": (TIMERS, ("peer: 300", "peer: 1500"), "a suspected c only at 3"),
    "never takes back": (
        TIMERS,
        ('            self.note(f"trust {sender}")\n', ""),
        'A suspicion that turns out to be wrong is taken back: note "trust ...".',
    ),
    "forgets that it trusts again": (
        CLOCK,
        ('            self.note("trust " + sender)\n', ""),
        ("            self.bad.remove(sender)\n", ""),
        "a suspected c to the end, but c was heard again from 3500 ms on.",
    ),
    "has one time-out for ever": (
        TIMERS,
        ("            self.patience[sender] *= 2\n", ""),
        ("peer: 300", "peer: 800"),
        "a suspected c wrongly 30 times, the last at 88.",
    ),
    "says it over and over": (
        CLOCK,
        ("peer not in self.bad and ", ""),
        "but that was what it thought already",
    ),
    "trusts with every heartbeat": (
        TIMERS,
        (
            "        if sender in self.suspects:\n            self.suspects.remove(sender)\n",
            "        if True:\n",
        ),
        'a noted "trust b"',
    ),
    "says it in other words": (
        TIMERS,
        ('f"suspect {timer}"', 'f"I suspect {timer}"'),
        "It noted 'I suspect c'; the note has to be 'suspect c'",
    ),
    "stops watching after a mistake": (
        TIMERS,
        ("self.patience[sender] *= 2", "self.patience[sender] = 10**8"),
        "a had not suspected c 20 s after c had crashed for good.",
    ),
    "takes no care of who sends": (
        TIMERS,
        ("self.set_timer(sender, self.patience[sender])", "[self.set_timer(p, 300) for p in self.peers]"),
        "not at all; c had fallen silent",
    ),
    "forgets to make what it needs": (
        TIMERS,
        ("        self.suspects = set()\n", ""),
        "has no self.suspects here: set it in __init__ or start",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    source, *changes, reason = WRONG[mistake]
    for old, new in changes:
        assert old in source
        source = source.replace(old, new)
    verdict = attempt(source)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)
