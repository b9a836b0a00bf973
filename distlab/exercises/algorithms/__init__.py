"""The exercises of chapter 3; importing this registers them."""

from distlab.exercises.algorithms import hashing

__all__ = ["hashing"]
