"""C: one deadline bounds a whole call, whatever the server does. Nothing here is decided by how fast the machine is."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import harbor_client
from harbor_client.exceptions import (
    ApiException,
    ConnectionException,
    ServiceException,
    TimeoutException,
)
from support import tls
from support.calls import CALLS, LARGE, WRITES, Call
from support.clients import GET, HANGING, SHORT, caught, fails, succeeds, users
from support.faultserver import (
    OK,
    FaultServer,
    Peer,
    Step,
    again,
    chunked,
    drip,
    drip_for_ever,
    handshake,
    ignore,
    in_chunks,
    read_head,
    read_request,
    reply,
    send,
    stall,
)

BODY = OK.partition(b"\r\n\r\n")[2]
HEAD = OK[: -len(BODY)]
GZIP_HEAD = reply(b"x", 200, "Content-Encoding: gzip", length=500)[:-1]


ENDLESS: dict[str, list[Step]] = {
    "silence before reading": [ignore],
    "silence after the request": [stall],
    "silence after a byte": [read_request, send(b"H"), stall],
    "silence in the header": [read_request, send(HEAD[:40]), stall],
    "silence before the blank line": [read_request, send(HEAD[:-2]), stall],
    "silence before the body": [read_request, send(HEAD), stall],
    "silence in the body": [read_request, send(OK[:-1]), stall],
    "silence in a chunk": [read_request, send(in_chunks(b"%x\r\n" % len(BODY) + BODY[:9])), stall],
    "silence between chunks": [read_request, send(in_chunks(chunked(BODY, last=b""))), stall],
    "silence before the last blank line": [read_request, send(in_chunks(chunked(BODY, last=b"0\r\n"))), stall],
    "silence after 100": [read_request, send(b"HTTP/1.1 100 Continue\r\n\r\n"), stall],
    "body without an end": [read_request, send(reply(BODY, length=None)), stall],
    "compressed, half": [read_request, send(GZIP_HEAD + b"\x1f\x8b\x08"), stall],
    "drips the status line": [read_request, send(b"HTTP/1.1 200 "), drip_for_ever(b"O")],
    "drips the header": [read_request, drip(HEAD[:-2], 0.02), drip_for_ever(b"X-A: b\r\n")],
    "drips a value": [read_request, send(b"HTTP/1.1 200 OK\r\nX-A: "), drip_for_ever(b"b")],
    "drips the body": [read_request, send(reply(b"", length=10_000_000)), drip_for_ever(b" ")],
    "drips a body without length": [read_request, send(reply(b"", length=None)), drip_for_ever(b" ")],
    "drips chunks": [read_request, send(in_chunks(b"")), drip_for_ever(b"1\r\n \r\n")],
    "drips a chunk size": [read_request, send(in_chunks(b"")), drip_for_ever(b"0")],
    "drips a chunk extension": [read_request, send(in_chunks(b"1;a=")), drip_for_ever(b"b")],
    "drips trailers": [read_request, send(in_chunks(b"0\r\n")), drip_for_ever(b"X-A: b\r\n")],
    "drips interim responses": [read_request, drip_for_ever(b"HTTP/1.1 102 Processing\r\n\r\n", 0.05)],
    "drips a redirect's body": [read_request, send(reply(b"", 302, "Location: /x", length=1000)), drip_for_ever(b" ")],
}


@pytest.mark.parametrize("steps", ENDLESS.values(), ids=ENDLESS.keys())
def test_server_that_does_not_end_is_a_timeout(steps: list[Step]) -> None:
    failed = fails([steps], TimeoutException, timeout=SHORT)
    assert failed.unknown
    assert failed.seconds >= SHORT * 0.9
    assert failed.seen <= 1


@pytest.mark.parametrize("end", [drip_for_ever(b" "), stall], ids=["drips", "is silent"])
@pytest.mark.parametrize("call", [GET, WRITES[1]], ids=str)
def test_error_whose_body_does_not_end_keeps_its_status(end: Step, call: Call) -> None:
    steps = [read_request, send(reply(b"", 500, length=1000)), end]
    failed = fails([steps], ServiceException, call, timeout=SHORT)
    assert (failed.error.status, failed.error.outcome, failed.seen) == (500, "answered", 1)
    assert "its body cannot be read" in failed.error.reason
    assert failed.error.hint is None  # that it is empty would mean something


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_operation_has_a_deadline(call: Call) -> None:
    failed = fails([stall], TimeoutException, call, timeout=SHORT)
    assert failed.unknown
    assert isinstance(failed.error.__cause__, TimeoutError)


@pytest.mark.parametrize(
    "timeout",
    [0.3, 1, (0.2, 0.3), [0.2, 0.3], (0.3, None), 0.05],
    ids=repr,
)
def test_request_timeout_sets_the_deadline_of_a_call(timeout: object) -> None:
    settings = {"timeout": SHORT} if timeout == (0.3, None) else {}
    failed = fails([stall], TimeoutException, options={"_request_timeout": timeout}, **settings)
    assert failed.seconds < HANGING / 2


def test_slow_responses_within_the_deadline_are_read() -> None:
    steps = [read_request, drip(OK, 0.002, size=4)]
    values, _ = succeeds([steps])
    assert values[0].username == "alice"


def test_a_short_deadline_does_not_shorten_the_next_call() -> None:
    with FaultServer([stall, [read_request, drip(OK, 0.02, size=20)]]) as server, users(server) as api:
        caught(TimeoutException, lambda: api.get_user(3, _request_timeout=SHORT))
        assert api.get_user(3).username == "alice"


def test_a_kept_connection_does_not_keep_the_deadline() -> None:
    step = again(read_request, drip(OK, 0.01, size=20))
    with FaultServer([step]) as server, users(server) as api:
        assert api.get_user(3, _request_timeout=HANGING).username == "alice"
        caught(TimeoutException, lambda: api.get_user(3, _request_timeout=0.02))
        assert api.get_user(3).username == "alice"


def test_large_request_to_a_server_that_does_not_read() -> None:
    """The client may not hang while it sends."""
    failed = fails([[read_head, ignore]], TimeoutException, LARGE, timeout=SHORT, client_side_validation=False)
    assert failed.unknown


@contextmanager
def full_backlog() -> Iterator[str]:
    """A listener whose queue is full: a connection to it is never made."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        try:
            for _ in range(8):
                one = socket.socket()
                waiting.append(one)
                one.settimeout(0.2)
                try:
                    one.connect(listener.getsockname())
                except TimeoutError:
                    break
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/api/v2.0"
        finally:
            for one in waiting:
                one.close()


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"timeout": SHORT}, {}),
        ({"connect_timeout": SHORT}, {}),
        ({}, {"_request_timeout": SHORT}),
        ({}, {"_request_timeout": (SHORT, HANGING)}),
    ],
    ids=["timeout", "connect_timeout", "call", "pair"],
)
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_connecting_has_a_bound(settings: dict[str, float], options: dict[str, object], call: Call) -> None:
    with full_backlog() as url, users(url, **settings) as api:
        error = caught(TimeoutException, lambda: call.make(api, **options))
    assert error.outcome == "not_sent"


