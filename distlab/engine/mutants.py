"""Five fixed ways to break a protocol, to see whether the invariants would notice.

An invariant that holds for the protocol and for every broken one says little about either.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from distlab import values
from distlab.effects import SEND, WRITE, Effect
from distlab.engine.reactions import Reactions
from distlab.engine.words import many
from distlab.node import Node


class Mutant:
    """A protocol that was changed in one place; this one drops nothing, ignores nothing, forgets nothing."""

    title = "unchanged"

    def effects(self, node: Node, effects: list[Effect]) -> list[Effect]:
        """What comes of a handler's effects."""
        return effects

    def ignores(self, message: Any) -> bool:
        """Whether a message is received and not handled."""
        return False

    def forgets(self, node: Node) -> bool:
        """Whether a crash takes the node's disk, too."""
        return False


class Drop(Mutant):
    """A kind of message is never sent."""

    def __init__(self, kind: type) -> None:
        self.kind, self.title = kind, f"drop {kind.__name__}"

    def effects(self, node: Node, effects: list[Effect]) -> list[Effect]:
        """Without the messages of this kind."""
        return [effect for effect in effects if effect[0] != SEND or type(effect[2]) is not self.kind]


class Ignore(Mutant):
    """A kind of message arrives, and nobody reacts."""

    def __init__(self, kind: type) -> None:
        self.kind, self.title = kind, f"ignore {kind.__name__}"

    def ignores(self, message: Any) -> bool:
        """Whether the message is of this kind."""
        return type(message) is self.kind


class Flip(Mutant):
    """A field of a message says the opposite."""

    def __init__(self, kind: type, field: str) -> None:
        self.kind, self.field, self.title = kind, field, f"flip {kind.__name__}.{field}"

    def effects(self, node: Node, effects: list[Effect]) -> list[Effect]:
        """With the field turned round in each message of this kind."""
        return [self._flipped(effect) for effect in effects]

    def _flipped(self, effect: Effect) -> Effect:
        if effect[0] != SEND or type(effect[2]) is not self.kind:
            return effect
        message: Any = effect[2]
        return (
            *effect[:2],
            msgspec.structs.replace(message, **{self.field: not getattr(message, self.field)}),
        )


class Skip(Mutant):
    """A write is left out."""

    def __init__(self, cls: type, log: bool, key: Any) -> None:
        self.cls, self.key, self.log = cls, values.key(key), log
        self.title = f"skip {cls.__name__}'s write of {'its log' if log else values.text(key)}"

    def effects(self, node: Node, effects: list[Effect]) -> list[Effect]:
        """Without the writes to this place."""
        return [effect for effect in effects if not (isinstance(node, self.cls) and self._hits(effect))]

    def _hits(self, effect: Effect) -> bool:
        if effect[0] != WRITE:
            return False
        return (
            effect[1] == "append" if self.log else effect[1] != "append" and values.key(effect[2]) == self.key
        )


class Forget(Mutant):
    """A crash takes the disk."""

    def __init__(self, cls: type) -> None:
        self.cls, self.title = cls, f"forget {cls.__name__}'s disk"

    def forgets(self, node: Node) -> bool:
        """Whether the node is of this class."""
        return type(node) is self.cls


class Mutation(NamedTuple):
    """What was changed; what noticed it, if anything did; and whether the search for that was cut short."""

    title: str
    noticed: str | None
    cut: bool = False

    def __str__(self) -> str:
        if self.noticed:
            return f"{self.title}: noticed by {self.noticed}"
        return f"{self.title}: not noticed" + (", as far as was searched" if self.cut else "")


class Mutations(tuple[Mutation, ...]):
    """What was noticed of all mutations; displaying it lists them."""

    __slots__ = ()

    def __repr__(self) -> str:
        noticed = sum(mutation.noticed is not None for mutation in self)
        return "\n".join([f"{noticed} of {many(len(self), 'mutation')} noticed", *map(str, self)])

    def brief(self) -> str:
        """How many were noticed, in a line."""
        noticed = sum(mutation.noticed is not None for mutation in self)
        return f"of {many(len(self), 'mutation')} of the protocol {noticed} would be noticed; mutations() lists them"


def mutants(reactions: Reactions) -> Iterator[Mutant]:
    """The mutants of a protocol, as far as the search has come to know it."""
    kinds = list(dict.fromkeys(type(message) for _, _, message in reactions.messages))
    yield from map(Drop, kinds)
    yield from map(Ignore, kinds)
    for kind in kinds:
        examples = [message for _, _, message in reactions.messages if type(message) is kind]
        for field in kind.__struct_fields__:
            if all(isinstance(getattr(message, field), bool) for message in examples):
                yield Flip(kind, field)
    for (cls, log, _), key in reactions.writes.items():
        yield Skip(cls, log, key)
    if reactions.crashes:
        yield from map(Forget, dict.fromkeys(cls for cls, _, _ in reactions.writes))
