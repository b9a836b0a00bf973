"""The links between nodes while a simulation runs: what is sent, and whether and when it arrives.

The fast way, `poster`, is for links on which a message meets nothing but a delay and a loss by chance;
all else takes the slow way, `Mail.send`, which draws the same numbers from the same streams.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from enum import Enum
from heapq import heappush
from typing import TYPE_CHECKING, Any

from distlab import values, wire
from distlab.blame import check_send
from distlab.chance import Draw, stream
from distlab.effects import Effect
from distlab.network import Routes

if TYPE_CHECKING:
    from distlab.process import Process
    from distlab.run import Run

NEVER = 2.0  # no draw is as high
Fast = tuple[Draw | None, int, float, Draw | None, float]


class Link:
    """One direction between two nodes, with its own streams of chance.

    Attributes
    ----------
    fast : tuple
        `draw`, `least`, `span`, `lost` and `keep`, when a message can meet nothing but a delay and a loss here.
    local : bool
        Whether both ends run on one host.
    n : int
        Messages sent so far.
    least, span : int
        The delay in microseconds is ``least + span * draw()``.
    fixed : int
        What of `least` is not the way on the fibre.
    lost, keep : stream and float
        A message is lost when ``lost()`` gives `keep` or more.
    doubled, again : streams
        Whether it arrives twice, and how long the second one takes.
    due : int
        When the last one arrives, where order is kept.
    """

    __slots__ = (
        "again",
        "doubled",
        "draw",
        "due",
        "fast",
        "fixed",
        "keep",
        "least",
        "local",
        "lost",
        "n",
        "place",
        "receiver",
        "sender",
        "span",
        "to",
    )

    def __init__(self, sender: str, to: Process, place: int) -> None:
        self.sender, self.receiver, self.to, self.place = sender, to.name, to, place
        self.local = False
        self.fast: Fast | None = None
        self.n = self.due = self.fixed = self.least = 0
        self.span, self.keep = 0.0, NEVER
        self.draw: Draw | None = None
        self.lost: Draw | None = None
        self.doubled: Draw | None = None
        self.again: Draw | None = None

    def takes(self, draw: Draw | None) -> int:
        """One delay in microseconds, drawn from `draw`."""
        return self.least if draw is None else self.least + int(draw() * self.span)


class Mail:
    """All links of a run.

    Attributes
    ----------
    may_lose : bool
        Whether any message of this run may be lost by chance: then each link draws for each message, so
        that the draws stay the same whichever losses are in force.
    losses : list of float
        The rates in force.
    """

    def __init__(self, run: Run, may_lose: bool) -> None:
        self.run, self.network, self.may_lose = run, run.network, may_lose
        self.routes = Routes(self.network.graph) if self.network.graph is not None else None
        self.losses: list[float] = [self.network.loss]
        self.rank = {name: place for place, name in enumerate(run.processes)}
        # of the classes of messages seen: whether a hash is proof enough that nothing inside can change
        self.harmless: dict[type, bool] = {}
        self.post = poster(self)

    # --- links ---

    def link(self, process: Process, to: str) -> Link:
        """The link from a node to `to`, made when it is first used."""
        sender, network, seed = process.name, self.network, self.run.simulation.seed
        link = process.links[to] = Link(sender, self.run.processes[to], self.rank[to])
        link.local = network.host(sender) == network.host(to)
        if not link.local:
            link.fixed, link.span, shape = network.delay.parts()
            if link.span:
                link.draw = shape(stream(seed, "delay", sender, to))
            if self.may_lose:
                link.lost = stream(seed, "loss", sender, to)
            if network.duplicates:
                link.doubled = stream(seed, "duplicate", sender, to)
                link.again = shape(stream(seed, "delay of the duplicate", sender, to)) if link.span else None
        self.look(link)
        return link

    def look(self, link: Link) -> None:
        """See anew how long the way is, how much is lost, and whether all else is quiet."""
        run, network = self.run, self.network
        if not link.local:
            way: int | None = 0
            if self.routes is not None:
                way = self.routes.micros(network.host(link.sender), network.host(link.receiver))
            if way is not None:  # where there is no way, a message gets half of the old one
                link.least = link.fixed + way
            if link.lost is not None:
                link.keep = 1.0
                for rate in self.losses:
                    link.keep *= 1 - rate
        special = run.simulation.wire or network.fifo or network.round or link.doubled
        quiet = not special and run.trouble.between(link) is None
        link.fast = (link.draw, link.least, link.span, link.lost, link.keep) if quiet else None

    # --- sending ---

    def admit(self, process: Process, effects: list[Effect]) -> None:
        """Refuse what a node may not send, and make the links on which it sends for the first time."""
        checked = None
        for effect in effects:
            if effect[0] or (effect[2] is checked and effect[1] in process.links):
                continue
            _, to, checked = effect
            self.check(to, checked, (*process.peers, process.name))
            if to not in process.links:
                self.link(process, to)

    def check(self, to: Any, message: Any, names: Iterable[str]) -> None:
        """Refuse what cannot be sent, or has nowhere to go."""
        check_send(to, message, names)
        if message.__class__ not in self.harmless:
            self.harmless[message.__class__] = _is_harmless(message.__class__)

    def send(self, link: Link, message: Any) -> None:
        """Send where a message may be lost, doubled, kept in order, or stopped."""
        run = self.run
        if run.simulation.wire:
            message = wire.through(message)
        link.n = n = link.n + 1
        run.row("sent", link.sender, link.receiver, message, n)
        takes, lost = link.takes(link.draw), link.lost is not None and link.lost() >= link.keep
        doubled = link.doubled is not None and link.doubled() < self.network.duplicates
        again = link.takes(link.again)
        reason = run.trouble.between(link) or ("loss" if lost else None)
        if reason is not None:
            self.lose(link, message, n, takes, reason)
            return
        self._put(link, takes, message, n)
        if doubled:
            run.row("duplicated", link.receiver, link.sender, message, n)
            self._put(link, again, message, n, second=True)

    def lose(self, link: Link, message: Any, n: int, takes: int, reason: str) -> None:
        """Lose a message on its way: it gets half of it, for the picture; nobody can tell."""
        run = self.run
        run.at(run.now + takes // 2, run.row, "lost", link.receiver, link.sender, message, n, reason)

    def _put(self, link: Link, takes: int, message: Any, n: int, second: bool = False) -> None:
        run = self.run
        due, order = run.now + takes, run.next_order()
        if self.network.round:
            due, order = self._in_round(link, n, second)
        if self.network.fifo:
            due = link.due = max(due, link.due)
        heappush(run.heap, (due, order, link, message, n))

    def _in_round(self, link: Link, n: int, second: bool) -> tuple[int, int]:
        """When a message arrives in the synchronous model, and its place among all that arrive then.

        That is shortly before the end of the round; what is sent as others arrive is for the next one. All
        arrive in order of receiver, sender and n, before any timer runs out: as in a World with rounds.
        """
        length, most = self.network.round, len(self.rank)
        arrival = length * 9 // 10
        due = ((self.run.now - arrival) // length + 1) * length + arrival
        place = link.place * most + self.rank[link.sender] - most * most
        return due, (place << 64) + 2 * n + second


def poster(mail: Mail) -> Callable[..., bool]:
    """The fast way to send, as a closure: it is called for every message, so all that it needs is bound once."""
    run, harmless = mail.run, mail.harmless
    heap, sent, order, push = run.heap, run.rows.written.append, run.next_order, heappush

    def post(process: Process, effects: list[Effect], admitted: bool = False) -> bool:
        """Put on its way what a node sent; leave it, and say so, when there is more to it than that.

        There is when one of `effects` is no send, is sent on a link for the first time, or is out of order.
        """
        try:
            if len(effects) == 1:  # the commonest reaction of all
                effect = effects[0]
                if effect[0]:
                    return False
                pairs: Iterable[tuple[Link, Effect]] = ((process.links[effect[1]], effect),)
            else:
                pairs = _pairs(process, effects)
        except (LookupError, TypeError):  # the first message on a link, or no name, or more than sends
            return False
        now, checked = run.now, None
        for link, (_, _, message) in pairs:
            if message is not checked and not admitted:
                checked = message
                try:
                    hash(message)
                    plain = harmless.get(type(message))
                except TypeError:
                    plain = False
                if not plain:
                    mail.check(link.receiver, message, (link.receiver,))
            fast = link.fast
            if fast is None:
                mail.send(link, message)
                continue
            draw, least, span, lost, keep = fast
            link.n = n = link.n + 1
            due = now + least if draw is None else now + least + int(draw() * span)
            if lost is not None and lost() >= keep:
                run.row("sent", link.sender, link.receiver, message, n)
                mail.lose(link, message, n, due - now, "loss")
                continue
            entry = (due, order(), link, message, n)
            push(heap, entry)
            sent(entry)
        return True

    return post


def _pairs(process: Process, effects: list[Effect]) -> Iterable[tuple[Link, Effect]]:
    """Sends in the order of their destinations, with their links; LookupError if they are not all that."""
    to = [effect[1] for effect in effects if not effect[0]]  # SEND is 0
    if len(to) != len(effects):
        raise LookupError
    if to != process.usual[0]:
        ways = [process.links[name] for name in to]
        places = [link.place for link in ways]
        if places != sorted(places):
            raise LookupError
        process.usual = (to, ways)
    return zip(process.usual[1], effects, strict=True)


def _is_harmless(cls: type) -> bool:
    """Whether a message of this class is plain if only it has a hash: its fields are numbers, texts and enums."""
    try:
        hints = typing.get_type_hints(cls)
    except Exception:  # a name that is not defined where the class is
        return False
    fields = [hints.get(field) for field in cls.__struct_fields__]  # type: ignore[attr-defined]
    return all(isinstance(f, type) and (f in values.ATOMS or issubclass(f, Enum)) for f in fields)
