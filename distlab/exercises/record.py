"""What a learner has passed so far: an append-only log of outcomes, one JSON line each.

A line is added under a lock of the system, which goes away with its process. So two notebooks at once lose
nothing; and a crash in the middle of writing leaves a torn line, which readers skip and the next writer
closes. (What a disk keeps when it forces a log is the subject of chapter 3.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from distlab.exercises.verdict import NOT_ATTEMPTED, NOT_YET, PASSED, SIGNS

SWITCH = "DISTLAB_PROGRESS"
FAR = 1 << 30  # Windows locks bytes, and nobody could read one that is locked: so one far behind the end


class Standing(msgspec.Struct):
    """How far one exercise is: its outcome, and how many attempts were made at it."""

    outcome: str = NOT_ATTEMPTED
    tries: int = 0


class Record:
    """The log of one learner.

    Parameters
    ----------
    path : Path or None
        The file; None keeps all in memory, as in tests and where a notebook's outputs are compared.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._memory: list[tuple[str, str]] = []
        self.trouble = ""  # why the file cannot be used

    def add(self, id: str, outcome: str) -> None:
        """Note an outcome; what is passed already, or still untouched, is no news."""
        if outcome == NOT_ATTEMPTED or self.standings().get(id, Standing()).outcome == PASSED:
            return
        if self.path is not None and not self.trouble:
            line = json.dumps({"exercise": id, "outcome": outcome}) + "\n"
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                append(self.path, line.encode())
                return
            except OSError as error:
                self.trouble = f"{self.path} cannot be written ({error.strerror})"
        self._memory.append((id, outcome))

    def entries(self) -> Iterator[tuple[str, str]]:
        """Every outcome noted, in order: (exercise, outcome)."""
        data = b""
        if self.path is not None:
            try:
                data = self.path.read_bytes()
            except FileNotFoundError:
                pass
            except OSError as error:
                self.trouble = f"{self.path} cannot be read ({error.strerror})"
        for line in data.split(b"\n"):
            try:
                entry = json.loads(line)
                yield str(entry["exercise"]), str(entry["outcome"])
            except (ValueError, TypeError, KeyError):  # torn, or not ours
                continue
        yield from self._memory

    def standings(self) -> dict[str, Standing]:
        """How far each exercise is. What was passed once stays passed."""
        found: dict[str, Standing] = {}
        for id, outcome in self.entries():
            standing = found.setdefault(id, Standing())
            standing.tries += standing.outcome != PASSED
            if standing.outcome != PASSED:
                standing.outcome = outcome
        return found


def append(path: Path, line: bytes) -> None:
    """Add a whole line to a file that others may be adding to, too."""
    with path.open("ab+") as file, locked(file):
        file.seek(0, os.SEEK_END)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # somebody crashed in the middle of a line
                line = b"\n" + line
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def locked(file: BinaryIO) -> Iterator[None]:
    """Hold the system's lock on an open file."""
    if os.name == "nt":
        import msvcrt

        file.seek(FAR)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            file.seek(FAR)
            msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)


_records: dict[Path | None, Record] = {}


def now() -> Record:
    """The record in use: that of ``DISTLAB_PROGRESS``, in memory where ``DISTLAB_QUIET`` is set, else the user's."""
    named = os.environ.get(SWITCH)
    path = Path(named).expanduser() if named else None
    if path is None and os.environ.get("DISTLAB_QUIET") != "1":
        import platformdirs

        path = platformdirs.user_data_path("distlab") / "progress.jsonl"
    return _records.setdefault(path, Record(path))


class Progress:
    """A table of exercises; displaying it shows it.

    Parameters
    ----------
    record : Record
    chapter : int, optional
        Only this one's.

    Raises
    ------
    ValueError
        When the course has no such chapter.
    """

    def __init__(self, record: Record, chapter: int | None = None) -> None:
        from distlab.exercises import registry

        self.standings, self.trouble = record.standings(), record.trouble
        self.chapters = registry.CHAPTERS
        if chapter is not None and str(chapter) not in self.chapters:
            raise ValueError(f"chapters go from 1 to {len(self.chapters)}; there is no {chapter!r}")
        self.exercises = [e for e in registry.every() if chapter is None or e.id.startswith(f"{chapter}.")]

    @property
    def points(self) -> tuple[int, int]:
        """Points so far, and all there are."""
        return self._points(self.exercises)

    def _of(self, id: str) -> Standing:
        return self.standings.get(id, Standing())

    def _points(self, exercises: list) -> tuple[int, int]:  # type: ignore[type-arg]
        won = sum(one.points for one in exercises if self._of(one.id).outcome == PASSED)
        return won, sum(one.points for one in exercises)

    def __repr__(self) -> str:
        lines = []
        wide = max((len(one.title) for one in self.exercises), default=0)
        for number, (_, title) in self.chapters.items():
            those = [one for one in self.exercises if one.id.split(".")[0] == number]
            if not those:
                continue
            won, all_points = self._points(those)
            lines.append(f"{number} {title} · {won} of {all_points} points")
            for one in those:
                standing = self._of(one.id)
                said = standing.outcome
                if said == NOT_YET:
                    said += f", {standing.tries} {'try' if standing.tries == 1 else 'tries'}"
                lines.append(
                    f"  {SIGNS.get(standing.outcome, '?')} {one.id:<5} {one.title:<{wide}}  {one.points}  {said}"
                )
        if self.trouble:
            lines.append(f"Not kept beyond this session: {self.trouble}.")
        return "\n".join(lines)


def progress(chapter: int | None = None) -> Progress:
    """What you have passed so far, exercise by exercise; of the whole course, or of one chapter.

    Raises
    ------
    ValueError
        When the course has no such chapter.
    """
    return Progress(now(), chapter)
