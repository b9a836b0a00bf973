"""A client of a lease service that knows how long it may trust its lease, and a pause that it knows nothing of."""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.lease import Acquire, Granted, Refused, Release, Renew, Renewed
from distlab.algorithms.locks.resource import Read, Rejected, Value, Write, Wrote
from distlab.node import Message, Node

TRUST = ("trust", "trust again")


class Holder(Node):
    """Acquires the lock, adds one to the resource by a read and a write, and releases.

    Its ``state`` is ``"idle"``, ``"waiting"`` or ``"holding"``: it *believes* that it holds the lock. It does so
    for `trust` milliseconds of its own clock, counted from sending the request, not from the answer: the lease
    began at some moment in between, and only the sending is surely no later. A grant that comes when that time
    is over (it waited in the queue) is worth nothing until it is renewed: the renewal counts from its own sending.

    One grant is good for one update: so a message that arrives twice does no harm.

    Its calls are ``("acquire",)``, which returns the token, ``("increment",)``, which returns the new value, and
    ``("release",)``.

    Parameters
    ----------
    service : str
        The name of the lock service.
    resource : str, optional
        What the lock protects; without one it does nothing with the lock.
    trust : float
        How long it trusts a lease, in ms; see `bounds.trust`.
    begin : float or (float, float), optional
        After how many ms it first asks, and asks again; by default at the start.
    work : float or (float, float), optional
        How many ms pass between reading and writing (without a resource: between having and giving back).
    renew : float, optional
        Every so many ms it renews while it holds the lock; by default never.
    patience : float, optional
        After how many ms without a grant it asks again (for a network that loses); by default never.
    times : int
        How often it acquires.
    stays : bool
        It keeps the lock as long as it can.
    """

    def __init__(
        self,
        service: str = "lock",
        resource: str | None = None,
        trust: float = 40.0,
        *,
        begin: float | tuple[float, float] | None = None,
        work: float | tuple[float, float] | None = None,
        renew: float | None = None,
        patience: float | None = None,
        times: int = 1,
        stays: bool = False,
    ) -> None:
        self.service, self.resource, self.trust, self.begin, self.work = service, resource, trust, begin, work
        self.renew, self.patience, self.times, self.stays = renew, patience, times, stays
        self.state = "idle"
        self.number = self.token = self.value = 0
        self.counts = self.asking = ""  # the timer on which the belief rests; that of the request under way
        self.step = ""  # of its update: "reads", "works", "writes", or none

    def start(self) -> None:
        """Ask for the lock, now or after a while."""
        if self.times and self.begin is None:
            self.acquire()
        elif self.times and self.begin is not None:
            self.set_timer("begin", self.begin)

    def recover(self) -> None:
        """Stay out of it: a client that crashed has forgotten what it asked for."""

    # --- the lock ---

    def acquire(self) -> None:
        """Ask for the lock."""
        self.state, self.times = "waiting", self.times - 1
        self.invoke(("acquire",))
        self.ask(Acquire(self.number + 1))

    def ask(self, request: Acquire | Renew) -> None:
        """Send a request. What it brings is trusted from this moment on."""
        self.number = request.number
        self.asking = TRUST[self.counts == TRUST[0]]
        self.set_timer(self.asking, self.trust)
        if self.state == "waiting" and self.patience is not None:
            self.set_timer("patience", self.patience)
        self.send(self.service, request)

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Granted(number, token):
                self.granted(number, token)
            case Renewed(number, token) if number == self.number and token == self.token:
                self.renewed()
            case Refused(token, why) if token == self.token:
                self.stop(f"refused: {why}")
            case Value() | Wrote() | Rejected() if self.step and message.token == self.token:
                self.answered(message)

    def granted(self, number: int, token: int) -> None:
        """Hold the lock, if the grant is fresh; renew it, if it waited; give it back, if nobody waits for it."""
        if self.state == "idle":
            self.send(self.service, Release(token))
        elif self.state == "waiting" and number == self.number:
            self.token = token
            if self.asking:
                self.hold()
            else:
                self.note("the grant came later than it can be trusted: renew it first")
                self.ask(Renew(self.number + 1, token))

    def renewed(self) -> None:
        """The belief rests on the newer request now."""
        if self.asking:
            self.hold()
        elif self.state == "waiting":
            self.send(self.service, Release(self.token))
            self.stop(
                "the way to the service and back takes longer than the lease can be trusted: take a longer one"
            )

    def hold(self) -> None:
        """Believe, until the timer of the request that was just answered runs out."""
        if self.counts:
            self.cancel_timer(self.counts)
        self.counts, self.asking = self.asking, ""
        if self.state == "waiting":
            self.state = "holding"
            self.renew_later()
            self.cancel_timer("patience")
            self.complete(self.token)
            self.update()

    def renew_later(self) -> None:
        """Renew before the lease ends, if it is to be renewed."""
        if self.renew is not None:
            self.set_timer("renew", self.renew)

    def wake(self, timer: str) -> None:
        match timer:
            case "begin":
                self.acquire()
            case "patience":
                self.ask(Acquire(self.number + 1))
            case "renew":
                self.renew_later()
                self.ask(Renew(self.number + 1, self.token))
            case "work":
                self.write()
            case "answer":
                self.give_up()
                self.rest()
            case self.counts:
                self.stop("its lease can be trusted no longer")
            case self.asking:
                self.asking = ""

    def stop(self, why: str) -> None:
        """Stop believing, or waiting, without having released; what was sent to the resource may still arrive."""
        if self.state == "idle":
            return
        self.note(why)
        if self.step == "writes":
            self.state = "idle"
            self.forget(*TRUST, "renew")
            self.set_timer("answer", self.trust)
            return
        if self.step:
            self.fail()  # nothing was written
        elif self.state == "waiting":
            self.give_up()
        self.rest()

    def release(self) -> None:
        """Give the lock back."""
        self.invoke(("release",))
        self.send(self.service, Release(self.token))
        self.complete()
        self.rest()

    def rest(self) -> None:
        """Be idle, until it is time to ask again."""
        self.state, self.step, self.token = "idle", "", 0
        self.forget(*TRUST, "renew", "patience", "work", "answer")
        self.start()

    def forget(self, *timers: str) -> None:
        """Cancel timers, and rest no belief on any."""
        self.counts = self.asking = ""
        for timer in timers:
            self.cancel_timer(timer)

    # --- what the lock is for ---

    def update(self) -> None:
        """Begin to add one to the resource."""
        if self.resource is None:
            self.later()
        else:
            self.step = "reads"
            self.invoke(("increment",))
            self.send(self.resource, Read(self.token, self.service))

    def answered(self, answer: Message) -> None:
        """What the resource says: the value, that it was written, or that the token is too old."""
        match answer:
            case Value(_, value) if self.step == "reads":
                self.value, self.step = value + 1, "works"
                self.later()
            case Wrote() if self.step == "writes":
                self.complete(self.value)
                self.done()
            case Rejected(_, why, what) if what + "s" == self.step:
                self.note(f"rejected: {why}")
                self.fail()
                self.rest()

    def done(self) -> None:
        """The update is done: give the lock back, if it still counts."""
        self.step = ""
        if self.state == "idle":
            self.rest()
        elif not self.stays:
            self.release()

    def later(self) -> None:
        """Work with what was read; a pause falls here."""
        if self.work is None:
            self.write()
        else:
            self.set_timer("work", self.work)

    def write(self) -> None:
        """Write one more than was read; without a resource there is nothing to write."""
        if self.resource is not None:
            self.step = "writes"
            self.send(self.resource, Write(self.token, self.value, self.service))
        elif not self.stays:
            self.release()
