"""4.1 to 4.3: a hash ring, built in three steps. Judged by what it answers, never by what is inside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from distlab import values
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import code_practice as reference
from distlab.exercises.trials import call, progress
from distlab.exercises.wanted import Function, PlainClass
from distlab.topology import cities

CIRCLE = 2**32


# --- 4.1 ---


@exercise(
    "4.1",
    "A place on the circle",
    points=1,
    wanted=Function("position"),
    hints=[
        "hashlib has hash functions that are the same everywhere. They take bytes: key.encode() turns text into UTF-8.",
        "A digest is bytes; int.from_bytes(digest[:4], 'big') makes four of them a number below 2 ** 32.",
        "First look whether the key is a str and has to be encoded; bytes are ready as they are.",
    ],
    reference=(reference.position,),
)
def place(position: Callable[..., Any], course: Course) -> str:
    """Numbers in the range, the same for text and its bytes, spread evenly, the same twice."""
    keys = ["a", "ab", "", "北京", "Zürich", *cities()]
    places = {}
    for key in keys:
        progress.case(f"the key {key!r}")
        places[key] = got = call(position, key)
        if isinstance(got, bool) or not isinstance(got, int):
            raise NotYet(
                f"position({key!r}) gave {values.text(got)}.",
                "It gives a whole number.",
                advice="int.from_bytes makes a number of a digest",
            )
        if not 0 <= got < CIRCLE:
            raise NotYet(
                f"position({key!r}) gave {got:,}.", f"It lies from 0 up to 2 ** 32 - 1 = {CIRCLE - 1:,}."
            )
    for key in keys[:40]:
        if call(position, key) != places[key]:
            raise NotYet(
                f"position({key!r}) gave two different numbers when asked twice.", "It is always the same."
            )
        if call(position, key.encode()) != places[key]:
            raise NotYet(
                f"position({key!r}) and position({key.encode()!r}) differ.",
                "A text lies where its UTF-8 bytes lie.",
                advice="encode text, and leave bytes as they are",
            )
    _spread(places)
    return f"{len(keys):,} keys, text and bytes: in range, spread evenly, and the same in every process"


def _spread(places: dict[str, int]) -> None:
    """An even function leaves no part of the circle empty, and hardly ever puts two keys in one place."""
    same = len(places) - len(set(places.values()))
    if same > 5:
        raise NotYet(
            f"Of {len(places):,} different keys {same:,} share a place with another.",
            "Different keys lie in different places, with rare exceptions.",
            advice="use the whole key, and four bytes of the digest",
        )
    sixteenths = Counter(place * 16 // CIRCLE for place in places.values())
    fullest, least, fair = max(sixteenths.values()), min(sixteenths.values()), len(places) / 16
    if fullest > 1.5 * fair or len(sixteenths) < 16:
        raise NotYet(
            f"One sixteenth of the circle holds {fullest:,} of {len(places):,} keys, another {least:,}.",
            f"Each holds about {fair:.0f}.",
            advice="a hash function spreads keys; the text itself does not",
        )


# --- 4.2 ---


@exercise(
    "4.2",
    "The first node clockwise",
    points=3,
    wanted=PlainClass("Ring", "__init__ owner"),
    hints=[
        "Two sorted lists side by side: the places of all points, and the node of each.",
        "bisect_left(places, x) is the index of the first place at or after x: that is 'clockwise'.",
        "If it gives len(places), the key lies past the last point: the circle begins again with index 0.",
    ],
    reference=(reference.position, reference.Ring),
)
def lookup(ring: type, course: Course) -> str:
    """Every key has an owner, it is the first clockwise, and it is found fast."""
    draw = course.random("4.2", 0)
    asked = 0
    for nodes, vnodes in (
        (["a"], 1),
        (["a", "b"], 1),
        (["a", "b", "c"], 1),
        (list("abcde"), 8),
        (list("abcdef"), 64),
    ):
        progress.case(f"{len(nodes)} nodes, {vnodes} points each")
        made = call(ring, nodes, vnodes)
        keys = ["", "北京", *draw.sample(cities(), 200)]
        owners = _owners(made, keys, nodes)
        again = _owners(call(ring, nodes[::-1], vnodes), keys, nodes)
        _compare("The nodes were given in another order", keys, owners, again)
        _joining(ring, nodes, vnodes, keys, owners)
        asked += len(keys)
    _points_count(ring)
    names = [f"node {i}" for i in range(1000)]
    progress.case("1,000 nodes, 20 points each")
    _owners(call(ring, names, 20), cities(), names)
    return f"{asked + len(cities()):,} keys on rings of 1 to 1,000 nodes: each has an owner, only newcomers take keys"


def _owners(made: Any, keys: Sequence[Any], nodes: Sequence[str]) -> list[str]:
    """The owner of each key, looked at one by one."""
    owners = []
    for key in keys:
        owner = call(made.owner, key)
        if owner not in nodes:
            raise NotYet(
                f"With the nodes {_some(nodes)} the owner of {key!r} is {values.text(owner)}.",
                "Every key is owned by one of the nodes.",
                "A key that lies past the last point belongs to the first." if owner is None else "",
            )
        owners.append(owner)
    return owners


def _some(nodes: Sequence[str]) -> str:
    return ", ".join(nodes) if len(nodes) < 8 else f"{nodes[0]} to {nodes[-1]}"


def _compare(what: str, keys: Sequence[Any], before: list[str], after: list[str]) -> None:
    for key, old, new in zip(keys, before, after, strict=True):
        if old != new:
            raise NotYet(f"{what}, and {key!r} moved from {old} to {new}.", "That changes nothing.")


def _joining(ring: type, nodes: list[str], vnodes: int, keys: Sequence[Any], before: list[str]) -> None:
    """The law of a ring: a newcomer takes keys for itself, and nothing moves between the others."""
    after = _owners(call(ring, [*nodes, "new"], vnodes), keys, [*nodes, "new"])
    for key, old, new in zip(keys, before, after, strict=True):
        if new not in (old, "new"):
            raise NotYet(
                f"A node joined the {len(nodes)} others, and {key!r} moved from {old} to {new}, both of them old.",
                "A key moves to the newcomer or not at all.",
                "On a circle a new point takes the arc before it and changes no other.",
                "the remainder of a division is not a circle: find the first point clockwise",
            )
    if len(nodes) > 1 and vnodes >= 8 and "new" not in after:
        raise NotYet("A node joined and took no key at all.", "It takes about its fair share.")


def _points_count(ring: type) -> None:
    """Virtual nodes are there to even out the load: 200 points keep ten nodes near their share."""
    nodes = [f"n{i}" for i in range(10)]
    progress.case("10 nodes, 200 points each")
    load = Counter(_owners(call(ring, nodes, 200), cities(), nodes))
    name, most = max(((node, load[node]) for node in nodes), key=lambda pair: pair[1])
    fair = len(cities()) / 10
    if most > 1.5 * fair:
        raise NotYet(
            f"Ten nodes with 200 points each: {name} owns {most:,} of {len(cities()):,} keys.",
            f"Each owns about {fair:.0f}; 200 points a node leave a spread of some eight per cent.",
            advice='a node stands at the places of "name#0", "name#1", ... as often as vnodes says',
        )


# --- 4.3 ---


@exercise(
    "4.3",
    "Come, go, and keep copies",
    points=4,
    wanted=PlainClass("FullRing", "__init__ add remove owner owners"),
    hints=[
        "Keep one sorted list of (place, node); add puts points in and sorts, remove leaves points out.",
        "owners walks clockwise from the key and collects nodes that it has not collected yet, round the end.",
        "owner(key) is owners(key, 1)[0]. Refuse first: raise ValueError before anything is changed.",
    ],
    reference=(reference.position, reference.FullRing),
)
def life(ring: type, course: Course) -> str:
    """Random comings and goings, each held to the laws of the ring."""
    keys = ["", "北京", *course.random("4.3", 1).sample(cities(), 150)]
    steps = sum(_story(ring, course, number, keys) for number in range(6))
    _refusals(ring)
    return f"{steps} nodes came and went, {len(keys)} keys followed each time: only the comer's and the leaver's moved"


def _story(ring: type, course: Course, number: int, keys: list[str]) -> int:
    """One ring's life, compared at each step with what must not have changed."""
    draw = course.random("4.3", 10 + number)
    nodes = list("abc"[: 1 + number % 3])
    made = call(ring, nodes, 16)
    owners = _owners(made, keys, nodes)
    for step in range(8):
        leaves = len(nodes) > 1 and draw.random() < 0.5
        node = draw.choice(nodes) if leaves else f"{'xyz'[number % 3]}{step}"
        progress.case(f"{node} {'leaves' if leaves else 'joins'} {len(nodes)} nodes")
        call(made.remove if leaves else made.add, node)
        nodes = [n for n in nodes if n != node] if leaves else [*nodes, node]
        after = _owners(made, keys, nodes)
        for key, old, new in zip(keys, owners, after, strict=True):
            if old != new and node not in (old, new):
                raise NotYet(
                    f"{node} {'left' if leaves else 'joined'}, and {key!r} moved from {old} to {new}.",
                    f"Only {'its own keys move' if leaves else 'keys that it takes itself move'}.",
                )
        _compare(
            "A ring made anew of the same nodes differs",
            keys,
            after,
            _owners(call(ring, nodes, 16), keys, nodes),
        )
        _preferences(made, keys[:40], nodes)
        owners = after
    return 8


