"""urllib3's pools and pool managers with the package's own connections in them."""

from __future__ import annotations

import os
import queue
import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import urllib3
from urllib3 import poolmanager
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import Timeout, parse_url

from harbor_client._compat import originals as _originals
from harbor_client._compat.originals import PoolManager, ProxyManager
from harbor_client._transport.connection import PlainConnection, TLSConnection
from harbor_client._transport.http1 import Deadline
from harbor_client._transport.lock import ForkSafeLock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from harbor_client._transport.http1 import Answer
    from harbor_client.configuration import Configuration

#: Idle connections beyond the pool's size are closed when they have not been used for so many seconds.
SURPLUS_KEPT = 10.0


class Idle:
    """The idle connections of a pool, the last used one first; takes the place of urllib3's queue.

    Every connection that comes back is kept, so that more threads than ``connection_pool_maxsize`` do not make
    connections only to throw them away; what exceeds that size is closed once it is no longer needed. Appending to
    and popping from a deque need no lock, which a fork or an interruption could leave locked.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._connections: deque[PlainConnection] = deque()
        self._pid = os.getpid()

    def get(self, block: bool = True, timeout: float | None = None) -> PlainConnection:
        """The connection that was used last; ``queue.Empty`` when there is none."""
        if self._pid != os.getpid():
            self._forget_parents()
        try:
            return self._connections.pop()
        except IndexError:
            raise queue.Empty from None

    def put(self, connection: PlainConnection | None, block: bool = True) -> None:
        """Keep a connection (urllib3 also puts ``None`` to reserve a place: ignored)."""
        if connection is None:
            return
        now = connection.idle_since = time.monotonic()
        connections = self._connections
        connections.append(connection)
        if len(connections) > self.size and connections[0].idle_since < now - SURPLUS_KEPT:
            try:
                connections.popleft().close()
            except IndexError:  # another thread has taken it
                pass

    def qsize(self) -> int:
        """How many connections are idle."""
        return len(self._connections)

    def _forget_parents(self) -> None:
        # After a fork the parent goes on with these; closing our copies does not disturb it.
        inherited, self._connections = self._connections, deque()
        self._pid = os.getpid()
        for connection in inherited:
            connection.close()


class CallTimeout(Timeout):
    """A urllib3 timeout that also carries the bounds of a call through ``PoolManager.request``."""

    def __init__(self, deadline: Deadline, connect_timeout: float | None, limit: int) -> None:
        super().__init__(total=deadline.left(), connect=connect_timeout)
        self.deadline = deadline
        self.connect_timeout_setting = connect_timeout
        self.limit = limit

    def clone(self) -> CallTimeout:
        """Itself: the deadline is the same for every attempt of a call."""
        return self


class PlainPool(HTTPConnectionPool):
    """Connections to one origin, or to a proxy that forwards."""

    ConnectionCls = PlainConnection  # pyright: ignore[reportAssignmentType]
    pool: Idle | None  # type: ignore[assignment]

    def _new_pool_queue(self, maxsize: int) -> Any:
        return Idle(maxsize)

    def exchange(
        self, request: bytes, method: str, deadline: Deadline, connect_timeout: float | None, limit: int
    ) -> Answer:
        """Carry out one exchange on an idle or a new connection; raises ``ExchangeError``."""
        connection = self._take()
        connection.deadline = deadline
        connection.connect_timeout = connect_timeout
        answer = connection.exchange(request, method, limit)
        if connection.sock is not None:
            self._keep(connection)
        return answer

    def _take(self) -> PlainConnection:
        idle = self.pool
        while idle is not None:
            try:
                connection = idle.get()
            except queue.Empty:
                break
            if not connection.is_stale():
                return connection
            connection.close()
        return self._fresh()

    def _fresh(self) -> PlainConnection:
        connection = self._new_conn()
        assert isinstance(connection, PlainConnection)
        return connection

    def _keep(self, connection: PlainConnection) -> None:
        idle = self.pool
        if idle is None:
            connection.close()
        else:
            idle.put(connection)

    def urlopen(  # type: ignore[override]
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: Any = None,
        preload_content: bool = True,
        **_: Any,
    ) -> HTTPResponse:
        """urllib3's own entry, for scripts that call or wrap ``pool_manager.request``: one exchange, no repeats."""
        from harbor_client._transport.message import message

        if not isinstance(timeout, CallTimeout):
            seconds = timeout if isinstance(timeout, (int, float)) else getattr(timeout, "read_timeout", None)
            timeout = CallTimeout(Deadline.after(seconds or 60.0), None, 64 * 1024 * 1024)
        fields = dict(headers if headers is not None else self.headers)
        if self.proxy is not None and self.scheme == self.proxy.scheme == "http":
            fields.update(self.proxy_headers)
        if isinstance(body, str):
            body = body.encode()
        request = message(method, url, authority_of(self.scheme or "http", self.host, self.port), fields, body)
        answer = self.exchange(request, method, timeout.deadline, timeout.connect_timeout_setting, timeout.limit)
        return as_urllib3(answer, method, url)


