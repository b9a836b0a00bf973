"""Exercise 4.4, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import locks

STUB = """
class Lock(Node):
    def __init__(self):
        self.token = 0  # of the last grant

    def receive(self, message, sender):
        ...
"""
REFERENCE = locks.reference("4.4")
WITH_IF = """
class Lock(Node):
    state = "free"

    def start(self):
        self.counter, self.current = 100, {}

    def receive(self, m, who):
        if isinstance(m, Release):
            if self.current.get("token") == m.token and self.current["who"] == who:
                self.current, self.state = {}, "free"
        elif isinstance(m, Acquire):
            if not self.current:
                self.counter += 7
                self.current, self.state = dict(who=who, n=m.number, token=self.counter), "held"
            mine = self.current["who"] == who and self.current["n"] == m.number
            self.send(who, Granted(m.number, self.current["token"]) if mine else Refused(m.number))
"""

ALL_ANSWERS = """
class Lock(Node):
    def __init__(self):
        self.last, self.free, self.answers = 0, True, {}

    def receive(self, message, sender):
        if isinstance(message, Release):
            self.free = self.free or message.token == self.last
            return
        request = sender, message.number
        if request not in self.answers:
            self.last += self.free
            self.answers[request] = Granted(message.number, self.last) if self.free else Refused(message.number)
            self.free = False
        self.send(sender, self.answers[request])
"""
HOLDER_MAY_ASK_ANEW = REFERENCE.replace(
    "if self.held is None:", "if self.held is None or (self.held[0] == sender and self.held[1] < number):"
)
STYLES = {
    "the reference": REFERENCE,
    "a dict, and larger steps": WITH_IF,
    "remembers all its answers": ALL_ANSWERS,
    "gives the holder a new grant for a new request": HOLDER_MAY_ASK_ANEW,
}


def attempt(source):
    return check("4.4", locks.run(source)["Lock"])


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


@pytest.mark.parametrize("style", STYLES)
def test_every_right_style_passes(style):
    verdict = attempt(STYLES[style])
    assert verdict.passed, verdict
    assert "situations searched, with a thief and a message that comes twice; and 13 systems" in str(verdict)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(1, 5))
def test_every_right_style_passes_in_other_courses(style, seed, monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", f"seed={seed}")
    verdict = attempt(STYLES[style])
    assert verdict.passed, verdict


def test_the_search_is_as_large_as_it_was():
    assert "1,884 situations searched" in str(attempt(REFERENCE))


GRANTS_ONCE = """self.send(sender, Granted(number, self.token))
                    self.held = sender"""

WRONG = {
    "grants whoever asks": (
        [("if self.held is None:", "if True:")],
        "Two clients held it at once, after 4 events (the shortest run that does it).",
        "ben was granted token 1; ana was granted token 2.",
        "remember that somebody has it, and refuse everybody else",
    ),
    "lets anybody release": (
        [("if token == self.token:", "if True:")],
        "Two clients held it at once, after 6 events (the shortest run that does it).",
        "ben was granted token 1; eve released token -1, which was not in force; ana was granted token 2.",
        "eve's Release(token=-1) is not of that grant.",
        "a Release counts when its token is that of the grant in force, and not otherwise",
    ),
    "looks at the sender alone": (
        [("if token == self.token:", "if self.held and sender == self.held[0]:")],
        "ana's Release(token=1) is not of that grant.",
    ),
    "never gets it back": (
        [("                    self.held = None\n", "                    pass\n")],
        "Your lock refused ben, though it was free.",
        "Whoever held it had released it with the right token, 1.",
    ),
    "gives everybody the same token": (
        [("self.held, self.token = (sender, number), self.token + 1", "self.held = (sender, number)")],
        "Your lock granted token 0 to",
        "Every new grant has a larger token than all before it.",
    ),
    "grants the same request twice": (
        [
            ("if self.held is None:", "if self.held is None or self.held == (sender, number):"),
        ],
        "came twice, and was granted twice, with tokens 1 and 2.",
        "The network may deliver a message twice. That is still one request, and one grant.",
    ),
    "refuses what it has granted": (
        [("self.send(sender, Granted(number, self.token))", GRANTS_ONCE)],
        "ana's request 1 came twice, and the second time it was refused.",
    ),
    "answers with a word": (
        [("Granted(number, self.token)", "'yes'")],
        "lock sent 'yes' to ana, which is not a Message",
    ),
    "forgets the number": (
        [("Granted(number, self.token)", "Granted(0, self.token)")],
        "Granted(number=0, token=1)",
        "repeats the number of the request",
    ),
    "says nothing to who is refused": (
        [("self.send(sender, Refused(number))", "pass")],
        "sent Acquire(number=1), and your lock did not answer.",
        "who is refused asks again later",
    ),
    "answers a release": (
        [
            (
                "                    self.held = None\n",
                "                    self.held = None\n                self.send(sender, Refused(0))\n",
            )
        ],
        "It speaks only when it is asked, and a Release is not answered.",
    ),
    "keeps people in a queue": (
        [
            (
                "                    self.send(sender, Refused(number))",
                "                    self.queue = [*getattr(self, 'queue', []), sender]",
            ),
        ],
        "and your lock did not answer.",
    ),
    "loops for ever": (
        [
            (
                "if token == self.token:",
                "while token != self.token:\n                    pass\n                if True:",
            )
        ],
        "2 seconds",
    ),
    "forgets to make what it needs": (
        [
            (
                "        self.held = None  # the request that was granted, as long as nobody has released it\n",
                "",
            )
        ],
        "has no self.held here: set it in __init__ or start",
    ),
    "raises": (
        [("(sender, number), self.token + 1", "(sender, number), self.token + '1'")],
        "TypeError",
        "self.token + '1'",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake, monkeypatch):
    locks.expect(attempt, REFERENCE, mistake, WRONG, monkeypatch)


def test_two_holders_are_shown():
    verdict = attempt(locks.mistaken(REFERENCE, ("if token == self.token:", "if True:")))
    assert verdict.trace.unit == "steps"
    assert verdict.trace.duration == 6
    assert "ana and ben hold it" in verdict.picture.svg


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("Lock()", "This is one Lock that is made already"),
        ("Lock.receive", "This is the function receive"),
        ("7", "This is the value 7"),
    ],
)
def test_what_is_no_class_is_named(wrong, sentence):
    space = locks.run(REFERENCE)
    assert sentence in str(check("4.4", eval(wrong, space)))
