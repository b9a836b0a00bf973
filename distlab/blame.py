"""What went wrong in a node, said in one sentence: which node, doing what, when, in which line."""

from __future__ import annotations

import linecache
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from distlab import values
from distlab.node import Message, Node, NodeError, clone

HOME = str(Path(__file__).parent)


class Fault(Exception):
    """What a node may not do; the scheduler that catches it adds who, what and when."""


class TooLong(BaseException):
    """Raised inside a handler that does not come to an end (no ``except Exception`` catches it)."""


def cast(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Copies of the nodes that a scheduler is given, looked through first.

    Raises
    ------
    TypeError
        When `nodes` is not a mapping from names to Nodes, or a node holds what a node may not hold.
    ValueError
        When there is none.
    """
    if not isinstance(nodes, Mapping):
        raise TypeError(
            f'nodes are given by name, as {{"a": MyNode(), "b": MyNode()}}, not as a {type(nodes).__name__}'
        )
    if not nodes:
        raise ValueError("a system has at least one node: the mapping of nodes is empty")
    for name, node in nodes.items():
        if not isinstance(name, str) or not name:
            raise TypeError(f"a node's name is a str, not {values.text(name)}")
        if isinstance(node, type) and issubclass(node, Node):
            raise TypeError(f"{name!r} is the class {node.__name__}, not a node: write {node.__name__}(...)")
        if not isinstance(node, Node):
            raise TypeError(f"{name!r} is a {type(node).__name__}, not a Node")
        wrong = wrong_state(node)
        if wrong is not None:
            raise TypeError(f"node {name}: {wrong}")
    return {name: clone(node) for name, node in nodes.items()}


def wrong_state(node: Node) -> str | None:
    """Say what in a node's state is not plain data, or takes a name that a Node has already; None if all is well."""
    for attribute, value in vars(node).items():
        if attribute in Node.taken or attribute in Node.handlers:
            return (
                f"self.{attribute} is a name that every Node has already; call your own state something else"
            )
        if isinstance(value, Node) and not node.wraps:
            return f"self.{attribute} is another node: nodes know each other by name, and only send"
        wrong = None if isinstance(value, Node) else values.misfit(value, f"self.{attribute}")
        if wrong is not None:
            return f"{wrong}, and a node's state is plain data ({values.ALLOWED})"
    return None


def shared(nodes: Mapping[str, Node]) -> dict[str, dict[str, str]]:
    """Attributes that hold, somewhere inside, the very same list, dict or object as another node's.

    Returns
    -------
    dict
        For each node its attributes, each with the name of the node it is shared with.
    """
    owners: dict[int, list[tuple[str, str]]] = {}
    for name, node in nodes.items():
        for attribute, value in vars(node).items():
            for part in values.changeable(vars(value) if isinstance(value, Node) else value):
                owners.setdefault(part, []).append((name, attribute))
    found: dict[str, dict[str, str]] = {}
    for places in owners.values():
        for name, attribute in places:
            other = next((n for n, _ in places if n != name), None)
            if other is not None:
                found.setdefault(name, {})[attribute] = other
    return found


def check_send(to: Any, message: Any, names: Iterable[str]) -> None:
    """Refuse what cannot be sent, or has nowhere to go."""
    if to not in names:
        where = (
            values.text(to)
            if isinstance(to, str)
            else f"{values.text(to)} (a {type(to).__name__}, not a name)"
        )
        raise Fault(f"sent {values.text(message)} to {where}, but it can reach only {listed(names)}")
    if not isinstance(message, Message):
        what = f"the class {message.__name__}" if isinstance(message, type) else f"{values.text(message)}"
        raise Fault(
            f"sent {what} to {to}, which is not a Message: make a class Ping(Message): ... and send Ping()"
        )
    wrong = values.misfit(message, type(message).__name__, fixed=True)
    if wrong is not None:
        raise Fault(
            f"sent {values.text(message)} to {to}, but {wrong}: a message cannot change on its way, and holds plain "
            f"values; a tuple or a frozenset will do"
        )


def listed(names: Iterable[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``; nothing is ``nobody``."""
    names = list(names)
    if not names:
        return "nobody"
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def doing(kind: str, *args: Any) -> str:
    """What a handler was busy with, for a sentence."""
    if kind == "deliver":
        message, sender = args
        return f"while handling {values.text(message)} from {sender}"
    if kind == "fire":
        return f"when its timer {args[0]!r} ran out"
    return {
        "start": "while starting",
        "recover": "while recovering",
        "sync": "when its disk was done",
        "end": "at the end of the run",
    }[kind]


def explain(error: BaseException, name: str, busy: str, when: str, seconds: float = 0) -> NodeError:
    """The sentence for an exception that came out of a handler."""
    line = _line(error)
    if isinstance(error, Fault):
        said = f"{name} {error}"
    elif isinstance(error, TooLong):
        said = f"{name} did not come to an end: {error}"
    elif isinstance(error, AttributeError) and "immutable type" in str(error):
        said = f"{name} tried to change a message, which is immutable because others may hold it too; make a new one"
    elif isinstance(error, AttributeError) and isinstance(error.obj, Node):
        said = f"{name} has no self.{error.name} here: set it in __init__ or start"
    elif isinstance(error, RecursionError):
        said = f"{name} called itself too deep (RecursionError)"
    else:
        detail = str(error)
        said = f"{name} raised {type(error).__name__}{f' ({detail})' if detail else ''}"
    return NodeError(f"{said}; {busy}, {when}{line}")


def _line(error: BaseException) -> str:
    """The last line of the learner's own code on the way to the error."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(HOME)]
    if not frames:
        return ""
    frame = frames[-1]
    source = (frame.line or linecache.getline(frame.filename, frame.lineno or 0)).strip()
    return (
        f", line {frame.lineno} in {frame.name}: {source}"
        if source
        else f", line {frame.lineno} in {frame.name}"
    )
