"""Lets calls pass, or makes those of other threads wait while credentials change."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Each call is made inside of it: ``with gate: …``."""

    __slots__ = ("_changed", "_inside", "_lock", "_owner", "_process")

    def __init__(self) -> None:
        self._reset()

    def _reset(self) -> None:
        self._lock = threading.Lock()
        self._changed = threading.Condition(self._lock)
        self._inside = 0
        self._owner: int | None = None
        self._process = os.getpid()

    def __enter__(self) -> None:
        if self._process != os.getpid():
            self._reset()  # after a fork: the calls of the parent's threads are not ours
        with self._lock:
            while self._owner is not None and self._owner != threading.get_ident():
                self._changed.wait()
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._owner is not None:
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        """Wait until all calls that are under way are over; meanwhile and inside, only this thread may call."""
        with self._lock:
            while self._owner is not None:
                self._changed.wait()
            self._owner = threading.get_ident()
        try:
            with self._lock:
                while self._inside:
                    self._changed.wait()
            yield
        finally:
            with self._lock:
                self._owner = None
                self._changed.notify_all()
