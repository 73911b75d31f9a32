"""B: the response is the caller's own: interim responses, bytes too many, connections that ended while idle."""

from __future__ import annotations

import threading

import pytest

from harbor_client.exceptions import ConnectionException, ProtocolException
from support.calls import BY_NAME, CALLS, READS, Call
from support.clients import fails, users
from support.faultserver import (
    OK,
    FaultServer,
    Request,
    again,
    drip_for_ever,
    flood,
    hold,
    in_chunks,
    read_request,
    reply,
    reset,
    respond,
    send,
    stall,
    user,
)


def own(request: Request) -> bytes:
    """The right response to whoever asks for a user by id."""
    return reply(user(int(request.target.rpartition("/")[2])))


def asks_in_turn(server: FaultServer, **settings: object) -> None:
    with users(server, **settings) as api:
        assert [api.get_user(number).user_id for number in (3, 4, 5, 6)] == [3, 4, 5, 6]


INTERIM = {
    "100": b"HTTP/1.1 100 Continue\r\n\r\n",
    "100 with fields": b"HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\n",
    "100 without reason": b"HTTP/1.1 100\r\n\r\n",
    "102": b"HTTP/1.1 102 Processing\r\n\r\n",
    "103": b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n",
    "103 twice": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 2,
    "103 with a length that it cannot have": b"HTTP/1.1 103 Early Hints\r\nContent-Length: 500\r\n\r\n",
    "100, 102, 103": b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\n\r\n",
    "ten of them": b"HTTP/1.1 103 Early Hints\r\n\r\n" * 10,
    "199": b"HTTP/1.1 199 What\r\n\r\n",
}


@pytest.mark.parametrize("interim", INTERIM.values(), ids=INTERIM.keys())
@pytest.mark.parametrize("apart", [False, True], ids=["in one piece", "in pieces"])
def test_interim_responses_are_passed_over(interim: bytes, apart: bool) -> None:
    if apart:
        step = again(send(b""), respond(lambda request: interim), send(reply(user(4))))
        with FaultServer([step]) as server, users(server) as api:
            assert [api.get_user(4).user_id for _ in range(3)] == [4, 4, 4]
            assert server.connections == 1
    else:
        with FaultServer([again(respond(lambda request: interim + own(request)))]) as server:
            asks_in_turn(server)
            assert server.connections == 1


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_operation_passes_over_a_103(call: Call) -> None:
    with FaultServer([again(INTERIM["103"] + call.response)]) as server, users(server) as api:
        first, second = call.make(api), call.make(api)
        assert first == second
        assert server.connections == 1


@pytest.mark.parametrize(
    "response",
    {
        "101": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n" + OK,
        "101 after 100": b"HTTP/1.1 100 C\r\n\r\nHTTP/1.1 101 S\r\nUpgrade: x\r\n\r\n" + OK,
        "only 100, then closed": b"HTTP/1.1 100 Continue\r\n\r\n",
        "103 cut": b"HTTP/1.1 103 Early Hints\r\nLink: </x",
        "103, garbage": b"HTTP/1.1 103 E\r\n\r\nnot HTTP\r\n\r\n",
        "103, half a response": b"HTTP/1.1 103 E\r\n\r\n" + OK[:-10],
        "103 malformed": b"HTTP/1.1 103 E\r\nnonsense\r\n\r\n" + OK,
    }.items(),
    ids=lambda case: case[0],
)
@pytest.mark.parametrize("call", [BY_NAME["get_user"], BY_NAME["delete_user"]], ids=str)
def test_bad_interim_responses_are_errors(response: tuple[str, bytes], call: Call) -> None:
    failed = fails([response[1]], ProtocolException, call)
    assert failed.error.outcome == "unknown"


def test_endless_interim_responses_are_an_error_at_once() -> None:
    failed = fails([[lambda peer: peer.read_request() and None, flood(INTERIM["103"])]], ProtocolException)
    assert failed.seen == 1


def test_dripping_interim_responses_end_with_the_deadline() -> None:
    failed = fails(
        [[lambda peer: peer.read_request() and None, drip_for_ever(INTERIM["100"], 0.05)]],
        ConnectionException,
        exact=False,
        timeout=0.3,
    )
    assert failed.error.outcome == "unknown"


EXTRA = {
    "a byte": b"x",
    "CRLF": b"\r\n",
    "another response": reply(user(99, "mallory")),
    "another response, twice": reply(user(99, "mallory")) * 2,
    "half a response": reply(user(99, "mallory"))[:40],
    "an interim response": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "100 KB": b"x" * 100_000,
    "a goodbye of TLS": b"\x15\x03\x03\x00\x02\x01\x00",
}


@pytest.mark.parametrize("extra", EXTRA.values(), ids=EXTRA.keys())
@pytest.mark.parametrize("framing", ["length", "chunked", "no body"])
def test_bytes_after_an_response_never_become_the_next_one(extra: bytes, framing: str) -> None:
    def response(request: Request) -> bytes:
        if request.method == "PUT":
            return reply() + extra
        if framing == "chunked":
            body = own(request).partition(b"\r\n\r\n")[2]
            return in_chunks(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)) + extra
        return own(request) + extra

    with FaultServer([again(respond(response))]) as server, users(server) as api:
        for number in (3, 4, 5, 6):
            if framing == "no body":
                assert BY_NAME["set_user_sys_admin"].make(api) is None
            else:
                assert api.get_user(number).user_id == number
        assert server.connections == 4


