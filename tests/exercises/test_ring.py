"""Exercises 4.1 to 4.3, attempted rightly and wrongly."""

import re

import pytest

from distlab.exercises import check
from distlab.exercises.code_practice.circle import CIRCLE, Circle
from distlab.exercises.registry import find
from distlab.exercises.solutions import code_practice as reference
from tests.exercises import cells

IMPORTS = "import hashlib, random\nfrom bisect import bisect, bisect_left, insort\n"
POSITION, RING, FULL = (find(id).source for id in ("4.1", "4.2", "4.3"))


def position(source):
    return check("4.1", cells.run(IMPORTS + source)["position"])


def ring(source):
    space = cells.run(IMPORTS + POSITION + "\n" + source)
    return check("4.2", (space["position"], space["Ring"]))


def full(source):
    space = cells.run(IMPORTS + POSITION + "\n" + source)
    return check("4.3", (space["position"], space["FullRing"]))


def mistaken(source, old, new):
    """The source with one mistake made in it."""
    assert old in source
    return source.replace(old, new)


# --- 4.1 ---


def test_the_stub_of_4_1_is_not_attempted_yet():
    assert position("def position(key): ...").outcome == "not attempted yet"


PLACES = {
    "the reference": POSITION,
    "the whole digest, cut by the remainder": """
def position(key):
    if isinstance(key, str):
        key = bytes(key, "utf-8")
    return int(hashlib.sha256(key).hexdigest(), 16) % 2**32
""",
    "another hash, little end first": """
position = lambda key: int.from_bytes(
    hashlib.blake2b(key if isinstance(key, bytes) else key.encode("utf-8"), digest_size=4).digest(), "little")
""",
    "a checksum": """
import zlib

def position(key):
    return zlib.crc32(key.encode() if isinstance(key, str) else key)
""",
}


