"""What the search says about a play, held to a search of the specification."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import explore
from distlab.adversary.game import Game
from distlab.adversary.limits import Limits
from distlab.adversary.search import Enough
from distlab.node import Node
from distlab.schedule import Schedule
from distlab.world import NETWORKS, replay
from tests.adversary.test_game import BREAKS, Echo, choose, echo, hasty
from tests.protocols import Commit, atomic, systems, two_phase
from tests.registers import HastyReader, atomic_register, replicated


def calm(world):
    """Breaks in some worlds of a random protocol, and not in others."""
    return sum(node.place for node in world.nodes.values()) < 3


def nearest(game, budgets, most=300):
    """The steps to the nearest world that breaks something, by stepping the specification; None: there is none."""
    level, seen = [(game.world, budgets)], set()
    for depth in range(most):
        following = []
        for world, left in level:
            key = (world.key(), left)
            if key in seen:
                continue
            seen.add(key)
            if len(seen) > most:
                return "too many"
            if not calm(world):
                return depth
            for choice in world.enabled(*(n > 0 for n in left)):
                crash = choice.kind == "crash" or "crash_after" in choice.options
                cost = (crash, choice.kind == "drop", choice.kind == "duplicate")
                following.append((world.step(choice), tuple(n - m for n, m in zip(left, cost, strict=True))))
        if not following:
            return None
        level = following
    return "too many"


@given(systems(), st.sampled_from(NETWORKS), st.lists(st.integers(0, 1_000), max_size=5))
def test_winnable_is_what_a_search_of_the_specification_finds(nodes, network, picks):
    limits = {"crashes": 2, "losses": 1, "duplicates": 0}
    game = Game(nodes, {"calm": calm}, network=network, **limits, max_states=3_000)
    for pick in picks:
        choice = choose(game, pick)
        if choice is None:
            break
        with suppress(ValueError):  # where a limit is met
            game.play(choice)
    if game.broken or len(game.world.started) < len(nodes):
        return
    answer, left = game.winnable(), game.limits.left(game.used)
    without, most = nearest(game, (0, 0, 0)), nearest(game, tuple(left[:3]))
    if isinstance(without, int):
        assert answer.known and answer.steps == without
    elif most is None:
        assert answer.known is False
    elif isinstance(most, int) and without is None:
        assert answer.known and answer.steps >= most
    if answer.known:
        assert replay(nodes, answer.schedule, network).states()[-1].key(history=False) is not None
        game.show(answer)
        assert game.broken == answer.clause == "calm"
        assert game.steps == len([c for c in answer.schedule if c.kind != "start"])


def test_a_shorter_way_is_found_shown_and_played_from():
    game = hasty(schedule=[("fire", "rm1", "prepare", 1), ("duplicate", "rm1", "tm", 1)])
    game.undo()
    for choice in [
        ("deliver", "rm1", "tm", 1),
        ("fire", "rm0", "abort", 1),
        ("deliver", "tm", "rm1", 1),
    ]:
        game.play(choice)
    assert (game.broken, game.steps) == ("atomic", 4)
    assert (
        repr(game.shorter()) == "✗ no: with fewer than 4 steps nothing breaks “atomic”; 47 states searched."
    )
    way = [("fire", "rm0", "prepare"), ("duplicate", "rm0", "tm"), ("drop", "rm0", "tm"), BREAKS[0]]
    detour = hasty(schedule=way)
    detour.deliver("rm0", "tm")
    detour.deliver("tm", "rm0")
    assert detour.steps == 6
    answer = detour.shorter()
    assert answer.known and answer.steps == 4 and answer.clause == "atomic"
    assert "“atomic” breaks in 4 steps, not 6, with at most 1 loss and 1 duplicate" in answer.said
    detour.show(answer)
    assert [line.name for line in detour.lines] == ["line 1", "found"]
    assert (detour.steps, detour.broken) == (4, "atomic")
    detour.undo()
    assert detour.broken is None
    detour.switch(0)
    detour.show(answer)
    assert len(detour.lines) == 3 or detour.current == 1


def test_shorter_agrees_with_explore_on_a_register():
    nodes = replicated(HastyReader, copies=3)
    found = explore(nodes, {"linearizable": atomic_register})
    game = Game(nodes, {"linearizable": atomic_register}, found.violation.schedule())
    assert game.broken == "linearizable"
    assert game.why == found.why.splitlines()[0]
    answer = game.shorter()
    assert answer.known is False
    assert answer.said.startswith(f"with fewer than {game.steps} steps nothing breaks “linearizable”")
    game.go(0)
    answer = game.winnable()
    assert answer.known and answer.steps == len(found.violation.schedule()) - len(nodes)


def test_what_cannot_be_won_is_lost_and_what_is_too_large_is_not_known():
    safe = Game(two_phase(2), {"atomic": atomic}, crashes=0, losses=1, duplicates=0)
    assert repr(safe.winnable()) == (
        "✗ no: nothing that can follow breaks anything, with at most 1 more loss; all 188 states."
    )
    assert explore(two_phase(2), {"atomic": atomic}, losses=1).states == 188
    with pytest.raises(ValueError, match="there is nothing to show: nothing that can follow"):
        safe.show(safe.winnable())
    once = Game({"a": Once(), "b": Quiet()}, {"fine": lambda world: True}, duplicates=0, crashes=0)
    assert once.winnable().said == (
        "nothing that can follow breaks anything, whatever the faults; all 3 states."
    )
    few = Game(two_phase(3), {"atomic": atomic}, crashes=0, losses=0, duplicates=0, max_states=50)
    assert few.winnable().known is None
    assert "not known beyond 50 states" in few.winnable().said
    unlimited = Game({"a": Echo(), "b": Echo()}, {"fine": lambda world: True}, max_states=500)
    assert unlimited.winnable().known is None
    assert "not known beyond" in unlimited.winnable().said


def test_what_is_broken_from_the_start_cannot_be_broken_sooner():
    game = Game(echo(), {"quiet": lambda world: not world.in_flight})
    assert (game.broken, game.steps) == ("quiet", 0)
    assert game.why.startswith("Step 0: the nodes started")
    assert repr(game.shorter()) == "✗ no: “quiet” is broken as soon as the nodes have started."


def test_with_faults_only_as_a_last_resort():
    def alive(world):
        return all(world.up.values())

    answer = Game({"a": Quiet()}, {"alive": alive}).winnable()
    assert answer.said == "“alive” breaks 1 step from here, with 1 crash; 3 states searched."
    assert answer.schedule == Schedule([("crash", "a")])


class Once(Node):
    """Sends one message in all its life."""

    def start(self):
        self.send("b", Commit())


class Quiet(Node):
    """Does nothing."""


def test_a_node_that_breaks_in_the_search_is_named():
    class Fragile(Echo):
        def receive(self, message, sender):
            raise RuntimeError("glass")

    answer = Game({**echo(), "b": Fragile()}, {"fine": lambda world: True}).winnable()
    assert answer.known is None
    assert answer.said.startswith("the search met an error: b raised RuntimeError (glass)")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: Game(echo()).winnable(), "nothing can break: say what has to hold"),
        (lambda: hasty().shorter(), "nothing is broken yet"),
        (lambda: hasty(schedule=BREAKS).winnable(), "is broken already: ask shorter"),
        (lambda: hasty().inquire("better"), "one may ask for shorter and winnable, not 'better'"),
    ],
)
def test_what_cannot_be_asked_is_said(ask, said):
    with pytest.raises(ValueError, match=said):
        ask()


def test_a_search_in_the_background_answers_or_is_stopped():
    heard = []
    inquiry = hasty().inquire("winnable", heard.append)
    assert inquiry.wait(60) and inquiry.answer.steps == 4
    while heard[-1:] != [inquiry]:
        time.sleep(0.01)

    class Endless(Node):
        n = 0

        def start(self):
            self.set_timer("tick", 1)

        wake = lambda self, timer: (setattr(self, "n", self.n + 1), self.set_timer("tick", 1))  # noqa: E731

    endless = Game({name: Endless() for name in "abc"}, {"fine": lambda world: True}, max_states=10**9)
    inquiry = endless.inquire("winnable")
    assert not inquiry.wait(0.05)
    inquiry.stop()
    assert inquiry.wait(60)
    assert inquiry.answer.known is None and inquiry.answer.said.startswith("stopped: ")


def test_a_tick_may_end_a_search():
    def stop(found, done, depth):
        raise Enough

    answer = Game(two_phase(3), {"atomic": atomic}).winnable(stop)
    assert answer.known is None and answer.said.startswith("stopped: nothing breaks within ")


def test_limits_in_words():
    limits = Limits(1, None, 0, 2)
    assert limits.left((1, 5, 0, 1)) == Limits(0, None, 0, 1)
    assert limits.refuse((1, 9, 0, 2)) is None
    assert limits.refuse((2, 0, 0, 0)) == "no crash is left: there may be 1 crash"
    assert limits.refuse((0, 0, 1, 0)) == "there may be no duplicates"
    assert limits.at_most(2) == (1, 2, 0, 2)
