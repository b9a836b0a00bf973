"""The lease service by search: exact numbers of worlds, shortest violations, and what fencing saves."""

import pytest

from distlab import Clock, Counter, Crash, Network, Pause, Simulation, explore, linearizable
from distlab.algorithms.locks import (
    Acquire,
    Granted,
    Holder,
    LeaseService,
    Rejected,
    Release,
    Renew,
    Renewed,
    Resource,
    Witness,
    most_believers,
    no_update_lost,
    one_believer,
    one_grant,
    tokens_never_decrease,
    updates,
)
from tests.algorithms.locks.systems import SAFE, Teller, heard, system


class Hasty(Witness):
    """Does not wait after a crash."""

    def recover(self):
        self.token = self.disk.get("token", 0)


class Forgetful(Witness):
    """Counts its tokens from one again after a crash."""

    def recover(self):
        pass


def kept(world):
    return linearizable(updates(world.history), Counter()).ok


# --- in every order of events ---


@pytest.mark.parametrize(
    ("faults", "states", "depth"),
    [
        ({}, 7_942, 22),
        ({"crashes": 1}, 82_062, 23),
        ({"losses": 1}, 16_865, 22),
        ({"duplicates": 1}, 310_035, 27),
    ],
)
def test_what_the_service_and_the_resource_promise_holds_in_every_order(faults, states, depth):
    found = explore(system(), SAFE, **faults)
    assert (found.violation, found.complete) == (None, True)
    assert (found.states, found.depth) == (states, depth)


def test_and_not_by_doing_nothing_both_may_add_one_and_everybody_comes_to_an_end():
    def ended(world):
        return all(
            world.nodes[name].state == "idle" and not world.nodes[name].times for name in ("ana", "ben")
        )

    added = {"both add one": lambda world: world.nodes["store"].value == 2}
    found = explore(system(), SAFE, sometimes=added, eventually={"everybody comes to an end": ended})
    assert (found.violation, found.complete, found.unreached) == (None, True, ())


def test_renewals_change_nothing_in_that():
    def within(world):
        return all(world.nodes[name].number <= 2 for name in ("ana", "ben"))

    found = explore(system(renew=10.0), SAFE, within=within)
    assert (found.violation, found.complete, found.states) == (None, True, 76_066)


def test_no_increment_is_lost_as_the_clients_see_it():
    found = explore(system(), {"linearizable": kept})
    assert (found.violation, found.complete, found.states) == (None, True, 25_596)


def test_nor_when_messages_arrive_twice():
    found = explore(system(), {"linearizable": kept}, duplicates=1, timeouts=1)
    assert (found.violation, found.complete, found.states) == (None, True, 13_193)


def test_to_call_a_late_copy_of_a_write_refused_would_be_a_lie():
    class Blunt(Resource):
        def refusal(self, message, why):
            return Rejected(message.token, why)

    nodes = system() | {"store": Blunt("all", "lock")}
    found = explore(nodes, {"linearizable": kept}, duplicates=1, timeouts=1)
    assert (found.violation.duration, found.states) == (15, 9_450)
    assert [o.outcome for o in updates(found.violation)] == ["failed", "completed"]


def test_belief_is_not_searchable_a_lease_has_two_believers_in_some_order():
    found = explore(system(), {"one believer": one_believer})
    assert (found.violation.duration, found.states) == (5, 145)
    assert found.violation.final["ana"] == found.violation.final["ben"] == "holding"
    assert most_believers(found.violation) == 2


# --- what each precaution is for ---


@pytest.mark.parametrize(
    ("service", "clause", "predicate", "steps", "states"),
    [
        (Hasty, "one grant", one_grant, 3, 148),
        (Forgetful, "one grant", one_grant, 3, 147),
        (Forgetful, "no update is lost", no_update_lost, 11, 24_600),
    ],
)
def test_a_service_that_cuts_corners_after_a_crash_is_caught(service, clause, predicate, steps, states):
    found = explore(system(service=service), {clause: predicate}, crashes=1)
    assert (found.violation.duration, found.states) == (steps, states)


def test_fencing_saves_the_resource_even_from_a_service_that_does_not_wait():
    late = {"tokens never decrease": tokens_never_decrease, "no update is lost": no_update_lost}
    found = explore(system(service=Hasty), late, crashes=1)
    assert (found.violation, found.complete, found.states) == (None, True, 77_338)


def test_equal_tokens_are_no_smaller_ones_so_order_alone_does_not_find_the_forgetful():
    found = explore(system(service=Forgetful), {"in order": tokens_never_decrease}, crashes=1)
    assert (found.violation, found.complete, found.states) == (None, True, 86_210)


@pytest.mark.parametrize("checks", ["writes", "nothing"])
def test_a_resource_that_does_not_look_at_every_token_loses_an_update(checks):
    order = explore(system(checks), {"tokens never decrease": tokens_never_decrease})
    assert (order.violation.duration, order.states) == (7, 420)
    lost = explore(system(checks), {"no update is lost": no_update_lost})
    assert (lost.violation.duration, lost.states) == (11, 2_287)


@pytest.mark.parametrize(("checks", "states"), [("writes", 9_567), ("nothing", 9_585)])
def test_the_lost_update_is_seen_by_the_clients_alone(checks, states):
    found = explore(system(checks), {"linearizable": kept})
    assert (found.violation.duration, found.states) == (13, states)
    increments = updates(found.violation)
    assert [o.result for o in increments] == [1, 1]
    assert "1" in linearizable(increments, Counter()).why


