"""What a notebook shows when a cell ends in an exception: the learner's own lines, none of ours, and the run so far.

Somebody who gave a wrong argument is helped by the sentence and by the line that they wrote. The frames
below it, inside this package, would only bury both; with DISTLAB_DEBUG=1 they are shown.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

HOME = str(Path(__file__).parent)


def shorten(tb: TracebackType | None) -> None:
    """Cut a traceback, in place, after the last frame that is not ours, if it ends in ours."""
    last, frame = None, tb
    while frame is not None:
        if not frame.tb_frame.f_code.co_filename.startswith(HOME):
            last = frame
        frame = frame.tb_next
    if last is not None:
        ours = last.tb_next is not None and last.tb_next.tb_frame.f_code.co_filename.startswith(HOME)
        last.tb_next = None if ours else last.tb_next


def theirs(tb: TracebackType | None) -> TracebackType | None:
    """The frames of a traceback that are not ours: where a function that the learner gave us broke."""
    kept = []
    while tb is not None:
        if not tb.tb_frame.f_code.co_filename.startswith(HOME):
            kept.append(tb)
        tb = tb.tb_next
    for frame, following in zip(kept, [*kept[1:], None][: len(kept)], strict=True):
        frame.tb_next = following
    return kept[0] if kept else None


def _shown(
    shell: Any, kind: type, error: BaseException, tb: TracebackType | None, tb_offset: int | None = None
) -> None:
    """IPython calls this in place of showing the traceback itself."""
    shorten(tb)
    error.__suppress_context__ = True
    if (cause := error.__cause__) is not None:
        cause.__traceback__ = theirs(cause.__traceback__)
        if cause.__traceback__ is None:  # all of it happened in here, and the sentence says it
            error.__cause__ = None
    shell.showtraceback((kind, error, tb), tb_offset=tb_offset)
    trace = getattr(error, "trace", None)
    if trace is not None:  # a node broke: draw the run up to there
        from IPython.display import display

        display(trace)


def watch() -> None:
    """In a notebook, from now on show exceptions so; elsewhere do nothing."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is not None and not os.environ.get("DISTLAB_DEBUG"):
        shell.set_custom_exc((Exception,), _shown)
