"""urllib3's pools and pool managers with the package's own connections in them."""

import http.client
import os
import queue
import socket
from collections import deque
from contextlib import suppress
from types import FunctionType
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.poolmanager import PoolManager, ProxyManager
from urllib3.util import connection as connecting

from harbor_client._transport import tls
from harbor_client._transport.connection import PlainConnection, TLSConnection
from harbor_client._transport.genuine import HTTPConnection
from harbor_client._transport.http1 import RawResponse, Request
from harbor_client._transport.threads import process_lock
from harbor_client.configuration import Configuration

#: Idle connections beyond the pool's size are closed after this many seconds without use.
SURPLUS_KEPT = 10.0


class Idle:
    """The idle connections of a pool, most recently used first; replaces urllib3's queue.

    Every connection that comes back is kept, so that more threads than ``connection_pool_maxsize`` do not open
    connections only to throw them away; the surplus is closed once it is no longer needed. A deque needs no lock, which
    a fork or an interruption could leave locked.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._connections: deque[PlainConnection] = deque()
        self._pid = os.getpid()

    def get(self, block: bool = True, timeout: float | None = None) -> PlainConnection:
        """The most recently used connection that can be used; raises ``queue.Empty`` when there is none."""
        if self._pid != os.getpid():
            # The parent goes on using these; closing the child's copies does not disturb it.
            inherited = self._connections
            Idle.__init__(self, self.size)
            for connection in inherited:
                connection.close()
        try:
            while not (connection := self._connections.pop()).is_connected:
                connection.close()
        except IndexError:
            raise queue.Empty from None
        return connection

    def put(self, connection: PlainConnection | None, block: bool = True) -> None:
        """Keep a connection (``None``, by which urllib3 reserves a place, is ignored)."""
        if connection is None:
            return
        connections = self._connections
        connections.append(connection)
        if len(connections) > self.size and connections[0].idle_since < connection.idle_since - SURPLUS_KEPT:
            with suppress(IndexError):  # another thread has taken it
                connections.popleft().close()


class PlainPool(HTTPConnectionPool):
    """Connections to one origin, or to a proxy that forwards."""

    ConnectionCls = PlainConnection  # pyright: ignore[reportAssignmentType]
    pool: Idle | None  # type: ignore[assignment]
    configuration: Configuration | None = None

    def _new_pool_queue(self, maxsize: int) -> Any:
        return Idle(maxsize)

    def exchange(self, message: bytes, request: Request) -> RawResponse:
        """Carry out one exchange on an idle or a new connection; raises ``ExchangeError``."""
        try:
            connection: Any = (self.pool or Idle(0)).get()  # there is no pool if it was closed meanwhile
        except queue.Empty:
            connection = self._new_conn()
        response: RawResponse = connection.exchange(message, request.method, request.bounds)
        if connection.sock is not None:
            self._put_conn(connection)
        return response


class TLSPool(HTTPSConnectionPool, PlainPool):  # pyright: ignore[reportIncompatibleMethodOverride, reportIncompatibleVariableOverride]
    """Connections over TLS to one origin; one context for all of them, built when the first is made."""

    ConnectionCls = TLSConnection  # pyright: ignore[reportAssignmentType]

    def __init__(self, host: str, port: int | None = None, **keywords: Any) -> None:
        self._tls_keywords = {name: keywords.pop(name) for name in tls.KEYWORDS & keywords.keys()}
        self._mode = tls.verification(keywords.pop("cert_reqs", None))
        super().__init__(host, port, cert_reqs=self._mode, **keywords)

    def _new_conn(self) -> Any:
        with process_lock():
            if self.conn_kw.get("ssl_context") is None:
                context = tls.build_context(self._mode, self._tls_keywords, self.configuration)
                if self.proxy_config is not None and self.proxy_config.ssl_context is None:
                    self.conn_kw["proxy_config"] = self.proxy_config._replace(ssl_context=context)
                self.conn_kw["ssl_context"] = context
        connection = super()._new_conn()
        self.prepare_tunnel(connection)
        return connection

    def prepare_tunnel(self, connection: Any) -> None:
        """Tell a new connection to ask the proxy, if there is one, for a tunnel to the server."""
        if self.proxy is not None and (self.host, self.port) != (self.proxy.host, self.proxy.port):
            connection.set_tunnel(self._tunnel_host, self.port, self.proxy_headers, self.proxy.scheme)


class _ManagerMixin:
    """What both managers add to urllib3's: they count calls of ``clear()`` and configure their pools."""

    generation = 0
    configuration: Configuration | None = None

    def clear(self) -> None:
        self.generation += 1
        super().clear()  # type: ignore[misc]

    def _new_pool(self, scheme: str, host: str, port: int, request_context: Any = None) -> HTTPConnectionPool:
        classes: dict[str, type] = self.pool_classes_by_scheme  # type: ignore[attr-defined]
        if scheme == "https" and not issubclass(classes[scheme], TLSPool) and request_context and self.configuration:
            # A pool class of urllib3 or a recorder, which would look for certificate authorities elsewhere.
            mode = tls.verification(request_context.get("cert_reqs"))
            context = request_context.get("ssl_context") or tls.build_context(mode, request_context, self.configuration)
            request_context["ssl_context"] = context
        if request_context and not issubclass(classes[scheme], PlainPool):
            request_context.pop("_socks_options", None)  # which those of urllib3 and recorders do not know
        pool: HTTPConnectionPool = super()._new_pool(scheme, host, port, request_context)  # type: ignore[misc]
        if isinstance(pool, PlainPool):
            pool.configuration = self.configuration
        return pool


