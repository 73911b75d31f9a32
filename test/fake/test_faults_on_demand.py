"""Faults on demand: what `fail_next` does to the next requests, and what it refuses."""

import re
import warnings
from typing import Any

import pytest

from harbor_client.testing import FakeHarbor, UnhitFaultWarning
from support.fakeapi import ADMIN, Api, creation
from support.rawhttp import Raw, basic


def test_a_fault_hits_the_next_request_only(harbor: FakeHarbor, api: Api) -> None:
    fault = harbor.fail_next()
    answer = api("POST", "/users", creation("alice"))
    assert (answer.status, answer.error) == (503, ("SERVICE_UNAVAILABLE", "service unavailable"))
    assert harbor.usernames == []  # it was not carried out
    assert fault.hits == 1
    assert api.create("alice").status == 201
    assert len(harbor.requests) == 2


@pytest.mark.parametrize(
    ("wanted", "status", "content_type", "body"),
    [
        (
            {"status": 429},
            429,
            "application/json; charset=utf-8",
            b'{"errors":[{"code":"TOO_MANY_REQUESTS","message":"too many requests"}]}\n',
        ),
        ({"status": 299}, 299, None, b""),
        ({"status": 204}, 204, None, b""),
        (
            {"status": 599},
            599,
            "application/json; charset=utf-8",
            b'{"errors":[{"code":"UNKNOWN","message":"unknown"}]}\n',
        ),
        ({"body": {"errors": []}}, 503, "application/json; charset=utf-8", b'{"errors":[]}\n'),
        ({"body": "<html>", "status": 200}, 200, "text/html", b"<html>"),
        ({"body": "no é", "status": 500}, 500, "text/plain; charset=utf-8", "no é".encode()),
        ({"body": b"\xff", "status": 200}, 200, "application/octet-stream", b"\xff"),
        ({"body": "", "status": 500}, 500, None, b""),
        ({"body": "x", "headers": {"content-type": "x/y"}}, 503, "x/y", b"x"),
    ],
)
def test_what_a_fault_answers(
    harbor: FakeHarbor, api: Api, wanted: dict[str, object], status: int, content_type: str | None, body: bytes
) -> None:
    harbor.fail_next(**wanted)  # type: ignore[arg-type]
    answer = api("GET", "/users")
    assert (answer.status, answer.header("Content-Type"), answer.body) == (status, content_type, body)


def test_headers_of_a_fault(harbor: FakeHarbor, api: Api) -> None:
    harbor.fail_next(headers={"Retry-After": "2", "X-Evil": "a\r\nb"})
    answer = api("GET", "/users")
    assert (answer.status, answer.header("Retry-After"), answer.header("X-Evil")) == (503, "2", "a  b")


@pytest.mark.parametrize("own", [{"Date": "then"}, {"content-length": "2"}, {"Transfer-Encoding": "x"}])
def test_headers_of_a_fault_replace_the_servers(harbor: FakeHarbor, own: dict[str, str]) -> None:
    harbor.fail_next(status=200, body="abc", headers={**own, "Connection": "close"})
    with Raw(harbor.host, harbor.port) as raw:
        raw.send("GET", "/api/v2.0/users")
        head, _, body = raw.rest().decode().partition("\r\n\r\n")
    headers = dict(line.split(": ") for line in head.split("\r\n")[1:])
    assert own.items() <= headers.items()
    assert body == "abc"
    assert len({"content-length", "transfer-encoding"} & {name.lower() for name in headers}) == 1
    assert sorted(name.lower() for name in headers) == sorted({name.lower() for name in headers})


@pytest.mark.parametrize(
    ("method", "path", "hit"),
    [
        (None, None, ["GET /users", "DELETE /users/9", "PUT /users/9/password"]),
        ("delete", None, ["DELETE /users/9"]),
        (None, "/users", ["GET /users"]),
        (None, "/users/*", ["DELETE /users/9", "PUT /users/9/password"]),
        ("PUT", "/users/*/password", ["PUT /users/9/password"]),
        ("GET", "/elsewhere", []),
    ],
)
def test_which_requests_are_hit(
    harbor: FakeHarbor, api: Api, method: str | None, path: str | None, hit: list[str]
) -> None:
    fault = harbor.fail_next(method, path, status=418, times=9)
    calls = ["GET /users", "DELETE /users/9", "PUT /users/9/password"]
    struck = [call for call in calls if api(*call.split(" ")).status == 418]
    assert struck == hit
    assert fault.hits == len(hit)
    fault.cancel()


