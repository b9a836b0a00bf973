"""The hash ring: keys and nodes on one circle, a key belongs to the first node clockwise.

Karger, Lehman, Leighton, Panigrahy, Levine, Lewin: Consistent hashing and random trees, STOC 1997. Virtual
nodes, weights by their number and preference lists over distinct nodes are as in DeCandia et al.: Dynamo,
SOSP 2007, sections 4.2 and 4.3.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from distlab.algorithms.hashing.keys import Hashes, Key, fraction, fractions, hash_key, hash_keys
from distlab.algorithms.hashing.scheme import Indices, Nodes, Scheme

Owners = NDArray[np.int32]


class Point(NamedTuple):
    """A virtual node: its place on the circle as a fraction, 0 <= position < 1, and its node."""

    position: float
    node: str


class Arc(NamedTuple):
    """A piece of the circle and the node that owns it: from `start` (not included) to `end`.

    0 <= start < 1 and start <= end; the one arc that crosses zero has an end of 1 or more.
    """

    start: float
    end: float
    node: str


class HashRing(Scheme):
    """Consistent hashing with virtual nodes.

    Each node stands on the circle at `vnodes` times its weight many points, at the hashes of ``"name#0"``,
    ``"name#1"``, ...; they depend on nobody else, and so a node that joins takes keys only for itself, and
    one that leaves gives up only its own. Two points at the very same place go by name.

    Parameters
    ----------
    nodes
        The names, or a mapping from name to weight.
    vnodes
        Points on the circle for a node of weight 1. A node has `vnodes` times its weight, rounded, and at
        least one.
    hash
        The name of the hash function.
    zones
        For each node the name of its zone (rack, data centre), when preference lists shall spread over zones.
    """

    weighted = True

    def __init__(
        self,
        nodes: Nodes = (),
        vnodes: int = 128,
        hash: str = "xxh3",
        zones: Mapping[str, str] | None = None,
    ) -> None:
        if not isinstance(vnodes, int) or isinstance(vnodes, bool) or vnodes < 1:
            raise ValueError(f"vnodes is the number of points of a node, an int of 1 or more, not {vnodes!r}")
        self.vnodes = vnodes
        self._zones = None if zones is None else dict(zones)
        super().__init__(nodes, hash)
        if zones is not None and zones.keys() != self._weights.keys():
            odd = sorted(zones.keys() ^ self._weights.keys())[0]
            what = "a node without a zone" if odd in self else "a zone without a node"
            raise ValueError(f"zones gives every node its zone, and nobody else: {odd!r} is {what}")

    # The circle: all points in order, and beside each the index of its node. The owners are one longer than
    # the points: beyond the last point the circle begins again, so the owner of the first stands there too.

    def _build(self) -> None:
        points = [self._node_points(node) for node in self._weights]
        owners = np.repeat(np.arange(len(points), dtype=np.int32), [len(own) for own in points])
        self._arrange(np.concatenate([np.array([], np.uint64), *points]), owners)

    def _join(self, node: str) -> None:
        new = np.sort(self._node_points(node))
        at = np.searchsorted(self._points, new)
        owners = np.insert(self._owners[:-1], at, len(self._weights) - 1)
        self._arrange(np.insert(self._points, at, new), owners)

    def _leave(self, node: str, index: int) -> None:
        stays = self._owners[:-1] != index
        owners = self._owners[:-1][stays]
        self._arrange(self._points[stays], owners - (owners > index))
        if self._zones is not None:
            del self._zones[node]

    def _node_points(self, node: str) -> Hashes:
        count = max(1, round(self.vnodes * self._weights[node]))
        return np.fromiter((self._digest(f"{node}#{i}".encode()) for i in range(count)), np.uint64, count)

    def _arrange(self, points: Hashes, owners: Owners) -> None:
        """Put these points on the circle in order, equal ones by name: who came first must not matter."""
        if not np.all(points[1:] > points[:-1]):
            rank = np.empty(len(self._weights), np.int32)
            rank[self._by_name()] = np.arange(len(rank))
            order = np.lexsort((rank[owners], points))
            points, owners = points[order], owners[order]
        self._points = points
        self._owners = np.concatenate([owners, owners[:1]])
        # for one key: plain arrays, whose elements bisect reads as ordinary ints
        self._point_array = array("Q", points.tobytes())
        self._owner_array = array("i", self._owners.tobytes())
        self._sectors: Owners | None = None  # for many keys: see _sector_table

    # Who owns a key.

    def owner(self, key: Key) -> str:
        """The node of the first point at or after the key's position."""
        try:
            at = bisect_left(self._point_array, hash_key(key, self._digest))
            return self._names[self._owner_array[at]]
        except IndexError:
            raise self._no_nodes() from None

    def owners(self, key: Key, n: int, distinct: Literal["node", "zone"] = "node") -> list[str]:
        """The key's preference list: the first `n` different nodes clockwise from it.

        Parameters
        ----------
        key
            The key.
        n
            How many nodes.
        distinct
            ``"node"``: a node is listed once, however many of its points come by (Dynamo, section 4.3).
            ``"zone"``: moreover no two are of one zone, so that a zone may fail as a whole.

        Raises
        ------
        ValueError
            If there are fewer than `n` nodes, or zones; or if zones are asked for and the ring has none.
        """
        if distinct == "node":
            return super().owners(key, n)
        if distinct != "zone":
            raise ValueError(f"distinct is 'node' or 'zone', not {distinct!r}")
        zones = self._all_zones()
        self._check_enough(n, len(set(zones.values())), "zones")
        return _first_of_each(zones.__getitem__, self.clockwise(key), n)

    def _preference(self, hashed: int, n: int) -> list[str]:
        return _first_of_each(str, self._walk(hashed), n)

    def clockwise(self, key: Key) -> Iterator[str]:
        """The node of every point from the key on, once around: preference lists are cut from this walk."""
        return self._walk(hash_key(key, self._digest))

    def _walk(self, hashed: int) -> Iterator[str]:
        start = bisect_left(self._point_array, hashed)
        points = len(self._point_array)
        for step in range(points):
            yield self._names[self._owner_array[(start + step) % points]]

    # Zones.

    def zone(self, node: str) -> str:
        """The zone of a node.

        Raises
        ------
        LookupError
            If no node has that name.
        ValueError
            If the ring has no zones.
        """
        self._index_of(node)
        return self._all_zones()[node]

    def _all_zones(self) -> dict[str, str]:
        if self._zones is None:
            raise ValueError('this ring has no zones: HashRing(nodes, zones={"a": "eu", ...}) gives each one')
        return self._zones

    def add(self, node: str, weight: float = 1, zone: str | None = None) -> None:
        """Let a node join; on a ring with zones say which is its own."""
        if zone is None and self._zones is not None:
            raise ValueError(f"on a ring with zones every node has one: add({node!r}, zone=...)")
        if zone is not None and self._zones is None:
            raise ValueError(f"this ring has no zones, so {node!r} cannot be in zone {zone!r}")
        super().add(node, weight)
        if self._zones is not None and zone is not None:
            self._zones[node] = zone

    # Many keys at once.

    def _place(self, hashes: Hashes) -> Indices:
        if len(hashes) < len(self._points):
            return self._owners[np.searchsorted(self._points, hashes)].astype(np.intp)
        table, shift = self._sector_table()
        owners = table[(hashes >> shift).astype(np.intp)]
        unsure = np.flatnonzero(owners < 0)
        owners[unsure] = self._owners[np.searchsorted(self._points, hashes[unsure])]
        return owners.astype(np.intp)

    def _sector_table(self) -> tuple[Owners, np.uint64]:
        """Cut the circle into 8 to 16 sectors a point: most hold no point and so have one owner.

        A key's sector is the top bits of its hash. The table gives the sector's owner, or -1 where a point
        lies inside and the key's exact position decides.
        """
        bits = min(22, len(self._points).bit_length() + 3)
        shift = np.uint64(64 - bits)
        if self._sectors is None:
            inside = np.bincount((self._points >> shift).astype(np.intp), minlength=1 << bits)
            self._sectors = np.where(inside, np.int32(-1), self._owners[np.cumsum(inside)])
        return self._sectors, shift

    # The circle to look at.

    def position(self, key: Key) -> float:
        """Where on the circle a key lies, as a fraction: 0 <= position < 1."""
        return fraction(hash_key(key, self._digest))

    def positions_of(self, keys: Iterable[Key] | NDArray[Any]) -> NDArray[np.float64]:
        """Where many keys lie, as fractions, in the order of the keys."""
        return fractions(hash_keys(keys, self._digest))

    def points(self) -> list[Point]:
        """All points, in order of position."""
        positions = fractions(self._points).tolist()
        return [Point(p, self._names[i]) for p, i in zip(positions, self._owner_array, strict=False)]

    def arcs(self) -> list[Arc]:
        """The circle as arcs, one for each point, in order of their starts: together once around."""
        points = self.points()
        ends = [*points[1:], *(Point(p + 1, node) for p, node in points[:1])]
        return [Arc(start.position, end.position, end.node) for start, end in zip(points, ends, strict=True)]

    def shares(self) -> dict[str, float]:
        """The part of the circle that each node owns; the parts add up to 1."""
        gaps = np.diff(self._points, prepend=self._points[-1:]).astype(np.float64)  # the first goes past zero
        if not gaps.any():
            gaps[:1] = 2**64  # all points at one place: the first has the whole circle
        shares = np.bincount(self._owners[:-1], gaps, minlength=len(self)) / 2**64
        return dict(zip(self._names, shares.tolist(), strict=True))

    def __repr__(self) -> str:
        nodes = f"{len(self)} node{'s' * (len(self) != 1)}"
        return f"{type(self).__name__}({nodes}, {len(self._points)} points)"


def _first_of_each(group: Callable[[str], str], walk: Iterable[str], n: int) -> list[str]:
    """The first nodes of the walk that are of different groups, `n` of them."""
    listed: dict[str, str] = {}
    for node in walk:
        listed.setdefault(group(node), node)
        if len(listed) == n:
            break
    return list(listed.values())
