import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.tools import hygiene
from tests.tools.chapters import METADATA, WIDGET_VIEW

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted(ROOT.glob("chapters/*.ipynb"))


@pytest.mark.parametrize("path", CHAPTERS, ids=[path.stem for path in CHAPTERS])
def test_a_chapter_is_clean(path):
    assert "\n".join(hygiene.faults(path)) == ""


# The rules can fail: a clean notebook, and one way to spoil it for each rule.


@pytest.fixture
def clean():
    cells = [
        new_markdown_cell(
            "# A `ring` of *nodes*\n<a id='ring'></a>\n[here](#A-ring-of-nodes) [too](#ring) [there](other.txt) [web](https://example.org)"
        ),
        new_code_cell(
            "1 + 1", execution_count=1, outputs=[new_output("execute_result", {"text/plain": "2"})]
        ),
        new_code_cell(
            "print(3)", execution_count=2, outputs=[new_output("stream", name="stdout", text="3\n")]
        ),
    ]
    return new_notebook(cells=cells, metadata=METADATA)


@pytest.fixture
def faults(tmp_path):
    """Write a notebook to a file and judge it."""
    (tmp_path / "other.txt").touch()

    def judge(notebook):
        path = tmp_path / "chapter.ipynb"
        nbformat.write(notebook, path)
        return hygiene.faults(path)

    return judge


def test_a_clean_notebook_has_no_faults(clean, faults):
    assert faults(clean) == []


def test_a_cell_that_was_not_run_is_found(clean, faults):
    clean.cells[2].execution_count = None
    (fault,) = faults(clean)
    assert "cell 2 has count None; a run from the top gives 2" in fault


def test_cells_run_out_of_order_are_found(clean, faults):
    clean.cells[1].execution_count = 7
    (fault,) = faults(clean)
    assert "cell 1 has count 7" in fault


def test_an_empty_cell_is_found(clean, faults):
    clean.cells.append(new_code_cell(""))
    (fault,) = faults(clean)
    assert "cell 3 is empty" in fault


@pytest.mark.parametrize(
    "tag", ["nbval-skip", "nbval-ignore-output", "nbval-raises-exception", "raises-exception"]
)
def test_a_tag_that_looks_away_needs_a_reason(clean, faults, tag):
    clean.cells[2].metadata["tags"] = [tag]
    (fault,) = faults(clean)
    assert f"cell 2 is marked {tag} and gives no reason" in fault
    clean.cells[2].metadata["distlab"] = {"reason": "the clock of a real server"}
    assert faults(clean) == []


@pytest.mark.parametrize(
    "comment", ["# NBVAL_IGNORE_OUTPUT", "  #NBVAL_SKIP", "# PYTEST_VALIDATE_IGNORE_OUTPUT"]
)
def test_a_comment_that_looks_away_needs_a_reason(clean, faults, comment):
    clean.cells[2].source = f"{comment}\nprint(3)"
    (fault,) = faults(clean)
    assert "gives no reason" in fault


def test_a_cell_over_14_lines_is_found(clean, faults):
    clean.cells[1].source = "\n".join(["x = 1"] * 14)
    assert faults(clean) == []
    clean.cells[1].source += "\nx"
    (fault,) = faults(clean)
    assert "cell 1 has 15 lines" in fault


@pytest.mark.parametrize(
    "text",
    [
        "see /home/ana/course/x.txt",
        "open('/tmp/x')",
        "/root/.cache",
        'File "/work/x.py"',
        r"C:\Users\ana",
        "ipykernel_4711",
        "<Node object at 0x7f12ab>",
    ],
)
def test_what_only_one_machine_prints_is_found(clean, faults, text):
    clean.cells[2].outputs[0].text = text
    (fault,) = faults(clean)
    assert "cell 2 shows" in fault


@pytest.mark.parametrize(
    "text", ["https://example.org/home/ana", "R/tmp/x", r"$X:\Omega \to R$", "slot 0x1f", "a/b"]
)
def test_what_every_machine_prints_is_left_alone(clean, faults, text):
    clean.cells[2].outputs[0].text = text
    assert faults(clean) == []


