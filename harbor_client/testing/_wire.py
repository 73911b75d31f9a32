"""HTTP/1.1 on one connection: requests off the wire, answers onto it.

Written by hand, because a test server must not be what tests wait for: `http.server` takes several times as long for
a request. What cannot be read is answered as Go's server answers it, and the connection is closed.
"""

from __future__ import annotations

import re
import socket
import time
from email.utils import formatdate
from http import HTTPStatus

from ._gotext import BadEscape, to_text
from ._messages import Request, Response

__all__ = ["BadRequest", "Closed", "Connection", "encode_response"]

MAX_HEAD = 1 << 20
MAX_BODY = 32 << 20
_CHUNKED_FROM = 2049  # Go's server counts a body of up to 2,048 bytes and sends a longer one in chunks
_TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(rb"[^\x00-\x20\x7f]+")
_VERSION = re.compile(rb"HTTP/([0-9])\.([0-9])")
_BAD_VALUE = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class BadRequest(Exception):
    """What came in cannot be served: answer this and close."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        phrase = HTTPStatus(status).phrase
        body = f"{status} {phrase}{': ' + text if text else ''}".encode()
        self.response = Response(status, body, {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"})


class Closed(Exception):
    """The other side has gone, or has been silent for too long."""


class Connection:
    """Reads requests from a socket, one after the other.

    Args:
        sock: connected, blocking.
        idle_timeout: seconds to wait for a request to begin.
        read_timeout: seconds in which a request must have come in once it has begun.
    """

    def __init__(self, sock: socket.socket, idle_timeout: float, read_timeout: float) -> None:
        self._socket = sock
        self._idle_timeout = idle_timeout
        self._read_timeout = read_timeout
        self._buffer = b""
        self._deadline = 0.0
        #: Whether the connection can be used again after the request that was read last.
        self.keep_alive = True
        #: Whether the answer may be sent in chunks: the client speaks HTTP/1.1.
        self.chunks_allowed = True

    def read_request(self) -> Request:
        """The next request. Raises `Closed` or `BadRequest`."""
        self._buffer = self._buffer.lstrip(b"\r\n")
        while not self._buffer:
            self._fill(self._idle_timeout)
            self._buffer = self._buffer.lstrip(b"\r\n")
        self._deadline = 0.0
        head = self._read_head()
        lines = head.split(b"\r\n") if b"\r\n" in head else head.split(b"\n")
        method, target, minor = _request_line(lines[0].rstrip(b"\r"))
        headers = _headers(lines[1:])
        connection = [token.strip().lower() for line in headers.get("connection", ()) for token in line.split(",")]
        self.keep_alive = "close" not in connection if minor else "keep-alive" in connection
        self.chunks_allowed = minor > 0
        if minor and "host" not in headers:
            raise BadRequest(400, "missing required Host header")
        body = self._read_body(headers)
        try:
            return Request(method, target, headers, body)
        except BadEscape:
            raise BadRequest(400, "") from None

    def _fill(self, timeout: float) -> None:
        """Receive more bytes, or raise `Closed`."""
        try:
            self._socket.settimeout(timeout)
            received = self._socket.recv(65536)
        except OSError as error:
            raise Closed from error
        if not received:
            raise Closed
        self._buffer = self._buffer + received if self._buffer else received

    def _fill_in_time(self) -> None:
        """Receive more of a request that has begun."""
        now = time.monotonic()
        if not self._deadline:
            self._deadline = now + self._read_timeout
        if now >= self._deadline:
            raise BadRequest(408, "")
        try:
            self._fill(self._deadline - now)
        except Closed as closed:
            if isinstance(closed.__cause__, TimeoutError):
                raise BadRequest(408, "") from None
            raise

    def _read_head(self) -> bytes:
        searched = 0
        while True:
            end = self._buffer.find(b"\n\r\n", searched)
            length = 3
            if end < 0:
                end = self._buffer.find(b"\n\n", searched)
                length = 2
            if end >= 0:
                head, self._buffer = self._buffer[:end], self._buffer[end + length :]
                return head.removesuffix(b"\r")
            if len(self._buffer) > MAX_HEAD:
                raise BadRequest(431, "")
            searched = max(len(self._buffer) - 2, 0)
            self._fill_in_time()

    def _read_body(self, headers: dict[str, list[str]]) -> bytes:
        codings = headers.get("transfer-encoding")
        lengths = {value.strip() for value in headers.get("content-length", ())}
        if codings is None and not lengths:
            return b""
        length = 0
        if codings is not None:
            if len(codings) != 1 or codings[0].lower() != "chunked":
                raise BadRequest(501, "unsupported transfer encoding")
        else:
            text = lengths.pop()
            if lengths or not text.isascii() or not text.isdigit():
                raise BadRequest(400, "bad Content-Length")
            if len(text) > 18 or int(text) > MAX_BODY:
                raise BadRequest(413, "")
            length = int(text)
        if headers.get("expect", [""])[0].lower() == "100-continue" and (codings or len(self._buffer) < length):
            self.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return self._read_chunks() if codings else self._read_exactly(length)

    def _read_exactly(self, length: int) -> bytes:
        if len(self._buffer) < length:
            parts = bytearray(self._buffer)
            while len(parts) < length:
                self._buffer = b""
                self._fill_in_time()
                parts += self._buffer
            self._buffer = bytes(parts)
        taken, self._buffer = self._buffer[:length], self._buffer[length:]
        return taken

    def _read_line(self, most: int) -> bytes:
        while b"\n" not in self._buffer:
            if len(self._buffer) > most:
                raise BadRequest(400, "")
            self._fill_in_time()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def _read_chunks(self) -> bytes:
        body = bytearray()
        while True:
            size = self._read_line(4096).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,15}", size):
                raise BadRequest(400, "")
            length = int(size, 16)
            if len(body) + length > MAX_BODY:
                raise BadRequest(413, "")
            if not length:
                break
            body += self._read_exactly(length)
            if self._read_line(2):
                raise BadRequest(400, "")
        while self._read_line(MAX_HEAD):
            pass  # trailers
        return bytes(body)

    def send(self, data: bytes) -> None:
        """Send all of it, or raise `Closed`."""
        try:
            self._socket.settimeout(self._read_timeout)
            self._socket.sendall(data)
        except OSError as error:
            raise Closed from error


def _request_line(line: bytes) -> tuple[str, str, int]:
    """Method, target and minor version."""
    parts = line.split(b" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or not _TARGET.fullmatch(parts[1]):
        raise BadRequest(400, "")
    version = _VERSION.fullmatch(parts[2])
    if version is None:
        raise BadRequest(400, "malformed HTTP version")
    if version[1] != b"1":
        raise BadRequest(505, "unsupported protocol version")
    target = to_text(parts[1])
    if not target.startswith("/"):
        # The absolute form, which a client sends to a proxy; `*` and others have no path here.
        match = re.match(r"(?i)https?://[^/?#]+", target)
        if match is None:
            raise BadRequest(400, "")
        target = target[match.end() :]
        target = target if target.startswith("/") else "/" + target
    return parts[0].decode(), target.partition("#")[0], int(version[2])


def _headers(lines: list[bytes]) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _TOKEN.fullmatch(name):
            raise BadRequest(400, "")
        value = value.strip(b" \t\r")
        if _BAD_VALUE.search(value):
            raise BadRequest(400, "invalid header value")
        headers.setdefault(name.decode().lower(), []).append(value.decode("latin-1"))
    return headers


_STATUS_LINES: dict[int, str] = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n" for status in HTTPStatus}
_date: tuple[int, str] = (0, "")


def _date_header() -> str:
    """The Date header for this second."""
    global _date
    now = int(time.time())
    if _date[0] != now:
        _date = (now, f"Date: {formatdate(now, usegmt=True)}\r\n")
    return _date[1]


def encode_response(response: Response, *, head_only: bool, chunks_allowed: bool, close: bool) -> bytes:
    """The bytes of an answer."""
    body = response.body
    parts = [_STATUS_LINES.get(response.status) or f"HTTP/1.1 {response.status} status code {response.status}\r\n"]
    parts += [f"{name}: {value}\r\n" for name, value in response.headers.items()]
    parts.append(_date_header())
    if response.status == 204 or response.status == 304:
        body = b""
    elif len(body) >= _CHUNKED_FROM and chunks_allowed and not head_only:
        parts.append("Transfer-Encoding: chunked\r\n")
        body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        parts.append(f"Content-Length: {len(body)}\r\n")
    if close and "Connection" not in response.headers:
        parts.append("Connection: close\r\n")
    parts.append("\r\n")
    return "".join(parts).encode("latin-1") + (b"" if head_only else body)
