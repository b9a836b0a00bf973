"""Attempts as a learner makes them: the text of a notebook cell, run as a kernel runs it."""

import itertools
import linecache
import textwrap

import distlab

SET_UP = {name: getattr(distlab, name) for name in "Clock Crash Loss Message Node Partition Pause".split()}
_numbers = itertools.count(1)


def run(source, **names):
    """Run a cell and return its names; its lines can be found again, as those of a real cell."""
    source = textwrap.dedent(source)
    file = f"/nowhere/ipykernel_1/{next(_numbers)}.py"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    space = {"__name__": "__main__", **SET_UP, **names}
    exec(compile(source, file, "exec"), space)
    return space