class Pools(_ManagerMixin, PoolManager):
    """A pool manager that reaches servers directly."""


class ProxyPools(_ManagerMixin, ProxyManager):
    """A pool manager that reaches servers through a proxy."""


#: Pool managers whose requests need not be made by their own methods.
_MANAGERS = (Pools, ProxyPools, PoolManager, ProxyManager)


#: http.client's class of connections.
_CLIENT: Any = HTTPConnection.__base__


def _connecting_points() -> tuple[object, ...]:
    """The functions and classes of urllib3 and http.client that a connection of this package would bypass."""
    return (
        *(HTTPConnectionPool.ConnectionCls, HTTPSConnectionPool.ConnectionCls, HTTPConnection._new_conn),
        *(connecting.create_connection, _CLIENT.send, http.client.HTTPResponse.begin),
        socket.socket.__module__.partition(".")[0] in ("socket", "socks", "gevent", "eventlet"),  # and not a mock
    )


def _is_genuine(entry: object) -> bool:
    if isinstance(entry, type):
        return entry.__module__ == "urllib3.connection"
    module = entry.__globals__["__name__"] if type(entry) is FunctionType else ""
    return entry is True or module.startswith(("urllib3.", "http.client"))


#: The ids of the entry points when all of them were urllib3's own. (Ids, because wrappers may compare equal.)
_genuine: list[int] = []


def is_patched(manager: Any) -> bool:
    """Whether a script, recorder, mock or tracer has replaced the pool manager or patched urllib3 to see requests."""
    entries = (
        *(PoolManager.request, PoolManager.urlopen, ProxyManager.request, ProxyManager.urlopen),
        *(PoolManager.request_encode_url, PoolManager.request_encode_body, HTTPConnectionPool.urlopen),
        *(HTTPSConnectionPool.urlopen, HTTPConnectionPool._make_request, HTTPConnectionPool._get_conn),
        *(HTTPConnection.request, HTTPConnection.getresponse, _CLIENT.request, _CLIENT.connect, _CLIENT.putrequest),
        *(_CLIENT.putheader, _CLIENT.endheaders, _CLIENT.getresponse),
        *_connecting_points(),
    )
    ids = list(map(id, entries))
    if ids != _genuine:
        if not all(map(_is_genuine, entries)):
            return True
        _genuine[:] = ids
    return type(manager) not in _MANAGERS or not vars(manager).keys().isdisjoint(("request", "urlopen"))


def connects_unpatched() -> bool:
    """Whether urllib3's connection classes and functions are its own, and not those of a recorder."""
    return all(map(_is_genuine, _connecting_points()))
