"""Exercise 2.5, attempted rightly and wrongly."""

import pytest

from distlab.exercises import check
from distlab.exercises.solutions import core_concepts as solutions
from tests.exercises import cells

CELL = """
class Buy(Message):
    number: int

class Sold(Message):
    number: int
    seat: int

class Buyer(Node):
    def __init__(self, seats):
        self.seats = seats         # how many to buy, one after the other
{buyer}

class Office(Node):
{office}
"""
STUB = {
    "buyer": """
    def start(self):
        ...

    def receive(self, message, sender):
        ...
""",
    "office": """
    def receive(self, message, sender):
        ...
""",
}
BUYER = """
    def start(self):
        self.number = 0
        self.next()

    def next(self):
        self.number += 1
        if self.number <= self.seats:
            self.invoke(("buy",))
            self.wake("again")

    def wake(self, timer):
        self.send("office", Buy(self.number))
        self.set_timer("again", 100)

    def receive(self, message, sender):
        if message.number == self.number:
            self.cancel_timer("again")
            self.complete(message.seat)
            self.next()
"""
OFFICE = """
    def receive(self, message, sender):
        books = self.disk.get("books", {})
        key = sender, message.number
        if key not in books:
            self.disk["books"] = books = {**books, key: len(books) + 1}
        self.send(sender, Sold(message.number, books[key]))
"""
LOG = """
    def receive(self, message, sender):
        key = (sender, message.number)
        sold = [record for record in self.disk.log if isinstance(record, tuple)]
        if key not in sold:
            self.disk.log.append(key)
            sold.append(key)
        self.send(sender, Sold(message.number, sold.index(key) + 1))
"""
LAST = """
    autosync = False

    def receive(self, message, sender):
        sold, last = self.disk.get("books", (0, {}))
        number, seat = last.get(sender, (0, 0))
        if message.number > number:
            sold += 1
            number, seat = message.number, sold
            self.disk["books"] = (sold, {**last, sender: (number, seat)})
            self.disk.sync()
        if message.number == number:
            self.send(sender, Sold(number, seat))
"""


def attempt(buyer=BUYER, office=OFFICE):
    space = cells.run(CELL.format(buyer=buyer, office=office))
    return check("2.5", (space["Buyer"], space["Office"]))


def test_the_stub_is_not_attempted_yet():
    assert "Write Buyer and Office, then run this cell again." in str(attempt(**STUB))


def patient(buyer):
    """Asks less and less often."""
    wait = 'self.set_timer("again", self.patience)\n        self.patience = min(2 * self.patience, 800)'
    buyer = buyer.replace('self.set_timer("again", 100)', wait)
    return buyer.replace(
        'self.invoke(("buy",))', 'self.patience = 50\n            self.invoke(("buy", "please"))'
    )


RIGHT = {
    "a dict of all that was sold": ({}, "12,911 worlds"),
    "a log of all that was sold": ({"office": LOG}, "15,501 worlds"),
    "the last request of each buyer, forced by hand": ({"office": LAST}, "12,911 worlds"),
    "a buyer with growing patience": ({"buyer": patient(BUYER)}, "each call got one seat of its own."),
    "a buyer with a clock": (
        {
            "buyer": BUYER.replace(
                'self.send("office"', 'self.asked_at = self.now\n        self.send("office"'
            )
        },
        "(not searched, for your nodes look at their clocks)",
    ),
}


@pytest.mark.parametrize("style", RIGHT)
def test_every_right_style_passes(style):
    parts, said = RIGHT[style]
    verdict = attempt(**parts)
    assert verdict.passed, verdict
    assert verdict.lines[0].startswith("25 systems of 2 to 4 nodes, ") and said in verdict.lines[0]


def test_the_reference_passes():
    assert check("2.5", (solutions.Buyer, solutions.Office)).lines == [
        "25 systems of 2 to 4 nodes, 369 messages, and every order of events in two (12,911 worlds): each call got one "
        "seat of its own."
    ]


