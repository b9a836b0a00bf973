"""The learner's side of the processes that check: start them, ask them, and end them when they hang."""

from __future__ import annotations

import atexit
import json
import os
import queue
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

import msgspec

from distlab.exercises import child
from distlab.exercises.judge import Answer, Request
from distlab.exercises.verdict import NOT_YET, UNCHECKED

HASH_SEEDS = (0, 9)  # under these two, small sets of the usual names go in different orders
GRACE = 5.0  # seconds that a process gets to interrupt a loop by itself before it is ended
START = 60.0  # seconds to import everything on a slow disk
BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from distlab.exercises.child import main; main()"


Frames = queue.Queue[tuple[float, bytes | None]]  # when a frame came, and what it says; None at the end


class Worker:
    """One process, under one hash seed; it is started when it is needed, and again when it has ended.

    It is a quiet one: what a long search says of its progress would else be taken for a learner's own printing.
    """

    def __init__(self, hash_seed: int) -> None:
        self.hash_seed = hash_seed
        self._process: subprocess.Popen[bytes] | None = None
        self._frames: Frames = queue.Queue()
        self._asked = 0.0

    def start(self) -> subprocess.Popen[bytes]:
        """The running process."""
        if self._process is None or self._process.poll() is not None:
            path = [p for p in sys.path if p] + [
                ""
            ]  # a learner's own files last: random.py is a popular name
            self._process = process = subprocess.Popen(
                [sys.executable, "-P", "-c", BOOT, json.dumps(path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONHASHSEED": str(self.hash_seed), "DISTLAB_QUIET": "1"},
                start_new_session=True,  # the notebook's interrupt is the notebook's
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
            self._frames = queue.Queue()
            threading.Thread(target=_listen, args=(process, self._frames), daemon=True).start()
        return self._process

    def stop(self) -> None:
        """End the process, whatever it does."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):
                    pipe.close()  # type: ignore[union-attr]

    def send(self, request: Request, body: bytes) -> None:
        """Ask; `receive` waits for the answer."""
        process, self._asked = self.start(), time.monotonic()
        assert process.stdin is not None
        with suppress(OSError):  # it is dead: receive() says so
            child.write(process.stdin, msgspec.json.encode(request))
            child.write(process.stdin, body)

    def receive(self, seconds: float) -> Answer:
        """The answer, as long as there are signs of life and of progress."""
        answer = self._wait(seconds)
        if answer.spoilt:  # the next check finds a new process, warm already
            self.stop()
            self.start()
        return answer

    def _wait(self, seconds: float) -> Answer:
        pulse, doing, since, patience = None, "", self._asked, START
        while True:
            try:
                at, frame = self._frames.get(timeout=max(0.0, since + patience - time.monotonic()))
            except queue.Empty:
                return _stuck(doing, seconds) if pulse is not None else _never_began()
            if frame is None:
                return self._ended(doing)
            said = json.loads(frame)
            if "answer" in said:
                return msgspec.convert(said["answer"], Answer)
            if said["beat"]["pulse"] != pulse:
                pulse, doing, since = said["beat"]["pulse"], said["beat"]["doing"], at
            patience = seconds + GRACE

    def _ended(self, doing: str) -> Answer:
        assert self._process is not None
        code = self._process.wait()
        how = f"exit code {code}" if code >= 0 else f"signal {-code}"
        return Answer(
            NOT_YET,
            [f"Your attempt ended the process that was checking it ({how}){_while(doing)}."],
            "call neither os._exit nor what crashes Python itself",
            spoilt=True,
        )


def _listen(process: subprocess.Popen[bytes], frames: Frames) -> None:
    """Take what the process says off its pipe, from a thread: no system can wait for a pipe and a clock alike."""
    assert process.stdout is not None
    frame: bytes | None = b""
    while frame is not None:
        try:
            frame = child.read(process.stdout)
        except (OSError, ValueError):  # closed under our hands
            frame = None
        frames.put((time.monotonic(), frame))


def _while(doing: str) -> str:
    return f", while trying: {doing}" if doing else ""


def _stuck(doing: str, seconds: float) -> Answer:
    line = f"One handler ran for more than {seconds:g} seconds and could not be stopped{_while(doing)}."
    return Answer(NOT_YET, [line], "is there a loop without an exit, or a sleep?", spoilt=True)


def _never_began() -> Answer:
    return Answer(
        UNCHECKED,
        ["The process that checks attempts did not start. Restart the kernel and try again."],
        spoilt=True,
    )


class Pair:
    """The two processes, asked at the same time; one check after the other."""

    def __init__(self) -> None:
        self._owner, self._lock = os.getpid(), threading.Lock()
        self._workers = [Worker(seed) for seed in HASH_SEEDS]
        atexit.register(self.stop)

    def ask(self, request: Request, body: bytes) -> list[Answer]:
        """What the attempt does under each hash seed."""
        with self._lock:
            try:
                for worker in self._workers:
                    worker.send(request, body)
                return [worker.receive(request.seconds) for worker in self._workers]
            except BaseException:  # interrupted: the next check begins with new processes
                self.stop()
                raise

    def stop(self) -> None:
        """End both."""
        if os.getpid() == self._owner:  # a forked copy of this process owns no children
            for worker in self._workers:
                worker.stop()


_pair: Pair | None = None


def ask(request: Request, body: bytes) -> list[Any]:
    """Check in the two processes of this one."""
    global _pair
    if _pair is None or _pair._owner != os.getpid():
        _pair = Pair()
    return _pair.ask(request, body)
