"""Messages as bytes: the other end gets an equal one."""

from hypothesis import given
from hypothesis import strategies as st

from distlab import values
from distlab.faults import Loss
from distlab.network import Network
from distlab.node import Node
from distlab.simulate import Simulation
from distlab.wire import decode, encode, through
from tests.randomly import TYPES, Color, Entry, Ping, Point, Tell, Vote, fixed


@given(st.builds(Vote, fixed, fixed))
def test_the_other_end_gets_an_equal_message(message):
    there = through(message)
    assert values.key(there) == values.key(message) and type(there) is Vote
    assert values.key(decode(encode(message), TYPES)) == values.key(message)


def test_all_that_is_inside_arrives_as_what_it_was():
    inside = (Point(1, Entry(2, Color.RED)), frozenset({Ping(3)}), values.frozen({"k": Tell(frozenset("a"))}))
    assert repr(through(Vote(inside)).tx) == repr(inside)
    assert through(Vote("\ud800")).tx == "\ud800"


class Keeper(Node):
    """Keeps what it gets; the message is its own even where sender and receiver share memory."""

    def start(self):
        if self.name == "a":
            self.send("b", Tell(frozenset("xy"), (1,)))

    def receive(self, message, sender):
        self.note(repr(message))


def test_a_run_over_the_wire_is_the_same_run():
    nodes = {"a": Keeper(), "b": Keeper()}
    network = Network((1, 5), loss=0.1, duplicates=0.5)
    plain = Simulation(nodes, 3, network, [Loss(0.1, 2)]).run()
    wired = Simulation(nodes, 3, network, [Loss(0.1, 2)], wire=True).run()
    assert wired.to_json() == plain.to_json() and len(wired.messages()) > 0
    (sent, *_), (other, *_) = wired.messages(), plain.messages()
    assert sent.message == other.message and sent.message is not other.message
