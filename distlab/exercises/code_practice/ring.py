"""4.1 to 4.3: a hash ring, built in three steps. Judged by what it answers, never by what is inside."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from distlab import values
from distlab.blame import TooLong
from distlab.exercises.code_practice.circle import CIRCLE, Circle, shown
from distlab.exercises.code_practice.elsewhere import elsewhere
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.solutions import code_practice as reference
from distlab.exercises.trials import call, progress
from distlab.exercises.wanted import Function, PlainClass, Several
from distlab.topology import cities

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
    """Numbers in the range, the same for text and its bytes, spread evenly, the same everywhere."""
    keys = ["a", "ab", "", "北京", "Zürich", *cities()]
    places = {}
    for key in keys:
        progress.case(f"the key {key!r}")
        places[key] = _number(key, call(position, key))
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
    _same_elsewhere(position, keys[:40], places)
    return f"{len(keys):,} keys, text and bytes: in range, spread evenly, and the same in every process"


def _number(key: str, got: Any) -> int:
    if isinstance(got, bool) or not isinstance(got, int):
        raise NotYet(
            f"position({key!r}) gave {values.text(got)}.",
            "It gives a whole number.",
            advice='int.from_bytes(some_bytes, "big") makes a number of bytes',
        )
    if not 0 <= got < CIRCLE:
        raise NotYet(
            f"position({key!r}) gave {got:,}.",
            f"It lies from 0 up to 2 ** 32 - 1 = {CIRCLE - 1:,}.",
            advice="four bytes of the digest are enough",
        )
    return got


def _spread(places: dict[str, int]) -> None:
    """An even function leaves no part of the circle empty, and hardly ever puts two keys in one place."""
    sixteenths = Counter(place * 16 // CIRCLE for place in places.values())
    fullest, fair = max(sixteenths.values()), len(places) / 16
    least = min(sixteenths.values()) if len(sixteenths) == 16 else 0
    if fullest > 1.5 * fair or least < fair / 2:
        raise NotYet(
            f"One sixteenth of the circle holds {fullest:,} of {len(places):,} keys, another {least:,}.",
            f"Each holds about {fair:.0f}.",
            advice="a hash function spreads keys over all 2 ** 32 places; the text itself does not",
        )
    same = len(places) - len(set(places.values()))
    if same > 5:
        raise NotYet(
            f"Of {len(places):,} different keys {same:,} share a place with another.",
            "Different keys lie in different places, with rare exceptions.",
            advice="use the whole key, and four bytes of the digest",
        )


def _same_elsewhere(position: Callable[..., Any], keys: Sequence[str], places: dict[str, int]) -> None:
    """The clients of a ring are many processes, and all have to look in the same place."""
    for key, there in zip(keys, elsewhere(position, keys), strict=True):
        if there != places[key]:
            raise NotYet(
                f"position({key!r}) gave one number here, and another in a process of its own.",
                "Every process finds the same.",
                "Python salts hash() of texts and bytes anew in each process.",
                "hashlib has functions that are the same everywhere",
            )


# --- 4.2 ---

Attempt = tuple[Callable[..., int], type]
RINGS = (
    ("a", 1),
    ("ab", 1),
    ("ba", 2),
    ("abc", 3),
    ("fdbeca", 64),
)  # nodes, points each; from small to large


@exercise(
    "4.2",
    "The first node clockwise",
    points=3,
    wanted=Several(Function("position"), PlainClass("Ring", "__init__ owner")),
    hints=[
        "Two sorted lists side by side: the places of all points, and the node of each.",
        "bisect_left(places, x) is the index of the first place at or after x: that is 'clockwise'.",
        "If it gives len(places), the key lies past the last point: the circle begins again with index 0.",
    ],
    reference=(reference.Ring,),
)
def lookup(attempt: Attempt, course: Course) -> str:
    """Every key's owner, held to the definition: the node of the first point clockwise."""
    position, ring = attempt
    draw, asked = course.random("4.2", 0), 0
    for letters, vnodes in RINGS:
        nodes = list(letters)
        progress.case(f"{len(nodes)} nodes, {vnodes} points each")
        circle = Circle(position, nodes, vnodes)
        made = call(ring, list(nodes), vnodes)
        keys = ["", "北京", *draw.sample(cities(), 200), "a#0", f"{nodes[-1]}#{vnodes - 1}"]
        judge_owners(circle, made, keys)
        asked += len(keys)
    asked += _large(position, ring)
    return f"{asked:,} keys on rings of 1 to 1,000 nodes: each lies with the first node clockwise"


def judge_owners(circle: Circle, made: Any, keys: Sequence[str], event: str = "") -> None:
    """Hold the owner of each key to the definition, and explain the first that is wrong."""
    answers = {key: _owner(circle, made, key, event) for key in keys}
    for key, owner in answers.items():
        if owner not in circle.first(key):
            gone = isinstance(owner, str) and owner not in circle.nodes
            raise NotYet(
                f"{event}On a ring of {circle}, owner({key!r}) gave {values.text(owner)}.",
                f"It is {' or '.join(map(values.text, circle.first(key)))}.",
                f"{owner} is not on the ring." if gone else circle.why(key),
                "remove takes away all the points of a node" if gone and event else circle.advice(answers),
            )


def _owner(circle: Circle, made: Any, key: str, event: str) -> Any:
    try:
        return call(made.owner, key)
    except NotYet as finding:
        raise NotYet(
            f"{event}On a ring of {circle}, {finding.lines[0]}", why=circle.why(key), advice=finding.advice
        ) from finding


