"""Redlock: a lock on most of several Redis servers that know nothing of each other.

As Redis' documentation tells it ("Distributed Locks with Redis"; Sanfilippo 2014): the client reads its clock, asks
all servers to set a key, and has the lock if most of them did so and the keys are still valid: what is left of
their time is ``px``, less what passed while it asked, less an allowance for drift. Otherwise it deletes its keys
and tries again after a random while. Is that a lock? `argument` has both sides, each claim with its run.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from distlab.algorithms.locks.contender import Contender, Times
from distlab.algorithms.locks.redis import Answer, DeleteIfEqual, SetIfAbsent


class Redlock(Contender):
    """A client of Redlock. It reads its clock twice, so it runs in a `Simulation`; see `RedlockByTimer`.

    Parameters
    ----------
    servers : iterable of str
        Five, by custom; it takes a majority of them.
    px : float
        After how many ms each key expires.
    drift : float, optional
        The allowance for drift in ms; by default one per cent of `px` and 2 ms, as documented.
    retry : float or (float, float)
        After how many ms it tries again: a range, so that two who tie do not tie for ever.
    **options
        As for `Contender`.

    Raises
    ------
    ValueError
        When there is no server, or the expiry is shorter than the allowance.
    """

    def __init__(
        self,
        servers: Iterable[str],
        px: float = 100.0,
        drift: float | None = None,
        retry: Times = (10.0, 50.0),
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.servers, self.px, self.retry = tuple(servers), px, retry
        self.drift = 0.01 * px + 2 if drift is None else drift
        if not self.servers:
            raise ValueError("Redlock needs servers, five by custom: with none there is no majority")
        if not self.px > self.drift:
            raise ValueError(
                f"keys that expire after {px:g} ms are never valid with a drift of {self.drift:g} ms"
            )
        self.tries, self.mine, self.began = 0, "", 0.0
        self.yes = self.no = frozenset[str]()

    def ask(self) -> None:
        """Ask all servers at one instant, with a value that nobody else will ever use."""
        self.tries += 1
        self.mine, self.yes, self.no = f"{self.name} {self.tries}", frozenset(), frozenset()
        self.begin_to_count()
        self.set_timer("patience", self.px)
        self.broadcast(SetIfAbsent(self.mine, self.px), to=self.servers)

    def receive(self, message: Any, sender: str) -> None:
        match message:
            case Answer(value, ok):
                if self.state == "waiting" and value == self.mine:
                    self.counted(sender, ok)
            case _:
                super().receive(message, sender)

    def counted(self, server: str, ok: bool) -> None:
        """One server more has said yes or no."""
        if ok:
            self.yes |= {server}
        else:
            self.no |= {server}
        majority = len(self.servers) // 2 + 1
        if ok and len(self.yes) == majority:
            if self.is_valid():
                self.cancel_timer("patience")
                self.enter(self.mine)
            else:
                self.again()
        elif not ok and len(self.no) == len(self.servers) - majority + 1:
            self.again()

    def begin_to_count(self) -> None:
        """Read the clock before asking."""
        self.began = self.now

    def is_valid(self) -> bool:
        """Read the clock again: how long are the keys still valid, if at all? Then stop in time."""
        passed = self.now - self.began
        if passed < 0:
            self.note(
                f"the clock ran back by {-passed:g} ms while it asked: nobody knows how long the keys are valid"
            )
            return False
        validity = self.px - passed - self.drift
        if validity <= 0:
            self.note(f"most servers said yes, but it took {passed:g} ms: the keys may have expired")
            return False
        self.set_timer("valid", validity)
        return True

    def again(self) -> None:
        """Delete what was set, and try again after a while."""
        self.mine, old = "", self.mine
        self.broadcast(DeleteIfEqual(old), to=self.servers)
        self.cancel_timer("patience")
        self.set_timer("retry", self.retry)

    def wake(self, timer: str) -> None:
        match timer:
            case "retry":
                self.ask()
            case "patience":
                self.again()
            case "valid":
                if self.state == "holding":
                    self.lose("the keys may have expired")
            case _:
                super().wake(timer)

    def leave(self) -> None:
        """Delete the key on all servers, also on those that did not answer."""
        self.broadcast(DeleteIfEqual(self.mine), to=self.servers)

    def rest(self) -> None:
        """Be idle until the next turn."""
        self.cancel_timer("valid")
        super().rest()


class RedlockByTimer(Redlock):
    """The same with a timer in place of the clock, for `explore`.

    The timer is set when the client asks. It is the weaker form: a timer that runs out while the client is paused
    waits behind the answers that came earlier, whereas a clock that is read tells how late it is.
    """

    fresh = False

    def begin_to_count(self) -> None:
        """Set the timer before asking."""
        self.fresh = True
        self.set_timer("valid", self.px - self.drift)

    def is_valid(self) -> bool:
        """Whether it has not run out yet."""
        return self.fresh

    def wake(self, timer: str) -> None:
        self.fresh = self.fresh and timer != "valid"
        super().wake(timer)
