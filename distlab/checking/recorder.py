"""Recording what real clients see: a context manager around each call, in as many threads as there are clients."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from distlab.history import History, Operation
from distlab.values import frozen, text


class Call:
    """A call under way. Set ``result``; or say ``fail()`` when it is certain that it did not happen."""

    def __init__(self, client: str, call: Any, called: int, called_at: float) -> None:
        self.client, self.call, self.called, self.called_at = client, call, called, called_at
        self.outcome = "completed"
        self._result: Any = None
        self.ended = False

    @property
    def result(self) -> Any:
        """What came back; to be set while the call is open."""
        return self._result

    @result.setter
    def result(self, result: Any) -> None:
        if self.ended:
            raise ValueError(
                f"{self.client}'s {text(self.call)} has ended: set its result inside the with block"
            )
        self._result = result

    def fail(self) -> None:
        """It certainly did not happen: the server refused it, or was never reached."""
        self.outcome = "failed"

    def give_up(self) -> None:
        """Nobody knows whether it happened, or whether it still will."""
        self.outcome = "unknown"


class Recorder:
    """Writes down calls and returns in the order in which they happened.

    The order is kept by a counter under a lock, not by a clock: a call gets its number before the request can
    have left, a return after the answer has come.

    Examples
    --------
    ::

        recorder = Recorder()
        with recorder.call("ana", ("put", "x", 1)) as operation:
            operation.result = store.put("x", 1)
        linearizable(recorder.history(), KeyValue())
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._events = 0
        self._began = time.perf_counter()
        self._open: dict[str, Call] = {}
        self._done: list[Operation] = []

    @contextmanager
    def call(self, client: str, call: Any) -> Iterator[Call]:
        """Record one call of a client.

        An exception that leaves the block makes the call unknown, since a request whose answer was lost may well
        have been carried out, and goes on its way. Say ``fail()`` before it does when the call cannot have been.

        Parameters
        ----------
        client : str
            Who calls; one call at a time.
        call : hashable
            What is called, as in ``("get", "x")``.

        Raises
        ------
        ValueError
            When the client has a call open.
        TypeError
            When the call cannot be hashed.
        """
        under_way = self._begin(client, call)
        try:
            yield under_way
        except BaseException:
            if under_way.outcome == "completed":
                under_way.give_up()
            raise
        finally:
            self._end(under_way)

    def _begin(self, client: str, call: Any) -> Call:
        try:
            hash(call)
        except TypeError:
            raise TypeError(f"a call is a tuple of plain values, as ('get', 'x'), not {text(call)}") from None
        with self._lock:
            if client in self._open:
                raise ValueError(
                    f"{client} calls {text(call)}, but its {text(self._open[client].call)} is still open; "
                    "give each thread a client of its own"
                )
            self._events += 1
            under_way = self._open[client] = Call(client, call, self._events, self._now())
            return under_way

    def _end(self, call: Call) -> None:
        with self._lock:
            self._events += 1
            del self._open[call.client]
            call.ended = True
            self._done.append(self._operation(call, self._events))

    def _operation(self, call: Call, returned: int | None) -> Operation:
        known = returned is not None and call.outcome != "unknown"
        return Operation(
            client=call.client,
            call=call.call,
            result=frozen(call.result) if known and call.outcome == "completed" else None,
            outcome=call.outcome if known else "unknown",
            called=call.called,
            returned=returned if known else None,
            called_at=call.called_at,
            returned_at=self._now() if known else None,
        )

    def _now(self) -> float:
        return (time.perf_counter() - self._began) * 1e3

    def history(self) -> History:
        """What was recorded so far; calls that are still open are unknown."""
        with self._lock:
            return History([*self._done, *(self._operation(call, None) for call in self._open.values())])
