"""The lock recipe of etcd (its package ``concurrency``): the key that was created first has the lock.

A client puts a key of its own under the lock's name, bound to its lease: when the lease ends, the key is deleted.
The key is put by a transaction only if its create revision is 0, that is, if it is not there yet: so a request
that is sent twice does what one does. The revision counts all changes of the store, and so it is a fencing token.
"""

from __future__ import annotations

from typing import Any

from distlab.algorithms.locks.sessions import SessionClient, SessionService
from distlab.node import Message


class Txn(Message, frozen=True):
    """If the create revision of this lease's key is 0, put the key; in any case say what there is."""

    session: int  # the lease, as etcd calls it


class Placed(Message, frozen=True):
    """Says the key's create revision, and the next smaller one of another key; None when there is none."""

    revision: int
    before: int | None


class Watch(Message, frozen=True):
    """Asks to be told once when the key with this create revision is deleted, now if it is not there."""

    session: int
    revision: int


class Deleted(Message, frozen=True):
    """Says that it is not there any more."""

    revision: int


class Delete(Message, frozen=True):
    """Deletes the key of this lease, if it has this create revision."""

    session: int
    revision: int


class Etcd(SessionService):
    """The keys under one lock's name.

    Attributes
    ----------
    revision : int
        Of the store: how often it was changed.
    keys : dict of int to int
        The create revision of each lease's key, in the order of creation.
    watchers : frozenset of (int, int)
        A create revision, and the lease that waits for its end.
    """

    def __init__(self, ttl: float | None = None) -> None:
        super().__init__(ttl)
        self.revision = 0
        self.keys: dict[int, int] = {}
        self.watchers = frozenset[tuple[int, int]]()

    def serve(self, message: Any, sender: str) -> None:
        match message:
            case Txn(session):
                if session not in self.keys:
                    self.revision += 1
                    self.keys[session] = self.revision
                self.send(sender, self.place(self.keys[session]))
            case Watch(session, revision):
                if revision in self.keys.values():
                    self.watchers |= {(revision, session)}
                else:
                    self.send(sender, Deleted(revision))
            case Delete(session, revision):
                if self.keys.get(session) == revision:
                    self.delete(session)
            case _:
                super().serve(message, sender)

    def place(self, revision: int) -> Placed:
        """Who comes just before this create revision."""
        return Placed(revision, max((r for r in self.keys.values() if r < revision), default=None))

    def delete(self, session: int) -> None:
        """Delete a key: that is a change, too. Tell those who wait for it."""
        self.revision += 1
        revision = self.keys.pop(session)
        told = {watcher for watcher in self.watchers if watcher[0] == revision}
        self.watchers -= told
        for _, waiting in sorted(told):
            self.send(self.sessions[waiting], Deleted(revision))

    def ended(self, session: int) -> None:
        """A lease takes its key along."""
        self.watchers = frozenset(watcher for watcher in self.watchers if watcher[1] != session)
        if session in self.keys:
            self.delete(session)


class EtcdClient(SessionClient):
    """Follows the recipe. The create revision of its key is its fencing token."""

    def request(self) -> None:
        """Put the key, if it is not there, and see who comes before."""
        self.send(self.service, Txn(self.session))

    def answer(self, message: Any) -> None:
        match message:
            case Placed(revision, None) if self.state == "waiting":
                self.enter(revision)
            case Placed(_, int(before)) if self.state == "waiting":
                self.send(self.service, Watch(self.session, before))
            case Deleted() if self.state == "waiting":
                self.request()  # the one before may have died waiting: look again
            case _:
                super().answer(message)

    def leave(self) -> None:
        """Delete the key."""
        self.send(self.service, Delete(self.session, self.token))
