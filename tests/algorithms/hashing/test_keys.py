import hashlib
import json
import subprocess
import sys
import zlib

import numpy as np
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st

from distlab.algorithms.hashing import HASHES, BoundedRing, HashRing, Jump, Maglev, Modulo, Rendezvous
from distlab.algorithms.hashing.keys import fraction, fractions, hash_key, hash_keys, key_bytes, xxh3_of_ints
from tests.algorithms.hashing.schemes import FRUITS, PEOPLE, key_lists, keys


@given(numbers=st.lists(st.integers(0, 2**64 - 1), max_size=30))
def test_xxh3_in_numpy_is_xxh3(numbers):
    expected = [xxhash.xxh3_64_intdigest(n.to_bytes(8, "little")) for n in numbers]
    assert xxh3_of_ints(np.array(numbers, np.uint64)).tolist() == expected


@pytest.mark.parametrize("name", HASHES)
@given(keys=key_lists)
def test_many_keys_are_hashed_as_each_alone(name, keys):
    hashes = hash_keys(keys, HASHES[name])
    assert hashes.dtype == np.uint64
    assert hashes.tolist() == [hash_key(key, HASHES[name]) for key in keys]


@given(keys=st.lists(st.integers(-(2**63), 2**64 - 1), min_size=1))
def test_many_ints_are_hashed_as_each_alone(keys):
    assert hash_keys(keys, HASHES["xxh3"]).tolist() == [hash_key(key, HASHES["xxh3"]) for key in keys]


def test_every_hash_function_is_what_its_name_says():
    data = b"consistent"
    expected = {
        "xxh3": xxhash.xxh3_64(data).hexdigest(),
        "xxh64": xxhash.xxh64(data).hexdigest(),
        "md5": hashlib.md5(data).hexdigest()[:16],
        "sha1": hashlib.sha1(data).hexdigest()[:16],
        "sha256": hashlib.sha256(data).hexdigest()[:16],
        "blake2b": hashlib.blake2b(data, digest_size=8).hexdigest(),
        "crc32": f"{zlib.crc32(data):08x}" * 2,
    }
    assert {name: f"{function(data):016x}" for name, function in HASHES.items()} == expected


def test_text_is_its_utf8_bytes_and_a_number_is_not_its_text():
    assert key_bytes("梨") == "梨".encode()
    assert key_bytes(b"\xff") == b"\xff"
    assert key_bytes(1) == b"\1\0\0\0\0\0\0\0" != key_bytes("1")
    assert key_bytes(-1) == key_bytes(2**64 - 1) == b"\xff" * 8
    assert key_bytes(np.int16(-2)) == key_bytes(-2)


@given(key=keys)
def test_equal_keys_of_the_same_type_have_equal_bytes_and_hash_to_64_bits(key):
    assert 0 <= hash_key(key, HASHES["xxh3"]) < 2**64
    if isinstance(key, str):
        assert hash_key(key, HASHES["xxh3"]) == hash_key(key.encode(), HASHES["xxh3"])


class Word(str):
    """A str that is not quite a str."""


def test_a_subclass_of_str_is_the_str_that_it_is():
    assert hash_key(Word("plum"), HASHES["xxh3"]) == hash_key("plum", HASHES["xxh3"])
    assert hash_keys([Word("plum")], HASHES["xxh3"])[0] == hash_key("plum", HASHES["xxh3"])


def test_a_position_is_a_fraction_below_one():
    ends = [0, 2**63, 2**64 - 1]
    assert fraction(0) == 0
    assert fraction(2**63) == 0.5
    assert 0.999999 < fraction(2**64 - 1) < 1
    assert fractions(np.array(ends, np.uint64)).tolist() == [fraction(end) for end in ends]


# Placements are data that outlives a program, so these are pinned: a change here would move keys.
KEYS = [*FRUITS, b"\xff\x00", 7, -1]
PINNED = {
    "HashRing(PEOPLE)": "bob cyd ada cyd cyd cyd ada bob cyd bob bob",
    "HashRing(PEOPLE, hash='xxh64')": "bob cyd bob cyd cyd bob ada cyd ada ada bob",
    "HashRing(PEOPLE, hash='md5')": "cyd ada cyd bob cyd bob ada cyd ada cyd bob",
    "HashRing(PEOPLE, hash='sha1')": "bob ada cyd bob ada bob cyd cyd bob ada ada",
    "HashRing(PEOPLE, hash='sha256')": "cyd ada bob bob ada cyd ada ada bob cyd ada",
    "HashRing(PEOPLE, hash='blake2b')": "ada cyd bob ada ada ada cyd cyd ada ada cyd",
    "HashRing(PEOPLE, hash='crc32')": "cyd cyd bob ada cyd bob bob bob bob ada ada",
    "BoundedRing(PEOPLE, vnodes=4)": "ada cyd cyd cyd bob ada bob ada cyd bob ada",
    "Rendezvous(PEOPLE)": "bob cyd bob ada ada ada cyd bob ada cyd ada",
    "Rendezvous({'ada': 1, 'bob': 2, 'cyd': 3})": "bob cyd bob cyd bob ada cyd cyd ada cyd ada",
    "Jump(PEOPLE)": "cyd bob bob bob ada bob bob cyd ada bob ada",
    "Maglev(PEOPLE)": "cyd bob cyd bob ada ada ada bob ada cyd bob",
    "Modulo(PEOPLE)": "cyd ada bob ada bob bob ada cyd ada cyd cyd",
}
NAMES = {
    "HashRing": HashRing,
    "BoundedRing": BoundedRing,
    "Rendezvous": Rendezvous,
    "Jump": Jump,
    "Maglev": Maglev,
    "Modulo": Modulo,
    "PEOPLE": PEOPLE,
}


@pytest.mark.parametrize("scheme", PINNED)
def test_placements_are_the_same_on_every_machine(scheme):
    assert eval(scheme, NAMES).owners_of(KEYS).tolist() == PINNED[scheme].split()


def test_placements_are_the_same_in_every_process():
    code = (
        "import json; from distlab.algorithms.hashing import *\n"
        f"PEOPLE = {PEOPLE}\n"
        f"print(json.dumps([eval(s).owners_of({KEYS}).tolist() for s in {list(PINNED)}]))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert json.loads(done.stdout) == [owners.split() for owners in PINNED.values()]
