"""Real networks: the backbones of universities and carriers, city by city and cable by cable.

The maps come with the package ``topohub`` (MIT licence): P. Jurkiewicz, "TopoHub: A repository of reference
Gabriel graph and real-world topologies for networking research", SoftwareX 24, 2023. They were drawn by
S. Knight et al., "The Internet Topology Zoo", IEEE Journal on Selected Areas in Communications 29(9), 2011,
and by S. Orlowski et al., "SNDlib 1.0: Survivable Network Design Library", Networks 55(3), 2010.

A cable's length is that of the great circle between its ends: real cables are longer, so every delay that
is computed from it is the least that there can be.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from math import asin, cos, radians, sin, sqrt
from typing import Any

import networkx as nx

Place = tuple[float, float]  # longitude and latitude, in degrees

ZOO = "Internet Topology Zoo (Knight et al. 2011)"
SNDLIB = "SNDlib (Orlowski et al. 2010)"
BY_WAY_OF = "topohub (Jurkiewicz 2023)"

# Those of SNDlib whose nodes are cities; the others are numbered, and placed by nobody knows whom.
_SNDLIB = (
    "cost266 dfn-bwin dfn-gwin germany50 janos-us janos-us-ca nobel-eu nobel-germany nobel-us polska"
).split()

# GEANT joins the research networks of countries, and its maps name them by code.
_COUNTRIES = dict(
    code.split("=")
    for code in (
        "AT=Austria BE=Belgium BG=Bulgaria CH=Switzerland CY=Cyprus CZ=Czechia DE=Germany DK=Denmark EE=Estonia "
        "ES=Spain FI=Finland FR=France GR=Greece HR=Croatia HU=Hungary IE=Ireland IL=Israel IS=Iceland IT=Italy "
        "LT=Lithuania LU=Luxembourg LV=Latvia ME=Montenegro MK=Macedonia MT=Malta NL=Netherlands NO=Norway "
        "PL=Poland PT=Portugal RO=Romania RS=Serbia RU=Russia SE=Sweden SK=Slovakia SL=Slovenia TR=Türkiye UK=UK"
    ).split()
)
_NSFNET = {
    "SEQSUINET, Rice University, Houston": "Houston",
    "Jon Von Neumann Center, Princeton, NJ": "Princeton",
    "SURANET, Georgia Tech, Atlanta": "Atlanta",
    "Pittsburgh Supercomputer Center": "Pittsburgh",
    "Cornell Theory Center, Ithaca NY": "Ithaca",
    "NorthWestNet, Seattle": "Seattle",
    "BARRnet, Palo Alto": "Palo Alto",
    "San Diego Supercomputer Center": "San Diego",
    "Westnet, Salt Lake City": "Salt Lake City",
    "NCAR, Boulder": "Boulder",
    "MIDnet, Lincoln, NE": "Lincoln",
    "NCSA, University of Illinois, Champaign": "Champaign",
    "Merit Univ of Michigan, Ann Arbor": "Ann Arbor",
}
_CHENGDU, _HONG_KONG = (104.07, 30.67), (114.17, 22.32)
# Slips of the maps, mended: names as they are written today, and cities that stood far from where they are.
# In CERNET's map one of two nodes called Shijiazhuang has the cables of Jinan.
_MENDED: dict[str, dict[str, str | tuple[str, Place]]] = {
    "Arpanet196912": {"USCB": "UCSB", "UTAH": "Utah"},
    "Cernet": {
        "Gullin": "Guilin",
        "Xiemen": "Xiamen",
        "Tianjing": "Tianjin",
        "Chanchun": "Changchun",
        "Urumchi": "Ürümqi",
        "Lasa": "Lhasa",
        "Chengdou": ("Chengdu", _CHENGDU),
        "Xianggang": ("Hong Kong", _HONG_KONG),
        "12": ("Jinan", (117.0, 36.67)),
    },
    "Chinanet": {
        "Shilazhuang": "Shijiazhuang",
        "Nandhang": "Nanchang",
        "Urumqi": "Ürümqi",
        "Hong Kong": ("Hong Kong", _HONG_KONG),
    },
    "Nsfnet": dict(_NSFNET),
    **{f"Geant{year}": dict(_COUNTRIES) for year in (2001, 2009, 2010, 2012)},
}


class Backbone(nx.Graph):
    """A `networkx.Graph` that says in one line what it is.

    Nodes are named by their city and have ``pos``, longitude and latitude in degrees. Edges have ``km``.
    ``graph.graph`` has its ``name``, its ``source``, and in ``places`` what its nodes are: ``city``, ``country``.
    """

    def __repr__(self) -> str:
        km = sum([length for _, _, length in self.edges(data="km", default=0.0)])
        places = self.graph.get("places", "city")[:-1] + "ies"
        cables = "cable" if self.number_of_edges() == 1 else "cables"
        name = self.name or "Backbone"
        return f"{name}: {len(self)} {places}, {self.number_of_edges()} {cables}, {km:,.0f} km"


@lru_cache
def _places() -> dict[str, str]:
    """Where each backbone's map lies, by name."""
    zoo = files("topohub") / "data" / "topozoo"
    names = sorted(
        entry.name.removesuffix(".json") for entry in zoo.iterdir() if entry.name.endswith(".json")
    )
    return {name: f"topozoo/{name}" for name in names} | {name: f"sndlib/{name}" for name in _SNDLIB}


