"""B: compressed bodies are whole or an error, and no more than ``max_response_bytes`` is ever held."""

from __future__ import annotations

import functools
import gzip
import struct
import zlib
from collections.abc import Callable

import pytest

from harbor_client.exceptions import ProtocolException
from support.clients import fails, succeeds, users
from support.faultserver import (
    OK,
    FaultServer,
    Request,
    Step,
    again,
    chunked,
    each,
    flood,
    in_chunks,
    read_request,
    reply,
    respond,
    stall,
    user,
)
from support.scripts import run

BODY = OK.partition(b"\r\n\r\n")[2]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def coded(body: bytes, coding: str = "gzip") -> bytes:
    return reply(body, 200, f"Content-Encoding: {coding}")


READABLE = {
    "gzip": coded(gzip.compress(BODY)),
    "x-gzip": coded(gzip.compress(BODY), "x-gzip"),
    "GZIP": coded(gzip.compress(BODY), "GZIP"),
    "zlib": coded(zlib.compress(BODY), "deflate"),
    "raw deflate": coded(raw_deflate(BODY), "deflate"),
    "two members": coded(gzip.compress(BODY[:20]) + gzip.compress(BODY[20:])),
    "an empty member between": coded(gzip.compress(BODY[:20]) + gzip.compress(b"") + gzip.compress(BODY[20:])),
    "identity": coded(BODY, "identity"),
    "no coding": reply(BODY, 200, "Content-Encoding:"),
    "gzip in chunks": in_chunks(chunked(gzip.compress(BODY)), "Content-Encoding: gzip"),
    "gzip, a chunk a byte": in_chunks(
        chunked(*[bytes([one]) for one in gzip.compress(BODY)]), "Content-Encoding: gzip"
    ),
    "zlib, a chunk a byte": in_chunks(
        chunked(*[bytes([one]) for one in zlib.compress(BODY)]), "Content-Encoding: deflate"
    ),
    "raw deflate, a chunk a byte": in_chunks(
        chunked(*[bytes([one]) for one in raw_deflate(BODY)]), "Content-Encoding: deflate"
    ),
    "gzip until closed": reply(gzip.compress(BODY), 200, "Content-Encoding: gzip", length=None),
}


@pytest.mark.parametrize("response", READABLE.values(), ids=READABLE.keys())
def test_compressed_body_is_read(response: bytes) -> None:
    with FaultServer([response]) as server, users(server) as api:
        for number in range(2):
            assert api.get_user(3).username == "alice"
            assert server.wait_closed(number)


PACKED = gzip.compress(BODY)

CORRUPT = {
    "not gzip at all": coded(BODY),
    "not deflate at all": coded(b"\xff\xff" + BODY, "deflate"),
    "wrong magic": coded(b"\x1f\x8c" + PACKED[2:]),
    "wrong method": coded(PACKED[:2] + b"\x07" + PACKED[3:]),
    "wrong checksum": coded(PACKED[:-8] + b"\0\0\0\0" + PACKED[-4:]),
    "wrong size": coded(PACKED[:-4] + b"\0\0\0\1"),
    "garbage in the middle": coded(PACKED[:20] + b"\xff" * 20 + PACKED[40:]),
    "zlib checksum": coded(zlib.compress(BODY)[:-4] + b"\0\0\0\0", "deflate"),
    "garbage after the end": coded(PACKED + b"garbage"),
    "zlib, garbage after the end": coded(zlib.compress(BODY) + b"garbage", "deflate"),
    "second zlib stream": in_chunks(
        chunked(zlib.compress(BODY[:20]), zlib.compress(BODY[20:])), "Content-Encoding: deflate"
    ),
    "cut": coded(PACKED[:-9]),
    "cut, in chunks": in_chunks(chunked(PACKED[:-1]), "Content-Encoding: gzip"),
    "second member cut": coded(PACKED + PACKED[:-1]),
    "second member's header cut": coded(PACKED + PACKED[:1]),
    "br": coded(b"\x0b\x02\x80{}\x03", "br"),
    "zstd": coded(b"\x28\xb5\x2f\xfd", "zstd"),
    "unknown": coded(BODY, "fancy"),
    "gzip twice": coded(gzip.compress(PACKED), "gzip, gzip"),
    "gzip and br": coded(PACKED, "br, gzip"),
    "gzip after identity in two lines": reply(PACKED, 200, "Content-Encoding: br", "Content-Encoding: gzip"),
}


