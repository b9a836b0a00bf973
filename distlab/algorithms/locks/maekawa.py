"""Mutual exclusion by voting in small quorums: about the square root of N sites have to agree (Maekawa 1985).

Every two quorums have a site in common, and a site votes for one request at a time: so two sites are never in
together. But three sites may each wait for a vote that another one has got. `Unyielding` stands still then;
`Maekawa` asks for votes back. No site may fail: one that comes back from a crash has forgotten its vote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from distlab.algorithms.locks.contender import Contender
from distlab.node import Message

if TYPE_CHECKING:
    import networkx


class Request(Message, frozen=True, order=True):
    """Asks a site for its vote. The smaller one has precedence: `time` is Lamport's, then the name decides."""

    time: int
    site: str


class Locked(Message, frozen=True):
    """Gives the vote."""


class Release(Message, frozen=True):
    """Gives the vote back after use."""


class Failed(Message, frozen=True):
    """Says that the vote will not come soon: a request with precedence has it, or waits for it."""


class Inquire(Message, frozen=True):
    """Asks for the vote back, if it is not of use."""

    request: Request


class Relinquish(Message, frozen=True):
    """Gives the vote back unused."""


class Unyielding(Contender):
    """Keeps each vote that it gets until it has been in: mutual exclusion holds, and there are deadlocks.

    Parameters
    ----------
    quorum : iterable of str
        Whose votes it needs; it is itself one of them, and its own vote costs no message.
    turns, stay, think
        As for `Contender`.
    """

    def __init__(self, quorum: Iterable[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.quorum = frozenset(quorum)
        self.time = 0  # the latest heard of
        self.votes = frozenset[str]()  # of whom it has the vote
        self.given: Request | None = None  # to whom it gave its own vote
        self.queue = frozenset[Request]()  # who waits for it

    def tell(self, to: str, message: Message) -> None:
        """Send a message; to itself without the network."""
        if to == self.name:
            self.receive(message, to)
        else:
            self.send(to, message)

    # --- as the one who wants to go in ---

    def ask(self) -> None:
        """Ask the quorum."""
        self.time += 1
        self.request, self.votes = Request(self.time, self.name), frozenset()
        for member in sorted(self.quorum):
            self.tell(member, self.request)

    def leave(self) -> None:
        """Give all votes back."""
        votes, self.votes = self.votes, frozenset()
        for member in sorted(votes):
            self.tell(member, Release())

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Request(time):
                self.time = max(self.time, time)
                self.asked(message)
            case Locked():
                self.votes |= {sender}
                if self.votes == self.quorum:
                    self.enter()
            case Release():
                self.give()

    # --- as the one who votes ---

    def asked(self, request: Request) -> None:
        """Vote for this request, or let it wait."""
        self.queue |= {request}
        if self.given is None:
            self.give()

    def give(self) -> None:
        """Give the vote to whoever has precedence among those who wait."""
        self.given = min(self.queue, default=None)
        if self.given is not None:
            self.queue -= {self.given}
            self.tell(self.given.site, Locked())


class Maekawa(Unyielding):
    """Gives a vote back when it has to wait anyway, and a request with precedence needs it.

    Links have to keep their order: with messages that overtake each other two sites may be in together.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.failed = frozenset[str]()  # whose vote will not come soon
        self.inquirers = frozenset[str]()  # who asked for a vote back that is still of use
        self.inquired = False  # whether it asked for its own vote back

    def ask(self) -> None:
        """Ask the quorum; nothing is known of its answers yet."""
        self.failed = self.inquirers = frozenset()
        super().ask()

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Locked():
                self.failed -= {sender}
                super().receive(message, sender)
            case Failed():
                self.failed |= {sender}
                self.yield_votes()
            case Inquire(request) if self.state == "waiting" and request == self.request:
                self.inquirers |= {sender}
                self.yield_votes()
            case Relinquish() if self.given is not None:
                self.queue |= {self.given}
                self.give()
            case _:
                super().receive(message, sender)

    def yield_votes(self) -> None:
        """Give back what was asked for, as soon as it is clear that going in has to wait."""
        if not self.failed:
            return
        wanted, self.inquirers = self.inquirers & self.votes, frozenset()
        self.votes -= wanted
        self.failed |= wanted
        for member in sorted(wanted):
            self.tell(member, Relinquish())

    def asked(self, request: Request) -> None:
        """Let a request without precedence know that; for one with precedence ask for the vote back."""
        first, given = min(self.queue, default=None), self.given
        super().asked(request)
        if given is None:
            return
        if given < request or (first is not None and first < request):
            self.tell(request.site, Failed())
            return
        if first is not None and first < given:
            self.overtaken(first)
        if not self.inquired:
            self.inquired = True
            self.tell(given.site, Inquire(given))

    def overtaken(self, request: Request) -> None:
        """Tell it that it is not first in the queue any more: it may have to give back other votes.

        Without this there is still a deadlock, which four sites out of seven run into; compare Sanders (1987).
        """
        self.tell(request.site, Failed())

    def give(self) -> None:
        """Give the vote; nobody has asked for it back yet."""
        self.inquired = False
        super().give()


def quorums(names: Sequence[str]) -> dict[str, frozenset[str]]:
    """For each site a quorum with itself in it; every two quorums have exactly one site in common.

    The quorums are the lines of a finite projective plane. All follow from one by counting on: a
    perfect difference set (Singer 1938) turned step by step.

    Parameters
    ----------
    names : sequence of str
        N = K (K - 1) + 1 sites: 3, 7, 13, 21 or 31; each quorum has K of them.

    Raises
    ------
    ValueError
        When there is no such plane.
    """
    n = len(names)
    size = next((k for k in range(2, n + 1) if k * (k - 1) + 1 == n), 0)
    steps = _difference_set([0, 1], size, n) if 0 < size <= 6 else None
    if steps is None:
        raise ValueError(
            f"quorums from a projective plane are there for 3, 7, 13, 21 and 31 sites, not for {n}"
        )
    return {name: frozenset(names[(i + step) % n] for step in steps) for i, name in enumerate(names)}


def _difference_set(steps: list[int], size: int, n: int) -> list[int] | None:
    """Steps of which no two differ by the same, modulo n; `size` of them."""
    differences = [(a - b) % n for a in steps for b in steps if a != b]
    if len(set(differences)) < len(differences):
        return None
    if len(steps) == size:
        return steps
    longer = (_difference_set([*steps, step], size, n) for step in range(steps[-1] + 1, n))
    return next((found for found in longer if found), None)


def waits_for_votes(world: Any) -> networkx.DiGraph:
    """Who waits for whom: an edge from a site that waits to the one that has a vote it needs (``vote``: whose).

    A circle in it is a deadlock, if nobody gives votes back.
    """
    import networkx

    graph = networkx.DiGraph()
    sites = {name: node for name, node in world.nodes.items() if isinstance(node, Unyielding)}
    graph.add_nodes_from(sites)
    for name, site in sites.items():
        for member in sorted(site.quorum - site.votes) if site.state == "waiting" else ():
            given = sites[member].given
            if given is not None and given.site != name:
                graph.add_edge(name, given.site, vote=member)
    return graph
