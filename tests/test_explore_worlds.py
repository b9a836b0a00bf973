"""The engine of `explore` against the specification: the same worlds, in the same number of steps."""

from hypothesis import given
from hypothesis import strategies as st

from distlab.engine.question import Question
from distlab.engine.space import Budgets
from distlab.engine.spec import encode, follow, spend, walk
from distlab.trace import Trace
from distlab.world import NETWORKS, replay, trace_of
from tests.protocols import systems

ENOUGH = 50  # worlds, after which the brute force finishes its level and stops

budgets = st.builds(
    Budgets, st.integers(0, 2), st.integers(0, 1), st.integers(0, 1), st.sampled_from([None, 0, 1, 3])
)


@st.composite
def questions(draw):
    """A small system on some network, with some budgets for faults."""
    network, faults = draw(st.sampled_from(NETWORKS)), draw(budgets)
    if network == "set":
        faults = faults._replace(duplicates=0)
    timers = draw(st.sampled_from(["any", "ordered"]))
    return Question(draw(systems()), {}, {}, {}, network, faults, None, timers, (), 2_000, None)


def brute_force(question, history, start=None):
    """For each depth the worlds that World itself says are new there, each with what was spent: {key: world}."""
    seen, levels = set(), []
    level = [(start or question.first_world(), (0, 0, 0, 0))]
    for _ in question.nodes if start is None else ():
        level = [new for world, spent in level for new in steps(question, world, spent)]
    while level and len(seen) < ENOUGH:
        new = {}
        for world, spent in level:
            if (world.key(history), spent) not in seen:
                seen.add((world.key(history), spent))
                new[world.key(history), spent] = world
        levels.append(new)
        level = [after for (_, spent), world in new.items() for after in steps(question, world, spent)]
    return [level for level in levels if level]


def steps(question, world, spent):
    left = [limit is None or n < limit for n, limit in zip(spent, question.budgets, strict=True)]
    for choice in world.enabled(*left[:3]):
        if choice.kind != "fire" or left[3]:
            yield world.step(choice), spend(spent, choice, question.budgets)


def levels_of(breadth):
    ends = [*breadth.levels[1:], len(breadth.order)]
    return [breadth.order[begin:end] for begin, end in zip(breadth.levels, ends, strict=True)]


@given(questions(), st.booleans())
def test_the_worlds_found_are_those_of_a_brute_force_search(question, history):
    breadth = question.search(question.reactions(), history=history).breadth
    same_worlds(breadth, brute_force(question, history))


@given(questions(), st.booleans(), st.lists(st.integers(0, 50), max_size=6))
def test_a_search_may_begin_in_any_world(question, history, picks):
    world = question.first_world()
    for pick in (*[0] * len(question.nodes), *picks):
        choices = world.enabled(crashes=True, losses=True, duplicates=question.network != "set")
        world = world.step(choices[pick % len(choices)]) if choices else world
    breadth = question.search(question.reactions(), history=history, start=world).breadth
    same_worlds(breadth, brute_force(question, history, world))
    way = breadth.path(len(breadth.order) // 2)
    assert breadth.space.spent(way[0]) == (0, 0, 0, 0)
    worlds = walk(breadth.space, [world], (0, 0, 0, 0), way)
    assert worlds[-1].steps == world.steps + len(way) - 1


def same_worlds(breadth, expected):
    found = levels_of(breadth)
    assert len(found) >= len(expected)
    for ours, theirs in zip(found, expected, strict=False):
        codes = {encode(breadth.space, world, spent) for (_, spent), world in theirs.items()}
        assert len(codes) == len(theirs)  # the engine tells apart what the specification tells apart
        assert codes == set(ours)
        assert len(ours) == len(codes)


@given(questions(), st.integers(0))
def test_every_world_has_a_way_through_the_specification_of_its_depth(question, which):
    breadth = question.search(question.reactions()).breadth
    index = which % min(len(breadth.order), 100)
    worlds = follow(breadth.space, question.first_world(), breadth.path(index))
    depth = sum(index >= begin for begin in breadth.levels[1:])
    assert worlds[-1].steps == depth
    schedule = trace_of(worlds).schedule()
    again = replay(question.nodes, schedule, question.network)
    assert isinstance(again, Trace)
    assert again.events == trace_of(worlds).events
