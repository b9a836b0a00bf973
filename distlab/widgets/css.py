"""The widgets' style: the colours of the course, light or dark as the notebook around them is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from distlab.figures.look import DARK, LIGHT, Look

# JupyterLab and Notebook say on <body> what theme they have; VS Code and its kin have classes of their own.
_DARK_PAGES = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast:not(.vscode-light)")


@lru_cache
def css() -> str:
    """All rules, for an anywidget."""
    rules = (Path(__file__).parent / "widgets.css").read_text(encoding="utf-8")
    return "\n".join([_theme("", LIGHT), *(_theme(f"{page} ", DARK) for page in _DARK_PAGES), rules])


def _theme(page: str, look: Look) -> str:
    """The colours of a look, for widgets and the pictures in them; the ground is the notebook's own."""
    values = "".join(f"--{name}:{value};" for name, value in look.colours if name != "ground")
    ground = f"--ground:var(--jp-layout-color0,{look['ground']});"
    return f"{page}.distlab-widget,{page}.distlab-widget .distlab{{{ground}{values}}}"
