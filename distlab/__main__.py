"""``python -m distlab check chapters/1_background.ipynb``: run a completed notebook and grade it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Carry out what the command line says.

    Returns
    -------
    int
        0 when every exercise is passed, 1 when not, 2 when a notebook could not be graded.
    """
    parser = argparse.ArgumentParser(prog="python -m distlab", description="Tools of the course.")
    commands = parser.add_subparsers(required=True, metavar="command")
    check = commands.add_parser("check", help="run completed notebooks and grade their exercises")
    check.add_argument("notebooks", nargs="+", type=Path, metavar="chapters/x.ipynb")
    return grade(parser.parse_args(arguments).notebooks)


def grade(paths: list[Path]) -> int:
    """Grade notebooks, print a table for each, and give the exit code."""
    from distlab.exercises import notebook
    from distlab.exercises.verdict import PASSED

    code = 0
    for path in paths:
        try:
            grades = notebook.grade(path)
        except (ValueError, RuntimeError) as error:
            print(f"{path.name}: not graded: {error}", file=sys.stderr)
            code = 2
            continue
        print(notebook.table(path.name, grades))
        code = max(code, 0 if all(one.outcome == PASSED for one in grades) else 1)
    return code


if __name__ == "__main__":
    sys.exit(main())
