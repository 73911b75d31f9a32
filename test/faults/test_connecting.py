"""C and E: what never left is sent again for some seconds; errors of connecting say what failed."""

from __future__ import annotations

import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool, PoolManager

from harbor_client._transport.policy import UNSENT_PERIOD
from harbor_client.exceptions import ConnectionException, TimeoutException, UnexpectedResponseException
from support import tls
from support.calls import BY_NAME, Call
from support.clients import GET, fails, users
from support.faultserver import OK, FaultServer, handshake, ignore, read_request, reply, reset

CREATE = BY_NAME["create_user"]


@contextmanager
def coming_back(script: list[Any], after: float) -> Iterator[tuple[str, queue.Queue[FaultServer]]]:
    """The URL of a server that refuses connections for some time, and the server once it accepts them."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    servers: queue.Queue[FaultServer] = queue.Queue()
    over = threading.Event()

    def come_back() -> None:
        over.wait(after)
        with FaultServer(script, bound=bound) as server:
            servers.put(server)
            over.wait(60)

    thread = threading.Thread(target=come_back)
    thread.start()
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/api/v2.0", servers
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("call", [GET, CREATE], ids=str)
def test_a_server_that_is_down_for_a_moment_is_waited_for(call: Call) -> None:
    with coming_back([call.response], 1.0) as (url, servers), users(url, retries=1) as api:
        call.make(api)
        assert [request.method for request in servers.get(timeout=60).whole] == [call.method]


def test_the_last_try_comes_at_the_end_of_the_period() -> None:
    with coming_back([CREATE.response], 60) as (url, _), users(url, retries=1) as api:
        started = time.monotonic()
        with pytest.raises(ConnectionException):
            CREATE.make(api)
        assert time.monotonic() - started >= UNSENT_PERIOD


def test_a_get_survives_a_restart_that_cuts_it_off() -> None:
    """The connection breaks after the request has arrived, then the server is down for a moment."""
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    with FaultServer([read_request, OK], bound=bound) as server, users(server, retries=1) as api:
        assert api.get_user(3).username == "alice"
        assert len(server.requests) == 2


@pytest.mark.parametrize(("retries", "timeout"), [(0, 30.0), (2, 0.5)])
def test_what_never_left_is_an_error_at_once(retries: int, timeout: float) -> None:
    """Without repeats, or where another wait does not fit into the deadline."""
    with coming_back([CREATE.response], 60) as (url, _), users(url, retries=retries, timeout=timeout) as api:
        started = time.monotonic()
        with pytest.raises(ConnectionException) as caught:
            CREATE.make(api)
        assert time.monotonic() - started < 4
    assert caught.value.outcome == "not_sent"
    assert "HARBOR_URL" in (caught.value.hint or "")


def test_what_may_have_left_is_not_sent_again() -> None:
    with FaultServer([[read_request, reset], CREATE.response]) as server, users(server, retries=2) as api:
        with pytest.raises(ConnectionException) as caught:
            CREATE.make(api)
        assert (caught.value.outcome, len(server.requests)) == ("unknown", 1)


@pytest.mark.parametrize("call", [GET, CREATE], ids=["read", "write"])
def test_a_name_that_does_not_exist_is_not_waited_for(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, *_: object) -> list[object]:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with users("http://harbor.example/api/v2.0", retries=2) as api:
        with pytest.raises(ConnectionException, match="looking up the name of harbor.example:80 failed"):
            call.make(api)
    assert asked == ["harbor.example"]


def test_what_a_guard_of_a_test_raises_comes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoNetwork(RuntimeError):
        pass

    def getaddrinfo(*_: object) -> list[object]:
        raise NoNetwork("this test must not use the network")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with users("http://harbor.example/api/v2.0") as api, pytest.raises(NoNetwork):
        GET.make(api)


def test_a_name_without_addresses_is_no_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    with users("http://harbor.example/api/v2.0") as api:
        with pytest.raises(ConnectionException, match="looking up the name of harbor.example:80 failed") as caught:
            GET.make(api)
    assert not isinstance(caught.value, TimeoutException)
    assert caught.value.outcome == "not_sent"


def test_a_tls_handshake_that_never_ends_is_called_one() -> None:
    with FaultServer([ignore]) as server:
        url = server.url.replace("http://", "https://")
        with users(url, timeout=0.5) as api, pytest.raises(TimeoutException, match="TLS handshake") as caught:
            CREATE.make(api)
    assert caught.value.outcome == "not_sent"
    assert "http://" in (caught.value.hint or "")


@pytest.mark.parametrize("call", [GET, CREATE], ids=str)
def test_a_server_that_is_silent_for_a_moment_is_waited_for(call: Call, tmp_path: Path) -> None:
    script = [[ignore], [handshake(tls.good_context()), call.response]]
    with FaultServer(script) as server:
        url = server.url.replace("http://", "https://")
        with users(url, timeout=30, connect_timeout=0.5, retries=1, ssl_ca_cert=tls.ca_file(tmp_path)) as api:
            call.make(api)
        assert server.methods == [call.method]


def test_the_zone_of_an_address_is_not_in_the_host_field() -> None:
    from harbor_client._transport.http1 import authority_of

    assert authority_of("http", "::1%1", 8080) == "[::1]:8080"
    assert authority_of("https", "fe80::1%eth0", 443) == "[fe80::1]"


@pytest.mark.parametrize("host", ["[::1%251]", "[::1]"])
def test_the_zone_of_an_address_is_part_of_where_to_connect(host: str) -> None:
    with users(f"http://{host}:1/api/v2.0", retries=0) as api:
        with pytest.raises(ConnectionException, match="connecting to ::1(%1)?:1 failed") as caught:
            GET.make(api)
    assert isinstance(caught.value.__cause__, OSError)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>not here</html>",
        {"message": "no route"},
        {"errors": []},
        {"errors": [{"message": "no route"}]},
        {"errors": [{"code": 404, "message": "no route"}]},
    ],
    ids=repr,
)
@pytest.mark.parametrize("call", [GET, CREATE], ids=str)
def test_a_404_that_is_not_harbors_is_not_a_missing_user(body: object, call: Call) -> None:
    error = fails([reply(body, 404)], UnexpectedResponseException, call).error
    assert (error.status, error.outcome) == (404, "answered")
    assert "/api/v2.0" in error.hint
    assert "HARBOR_URL" in error.hint


@pytest.mark.parametrize("name", ["stra\u00dfe.example", "\u03b2\u03c2.example", "a\u200db.example"])
def test_names_that_would_be_looked_up_as_others_are_refused(name: str) -> None:
    """Python knows IDNA 2003 only, which makes strasse.example of stra\u00dfe.example."""
    with users("http://127.0.0.1:1/api/v2.0") as api:
        with pytest.raises(ValueError, match="xn--"):
            api.api_client.rest_client.GET(f"http://{name}/api/v2.0/users/3")
        with pytest.raises(ValueError, match=r"^proxy: .*xn--"):
            api.api_client.configuration.proxy = f"http://{name}:3128"


@pytest.mark.parametrize("call", [GET, CREATE], ids=str)
def test_pools_of_a_script_for_a_server_that_is_down(call: Call) -> None:
    class Pool(HTTPConnectionPool):
        pass

    manager = PoolManager()
    manager.pool_classes_by_scheme = {"http": Pool}
    with users("http://127.0.0.1:1/api/v2.0", retries=0) as api:
        api.api_client.rest_client.pool_manager = manager
        with pytest.raises(ConnectionException, match="Connection refused") as caught:
            call.make(api)
    assert type(caught.value) is ConnectionException
    assert caught.value.outcome == "not_sent"


@pytest.mark.parametrize(
    "place", ["urllib3.util.connection.create_connection", "urllib3.connection.HTTPConnection._new_conn"]
)
def test_who_patches_how_urllib3_connects_is_called(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As tests do that lead a name to an address of their own."""
    with FaultServer([[OK], [OK]]) as server, users(f"http://harbor.example:{server.port}/api/v2.0") as api:
        monkeypatch.setattr(place, lambda *_, **__: socket.create_connection(("127.0.0.1", server.port)))
        assert api.get_user(3).username == "alice"
        assert len(server.requests) == 1
    with FaultServer([[OK]]) as server, users(server) as api:
        monkeypatch.undo()
        assert api.get_user(3).username == "alice"


@pytest.mark.parametrize(
    "place",
    [
        "http.client.HTTPConnection.send",
        "http.client.HTTPResponse.begin",
        "socket.socket",
        "urllib3.connectionpool.HTTPConnectionPool._get_conn",
        "urllib3.PoolManager.request_encode_url",
    ],
)
def test_nothing_goes_out_behind_the_back_of_who_patches_any_entry(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Seen(Exception):
        pass

    def see(*_: Any, **__: Any) -> None:
        raise Seen

    with FaultServer([[OK]]) as server, users(server) as api:
        monkeypatch.setattr(place, see)
        with pytest.raises(Seen):
            api.get_user(3)
        monkeypatch.undo()
        assert api.get_user(3).username == "alice"
