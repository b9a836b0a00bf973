"""Transactions: every anomaly by an example, and the levels against all serial orders and all snapshots."""

from itertools import chain, combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from distlab.checking import ISOLATION, isolated, serializable
from distlab.history import History, Operation


def txn(at, *steps, outcome="completed"):
    """A transaction of a client of its own; its reads are given with what they found."""
    asked = tuple((kind, key, None if kind == "r" else value) for kind, key, value in steps)
    result = steps if outcome == "completed" else None
    returned = None if outcome == "unknown" else at + 10
    return Operation(f"c{at}", ("txn", asked), result, outcome, at, returned)


def r(key, *values):
    """Read a list (small letters) or a register (capitals)."""
    return ("r", key, values if key.islower() else values[0] if values else None)


def a(key, value):
    return ("append", key, value)


def w(key, value):
    return ("w", key, value)


# What was found, the weakest level that forbids it, the transactions, and how it is told.
EXAMPLES = [
    (
        "dirty write (G0)",
        "read uncommitted",
        [txn(1, a("x", 1), a("y", 1)), txn(2, a("x", 2), a("y", 2)), txn(3, r("x", 1, 2), r("y", 2, 1))],
        "T2 appended 2 to x after 1, which T1 appended; T1 appended 1 to y after 2, which T2 appended",
    ),
    (
        "aborted read (G1a)",
        "read committed",
        [txn(1, a("x", 1), outcome="failed"), txn(2, r("x", 1))],
        "T2 read 1 from x, which T1 wrote, which aborted",
    ),
    (
        "intermediate read (G1b)",
        "read committed",
        [txn(1, a("x", 1), a("x", 2)), txn(2, r("x", 1))],
        "T2 read 1 from x, which T1 wrote and then changed",
    ),
    (
        "circular information flow (G1c)",
        "read committed",
        [txn(1, a("x", 1), r("y", 2)), txn(2, a("y", 2), r("x", 1))],
        "T2 read 1 from x, which T1 appended; T1 read 2 from y, which T2 appended",
    ),
    (
        "lost update (G-single)",
        "snapshot isolation",
        [txn(1, r("x"), a("x", 1)), txn(2, r("x"), a("x", 2)), txn(3, r("x", 1, 2))],
        "T2 read x without 1, which T1 appended; T2 appended 2 to x after 1, which T1 appended",
    ),
    (
        "read skew (G-single)",
        "snapshot isolation",
        [txn(1, r("x"), r("y", 2)), txn(2, a("x", 1), a("y", 2))],
        "T1 read x without 1, which T2 appended; T1 read 2 from y, which T2 appended",
    ),
    (
        "unrepeatable read (G-single)",
        "snapshot isolation",
        [txn(1, r("x"), r("x", 1)), txn(2, a("x", 1))],
        "T1 read x without 1, which T2 appended; T1 read 1 from x, which T2 appended",
    ),
    (
        "G-single",
        "snapshot isolation",
        [txn(1, r("x"), r("y", 2)), txn(2, a("x", 1)), txn(3, r("x", 1), a("y", 2))],
        "T1 read x without 1, which T2 appended; T3 read 1 from x, which T2 appended; "
        "T1 read 2 from y, which T3 appended",
    ),
    (
        "long fork (G-nonadjacent)",
        "snapshot isolation",
        [txn(1, a("x", 1)), txn(2, a("y", 1)), txn(3, r("x", 1), r("y")), txn(4, r("x"), r("y", 1))],
        "T3 read y without 1, which T2 appended; T4 read 1 from y, which T2 appended; "
        "T4 read x without 1, which T1 appended; T3 read 1 from x, which T1 appended",
    ),
    (
        "write skew (G2-item)",
        "serializable",
        [txn(1, r("x"), a("y", 1)), txn(2, r("y"), a("x", 1))],
        "T1 read x without 1, which T2 appended; T2 read y without 1, which T1 appended",
    ),
    (
        "G2-item",
        "serializable",
        [txn(1, r("x"), a("y", 1)), txn(2, r("z"), a("x", 1)), txn(3, r("y"), a("z", 1))],
        "T1 read x without 1, which T2 appended; T2 read z without 1, which T3 appended; "
        "T3 read y without 1, which T1 appended",
    ),
    (
        "internal",
        "read uncommitted",
        [txn(1, a("x", 1), r("x"))],
        "T1 read () from x after its own write of 1",
    ),
    (
        "internal",
        "read uncommitted",
        [txn(1, w("X", 1), r("X"))],
        "T1 read None from X after its own write of 1",
    ),
    ("garbage read", "read uncommitted", [txn(1, r("X", 7))], "T1 read 7 from X, which nobody wrote"),
    (
        "incompatible order",
        "read committed",
        [txn(1, a("x", 1)), txn(2, a("x", 2)), txn(3, r("x", 1, 2)), txn(4, r("x", 2, 1))],
        "T4 read (2, 1) from x and T3 read (1, 2): neither list is the beginning of the other",
    ),
]


