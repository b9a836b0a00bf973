"""Pictures of runs, networks and measurements, all in one look."""

from distlab.figures.graph import network
from distlab.figures.picture import Picture
from distlab.figures.spacetime import spacetime

__all__ = ["Picture", "network", "spacetime"]