def test_the_bytes_of_a_picture_are_not_read_as_words(clean, faults):
    clean.cells[1].outputs[0].data["image/png"] = "aaaa /tmp/aaaa"
    assert faults(clean) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda nb: nb.metadata.kernelspec.update(name="distlab-venv"),
        lambda nb: nb.metadata.language_info.update(version="3.11.7"),
        lambda nb: nb.metadata.update(widgets={"state": {}}),
        lambda nb: nb.cells[1].metadata.update(execution={"iopub.busy": "2026"}),
        lambda nb: nb.cells[1].outputs[0].data.update({WIDGET_VIEW: {"model_id": "1"}}),
    ],
    ids=["kernel", "version", "state", "times", "view"],
)
def test_what_dies_with_the_kernel_is_found(clean, faults, spoil):
    spoil(clean)
    (fault,) = faults(clean)
    assert "make chapters" in fault


@pytest.mark.parametrize(
    "target", ["missing.txt", "#No-such-heading", "chapter.ipynb#none", "../nowhere/", "other.TXT"]
)
def test_a_dead_link_is_found(clean, faults, target):
    clean.cells[0].source += f"\n\nmore [there]({target})"
    (fault,) = faults(clean)
    assert f"cell 0 links to {target}" in fault


def test_a_link_inside_code_is_no_link(clean, faults):
    clean.cells[0].source += "\n\n`[a](b)`\n\n```python\nx = [a](b)\n```\n"
    assert faults(clean) == []


@pytest.mark.filterwarnings("ignore::nbformat.warnings.DuplicateCellId")
@pytest.mark.parametrize("old", ['"id": "two"', '"id": "two",'], ids=["doubled", "missing"])
def test_a_cell_without_an_id_of_its_own_is_found(tmp_path, clean, old):
    clean.cells[1].id, clean.cells[2].id = "one", "two"
    path = tmp_path / "chapter.ipynb"
    nbformat.write(clean, path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, "" if old.endswith(",") else '"id": "one"'))
    assert list(hygiene.identity(path)) == ["cell 2 has no id of its own"]


def test_a_file_that_is_too_large_is_found(clean, faults, monkeypatch):
    monkeypatch.setattr(hygiene, "LARGEST_FILE", 100)
    (fault,) = faults(clean)
    assert "more than 100" in fault


# The tree around the chapters.

COURSE = {"README.md", "LICENSE", "chapters", "distlab", "tests", "binder", "environment.yml"}
TOOLS = {".ci", ".github", ".gitignore", "Makefile", "constraints.txt", "pyproject.toml"}
# Written in two parts, so that this file does not hold what it looks for.
INDEX_HOSTS = re.compile(
    "|".join(
        rf"{name}\.{end}"
        for name, end in [
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("anaconda", "(?:org|com)"),
            ("npmjs", "(?:org|com)"),
            ("maven", "org"),
            ("maven[.]apache", "org/maven2"),
            ("debian", "org/debian"),
            ("crates", "io"),
            ("proxy.golang", "org"),
        ]
    )
)


@pytest.fixture(scope="module")
def tree():
    """Every file of the repository, committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout, so there is no list of its files")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_nothing_superfluous_lies_at_the_top(tree):
    assert {path.relative_to(ROOT).parts[0] for path in tree} - COURSE - TOOLS == set()


def test_chapters_hold_nothing_but_chapters(tree):
    files = [path for path in tree if path.parent == ROOT / "chapters"]
    assert [f.name for f in files if not re.fullmatch(r"[1-7]_[a-z_]+\.ipynb", f.name)] == []


def test_no_file_names_an_index_of_packages(tree):
    texts = {path: path.read_bytes().decode("utf-8", "ignore") for path in tree}
    assert [str(path.relative_to(ROOT)) for path, text in texts.items() if INDEX_HOSTS.search(text)] == []


def test_the_readme_links_to_what_is_there():
    readme = ROOT / "README.md"
    assert list(hygiene.dead_links(readme.read_text(encoding="utf-8"), readme)) == []
