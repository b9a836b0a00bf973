"""Who may import whom in distlab: the floors of the house, read from the source with `ast`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx

# From the ground up; a name is a module or a package of distlab.
FLOORS = (
    (
        "cells",
        "effects",
        "events",
        "history",
        "node",
        "plain",
        "schedule",
        "shipping",
        "trace",
        "values",
        "wire",
    ),
    ("blame", "chance", "clock", "enabled", "faults", "network", "steps", "topology", "watchdog", "world"),
    (
        "adversary",
        "engine",
        "exploration",
        "explore",
        "links",
        "live",
        "process",
        "run",
        "seeds",
        "shrink",
        "simulate",
        "trouble",
    ),
    ("checking",),
    ("algorithms",),
    ("systems",),
    ("services",),
    ("figures", "widgets"),
    ("exercises",),
    ("__init__", "__main__"),
)
FLOOR = {unit: height for height, units in enumerate(FLOORS) for unit in units}

# A figure draws what a trace says, whatever the algorithm.
STRANGERS = {("figures", "algorithms"), ("figures", "systems")}


@dataclass(frozen=True)
class Import:
    """One import statement's meaning: module `source` needs module `target`."""

    source: str
    target: str
    line: int
    lazy: bool  # not carried out when the module is: inside a function, or for type checkers only


def modules(package: Path) -> dict[str, Path]:
    """Every module of the package, by its dotted name; a package by that of its __init__."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = path.relative_to(package.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(package: Path) -> list[Import]:
    """Every import of the package's own modules, once."""
    found: dict[Import, None] = {}
    known = modules(package)
    for source, path in known.items():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(n) for outer in ast.walk(tree) if defers(outer) for n in ast.walk(outer)}
        home = source if path.stem == "__init__" else source.rpartition(".")[0]
        for node in ast.walk(tree):
            for target in targets(node, home):
                while target and target not in known:  # `from distlab.node import Node` names no module Node
                    target = target.rpartition(".")[0]
                if target and target != source:
                    found[Import(source, target, node.lineno, lazy=id(node) in inside)] = None
    return list(found)


def defers(node: ast.AST) -> bool:
    """Is this a function, or a block for type checkers: code that the import of its module does not run?"""
    if isinstance(node, ast.If):
        return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def targets(node: ast.AST, home: str) -> Iterator[str]:
    """The dotted names that an import statement in package `home` may mean."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = ".".join(home.split(".")[: len(home.split(".")) + 1 - node.level]) if node.level else ""
        module = ".".join(filter(None, (base, node.module)))
        yield from (f"{module}.{alias.name}" for alias in node.names)


def unit(module: str) -> str:
    """The name on a floor that a module belongs to; the package itself is the roof."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def faults(package: Path) -> Iterator[str]:
    """One sentence for each module on no floor, import upwards, meeting of strangers, and circle."""
    for module in modules(package):
        if unit(module) not in FLOOR:
            yield f"{module} stands on no floor: name {unit(module)} in tests/tools/floors.py"
    graph = nx.DiGraph()
    for need in imports(package):
        source, target = unit(need.source), unit(need.target)
        if not need.lazy:
            graph.add_edge(need.source, need.target)
        if source not in FLOOR or target not in FLOOR:
            continue
        if FLOOR[target] > FLOOR[source]:
            yield f"{need.source}:{need.line} imports {need.target}, which stands on a higher floor"
        if (source, target) in STRANGERS:
            yield f"{need.source}:{need.line} imports {need.target}; {source} must not know {target}"
    for circle in sorted(sorted(c) for c in nx.strongly_connected_components(graph) if len(c) > 1):
        yield f"{', '.join(circle)} import each other in a circle"
