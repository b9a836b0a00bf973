"""Steps that are remembered by those bits of a world that they depend on.

What may happen at a node depends on its part, on the mail to it, and on what was spent. So a node's
column looks at those bits only, and answers a million worlds from a table of a few hundred entries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from distlab.engine.reactions import BrokenNode

if TYPE_CHECKING:
    from distlab.engine.space import Entry, Space

CACHED = 20_000  # entries of a column


class Steps(NamedTuple):
    """All that may happen at a node.

    Attributes
    ----------
    adds : tuple of int
        What is added to the world.
    rest : tuple of (int, extra, bool)
        What is added and then has to be finished, and whether it is a fault.
    calm : bool
        Whether one of ``adds`` is of no fault.
    number : int
        How many steps there are, with those that change nothing.
    still : bool
        Whether everything that is no fault may happen and change nothing (one with a choice may do both).
    """

    adds: tuple[int, ...]
    rest: tuple[tuple[int, Any, bool], ...]
    calm: bool
    number: int
    still: bool = True


class Column(dict[int, Steps]):
    """The steps of a node, by the bits of the world that they depend on.

    Parameters
    ----------
    space : Space
    node : int
    bits : int
        The bits; more are added when messages become known.
    """

    def __init__(self, space: Space, node: int, bits: int) -> None:
        super().__init__()
        self.space, self.node, self.bits = space, node, bits

    def __missing__(self, key: int) -> Steps:
        try:
            entries = self.space.entries(self.node, key)
        except BrokenNode as broken:
            broken.bits, broken.key = self.bits, key
            raise
        if len(self) >= CACHED:
            self.clear()
        self[key] = steps = summary(key, entries)
        return steps


class WholeColumn(Column):
    """The steps of all nodes where they depend on the whole world: none is met twice, none is kept."""

    def __missing__(self, key: int) -> Steps:
        try:
            return summary(key, self.space.moves(key))
        except BrokenNode as broken:
            broken.bits, broken.key = self.bits, key
            raise


def summary(key: int, entries: list[Entry]) -> Steps:
    """What the entries add to every world whose bits are `key`."""
    adds: list[int] = []
    rest: list[tuple[int, Any, bool]] = []
    calm, number, still = False, 0, True
    for what, outs, n in entries:
        number += n
        fault, changing = what.__class__ is str, 0
        for out in outs:
            if out[2] is not None:
                rest.append((out[0], out[2], fault))
            elif add := ((key + out[0]) | out[1]) - key:
                adds.append(add)
                changing += 1
        calm = calm or (changing > 0 and not fault)
        still = still and (fault or changing < n)
    return Steps(tuple(adds), tuple(rest), calm, number, still)
