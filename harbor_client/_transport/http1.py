"""HTTP/1.1: writes a request, and reads one response strictly, by a deadline and within bounds.

The rules are those of RFC 9112 without its leniencies: a malformed, ambiguous or truncated response is an error.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from harbor_client._transport.bodies import MalformedError, TruncatedError, decompressed, joined

#: Bounds on what surrounds a body, in bytes or in pieces.
MAX_HEAD = 131_072
MAX_FIELDS = 256
MAX_INTERIM = 100
MAX_CHUNK_LINE = 4_096
_RECEIVE = 65_536

_STATUS_LINE = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: ([\t \x21-\x7e\x80-\xff]*))?")
# The whole block at once: a name (token), a colon, a value without control characters, CRLF; no folding.
_FIELDS = re.compile(r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t \x21-\x7e\x80-\xff]*\r\n)*")
_COMMA = re.compile(r"[\t ]*,[\t ]*")
_LENGTH = re.compile(r"[0-9]{1,19}")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_NOT_HTTP = "the response does not begin with an HTTP/1.x status line"
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t \x21-\x7e\x80-\xff]*)?")

#: Control characters, and what Latin-1 does not have.
_ILLEGAL_IN_VALUE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_ILLEGAL_IN_TARGET = re.compile(r"[^\x21-\x7e]|[\"<>\\^`{|}]")
#: What stays as it is when the rest of a target is percent-encoded.
_KEPT_IN_TARGET = "%/:=&?~+!$,;'@()*[]"
#: Methods whose requests state the length of their body even if they have none.
_WITH_LENGTH = frozenset({"POST", "PUT", "PATCH"})
_ORIGIN = re.compile(r"[A-Za-z]+://[^/?#]+")


class Deadline:
    """The point in time this many seconds from now, by which a call has to be over; ``at`` is of ``time.monotonic``."""

    __slots__ = ("at",)

    def __init__(self, seconds: float) -> None:
        self.at: float = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, always positive; raises ``TimeoutError`` when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left

    def sooner(self, seconds: float | None) -> Deadline:
        """This deadline, or the one this many seconds from now if that comes first."""
        return self if seconds is None or time.monotonic() + seconds >= self.at else Deadline(seconds)


class Bounds(NamedTuple):
    """The bounds of a call.

    Attributes:
        deadline: when it has to be over.
        connect_timeout: the seconds for connecting; ``None`` for all that are left.
        max_bytes: the largest body of a response, decoded.
        max_idle: how long its connection may be kept without use, in seconds.
    """

    deadline: Deadline
    connect_timeout: float | None
    max_bytes: int
    max_idle: float | None


class Request:
    """One request, complete and encoded.

    Attributes:
        url: the absolute URL; a redirect that is followed changes it.
        content: the encoded body.
        body: the body before it was encoded, where its secrets are found by name.
        bounds, transport: the bounds of the call, and what carries it out; set when it begins.
    """

    __slots__ = ("body", "bounds", "content", "headers", "method", "transport", "url")

    def __init__(self, method: str, url: str, headers: dict[str, Any], content: bytes | None, body: Any) -> None:
        self.method: str = method
        self.url: str = url
        self.headers: dict[str, Any] = headers
        self.content: bytes | None = content
        self.body: Any = body
        self.bounds: Bounds
        self.transport: Any

    def header(self, lowered: str) -> Any:
        """The value of a header field, by its name in lower case; ``None`` without one."""
        return next((value for name, value in self.headers.items() if name.lower() == lowered), None)


def split_url(url: str) -> tuple[str, str]:
    """The origin of an absolute URL, and its path with the query."""
    end = url.find("/", 8)
    if end < 0 or "?" in url[:end] or "#" in url[:end]:
        origin = _ORIGIN.match(url)
        if origin is None:
            raise ValueError("not an absolute URL")
        end = origin.end()
    target = url[end:].partition("#")[0]
    return url[:end], target if target.startswith("/") else f"/{target}"


def authority_of(scheme: str, host: str, port: int | None) -> str:
    """Host and port as in a ``Host`` field: without the scheme's own port, or the zone of an IPv6 address."""
    host = host.partition("%")[0]
    name = f"[{host}]" if ":" in host else host
    return name if port in (None, {"http": 80, "https": 443}.get(scheme)) else f"{name}:{port}"


