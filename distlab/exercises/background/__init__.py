"""The exercises of chapter 1; importing this registers them."""

from distlab.exercises.background import clock, detector, disagreement, flooding, spots
from distlab.exercises.background.disagreement import three_detectors

__all__ = ["clock", "detector", "disagreement", "flooding", "spots", "three_detectors"]
