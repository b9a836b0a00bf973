"""A node of a distributed system, and the messages that nodes send to each other.

A node reacts: to its start, to a message, to a timer, to coming back after a crash. What it does
in a reaction is a list of effects (send, write, set a timer, ...). What happens next is never the
node's choice; that is the schedulers' business.
"""

from __future__ import annotations

import inspect
import math
import sys
import types
import typing
from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import repeat
from typing import Any, ClassVar

import msgspec

from distlab import values
from distlab.effects import CANCEL, COMPLETE, FAIL, GIVE_UP, INVOKE, NOTE, SEND, SET, DiskView, Effect
from distlab.plain import FrozenDict, is_plain_object

MUTABLE = {list: "tuple", dict: "tuple of pairs", set: "frozenset", deque: "tuple", bytearray: "bytes"}


class Message(msgspec.Struct, frozen=True):
    """What nodes send: typed, immutable, hashable. Subclass it and annotate the fields.

    >>> class Vote(Message):
    ...     tx: str
    ...     yes: bool

    Raises
    ------
    TypeError
        When the class is made: a field is a list, dict or set. A message is shared by sender,
        network and receiver, so none of them may change it; use a tuple or a frozenset.
    """

    def __init_subclass__(cls, **config: Any) -> None:
        super().__init_subclass__(**config)
        module = sys.modules.get(cls.__module__)
        for field, annotation in inspect.get_annotations(cls).items():
            if (wrong := _mutable_part(annotation, vars(module) if module else {})) is not None:
                better = next(better for kind, better in MUTABLE.items() if issubclass(wrong, kind))
                raise TypeError(
                    f"{cls.__name__}.{field} cannot be a {wrong.__name__}: messages are immutable, because sender "
                    f"and receiver share no memory; use a {better}"
                )

    def __repr__(self) -> str:
        return values.text(self)


def _mutable_part(annotation: Any, names: dict[str, Any]) -> type | None:
    """A mutable type somewhere in an annotation (``tuple[list, int]``), or None."""
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, dict(names))  # the class's own module wrote it
        except Exception:  # a name that is defined later: judged when a message is sent
            return None
    origin = typing.get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, tuple(MUTABLE)) and not issubclass(origin, FrozenDict):
        return origin
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is not None:
        return next((w for part in typing.get_args(annotation) if (w := _mutable_part(part, names))), None)
    return None


