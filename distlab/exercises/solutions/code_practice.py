"""Solutions of chapter 4."""

import hashlib
from bisect import bisect_left

# --- 4.1 ---


def position(key):
    data = key.encode() if isinstance(key, str) else key
    return int.from_bytes(hashlib.md5(data).digest()[:4], "big")


# --- 4.2 ---


class Ring:
    def __init__(self, nodes, vnodes=64):
        self.points = sorted((position(f"{node}#{i}"), node) for node in nodes for i in range(vnodes))
        self.places = [place for place, node in self.points]

    def owner(self, key):
        at = bisect_left(self.places, position(key))
        return self.points[at % len(self.points)][1]


# --- 4.3 ---


class FullRing:
    def __init__(self, nodes=(), vnodes=64):
        self.vnodes, self.nodes, self.points = vnodes, set(), []
        for node in nodes:
            self.add(node)

    def add(self, node):
        if node in self.nodes:
            raise ValueError(f"{node} is on the ring already")
        self.nodes.add(node)
        self.points += [(position(f"{node}#{i}"), node) for i in range(self.vnodes)]
        self.points.sort()

    def remove(self, node):
        if node not in self.nodes:
            raise ValueError(f"{node} is not on the ring")
        self.nodes.remove(node)
        self.points = [point for point in self.points if point[1] != node]

    def owner(self, key):
        return self.owners(key, 1)[0]

    def owners(self, key, n):
        if n > len(self.nodes):
            raise ValueError(f"the ring has {len(self.nodes)} nodes, not {n}")
        found, at = [], bisect_left(self.points, (position(key),))
        while len(found) < n:
            node = self.points[at % len(self.points)][1]
            if node not in found:
                found.append(node)
            at += 1
        return found
