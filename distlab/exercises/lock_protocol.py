"""What lock, clients and store of exercises 4.4 to 4.6 say to each other.

Every request has a number, which the client counts up; the answer repeats it, so that a late answer is not
taken for one to a later request. Every grant has a token, which the lock counts up.
"""

from __future__ import annotations

from typing import Any

from distlab.node import Message


class Acquire(Message, frozen=True):
    """A client asks for the lock."""

    number: int


class Granted(Message, frozen=True):
    """The lock says yes to that request; the grant is known by its token."""

    number: int
    token: int


class Refused(Message, frozen=True):
    """The lock says no to that request."""

    number: int


class Renew(Message, frozen=True):
    """A client asks to keep what it was granted."""

    number: int
    token: int


class Renewed(Message, frozen=True):
    """The lock says yes to that request: the lease begins anew."""

    number: int


class Release(Message, frozen=True):
    """A client gives back what it was granted; it gets no answer."""

    token: int


class Read(Message, frozen=True):
    """A client asks the store for its value."""

    token: int


class Value(Message, frozen=True):
    """The store says what it has."""

    token: int
    value: Any


class Write(Message, frozen=True):
    """A client asks the store to keep a value."""

    token: int
    value: Any


class Wrote(Message, frozen=True):
    """The store has kept it."""

    token: int
    value: Any


class Rejected(Message, frozen=True):
    """The store did nothing for that token: it knows a larger one."""

    token: int
