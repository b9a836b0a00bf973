"""A teacher's seed makes other cases, and what is right is right in all of them."""

import os

import pytest

from distlab.exercises import Course
from distlab.exercises.registry import find
from distlab.exercises.solutions import background, core_concepts

RIGHT = {
    "1.1": background.Walker,
    "1.2": background.Detector,
    "1.3": background.Flooder,
    "1.4": background.weak_spots,
    "2.2": (core_concepts.Walker, core_concepts.before),
    "2.5": (core_concepts.Buyer, core_concepts.Office),
}
# among the first are those that some battery once was unfair under
SEEDS = [6, 26, 1, 2] + (list(range(3, 60)) if os.environ.get("DISTLAB_SOAK") else [])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", RIGHT)
def test_a_reference_passes_under_every_seed(id, seed):
    assert " systems of " in (tried := find(id).battery(RIGHT[id], Course(seed))) or " networks, " in tried
