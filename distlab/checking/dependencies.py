"""What has to come before what among transactions: the dependency graph of Adya (1999), section 3.

An edge from one committed transaction to another says that any serial order must keep them so:

- ``ww``: the other wrote the next version of what the one wrote,
- ``wr``: the other read what the one wrote,
- ``rw``: the one read a version, and the other wrote the next.

For that the versions of a key must be known in order. Either the store tells it; or transactions append to
lists, and then a read shows all versions up to it (Kingsbury and Alvaro 2020, "Elle").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import networkx as nx

from distlab.checking.access import name
from distlab.checking.transactions import APPEND, READ, Ledger, Mistake, Read, Transaction, Version
from distlab.values import text


@dataclass
class Order:
    """The versions that committed transactions left in a key.

    Attributes
    ----------
    first : list of Version
        In the order in which they were installed.
    rest : list of Version
        Installed after them, in an order that is not known.
    missing : str
        What would have to be known to say that all is well; else empty.
    unread : str
        The same, where only snapshot isolation needs it: in a serial order, what nobody read may stand in any
        order that suits, but whether two transactions ran side by side shows only in what they overwrote.
    """

    first: list[Version] = field(default_factory=list)
    rest: list[Version] = field(default_factory=list)
    missing: str = ""
    unread: str = ""


def orders(ledger: Ledger, versions: Mapping[Any, Sequence[Any]]) -> dict[Any, Order]:
    """The version order of every key, as far as it is known; lists that contradict each other are noted as mistakes."""
    keys = dict.fromkeys([*ledger.versions, *(read.key for read in ledger.reads)])
    for key in versions.keys() - keys.keys():
        raise ValueError(f"versions tells of {name(key)}, which no transaction touched")
    found = {}
    for key in keys:
        if key in ledger.twice:
            found[key] = Order(missing=f"{name(key)} was given one value twice: write distinct values")
        elif key in ledger.lists:
            found[key] = _order_of_list(key, ledger)
        elif key in versions:
            found[key] = _order_given(key, versions[key], ledger)
        else:
            found[key] = _order_unknown(key, ledger)
    return found


def _order_of_list(key: Any, ledger: Ledger) -> Order:
    """The longest list that was read shows the order; what nobody has read yet comes after it."""
    full = [
        (t, value or ())
        for t in ledger.transactions
        if t.operation.outcome == "completed"
        for kind, k, value in t.steps
        if kind == READ and k == key
    ]
    longest = max((seen for _, seen in full), key=len, default=())
    if torn := _torn(key, full, longest) or _turned(key, full, longest, ledger):
        ledger.mistakes.append(torn)
        return Order(missing=f"the lists read from {name(key)} contradict each other")
    committed = {version.value: version for version in ledger.committed(key)}
    first = [committed[value] for value in longest if value in committed]
    rest = [version for version in committed.values() if version.value not in longest]
    unread = ""
    if len({version.writer.name for version in rest}) > 1:
        unread = (
            f"nobody read {name(key)} after its last {len(rest)} appends: let somebody read it at the end"
        )
    return Order(first, rest, unread=unread)


Seen = Sequence[tuple[Transaction, tuple[Any, ...]]]


def _torn(key: Any, full: Seen, longest: tuple[Any, ...]) -> Mistake | None:
    """Two lists of which neither is the beginning of the other."""
    longest_reader = next((t for t, seen in full if seen == longest), None)
    for reader, seen in full:
        if longest_reader is not None and seen != longest[: len(seen)]:
            why = (
                f"{reader.name} read {text(seen)} from {name(key)} and {longest_reader.name} read {text(longest)}: "
                "neither list is the beginning of the other"
            )
            return Mistake("incompatible order", (reader, longest_reader), why)
    return None


def _turned(key: Any, full: Seen, longest: tuple[Any, ...], ledger: Ledger) -> Mistake | None:
    """A list in which the appends of one transaction do not stand in its own order."""
    for writer in ledger.transactions:
        own = [value for kind, k, value in writer.steps if kind == APPEND and k == key]
        shown = [value for value in longest if value in own]
        if shown != own[: len(shown)]:
            reader = next(t for t, seen in full if seen == longest)
            why = f"{reader.name} read {text(longest)} from {name(key)}, to which {writer.name} appended {text(own)}"
            return Mistake("incompatible order", (writer, reader), why)
    return None


def _order_given(key: Any, values: Sequence[Any], ledger: Ledger) -> Order:
    known = ledger.versions.get(key, {})
    for value in values:
        if value not in known:
            raise ValueError(f"versions of {name(key)} has {text(value)}, which no transaction wrote")
    for version in ledger.committed(key):
        if version.value not in values:
            raise ValueError(
                f"versions of {name(key)} lacks {text(version.value)}, which {version.writer.name} committed"
            )
    left = {version.value for version in ledger.committed(key)}
    return Order([known[value] for value in values if value in left])


def _order_unknown(key: Any, ledger: Ledger) -> Order:
    """A register about which the store says nothing; one version alone has but one order."""
    rest = ledger.committed(key)
    if len(rest) < 2:
        return Order(rest)
    missing = f"the store has not said in which order it installed the {len(rest)} versions of {name(key)}"
    return Order([], rest, f"{missing}: give versions=")


def dependency_graph(ledger: Ledger, order: Mapping[Any, Order]) -> nx.MultiDiGraph:
    """The graph: nodes by name with their ``operation``, edges with ``kind``, ``item`` and ``why``."""
    graph = nx.MultiDiGraph()
    for transaction in ledger.transactions:
        graph.add_node(transaction.name, operation=transaction.operation)
    for key, known in order.items():
        for before, after in _successions(known):
            _add(
                graph, "ww", before.writer, after.writer, key, _overwrote(before, after, key in ledger.lists)
            )
    for read in ledger.reads:
        if read.key not in ledger.twice:
            _add_read(graph, read, order[read.key], ledger)
    return graph


def _successions(order: Order) -> Iterable[tuple[Version, Version]]:
    yield from zip(order.first, order.first[1:], strict=False)
    if order.first:
        yield from ((order.first[-1], version) for version in order.rest)


def _add_read(graph: nx.MultiDiGraph, read: Read, order: Order, ledger: Ledger) -> None:
    is_list = read.key in ledger.lists
    nothing = not read.value if is_list else read.value is None
    value = None if nothing else read.value[-1] if is_list else read.value
    values = [version.value for version in order.first]
    seen = None if nothing else ledger.versions.get(read.key, {}).get(value)
    if seen is not None and seen.writer.name in graph:
        verb = "appended" if is_list else "wrote"
        why = f"{read.reader.name} read {text(value)} from {name(read.key)}, which {seen.writer.name} {verb}"
        _add(graph, "wr", seen.writer, read.reader, read.key, why)
    if nothing:
        following = order.first[:1] or order.rest
    elif value in values and (seen is None or seen.final):
        place = values.index(value) + 1
        following = order.first[place : place + 1] or order.rest
    else:
        following = []
    for version in following:
        _add(graph, "rw", read.reader, version.writer, read.key, _missed(read, version, nothing, is_list))


def _add(
    graph: nx.MultiDiGraph, kind: str, before: Transaction, after: Transaction, item: Any, why: str
) -> None:
    if before.name != after.name and not graph.has_edge(before.name, after.name, (kind, item)):
        graph.add_edge(before.name, after.name, (kind, item), kind=kind, item=item, why=why)


def _overwrote(before: Version, after: Version, is_list: bool) -> str:
    key, old, new = name(before.key), text(before.value), text(after.value)
    if is_list:
        return f"{after.writer.name} appended {new} to {key} after {old}, which {before.writer.name} appended"
    return f"{after.writer.name} wrote {new} to {key} over {old}, which {before.writer.name} wrote"


def _missed(read: Read, version: Version, nothing: bool, is_list: bool) -> str:
    reader, key, writer = read.reader.name, name(read.key), version.writer.name
    if is_list:
        return f"{reader} read {key} without {text(version.value)}, which {writer} appended"
    if nothing:
        return f"{reader} read nothing from {key}, to which {writer} wrote {text(version.value)}"
    return f"{reader} read {text(read.value)} from {key}, over which {writer} wrote {text(version.value)}"
