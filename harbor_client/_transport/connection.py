"""One exchange, a request and its response, on a urllib3 connection: bounded in time and bytes, complete or an error.

urllib3 opens the connection (TCP, TLS, proxies). This module sends and reads, within a deadline and limits, and records
whether the request may have reached the server.
"""

import socket
import ssl
import sys
import time
from typing import Any, Literal

from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from harbor_client._transport import http1
from harbor_client._transport.bodies import MalformedError, TruncatedError
from harbor_client._transport.genuine import HTTPConnection, HTTPSConnection
from harbor_client._transport.http1 import Bounds, Deadline, RawResponse, Reader
from harbor_client._transport.sockets import look_up, open_socket, open_through

Kind = Literal["connection", "timeout", "tls", "proxy", "refused", "truncated", "protocol"]

#: Bytes sent at once: one TLS record, which the server cannot read before all of it has been sent.
_RECORD = 16_384
#: The peer has ended a TLS connection, properly or not.
_ENDED = (ssl.SSLEOFError, ssl.SSLZeroReturnError)


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

    bounds: Bounds
    idle_since: float = 0.0
    _sent: bool = False
    _step: tuple[Kind, str] | None = None  # while the connection is opened: what a failure is, and what is being done

    def __init__(self, *args: Any, _socks_options: dict[str, Any] | None = None, **keywords: Any) -> None:
        super().__init__(*args, **keywords)
        self._socks = _socks_options  # urllib3's, for the SOCKS proxy to connect through

    def __del__(self) -> None:
        # Close quietly what an interruption left behind.
        sock = self.__dict__.get("sock")
        if sock is not None:
            sock.close()

    @property
    def is_connected(self) -> bool:
        """Whether an idle connection can be used: it is young enough, and the server has neither closed it nor sent
        bytes unasked."""
        max_idle = self.bounds.max_idle
        return (max_idle is None or time.monotonic() < self.idle_since + max_idle) and super().is_connected

    def exchange(self, request: bytes, method: str, bounds: Bounds) -> RawResponse:
        """Send a request and read its response; raises :class:`ExchangeError`."""
        self.bounds = bounds
        fresh = self.sock is None
        self._sent = False
        reader: Reader | None = None
        try:
            if fresh:
                self._open()
            reader = Reader(self.sock, bounds.deadline)
            broken = self._send_all(request)
            try:
                response = http1.read_response(reader, method, bounds.max_bytes)
            except (OSError, TruncatedError) as error:
                # In TLS 1.3 the client finishes the handshake before the server has checked its certificate: the alert
                # says why the server hung up.
                is_alert = isinstance(error, ssl.SSLError) and not isinstance(error, _ENDED)
                raise error if is_alert or broken is None else broken from None
            if broken and not self._sent:
                raise broken
            if broken or reader.buffer or not response.keep_alive:
                self.close()
            self.idle_since = time.monotonic()
            return response
        except BaseException as error:
            self.close()
            failure = _failure(error, self._step, received=reader is not None and reader.received)
            if failure is None:
                raise
            failure.sent = self._sent
            failure.fresh = fresh
            raise failure from None

    def _send_all(self, request: bytes) -> OSError | None:
        # A server may respond and close before it has read everything. So an error is returned, not raised, because a
        # response that arrives takes precedence.
        send = getattr(self.sock, "send", None) or self.sock.sendall  # urllib3's sockets of pyOpenSSL have no `send`
        rest = memoryview(request)
        while rest:
            self.sock.settimeout(self.bounds.deadline.left())
            try:
                count = send(rest[:_RECORD]) or len(rest[:_RECORD])
            except TimeoutError:
                raise
            except OSError as error:
                return error
            self._sent = True
            rest = rest[count:]
        return None

    def _open(self) -> None:
        self._connect_deadline = self.bounds.deadline.sooner(self.bounds.connect_timeout)
        self.connect()
        self._step = None
        sock: Any = self.sock
        if hasattr(sock, "suppress_ragged_eofs"):
            # A TLS stream has ended only if the peer has said so.
            sock.suppress_ragged_eofs = False

    def _new_conn(self) -> socket.socket:
        deadline, socks = self._connect_deadline, self._socks
        host, place = self._dns_host.strip("[]"), f"{self.host}:{self.port}"
        kind: Kind = "proxy" if self.proxy or socks else "connection"
        if socks:
            through = f"through the SOCKS proxy {socks['proxy_host']}:{socks['proxy_port'] or 1080}"
            self._step = kind, f"connecting to {place} {through}"
            self.sock = open_through(socks, host, self.port, deadline)
        else:
            place = f"the proxy {place}" if self.proxy else place
            self._step = kind, f"looking up the name of {place}"
            addresses = look_up(host, self.port, deadline)
            self._step = kind, f"connecting to {place}"
            self.sock = open_socket(addresses, deadline, self.source_address, self.socket_options)
            sys.audit("http.client.connect", self, self.host, self.port)
        # What urllib3 sets up next, tunnel and handshake, may take the remaining time.
        self.sock.settimeout(deadline.left())
        self._step = "proxy" if self.proxy else "connection", f"the TLS handshake with {place}"
        return self.sock

    def _tunnel(self) -> None:
        """Ask the proxy for a tunnel to the server."""
        self._step = "proxy", "waiting for the proxy to connect"
        authority = http1.authority_of("", self._tunnel_host or "", self._tunnel_port)
        reader = Reader(self.sock, self._connect_deadline)
        self.sock.settimeout(self._connect_deadline.left())
        headers = getattr(self, "_tunnel_headers", {})
        self.sock.sendall(http1.encode_request("CONNECT", authority, authority, headers, None))
        response = http1.read_head(reader)
        if not 200 <= response.status < 300:
            # Only a 407 certainly comes from the proxy: the proxy's 404 must not look like Harbor's.
            status = 407 if response.status == 407 else 0
            kind: Kind = "proxy" if response.status in (502, 503, 504) else "refused"  # the server may be restarting
            lower = OSError(f"the proxy answered CONNECT with {response.status}")
            why = response.reason if status else f"{response.status} {response.reason}".strip()
            raise ExchangeError(kind, f"the proxy did not connect to {authority}: {why}", lower, status)
        if reader.buffer:
            raise MalformedError("it sent bytes of its own")
        self.sock.settimeout(self._connect_deadline.left())
        self._step = "connection", f"the TLS handshake with {authority}"