def encode_request(method: str, target: str, authority: str, headers: Mapping[str, Any], body: bytes | None) -> bytes:
    """A whole HTTP/1.1 request.

    Raises ``ValueError`` or ``TypeError`` for header fields that cannot be sent; the message never repeats a value.
    """
    if _ILLEGAL_IN_TARGET.search(target) is not None:
        target = quote(target, safe=_KEPT_IN_TARGET)
    lines = [f"{method} {target} HTTP/1.1"]
    host, coding = f"Host: {authority}", "Accept-Encoding: identity"
    for name, value in headers.items():
        if value.__class__ is not str:
            if value is None:
                continue
            if isinstance(value, (list, tuple, dict)):
                raise TypeError(f"header {_shown(name)}: must be text, not {type(value).__name__}")
            value = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        if _ILLEGAL_IN_VALUE.search(value) is not None or _NAME.fullmatch(name) is None:
            raise ValueError(f"header {_shown(name)}: a character that cannot be sent in its name or value")
        lowered = name.lower()
        if lowered == "host":
            host = f"Host: {value}"
        elif lowered == "accept-encoding":
            coding = f"Accept-Encoding: {value}"
        elif lowered not in ("content-length", "transfer-encoding"):
            lines.append(f"{name}: {value}")
    lines[1:1] = (host, coding)
    if body is not None or method in _WITH_LENGTH:
        lines.append(f"Content-Length: {len(body or b'')}")
    lines.append("\r\n")
    head = "\r\n".join(lines).encode("latin-1")
    return head + body if body else head


def _shown(name: str) -> str:
    return name if _NAME.fullmatch(name) is not None else "?"


class RawResponse:
    """A whole response, its body decoded from transfer and content codings.

    Attributes:
        fields: the header fields as (name, value) pairs, in order.
        data: the body.
        keep_alive: whether the connection can be used again.
        request: the :class:`Request` that it belongs to.
        original: the response object of a pool manager other than ours, if it came from one.
        flaw: why the body of an error response could not be read; ``""`` if it was.
    """

    __slots__ = ("data", "fields", "flaw", "keep_alive", "original", "reason", "request", "status", "version")

    def __init__(self, version: int, status: int, reason: str, fields: list[tuple[str, str]]) -> None:
        self.version: int = version
        self.status: int = status
        self.reason: str = reason
        self.fields: list[tuple[str, str]] = fields
        self.data: bytes = b""
        self.keep_alive: bool = False
        self.request: Any = None
        self.original: Any = None
        self.flaw: str = ""

    def values(self, name: str) -> list[str]:
        """The values of a field (name in lower case), in order."""
        return [value for key, value in self.fields if key.lower() == name]


class Reader:
    """Takes bytes from a socket, waiting no longer than a deadline."""

    __slots__ = ("buffer", "deadline", "received", "sock")

    def __init__(self, sock: socket.socket, deadline: Deadline) -> None:
        self.sock = sock
        self.deadline = deadline
        self.buffer = b""
        self.received = False

    def receive(self) -> bytes:
        """The next bytes: those in the buffer, or else from the socket; empty at its end."""
        data, self.buffer = self.buffer, b""
        if not data:
            self.sock.settimeout(self.deadline.left())
            data = self.sock.recv(_RECEIVE)
            self.received = self.received or bool(data)
        return data

    def until(self, mark: bytes, limit: int, what: str, prefix: bytes = b"") -> bytes:
        """Everything up to and including a mark, at most ``limit`` bytes.

        Fails as soon as it does not begin with ``prefix``.
        """
        buffer, self.buffer = self.buffer, b""
        start = 0
        while True:
            end = buffer.find(mark, start)
            if 0 <= end <= limit - len(mark):
                end += len(mark)
                self.buffer = buffer[end:]
                return buffer[:end]
            if len(buffer) > limit or end >= 0:
                raise MalformedError(f"{what} is longer than {limit} bytes")
            if not buffer.startswith(prefix[: len(buffer)]):
                raise MalformedError(_NOT_HTTP)
            if _BARE_LF.search(buffer, start) is not None:
                raise MalformedError(f"a line that does not end with CRLF in {what}")
            start = max(0, len(buffer) - len(mark) + 1)
            data = self.receive()
            if not data:
                raise TruncatedError(f"the connection ended inside {what}")
            buffer += data

    def exactly(self, size: int, what: str) -> Iterator[bytes]:
        """Pieces that add up to this many bytes."""
        while size:
            data = self.receive()
            if not data:
                raise TruncatedError(f"the connection ended inside {what}, {size} bytes short")
            data, self.buffer = data[:size], data[size:]
            size -= len(data)
            yield data


def read_response(reader: Reader, method: str, limit: int) -> RawResponse:
    """Read the final response to a request of this method, its decoded body at most ``limit`` bytes.

    Raises ``MalformedError``, ``TruncatedError``, ``TimeoutError`` and what the socket raises; the connection cannot
    be used again then. An error response whose body is malformed, cut short or late keeps its status, and loses the
    body.
    """
    response = read_head(reader)
    try:
        _read_body(reader, response, method, limit)
    except (MalformedError, TruncatedError, OSError) as error:
        if response.status < 400:
            raise
        response.keep_alive = False
        response.flaw = f"its body cannot be read ({error})"
    return response


