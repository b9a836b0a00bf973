"""The exercises of chapter 2; importing this registers them."""

from distlab.exercises.core_concepts import histories, invariant, seats, stale, vectors
from distlab.exercises.core_concepts.histories import six_histories
from distlab.exercises.core_concepts.lock import lock_program, three_visitors
from distlab.exercises.core_concepts.stale import late_reader

__all__ = [
    "histories",
    "invariant",
    "late_reader",
    "lock_program",
    "seats",
    "six_histories",
    "stale",
    "three_visitors",
    "vectors",
]
