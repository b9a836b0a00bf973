"""Exercise 4.6, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from tests.exercises import locks

EARLIER = locks.reference("4.5")
REFERENCE = locks.reference("4.6")
STUB = """
class Store(Node):
    def __init__(self):
        self.value = 0

    def receive(self, message, sender): ...


class Worker(Holder):
    def __init__(self, lock, store, trust):
        super().__init__(lock, trust, work=10 * trust)
        self.store = store

    def start(self):
        self.invoke(("increment",))
        super().start()

    def receive(self, message, sender): ...
"""
ALONE = """
class Store(Node):
    def start(self):
        if "value" not in self.disk:
            self.disk["token"], self.disk["value"] = -1, 0

    def receive(self, m, who):
        old = m.token < self.disk["token"]
        if not old:
            self.disk["token"] = m.token
        if isinstance(m, Read):
            self.send(who, Value(m.token, self.disk["value"]))  # a late reader may look: its write is stopped
        elif old:
            self.send(who, Rejected(m.token))
        else:
            self.disk["value"] = m.value
            self.send(who, Wrote(m.token, m.value))


class Worker(Node):
    def __init__(self, lock, store, trust):
        self.lock, self.store, self.trust = lock, store, trust

    def start(self):
        self.state, self.n = "asking", 0
        self.invoke(("increment",))
        self.wake("again")

    def wake(self, timer):
        if timer == "over":
            self.state = "lost"
        elif self.state == "asking":
            self.n += 1
            self.send(self.lock, Acquire(self.n))
            self.set_timer("over", self.trust)
            self.set_timer("again", (20, 30))

    def receive(self, m, who):
        if isinstance(m, Granted):
            if self.state == "asking" and m.number == self.n:
                self.state = "holding"
                self.send(self.store, Read(m.token))
            else:
                self.send(who, Release(m.token))
        elif isinstance(m, Value):
            self.send(self.store, Write(m.token, m.value + 1))
        elif isinstance(m, (Wrote, Rejected)):
            self.complete(m.value) if isinstance(m, Wrote) else self.fail()
            self.state = "done"
            self.cancel_timer("over")
            self.send(self.lock, Release(m.token))
"""


def attempt(source):
    space = locks.run(EARLIER + "\n\n" + source)
    return check("4.6", (space["LeaseLock"], space["Worker"], space["Store"]))


def test_the_stub_is_still_empty():
    assert "Worker is still empty." in str(attempt(STUB))  # the lock is of the exercise before


@pytest.mark.parametrize(
    "source", [REFERENCE, ALONE], ids=["on top of Holder", "by itself, late readers may look"]
)
def test_every_right_style_passes(source):
    verdict = attempt(source)
    assert verdict.passed, verdict
    assert "situations searched; under 40 nemeses" in str(verdict)
    assert "none lost" in str(verdict)


def test_what_was_tried_is_not_vacuous():
    assert (
        "22,233 situations searched; under 40 nemeses 126 increments, none lost, and 5 writes that came too late"
        in (str(attempt(REFERENCE)))
    )


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_reference_passes_in_other_courses(seed, monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", f"seed={seed}")
    assert attempt(REFERENCE).passed


LOOKS = """\
        if message.token < self.largest:
            self.send(sender, Rejected(message.token))
            return
        self.largest = message.token
"""
KEEPS = '        self.disk["all"] = (self.value, self.largest)\n'
VALUE = """\
                if self.state == "holding":
                    self.send(self.store, Write(self.token, value + 1))
                else:
                    self.fail()
"""
GRANTED = """\
            case Granted() if waited and self.state == "holding":
                self.send(self.store, Read(self.token))
"""
WROTE = """\
                self.complete(value)
                self.finish()
