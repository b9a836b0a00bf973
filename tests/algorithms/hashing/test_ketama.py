import hashlib

import pytest
import uhashring
from hypothesis import assume, given
from hypothesis import strategies as st

from distlab.algorithms.hashing import KetamaRing
from distlab.algorithms.hashing.ketama import ketama_hash
from distlab.algorithms.hashing.keys import hash_keys

# The file ketama.servers of libketama, with its megabytes.
SERVERS = {
    "10.0.1.1:11211": 600,
    "10.0.1.2:11211": 300,
    "10.0.1.3:11211": 200,
    "10.0.1.4:11211": 350,
    "10.0.1.5:11211": 1000,
    "10.0.1.6:11211": 800,
    "10.0.1.7:11211": 950,
    "10.0.1.8:11211": 100,
}


def raw(position):
    """A fraction of the circle as the 32 bits that libketama would print."""
    return int(position * 2**32)


def test_a_million_lookups_have_the_md5_sum_that_libketama_tests_itself_with():
    ring = KetamaRing(SERVERS)
    keys = [str(i) for i in range(1_000_000)]
    hashes = hash_keys(keys, ketama_hash)
    points = ring.points()
    at = ring._points.searchsorted(hashes) % len(points)
    shown = [f"{raw(position)} {node}\n" for position, node in points]
    report = "".join(f"{h} {shown[i]}" for h, i in zip((hashes >> 32).tolist(), at.tolist(), strict=True))
    # test.sh there: the first line is an error message, and there is none
    assert hashlib.md5(("\n" + report).encode()).hexdigest() == "5672b131391f5aa2b280936aec1eea74"
    assert ring.owners_of(keys[:1000]).tolist() == [points[i].node for i in at[:1000]]


def test_the_points_that_libketamas_python_binding_tests():
    ring = KetamaRing({"127.0.0.1:11211": 600, "127.0.0.1:11212": 400})
    assert ketama_hash(b"test") >> 32 == 3446378249
    assert raw(ring.position("test")) == 3446378249
    after = min(point for point in ring.points() if point.position >= ring.position("test"))
    assert (raw(after.position), after.node) == (3454255383, "127.0.0.1:11211")
    assert ring.owner("test") == "127.0.0.1:11211"
    assert len(ring.points()) == 320


@given(
    weights=st.dictionaries(
        st.text("abcxyz.:", min_size=1, max_size=5), st.integers(1, 9), min_size=1, max_size=9
    )
)
def test_uhashring_draws_the_same_points_where_integers_and_floats_round_alike(weights):
    ours = KetamaRing(weights)
    theirs = uhashring.HashRing(weights, hash_fn="ketama")
    total, n = sum(weights.values()), len(weights)
    assume(all(ours._digests(node) == 40 * n * weight // total for node, weight in weights.items()))
    assert [(raw(p), node) for p, node in ours.points()] == theirs.get_points()
    keys = [str(i) for i in range(50)]
    assert ours.owners_of(keys).tolist() == [theirs.get_node(key) for key in keys]


def test_uhashring_differs_at_61_equal_servers_where_libketamas_floats_round_down():
    names = [f"10.0.0.{i}:11211" for i in range(61)]
    assert len(KetamaRing(names).points()) == 61 * 39 * 4
    assert len(uhashring.HashRing(names, hash_fn="ketama").get_points()) == 61 * 40 * 4
    assert len(KetamaRing(names[:60]).points()) == 60 * 40 * 4


def test_uhashring_gives_a_key_exactly_on_a_point_to_the_next():
    ours = KetamaRing(["ada", "bob"])
    theirs = uhashring.HashRing(["ada", "bob"], hash_fn="ketama")
    keys = [f"ada-{i}" for i in range(40)]  # each has the hash of one of ada's own points
    assert ours.load(keys) == {"ada": 40, "bob": 0}
    assert {theirs.get_node(key) for key in keys} == {"ada", "bob"}


def test_points_follow_everybodys_weight():
    ring = KetamaRing({"ada": 1, "bob": 2})
    assert [ring._digests(node) for node in ring.nodes] == [26, 53]
    ring.add("cyd", 1)
    assert [ring._digests(node) for node in ring.nodes] == [30, 60, 30]
    ring.remove("bob")
    assert len(ring.points()) == 320


@pytest.mark.parametrize("weights", [{"ada": 1, "bob": 10_000}])
def test_a_server_may_be_too_light_for_any_point(weights):
    assert KetamaRing(weights).load(range(100)) == {"ada": 0, "bob": 100}
