"""E: writes happen once; only GETs are repeated, and only after what may pass; the outcome is right."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from harbor_client.exceptions import (
    ApiException,
    ConnectionException,
    ProtocolException,
    ServiceException,
    TimeoutException,
    TooManyRequestsException,
    UnauthorizedException,
)
from support.calls import BY_NAME, CALLS, LARGE, READS, WRITES, Call
from support.clients import GET, SHORT, fails, succeeds, users
from support.faultserver import (
    OK,
    FaultServer,
    Step,
    again,
    failure,
    ignore,
    read_bytes,
    read_head,
    read_request,
    reply,
    reset,
    send,
    stall,
)

CREATE = BY_NAME["create_user"]

# What the server does after all of a request has arrived, and the outcome that can be known.
AFTER: dict[str, tuple[list[Step], str]] = {
    "closes": ([read_request], "unknown"),
    "resets": ([read_request, reset], "unknown"),
    "says nothing": ([stall], "unknown"),
    "says one byte": ([b"H"], "unknown"),
    "cuts the header": ([b"HTTP/1.1 201 Created\r\nLocation: /api"], "unknown"),
    "cuts the header and resets": ([b"HTTP/1.1 201 Created\r\nLocation: /api", reset], "unknown"),
    "cuts the body": ([reply(b"x", 200, length=10)], "unknown"),
    "resets in the body": ([reply(b"x", 200, length=10), reset], "unknown"),
    "stalls in the body": ([reply(b"x", 200, length=10), stall], "unknown"),
    "talks garbage": ([b"garbage\r\n\r\n"], "unknown"),
    "100 and closes": ([b"HTTP/1.1 100 Continue\r\n\r\n"], "unknown"),
    "100 and says nothing": ([b"HTTP/1.1 100 Continue\r\n\r\n", stall], "unknown"),
    "101": ([b"HTTP/1.1 101 Switching\r\n\r\n"], "unknown"),
    **{str(status): ([reply(b"", status)], "answered") for status in (400, 401, 403, 404, 408, 409, 425, 429, 500)},
    "429, Retry-After: 0": ([reply(b"", 429, "Retry-After: 0")], "answered"),
    "500, a text": ([reply(b"Internal Server Error", 500, kind="text/plain")], "unknown"),
    "500, a page": ([reply(b"<!doctype html><html>", 500, kind="text/html")], "unknown"),
    "502": ([reply(b"<html>", 502)], "unknown"),
    **{str(status): ([reply(b"", status, "Retry-After: 0")], "unknown") for status in (503, 504)},
    "504 of another form": ([reply({"message": "no upstream"}, 504)], "unknown"),
    "503 of nearly Harbor's form": ([reply({"errors": [{"code": 503, "message": "no upstream"}]}, 503)], "unknown"),
    "530 of Cloudflare": ([reply(b"error code: 1033", 530, kind="text/plain")], "unknown"),
    "502 of Harbor's form": ([reply(failure("UNKNOWN", "internal server error"), 502)], "answered"),
    **{str(status): ([reply(b"", status, "Location: /api/v2.0/users")], "answered") for status in (302, 307)},
    "308 elsewhere": ([reply(b"", 308, "Location: http://127.0.0.1:1/")], "answered"),
    "HTML with 200": ([reply(b"<!doctype html><html>", kind="text/html")], "answered"),
}


@pytest.mark.parametrize("call", WRITES, ids=str)
@pytest.mark.parametrize(("steps", "outcome"), AFTER.values(), ids=AFTER.keys())
def test_write_that_arrived_is_never_sent_again(call: Call, steps: list[Step], outcome: str) -> None:
    timeout = SHORT if stall in steps else 20
    failed = fails([steps, again(call.response)], ApiException, call, retries=5, timeout=timeout)
    assert failed.error.outcome == outcome or (outcome == "unknown" and failed.unknown)
    assert failed.seen <= 1


@pytest.mark.parametrize("call", WRITES, ids=str)
@pytest.mark.parametrize("shape", ["closes", "resets", "talks garbage", "cuts the header"])
def test_write_on_a_kept_connection_is_never_sent_again(call: Call, shape: str) -> None:
    """The same on a connection that has been used before, where a repeat is tempting."""
    steps: Sequence[Any] = [OK, *AFTER[shape][0]]
    with FaultServer([steps, again(call.response)]) as server:
        with users(server, retries=5) as api:
            api.get_user(3)
            with pytest.raises(ConnectionException) as caught:
                call.make(api)
        server.settle()
    assert caught.value.outcome == "unknown"
    assert [request.method for request in server.requests] == ["GET", call.method]


# What the server does before all of a large request has arrived.
BEFORE: dict[str, list[Step]] = {
    "closes at once": [],
    "resets at once": [reset],
    "closes after a byte": [read_bytes(1)],
    "resets after a byte": [read_bytes(1), reset],
    "closes after the header": [read_head],
    "resets after the header": [read_head, reset],
    "says nothing after the header": [read_head, ignore],
    "garbage after the header": [read_head, send(b"garbage\r\n\r\n")],
}


@pytest.mark.parametrize("call", [CREATE, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("steps", BEFORE.values(), ids=BEFORE.keys())
def test_write_that_arrived_in_part_is_never_sent_again(call: Call, steps: list[Step]) -> None:
    failed = fails(
        [steps, again(call.response)],
        ConnectionException,
        call,
        exact=False,
        retries=5 if steps and steps != [reset] else 0,  # else nothing may have left, and it would be sent again
        timeout=1.0 if ignore in steps else 20,
        client_side_validation=False,
    )
    assert failed.unknown
    assert failed.server.connections == 1


@pytest.mark.parametrize("status", [400, 401, 413, 503])
def test_early_response_to_a_large_write_counts(status: int) -> None:
    """Harbor, or a proxy before it, may response without reading the body."""
    steps = [read_head, send(reply(failure("C", "too much"), status, "Connection: close"))]
    failed = fails([steps, again(reply())], ApiException, LARGE, retries=5, client_side_validation=False)
    assert failed.server.connections == 1
    assert failed.error.status in (0, status)
    if failed.error.status:
        assert failed.error.message == "too much"


REPEATED: dict[str, list[Step]] = {
    "closes before": [],
    "closes": [read_request],
    "resets": [read_request, reset],
    "cuts the header": [OK[:20]],
    "cuts the body": [OK[:-5]],
    "resets in the body": [OK[:-5], reset],
    "429": [reply(b"", 429)],
    "429 with a body": [reply(failure("TOO_MANY_REQUEST", "slow down"), 429)],
    "502": [reply(b"<html>bad gateway", 502, kind="text/html")],
    "503": [reply(b"", 503)],
    "504": [reply(b"", 504)],
}


@pytest.mark.parametrize("steps", REPEATED.values(), ids=REPEATED.keys())
@pytest.mark.parametrize("call", [GET, BY_NAME["list_users"]], ids=str)
def test_get_is_repeated_after_what_may_pass(call: Call, steps: list[Step]) -> None:
    values, server = succeeds([steps, again(call.response)], call, retries=1)
    assert len(values) == 1
    assert server.connections == 2 or len(server.requests) == 2


@pytest.mark.parametrize("call", READS, ids=str)
def test_every_read_is_repeated(call: Call) -> None:
    _, server = succeeds([[reply(b"", 503, "Retry-After: 0"), call.response]], call, retries=1)
    assert [request.target for request in server.requests] == ["/api/v2.0" + call.path] * 2


@pytest.mark.parametrize("retries", [0, 1, 2, 4])
def test_number_of_repeats(retries: int) -> None:
    response = reply(b"", 503, "Retry-After: 0")
    assert fails([again(response)], ServiceException, retries=retries).seen == retries + 1


def test_two_repeats_by_default() -> None:
    import harbor_client

    with FaultServer([again(reply(b"", 503, "Retry-After: 0"))]) as server:
        configuration = harbor_client.Configuration(server.url, "admin", "x", trust_env=False)
        with harbor_client.ApiClient(configuration) as client, pytest.raises(ServiceException):
            harbor_client.UserApi(client).get_user(3)
        assert len(server.requests) == 3


def test_repeats_count_connection_failures_and_responses_together() -> None:
    script: list[Any] = [
        [read_request],
        [reply(b"", 503, "Retry-After: 0", "Connection: close")],
        [read_request, reset],
    ]
    assert fails(script, ConnectionException, retries=2).seen == 3


@pytest.mark.parametrize(
    "status", [400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 422, 425, 431, 500, 501, 505, 507, 511, 599]
)
def test_other_responses_are_final(status: int) -> None:
    assert fails([again(reply(b"", status))], retries=5).seen == 1


def test_401_is_never_repeated_even_if_asked() -> None:
    """It would lock the account."""
    response = reply(failure("UNAUTHORIZED", "unauthorized"), 401, "Retry-After: 0")
    assert fails([again(response)], UnauthorizedException, retries=5).seen == 1


@pytest.mark.parametrize("response", [b"garbage\r\n\r\n", reply(b"{", 200), reply(b"<html>"), reply(b"[]")])
def test_wrong_responses_are_final(response: bytes) -> None:
    assert fails([again(response)], retries=5).seen == 1


def test_deadline_is_final() -> None:
    assert fails([stall], TimeoutException, timeout=SHORT, retries=5).seen == 1


def test_repeats_send_the_same_request() -> None:
    _, server = succeeds([[reply(b"", 503, "Retry-After: 0")] * 2 + [OK]], retries=2)
    assert len({request.head for request in server.requests}) == 1


def test_the_response_of_the_last_attempt_is_the_error() -> None:
    responses = [reply(failure("A", str(number)), 503, "Retry-After: 0") for number in range(3)]
    assert fails([responses], ServiceException, retries=2).error.message == "2"


def test_429_to_a_write_is_an_error_at_once() -> None:
    failed = fails([again(reply(b"", 429, "Retry-After: 0"))], TooManyRequestsException, CREATE, retries=5)
    assert failed.seen == 1


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_request_arrives_as_the_api_says(call: Call) -> None:
    """Every operation reaches its own path with its own method, once."""
    _, server = succeeds([call.response], call)
    (request,) = server.requests
    assert (request.method, request.target) == (call.method, "/api/v2.0" + call.path)
    assert request.whole
    assert (request.body == b"") == (call.method in ("GET", "DELETE"))


def test_concurrent_writes_on_dying_connections_arrive_once_each() -> None:
    """The server closes each connection after its response, now and then before it."""
    lock = threading.Lock()
    served: list[str] = []

    def response(peer: Any) -> None:
        request = peer.read_request()
        with lock:
            served.append(request.target)
            number = len(served)
        if number % 3:
            peer.send(reply(b"", 200, *(["Connection: close"] if number % 2 else [])))
        if number % 3 != 1:
            raise_hang_up()

    def raise_hang_up() -> None:
        from support.faultserver import HangUp

        raise HangUp

    with FaultServer([again(response)]) as server, users(server, retries=5) as api:
        results = [api.delete_user(number, async_req=True) for number in range(1, 61)]
        outcomes = {}
        for number, result in enumerate(results, 1):
            try:
                result.get(30)
                outcomes[number] = "done"
            except ConnectionException as error:
                outcomes[number] = error.outcome
    for number in range(1, 61):
        arrived = served.count(f"/api/v2.0/users/{number}")
        assert arrived in {"done": (1,), "unknown": (0, 1), "not_sent": (0,)}[outcomes[number]], number


def test_protocol_error_of_a_write_names_what_to_do() -> None:
    error = fails([b"HTTP/1.1 201"], ProtocolException, CREATE).error
    assert error.outcome == "unknown"
    assert "unknown" in str(error)
