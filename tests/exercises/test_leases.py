"""Exercise 4.5, attempted rightly and wrongly."""

import pytest

from distlab import Network, Simulation
from distlab.exercises import check
from distlab.exercises.code_practice import belief, slow
from distlab.exercises.code_practice.leases import LEASE, TRUST
from distlab.exercises.solutions import code_practice as solutions
from tests.exercises import locks

STUB = """
class LeaseLock(Node):
    def __init__(self, lease):
        self.lease = lease

    def receive(self, message, sender): ...

    def wake(self, timer): ...


class Holder(Node):
    state = "waiting"

    def __init__(self, lock, trust, work):
        self.lock, self.trust, self.work = lock, trust, work

    def start(self): ...

    def receive(self, message, sender): ...

    def wake(self, timer): ...
"""
REFERENCE = locks.reference("4.5")
BY_THE_CLOCK = """
class LeaseLock(Node):
    def start(self):
        self.grant = self.disk.get("grant", (0, "", 0))  # token, client, until when

    def __init__(self, lease):
        self.lease = lease

    def receive(self, message, sender):
        token, client, until = self.grant
        held = self.now < until
        if isinstance(message, Acquire):
            if held:
                self.send(sender, Refused(message.number))
            else:
                self.grant = self.disk["grant"] = (token + 1, sender, self.now + self.lease)
                self.send(sender, Granted(message.number, token + 1))
        elif (message.token, sender) != (token, client) or not held:
            if isinstance(message, Renew):
                self.send(sender, Refused(message.number))
        elif isinstance(message, Renew):
            self.grant = self.disk["grant"] = (token, sender, self.now + self.lease)
            self.send(sender, Renewed(message.number))
        else:
            self.grant = self.disk["grant"] = (token, sender, self.now)

    def wake(self, timer):
        raise AssertionError("it sets no timer")


class Holder(Node):
    def __init__(self, lock, trust, work):
        self.lock, self.trust, self.work = lock, trust, work

    def start(self):
        self.state, self.sent, self.token, self.until, self.n = "waiting", {}, None, None, 0
        self.say()

    def say(self):
        self.n += 1
        self.sent[self.n] = self.now
        self.send(self.lock, Renew(self.n, self.token) if self.state == "holding" else Acquire(self.n))
        self.set_timer("say", (15, 25))

    def receive(self, message, sender):
        if self.state == "done" or message.number not in self.sent:
            return
        end = self.sent[message.number] + self.trust
        if isinstance(message, Granted) and self.now < end:
            self.state, self.token, self.until = "holding", message.token, end
            self.set_timer("end", self.until - self.now)
            self.set_timer("work", self.work)
        elif isinstance(message, Renewed) and self.state == "holding":
            self.until = max(self.until, end)
            self.set_timer("end", self.until - self.now)

    def wake(self, timer):
        if timer == "say":
            self.say()
        elif timer == "end":
            self.state, self.token = "waiting", None
            self.cancel_timer("work")
        else:
            self.send(self.lock, Release(self.token))
            self.state = "done"
            self.cancel_timer("say")
            self.cancel_timer("end")
"""


def attempt(source):
    space = locks.run(source)
    return check("4.5", (space["LeaseLock"], space["Holder"]))


def test_the_stub_is_not_attempted_yet():
    assert attempt(STUB).outcome == "not attempted yet"


def test_half_of_it_is_not_all():
    half = REFERENCE[: REFERENCE.index("class Holder")] + STUB[STUB.index("class Holder") :]
    assert "Holder is still empty." in str(attempt(half))


@pytest.mark.parametrize("source", [REFERENCE, BY_THE_CLOCK], ids=["timers", "the clock, and all on disk"])
def test_every_right_style_passes(source):
    verdict = attempt(source)
    assert verdict.passed, verdict
    assert "The lock: 14 systems of 3 to 4 nodes" in str(verdict)
    assert "The holder: 20 systems of 2 nodes" in str(verdict)
    assert "drift: 11 systems of 3 to 4 nodes" in str(verdict)


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_reference_passes_in_other_courses(seed, monkeypatch):
    monkeypatch.setenv("DISTLAB_COURSE", f"seed={seed}")
    assert attempt(REFERENCE).passed