TWO_WRITES = """
    def receive(self, message, sender):
        key = sender, message.number
        if key not in self.disk:
            self.disk["sold"] = self.disk.get("sold", 0) + 1
            self.disk[key] = self.disk["sold"]
        self.send(sender, Sold(message.number, self.disk[key]))
"""
MEMORY = """
    def start(self):
        self.books = {}

    def receive(self, message, sender):
        key = sender, message.number
        if key not in self.books:
            self.books[key] = len(self.books) + 1
        self.send(sender, Sold(message.number, self.books[key]))
"""
WRONG = {
    "asks once: at most once": (
        {"buyer": BUYER.replace('        self.set_timer("again", 100)\n', "")},
        "ana's call number 1 never returned; it asked 1 time, the last time at 0 ms, and then waited for ever.",
        "when no answer has come for a while, ask again",
    ),
    "answers once: at most once": (
        {"office": OFFICE.replace("        self.send(sender", "            self.send(sender")},
        "it asked 91 times, to the end, and the office heard it 90 times and answered 1 time.",
        "a request that was seen before still needs its answer",
    ),
    "sells whenever it is asked: at least once": (
        {
            "office": """
    def receive(self, message, sender):
        self.disk["sold"] = self.disk.get("sold", 0) + 1
        self.send(sender, Sold(message.number, self.disk["sold"]))
"""
        },
        "ana was sold seat 2, and only 1 call had been made by then.",
        "how does the office see that it has done this already?",
    ),
    "numbers every attempt anew: at least once": (
        {
            "buyer": """
    def start(self):
        self.number = self.done = 0
        self.next()

    def next(self):
        if self.done < self.seats:
            self.invoke(("buy",))
            self.wake("again")

    def wake(self, timer):
        self.number += 1
        self.send("office", Buy(self.number))
        self.set_timer("again", 100)

    def receive(self, message, sender):
        if message.number == self.number:
            self.cancel_timer("again")
            self.number += 1
            self.done += 1
            self.complete(message.seat)
            self.next()
"""
        },
        "The office heard ana 2 times, and sold a seat each time: at least once is not once.",
        "who asks again makes the same request",
    ),
    "keeps all in memory": (
        {"office": MEMORY},
        "The office crashed between the two: of what was in its memory it knew nothing any more.",
        "what has to be on the disk before the answer leaves?",
    ),
    "keeps only the seats on disk": (
        {
            "office": MEMORY.replace(
                "self.books[key] = len(self.books) + 1",
                'self.books[key] = self.disk["sold"] = self.disk.get("sold", 0) + 1',
            )
        },
        "The office crashed, and when the request came again it did not know it any more.",
        "what the office remembers of a request has to survive with the sale",
    ),
    "writes the sale, and then the request": (
        {"office": TWO_WRITES},
        "The office crashed in the middle of a handler, after 1 effect of it.",
        "two writes are two moments, and a crash may fall between them",
    ),
    "writes the request, and then the sale": (
        {
            "office": TWO_WRITES.replace('self.disk["sold"] = self', "self.disk[key] = self").replace(
                'self.disk[key] = self.disk["sold"]', 'self.disk["sold"] = self.disk[key]'
            )
        },
        "ana and ben were both sold seat 1.",
        "two writes are two moments, and a crash may fall between them",
    ),
    "forces nothing": (
        {"office": LAST.replace("            self.disk.sync()\n", "")},
        "The office crashed in the middle of a handler, after 2 effects of it.",
        "self.disk.sync() before the answer leaves",
    ),
    "takes a torn record for a sale": (
        {
            "office": LOG.replace(
                "[record for record in self.disk.log if isinstance(record, tuple)]", "list(self.disk.log)"
            )
        },
        "The crash tore the last record of the office's log: TORN stands there now.",
        "what is half written is not written",
    ),
    "answers as the bank did, with the latest": (
        {
            "office": """
    def receive(self, message, sender):
        total, seen = self.disk.get("books", (0, {}))
        if seen.get(sender, 0) < message.number:
            total += 1
            self.disk["books"] = (total, {**seen, sender: message.number})
        self.send(sender, Sold(message.number, total))
"""
        },
        "One of them had to ask more than once, and was not told what it would have been told the first time.",
        "an answer that is given again is the same answer",
    ),
    "knows a request by its number": (
        {"office": OFFICE.replace("key = sender, message.number", "key = message.number")},
        "ben and ana were both sold seat 1.",
        "two buyers may use the same numbers",
    ),
    "knows a request by its buyer": (
        {"office": OFFICE.replace("key = sender, message.number", "key = sender")},
        "ana was twice sold seat 1.",
        "a request is known by who asks and by its number",
    ),
    "takes any answer for the one it waits for": (
        {"buyer": BUYER.replace("if message.number == self.number:", "if self.number <= self.seats:")},
        "What was taken for the answer had been sent before the call was made: it answered an earlier one.",
        "how does a buyer see which of its requests an answer belongs to?",
    ),
    "asks nobody": (
        {"buyer": BUYER.replace('self.wake("again")', "self.complete(self.number)\n            self.next()")},
        "Nothing had come to ben when its call returned.",
        "the office says which seat it is",
    ),
    "begins with seat 2": (
        {"office": OFFICE.replace("len(books) + 1", "len(books) + 2")},
        "ana was sold seat 2, and only 1 call had been made by then.",
        "the first seat is number 1; then comes 2",
    ),
    "begins with seat 0": (
        {"office": OFFICE.replace("len(books) + 1", "len(books)")},
        "ana's call returned 0.\n  A seat is a whole number, 1 or more.",
        "",
    ),
    "loses heart": (
        {
            "buyer": BUYER.replace("def wake(self, timer):", "def ask(self):")
            .replace('self.wake("again")', "self.ask()")
            .replace(
                "    def receive",
                "    def wake(self, timer):\n        self.give_up()\n        self.next()\n\n    def receive",
            )
        },
        "ana's call number 1 gave up.",
        "ask again",
    ),
    "asks on and on": (
        {
            "buyer": BUYER.replace('            self.cancel_timer("again")\n', "")
            .replace("self.number += 1", "self.number = min(self.number + 1, self.seats + 1)")
            .replace(
                'self.send("office", Buy(self.number))',
                'self.send("office", Buy(self.number if self.number <= self.seats else self.seats))',
            )
        },
        "and the last call had returned at",
        "cancel its timer",
    ),
    "buys one": (
        {"buyer": BUYER.replace("if self.number <= self.seats", "if self.number <= 1")},
        "ana made 1 call.",
        "",
    ),
    "returns nothing": (
        {"buyer": BUYER.replace("self.complete(message.seat)", "self.complete()")},
        "ana's call returned None.",
        "",
    ),
    "makes a call of each attempt": (
        {"buyer": BUYER.replace('self.send("office"', 'self.invoke(("buy",))\n        self.send("office"')},
        "ana invoked an operation while its last one was still open",
        "",
    ),
    "leaves the office empty": ({"office": STUB["office"]}, "Office is still empty.", ""),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_every_mistake_gets_its_own_answer(mistake):
    parts, reason, advice = WRONG[mistake]
    verdict = attempt(**parts)
    assert verdict.outcome == "not yet"
    assert reason in str(verdict) and advice in verdict.advice