class TLSPool(HTTPSConnectionPool, PlainPool):  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
    """Connections over TLS to one origin; one context for all of them, built when the first is made."""

    ConnectionCls = TLSConnection  # pyright: ignore[reportAssignmentType]
    trust_env = True
    use_system_ca = False

    def __init__(self, host: str, port: int | None = None, **keywords: Any) -> None:
        from harbor_client._transport import tls as _tls

        self._tls_keywords = {name: keywords.pop(name) for name in _tls.KEYWORDS if name in keywords}
        self._mode = _tls.verification(keywords.pop("cert_reqs", None))
        self._building = ForkSafeLock()
        super().__init__(host, port, cert_reqs=self._mode, **keywords)

    def _fresh(self) -> PlainConnection:
        if self.conn_kw.get("ssl_context") is None:
            with self._building():
                if self.conn_kw.get("ssl_context") is None:
                    from harbor_client._transport.tls import build_context

                    context = build_context(self._mode, self._tls_keywords, self.trust_env, self.use_system_ca)
                    if self.proxy_config is not None and self.proxy_config.ssl_context is None:
                        self.conn_kw["proxy_config"] = self.proxy_config._replace(ssl_context=context)
                    self.conn_kw["ssl_context"] = context
        connection = super()._fresh()
        if self.proxy is not None and (self.host, self.port) != (self.proxy.host, self.proxy.port):
            assert isinstance(connection, TLSConnection)
            connection.set_tunnel(
                scheme="https" if self.proxy.scheme == "https" else "http",
                host=self._tunnel_host,
                port=self.port,
                headers=self.proxy_headers,
            )
        return connection


POOL_CLASSES: dict[str, type[HTTPConnectionPool]] = {"http": PlainPool, "https": TLSPool}


class _Counting:
    """What both managers add: they notice ``clear()``, and hand the package's settings to their pools."""

    generation = 0
    configuration: Configuration | None = None

    def clear(self) -> None:
        self.generation += 1
        super().clear()  # type: ignore[misc]

    def _new_pool(self, scheme: str, host: str, port: int, request_context: Any = None) -> HTTPConnectionPool:
        pool: HTTPConnectionPool = super()._new_pool(scheme, host, port, request_context)  # type: ignore[misc]
        if isinstance(pool, TLSPool) and self.configuration is not None:
            pool.trust_env = self.configuration.trust_env
            pool.use_system_ca = self.configuration.use_system_ca
        return pool


class Pools(_Counting, PoolManager):
    """A pool manager that reaches servers directly."""


class ProxyPools(_Counting, ProxyManager):
    """A pool manager that reaches servers through a proxy."""


class Route(NamedTuple):
    """How requests to an origin go: made once, and anew when the pool manager was cleared or replaced."""

    manager: PoolManager
    generation: int
    pool: PlainPool
    authority: str
    forwarded: bool


