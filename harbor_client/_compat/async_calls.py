"""``async_req``: calls in the background, on threads that never keep a process alive."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Generic, NoReturn, TypeVar

from harbor_client._privacy.guard import guarded
from harbor_client._transport.threads import Work, Workers

_T = TypeVar("_T")


class ThreadPool(Workers):
    """What of :class:`multiprocessing.pool.ThreadPool` scripts use with a client, without its semaphores."""

    def __init__(self, size: int) -> None:
        super().__init__(size, "async_req")

    def apply_async(
        self, func: Callable[..., _T], args: Sequence[Any] = (), kwds: Mapping[str, Any] | None = None
    ) -> Work[_T]:
        """Call a function in the background."""
        return self.start(partial(func, *args, **(kwds or {})))

    def apply(self, func: Callable[..., _T], args: Sequence[Any] = (), kwds: Mapping[str, Any] | None = None) -> _T:
        """Call a function on one of the threads, and wait for it."""
        return self.apply_async(func, args, kwds).get()

    def map(self, func: Callable[[Any], _T], iterable: Iterable[Any]) -> list[_T]:
        """Call a function with each of several values, and wait for all results."""
        return [result.get() for result in [self.apply_async(func, (value,)) for value in iterable]]

    def terminate(self) -> None:
        """:meth:`close`: a thread cannot be ended from outside, and each call ends by its deadline."""
        self.close()


class AsyncCall(Generic[_T]):
    """A call in the background, with the methods of :class:`multiprocessing.pool.AsyncResult`."""

    def __init__(self, threads: Any, function: Callable[..., _T], arguments: tuple[Any, ...]) -> None:
        # The function's exception is returned as a value: it must not pass through frames that hold the arguments.
        self._result: Work[tuple[bool, Any]] = threads.apply_async(_caught, (_Sealed(function, arguments),))

    @guarded
    def get(self, timeout: float | None = None) -> _T:
        """The call's result, or its exception; ``TimeoutError`` if there is none within so many seconds.

        It is a ``multiprocessing.TimeoutError``, too, where that module is loaded.
        """
        self._result.wait(timeout)
        if not self._result.ready():
            raise _timeout_error()
        succeeded, value = self._result.get()
        if succeeded:
            result: _T = value
            return result
        raise value

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the call has ended, or so many seconds."""
        self._result.wait(timeout)

    def ready(self) -> bool:
        """Whether the call has ended."""
        return self._result.ready()

    def successful(self) -> bool:
        """Whether the call has ended without an exception; ``ValueError`` if it has not ended."""
        if not self._result.ready():
            raise ValueError("the call has not ended yet")
        return self._result.get()[0]

    def __await__(self) -> NoReturn:
        raise TypeError(
            "async_req calls in a thread, and cannot be awaited (this call goes on in the background): "
            "write await asyncio.to_thread(api.get_user, 3), without async_req"
        )


class _Sealed:
    """A function and its arguments, not shown by ``repr``."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments


def _caught(sealed: _Sealed) -> tuple[bool, Any]:
    try:
        return True, sealed.function(*sealed.arguments)
    except Exception as error:  # noqa: BLE001 - get() raises it, whatever it is
        return False, error


def _timeout_error() -> TimeoutError:
    message = "the call has not ended yet"
    loaded = sys.modules.get("multiprocessing.context")  # by a script that names its TimeoutError
    if loaded is None:
        return TimeoutError(message)
    both: type[TimeoutError] = type(
        "TimeoutError", (loaded.TimeoutError, TimeoutError), {"__module__": loaded.__name__}
    )
    return both(message)
