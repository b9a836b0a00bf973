"""Histories that Jepsen recorded: lines of EDN, each a call or what became of it.

Two forms are understood: maps, ``{:process 0, :type :invoke, :f :read, :value nil}``, and the older lines of
four fields, ``INFO  jepsen.util - 0  :invoke  :read  nil``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple

from distlab.history import History, Operation
from distlab.values import text as shown

TYPES = ("invoke", "ok", "fail", "info")
FOUR_FIELDS = re.compile(r"^(?:INFO\b.*?-\s+)?(\S+)\s+(:[\w-]+)\s+(:[\w-]+)\s+(.+)$")


class Line(NamedTuple):
    """One line of a recording."""

    number: int
    process: int
    type: str
    f: str
    key: Any
    value: Any
    ms: float | None


def from_jepsen(text: str, *, keyed: bool = False) -> History:
    """Read a recorded history.

    ``:ok`` completed, ``:fail`` did not happen, ``:info`` is unknown, and so is what never returned. Whatever is
    not done by a numbered process (the nemesis) is left out.

    Parameters
    ----------
    text : str
        The recording, a line an event.
    keyed : bool
        Whether each value is a pair of a key and the value proper, as ``jepsen.independent`` writes them.

    Returns
    -------
    History
        Calls become ``("read",)``, ``("write", v)``, ``("cas", old, new)``, ``("get", k)``, ``("append", k, v)``,
        ``("txn", steps)``, ``("enqueue", v)`` and so on: the function, the key where there is one, and what was
        given. Lists become tuples, keywords strings.

    Raises
    ------
    ValueError
        For a line that cannot be read, a completion without a call or of another one, a call of a process that
        has one open, and times that run backwards.
    TypeError
        For what is no text.
    """
    if not isinstance(text, str):
        raise TypeError(f"from_jepsen reads the text of a recording, not {shown(text)}; see Path.read_text")
    open_calls: dict[int, Line] = {}
    done: list[Operation] = []
    for line in _lines(text, keyed):
        if line.type == "invoke":
            if line.process in open_calls:
                raise ValueError(
                    f"line {line.number}: process {line.process} calls :{line.f}, but its :"
                    f"{open_calls[line.process].f} of line {open_calls[line.process].number} is still open"
                )
            open_calls[line.process] = line
            continue
        if line.process not in open_calls:
            raise ValueError(
                f"line {line.number}: process {line.process} ends :{line.f}, but it has no call open"
            )
        call = open_calls.pop(line.process)
        if line.f != call.f:
            raise ValueError(
                f"line {line.number}: process {line.process} ends :{line.f}, but the call that it has open is "
                f":{call.f} of line {call.number}"
            )
        if line.ms is not None and call.ms is not None and line.ms < call.ms:
            raise ValueError(
                f"line {line.number}: process {line.process} ends :{line.f} before it called it in line "
                f"{call.number}: time runs backwards"
            )
        done.append(_operation(call, line))
    done += [_operation(call, None) for call in open_calls.values()]
    return History(done)


def _lines(text: str, keyed: bool) -> Iterator[Line]:
    for number, event in _events(text):
        process, kind, f = (event.get(field) for field in ("process", "type", "f"))
        if not isinstance(process, int):
            continue
        if kind not in TYPES or not isinstance(f, str):
            raise ValueError(
                f"line {number}: an event has a :type (one of :{', :'.join(TYPES)}) and an :f; not {shown(event)}"
            )
        key: Any = event.get("key")
        value: Any = event.get("value")
        if keyed and not (isinstance(value, tuple) and len(value) == 2):
            raise ValueError(
                f"line {number}: with keyed=True a value is a pair [key value]; not {shown(value)}"
            )
        if keyed:
            key, value = value
        ms = event["time"] / 1e6 if isinstance(event.get("time"), int) else None
        yield Line(number, process, kind, f, key, value, ms)


def _events(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The events with the numbers of their lines, as plain values."""
    numbers, written = [], []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip().strip(",")
        if not line or line.startswith(";"):
            continue
        if not line.startswith("{"):
            fields = FOUR_FIELDS.match(line)
            if fields is None:
                raise ValueError(
                    f"line {number} is neither a map like {{:process 0, :type :invoke, :f :read, :value nil}} "
                    f"nor four fields like 0 :invoke :read nil: {line[:80]!r}"
                )
            line = "{{:process {} :type {} :f {} :value {}}}".format(*fields.groups())
        numbers.append(number)
        written.append(line)
    yield from zip(numbers, _read_edn(numbers, written), strict=True)


def _read_edn(numbers: Sequence[int], lines: Sequence[str]) -> list[dict[str, Any]]:
    import edn_format  # takes a quarter of a second to load

    try:
        return [_plain(value) for value in edn_format.loads_all("\n".join(lines))]
    except edn_format.EDNDecodeError:
        for number, line in zip(numbers, lines, strict=True):
            try:
                edn_format.loads(line)
            except edn_format.EDNDecodeError as error:
                raise ValueError(f"line {number} is not EDN ({error}): {line[:80]!r}") from None
        raise


def _plain(value: Any) -> Any:
    """An EDN value as Python's own: keywords and symbols as strings, lists as tuples, sets as frozensets."""
    if isinstance(value, Mapping):
        return {_plain(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (Set, Sequence)) and not isinstance(value, (str, bytes)):
        made = frozenset if isinstance(value, Set) else tuple
        return made(_plain(v) for v in value)
    return value.name if hasattr(value, "name") else value


def _operation(call: Line, end: Line | None) -> Operation:
    outcome = {"ok": "completed", "fail": "failed"}.get(end.type if end else "info", "unknown")
    known = end if outcome != "unknown" else None
    return Operation(
        client=str(call.process),
        call=_call(call),
        result=_result(call, end) if end and outcome == "completed" else None,
        outcome=outcome,
        called=call.number,
        returned=known.number if known else None,
        called_at=call.ms,
        returned_at=known.ms if known else None,
    )


def _call(line: Line) -> tuple[Any, ...]:
    key = () if line.key is None else (line.key,)
    if line.f == "cas" and isinstance(line.value, tuple):
        return (line.f, *key, *line.value)
    if line.value is None and line.f not in ("write", "put"):
        return (line.f, *key)
    return (line.f, *key, line.value)


def _result(call: Line, end: Line) -> Any:
    """What an :ok line adds to the call: a value that was asked for, or that a compare-and-set was done."""
    if call.f == "cas":
        return True
    return end.value if call.f == "txn" or end.value != call.value else None
