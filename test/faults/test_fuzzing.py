"""Fuzzing, over the bytes of responses and over arguments: a value that fits the API or a fitting error, nothing else.

Longer runs: ``FUZZ_EXAMPLES=20000 pytest test/faults/test_fuzzing.py``.
"""

from __future__ import annotations

import gzip
import json
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, SupportsFloat

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import harbor_client
from harbor_client import ApiException
from support.calls import BY_NAME, CALLS, Call
from support.clients import HANGING, check, users
from support.faultserver import FaultServer, Peer, Request, again, chunked, failure, in_chunks, perform, reply, user

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "150"))
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LIMIT = 100_000
"""The client's ``max_response_bytes`` here: what is larger is refused, not held."""

OPERATIONS = [BY_NAME[name] for name in ("get_user", "list_users", "get_current_user_permissions", "delete_user")]


class Says:
    """A server that responses with the bytes of the moment and closes; to ``/users/4`` it always responses rightly."""

    def __init__(self) -> None:
        self.response = b""
        self.server = FaultServer([again(self._step)])

    def _step(self, peer: Peer) -> None:
        def right(request: Request) -> bool:
            return request.target.endswith("/users/4")

        request = peer.read_request()
        if right(request):
            peer.send(reply(user(4, "own")))
        else:
            peer.send(self.response)
            perform(peer, [_fin])


def _fin(peer: Peer) -> None:
    peer.fin()
    peer.drain()


@pytest.fixture(scope="module")
def says() -> Iterator[Says]:
    one = Says()
    with one.server:
        yield one


@pytest.fixture(scope="module")
def api(says: Says) -> Iterator[harbor_client.UserApi]:
    with users(says.server, max_response_bytes=LIMIT) as made:
        yield made


def fits(call: Call, value: Any) -> bool:
    """Whether a value is what the API promises for an operation."""
    if call.write:
        return value is None
    if call.name == "get_user":
        return type(value) is harbor_client.UserResp and type(value.user_id) in (int, type(None))
    kind = {"list_users": harbor_client.UserResp}.get(call.name, harbor_client.Permission)
    return type(value) is list and all(type(one) is kind for one in value)


def answered(says: Says, api: harbor_client.UserApi, call: Call, response: bytes) -> None:
    says.response = response
    started = time.monotonic()
    try:
        value = call.make(api)
    except ApiException as error:
        check(error.with_traceback(None))
        assert error.outcome != "not_sent"
    else:
        assert fits(call, value), value
    # The server may close the connection just when it is used again: that is what repeats are for.
    configuration = api.api_client.configuration
    configuration.retries = 2
    assert api.get_user(4).username == "own"
    configuration.retries = 0
    assert time.monotonic() - started < HANGING


BODIES = st.one_of(
    st.sampled_from([json.dumps(one).encode() for one in (user(), [user(), user(5)], [], {}, failure("A", "b"), None)]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from([*user(), "oidc_user_meta", "action", "errors"]), inner, max_size=4)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)
STATUSES = st.one_of(st.sampled_from([200, 201, 204, 302, 400, 401, 404, 422, 500, 503]), st.integers(0, 999))
FIELDS = st.lists(
    st.sampled_from(
        [
            "Connection: close",
            "Connection: keep-alive",
            "Content-Length: 3",
            "Transfer-Encoding: chunked",
            "Content-Encoding: gzip",
            "Content-Encoding: deflate",
            "Content-Encoding: br",
            "Location: /api/v2.0/users/4",
            "Location: http://other.invalid/",
            "Retry-After: 0",
            "Content-Type: text/html",
            " folded",
            "no colon",
            "X-\0: y",
        ]
    ),
    max_size=2,
)
CODINGS = {"": lambda body: body, "gzip": gzip.compress, "deflate": zlib.compress}


@st.composite
def responses(draw: st.DrawFn) -> bytes:
    """A response that is right, or nearly so, its bytes then cut, doubled, changed or moved."""
    coding = draw(st.sampled_from([*CODINGS]))
    body = CODINGS[coding](draw(BODIES))
    fields = ([f"Content-Encoding: {coding}"] if coding else []) + draw(FIELDS)
    framing = draw(st.sampled_from(["length", "chunks", "closed"]))
    if framing == "chunks":
        at = draw(st.integers(0, len(body)))
        pieces = [piece for piece in (body[:at], body[at:]) if piece]
        response = in_chunks(chunked(*pieces), *fields, status=draw(STATUSES))
    else:
        response = reply(body, draw(STATUSES), *fields, length=-1 if framing == "length" else None)
    interim = draw(st.sampled_from([b"", b"", b"HTTP/1.1 103 Early\r\n\r\n", b"HTTP/1.1 100\r\n\r\n" * 3]))
    response = interim + response
    for _ in range(draw(st.integers(0, 3))):
        first, last = sorted((draw(st.integers(0, len(response))), draw(st.integers(0, len(response)))))
        piece = draw(
            st.sampled_from(
                [b"", response[first:last] * 2, b"\r\n", b"\n", b"\0", b"0", b"9" * 30, b": ", b"\xff", response]
            )
            | st.binary(max_size=8)
        )
        response = response[:first] + piece + response[last if draw(st.booleans()) else first :]
    return response


