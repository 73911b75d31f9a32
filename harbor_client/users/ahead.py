"""Threads that carry out reads ahead of the one who needs them."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")


class Work(Generic[_T]):
    """Something that is being done, and what came of it."""

    __slots__ = ("_error", "_job", "_pending", "_result", "done")

    def __init__(self, job: Callable[[], _T]) -> None:
        self._job: Callable[[], _T] | None = job
        self._error: BaseException | None = None
        self._result: Any = None
        self._pending = threading.Lock()  # held until it is done: cheaper than an event
        self._pending.acquire()
        self.done = False

    @property
    def succeeded(self) -> bool:
        """Whether there is a result by now."""
        return self.done and self._error is None

    def result(self) -> _T:
        """Wait for the result; raises what the work raised."""
        if not self.done:
            with self._pending:
                pass
        if self._error is not None:
            raise self._error
        result: _T = self._result
        return result

    def run(self) -> None:
        job, self._job = self._job, None
        try:
            self._result = job() if job else None
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self._error = error
        self.done = True
        self._pending.release()


class Workers:
    """Daemon threads that work off what they are given, in order; started when needed, gone after :meth:`stop`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._threads: list[threading.Thread] = []
        self._waiting: deque[Work[Any]] = deque()
        self._given = threading.Condition()  # guards what is waiting, and the two below
        self._idle = 0
        self._stopped = False

    def start(self, job: Callable[[], _T], urgent: bool = False) -> Work[_T]:
        """Have a job done; an urgent one before those that wait already."""
        work = Work(job)
        with self._given:
            if urgent:
                self._waiting.appendleft(work)
            else:
                self._waiting.append(work)
            if len(self._waiting) > self._idle and len(self._threads) < self._most:
                thread = threading.Thread(target=self._work_off, name="harbor_client read-ahead", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._given.notify()
        return work

    def stop(self) -> None:
        """Begin nothing more. Threads with nothing to do are gone afterwards, others when their request is over."""
        with self._given:
            self._stopped = True
            self._waiting.clear()
            self._given.notify_all()
            finished = self._idle == len(self._threads)
        if finished:
            for thread in self._threads:
                thread.join()

    def _work_off(self) -> None:
        while True:
            with self._given:
                self._idle += 1
                while not self._waiting and not self._stopped:
                    self._given.wait()
                if self._stopped:  # stays counted as idle: it has nothing to do any more
                    return
                self._idle -= 1
                work = self._waiting.popleft()
            work.run()
            del work
