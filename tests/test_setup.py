"""The set-up files agree with each other and with the code."""

import ast
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def requirements(lines):
    """What each line asks for, by the package's canonical name."""
    return {canonicalize_name(r.name): r for r in map(Requirement, lines)}


COURSE = requirements(PROJECT["dependencies"])
TEST = requirements(PROJECT["optional-dependencies"]["test"])
BENCH = requirements(PROJECT["optional-dependencies"]["bench"])


def pins():
    """The exact versions of constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return requirements(line for line in lines if not line.startswith("#"))


def test_dependencies_are_lower_bounds_in_order():
    for wanted in (PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()):
        assert [r for r in wanted if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+", r)] == []
        names = [canonicalize_name(Requirement(line).name) for line in wanted]
        assert names == sorted(set(names))


def test_constraints_pin_every_dependency_within_its_bound():
    exact = pins()
    assert [str(r) for r in exact.values() if not re.fullmatch(r"==[^*]+", str(r.specifier)) or r.url] == []
    for name, wanted in {**COURSE, **TEST, **BENCH}.items():
        (pin,) = exact[name].specifier
        assert wanted.specifier.contains(pin.version), f"{wanted} is pinned at {pin.version}"


def test_the_conda_environment_asks_for_what_the_project_asks_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert [re.match("[a-z]+", spec)[0] for spec in conda] == ["python", "openjdk", "maven", "pip"]
    constraint, *packages = pip["pip"]
    assert constraint == "-c constraints.txt"
    assert packages == PROJECT["dependencies"]


def test_binder_reads_a_copy_of_the_environment():
    binder = ROOT / "binder"
    assert (binder / "environment.yml").read_bytes() == (ROOT / "environment.yml").read_bytes()
    # its constraints.txt, which pip looks for beside it, leads to the one of the project
    (line,) = [s for s in (binder / "constraints.txt").read_text().splitlines() if not s.startswith("#")]
    flag, target = line.split()
    assert flag == "-c" and (binder / target).resolve() == ROOT / "constraints.txt"


def test_the_address_of_the_repository_stands_in_one_place():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (link,) = re.findall(r"https://mybinder\.org/\S+", readme)
    assert readme.rstrip().endswith(link)
    assert parse_qs(urlsplit(link).query) == {"labpath": ["chapters/1_background.ipynb"]}


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no executable bit")
@pytest.mark.parametrize("script", [".ci/run", "binder/postBuild"])
def test_scripts_can_be_run_and_parse(script):
    path = ROOT / script
    assert os.access(path, os.X_OK) and path.read_text().startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", path], check=True)


@pytest.mark.skipif(not shutil.which("make") or os.name == "nt", reason="there is no make here")
def test_make_help_lists_every_target():
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1].split()
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert [line.split()[1] for line in done.stdout.splitlines()] == phony
    subprocess.run(["make", "--dry-run", *phony], cwd=ROOT, capture_output=True, check=True)


def test_the_workflow_says_that_nobody_ran_it():
    text = (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")
    assert text.startswith("# unverified: written without a runner\n")
    assert yaml.safe_load(text)["jobs"].keys() == {"make-test", "windows"}


def test_the_readme_gives_the_commands_of_the_makefile():
    makefile = (
        (ROOT / "Makefile")
        .read_text(encoding="utf-8")
        .replace("$(CHAPTERS)", "chapters")
        .replace("$(JOBS)", "2")
    )
    commands = re.findall(
        r"^\t(\$\(BIN\)/(?:ruff check \.|ruff format --check|mypy|pytest).*)$", makefile, re.MULTILINE
    )
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [c for c in commands if c.replace("$(BIN)", ".venv/bin") not in readme]
    assert len(commands) == 6 and missing == []


def imported(source):
    """The top-level names that a piece of Python imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module.partition(".")[0]


def foreign(files, allowed):
    """Every import in `files` that neither Python, the project, nor an allowed package provides."""
    providers = importlib.metadata.packages_distributions()
    for name, source in files.items():
        for module in sorted(set(imported(source)) - sys.stdlib_module_names - {"distlab", "tests"}):
            if not allowed.keys() & map(canonicalize_name, providers.get(module, [module])):
                yield f"{name} imports {module}"


def sources(folder):
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (ROOT / folder).rglob("*.py")
    }


def test_the_package_imports_only_what_it_declares():
    assert list(foreign(sources("distlab"), COURSE)) == []


def test_the_tests_import_only_what_they_declare():
    # what pytest cannot do without
    company = requirements(["packaging"])
    benchmarks = sources("tests/benchmarks")
    tests = {name: source for name, source in sources("tests").items() if name not in benchmarks}
    assert list(foreign(tests, {**COURSE, **TEST, **company})) == []
    assert list(foreign(benchmarks, {**COURSE, **TEST, **BENCH})) == []


def test_a_notebook_imports_only_distlab_and_its_dependencies():
    books = {}
    for path in ROOT.glob("chapters/*.ipynb"):
        cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
        books[path.name] = re.sub(r"^\s*[%!].*$", "pass", "\n".join(cells), flags=re.MULTILINE)
    assert list(foreign(books, COURSE)) == []


def test_an_undeclared_import_is_found():
    files = {
        "x.py": "import os, pytest.raises\nfrom networkx.algorithms import flow",
        "y.py": "import nowhere",
    }
    assert list(foreign(files, requirements(["networkx"]))) == ["x.py imports pytest", "y.py imports nowhere"]
