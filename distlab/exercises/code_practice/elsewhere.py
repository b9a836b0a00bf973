"""Ask a function in a process of its own: what depends on this one, such as the built-in hash, comes to light."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Any

from distlab.exercises.registry import NotYet
from distlab.shipping import ship

SECONDS = 60
ASK = """
import json, pickle, sys
sys.path[:] = json.loads(sys.argv[1])
function, keys = pickle.load(sys.stdin.buffer)
answers = [function(key) for key in keys]
sys.__stdout__.write("\\n" + json.dumps(answers))
"""


def elsewhere(function: Callable[..., int], keys: Sequence[str]) -> list[Any]:
    """What `function` gives for each key in a new Python, under a hash seed that no other process has.

    Raises
    ------
    NotYet
        When it does not work there.
    """
    path = [p for p in sys.path if p] + [""]
    environment = {**os.environ, "PYTHONHASHSEED": str(1 + os.getpid())}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ASK, json.dumps(path)],
        input=ship((function, list(keys))),
        capture_output=True,
        env=environment,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no word"]
        raise NotYet(
            f"position works here, and not in a process of its own: {last[-1]}.",
            "Every process finds the same.",
            advice="let it depend on the key alone",
        )
    answers: list[Any] = json.loads(done.stdout.decode("utf-8", "replace").splitlines()[-1])
    return answers
