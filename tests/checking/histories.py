"""Small random histories, and the definition of linearizability tried out on all orders."""

from itertools import combinations

from hypothesis import strategies as st

from distlab.checking import ILLEGAL, UNKNOWN, CasRegister, Counter, KeyValue, Mutex, Queue, Register, Set
from distlab.history import History, Operation

VALUES = st.integers(0, 2)
KEYS = st.sampled_from("xy")
ANSWERS = st.booleans()
NOTHING = st.none()


def op(client, called, returned, *call, result=None, failed=False):
    """An operation; `returned` None is one that was never heard of again."""
    outcome = "unknown" if returned is None else "failed" if failed else "completed"
    return Operation(client, call, result, outcome, called, returned)


def call(word, *arguments, result=NOTHING):
    return st.tuples(st.tuples(st.just(word), *arguments), result)


READ = call("read", result=st.none() | VALUES)

# What clients may call, and what they may be told.
CALLS = {
    "register": (Register(), READ | call("write", VALUES)),
    "cas": (CasRegister(), READ | call("write", VALUES) | call("cas", VALUES, VALUES, result=ANSWERS)),
    "store": (
        KeyValue(),
        call("get", KEYS, result=st.none() | VALUES)
        | call("put", KEYS, VALUES)
        | call("delete", KEYS)
        | call("cas", KEYS, VALUES, VALUES, result=ANSWERS),
    ),
    "log": (
        KeyValue(""),
        call("get", KEYS, result=st.sampled_from(["", "a", "b", "ab", "ba"]))
        | call("append", KEYS, st.sampled_from("ab")),
    ),
    "queue": (Queue(), call("enqueue", VALUES) | call("dequeue", result=st.none() | VALUES)),
    "counter": (
        Counter(),
        call("read", result=VALUES) | call("increment") | call("increment", VALUES, result=NOTHING | VALUES),
    ),
    "set": (
        Set(),
        call("add", VALUES, result=NOTHING | ANSWERS)
        | call("remove", VALUES, result=NOTHING | ANSWERS)
        | call("contains", VALUES, result=ANSWERS)
        | call("read", result=st.frozensets(VALUES)),
    ),
    "lock": (Mutex(), call("acquire", result=NOTHING | ANSWERS) | call("release", result=NOTHING | ANSWERS)),
}


@st.composite
def histories(draw, calls, size=6, clients=3):
    """Clients that call in turn, whose calls overlap, tie, fail and are never heard of again."""
    operations = []
    for client in "abc"[:clients]:
        now = draw(st.integers(0, 3))
        for asked, told in draw(st.lists(calls, max_size=size // clients + 1)):
            outcome = draw(st.sampled_from(["completed"] * 6 + ["unknown", "failed"]))
            end = now + draw(st.integers(0, 5))
            known = outcome == "completed"
            returned = None if outcome == "unknown" else end
            operations.append(Operation(client, asked, told if known else None, outcome, now, returned))
            now = end + draw(st.integers(1, 3))
    return History(operations)


def steps_to(model, states, operation, result):
    """The states of all objects after one more operation, or ILLEGAL."""
    key = model.key(operation.call) if model.key else None
    asked = (*operation.call, operation.client) if model.by_client else operation.call
    after = model.step(states.get(key, model.initial), asked, result)
    return ILLEGAL if after is ILLEGAL else {**states, key: after}


def orders(model, must, may, before, states=None, done=()):
    """Every legal order of all of `must` and any of `may` that respects `before`, straight from the definition."""
    states = {} if states is None else states
    if not must:
        yield done
        return
    for operation in (*must, *may):
        if any(before(other, operation) for other in must if other is not operation):
            continue
        result = operation.result if operation.outcome == "completed" else UNKNOWN
        after = steps_to(model, states, operation, result)
        if after is not ILLEGAL:
            left = [o for o in must if o is not operation]
            yield from orders(
                model, left, [o for o in may if o is not operation], before, after, (*done, operation)
            )


def precedes(first, second):
    return first.precedes(second)


def brute_force(history, model):
    """Whether any order at all makes the history linearizable."""
    return next(orders(model, history.completed, history.pending, precedes), None) is not None


def is_witness(order, history, model):
    """Whether an order explains every result and respects real time: the definition, read off."""
    if set(map(id, history.completed)) - set(map(id, order)) or any(o.outcome == "failed" for o in order):
        return False
    if any(later.precedes(earlier) for earlier, later in combinations(order, 2)):
        return False
    states = {}
    for operation in order:
        result = operation.result if operation.outcome == "completed" else UNKNOWN
        states = steps_to(model, states, operation, result)
        if states is ILLEGAL:
            return False
    return True
