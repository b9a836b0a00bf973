"""The process in which attempts are checked: it takes requests and gives answers, one after the other.

It reads frames from its standard input (a JSON request, then the attempt as bytes) and writes frames of
JSON to what was its standard output. While a check runs, it says twice a second how far it has come.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import IO, Any

import msgspec

from distlab import watchdog
from distlab.exercises import judge, trials
from distlab.exercises.verdict import UNCHECKED
from distlab.shipping import unship

BEAT = 0.5  # seconds
MOST_MEMORY = 3 << 30  # bytes


class Beat(msgspec.Struct):
    """A sign of life: `pulse` changes as long as the attempt comes forward."""

    pulse: str
    doing: str


def write(pipe: IO[bytes], data: bytes) -> None:
    """Write one frame: its length in four bytes, and it."""
    pipe.write(len(data).to_bytes(4, "big") + data)
    pipe.flush()


def read(pipe: IO[bytes]) -> bytes | None:
    """Read one frame; None at the end."""
    head = pipe.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    data = pipe.read(size)
    return data if len(data) == size else None


class Voice:
    """The way back: beats from a thread of its own, and the answer."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._pipe, self._lock, self._busy = pipe, threading.Lock(), False
        threading.Thread(target=self._beat, name="distlab beat", daemon=True).start()

    def say(self, kind: str, what: Any) -> None:
        """Send one thing; the process ends when nobody listens any more."""
        try:
            with self._lock:
                write(self._pipe, msgspec.json.encode({kind: what}))
        except OSError:
            os._exit(0)

    def while_busy(self, work: Callable[[], Any]) -> Any:
        """Do something long, with signs of life."""
        self._busy = True
        try:
            return work()
        finally:
            self._busy = False

    def beat(self) -> None:
        """Say how far the check has come: which call, and how many events in the run under way."""
        runs = [str(one.progress()) for one in list(watchdog._watched)]
        self.say("beat", Beat(f"{trials.progress.calls} {' '.join(runs)}", trials.progress.doing))

    def _beat(self) -> None:
        while True:
            time.sleep(BEAT)
            if self._busy:
                self.beat()


def main() -> None:
    """Serve until the other end closes."""
    inbox, outbox = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):  # what an attempt prints below Python must not get between the frames
        os.dup2(nowhere, stream)
    sys.stdin = os.fdopen(0, encoding="utf-8")  # whoever asks for input finds the end of it
    with suppress(ValueError, OSError):
        judge.limit_memory(MOST_MEMORY)
    voice = Voice(outbox)
    while (head := read(inbox)) is not None and (body := read(inbox)) is not None:
        request = msgspec.json.decode(head, type=judge.Request)
        voice.say("answer", voice.while_busy(partial(_answer, request, body, voice.beat)))


def _answer(request: judge.Request, body: bytes, begun: Callable[[], None]) -> judge.Answer:
    try:
        return judge.judge(request, lambda: unship(body), begun)
    except Exception as error:
        said = f"The check itself failed: {trials.said(error)}. This is distlab's fault, not yours."
        return judge.Answer(UNCHECKED, [said], spoilt=True)
