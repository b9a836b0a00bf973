"""The other networks: a set, in which nothing sent is ever gone; links that keep order; rounds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from distlab.engine.columns import Column, WholeColumn
from distlab.engine.reactions import Input, Outcome, Reactions
from distlab.engine.space import Budgets, Entry, Full, Out, Space


class SetSpace(Space):
    """A message owns one bit: once sent, it stays deliverable (TLA+'s duplicating network)."""

    def __init__(
        self, reactions: Reactions, budgets: Budgets, history: bool = False, bits: int = 20, copies: int = 1
    ) -> None:
        super().__init__(reactions, budgets, history, bits, copies=1)

    def out(self, i: int, p: int, outcome: Outcome, what: Input, spent: int) -> Out:
        """The out of an outcome; what is sent is or-ed."""
        mask = 0
        for sent in outcome.sends:
            mask |= self.unit(sent)
        extra = (mask, outcome.calls) if self.keeps_history and outcome.calls else None
        return self.moved(i, p, outcome, spent), mask, extra

    def _place(self, m: int) -> None:
        """Let the sender look at the bit, too: whether sending adds anything depends on it."""
        super()._place(m)
        self._look(self.reactions.messages[m][0], self.unit(m))

    def finish(self, world: int, add: int, extra: Any) -> int:
        """The next world, with its calls and returns."""
        return self.recall((world + add) | extra[0], extra[1])

    def check(self, together: int) -> None:
        """A bit does not overflow."""


class FifoSpace(Space):
    """Each link is a queue, known by its number; an extra is (taken, sent, calls)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._links: dict[tuple[int, int], int] = {}
        self._queues: list[list[tuple[int, ...]]] = []  # for each link its contents, by number; 0 is empty
        self._numbers: list[dict[tuple[int, ...], int]] = []

    def _place(self, m: int) -> None:
        """Let the receiver look at the link of a message that is new."""
        link = self.reactions.messages[m][:2]
        k = self._links.setdefault(link, len(self._links))
        if k == len(self._queues):
            self._queues.append([()])
            self._numbers.append({(): 0})
        self.mail[link[1]] |= self.mask << self.net + k * self.bits
        self._look(link[1], self.mask << self.net + k * self.bits)

    def _link(self, m: int) -> int:
        """The place of the link that message `m` takes."""
        return self._links[self.reactions.messages[m][:2]]

    def _number(self, k: int, queue: tuple[int, ...]) -> int:
        if queue not in self._numbers[k]:
            self._numbers[k][queue] = len(self._queues[k])
            self._queues[k].append(queue)
            if len(self._queues[k]) > self.mask:
                raise Full
        return self._numbers[k][queue]

    def _contents(self, field: int) -> Iterator[tuple[int, ...]]:
        for k, queues in enumerate(self._queues):
            if number := field >> k * self.bits & self.mask:
                yield queues[number]

    def waiting(self, field: int) -> Iterator[int]:
        """The head of each queue."""
        return (queue[0] for queue in self._contents(field))

    def in_flight(self, field: int) -> list[tuple[int, int]]:
        """All queues, one after the other."""
        return [(m, 1) for queue in self._contents(field) for m in queue]

    def pack(self, mail: list[tuple[int, int]]) -> int:
        """The queues that hold these messages."""
        queues: dict[int, tuple[int, ...]] = {}
        for m, _ in mail:
            k = self._link(m)
            queues[k] = (*queues.get(k, ()), m)
        return sum(self._number(k, queue) << k * self.bits for k, queue in queues.items())

    def out(self, i: int, p: int, outcome: Outcome, what: Input, spent: int) -> Out:
        """The out of an outcome; the queues are changed by `finish`."""
        taken = what[1] if what[0] == "deliver" else None
        plain = taken is None and not outcome.sends and not (outcome.calls and self.keeps_history)
        return self.moved(i, p, outcome, spent), 0, None if plain else (taken, *outcome[1:])

    def lost(self, m: int) -> Out:
        """The head of a queue is lost."""
        return self.losses.unit, 0, (m, (), ())

    def doubled(self, m: int) -> Out:
        """The head of a queue comes again at its end."""
        return self.duplicates.unit, 0, (None, (m,), ())

    def finish(self, world: int, add: int, extra: Any) -> int:
        """The next world: take from one queue, append to others."""
        taken, sends, calls = extra
        world += add
        if taken is not None:
            world = self._change(world, self._link(taken), first=1)
        for sent in sends:
            world = self._change(world, self._link(sent), more=(sent,))
        return self.recall(world, calls)

    def _change(self, world: int, k: int, first: int = 0, more: tuple[int, ...] = ()) -> int:
        shift = self.net + k * self.bits
        number = world >> shift & self.mask
        queue = self._queues[k][number][first:] + more
        return world + (self._number(k, queue) - number << shift)

    def check(self, together: int) -> None:
        """Queues do not overflow; a number that is too large is met when it is made."""


class RoundsSpace(Space):
    """The synchronous model: what is sent in a round arrives in the next, in one order; then timers run out.

    A network is known by its number; its contents are (rounds until it arrives, message), in order of
    arrival. An extra is (taken, sent, calls, whether the time of the next event has come).
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._nets: list[tuple[tuple[int, int], ...]] = [()]
        self._numbers: dict[tuple[tuple[int, int], ...], int] = {(): 0}

    def _place(self, m: int) -> None:
        """A network is looked at as a whole."""

    def _columns(self) -> list[Column]:
        """One for all, since the next event depends on all nodes."""
        return [WholeColumn(self, 0, -1)]

    def moves(self, world: int) -> list[Entry]:
        """The one message or timer that is next, and the faults that may come before it."""
        crash = self.budgets.crashes > 0 and self.crashes.left(world)
        fire = self.budgets.timeouts is None or self.timeouts.left(world)
        mail, parts = self._nets[world >> self.net], self.parts(world)
        passes, timers = self._next(mail, parts)
        entries: list[Entry] = []
        if mail and mail[0][0] == passes:
            m = mail[0][1]
            i = self.reactions.messages[m][1]
            entries += self._delivery(m, self.reactions.aged(i, parts[i], passes), crash)
            entries += self._of_network(world, [m])
        elif timers and fire:
            i, timer = timers[0]
            p = self.reactions.aged(i, parts[i], passes)
            entries += self._handled(timers[0], i, p, ("fire", timer), crash, self.timeouts.unit)
        for i, p in enumerate(parts):
            entries += self._of_node(i, p, crash, False)
        return entries

    def _next(self, mail: tuple[tuple[int, int], ...], parts: list[int]) -> tuple[int, list[tuple[int, str]]]:
        """In how many rounds the next thing happens, and the timers that run out in that round."""
        locals_ = self.reactions.locals
        alarms = [(alarm.place, i, alarm.name) for i, p in enumerate(parts) for alarm in locals_[i][p].alarms]
        due = [place for place, _, _ in alarms] + [rounds for rounds, _ in mail]
        passes = min(due, default=0)
        return passes, sorted((i, name) for place, i, name in alarms if place == passes)

    def waiting(self, field: int) -> Iterator[int]:
        """The messages of the next round in which any arrive."""
        mail = self._nets[field]
        return (m for rounds, m in mail if rounds == mail[0][0])

    def in_flight(self, field: int) -> list[tuple[int, int]]:
        """All messages under way."""
        return [(m, rounds) for rounds, m in self._nets[field]]

    def pack(self, mail: list[tuple[int, int]]) -> int:
        """The number of the network that holds these messages."""
        return self._number(tuple([(rounds, m) for m, rounds in mail]))

    def out(self, i: int, p: int, outcome: Outcome, what: Input, spent: int) -> Out:
        """The out of an outcome; the network is changed by `finish`."""
        taken = what[1] if what[0] == "deliver" else None
        return self.moved(i, p, outcome, spent), 0, (taken, *outcome[1:], what[0] in ("deliver", "fire"))

    def lost(self, m: int) -> Out:
        """The next message is lost, before its time has come."""
        return self.losses.unit, 0, (m, (), (), False)

    def doubled(self, m: int) -> Out:
        """The next message comes twice."""
        return self.duplicates.unit, 0, (None, m, (), False)

    def finish(self, world: int, add: int, extra: Any) -> int:
        """The next world: let the time come, take a message out, put others in."""
        taken, sends, calls, comes = extra
        mail = list(self._nets[world >> self.net])
        world &= (1 << self.net) - 1
        if comes:
            parts = self.parts(world)
            passes, _ = self._next(tuple(mail), parts)
            for i, p in enumerate(parts):
                world += self.reactions.aged(i, p, passes) - p << self.shifts[i]
            mail = [(rounds - passes, m) for rounds, m in mail]
        if isinstance(sends, int):
            mail.insert(0, mail[0])
        else:
            if taken is not None:
                mail.remove((mail[0][0], taken))
            mail += [(1, sent) for sent in sends]
        world = self.recall(world + add, calls)
        return world + (self._number(tuple(sorted(mail, key=self._order))) << self.net)

    def _order(self, item: tuple[int, int]) -> tuple[int, int, int]:
        sender, receiver, _ = self.reactions.messages[item[1]]
        return item[0], receiver, sender

    def _number(self, mail: tuple[tuple[int, int], ...]) -> int:
        if mail not in self._numbers:
            self._numbers[mail] = len(self._nets)
            self._nets.append(mail)
        return self._numbers[mail]

    def check(self, together: int) -> None:
        """Nothing can overflow: the number of the network is the topmost field."""


SPACES: dict[str, type[Space]] = {"bag": Space, "set": SetSpace, "fifo": FifoSpace, "rounds": RoundsSpace}
