"""Measured comparisons with others: `make bench`. A benchmark is a module here with a `main()`; none is a test."""
