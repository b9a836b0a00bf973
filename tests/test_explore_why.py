"""Why: the clause, the event, the values, and since when nothing could save it. And what a pass is worth."""

import pytest

from distlab.checking import Register, linearizable
from distlab.exploration import explore
from distlab.node import Message, Node
from tests.protocols import atomic, two_phase
from tests.registers import HastyReader, Reader, atomic_register, replicated
from tests.test_explore_liveness import Retrying, answered, asking, decided

MIXED = {"no mixed outcome": atomic}


class Order(Message):
    urgent: bool


class Fuse(Node):
    """Is lit or cut, whatever comes first."""

    def start(self):
        self.set_timer("light", 1)
        self.set_timer("cut", 1)

    def wake(self, timer):
        self.cancel_timer("light")
        self.cancel_timer("cut")
        if timer == "light":
            self.send("bomb", Order(urgent=True))


class Bomb(Node):
    state = "whole"

    def receive(self, message, sender):
        self.state = "hot"
        self.set_timer("burn", 1)

    def wake(self, timer):
        self.state = "gone"


def whole(world):
    return world.nodes["bomb"].state != "gone"


class Journal(Node):
    """Writes a vote down before it sends it; the vote is a boolean, and nobody sends the other kind of message."""

    def start(self):
        self.disk["vote"] = True
        self.disk.log.append("voted")
        self.send("b", Order(urgent=True))

    def recover(self):
        if "vote" in self.disk:
            self.send("b", Order(urgent=True))

    def receive(self, message, sender):
        self.send(sender, Never())


class Never(Message):
    pass


class Clerk(Node):
    heard = frozenset()

    def receive(self, message, sender):
        self.heard |= {message.urgent}
        if len(self.heard) > 1:
            self.state = "confused"


# --- why ---


def test_the_event_and_the_values_that_it_took_are_named():
    found = explore(two_phase(3), MIXED, crashes=1)
    first, *_ = found.why.split("\n")
    assert first == (
        "Step 10: rm0 got Commit() from tm; rm0.state went from 'prepared' to 'committed', "
        "while rm1.state is 'aborted'."
    )  # and not rm2, which is prepared and has nothing to do with it


def test_the_turning_point_is_where_no_continuation_was_left():
    found = explore({"fuse": Fuse(), "bomb": Bomb()}, {"whole": whole}, losses=1)
    assert (found.violation.duration, found.turning) == (3, 1)
    assert found.why.split("\n")[1] == (
        "After step 1 (fuse's timer 'light' ran out) every fair continuation without new faults breaks it; "
        "before, there was one that did not."
    )


def test_a_system_that_breaks_by_itself_needs_no_fault():
    found = explore(asking(), {"unanswered": lambda world: not answered(world)})
    assert found.turning == 0
    assert found.why.endswith("No fault is needed: from the start every fair run breaks it.")


def test_where_it_could_have_gone_well_up_to_the_end_it_says_so():
    found = explore(two_phase(3), MIXED, crashes=1)
    assert found.turning == 10  # rm1, which aborted, might have got its Commit first
    assert found.why.endswith("Up to this last step it could still have gone well.")


def test_what_the_judge_of_a_history_says_is_passed_on():
    asked = {"atomic": lambda world: linearizable(world.history, Register())}
    found = explore(replicated(HastyReader, 3, 2), asked)
    assert "to the history it adds: reader completed None" in found.why
    assert (
        "Reader's read returned None, but reader's read had already returned 1 before it began." in found.why
    )


def test_a_run_that_never_gets_there_says_how_things_stand():
    lost = explore(asking(), eventually={"answered": answered}, losses=1)
    assert lost.why == "At the end a.state is 'waiting'.\nUp to this last step it could still have gone well."
    down = explore(two_phase(3), eventually={"decided": decided}, crashes=1)
    assert "rm2.state is 'working' (rm2 is down)" in down.why


def test_a_pass_needs_no_reason():
    found = explore(two_phase(2), MIXED)
    assert (found.why, found.turning) == ("", None)
    with pytest.raises(ValueError, match="nothing is broken"):
        found.diagram()


def test_a_violation_is_shown_as_text_and_as_a_picture():
    pytest.importorskip("distlab.figures")
    import distlab  # the roof, which puts the drawing in

    assert distlab.Trace.drawing is not None
    found = explore(two_phase(3), MIXED, crashes=1)
    data, _ = found._repr_mimebundle_()
    assert data["text/plain"] == f"{found!r}\n{found.why}"
    assert "broken after 10 steps" in data["image/svg+xml"]
    assert set(explore(two_phase(2))._repr_mimebundle_()) == {"text/plain"}


# --- what grows ---


