"""One exchange, a request and its response, on a urllib3 connection: bounded in time and bytes, complete or an error.

urllib3 opens the connection (TCP, TLS, proxies). This module sends and reads, within a deadline and limits, and records
whether the request may have reached the server.
"""

from __future__ import annotations

import socket
import ssl
import sys
from typing import TYPE_CHECKING

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError
from urllib3.util.wait import wait_for_read

from harbor_client._transport.bodies import MalformedError, TruncatedError
from harbor_client._transport.http1 import Deadline, RawResponse, Reader, read_head, read_response
from harbor_client._transport.resolve import look_up
from harbor_client._transport.socks import SocksProxy, connect

if TYPE_CHECKING:
    from typing import Any, Literal

    Kind = Literal["connection", "timeout", "tls", "proxy", "refused", "truncated", "protocol"]

_PROBES = {"TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
#: Bytes sent at once: one TLS record, which the server cannot read before all of it has been sent.
_RECORD = 16_384
#: Probes that notice when the other end is gone; where the system lets us choose, after half a minute of silence.
_KEEP_ALIVE = [
    (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    *((socket.IPPROTO_TCP, getattr(socket, name), value) for name, value in _PROBES.items() if hasattr(socket, name)),
]


class ExchangeError(Exception):
    """An exchange that failed; the connection is closed.

    Attributes:
        kind: ``"connection"`` (could not connect, or the connection broke before a response), ``"timeout"``, ``"tls"``,
            ``"proxy"`` (unreachable, or gone), ``"refused"`` (by the proxy), ``"truncated"`` or ``"protocol"``.
        text: what happened, in words; quotes nothing that was sent or received.
        lower: the underlying exception, if any.
        status: the status of the proxy's response if there was one, otherwise 0.
        sent: whether any byte of the request may have left.
        fresh: whether the connection was opened for this exchange.
    """

    def __init__(self, kind: Kind, text: str, lower: BaseException | None = None, status: int = 0) -> None:
        super().__init__(text)
        self.kind: Kind = kind
        self.text = text
        self.lower = lower
        self.status = status
        self.sent = False
        self.fresh = True


class PlainConnection(HTTPConnection):
    """A connection over TCP."""

    deadline: Deadline
    connect_timeout: float | None
    idle_since: float = 0.0
    socks: SocksProxy | None = None
    _sent: bool = False

    def __del__(self) -> None:
        # Close quietly what an interruption left behind.
        sock = self.__dict__.get("sock")
        if sock is not None:
            sock.close()

    def is_stale(self) -> bool:
        """Whether an idle connection cannot be used: the server has closed it, or has sent bytes unasked."""
        sock = self.sock
        return sock is None or wait_for_read(sock, timeout=0.0)

    def exchange(self, request: bytes, method: str, limit: int) -> RawResponse:
        """Send a request and read its response by ``self.deadline``; raises :class:`ExchangeError`."""
        fresh = self.sock is None
        self._sent = False
        reader: Reader | None = None
        try:
            if fresh:
                self._open()
            reader = Reader(self.sock, self.deadline)
            broken = self._send_all(request)
            try:
                response = read_response(reader, method, limit)
            except (OSError, TruncatedError) as error:
                raise broken or error from None
            if broken or reader.buffer or not response.keep_alive:
                self.close()
            return response
        except BaseException as error:
            self.close()
            failure = _failure(error, received=reader is not None and reader.received)
            if failure is None and isinstance(error, Exception) and self._has_foreign_tls():
                failure = ExchangeError("tls", f"TLS failed: {error}", error)
            if failure is None:
                raise
            failure.sent = self._sent
            failure.fresh = fresh
            raise failure from None

    def _send_all(self, request: bytes) -> OSError | None:
        # A server may respond and close before it has read everything. So an error half-way is returned, not raised,
        # because a response that arrives takes precedence.
        send = getattr(self.sock, "send", None) or self._send_whole
        rest = memoryview(request)
        while rest:
            self.sock.settimeout(self.deadline.left())
            try:
                count = send(rest[:_RECORD])
            except TimeoutError:
                raise
            except OSError as error:
                if not self._sent:
                    raise self._refusal() or error from None
                return error
            self._sent = True
            rest = rest[count:]
        return None

    def _has_foreign_tls(self) -> bool:
        """Whether a script's TLS context is not the standard library's, and raises exceptions of its own."""
        return not isinstance(getattr(self, "ssl_context", None), (ssl.SSLContext, type(None)))

    def _send_whole(self, part: memoryview) -> int:
        # For a socket without `send`, such as urllib3's of pyOpenSSL.
        self.sock.sendall(bytes(part))
        return len(part)

    def _refusal(self) -> OSError | None:
        """The TLS alert that the server sent before it hung up, when nothing could be sent."""
        return None

    def _open(self) -> None:
        self._connect_deadline = self.deadline.sooner(self.connect_timeout)
        try:
            self.connect()
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise ExchangeError("connection", "the connection was closed during the TLS handshake", error) from None
        except (ssl.SSLError, CertificateError) as error:
            raise ExchangeError("tls", f"TLS failed: {error}", error) from None
        except TimeoutError as error:
            place = f"{self.host}:{self.port}"
            raise ExchangeError("timeout", f"the TLS handshake with {place} was not finished in time", error) from None
        sock: Any = self.sock
        if hasattr(sock, "suppress_ragged_eofs"):
            # A TLS stream has ended only if the peer has said so.
            sock.suppress_ragged_eofs = False

    def _new_conn(self) -> socket.socket:
        deadline = self._connect_deadline
        if self.socks is not None:
            return self._through_socks(self.socks, deadline)
        kind: Kind = "proxy" if self.proxy else "connection"
        place = f"the proxy {self.host}:{self.port}" if self.proxy else f"{self.host}:{self.port}"
        try:
            addresses = look_up(self._dns_host.strip("[]"), self.port, deadline)
        except TimeoutError as error:
            raise ExchangeError("timeout", f"timed out looking up the address of {place}", error) from None
        except (OSError, UnicodeError) as error:
            raise ExchangeError(kind, f"the name of {place} could not be resolved", error) from None
        failure: OSError | None = None
        for index, address in enumerate(addresses):
            try:
                sock = self._connect_to(address, deadline.left() / (len(addresses) - index))
            except OSError as error:
                failure = error
            else:
                sys.audit("http.client.connect", self, self.host, self.port)
                return sock
        if isinstance(failure, TimeoutError):
            raise ExchangeError("timeout", f"timed out connecting to {place}", failure) from None
        raise ExchangeError(kind, f"could not connect to {place}: {failure}", failure) from None

    def _through_socks(self, proxy: SocksProxy, deadline: Deadline) -> socket.socket:
        place = f"{self.host}:{self.port} through the SOCKS proxy {proxy.host}:{proxy.port}"
        try:
            return connect(proxy, self._dns_host.strip("[]"), self.port, deadline)
        except (OSError, UnicodeError) as error:
            lower = getattr(error, "socket_err", None) or error
            if isinstance(lower, TimeoutError):
                raise ExchangeError("timeout", f"timed out connecting to {place}", lower) from None
            raise ExchangeError("proxy", f"could not connect to {place}: {error}", error) from None

    def _connect_to(self, address: Any, seconds: float) -> socket.socket:
        family, kind, protocol, _, target = address
        sock = socket.socket(family, kind, protocol)
        try:
            option: Any
            for option in (*_KEEP_ALIVE, *(self.socket_options or ())):
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            if self.source_address:
                sock.bind(self.source_address)
            sock.connect(target)
            # The handshake and the tunnel, which urllib3 sets up next, may take the remaining time.
            sock.settimeout(self._connect_deadline.left())
        except BaseException:
            sock.close()
            raise
        return sock

    def _tunnel(self) -> None:
        """Ask the proxy for a tunnel to the server."""
        host = (self._tunnel_host or "").partition("%")[0]
        authority = f"[{host}]:{self._tunnel_port}" if ":" in host else f"{host}:{self._tunnel_port}"
        headers = {"Host": authority, **getattr(self, "_tunnel_headers", {})}
        lines = [f"CONNECT {authority} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        deadline = self._connect_deadline
        reader = Reader(self.sock, deadline)
        self.sock.settimeout(deadline.left())
        try:
            self.sock.sendall("\r\n".join(lines).encode("latin-1"))
            response = read_head(reader)
        except TimeoutError as error:
            raise ExchangeError("timeout", "timed out waiting for the proxy to connect", error) from None
        except (OSError, TruncatedError) as error:
            raise ExchangeError("proxy", "the proxy closed the connection without a response", error) from None
        if not 200 <= response.status < 300:
            # Only a 407 certainly comes from the proxy: the proxy's 404 must not look like Harbor's.
            status = 407 if response.status == 407 else 0
            lower = OSError(f"the proxy answered CONNECT with {response.status}")
            raise ExchangeError("refused", f"the proxy refused the connection: {response.status}", lower, status)
        if reader.buffer:
            raise MalformedError("the proxy sent bytes of its own through the tunnel")
        self.sock.settimeout(deadline.left())


class TLSConnection(PlainConnection, HTTPSConnection):
    """A connection over TLS, through a proxy's tunnel where there is one."""

    def is_stale(self) -> bool:
        """As for a plain connection; unread bytes may also have been received, and perhaps decrypted, already."""
        return super().is_stale() or _pending(self.sock)

    def _refusal(self) -> OSError | None:
        # In TLS 1.3 the client finishes the handshake before the server has checked its certificate.
        try:
            self.sock.settimeout(self.deadline.left())
            self.sock.recv(1)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            pass
        except ssl.SSLError as alert:
            return alert
        except OSError:
            pass
        return None

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        outer = super()._connect_tls_proxy(hostname, sock)
        return _Outer(outer, self._connect_deadline) if self.proxy_is_tunneling else outer


class _Outer:
    """The TLS connection to a proxy, beneath the one to the server.

    urllib3's loop for the inner connection reads as often as it needs to, so a timeout set here bounds all these reads
    together.
    """

    def __init__(self, sock: ssl.SSLSocket, deadline: Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self.fileno = sock.fileno
        self.pending = sock.pending
        self.close = sock.close

    def settimeout(self, seconds: float) -> None:
        self._deadline = Deadline.after(seconds)

    def recv(self, size: int) -> bytes:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv(size)

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)


def _pending(sock: Any) -> bool:
    if isinstance(sock, ssl.SSLSocket):
        return sock.pending() > 0
    if hasattr(sock, "incoming"):  # TLS in TLS
        return bool(sock.incoming.pending or sock.sslobj.pending() or sock.socket.pending())
    pending = getattr(getattr(sock, "connection", None), "pending", None)  # pyOpenSSL
    return bool(pending and pending())


def _failure(error: BaseException, received: bool) -> ExchangeError | None:
    """What an exception means for the exchange; ``None`` for interruptions and wrong settings."""
    if isinstance(error, ExchangeError):
        return error
    if isinstance(error, TimeoutError):
        return ExchangeError("timeout", "timed out waiting for a complete response", error)
    if isinstance(error, MalformedError):
        return ExchangeError("protocol", str(error), error)
    if isinstance(error, (TruncatedError, ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        if received:
            text = str(error) if isinstance(error, TruncatedError) else "the connection ended inside the response"
            return ExchangeError("truncated", text, error)
        return ExchangeError("connection", "the server closed the connection without a response", error)
    if isinstance(error, ssl.SSLError):
        return ExchangeError("tls", f"TLS failed: {error}", error)
    if isinstance(error, OSError):
        text = f"the connection broke {'inside' if received else 'before'} the response: {error}"
        return ExchangeError("truncated" if received else "connection", text, error)
    if isinstance(error, HTTPError):
        return ExchangeError("connection", str(error), error)
    return None
