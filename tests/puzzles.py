"""Puzzles as nodes that choose: one node, whose state is the board."""

from distlab.node import Node


class Puzzle(Node):
    """Makes every move there is, one after the other."""

    def start(self):
        self.go_on()

    def wake(self, timer):
        self.place = self.choose(self.moves())
        self.go_on()

    def go_on(self):
        if self.moves():
            self.set_timer("move", 1)


class Jugs(Puzzle):
    """Die Hard 3: jugs of 3 and 5 gallons, a fountain, and 4 gallons are wanted."""

    def __init__(self):
        self.place = (0, 0)

    def moves(self):
        small, big = self.place
        to_big, to_small = min(small, 5 - big), min(big, 3 - small)
        poured = [(small - to_big, big + to_big), (small + to_small, big - to_small)]
        return [m for m in [(3, big), (small, 5), (0, big), (small, 0), *poured] if m != self.place]


class Ferry(Puzzle):
    """A farmer crosses with a wolf, a goat and a cabbage, one at a time (Alcuin of York, about 800)."""

    def __init__(self):
        self.place = frozenset({"farmer", "wolf", "goat", "cabbage"})  # who is still on this side

    def moves(self):
        here = "farmer" in self.place
        beside = sorted(x for x in ("wolf", "goat", "cabbage") if (x in self.place) == here)
        moves = [self.place ^ {"farmer", *cargo} for cargo in [(), *[(x,) for x in beside]]]
        return [move for move in moves if safe(move)]


def safe(side):
    """Neither wolf and goat nor goat and cabbage are without the farmer."""
    pairs = ({"wolf", "goat"}, {"goat", "cabbage"})
    other = {"farmer", "wolf", "goat", "cabbage"} - side
    return not any(pair <= bank and "farmer" not in bank for pair in pairs for bank in (side, other))


class Tiles(Puzzle):
    """Five tiles on two rows of three, and a hole."""

    def __init__(self):
        self.place = (0, 1, 2, 3, 4, 5)

    def moves(self):
        hole = self.place.index(0)
        row, column = divmod(hole, 3)
        beside = [k for k in range(6) if abs(k // 3 - row) + abs(k % 3 - column) == 1]
        return [self.slid(hole, k) for k in beside]

    def slid(self, hole, k):
        place = list(self.place)
        place[hole], place[k] = place[k], 0
        return tuple(place)


class TransactionCommit(Puzzle):
    """TLA+'s TCommit: each resource manager sees what all the others do, so it is one node."""

    def __init__(self, n=3):
        self.place = ("working",) * n

    def moves(self):
        moves = []
        for i, state in enumerate(self.place):
            if state == "working":
                moves.append((i, "prepared"))
            if state == "prepared" and set(self.place) <= {"prepared", "committed"}:
                moves.append((i, "committed"))
            if state in ("working", "prepared") and "committed" not in self.place:
                moves.append((i, "aborted"))
        return [(*self.place[:i], state, *self.place[i + 1 :]) for i, state in moves]
