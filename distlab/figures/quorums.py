"""Quorums as sets of replicas: whether any two meet, and in whom (Gifford 1979; Malkhi and Reiter 1998)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from html import escape
from itertools import combinations
from math import cos, pi, sin
from string import ascii_lowercase
from typing import NamedTuple

from distlab.figures import look, text
from distlab.figures.hull import around
from distlab.figures.look import MARGIN, SMALL, TEXT
from distlab.figures.picture import Picture, frame
from distlab.figures.sentences import plural
from distlab.figures.shapes import cross
from distlab.figures.title import Header

MOST_SETS, MOST_REPLICAS = 4, 25
STYLES = (("blue", ""), ("green", "8 4"), ("purple", "2.5 3.5"), ("amber", "10 3 2 3"))
DISC, APART, STEP = (
    18.0,
    60.0,
    7.0,
)  # pixels: a replica, from one to the next, from one set's line to the next
ROUND = 7  # from so many replicas on a line follows the circle: straight across it would touch those between
PANEL = 270


class Quorum(NamedTuple):
    """A set of replicas: its name, its members, and its size where only that was given."""

    name: str
    members: frozenset[str]
    size: int | None


class Pair(NamedTuple):
    """Two quorums: who is in both, and in how many any two of their sizes meet (None: not known by size)."""

    one: Quorum
    other: Quorum
    both: list[str]
    bound: int | None


def quorums(
    replicas: int | Collection[str],
    sets: Mapping[str, int | Collection[str]],
    title: str | None = None,
    subtitle: str | None = None,
    *,
    faulty: int | Collection[str] = (),
    theme: str | look.Look | None = None,
) -> Picture:
    """Draw quorums over the replicas they are taken from, and say in whom they meet.

    Parameters
    ----------
    replicas : int, or collection of str
        How many, or their names.
    sets : mapping of str to int, or to collection of str
        Each quorum by its name: ``{"write": 3, "read": 2}``. Where only sizes are given the sets are laid so that they
        share as few replicas as they can: the worst case.
    title, subtitle : str, optional
        By default whether they meet.
    faulty : int, or collection of str
        Replicas that lie; of a number the worst, those that the quorums share.
    theme : {"light", "dark"}, optional

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        When a quorum is larger than there are replicas, or has members that are none.

    Examples
    --------
    >>> quorums(5, {"write": 3, "read": 3})
    Write and read quorums always meet: 5 replicas · 3 + 3 > 5 (write a, b, c; read d, e, a; in both a)
    """
    names = _names(replicas)
    found = _sets(names, sets)
    pairs = [_pair(one, other, len(names)) for one, other in combinations(found, 2)]
    liars = _liars(names, pairs, found, faulty)
    said, reason = _says(found, pairs, len(names), liars)
    head = Header(said if title is None else title, reason if subtitle is None else subtitle)
    radius = max(74.0, len(names) * APART / (2 * pi)) if len(names) > 1 else 0.0
    reach = radius + DISC + 12 + STEP * len(found)
    facts = _facts(found, pairs, liars)
    wide = round(max(2 * MARGIN + 2 * reach + 40 + PANEL, head.wide + 2 * MARGIN))
    top = head.draw(wide - 2 * MARGIN) + 8
    tall = max(2 * reach, sum(height for height, _ in facts) + 10)
    there = _places(names, found, MARGIN + reach, top + tall / 2, radius)
    svg = [*head.svg, *_drawn(names, found, pairs, liars, there)]
    y = top + (tall - sum(height for height, _ in facts)) / 2
    for height, draw in facts:
        svg.append(f'<g transform="translate({MARGIN + 2 * reach + 40:.1f},{y:.1f})">{draw}</g>')
        y += height
    words = f"{head.title}: {head.subtitle} ({_listed(found, pairs, liars)})"
    look_ = look.of(theme)
    return Picture(frame("".join(svg), wide, top + tall + 12, look_, "quorums", words), words, look_)


# --- what is given ---


def _names(replicas: int | Collection[str]) -> list[str]:
    if isinstance(replicas, int):
        names = list(ascii_lowercase[: max(0, replicas)])
    else:
        names = list(replicas)
    if not 1 <= len(names) <= MOST_REPLICAS or (isinstance(replicas, int) and replicas != len(names)):
        count = replicas if isinstance(replicas, int) else len(names)
        raise ValueError(f"quorums are drawn over 1 to {MOST_REPLICAS} replicas, not {count}")
    return names


def _sets(names: list[str], sets: Mapping[str, int | Collection[str]]) -> list[Quorum]:
    """The quorums; those given by size one after the other around the circle, so that they meet least."""
    if not 1 <= len(sets) <= MOST_SETS:
        raise ValueError(
            f"give 1 to {MOST_SETS} quorums by name, as in {{'write': 3, 'read': 2}}, not {len(sets)}"
        )
    found, begin = [], 0
    for name, given in sets.items():
        if isinstance(given, int):
            if not 1 <= given <= len(names):
                raise ValueError(
                    f"the {name} quorum has 1 to {len(names)} of {len(names)} replicas, not {given}"
                )
            members = frozenset(names[(begin + i) % len(names)] for i in range(given))
            begin += given
            found.append(Quorum(name, members, given))
            continue
        unknown = [one for one in given if one not in names]
        if unknown or not len(given):
            what = f"has {unknown[0]!r}, which is no replica" if unknown else "has no member"
            raise ValueError(f"the {name} quorum {what}; the replicas are {', '.join(names)}")
        found.append(Quorum(name, frozenset(given), None))
    return found


def _pair(one: Quorum, other: Quorum, n: int) -> Pair:
    bound = None if one.size is None or other.size is None else max(0, one.size + other.size - n)
    return Pair(one, other, sorted(one.members & other.members), bound)


def _liars(
    names: list[str], pairs: list[Pair], found: list[Quorum], faulty: int | Collection[str]
) -> list[str]:
    """Who lies; of a number those that most quorums share."""
    if isinstance(faulty, int):
        if not 0 <= faulty <= len(names):
            raise ValueError(f"of {len(names)} replicas 0 to {len(names)} are faulty, not {faulty}")
        shared = sorted(names, key=lambda name: -sum(name in pair.both for pair in pairs))
        return [name for name in names if name in shared[:faulty]]
    unknown = [one for one in faulty if one not in names]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no replica and cannot be faulty; there are {', '.join(names)}")
    return [name for name in names if name in faulty]


# --- what is said ---


def _says(found: list[Quorum], pairs: list[Pair], n: int, liars: list[str]) -> tuple[str, str]:
    """Whether they meet, and why."""
    parts = [plural(n, "replica")] + ([f"{len(liars)} faulty"] if liars else [])
    if not pairs:
        return f"{found[0].name}: {len(found[0].members)} of {plural(n, 'replica')}", " · ".join(parts)
    least = min(pairs, key=lambda pair: len(pair.both))
    one, other = least.one, least.other
    if least.bound is not None:
        enough = least.bound > len(liars)
        more = f" + {len(liars)}" if liars else ""
        parts.append(f"{one.size} + {other.size} {'>' if enough else '≤'} {n}{more}")
        them = f"{one.name} and {other.name} quorums" if len(pairs) == 1 else "any two of these quorums"
        met = f"{them} always meet" + (" in an honest replica" if liars else "")
        missed = f"{them} may share only faulty replicas" if least.bound else f"{them} need not meet"
        met, missed = met[0].upper() + met[1:], missed[0].upper() + missed[1:]
        return (met if enough else missed), " · ".join(parts)
    if least.both:
        met = f"{one.name} and {other.name} share {plural(len(least.both), 'replica')}"
        return met if len(pairs) == 1 else "Each two of these sets share a replica", " · ".join(parts)
    return f"{one.name} and {other.name} share no replica", " · ".join(parts)


def _listed(found: list[Quorum], pairs: list[Pair], liars: list[str]) -> str:
    """Everything that is drawn, as words."""
    parts = [f"{one.name} {', '.join(_ordered(one, found))}" for one in found]
    for pair in pairs:
        both = ", ".join(pair.both) or "nobody"
        parts.append(
            f"in both {both}" if len(pairs) == 1 else f"in {pair.one.name} and {pair.other.name} {both}"
        )
    return "; ".join([*parts, *([f"faulty {', '.join(liars)}"] if liars else [])])


def _ordered(one: Quorum, found: list[Quorum]) -> list[str]:
    """Members in order; of a set that goes round the end of the circle, from where it begins."""
    members = sorted(one.members)
    if one.size is None or not found.index(one):
        return members
    before = found[found.index(one) - 1].members
    return sorted(members, key=lambda name: (name in before and name < members[-1], name))


def _facts(found: list[Quorum], pairs: list[Pair], liars: list[str]) -> list[tuple[float, str]]:
    """The words beside the picture, each with its height: the sets with their lines, and who is in two of them."""
    facts = []
    for i, one in enumerate(found):
        members = text.fit(", ".join(_ordered(one, found)), TEXT, PANEL - 36)
        counted = f"{one.name}: {plural(len(one.members), 'replica')}"
        words = text.svg(36, 13, text.fit(counted, TEXT, PANEL - 36, True), TEXT, bold=True)
        facts.append((46.0, _swatch(i) + words + text.svg(36, 30, members, TEXT - 1, fill="muted")))
    for pair in pairs:
        facts.append((46.0, _meeting(pair, len(pairs) == 1, liars)))
    return facts


def _swatch(i: int) -> str:
    return f'<rect x="1" y="2" width="24" height="16" rx="8" {_paint(i)}/>'


def _paint(i: int) -> str:
    """How the line of the i-th set looks: colour and dashes."""
    colour, dash = STYLES[i]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'fill="var(--{colour})" fill-opacity=".14" stroke="var(--{colour})" stroke-width="2"{dashes}'


def _meeting(pair: Pair, alone: bool, liars: list[str]) -> str:
    """How many are in both, and what that means."""
    number, wrong = len(pair.both), not set(pair.both) - set(liars)
    whom = "both" if alone else f"{pair.one.name} and {pair.other.name}"
    head = f"{number} in {whom}" + (f": {', '.join(pair.both)}" if number else "")
    if not number:
        means = "what one is told, the other may miss"
    elif liars:
        honest = len(set(pair.both) - set(liars))
        means = "none of them honest: the two may be told different things"
        means = f"{honest} of them honest" if honest else means
    else:
        means = (
            f"at least {pair.bound}, however they are chosen"
            if pair.bound
            else "it knows what both were told"
        )
    ink = "red" if wrong else "ink"
    ring = '<circle cx="13" cy="9" r="8" fill="var(--band-yellow)" stroke="var(--ink)" stroke-width="2.4"/>'
    mark = (
        f'<path d="{cross(13, 9, 6)}" stroke="var(--red)" stroke-width="2.4" fill="none"/>' if wrong else ring
    )
    lines = text.wrap(means, TEXT - 1, PANEL - 36, lines=2)
    words = text.svg(36, 13, text.fit(head, TEXT, PANEL - 36, True), TEXT, bold=True, fill=ink)
    rest = [text.svg(36, 30 + 16 * i, line, TEXT - 1, fill="muted") for i, line in enumerate(lines)]
    return "".join([mark, words, *rest])


# --- what is drawn ---


def _places(
    names: list[str], found: list[Quorum], cx: float, cy: float, radius: float
) -> dict[str, tuple[float, float]]:
    """The replicas on a circle, where no set surrounds one that is not in it; those that two share at the top."""
    n = len(names)
    sizes = [one.size for one in found[:2] if one.size is not None]
    top = (sum(sizes) - n - 1) / 2 if len(sizes) == 2 else 0.0
    turn = -1 if len(sizes) == 2 else 1  # so that the first set is at the left
    angles = {name: 2 * pi * turn * (i - top) / n for i, name in enumerate(names)}
    return {name: (cx + radius * sin(a), cy - radius * cos(a)) for name, a in angles.items()}


def _drawn(
    names: list[str],
    found: list[Quorum],
    pairs: list[Pair],
    liars: list[str],
    there: dict[str, tuple[float, float]],
) -> Iterable[str]:
    """The sets from the widest line inwards, and the replicas on them."""
    for i in reversed(range(len(found))):
        chosen = [name in found[i].members for name in names]
        path = around([there[name] for name in names], chosen, DISC + 7 + STEP * i, len(names) >= ROUND)
        yield f'<path class="quorum" data-quorum="{escape(found[i].name)}" d="{path}" {_paint(i)}/>'
    for name in names:
        (x, y), shared = there[name], any(name in pair.both for pair in pairs)
        inside = any(name in one.members for one in found)
        fill, ink, thick = ("band-yellow", "ink", 2.6) if shared else ("ground", "slate", 1.5)
        dashes = "" if inside else ' stroke-dasharray="3 3"'
        if name in liars:
            ink, dashes = "red", ' stroke-dasharray="5 3"'
        kind = " ".join(["replica", *(["shared"] if shared else []), *(["faulty"] if name in liars else [])])
        look_ = f'fill="var(--{fill})" stroke="var(--{ink})" stroke-width="{thick}"{dashes}'
        yield f'<circle class="{kind}" data-node="{escape(name)}" cx="{x:.1f}" cy="{y:.1f}" r="{DISC:g}" {look_}/>'
        size = TEXT if text.width(name, TEXT, True) < 2 * DISC - 8 else SMALL
        word = text.fit(name, size, 2 * DISC - 4, True)
        yield text.svg(x, y + 0.36 * size, word, size, anchor="middle", bold=True)
        if name in liars:
            corner = cross(x + 0.72 * DISC, y - 0.72 * DISC, 5)
            yield f'<path d="{corner}" stroke="var(--ground)" stroke-width="5.5" fill="none"/>'
            yield f'<path d="{corner}" stroke="var(--red)" stroke-width="2.6" fill="none"/>'