class Router:
    """Makes pool managers and routes as the settings and the environment say.

    Attributes:
        proxy_secrets: the credentials for the proxy in use.
    """

    def __init__(self, configuration: Configuration, pools_size: int) -> None:
        self.configuration = configuration
        self.proxy_secrets: list[str] = []
        self._pools_size = pools_size
        self._proxy: tuple[str, str] | None = None

    def new_manager(self, keywords: dict[str, Any], url: str) -> PoolManager:
        """A pool manager that reaches a URL, through the proxy that leads there if there is one."""
        self._proxy = self._proxy_for(url)
        manager: Pools | ProxyPools
        # A test may have put its own in the place of urllib3's.
        if self._proxy is None and urllib3.PoolManager is not PoolManager:
            return urllib3.PoolManager(num_pools=self._pools_size, **keywords)
        if self._proxy is not None and urllib3.ProxyManager is not ProxyManager:
            return urllib3.ProxyManager(num_pools=self._pools_size, proxy_url=self._proxy[1], **keywords)
        if self._proxy is None:
            manager = Pools(self._pools_size, **keywords)
        else:
            from harbor_client._transport.proxies import split_proxy

            proxy_url, headers, self.proxy_secrets = split_proxy(*self._proxy)
            manager = ProxyPools(proxy_url, self._pools_size, proxy_headers=headers, **keywords)
        manager.configuration = self.configuration
        manager.pool_classes_by_scheme = POOL_CLASSES
        return manager

    def route(self, manager: PoolManager, origin: str) -> Route:
        """The route to an origin (scheme and authority); ``ValueError`` if it is none.

        Its pool manager is the one given, or one made in its image where another proxy leads to the origin.
        """
        try:
            parts = parse_url(origin if origin.isascii() else _in_ascii(origin))
        except (HTTPError, UnicodeError):
            raise ValueError("not a valid URL") from None
        if parts.scheme not in POOL_CLASSES or not parts.host or parts.auth:
            raise ValueError("not an absolute http or https URL without user information")
        if isinstance(manager, (Pools, ProxyPools)) and self._proxy_for(origin) != self._proxy:
            kept = {name: value for name, value in manager.connection_pool_kw.items() if not name.startswith("_proxy")}
            manager = self.new_manager(kept, origin)
        manager.pool_classes_by_scheme = POOL_CLASSES
        pool = manager.connection_from_host(parts.host, parts.port, parts.scheme)
        if not isinstance(pool, PlainPool):
            # A manager of urllib3's own that was in use before it was put here.
            manager.clear()
            pool = manager.connection_from_host(parts.host, parts.port, parts.scheme)
            assert isinstance(pool, PlainPool)
        forwarded = manager.proxy is not None and parts.scheme == "http"
        authority = authority_of(parts.scheme, parts.host.strip("[]"), parts.port)
        return Route(manager, getattr(manager, "generation", -1), pool, authority, forwarded)

    def _proxy_for(self, url: str) -> tuple[str, str] | None:
        configuration = self.configuration
        if configuration.proxy:
            return "proxy", configuration.proxy
        if not configuration.trust_env:
            return None
        from harbor_client._transport.proxies import from_environment

        return from_environment(url)


def _in_ascii(origin: str) -> str:
    """An origin with its international name as it is looked up; urllib3 needs another package for that."""
    scheme, _, authority = origin.partition("://")
    host, colon, port = authority.partition(":")
    return f"{scheme}://{host.encode('idna').decode('ascii')}{colon}{port}"


def use_own_pools(manager: Any) -> None:
    """Have a pool manager of urllib3's make the package's own pools, which repeat nothing and follow no redirect."""
    if getattr(manager, "pool_classes_by_scheme", None) is poolmanager.pool_classes_by_scheme:
        manager.pool_classes_by_scheme = POOL_CLASSES
        manager.clear()


def is_as_made(manager: Any) -> bool:
    """Whether requests may go straight to the pools: nobody has wrapped or replaced what leads there."""
    if type(manager) not in (Pools, ProxyPools, PoolManager, ProxyManager) or not _originals.as_imported():
        return False
    attributes = vars(manager)
    return "request" not in attributes and "urlopen" not in attributes


def as_urllib3(answer: Answer, method: str, url: str) -> HTTPResponse:
    """A whole answer as urllib3's response, its body read from memory; it follows no redirect by itself."""
    from io import BytesIO

    from urllib3 import HTTPHeaderDict

    # The codings are undone already.
    headers = HTTPHeaderDict()
    for name, value in answer.fields:
        headers.add(name, value)
    return _Response(
        body=BytesIO(answer.data),
        headers=headers,
        status=answer.status,
        version=answer.version,
        version_string=f"HTTP/{answer.version / 10}",
        reason=answer.reason,
        preload_content=False,
        decode_content=False,
        enforce_content_length=False,
        request_method=method,
        request_url=url,
    )


class _Response(HTTPResponse):
    def get_redirect_location(self) -> Any:
        """Always False: redirects are followed, or refused, by the client's own rule."""
        return False


def authority_of(scheme: str, host: str, port: int | None) -> str:
    """Host and, unless it is the scheme's own, port, as in a URL."""
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, {"http": 80, "https": 443}.get(scheme)) else f"{name}:{port}"