@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_look_up_without_an_end(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver knows no deadline, and may hang at any question."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(HANGING) and [])
    try:
        with users("http://harbor.example/api/v2.0", timeout=SHORT) as api:
            error = caught(TimeoutException, lambda: call.make(api))
    finally:
        over.set()
    assert error.outcome == "not_sent"


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
def test_address_is_not_looked_up(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **_: asked.append(arguments) or [])
    with FaultServer([OK]) as server, users(f"http://{host}:{server.port}/api/v2.0") as api:
        if host == "127.0.0.1":
            assert api.get_user(3).username == "alice"
        else:  # where the server is not, or nothing is
            caught(ConnectionException, lambda: api.get_user(3))
    assert not asked


def test_nobody_listens() -> None:
    with users("http://127.0.0.1:1/api/v2.0") as api:
        for call in CALLS:
            error = caught(ConnectionException, lambda call=call: call.make(api))  # type: ignore[misc]
            assert error.outcome == "not_sent"
            assert "connecting to 127.0.0.1:1 failed" in error.reason
            assert isinstance(error.__cause__, OSError)


HANDSHAKES: dict[str, list[Step]] = {
    "silence": [ignore],
    "drips nonsense": [drip_for_ever(b"\x16")],
    "drips a record": [send(b"\x16\x03\x03\x40\x00"), drip_for_ever(b"\x02")],
    "half a hello": [send(b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03"), ignore],
    "silence after TLS": [handshake(tls.good_context()), stall],
    "drips after TLS": [handshake(tls.good_context()), read_request, send(HEAD[:-2]), drip_for_ever(b"X-A: b\r\n")],
}


@pytest.mark.parametrize("name", HANDSHAKES)
@pytest.mark.parametrize("call", [GET, WRITES[1]], ids=str)
def test_tls_is_within_the_deadline(name: str, call: Call, tmp_path: Path) -> None:
    steps = HANDSHAKES[name]
    with FaultServer([steps]) as server:
        url = server.url.replace("http:", "https:")
        with users(url, timeout=SHORT, ssl_ca_cert=tls.ca_file(tmp_path)) as api:
            error = caught(ConnectionException, lambda: call.make(api))
        server.settle()
        if server.requests:
            assert error.outcome == "unknown"
        elif "after TLS" not in name:
            assert error.outcome == "not_sent"
        assert isinstance(error.__cause__, (TimeoutError, ssl.SSLError))


@pytest.mark.parametrize(
    "response",
    [
        reply(b"", 503),
        reply(b"", 502, "Retry-After: 0"),
        reply(b"", 429, "Retry-After: 0"),
        reply(b"", 504)[:-4],
        b"",
    ],
    ids=["503", "502, at once", "429, at once", "cut header", "closed"],
)
def test_deadline_covers_all_attempts(response: bytes) -> None:
    """With a million repeats allowed, it is the deadline that ends them."""
    failed = fails([[response]], ApiException, timeout=SHORT, retries=1_000_000)
    assert failed.seconds < HANGING / 2
    assert failed.seen >= 1


def test_deadline_covers_redirects() -> None:
    step = again(read_request, drip(reply(b"", 302, "Location: /api/v2.0/users/3"), 0.02, size=20))
    failed = fails([step], ApiException, timeout=SHORT)
    assert failed.seconds < HANGING / 2


UNFINISHED = """
import sys, threading
import harbor_client

configuration = harbor_client.Configuration(sys.argv[1], "admin", "Passw0rd1", trust_env=False, timeout=600)
api = harbor_client.UserApi(harbor_client.ApiClient(configuration))
pending = [api.get_user(3, async_req=True) for _ in range(int(sys.argv[2]))]
sys.stdin.readline()  # the server says when the requests are there
mode = sys.argv[3]
if mode == "raise":
    raise SystemExit(7)
if mode == "wait":
    try:
        pending[0].get(0.1)
    except Exception as error:
        print(type(error).__name__)
if mode == "close":
    api.api_client.close()
print("bye", flush=True)
"""


@pytest.mark.parametrize("mode", ["leave", "raise", "wait", "close"])
@pytest.mark.parametrize("count", [1, 20])
def test_process_with_an_unfinished_call_exits(mode: str, count: int) -> None:
    arrived = threading.Event()

    def tell(peer: Peer) -> None:
        arrived.set()

    with FaultServer([[read_request, tell, stall]]) as server:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(UNFINISHED), server.url, str(count), mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(Path(harbor_client.__file__).parents[1]), "PATH": ""},
        )
        try:
            assert arrived.wait(60)
            out, err = process.communicate("go\n", timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == (7 if mode == "raise" else 0)
    assert not err
    assert ("bye" in out) == (mode != "raise")
