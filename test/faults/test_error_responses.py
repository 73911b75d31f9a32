"""D: error responses keep their status whatever their body is; hints say what to do where Harbor misleads."""

from __future__ import annotations

import json
from typing import Any

import pytest

from harbor_client import exceptions
from harbor_client.exceptions import ApiException, ServiceException
from support.calls import BY_NAME, CALLS, Call
from support.clients import GET, fails, users
from support.faultserver import OK, FaultServer, chunked, failure, in_chunks, reply

CLASSES: dict[int, type[ApiException]] = {
    400: exceptions.BadRequestException,
    401: exceptions.UnauthorizedException,
    403: exceptions.ForbiddenException,
    404: exceptions.NotFoundException,
    405: exceptions.MethodNotAllowedException,
    409: exceptions.ConflictException,
    412: exceptions.PreconditionFailedException,
    422: exceptions.UnprocessableEntityException,
    429: exceptions.TooManyRequestsException,
    **dict.fromkeys((402, 406, 408, 410, 413, 418, 431, 499), ApiException),
    **dict.fromkeys((500, 501, 502, 503, 504, 505, 511, 599), ServiceException),
}


@pytest.mark.parametrize(("status", "kind"), CLASSES.items(), ids=str)
@pytest.mark.parametrize("call", [GET, BY_NAME["create_user"]], ids=str)
def test_class_by_status(status: int, kind: type[ApiException], call: Call) -> None:
    response = reply(failure("CODE", "what went wrong"), status, "X-Request-Id: r-1")
    failed = fails([response], kind, call)
    error = failed.error
    assert type(error) is kind
    assert (error.status, error.code, error.message) == (status, "CODE", "what went wrong")
    assert (error.outcome, error.request_id, error.method) == ("answered", "r-1", call.method)
    assert error.url == failed.server.url + call.path
    assert failed.seen == 1


@pytest.mark.parametrize("call", CALLS, ids=str)
def test_every_operation_raises_harbors_error(call: Call) -> None:
    error = fails([reply(failure("NOT_FOUND", "user 3 not found"), 404)], exceptions.NotFoundException, call).error
    assert (error.code, error.message) == ("NOT_FOUND", "user 3 not found")
    assert isinstance(error.body, str)
    assert json.loads(error.body) == failure("NOT_FOUND", "user 3 not found")


# A body, and the code, the message and the number of errors to be read from it.
BODIES: dict[str, tuple[bytes, str | None, str | None, int]] = {
    "Harbor's form": (b'{"errors":[{"code":"C","message":"m"}]}\n', "C", "m", 1),
    "two errors": (b'{"errors":[{"code":"C","message":"m"},{"code":"D","message":"n"}]}', "C", "m", 2),
    **{text: (f'{{"errors":{text}}}'.encode(), None, None, 0) for text in ("[]", "null", '"bad"', "5", '{"code":"C"}')},
    **{text: (f'{{"errors":{text}}}'.encode(), None, None, 0) for text in ("[null]", '["bad"]', "[[]]")},
    "an empty error": (b'{"errors":[{}]}', None, None, 1),
    "only a code": (b'{"errors":[{"code":"C"}]}', "C", None, 1),
    "only a message": (b'{"errors":[{"message":"m"}]}', None, "m", 1),
    "code a number": (b'{"errors":[{"code":404,"message":"m"}]}', None, "m", 1),
    "message null": (b'{"errors":[{"code":"C","message":null}]}', "C", None, 1),
    "message an object": (b'{"errors":[{"code":"C","message":{}}]}', "C", None, 1),
    "more fields": (b'{"errors":[{"code":"C","message":"m","detail":{"x":1}}],"more":1}', "C", "m", 1),
    **{text: (text.encode(), None, None, 0) for text in ('{"error":"bad"}', "[]", "7", '"errors"', "{}", "", " \n")},
    "HTML": (b"<html><head><title>502 Bad Gateway</title></head></html>", None, None, 0),
    "plain text": (b"upstream connect error", None, None, 0),
    "JSON cut": (b'{"errors":[{"code":"C"', None, None, 0),
    "invalid UTF-8": (b"\xff\xfe\xfd", None, None, 0),
    "invalid UTF-8 in JSON": (b'{"errors":[{"code":"C","message":"\xff"}]}', "C", "\N{REPLACEMENT CHARACTER}", 1),
    "a byte order mark": (b'\xef\xbb\xbf{"errors":[{"code":"C","message":"m"}]}', "C", "m", 1),
    "NULs": (b"\0" * 100, None, None, 0),
    "100,000 lists": (b"[" * 100_000, None, None, 0),
    "100,000 objects": (b'{"errors":' * 100_000, None, None, 0),
    "10,000 digits": (b'{"errors":' + b"1" * 10_000 + b"}", None, None, 0),
    "10,000 digits as code": (b'{"errors":[{"code":' + b"1" * 10_000 + b',"message":"m"}]}', None, None, 0),
    "NaN": (b'{"errors":[{"code":NaN,"message":"m"}]}', None, "m", 1),
}