def _large(position: Callable[..., int], ring: type) -> int:
    """A thousand nodes; what is counted is how often a lookup hashes, not how long it takes."""
    names, keys = [f"node {i}" for i in range(1000)], cities()[::10]
    progress.case("1,000 nodes, 20 points each")
    circle, made = Circle(position, names, 20), call(ring, names, 20)
    hashed = _calls(position, lambda: call(made.owner, keys[0]))
    if hashed > 10:
        raise NotYet(
            f"One lookup on a ring of 1,000 nodes called position {hashed:,} times.",
            "Once is enough, for the key.",
            "The points stay where they are from one lookup to the next.",
            "place and sort them once, in __init__",
        )
    judge_owners(circle, made, keys)
    return len(keys)


def _calls(function: Any, action: Callable[[], Any]) -> int:
    """How often `action` calls a function that is written in Python."""
    code, count, before = getattr(function, "__code__", None), 0, sys.getprofile()

    def see(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call" and frame.f_code is code

    sys.setprofile(see)
    try:
        action()
    finally:
        sys.setprofile(before)
    return count


# --- 4.3 ---


@exercise(
    "4.3",
    "Come, go, and keep copies",
    points=4,
    wanted=Several(Function("position"), PlainClass("FullRing", "__init__ add remove owner owners")),
    hints=[
        "Keep one sorted list of (place, node); add puts points in and sorts, remove leaves points out.",
        "owners walks clockwise from the key and collects nodes that it has not collected yet, round the end.",
        "owner(key) is owners(key, 1)[0]. Refuse first: raise ValueError before anything is changed.",
    ],
    reference=(reference.FullRing,),
)
def life(attempt: Attempt, course: Course) -> str:
    """Random comings and goings; at each step every owner and every preference list is what it has to be."""
    keys = ["", "北京", *course.random("4.3", 1).sample(cities(), 150)]
    steps = sum(_story(attempt, course, number, keys) for number in range(6))
    _refusals(attempt)
    return f"{steps} nodes came and went, and each time {len(keys)} keys and their copies were where they had to be"


def _story(attempt: Attempt, course: Course, number: int, keys: list[str]) -> int:
    """One ring's life."""
    position, ring = attempt
    draw, vnodes = course.random("4.3", 10 + number), (1, 4, 16)[number % 3]
    nodes = list("abc"[: number % 4])
    progress.case(f"a new ring of {len(nodes)} nodes")
    made = call(ring, list(nodes), vnodes)
    _judge_all(Circle(position, nodes, vnodes), made, keys, "")
    for step in range(8):
        leaves = len(nodes) > 1 and draw.random() < 0.5
        node = draw.choice(nodes) if leaves else f"{'xyz'[number % 3]}{step}"
        progress.case(f"{node} {'leaves' if leaves else 'joins'} {len(nodes)} nodes")
        call(made.remove if leaves else made.add, node)
        nodes = [n for n in nodes if n != node] if leaves else [*nodes, node]
        event = f"{node} {'left' if leaves else 'joined'}. "
        _judge_all(Circle(position, nodes, vnodes), made, keys, event)
    return 8


def _judge_all(circle: Circle, made: Any, keys: Sequence[str], event: str) -> None:
    if circle.nodes:
        judge_owners(circle, made, keys, event)
    for key in keys[:40]:
        for n in range(1, min(3, len(circle.nodes)) + 1):
            _judge_list(circle, key, n, call(made.owners, key, n), event)


def _judge_list(circle: Circle, key: str, n: int, got: Any, event: str) -> None:
    """A preference list is the first n distinct nodes clockwise."""
    said = f"{event}On a ring of {circle}, owners({key!r}, {n}) gave {values.text(got)}."
    if not isinstance(got, (list, tuple)):
        raise NotYet(said, f"It gives a list of {n} of the nodes.")
    if len(set(map(str, got))) < len(got):
        raise NotYet(
            said,
            "The nodes are distinct.",
            "Two points of one node are one machine: if it fails, both copies are gone.",
            "skip a node that is in the list already, and walk on",
        )
    wanted = circle.distinct(key, n)
    if list(got) != wanted and circle.clear:
        raise NotYet(
            said,
            f"It is {values.text(wanted)}.",
            f"Clockwise from the key come the points of {shown(circle.walk(key))}.",
            "the second is where the key goes when the first has left: walk clockwise, round the end",
        )


def _refusals(attempt: Attempt) -> None:
    """What cannot be done is refused with a ValueError, and changes nothing."""
    position, ring = attempt
    made = call(ring, ["a", "b"], 4)
    for what, method, arguments in (
        ('add("a"), which is there already,', "add", ("a",)),
        ('remove("z"), which is not there,', "remove", ("z",)),
        ('owners("key", 3), on a ring of two nodes,', "owners", ("key", 3)),
    ):
        for again in ("", " the second time"):
            progress.case(f"{what} which is to be refused{again}")
            _refused(what, again, lambda m=method, a=arguments: call(getattr(made, m), *a))  # type: ignore[misc]
            _judge_all(Circle(position, ["a", "b"], 4), made, cities()[:80], f"{what} was refused. ")
    call(made.remove, "a")
    _judge_all(Circle(position, ["b"], 4), made, cities()[:80], "After the refusals a left. ")


def _refused(what: str, again: str, action: Callable[[], Any]) -> None:
    try:
        got = action()
    except NotYet as finding:
        error = finding.__cause__
        if isinstance(error, ValueError):
            return
        if error is None:
            raise
        did = "did not come to an end" if isinstance(error, TooLong) else f"raised {type(error).__name__}"
        raise NotYet(f"{what} {did}{again}.", "It is refused with a ValueError.") from None
    raise NotYet(
        f"{what} was not refused{again}: it gave {values.text(got)}.",
        "It is refused with a ValueError.",
        advice="look first whether it can be done, and change the ring after that",
    )
