"""Run the benchmarks named on the command line, else all: `python -m tests.benchmarks imports`."""

import importlib
import os
import pkgutil
import sys

import tests.benchmarks

HELPERS = {"__main__", "table"}


def main(chosen: list[str]) -> None:
    """Run one after the other, never two at a time."""
    os.environ.setdefault("DISTLAB_QUIET", "1")  # no progress bars between the tables
    known = [m.name for m in pkgutil.iter_modules(tests.benchmarks.__path__) if m.name not in HELPERS]
    if unknown := set(chosen) - set(known):
        sys.exit(f"no benchmark is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    for name in chosen or known:
        importlib.import_module(f"tests.benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
