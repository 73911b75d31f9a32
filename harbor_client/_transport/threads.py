"""Locks, and daemon threads for calls in the background, reading ahead and name look-up.

No thread can be started in a process at its limit or at its end, nor in an isolated subinterpreter. The work is
then done at once, by whoever asks for it: slower, but done.
"""

import os
import threading
from collections import deque
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import Any, Generic, TypeVar, cast

_T = TypeVar("_T")


_locks: dict[int, threading.RLock] = {}
#: How long a thread waits for more work before it ends, in seconds: it costs more to start one than to keep it.
_LINGER = 0.05


def process_lock() -> threading.RLock:
    """The lock of this process. A forked child gets a new one, because a thread of the parent, which does not exist in
    the child, may have held the old one.
    """
    return _locks.setdefault(os.getpid(), threading.RLock())


def start_thread(target: Callable[[], object], name: str) -> threading.Thread | None:
    """Start a daemon thread; ``None`` if it cannot be started."""
    try:
        thread = threading.Thread(target=target, name=f"harbor_client {name}", daemon=True)
        thread.start()
    except RuntimeError:
        return None
    return thread


class Work(Generic[_T]):
    """A function to call, and its result, like :class:`multiprocessing.pool.AsyncResult`."""

    __slots__ = ("_done", "_error", "_job", "_pid", "_result", "_running")

    def __init__(self, job: Callable[[], _T]) -> None:
        # Tracers keep the current span in a context variable.
        self._job: Callable[[], _T] = partial(copy_context().run, job)
        self._error: BaseException | None = None
        self._result: Any = None
        self._done = False
        self._running = threading.Lock()  # held until the work is done; costs less than an Event
        self._running.acquire()
        self._pid = os.getpid()

    def ready(self) -> bool:
        """Whether the work is done."""
        return self._done

    def successful(self) -> bool:
        """Whether the work is done and raised nothing; ``ValueError`` if it is not done."""
        if not self.ready():
            raise ValueError("the call has not ended yet")
        return self._error is None

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the work is done, or for so many seconds."""
        if self._done:
            return
        if self._pid != os.getpid():
            raise RuntimeError("the call was begun in another process, before a fork")
        if self._running.acquire(timeout=-1 if timeout is None else max(timeout, 0)):
            self._running.release()

    def get(self, timeout: float | None = None) -> _T:
        """Wait for the result; raises what the function raised, or ``TimeoutError``."""
        self.wait(timeout)
        if not self.ready():
            raise TimeoutError("the call has not ended yet")
        if self._error is not None:
            raise self._error
        return cast(_T, self._result)

    def run(self) -> None:
        """Do the work."""
        try:
            self._result = self._job()
        except BaseException as error:  # noqa: BLE001 - raised where the result is asked for
            self._error = error
        del self._job  # its arguments may be large, or secret
        self._done = True
        self._running.release()

    def run_here(self) -> None:
        """Do the work in the current thread; an interruption is raised at once."""
        self.run()
        if self._error is not None and not isinstance(self._error, Exception):
            raise self._error


class Workers:
    """Threads that do what they are given, in order. Each is started when needed, and ends after a while without work.

    Nothing waits for them at the end of the process. After a fork, the child has threads of its own.
    """

    work_class: type[Work[Any]] = Work

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._threads: set[threading.Thread] = set()
        self._waiting: deque[Work[Any]] = deque()
        # A plain lock: an interruption could leave a condition's own locked.
        self._lock = threading.Lock()  # held while a thread is started, or ends
        self._arrived = threading.Condition(self._lock)
        self._closed = False
        self._pid = os.getpid()

    def start(self, job: Callable[[], _T]) -> Work[_T]:
        """Queue a function for the threads; call it at once if no thread can be started."""
        with process_lock():
            if self._pid != os.getpid():
                Workers.__init__(self, self._most, self._name)
        if self._closed:
            raise ValueError("the client is closed: make a new ApiClient")
        work = self.work_class(job)
        with self._lock:
            if len(self._threads) < self._most:
                self._threads.update(filter(None, [start_thread(self._work_off, self._name)]))
            if self._threads:
                self._waiting.append(work)
                self._arrived.notify()
                return work
        work.run_here()
        return work

    def close(self) -> None:
        """Take no more work; what is waiting is done."""
        self._closed = True

    def stop(self) -> None:
        """Take no more work, and begin nothing that is waiting."""
        self._closed = True
        self._waiting.clear()

    def join(self) -> None:
        """Wait until the threads have ended."""
        for thread in list(self._threads) if self._pid == os.getpid() else ():
            if thread is not threading.current_thread():
                thread.join()

    def _work_off(self) -> None:
        while True:
            with self._lock:
                self._arrived.wait_for(lambda: self._waiting, _LINGER)
                try:
                    work = self._waiting.popleft()
                except IndexError:
                    self._threads.discard(threading.current_thread())
                    return
            work.run()