@fuzzed
@given(response=responses(), call=st.sampled_from(OPERATIONS))
def test_responses(says: Says, api: harbor_client.UserApi, response: bytes, call: Call) -> None:
    answered(says, api, call, response)


@fuzzed
@given(
    response=st.binary(max_size=400), call=st.sampled_from(OPERATIONS), prefix=st.sampled_from([b"", b"HTTP/1.1 200 "])
)
def test_any_bytes(says: Says, api: harbor_client.UserApi, response: bytes, call: Call, prefix: bytes) -> None:
    answered(says, api, call, prefix + response)


@fuzzed
@given(body=BODIES, size=st.integers(1, 400_000), coding=st.sampled_from([*CODINGS]), call=st.sampled_from(OPERATIONS))
def test_sizes(says: Says, api: harbor_client.UserApi, body: bytes, size: int, coding: str, call: Call) -> None:
    """Beyond the bound nothing is held, whatever the content is packed into."""
    response = reply(CODINGS[coding](body + b" " * size), 200, *([f"Content-Encoding: {coding}"] if coding else []))
    answered(says, api, call, response)
    if len(body) + size > LIMIT:
        with pytest.raises(harbor_client.ProtocolException):
            call.make(api)


ANYTHING: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([2**63, -(2**63) - 1, 3, "3", b"3"]),
    st.floats(),
    st.complex_numbers(),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=12),
    st.text(alphabet="0123456789-+ ./\\?#%&\r\n\0:@", max_size=6),
    st.binary(max_size=6),
    st.dates(),
    st.decimals(),
    st.sampled_from([int, object(), Ellipsis, range(3), bytearray(b"3"), harbor_client.UserProfile, iter(())]),
    st.recursive(
        st.integers() | st.text(max_size=4) | st.floats() | st.none() | st.binary(max_size=3) | st.just(object()),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.tuples(inner)
            | st.dictionaries(st.text(max_size=4) | st.integers() | st.tuples(st.integers()), inner, max_size=3)
        ),
        max_leaves=5,
    ),
)
PARAMETERS = {
    "create_user": ("user_req", "x_request_id"),
    "delete_user": ("user_id", "x_request_id"),
    "get_current_user_info": ("x_request_id",),
    "get_current_user_permissions": ("x_request_id", "scope", "relative"),
    "get_user": ("user_id", "x_request_id"),
    "list_users": ("x_request_id", "q", "sort", "page", "page_size"),
    "search_users": ("username", "x_request_id", "page", "page_size"),
    "set_cli_secret": ("user_id", "secret", "x_request_id"),
    "set_user_sys_admin": ("user_id", "sysadmin_flag", "x_request_id"),
    "update_user_password": ("user_id", "password", "x_request_id"),
    "update_user_profile": ("user_id", "profile", "x_request_id"),
}


@pytest.fixture(scope="module")
def harbor() -> Iterator[FaultServer]:
    """A healthy server, for every operation."""
    right = {(call.method, call.path.partition("?")[0].replace("3", "", 1)): call.response for call in CALLS}

    def response(request: Request) -> bytes:
        path = request.target.partition("?")[0].removeprefix("/api/v2.0")
        parts = ["" if part.lstrip("-").isdigit() else part for part in path.split("/")]
        return right[request.method, "/".join(parts)]  # a path of no operation breaks the connection

    def step(peer: Peer) -> None:
        request = peer.read_request()
        peer.send(response(request))

    with FaultServer([again(step)]) as server:
        yield server


@fuzzed
@given(data=st.data())
def test_arguments(harbor: FaultServer, data: st.DataObject) -> None:
    """Any value for any argument: a refusal before anything is sent, or a request to the operation's own endpoint."""
    call = data.draw(st.sampled_from(CALLS), label="operation")
    names = PARAMETERS[call.name]
    given_to = dict(zip(names, call.arguments(), strict=False))
    for name in data.draw(
        st.lists(st.sampled_from([*names, "_request_timeout"]), min_size=1, max_size=2), label="names"
    ):
        given_to[name] = data.draw(ANYTHING, label=name)
    # A deadline that is right but too short for this machine would be an error of its own.
    timeout = given_to.get("_request_timeout")
    with suppress(ValueError, TypeError):
        if isinstance(timeout, SupportsFloat) and 0 < float(timeout) < HANGING:
            given_to["_request_timeout"] = HANGING
    arrived = len(harbor.requests)
    with users(harbor) as api:
        try:
            value = getattr(api, call.name)(**given_to)
        except (ValueError, TypeError) as refusal:
            assert not isinstance(refusal, ApiException)
            assert len(harbor.requests) == arrived
        else:
            assert len(harbor.requests) == arrived + 1
            (request,) = harbor.requests[arrived:]
            assert request.method == call.method
            assert (value is None) == call.write
            if request.body:
                assert isinstance(json.loads(request.body), dict)
