"""Isolation: whether transactions could have run one after the other, or how much they got in each other's way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import networkx as nx

from distlab.checking.access import name
from distlab.checking.anomalies import ISOLATION, Anomaly, find_anomalies
from distlab.checking.dependencies import dependency_graph, orders
from distlab.checking.judged import Judged, as_history
from distlab.checking.transactions import read_ledger
from distlab.checking.verdict import Reasons, Verdict
from distlab.history import History
from distlab.values import text


@dataclass(frozen=True, eq=False, repr=False)
class IsolationVerdict(Verdict):
    """A verdict on transactions.

    Attributes
    ----------
    anomalies : tuple of Anomaly
        One example of each that was found, at this level or above, the gravest first.
    graph : networkx.MultiDiGraph
        Transactions by name (T1, T2, ... in order of calls), with their ``operation``; edges with ``kind``
        ("ww", "wr", "rw"), ``item`` and ``why``, a sentence.
    """

    anomalies: tuple[Anomaly, ...] = ()
    graph: nx.MultiDiGraph = field(default_factory=nx.MultiDiGraph)

    @property
    def weakest(self) -> str | None:
        """The weakest level of isolation that the anomalies violate."""
        return self.anomalies[0].level if self.anomalies else None


def serializable(history: Judged, versions: Mapping[Any, Sequence[Any]] | None = None) -> IsolationVerdict:
    """Judge whether the committed transactions explain each other in some serial order (see `isolated`)."""
    return isolated(history, "serializable", versions)


def isolated(
    history: Judged, level: str, versions: Mapping[Any, Sequence[Any]] | None = None
) -> IsolationVerdict:
    """Hold transactions to a level of isolation.

    Parameters
    ----------
    history : History, Trace or iterable of Operation
        Of transactions: calls ``("txn", (("r", key, None), ("w", key, value), ("append", key, value), ...))``,
        results the same with the reads filled in; a list is read as a tuple.
    level : str
        "read uncommitted", "read committed", "snapshot isolation" or "serializable".
    versions : mapping of key to sequence, optional
        For registers: the values that each key had, in the order in which the store installed them. Lists show
        theirs by themselves.

    Returns
    -------
    IsolationVerdict
        With ``witness`` a serial order when it is serializable; ``ok`` None when no anomaly was found but the
        order of versions is not known, so that more cannot be said.

    Raises
    ------
    ValueError
        For a level that there is not, calls that are no transactions, and versions that do not fit.
    TypeError
        When `versions` tells no order of values by key.
    """
    if level not in ISOLATION:
        raise ValueError(f"there is no level of isolation {level!r}; there are {', '.join(ISOLATION)}")
    history = as_history(history)
    given = _given(versions)
    ledger = read_ledger(history, [(key, value) for key, values in given.items() for value in values])
    order = orders(ledger, given)
    graph = dependency_graph(ledger, order)
    anomalies = find_anomalies(graph, ledger.mistakes)
    broken = [a for a in anomalies if ISOLATION.index(a.level) <= ISOLATION.index(level)]
    found = IsolationVerdict(level, True, history, anomalies=anomalies, graph=graph)
    missing = [known.missing for known in order.values() if known.missing]
    if level == "snapshot isolation" and anomalies:  # what is serializable holds at every level
        missing += [known.unread for known in order.values() if known.unread]
    if broken:
        return replace(found, ok=False, reasons=_reasons(broken[0], history))
    if missing:
        return replace(found, ok=None, reasons=Reasons(f"no anomaly found, but {missing[0]}"))
    if level == "serializable":
        in_order = nx.topological_sort(graph)
        return replace(found, witness=tuple(graph.nodes[name]["operation"] for name in in_order))
    return found


def _given(versions: Mapping[Any, Sequence[Any]] | None) -> Mapping[Any, Sequence[Any]]:
    """The order of versions as the store tells it: by key, each value once."""
    if versions is None:
        return {}
    if not isinstance(versions, Mapping):
        raise TypeError(
            f"versions tells each key's values in order, as in {{'x': [1, 2]}}; not {text(versions)}"
        )
    for key, values in versions.items():
        if isinstance(values, str) or not isinstance(values, Sequence):
            raise TypeError(
                f"versions of {name(key)} is a list of the values that it had, not {text(values)}"
            )
        for value in values:
            if value.__hash__ is None:
                raise TypeError(
                    f"versions of {name(key)} has {text(value)}, which cannot be hashed: use tuples"
                )
        if len(set(map(text, values))) < len(values):
            raise ValueError(f"versions of {name(key)} has one value twice: {text(values)}")
    return versions


def _reasons(anomaly: Anomaly, history: History) -> Reasons:
    named = {f"T{i}": operation for i, operation in enumerate(history, 1)}
    core = tuple(named[name] for name in dict.fromkeys(anomaly.transactions))
    return Reasons(f"{anomaly}: {anomaly.why}", core, True, anomaly.edges)
