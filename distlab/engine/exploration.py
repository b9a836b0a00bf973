"""What a search found: numbers, a verdict, the shortest run that goes wrong, and why it does."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import TYPE_CHECKING, Any

from distlab.blame import explain, listed
from distlab.engine.exercised import Exercised
from distlab.engine.graphs import graph_of
from distlab.engine.growth import what_grows
from distlab.engine.inspector import Inspector
from distlab.engine.judge import Judge
from distlab.engine.mutants import Mutations, mutants
from distlab.engine.progress import Progress
from distlab.engine.question import Found, Question
from distlab.engine.reactions import BrokenNode
from distlab.engine.reason import lost_point, since_when, turning_point, what_broke, what_is_missing
from distlab.engine.spec import follow
from distlab.engine.words import many
from distlab.node import NodeError
from distlab.trace import Trace
from distlab.world import trace_of

if TYPE_CHECKING:
    import networkx


CHEAP = 2_000  # states: a search as small is done again for each mutation without being asked to


class Exploration:
    """What a search found; displaying it shows the shortest run that goes wrong, or what a pass is worth.

    Attributes
    ----------
    states : int
        Distinct worlds, each with what was spent of the budgets.
    transitions : int
        Steps between them, those that change nothing included.
    depth : int
        How many steps it takes to the farthest of them.
    complete : bool
        Whether all worlds were searched, within the bounds given.
    clause : str or None
        The name of what is broken, or never reached.
    violation : Trace or None
        A shortest run that breaks it.
    loop : int or None
        Where the violation is a run that never gets somewhere: from this step on it repeats for ever; None
        when it just ends.
    unreached : tuple of str
        Those of ``sometimes`` that were true in no world.
    unsure : tuple of str
        Those of ``eventually`` of which a bound (``within``, ``timeouts``) hides whether they are always reached.
    """

    def __init__(self, question: Question, found: Found, inspector: Inspector) -> None:
        breadth, self._inspector = found.breadth, inspector
        self._question, self._breadth = question, breadth
        self._codes: list[int] = []  # the worlds of the violation
        self.states, self.transitions, self.depth = len(breadth.order), breadth.transitions, breadth.depth
        self.complete = breadth.ended == "all"
        self.unsure = found.unsure
        self.unreached = tuple(name for name in question.sometimes if name not in breadth.reached)
        self.clause, self.loop = found.goal, None  # type: str | None, int | None
        if isinstance(breadth.broken, BrokenNode):
            raise self._broken(breadth.broken) from breadth.broken.error
        if isinstance(breadth.broken, Judge):
            self.clause = breadth.broken.name
            self._codes = breadth.path(breadth.at or 0)
        if found.escape is not None:
            self._codes = [*found.escape.way, *found.escape.circle]
            self.loop = len(found.escape.way) - 1 if found.escape.circle else None
        self.violation: Trace | None = self._trace(self._codes) if self._codes else None

    def _trace(self, codes: list[int]) -> Trace:
        """A run through these worlds, taken step by step through the specification."""
        first = self._question.first_world()
        return trace_of(follow(self._breadth.space, first, codes, self._breadth.fold))

    def _broken(self, broken: BrokenNode) -> NodeError:
        at = self._breadth.at
        trace = None if at is None else self._trace(self._breadth.path(at))
        step = 0 if trace is None else int(trace.duration) + 1
        when = f"at step {step} of a shortest way there" if step else "at the start"
        error = explain(broken.error, broken.name, broken.busy, when)
        error.trace = trace
        error.kept = "A shortest run up to there is kept: display sys.last_value.trace"
        return error

    def witness(self, name: str) -> Trace | None:
        """A shortest run to a world in which one of ``sometimes`` is true; None when there is none.

        Raises
        ------
        KeyError
            When nothing of that name was asked for.
        """
        if name not in self._question.sometimes:
            raise KeyError(f"sometimes has no {name!r}; it has {listed(self._question.sometimes)}")
        at = self._breadth.reached.get(name)
        return None if at is None else self._trace(self._breadth.path(at))

    @cached_property
    def finals(self) -> int:
        """How many of the worlds searched nothing but faults changes any more."""
        return len(self._finals)

    @cached_property
    def _finals(self) -> list[int]:
        return self._breadth.finals()

    @cached_property
    def deadlock(self) -> Trace | None:
        """A shortest run to a world in which nothing is left to happen, and a client still waits for its answer."""
        space = self._breadth.space
        for k in self._finals:
            parts = enumerate(space.parts(self._breadth.order[k]))
            if any(space.reactions.locals[i][p].calling for i, p in parts):
                return self._trace(self._breadth.path(k))
        return None

    def graph(self) -> networkx.DiGraph:
        """The worlds and the steps between them, where they are few; `distlab.figures.state_space` draws them.

        Raises
        ------
        ValueError
            When there are too many to look at.
        """
        return graph_of(self._breadth, self._codes)

    # --- what it is worth ---

    @cached_property
    def exercised(self) -> Exercised:
        """What happened in the worlds of this search, and what never did."""
        return Exercised(self._breadth, self._inspector.lines.never_run())

    def mutations(self) -> Mutations:
        """Whether what was asked notices mutations of the protocol, each of them searched.

        A kind of message is dropped, or ignored; a boolean field of one is flipped; a write is skipped; a
        crash takes the disk. It is information, no verdict: some changes break nothing.

        Raises
        ------
        ValueError
            When nothing was asked, or what was asked does not hold.
        """
        asked = self._question
        if not (asked.always or asked.sometimes or asked.eventually) or repr(self)[0] != "✓":
            raise ValueError("mutations show what an invariant notices: ask for one that holds first")
        question = dataclasses.replace(asked, max_states=4 * self.states + 10_000)
        progress = Progress()
        try:
            return Mutations([question.mutated(m, progress) for m in mutants(self._breadth.space.reactions)])
        finally:
            progress.end()

    # --- why ---

    @cached_property
    def turning(self) -> int | None:
        """The step of the violation from which on nothing could save it but faults; None when that is not known.

        From there on every fair continuation without new faults breaks the clause (or misses it for
        ever); before, there was still one that did not.
        """
        if not self._codes:
            return None
        space, edge = self._breadth.space, self._breadth.edge
        if isinstance(self._breadth.broken, Judge):
            judge = self._breadth.broken
            return turning_point(space, self._codes, lambda world: not judge(world), edge)
        return lost_point(space, self._codes, self._goal(), edge)

    def _goal(self) -> Judge:
        return next(
            j for j in self._question.judges("eventually", self._breadth.space) if j.name == self.clause
        )

    @cached_property
    def why(self) -> str:
        """Why the violation breaks its clause: the event, the values, and since when it could not be avoided."""
        if self.violation is None:
            return ""
        space, broken = self._breadth.space, self._breadth.broken
        if isinstance(broken, Judge):
            said = [what_broke(space, broken, self._codes, self.violation)]
        else:
            said = [what_is_missing(space, self._goal(), self._codes)]
        fate = "breaks it" if isinstance(broken, Judge) else "misses it"
        end = None if self.loop is not None else len(self._codes) - 1
        said += [] if self.turning is None else [since_when(self.violation, self.turning, end, fate)]
        return "\n".join(filter(None, said))

    # --- in words ---

    def __repr__(self) -> str:
        states, reach = many(self.states, "state"), self._reach()
        if self.violation is not None:
            return f"✗ {self.clause}: {self._how()}; {states} searched{reach}"
        if not self.complete:
            deep = f"{many(self.depth, 'step')} deep{reach}"
            if self._breadth.ended == "interrupted":
                return f"? interrupted after {states}, {deep}"
            return f"? not known beyond {states}, {deep}; {what_grows(self._breadth)}"
        if self.unreached:
            return f"✗ {listed(self.unreached)}: true in none of {states}{reach}"
        if self.unsure:
            return f"? {listed(self.unsure)}: the bounds cut runs short that may never get there; {states}{reach}"
        asked = [*self._question.always, *self._question.sometimes, *self._question.eventually]
        fine = f"✓ {', '.join(asked)}: " if asked else ""
        steps, deep = many(self.transitions, "transition"), many(self.depth, "step")
        return f"{fine}all {states}, {steps}, {deep} deep{reach}"

    def _how(self) -> str:
        """How the clause is broken."""
        steps = many(len(self._codes) - 1, "step")
        if self.clause in self._question.always:
            return f"broken after {steps}"
        if self.loop is None:
            return f"never reached by a run that ends after {steps}"
        turn = many(len(self._codes) - 1 - self.loop, "step")
        return f"never reached by a run that, after {many(self.loop, 'step')}, goes round for ever, {turn} a turn"

    def _reach(self) -> str:
        """How far the search went."""
        within = f"within {self._question.frame()}" if self._breadth.fringe else ""
        return "".join(f", {words}" for words in (within, self._question.bounds()) if words)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        lines = [repr(self), self.why if self.violation is not None else self._worth()]
        bundle = {"text/plain": "\n".join(filter(None, lines))}
        if self.violation is None:
            return bundle
        data, metadata = self.diagram()._repr_mimebundle_(**kwargs)
        return data | bundle, metadata

    def _worth(self) -> str:
        """What a pass is worth: what happened on the way, what never did, and what would be noticed."""
        if repr(self)[0] != "✓":
            return "\n".join(self.exercised.warnings)
        if self.states > CHEAP:
            return f"{self.exercised!r}\nmutations() tells which changes of the protocol would be noticed"
        mutations = self.mutations()
        return f"{self.exercised!r}\n{mutations.brief()}" if mutations else repr(self.exercised)

    def diagram(self, **options: Any) -> Any:
        """The space-time diagram of the violation, marked where it could not be avoided any more.

        Raises
        ------
        ValueError
            When there is no violation.
        """
        return self._bad_run.diagram(**self._shown() | options)

    def play(self, **options: Any) -> Any:
        """The violation as a player; the options are those of `Trace.play`.

        Raises
        ------
        ValueError
            When there is no violation.
        """
        return self._bad_run.play(**self._shown() | {"broken": True} | options)

    @property
    def _bad_run(self) -> Trace:
        if self.violation is None:
            raise ValueError("nothing is broken, so there is no run to draw; see graph()")
        return self.violation

    def _shown(self) -> dict[str, Any]:
        """What the picture says of the violation, and where."""
        end = len(self._codes) - 1
        if self.loop is not None:
            mark = (self.loop, end, "goes round for ever")
        elif self.turning is not None and self.turning < end:
            mark = (self.turning, end, "nothing can save it")
        else:
            mark = (
                end - 1,
                end,
                "broken" if self.clause in self._question.always else "nothing more is to come",
            )
        return {"title": f"{self.clause}: {self._how()}", "mark": mark}