@pytest.mark.parametrize(("name", "level", "history", "why"), EXAMPLES)
def test_every_anomaly_by_name_and_level(name, level, history, why):
    verdict = serializable(history)
    assert [str(anomaly) for anomaly in verdict.anomalies] == [name]
    assert repr(verdict) == f"not serializable: {name}: {why}"
    assert verdict.weakest == level
    for weaker in ISOLATION:
        held = isolated(history, weaker)
        if ISOLATION.index(weaker) >= ISOLATION.index(level):
            assert held.ok is False and held.why == f"{name}: {why}"
            assert set(held.core) <= set(history) and held.core
        else:
            assert held.ok is not False


@pytest.mark.parametrize(("name", "level", "history", "why"), EXAMPLES)
def test_a_cycle_can_be_drawn(name, level, history, why):
    verdict = serializable(history)
    for anomaly in verdict.anomalies:
        for edge, following in zip(anomaly.edges, anomaly.edges[1:] + anomaly.edges[:1], strict=True):
            assert edge.after == following.before
            assert edge.why in [data["why"] for data in verdict.graph[edge.before][edge.after].values()]
    for node, data in verdict.graph.nodes(data=True):
        assert data["operation"] == History(history)[int(node[1:]) - 1]


def test_registers_with_the_order_that_the_store_tells():
    history = [txn(1, r("X"), w("X", 1)), txn(2, r("X"), w("X", 2))]
    assert str(serializable(history, {"X": [1, 2]}).anomalies[0]) == "lost update (G-single)"
    fine = [txn(1, r("X"), w("X", 1)), txn(2, r("X", 1), w("X", 2)), txn(3, r("X", 2))]
    assert serializable(fine, {"X": [1, 2]}).witness == tuple(fine)
    assert str(serializable(fine, {"X": [2, 1]}).anomalies[0]) == "circular information flow (G1c)"


def test_without_the_order_of_versions_more_cannot_be_said():
    history = [txn(1, w("X", 1)), txn(2, w("X", 2)), txn(3, r("X", 2))]
    verdict = serializable(history)
    assert verdict.ok is None and verdict.anomalies == ()
    assert verdict.why == (
        "no anomaly found, but the store has not said in which order it installed the 2 versions of X: give versions="
    )
    # what was read first is before all versions, whatever their order
    skewed = [*history, txn(4, r("X"), r("Y", 1)), txn(5, w("X", 3), w("Y", 1))]
    assert str(serializable(skewed).anomalies[0]) == "read skew (G-single)"


def test_one_version_has_but_one_order():
    assert serializable([txn(1, w("X", 1)), txn(2, r("X", 1)), txn(3, r("X"))]).ok is True


def test_a_value_written_twice_leaves_the_answer_open():
    history = [txn(1, a("x", 1)), txn(2, a("x", 1)), txn(3, r("x", 1))]
    assert serializable(history).ok is None
    assert "x was given one value twice: write distinct values" in serializable(history).why


def test_a_lost_update_needs_no_later_read():
    history = [txn(1, r("x"), a("x", 1)), txn(2, r("x"), a("x", 2))]
    assert str(serializable(history).anomalies[0]) == "lost update (G-single)"
    assert isolated(history, "snapshot isolation").ok is False


def test_what_nobody_read_leaves_snapshots_open():
    history = [txn(1, r("x"), a("y", 1), a("z", 1)), txn(2, r("y"), a("x", 2), a("z", 2))]
    verdict = isolated(history, "snapshot isolation")
    assert verdict.ok is None and [str(anomaly) for anomaly in verdict.anomalies] == ["write skew (G2-item)"]
    assert verdict.why == (
        "no anomaly found, but nobody read z after its last 2 appends: let somebody read it at the end"
    )
    # ... but what is serializable holds, whatever nobody read
    assert isolated([txn(1, a("x", 1)), txn(2, a("x", 2))], "snapshot isolation").ok is True


