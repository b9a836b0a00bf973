"""The protocol of exercise 2.3: one room, one lock, three visitors; and ways to get it wrong."""

from __future__ import annotations

from inspect import getsource
from typing import Any

from distlab.exercises.machine import Source
from distlab.node import Message, Node


class Acquire(Message, frozen=True):
    """Let me in."""


class Granted(Message, frozen=True):
    """You may go in."""


class Release(Message, frozen=True):
    """I am out again."""


class Cancel(Message, frozen=True):
    """I do not wait any longer."""


class Lock(Node):
    """Lets in one visitor at a time, in the order in which they asked."""

    holder: str | None = None
    queue: tuple[str, ...] = ()

    def receive(self, message: Any, sender: str) -> None:
        """Note what a visitor says, and let in the next one if nobody has the lock."""
        match message:
            case Acquire():
                self.queue += (sender,)
            case Cancel():
                self.queue = tuple(name for name in self.queue if name != sender)
            case Release():
                self.holder = None
        if self.holder is None and self.queue:
            self.holder, self.queue = self.queue[0], self.queue[1:]
            self.send(self.holder, Granted())


class Visitor(Node):
    """Goes in once: out, waits, in, done. Whoever is impatient may give up while waiting."""

    state = "out"

    def __init__(self, impatient: bool = False) -> None:
        self.impatient = impatient

    def start(self) -> None:
        """Some time it will want to go in."""
        self.set_timer("enter", (0, 100))

    def wake(self, timer: str) -> None:
        """Ask for the lock, give up, or leave."""
        match timer:
            case "enter":
                self.state = "waits"
                self.send("lock", Acquire())
                if self.impatient:
                    self.set_timer("give up", (20, 50))
            case "give up":
                self.state = "gone"
                self.send("lock", Cancel())
            case "leave":
                self.state = "done"
                self.send("lock", Release())

    def receive(self, message: Any, sender: str) -> None:
        """Go in; or, if the grant came too late, give it back."""
        if self.state == "gone":
            self.send("lock", Release())
        else:
            self.state = "in"
            self.cancel_timer("give up")
            self.set_timer("leave", (10, 40))


# --- another right one ---


class LastFirst(Lock):
    """Lets in whoever asked last: not fair, and as safe."""

    def receive(self, message: Any, sender: str) -> None:
        """As it should be, but for the end of the queue at which one is put."""
        if isinstance(message, Acquire):
            self.queue = (sender, *self.queue)
            message = None
        super().receive(message, sender)


# --- ways to get it wrong ---


class Generous(Lock):
    """Lets in everybody who asks."""

    def receive(self, message: Any, sender: str) -> None:
        """Grant before looking who is inside."""
        if isinstance(message, Acquire):
            self.holder = None
        super().receive(message, sender)


class TakesCancelForRelease(Lock):
    """Thinks that whoever gives up was inside."""

    def receive(self, message: Any, sender: str) -> None:
        """Free the lock, whoever has it."""
        if isinstance(message, Cancel):
            self.holder = None
        super().receive(message, sender)


class ForgetsToSay(Lock):
    """Notes who is next after a release, and does not tell the next one."""

    def receive(self, message: Any, sender: str) -> None:
        """Hand over in silence."""
        if isinstance(message, Release) and self.queue:
            self.holder, self.queue = self.queue[0], self.queue[1:]
        else:
            super().receive(message, sender)


class CancelsTheFirst(Lock):
    """Takes the first of the queue out, whoever gave up."""

    def receive(self, message: Any, sender: str) -> None:
        """Not the one who said so."""
        super().receive(message, self.queue[0] if isinstance(message, Cancel) and self.queue else sender)


class ClearsTheQueue(Lock):
    """Begins a new list whenever somebody leaves."""

    def receive(self, message: Any, sender: str) -> None:
        """Serve the first, and forget the rest."""
        super().receive(message, sender)
        if isinstance(message, Release):
            self.queue = ()


class Lingers(Visitor):
    """Says that it leaves, and stays a little longer."""

    def wake(self, timer: str) -> None:
        """The message is on its way before the visitor is."""
        if timer == "leave":
            self.send("lock", Release())
            self.set_timer("really leave", (1, 10))
        elif timer == "really leave":
            self.state = "done"
        else:
            super().wake(timer)


class ThrowsAway(Visitor):
    """Takes no notice of a grant that comes too late."""

    def receive(self, message: Any, sender: str) -> None:
        """Nobody is waiting here any more."""
        if self.state != "gone":
            super().receive(message, sender)


class CancelsFromInside(Visitor):
    """Does not stop the timer when it goes in, and gives up what it has."""

    def receive(self, message: Any, sender: str) -> None:
        """Go in, and be as impatient as before."""
        super().receive(message, sender)
        if self.state == "in" and self.impatient:
            self.set_timer("give up", (20, 50))

    def wake(self, timer: str) -> None:
        """Whatever comes first, the other does not come any more."""
        super().wake(timer)
        if timer != "enter":
            self.cancel_timer("leave")
            self.cancel_timer("give up")


def three_visitors(lock: type[Lock] = Lock, visitor: type[Visitor] = Visitor) -> dict[str, Node]:
    """The system of exercise 2.3: a lock, Ana and Ben, who wait as long as it takes, and Carl, who may give up.

    Parameters
    ----------
    lock, visitor : class
        The nodes' classes; by default those that are right.

    Returns
    -------
    dict of str to Node
        ``explore(three_visitors(), {"mine": invariant})`` searches it.
    """
    return {"ana": visitor(), "ben": visitor(), "carl": visitor(impatient=True), "lock": lock()}


def lock_program() -> Source:
    """The program of the lock and of its visitors, to be read."""
    return Source(f"{getsource(Lock)}\n\n{getsource(Visitor)}")


RIGHT: tuple[tuple[type[Lock], type[Visitor]], ...] = ((Lock, Visitor), (LastFirst, Visitor))
BUGS: tuple[tuple[str, type[Lock], type[Visitor]], ...] = (
    ("the lock lets in everybody who asks", Generous, Visitor),
    ("the lock takes a Cancel for a Release", TakesCancelForRelease, Visitor),
    ("a visitor says that it leaves, and stays a little longer", Lock, Lingers),
    ("a visitor that gave up throws the grant away", Lock, ThrowsAway),
    ("a visitor inside loses patience, and sends Cancel", Lock, CancelsFromInside),
    ("the lock notes who is next, and does not say so", ForgetsToSay, Visitor),
    ("a Cancel takes the first out of the queue, whoever that is", CancelsTheFirst, Visitor),
    ("the lock clears its queue when somebody leaves", ClearsTheQueue, Visitor),
)
