"""What may happen next as cards to press: what each of them says, and what can be done with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from distlab.adversary.game import Game
from distlab.adversary.limits import MORE, ONE
from distlab.adversary.offers import Offer
from distlab.figures.things import word
from distlab.schedule import Choice
from distlab.widgets.sayings import printed

CRASH, LOSS, DUPLICATE, TIMEOUT = range(4)  # places in the limits
MOST_LINKS = 120  # in a list to choose one from
Card = dict[str, Any]


def cards(game: Game, colours: Mapping[str, str]) -> list[Card]:
    """A card for everything that may happen next, as plain data.

    Parameters
    ----------
    game : Game
    colours : mapping of str to str
        The colour of each kind of message in the diagram.

    Returns
    -------
    list of dict
        ``head``, ``rest`` and ``tail`` are its words; ``acts`` what can be done, each with the choice it makes.
    """
    made = {"deliver": _message, "fire": _timer, "recover": _recovery, "start": _start}
    return [made[offer.choice.kind](game, offer, colours) for offer in game.offers()]


def _message(game: Game, offer: Offer, colours: Mapping[str, str]) -> Card:
    sender, receiver, n = offer.choice.args
    kind, places = type(offer.message).__name__, list(game.first.names)
    notes = [f"{sender} → {receiver}"] + ([f"{offer.copies} copies"] if offer.copies > 1 else [])
    notes.append(f"{ordinal(n)} on this link")
    notes += [f"{receiver} is down: it would be lost"] if not game.world.up[receiver] else []
    acts = [_act("deliver", "deliver", offer.choice, offer.held)]
    acts += _limited(game, LOSS, _act("drop", "drop", Choice("drop", sender, receiver, n)))
    if game.world.network != "set":
        acts += _limited(game, DUPLICATE, _act("twice", "×2", Choice("duplicate", sender, receiver, n)))
    if game.world.up[receiver]:
        acts += _inside(game, offer)
    return {
        "key": f"deliver {sender} {receiver} {n}",
        "sort": "message",
        "colour": colours.get(kind, "slate"),
        "head": kind,
        "rest": printed(offer.message).removeprefix(kind),
        "tail": ", ".join(notes),
        "from": places.index(sender),
        "to": places.index(receiver),
        "acts": acts,
    }


def _timer(game: Game, offer: Offer, colours: Mapping[str, str]) -> Card:
    name, timer, n = offer.choice.args
    fire = _act("fire", "fire", offer.choice, offer.held)
    return {
        "key": f"fire {name} {timer} {n}",
        "sort": "timer",
        "head": word(timer),
        "rest": "",
        "tail": f"timer of {name}" + (f", set for the {ordinal(n)} time" if n > 1 else ""),
        "from": list(game.first.names).index(name),
        "acts": [*_limited(game, TIMEOUT, fire), *_inside(game, offer)],
    }


def _recovery(game: Game, offer: Offer, colours: Mapping[str, str]) -> Card:
    name = offer.choice.node
    return {
        "key": f"recover {name}",
        "sort": "recovery",
        "head": f"{name} comes back",
        "rest": "",
        "tail": "it is down; it may stay so for ever",
        "from": list(game.first.names).index(name),
        "acts": [_act("recover", "recover", offer.choice), *_inside(game, offer)],
    }


def _start(game: Game, offer: Offer, colours: Mapping[str, str]) -> Card:
    name = offer.choice.node
    return {
        "key": f"start {name}",
        "sort": "start",
        "head": f"{name} starts",
        "rest": "",
        "tail": "and chooses something as it does",
        "from": list(game.first.names).index(name),
        "acts": [_act("start", "start", offer.choice)],
    }


def _act(do: str, label: str, choice: Choice, off: str = "", crash: bool = False) -> dict[str, Any]:
    """One thing that can be done: what it is called, the choice it makes, and why it cannot be done now."""
    return {"do": do, "label": label, "choice": list(choice.plain()), "crash": crash, "off": off}


def _inside(game: Game, offer: Offer) -> Iterator[dict[str, Any]]:
    """To crash the node while it handles this."""
    return _limited(game, CRASH, _act("crash", "✕", offer.choice, offer.held, crash=True))


def _limited(game: Game, which: int, act: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The act, unless it is never allowed; one that is used up says so."""
    limit = game.limits[which]
    if limit == 0:
        return
    if limit is not None and game.used[which] >= limit:
        act["off"] = (
            f"no {ONE[which]} is left: there may be {limit} {ONE[which] if limit == 1 else MORE[which]}"
        )
    yield act


def faults(game: Game) -> dict[str, Any]:
    """What can be done to nodes and links, as plain data."""
    names = game.first.names
    started = len(game.world.started) == len(names)
    crash = list(_limited(game, CRASH, _act("crash", "crash", Choice("crash", names[0]))))
    links = started and game.limits.losses != 0
    return {
        "crash": [name for name in names if game.world.up[name]] if crash and started else [],
        "off": crash[0]["off"] if crash else "",
        "links": _links(game) if links else [],
        "cut": [[*pair] for pair in sorted(game.line.cuts)],
    }


def _links(game: Game) -> list[list[str]]:
    """Who can reach whom, as pairs; where these are too many, who has sent to whom so far."""
    names, peers = game.first.names, game.first.peers
    pairs = [[a, b] for i, a in enumerate(names) for b in names[i + 1 :] if b in peers[a] or a in peers[b]]
    if len(pairs) <= MOST_LINKS:
        return pairs
    used = {(row[2], row[3]) for world in game.line.worlds for row in world.rows if row[1] == "sent"}
    used |= game.line.cuts
    return [[a, b] for a, b in pairs if (a, b) in used or (b, a) in used]


def ordinal(n: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"