def test_one_grant_asks_a_witness():
    nodes = system(service=LeaseService)
    with pytest.raises(ValueError, match="put Witness"):
        explore(nodes, {"one grant": one_grant})


# --- in time ---


def run(nodes, *faults, delay=2.0, until=400.0):
    return Simulation(nodes, network=Network(delay=delay), faults=faults).run(until=until)


def test_two_clients_take_turns():
    trace = run(system(work=5.0))
    assert [str(o) for o in trace.history()] == [
        "ana: acquire -> 1",
        "ben: acquire -> 2",
        "ana: increment -> 1",
        "ana: release",
        "ben: increment -> 2",
        "ben: release",
    ]
    assert most_believers(trace) == 1


@pytest.mark.parametrize(("checks", "results"), [("all", [1]), ("writes", [1, 1]), ("nothing", [1, 1])])
def test_the_pause_makes_two_believers_and_only_the_resource_can_help(checks, results):
    pause = Pause("ana", at=10, until=62)  # ben has read by then, and not written yet
    trace = run(system(checks, work=5.0), pause)
    assert most_believers(trace) == 2
    done = [o.result for o in updates(trace) if o.outcome == "completed"]
    assert done == results
    assert linearizable(updates(trace), Counter()).ok is (checks == "all")


def test_a_grant_that_waited_in_the_queue_is_renewed_before_it_is_trusted():
    nodes = {"lock": LeaseService(50.0), "ana": Holder(stays=True), "ben": Holder(begin=1.0, stays=True)}
    trace = run(nodes, until=80)
    assert [f.sent.at for f in trace.messages(Renew)] == [
        54
    ]  # the grant left at 52, when ana's lease ran out
    held = next(e.at for e in trace.events if e.kind == "completed" and e.node == "ben")
    assert held == 58
    assert "came later" in heard(trace, "ben")[0]


def test_a_holder_that_renews_keeps_the_lock():
    trace = run({"lock": LeaseService(50.0), "ana": Holder(renew=20.0, stays=True)}, until=500)
    assert trace.final["ana"] == "holding"
    assert len(trace.messages(Renewed)) == 24
    alone = run({"lock": LeaseService(50.0), "ana": Holder(stays=True)}, until=500)
    assert alone.final["ana"] == "idle"
    assert max(e.at for e in alone.events if e.node == "ana") == 40  # counted from sending


def test_a_service_that_crashed_lets_a_lease_pass():
    nodes = {"lock": LeaseService(50.0), "ana": Holder(work=10.0), "ben": Holder(begin=30.0)}
    trace = run(nodes, Crash("lock", at=5, until=20))
    grants = [(f.sent.at, f.message.token) for f in trace.messages(Granted)]
    assert grants == [(2, 1), (70, 2)]


def test_without_a_lease_a_dead_holder_keeps_the_lock():
    nodes = {"lock": LeaseService(None), "ana": Holder(stays=True), "ben": Holder(begin=1.0)}
    trace = run(nodes, Crash("ana", at=10), until=10_000)
    assert trace.final["ben"] == "waiting"


def test_a_clock_that_jumps_back_makes_two_believers():
    nodes = {"lock": LeaseService(50.0), "ana": Holder(stays=True), "ben": Holder(begin=1.0, stays=True)}
    assert most_believers(run(nodes)) == 1
    assert most_believers(run(nodes, Clock("ana", offset=-30, at=20))) == 2


# --- bad input ---


@pytest.mark.parametrize("lease", [0, -1.0, "long", float("inf"), float("nan")])
def test_a_lease_is_a_time(lease):
    with pytest.raises(ValueError, match="a lease lasts for some ms"):
        LeaseService(lease)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([Release(1)], "token 1 was never granted here, the last one is 0: it is of another lock"),
        ([Acquire(1), Release(1), Release(1)], "nobody holds the lock: token 1 has run out, or was released"),
        (
            [Acquire(1), Release(7)],
            "token 7 was never granted here, the last one is 1: it is of another lock",
        ),
        ([Acquire(1), Acquire(2), Renew(3, 1)], "token 1 has run out: the lock was granted again since"),
        ([Acquire(1), Release("1")], "a token is a whole number that the service gave with a grant, not '1'"),
        ([Acquire(1), Release(True)], "a token is a whole number"),
    ],
)
def test_a_token_that_is_not_good_for_it_is_refused_with_a_sentence(lines, said):
    nodes = {"lock": LeaseService(), "ana": Teller(*[("lock", line) for line in lines])}
    trace = Simulation(nodes).run(until=30)
    assert said in heard(trace, "ana")[-1]


def test_only_the_holder_releases():
    ana = Teller(("lock", Acquire(1)))
    ben = Teller(("lock", Acquire(1)), ("lock", Release(1)))
    trace = Simulation({"lock": LeaseService(), "ana": ana, "ben": ben}).run(until=30)
    assert "token 1 was granted to ana, not to ben" in heard(trace, "ben")[0]


def test_a_service_that_has_just_recovered_knows_no_holder():
    ana = Teller(("lock", Acquire(1)), *[("lock", Renew(2, 1))] * 20)
    trace = Simulation({"lock": LeaseService(), "ana": ana}, faults=[Crash("lock", 5, 10)]).run(until=30)
    assert "the service crashed and has forgotten" in heard(trace, "ana")[-1]
