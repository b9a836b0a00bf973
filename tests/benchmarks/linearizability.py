"""Judging recorded histories, beside a plain Wing-Gong-Lowe search.

The peer is the search of Lowe (2017), section 3, in the form that Athalye's Porcupine made known: a list of calls and
returns, a memo of (what is linearized, state), nothing else: no splitting by key, no order in which to try things.
DISTLAB_HISTORIES names a folder of recordings in Jepsen's form: etcd/*.log (compare-and-set registers), kv/*.txt
(stores of strings), and verdicts.tsv, which says what each of them is.
"""

import csv
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from distlab.checking import ILLEGAL, UNKNOWN, CasRegister, KeyValue, Model, from_jepsen, linearizable
from distlab.history import History
from tests.benchmarks.table import Row, compare, show, timed

EASY = 5_000  # steps of the peer


class Entry:
    """A call or a return in the list; a call knows its return."""

    __slots__ = ("after", "before", "index", "ret")

    def __init__(self, index: int) -> None:
        self.index = index
        self.ret: Entry | None = None
        self.before: Entry = self
        self.after: Entry | None = None

    def lift(self) -> None:
        """Take it out of the list; it remembers its place."""
        assert self.before is not None
        self.before.after = self.after
        if self.after:
            self.after.before = self.before

    def put_back(self) -> None:
        """Undo `lift`."""
        self.before.after = self
        if self.after:
            self.after.before = self


def listed(history: History) -> Entry:
    """The head of the list of all calls and returns; what never returns, returns at the end."""
    events = []
    for index, operation in enumerate(history):
        if operation.outcome != "failed":
            call, ret = Entry(index), Entry(index)
            call.ret = ret
            end = float("inf") if operation.returned is None else operation.returned
            events += [(operation.called, 0, index, call), (end, 1, index, ret)]
    head = last = Entry(-1)
    for *_, entry in sorted(events, key=lambda event: event[:3]):
        last.after, entry.before = entry, last
        last = entry
    return head


def plain_search(history: History, model: Model) -> tuple[bool, int]:
    """Whether some order explains the history, and how many steps of the model it took to know."""
    head, operations = listed(history), list(history)
    step, state = (whole(model), frozenset()) if model.key else (model.step, model.initial)
    steps, linearized = 0, 0
    seen: set[tuple[int, Any]] = set()
    stack: list[tuple[Entry, Any]] = []
    entry = head.after
    while entry is not None:
        if entry.ret is not None:
            operation = operations[entry.index]
            result = operation.result if operation.outcome == "completed" else UNKNOWN
            steps += 1
            after = step(state, operation.call, result)
            now = linearized | 1 << entry.index
            if after is not ILLEGAL and (now, after) not in seen:
                seen.add((now, after))
                stack.append((entry, state))
                state, linearized = after, now
                entry.lift()
                entry.ret.lift()
                entry = head.after
            else:
                entry = entry.after
        elif operations[entry.index].returned is None:
            return True, steps  # all that returned is linearized
        elif not stack:
            return False, steps
        else:
            entry, state = stack.pop()
            assert entry.ret is not None
            linearized &= ~(1 << entry.index)
            entry.ret.put_back()
            entry.put_back()
            entry = entry.after
    return True, steps


def whole(model: Model) -> Callable[[Any, Any, Any], Any]:
    """A step of all keys together, whose state is the set of keys with what they hold."""

    def step(state: frozenset[tuple[Any, Any]], call: Any, result: Any) -> Any:
        held = dict(state)
        key = call[1]
        after = model.step(held.get(key, model.initial), call, result)
        return ILLEGAL if after is ILLEGAL else frozenset((held | {key: after}).items())

    return step


def recordings(folder: Path) -> dict[str, tuple[History, Model, bool]]:
    """Every recording, with its model and its verdict."""
    models = {"etcd": CasRegister(), "kv": KeyValue("")}
    found = {}
    with (folder / "verdicts.tsv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            history = from_jepsen((folder / row["file"]).read_text(encoding="utf-8"))
            found[row["file"]] = (history, models[row["file"].split("/")[0]], row["linearizable"] == "yes")
    return found


def main() -> None:
    """Check every verdict, then measure, and print the table."""
    folder = os.environ.get("DISTLAB_HISTORIES")
    if not folder:
        print("\nLinearizability: set DISTLAB_HISTORIES to a folder of recorded histories to measure it")
        return
    known = recordings(Path(folder))
    steps = {}
    for file, (history, model, ok) in known.items():
        ours, (theirs, taken) = linearizable(history, model), plain_search(history, model)
        assert ours.ok is theirs is ok, f"{file}: ours {ours.ok}, the peer's {theirs}, known {ok}"
        steps[file] = (ours.steps, taken)
    etcd = [file for file in known if file.startswith("etcd")]
    rows = [
        measured(f"etcd, all {len(etcd)}", etcd, known, runs=5, goal=10),
        measured("kv/c10-ok", ["kv/c10-ok.txt"], known, runs=3, goal=10),
        measured("kv/c10-bad", ["kv/c10-bad.txt"], known, runs=3, goal=10),
    ]
    easy = [file for file, (_, taken) in steps.items() if taken < EASY]
    each = [measured(file.removesuffix(".log"), [file], known, runs=15, goal=1 / 3) for file in easy]
    rows.append(measured(f"the {len(easy)} easy ones together", easy, known, runs=5, goal=1 / 3))
    rows += sorted(each, key=lambda row: row.ratio)[:3]
    ours, theirs = (sum(taken) for taken in zip(*steps.values(), strict=True))
    show(f"Linearizability ({ours:,} steps, the peer {theirs:,})", rows, peer="plain search")


def measured(
    what: str, files: list[str], known: dict[str, tuple[History, Model, bool]], runs: int, goal: float
) -> Row:
    """Some recordings, judged one after the other."""
    chosen = [known[file][:2] for file in files]
    return compare(
        what,
        timed(lambda: [linearizable(history, model) for history, model in chosen]),
        timed(lambda: [plain_search(history, model) for history, model in chosen]),
        runs=runs,
        goal=goal,
    )


if __name__ == "__main__":
    main()
