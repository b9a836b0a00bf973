"""What a teacher may turn: other seeds and sizes for the batteries, and whether solutions are shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from random import Random

import msgspec

SWITCH = "DISTLAB_COURSE"


class Course(msgspec.Struct, frozen=True):
    """The set-up that attempts are checked under.

    Parameters
    ----------
    seed : int
        What the batteries draw their systems from; 0 in a course without a teacher.
    solutions : {"shown", "hidden"}
    """

    seed: int = 0
    solutions: str = "shown"

    def random(self, *names: str | int) -> Random:
        """A stream of chance for one purpose of a battery: the same for the same seed and names."""
        words = "/".join(map(str, (self.seed, *names)))
        return Random(int.from_bytes(blake2b(words.encode(), digest_size=8).digest(), "big"))

    @classmethod
    def now(cls, environment: Mapping[str, str] = os.environ) -> Course:
        """The course that ``DISTLAB_COURSE`` describes: ``seed=123,solutions=hidden``, or a file of such lines.

        Raises
        ------
        ValueError
            When it says something else; the sentence says what it may say.
        """
        text = environment.get(SWITCH, "").strip()
        if text and "=" not in text:
            try:
                text = Path(text).expanduser().read_text(encoding="utf-8")
            except OSError as error:
                raise ValueError(
                    f"{SWITCH} is {text!r}: neither settings such as seed=123,solutions=hidden nor a file "
                    f"of them that can be read ({error.strerror})"
                ) from None
        lines = [line.partition("#")[0] for line in text.splitlines()]
        pairs = [pair.strip() for line in lines for pair in line.split(",") if pair.strip()]
        return cls(**dict(map(_setting, pairs)))  # type: ignore[arg-type]


def _setting(pair: str) -> tuple[str, int | str]:
    name, _, value = (part.strip() for part in pair.partition("="))
    if name == "seed" and value.isdecimal():
        return name, int(value)
    if name == "solutions" and value in ("shown", "hidden"):
        return name, value
    raise ValueError(
        f"{SWITCH} says {pair!r}; it may say seed=<a whole number> and solutions=shown or solutions=hidden"
    )
