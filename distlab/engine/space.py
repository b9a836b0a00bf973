"""Worlds as integers, and the steps between them.

A world is one integer: for each node the number of its part, then its history, what was spent of each
budget, and the network. Where the network is a bag or a set, each message owns a few bits, so that a
step is an addition: the difference that a handler makes, found once, is added to the world.

    | a few bits a message ... | spent | history | node n-1 | ... | node 1 | node 0 |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from distlab.engine.columns import Column
from distlab.engine.reactions import Input, Outcome, Reactions

Out = tuple[int, int, Any]
# (add, mask, extra): the next world is (world + add) | mask, or what `finish` makes of it if there is an extra
Entry = tuple[Any, tuple[Out, ...], int]
# what happens (a message's number, (node, timer), or, as a word, a fault); its outs, but for those that
# change nothing in any world; their number, those included

INSIDE = "crash inside a handler"


class Budgets(NamedTuple):
    """How many faults a run may meet, and how many timers may run out (None: any number)."""

    crashes: int = 0
    losses: int = 0
    duplicates: int = 0
    timeouts: int | None = None


class Tally(NamedTuple):
    """Where a world keeps what was spent of one budget."""

    shift: int
    mask: int
    limit: int | None

    def left(self, world: int) -> bool:
        """Whether anything is left of it."""
        return self.limit is None or (world >> self.shift & self.mask) < self.limit

    @property
    def unit(self) -> int:
        """What is added to a world that spends one."""
        return 0 if self.limit is None else 1 << self.shift


class Full(Exception):
    """A field of the integers is too narrow: begin again with wider ones."""


class Space:
    """The worlds of a system whose network is a bag, and the base of the others.

    Parameters
    ----------
    reactions : Reactions
        What each node does with each input.
    budgets : Budgets
    history : bool
        Whether the order of calls and returns is part of a world.
    bits : int
        The width of the number of a node's part.
    copies : int
        The width of the count of a message in a bag.
    """

    def __init__(
        self, reactions: Reactions, budgets: Budgets, history: bool = False, bits: int = 20, copies: int = 3
    ) -> None:
        self.reactions, self.budgets, self.keeps_history = reactions, budgets, history
        self.bits, self.mask, self.copies = bits, (1 << bits) - 1, copies
        n = len(reactions.names)
        self.shifts = [i * bits for i in range(n)]
        self.history_shift = n * bits
        self.tallies: list[Tally] = []
        self.net = self.history_shift + bits * history
        for limit in budgets:
            width = (limit or 0).bit_length()
            self.tallies.append(Tally(self.net, (1 << width) - 1, limit))
            self.net += width
        self.crashes, self.losses, self.duplicates, self.timeouts = self.tallies
        self.histories: list[tuple[int, int]] = [(0, 0)]  # (what came before, the last call or return)
        self.history_ids: dict[tuple[int, int], int] = {}
        self._known = 0  # messages that have their place in the masks
        self._tops = 0  # the highest bit of each count: where it is set, the count is nearly full
        self.mail = [0] * n  # for each node, the bits of the messages to it
        self.columns = self._columns()
        self.deliveries: dict[tuple[int, int, bool], list[Entry]] = {}
        self._own: dict[tuple[int, int, bool, bool], list[Entry]] = {}

    # --- what may happen next ---

    def _columns(self) -> list[Column]:
        """One column for each node."""
        spent = (1 << self.net) - (1 << self.tallies[0].shift)
        return [Column(self, i, self.mask << shift | spent) for i, shift in enumerate(self.shifts)]

    def entries(self, i: int, world: int) -> list[Entry]:
        """All that may happen at node `i`: messages arrive, timers run out, faults befall it and its mail."""
        p = world >> self.shifts[i] & self.mask
        crash = self.budgets.crashes > 0 and self.crashes.left(world)
        fire = self.budgets.timeouts is None or self.timeouts.left(world)
        waiting = list(self.waiting((world & self.mail[i]) >> self.net))
        entries = [entry for m in waiting for entry in self._delivery(m, p, crash)]
        entries += self._of_node(i, p, crash, fire)
        return entries + self._of_network(world, waiting)

    def moves(self, world: int) -> list[Entry]:
        """All that may happen next."""
        return [entry for i in range(len(self.shifts)) for entry in self.entries(i, world)]

    def successors(self, world: int) -> Iterator[tuple[Any, int]]:
        """What may happen next, each with the world that it leads to."""
        return self._after(world, self.moves(world))

    def following(self, world: int) -> Iterator[int]:
        """The worlds one step from a world, as the search finds them: fast, and without a name for the step."""
        for column in self.columns:
            steps = column[world & column.bits]
            for add in steps.adds:
                yield world + add
            for add, extra, _ in steps.rest:
                yield self.finish(world, add, extra)

    def _after(self, world: int, entries: list[Entry]) -> Iterator[tuple[Any, int]]:
        for what, outs, number in entries:
            for add, mask, extra in outs:
                yield what, (world + add) | mask if extra is None else self.finish(world, add, extra)
            if number > len(outs):
                yield what, world

    def _delivery(self, m: int, p: int, crash: bool) -> list[Entry]:
        """A message meets its receiver in state `p`."""
        if (m, p, crash) not in self.deliveries:
            i, what = self.reactions.messages[m][1], ("deliver", m)
            if self.reactions.locals[i][p].up:
                entries = self._handled(m, i, p, what, crash, 0)
            else:  # a message to a node that is down is lost
                entries = [_entry(m, [self.out(i, p, Outcome(p), what, 0)])]
            self.deliveries[m, p, crash] = entries
        return self.deliveries[m, p, crash]

    def _of_node(self, i: int, p: int, crash: bool, fire: bool) -> list[Entry]:
        """What node `i` may do of its own accord, and what may befall it, in state `p`."""
        if (i, p, crash, fire) not in self._own:
            own = []
            if not self.reactions.locals[i][p].up:
                own += self._handled("recovery", i, p, ("recover",), crash, 0)
            for timer in self.reactions.ready(i, p) if fire else []:
                own += self._handled((i, timer), i, p, ("fire", timer), crash, self.timeouts.unit)
            if crash and self.reactions.locals[i][p].up:
                unit, left = self.crashes.unit, self.reactions.crash(i, p)
                own.append(_entry("crash", [self.out(i, p, outcome, ("crash",), unit) for outcome in left]))
            self._own[i, p, crash, fire] = own
        return self._own[i, p, crash, fire]

    def _of_network(self, world: int, waiting: list[int]) -> list[Entry]:
        """What may befall messages: they are lost, or come twice."""
        faults = []
        if self.budgets.losses and self.losses.left(world):
            faults.append(_entry("loss", [self.lost(m) for m in waiting]))
        if self.budgets.duplicates and self.duplicates.left(world):
            faults.append(_entry("duplicate", [self.doubled(m) for m in waiting]))
        return faults

    def _handled(self, name: Any, i: int, p: int, what: Input, crash: bool, spent: int) -> list[Entry]:
        """What comes of a handler, and of a crash inside it."""
        reaction = self.reactions.react(i, p, what)
        self.place()
        entries = [_entry(name, [self.out(i, p, outcome, what, spent) for outcome in reaction.whole])]
        if crash:
            spent += self.crashes.unit
            cut = [self.out(i, p, outcome, what, spent) for outcome in reaction.cut]
            entries.append(_entry(INSIDE, cut))
        return entries

    def crash_points(self) -> Iterator[tuple[int, bool]]:
        """Where crashes fell: the node, and whether inside a handler."""
        kept = [(self.reactions.messages[m][1], entries) for (m, _, _), entries in self.deliveries.items()]
        kept += [(i, entries) for (i, _, _, _), entries in self._own.items()]
        for i, entries in kept:
            for what, _, number in entries:
                if what in ("crash", INSIDE):
                    yield from [(i, what == INSIDE)] * number

    def place(self) -> None:
        """Give messages that are new their place."""
        while self._known < len(self.reactions.messages):
            self._place(self._known)
            self._known += 1

    def initial(self) -> list[int]:
        """The worlds in which every node has started."""
        worlds = {0: None}
        for i in range(len(self.shifts)):
            following: dict[int, None] = {}
            for world in worlds:
                crash = self.budgets.crashes > 0 and self.crashes.left(world)
                entries = self._handled("start", i, 0, ("start",), crash, 0)
                following |= dict.fromkeys(new for _, new in self._after(world, entries))
            worlds = following
        return list(worlds)

    # --- the network: a bag counts each message ---

    def _place(self, m: int) -> None:
        """Let the receiver of a message that is new look at its bits."""
        receiver = self.reactions.messages[m][1]
        bits = (1 << self.copies) - 1 << self.net + m * self.copies
        self._tops |= 1 << (m + 1) * self.copies - 1
        self.mail[receiver] |= bits
        self._look(receiver, bits)

    def _look(self, i: int, bits: int) -> None:
        self.columns[i].bits |= bits

    def unit(self, m: int) -> int:
        """One copy of message `m` under way."""
        return 1 << (self.net + m * self.copies)

    def waiting(self, field: int) -> Iterator[int]:
        """The messages that may arrive next."""
        while field:
            m = ((field & -field).bit_length() - 1) // self.copies
            yield m
            field &= -1 << (m + 1) * self.copies

    def in_flight(self, field: int) -> list[tuple[int, int]]:
        """All messages under way, each with the number of rounds until it arrives."""
        width = (1 << self.copies) - 1
        return [(m, 1) for m in self.waiting(field) for _ in range(field >> m * self.copies & width)]

    def pack(self, mail: list[tuple[int, int]]) -> int:
        """The network that holds these messages, the reverse of `in_flight`; KeyError when it was never met."""
        if any(mail.count(one) >= 1 << self.copies for one in mail):
            raise Full
        return sum(self.unit(m) for m, _ in mail) >> self.net

    def out(self, i: int, p: int, outcome: Outcome, what: Input, spent: int) -> Out:
        """The out of an outcome of node `i`, which was in state `p`."""
        add = self.moved(i, p, outcome, spent) - (self.unit(what[1]) if what[0] == "deliver" else 0)
        for sent in outcome.sends:
            if outcome.sends.count(sent) >= 1 << self.copies - 1:
                raise Full
            add += self.unit(sent)
        return add, 0, outcome.calls if self.keeps_history and outcome.calls else None

    def moved(self, i: int, p: int, outcome: Outcome, spent: int) -> int:
        """What an outcome adds to a world, but for its messages."""
        if outcome.local > self.mask:
            raise Full
        return (outcome.local - p << self.shifts[i]) + spent

    def lost(self, m: int) -> Out:
        """The out of the network losing a message."""
        return self.losses.unit - self.unit(m), 0, None

    def doubled(self, m: int) -> Out:
        """The out of the network doubling a message."""
        return self.duplicates.unit + self.unit(m), 0, None

    def finish(self, world: int, add: int, extra: Any) -> int:
        """The next world, where more has to be done than adding: here, keeping the calls and returns."""
        return self.recall(world + add, extra)

    def check(self, together: int) -> None:
        """Raise `Full` when a count might overflow in the next step; `together`: all worlds it is from, or-ed."""
        if together >> self.net & self._tops:
            raise Full

    # --- calls and returns ---

    def recall(self, world: int, calls: tuple[int, ...]) -> int:
        """The world with so many more calls and returns in its history."""
        if not self.keeps_history:
            return world
        h = before = world >> self.history_shift & self.mask
        for call in calls:
            if (h, call) not in self.history_ids:
                self.history_ids[h, call] = len(self.histories)
                self.histories.append((h, call))
            h = self.history_ids[h, call]
        if h > self.mask:
            raise Full
        return world + (h - before << self.history_shift)

    def history(self, world: int) -> list[tuple[Any, ...]]:
        """The calls and returns of a world, in order, as (kind, name, *detail)."""
        rows, h = [], world >> self.history_shift & self.mask if self.keeps_history else 0
        while h:
            h, call = self.histories[h]
            rows.append(self.reactions.calls[call])
        return rows[::-1]

    def parts(self, world: int) -> list[int]:
        """The number of each node's part of a world."""
        return [world >> shift & self.mask for shift in self.shifts]

    def spent(self, world: int) -> tuple[int, ...]:
        """What a world has spent of each budget."""
        return tuple([world >> tally.shift & tally.mask for tally in self.tallies])

    def held_back(self, world: int) -> set[tuple[int, str]]:
        """The timers that are set and may not run out any more, because the bound on timers is met."""
        if self.budgets.timeouts is None or self.timeouts.left(world):
            return set()
        locals_ = self.reactions.locals
        return {(i, alarm.name) for i, p in enumerate(self.parts(world)) for alarm in locals_[i][p].alarms}


def _entry(what: Any, outs: Sequence[Out]) -> Entry:
    return what, tuple([out for out in outs if out != (0, 0, None)]), len(outs)
