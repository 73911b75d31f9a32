"""``async_req``: calls in the background, on threads that never keep a process alive."""

from __future__ import annotations

import os
import sys
from multiprocessing import pool
from typing import TYPE_CHECKING, Generic, TypeVar

from harbor_client._privacy.guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_T = TypeVar("_T")


class ThreadPool(pool.ThreadPool):
    """A thread pool that nothing waits for: not the end of the interpreter, not the collection of the pool.

    Its threads are daemons. The standard library's pool joins them when it is collected, which never returns once the
    interpreter has begun to end and has stopped them.
    """

    def __init__(self, size: int) -> None:
        self._pid = os.getpid()
        super().__init__(size)
        vars(self)["_terminate"].cancel()

    def __del__(self) -> None:
        self.close()

    @property
    def usable(self) -> bool:
        """Whether this process has made the pool: threads do not survive a fork."""
        return self._pid == os.getpid()

    def close(self) -> None:
        """Let what was begun end, and the threads with it."""
        if self.usable and not sys.is_finalizing():  # else its threads stand still, perhaps with a lock in hand
            super().close()

    def terminate(self) -> None:
        """:meth:`close`: a thread cannot be ended from outside, and each call ends by its deadline."""
        self.close()


class AsyncCall(Generic[_T]):
    """A call under way, with the methods of :class:`multiprocessing.pool.AsyncResult`."""

    def __init__(self, threads: ThreadPool, function: Callable[..., _T], arguments: tuple[Any, ...]) -> None:
        # The function's exception is handed over as a value: it must not pass through frames that hold the arguments.
        self._result: pool.AsyncResult[tuple[bool, Any]] = threads.apply_async(_caught, (_Sealed(function, arguments),))

    @guarded
    def get(self, timeout: float | None = None) -> _T:
        """The call's result, or its exception; ``multiprocessing.TimeoutError`` if there is none in so many seconds."""
        succeeded, value = self._result.get(timeout)
        if succeeded:
            result: _T = value
            return result
        raise value

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the call is over, or so many seconds."""
        self._result.wait(timeout)

    def ready(self) -> bool:
        """Whether the call is over."""
        return self._result.ready()

    def successful(self) -> bool:
        """Whether the call is over without an exception; ``ValueError`` if it is not over."""
        if not self._result.ready():
            raise ValueError("the call is not over yet")
        return self._result.get()[0]


class _Sealed:
    """A function and its arguments that no ``repr`` shows."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments


def _caught(sealed: _Sealed) -> tuple[bool, Any]:
    try:
        return True, sealed.function(*sealed.arguments)
    except Exception as error:  # noqa: BLE001 - handed over to get(), whatever it is
        return False, error