def test_an_unknown_transaction_committed_if_somebody_read_it():
    unread = [txn(1, r("x"), a("y", 1), outcome="unknown"), txn(2, r("y"), a("x", 1))]
    assert "T1" not in serializable(unread).graph
    read = [txn(1, a("y", 1), a("x", 2), outcome="unknown"), txn(2, r("y", 1), r("x"))]
    assert str(serializable(read).anomalies[0]) == "read skew (G-single)"


@pytest.mark.parametrize(
    ("history", "versions", "sentence"),
    [
        ([Operation("a", ("read",), 1, "completed", 1, 2)], {}, r"a transaction is called \('txn', steps\)"),
        (
            [Operation("a", ("txn", (("z", 1, 1),)), None, "completed", 1, 2)],
            {},
            r"not \('txn', \(\('z', 1, 1\),\)\)",
        ),
        (
            [Operation("a", ("txn", (("r", "x", None),)), (("r", "y", 1),), "completed", 1, 2)],
            {},
            "it has to be the same steps, with what was read filled in",
        ),
        ([txn(1, a("x", 1)), txn(2, w("x", 1))], {}, "x is both written to and appended to"),
        ([txn(1, w("X", 1))], {"X": [1, 2]}, "versions of X has 2, which no transaction wrote"),
        ([txn(1, w("X", 1)), txn(2, w("X", 2))], {"X": [1]}, "versions of X lacks 2, which T2 committed"),
    ],
)
def test_what_cannot_be_judged(history, versions, sentence):
    with pytest.raises(ValueError, match=sentence):
        serializable(history, versions)


@pytest.mark.parametrize(
    ("versions", "kind", "sentence"),
    [
        ([1], TypeError, r"versions tells each key's values in order, as in \{'x': \[1, 2\]\}; not \[1\]"),
        ({"X": 1}, TypeError, "versions of X is a list of the values that it had, not 1"),
        ({"X": "1"}, TypeError, "versions of X is a list of the values that it had, not '1'"),
        ({"X": [1, [2]]}, TypeError, r"versions of X has \[2\], which cannot be hashed: use tuples"),
        ({"X": [1, 1]}, ValueError, r"versions of X has one value twice: \[1, 1\]"),
        ({"X": [1], "Y": [2]}, ValueError, "versions tells of Y, which no transaction touched"),
    ],
)
def test_versions_that_tell_no_order(versions, kind, sentence):
    with pytest.raises(kind, match=sentence):
        serializable([txn(1, w("X", 1))], versions)


def test_a_read_of_a_list_is_a_tuple():
    scalar = Operation("b", ("txn", (("r", "x", None),)), (("r", "x", 1),), "completed", 1, 2)
    with pytest.raises(ValueError, match="x is appended to, so a read of it shows a tuple of values, not 1"):
        serializable([txn(1, a("x", 1)), scalar])


def test_a_level_that_there_is_not():
    with pytest.raises(
        ValueError, match="there is no level of isolation 'strict'; there are read uncommitted, "
    ):
        isolated([], "strict")


def test_an_empty_history_holds_and_says_that_it_means_nothing():
    assert serializable([]) and serializable([]).why == "nothing was judged: no operation completed"


# --- against all orders -------------------------------------------------------------------------------


