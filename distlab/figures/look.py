"""The one look of the course: its colours, sizes and fonts, light and dark.

Pictures name colours (``var(--blue)``) and never give them, so that the same picture can be light or
dark. Each name has its value here and nowhere else. That the colours can be told apart by colour-blind
readers, and text read on every ground, is tested.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

FAMILY = "Inter, system-ui, sans-serif"
TEXT, SMALL, TITLE = 13, 11, 16
WIDTH = 960
MARGIN = 18


@dataclass(frozen=True)
class Look:
    """A set of colours by name: ``look["blue"]``.

    The ground, the ink on it, muted text and hairlines; lines (``blue`` to ``slate``, and ``red`` only
    for what went wrong); pale bands that ink is readable on (``band-grey`` to ``band-rose``).
    """

    name: str
    colours: tuple[tuple[str, str], ...]

    def __getitem__(self, name: str) -> str:
        return _table(self)[name]

    @cached_property
    def style(self) -> str:
        """The colours as CSS variables of a picture."""
        return ".distlab{" + "".join(f"--{name}:{value};" for name, value in self.colours) + "}"

    def resolve(self, svg: str) -> str:
        """The picture with colours in place of their names, for programs that know no CSS variables."""
        table = _table(self)
        return re.sub(r"var\(--([a-z-]+)\)", lambda match: table[match[1]], svg)


@lru_cache
def _table(look: Look) -> dict[str, str]:
    return dict(look.colours)


def _look(name: str, colours: str) -> Look:
    words = colours.split()
    return Look(name, tuple(zip(words[::2], words[1::2], strict=True)))


LIGHT = _look(
    "light",
    """
    ground #FFFFFF  ink #22262B  muted #6F7782  hair #DCE1E7  plain #EDF0F3
    blue #3B6FB6  green #2F8F5B  purple #8E4B9E  amber #B36B00  sky #169ACC  slate #4A5260  red #C2483D
    band-grey #DCE1E7  band-yellow #F2CF63  band-green #7CC49A  band-blue #A3B8F2
    band-purple #B597D4  band-orange #E8935A  band-sky #80D6E6  band-rose #F7B5B0
    """,
)
DARK = _look(
    "dark",
    """
    ground #16191D  ink #E6E9ED  muted #9AA3AE  hair #3A424B  plain #22272D
    blue #6C93F2  green #62B083  purple #B878C6  amber #EFBD48  sky #5AD6E6  slate #C4CCD5  red #F0755A
    band-grey #343B44  band-yellow #80640F  band-green #1B744D  band-blue #34489E
    band-purple #623A86  band-orange #823E14  band-sky #1C68A7  band-rose #6A3434
    """,
)
LOOKS = {look.name: look for look in (LIGHT, DARK)}

LINES = ("blue", "green", "purple", "amber", "sky", "slate")
BANDS = ("yellow", "blue", "purple", "orange", "sky", "green", "rose", "grey")

# Words that have a colour by custom, whatever comes first.
_NATURAL = {
    "grey": "idle working init initial follower none free normal running unknown released down",
    "green": "committed commit holding leader ok done decided delivered primary elected synced attack strong",
    "yellow": "prepared waiting candidate asking trying wanted ready voting pending suspecting suspicious",
    "rose": "aborted abort failed suspected blocked rejected dead broken stuck expired crashed",
}
NATURAL = {word: band for band, words in _NATURAL.items() for word in words.split()}

_current = LIGHT


def use(theme: str | Look) -> None:
    """Draw everything from here on in this look.

    Parameters
    ----------
    theme : {"light", "dark"} or Look

    Raises
    ------
    ValueError
        When there is no such look.
    """
    global _current
    _current = of(theme)


def of(theme: str | Look | None = None) -> Look:
    """The look of that name; the one in use when none is named."""
    if theme is None:
        return _current
    if isinstance(theme, Look):
        return theme
    if theme not in LOOKS:
        raise ValueError(f"there is no look {theme!r}: choose 'light' or 'dark'")
    return LOOKS[theme]


def bands(states: Iterable[str]) -> dict[str, str]:
    """A colour for each state: common words get the one they have by custom, the first other one is grey.

    Parameters
    ----------
    states : iterable of str
        In the order in which they appeared.

    Returns
    -------
    dict of str to str
        ``{"prepared": "yellow", ...}``, names of band colours; more states than colours begin again.
    """
    order = list(dict.fromkeys(states))
    chosen: dict[str, str] = {}
    for state in order:
        natural = NATURAL.get(state.lower())
        if natural and natural not in chosen.values():
            chosen[state] = natural
    free = [band for band in BANDS if band not in chosen.values() and band != "rose"]
    if order and order[0] not in chosen and "grey" in free:
        chosen[order[0]] = "grey"
        free.remove("grey")
    rest = [state for state in order if state not in chosen]
    palette = free + [band for band in BANDS if band not in free]
    return chosen | {state: palette[i % len(palette)] for i, state in enumerate(rest)}


def rc(look: Look) -> dict[str, Any]:
    """Settings of matplotlib for this look, for ``matplotlib.rc_context``."""
    return {
        "font.family": ["Inter", "DejaVu Sans"],
        "font.size": TEXT * 0.72,  # points: a picture is drawn at 100 dots an inch
        "axes.titlesize": TITLE * 0.72,
        "axes.titleweight": 600,
        "axes.titlelocation": "left",
        "axes.titlepad": 14,
        "axes.labelcolor": look["muted"],
        "axes.edgecolor": look["muted"],
        "axes.facecolor": look["ground"],
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "figure.facecolor": look["ground"],
        "figure.dpi": 100,
        "grid.color": look["hair"],
        "grid.linewidth": 0.7,
        "lines.linewidth": 1.8,
        "lines.markersize": 5,
        "savefig.facecolor": look["ground"],
        "text.color": look["ink"],
        "text.hinting": "none",
        "xtick.color": look["muted"],
        "ytick.color": look["muted"],
        "xtick.major.size": 4,
        "ytick.major.size": 0,
    }
