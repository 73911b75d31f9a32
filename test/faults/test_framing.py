"""B: a response is whole and well-formed, or it is an error. One line is one case."""

from __future__ import annotations

import pytest

from harbor_client.exceptions import ConnectionException, ProtocolException
from support.calls import CALLS, WRITES, Call
from support.clients import fails, succeeds, users
from support.faultserver import OK, FaultServer, again, chunked, each, in_chunks, reply, reset, send, stall, user

BODY = reply(user()).partition(b"\r\n\r\n")[2]
SIZE = len(BODY)
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def with_fields(*fields: bytes, body: bytes = BODY) -> bytes:
    """A 200 with these header lines and nothing else."""
    return b"HTTP/1.1 200 OK\r\n" + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def with_line(line: bytes) -> bytes:
    """A right response under another status line."""
    return line + b"\r\n" + OK.partition(b"\r\n")[2]


MALFORMED = {
    # status line
    "HTTP/0.9": BODY,
    "empty line first": b"\r\n" + OK,
    "many empty lines": b"\r\n" * 50,
    "no version": with_line(b"200 OK"),
    "only a version": with_line(b"HTTP/1.1"),
    "version and space": with_line(b"HTTP/1.1 "),
    "HTTP/2.0": with_line(b"HTTP/2.0 200 OK"),
    "HTTP/2": with_line(b"HTTP/2 200 OK"),
    "HTTP/3": with_line(b"HTTP/3 200"),
    "HTTP/1.10": with_line(b"HTTP/1.10 200 OK"),
    "HTTP/1": with_line(b"HTTP/1 200 OK"),
    "HTTP/1.": with_line(b"HTTP/1. 200 OK"),
    "http in lower case": with_line(b"http/1.1 200 OK"),
    "ICY": with_line(b"ICY 200 OK"),
    "SSH banner": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "SMTP banner": b"220 mail.example.com ESMTP\r\n\r\n",
    "status 0": with_line(b"HTTP/1.1 0 OK"),
    "status 000": with_line(b"HTTP/1.1 000 OK"),
    "status 20": with_line(b"HTTP/1.1 20 OK"),
    "status 99": with_line(b"HTTP/1.1 99 OK"),
    "status 099": with_line(b"HTTP/1.1 099 OK"),
    "status 600": with_line(b"HTTP/1.1 600 OK"),
    "status 999": with_line(b"HTTP/1.1 999 OK"),
    "status 1000": with_line(b"HTTP/1.1 1000 OK"),
    "status 2000": with_line(b"HTTP/1.1 2000 OK"),
    "status -200": with_line(b"HTTP/1.1 -200 OK"),
    "status +200": with_line(b"HTTP/1.1 +200 OK"),
    "status 2e2": with_line(b"HTTP/1.1 2e2 OK"),
    "status 0x200": with_line(b"HTTP/1.1 0xC8 OK"),
    "status 200.0": with_line(b"HTTP/1.1 200.0 OK"),
    "status 2 0 0": with_line(b"HTTP/1.1 2 0 0"),
    "status 20_0": with_line(b"HTTP/1.1 2_0 OK"),
    "status ABC": with_line(b"HTTP/1.1 ABC OK"),
    "status in Arabic digits": with_line("HTTP/1.1 ٢٠٠ OK".encode()),
    "status of 5,000 digits": with_line(b"HTTP/1.1 " + b"2" * 5000 + b" OK"),
    "no space after version": with_line(b"HTTP/1.1200 OK"),
    "tab after version": with_line(b"HTTP/1.1\t200\tOK"),
    "NUL in reason": with_line(b"HTTP/1.1 200 O\0K"),
    "bare CR in reason": with_line(b"HTTP/1.1 200 O\rK"),
    "reason of 300 KB": with_line(b"HTTP/1.1 200 " + b"x" * 300_000),
    "endless status line": b"HTTP/1.1 200 " + b"x" * 300_000,
    "random bytes": bytes(range(256)) * 20,
    "TLS record": b"\x15\x03\x01\x00\x02\x02\x46" + b"\0" * 50,
    "NULs": b"\0" * 500,
    # header lines
    "line without colon": with_fields(b"Content-Length: %d" % SIZE, b"nonsense"),
    "first line without colon": with_fields(b"nonsense", b"Content-Length: %d" % SIZE),
    "line without name": with_fields(b": value", b"Content-Length: %d" % SIZE),
    "space before the colon": with_fields(b"Content-Length : %d" % SIZE),
    "tab before the colon": with_fields(b"Content-Length\t: %d" % SIZE),
    "space in a name": with_fields(b"Content Length: %d" % SIZE),
    "leading space on the first line": with_fields(b" Content-Length: %d" % SIZE),
    "folded line": with_fields(b"X-A: 1", b" 2", b"Content-Length: %d" % SIZE),
    "folded with tab": with_fields(b"X-A: 1", b"\t2", b"Content-Length: %d" % SIZE),
    "folded length": with_fields(b"Content-Length:", b" %d" % SIZE),
    "NUL in a value": with_fields(b"X-A: a\0b", b"Content-Length: %d" % SIZE),
    "NUL in a name": with_fields(b"X-\0A: b", b"Content-Length: %d" % SIZE),
    "bare CR in a value": with_fields(b"X-A: a\rb", b"Content-Length: %d" % SIZE),
    "bare CR ends a line": b"HTTP/1.1 200 OK\r\nX-A: a\rContent-Length: %d\r\n\r\n" % SIZE + BODY,
    "bare LF in a value": with_fields(b"X-A: a\nX-B: b", b"Content-Length: %d" % SIZE),
    "DEL in a value": with_fields(b"X-A: a\x7fb", b"Content-Length: %d" % SIZE),
    "escape in a value": with_fields(b"X-A: \x1b[2J", b"Content-Length: %d" % SIZE),
    "non-ASCII name": with_fields("X-Ä: b".encode(), b"Content-Length: %d" % SIZE),
    "quotes in a name": with_fields(b'"X": b', b"Content-Length: %d" % SIZE),
    "10,000 lines": with_fields(*[b"X-A: b"] * 10_000, b"Content-Length: %d" % SIZE),
    "line of 300 KB": with_fields(b"X-A: " + b"b" * 300_000, b"Content-Length: %d" % SIZE),
    "name of 300 KB": with_fields(b"X" * 300_000 + b": b", b"Content-Length: %d" % SIZE),
    "a status line among the headers": with_fields(b"HTTP/1.1 200 OK", b"Content-Length: %d" % SIZE),
    "lines end with LF": with_fields(b"Content-Length: %d" % SIZE).replace(b"\r\n", b"\n"),
    "header ends with LF": b"HTTP/1.1 200 OK\r\nContent-Length: %d\n\n" % SIZE + BODY,
    # Content-Length
    "lengths that differ": with_fields(b"Content-Length: %d" % SIZE, b"Content-Length: %d" % (SIZE - 1)),
    "lengths that differ, smaller first": with_fields(b"Content-Length: 2", b"Content-Length: %d" % SIZE),
    "lengths that differ in one line": with_fields(b"Content-Length: %d, 2" % SIZE),
    "three lengths": with_fields(*[b"Content-Length: %d" % SIZE] * 2, b"Content-Length: 0"),
    "a length and none": with_fields(b"Content-Length: %d" % SIZE, b"Content-Length:"),
    "length and comma": with_fields(b"Content-Length: %d," % SIZE),
    "empty length": with_fields(b"Content-Length:"),
    "negative length": with_fields(b"Content-Length: -1"),
    "minus zero": with_fields(b"Content-Length: -0", body=b""),
    "plus sign": with_fields(b"Content-Length: +%d" % SIZE),
    "hexadecimal": with_fields(b"Content-Length: 0x%x" % SIZE),
    "hexadecimal without mark": with_fields(b"Content-Length: %xa" % SIZE),
    "fraction": with_fields(b"Content-Length: %d.0" % SIZE),
    "exponent": with_fields(b"Content-Length: 1e2"),
    "underscore": with_fields(b"Content-Length: 1_0"),
    "length in words": with_fields(b"Content-Length: many"),
    "length with unit": with_fields(b"Content-Length: %d bytes" % SIZE),
    "length with inner space": with_fields(b"Content-Length: 1 6"),
    "length in Arabic digits": with_fields("Content-Length: ١٦".encode()),
    "length with superscript": with_fields(b"Content-Length: \xb2"),
    "quoted length": with_fields(b'Content-Length: "%d"' % SIZE),
    "2 GiB": with_fields(b"Content-Length: 2147483648"),
    "2^63 - 1": with_fields(b"Content-Length: 9223372036854775807"),
    "2^63": with_fields(b"Content-Length: 9223372036854775808"),
    "2^64": with_fields(b"Content-Length: 18446744073709551616"),
    "2^64 + the right one": with_fields(b"Content-Length: %d" % (2**64 + SIZE)),
    "100 digits": with_fields(b"Content-Length: " + b"9" * 100),
    "10,000 digits": with_fields(b"Content-Length: " + b"9" * 10_000),
    # Transfer-Encoding
    "chunked and a length": with_fields(b"Transfer-Encoding: chunked", b"Content-Length: 5", body=chunked(BODY)),
    "length and chunked": with_fields(b"Content-Length: 5", b"Transfer-Encoding: chunked", body=chunked(BODY)),
    "unknown coding": with_fields(b"Transfer-Encoding: fast"),
    "gzip coding": with_fields(b"Transfer-Encoding: gzip"),
    "gzip, then chunked": with_fields(b"Transfer-Encoding: gzip, chunked", body=chunked(BODY)),
    "chunked, then gzip": with_fields(b"Transfer-Encoding: chunked, gzip", body=chunked(BODY)),
    "chunked twice": with_fields(b"Transfer-Encoding: chunked, chunked", body=chunked(chunked(BODY))),
    "chunked in two lines": with_fields(*[b"Transfer-Encoding: chunked"] * 2, body=chunked(BODY)),
    "xchunked": with_fields(b"Transfer-Encoding: xchunked", body=chunked(BODY)),
    "chunkedx": with_fields(b"Transfer-Encoding: chunkedx", body=chunked(BODY)),
    "empty coding": with_fields(b"Transfer-Encoding:", body=chunked(BODY)),
    "identity and a length": with_fields(b"Transfer-Encoding: identity", b"Content-Length: 5"),
    "chunked in HTTP/1.0": with_fields(b"Transfer-Encoding: chunked", body=chunked(BODY)).replace(b"1.1", b"1.0", 1),
    # chunks
    "no chunk": in_chunks(b"{}\r\n"),
    "size ABCXYZ": in_chunks(b"ABCXYZ\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "empty size": in_chunks(b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "only an extension": in_chunks(b";a=b\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "negative size": in_chunks(b"-%x\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "negative zero": in_chunks(b"%x\r\n" % SIZE + BODY + b"\r\n-0\r\n\r\n"),
    "plus sign on size": in_chunks(b"+%x\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "0x on size": in_chunks(b"0x%x\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "underscore in size": in_chunks(b"%x\r\n" % SIZE + BODY + b"\r\n0_0\r\n\r\n"),
    "space before size": in_chunks(b" %x\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "size of 2^63": in_chunks(b"8000000000000000\r\n" + BODY),
    "size of 2^64": in_chunks(b"10000000000000000\r\n" + BODY),
    "size wraps to the right one": in_chunks(b"%x\r\n" % (2**64 + SIZE) + BODY + b"\r\n0\r\n\r\n"),
    "size of 10,000 digits": in_chunks(b"f" * 10_000 + b"\r\n" + BODY),
    "size line without end": in_chunks(b"0" * 300_000),
    "extension of 300 KB": in_chunks(b"%x;a=" % SIZE + b"b" * 300_000 + b"\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "size ends with LF": in_chunks(b"%x\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "all ends with LF": in_chunks(b"%x\n" % SIZE + BODY + b"\n0\n\n"),
    "end with LF": in_chunks(chunked(BODY, last=b"0\n\n")),
    "trailer ends with LF": in_chunks(chunked(BODY, last=b"0\r\nX-A: b\n\n")),
    "CR in extension": in_chunks(b"%x;a\rb\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "no CRLF after a chunk": in_chunks(b"%x\r\n" % SIZE + BODY + b"0\r\n\r\n"),
    "LF after a chunk": in_chunks(b"%x\r\n" % SIZE + BODY + b"\n0\r\n\r\n"),
    "chunk longer than its size": in_chunks(b"%x\r\n" % (SIZE - 2) + BODY + b"\r\n0\r\n\r\n"),
    "chunk shorter than its size": in_chunks(b"%x\r\n" % (SIZE + 2) + BODY + b"\r\n0\r\n\r\n"),
    "second size is garbage": in_chunks(b"%x\r\n" % SIZE + BODY + b"\r\nnope\r\n\r\n"),
    "trailer without colon": in_chunks(chunked(BODY, last=b"0\r\nnonsense\r\n\r\n")),
    "10,000 trailers": in_chunks(chunked(BODY, last=b"0\r\n" + b"X-A: b\r\n" * 10_000 + b"\r\n")),
    "trailer of 300 KB": in_chunks(chunked(BODY, last=b"0\r\nX-A: " + b"b" * 300_000 + b"\r\n\r\n")),
    "NUL in a trailer": in_chunks(chunked(BODY, last=b"0\r\nX-A: a\0b\r\n\r\n")),
}


@pytest.mark.parametrize("response", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_response_is_an_error(response: bytes) -> None:
    failed = fails([[response, stall]], ProtocolException)
    assert failed.error.outcome == "unknown"
    assert failed.error.__cause__ is not None
    assert failed.seen == 1


@pytest.mark.parametrize("response", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_response_to_a_write_is_an_error_and_not_repeated(response: bytes) -> None:
    failed = fails([[response, stall]], ProtocolException, WRITES[1], retries=3)
    assert failed.error.outcome == "unknown"
    assert failed.seen == 1


UNUSUAL = {
    "no reason": with_line(b"HTTP/1.1 200"),
    "no reason but a space": with_line(b"HTTP/1.1 200 "),
    "non-ASCII reason": with_line("HTTP/1.1 200 schön".encode()),
    "reason with spaces": with_line(b"HTTP/1.1 200 all   is well"),
    "status 299": with_line(b"HTTP/1.1 299 Fine"),
    "HTTP/1.0": with_line(b"HTTP/1.0 200 OK"),
    "lower-case names": with_fields(b"content-length: %d" % SIZE),
    "no space after the colon": with_fields(b"Content-Length:%d" % SIZE),
    "much space around the value": with_fields(b"Content-Length: \t  %d \t " % SIZE),
    "the same length twice": with_fields(*[b"Content-Length: %d" % SIZE] * 2),
    "the same length in one line": with_fields(b"Content-Length: %d, %d" % (SIZE, SIZE)),
    "leading zeros": with_fields(b"Content-Length: 000%d" % SIZE),
    "empty value": with_fields(b"X-A:", b"Content-Length: %d" % SIZE),
    "colons in a value": with_fields(b"X-A: a:b::c", b"Content-Length: %d" % SIZE),
    "Latin-1 value": with_fields(b"X-A: sch\xf6n", b"Content-Length: %d" % SIZE),
    "UTF-8 value": with_fields("X-A: schön".encode(), b"Content-Length: %d" % SIZE),
    "100 lines": with_fields(*[b"X-A: b"] * 100, b"Content-Length: %d" % SIZE),
    "line of 8 KB": with_fields(b"X-A: " + b"b" * 8192, b"Content-Length: %d" % SIZE),
    "no length, closed": with_fields(),
    "HTTP/1.0, no length": with_fields().replace(b"1.1", b"1.0", 1),
    "no length and Connection: close": with_fields(b"Connection: close"),
    "no length and Connection: keep-alive": with_fields(b"Connection: keep-alive"),
    "one chunk": in_chunks(chunked(BODY)),
    "a chunk a byte": in_chunks(chunked(*[BODY[at : at + 1] for at in range(SIZE)])),
    "sizes in capitals": in_chunks(b"%X\r\n" % SIZE + BODY + b"\r\n0\r\n\r\n"),
    "sizes with zeros": in_chunks(b"0000%x\r\n" % SIZE + BODY + b"\r\n000\r\n\r\n"),
    "extensions": in_chunks(chunked(BODY, extension=b';a=b;c="d e"')),
    "extension without value": in_chunks(chunked(BODY, extension=b";a")),
    "space before an extension": in_chunks(chunked(BODY, extension=b" ; a=b")),
    "trailers": in_chunks(chunked(BODY, last=b"0\r\nX-Checksum: 1\r\nX-More: 2\r\n\r\n")),
    "Chunked": with_fields(b"Transfer-Encoding: Chunked", body=chunked(BODY)),
    "CHUNKED, space around": with_fields(b"Transfer-Encoding:  CHUNKED ", body=chunked(BODY)),
}


@pytest.mark.parametrize("response", UNUSUAL.values(), ids=UNUSUAL.keys())
def test_unusual_response_is_read(response: bytes) -> None:
    with FaultServer([response]) as server, users(server) as api:
        for number in range(2):
            assert api.get_user(3).username == "alice"
            assert server.wait_closed(number)
        assert [request.whole for request in server.requests] == [True, True]


@pytest.mark.parametrize(
    "response",
    [OK, in_chunks(chunked(BODY[:10], BODY[10:])), in_chunks(chunked(BODY, last=b"0\r\nX-T: 1\r\n\r\n"))],
    ids=["length", "chunked", "trailer"],
)
def test_response_cut_at_every_byte_is_an_error(response: bytes) -> None:
    """Each connection ends one byte later than the one before; only the whole response is one."""
    with FaultServer([each(lambda number: [response[:number]])]) as server, users(server) as api:
        for size in range(len(response)):
            with pytest.raises(ConnectionException) as caught:
                api.get_user(3)
            assert type(caught.value) is (ProtocolException if size else ConnectionException), size
            assert caught.value.outcome == "unknown"
        assert api.get_user(3).username == "alice"


def test_response_reset_at_many_bytes_is_an_error() -> None:
    sizes = [*range(0, len(OK), 7), len(OK) - 1]
    with FaultServer([each(lambda number: [OK[: sizes[number]], reset])]) as server, users(server) as api:
        for _ in sizes:
            with pytest.raises(ConnectionException) as caught:
                api.get_user(3)
            assert caught.value.outcome == "unknown"
            assert caught.value.__cause__ is not None


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("missing", [1, 2, 3, 5, 20])
def test_every_operation_notices_a_cut_header(call: Call, missing: int) -> None:
    """An empty 200 is the whole response to most writes: its header may not pass half-way."""
    head = call.response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    failed = fails([head[:-missing]], ProtocolException, call)
    assert failed.error.outcome == "unknown"


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("missing", [1, 4])
def test_every_operation_notices_a_cut_body(call: Call, missing: int) -> None:
    head, blank, body = call.response.partition(b"\r\n\r\n")
    kept = [line for line in head.split(b"\r\n") if not line.startswith(b"Content-Length")]
    longer = b"\r\n".join([*kept, b"Content-Length: %d" % (len(body) + missing)]) + blank + body
    assert fails([longer], ProtocolException, call).error.outcome == "unknown"


ENDINGS = {
    "closed before the request": [],
    "closed after the request": [lambda peer: peer.read_request() and None],
    "reset after the request": [lambda peer: peer.read_request() and None, reset],
    "reset at once": [reset],
    "one byte": [b"H"],
    "half a header": [OK[:30]],
    "half a body": [OK[:-30]],
    "half a body, reset": [OK[:-30], reset],
    "nothing but the header": [OK[: OK.index(b"\r\n\r\n") + 4]],
}


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("steps", ENDINGS.values(), ids=ENDINGS.keys())
def test_every_operation_fails_when_the_connection_ends(call: Call, steps: list[object]) -> None:
    if call.response.endswith(b"Content-Length: 0\r\n\r\n") and steps is ENDINGS["nothing but the header"]:
        return
    failed = fails([steps], ConnectionException, call, exact=False)  # type: ignore[list-item]
    if failed.server.whole:
        assert failed.error.outcome == "unknown"


WITHOUT_BODY = {
    "204": b"HTTP/1.1 204 No Content\r\n\r\n",
    "204 with length 0": b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    "204 that lies about a length": b"HTTP/1.1 204 No Content\r\nContent-Length: 10\r\n\r\n",
    "200 empty": reply(),
    "201 empty": reply(b"", 201, "Location: /api/v2.0/users/3"),
    "202 empty": reply(b"", 202),
    "200 with an empty body in chunks": in_chunks(chunked()),
}


@pytest.mark.parametrize("response", WITHOUT_BODY.values(), ids=WITHOUT_BODY.keys())
def test_response_without_a_body_ends_with_its_header(response: bytes) -> None:
    """The server keeps the connection open: who waits for a body waits for ever."""
    values, server = succeeds([again(response)], call=WRITES[1], calls=3, timeout=20)
    assert values == [None, None, None]
    assert len(server.requests) == 3


def test_close_delimited_body_is_not_reused() -> None:
    with FaultServer([with_fields(b"Connection: keep-alive")]) as server, users(server) as api:
        assert [api.get_user(3).username for _ in range(3)] == ["alice"] * 3
        assert server.connections == 3


@pytest.mark.parametrize(
    ("response", "connections"),
    [
        (OK, 1),
        (with_line(b"HTTP/1.0 200 OK"), 3),
        (with_fields(b"Connection: close", b"Content-Length: %d" % SIZE), 3),
        (with_fields(b"Connection: Close", b"Content-Length: %d" % SIZE), 3),
        (with_fields(b"Connection: x, close", b"Content-Length: %d" % SIZE), 3),
        (with_fields(b"Connection: x", b"Connection: close", b"Content-Length: %d" % SIZE), 3),
        (with_fields(b"Connection: keep-alive", b"Content-Length: %d" % SIZE), 1),
        (in_chunks(chunked(BODY)), 1),
    ],
    ids=["plain", "HTTP/1.0", "close", "Close", "a list", "two lines", "keep-alive", "chunked"],
)
def test_connections_are_kept_as_the_server_says(response: bytes, connections: int) -> None:
    with FaultServer([again(response)]) as server, users(server) as api:
        assert [api.get_user(3).username for _ in range(3)] == ["alice"] * 3
        assert server.connections == connections


def test_response_before_the_request_is_not_taken() -> None:
    """What a server says unasked on a fresh connection may be read as the response, but never shifts a later one."""
    script = [[send(reply(user(66, "early"))), again(OK)], [again(OK)]]
    with FaultServer(script) as server, users(server) as api:
        api.get_user(3)
        assert [api.get_user(3).user_id for _ in range(3)] == [3, 3, 3]
