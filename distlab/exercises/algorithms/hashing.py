"""3.1 to 3.3: how many virtual nodes, what Maglev gives up, and which scheme for which need."""

from __future__ import annotations

from typing import Any

import numpy as np

from distlab import values
from distlab.algorithms.hashing import HashRing, Maglev, theory
from distlab.exercises.course import Course
from distlab.exercises.registry import NotYet, exercise
from distlab.exercises.trials import progress
from distlab.exercises.wanted import Answer

# --- 3.1: work it out ---

NODES, WANTED_SPREAD = 20, 0.05


def _no_count(vnodes: Any) -> str | None:
    real = isinstance(vnodes, (int, float, np.integer, np.floating)) and not isinstance(vnodes, bool)
    if not real or vnodes != vnodes // 1:  # 380.0 is a whole number, too: np.ceil gives such
        return f"The answer is one whole number, such as 12; this is {values.text(vnodes)}."
    return None if vnodes > 0 else f"A node has at least one virtual node; this is {values.text(vnodes)}."


@exercise(
    "3.1",
    "How many virtual nodes",
    points=1,
    wanted=Answer("vnodes", ..., lambda vnodes: None if vnodes is ... else _no_count(vnodes)),
    hints=[
        "The relative variance of a node's share, with k points for each of n nodes, is (n - 1) / (nk + 1).",
        "The standard deviation is its square root: (n - 1) / (nk + 1) has to be at most 0.05 squared.",
        "nk + 1 >= 19 / 0.0025 = 7,600, and k is a whole number.",
    ],
    reference="vnodes = 380  # 20 k + 1 >= 19 / 0.05 ** 2 = 7600, so k >= 379.95\n",
)
def points_needed(vnodes: float, course: Course) -> str:
    """The smallest number that keeps the spread, by the theory and by rings that are built."""
    vnodes = int(vnodes)
    progress.case(f"{vnodes} virtual nodes")
    spread = theory.share_variance(NODES, vnodes) ** 0.5
    if spread > WANTED_SPREAD:
        raise NotYet(
            f"With {vnodes:,} virtual nodes the standard deviation is {100 * spread:.3g} % of the mean.",
            "It is to be at most 5 %.",
            _measured(vnodes, course),
            "the variance falls like one over the number of points, the deviation like its root",
        )
    fewer = theory.share_variance(NODES, vnodes - 1) ** 0.5 if vnodes > 1 else 1.0
    if fewer <= WANTED_SPREAD:
        raise NotYet(
            f"{vnodes:,} are enough, and so are {vnodes - 1:,}: the deviation is still {100 * fewer:.3g} %.",
            "The smallest number is asked for.",
            advice="solve (n - 1) / (nk + 1) = 0.05 squared for k",
        )
    theory_says = f"{100 * spread:.4g} % in theory, and one point less a node gives {100 * fewer:.4g} %"
    return f"{theory_says}; {_measured(vnodes, course)}"


def _measured(vnodes: int, course: Course) -> str:
    few = min(vnodes, 2_000)
    names = [f"{course.seed}/{i}" for i in range(NODES * 20)]
    rings = [HashRing(names[NODES * i : NODES * (i + 1)], vnodes=few) for i in range(20)]
    shares = [share for ring in rings for share in ring.shares().values()]
    return f"twenty rings with {few:,} points a node, built and measured, give {100 * NODES * np.std(shares):.2g} %"


# --- 3.2: break it ---


def _no_witness(answer: Any) -> str | None:
    if not isinstance(answer, (tuple, list)) or len(answer) != 3:
        return (
            f'The answer is three things, check("3.2", (nodes, leaver, key)); this is {values.text(answer)}.'
        )
    nodes, leaver, key = answer
    if leaver is ... or key is ...:
        return None
    if not isinstance(nodes, (list, tuple)) or not all(isinstance(node, str) and node for node in nodes):
        return f'nodes is a list of names, as in ["ada", "bob", "cyd"]; this is {values.text(nodes)}.'
    if not 2 <= len(set(nodes)) == len(nodes) <= 6:
        return f"nodes are two to six different names; these are {len(nodes)}: {values.text(nodes)}."
    if leaver not in nodes:
        return f"The leaver is one of the nodes; {values.text(leaver)} is none of them."
    if not isinstance(key, str):
        return f'key is a text, such as "Beijing"; this is {values.text(key)}.'
    return None


