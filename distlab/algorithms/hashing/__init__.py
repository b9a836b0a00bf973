"""Consistent hashing: which node keeps which key, when nodes come and go.

Six schemes with one interface (`Scheme`), and the published formulae to hold them to (`theory`):

- `HashRing`: points on a circle (Karger et al. 1997), with weights, virtual nodes, zones;
- `KetamaRing`: the same circle with the points where libketama puts them;
- `BoundedRing`: a ring on which nobody is full beyond a bound (Mirrokni, Thorup, Zadimoghaddam 2018);
- `Rendezvous`: every node bids, the highest bid wins (Thaler and Ravishankar 1998);
- `Jump`: no table at all (Lamping and Veach 2014);
- `Maglev`: a table that is even to one entry (Eisenbud et al. 2016);
- `Modulo`: what one would write first, and the disaster to compare with.
"""

from distlab.algorithms.hashing import theory
from distlab.algorithms.hashing.bounded import BoundedRing
from distlab.algorithms.hashing.jump import Jump, jump_bucket
from distlab.algorithms.hashing.ketama import KetamaRing
from distlab.algorithms.hashing.keys import HASHES, Key
from distlab.algorithms.hashing.maglev import Maglev
from distlab.algorithms.hashing.modulo import Modulo
from distlab.algorithms.hashing.placement import Move
from distlab.algorithms.hashing.rendezvous import Rendezvous
from distlab.algorithms.hashing.ring import Arc, HashRing, Point
from distlab.algorithms.hashing.scheme import NotOffered, Scheme

__all__ = [
    "Scheme",
    "NotOffered",
    "Key",
    "HASHES",
    "HashRing",
    "Point",
    "Arc",
    "KetamaRing",
    "BoundedRing",
    "Move",
    "Rendezvous",
    "Jump",
    "jump_bucket",
    "Maglev",
    "Modulo",
    "theory",
]
