"""No failure of any operation shows a secret of the client, of the request or of the response."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from harbor_client import ApiClient, BadRequestException, Configuration, ConflictException, ServiceException, UserApi
from support.canaries import SHAPES, WRITINGS, Marks, caught, client, echo, operations, said
from support.faultserver import (
    FaultServer,
    Request,
    Steps,
    again,
    ignore,
    read_head,
    read_request,
    reply,
    reset,
    respond,
    user,
)
from support.recorder import all_output

#: What fails: everything, or the operations that expect something of a 2xx response.
ALL, READING = 11, 5


def answering(make: Callable[[Request], bytes]) -> Steps:
    return again(respond(make))


def _in_json(**more: Any) -> Callable[[Request], bytes]:
    """A 200 with all that was said under some names, and more."""
    return lambda request: reply({**user(), **more, "comment": said(request), "password": said(request)})


def _secret_in(body: Callable[[dict[str, Any]], bytes]) -> Callable[[Marks], Steps]:
    """A response with the CLI secret that Harbor returns in clear."""
    return lambda marks: again(body(user(oidc_user_meta={"id": 1, "secret": marks.stored_secret})))


#: How many of the operations fail, and what the server does, told the marks.
FAILURES: dict[str, tuple[int, Callable[[Marks], Steps]]] = {
    "reset at once": (ALL, lambda marks: reset),
    "reset after the head": (ALL, lambda marks: [read_head, reset]),
    "closed without a response": (ALL, lambda marks: read_request),
    "silence": (ALL, lambda marks: ignore),
    "garbage": (ALL, lambda marks: answering(lambda request: said(request).encode() + b"\r\n\r\n")),
    "garbage in the header": (
        ALL,
        lambda marks: answering(lambda request: b"HTTP/1.1 200 OK\r\n" + said(request).encode() + b"\r\n\r\n"),
    ),
    "a status line that repeats": (
        ALL,
        lambda marks: answering(lambda request: f"HTTP/1.1 {request.headers['authorization']}\r\n\r\n".encode()),
    ),
    "truncated": (
        ALL,
        lambda marks: [
            respond(lambda request: reply(said(request).encode(), 200, "Content-Length: 99999", length=None))
        ],
    ),
    "bad chunks": (
        ALL,
        lambda marks: answering(
            lambda request: reply(b"", 200, "Transfer-Encoding: chunked", length=None) + said(request).encode()
        ),
    ),
    "101": (ALL, lambda marks: answering(echo(101, str))),
    "too large": (ALL, lambda marks: answering(lambda request: reply(b"x" * 9 + said(request).encode() * 999))),
    **{
        f"{status} of Harbor's": (
            ALL,
            lambda marks, s=status: answering(  # type: ignore[misc]
                lambda request: reply({"errors": [{"code": "X", "message": said(request)}]}, s)
            ),
        )
        for status in (401, 403, 404, 409, 412, 422, 429, 500, 503)
    },
    "401 in the reason": (ALL, lambda marks: answering(echo("401", str))),
    "407": (ALL, lambda marks: answering(echo(407, str))),
    "502 page": (
        ALL,
        lambda marks: answering(echo(502, lambda text: f"<html><body>{text}</body></html>", "text/html")),
    ),
    "an error with the stored secret": (
        ALL,
        _secret_in(lambda value: reply(json.dumps(value).encode(), 500)),
    ),
    "an error with the stored secret, cut": (
        ALL,
        _secret_in(lambda value: reply(json.dumps(value).encode()[: -(len(json.dumps(value)) // 2)], 500)),
    ),
    "an error with the stored secret in a text": (
        ALL,
        _secret_in(lambda value: reply({"errors": [{"message": json.dumps(value)}]}, 500)),
    ),
    "page": (ALL, lambda marks: answering(echo(200, lambda text: f"<html>{text}</html>", "text/html"))),
    "text": (READING, lambda marks: answering(echo(200, str))),
    "broken JSON": (READING, lambda marks: answering(lambda request: reply(json.dumps(said(request)).encode()[:-1]))),
    "JSON of a wrong kind": (
        READING,
        lambda marks: answering(lambda request: reply(json.dumps(said(request)).encode())),
    ),
    "a wrong field": (READING, lambda marks: answering(_in_json(user_id="3"))),
    "a wrong field beside the stored secret": (
        READING,
        _secret_in(lambda value: reply(json.dumps({**value, "user_id": "3"}).encode())),
    ),
    "a wrong row beside the stored secret": (
        READING - 1,
        _secret_in(lambda value: reply([value, {**value, "user_id": "3"}])),
    ),
    "the stored secret in broken JSON": (
        READING,
        _secret_in(lambda value: reply(json.dumps(value).encode()[:-1])),
    ),
    "no UTF-8 beside the stored secret": (
        READING,
        _secret_in(lambda value: reply(json.dumps(value).encode() + b"\xff")),
    ),
    "NaN beside the stored secret": (
        READING,
        _secret_in(lambda value: reply(json.dumps({**value, "user_id": float("nan")}).encode())),
    ),
    "corrupt gzip": (
        ALL,
        lambda marks: answering(lambda request: reply(said(request).encode(), 200, "Content-Encoding: gzip")),
    ),
    "redirect that repeats": (
        ALL,
        lambda marks: answering(
            lambda request: reply(b"", 307, f"Location: http://x:{request.headers['x-auth-token']}@127.0.0.1:1/x")
        ),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FAILURES)
def test_no_failure_shows_a_secret(name: str, shape: str) -> None:
    failing, script = FAILURES[name]
    marks = Marks.of(shape)
    hunt = marks.hunt()
    settings: dict[str, Any] = {"timeout": 0.05} if name == "silence" else {}
    if name == "too large":
        settings["max_response_bytes"] = 200
    failed = 0
    with all_output() as output, FaultServer(script(marks)) as server, client(server.url, marks, **settings) as made:
        made.configuration.debug = True
        for operation, (do, _) in operations(marks).items():
            error = caught(do, UserApi(made))
            if error is not None:
                failed += 1
                hunt.error(f"the error of {operation}", error)
    hunt.text("what was logged, printed or warned about", output)
    hunt.assert_nothing()
    assert failed >= failing
    assert any("harbor_client DEBUG" in line for line in output)
    if name != "reset at once" and name != "silence":
        assert marks.token.encode("latin-1") in server.everything()


@pytest.mark.parametrize("name", WRITINGS)
def test_an_error_that_repeats_the_request_in_another_writing(name: str) -> None:
    marks = Marks.of("odd")
    hunt = marks.hunt()
    with FaultServer(answering(echo(400, WRITINGS[name]))) as server, client(server.url, marks) as made:
        for operation in ("create_user", "update_user_password"):
            error = caught(operations(marks)[operation][0], UserApi(made))
            assert isinstance(error, BadRequestException)
            assert "***" in str(error.body)
            assert "admin" in str(error.body) or "withheld" in str(error.body) or "Base64" in name
            hunt.error(f"the error of {operation}", error)
    hunt.assert_nothing()


@pytest.mark.parametrize("password", ["пароль", "Пароль1", "us?+"])
def test_an_error_without_the_secret_is_shown_whatever_the_secret_consists_of(password: str) -> None:
    error = {"errors": [{"code": "CONFLICT", "message": 'user "bob" exists: 100 % & more?'}]}
    with FaultServer([reply(error, status=409)]) as server:
        configuration = Configuration(server.url, "admin", password)
        with ApiClient(configuration) as made, pytest.raises(ConflictException) as raised:
            UserApi(made).list_users(page=1, q="email=~a?b%c")
    assert raised.value.code == "CONFLICT"
    assert "withheld" not in str(raised.value)


def test_a_number_that_python_refuses_to_read_in_an_escape() -> None:
    body = "Passw0rd &#" + "1" * 5_000 + ";"
    with FaultServer([reply(body.encode(), status=500)]) as server:
        with ApiClient(Configuration(server.url, "admin", "Passw0rd!x")) as made:
            with pytest.raises(ServiceException):
                UserApi(made).list_users()
