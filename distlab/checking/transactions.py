"""Transactions as a history shows them: their steps, what they wrote, what they read of others.

By custom a transaction is one Operation: its call ``("txn", steps)`` with steps ``("r", key, None)``,
``("w", key, value)`` and ``("append", key, value)``, its result the same steps with the reads filled in.
Completed means committed, failed aborted, and an unknown one is taken as committed once somebody has read
what it wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeGuard

from distlab.checking.access import name
from distlab.history import History, Operation
from distlab.values import text

READ, WRITE, APPEND = "r", "w", "append"
Step = tuple[str, Any, Any]


class Transaction(NamedTuple):
    """A transaction under its name: T1, T2, ... in the order of the calls."""

    name: str
    operation: Operation
    steps: Sequence[Step]


class Version(NamedTuple):
    """A value that a key was given, by whom, and whether it was the last that they gave it."""

    key: Any
    value: Any
    writer: Transaction
    final: bool


class Read(NamedTuple):
    """What a transaction read of others: a value, or for a list what stood in it before its own."""

    reader: Transaction
    key: Any
    value: Any


class Mistake(NamedTuple):
    """A read that is wrong whatever the order of the transactions."""

    kind: str
    who: tuple[Transaction, ...]
    why: str


@dataclass
class Ledger:
    """All that the transactions of a history did, by key.

    Attributes
    ----------
    transactions : list of Transaction
        Those that committed.
    lists : set
        The keys that are appended to; the others are registers.
    versions : mapping from key to mapping from value to Version
        Everything that was written, by committed and aborted transactions.
    reads : list of Read
        Reads of others' writes, by committed transactions.
    mistakes : list of Mistake
        What is wrong with single reads.
    twice : set
        Keys that were given one value twice, so that nobody knows what a read of it saw.
    """

    transactions: list[Transaction] = field(default_factory=list)
    lists: set[Any] = field(default_factory=set)
    versions: dict[Any, dict[Any, Version]] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    twice: set[Any] = field(default_factory=set)

    def committed(self, key: Any) -> list[Version]:
        """What committed transactions left in a key: the last value of each, or all that it appended."""
        inside = {transaction.name for transaction in self.transactions}
        versions = self.versions.get(key, {}).values()
        return [v for v in versions if v.writer.name in inside and (v.final or key in self.lists)]


def read_ledger(history: History, ordered: Iterable[tuple[Any, Any]] = ()) -> Ledger:
    """Gather what the transactions of a history did.

    Parameters
    ----------
    history : History
        Of transactions.
    ordered : iterable of (key, value)
        Values that the store says it installed: their writers committed.

    Raises
    ------
    ValueError
        When a call is no transaction, or a key is both written to and appended to.
    """
    every = [Transaction(f"T{i}", o, _steps(o)) for i, o in enumerate(history, 1)]
    ledger = Ledger()
    ledger.lists = _lists(every)
    for transaction in every:
        _record_writes(ledger, transaction)
    seen = set(ordered) | {
        (key, value)
        for transaction in every
        if transaction.operation.outcome == "completed"
        for kind, key, result in transaction.steps
        if kind == READ
        for value in (_list(key, result) if key in ledger.lists else (result,))
    }
    ledger.transactions = [t for t in every if _committed(t, seen)]
    for transaction in ledger.transactions:
        if transaction.operation.outcome == "completed":
            _record_reads(ledger, transaction)
    return ledger


def _list(key: Any, read: Any) -> tuple[Any, ...]:
    """What was read of a key that is appended to; None is an empty list.

    Raises
    ------
    ValueError
        When it is no list.
    """
    if read is None or isinstance(read, tuple):
        return read or ()
    raise ValueError(f"{name(key)} is appended to, so a read of it shows a tuple of values, not {text(read)}")


def _steps(operation: Operation) -> Sequence[Step]:
    call = operation.call
    asked = call[1] if isinstance(call, tuple) and len(call) == 2 and call[0] == "txn" else None
    if not _are_steps(asked):
        raise ValueError(
            "a transaction is called ('txn', steps) with steps ('r', key, None), ('w', key, value) and "
            f"('append', key, value); not {text(call)}"
        )
    if operation.outcome != "completed":
        return asked
    told = operation.result
    if not _are_steps(told) or [_shape(s) for s in told] != [_shape(s) for s in asked]:
        raise ValueError(
            f"the result of {text(call)} is {text(told)}; it has to be the same steps, with what was read filled in"
        )
    return told


def _are_steps(steps: Any) -> TypeGuard[Sequence[Step]]:
    kinds = (READ, WRITE, APPEND)
    return isinstance(steps, tuple) and all(
        isinstance(step, tuple) and len(step) == 3 and step[0] in kinds for step in steps
    )


def _shape(step: Step) -> tuple[Any, ...]:
    return step[:2] if step[0] == READ else step


def _lists(every: Sequence[Transaction]) -> set[Any]:
    steps = [step for transaction in every for step in transaction.steps]
    written = {key for kind, key, _ in steps if kind == WRITE}
    appended = {key for kind, key, _ in steps if kind == APPEND}
    for key in sorted(map(name, written & appended)):
        raise ValueError(f"{key} is both written to and appended to; a key is a register or a list")
    return appended | {
        key for kind, key, value in steps if kind == READ and isinstance(value, tuple) and key not in written
    }


def _record_writes(ledger: Ledger, transaction: Transaction) -> None:
    writes = [(key, value) for kind, key, value in transaction.steps if kind != READ]
    last = dict(writes)
    for key, value in writes:
        versions = ledger.versions.setdefault(key, {})
        if value in versions:
            ledger.twice.add(key)
        versions[value] = Version(key, value, transaction, final=last[key] == value)


def _committed(transaction: Transaction, seen: set[tuple[Any, Any]]) -> bool:
    if transaction.operation.outcome == "unknown":
        return any((key, value) in seen for kind, key, value in transaction.steps if kind != READ)
    return transaction.operation.outcome == "completed"


def _record_reads(ledger: Ledger, transaction: Transaction) -> None:
    own: dict[Any, tuple[Any, ...]] = {}
    for kind, key, value in transaction.steps:
        if kind == APPEND:
            own[key] = (*own.get(key, ()), value)
        elif kind == WRITE:
            own[key] = (value,)
        elif key in ledger.lists:
            mine, found = own.get(key, ()), _list(key, value)
            cut = len(found) - len(mine)
            if cut < 0 or found[cut:] != mine:
                _internal(ledger, transaction, key, value, mine[-1])
            else:
                _external(ledger, Read(transaction, key, found[:cut]), found[:cut])
        elif key not in own:
            _external(ledger, Read(transaction, key, value), () if value is None else (value,))
        elif value != own[key][0]:
            _internal(ledger, transaction, key, value, own[key][0])


def _internal(ledger: Ledger, transaction: Transaction, key: Any, value: Any, own: Any) -> None:
    why = f"{transaction.name} read {text(value)} from {name(key)} after its own write of {text(own)}"
    ledger.mistakes.append(Mistake("internal", (transaction,), why))


def _external(ledger: Ledger, read: Read, values: Sequence[Any]) -> None:
    ledger.reads.append(read)
    if read.key in ledger.twice:
        return
    reader = read.reader.name
    for i, value in enumerate(values):
        version = ledger.versions.get(read.key, {}).get(value)
        what = f"{reader} read {text(value)} from {name(read.key)}, which"
        if version is None:
            mistake = Mistake("garbage read", (read.reader,), f"{what} nobody wrote")
        elif version.writer.operation.outcome == "failed":
            who = (version.writer, read.reader)
            mistake = Mistake("G1a", who, f"{what} {version.writer.name} wrote, which aborted")
        elif i == len(values) - 1 and not version.final and version.writer is not read.reader:
            who = (version.writer, read.reader)
            mistake = Mistake("G1b", who, f"{what} {version.writer.name} wrote and then changed")
        else:
            continue
        ledger.mistakes.append(mistake)
