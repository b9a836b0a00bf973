"""Which lines of the handlers were run: a branch that no schedule takes proves nothing."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Sequence
from types import CodeType, FrameType
from typing import Any, NamedTuple

from distlab.engine.purity import classes, codes, functions
from distlab.node import Node


class Line(NamedTuple):
    """A line of a class of nodes."""

    where: str  # the function: ``Participant.receive``
    number: int
    text: str

    def __str__(self) -> str:
        return f"{self.where}, line {self.number}" + (f": {self.text}" if self.text else "")


class Lines:
    """Watches which lines of the nodes' classes run, until all of them have.

    Parameters
    ----------
    nodes : list of Node
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._missing: dict[CodeType, set[int]] = {}
        self._titles: dict[CodeType, str] = {}
        for cls in classes(nodes):
            for function in functions(cls):
                if function.__name__ != "__init__" and function.__code__ not in self._missing:
                    for code in codes(function.__code__):
                        lines = {
                            line for _, _, line in code.co_lines() if line and line != code.co_firstlineno
                        }
                        self._missing[code] = lines
                        self._titles[code] = function.__qualname__.split("<locals>.")[-1]

    def __enter__(self) -> Lines:
        self._ours = sys.gettrace() is None  # a debugger has precedence
        if self._ours:
            sys.settrace(self._trace)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._ours:
            sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, arg: Any) -> Any:
        return self._line if self._missing.get(frame.f_code) else None

    def _line(self, frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            self._missing[frame.f_code].discard(frame.f_lineno)
        return self._line

    def never_run(self) -> list[Line]:
        """The lines that never ran; of several in a row the first."""
        never = []
        for code, missing in self._missing.items():
            first = [n for n in sorted(missing) if n - 1 not in missing]
            texts = [linecache.getline(code.co_filename, n).strip() for n in first]
            never += [Line(self._titles[code], n, text) for n, text in zip(first, texts, strict=True)]
        return sorted(set(never))