"""
STORY = (
    "Two clients held it at once, and your store let both in, after 9 events (the shortest run that does it)."
)

WRONG = {
    "does not look at the token": (
        [(LOOKS, "")],
        STORY,
        "ana was granted token 1; the lease of token 1 ran out; ben was granted token 2; ben read 0, with token 2; "
        "ana read 0, with token 1; ana wrote 1, with token 1.",
        "Your store accepted ana's write with token 1 after it had seen token 2 in a read of ben.",
        'the store has to remember the largest token and refuse smaller ones.   hint("4.6") says more',
    ),
    "looks at writes alone": (
        [
            (
                LOOKS,
                "        if isinstance(message, Write):\n"
                + "".join(f"    {line}\n" for line in LOOKS.splitlines()),
            )
        ],
        STORY,
        "What ben writes next is built on the old value.",
        "ben's read showed token 2 before: reads have to count, too",
    ),
    "forgets what it remembers": (
        [("self.largest = message.token\n", "self.largest = 0\n")],
        STORY,
        "the store has to remember the largest token and refuse smaller ones",
    ),
    "refuses equal tokens": (
        [("message.token < self.largest", "message.token <= self.largest")],
        "Your store rejected Write(token=1, value=5) from ana.",
        "smaller ones are refused, not equal ones",
    ),
    "refuses the larger tokens": (
        [("message.token < self.largest", "0 < self.largest < message.token")],
        "Your store rejected Read(token=2) from ana.",
    ),
    "keeps the token in memory": (
        [(KEEPS, '        self.disk["all"] = (self.value, 0)\n')],
        "Your store accepted ana's write with token 1 after it had seen token 2.",
        "the largest token has to survive a crash, as the value has",
    ),
    "does not keep the token of a read": (
        [
            (
                KEEPS,
                '        if isinstance(message, Write):\n            self.disk["all"] = (self.value, self.largest)\n',
            )
        ],
        "Token 2 came with a read of ana. It had crashed in between.",
        "the largest token has to survive a crash, as the value has",
    ),
    "keeps the value in memory": (
        [(KEEPS, '        self.disk["all"] = (0, self.largest)\n')],
        "Its value is 7, also after a crash.",
        "what has to survive a crash stands on self.disk",
    ),
    "writes nothing": (
        [("            self.value = message.value\n", "            pass\n")],
        "ana sent Write(token=1, value=5), and your store answered Wrote(token=1, value=0).",
        "Write replaces it, Read tells it",
    ),
    "says nothing to a late writer": (
        [("            self.send(sender, Rejected(message.token))\n", "")],
        "and your store did not answer.",
        "it is Wrote, or Rejected",
    ),
    "answers a read with Wrote": (
        [("kind = Wrote if isinstance(message, Write) else Value", "kind = Wrote")],
        "your store sent Wrote(token=1, value=0) to ana.",
        "The answer goes to ana, is Value or Rejected, and repeats the token 1.",
    ),
    "reads before it has the lock": (
        [(GRANTED, "            case Refused():\n                self.send(self.store, Read(0))\n")],
        "ana's increment was not completed in",
    ),
    "writes what it has read": (
        [(VALUE, VALUE.replace("value + 1", "value"))],
        "They come to 1, in some order.",
        "write one more than was read, and complete with what was written",
    ),
    "completes before it has written": (
        [
            (
                VALUE,
                VALUE.replace("self.send(self.store,", "self.complete(value + 1); self.send(self.store,"),
            ),
            (WROTE, "                self.finish()\n"),
        ],
        "completed an increment to 1: one of them is lost.",
    ),
    "completes what was rejected": (
        [
            (
                "                self.fail()\n                self.finish()",
                "                self.complete(1)\n                self.finish()",
            )
        ],
        "completed an increment to 1: one of them is lost.",
        "complete when the store says Wrote",
    ),
    "never completes": (
        [(WROTE, "                self.finish()\n")],
        "ana's increment was not completed in",
        "Wrote, then complete(the new value) and release",
    ),
    "never begins": (
        [('        self.invoke(("increment",))\n', "")],
        "ana ended an operation, but none was open: invoke comes first",
    ),
    "begins something else": (
        [('self.invoke(("increment",))', 'self.invoke("increment")')],
        "ana began 'increment'.",
        'A worker begins with invoke(("increment",)).',
    ),
    "raises": (
        [("        self.largest = message.token\n", "        self.largest = message.tokens\n")],
        "AttributeError",
        "self.largest = message.tokens",
    ),
    "loops for ever": (
        [("            return\n", "            while True:\n                pass\n")],
        "2 seconds",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake, monkeypatch):
    locks.expect(attempt, REFERENCE, mistake, WRONG, monkeypatch)


def test_the_shortest_run_is_shown_with_the_two_who_hold_it():
    verdict = attempt(locks.mistaken(REFERENCE, (LOOKS, "")))
    assert (verdict.trace.unit, verdict.trace.duration) == ("steps", 9)
    assert "ana and ben hold it" in verdict.picture.svg


def together(earlier):
    space = locks.run(earlier + "\n\n" + REFERENCE)
    return check("4.6", (space["LeaseLock"], space["Worker"], space["Store"]))


def test_a_lock_that_is_wrong_after_all_is_found():
    verdict = together(locks.mistaken(EARLIER, ('self.disk.get("token", 0) + 1', "1")))
    assert "Every new grant has a larger token than all before it." in str(verdict)


def test_a_lock_that_refuses_everybody_is_no_safe_lock():
    verdict = together(locks.mistaken(EARLIER, ("if self.held is None:", "if False:")))
    assert "Your lock refused ana, though it was free." in str(verdict)


def test_a_search_knows_no_clocks():
    verdict = together(
        locks.mistaken(
            EARLIER, ("        self.number += 1\n", "        self.number += 1\n        self.now\n")
        )
    )
    assert verdict.outcome == "not yet"
    assert "a search has no clock" in str(verdict)
