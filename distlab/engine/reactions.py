"""What a node does with an input, found out once: its handler runs, and the outcome is remembered.

In a search the same node meets the same message in the same state a million times. So each node's
part of a world (attributes, disk, timers) and each message is known by a small integer, and a
handler is run once for each pair of them. What one handler may lead to is a list of outcomes: one
for each answer to ``choose``, and, where crashes are allowed, one for each place where it may stop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from distlab import values
from distlab.blame import Fault, TooLong, cast, check_send, doing, wrong_state
from distlab.effects import (
    CANCEL,
    INVOKE,
    NOTE,
    OUTCOMES,
    SEND,
    SET,
    SYNC,
    WRITE,
    DiskView,
    Effect,
    Store,
    arrange,
)
from distlab.engine.numbers import Numbers
from distlab.engine.parts import Alarm, Local, before
from distlab.node import Context, Node, clone, rest
from distlab.steps import HANDLERS, NeedsAnswer, call_misuse

if TYPE_CHECKING:
    from distlab.engine.mutants import Mutant

MOST_ANSWERS = 100
SURE = 500  # handlers that are run twice; after them every sixteenth is
ANOTHER = (
    "did something else when it was run again with the same state and the same input: it has to depend on "
    "nothing but self, the message, and what choose answers"
)
Input = tuple[Any, ...]  # ("start",), ("deliver", message id), ("fire", timer), ("recover",)
Invoker = Callable[[Node, str, tuple[Any, ...]], None]  # (node, method, arguments): runs the handler


class Outcome(NamedTuple):
    """What one step of one node may come to: its part afterwards, messages sent, calls and returns."""

    local: int
    sends: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()


class Reaction(NamedTuple):
    """All outcomes of an input: those of a handler that ends, and those of one that a crash cuts short."""

    whole: tuple[Outcome, ...]
    cut: tuple[Outcome, ...] = ()


class BrokenNode(Exception):
    """A handler raised; the search that meets it finds the shortest way there and says it."""

    def __init__(self, error: BaseException, name: str, busy: str) -> None:
        super().__init__(str(error))
        self.error, self.name, self.busy = error, name, busy
        self.bits, self.key = 0, 0  # the worlds in which it happens: those with this key in these bits


def invoke(node: Node, method: str, args: tuple[Any, ...]) -> None:
    """Run a handler, and watch nothing."""
    getattr(node, method)(*args)


class Reactions(Numbers):
    """The nodes of a search, and what each of them does with each input in each state.

    Parameters
    ----------
    nodes : mapping of str to Node
        The system; the nodes are copied.
    peers : mapping of str to sequence of str
        Whom each can reach.
    crashes : bool
        Whether to find out where a crash may cut a handler short.
    rounds, ordered : bool
        The synchronous model; timers in the order of their deadlines.
    run : function (node, method, arguments)
        Runs one handler; it may watch what the handler does.

    Attributes
    ----------
    memo : dict
        What is known: (node, its part, the input) and the reaction.
    mutant : Mutant or None
        How the protocol is changed, to see whether that is noticed.
    check : function or None
        Looks at each reaction that is new.
    writes : dict
        What was written: (class, whether to the log, the key's identity) and the key.
    """

    def __init__(
        self,
        nodes: Mapping[str, Node],
        peers: Mapping[str, Sequence[str]],
        *,
        crashes: bool = False,
        rounds: bool = False,
        ordered: bool = False,
        run: Invoker = invoke,
    ) -> None:
        self.first = list(cast(nodes).values())
        self.names = tuple(nodes)
        self.rank = {name: i for i, name in enumerate(self.names)}
        self.peers = [tuple(peers[name]) for name in self.names]
        self.crashes, self.rounds, self.ordered, self._run = crashes, rounds, ordered and not rounds, run
        super().__init__(len(self.names), self.ordered)
        self.memo: dict[tuple[int, int, Input], Reaction] = {}
        self.mutant: Mutant | None = None
        self.check: Callable[[int, int, Input, Reaction], None] | None = None
        self.writes: dict[tuple[type, bool, Hashable], Any] = {}
        for i, node in enumerate(self.first):
            self.local_id(i, Local(node, True, Store(), (), False))

    # --- steps of a node ---

    def react(self, i: int, p: int, what: Input) -> Reaction:
        """What node `i` in state `p` does with an input, by running its handler."""
        known = self.memo.get((i, p, what))
        if known is None:
            known = self.found_out(i, p, what, self._run)
            if len(self.memo) < SURE or not len(self.memo) % 16:
                if self.found_out(i, p, what) != known:
                    raise self.broken(Fault(ANOTHER), i, what)
            self.memo[i, p, what] = known
            if self.check is not None:
                self.check(i, p, what, known)
        return known

    def found_out(self, i: int, p: int, what: Input, run: Invoker = invoke) -> Reaction:
        """The same, without looking up or remembering it."""
        whole: dict[Outcome, None] = {}
        cut: dict[Outcome, None] = {}
        for node, effects in self._ways(i, p, what, run):
            done, stopped = self._carry_out(i, p, what, node, effects)
            whole[done] = None
            cut |= dict.fromkeys(stopped)
        return Reaction(tuple(whole), tuple(cut))

    def crash(self, i: int, p: int) -> tuple[Outcome, ...]:
        """What a crash of node `i` between two handlers may leave."""
        local = self.locals[i][p]
        return tuple(dict.fromkeys(self._fallen(i, local.store, local.calling, (), ())))

    def ready(self, i: int, p: int) -> list[str]:
        """The timers of node `i` that may run out next, without rounds."""
        alarms = self.locals[i][p].alarms
        if self.ordered:
            alarms = tuple([a for a in alarms if not any(before(other, a) for other in alarms)])
        return [alarm.name for alarm in alarms]

    # --- running a handler ---

    def _ways(self, i: int, p: int, what: Input, run: Invoker) -> Iterator[tuple[Node, list[Effect]]]:
        """Every way in which the handler may go: the node afterwards, and its effects in order."""
        waiting: list[tuple[int, ...]] = [()]
        while waiting:
            answers = waiting.pop()
            try:
                yield self._handle(i, p, what, answers, run)
            except NeedsAnswer as asked:
                if len(answers) >= MOST_ANSWERS:
                    why = Fault(f"called choose more than {MOST_ANSWERS:,} times in one handler")
                    raise self.broken(why, i, what) from None
                waiting += [(*answers, k) for k in reversed(range(asked.options))]

    def _handle(
        self, i: int, p: int, what: Input, answers: tuple[int, ...], run: Invoker
    ) -> tuple[Node, list[Effect]]:
        local, name = self.locals[i][p], self.names[i]
        node, effects = clone(local.node), []  # type: Node, list[Effect]
        given = iter(answers)

        def choose(among: Sequence[Any]) -> int:
            answer = next(given, None)
            if answer is None:
                raise NeedsAnswer(len(among))
            return answer

        if (
            self.mutant is not None
            and what[0] == "deliver"
            and self.mutant.ignores(self.messages[what[1]][2])
        ):
            return node, []
        disk = DiskView(local.store, effects)
        node._effects, node._context = effects, Context(name, self.peers[i], disk, choose, no_clock)
        try:
            run(node, HANDLERS[what[0]], self.arguments(what))
            for effect in effects:
                if effect[0] == SEND:
                    check_send(effect[1], effect[2], (*self.peers[i], name))
        except (Exception, TooLong) as error:
            raise self.broken(error, i, what) from error
        rest(node)
        if self.mutant is not None:
            effects = self.mutant.effects(node, effects)
        return node, arrange(effects, self.rank.__getitem__, node.autosync)

    def arguments(self, what: Input) -> tuple[Any, ...]:
        """What the handler is called with."""
        if what[0] == "deliver":
            sender, _, message = self.messages[what[1]]
            return (message, self.names[sender])
        return what[1:]

    def broken(self, error: BaseException, i: int, what: Input) -> BrokenNode:
        """The error of a handler, with who and what."""
        return BrokenNode(error, self.names[i], self.busy(what))

    def busy(self, what: Input) -> str:
        """What a handler is busy with, for a sentence."""
        return doing(what[0], *self.arguments(what))

    # --- carrying its effects out ---

    def _carry_out(
        self, i: int, p: int, what: Input, node: Node, effects: list[Effect]
    ) -> tuple[Outcome, list[Outcome]]:
        """The outcome of all effects, and those of a crash after each number of them."""
        local = self.locals[i][p]
        store, calling = local.store.copy(), local.calling
        alarms = [a for a in local.alarms if not (what[0] == "fire" and a.name == what[1])]
        alarms, place = self._next_place(alarms)
        sends: tuple[int, ...] = ()
        calls: tuple[int, ...] = ()
        cut: list[Outcome] = []
        for effect in [*effects, None]:
            if self.crashes:
                cut += self._fallen(i, store, calling, sends, calls)
            kind = effect[0] if effect else NOTE
            if effect is None or kind == NOTE:
                continue
            if kind == SEND:
                sends += (self.message_id(i, self.rank[effect[1]], effect[2]),)
            elif kind == WRITE:
                store.write(effect)
                self.writes.setdefault((type(node), effect[1] == "append", values.key(effect[2])), effect[2])
            elif kind == SYNC:
                store.force()
            elif kind in (SET, CANCEL):
                alarms = [a for a in alarms if a.name != effect[1]]
                if kind == SET:
                    due = max(1, math.ceil(effect[2][0])) if self.rounds else place
                    alarms.append(Alarm(effect[1], effect[2], due))
            elif (kind == INVOKE) == calling:
                raise self.broken(Fault(call_misuse(kind)), i, what)
            else:
                calling = kind == INVOKE
                row = ("invoked" if calling else OUTCOMES[kind], self.names[i], *effect[1:])
                calls += (self.call_id(row),)
        if self.ordered:
            alarms, _ = self._next_place(alarms)
        after = Local(node, True, store, tuple(alarms), calling)
        return Outcome(self._plain_id(i, after, what), sends, calls), cut

    def _plain_id(self, i: int, local: Local, what: Input) -> int:
        """The number of a part that a handler made; a new one is looked through."""
        known = len(self.locals[i])
        try:
            number = self.local_id(i, local)
            wrong = wrong_state(local.node) if number == known else None
        except Exception:  # what is not plain may not even be compared
            wrong = wrong_state(local.node)
            if wrong is None:
                raise
        if wrong is not None:
            raise self.broken(Fault(f"cannot go on: {wrong}"), i, what)
        return number

    def _next_place(self, alarms: list[Alarm]) -> tuple[list[Alarm], int]:
        """Alarms with their places counted from 0 without gaps, and the place for those set next."""
        if not self.ordered:
            return alarms, 0
        places = {place: k for k, place in enumerate(sorted({alarm.place for alarm in alarms}))}
        return [alarm._replace(place=places[alarm.place]) for alarm in alarms], len(places)

    def _fallen(
        self, i: int, store: Store, calling: bool, sends: tuple[int, ...], calls: tuple[int, ...]
    ) -> list[Outcome]:
        """The outcomes of a crash of node `i` now: one for each state in which it may leave the disk."""
        if calling:
            calls += (self.call_id(("gave up", self.names[i])),)
        outcomes = []
        for kept, torn in store.crash_outcomes():
            left = store.copy()
            left.crash(kept, torn)
            if self.mutant is not None and self.mutant.forgets(self.first[i]):
                left = Store()
            down = Local(self.first[i], False, left, (), False)
            outcomes.append(Outcome(self.local_id(i, down), sends, calls))
        return outcomes


def no_clock() -> float:
    """What `now` answers in a search."""
    raise Fault("asked for `now`, but a search has no clock: use a timer, which may run out at any time")
