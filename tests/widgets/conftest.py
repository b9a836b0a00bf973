"""JavaScript that draws nothing, run by node."""

import json
import shutil
import subprocess

import pytest

from distlab.widgets.player import script


@pytest.fixture
def answer(tmp_path):
    """`answer("f(data)", data)` is what the expression gives, in the module that a page loads."""
    if shutil.which("node") is None:
        pytest.skip("there is no node to run JavaScript with")
    (tmp_path / "player.mjs").write_text(script(), encoding="utf-8")

    def run(expression, data=None):
        (tmp_path / "data.json").write_text(json.dumps(data))
        code = (
            'import * as p from "./player.mjs"; import { readFileSync } from "node:fs";\n'
            'const data = JSON.parse(readFileSync("./data.json", "utf8"));\n'
            f"console.log(JSON.stringify({expression}));"
        )
        (tmp_path / "ask.mjs").write_text(code)
        done = subprocess.run(["node", "ask.mjs"], capture_output=True, text=True, check=True, cwd=tmp_path)
        return json.loads(done.stdout)

    return run
