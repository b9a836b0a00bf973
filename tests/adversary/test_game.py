"""A system played by hand: every play is a replay, and what is undone has not happened."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.adversary.asking import Asking
from distlab.adversary.game import Game
from distlab.node import Message, Node, NodeError
from distlab.schedule import Choice, Schedule
from distlab.watchdog import watching
from distlab.world import NETWORKS, replay
from tests.protocols import Commit, TransactionManager, atomic, systems, two_phase


class Hasty(TransactionManager):
    """Commits on the first vote."""

    def receive(self, message, sender):
        if self.state == "init":
            self.decide(Commit())


BREAKS = [
    ("fire", "rm1", "abort", 1),
    ("fire", "rm0", "prepare", 1),
    ("deliver", "rm0", "tm", 1),
    ("deliver", "tm", "rm0", 1),
]


def hasty(**options):
    return Game(two_phase(2, Hasty), {"atomic": atomic}, **options)


def keys(game):
    return [world.key(history=True) for world in game.line.worlds]


def choose(game, pick):
    """Something that may happen now, whatever the network holds back or a node asks; None when nothing may."""
    ways = [offer.choice for offer in game.offers() if not offer.held]
    ways += [
        Choice(kind, *offer.choice.args)
        for offer in game.offers()
        if offer.choice.kind == "deliver"
        for kind in ("drop", "duplicate")
        if kind == "drop" or game.world.network != "set"
    ]
    ways += [Choice("crash", name) for name in game.world.names if game.world.up[name]]
    ways = ways if len(game.world.started) == len(game.world.names) else ways[:1]
    if not ways:
        return None
    asking = game.ask(ways[pick % len(ways)], crash=pick % 3 == 0)
    while isinstance(asking, Asking):
        asking = asking.answer(pick % len(asking.options))
    return asking


# --- laws, on random protocols ---

picks = st.lists(st.integers(0, 1_000), max_size=12)


@given(systems(), st.sampled_from(NETWORKS), picks)
def test_every_play_is_a_replay_and_undo_is_exact(nodes, network, picks):
    game = Game(nodes, network=network)
    before = []
    for pick in picks:
        choice = choose(game, pick)
        if choice is None:
            break
        before.append((keys(game), game.schedule, game.trace.rows, game.used))
        game.play(choice)
    if len(game.world.started) == len(nodes):
        trace = replay(nodes, game.schedule, network)
        assert trace.rows == game.trace.rows
        assert [world.key() for world in trace.states()] == [world.key() for world in game.trace.states()]
    again = Game(nodes, schedule=game.schedule, network=network)
    assert keys(again) == keys(game)
    assert again.code() == game.code()
    done = keys(game)
    for expected in reversed(before):
        game.undo()
        assert (keys(game), game.schedule, game.trace.rows, game.used) == expected
    for _ in before:
        game.redo()
    assert keys(game) == done


@given(systems(), picks, st.lists(st.sampled_from(["ab", "ba"]), max_size=12))
def test_a_play_with_links_cut_and_healed_is_a_replay_too(nodes, picks, links):
    game = Game(nodes)
    before = []
    for pick, link in zip(picks, links, strict=False):
        before.append((keys(game), game.line.cuts, game.schedule))
        choice = choose(game, pick)
        if len(game.world.started) < len(nodes):
            game.play(choice)
        elif pick % 2 == 0:
            (game.heal if tuple(link) in game.line.cuts else game.cut)(*link)
        elif choice is not None:
            game.play(choice)
        assert not any(m[:2] in game.line.cuts for m in game.world.in_flight)
    if len(game.world.started) == len(nodes):
        assert replay(nodes, game.schedule).rows == game.trace.rows
    for _ in range(game.line.at - 1):
        game.undo()
        assert (keys(game), game.line.cuts, game.schedule) in before


@given(systems(), picks)
def test_what_is_offered_is_what_a_search_may_do(nodes, picks):
    game = Game(nodes)
    for pick in picks:
        offered = set()
        for offer in game.offers():
            for crash in (False, True):
                offered |= completed(game.ask(offer.choice, crash))
            if offer.choice.kind == "deliver":
                offered |= {Choice("drop", *offer.choice.args), Choice("duplicate", *offer.choice.args)}
        for name in game.world.names:
            if game.world.up[name] and len(game.world.started) == len(game.world.names):
                offered |= completed(game.ask(Choice("crash", name)))
        after = {game.world.step(choice).key() for choice in offered}
        allowed = game.world.enabled(crashes=True, losses=True, duplicates=True)
        assert after == {game.world.step(choice).key() for choice in allowed}
        choice = choose(game, pick)
        if choice is None:
            break
        game.play(choice)


def completed(asking):
    """All the choices that may come of answers."""
    if not isinstance(asking, Asking):
        return {asking}
    return {choice for k in range(len(asking.options)) for choice in completed(asking.answer(k))}


# --- playing ---


def test_a_play_is_kept_as_plain_data_and_runs_again():
    game = hasty()
    for choice in BREAKS:
        assert game.broken is None
        game.play(choice)
    assert game.broken == "atomic"
    assert game.why == (
        "Step 4: rm0 got Commit() from tm; rm0.state went from 'prepared' to 'committed', "
        "while rm1.state is 'aborted'."
    )
    assert game.schedule == Schedule(BREAKS)
    space = {}
    exec(game.code(), space)
    assert space["schedule"] == BREAKS
    assert (
        repr(hasty(schedule=space["schedule"]))
        == repr(game)
        == ("adversary: 4 steps; 1 message under way, 0 timers set\n✗ atomic: broken. " + game.why)
    )
    assert game.trace.schedule() == replay(two_phase(2, Hasty), BREAKS).schedule()


def test_the_methods_are_the_choices():
    game = Game(two_phase(1))
    game.fire("rm0", "prepare")
    game.duplicate("rm0", "tm")
    game.drop("rm0", "tm")
    game.deliver("rm0", "tm", 1)
    game.crash("tm")
    game.recover("tm")
    assert [choice.plain() for choice in game.schedule] == [
        ("fire", "rm0", "prepare", 1),
        ("duplicate", "rm0", "tm", 1),
        ("drop", "rm0", "tm", 1),
        ("deliver", "rm0", "tm", 1),
        ("crash", "tm"),
        ("recover", "tm"),
    ]
    assert game.used == (1, 1, 1, 1)


def test_something_else_after_undo_replaces_what_was_undone_unless_it_was_branched():
    game = hasty()
    for choice in BREAKS[:3]:
        game.play(choice)
    game.branch()
    game.undo()
    game.crash("tm")
    assert [line.name for line in game.lines] == ["line 1", "line 2"]
    assert [len(line.choices) - 3 for line in game.lines] == [3, 3]
    game.switch("line 1")
    assert game.schedule == Schedule(BREAKS[:3])
    with pytest.raises(ValueError, match="nothing was taken back"):
        game.redo()
    game.go(0)
    with pytest.raises(ValueError, match="nothing to take back"):
        game.undo()
    game.go(99)
    assert game.steps == 3
    with pytest.raises(ValueError, match="a line called 'line 2' already"):
        game.branch("line 2")
    with pytest.raises(ValueError, match=r"no line 'x'; there are line 1 and line 2"):
        game.switch("x")


def test_watchers_hear_of_everything_that_is_done():
    game, heard = hasty(), []
    game.watchers.append(lambda: heard.append(game.steps))
    game.play(BREAKS[0])
    game.undo()
    game.branch()
    game.switch(0)
    with pytest.raises(ValueError, match="no message from tm to rm0"):
        game.play(("deliver", "tm", "rm0"))
    assert heard == [1, 0, 0, 0]


# --- cut links ---


class Ping(Message):
    n: int


class Echo(Node):
    state = "waits"

    def start(self):
        if self.name == "a":
            self.broadcast(Ping(1))

    def receive(self, message, sender):
        self.state = f"got {message.n}"
        self.send(sender, Ping(message.n + 1))


def echo():
    return {name: Echo() for name in "abc"}


def test_a_cut_link_loses_what_is_on_it_and_what_is_sent_over_it():
    game = Game(echo())
    game.cut("b", "a", one_way=True)
    assert len(game.world.in_flight) == 2
    game.deliver("a", "b")
    assert [choice.plain() for choice in game.schedule] == [("deliver", "a", "b", 1), ("drop", "b", "a", 1)]
    assert game.steps == 2
    game.cut("a", "c")
    assert game.world.in_flight == ()
    assert game.used == (0, 2, 0, 0)
    assert "cut: a → c, b → a and c → a" in repr(game)
    with pytest.raises(ValueError, match="between c and a is cut already"):
        game.cut("c", "a")
    game.undo()
    assert len(game.world.in_flight) == 1 and game.line.cuts == {("b", "a")}
    game.heal("a", "b")
    assert game.line.cuts == frozenset()
    with pytest.raises(ValueError, match="between a and b is not cut"):
        game.heal("a", "b")
    game.undo()
    game.undo()
    game.undo()
    assert (game.steps, len(game.schedule)) == (0, 0)


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [("a", "z", "there is no node 'z'; the nodes are a, b and c"), ("a", "a", "not from a to itself")],
)
def test_a_link_is_between_two_nodes(a, b, said):
    with pytest.raises(ValueError, match=said):
        Game(echo()).cut(a, b)


# --- limits ---


def test_limits_are_kept_also_by_cuts():
    game = Game(echo(), losses=1, crashes=0, duplicates=2)
    with pytest.raises(ValueError, match="there may be no crashes"):
        game.crash("a")
    with pytest.raises(ValueError, match="there may be no crashes"):
        game.deliver("a", "b", crash_after=0)
    game.cut("a", "b")
    with pytest.raises(ValueError, match=r"no loss is left: there may be 1 loss$"):
        game.drop("a", "c")
    with pytest.raises(ValueError, match="no loss is left"):
        game.cut("a", "c")
    game.cut("b", "c")
    game.deliver("a", "c")
    assert game.steps == 2
    assert game.used == (0, 1, 0, 0)


@pytest.mark.parametrize("limit", [-1, 1.5, True, "two"])
def test_a_limit_is_a_number(limit):
    with pytest.raises(ValueError, match="losses is how many there may be: a whole number"):
        Game(echo(), losses=limit)


# --- networks ---


@pytest.mark.parametrize(
    ("network", "said"),
    [("fifo", "this link keeps its order"), ("rounds", "first the one from a to b")],
)
def test_a_network_holds_messages_back(network, said):
    class Twice(Echo):
        def start(self):
            super().start()
            super().start()

    game = Game({name: Twice() for name in "abc"}, network=network)
    with pytest.raises(ValueError, match=f"cannot arrive yet: .*{said}"):
        game.deliver("a", "b", 2)
    game.deliver("a", "b")
    assert [offer.held == "" for offer in game.offers()].count(True) >= 1


def test_a_set_needs_no_duplicates():
    game = Game(echo(), network="set")
    with pytest.raises(ValueError, match="what was sent can be delivered again as it is"):
        game.duplicate("a", "b")
    game.deliver("a", "b")
    game.deliver("a", "b")
    assert game.steps == 2


def test_timers_keep_their_order_where_they_have_one():
    class Two(Node):
        def start(self):
            self.set_timer("short", 1)
            self.set_timer("long", 5)

    game = Game({"a": Two()}, timers="ordered")
    with pytest.raises(ValueError, match="in the order of their deadlines"):
        game.fire("a", "long")
    game.fire("a", "short")
    game.fire("a", "long")


# --- what a node chooses ---


class Flips(Node):
    state = "?"

    def start(self):
        self.state = self.choose(["heads", "tails"])


def test_a_node_that_chooses_as_it_starts_is_waited_for():
    game = Game({"a": Flips(), "b": Echo(), "c": Flips()})
    assert [offer.choice for offer in game.offers()] == [Choice("start", "a")]
    with pytest.raises(ValueError, match="a has not started yet"):
        game.crash("b")
    with pytest.raises(ValueError, match="have not all started"):
        Game({"a": Flips()}, {"x": lambda world: True}).winnable()
    asking = game.ask(("start", "a"))
    assert [said for said, _ in asking.options] == ["'heads'", "'tails'"]
    game.play(asking.answer(1))
    assert game.world.started == ("a", "b")
    game.play(game.ask(("start", "c")).answer(0))
    assert game.trace.final == {"a": "tails", "b": "waits", "c": "heads"}
    again = Game({"a": Flips(), "b": Echo(), "c": Flips()}, schedule=game.schedule)
    assert again.trace.final == game.trace.final
    with pytest.raises(IndexError, match="a chooses: there are 2 options, counted from 0; not 2"):
        asking.answer(2)


def test_a_crash_as_a_node_starts_is_given_by_a_schedule():
    schedule = [("start", "a", {"crash_after": 1}), ("deliver", "a", "b", 1)]
    game = Game(echo(), schedule=schedule)
    assert not game.world.up["a"] and game.used == (1, 0, 0, 0)
    assert replay(echo(), game.schedule).rows == game.trace.rows
    assert Game(echo(), schedule=game.schedule).trace.rows == game.trace.rows


def test_a_crash_may_fall_after_each_effect_and_keeps_what_it_may():
    class Writer(Echo):
        autosync = False

        def receive(self, message, sender):
            self.disk["x"] = 1
            self.disk.log.append("y")
            self.send(sender, Ping(9))

    game = Game({"a": Echo(), "b": Writer()})
    asking = game.ask(("deliver", "a", "b"), crash=True)
    assert asking.title == "b crashes"
    assert [said for said, _ in asking.options] == [
        "before it does anything",
        "once it has written 'x' = 1, 0 of 1 unforced write kept",
        "once it has written 'x' = 1, 1 of 1 unforced write kept",
        "once it has appended 'y' to its log, 0 of 2 unforced writes kept",
        "once it has appended 'y' to its log, 1 of 2 unforced writes kept",
        "once it has appended 'y' to its log, 1 of 2 unforced writes kept, the next one torn",
        "once it has appended 'y' to its log, 2 of 2 unforced writes kept",
        "once it has sent Ping(n=9) to a, 0 of 2 unforced writes kept",
        "once it has sent Ping(n=9) to a, 1 of 2 unforced writes kept",
        "once it has sent Ping(n=9) to a, 1 of 2 unforced writes kept, the next one torn",
        "once it has sent Ping(n=9) to a, 2 of 2 unforced writes kept",
    ]
    game.play(asking.answer(4))
    assert game.world.disks["b"].data == {"x": 1} and not game.world.up["b"]
    game.undo()
    game.play(("duplicate", "a", "b"))
    game.play(game.ask(("deliver", "a", "b"), crash=True).answer(0))
    assert game.ask(("deliver", "a", "b"), crash=True) == Choice("deliver", "a", "b", 1), (
        "it is down: nothing to ask"
    )


# --- what is wrong ---


@pytest.mark.parametrize(
    ("make", "kind", "said"),
    [
        (lambda: Game({}), ValueError, "at least one node"),
        (lambda: Game([Echo()]), TypeError, "nodes are given by name"),
        (lambda: Game(echo(), [atomic]), TypeError, "always is given by name"),
        (lambda: Game(echo(), {"x": 3}), TypeError, "always 'x' is a function of the world, not 3"),
        (lambda: Game(echo(), {"x": lambda world: None}), ValueError, "always 'x' answered nothing"),
        (lambda: Game(echo(), {"x": lambda world: world.z}), ValueError, "always 'x' raised AttributeError"),
        (lambda: Game(echo(), network="udp"), ValueError, "network is one of"),
        (lambda: Game(echo(), peers={"a": ["q"]}), ValueError, "peers names 'q'"),
        (lambda: Game(echo(), max_states=0), ValueError, "max_states counts"),
        (lambda: Game(echo(), schedule=["deliver"]), TypeError, "a choice is a tuple"),
        (
            lambda: Game(echo(), schedule=[("deliver", "a", "b"), ("deliver", "a", "b")]),
            ValueError,
            r"choice 2 of the schedule does not fit: .*no message from a to b is under way",
        ),
        (lambda: Game(echo()).deliver("a", "q"), ValueError, "there is no node 'q'"),
        (lambda: Game(echo()).fire("a", "q"), ValueError, "a has no such timer set; it has nobody"),
        (lambda: Game(echo()).recover("a"), ValueError, "a is up"),
        (lambda: Game(echo()).play(("start", "a")), ValueError, "a has started already"),
    ],
)
def test_bad_input_is_one_sentence(make, kind, said):
    with pytest.raises(kind, match=said):
        make()


class Fragile(Echo):
    def receive(self, message, sender):
        raise RuntimeError("glass")


def test_a_node_that_breaks_is_named_and_the_play_so_far_is_kept():
    game = Game({"a": Echo(), "b": Fragile()})
    game.duplicate("a", "b")
    with pytest.raises(NodeError, match=r"b raised RuntimeError \(glass\); while handling Ping") as caught:
        game.deliver("a", "b")
    assert caught.value.trace.schedule()[-1] == Choice("duplicate", "a", "b", 1)
    assert caught.value.trace.ended == "error"
    assert game.steps == 1 and len(game.world.in_flight) == 2


def test_a_handler_that_does_not_come_to_an_end_is_ended(monkeypatch):
    class Loop(Node):
        def start(self):
            self.set_timer("tick", 1)

        def wake(self, timer):
            while True:
                pass

    for module in ("adversary.asking", "world"):
        monkeypatch.setattr(f"distlab.{module}.watching", partial(watching, seconds=0.1))
    game = Game({"a": Loop()})
    with pytest.raises(NodeError, match="a did not come to an end"):
        game.ask(("fire", "a", "tick"))
    with pytest.raises(NodeError, match="a did not come to an end"):
        game.fire("a", "tick")
    assert game.steps == 0


def test_an_invariant_that_changes_what_it_looks_at_changes_nothing():
    def spoils(world):
        world.nodes["a"].state = "spoilt"
        world.nodes["a"].disk["x"] = 1
        return True

    game = Game(echo(), {"spoils": spoils})
    game.deliver("a", "b")
    assert game.world.nodes["a"].state == "waits" and not game.world.disks["a"].data


def test_a_broken_invariant_stays_broken_and_is_found_within_a_play_of_several_steps():
    game = Game(echo(), {"two under way": lambda world: len(world.in_flight) > 1})
    game.cut("a", "b")
    assert game.broken == "two under way"
    assert game.why.startswith("Step 1: Ping(n=1) from a to b was lost")
    game.deliver("a", "c")
    assert game.broken == "two under way"
    game.go(0)
    assert game.broken is None and game.why == ""
