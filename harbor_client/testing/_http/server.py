"""The HTTP server: one thread per connection, and everything closed when it stops.

It is the standard library's threading server with a request reader of its own, which rejects malformed requests as Go's
server does, sends bodies as Go's does, and can cut a response short for a fault.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from email.utils import formatdate
from http import HTTPStatus
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from .._go.text import BadEscape, to_text
from .messages import Request, Response

_MAX_HEAD = 1 << 20
_MAX_BODY = 32 << 20
_CHUNKED_FROM = 2049  # Go's server counts a body of up to 2,048 bytes and sends a longer one in chunks
Handler = Callable[[Request], Response]
_BLANK = (b"\r\n", b"\n")
_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_REQUEST_LINE = re.compile(rb"(%b) (/[^\x00-\x20\x7f]*) HTTP/([0-9])\.([0-9])\r?\n" % _TOKEN)
_HEADER_LINE = re.compile(rb"(%b):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*?)[ \t]*\r?\n" % _TOKEN)
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?\r?\n")
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
_PLAIN_HTTP = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


class _BadRequest(Exception):
    """A request that cannot be served: it gets this response, and the connection is closed."""

    def __init__(self, status: int, text: str = "") -> None:
        super().__init__(text)
        self.response = Response(status)
        if status != 417:
            self.response.body = f"{status} {HTTPStatus(status).phrase}{': ' if text else ''}{text}".encode()
            self.response.headers["Content-Type"] = "text/plain; charset=utf-8"


class _Connection(StreamRequestHandler):
    """Serves the requests of one connection, one after the other."""

    server: Server  # pyright: ignore[reportIncompatibleVariableOverride]
    disable_nagle_algorithm = True
    _keep_alive = True
    _speaks_http_1_1 = True

    def handle(self) -> None:
        try:
            while self._keep_alive and not self.server.stopping:
                request = self._read_request()
                self._send(self.server.handler(request), head_only=request.method == "HEAD")
        except _BadRequest as bad:
            self._keep_alive = False
            self._send(bad.response)
            self._linger()

    def _linger(self) -> None:
        """Discard what is still arriving for a moment: closing at once would reset the connection, and the response
        that says what was wrong would be lost."""
        self.connection.settimeout(0.2)
        self.connection.shutdown(socket.SHUT_WR)
        for _ in range(64):
            if self.server.stopping or not self.connection.recv(65536):
                return

    # -- reading ---------------------------------------------------------------------------------------------------

    def _read_request(self) -> Request:
        line = self._line()
        while line in _BLANK:
            line = self._line()
        match = _REQUEST_LINE.fullmatch(line)
        if match is None:
            raise _BadRequest(400)
        if match[3] != b"1":
            raise _BadRequest(505, "unsupported protocol version")
        headers = self._read_headers()
        self._speaks_http_1_1 = match[4] != b"0"
        if self._speaks_http_1_1 and "host" not in headers:
            raise _BadRequest(400, "missing required Host header")
        connection = [token.strip().lower() for line in headers.get("connection", ()) for token in line.split(",")]
        self._keep_alive = "close" not in connection if self._speaks_http_1_1 else "keep-alive" in connection
        try:
            return Request(match[1].decode(), to_text(match[2]), headers, self._read_body(headers))
        except BadEscape:
            raise _BadRequest(400) from None

    def _line(self, limit: int = _MAX_HEAD) -> bytes:
        line = self.rfile.readline(limit)
        if not line.endswith(b"\n"):
            if len(line) == limit:
                raise _BadRequest(431 if limit == _MAX_HEAD else 400)
            raise ConnectionError("closed within a line")
        return line

    def _read_headers(self) -> dict[str, list[str]]:
        headers: dict[str, list[str]] = {}
        left = _MAX_HEAD
        while (line := self._line()) not in _BLANK:
            match = _HEADER_LINE.fullmatch(line)
            left -= len(line)
            if match is None or left < 0:
                raise _BadRequest(400 if match is None else 431)
            headers.setdefault(match[1].decode().lower(), []).append(match[2].decode("latin-1"))
        return headers

    def _read_body(self, headers: dict[str, list[str]]) -> bytes:
        chunked = "transfer-encoding" in headers
        lengths = {value.strip() for value in headers.get("content-length", ("0",))}
        if chunked and [coding.lower() for coding in headers["transfer-encoding"]] != ["chunked"]:
            raise _BadRequest(501, "unsupported transfer encoding")
        if not chunked and (len(lengths) > 1 or not re.fullmatch("[0-9]+", min(lengths))):
            raise _BadRequest(400, "bad Content-Length")
        length = 0 if chunked else int(min(lengths)[:18])
        if length > _MAX_BODY:
            raise _BadRequest(413)
        expected = headers.get("expect", [""])[0].lower() if self._speaks_http_1_1 else ""
        if expected not in ("", "100-continue"):
            raise _BadRequest(417)
        if expected and (chunked or length):
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._read_chunks() if chunked else self._read_exactly(length)

    def _read_exactly(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError("closed within a body")
        return body

    def _read_chunks(self) -> bytes:
        body = b""
        while match := _CHUNK_SIZE.fullmatch(self._line(4096)):
            length = int(match[1], 16)
            if len(body) + length > _MAX_BODY:
                raise _BadRequest(413)
            if not length:
                self._read_headers()  # trailers
                return body
            body += self._read_exactly(length)
            if self._line(3) not in _BLANK:
                break
        raise _BadRequest(400)

    # -- writing ---------------------------------------------------------------------------------------------------

    def _send(self, response: Response, head_only: bool = False) -> None:
        if self.server.stopping or response.close in ("before", "after"):
            self._keep_alive = False
            return
        body = response.body
        own = {name.lower(): value for name, value in response.headers.items()}
        if own.get("connection", "").lower() == "close":
            self._keep_alive = False
        added = {"Date": formatdate(usegmt=True)}
        if not self._keep_alive:
            added["Connection"] = "close"
        if response.status in (204, 304):
            body = b""
        elif not own.keys() & {"content-length", "transfer-encoding"}:
            if len(body) >= _CHUNKED_FROM and self._speaks_http_1_1 and not head_only:
                added["Transfer-Encoding"] = "chunked"
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
            else:
                added["Content-Length"] = str(len(body))
        headers = response.headers | {name: value for name, value in added.items() if name.lower() not in own}
        head = _STATUS_LINES.get(response.status) or f"HTTP/1.1 {response.status} status code {response.status}\r\n"
        head += "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        data = f"{head}\r\n".encode("latin-1") + (b"" if head_only else body)
        if response.close == "during":
            self._keep_alive = False
            data = data[: max(len(data) // 2, 1)]
        self.wfile.write(data)


class Server(ThreadingTCPServer):
    """Listens and serves from the beginning until `stop`.

    Args:
        address: host and port to listen on; port 0 takes a free one.
        handler: responds to a request.
        tls: for HTTPS, otherwise None.
        idle_timeout: seconds of silence after which a connection is closed.
    """

    request_queue_size = 512
    allow_reuse_address = True
    timeout = 0.5

    def __init__(
        self, address: tuple[str, int], handler: Handler, tls: ssl.SSLContext | None, idle_timeout: float
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.handler = handler
        self.stopping = False
        self._tls = tls
        self._idle_timeout = idle_timeout
        self._connections: dict[Any, threading.Thread] = {}
        super().__init__(address, _Connection)
        self._acceptor = threading.Thread(target=self._accept, name="fake-harbor", daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Close all sockets and wait for all threads."""
        self.stopping = True
        with contextlib.suppress(OSError), socket.socket(self.address_family) as waker:
            waker.settimeout(self.timeout)
            waker.connect(self.server_address)
        self._acceptor.join()
        connections = list(self._connections.items())
        for connection, _ in connections:
            with contextlib.suppress(OSError):  # it has gone by itself
                connection.shutdown(socket.SHUT_RDWR)
        for _, thread in connections:
            thread.join()
        self.server_close()

    def _accept(self) -> None:
        while not self.stopping:
            self.handle_request()

    def get_request(self) -> tuple[Any, Any]:
        try:
            return super().get_request()
        except OSError:
            time.sleep(0.05)  # out of descriptors: until somebody hangs up
            raise

    def verify_request(self, request: object, client_address: object) -> bool:
        return not self.stopping

    def process_request(self, request: Any, client_address: Any) -> None:
        arguments = (request, client_address)
        thread = threading.Thread(None, self.process_request_thread, "fake-harbor-connection", arguments, daemon=True)
        self._connections[request] = thread
        thread.start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError):  # the other side has gone, or is silent
            request.settimeout(self._idle_timeout)
            if self._tls is None:
                _Connection(request, client_address, self)
            elif request.recv(1, socket.MSG_PEEK).isalpha():
                request.sendall(_PLAIN_HTTP)
            else:
                # `request` stays the owner of the descriptor, so that `stop` can shut it down at any moment.
                with self._tls.wrap_socket(request.dup(), server_side=True) as encrypted:
                    _Connection(encrypted, client_address, self)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._connections.pop(request, None)
