"""A lock that a fork cannot leave locked."""

from __future__ import annotations

import os
import threading


class ForkSafeLock:
    """Provides a lock: ``with lock(): …``. A forked child gets a new one, because a thread of the parent, which does
    not exist in the child, may have held the old one.
    """

    __slots__ = ("_of_process",)

    def __init__(self) -> None:
        self._of_process = (os.getpid(), threading.Lock())

    def __call__(self) -> threading.Lock:
        pid, lock = self._of_process
        if pid != os.getpid():
            lock = threading.Lock()
            self._of_process = (os.getpid(), lock)
        return lock
