"""Pools that scripts may also use by urllib3's own methods, as strictly and with the same bounds.

``pool_manager.request`` leads through urllib3's ``urlopen`` and http.client's ``putrequest`` and ``getresponse`` to the
package's own exchange, so whoever has wrapped one of them is called.
"""

from __future__ import annotations

from http.client import HTTPMessage, HTTPResponse
from io import BytesIO
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util import Timeout

from harbor_client._transport.connection import PlainConnection, TLSConnection
from harbor_client._transport.http1 import Deadline, RawResponse
from harbor_client._transport.pool import PlainPool, TLSPool


class CallTimeout(Timeout):
    """A urllib3 timeout that also carries the bounds of a call to the connection."""

    def __init__(self, deadline: Deadline, connect_timeout: float | None, limit: int) -> None:
        super().__init__(total=deadline.left(), connect=connect_timeout)
        self.bounds = deadline, connect_timeout, limit

    def clone(self) -> CallTimeout:
        """A timer for another attempt, with the same deadline."""
        return CallTimeout(*self.bounds)


class _Response(HTTPResponse):
    """A response that has been read, as http.client hands it to urllib3."""

    def __init__(self, raw: RawResponse) -> None:
        super().__init__(_NoSocket())  # type: ignore[arg-type]
        self.fp = BytesIO(raw.data)  # type: ignore[assignment]
        self.status, self.reason, self.version = raw.status, raw.reason, raw.version
        self.length = len(raw.data)
        self.chunked, self.will_close = False, not raw.keep_alive
        decoded = any(value.strip().lower() != "identity" for value in raw.values("content-encoding"))
        self.headers = self.msg = HTTPMessage()
        for name, value in raw.fields:
            if not decoded or name.lower() not in ("content-encoding", "content-length"):
                self.headers[name] = value

    def begin(self) -> None:
        """Nothing: the header has been read."""


class _NoSocket:
    """Stands in for the socket of a connection that the exchange has closed."""

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO()

    def settimeout(self, seconds: float | None) -> None:
        pass

    close = shutdown = settimeout


class _ByMethods(PlainConnection):
    """A connection whose exchange can also be carried out by http.client's methods."""

    limit: int

    def send(self, data: Any) -> None:
        """Collect what is to be sent; it leaves as a whole in :meth:`getresponse`."""
        self.__dict__.setdefault("_outgoing", bytearray()).extend(data)

    def getresponse(self) -> Any:
        """Carry out the exchange; raises ``ExchangeError``."""
        options, sock = self._response_options, self.sock
        request = bytes(self.__dict__.pop("_outgoing", b""))

        def respond(*_: Any, **__: Any) -> _Response:  # in http.client's own, whose wrappers are to see failures, too
            self.sock = sock
            return _Response(self.exchange(request, options.request_method if options else "GET", self.limit))

        self.__dict__["response_class"] = respond
        self.sock = sock or _NoSocket()
        try:
            return super().getresponse()
        finally:
            # The response does not hold the connection: it has been read.
            self.__dict__["_HTTPConnection__response"] = None
            if isinstance(self.sock, _NoSocket):
                self.close()


class _PlainByMethods(_ByMethods):
    pass


class _TLSByMethods(_ByMethods, TLSConnection):
    pass


class _Pool(PlainPool):
    def urlopen(self, method: str, url: str, *args: Any, **keywords: Any) -> Any:
        """urllib3's own, which repeats nothing and follows no redirect in a call of the package's: ``policy`` does."""
        if isinstance(keywords.get("timeout"), CallTimeout):
            keywords["retries"] = False
        return super().urlopen(method, url, *args, **keywords)

    def _make_request(self, conn: Any, method: str, url: str, *args: Any, **keywords: Any) -> Any:
        timeout = keywords.get("timeout")
        if isinstance(timeout, CallTimeout):
            conn.deadline, conn.connect_timeout, conn.limit = timeout.bounds
        else:
            seconds = getattr(timeout, "total", None) or getattr(timeout, "read_timeout", None)
            seconds = seconds if isinstance(seconds, (int, float)) else 60.0
            conn.deadline, conn.connect_timeout, conn.limit = Deadline.after(seconds), None, 64 * 1024 * 1024
        return super()._make_request(conn, method, url, *args, **keywords)

    def _validate_conn(self, conn: Any) -> None:
        """Nothing: the exchange connects."""


class _PlainPool(_Pool):
    ConnectionCls = _PlainByMethods


class _TLSPool(_Pool, TLSPool):
    ConnectionCls = _TLSByMethods

    def _prepare_proxy(self, conn: Any) -> None:
        self.aim(conn)


POOL_CLASSES: dict[str, type[HTTPConnectionPool]] = {"http": _PlainPool, "https": _TLSPool}