def test_faults_come_in_order_and_can_be_called_off(harbor: FakeHarbor, api: Api) -> None:
    first = harbor.fail_next(status=500, times=2)
    second = harbor.fail_next(status=502, times=2)
    assert [api("GET", "/users").status for _ in range(3)] == [500, 500, 502]
    assert (first.hits, second.hits) == (2, 1)
    second.cancel()
    assert api("GET", "/users").status == 200
    third = harbor.fail_next(times=5)
    harbor.clear_faults()
    assert api("GET", "/users").status == 200
    assert third.hits == 0
    assert repr(first) == "<Fault status 500 on any method any path, 2 hits, 0 left>"
    assert repr(harbor.fail_next("get", "/x", close="before")) == "<Fault close 'before' on GET /x, 0 hits, 1 left>"
    assert repr(harbor.fail_next(delay=1)) == "<Fault delay on any method any path, 0 hits, 1 left>"
    harbor.clear_faults()


@pytest.mark.parametrize(("close", "done"), [("before", False), ("during", True), ("after", True)])
def test_closing(harbor: FakeHarbor, close: str, done: bool) -> None:
    harbor.fail_next("POST", close=close)
    with Api(harbor) as api:
        api._raw.send(
            "POST",
            "/api/v2.0/users",
            auth=basic(*ADMIN),
            headers={"Content-Type": "application/json"},
            body=b'{"username":"alice","email":"a@b.co","realname":"A","password":"Passw0rd1"}',
        )
        came = api._raw.rest()
    if close == "during":
        assert came.startswith(b"HTTP/1.1 201 Created\r\n")
        assert b"\r\n\r\n" not in came
    else:
        assert came == b""
    assert harbor.usernames == (["alice"] if done else [])


@pytest.mark.parametrize("wanted", [{"delay": 60.0}, {"delay": 60.0, "status": 500}, {"delay": 60.0, "close": "after"}])
def test_delays_go_by_the_clock(harbor: FakeHarbor, wanted: dict[str, object]) -> None:
    harbor.clock.freeze()
    harbor.fail_next(**wanted)  # type: ignore[arg-type]
    with Raw(harbor.host, harbor.port) as raw:
        raw.send("GET", "/api/v2.0/users/1", auth=basic(*ADMIN))
        harbor.clock.wait_for_sleepers(1)
        harbor.clock.advance(59)
        assert not raw.has_response()
        harbor.clock.advance(1)
        if "close" in wanted:
            assert raw.rest() == b""
        else:
            assert raw.read().status == wanted.get("status", 200)