class NodeError(Exception):
    """A node did what no node can do; the sentence says which, when, and what would be right.

    Attributes
    ----------
    trace : Trace or None
        The run up to there, to look at: ``error.trace``.
    """

    def __init__(self, sentence: str, trace: Any = None) -> None:
        super().__init__(sentence)
        self.trace = trace
        self.kept = "The simulation's .trace keeps the run up to there."

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows in place of a traceback through our insides."""
        kept = "" if self.trace is None else f"\n{self.kept}"
        return [f"{type(self).__name__}: {self}{kept}"]


class Context:
    """What a scheduler lends to a node while it runs: a name, its peers, a disk, and answers."""

    __slots__ = ("choose", "disk", "name", "now", "peers")

    def __init__(
        self,
        name: str,
        peers: tuple[str, ...],
        disk: DiskView,
        choose: Callable[[Sequence[Any]], int],
        now: Callable[[], float],
    ) -> None:
        self.name, self.peers, self.disk, self.choose, self.now = name, peers, disk, choose, now


class _AtRest:
    """In place of a context and of effects while a node does not run."""

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(
            "a node has a name, peers, a disk and a clock only while it runs: use them in start, receive, wake or "
            "recover, not in __init__"
        )


_AT_REST: Any = _AtRest()


class Node:
    """One process: state of its own, a disk, and handlers that react.

    Override ``start``, ``receive``, ``wake`` and ``recover``. Everything you assign to ``self`` is
    the node's memory: a crash loses it. Only ``self.disk`` survives. If ``self.state`` holds a word,
    pictures colour the node's line by it.

    Attributes
    ----------
    name : str
        This node's name.
    peers : tuple of str
        The other nodes' names, in order (the neighbours, where the network says so).
    now : float
        This node's own clock, in milliseconds. It may drift and jump.
    disk : mapping with a ``log``
        What survives a crash, once forced.
    autosync : bool
        True: writes are forced before the next send leaves. False: only ``disk.sync()`` forces.
    """

    __slots__ = ("__dict__", "__weakref__", "_context", "_effects")
    _context: Context
    _effects: list[Effect]

    state: Any = None
    autosync: bool = True
    wraps: ClassVar[bool] = False  # whether it may hold another node: a Traitor does
    taken: ClassVar[frozenset[str]] = frozenset(
        "send broadcast set_timer cancel_timer choose note invoke complete fail give_up disk name peers now".split()
    )
    handlers: ClassVar[dict[str, tuple[str, ...]]] = {
        "start": (),
        "receive": ("message", "sender"),
        "wake": ("timer",),
        "recover": (),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in vars(cls).items():
            if name in Node.taken and cls.__module__ != "distlab.node":
                raise TypeError(
                    f"{cls.__name__}.{name} is a name that every Node has already; choose another one"
                )
            if not name.startswith("__") and _shared_by_all(value):
                raise TypeError(
                    f"{cls.__name__}.{name} is a {type(value).__name__} of the class, which all nodes would share: "
                    f"nodes share nothing; set self.{name} in __init__ or start"
                )
            if name in Node.handlers and isinstance(value, types.FunctionType):
                _check_handler(cls.__name__, value, Node.handlers[name])

    def __new__(cls, *_args: Any, **_kwargs: Any) -> Node:
        """Make a node that does not run yet."""
        node = super().__new__(cls)
        rest(node)
        return node

    # --- what a learner writes ---

    def start(self) -> None:
        """Runs once, when the system starts."""

    def receive(self, message: Any, sender: str) -> None:
        """Runs when a message arrives."""

    def wake(self, timer: str) -> None:
        """Runs when a timer of this node runs out."""

    def recover(self) -> None:
        """Runs when the node comes back after a crash, with its first attributes and its disk."""
        self.start()

    # --- what a handler may do ---

    def send(self, to: str, message: Message) -> None:
        """Send `message` to the node named `to`: it arrives later, or never."""
        self._effects.append((SEND, to, message))

    def broadcast(self, message: Message, to: Iterable[str] | None = None) -> None:
        """Send `message` to each of `to`, by default to all peers."""
        names = self._context.peers if to is None else to
        self._effects.extend(zip(repeat(SEND), names, repeat(message)))

    def set_timer(self, name: str, after: float | tuple[float, float]) -> None:
        """Call ``wake(name)`` in `after` milliseconds of this node's clock.

        Parameters
        ----------
        name : str
            One timer a name: setting it again replaces it.
        after : float or (float, float)
            Milliseconds from now; a pair is a range to draw from, so that nodes do not act in step.
        """
        try:
            low, high = after if isinstance(after, tuple) else (after, after)
            fits = 0 <= low <= high < math.inf
        except (TypeError, ValueError):
            raise TypeError(
                f"a timer's time is a number of ms, or a pair of them, not {values.text(after)}"
            ) from None
        if not isinstance(name, str):
            raise TypeError(f"a timer's name is a str, not {values.text(name)}")
        if not fits:
            raise ValueError(
                f"a timer's time is in ms from now, zero or more, a pair in order, not {values.text(after)}"
            )
        self._effects.append((SET, name, (low, high)))

    def cancel_timer(self, name: str) -> None:
        """Forget the timer `name`, if it is set."""
        self._effects.append((CANCEL, name))

    def choose(self, options: Sequence[Any]) -> Any:
        """Pick one of `options`: chance in a simulation, every one of them in a search.

        Parameters
        ----------
        options : list, tuple or range
            At least one; in an order that is the same in every run (so not a set).
        """
        if isinstance(options, Collection) and not isinstance(options, Sequence):
            raise TypeError(
                "choose takes a list or a tuple: a set has no order that is the same in every run; sort it"
            )
        if not options:
            raise ValueError("choose needs at least one option")
        return options[self._context.choose(options)]

    def note(self, text: str) -> None:
        """Leave a remark in the trace; pictures show it."""
        self._effects.append((NOTE, str(text)))

    def invoke(self, call: Any) -> None:
        """As a client: begin an operation, by custom a tuple such as ``("write", 3)``."""
        self._effects.append((INVOKE, values.frozen(call)))

    def complete(self, result: Any = None) -> None:
        """As a client: the open operation returned `result`."""
        self._effects.append((COMPLETE, values.frozen(result)))

    def fail(self) -> None:
        """As a client: the open operation certainly did not happen."""
        self._effects.append((FAIL,))

    def give_up(self) -> None:
        """As a client: wait no longer; whether the open operation happened is not known."""
        self._effects.append((GIVE_UP,))

    # --- what a node knows ---

    def _taken(self, value: Any) -> None:
        raise AttributeError(
            "name, peers, disk and now are names that every Node has already; call your own state something else"
        )

    name = property(lambda self: self._context.name, _taken, doc="This node's name.")
    peers = property(lambda self: self._context.peers, _taken, doc="The other nodes' names, in order.")
    disk = property(lambda self: self._context.disk, _taken, doc="What survives a crash.")
    now = property(lambda self: self._context.now(), _taken, doc="This node's own clock, in milliseconds.")

    def __repr__(self) -> str:
        shown = {k: repr(v) if isinstance(v, Node) else values.text(v) for k, v in vars(self).items()}
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in shown.items())})"


def _shared_by_all(value: Any) -> bool:
    """Whether an attribute of a class can change, so that nodes would share memory through it."""
    try:
        hash(value)
    except TypeError:
        return True
    return is_plain_object(type(value)) and not callable(value) and not hasattr(value, "__get__")


def _check_handler(cls: str, handler: types.FunctionType, arguments: tuple[str, ...]) -> None:
    """Refuse a handler that waits in the middle, or cannot be called as it will be."""
    if inspect.isgeneratorfunction(handler) or inspect.iscoroutinefunction(handler):
        raise TypeError(
            f"{cls}.{handler.__name__} is a {'generator' if inspect.isgeneratorfunction(handler) else 'coroutine'}: "
            f"a handler runs to its end at one instant, without yield and await; to wait, set a timer"
        )
    try:
        inspect.signature(handler).bind(None, *arguments)
    except TypeError:
        wanted = ", ".join(("self", *arguments))
        raise TypeError(f"{cls}.{handler.__name__} has to take ({wanted})") from None


def rest(node: Node) -> None:
    """Take from a node what a scheduler lent to it."""
    object.__setattr__(node, "_context", _AT_REST)
    object.__setattr__(node, "_effects", _AT_REST)


def clone(node: Node) -> Node:
    """A copy of a node that shares nothing with it: schedulers never touch the learner's objects."""
    new = Node.__new__(type(node))
    memo: dict[int, Any] = {}
    for name, value in vars(node).items():
        new.__dict__[name] = clone(value) if isinstance(value, Node) else values.copy(value, memo)
    return new
