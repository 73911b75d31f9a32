"""F: proxies. Real ones; their credentials go to them and are shown nowhere."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import pytest

import harbor_client
from harbor_client.exceptions import (
    ApiException,
    ConnectionException,
    ProtocolException,
    ProxyException,
    TimeoutException,
    TLSException,
)
from support import tls
from support.calls import CALLS, WRITES, Call
from support.clients import GET, HANGING, PASSWORD, SHORT, caught, check, users
from support.faultserver import (
    OK,
    FaultServer,
    Step,
    again,
    cut,
    drip_for_ever,
    drip_raw,
    read_bytes,
    read_request,
    reply,
    reset,
    send,
    send_together,
    stall,
    user,
)
from support.proxy import Proxy, tunnel
from support.recorder import Hunt, assert_hidden, mark

SECRET = mark("proxy")
LOGIN = ("proxy-user", SECRET)
BASIC = "Basic " + base64.b64encode(":".join(LOGIN).encode()).decode()

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def ca(tmp_path: Path) -> str:
    return tls.ca_file(tmp_path)


@pytest.fixture(params=["http", "https"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def origin(scheme: str, steps: Any = None) -> FaultServer:
    return FaultServer([again(OK) if steps is None else steps], tls=tls.good_context() if scheme == "https" else None)


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_operation_goes_through(call: Call, scheme: str, ca: str) -> None:
    with origin(scheme, again(call.response)) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            call.make(api)
            call.make(api)
        server.settle()
        assert [request.target for request in server.requests] == ["/api/v2.0" + call.path] * 2
        if scheme == "http":
            assert proxy.forwarded == [server.url + call.path] * 2
        else:
            assert proxy.tunnels == [server.netloc]  # one tunnel serves both calls
            assert b"users" not in proxy.requests[0].head
            assert b"Authorization" not in proxy.requests[0].head


@pytest.mark.parametrize("given", ["by setting", "by environment"])
@pytest.mark.parametrize("proxy_scheme", ["http", "https"])
def test_authentication(
    given: str, proxy_scheme: str, scheme: str, tmp_path: Path, ca: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = tls.good_context() if proxy_scheme == "https" else None
    with origin(scheme) as server, Proxy(LOGIN, tls=context) as proxy:
        url = proxy.url_with(*LOGIN)
        settings: dict[str, Any] = {"ssl_ca_cert": ca}
        if given == "by setting":
            settings["proxy"] = url
        else:
            monkeypatch.setenv(f"{scheme}_proxy", url)
            settings["trust_env"] = True
        with users(server, **settings) as api:
            assert api.get_user(3).user_id == 3
            assert api.get_user(3).user_id == 3
            said = repr(api.api_client.configuration) + str(vars(api.api_client.rest_client)) + repr(api.api_client)
            said += repr(api.api_client.rest_client.transport.proxy)
        assert all(request.headers.get("proxy-authorization") == BASIC for request in proxy.requests)
        # The proxy's credentials do not reach the server, nor the server's a tunnel's proxy.
        assert not any("proxy-authorization" in request.headers for request in server.requests)
        hunt = Hunt({"proxy": SECRET})
        hunt.text("what arrived at the server", server.everything())
        hunt.text("representations", said)
        hunt.assert_nothing()
        if scheme == "https":
            hunt = Hunt({"password": PASSWORD})
            hunt.text("what arrived at the proxy", proxy.everything())
            hunt.assert_nothing()


@pytest.mark.parametrize("user", ["us%65r", "u%40ser", "u%3Aser", "%C3%BCser"])
def test_percent_encoded_credentials(user: str) -> None:
    from urllib.parse import unquote

    with origin("http") as server, Proxy((unquote(user), "p/w@x")) as proxy:
        with users(server, proxy=proxy.url_with(user, "p%2Fw%40x")) as api:
            assert api.get_user(3).user_id == 3


@pytest.mark.parametrize("login", [None, ("proxy-user", "wrong-" + SECRET)], ids=["none", "wrong"])
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_407(login: tuple[str, str] | None, call: Call, scheme: str, ca: str) -> None:
    with origin(scheme) as server, Proxy(LOGIN) as proxy:
        url = proxy.url_with(*login) if login else proxy.root
        with users(server, proxy=url, ssl_ca_cert=ca, retries=3) as api:
            error = caught(ProxyException, lambda: call.make(api))
        proxy.settle()
        assert len(proxy.requests) == 1
        assert not server.received
        assert error.status == 407
        assert "username" in error.hint
        assert_hidden(Hunt({"proxy": SECRET}), error)


REFUSALS: dict[str, bytes] = {
    "403": reply(b"not allowed", 403, kind="text/plain"),
    **{str(status): reply(b"", status) for status in (404, 405, 407, 429, 500)},
    "502": reply(b"<html>", 502, kind="text/html"),
    "503, Retry-After: 0": reply(b"", 503, "Retry-After: 0"),
    "302": reply(b"", 302, "Location: http://127.0.0.1:1/"),
    "without reason": reply(b"", "403"),
    "HTTP/1.0": reply(b"", 403, version="HTTP/1.0"),
}


@pytest.mark.parametrize("response", REFUSALS.values(), ids=REFUSALS.keys())
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_refused_connect(response: bytes, call: Call, ca: str) -> None:
    with FaultServer([again(response)]) as proxy, origin("https") as server:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, retries=2) as api:
            error = caught(ProxyException, lambda: call.make(api))
        proxy.settle()
        assert not server.received
        assert error.outcome == "not_sent" or error.status == 407
        assert error.hint
        assert {request.method for request in proxy.requests} == {"CONNECT"}
        assert b"Basic" not in proxy.everything()


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_server_that_the_proxy_cannot_reach_for_a_moment_is_waited_for(status: int, call: Call, ca: str) -> None:
    script = [reply(b"", status), lambda peer: tunnel(peer, peer.read_request().target)]
    with FaultServer(script) as proxy, origin("https", again(call.response)) as server:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, retries=1) as api:
            call.make(api)
        assert [request.method for request in proxy.requests] == ["CONNECT", "CONNECT"]
        assert server.methods == [call.method]


GARBLED: dict[str, list[Step]] = {
    "closes before": [],
    "closes": [read_request],
    "resets": [read_request, reset],
    "garbage": [b"garbage\r\n\r\n"],
    "half a header": [b"HTTP/1.1 200 Conn"],
    "no blank line": [b"HTTP/1.1 200 OK\r\n"],
    "bad header": [b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"],
    "status 99": [b"HTTP/1.1 99 OK\r\n\r\n"],
    "bytes of its own in the tunnel": [b"HTTP/1.1 200 OK\r\n\r\nhello, client"],
    "not TLS in the tunnel": [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 400 Bad\r\n\r\n"],
    "closes the tunnel": [b"HTTP/1.1 200 OK\r\n\r\n"],
    "says nothing": [stall],
    "says nothing in the tunnel": [
        b"HTTP/1.1 200 OK\r\n\r\n",
        lambda peer: peer.pause(60),
        lambda peer: peer.pause(60),
    ],
    "drips": [read_request, drip_for_ever(b"H")],
    "drips a header": [b"HTTP/1.1 200 OK\r\n", drip_for_ever(b"X-A: b\r\n")],
    "drips interim responses": [read_request, drip_for_ever(b"HTTP/1.1 100 Continue\r\n\r\n", 0.05)],
    "header without end": [read_request, drip_for_ever(b"X" * 65536, 0.001)],
}


@pytest.mark.parametrize("steps", GARBLED.values(), ids=GARBLED.keys())
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_garbled_connect(steps: list[Step], call: Call, ca: str) -> None:
    with FaultServer([steps]) as proxy, origin("https") as server:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, timeout=SHORT) as api:
            started = time.monotonic()
            error = caught(ConnectionException, lambda: call.make(api))
            assert time.monotonic() - started < HANGING
        proxy.settle()
        assert not server.received
        assert error.outcome == "not_sent"
        assert b"Basic" not in proxy.everything()


@pytest.mark.parametrize("name", ["closes before", "closes", "resets", "half a header", "no blank line"])
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_proxy_that_hangs_up_is_what_failed(name: str, call: Call, ca: str) -> None:
    with FaultServer([GARBLED[name]]) as proxy, origin("https") as server:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            error = caught(ProxyException, lambda: call.make(api))
        assert not server.received
    assert error.outcome == "not_sent"
    assert "NO_PROXY" in error.hint


NOT_THE_SERVERS_FAULT: dict[str, tuple[str, Any, str]] = {
    "speaks no TLS": ("https", [send(b"HTTP/1.1 400 Bad Request\r\n\r\n")], "TLS with the proxy failed"),
    "closes": ("https", [read_bytes(1)], "the proxy 127.0.0.1:"),
    "says nothing": ("https", [stall], "the TLS handshake with the proxy"),
    "speaks another protocol": ("http", [send(b"SSH-2.0-OpenSSH\r\n")], "the proxy did not open a tunnel"),
    "tunnels nowhere": ("http", [stall], "the proxy to connect"),
}


@pytest.mark.parametrize(("proxy_scheme", "steps", "text"), NOT_THE_SERVERS_FAULT.values(), ids=NOT_THE_SERVERS_FAULT)
def test_what_is_wrong_with_the_proxy_is_not_said_of_the_server(proxy_scheme: str, steps: Any, text: str) -> None:
    with FaultServer([steps]) as proxy, origin("https") as server:
        with users(server, proxy=f"{proxy_scheme}://{proxy.netloc}", timeout=SHORT * 4) as api:
            error = caught(ConnectionException, lambda: api.delete_user(3))
    assert text in error.reason
    assert server.netloc not in error.reason
    assert "NO_PROXY" in error.hint
    assert error.outcome == "not_sent"


def test_interim_response_to_connect_and_no_other(ca: str) -> None:
    with FaultServer([b"HTTP/1.1 100 Continue\r\n\r\n"]) as proxy, origin("https") as server:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, timeout=5) as api:
            error = caught(ConnectionException, lambda: api.get_user(3))
        assert error.outcome == "not_sent"


@pytest.mark.parametrize(
    "status",
    [
        "200",
        "201 Fine",
        "299 Whatever",
        "200 OK\r\nContent-Length: 10",
        "100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK",
    ],
)
def test_any_2xx_opens_the_tunnel(status: str, ca: str) -> None:
    """A length in it does not count (RFC 9110, 9.3.6), nor do interim responses before it."""
    import socket

    from support.faultserver import Peer
    from support.proxy import splice

    with origin("https") as server:

        def work(peer: Peer) -> None:
            peer.read_request()
            with socket.create_connection(("127.0.0.1", server.port)) as upstream:
                peer.send(f"HTTP/1.1 {status}\r\n\r\n".encode())
                splice(peer, upstream)

        with FaultServer([work]) as proxy, users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            assert api.get_user(3).user_id == 3


def test_connect_names_host_and_port(ca: str) -> None:
    with origin("https") as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            api.get_user(3)
        (request,) = proxy.requests
        assert request.line == f"CONNECT {server.netloc} HTTP/1.1"
        assert request.headers["host"] == server.netloc


def test_plain_request_names_the_servers_host() -> None:
    with origin("http") as server, Proxy() as proxy:
        with users(server, proxy=proxy.root) as api:
            api.get_user(3)
        (request,) = proxy.requests
        assert request.headers["host"] == server.netloc
        assert request.target == server.url + "/users/3"


UNREACHABLE = "127.0.0.1:1"


@pytest.mark.parametrize("proxy_scheme", ["http", "https"])
@pytest.mark.parametrize("call", [GET, WRITES[0]], ids=str)
def test_unreachable_proxy(proxy_scheme: str, call: Call, scheme: str, ca: str) -> None:
    with origin(scheme) as server:
        place = UNREACHABLE
        with users(server, proxy=f"{proxy_scheme}://{LOGIN[0]}:{SECRET}@{place}", ssl_ca_cert=ca) as api:
            error = caught(ProxyException, lambda: call.make(api))
        assert error.outcome == "not_sent"
        assert f"the proxy {place}" in error.reason
        assert error.hint
        assert_hidden(Hunt({"proxy": SECRET}), error)
        assert not server.received


def test_certificates_are_checked_through_the_tunnel(tmp_path: Path) -> None:
    other = tls.ca_file(tmp_path, tls.authority("other"), "other.pem")
    with origin("https") as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=other, retries=2) as api:
            error = caught(TLSException, lambda: api.delete_user(3))
        assert error.outcome == "not_sent"
        assert len(proxy.tunnels) == 1
        assert not server.requests
        assert "ssl_ca_cert" in error.hint


def test_certificate_of_the_proxy_is_checked(scheme: str, tmp_path: Path) -> None:
    other = tls.ca_file(tmp_path, tls.authority("other"), "other.pem")
    with origin(scheme) as server, Proxy(LOGIN, tls=tls.good_context()) as proxy:
        with users(server, proxy=proxy.url_with(*LOGIN), ssl_ca_cert=other) as api:
            error = caught(ConnectionException, lambda: api.delete_user(3))
        assert error.outcome == "not_sent"
        assert not server.received
        proxy.settle()
        assert not proxy.everything()


def test_idle_tunnel_closed_is_replaced(ca: str) -> None:
    with FaultServer([OK], tls=tls.good_context()) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            for number in range(3):
                assert api.get_user(3).user_id == 3
                assert server.wait_closed(number)
                assert proxy.wait_closed(number)
        assert len(proxy.tunnels) == 3


WITHIN_TLS: dict[str, tuple[list[Step], type[ApiException]]] = {
    "cut before the goodbye": ([reply(user(), length=None), cut], ProtocolException),
    "cut inside the body": ([OK[:-5], cut], ProtocolException),
    "says nothing": ([stall], TimeoutException),
    "drips": ([read_request, drip_for_ever(b"H")], ProtocolException),
    "drips a good header": ([b"HTTP/1.1 200 OK\r\n", drip_for_ever(b"X-A: b\r\n")], TimeoutException),
    "drips a record": ([read_request, drip_raw(b"\x17\x03\x03\x40\x00" + b"a" * 16_384)], TimeoutException),
}


@pytest.mark.parametrize(("steps", "kind"), WITHIN_TLS.values(), ids=WITHIN_TLS.keys())
@pytest.mark.parametrize("proxy_scheme", ["none", "http", "https"])
def test_faults_within_tls(steps: list[Step], kind: type[ApiException], proxy_scheme: str, ca: str) -> None:
    """The same whether TLS goes to the server, through a tunnel, or through a tunnel inside another TLS."""
    context = tls.good_context() if proxy_scheme == "https" else None
    timeout = SHORT * 3 if kind is TimeoutException else HANGING
    with origin("https", steps) as server, Proxy(tls=context) as proxy:
        settings = {} if proxy_scheme == "none" else {"proxy": proxy.root}
        with users(server, ssl_ca_cert=ca, timeout=timeout, **settings) as api:
            started = time.monotonic()
            caught(kind, lambda: api.get_user(3))
            assert time.monotonic() - started < HANGING


@pytest.mark.parametrize("proxy_scheme", ["http", "https"])
def test_deadline_of_the_handshake_in_a_tunnel(proxy_scheme: str, ca: str) -> None:
    context = tls.good_context() if proxy_scheme == "https" else None
    steps: list[Step] = [read_bytes(50), drip_raw(b"\x16\x03\x03\x40\x00" + b"\x02" * 16_384)]
    with FaultServer([steps]) as server, Proxy(tls=context) as proxy:
        with users(f"https://{server.netloc}/", proxy=proxy.root, ssl_ca_cert=ca, timeout=SHORT * 3) as api:
            started = time.monotonic()
            error = caught(TimeoutException, lambda: api.delete_user(3))
            assert time.monotonic() - started < HANGING
        assert error.outcome == "not_sent"


@pytest.mark.parametrize("proxy_scheme", ["none", "http", "https"])
def test_records_after_an_response_never_become_the_next_one(proxy_scheme: str, ca: str) -> None:
    """They may have been received already, in one of two layers of TLS, when nothing waits at the socket any more."""
    context = tls.good_context() if proxy_scheme == "https" else None
    script = again(read_request, send_together(OK, reply(user(66, "mallory"))))
    with origin("https", script) as server, Proxy(tls=context) as proxy:
        settings = {} if proxy_scheme == "none" else {"proxy": proxy.root}
        with users(server, ssl_ca_cert=ca, **settings) as api:
            assert [api.get_user(3).user_id for _ in range(4)] == [3] * 4


def test_large_write_inside_two_layers_of_tls(ca: str) -> None:
    comment = "c" * 1_000_000
    with origin("https", again(reply())) as server, Proxy(tls=tls.good_context()) as proxy:
        with users(server, ssl_ca_cert=ca, proxy=proxy.root) as api:
            api.update_user_profile(3, {"comment": comment})
        assert server.requests[0].body == f'{{"comment": "{comment}"}}'.encode()


def test_deadline_through_a_tunnel(ca: str) -> None:
    with FaultServer([stall], tls=tls.good_context()) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, timeout=SHORT) as api:
            error = caught(TimeoutException, lambda: api.delete_user(3))
        assert error.outcome == "unknown"


def test_faults_behind_a_proxy_are_the_same(scheme: str, ca: str) -> None:
    with origin(scheme, [OK[:-5]]) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            error = caught(ConnectionException, lambda: api.get_user(3))
            check(error, server)
        assert error.outcome == "unknown"


def test_write_behind_a_failing_proxy_is_sent_once(scheme: str, ca: str) -> None:
    with origin(scheme, [read_request]) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca, retries=3) as api:
            with pytest.raises(ApiException) as wrong:
                api.delete_user(3)
        server.settle()
        assert len(server.whole) == 1
        assert wrong.value.outcome != "not_sent"


def test_no_proxy_error_when_the_server_says_502(ca: str) -> None:
    with origin("https", again(reply(b"", 502))) as server, Proxy() as proxy:
        with users(server, proxy=proxy.root, ssl_ca_cert=ca) as api:
            error = caught(ApiException, lambda: api.get_user(3))
        assert error.status == 502


# ------------------------------------------------------------------------------------------------------ environment


def way(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], url_host: str = "127.0.0.1", **settings: Any) -> str:
    """Which way a call goes with these variables: ``"direct"``, ``"proxy"`` or ``"other"``."""
    with origin("http") as server, Proxy() as proxy, Proxy() as other:
        places = {"proxy": proxy.root, "bare": proxy.netloc, "other": other.root, "port": str(server.port)}
        for name, value in environ.items():
            monkeypatch.setenv(name, value.format(**places))
        for name, value in settings.items():
            if isinstance(value, str):
                settings[name] = value.format(**places)
        with users(server.url.replace("127.0.0.1", url_host), **{"trust_env": True, **settings}) as api:
            assert api.get_user(3).user_id == 3
        if proxy.forwarded:
            return "proxy"
        return "other" if other.forwarded else "direct"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "direct"),
        ({"HTTP_PROXY": "{proxy}"}, "proxy"),
        ({"http_proxy": "{proxy}"}, "proxy"),
        ({"ALL_PROXY": "{proxy}"}, "proxy"),
        ({"all_proxy": "{proxy}"}, "proxy"),
        ({"HTTPS_PROXY": "{proxy}"}, "direct"),
        ({"HTTP_PROXY": "{bare}"}, "proxy"),
        ({"HTTP_PROXY": "{proxy}/"}, "proxy"),
        ({"HTTP_PROXY": ""}, "direct"),
        ({"HTTP_PROXY": "  "}, "direct"),
        ({"HTTP_PROXY": "", "ALL_PROXY": "{proxy}"}, "proxy"),
        ({"HTTP_PROXY": "{proxy}", "ALL_PROXY": "{other}"}, "proxy"),
        ({"http_proxy": "{proxy}", "HTTP_PROXY": "{other}"}, "proxy"),
        ({"HTTP_PROXY": "{proxy}", "REQUEST_METHOD": "GET"}, "direct"),
    ],
    ids=lambda part: " ".join(f"{k}={v}" for k, v in part.items()) if isinstance(part, dict) else part,
)
def test_variables(environ: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert way(monkeypatch, environ) == expected


@pytest.mark.parametrize(
    ("no_proxy", "host", "expected"),
    [
        (" , ,127.0.0.1", "127.0.0.1", "direct"),
        ("127.0.0.1:{port}", "127.0.0.1", "direct"),
        ("127.0.0.1:1", "127.0.0.1", "proxy"),
        ("", "127.0.0.1", "proxy"),
        (".localhost", "LocalHost", "direct"),
        ("localhost:1", "localhost", "proxy"),
    ],
)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy(no_proxy: str, host: str, expected: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert way(monkeypatch, {"HTTP_PROXY": "{proxy}", name: no_proxy}, host) == expected


@pytest.mark.parametrize(
    ("host", "port", "no_proxy", "expected"),
    [
        ("harbor.example.com", 443, "example.com", True),
        ("harbor.example.com", 443, ".example.com", True),
        ("harbor.example.com", 443, "*.example.com", True),
        ("harbor.example.com", 443, "harbor.example.com", True),
        ("harbor.example.com.", 443, "example.com", True),
        ("HARBOR.Example.COM", 443, "example.com", True),
        ("harbor.example.com", 443, "EXAMPLE.COM", True),
        ("harbor.example.com", 443, "example.com:443", True),
        ("harbor.example.com", 443, ".example.com:443", True),
        ("harbor.example.com", 8443, "example.com:443", False),
        ("harbor.example.com", 443, "le.com", False),
        ("harborexample.com", 443, "example.com", False),
        ("example.com.evil.org", 443, "example.com", False),
        ("example.com", 443, ".example.com", True),
        ("harbor.example.com", 443, "com", True),
        ("10.1.2.3", 443, "10.0.0.0/8", True),
        ("10.1.2.3", 443, "10.1.2.3", True),
        ("10.1.2.3", 443, "10.1.2.0/24", True),
        ("11.1.2.3", 443, "10.0.0.0/8", False),
        ("10.1.2.30", 443, "10.1.2.3", False),
        ("10.1.2.3", 443, "10.1.2", False),
        ("::1", 443, "::1", True),
        ("::1", 443, "[::1]", True),
        ("::1", 443, "[::1]:443", True),
        ("::1", 443, "[::1]:80", False),
        ("0:0:0:0:0:0:0:1", 443, "::1", True),
        ("fd00::1", 443, "fd00::/8", True),
        ("fe80::1", 443, "fd00::/8", False),
        ("fd00::1", 443, "10.0.0.0/8", False),
        ("10.1.2.3", 443, "fd00::/8", False),
        *(("127.0.0.1", 80, entry, True) for entry in ("*", "other.example,127.0.0.1,", "127.0.0.0/8", "127.0.0.1/32")),
        *(("127.0.0.1", 80, entry, False) for entry in ("127.0.0.2", "0.0.1", ".0.0.1", "7.0.0.1", "127.0.0.0/99")),
        *(("127.0.0.1", 80, entry, False) for entry in ("nonsense/8", "::1", "localhost")),
        *(("localhost", 80, entry, False) for entry in ("host", "calhost", "127.0.0.1", "127.0.0.0/8")),
        ("localhost", 80, "localhost.", True),
    ],
)
def test_no_proxy_of_hosts_that_are_not_here(host: str, port: int, no_proxy: str, expected: bool) -> None:
    """The same rule for names and networks that a test cannot reach."""
    from harbor_client._transport.proxies import bypassed

    assert bypassed(host, port, no_proxy) is expected


def test_environment_is_not_read_when_it_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert way(monkeypatch, {"HTTP_PROXY": "{proxy}", "ALL_PROXY": "{proxy}"}, trust_env=False) == "direct"


def test_setting_beats_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"HTTP_PROXY": "{other}", "NO_PROXY": "*"}
    assert way(monkeypatch, environ, proxy="{proxy}") == "proxy"
    assert way(monkeypatch, environ, proxy="{proxy}", trust_env=False) == "proxy"


@pytest.mark.parametrize(
    "value",
    [
        "socks5://{login}127.0.0.1:1080",
        "ftp://{login}127.0.0.1:21",
        "http://{login}",
        "http://{login}127.0.0.1:99999",
        "http://{login}127.0.0.1:abc",
        "http://{login}[::1",
        "http://{login}127.0.0.1 :80",
        "://",
        "http://",
    ],
)
@pytest.mark.parametrize("given", ["by setting", "by environment"])
def test_wrong_proxy_is_an_error_that_names_the_setting(
    value: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = value.format(login=f"{LOGIN[0]}:{SECRET}@")
    with origin("http") as server:
        settings: dict[str, Any] = {"proxy": value} if given == "by setting" else {"trust_env": True}
        if given == "by environment":
            monkeypatch.setenv("HTTP_PROXY", value)
        with pytest.raises((ValueError, TypeError)) as wrong, users(server, **settings) as api:
            api.get_user(3)
        assert ("proxy" if given == "by setting" else "HTTP_PROXY") in str(wrong.value)
        assert_hidden(Hunt({"proxy": SECRET}), wrong.value)
        assert not server.received


def test_short_deadline_covers_the_way_to_the_proxy() -> None:
    with origin("http") as server, FaultServer([lambda peer: peer.pause(60)]) as proxy:
        with users(server, proxy=proxy.root, timeout=SHORT) as api:
            caught(TimeoutException, lambda: api.get_user(3))


def test_configuration_with_a_proxy_shows_no_password() -> None:
    configuration = harbor_client.Configuration(proxy=f"http://{LOGIN[0]}:{SECRET}@127.0.0.1:1")
    hunt = Hunt({"proxy": SECRET})
    hunt.text("repr", repr(configuration))
    hunt.text("str", str(configuration))
    hunt.text("report", configuration.to_debug_report())
    hunt.assert_nothing()


@pytest.mark.parametrize("scheme", ["socks5h", "socks5", "socks4a", "socks4"])
def test_a_socks_proxy_needs_pysocks(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"^proxy: .*PySocks.*harbor-registry-client\[socks\]"):
        harbor_client.Configuration(proxy=f"{scheme}://jo:s3cret@127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", f"{scheme}://jo:s3cret@127.0.0.1:1")
    with pytest.raises(ValueError, match="^ALL_PROXY: .*PySocks") as caught:
        harbor_client.ApiClient(harbor_client.Configuration(host="http://harbor.example/api/v2.0"))
    assert "s3cret" not in str(caught.value)
