"""What the adversary's view shows: how a play stands, as plain data, and as a picture where nothing can be pressed."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from distlab.adversary.asking import Asking
from distlab.adversary.game import Game
from distlab.adversary.limits import counted
from distlab.adversary.line import Line
from distlab.blame import listed
from distlab.engine.story import happened
from distlab.figures import spacetime
from distlab.figures.picture import Picture
from distlab.figures.sentences import plural
from distlab.widgets.cards import cards, faults
from distlab.widgets.frames import frames
from distlab.widgets.sheet import sheet
from distlab.widgets.stage import stage
from distlab.world import trace_of

AHEAD = 2  # steps to come that a diagram has room for
LEAST = 8
WIDE, TALL = 1060, 290  # pixels of the diagram
NET = 280


class Diagram:
    """The whole line of play as a player shows it, what was taken back included.

    Attributes
    ----------
    picture : Picture
    run : dict
        As `frames` gives it, and ``moments``: for each number of plays its moment.
    """

    def __init__(self, game: Game) -> None:
        line = game.line
        whole = line.move(len(line.plays))
        steps = whole.world.steps
        trace = trace_of(whole.worlds, end=max(LEAST, steps + AHEAD))
        marks = _marks(whole)
        self.picture = spacetime(trace, told(line), "", mark=marks, width=WIDE, height=TALL)
        self.run = frames(trace, self.picture)
        rows = [0]
        for play in whole.plays:
            rows.append(rows[-1] + sum(len(world.rows) for world in play.worlds))
        ends = self.run["ends"]
        self.run["moments"] = [min(bisect_left(ends, row), len(ends) - 1) for row in rows[1:]]
        self.run["stage"] = _places(game)


def _places(game: Game) -> dict[str, Any]:
    """Where the nodes stand, whoever has sent to whom so far."""
    return stage(
        trace_of([game.first]), [(a, b) for a, peers in game.first.peers.items() for b in peers], NET
    )


def _marks(line: Line) -> list[tuple[float, float, str]]:
    breach = line.breach
    if breach is None:
        return []
    step = breach.worlds[breach.at].steps
    return [(max(0, step - 1), step, "broken")]


def told(line: Line) -> str:
    """The last step in words."""
    said = happened(line.trace, line.world.steps)
    if line.world.steps == 0:
        return "The nodes have started; nothing has happened yet"
    return f"Step {line.world.steps}: {said}"


def board(game: Game, title: str, asking: Asking | None, colours: dict[str, str]) -> dict[str, Any]:
    """How a play stands, as plain data.

    Parameters
    ----------
    game : Game
    title : str
    asking : Asking or None
        What is still open about the choice that is being made.
    colours : dict of str to str
        The colour of each kind of message.
    """
    return {
        "title": title,
        "step": game.steps,
        "at": game.line.at - 1,
        "plays": len(game.line.plays) - 1,
        "used": spent(game),
        "cards": cards(game, colours),
        "faults": faults(game),
        "asking": None
        if asking is None
        else {"title": asking.title, "options": [said for said, _ in asking.options]},
        "always": list(game.question.always),
        "broken": game.broken or "",
        "why": game.why,
        "lines": [
            {"name": line.name, "steps": line.world.steps, "broken": line.breach is not None}
            for line in game.lines
        ],
        "current": game.current,
        "code": game.code(),
        "said": f"{told(game.line)}. {f'“{game.broken}” is broken.' if game.broken else ''}".strip(),
    }


def spent(game: Game) -> str:
    """What was used of the faults, and what may be: ``1 of 2 losses``; what was not used is left out."""
    said = []
    for n, limit, words in zip(
        game.used, game.limits, ("crash crashes", "loss losses", "copy copies", "time-out"), strict=True
    ):
        one, *more = words.split()
        if limit is not None and limit > 0:
            said.append(f"{n} of {plural(limit, one, *more)}")
        elif n and limit is None and one != "time-out":
            said.append(plural(n, one, *more))
    return ", ".join(said)


def sheet_of(game: Game, title: str) -> Picture:
    """The play as a picture: the diagram, what may happen next, and whether something is broken."""
    line = game.line
    after = trace_of(line.worlds, end=game.steps + 1)  # a step of room: what the last one led to is seen
    diagram = spacetime(after, title, _subtitle(game), mark=_marks(line))
    words = [f"“{game.broken}” is broken. {game.why}"] if game.broken else []
    under_way = [f"{card['head']}{card['rest']} ({card['tail']})" for card in cards(game, {})]
    if under_way and not game.broken:
        more = f" and {len(under_way) - 6} more" if len(under_way) > 6 else ""
        words.append(f"What may happen next: {'; '.join(under_way[:6])}{more}.")
    return sheet([diagram, "\n".join(words) or "Nothing more can happen."], "", repr(game))


def _subtitle(game: Game) -> str:
    faults_ = counted(game.used[:3])
    parts = [plural(game.steps, "step")] + ([faults_] if faults_ else [])
    if game.line.cuts:
        parts.append(f"cut: {listed(f'{a} → {b}' for a, b in sorted(game.line.cuts))}")
    return " · ".join(parts)