@st.composite
def runs(draw, kind):
    """Transactions that read beginnings of lists, or values of registers, that never contradict their own writes."""
    keys = "xy" if kind == "append" else "XY"
    plans = draw(st.lists(st.lists(st.tuples(st.booleans(), st.sampled_from(keys)), max_size=4), max_size=4))
    final = {key: [] for key in keys}
    for number, plan in enumerate(plans):
        for place, (writes, key) in enumerate(plan):
            if writes:
                final[key].append(10 * number + place)
    final = {key: draw(st.permutations(values)) for key, values in final.items()}
    history = []
    for number, plan in enumerate(plans):
        steps, own = [], {key: [] for key in keys}
        for place, (writes, key) in enumerate(plan):
            if writes:
                own[key].append(10 * number + place)
                steps.append((kind, key, own[key][-1]))
            elif kind == "append":
                others = [v for v in final[key] if v // 10 != number]
                seen = others[: draw(st.integers(0, len(others)))]
                steps.append(("r", key, tuple(seen + own[key])))
            else:
                seen = own[key][-1:] or draw(
                    st.sampled_from([[], *([v] for v in final[key] if v // 10 != number)])
                )
                steps.append(("r", key, seen[0] if seen else None))
        outcome = draw(st.sampled_from(["completed"] * 5 + ["unknown", "failed"]))
        history.append(txn(number, *steps, outcome=outcome))
    return History(history), final


def chosen(history):
    """Every set of transactions that may have committed."""
    unknown = history.pending
    for some in chain.from_iterable(combinations(unknown, n) for n in range(len(unknown) + 1)):
        yield [*history.completed, *some]


def carried_out(transaction, state):
    """The state after the transaction has run on it alone, or None when it would have read something else."""
    state, own = dict(state), {}
    for kind, key, value in transaction.result or transaction.call[1]:
        seen = own.get(key, state.get(key, ()))
        if kind == "append":
            own[key] = (*seen, value)
        elif kind == "w":
            own[key] = (value,)
        elif transaction.outcome == "completed":
            read = value if isinstance(value, tuple) else () if value is None else (value,)
            if read != seen:
                return None
    return state | own


def serial(history, order_of_versions=None):
    for committed in chosen(history):
        for order in permutations(committed):
            state = {}
            for transaction in order:
                state = carried_out(transaction, state)
                if state is None:
                    break
            else:
                if order_of_versions is None or order_of_versions == installed(order):
                    return True
    return False


def installed(order):
    """The last value that each transaction left in each register, in a serial order."""
    versions = {}
    for transaction in order:
        last = {key: value for kind, key, value in transaction.call[1] if kind == "w"}
        for key, value in last.items():
            versions.setdefault(key, []).append(value)
    return versions


@given(run=runs("append"))
def test_serializable_agrees_with_all_serial_orders(run):
    history, _ = run
    verdict = serializable(history)
    assert verdict.ok is serial(history)
    if verdict.ok:
        assert is_serial(verdict.witness)
        assert all(isolated(history, level) for level in ISOLATION)


def is_serial(witness):
    state = {}
    for transaction in witness:
        state = carried_out(transaction, state)
        if state is None:
            return False
    return True


@given(run=runs("w"), data=st.data())
def test_registers_agree_with_all_serial_orders_of_their_versions(run, data):
    history, final = run
    left = {}
    for operation in history.completed:
        for key, value in {k: v for kind, k, v in operation.call[1] if kind == "w"}.items():
            left.setdefault(key, set()).add(value)
    versions = {key: [v for v in values if v in left.get(key, ())] for key, values in final.items()}
    versions = {key: values for key, values in versions.items() if values}
    if history.pending:
        return  # whether they committed is then the store's to tell
    verdict = serializable(history, versions)
    assert verdict.ok is serial(history, versions)


@given(run=runs("append"))
def test_snapshot_isolation_agrees_with_all_snapshots(run):
    history, _ = run
    possible = any(by_snapshots(committed) for committed in chosen(history))
    verdict = isolated(history, "snapshot isolation")
    assert verdict.ok is possible or "let somebody read it at the end" in verdict.why


def by_snapshots(committed, waiting=None, running=(), state=(), log=()):
    """Try every order of starts and commits; `log` holds what was committed, to find who wrote meanwhile."""
    waiting = list(committed) if waiting is None else waiting
    if not waiting and not running:
        return True
    for transaction in waiting:
        after = carried_out(transaction, dict(state))
        if after is not None:
            rest = [t for t in waiting if t is not transaction]
            begun = (transaction, len(log))
            if by_snapshots(committed, rest, (*running, begun), state, log):
                return True
    for begun in running:
        transaction, at = begun
        wrote = {key for kind, key, _ in transaction.call[1] if kind != "r"}
        if any(wrote & others for others in log[at:]):
            continue
        after = dict(state)
        for kind, key, value in transaction.call[1]:
            if kind == "append":
                after[key] = (*after.get(key, ()), value)
        rest = tuple(other for other in running if other is not begun)
        if by_snapshots(committed, waiting, rest, tuple(after.items()), (*log, wrote)):
            return True
    return False
