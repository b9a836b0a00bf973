"""Pictures of runs, networks and measurements, all in one look."""

from distlab.figures.picture import Picture
from distlab.figures.spacetime import spacetime

__all__ = ["Picture", "spacetime"]