@pytest.mark.parametrize("response", CORRUPT.values(), ids=CORRUPT.keys())
def test_corrupt_compressed_body_is_an_error(response: bytes) -> None:
    failed = fails([[response, stall]], ProtocolException, retries=2)
    assert failed.error.outcome == "unknown"
    assert failed.seen == 1
    assert failed.error.__cause__ is not None


@pytest.mark.parametrize("coding", ["gzip", "zlib", "raw deflate"])
def test_compressed_body_cut_at_every_byte_is_an_error(coding: str) -> None:
    """The length is right each time: only the coding tells that something is missing."""
    packed = {"gzip": PACKED, "zlib": zlib.compress(BODY), "raw deflate": raw_deflate(BODY)}[coding]
    name = "gzip" if coding == "gzip" else "deflate"
    script = [each(lambda number: [coded(packed[: number + 1], name)])]
    with FaultServer(script) as server, users(server) as api:
        for _ in range(len(packed) - 1):
            with pytest.raises(ProtocolException):
                api.get_user(3)
        assert api.get_user(3).username == "alice"


def list_of(size: int) -> bytes:
    """A JSON list of one user that is ``size`` bytes long."""
    return (b'[{"username":"' + b"a" * size)[: size - 3] + b'"}]'


@pytest.mark.parametrize(
    ("body", "fits"), [(list_of(999), True), (list_of(1000), True), (list_of(1001), False)], ids=["999", "1000", "1001"]
)
@pytest.mark.parametrize("framing", ["length", "chunked", "closed", "gzip", "deflate", "gzip chunked"])
def test_bound_is_exact(body: bytes, fits: bool, framing: str) -> None:
    response = {
        "length": reply(body),
        "chunked": in_chunks(chunked(body[:500], body[500:])),
        "closed": reply(body, length=None),
        "gzip": coded(gzip.compress(body)),
        "deflate": coded(zlib.compress(body), "deflate"),
        "gzip chunked": in_chunks(chunked(gzip.compress(body)), "Content-Encoding: gzip"),
    }[framing]
    from support.calls import BY_NAME

    if fits:
        values, _ = succeeds([response], BY_NAME["list_users"], max_response_bytes=1000)
        assert len(values[0]) == 1
    else:
        failed = fails([response], ProtocolException, BY_NAME["list_users"], max_response_bytes=1000)
        assert "max_response_bytes" in str(failed.error)


def test_error_responses_are_bounded_too() -> None:
    failed = fails([reply(b"x" * 5000, 503)], max_response_bytes=1000)
    assert len(failed.error.body or "") <= 1000


ENDLESS: dict[str, Step] = {
    "body without length": flood(b"a" * 65536),
    "chunks": flood(b"10000\r\n" + b"a" * 65536 + b"\r\n"),
}


@pytest.mark.parametrize("kind", ENDLESS)
def test_endless_body_ends_at_the_bound(kind: str) -> None:
    head = in_chunks(b"") if kind == "chunks" else reply(b"", length=None)
    failed = fails([[head, ENDLESS[kind]]], ProtocolException, max_response_bytes=1_000_000)
    assert failed.server.sent < 100_000_000


@pytest.mark.parametrize("size", [1 << 20, 3_000_000])
@pytest.mark.parametrize("coding", ["none", "gzip", "deflate", "two members"])
def test_big_responses_below_the_bound_are_read(size: int, coding: str) -> None:
    """They come in many pieces, and one piece decompressed is large as well."""
    from support.calls import BY_NAME

    body = list_of(size)
    response = {
        "none": reply(body),
        "gzip": coded(gzip.compress(body)),
        "deflate": coded(raw_deflate(body), "deflate"),
        "two members": coded(gzip.compress(body[: 1 << 19]) + gzip.compress(body[1 << 19 :])),
    }[coding]
    values, _ = succeeds([response], BY_NAME["list_users"])
    assert len(values[0][0].username) == size - 17


