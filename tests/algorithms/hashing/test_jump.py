import math

import jump
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import Jump, jump_bucket
from distlab.algorithms.hashing.jump import jump_buckets


def test_the_published_vector():
    buckets = "0 55 62 8 45 59 86 97 82 59 73 37 17 56 86 21 90 37 38 83"
    assert [jump_bucket(key, 100) for key in range(20)] == [int(bucket) for bucket in buckets.split()]
    assert jump_bucket(256, 1024) == 520  # from the documentation of the package jump-consistent-hash


@given(keys=st.lists(st.integers(0, 2**64 - 1), max_size=30), buckets=st.integers(1, 10_000))
def test_a_whole_array_jumps_as_each_alone(keys, buckets):
    assert jump_buckets(np.array(keys, np.uint64), buckets).tolist() == [
        jump_bucket(k, buckets) for k in keys
    ]


@given(key=st.integers(0, 2**64 - 1), buckets=st.integers(1, 2000))
def test_a_key_stays_or_jumps_to_the_newest_bucket(key, buckets):
    before = jump_bucket(key, buckets)
    assert 0 <= before < buckets
    assert jump_bucket(key, buckets + 1) in (before, buckets)


def test_the_usual_package_agrees():
    for key in [0, 1, 7, 2**32, 2**63, 2**64 - 1, *range(10_000, 2**40, 2**33)]:
        for buckets in (1, 2, 10, 1000):
            assert jump_bucket(key, buckets) == jump.hash(key, buckets)


def test_buckets_are_even():
    n, keys = 20, 40_000
    loads = Jump([f"shard-{i}" for i in range(n)]).load(range(keys)).values()
    chi_square = sum((load - keys / n) ** 2 for load in loads) / (keys / n)
    assert abs(chi_square - (n - 1)) < 4 * math.sqrt(2 * (n - 1))


def test_only_numbers_of_64_bits_and_at_least_one_bucket():
    with pytest.raises(ValueError, match="not -1"):
        jump_bucket(-1, 3)
    with pytest.raises(ValueError, match="64 bits"):
        jump_bucket(2**64, 3)
    with pytest.raises(ValueError, match="1 bucket or more, not 0"):
        jump_bucket(1, 0)
