"""The transport: carries out requests by the rules of ``policy``, and returns a 2xx response or raises."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import DEBUG
from typing import Any, NamedTuple

from urllib3 import Retry

from harbor_client._transport import events, policy
from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.errors import error_of_failure, error_of_response
from harbor_client._transport.http1 import Deadline, RawResponse, Request, encode_request, split_url
from harbor_client._transport.routing import Route, Router
from harbor_client._transport.threads import ForkSafeLock
from harbor_client.configuration import Configuration

_LOCK = ForkSafeLock()
logger = events.logger


class Transport:
    """Carries out requests; safe to share among threads.

    Attributes:
        configuration: the settings, read anew at each call.
        manager: the urllib3 pool manager in use. Its pools are made at first use from its ``connection_pool_kw``; it
            may be replaced.
    """

    def __init__(self, configuration: Configuration, router: Router) -> None:
        self.configuration = configuration
        self.router = router
        self._routes: dict[str, Route] = {}
        self._closed = False
        self._adopted = router.settings()
        self._revision: int = getattr(configuration, "_revision", 0)
        #: Masks the secrets of the last call that needed it.
        self.masking: Any = None
        #: What these secrets were found in.
        self.masked: tuple[Any, ...] | None = None
        self.manager: Any = router.new_manager(self._adopted[0], configuration.host)

    def close(self) -> None:
        """Close the idle connections, and refuse further requests. Calls under way are not disturbed."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        routes, self._routes = self._routes, {}
        for route in list(routes.values()):  # another thread may be adding one
            route.pool.close()
        clear = getattr(self.manager, "clear", None)
        if clear is not None:
            clear()

    def send(
        self,
        request: Request,
        request_timeout: Any = None,
        exchange: Callable[[Transport, Request], RawResponse] | None = None,
    ) -> RawResponse:
        """Carry out a request: the 2xx response to it.

        Args:
            request: what to send.
            request_timeout: seconds for the whole call, or the pair (connect, read); the configured ones if ``None``.
            exchange: what carries out a single exchange, in place of :func:`exchange`.

        Raises:
            ApiException: there is no response, or its status is not 2xx.
            ValueError, TypeError: a wrong setting or header field; nothing was sent.
        """
        configuration = self.configuration
        if self._closed:
            raise ValueError("the client is closed: make a new ApiClient")
        if self._revision != getattr(configuration, "_revision", 0):
            self._adopt_settings()
        request.transport = self
        request.deadline, request.connect_timeout = _bounds(request_timeout, configuration)
        exchange = exchange or Transport.exchange
        repeats: policy.Repeats | None = None
        watched = configuration.log_writes or any(configuration.event_hooks.values()) or logger.isEnabledFor(DEBUG)
        attempt = 1
        event: events.Event | None = None
        while True:
            if watched:
                event = events.begin(request, attempt)
                attempt += 1
            started = time.monotonic()
            try:
                response = exchange(self, request)
            except ExchangeError as failure:
                if event:
                    events.end(event, started, request, failure)
                repeats = repeats or policy.Repeats(request, self._retries())
                if repeats.after_failure(failure):
                    continue
                failure.sent = failure.sent or repeats.arrived
                error = error_of_failure(request, failure)
                raise error from error.__cause__
            response.request = request
            if event:
                events.end(event, started, request, response)
            if 200 <= response.status < 300:
                return response
            repeats = repeats or policy.Repeats(request, self._retries())
            if not repeats.after_status(response):
                raise error_of_response(response)

    def exchange(self, request: Request) -> RawResponse:
        """Carry out a single exchange; raises ``ExchangeError``."""
        origin, target = split_url(request.url)
        manager = self.manager
        route = self._routes.get(origin)
        if route is None or route.manager is not manager or route.generation != getattr(manager, "generation", None):
            route = self._routes[origin] = self.router.route(manager, origin)
            self.manager = route.manager
        headers = request.headers
        if route.forwarded:
            target = origin + target
            headers = {**headers, **route.pool.proxy_headers}
        message = encode_request(request.method, target, route.authority, headers, request.content)
        return route.pool.exchange(message, request, self.configuration.max_response_bytes)

    def _adopt_settings(self) -> None:
        """Make connections by the settings as they are now, and use none again that were made by others."""
        with _LOCK():
            revision = getattr(self.configuration, "_revision", 0)
            before, self._adopted = self._adopted, self.router.settings()
            if self._adopted != before:
                used: dict[str, Any] = getattr(self.manager, "connection_pool_kw", {})
                for name in before[0].keys() - self._adopted[0].keys():
                    used.pop(name, None)
                used.update(self._adopted[0].items() - before[0].items())  # the others may be a script's own
                self._close_idle()
            self._revision = revision

    def _retries(self) -> int:
        """How often a GET may be repeated: ``connection_pool_kw["retries"]`` if a script has put a number there."""
        patched = getattr(self.manager, "connection_pool_kw", {}).get("retries")
        if isinstance(patched, Retry):
            patched = patched.total
        if patched is True or not isinstance(patched, int):
            return self.configuration.retries
        return max(0, int(patched))


def _bounds(request_timeout: Any, configuration: Configuration) -> tuple[Deadline, float | None]:
    """The deadline of a call and the seconds allowed for connecting.

    ``request_timeout`` is the call's own: ``None`` or 0 for the configured ones, a number of seconds for the whole
    call, or the pair (connect, read), whose sum is the deadline.
    """
    total, connect = configuration.timeout, configuration.connect_timeout
    if isinstance(request_timeout, (tuple, list)):
        if len(request_timeout) != 2:
            raise ValueError("_request_timeout: a pair has to be (connect, read), in seconds")
        connect, read = (_seconds(given, kept) for given, kept in zip(request_timeout, (connect, total), strict=True))
        total = (connect or 0.0) + (read or 0.0)
    elif request_timeout is not None and (type(request_timeout) not in (int, float) or request_timeout != 0):
        total = _seconds(request_timeout, total)
    return Deadline(time.monotonic() + total), connect


def _seconds(value: Any, default: float | None) -> Any:
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"_request_timeout: seconds, or a pair of seconds, not {type(value).__name__}")
    if not 0 < value < 1e9:
        raise ValueError("_request_timeout: has to be a positive number of seconds")
    return float(value)


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