@pytest.mark.parametrize("style", PLACES)
def test_every_style_of_4_1_passes(style):
    verdict = position(PLACES[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "2,487 keys, text and bytes: in range, spread evenly, and the same in every process."
    ]


MISPLACED = {
    "the built-in hash": (
        "return hash(key) % 2**32",
        "position('北京') and position(b'\\\\xe5\\\\x8c\\\\x97\\\\xe4\\\\xba\\\\xac') differ.",
    ),
    "the built-in hash of bytes": (
        "return hash(key if isinstance(key, bytes) else key.encode()) % 2**32",
        "gave one number here, and another in a process of its own.\n  Every process finds the same.\n"
        "  Python salts hash() of texts and bytes anew in each process.",
    ),
    "an order that only one process has": (
        "return int(hashlib.md5(repr({*'abcdefgh'}).encode() + (key if isinstance(key, bytes) else key.encode()))"
        ".hexdigest()[:8], 16)",
        "another in a process of its own",
    ),
    "a fraction": (
        "return int(hashlib.md5(key.encode()).hexdigest(), 16) / 2**128",
        "position('a') gave 0.04982",
    ),
    "a whole float": ("return len(key) * 1.0", "It gives a whole number."),
    "the whole digest as a number": (
        "return int(hashlib.md5(key.encode()).hexdigest(), 16)",
        "It lies from 0 up to 2 ** 32 - 1 = 4,294,967,295.\n  → four bytes of the digest are enough",
    ),
    "below zero": ("return -5", "position('a') gave -5."),
    "not encoded": (
        "return int(hashlib.md5(key).hexdigest()[:8], 16)",
        "position raised TypeError (Strings must be",
    ),
    "bytes are not thought of": (
        "return int(hashlib.md5(key.encode()).hexdigest()[:8], 16)",
        "position raised AttributeError ('bytes' object has no attribute 'encode')",
    ),
    "the text of the bytes": (
        "return int(hashlib.md5(str(key).encode()).hexdigest()[:8], 16)",
        "position('a') and position(b'a') differ.\n  A text lies where its UTF-8 bytes lie.",
    ),
    "the hexdigest itself": (
        "return hashlib.md5(key.encode()).hexdigest()",
        "position('a') gave '0cc175b9c0f1b6",
    ),
    "bytes of the digest": ("return hashlib.md5(key.encode()).digest()[:4]", "It gives a whole number."),
    "the first letters": (
        "data = key if isinstance(key, bytes) else key.encode(); return int.from_bytes(data[:4].ljust(4), 'big')",
        "a hash function spreads keys over all 2 ** 32 places; the text itself does not",
    ),
    "a hash of the first letters": (
        "data = key if isinstance(key, bytes) else key.encode(); "
        "return int.from_bytes(hashlib.md5(data[:4]).digest()[:4], 'big')",
        "share a place with another.\n  Different keys lie in different places",
    ),
    "the sum of the letters": (
        "return sum(key if isinstance(key, bytes) else key.encode())",
        "One sixteenth of the circle holds 2,487 of 2,487 keys, another 0.",
    ),
    "sixteen bits": (
        "data = key if isinstance(key, bytes) else key.encode(); "
        "return int.from_bytes(hashlib.md5(data).digest()[:2], 'big') << 16",
        "use the whole key, and four bytes of the digest",
    ),
    "three bytes of four": (
        "data = key if isinstance(key, bytes) else key.encode(); "
        "return int.from_bytes(hashlib.md5(data).digest()[:3], 'big')",
        "over all 2 ** 32 places",
    ),
    "chance": (
        "return random.randrange(2**32)",
        "position('a') gave two different numbers when asked twice.",
    ),
    "nothing comes back": ("x = hashlib.md5(key.encode())", "position('a') gave None."),
}


@pytest.mark.parametrize("mistake", MISPLACED)
def test_every_mistake_in_4_1_gets_its_own_answer(mistake):
    body, reason = MISPLACED[mistake]
    verdict = position(f"def position(key):\n    {body}")
    assert verdict.outcome == "not yet"
    assert reason.replace("\\\\", "\\") in str(verdict)


def test_an_answer_that_is_called_already_is_told_so():
    assert "give it position, without brackets behind it" in str(check("4.1", 17))


# --- 4.2 ---


def test_the_stub_of_4_2_is_not_attempted_yet():
    stub = "class Ring:\n    def __init__(self, nodes, vnodes=64): ...\n\n    def owner(self, key): ...\n"
    space = cells.run("def position(key): ...\n" + stub)
    assert check("4.2", (space["position"], space["Ring"])).outcome == "not attempted yet"
    assert "Ring is still empty." in str(ring(stub))


def test_a_ring_before_its_position_is_told_so():
    space = cells.run(IMPORTS + "def position(key): ...\n" + RING)
    assert "position is still empty." in str(check("4.2", (space["position"], space["Ring"])))


RINGS = {
    "the reference": RING,
    "without bisect": """
class Ring:
    def __init__(self, nodes, vnodes=64):
        self.points = {position(f"{n}#{i}"): n for n in sorted(nodes, reverse=True) for i in range(vnodes)}
        self.order = sorted(self.points)

    def owner(self, key):
        here = position(key)
        return self.points[next((place for place in self.order if place >= here), self.order[0])]
""",
    "with the whole circle twice": """
class Circle:
    def __init__(self, names, count=64):
        both = sorted([(position(f"{n}#{i}"), n) for i in range(count) for n in names])
        self.places = [p for p, _ in both] + [p + 2**32 for p, _ in both]
        self.nodes = [n for _, n in both] * 2

    def owner(self, text):
        return self.nodes[bisect_left(self.places, position(text))]

Ring = Circle
""",
}


@pytest.mark.parametrize("style", RINGS)
def test_every_style_of_4_2_passes(style):
    verdict = ring(RINGS[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "1,269 keys on rings of 1 to 1,000 nodes: each lies with the first node clockwise."
    ]


def test_another_position_gives_another_ring_and_passes():
    space = cells.run(IMPORTS + PLACES["a checksum"] + RING)
    assert check("4.2", (space["position"], space["Ring"])).passed


FIND = "at = bisect_left(self.places, position(key))\n        return self.points[at % len(self.points)][1]"
OFF = {
    "keys that equal a point only": (
        FIND,
        "return dict(self.points)[position(key)]",
        "owner raised KeyError",
    ),
    "or nobody": (
        FIND,
        "return dict(self.points).get(position(key))",
        "owner('') gave None.\n  It is 'a'.",
    ),
    "does not go round": (
        "self.points[at % len(self.points)]",
        "self.points[at]",
        "owner raised IndexError (list index out of range), line 14 in owner: return self.points[at][1]\n"
        "  The key lies at 0.",
    ),
    "stays with the last": (
        "self.points[at % len(self.points)]",
        "self.points[min(at, len(self.points) - 1)]",
        "past the last point: the circle begins again, with ",
    ),
    "a remainder": (
        FIND,
        "nodes = sorted({n for _, n in self.points}); return nodes[position(key) % len(nodes)]",
        "On a ring of a, b with 1 point each, owner('') gave 'b'.\n  It is 'a'.",
    ),
    "one point a node": (
        "range(vnodes)",
        "range(1)",
        "On a ring of b, a with 2 points each",
    ),
    "one point too many": (
        "range(vnodes)",
        "range(vnodes + 1)",
        "On a ring of a, b with 1 point each",
    ),
    "points count from one": (
        "range(vnodes)",
        "range(1, vnodes + 1)",
        'a node stands at position("name#0"), position("name#1"), ... as often as vnodes says',
    ),
    "names of its own for the points": (
        'f"{node}#{i}"',
        'f"{node}-{i}"',
        'a node stands at position("name#0")',
    ),
    "the other way round": (
        FIND,
        "return self.points[bisect_left(self.places, position(key)) - 1][1]",
        "these are the points before the keys: clockwise is towards larger numbers",
    ),
    "the number in the list for the name": (
        'position(f"{node}#{i}"), node) for node in nodes for',
        'position(f"{at}#{i}"), node) for at, node in enumerate(nodes) for',
        "On a ring of a, b with 1 point each",
    ),
    "after, and not at": (
        "bisect_left(",
        "bisect(",
        "exactly where a#0 is: at or after, and so that is the first.\n  → bisect_left finds a place at or after",
    ),
    "the point for the node": (
        "[at % len(self.points)][1]",
        "[at % len(self.points)]",
        "every key is owned by one of the nodes: give the node's name",
    ),
    "the place for the node": (
        "[at % len(self.points)][1]",
        "[at % len(self.points)][0]",
        "give the node's name",
    ),
    "its number for the node": (
        "return self.points[at % len(self.points)][1]",
        "return at",
        "owner('') gave 0.\n  It is 'a'.",
    ),
    "not sorted": (
        'self.points = sorted((position(f"{node}#{i}"), node) for node in nodes for i in range(vnodes))',
        'self.points = [(position(f"{node}#{i}"), node) for node in nodes for i in range(vnodes)]',
        "as often as vnodes says, all in order",
    ),
    "sorted by name": (
        "for i in range(vnodes))",
        "for i in range(vnodes)), self.points.sort(key=lambda point: point[1])",
        "Ring raised AttributeError",
    ),
    "made anew at each lookup": (
        "        at = bisect",
        "        names = {node for _, node in self.points}\n"
        "        self.__init__(names, len(self.points) // len(names))\n        at = bisect",
        "One lookup on a ring of 1,000 nodes called position 20,001 times.\n  Once is enough, for the key.",
    ),
    "vnodes forgotten": (
        "def __init__(self, nodes, vnodes=64):",
        "def __init__(self, nodes):\n        vnodes = 64",
        "Ring could not be called with 2 arguments",
    ),
}


@pytest.mark.parametrize("mistake", OFF)
def test_every_mistake_in_4_2_gets_its_own_answer(mistake):
    old, new, reason = OFF[mistake]
    verdict = ring(mistaken(RING, old, new))
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_the_class_alone_is_told_what_is_wanted():
    space = cells.run(IMPORTS + POSITION + RING)
    assert "The check wants 2 things together: (position, Ring)." in str(check("4.2", space["Ring"]))


# --- 4.3 ---


STUB = """
class FullRing:
    def __init__(self, nodes=(), vnodes=64): ...

    def add(self, node): ...

    def remove(self, node): ...

    def owner(self, key): ...

    def owners(self, key, n): ...
"""


def test_the_stub_of_4_3_is_not_attempted_yet():
    space = cells.run("def position(key): ...\n" + STUB)
    assert check("4.3", (space["position"], space["FullRing"])).outcome == "not attempted yet"


def test_what_is_still_empty_is_named():
    half = FULL[: FULL.index("    def owner(")] + STUB[STUB.index("    def owner(") :]
    assert "FullRing.owner and FullRing.owners are still empty." in str(full(half))


FULLS = {
    "the reference": FULL,
    "a list kept in order, and a walk as a generator": """
class FullRing:
    def __init__(self, nodes=(), vnodes=64):
        self.vnodes, self.points = vnodes, []
        [self.add(node) for node in nodes]

    def names(self):
        return {node for _, node in self.points}

    def add(self, node):
        if node in self.names():
            raise ValueError
        for i in range(self.vnodes):
            insort(self.points, (position(f"{node}#{i}"), node))

    def remove(self, node):
        if node not in self.names():
            raise ValueError(node)
        for point in [p for p in self.points if p[1] == node]:
            self.points.remove(point)

    def walk(self, key):
        at = bisect_left(self.points, (position(key), ""))
        return (node for _, node in self.points[at:] + self.points[:at])

    def owner(self, key):
        return next(self.walk(key))

    def owners(self, key, n):
        different = tuple(dict.fromkeys(self.walk(key)))
        if n > len(different):
            raise ValueError("too many")
        return different[:n]
""",
    "on top of the ring of 4.2": RING
    + """
class FullRing(Ring):
    def __init__(self, nodes=(), vnodes=64):
        self.nodes, self.vnodes = list(nodes), vnodes
        super().__init__(nodes, vnodes)

    def add(self, node):
        if node in self.nodes:
            raise ValueError("there")
        self.__init__(self.nodes + [node], self.vnodes)

    def remove(self, node):
        self.nodes.remove(node)  # a ValueError of its own, where there is no such node
        self.__init__(self.nodes, self.vnodes)

    def owners(self, key, n):
        if n > len(self.nodes):
            raise ValueError("few")
        if n == 0:
            return []
        first = self.owner(key)
        return [first] + type(self)([x for x in self.nodes if x != first], self.vnodes).owners(key, n - 1)
""",
}


@pytest.mark.parametrize("style", FULLS)
def test_every_style_of_4_3_passes(style):
    verdict = full(FULLS[style])
    assert verdict.passed, verdict
    assert verdict.lines == [
        "48 nodes came and went, and each time 152 keys and their copies were where they had to be."
    ]


WALK = "            if node not in found:\n                found.append(node)\n"
AMISS = {
    "copies on one node": (
        WALK,
        "            found.append(node)\n",
        "The nodes are distinct.\n  Two points of one node are one machine",
    ),
    "copies the other way round": (
        "at += 1",
        "at -= 1",
        "the second is where the key goes when the first has left",
    ),
    "copies in the order of the list": (
        "        return found",
        "        return found[:1] + sorted(self.nodes - set(found[:1]))[: n - 1]",
        "Clockwise from the key come the points of ",
    ),
    "copies in the order of names": (
        "        return found",
        "        return sorted(found)",
        "owners(",
    ),
    "one copy too few": ("        return found", "        return found[1:]", "owner raised IndexError"),
    "a set of copies": ("        return found", "        return set(found)", "owner raised TypeError"),
    "does not go round": ("self.points[at % len(self.points)]", "self.points[at]", "owner raised IndexError"),
    "does not refuse who is there": (
        'raise ValueError(f"{node} is on the ring already")',
        "return",
        'add("a"), which is there already, was not refused: it gave None.\n  It is refused with a ValueError.',
    ),
    "does not refuse who is not there": (
        'raise ValueError(f"{node} is not on the ring")',
        "return",
        'remove("z"), which is not there, was not refused',
    ),
    "refuses with another error": (
        '        if node not in self.nodes:\n            raise ValueError(f"{node} is not on the ring")\n',
        "",
        'remove("z"), which is not there, raised KeyError.\n  It is refused with a ValueError.',
    ),
    "refuses nothing with too few nodes": (
        "if n > len(self.nodes):",
        "n = min(n, len(self.nodes))\n        if False:",
        'owners("key", 3), on a ring of two nodes, was not refused: it gave [',
    ),
    "a refused node has joined": (
        'raise ValueError(f"{node} is on the ring already")',
        'self.points.append((0, node)); self.points.sort(); raise ValueError(f"{node} is on the ring already")',
        'add("a"), which is there already, was refused. On a ring of a, b with 4 points each, owner(',
    ),
    "a refused leaver takes another along": (
        'raise ValueError(f"{node} is not on the ring")',
        'self.points.pop(); raise ValueError(f"{node} is not on the ring")',
        'remove("z"), which is not there, was refused. On a ring of a, b',
    ),
    "points stay behind": (
        "self.points = [point for point in self.points if point[1] != node]",
        "self.points.remove(next(point for point in self.points if point[1] == node))",
        "is not on the ring.\n  → remove takes away all the points of a node",
    ),
    "the leaver is taken from the list only": (
        "        self.points = [point for point in self.points if point[1] != node]\n",
        "",
        "left. On a ring of ",
    ),
    "whoever leaves takes another along": (
        "if point[1] != node]",
        "if point[1] != node][1:]",
        "left. On a ring of ",
    ),
    "not sorted after joining": ("        self.points.sort()\n", "", "with 1 point each, owner("),
    "those given at the start never come": (
        "        for node in nodes:\n            self.add(node)\n",
        "",
        "owner raised ValueError",
    ),
    "always 64 points": (
        "self.vnodes, self.nodes, self.points = vnodes, ",
        "self.vnodes, self.nodes, self.points = 64, ",
        "On a ring of x0, x1 with 1 point each",
    ),
    "one circle for all rings": (
        "self.vnodes, self.nodes, self.points = vnodes, set(), []",
        "self.vnodes, self.nodes, self.points = vnodes, set(), ALL",
        "Your class uses ALL, a list outside of it, which all its objects share.",
    ),
}


@pytest.mark.parametrize("mistake", AMISS)
def test_every_mistake_in_4_3_gets_its_own_answer(mistake):
    old, new, reason = AMISS[mistake]
    verdict = full("ALL = []\n" + mistaken(FULL, old, new))
    assert verdict.outcome == "not yet"
    assert reason in str(verdict)


def test_a_walk_without_an_end_is_cut_off(monkeypatch):
    monkeypatch.setattr("distlab.exercises.machine.SECONDS", 0.5)
    verdict = full(mistaken(FULL, "if n > len(self.nodes):", "if False:"))
    assert verdict.outcome == "not yet"
    assert 'owners("key", 3), on a ring of two nodes, did not come to an end.' in str(verdict)


# --- the definition that all are held to ---


def test_the_definition_agrees_with_the_reference():
    nodes = ["ada", "bob", "cyd", "dan"]
    circle, made = Circle(reference.position, nodes, 8), reference.FullRing(nodes, 8)
    for key in (f"key {i}" for i in range(300)):
        assert circle.first(key) == [made.owner(key)]
        assert circle.distinct(key, 4) == made.owners(key, 4)


def test_where_two_nodes_stand_in_one_place_both_are_right():
    circle = Circle(lambda key: 5 if "#" in key else 3, ["a", "b"], 1)
    assert circle.first("x") == ["a", "b"]
    assert not circle.clear


def test_places_are_told_as_parts_of_the_circle():
    circle = Circle(
        lambda key: {"a#0": CIRCLE // 4, "b#0": CIRCLE // 2, "x": CIRCLE // 3}.get(key, 0), ["a", "b"], 1
    )
    assert circle.why("x") == (
        "The key lies at 0.333333 of the circle; the first point at or after it is b#0 at 0.500000."
    )
    assert re.search("exactly where a#0 is", circle.why("a#0"))
