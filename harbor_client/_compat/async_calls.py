"""``async_req``: calls in the background, on threads that never keep a process alive."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NoReturn, TypeVar

from harbor_client._transport.threads import Work, Workers

_T = TypeVar("_T")


class AsyncCall(Work[_T]):
    """A call in the background, with the methods of :class:`multiprocessing.pool.AsyncResult`."""

    def get(self, timeout: float | None = None) -> _T:
        """The call's result, or its exception; ``TimeoutError`` if there is none within so many seconds.

        It is a ``multiprocessing.TimeoutError``, too, where that module is loaded.
        """
        self.wait(timeout)
        if self.ready():
            return super().get()
        loaded = sys.modules.get("multiprocessing.context")  # by a script that names its TimeoutError
        kinds = (loaded.TimeoutError, TimeoutError) if loaded else (TimeoutError,)
        raise type("TimeoutError", kinds, {"__module__": "multiprocessing.context"})("the call has not ended yet")

    def __await__(self) -> NoReturn:
        raise TypeError(
            "async_req calls in a thread, and cannot be awaited (this call goes on in the background): "
            "write await asyncio.to_thread(api.get_user, 3), without async_req"
        )


class ThreadPool(Workers):
    """The methods of :class:`multiprocessing.pool.ThreadPool` that scripts use with a client; needs no semaphores."""

    work_class = AsyncCall

    def apply_async(
        self, func: Callable[..., _T], args: Sequence[Any] = (), kwds: Mapping[str, Any] | None = None
    ) -> Work[_T]:
        """Call a function in the background."""
        return self.start(partial(func, *args, **(kwds or {})))

    def apply(self, func: Callable[..., _T], args: Sequence[Any] = (), kwds: Mapping[str, Any] | None = None) -> _T:
        """Call a function on one of the threads, and wait for it."""
        return self.apply_async(func, args, kwds).get()

    def terminate(self) -> None:
        """:meth:`close`: a thread cannot be ended from outside, and each call ends by its deadline."""
        self.close()
