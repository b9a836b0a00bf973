"""How long a learner waits for `import distlab`, beside `import matplotlib.pyplot`."""

import subprocess
import sys

from tests.benchmarks.table import Sampler, compare, show


def importing(module: str) -> Sampler:
    """The seconds that the import takes in a fresh interpreter, without those in which Python itself starts."""
    code = f"import time; began = time.perf_counter(); import {module}; print(time.perf_counter() - began)"

    def sample() -> float:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(done.stdout)

    return sample


def main() -> None:
    """Measure, and print the table."""
    row = compare("import", importing("distlab"), importing("matplotlib.pyplot"), goal=10)
    show("Import in a fresh interpreter", [row], peer="matplotlib.pyplot")


if __name__ == "__main__":
    main()
