"""``async_req``: calls in the background, on threads that never keep a process alive."""

from __future__ import annotations

import os
from multiprocessing.pool import ThreadPool
from typing import TYPE_CHECKING, Generic, TypeVar

from harbor_client._guard import guarded

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.pool import AsyncResult
    from typing import Any

_T = TypeVar("_T")


class ForkAwarePool:
    """A thread pool and the process that it belongs to: threads do not survive a fork."""

    def __init__(self, size: int) -> None:
        self.pid = os.getpid()
        self.threads = ThreadPool(size)

    @property
    def usable(self) -> bool:
        """Whether this process has made the pool."""
        return self.pid == os.getpid()

    def close(self) -> None:
        """Let what was begun end, and the threads with it."""
        if self.usable:
            self.threads.close()


class AsyncCall(Generic[_T]):
    """A call under way, with the methods of :class:`multiprocessing.pool.AsyncResult`."""

    def __init__(self, pool: ThreadPool, function: Callable[..., _T], arguments: tuple[Any, ...]) -> None:
        # The function's exception is handed over as a value: it must not pass through frames that hold the arguments.
        self._result: AsyncResult[tuple[bool, Any]] = pool.apply_async(_caught, (_Sealed(function, arguments),))

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