def test_only_the_second_request_is_hit(harbor: FakeHarbor, api: Api) -> None:
    fault = harbor.fail_next("POST", "/users", after=1)
    assert api("GET", "/users").status == 200
    assert [api.create(name).status for name in ("alice", "bob", "bob")] == [201, 503, 201]
    assert fault.hits == 1


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"close": "sometimes"}, "close must be before, during or after, not 'sometimes'"),
        ({"close": "before", "status": 500}, "a fault either responds"),
        ({"close": "after", "body": "x"}, "a fault either responds"),
        ({"close": "after", "headers": {}}, "a fault either responds"),
        ({"delay": -1}, "delay must be from 0 to 1000000000, not -1"),
        ({"delay": float("nan")}, "delay must be from 0 to 1000000000, not nan"),
        ({"times": 0}, "times must be from 1 to 1000000000, not 0"),
        ({"after": -1}, "after must be from 0 to 1000000000, not -1"),
        ({"status": 100}, "status must be from 200 to 599, not 100"),
        ({"status": 600}, "status must be from 200 to 599, not 600"),
        ({"headers": {"Retry After": "1"}}, "'Retry After' is not the name of a header"),
        ({"method": "PSOT"}, "'PSOT' is not an HTTP method; there are CONNECT, DELETE, GET"),
        ({"path": "/api/v2.0/users/3"}, "path is what follows /api/v2.0: '/users/3', not '/api/v2.0/users/3'"),
        ({"path": "users"}, "path must be a path without host and query, such as '/users/*', not 'users'"),
        ({"path": ""}, "path must be a path without host and query"),
        ({"path": "/users?page=2"}, "path must be a path without host and query"),
        ({"path": "http://h/users"}, "path must be a path without host and query"),
        ({"path": "/users/{user_id}"}, "path must be a path without host and query, such as '/users/*'"),
        ({"path": "/user/3"}, "Harbor has no path '/user/3': did you mean '/users/*'?"),
        ({"path": "/usres"}, "Harbor has no path '/usres': did you mean '/users'?"),
        ({"path": "/Users/3"}, "Harbor has no path '/Users/3': did you mean '/users/*'?"),
        ({"path": "/users/3 "}, "path must be a path without host and query, such as '/users/*', not '/users/3 '"),
        ({"path": 3}, "path must be a path without host and query, such as '/users/*', not '3'"),
        ({"method": 500}, "'500' is not an HTTP method"),
        ({"path": "/users/3/pasword"}, "Harbor has no path '/users/3/pasword': did you mean '/users/*/password'?"),
        ({"path": "/users/*/everything"}, "Harbor has no path '/users/*/everything'"),
        ({"method": "PUT", "path": "/users"}, "there is no PUT /users: it has GET, POST"),
        ({"method": "post", "path": "/users/*/password"}, "there is no POST /users/*/password: it has PUT"),
    ],
)
def test_faults_that_can_never_be_hit_are_refused(harbor: FakeHarbor, wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        harbor.fail_next(**wanted)


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"status": "500"}, "status must be an integer, not '500'"),
        ({"status": True}, "status must be an integer, not True"),
        ({"times": "2"}, "times must be an integer, not '2'"),
        ({"after": 1.0}, "after must be an integer, not 1.0"),
        ({"delay": "1"}, "delay must be a number, not '1'"),
    ],
)
def test_arguments_of_the_wrong_type_are_called_so(harbor: FakeHarbor, wanted: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        harbor.fail_next(**wanted)


@pytest.mark.parametrize("path", ["/quotas", "/repositories/*", "*", "*/password", "/api/v2/users/3"])
def test_paths_that_the_fake_does_not_serve_can_be_given_a_response(harbor: FakeHarbor, api: Api, path: str) -> None:
    harbor.fail_next("GET", "/*", status=418, after=1).cancel()
    harbor.fail_next(None, path, status=200, body=[]).cancel()


def test_a_fault_that_was_never_hit_is_told_at_the_end_of_the_block() -> None:
    with pytest.warns(
        UnhitFaultWarning, match="<Fault status 503 on POST /users, 0 hits, 1 left> was never hit"
    ) as told:
        with FakeHarbor() as harbor:
            harbor.fail_next("POST", "/users", after=2)
    assert "; 2 more would have passed first" in str(told[0].message)
    assert [each.filename for each in told] == [__file__]


def test_faults_that_were_hit_or_called_off_are_not_told() -> None:
    with FakeHarbor() as harbor, Api(harbor) as api:
        harbor.fail_next("GET", times=5)
        assert api("GET", "/users").status == 503
        harbor.fail_next("POST").cancel()
    with FakeHarbor() as harbor:
        harbor.fail_next("POST")
        harbor.clear_faults()


def test_an_exception_in_the_block_is_not_hidden_by_the_warning() -> None:
    with pytest.raises(KeyError), FakeHarbor() as harbor:
        harbor.fail_next("POST")
        raise KeyError


def test_the_warning_can_be_switched_off() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnhitFaultWarning)
        with FakeHarbor() as harbor:
            harbor.fail_next("POST")