@exercise(
    "3.2",
    "What Maglev gives up",
    points=2,
    wanted=Answer("nodes, leaver and key", (["ada", "bob", "cyd"], ..., ...), _no_witness),
    hints=[
        "You need not guess: there are 2,482 keys at hand, and owners_of gives all their owners at once.",
        "Compare Maglev(nodes).owners_of(keys) with Maglev(the nodes without the leaver).owners_of(keys).",
        "Among the keys whose owner changed, take one whose old owner was not the leaver. A larger key set has more.",
    ],
    reference="""
        nodes, leaver = ["ada", "bob", "cyd"], "cyd"
        old = Maglev(nodes).owners_of(keys)
        new = Maglev([node for node in nodes if node != leaver]).owners_of(keys)
        key = next(k for k, before, after in zip(keys, old, new) if before != after and before != leaver)
        """,
)
def witness(answer: Any, course: Course) -> str:
    """See whether the key moves between two nodes that both stay."""
    nodes, leaver, key = answer
    progress.case(f"{leaver} leaves")
    before = Maglev(nodes).owner(key)
    after = Maglev([node for node in nodes if node != leaver]).owner(key)
    if before == leaver:
        raise NotYet(
            f"{values.text(key)} was {leaver}'s own, so it has to move.",
            "The key belongs to another node and moves all the same.",
            advice="look at the owner before the leaver goes",
        )
    if before == after:
        raise NotYet(
            f"{values.text(key)} belongs to {before} before and after {leaver} leaves.",
            "It moves from one node that stays to another.",
            "Such keys are rare: the table changes in a few places beyond the leaver's own.",
            "let owners_of try all keys for you",
        )
    ring = HashRing(nodes)
    ring.remove(leaver)
    same = "stays where it is" if ring.owner(key) == HashRing(nodes).owner(key) else "was the leaver's own"
    return f"{leaver} leaves, and {values.text(key)} moves from {before} to {after}; on a ring of these nodes it {same}"


# --- 3.3: the right tool ---

GROWING = "shards numbered 0 to n - 1 that are only ever added; no memory to spare"
CROWDED = "no node may ever have more than 1.25 times the average"
TABLELESS = "any node may leave, only its keys may move, and there is no table to keep"
ZONED = "preference lists of three nodes in distinct zones"
RIGHT = {GROWING: "jump", CROWDED: "bounded", TABLELESS: "rendezvous", ZONED: "ring"}
SCHEMES = ("ring", "rendezvous", "jump", "Maglev", "bounded")
LACKS = {
    (GROWING, "ring"): "a ring keeps every point in memory",
    (
        GROWING,
        "rendezvous",
    ): "rendezvous keeps the list of nodes, and hashes once for each of them at a lookup",
    (GROWING, "Maglev"): "Maglev is nothing but a table, with tens of thousands of entries",
    (GROWING, "bounded"): "a bounded ring keeps every point, and the place of every key, in memory",
    (
        CROWDED,
        "ring",
    ): "on a ring a load is chance: of many nodes with 128 points some have a quarter too much",
    (CROWDED, "rendezvous"): "rendezvous is even on average; nothing stops a node from getting more",
    (CROWDED, "jump"): "jump is even on average; nothing stops a bucket from getting more",
    (CROWDED, "Maglev"): "Maglev's table is even, but the keys that fall into it need not be",
    (TABLELESS, "ring"): "a ring is a table of points",
    (TABLELESS, "jump"): "with jump only the last bucket can leave",
    (TABLELESS, "Maglev"): "Maglev keeps a table, and moves a few keys of others (exercise 3.2)",
    (TABLELESS, "bounded"): "a bounded ring keeps a table, and when a node leaves its keys push others on",
    (ZONED, "rendezvous"): "rendezvous has preference lists, but ours knows no zones",
    (ZONED, "jump"): "jump gives one bucket, and knows nothing of zones",
    (ZONED, "Maglev"): "Maglev's table knows nothing of zones",
    (ZONED, "bounded"): "on a bounded ring the first node that has room takes the key, whatever its zone",
}


def _no_choice(needs: Any) -> str | None:
    if not isinstance(needs, dict) or set(needs) != set(RIGHT):
        return "The answer is the dict of the stub, with the same four needs as keys."
    for need, name in needs.items():
        if name is not ... and name not in SCHEMES:
            return (
                f"{values.text(name)} is none of the schemes, which are {', '.join(SCHEMES)} (for: {need})."
            )
    return None


class _Choices(Answer):
    """A dict of answers, of which some may still be open."""

    def untouched(self, attempt: Any) -> bool:
        """Whether all are still open."""
        return isinstance(attempt, dict) and all(value is ... for value in attempt.values())

    def missing(self, attempt: Any) -> str | None:
        """The first that is still open."""
        return next(
            (f"There is no scheme yet for: {need}." for need, name in attempt.items() if name is ...), None
        )


@exercise(
    "3.3",
    "The right tool",
    points=2,
    wanted=_Choices("a scheme for each need", dict.fromkeys(RIGHT, ...), _no_choice),
    hints=[
        "The table of laws above rules out most of them.",
        "Which two keep no table? Of these, from which can any node leave?",
        "Only one scheme looks at the loads, and only one was shown with racks.",
    ],
    reference=f"""
        needs = {{
            {GROWING!r}: "jump",
            {CROWDED!r}: "bounded",
            {TABLELESS!r}: "rendezvous",
            {ZONED!r}: "ring",
        }}
        """,
)
def tools(needs: dict[str, str], course: Course) -> str:
    """Each need has one scheme that meets it."""
    for need, right in RIGHT.items():
        progress.case(need)
        if needs[need] != right:
            raise NotYet(
                f"{needs[need]} does not give you this: {need}.",
                why=LACKS[need, needs[need]][0].upper() + LACKS[need, needs[need]][1:] + ".",
                advice="the table of laws says who keeps what",
            )
    return "jump, bounded loads, rendezvous and the ring, each where it belongs"
