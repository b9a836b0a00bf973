"""The schemes under test, small, and the nodes and keys to try them on."""

from hypothesis import strategies as st

from distlab.algorithms.hashing import BoundedRing, HashRing, Jump, KetamaRing, Maglev, Modulo, Rendezvous

FRUITS = "apple pear plum kiwi fig lime date nut".split()
PEOPLE = ["ada", "bob", "cyd"]

SCHEMES = {
    "ring": lambda nodes: HashRing(nodes, vnodes=4),
    "ring of weak hashes": lambda nodes: HashRing(nodes, vnodes=4, hash="crc32"),
    "weighted ring": lambda nodes: HashRing(weigh(nodes), vnodes=2),
    "ketama": KetamaRing,
    "rendezvous": Rendezvous,
    "weighted rendezvous": lambda nodes: Rendezvous(weigh(nodes)),
    "jump": Jump,
    "maglev": lambda nodes: Maglev(nodes, size=101),
    "modulo": Modulo,
    "bounded": lambda nodes: BoundedRing(nodes, vnodes=4),
}


def weigh(nodes):
    """A weight for each node that depends on its name only."""
    return {node: 1 + len(node) / 2 for node in nodes}


def join(scheme, node):
    scheme.add(node, weigh([node])[node] if set(scheme.weights.values()) - {1} else 1)


names = st.text(min_size=1, max_size=4)
keys = st.one_of(st.text(max_size=6), st.binary(max_size=6), st.integers(-(2**63), 2**64 - 1))
node_lists = st.lists(names, min_size=1, max_size=7, unique=True)
key_lists = st.lists(keys, max_size=20)
