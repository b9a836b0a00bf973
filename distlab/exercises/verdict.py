"""What `check` answers: one of three outcomes, in words, and a diagram where there is a run to see."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import cached_property
from html import escape
from typing import Any

from distlab.trace import Trace

NOT_ATTEMPTED, PASSED, NOT_YET, UNCHECKED = "not attempted yet", "passed", "not yet", "not checked"
SIGNS = {NOT_ATTEMPTED: "○", PASSED: "✓", NOT_YET: "✗", UNCHECKED: "!"}
COLOURS = {PASSED: "#2F8F5B", NOT_YET: "#C2483D"}  # the course's green and red; the sign says the same
LIKE_TEXT = (  # as JupyterLab sets plain text; elsewhere much the same
    "white-space:pre-wrap;margin:0;padding:0;"
    "font-size:var(--jp-code-font-size,13px);line-height:var(--jp-code-line-height,1.3077)"
)
MOST_EVENTS = 30_000  # a longer run teaches nobody anything, and is slow to send


class Verdict:
    """The answer of a check; displaying it shows the words and the run.

    Parameters
    ----------
    id, title : str
        The exercise.
    outcome : str
        ``"passed"``, ``"not yet"``, ``"not attempted yet"``; or ``"not checked"``, when it was no fault of
        the attempt.
    lines : iterable of str
        Whole sentences.
    advice : str
        What the learner might do next.
    printed : iterable of str
        What the attempt printed.
    run : str, optional
        The run to show, as `Trace.to_json` writes it.
    options : mapping
        How to draw it: the options of `distlab.figures.spacetime`.
    """

    def __init__(
        self,
        id: str,
        title: str,
        outcome: str,
        lines: Iterable[str] = (),
        *,
        advice: str = "",
        printed: Iterable[str] = (),
        run: str | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self.id, self.title, self.outcome, self.advice = id, title, outcome, advice
        self.lines, self.printed = list(lines), list(printed)
        self._run, self._options = run, dict(options or {})

    @property
    def passed(self) -> bool:
        """Whether the attempt is right."""
        return self.outcome == PASSED

    @cached_property
    def trace(self) -> Trace | None:
        """The run that shows it, or None."""
        return None if self._run is None else Trace.from_json(self._run)

    @cached_property
    def picture(self) -> Any:
        """The diagram of that run, or None when there is none or it cannot be drawn."""
        if self.trace is None:
            return None
        options = {name: value for name, value in self._options.items() if value}
        for name in ("mark", "between"):
            if name in options:
                options[name] = _tuples(options[name])
        try:
            return self.trace.diagram(**options)
        except Exception:  # the words are complete without it, and a check never raises
            return None

    @property
    def text(self) -> str:
        """The answer in words."""
        head = f"{SIGNS[self.outcome]} {self.id} {self.title}".rstrip() + f" · {self.outcome}"
        lines = [head, *(f"  {line}" for line in self.lines)]
        if self.advice:
            lines.append(f"  → {self.advice}")
        if self.printed:
            lines += ["  It printed:", *(f"  │ {line}" for line in self.printed)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/plain": self.text}
        if self.picture is not None:
            bundle["image/png"] = b64encode(self.picture.png()).decode("ascii")
            bundle["text/html"] = self._html(bundle["image/png"])
        return bundle

    def _html(self, png: str) -> str:
        """Words and picture together, because a notebook shows only one form of a result."""
        sign, colour = SIGNS[self.outcome], COLOURS.get(self.outcome, "inherit")
        words = escape(self.text, quote=False).replace(sign, f'<span style="color:{colour}">{sign}</span>', 1)
        width = self.picture.size[0]
        return (
            f'<pre style="{LIKE_TEXT}">{words}</pre>'
            f'<img alt="{escape(self.picture.text)}" width="{width}" src="data:image/png;base64,{png}">'
        )


def _tuples(value: Any) -> Any:
    """JSON keeps no tuples, and the figures want them."""
    return tuple(map(_tuples, value)) if isinstance(value, (list, tuple)) else value


def as_data(trace: Trace | None) -> str | None:
    """A run as JSON for a verdict; None when it is too long to look at."""
    return None if trace is None or len(trace) > MOST_EVENTS else trace.to_json()


def until(trace: Trace, event: int) -> Trace:
    """The beginning of a run, up to and with the event of that index: nothing behind the point in question."""
    head = json.loads(trace.to_json())
    rows, seen = [], -1
    for row in head["rows"]:
        seen += row[1] != "asked"  # what a clock answered is an input, and no event
        if seen > event:
            break
        rows.append(row)
    return Trace.from_json(json.dumps(head | {"rows": rows, "end": rows[-1][0] if rows else 0}))
