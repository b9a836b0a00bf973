"""Locks between machines: right, wrong, and how to tell.

- `LeaseService`, `Holder`, `Resource`: leases with fencing tokens, a client, and what the lock protects;
- `properties`: the three things that "only one has the lock" can mean, as invariants;
- `bounds`: how long a holder may trust its lease, and the corners of drift and delay to try it at;
- `Redis`, `RedisClient`: the recipe with one Redis server, and its traps;
- `Redlock`: the recipe with several; `argument`: whether it is a lock, both sides, each claim as a run.
"""

from distlab.algorithms.locks import argument
from distlab.algorithms.locks.bounds import ShortLease, corners, late, safe, trust
from distlab.algorithms.locks.holder import Holder
from distlab.algorithms.locks.lease import (
    Acquire,
    Granted,
    LeaseService,
    Refused,
    Release,
    Renew,
    Renewed,
)
from distlab.algorithms.locks.properties import (
    Witness,
    accepted,
    believers,
    most_believers,
    no_update_lost,
    one_believer,
    one_grant,
    tokens_never_decrease,
    updates,
)
from distlab.algorithms.locks.redis import Redis, RedisClient, released_by_owner
from distlab.algorithms.locks.redlock import Redlock, RedlockByTimer
from distlab.algorithms.locks.resource import Read, Rejected, Resource, Value, Write, Wrote

__all__ = [
    "LeaseService",
    "Acquire",
    "Granted",
    "Renew",
    "Renewed",
    "Release",
    "Refused",
    "Holder",
    "Resource",
    "Read",
    "Value",
    "Write",
    "Wrote",
    "Rejected",
    "Witness",
    "one_grant",
    "tokens_never_decrease",
    "one_believer",
    "no_update_lost",
    "believers",
    "most_believers",
    "accepted",
    "updates",
    "trust",
    "corners",
    "late",
    "safe",
    "ShortLease",
    "Redis",
    "RedisClient",
    "released_by_owner",
    "Redlock",
    "RedlockByTimer",
    "argument",
]
