"""What theory says about load and movement, computed from formulae and from nothing else.

Nothing here calls a scheme, so that a curve from here and a measurement on the same axes check each other.
A share or load factor is relative to the mean: 1 is a node's fair share.
"""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray


def share_variance(nodes: int, points: int) -> float:
    """The variance of a node's share of the ring, relative to its square mean.

    With k points on each of n nodes, n*k uniform points in all, a node's share is the sum of k of n*k
    spacings: Beta(k, (n-1)k), of mean 1/n and relative variance (n-1)/(nk+1).

    Parameters
    ----------
    nodes
        n, 1 or more.
    points
        k, points on the circle for each node.

    References
    ----------
    David and Nagaraja: Order statistics, 3rd ed., 2003, section 6.4 (spacings of uniform points).
    """
    _check(nodes=nodes, points=points)
    return (nodes - 1) / (nodes * points + 1)


def load_variance(nodes: int, points: int, keys: int) -> float:
    """The variance of a node's number of keys on a ring, relative to its square mean.

    The keys are m uniform points more: (n-1)/(nk+1) * (1 - 1/m) + (n-1)/m. The first term is the ring's
    unevenness, the second what even a perfect hash leaves (`ideal_load_variance`): with few keys it is that
    which one sees, and more virtual nodes do not help.
    """
    _check(keys=keys)
    return share_variance(nodes, points) * (1 - 1 / keys) + ideal_load_variance(nodes, keys)


def ideal_load_variance(nodes: int, keys: int) -> float:
    """The same for a scheme whose nodes have equal shares (rendezvous, jump, modulo): (n-1)/m, binomial."""
    _check(nodes=nodes, keys=keys)
    return (nodes - 1) / keys


def share_density(share: ArrayLike, nodes: int, points: int) -> NDArray[np.float64]:
    """The probability density of a node's share of the ring, Beta(k, (n-1)k).

    Parameters
    ----------
    share
        Parts of the whole circle, 0 < share < 1 (not relative to the mean), any shape.
    nodes
        n, 2 or more: one node has it all.
    points
        k, points on the circle for each node.

    Returns
    -------
    The density at each share, in the shape of `share`.
    """
    _check(points=points)
    if nodes < 2:
        raise ValueError(f"a share has a density with 2 nodes or more, not {nodes}")
    x = np.asarray(share, np.float64)
    a, b = points, (nodes - 1) * points
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    return np.exp(scale + (a - 1) * np.log(x) + (b - 1) * np.log1p(-x))


def expected_largest_share(nodes: int) -> float:
    """The expected share of the largest node, relative to the mean, with one point a node.

    The largest of n uniform spacings has expectation H_n / n, so the factor is the n-th harmonic number,
    about ln(n) + 0.577: of a hundred nodes one has five times its due.
    """
    _check(nodes=nodes)
    return float(sum(Fraction(1, i) for i in range(1, nodes + 1)))


def moved_by_join(nodes: int) -> float:
    """The part of the keys that must move when one node joins n equal ones: its due, 1/(n+1).

    That is the least possible for an even placement, and what ring, rendezvous and jump move in expectation.
    """
    _check(nodes=nodes)
    return 1 / (nodes + 1)


def moved_by_modulo(before: int, after: int) -> float:
    """The part of the keys that ``hash mod n`` moves when the number of nodes changes.

    A key stays if its remainders are equal: min(a, b) of every lcm(a, b) hashes. From n to n+1 that leaves
    1/(n+1) in place, so n/(n+1) move.
    """
    _check(before=before, after=after)
    return 1 - min(before, after) / math.lcm(before, after)


def capacity(keys: int, nodes: int, epsilon: float) -> int:
    """The bound of a bounded ring, ceil((1 + epsilon) * m / n) (Mirrokni, Thorup, Zadimoghaddam 2018).

    In exact arithmetic, epsilon read as a decimal: 1.1 * 10 is 11 and not a little more.
    """
    _check(nodes=nodes)
    return math.ceil((1 + Fraction(str(epsilon))) * keys / nodes)


def keys_on_node(own: int, points: int, keys: int) -> tuple[float, float]:
    """The mean and standard deviation of the number of keys on one node of a ring of unequal nodes.

    The keys of a node that has j of the ring's K points are Beta-binomial: with p = j/K and m keys, mean mp
    and variance mp(1-p)(K+m)/(K+1). For equal nodes it is `load_variance`, in keys.

    Parameters
    ----------
    own
        j, the node's points; `vnodes` times its weight.
    points
        K, the points of all nodes.
    keys
        m, all keys.
    """
    _check(own=own, points=points, keys=keys)
    p = own / points
    return keys * p, math.sqrt(keys * p * (1 - p) * (points + keys) / (points + 1))


def _check(**counts: int) -> None:
    for name, count in counts.items():
        if count < 1:
            raise ValueError(f"{name} is 1 or more, not {count}")