@pytest.mark.parametrize("framing", ["Content-Length: 5", "Transfer-Encoding: chunked"])
def test_204_that_announces_a_body_ends_the_connection(framing: str) -> None:
    """Where that body ends, and when it comes, nobody knows: what is read next may be a part of it."""
    late = [reply(b"", 204, framing, length=None), read_request, send(reply(user(99, "mallory"))), stall]
    with FaultServer([late, [again(respond(own))]]) as server, users(server) as api:
        assert api.delete_user(3) is None
        assert api.get_user(4).user_id == 4
        assert server.connections == 2


def test_204_without_a_body_keeps_the_connection() -> None:
    steps = [reply(b"", 204, length=None), reply(b"", 204, "Content-Length: 0", length=None), again(respond(own))]
    with FaultServer([steps]) as server, users(server) as api:
        assert api.delete_user(3) is None
        assert api.delete_user(3) is None
        assert api.get_user(4).user_id == 4
        assert server.connections == 1


def test_bytes_that_come_after_the_call_never_become_the_next_response() -> None:
    late, sent = threading.Event(), threading.Event()

    def say(peer: object) -> None:
        sent.set()

    script = [[OK, hold(late), send(reply(user(99, "mallory"))), say, stall], [again(respond(own))]]
    with FaultServer(script) as server, users(server) as api:
        assert api.get_user(3).user_id == 3
        late.set()
        assert sent.wait(20)
        assert [api.get_user(number).user_id for number in (4, 5)] == [4, 5]


def test_408_said_while_idle_is_not_the_next_response() -> None:
    """nginx and HAProxy say it before they close an idle connection."""
    script = [[OK, send(reply(b"", 408, "Connection: close"))], [again(respond(own))]]
    with FaultServer(script) as server, users(server) as api:
        assert api.get_user(3).user_id == 3
        assert server.wait_closed(0)
        assert api.get_user(4).user_id == 4


@pytest.mark.parametrize("call", CALLS, ids=str)
@pytest.mark.parametrize("ending", ["FIN", "RST"])
def test_connection_closed_while_idle_is_replaced(call: Call, ending: str) -> None:
    """For writes, too: nothing of the request has left on the dead one."""
    steps = [call.response, reset] if ending == "RST" else [call.response]
    with FaultServer([steps]) as server, users(server) as api:
        for number in range(4):
            call.make(api)
            assert server.wait_closed(number)
        assert [request.whole for request in server.requests] == [True] * 4
        assert server.connections == 4


def test_many_idle_connections_closed_at_once_are_replaced() -> None:
    """A restart of the server: none of the dead connections in the pool costs a call its retries."""
    gate = threading.Barrier(8)

    def response(request: Request) -> bytes:
        if request.target.endswith("/users/3"):
            gate.wait(20)
        return own(request)

    with FaultServer([respond(response)]) as server, users(server, connection_pool_maxsize=8) as api:
        pending = [api.get_user(3, async_req=True) for _ in range(8)]
        assert [one.get(20).user_id for one in pending] == [3] * 8
        assert all(server.wait_closed(number) for number in range(8))
        assert api.get_user(4).user_id == 4
        assert BY_NAME["delete_user"].make is not None
        assert server.wait_closed(8)
        assert api.get_user(5).user_id == 5


@pytest.mark.parametrize("call", READS, ids=str)
def test_failed_exchange_leaves_no_connection_behind(call: Call) -> None:
    script = [[call.response[:-5]], [again(call.response)]]
    with FaultServer(script) as server, users(server) as api:
        with pytest.raises(ConnectionException):
            call.make(api)
        call.make(api)
        assert server.connections == 2


def test_error_responses_keep_the_connection() -> None:
    response = reply({"errors": [{"code": "NOT_FOUND", "message": "user 3 not found"}]}, 404)
    with FaultServer([again(response)]) as server, users(server) as api:
        from harbor_client.exceptions import NotFoundException

        for _ in range(3):
            with pytest.raises(NotFoundException):
                api.get_user(3)
        assert server.connections == 1


def test_head_has_no_body() -> None:
    """HEAD by way of the generic entry: Harbor responses 405 and no body, whatever Content-Length says."""
    import harbor_client

    head = b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 100\r\n\r\n"
    with FaultServer([[head, again(OK)]]) as server, users(server) as api:
        with pytest.raises(harbor_client.ApiException) as caught:
            api.api_client.call_api("/users/3", "HEAD", response_type=None, auth_settings=["basic"])
        assert caught.value.status == 405
        assert api.get_user(3).user_id == 3


def test_idle_connections_are_probed() -> None:
    """A NAT that has forgotten a connection tells nobody: the probes notice."""
    import socket

    with FaultServer([[OK, OK]]) as server, users(server) as api:
        api.get_user(3)
        (route,) = api.api_client.rest_client.transport._routes.values()
        connection = route.pool.pool.get()
        assert connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
        assert connection.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        connection.close()
