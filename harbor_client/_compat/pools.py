"""Pools that scripts can also call with urllib3's own methods; the same strict parser and bounds apply.

``pool_manager.request`` leads through urllib3's ``urlopen`` and http.client's ``putrequest`` and ``getresponse`` to the
package's own exchange, so whoever has wrapped one of them is called.
"""

from __future__ import annotations

from http.client import HTTPResponse
from io import BytesIO
from typing import Any

from urllib3.connectionpool import HTTPConnectionPool
from urllib3.util import Timeout

from harbor_client._transport.connection import PlainConnection, TLSConnection
from harbor_client._transport.http1 import Bounds, Deadline, RawResponse
from harbor_client._transport.pool import PlainPool, TLSPool


class CallTimeout(Timeout):
    """A urllib3 timeout that also carries the bounds of a call to the connection."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(total=bounds.deadline.left(), connect=bounds.connect_timeout)
        self.bounds = bounds

    def clone(self) -> CallTimeout:
        """A timer for another attempt, with the same deadline."""
        return CallTimeout(self.bounds)


class _Received:
    """Stands in for a connection's socket: http.client reads from it a response that the exchange has read already."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = content

    def makefile(self, mode: str) -> BytesIO:
        return BytesIO(self._content)

    def settimeout(self, seconds: float | None) -> None:
        pass

    close = shutdown = settimeout


def _encode_response(raw: RawResponse) -> bytes:
    """A response as http.client reads it, its body decoded."""
    dropped = ["transfer-encoding"]
    if any(value.strip().lower() != "identity" for value in raw.values("content-encoding")):
        dropped.append("content-encoding")
    lines = [f"HTTP/{raw.version / 10} {raw.status} {raw.reason}"]
    if raw.data:  # without a body, keep the length that the response to a HEAD states
        dropped.append("content-length")
        lines.append(f"Content-Length: {len(raw.data)}")
    lines += [f"{name}: {value}" for name, value in raw.fields if name.lower() not in dropped]
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + raw.data


class _ByMethods(PlainConnection):
    """A connection whose exchange can also be carried out by http.client's methods."""

    def send(self, data: Any) -> None:
        """Collect what is to be sent; it leaves as a whole in :meth:`getresponse`."""
        self.__dict__.setdefault("_outgoing", bytearray()).extend(data)

    def getresponse(self) -> Any:
        """Carry out the exchange; raises ``ExchangeError``."""
        options, sock = self._response_options, self.sock
        request = bytes(self.__dict__.pop("_outgoing", b""))

        # Called by http.client's getresponse(), so that those who wrap that method see failures as well.
        def respond(*_: Any, **how: Any) -> HTTPResponse:
            self.sock = sock
            raw = self.exchange(request, options.request_method if options else "GET", self.bounds)
            return HTTPResponse(_Received(_encode_response(raw)), **how)  # type: ignore[arg-type]

        self.__dict__["response_class"] = respond
        self.sock = sock or _Received()
        try:
            return super().getresponse()
        finally:
            self.__dict__["_HTTPConnection__response"] = None  # it has been read, and does not hold the connection
            if isinstance(self.sock, _Received):
                self.close()


class _TLSByMethods(_ByMethods, TLSConnection):
    pass


class _Pool(PlainPool):
    def urlopen(self, method: str, url: str, *args: Any, **keywords: Any) -> Any:
        """urllib3's own; in a call of this package it neither retries nor redirects, because ``policy`` does."""
        if isinstance(keywords.get("timeout"), CallTimeout):
            keywords["retries"] = False
        return super().urlopen(method, url, *args, **keywords)

    def _make_request(self, conn: Any, method: str, url: str, *args: Any, **keywords: Any) -> Any:
        timeout = keywords.get("timeout")
        if isinstance(timeout, CallTimeout):
            conn.bounds = timeout.bounds
        else:
            seconds = getattr(timeout, "total", None) or getattr(timeout, "read_timeout", None)
            seconds = seconds if isinstance(seconds, (int, float)) else 60.0
            conn.bounds = Bounds(Deadline(seconds), None, 64 * 1024 * 1024, None)
        return super()._make_request(conn, method, url, *args, **keywords)

    def _validate_conn(self, conn: Any) -> None:
        """Do nothing: the exchange connects."""


class _PlainPool(_Pool):
    ConnectionCls = _ByMethods


class _TLSPool(_Pool, TLSPool):
    ConnectionCls = _TLSByMethods

    def _prepare_proxy(self, conn: Any) -> None:
        self.prepare_tunnel(conn)


POOL_CLASSES: dict[str, type[HTTPConnectionPool]] = {"http": _PlainPool, "https": _TLSPool}
