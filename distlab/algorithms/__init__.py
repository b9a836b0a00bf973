"""The algorithms of the course, each written to be read beside its paper."""
