"""What all tests share: how many examples a property is tried on."""

import os

from hypothesis import settings

# The same examples in every run, so that a red test stays red; the soak looks for new ones.
settings.register_profile("default", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("soak", max_examples=5_000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
