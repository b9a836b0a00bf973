"""What is reached at least once, what always at last; where runs end; the graph of all worlds."""

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab import values
from distlab.engine.fairness import Region, TooMany
from distlab.engine.question import Question
from distlab.engine.space import Budgets
from distlab.exploration import explore
from distlab.node import Message, Node
from distlab.world import NETWORKS
from tests.protocols import Table, atomic, circles, two_phase
from tests.puzzles import Ferry, TransactionCommit
from tests.test_explore_worlds import questions, steps


class Ask(Message):
    pass


class Answer(Message):
    pass


class Asker(Node):
    state = "waiting"

    def start(self):
        self.invoke(("ask",))
        self.send("b", Ask())

    def receive(self, message, sender):
        if self.state == "waiting":
            self.state = "answered"
            self.complete()


class Answerer(Node):
    def receive(self, message, sender):
        self.send(sender, Answer())


class Retrying(Asker):
    def start(self):
        super().start()
        self.set_timer("again", 1)

    def wake(self, timer):
        self.send("b", Ask())
        self.set_timer("again", 1)

    def receive(self, message, sender):
        super().receive(message, sender)
        self.cancel_timer("again")


def answered(world):
    return world.nodes["a"].state == "answered"


def few(world):
    return len(world.in_flight) <= 3


def asking(asker=Asker):
    return {"a": asker(), "b": Answerer()}


def eventually(nodes, goal=answered, **options):
    return explore(nodes, eventually={"answered": goal}, **options)


def decided(world):
    return all(node.state in ("committed", "aborted") for name, node in world.nodes.items() if name != "tm")


# --- sometimes ---


def test_what_is_never_reached_is_said_and_what_is_has_a_shortest_run():
    asked = {"mixed": lambda world: not atomic(world), "decided": decided}
    found = explore(two_phase(2), sometimes=asked)
    assert found.unreached == ("mixed",)
    assert repr(found).startswith("✗ mixed: true in none of ")
    assert found.witness("mixed") is None
    assert found.witness("decided").duration == 2  # both give up by themselves
    assert decided(found.witness("decided").states()[-1])
    with pytest.raises(KeyError, match="sometimes has no 'x'; it has mixed and decided"):
        found.witness("x")


# --- eventually ---


def test_messages_and_timers_are_bound_to_happen_and_faults_are_not():
    assert eventually(asking()).violation is None
    assert eventually(two_phase(3), decided).violation is None
    lost, down = eventually(asking(), losses=1), eventually(asking(), crashes=1)
    assert (lost.clause, lost.loop, down.clause, down.loop) == ("answered", None, "answered", None)
    assert (lost.violation.duration, down.violation.duration) == (1, 0)  # a node may fall as it starts
    assert repr(lost).startswith("✗ answered: never reached by a run that ends after 1 step; ")


def test_a_timer_that_goes_on_for_ever_brings_the_answer_at_last():
    found = eventually(asking(Retrying), losses=1, within=few)
    assert found.violation is None
    assert found.unsure == ("answered",)  # no more than three under way: who knows what is beyond
    assert "the bounds cut runs short" in repr(found)


def test_a_run_that_goes_round_for_ever_is_shown_once_round():
    class Passing(Node):
        def __init__(self, to):
            self.to = to

        def start(self):
            if self.to == "b":
                self.send("b", Ask())
                self.set_timer("own", 1)

        def wake(self, timer):
            self.set_timer("own", 1)

        def receive(self, message, sender):
            self.send(self.to, message)

    found = explore(
        {"a": Passing("b"), "b": Passing("a")}, eventually={"end": lambda world: not world.in_flight}
    )
    kinds = [event.kind for event in found.violation.events if event.at > found.loop]
    assert found.loop == 0
    assert kinds.count("timer") == 1  # it stays set, so a fair run has to let it run out
    assert kinds.count("delivered") == 2
    first, last = found.violation.states()[2], found.violation.states()[-1]
    assert first.key() == last.key()


def test_a_bound_on_timers_proves_nothing():
    found = eventually(asking(Retrying), losses=1, timeouts=0)
    assert found.violation is None
    assert found.unsure == ("answered",)


def actions(question, world):
    """What is bound to happen in a world, with the worlds it leads to."""
    for choice in world.enabled():
        if choice.kind == "deliver":
            sender, receiver, n = choice.args
            message = next(m.message for m in world.in_flight if m[:2] == (sender, receiver) and m.n == n)
            yield (sender, receiver, values.key(message)), world.step(choice)
        elif choice.kind == "fire":
            yield choice.args[:2], world.step(choice)


