"""Ends a handler that does not come to an end.

A loop without an exit in a learner's handler would hang the notebook. Signals work on one system and
in one thread only, so a thread watches: when a run makes no progress for too long, an exception is
raised inside it, in the very line that loops.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any

from distlab.blame import TooLong

POLL = 0.05  # seconds
PATIENCE = 10.0  # seconds that one handler may take
MOST_EFFECTS = 100_000


class Effects(list[Any]):
    """A handler's effects where nobody watches their number: too many end the handler."""

    def append(self, effect: Any) -> None:
        """Take one more."""
        if len(self) >= MOST_EFFECTS:
            raise TooLong(TOO_MANY)
        super().append(effect)

    def extend(self, effects: Iterable[Any]) -> None:
        """Take more."""
        for effect in effects:
            self.append(effect)


TOO_MANY = f"one handler asked for more than {MOST_EFFECTS:,} sends, writes and timers"


class _TakenBack(BaseException):
    """Raised and caught where nothing should be raised any more."""


class _Watched:
    """One run: how to see its progress, and when that last changed."""

    def __init__(self, progress: Callable[[], object], effects: Sized, seconds: float) -> None:
        self.thread = threading.get_ident()
        self.progress, self.effects, self.seconds = progress, effects, seconds
        self.last, self.since, self.complained = progress(), time.monotonic(), False

    def complaint(self) -> str | None:
        """What is wrong now; said again only when as much time has passed again."""
        progress, now = self.progress(), time.monotonic()
        if len(self.effects) > MOST_EFFECTS and not self.complained:
            return TOO_MANY
        if progress != self.last:
            self.last, self.since = progress, now
        elif now - self.since > self.seconds:
            return f"one handler ran for more than {self.seconds:g} seconds; is there a loop without an exit?"
        return None

    def interrupt(self, reason: str) -> None:
        """Raise the complaint in the thread, in the very line that runs."""
        self.complained, self.since = True, time.monotonic()
        kind = type("TooLong", (TooLong,), {"__str__": lambda _: reason})
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), ctypes.py_object(kind))

    def forget(self) -> None:
        """Take back what was not raised in time: the run has ended by itself.

        Something else is put in its place and raised right here. To clear it with NULL would leave CPython
        3.11 believing that something is pending, and the next function that is traced would never start.
        """
        instead = ctypes.py_object(_TakenBack)
        try:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self.thread), instead)
            while True:
                time.sleep(0)
        except _TakenBack:
            pass


_watched: list[_Watched] = []
_wake = threading.Event()
_lock = threading.Lock()


def _watch() -> None:
    while True:
        _wake.wait()
        time.sleep(POLL)
        with _lock:
            if not _watched:
                _wake.clear()
            for one in _watched:
                reason = one.complaint()
                if reason is not None:
                    one.interrupt(reason)


_thread: threading.Thread | None = None


@contextmanager
def watching(
    progress: Callable[[], object], effects: Sized = (), seconds: float = PATIENCE
) -> Iterator[None]:
    """Raise `TooLong` in the ``with`` block when it makes no progress for `seconds`.

    Parameters
    ----------
    progress : function
        Gives something that changes whenever a handler has ended.
    effects : sized
        The list that handlers append to; it is bounded, too.
    seconds : float
        How long one handler may take, in wall-clock time.
    """
    global _thread
    if _thread is None or not _thread.is_alive():  # a forked child has the lock, and not the thread
        _thread = threading.Thread(target=_watch, name="distlab watchdog", daemon=True)
        _thread.start()
    one = _Watched(progress, effects, seconds)
    with _lock:
        _watched.append(one)
        _wake.set()
    try:
        yield
    finally:
        with _lock:
            _watched.remove(one)
            if one.complained:
                one.forget()
