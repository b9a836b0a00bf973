"""The exercises of chapter 2; importing this registers them."""

from distlab.exercises.core_concepts import histories, stale
from distlab.exercises.core_concepts.histories import six_histories
from distlab.exercises.core_concepts.stale import late_reader

__all__ = ["histories", "late_reader", "six_histories", "stale"]
