import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import floors

ROOT = Path(__file__).parents[1]


def test_every_import_of_distlab_goes_down_or_sideways():
    assert "\n".join(floors.faults(ROOT / "distlab")) == ""


@pytest.fixture
def house(tmp_path):
    """A small package to break rules in: `house({"node.py": "import ..."})` gives its faults."""

    def build(files):
        for name, text in {"__init__.py": "", **files}.items():
            path = tmp_path / "distlab" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return list(floors.faults(tmp_path / "distlab"))

    return build


def test_imports_down_and_sideways_are_allowed(house):
    files = {
        "node.py": "from distlab.history import History",
        "history.py": "",
        "world.py": "from distlab import node\nfrom .history import History",
        "checking/__init__.py": "from .models import Register",
        "checking/models.py": "from ..node import Node",
        "__init__.py": "from distlab.checking import models",
    }
    assert house(files) == []


@pytest.mark.parametrize(
    "statement",
    [
        "import distlab.world",
        "from distlab import world",
        "from .world import World",
        "def f():\n    from . import world",
    ],
)
def test_an_import_upwards_is_found_in_every_form(house, statement):
    (fault,) = house({"node.py": statement, "world.py": ""})
    assert "distlab.node" in fault
    assert "distlab.world, which stands on a higher floor" in fault


def test_nobody_imports_the_roof(house):
    (fault,) = house({"node.py": "from distlab import Message"})
    assert "imports distlab, which stands on a higher floor" in fault


def test_a_figure_knows_no_algorithm(house):
    (fault,) = house({"figures/ring.py": "import distlab.algorithms.hashing", "algorithms/hashing.py": ""})
    assert "figures must not know algorithms" in fault


def test_a_circle_is_found(house):
    (fault,) = house({"node.py": "import distlab.trace", "trace.py": "import distlab.node"})
    assert fault == "distlab.node, distlab.trace import each other in a circle"


def test_an_import_for_type_checkers_makes_no_circle(house):
    typing = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import distlab.node"
    assert house({"node.py": "import distlab.trace", "trace.py": typing}) == []


def test_a_module_on_no_floor_is_found(house):
    (fault,) = house({"utils.py": ""})
    assert "distlab.utils stands on no floor" in fault


# What nobody who types `import distlab` should wait for: drawing libraries, widgets, clients of servers.
HEAVY = (
    "IPython anywidget cassandra confluent_kafka consul etcd3gw ipywidgets kazoo matplotlib psycopg redis "
    "distlab.exercises distlab.figures distlab.services distlab.widgets"
).split()


def test_import_distlab_is_light():
    code = f"import sys, distlab; print(*(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
