"""The exercises of chapter 4; importing this registers them."""

from distlab.exercises.code_practice import fenced, leases, release, ring

__all__ = ["fenced", "leases", "release", "ring"]
