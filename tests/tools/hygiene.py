"""What must be true of every committed notebook, as functions that yield one sentence for each fault.

A chapter is a test: its outputs are compared with those of a new run. These rules keep that comparison from
becoming vacuous (a cell without a count is never compared), and the file from telling what is true on one
machine only.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbval.plugin import comment_markers, metadata_tags

from tests.tools.chapters import normalise

LONGEST_CELL = 14  # lines
LARGEST_FILE = 6_000_000  # bytes; beyond a few megabytes JupyterLab and Binder become slow

# what makes nbval look away: every tag and comment of its own but the one that asks for a comparison
LOOKING_AWAY = {tag for tag, marker in metadata_tags.items() if marker != "check"}
LOOKING_AWAY_COMMENTS = {comment for comment, marker in comment_markers.items() if marker != "check"}

MACHINE_PATH = re.compile(
    r"(?<![\w./:~-])/(?:Users|home|mnt|opt|private|root|tmp|usr|var|work)/[\w.-]+"
    r"|\b[A-Za-z]:\\+(?:Users|Windows|Program|Temp)|ipykernel_\d+"
)
DEFAULT_REPR = re.compile(r"\bat 0x[0-9A-Fa-f]+")
LINK = re.compile(
    r"""\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)"""  # [words](target "title")
    r"""|^\[[^\]]+\]:\s*(\S+)"""  # [words]: target
    r"""|(?:href|src)=["']([^"']+)["']""",
    re.MULTILINE,
)
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`[^`\n]*`")


def faults(path: Path) -> list[str]:
    """All that is wrong with the notebook at `path`."""
    notebook = nbformat.read(path, as_version=4)
    found = [*size(path), *identity(path), *links(notebook, path)]
    for rule in (metadata, counts, comparison, length, machine):
        found += rule(notebook)
    return [f"{path.name}: {fault}" for fault in found]


def size(path: Path) -> Iterator[str]:
    """A notebook that is too large to open."""
    if path.stat().st_size > LARGEST_FILE:
        yield f"{path.stat().st_size:,} bytes, more than {LARGEST_FILE:,}"


def metadata(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """A kernel other than python3, a version, stored widgets: whatever `make chapters` would take away."""
    if notebook != normalise(nbformat.from_dict(json.loads(json.dumps(notebook)))):
        yield "metadata or outputs hold what one machine or one kernel knows; `make chapters` takes it away"


def identity(path: Path) -> Iterator[str]:
    """A cell without an id of its own, in the file itself: nbformat mends that silently when it reads."""
    seen = set()
    for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        name = cell.get("id")
        if not name or name in seen:
            yield f"cell {number} has no id of its own"
        seen.add(name)


def code_cells(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, nbformat.NotebookNode]]:
    """The code cells, each with its number among all cells."""
    return ((n, cell) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code")


def counts(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """A notebook not run from the top in one kernel; nbval never compares a cell without a count."""
    for expected, (number, cell) in enumerate(code_cells(notebook), start=1):
        if not cell.source.strip():
            yield f"cell {number} is empty"
        elif cell.execution_count != expected:
            yield f"cell {number} has count {cell.execution_count}; a run from the top gives {expected}"
            return


def comparison(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """A cell taken out of the comparison that does not say why: metadata `{"distlab": {"reason": "..."}}`."""
    for number, cell in code_cells(notebook):
        lines = [line.strip() for line in cell.source.splitlines()]
        comments = {line.lstrip("#").strip() for line in lines if line.startswith("#")}
        marks = LOOKING_AWAY.intersection(cell.metadata.get("tags", ())) | (LOOKING_AWAY_COMMENTS & comments)
        if marks and not str(cell.metadata.get("distlab", {}).get("reason", "")).strip():
            yield f"cell {number} is marked {', '.join(sorted(marks))} and gives no reason in its metadata"


def length(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """A code cell that is more than one idea."""
    for number, cell in code_cells(notebook):
        if (lines := len(cell.source.splitlines())) > LONGEST_CELL:
            yield f"cell {number} has {lines} lines, more than {LONGEST_CELL}"


def texts(notebook: nbformat.NotebookNode) -> Iterator[tuple[int, str]]:
    """All that a reader can read, cell by cell: sources and outputs, but for the bytes of pictures."""
    for number, cell in enumerate(notebook.cells):
        yield number, cell.source
        for output in cell.get("outputs", ()):
            yield number, output.get("text", "")
            yield number, "\n".join(output.get("traceback", ()))
            for kind, value in output.get("data", {}).items():
                if kind not in ("image/png", "image/jpeg"):
                    yield number, value if isinstance(value, str) else json.dumps(value)


def machine(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Paths of one machine, process ids, addresses in memory."""
    for number, text in texts(notebook):
        for pattern in (MACHINE_PATH, DEFAULT_REPR):
            if found := pattern.search(text):
                yield f"cell {number} shows {found[0]!r}, which differs from machine to machine"


def links(notebook: nbformat.NotebookNode, path: Path) -> Iterator[str]:
    """Links of the text to files or headings that are not there."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for target in dead_links(cell.source, path):
                yield f"cell {number} links to {target}, which is not there"


def dead_links(markdown: str, path: Path) -> Iterator[str]:
    """The targets in the text of the file at `path` that name no file, or no heading of a notebook."""
    for groups in LINK.findall(INLINE.sub("", FENCED.sub("", markdown))):
        target = "".join(groups)
        if re.match(r"[a-z]+:", target):  # another site, or an attachment of the cell
            continue
        name, _, heading = unquote(target).partition("#")
        file = path.parent / name if name else path
        if not file.exists() or (heading and file.suffix == ".ipynb" and heading not in anchors(file)):
            yield target


def anchors(path: Path) -> set[str]:
    """Where links into a notebook may lead: explicit ids, and headings as JupyterLab names them, with hyphens."""
    notebook = nbformat.read(path, as_version=4)
    prose = "\n".join(FENCED.sub("", cell.source) for cell in notebook.cells if cell.cell_type == "markdown")
    lines = re.findall(r"^#+[ \t]+(.+)$", prose, re.MULTILINE)
    ids = re.findall(r"""<a id=["']([^"']+)["']""", prose)
    return {re.sub("[`*]", "", line).strip().replace(" ", "-") for line in lines}.union(ids)
