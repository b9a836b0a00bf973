"""Handlers that look at or change what is not theirs: each is found, and named."""

import datetime
import itertools
import os
import random
import time
import uuid

import msgspec
import pytest

from distlab.engine.inspector import Inspector
from distlab.exploration import InvariantError, explore
from distlab.node import Message, Node, NodeError

journal = []
total = 0
ticket = itertools.count()
SEEDED = random.Random(7)


class Note(Message):
    text: str


class Waking(Node):
    def start(self):
        self.set_timer("t", 1)


def node(wake, **attributes):
    return type("Impure", (Waking,), {"wake": wake} | attributes)()


def sentence(*nodes):
    with pytest.raises(NodeError) as caught:
        explore(dict(zip("ab", nodes, strict=False)))
    return str(caught.value)


def keeps_a_journal(self, timer):
    journal.append(timer)


def calls_a_helper(self, timer):
    helper(timer)


def helper(timer):
    journal.append(timer)


def counts(self, timer):
    global total
    total += 1


def remembers(self, timer, cache=[]):  # noqa: B006 (that is what is to be found)
    cache.append(timer)


def changes_its_class(self, timer):
    type(self).last = timer


def outside():
    seen = set()

    def wake(self, timer):
        seen.add(timer)

    return wake


@pytest.mark.parametrize(
    ("wake", "what"),
    [
        (keeps_a_journal, "the global variable journal"),
        (calls_a_helper, "the global variable journal"),
        (counts, "the global variable total"),
        (remembers, "a default argument of remembers"),
        (changes_its_class, "the attributes of the class Impure"),
        (outside(), "the variable seen outside outside.<locals>.wake"),
    ],
)
def test_what_is_shared_and_was_changed_is_named(wake, what):
    assert sentence(node(wake)).startswith(f"a changed {what}, which is not its own: nodes share nothing")


@pytest.mark.parametrize(
    ("call", "name", "instead"),
    [
        (lambda: random.random(), "random.random()", "self.choose"),
        (lambda: random.choice([1, 2]), "random.choice()", "self.choose"),
        (lambda: random.SystemRandom().random(), "random.SystemRandom()", "self.choose"),
        (lambda: os.urandom(2), "os.urandom()", "self.choose"),
        (lambda: uuid.uuid4(), "uuid.uuid4()", "self.choose"),
        (lambda: time.time(), "time.time()", "use a timer"),
        (lambda: time.monotonic_ns(), "time.monotonic_ns()", "use a timer"),
        (lambda: datetime.datetime.now(), "datetime.now()", "use a timer"),
    ],
)
def test_chance_and_clocks_are_named(call, name, instead):
    said = sentence(node(lambda self, timer: call()))
    assert said.startswith(f"a called {name}: ")
    assert instead in said


def test_a_message_that_was_changed_is_named():
    class Forger(Node):
        def receive(self, message, sender):
            msgspec.structs.force_setattr(message, "text", "forged")

    class Sender(Node):
        def start(self):
            self.send("a", Note("true"))

    assert sentence(Forger(), Sender()).startswith("a changed a message, Note(text='forged')")


def test_what_cannot_be_named_is_seen_when_the_handler_runs_again():
    def wake(self, timer):
        self.drawn = SEEDED.random()

    assert "did something else when it was run again" in sentence(node(wake))
    assert "did something else" in sentence(node(lambda self, timer: setattr(self, "n", next(ticket))))


def test_constants_and_chance_of_its_own_are_pure():
    def wake(self, timer):
        self.drawn = random.Random(3).random() + len(journal)

    assert explore({"a": node(wake)}).states == 2


def test_a_handler_without_an_end_is_ended_and_the_next_search_works(monkeypatch):
    monkeypatch.setattr(Inspector, "handler_seconds", 0.2)

    def loops(self, timer):
        while True:
            pass

    def floods(self, timer):
        while True:
            self.note("again")

    def chooses(self, timer):
        while True:
            self.choose([0])

    assert "a did not come to an end: one handler ran for more than 0.2 seconds" in sentence(node(loops))
    assert explore({"a": Waking()}).states == 2
    monkeypatch.setattr(Inspector, "handler_seconds", 60)
    assert "asked for more than 100,000 sends" in sentence(node(floods))
    assert "called choose more than 100 times in one handler" in sentence(node(chooses))


def test_state_has_to_be_plain_data():
    assert "cannot go on: self.f is a function" in sentence(node(lambda self, t: setattr(self, "f", helper)))


def test_an_invariant_without_an_end_is_ended_and_named(monkeypatch):
    monkeypatch.setattr(Inspector, "handler_seconds", 0.2)

    def endless(world):
        while True:
            pass

    with pytest.raises(InvariantError, match="always 'waits' does not come to an end; is there a loop"):
        explore({"a": Waking()}, {"waits": endless})
    assert explore({"a": Waking()}, {"fine": lambda world: True}).states == 2