def read_head(reader: Reader) -> RawResponse:
    """Read status line and header of the final response; interim responses (100, 102, 103) are skipped."""
    for _ in range(MAX_INTERIM):
        block = reader.until(b"\r\n\r\n", MAX_HEAD, "the header of the response", b"HTTP/1.").decode("latin-1")
        line_end = block.index("\r\n")
        status_line = _STATUS_LINE.fullmatch(block, 0, line_end)
        if status_line is None:
            raise MalformedError(_NOT_HTTP)
        if _FIELDS.fullmatch(block, line_end + 2, len(block) - 2) is None:
            raise MalformedError("a malformed line in the header of the response")
        status = int(status_line[2])
        if status == 101:
            raise MalformedError("the server switched protocols without being asked to")
        if status < 200:
            continue
        fields = []
        for line in block[line_end + 2 : -4].split("\r\n") if len(block) > line_end + 4 else ():
            name, _, value = line.partition(":")
            fields.append((name, value.strip("\t ")))
        if len(fields) > MAX_FIELDS:
            raise MalformedError(f"more than {MAX_FIELDS} header fields in the response")
        return RawResponse(10 + int(status_line[1]), status, (status_line[3] or "").strip(), fields)
    raise MalformedError(f"more than {MAX_INTERIM} interim responses")


def _read_body(reader: Reader, response: RawResponse, method: str, limit: int) -> None:
    listed: dict[str, Any] = {"content-length": [], "transfer-encoding": [], "connection": [], "content-encoding": []}
    for name, value in response.fields:
        lowered = name.lower()
        if lowered in listed:
            listed[lowered] += _COMMA.split(value.lower())
    lengths, codings, connection, content_codings = listed.values()
    response.keep_alive = "close" not in connection and (response.version >= 11 or "keep-alive" in connection)
    length = None
    if lengths:
        if lengths.count(lengths[0]) < len(lengths):
            raise MalformedError("conflicting Content-Length fields in the response")
        if _LENGTH.fullmatch(lengths[0]) is None:
            raise MalformedError("a Content-Length that is not a number of bytes")
        length = int(lengths[0])
    if codings:
        if length is not None:
            raise MalformedError("both Transfer-Encoding and Content-Length in the response")
        if response.version < 11 or codings != ["chunked"]:
            raise MalformedError("a transfer coding that is not supported")
    if method == "HEAD" or response.status in (204, 304):
        if response.status == 204 and (codings or length):
            response.keep_alive = False  # a body is announced that must not follow: the next response would begin there
        return
    if length is not None and length > limit:
        raise MalformedError(f"a response of {length} bytes, larger than max_response_bytes ({limit})")
    coding = ",".join(content_codings)
    if length == len(reader.buffer) and coding in ("", "identity"):  # it has all arrived, as it mostly does
        response.data, reader.buffer = reader.buffer, b""
        return
    if codings:
        pieces = _chunks(reader, limit)
    elif length is None:
        response.keep_alive = False
        pieces = iter(reader.receive, b"")
    else:
        pieces = reader.exactly(length, "the body of the response")
    if coding not in ("", "identity"):
        # A body that is complete by its length or chunks is corrupt; otherwise the connection may have ended early.
        pieces = decompressed(pieces, coding, framed=bool(codings) or length is not None)
    response.data = joined(pieces, limit)


def _chunks(reader: Reader, limit: int) -> Iterator[bytes]:
    while True:
        line = reader.until(b"\r\n", MAX_CHUNK_LINE, "a chunk's size line")
        match = _CHUNK_LINE.fullmatch(line, 0, len(line) - 2)
        if match is None:
            raise MalformedError("a malformed chunk size")
        size = int(match[1], 16)
        if not size:
            break
        if size > limit:
            raise MalformedError(f"a chunk of {size} bytes, larger than max_response_bytes ({limit})")
        yield from reader.exactly(size, "a chunk")
        if b"".join(reader.exactly(2, "a chunk")) != b"\r\n":
            raise MalformedError("a chunk that does not end where its size says")
    trailer = 0
    while (line := reader.until(b"\r\n", MAX_CHUNK_LINE, "a trailer line")) != b"\r\n":
        trailer += 1
        if trailer > MAX_FIELDS or _FIELDS.fullmatch(line.decode("latin-1")) is None:
            raise MalformedError("a malformed trailer")
