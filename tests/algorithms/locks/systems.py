"""Systems that the tests of locks share."""

from distlab import Node
from distlab.algorithms.locks import (
    Holder,
    Resource,
    Witness,
    no_update_lost,
    one_grant,
    tokens_never_decrease,
)

SAFE = {
    "one grant": one_grant,
    "tokens never decrease": tokens_never_decrease,
    "no update is lost": no_update_lost,
}


def system(checks="all", clients=("ana", "ben"), service=Witness, **options):
    """A lock, a resource, and clients that add one to it."""
    people = {name: Holder("lock", "store", **options) for name in clients}
    return {"lock": service(), "store": Resource(checks, "lock"), **people}


class Teller(Node):
    """Says its lines one after the other, a millisecond apart, and notes what it hears."""

    def __init__(self, *lines):
        self.lines = lines

    def start(self):
        self.set_timer("next", 1)

    def wake(self, timer):
        (to, message), *rest = self.lines
        self.send(to, message)
        self.lines = tuple(rest)
        if rest:
            self.set_timer("next", 1)

    def receive(self, message, sender):
        self.note(f"{sender}: {getattr(message, 'why', message)}")


def heard(trace, name):
    """What a node noted."""
    return [event.detail for event in trace.events if event.kind == "noted" and event.node == name]