@pytest.mark.parametrize(("body", "code", "message", "count"), BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("status", [400, 404, 500])
def test_error_keeps_its_status_whatever_its_body(
    body: bytes, code: str | None, message: str | None, count: int, status: int
) -> None:
    error = fails([reply(body, status, kind="text/html")]).error
    assert error.status == status
    assert error.outcome == "answered"
    assert len(error.errors) == count
    assert (error.code, error.message) == (code, message)
    assert f"({status})" in str(error)
    assert "Reason: Reason" in str(error)


@pytest.mark.parametrize(
    "response",
    [
        reply(failure("C", "m"), 404, kind=None),
        in_chunks(chunked(json.dumps(failure("C", "m")).encode()), status=404),
        reply(failure("C", "m"), 404, length=None),
        reply(failure("C", "m"), "404"),
        reply(failure("C", "m"), "404 "),
        reply(failure("C", "m"), 404, version="HTTP/1.0"),
    ],
    ids=["no content type", "chunked", "until closed", "no reason", "empty reason", "HTTP/1.0"],
)
def test_error_in_any_framing(response: bytes) -> None:
    error = fails([response], exceptions.NotFoundException).error
    assert (error.code, error.message) == ("C", "m")


def test_text_of_an_error() -> None:
    error = fails([reply(failure("NOT_FOUND", "user 3 not found"), "404 Not Found", "X-Request-Id: abc")]).error
    text = str(error)
    first, second, third, *_ = text.split("\n")
    assert first.startswith("GET http://127.0.0.1:")
    assert first.endswith("/users/3 failed: 404 Not Found: user 3 not found (outcome: answered).")
    assert (second, third) == ("(404)", "Reason: Not Found")
    assert text == text.rstrip()
    for part in ("GET", "/users/3", "abc", "user 3 not found", "X-Request-Id"):
        assert part in text
    assert "404" in repr(error)


def test_long_body_is_kept_and_quoted_in_part() -> None:
    error = fails([reply(b"x" * 100_000, 500, kind="text/plain")]).error
    assert len(error.body) == 100_000
    assert 8192 <= len(str(error)) < 10_000


def test_headers_of_an_error_ignore_case_and_keep_duplicates() -> None:
    error = fails([reply(b"", 404, "X-A: 1", "x-a: 2", "Set-Cookie: sid=1; Path=/")]).error
    assert error.headers["X-a"] == "1, 2"
    assert error.headers.getlist("x-A") == ["1", "2"]


def test_request_id_is_the_responses_or_the_one_sent() -> None:
    assert fails([reply(b"", 404)], options={"x_request_id": "mine"}).error.request_id == "mine"
    assert fails([b"garbage\r\n\r\n"], options={"x_request_id": "mine"}).error.request_id == "mine"
    answered = fails([reply(b"", 404, "X-Request-Id: theirs")], options={"x_request_id": "mine"})
    assert answered.error.request_id == "theirs"


HTML = b"<!doctype html><html><head><title>Harbor</title></head></html>"
#: Operation, response, words of the hint. That each message has its hint is in test_hints.py.
HINTS: dict[str, tuple[str, bytes, str]] = {
    "HTML with 200": ("get_user", reply(HTML, kind="text/html"), "login page"),
    "HTML with 200 to a write": ("delete_user", reply(HTML, kind="text/html"), "login page"),
    "HTML behind a comment": ("get_user", reply(b"<!-- 4 -->\n" + HTML), "login page"),
    "a piece of HTML": ("get_user", reply(b"<p>log in</p>", kind="text/html"), "login page"),
    "HTML in capitals": ("get_user", reply(b"\n <HTML><BODY>hi"), "login page"),
    "HTML with 500 to a write": ("delete_user", reply(HTML, 500, kind="text/html"), "look before"),
    "text with 500 to a write": ("update_user_profile", reply(b"oops", 500, kind="text/plain"), "look before"),
    "corrupt 500": ("update_user_profile", reply(b"oops", 500, "Content-Encoding: gzip"), ""),
    "empty 500": ("update_user_password", reply(b"", 500), "password"),
    "403 with a name": ("list_users", reply(failure("FORBIDDEN", "alice"), 403), "administrator"),
    "403 of a firewall": ("list_users", reply(b"error code: 1020", 403, kind="text/plain"), "Harbor's API"),
    "401 without a body": ("delete_user", reply(b"", 401), "1.5 s"),
    "413": ("create_user", reply(HTML, 413, kind="text/html"), ""),
    "511": ("get_user", reply(HTML, 511, kind="text/html"), "login page"),
    "another protocol": ("get_user", b"SSH-2.0-OpenSSH_9.6\r\n", "https://"),
    "http to https": ("get_user", reply(b"", 301, "Location: https://127.0.0.1:8443/x"), "begin host"),
    "http to https, a write": ("create_user", reply(b"", 308, "Location: https://127.0.0.1/x"), "begin host"),
    "to another host": ("get_user", reply(b"", 301, "Location: https://login.example/x"), "login page"),
}


@pytest.mark.parametrize(("name", "response", "words"), HINTS.values(), ids=HINTS)
def test_hint(name: str, response: bytes, words: str) -> None:
    error = fails([response], call=BY_NAME[name]).error
    assert words in (error.hint or "")
    assert bool(error.hint) == bool(words)
    assert f"Hint: {error.hint}" in str(error) or not words


def test_hint_without_the_base_path() -> None:
    with FaultServer([reply(HTML, kind="text/html")], base="") as server:
        assert "end host (HARBOR_URL) with /api/v2.0" in fails(server, call=BY_NAME["list_users"]).error.hint
    with FaultServer([reply(failure("NAME_UNKNOWN", "repository not found"), 404)], base="/v2") as server:
        assert "ends with /api/v2.0" in fails(server, call=BY_NAME["get_user"]).error.hint


@pytest.mark.parametrize(
    ("name", "response"),
    [
        ("get_user", reply(failure("NOT_FOUND", "user 3 not found"), 404)),
        ("get_user", reply(failure("UNKNOWN", "internal server error"), 500)),
        ("delete_user", reply(failure("FORBIDDEN", "User with ID 1 cannot be deleted"), 403)),
        ("delete_user", reply(failure("FORBIDDEN", "Not authorized to delete users"), 403)),
        ("get_user", reply(failure("FORBIDDEN", "Not authorized to read user: 3"), 403)),
        ("update_user_profile", reply(failure("FORBIDDEN", "User with ID 3 can't be updated"), 403)),
        ("update_user_password", reply(failure("FORBIDDEN", "Current password is incorrect"), 403)),
        (
            "create_user",
            reply(failure("FORBIDDEN", "creating local user is not allowed under auth mode: ldap_auth"), 403),
        ),
        ("create_user", reply(failure("FORBIDDEN", "self-registration cannot be triggered via API"), 403)),
        ("list_users", reply(b"", 502)),
        ("create_user", reply(failure("BAD_REQUEST", "email with illegal format"), 400)),
    ],
    ids=lambda part: part if isinstance(part, str) else str(part[9:12]),
)
def test_no_hint_of_an_administrator_where_the_message_says_it_all(name: str, response: bytes) -> None:
    error = fails([response], call=BY_NAME[name]).error
    assert "administrator" not in (error.hint or "")
    assert "/api/v2.0 missing" not in (error.hint or "")


def test_empty_500_elsewhere_has_no_hint_of_a_login() -> None:
    assert "password" not in (fails([reply(b"", 500)], call=BY_NAME["create_user"]).error.hint or "")


def test_anonymous_401_says_that_no_name_was_given() -> None:
    error = fails([reply(failure("UNAUTHORIZED", "unauthorized"), 401)], username="", password="").error
    assert "user" in error.hint.lower()


def test_after_an_error_the_client_goes_on() -> None:
    with FaultServer([[reply(b"x", 500), OK]]) as server, users(server) as api:
        with pytest.raises(ServiceException):
            api.get_user(3)
        assert api.get_user(3).username == "alice"


def test_last_response_stays_after_an_error() -> None:
    with FaultServer([[OK, reply(b"x", 500)]]) as server, users(server) as api:
        api.get_user(3)
        last: Any = api.api_client.last_response
        with pytest.raises(ServiceException):
            api.get_user(3)
        assert api.api_client.last_response is last


def test_every_class_can_be_made_as_the_generated_client_does() -> None:
    for name in dir(exceptions):
        kind = getattr(exceptions, name)
        if isinstance(kind, type) and issubclass(kind, ApiException):
            text = str(kind(status=404, reason="gone"))
            assert "(404)" in text
            assert "gone" in text


@pytest.mark.parametrize(
    "response",
    [
        reply(b"\x1f\x8b\x08\x00corrupt", 403, "Content-Encoding: gzip"),
        reply(b"x", 403, "Content-Encoding: br"),
        reply(b"x", 403, length=10),
        reply(b"zz\r\n", 403, "Transfer-Encoding: chunked", length=None),
        reply(b"", 403, length=10**12),
    ],
    ids=["corrupt gzip", "unknown coding", "truncated", "broken chunks", "far too long"],
)
def test_a_body_that_cannot_be_read_does_not_hide_the_status(response: bytes) -> None:
    error = fails([response], exceptions.ForbiddenException).error
    assert (error.status, error.outcome, error.body) == (403, "answered", "")
    assert "its body cannot be read" in error.reason
