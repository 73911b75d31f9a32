"""Makes calls of other threads wait while the credentials change."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

#: How often a closed gate looks for calls that are still under way, in seconds.
_POLL = 0.005


class Gate:
    """Every call runs inside the gate: ``with gate: …``.

    There are no locks, which a signal or a fork could leave locked: each step is a single operation of a dictionary,
    and each wait has a limit.
    """

    __slots__ = ("_closings", "_inside")

    def __init__(self) -> None:
        self._inside: dict[int, int] = {}  # calls under way, by thread: one may make a call inside another
        self._closings: dict[str, _Closing] = {}  # at most one

    def __enter__(self) -> None:
        thread = threading.get_ident()
        while True:
            # Come in, then look whether it is closed: who closes it looks for those inside afterwards.
            self._inside[thread] = self._inside.get(thread, 0) + 1
            closing = self._closings.get("now")
            if closing is None or closing.thread == thread:
                return
            self.__exit__()
            self._wait_for(closing)

    def __exit__(self, *_: object) -> None:
        thread = threading.get_ident()
        calls = self._inside.pop(thread, 1) - 1
        if calls:
            self._inside[thread] = calls

    @contextmanager
    def closed(self, limit: float) -> Iterator[None]:
        """Wait until the calls under way have ended, at most ``limit`` seconds; inside, only this thread may call."""
        mine = _Closing(limit)
        while (other := self._closings.setdefault("now", mine)) is not mine:
            self._wait_for(other)
        try:
            end = time.monotonic() + limit
            while any(thread != mine.thread for thread in list(self._inside)) and time.monotonic() < end:
                time.sleep(_POLL)
            yield
        finally:
            self._closings.pop("now", None)
            mine.over.set()

    def _wait_for(self, closing: _Closing) -> None:
        if not closing.over.wait(closing.limit):  # its thread was interrupted, or belongs to the parent of this process
            closing.over.set()
            self._closings.pop("now", None)


class _Closing:
    """Who has closed the gate, and how long others wait at most."""

    def __init__(self, limit: float) -> None:
        self.thread = threading.get_ident()
        self.limit = 2 * limit  # for the calls under way to end, and for the change
        self.over = threading.Event()
