"""The transport: carries out requests by the rules of ``policy``, and returns a 2xx response or raises."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging import DEBUG
from typing import Any, NamedTuple

from urllib3 import Retry
from urllib3.poolmanager import PoolManager

from harbor_client._privacy.masking import Masking
from harbor_client._transport import events, policy
from harbor_client._transport.connection import ExchangeError
from harbor_client._transport.errors import error_of_failure, error_of_response
from harbor_client._transport.http1 import (
    Bounds,
    Deadline,
    RawResponse,
    Request,
    authority_of,
    encode_request,
    split_url,
)
from harbor_client._transport.pool import PlainPool, Pools, ProxyPools
from harbor_client._transport.proxies import proxy_for
from harbor_client._transport.threads import process_lock
from harbor_client.configuration import Configuration
from harbor_client.configuration.checks import Proxy, seconds, url_parts

logger = events.logger

#: The settings of connections that urllib3 has no keyword for.
_NO_KEYWORDS = ("proxy", "trust_env", "use_system_ca", "verify_x509_strict", "connection_max_idle")


class Route(NamedTuple):
    """How requests to an origin go; found once, and again when the pool manager was cleared or replaced."""

    manager: PoolManager
    generation: int
    pool: PlainPool
    authority: str
    forwarded: bool


class Transport:
    """Carries out requests; safe to share among threads.

    Args:
        configuration: the settings, read anew at each call.
        pool_classes: the classes of pools, by scheme.
        pools_size: how many origins to keep connections to.
        maxsize: how many idle connections to keep to each; the configured number if ``None``.

    Attributes:
        manager: the urllib3 pool manager in use. Its pools are made at first use from its ``connection_pool_kw``; it
            may be replaced.
        proxy: the proxy that it leads through; ``None`` for direct connections.
        masking: a cache for :func:`~harbor_client._transport.errors.masking_for`: where the secrets of the last call
            came from, and what masks them.
    """

    def __init__(
        self, configuration: Configuration, pool_classes: dict[str, Any], pools_size: int, maxsize: int | None
    ) -> None:
        self.configuration = configuration
        self.pool_classes = pool_classes
        self.pools_size = pools_size
        self.maxsize = maxsize
        self.proxy: Proxy | None = None
        self.masking: tuple[object, Masking] = (None, Masking(()))
        self._routes: dict[str, Route] = {}
        self._closed = False
        self._adopted = self._settings()
        self._revision: int = getattr(configuration, "_revision", 0)
        self.manager: Any = self._new_manager(self._adopted[0], configuration.host)

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
        """Carry out a request and return its 2xx response.

        Args:
            request: what to send.
            request_timeout: seconds for the whole call, or the pair (connect, read); the configured ones if ``None``.
            exchange: what carries out a single exchange, in place of :func:`exchange`.

        Raises:
            ApiException: there is no response, or its status is not 2xx.
            ValueError, TypeError: a wrong setting or header field; nothing was sent.
        """
        if self._closed:
            raise ValueError("the client is closed: make a new ApiClient")
        configuration = self.configuration
        if self._revision != getattr(configuration, "_revision", 0):
            self._adopt_settings()
        request.transport = self
        request.bounds = _bounds(request_timeout, configuration)
        exchange = exchange or Transport.exchange
        watched = configuration.log_writes or any(configuration.event_hooks.values()) or logger.isEnabledFor(DEBUG)
        repeats: policy.Repeats | None = None
        attempt = 0
        while True:
            attempt += 1
            event = events.begin(request, attempt) if watched else None
            result: RawResponse | ExchangeError
            try:
                result = exchange(self, request)
                result.request = request
            except ExchangeError as failure:
                result = failure
            if event:
                events.end(event, request, result)
            if isinstance(result, RawResponse) and 200 <= result.status < 300:
                return result
            repeats = repeats or policy.Repeats(request, self._retries())
            if not repeats.after(result):
                if isinstance(result, RawResponse):
                    raise error_of_response(result)
                raise error_of_failure(request, result)

    def exchange(self, request: Request) -> RawResponse:
        """Carry out a single exchange; raises ``ExchangeError``."""
        origin, target = split_url(request.url)
        manager = self.manager
        route = self._routes.get(origin)
        if route is None or route.manager is not manager or route.generation != getattr(manager, "generation", None):
            route = self._routes[origin] = self._route(manager, origin)
            self.manager = route.manager
        headers = request.headers
        if route.forwarded:
            target = origin + target
            headers = {**headers, **route.pool.proxy_headers}
        message = encode_request(request.method, target, route.authority, headers, request.content)
        return route.pool.exchange(message, request)

    def _adopt_settings(self) -> None:
        """Use the current settings for new connections, and drop idle connections made with the previous settings."""
        with process_lock():
            revision = getattr(self.configuration, "_revision", 0)
            before, self._adopted = self._adopted, self._settings()
            if self._adopted != before:
                used: dict[str, Any] = getattr(self.manager, "connection_pool_kw", {})
                used.update(self._adopted[0].items() - before[0].items())  # a script may have replaced the others
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

    def _settings(self) -> tuple[dict[str, Any], tuple[Any, ...]]:
        """All settings that decide how connections are made and kept: the keywords of a pool manager, and others."""
        configuration = self.configuration
        keywords = {
            "maxsize": (configuration.connection_pool_maxsize or 4) if self.maxsize is None else self.maxsize,
            "cert_reqs": ssl.CERT_REQUIRED if configuration.verify_ssl else ssl.CERT_NONE,
            "cert_file": configuration.cert_file,
            "key_file": configuration.key_file,
            "key_password": configuration.key_password,
            "ca_certs": configuration.ssl_ca_cert,
            "assert_hostname": configuration.assert_hostname,
        }
        return keywords, tuple(getattr(configuration, name) for name in _NO_KEYWORDS)

    def _new_manager(self, keywords: dict[str, Any], url: str) -> PoolManager:
        """A pool manager that reaches a URL, through the proxy that leads there if there is one."""
        proxy = self.proxy = proxy_for(url, self.configuration)
        manager: Pools | ProxyPools
        if proxy is None:
            manager = Pools(self.pools_size, **keywords)
        elif proxy.url.startswith("socks"):
            from urllib3.contrib.socks import SOCKSProxyManager  # which needs PySocks, the extra `socks`

            socks = SOCKSProxyManager(proxy.url, proxy.username or None, proxy.password or None).connection_pool_kw
            manager = Pools(self.pools_size, **keywords, _socks_options=socks["_socks_options"])
        else:
            manager = ProxyPools(proxy.url, self.pools_size, proxy_headers=proxy.headers, **keywords)
        manager.configuration = self.configuration
        manager.pool_classes_by_scheme = self.pool_classes
        return manager

    def _route(self, manager: PoolManager, origin: str) -> Route:
        """The route to an origin (scheme and authority); raises ``ValueError`` if it is not one.

        Its pool manager is the one given, or a copy of it where another proxy leads to the origin.
        """
        parts = url_parts(origin)
        if parts.scheme not in self.pool_classes or "@" in parts.netloc:
            raise ValueError("not an absolute http or https URL without user information")
        host = str(parts.hostname).encode("idna").decode("ascii").replace("%25", "%")
        if isinstance(manager, (Pools, ProxyPools)) and proxy_for(origin, self.configuration) != self.proxy:
            given = manager.connection_pool_kw.items()
            kept = {name: value for name, value in given if not name.startswith(("_proxy", "_socks"))}
            manager = self._new_manager(kept, origin)
        self.take_over(manager, self.pool_classes)
        pool: Any = manager.connection_from_host(f"[{host}]" if ":" in host else host, parts.port, parts.scheme)
        forwarded = manager.proxy is not None and parts.scheme == "http"
        authority = authority_of(parts.scheme, host, parts.port)
        return Route(manager, getattr(manager, "generation", -1), pool, authority, forwarded)

    def take_over(self, manager: Any, classes: dict[str, Any]) -> None:
        """Make a pool manager use these classes of pools; if it used others, close its pools."""
        if manager.pool_classes_by_scheme is not classes:
            manager.pool_classes_by_scheme = classes
            manager.clear()


def _bounds(request_timeout: Any, configuration: Configuration) -> Bounds:
    """The bounds of a call.

    ``request_timeout`` is the call's own: ``None`` or 0 for the configured ones, a number of seconds for the whole
    call, or the pair (connect, read), whose sum is the deadline.
    """
    total, connect = configuration.timeout, configuration.connect_timeout
    try:
        if isinstance(request_timeout, (tuple, list)):
            if len(request_timeout) != 2:
                raise ValueError("a pair has to be (connect, read), in seconds")
            given = zip(request_timeout, (connect, total), strict=True)
            connect, read = (default if value is None else seconds(value) for value, default in given)
            total = (connect or 0.0) + (read or 0.0)
        elif request_timeout is not None and (type(request_timeout) not in (int, float) or request_timeout != 0):
            total = seconds(request_timeout)
    except (ValueError, TypeError) as error:
        raise type(error)(f"_request_timeout: {error}") from None
    return Bounds(Deadline(total), connect, configuration.max_response_bytes, configuration.connection_max_idle)


#: How often those who wait at a gate look again, in seconds.
_POLL = 0.005


class Gate:
    """Holds calls back while one thread changes the credentials.

    Every call runs in ``with gate:``. In ``with gate.closed(limit):``, calls of other threads wait.

    There are no locks, which a signal or a fork could leave locked: each step is a single operation of a list or a
    dictionary, and each wait has a limit.
    """

    __slots__ = ("_closers", "_inside")

    def __init__(self) -> None:
        self._inside: list[int] = []  # the thread of each call under way
        # The threads that close the gate, first come, first served, and when each of them no longer counts: it may have
        # been interrupted, or not exist in this process after a fork.
        self._closers: dict[int, float] = {}

    def __enter__(self) -> None:
        thread = threading.get_ident()
        # Come in, then look whether it is closed: who closes it looks for those inside afterwards.
        self._inside.append(thread)
        while self._closers and self._is_closed_to(thread):
            self._inside.remove(thread)
            time.sleep(_POLL)
            self._inside.append(thread)

    def __exit__(self, *_: object) -> None:
        self._inside.remove(threading.get_ident())

    def _is_closed_to(self, thread: int) -> bool:
        now = time.monotonic()
        return next((closer for closer, end in self._closers.copy().items() if end > now), thread) != thread

    @contextmanager
    def closed(self, limit: float) -> Iterator[None]:
        """Wait until the calls under way have ended, at most ``limit`` seconds; inside, only this thread may call."""
        thread = threading.get_ident()
        self._closers[thread] = time.monotonic() + 2 * limit
        try:
            while self._is_closed_to(thread):
                time.sleep(_POLL)
            end = time.monotonic() + limit
            self._closers[thread] = end + limit
            while {*self._inside} - {thread} and time.monotonic() < end:
                time.sleep(_POLL)
            yield
        finally:
            self._closers.pop(thread, None)