def test_accept_encoding_names_only_what_can_be_read() -> None:
    def response(request: Request) -> bytes:
        offered = {one.split(";")[0].strip() for one in request.headers.get("accept-encoding", "").split(",")}
        return OK if offered <= {"", "gzip", "deflate", "identity"} else reply(failure_text(offered), 400)

    with FaultServer([again(respond(response))]) as server, users(server) as api:
        assert api.get_user(3).username == "alice"


def failure_text(offered: set[str]) -> dict[str, object]:
    return {"errors": [{"code": "X", "message": ",".join(sorted(offered))}]}


@functools.cache
def bomb(mebibytes: int = 300) -> bytes:
    """So many MiB of zeros in gzip's form, about a thousandth of it long: one packed MiB, again and again."""
    block = bytes(1024 * 1024)
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    check = functools.reduce(lambda value, _: zlib.crc32(block, value), range(mebibytes), 0)
    size = mebibytes * len(block)
    head = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"
    return head + packed * mebibytes + packer.flush() + struct.pack("<II", check, size)


def bomb_of_zlib(mebibytes: int = 100) -> bytes:
    return zlib.compress(bytes(mebibytes * 1024 * 1024), 9)


MEASURE = """
import resource, sys
import harbor_client

configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", retries=0, trust_env=False, timeout=60)
if len(sys.argv) > 2:
    configuration.max_response_bytes = int(sys.argv[2])
with harbor_client.ApiClient(configuration) as client:
    api = harbor_client.UserApi(client)
    try:
        api.get_current_user_info()
    except harbor_client.ApiException:
        pass  # makes what is made once
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        api.get_user(3)
    except harbor_client.ApiException as error:
        print(type(error).__name__, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
    except MemoryError:
        print("MemoryError 0")
    else:
        print("nothing 0")
"""


@pytest.mark.parametrize(
    ("response", "bound", "most"),
    [
        (lambda: coded(bomb()), None, 90),
        (lambda: coded(bomb_of_zlib(), "deflate"), None, 90),
        (lambda: reply(bytes(100 << 20), length=None), None, 90),
        (lambda: coded(bomb()), 1_000_000, 20),
        (lambda: coded(bomb_of_zlib(), "deflate"), 1_000_000, 20),
        (lambda: coded(gzip.compress(bomb())), 1_000_000, 20),
        (lambda: coded(bomb()).replace(b" 200 ", b" 500 ", 1), 1_000_000, 20),
        (lambda: reply(b"", length=1_900_000_000), None, 20),
        (lambda: reply(b"", length=10**18), None, 20),
        (lambda: in_chunks(b"7fffffffffffffff\r\n"), None, 20),
        (lambda: in_chunks(b"70000000\r\n"), None, 20),
        (lambda: in_chunks(b"2\r\n  \r\n" * 600_000), 1_000_000, 10),
    ],
    ids=[
        "300 MiB by default",
        "100 MiB zlib by default",
        "100 MiB as they are by default",
        "300 MiB",
        "100 MiB zlib",
        "nested",
        "in an error",
        "length 1.8 GiB",
        "length 10^18",
        "chunk of 2^63",
        "chunk of 1.8 GiB",
        "very small chunks",
    ],
)
def test_memory_is_bounded(response: Callable[[], bytes], bound: int | None, most: int) -> None:
    """In a process of its own, whose peak of memory (MiB) is measured."""
    with FaultServer([[reply(user()), response()]]) as server:
        done = run(MEASURE, server.url, *([bound] if bound else []), options=())
    kind, grown = done.stdout.split()
    assert kind in ("ProtocolException", "UnexpectedResponseException", "ServiceException"), done.stdout + done.stderr
    assert int(grown) < most


def test_reading_stops_at_the_bound_of_a_length() -> None:
    """The length alone says that it is too much: nothing of the body is read."""
    failed = fails(
        [[read_request, lambda peer: peer.send(reply(b"", length=10**12)), flood(b"a" * 65536)]],
        ProtocolException,
        max_response_bytes=1_000_000,
    )
    assert failed.server.sent < 100_000_000