class TLSConnection(PlainConnection, HTTPSConnection):
    """A connection over TLS, through a proxy's tunnel where there is one."""

    @property
    def is_connected(self) -> bool:
        """As for plain connections, but bytes may also have been received, and perhaps decrypted, already.

        TLS inside the TLS of a proxy does not tell, so such a connection is not used again.
        """
        pending: Any = getattr(getattr(self.sock, "connection", self.sock), "pending", None)  # pyOpenSSL's, or Python's
        return super().is_connected and pending is not None and not pending()

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

    def settimeout(self, seconds: float) -> None:
        self._deadline = Deadline(seconds)

    def __getattr__(self, name: str) -> Any:
        if name in ("recv", "sendall"):
            self._sock.settimeout(self._deadline.left())
        return getattr(self._sock, name)


def _failure(error: BaseException, step: tuple[Kind, str] | None, received: bool) -> ExchangeError | None:
    """What an exception means for the exchange; ``None`` for interruptions and wrong settings."""
    if isinstance(error, ExchangeError):
        return error
    kind, doing = step or ("connection", "")
    if isinstance(error, MalformedError):
        refused = f"the proxy did not open a tunnel: {error}"
        return ExchangeError("refused", refused, error) if doing else ExchangeError("protocol", str(error), error)
    lower = getattr(error, "socket_err", None) or error  # PySocks wraps it
    if isinstance(lower, TimeoutError):
        text = f"{doing} timed out" if doing else "timed out waiting for a complete response"
        return ExchangeError("timeout", text, lower)
    ended = isinstance(error, (TruncatedError, *_ENDED))
    is_pyopenssls = type(error).__module__.startswith("OpenSSL.")  # a script may use such a context
    if is_pyopenssls or (isinstance(error, (ssl.SSLError, CertificateError)) and not ended):
        is_refused = kind == "proxy" and not isinstance(error, ssl.SSLCertVerificationError)
        text = f"TLS with the proxy failed: {error}" if kind == "proxy" else f"TLS failed: {error}"
        return ExchangeError("refused" if is_refused else "tls", text, error)
    if doing and isinstance(error, (OSError, TruncatedError, UnicodeError)):
        return ExchangeError(
            kind, f"{doing} failed: {'the connection was closed' if ended else _in_words(error)}", error
        )
    if ended and not received:
        return ExchangeError("connection", "the server closed the connection without a response", error)
    if isinstance(error, TruncatedError):
        return ExchangeError("truncated", str(error), error)
    if isinstance(error, OSError):
        text = f"the connection broke {'inside' if received else 'before'} the response: {_in_words(error)}"
        return ExchangeError("truncated" if received else "connection", text, error)
    return ExchangeError("connection", str(error), error) if isinstance(error, HTTPError) else None


def _in_words(error: BaseException) -> str:
    """What an exception says, without the number that precedes it in an ``OSError``."""
    return getattr(error, "strerror", None) or str(error)