GRANT = """                    self.set_timer("lease", self.lease)
                    self.send(sender, Granted(number, self.held))
"""
RENEWAL = """                if token == self.held:
                    self.set_timer("lease", self.lease)
                    self.send(sender, Renewed(number))
"""
RELEASE = """                if token == self.held:
                    self.held = None
                    self.cancel_timer("lease")
"""
EXPIRY = """    def wake(self, timer):
        self.held = None
"""
RECOVERY = """        self.held = "somebody"  # it has forgotten who, and until when: so nobody new for a whole lease
        self.set_timer("lease", self.lease)
"""
YES = """                self.last_yes = max(self.last_yes, number)
"""
WORKS = """                    self.set_timer("work", self.work)
"""
ASKS = 'if timer == "ask" and self.state in ("waiting", "holding"):'
LETS_GO = """        elif timer == f"trust {self.last_yes}" and self.state == "holding":
            self.state = "lost"
"""
GIVES_BACK = """            self.state = "done"
            self.send(self.lock, Release(self.token))
"""
TRUSTED = 'self.set_timer(f"trust {number}", self.trust)\n'
FASTER = 'self.trust / (4 if self.state == "holding" else 2)'
SECOND = 'f"lease {self.held}"'

WRONG = {
    "never expires": (
        [(EXPIRY, EXPIRY.replace("self.held = None", "self.lease += 0"))],
        "Your lock refused ben, though it was free.",
        "The lease of ana, token 1, had ended at 100.4 ms.",
        "a timer of the lock's own ends a grant that is not renewed",
    ),
    "lets anybody release": (
        [(RELEASE, RELEASE.replace("token == self.held", "token"))],
        "ana's Release(token=1) is not of that grant.",
        "Tried: ana's old release comes when she has it again.",
    ),
    "renews whatever it is shown": (
        [(RENEWAL, RENEWAL.replace("token == self.held", "token"))],
        "Your lock renewed token 1 for ana",
        "Its lease had ended at 100.4 ms.",
        "what has ended has ended",
    ),
    "does not begin the lease anew": (
        [(RENEWAL, RENEWAL.replace('self.set_timer("lease", self.lease)', "pass"))],
        "Your lock granted token 2 to ben",
        "ana held it, with token 1, until 160.4 ms, and had not released it.",
        "when a whole lease has passed since it was given, or last renewed",
    ),
    "refuses to renew": (
        [(RENEWAL, RENEWAL.replace("token == self.held", "False"))],
        "Your lock refused to renew token 1 for ana",
        "That grant is in force until 100.4 ms.",
    ),
    "keeps the old timer of a grant that was released": (
        [
            (RELEASE, RELEASE.replace('                    self.cancel_timer("lease")\n', "")),
            (GRANT, GRANT.replace('"lease"', SECOND)),
            (RENEWAL, RENEWAL.replace('"lease"', SECOND)),
        ],
        "ben held it, with token 2, until 160.4 ms, and had not released it.",
    ),
    "forgets the token in a crash": (
        [
            (
                'self.held = self.disk["token"] = self.disk.get("token", 0) + 1',
                'self.held = self.count = getattr(self, "count", 0) + 1',
            )
        ],
        "Your lock granted token 1 to ben after its crash, and had granted 1 before.",
        "what has to survive a crash stands on self.disk",
    ),
    "comes back as if nothing had been": (
        [(RECOVERY, "        self.held = None\n")],
        "Your lock granted token 2 to ben at 60.4 ms.",
        "ana held it, with token 1, until 100.4 ms, and had not released it.",
        "after a crash it has forgotten when its grants end: how long until they all have?",
    ),
    "never grants again after a crash": (
        [(RECOVERY, '        self.held = "somebody"\n')],
        "Your lock refused ben, though it was free.",
        "Tried: the lock crashes while ana has it.",
    ),
    "counts from the answer": (
        [(WORKS, WORKS + " " * 20 + TRUSTED), (YES, YES + " " * 16 + TRUSTED)],
        "ana still believed that it held the lock just before",
        "80 ms of trust from the sending end at",
        "set the timer when you send the request, not when the answer comes: it may take its time",
    ),
    "believes for ever": (
        [(LETS_GO, "")],
        "when the trust is over, and no newer request was answered with yes, it does not hold any more",
    ),
    "trusts a renewal before it is answered": (
        [("        self.number += 1\n", "        self.number += 1\n        self.last_yes = self.number\n")],
        "ana still believed that it held the lock just before",
        "Its last request that was answered with yes",
    ),
    "takes a late answer for one to the newest request": (
        [(YES, "                self.last_yes = self.number\n"), ("self.trust / 2", FASTER)],
        "ana still believed that it held the lock just before",
        "count from the sending of that one, not of a later one",
    ),
    "holds as soon as it asks": (
        [
            (
                "        self.ask()\n\n    def ask",
                '        self.ask()\n        self.state = "holding"\n\n    def ask',
            )
        ],
        'ana turned to "holding" at 0 ms, and nobody had granted it anything.',
    ),
    "asks once": (
        [(ASKS, 'if timer == "ask" and self.state == "holding":')],
        'ana was never "holding" in 1000 ms.',
        "Tried: the lock refuses twice.",
    ),
    "takes no answer but the newest": (
        [("self.trust / 2", "self.trust / 4")],
        "Granted(number=1, token=1) came to ana at",
        "the answer to an older request counts, too",
    ),
    "never renews": (
        [(ASKS, 'if timer == "ask" and self.state == "waiting":')],
        "and its work takes 300 ms.",
        "renew long before the trust is over",
    ),
    "never releases": (
        [(GIVES_BACK, '            self.state = "done"\n')],
        "and it did not release it.",
        "Then it sends Release(1), and does not hold any more.",
    ),
    "goes on after its release": (
        [(GIVES_BACK, "            self.send(self.lock, Release(self.token))\n")],
        "it released it at",
    ),
    "releases with the number of the request": (
        [(GIVES_BACK, GIVES_BACK.replace("self.token", "self.number + 5"))],
        "it sent Release(token=6).",
    ),
    "gives two requests one number": (
        [("        self.number += 1\n", "        self.number = 1\n")],
        "Two requests with one number: nobody can tell to which of them an answer belongs.",
    ),
    "talks without end": (
        [('self.set_timer("ask", self.trust / 2)', 'self.set_timer("ask", 0)')],
        "The nodes still talked after",
    ),
    "loops for ever": (
        [(ASKS, f'while timer == "work":\n            pass\n        {ASKS}')],
        "2 seconds",
    ),
    "sets a timer to a word": (
        [('self.set_timer("ask", self.trust / 2)', 'self.set_timer("ask", "soon")')],
        "a timer's time is a number of ms",
    ),
    "takes other parameters": (
        [("def __init__(self, lock, trust, work):", "def __init__(self, lock, trust):\n        work = 1")],
        "Holder could not be called with 3 arguments",
        "keep the parameters as they stand in the stub",
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake, monkeypatch):
    locks.expect(attempt, REFERENCE, mistake, WRONG, monkeypatch)


# --- the judges themselves ---


def test_two_who_believe_are_found_in_a_run_without_leases_that_fit():
    nodes = {
        "lock": solutions.LeaseLock(50),
        "ana": solutions.Holder("lock", 400, 300),
        "ben": solutions.Holder("lock", 400, 300),
    }
    trace = Simulation(nodes, seed=1, network=Network((1, 5))).run()
    first, second, begin, end = belief.at_once(trace, ["ana", "ben"])
    assert {first, second} == {"ana", "ben"}
    assert begin < end
    assert all(belief.spans(trace, name) for name in ("ana", "ben"))


def test_the_slow_lock_is_right():
    nodes = {
        "lock": slow.SlowLock(LEASE, late=[(0, 30)]),
        **{n: solutions.Holder("lock", TRUST, 150) for n in ("ana", "ben")},
    }
    trace = Simulation(nodes, seed=3, network=Network((1, 5))).run(until=2000)
    assert belief.at_once(trace, ["ana", "ben"]) is None
    assert [len(belief.spans(trace, name)) for name in ("ana", "ben")] == [1, 1]
