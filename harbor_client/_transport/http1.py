"""Reads one HTTP/1.1 answer from a socket: strictly, within a deadline, and never more than was allowed.

The rules are those of RFC 9112, without its leniencies: what is malformed, ambiguous or cut short is an error.
"""

from __future__ import annotations

import re
import time
import zlib
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

#: Bounds on what surrounds a body, in bytes or in pieces.
MAX_HEAD = 131_072
MAX_FIELDS = 256
MAX_INTERIM = 100
MAX_CHUNK_LINE = 4_096
_RECEIVE = 65_536
#: So much is decompressed at once, in bytes.
_STEP = 262_144

_STATUS_LINE = re.compile(r"HTTP/1\.([01]) ([1-5][0-9]{2})(?: ([\t \x21-\x7e\x80-\xff]*))?")
# The whole block at once: a name (token), a colon, a value without control characters, CRLF; no folding.
_FIELDS = re.compile(r"(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t \x21-\x7e\x80-\xff]*\r\n)*")
_LENGTH = re.compile(r"[0-9]{1,19}")
_BARE_LF = re.compile(rb"(?<!\r)\n")
_NOT_HTTP = "the answer does not begin with an HTTP/1.x status line"
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[\t \x21-\x7e\x80-\xff]*)?")


class MalformedError(Exception):
    """The answer is not well-formed, or larger than allowed. The text never quotes the answer's content."""


class TruncatedError(Exception):
    """The connection ended before the answer did."""


class Deadline:
    """A point in time, in seconds of :func:`time.monotonic`, by which a call has to be over."""

    __slots__ = ("at",)

    def __init__(self, at: float) -> None:
        self.at: float = at

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The point in time so many seconds from now."""
        return cls(time.monotonic() + seconds)

    def left(self) -> float:
        """Seconds left, always positive; ``TimeoutError`` when there are none."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline is over")
        return left

    def sooner(self, seconds: float | None) -> Deadline:
        """This deadline, or the one so many seconds from now if that comes first."""
        if seconds is None:
            return self
        other = Deadline.after(seconds)
        return other if other.at < self.at else self


class Answer:
    """A whole answer: what the server said, body decoded from its transfer and content codings."""

    __slots__ = ("data", "fields", "keep_alive", "reason", "status", "version")

    def __init__(self, version: int, status: int, reason: str, fields: list[tuple[str, str]]) -> None:
        self.version = version
        self.status = status
        self.reason = reason
        self.fields = fields
        self.data = b""
        self.keep_alive = False

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
        """The next bytes from the socket; empty at its end."""
        self.sock.settimeout(self.deadline.left())
        data = self.sock.recv(_RECEIVE)
        if data:
            self.received = True
        return data

    def until(self, mark: bytes, limit: int, what: str, begins: bytes = b"") -> bytes:
        """Everything up to and including a mark, at most ``limit`` bytes; refused at once if it begins otherwise."""
        buffer = self.buffer
        start = 0
        while True:
            end = buffer.find(mark, start)
            if 0 <= end <= limit - len(mark):
                end += len(mark)
                self.buffer = buffer[end:]
                return buffer[:end]
            if len(buffer) > limit or end >= 0:
                raise MalformedError(f"{what} is longer than {limit} bytes")
            if not buffer.startswith(begins[: len(buffer)]):
                raise MalformedError(_NOT_HTTP)
            if _BARE_LF.search(buffer, start) is not None:
                raise MalformedError(f"a line that does not end with CRLF in {what}")
            start = max(0, len(buffer) - len(mark) + 1)
            data = self.receive()
            if not data:
                raise TruncatedError(f"the connection ended inside {what}")
            buffer += data

    def exactly(self, size: int, what: str) -> Iterator[bytes]:
        """Pieces of so many bytes in all."""
        while size:
            data = self.buffer
            if data:
                self.buffer = b""
            else:
                data = self.receive()
                if not data:
                    raise TruncatedError(f"the connection ended inside {what}, {size} bytes short")
            if len(data) > size:
                self.buffer = data[size:]
                data = data[:size]
            size -= len(data)
            yield data

    def to_end(self) -> Iterator[bytes]:
        """Pieces until the connection ends."""
        data, self.buffer = self.buffer, b""
        while data:
            yield data
            data = self.receive()
        while data := self.receive():
            yield data


def read_answer(reader: Reader, method: str, limit: int) -> Answer:
    """Read the final answer to a request of this method, its decoded body at most ``limit`` bytes.

    Raises ``MalformedError``, ``TruncatedError``, ``TimeoutError`` and what the socket raises; the connection is then
    of no further use.
    """
    answer = read_final_head(reader)
    _read_body(reader, answer, method, limit)
    return answer


def read_final_head(reader: Reader) -> Answer:
    """Read the head of the final answer; interim answers (100, 102, 103) before it are passed over."""
    for _ in range(MAX_INTERIM):
        answer = read_head(reader)
        if answer.status >= 200:
            return answer
        if answer.status == 101:
            raise MalformedError("the server switched protocols without being asked to")
    raise MalformedError(f"more than {MAX_INTERIM} interim answers")


