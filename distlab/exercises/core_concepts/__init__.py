"""The exercises of chapter 2; importing this registers them."""

from distlab.exercises.core_concepts import stale
from distlab.exercises.core_concepts.stale import late_reader

__all__ = ["late_reader", "stale"]
