"""The exercises of chapter 3; importing this registers them."""

from distlab.exercises.algorithms import believers, hashing, outcomes, trust
from distlab.exercises.algorithms.believers import two_clients

__all__ = ["believers", "hashing", "outcomes", "trust", "two_clients"]