def _preferences(made: Any, keys: list[str], nodes: list[str]) -> None:
    """A preference list begins with the owner, names nobody twice, and survives the loss of its first."""
    for key in keys:
        n = min(3, len(nodes))
        got = call(made.owners, key, n)
        if not isinstance(got, (list, tuple)) or len(got) != n or not set(got) <= set(nodes):
            raise NotYet(
                f"owners({key!r}, {n}) gave {values.text(got)}.", f"It gives a list of {n} of the nodes."
            )
        if len(set(got)) != n:
            raise NotYet(
                f"owners({key!r}, {n}) gave {values.text(got)}, which names a node twice.",
                "The copies lie on distinct nodes.",
                "Two points of one node are one machine: if it fails, both copies are gone.",
            )
        if got[0] != call(made.owner, key):
            raise NotYet(
                f"owners({key!r}, {n}) begins with {got[0]}, and the owner is another.", "The owner is first."
            )
    if len(nodes) > 1:
        first, second = call(made.owners, keys[0], 2)
        call(made.remove, first)
        heir = call(made.owner, keys[0])
        call(made.add, first)
        if heir != second:
            raise NotYet(
                f"{first} left, and {keys[0]!r} went to {heir}, though owners had named {second} as the second.",
                "The second in the list is where a key goes when the first is gone: it walks clockwise.",
            )


def _refusals(ring: type) -> None:
    """What cannot be done is refused with a ValueError, and changes nothing."""
    made = call(ring, ["a", "b"], 4)
    for what, action in (
        ('add("a"), which is there', lambda: made.add("a")),
        ('remove("z"), which is not there', lambda: made.remove("z")),
        ('owners("key", 3) of two nodes', lambda: made.owners("key", 3)),
    ):
        progress.case(what)
        try:
            got = action()
        except ValueError:
            continue
        except Exception as error:
            raise NotYet(
                f"{what}, raised {type(error).__name__}.", "It is refused with a ValueError."
            ) from None
        raise NotYet(
            f"{what}, was not refused: it gave {values.text(got)}.", "It is refused with a ValueError."
        )
    if {call(made.owner, key) for key in cities()[:200]} != {"a", "b"}:
        raise NotYet("After a refusal the ring is another.", "What is refused changes nothing.")
