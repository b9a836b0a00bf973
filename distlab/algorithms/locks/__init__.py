"""Locks between machines: right, wrong, and how to tell.

- `LeaseService`, `Holder`, `Resource`: leases with fencing tokens, a client, and what the lock protects;
- `properties`: the three things that "only one has the lock" can mean, as invariants;
- `bounds`: how long a holder may trust its lease, and the corners of drift and delay to try it at;
- `Redis`, `RedisClient`: the recipe with one Redis server, and its traps;
- `Redlock`: the recipe with several; `argument`: whether it is a lock, both sides, each claim as a run;
- `ZooKeeper`, `Etcd`, `Consul`, each with its client, on `sessions`: the recipes of services with sessions;
- `CassandraReplica`, `CassandraClient`: the lock as a row that is changed by Paxos;
- `LamportQueue`, `RicartAgrawala`, `Maekawa`: without any service.
"""

from distlab.algorithms.locks import argument
from distlab.algorithms.locks.bounds import ShortLease, corners, late, safe, trust
from distlab.algorithms.locks.cassandra import CassandraClient, CassandraReplica, one_row_a_ballot
from distlab.algorithms.locks.consul import Consul, ConsulClient
from distlab.algorithms.locks.contender import Contender, NotHolding
from distlab.algorithms.locks.deadlock import Collector, find_deadlock, wait_for
from distlab.algorithms.locks.etcd import Etcd, EtcdClient
from distlab.algorithms.locks.fairness import acquisitions, jain, overtakings, waits
from distlab.algorithms.locks.holder import Holder
from distlab.algorithms.locks.lamport import LamportQueue
from distlab.algorithms.locks.lease import (
    Acquire,
    Granted,
    LeaseService,
    Refused,
    Release,
    Renew,
    Renewed,
)
from distlab.algorithms.locks.maekawa import Maekawa, Unyielding, quorums, waits_for_votes
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
from distlab.algorithms.locks.ricart_agrawala import RicartAgrawala
from distlab.algorithms.locks.sessions import one_live_believer
from distlab.algorithms.locks.takeover import Takeover, expected_takeover, takeover_time, takeover_times
from distlab.algorithms.locks.zookeeper import Herd, ZooKeeper, ZooKeeperClient

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
    "Takeover",
    "expected_takeover",
    "takeover_time",
    "takeover_times",
    "acquisitions",
    "waits",
    "overtakings",
    "jain",
    "Collector",
    "wait_for",
    "find_deadlock",
    "Contender",
    "NotHolding",
    "ZooKeeper",
    "ZooKeeperClient",
    "Herd",
    "Etcd",
    "EtcdClient",
    "Consul",
    "ConsulClient",
    "one_live_believer",
    "CassandraReplica",
    "CassandraClient",
    "one_row_a_ballot",
    "LamportQueue",
    "RicartAgrawala",
    "Maekawa",
    "Unyielding",
    "quorums",
    "waits_for_votes",
]
