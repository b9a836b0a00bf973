"""Runs the handlers of a search, and sees what they do: purity, lines, loops without an exit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from distlab.engine.judge import progress
from distlab.engine.lines import Lines
from distlab.engine.purity import Purity
from distlab.node import Node
from distlab.watchdog import watching


class Inspector:
    """What runs a handler: ``inspector(node, method, arguments)``.

    Attributes
    ----------
    lines : Lines
        Which lines were run.
    runs : int
        How many handlers were run.
    """

    handler_seconds: ClassVar[float] = 10.0
    """Wall-clock time after which a handler counts as an endless loop."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.lines, self._purity = Lines(nodes), Purity(nodes)
        self.runs = 0
        self._node: Node | None = None

    def __call__(self, node: Node, method: str, args: tuple[Any, ...]) -> None:
        """Run a handler.

        Raises
        ------
        Fault
            When it did what no handler may do.
        """
        self.runs += 1
        self._node = node
        try:
            with self.lines:
                self._purity.run(node, method, args)
        finally:
            self._node = None

    def __len__(self) -> int:
        """How many effects the handler under way has asked for."""
        return 0 if self._node is None else len(self._node._effects)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """End a handler, or an invariant, that does not come to an end, in the ``with`` block."""
        with watching(self._progress, self, self.handler_seconds):
            yield

    def _progress(self) -> object:
        return progress() if self._node is None else self.runs
