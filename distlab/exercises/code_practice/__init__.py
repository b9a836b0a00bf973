"""The exercises of chapter 4; importing this registers them."""

from distlab.exercises.code_practice import ring

__all__ = ["ring"]
