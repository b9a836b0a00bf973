"""A learner's store, seen from outside: what it has seen, and whether it took a write that came too late."""

from __future__ import annotations

from typing import Any

from distlab.effects import SEND
from distlab.exercises.lock_protocol import Read, Write, Wrote
from distlab.node import Node


class Watched(Node):
    """Passes everything on to the store inside it, and remembers the tokens.

    Parameters
    ----------
    inner : Node
        The store.

    Attributes
    ----------
    seen : (int, str, str) or None
        The largest token that reached the store, whose, and in which kind of request.
    late : tuple or None
        The first write that the store took after it had seen a larger token: its token, whose it was, and `seen`.
    """

    wraps = True

    def __init__(self, inner: Node) -> None:
        self.inner = inner
        self.seen: tuple[int, str, str] | None = None
        self.late: tuple[Any, ...] | None = None

    def start(self) -> None:
        """Start the store."""
        self._lend().start()
        self._return()

    def recover(self) -> None:
        """Let the store come back."""
        self._lend().recover()
        self._return()

    def wake(self, timer: str) -> None:
        """Pass a timer on."""
        self._lend().wake(timer)
        self._return()

    def receive(self, message: Any, sender: str) -> None:
        """Pass a request on, and look at the answer."""
        before = len(self._effects)
        self._lend().receive(message, sender)
        self._return()
        if not isinstance(message, (Read, Write)):
            return
        took = any(e[0] == SEND and isinstance(e[2], Wrote) for e in self._effects[before:])
        if self.seen is not None and message.token < self.seen[0] and took and self.late is None:
            self.late = (message.token, sender, *self.seen)
        if self.seen is None or message.token > self.seen[0]:
            self.seen = (message.token, sender, type(message).__name__.lower())

    def _lend(self) -> Node:
        self.inner._context, self.inner._effects = self._context, self._effects
        return self.inner

    def _return(self) -> None:
        if self.inner.state is not None:
            self.state = self.inner.state
