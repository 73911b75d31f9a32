"""Bad input, bad manners, many at once: nothing brings the fake Harbor down."""

import os
import random
import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import ADMIN, Api
from support.rawhttp import Raw, basic

_GET = b"GET /api/v2.0/users/1 HTTP/1.1\r\nHost: x\r\n"
_AUTH = f"Authorization: {basic(*ADMIN)}\r\n".encode()


@pytest.fixture(scope="module")
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0, idle_timeout=15) as running:
        yield running
        assert _alive(running)


def _alive(harbor: FakeHarbor) -> bool:
    with Api(harbor) as api:
        return api("GET", "/users/1").status == 200


def _exchange(harbor: FakeHarbor, sent: bytes) -> bytes:
    """Send bytes on a connection of their own, and take all that comes back."""
    with Raw(harbor.host, harbor.port) as raw:
        raw.socket.sendall(sent)
        raw.socket.shutdown(socket.SHUT_WR)
        return raw.rest()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"rubbish\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
        (b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/x\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nNo colon\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: a\rb\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\nx", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \xb2\r\n\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 33554433\r\n\r\n", 413),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n", 413),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 501),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n", 413),
        (b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 99_999, 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * (2 << 20), 431),
        (b"x" * (2 << 20), 431),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500) + b"\n\n", 400),
    ],
)
def test_what_cannot_be_read(harbor: FakeHarbor, sent: bytes, status: int) -> None:
    answer = _exchange(harbor, sent)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:200]
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET",
        _GET,
        b"PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n",
        b"\r\n\r\n\r\n",
    ],
)
def test_who_hangs_up_too_early_is_told_nothing(harbor: FakeHarbor, sent: bytes) -> None:
    assert _exchange(harbor, sent) == b""


@pytest.mark.parametrize(
    "sent",
    [
        _GET + _AUTH + b"\r\n",
        b"\r\n\r\n" + _GET + _AUTH + b"\r\n",
        (_GET + _AUTH + b"\r\n").replace(b"\r\n", b"\n"),
        (_GET + _AUTH).replace(b"Authorization: ", b"AUTHORIZATION:\t") + b"\r\n",
        _GET + _AUTH + b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
        _GET.replace(b"HTTP/1.1\r\nHost: x", b"HTTP/1.0") + _AUTH + b"\r\n",
    ],
)
def test_what_can_be_read(harbor: FakeHarbor, sent: bytes) -> None:
    answer = _exchange(harbor, sent)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'"username":"admin"}\n')


def test_requests_in_a_row_on_one_connection(harbor: FakeHarbor) -> None:
    answer = _exchange(harbor, (_GET + _AUTH + b"\r\n") * 50)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 50
    body = b"PUT /api/v2.0/x HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
    assert _exchange(harbor, body * 3).count(b"HTTP/1.1 404 ") == 3


@pytest.mark.parametrize(
    ("version", "connection", "stays"),
    [
        (b"1.1", b"", True),
        (b"1.1", b"Connection: keep-alive\r\n", True),
        (b"1.1", b"Connection: x, Close\r\n", False),
        (b"1.0", b"", False),
        (b"1.0", b"Connection: Keep-Alive\r\n", True),
    ],
)
def test_who_stays_connected(harbor: FakeHarbor, version: bytes, connection: bytes, stays: bool) -> None:
    request = _GET.replace(b"1.1", version) + _AUTH + connection + b"\r\n"
    answer = _exchange(harbor, request * 2)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == (2 if stays else 1)
    assert (b"Connection: close\r\n" in answer) is not stays