def backbones() -> list[str]:
    """The names that `backbone` knows."""
    return sorted(_places(), key=str.lower)


def backbone(name: str) -> Backbone:
    """A real network: ``backbone("Abilene")``.

    Parameters
    ----------
    name : str
        One of `backbones`, whatever its case. Abilene: the United States' universities in 2004, 11 cities;
        Geant2012: Europe's, 37 countries; Cernet: China's; Nsfnet: 1989; Arpanet196912: the first four
        nodes, December 1969.

    Returns
    -------
    networkx.Graph
        Nodes named by their city with ``pos=(longitude, latitude)`` in degrees, edges with ``km``, and the
        graph with ``name``, ``source`` and ``places``. Nodes of one name at one place are one node.

    Raises
    ------
    KeyError
        When there is no such network; the message names the closest.
    """
    if not isinstance(name, str):
        raise TypeError(f"a backbone has a name, such as 'Abilene'; {name!r} is none")
    known = {one.lower(): one for one in _places()}
    if name.lower() not in known:
        close = [known[one] for one in _close(name.lower(), list(known))]
        hint = f"did you mean {' or '.join(close)}?" if close else "backbones() lists all names"
        raise UnknownBackbone(f"there is no backbone {name!r}: {hint}")
    name = known[name.lower()]
    data = json.loads((files("topohub") / "data" / f"{_places()[name]}.json").read_text(encoding="utf-8"))
    return _build(name, data)


def _close(name: str, known: list[str]) -> list[str]:
    """Names that begin like this one, else those that look like it."""
    same = [one for one in known if len(name) > 2 and one.startswith(name)]
    return same[-3:] or get_close_matches(name, known, n=3, cutoff=0.7)


class UnknownBackbone(KeyError):
    """There is no network of that name."""

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError would show its sentence in quotes


def _build(name: str, data: dict[str, Any]) -> Backbone:
    origin = SNDLIB if name in _SNDLIB else ZOO
    graph = Backbone(name=name, source=f"{origin}, by way of {BY_WAY_OF}")
    graph.graph["places"] = "country" if name.startswith("Geant") else "city"
    called, moved = {}, set()
    for node in data["nodes"]:
        city, pos, is_moved = _city(name, str(node["id"]), node["name"], (node["pos"][0], node["pos"][1]))
        called[node["id"]] = city = _unique(graph, city, pos)
        graph.add_node(city, pos=pos)
        if is_moved:
            moved.add(city)
    for edge in data["edges"]:
        u, v = called[edge["source"]], called[edge["target"]]
        if u != v:
            far = great_circle(graph.nodes[u]["pos"], graph.nodes[v]["pos"])
            graph.add_edge(u, v, km=round(far, 2) if {u, v} & moved else float(edge["dist"]))
    return graph


def _city(name: str, number: str, written: str, pos: Place) -> tuple[str, Place, bool]:
    """A node's name and place, mended, and whether it had to be moved."""
    city = written.strip().rstrip("?")
    if name in _SNDLIB:  # SaltLakeCity, Salt-Lake-City
        city = re.sub(r"(?<=[a-z])(?=[A-Z])|-", " ", city)
    table = _MENDED.get(name, {})
    mended = table.get(number, table.get(written, city))
    return (mended, pos, False) if isinstance(mended, str) else (*mended, True)


def _unique(graph: nx.Graph, city: str, pos: Place) -> str:
    """The city, numbered if another place has its name already."""
    name, n = city, 1
    while name in graph and graph.nodes[name]["pos"] != pos:
        n += 1
        name = f"{city} {n}"
    return name


_RADIUS = 6372.8  # of the earth in km, the mean that the maps' lengths were computed with


@lru_cache
def cities() -> tuple[str, ...]:
    """The names of all cities and sites of the Topology Zoo and SNDlib, sorted: some thousands of real keys."""
    return tuple(sorted({city for name in backbones() for city in backbone(name)}))


def great_circle(a: Place, b: Place) -> float:
    """The shortest way over the ground between two places, which no cable can beat.

    Parameters
    ----------
    a, b : (float, float)
        Longitude and latitude in degrees.

    Returns
    -------
    float
        Kilometres on a sphere; the earth's flattening is worth half a per cent at the most.
    """
    (x, y), (u, v) = [(radians(longitude), radians(latitude)) for longitude, latitude in (a, b)]
    half = sin((v - y) / 2) ** 2 + cos(y) * cos(v) * sin((u - x) / 2) ** 2  # the haversine
    return 2 * _RADIUS * asin(min(1.0, sqrt(half)))
