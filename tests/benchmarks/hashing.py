"""Placing keys, beside the usual packages.

uhashring is the ring of pure Python, clandestined rendezvous hashing with its murmur3 in C, jump-consistent-hash the
paper's loop in C. Each does the same work with its own hash function; where the peer has no batch, its batch is a
loop. clandestined has no wheels and needs a C compiler, so it is measured only where it is installed.
"""

import importlib
import importlib.util
from collections.abc import Callable

import jump
import numpy as np
import uhashring

from distlab.algorithms.hashing import HashRing, Jump, Rendezvous, jump_bucket
from distlab.algorithms.hashing.jump import jump_buckets
from distlab.algorithms.hashing.keys import hash_keys, xxh3
from tests.benchmarks.table import Row, Sampler, compare, show, timed

NODES = [f"node-{i:04}" for i in range(1000)]
KEYS = [f"user:{i * 7919}" for i in range(1_000_000)]


def one_by_one(owner: Callable[[str], object], keys: list[str]) -> Sampler:
    """A program that asks for one key after another."""
    return timed(lambda: [owner(key) for key in keys])


def ring() -> list[Row]:
    """A ring of 1000 nodes with 160 points each."""
    ours, peer = HashRing(NODES, vnodes=160), uhashring.HashRing(NODES, vnodes=160)
    some = KEYS[:50_000]
    batch = timed(lambda: ours.owners_of(KEYS))

    def join_and_leave() -> None:
        ours.add("new")
        ours.owner("user:1")  # with the first lookup, so that no work is put off beyond the clock
        ours.remove("new")

    def peers_join_and_leave() -> None:
        peer.add_node("new")
        peer.get_node("user:1")
        peer.remove_node("new")

    return [
        compare(
            "one key",
            one_by_one(ours.owner, some),
            one_by_one(peer.get_node, some),
            items=len(some),
            goal=2.5,
        ),
        compare(
            "a million strings", batch, one_by_one(peer.get_node, KEYS), items=len(KEYS), runs=5, goal=20
        ),
        compare("a node joins and leaves", timed(join_and_leave), timed(peers_join_and_leave), goal=7),
        compare(
            "build the ring",
            timed(lambda: HashRing(NODES, vnodes=160)),
            timed(lambda: uhashring.HashRing(NODES, vnodes=160)),
        ),
    ]


def rendezvous() -> list[Row]:
    """Highest random weight on few and on many nodes."""
    clandestined = importlib.import_module("clandestined")
    rows = []
    for nodes, many, few in ((10, 100_000, 10_000), (1000, 5_000, 500)):
        ours, peer = Rendezvous(NODES[:nodes]), clandestined.RendezvousHash(NODES[:nodes])
        single, batch = KEYS[:few], KEYS[:many]
        one = compare(
            f"{nodes} nodes, one key",
            one_by_one(ours.owner, single),
            one_by_one(peer.find_node, single),
            items=few,
        )
        whole = compare(
            f"{nodes} nodes, {many:,} strings",
            timed(lambda ours=ours, batch=batch: ours.owners_of(batch)),
            one_by_one(peer.find_node, batch),
            items=many,
            runs=3,
        )
        rows += [one, whole]
    return rows


def buckets() -> list[Row]:
    """Jump hash into 1000 buckets: of numbers, and of strings with the hashing that they need."""
    numbers = hash_keys(KEYS[:200_000], xxh3)
    listed = numbers.tolist()
    shards = Jump(NODES)
    return [
        compare(
            "one number",
            timed(lambda: [jump_bucket(number, 1000) for number in listed[:20_000]]),
            timed(lambda: [jump.hash(number, 1000) for number in listed[:20_000]]),
            items=20_000,
        ),
        compare(
            f"{len(listed):,} numbers",
            timed(lambda: jump_buckets(numbers, 1000)),
            timed(lambda: np.array([jump.hash(number, 1000) for number in listed])),
            items=len(listed),
        ),
        compare(
            f"{len(listed):,} strings",
            timed(lambda: shards.owners_of(KEYS[: len(listed)])),
            timed(lambda: [NODES[jump.hash(xxh3(key.encode()), 1000)] for key in KEYS[: len(listed)]]),
            items=len(listed),
        ),
    ]


def main() -> None:
    """Measure, and print the tables."""
    show("A ring of 1000 nodes x 160 points", ring(), peer="uhashring", unit="keys")
    if importlib.util.find_spec("clandestined"):
        show("Rendezvous hashing", rendezvous(), peer="clandestined", unit="keys")
    else:
        print("\nRendezvous hashing: not measured, for its peer is not installed (pip install clandestined)")
    show("Jump hash into 1000 buckets", buckets(), peer="jump-consistent-hash", unit="keys")


if __name__ == "__main__":
    main()
