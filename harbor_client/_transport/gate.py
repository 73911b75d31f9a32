"""The gate that every call of a client passes, so that its credentials can be changed while no call is under way."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

#: How often a closed gate looks for calls that are still under way, in seconds.
_POLL = 0.005


class _Closing(NamedTuple):
    """Who has closed the gate, and how long others wait at most: for the calls under way to end, and for the change."""

    thread: int
    limit: float
    over: threading.Event


class Gate:
    """Every call runs inside the gate: ``with gate: …``.

    There are no locks, which a signal or a fork could leave locked: each step is a single operation of a list or a
    dictionary, and each wait has a limit.
    """

    __slots__ = ("_closings", "_inside")

    def __init__(self) -> None:
        self._inside: list[int] = []  # the thread of each call under way
        self._closings: dict[str, _Closing] = {}  # at most one

    def __enter__(self) -> None:
        thread = threading.get_ident()
        while True:
            # Come in, then look whether it is closed: who closes it looks for those inside afterwards.
            self._inside.append(thread)
            closing = self._closings.get("now")
            if closing is None or closing.thread == thread:
                return
            self._inside.remove(thread)
            self._wait_for(closing)

    def __exit__(self, *_: object) -> None:
        self._inside.remove(threading.get_ident())

    @contextmanager
    def closed(self, limit: float) -> Iterator[None]:
        """Wait until the calls under way have ended, at most ``limit`` seconds; inside, only this thread may call."""
        mine = _Closing(threading.get_ident(), 2 * limit, threading.Event())
        while (other := self._closings.setdefault("now", mine)) is not mine:
            self._wait_for(other)
        try:
            end = time.monotonic() + limit
            while {*self._inside} - {mine.thread} and time.monotonic() < end:
                time.sleep(_POLL)
            yield
        finally:
            self._open(mine)

    def _wait_for(self, closing: _Closing) -> None:
        if not closing.over.wait(closing.limit):  # its thread was interrupted, or belongs to the parent of this process
            self._open(closing)

    def _open(self, closing: _Closing) -> None:
        if self._closings.get("now") is closing:
            del self._closings["now"]
        closing.over.set()