def test_a_search_that_is_too_large_says_what_grows():
    class Counter(Node):
        count = 0

        def start(self):
            self.set_timer("tick", 1)

        def wake(self, timer):
            self.count += 1
            self.set_timer("tick", 1)

    def said(nodes, **options):
        return repr(explore(nodes, max_states=500, **options)).split("; ")[-1]

    assert said({"a": Counter(), "b": Node()}) == "a.count grows: 500 values so far"
    assert said(asking(Retrying)).startswith("messages pile up: up to ")
    assert said(two_phase(5)) == "no part grows, it is their combinations that are many"


def test_an_interrupt_keeps_what_was_found():
    def tires(world):
        tires.left -= 1
        if not tires.left:
            raise KeyboardInterrupt
        return True

    tires.left = 5
    asked = {"tires": lambda world: tires(world) and all(node.state for node in world.nodes.values())}
    found = explore(two_phase(3), asked)
    assert not found.complete
    assert 0 < found.states < 584
    assert repr(found).startswith("? interrupted after ")


# --- what it is worth ---


def test_what_never_happened_is_said():
    found = explore({"a": Journal(), "b": Clerk()}, {"clear": lambda world: world.nodes["b"].state is None})
    seen = found.exercised
    assert seen.delivered == {"Order": 1}
    assert seen.never_sent == ("Never",)
    assert [(line.where, line.text) for line in seen.never_run] == [
        ("Clerk.receive", 'self.state = "confused"'),
        ("Journal.receive", "self.send(sender, Never())"),
        ("Journal.recover", 'if "vote" in self.disk:'),
    ]
    assert seen.warnings[0] == "never sent: Never"


def test_a_pass_says_what_it_is_worth():
    found = explore({"a": Journal(), "b": Clerk()}, {"clear": lambda world: world.nodes["b"].state is None})
    said = found._repr_mimebundle_()["text/plain"].splitlines()
    assert said[0] == repr(found)
    assert said[1:-1] == repr(found.exercised).splitlines()
    assert said[1] == "delivered: Order in 1 way"
    assert said[-1] == "of 5 mutations of the protocol 0 would be noticed; mutations() lists them"
    assert len(found.mutations()) == 5


def test_a_large_pass_leaves_the_mutations_to_be_asked_for():
    found = explore(two_phase(5), {"atomic": atomic}, network="set")
    said = found._repr_mimebundle_()["text/plain"].splitlines()
    assert said[-1] == "mutations() tells which changes of the protocol would be noticed"
    assert said[1].startswith("delivered: Prepared in 320 ways, Abort in 15 ways")


def test_where_nothing_was_asked_only_what_never_happened_is_said():
    found = explore({"a": Journal(), "b": Clerk()})
    assert found._repr_mimebundle_()["text/plain"].splitlines() == [repr(found), *found.exercised.warnings]


def test_crashes_are_counted_by_where_they_fall():
    found = explore({"a": Journal(), "b": Clerk()}, crashes=1)
    assert set(found.exercised.crashes) == {"a", "b"}
    assert 0 < found.exercised.crashes_inside < found.exercised.crashes.total()
    assert "Journal.recover" not in {line.where for line in found.exercised.never_run}


def test_operations_that_never_overlap_prove_little():
    assert explore(asking()).exercised.overlapped is False
    assert "no two operations overlapped" in explore(asking()).exercised.warnings
    assert explore(replicated(Reader, 2, 1)).exercised.overlapped is True
    assert explore(two_phase(2)).exercised.overlapped is None


def test_mutations_show_what_an_invariant_notices():
    asked = {"clear": lambda world: world.nodes["b"].state is None}
    heard = {"heard": lambda world: bool(world.nodes["b"].heard)}
    found = explore({"a": Journal(), "b": Clerk()}, asked, heard, crashes=1)
    noticed = {mutation.title: mutation.noticed for mutation in found.mutations()}
    assert noticed == {
        "drop Order": "heard",
        "ignore Order": "heard",
        "flip Order.urgent": None,
        "skip Journal's write of 'vote'": None,
        "skip Journal's write of its log": None,
        "forget Journal's disk": None,
    }
    assert repr(found.mutations()).startswith("2 of 6 mutations noticed\ndrop Order: noticed by heard\n")


def test_mutations_that_break_a_handler_are_noticed_too():
    found = explore(replicated(Reader, 2, 1), {"atomic": atomic_register}, eventually={"read": completed})
    noticed = {mutation.title: mutation.noticed for mutation in found.mutations()}
    assert noticed["drop GetDone"] == "read"
    assert noticed["ignore Get"] == "read"
    assert noticed["ignore Put"] is None  # the write never ends, and nobody asked that it does


def completed(world):
    return world.nodes["reader"].phase == "done"


def test_mutations_ask_for_something_that_holds():
    with pytest.raises(ValueError, match="ask for one that holds first"):
        explore(two_phase(2)).mutations()
    with pytest.raises(ValueError, match="ask for one that holds first"):
        explore(two_phase(3), MIXED, crashes=1).mutations()
