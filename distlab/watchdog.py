"""Ends a handler that does not come to an end.

A loop without an exit in a learner's handler would hang the notebook. Signals work on one system and
in one thread only, so a thread watches: when a run makes no progress for too long, an exception is
raised inside it, in the very line that loops.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator, Sized
from contextlib import contextmanager

from distlab.blame import TooLong

POLL = 0.05  # seconds
MOST_EFFECTS = 100_000


class _Watched:
    """One run: how to see its progress, and when that last changed."""

    def __init__(self, progress: Callable[[], object], effects: Sized, seconds: float) -> None:
        self.thread = threading.get_ident()
        self.progress, self.effects, self.seconds = progress, effects, seconds
        self.last, self.since = progress(), time.monotonic()

    def complaint(self) -> str | None:
        if len(self.effects) > MOST_EFFECTS:
            return f"one handler asked for more than {MOST_EFFECTS:,} sends, writes and timers"
        progress, now = self.progress(), time.monotonic()
        if progress != self.last:
            self.last, self.since = progress, now
        elif now - self.since > self.seconds:
            return f"one handler ran for more than {self.seconds:g} seconds; is there a loop without an exit?"
        return None


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
            for one in list(_watched):
                reason = one.complaint()
                if reason is not None:
                    _watched.remove(one)
                    kind = type("TooLong", (TooLong,), {"__str__": lambda self, reason=reason: reason})
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(
                        ctypes.c_ulong(one.thread), ctypes.py_object(kind)
                    )


_thread: threading.Thread | None = None


@contextmanager
def watching(progress: Callable[[], object], effects: Sized, seconds: float) -> Iterator[None]:
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
            if one in _watched:
                _watched.remove(one)