def fair_run_exists(question, goal):
    """The definition, on the specification: a fair strongly connected part of the worlds that miss the goal."""
    graph, level = nx.DiGraph(), [(question.first_world(), (0, 0, 0, 0))]
    for _ in question.nodes:
        level = [new for world, spent in level for new in steps(question, world, spent)]
    while level:
        new = {(world.key(), spent): world for world, spent in level if not goal(world)}
        level = [(key, world) for key, world in new.items() if key not in graph]
        graph.add_nodes_from((key, {"world": world}) for key, world in level)
        level = [after for (_, spent), world in level for after in steps(question, world, spent)]
    for key, world in graph.nodes(data="world"):
        bound = list(actions(question, world))
        graph.nodes[key]["bound"] = {what for what, _ in bound}
        for what, after in bound:
            if (after.key(), key[1]) in graph:
                graph.add_edge(key, (after.key(), key[1]), **{str(what): True})
    for part in nx.strongly_connected_components(graph):
        always = set.intersection(*(graph.nodes[key]["bound"] for key in part))
        taken = {what for _, _, data in graph.subgraph(part).edges(data=True) for what in data}
        if {str(what) for what in always} <= taken:
            return True
    return False


@given(questions())
def test_fair_runs_are_found_where_the_definition_finds_them(question):
    question = type(question)(**vars(question) | {"budgets": question.budgets._replace(timeouts=None)})
    breadth = question.search(question.reactions()).breadth
    if len(breadth.order) > 200 or breadth.ended != "all":
        return

    def goal(world):
        return world.nodes["a"].place == 1

    found = type(question)(**vars(question) | {"eventually": {"goal": goal}})
    assert (found.search(found.reactions()).escape is not None) == fair_run_exists(question, goal)


@given(st.lists(circles, min_size=2, max_size=2), st.sampled_from(NETWORKS))
def test_the_circle_of_a_run_is_fair(tables, network):
    nodes = {name: Table.of(table, fuel=-1) for name, table in zip("ab", tables, strict=True)}
    question = Question(nodes, {}, {}, {}, network, Budgets(), None, "any", (), 300, None)
    space = question.search(question.reactions()).breadth.space
    try:
        region = Region(space, space.initial()[:1], lambda world: False, lambda world: False, True, most=300)
    except TooMany:
        return
    for part in region.components():
        if len(part) > 1 and region.is_fair(part):
            check_circle(space, region.circle(part[0], part), region.order[part[0]])


def check_circle(space, circle, begin):
    assert circle[-1] == begin
    around = [begin, *circle]
    possible = [{what for what, *_ in space.moves(world)} for world in around]
    taken = {what for one, other in pairwise(around) for what, new in space.successors(one) if new == other}
    assert {what for what in set.intersection(*possible) if not isinstance(what, str)} <= taken


# --- ends ---


def test_worlds_in_which_nothing_is_left_to_happen_are_counted():
    assert explore(asking()).finals == 1
    assert explore({"board": TransactionCommit(3)}).finals == 2  # all committed, all aborted
    assert explore({"board": Ferry()}).finals == 0
    assert explore(asking(), losses=1).finals == 2
    assert explore(asking(Retrying), losses=1, timeouts=0).finals == 1  # a timer waits for the bound only


def test_a_deadlock_is_a_client_that_nobody_will_answer():
    assert explore(asking()).deadlock is None
    found = explore(asking(), losses=1)
    assert found.deadlock.duration == 1
    assert found.deadlock.history().pending[0].call == ("ask",)


# --- the graph ---


def test_the_graph_has_all_worlds_and_steps_and_the_way_lit():
    found = explore(asking(), {"unanswered": lambda world: not answered(world)}, losses=1)
    graph = explore(asking(), losses=1).graph()
    assert len(graph) == explore(asking(), losses=1).states == 4
    assert [graph.nodes[k]["depth"] for k in graph] == [0, 1, 1, 2]
    assert graph.nodes[0]["initial"] and not graph.nodes[1]["initial"]
    assert graph.nodes[0]["state"] == {"a": "waiting", "b": "up"}
    assert graph.nodes[0]["in_flight"] == ["a → b: Ask()"]
    assert sum(graph.nodes[k]["final"] for k in graph) == 2
    assert sorted(graph.edges[edge]["what"][0] for edge in graph.edges) == [
        "a → b: Ask()",
        "b → a: Answer()",
        "loss",
        "loss",
    ]
    lit = [k for k, on in found.graph().nodes(data="lit") if on]
    assert [found.graph().nodes[k]["depth"] for k in lit] == [0, 1, 2]
    assert sum(on for *_, on in found.graph().edges(data="lit")) == 2


def test_a_graph_that_nobody_can_look_at_is_refused():
    with pytest.raises(ValueError, match="a graph of 8,832 states shows nothing"):
        explore(two_phase(5), network="set").graph()