def read_head(reader: Reader) -> Answer:
    """Read a status line and the header fields that follow it."""
    block = reader.until(b"\r\n\r\n", MAX_HEAD, "the header of the answer", b"HTTP/1.").decode("latin-1")
    line_end = block.index("\r\n")
    status_line = _STATUS_LINE.fullmatch(block, 0, line_end)
    if status_line is None:
        raise MalformedError(_NOT_HTTP)
    if _FIELDS.fullmatch(block, line_end + 2, len(block) - 2) is None:
        raise MalformedError("a malformed line in the header of the answer")
    fields = []
    for line in block[line_end + 2 : -4].split("\r\n") if len(block) > line_end + 4 else ():
        name, _, value = line.partition(":")
        fields.append((name, value.strip("\t ")))
    if len(fields) > MAX_FIELDS:
        raise MalformedError(f"more than {MAX_FIELDS} header fields in the answer")
    version, status, reason = status_line.groups()
    return Answer(10 + int(version), int(status), (reason or "").strip(), fields)


def _read_body(reader: Reader, answer: Answer, method: str, limit: int) -> None:
    lengths: list[str] = []
    codings: list[str] = []
    connection: list[str] = []
    content_codings: list[str] = []
    interesting = {
        "content-length": lengths,
        "transfer-encoding": codings,
        "connection": connection,
        "content-encoding": content_codings,
    }
    for name, value in answer.fields:
        found = interesting.get(name.lower())
        if found is not None:
            found += value.split(",")

    options = {option.strip().lower() for option in connection}
    answer.keep_alive = "close" not in options and (answer.version >= 11 or "keep-alive" in options)
    length = _content_length(lengths)
    if codings:
        if length is not None:
            raise MalformedError("both Transfer-Encoding and Content-Length in the answer")
        if answer.version < 11 or len(codings) > 1 or codings[0].strip().lower() != "chunked":
            raise MalformedError("a transfer coding that is not supported")
    if method == "HEAD" or answer.status in (204, 304):
        if answer.status == 204 and (codings or length):
            answer.keep_alive = False  # it says that a body follows, and must not: the next answer would begin there
        return
    if length is not None and length > limit:
        raise MalformedError(f"an answer of {length} bytes, larger than max_response_bytes ({limit})")

    if codings:
        pieces = _chunks(reader, limit)
    elif length is None:
        answer.keep_alive = False
        pieces = reader.to_end()
    else:
        pieces = reader.exactly(length, "the body of the answer")
    decoding = ",".join(content_codings).strip().lower()
    if decoding not in ("", "identity"):
        framed = bool(codings) or length is not None
        pieces = _decompressed(pieces, decoding, limit, framed)
    answer.data = _joined(pieces, limit)


def _content_length(values: list[str]) -> int | None:
    if not values:
        return None
    distinct = {value.strip("\t ") for value in values}
    if len(distinct) > 1:
        raise MalformedError("conflicting Content-Length fields in the answer")
    (text,) = distinct
    if _LENGTH.fullmatch(text) is None:
        raise MalformedError("a Content-Length that is no number of bytes")
    return int(text)


def _joined(pieces: Iterator[bytes], limit: int) -> bytes:
    first = next(pieces, b"")
    whole: BytesIO | None = None  # grows in place, and gives what it holds away without a copy
    size = len(first)
    while True:
        if size > limit:
            raise MalformedError(f"an answer larger than max_response_bytes ({limit})")
        piece = next(pieces, None)
        if piece is None:
            return first if whole is None else whole.getvalue()
        if whole is None:
            whole = BytesIO()
            whole.write(first)
            first = b""
        size += whole.write(piece)


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


def _decompressed(pieces: Iterator[bytes], coding: str, limit: int, framed: bool) -> Iterator[bytes]:
    if coding in ("gzip", "x-gzip"):
        window = 16 + zlib.MAX_WBITS
    elif coding == "deflate":
        window = zlib.MAX_WBITS
    else:
        raise MalformedError("a content coding that was not asked for")
    decoder = None
    streams = 0
    ended = True
    room = limit + 1
    try:
        for piece in pieces:
            more = True
            while more and room:
                if decoder is None:
                    if coding == "deflate":
                        if streams:
                            raise MalformedError("bytes after the end of a compressed body")
                        if not _is_zlib(piece):
                            window = -zlib.MAX_WBITS
                    decoder = zlib.decompressobj(window)
                    streams += 1
                    ended = False
                step = min(room, _STEP)
                data = decoder.decompress(piece, step)
                room -= len(data)
                yield data
                if decoder.eof:
                    ended = True
                    piece = decoder.unused_data
                    more = bool(piece)
                    decoder = None
                else:  # what did not fit is in the tail, or was taken in already
                    piece = decoder.unconsumed_tail
                    more = bool(piece) or len(data) == step
    except zlib.error as error:
        raise MalformedError(f"a corrupt {coding} body") from error
    if not ended:
        # Whole as its length or its chunks say, it was made wrong; else it may be the connection that ended.
        raise (MalformedError if framed else TruncatedError)(f"a {coding} body that ends too early")


def _is_zlib(piece: bytes) -> bool:
    # RFC 1950: compression method 8, and a header checksum; one byte alone can only be judged by the method.
    return piece[0] & 0x0F == 8 and (len(piece) < 2 or (piece[0] * 256 + piece[1]) % 31 == 0)