def test_http_1_0_gets_no_chunks(harbor: FakeHarbor) -> None:
    target = b"/api/v2.0/users/current/permissions?scope=/project/1"
    answer = _exchange(harbor, b"GET " + target + b" HTTP/1.0\r\n" + _AUTH + b"\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"chunked" not in head
    assert f"Content-Length: {len(body)}".encode() in head
    assert len(body) > 2048


def test_expect_continue(harbor: FakeHarbor) -> None:
    head = b"PUT /api/v2.0/users/9 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
    for coding, body in ((b"Content-Length: 2\r\n\r\n", b"{}"), (b"Transfer-Encoding: chunked\r\n\r\n", b"0\r\n\r\n")):
        with Raw(harbor.host, harbor.port) as raw:
            raw.socket.sendall(head + coding)
            assert raw._until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
            raw.socket.sendall(body)
            assert raw.read().status == 422
            raw.socket.sendall(head + b"Content-Length: 2\r\n\r\n{}")  # told so even if it did not wait
            assert raw._until(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
            assert raw.read().status == 422


@pytest.mark.parametrize("method", [b"GET", b"PUT"])
def test_an_expectation_that_is_unknown(harbor: FakeHarbor, method: bytes) -> None:
    answer = _exchange(harbor, method + b" /api/v2.0/users HTTP/1.1\r\nHost: x\r\nExpect: foo\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 417 Expectation Failed\r\n")
    assert b"\r\nConnection: close\r\n" in head + b"\r\n"
    assert body == b""


def test_a_fragment_belongs_to_the_path(harbor: FakeHarbor) -> None:
    answer = _exchange(harbor, _GET.replace(b"/1 ", b"/1#x ") + _AUTH + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 422 ")
    assert rb"user_id in path must be of type int64: \"1#x\"" in answer


def test_a_large_body_is_read_whole(harbor: FakeHarbor) -> None:
    body = b'{"x":"' + b"x" * (3 << 20) + b'"}'
    with Api(harbor) as api:
        answer = api("PUT", "/users/9/sysadmin", headers={"Content-Type": "application/json"}, body=body)
        assert answer.error == ("NOT_FOUND", "user with id 9 not found")
        assert harbor.requests[-1].body == body
        harbor.requests.clear()


def test_random_bytes(harbor: FakeHarbor) -> None:
    chance = random.Random(1)
    for _ in range(150):
        request = bytearray(_GET + _AUTH + b"Content-Length: 4\r\n\r\n{}{}")
        for _ in range(chance.randrange(1, 6)):
            request[chance.randrange(len(request))] = chance.randrange(256)
        answer = _exchange(harbor, bytes(request))
        assert answer == b"" or answer.startswith(b"HTTP/1.1 "), request
    assert _alive(harbor)


def test_who_says_nothing_is_dropped() -> None:
    with FakeHarbor(idle_timeout=0.05) as harbor, Raw(harbor.host, harbor.port) as raw:
        assert raw.rest() == b""
        assert _alive(harbor)


def test_who_does_not_read_is_dropped() -> None:
    with FakeHarbor(idle_timeout=0.2) as harbor, Raw(harbor.host, harbor.port) as raw:
        harbor.add_users(100)
        request = b"GET /api/v2.0/users?page_size=100 HTTP/1.1\r\nHost: x\r\n" + _AUTH + b"\r\n"
        try:
            raw.socket.sendall(request * 1500)  # 30 MB of answers, which nobody takes
        except OSError:
            pass  # it has been dropped by now
        _wait(lambda: _connections(harbor) == 0)
        assert len(harbor.requests) < 1500
        assert _alive(harbor)


def _connections(harbor: FakeHarbor) -> int:
    assert harbor._server is not None
    return len(harbor._server._connections)


def test_500_connections_at_once() -> None:
    with FakeHarbor() as harbor:
        crowd = []
        for _ in range(500):
            raw = Raw(harbor.host, harbor.port)
            crowd.append(raw)
            try:
                raw.socket.sendall(_GET + _AUTH + b"Connection: close\r\n\r\n")
            except OSError:
                pass  # it was closed already
        outcomes = set()
        for raw in crowd:
            try:
                outcomes.add(raw.rest()[:12])
            except OSError:
                outcomes.add(b"")
            raw.__exit__()
        assert b"HTTP/1.1 200" in outcomes
        assert outcomes <= {b"HTTP/1.1 200", b""}
        assert _alive(harbor)


def test_running_out_of_descriptors() -> None:
    with FakeHarbor() as harbor:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with Raw(harbor.host, harbor.port) as before:
            assert before.request("GET", "/api/v2.0/users/1", auth=basic(*ADMIN)).status == 200
            lowest = os.dup(0)
            os.close(lowest)
            resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + 1, hard))
            try:
                client = Raw(harbor.host, harbor.port)  # takes the last one; the server has none for its side
                time.sleep(0.1)
                assert before.request("GET", "/api/v2.0/users/1", auth=basic(*ADMIN)).status == 200
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        with client:
            assert client.request("GET", "/api/v2.0/users/1", auth=basic(*ADMIN)).status == 200


def test_stop_frees_everything_at_once() -> None:
    threads, descriptors = set(threading.enumerate()), len(os.listdir("/proc/self/fd"))
    harbor = FakeHarbor().start()
    idle = [Raw(harbor.host, harbor.port) for _ in range(30)]
    for raw in idle[:10]:
        raw.socket.sendall(_GET)
    for raw in idle[10:20]:
        assert raw.request("GET", "/").status == 200
    port = harbor.port
    began = time.monotonic()
    harbor.stop()
    assert time.monotonic() - began < 5
    assert set(threading.enumerate()) <= threads
    for raw in idle:
        try:
            assert raw.rest() == b""
        except ConnectionResetError:
            pass  # what it sent had not been read
        raw.__exit__()
    assert len(os.listdir("/proc/self/fd")) <= descriptors  # what earlier tests dropped may have been collected
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), 5)


def test_many_servers_one_after_the_other() -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(30):
        with FakeHarbor() as harbor:
            assert _alive(harbor)
    assert len(os.listdir("/proc/self/fd")) <= descriptors


def test_users_created_by_many_threads_are_all_there() -> None:
    with FakeHarbor() as harbor:
        harbor.add_user("taken")
        statuses: list[int] = []

        def work(number: int) -> None:
            with Api(harbor) as api:
                for turn in range(10):
                    statuses.append(api.create(f"u{number}-{turn}").status)
                    statuses.append(api.create("taken").status)

        workers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(statuses) == [201] * 80 + [409] * 80
        with Api(harbor) as api:
            assert api("GET", "/users").header("X-Total-Count") == "81"
        assert len(harbor.requests) == 161


def _wait(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
