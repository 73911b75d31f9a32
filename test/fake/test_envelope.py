"""Paths, methods, media types, parameters, headers, cookies: what Harbor looks at before an operation begins."""

import base64
import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest

from harbor_client.testing import FakeHarbor
from support.fakeapi import Api, creation
from support.rawhttp import Raw, Response, basic

_HEADING = "validation failure list:\n"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_SID = re.compile(r"sid=([0-9a-f]{32}); Path=/; HttpOnly")


@pytest.fixture(scope="module")
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0) as running:
        running.add_user("alice")
        yield running


@pytest.fixture(scope="module")
def before() -> Iterator[Api]:
    """The last version that read media types in a simpler way."""
    with FakeHarbor("2.15.1") as harbor, Api(harbor) as admin:
        harbor.add_user("alice")
        yield admin


def _unfit(answer: Response) -> list[str]:
    """The lines of a 422."""
    assert (answer.status, answer.error[0]) == (422, "UNPROCESSABLE_ENTITY"), answer
    heading, *lines = answer.error[1].split("\n")
    assert heading + "\n" == _HEADING
    return lines


# -- paths and methods -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/users", "/users/", "//users", "/users//", "/users/%2F", "/users/.", "/users/3/..", "/./users", "/x/../users"],
)
def test_ways_to_the_list(api: Api, path: str) -> None:
    answer = api("GET", path)
    assert answer.status == 200
    assert isinstance(answer.json, list)


@pytest.mark.parametrize("path", ["/users/3", "/users/3/", "/users//3", "/users/%33", "/users/+3", "/users/03"])
def test_ways_to_a_user(api: Api, path: str) -> None:
    assert api("GET", path).json["user_id"] == 3


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/", "/api/v2.0/"),
        ("", "/api/v2.0"),
        ("/nothing", "/api/v2.0/nothing"),
        ("/users/3/nothing", "/api/v2.0/users/3/nothing"),
        ("/users/3/password/x", "/api/v2.0/users/3/password/x"),
        ("/users/current/x", "/api/v2.0/users/current/x"),
        ("/Users", "/api/v2.0/Users"),
        ("/n%20x", "/api/v2.0/n%20x"),
        ("/n//x", "/api/v2.0/n/x"),
        ("/n%2f%2fx", "/api/v2.0/n/x"),
        ("/n/é", "/api/v2.0/n/%C3%A9"),
        ("/users/%2F3/x", "/api/v2.0/users/3/x"),
        ("/<b>", "/api/v2.0/%3Cb%3E"),
        ("/%75sers", "/api/v2.0/%75sers"),
    ],
)
def test_unknown_paths(api: Api, path: str, shown: str) -> None:
    answer = api("GET", path)
    assert (answer.status, answer.error) == (404, ("NOT_FOUND", f"path {shown} was not found"))


@pytest.mark.parametrize(
    "path", ["/api/users", "/api/v2.0users", "/api/v2/users/3", "/api/v1.0/users", "/api/v1/users", "/c/x", "/v2/"]
)
def test_core_paths_outside_the_api_are_an_empty_404(harbor: FakeHarbor, path: str) -> None:
    with Raw(harbor.host, harbor.port) as raw:
        for method in ("GET", "POST"):
            answer = raw.request(method, path, auth=basic("admin", "Harbor12345"))
            assert (answer.status, answer.body, answer.header("Content-Type")) == (404, b"", None)


def test_the_version_of_the_api(harbor: FakeHarbor) -> None:
    with Raw(harbor.host, harbor.port) as raw:
        assert raw.request("GET", "/api/version").json == {"version": "v2.0"}


def test_ping_and_health(harbor: FakeHarbor) -> None:
    with Api(harbor, None) as nobody:
        ping = nobody("GET", "/ping")
        assert (ping.status, ping.body, ping.header("Content-Type")) == (200, b"Pong", "text/plain")
        health = nobody("GET", "/health").json
        assert health["status"] == "healthy"
        assert {"name": "core", "status": "healthy"} in health["components"]


def test_system_info_tells_strangers_little(harbor: FakeHarbor, api: Api) -> None:
    with Api(harbor, None) as nobody:
        little = nobody("GET", "/systeminfo").json
    assert sorted(little) == ["auth_mode", "banner_message", "primary_auth_mode", "self_registration"]
    much = api("GET", "/systeminfo").json
    assert little.items() <= much.items()
    assert (much["harbor_version"], much["read_only"]) == (f"v{harbor.version}", False)


def test_a_wrong_secret_of_a_service_is_nobody(harbor: FakeHarbor) -> None:
    with Api(harbor, None) as api:
        answer = api("GET", "/users/1", headers={"Authorization": "Harbor-Secret x"})
        assert (answer.status, answer.error) == (401, ("UNAUTHORIZED", "unauthorized"))
        assert api("GET", "/users/1", headers={"Authorization": "Harbor-Secret "}).status == 500


@pytest.mark.parametrize("path", ["/", "/users", "/harbor/projects", "/api", "/index.html?a;b"])
def test_everything_else_is_the_portal(harbor: FakeHarbor, path: str) -> None:
    with Raw(harbor.host, harbor.port) as raw:
        page = raw.request("GET", path, auth=basic("admin", "Harbor12345"))
        assert (page.status, page.header("Content-Type")) == (200, "text/html")
        assert page.body.startswith(b"<!doctype html>")
        assert page.header("Set-Cookie") is None
        head = raw.request("HEAD", path)
        assert (head.status, head.header("Content-Length")) == (200, str(len(page.body)))
        assert raw.request("POST", path, body=b"{}").status == 405


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/users", {"GET", "POST"}),
        ("PUT", "/users/", {"GET", "POST"}),
        ("POST", "/users/3", {"GET", "PUT", "DELETE"}),
        ("HEAD", "/users/3", {"GET", "PUT", "DELETE"}),
        ("OPTIONS", "/users/3", {"GET", "PUT", "DELETE"}),
        ("POST", "/users/current", {"GET", "PUT", "DELETE"}),
        ("POST", "/users/search", {"GET", "PUT", "DELETE"}),
        ("PUT", "/users/current/permissions", {"GET"}),
        ("GET", "/users/3/password", {"PUT"}),
        ("GET", "/users/current/sysadmin", {"PUT"}),
        ("DELETE", "/users/3/cli_secret", {"PUT"}),
        ("POST", "/configurations", {"GET", "PUT"}),
        ("TRACE", "/users", {"GET", "POST"}),
        ("PROPFIND", "/users", {"GET", "POST"}),
    ],
)
def test_wrong_methods(api: Api, method: str, path: str, allowed: set[str]) -> None:
    answer = api(method, path)
    assert answer.status == 405
    assert answer.header("Allow") is None
    assert answer.header("Www-Authenticate") is None
    if method == "HEAD":
        text = f"method HEAD is not allowed, but [{','.join(allowed)}] are"
        assert answer.header("Content-Length") == str(
            len(text) + len(b'{"errors":[{"code":"METHOD_NOT_ALLOWED","message":""}]}\n')
        )
        return
    code, message = answer.error
    match = re.fullmatch(r"method (\w+) is not allowed, but \[([A-Z,]+)\] are", message)
    assert match is not None
    assert (code, match[1], set(match[2].split(","))) == ("METHOD_NOT_ALLOWED", method, allowed)


@pytest.mark.parametrize("path", ["/users/current", "/users/search", "/users/current/"])
def test_words_where_an_id_belongs(api: Api, path: str) -> None:
    word = path.strip("/").split("/")[1]
    line = f'user_id in path must be of type int64: "{word}"'
    assert _unfit(api("DELETE", path)) == [line]
    assert _unfit(api("PUT", path, {"email": "a@b.co"})) == [line]


_IDS = {text: text for text in ("abc", "3x", "0x3", "1_0", "--1", "-9223372036854775809", "9" * 50)}
_IDS |= {"%20": " ", "3%20": "3 ", "%D9%A3": "٣", "1%2F2": "1/2", "%63urrent": "current"}
_IDS |= {"%22": '\\"', "%00": "\\x00", "%ff": "\\xff"}


@pytest.mark.parametrize(("text", "shown"), _IDS.items())
def test_ids_that_are_none(api: Api, text: str, shown: str) -> None:
    assert _unfit(api("GET", f"/users/{text}")) == [f'user_id in path must be of type int64: "{shown}"']


@pytest.mark.parametrize("user_id", [-(2**63), 2**63 - 1, 2**31, -(2**31) - 1])
def test_ids_beyond_the_database(api: Api, user_id: int) -> None:
    assert api("GET", f"/users/{user_id}").error == ("UNKNOWN", "internal server error")


@pytest.mark.parametrize("user_id", [-(2**31), 2**31 - 1, 0, -1])
def test_ids_of_nobody(api: Api, user_id: int) -> None:
    assert api("GET", f"/users/{user_id}").error == ("NOT_FOUND", f"user {user_id} not found")


# -- the query ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("a;b=1", "invalid semicolon separator in query"),
        ("page=1;page_size=2", "invalid semicolon separator in query"),
        ("q=%zz", 'invalid URL escape "%zz"'),
        ("%=1", 'invalid URL escape "%"'),
        ("a=%1", 'invalid URL escape "%1"'),
        ("a=1&b=%gg&c;d", 'invalid URL escape "%gg"'),
    ],
)
def test_bad_queries_come_before_everything(harbor: FakeHarbor, query: str, message: str) -> None:
    for path in ("/users", "/nothing", "/users/abc"):
        with Api(harbor, ("alice", "wrong")) as api:
            answer = api("GET", f"{path}?{query}", headers={"X-Request-Id": "mine", "Cookie": "sid=1"})
            assert (answer.status, answer.error) == (400, ("BAD_REQUEST", message))
            assert answer.header("X-Request-Id") is None
            assert answer.header("Set-Cookie") is None


def test_parameters_that_do_not_fit_are_told_together_in_order_of_name(api: Api) -> None:
    page, size = 'page in query must be of type int64: "x"', "page_size in query should be less than or equal to 100"
    assert _unfit(api("GET", "/users?page_size=101&page=x&q=~")) == [page, size]
    assert _unfit(api("GET", "/users/search?page_size=101&page=x")) == [page, size, "username in query is required"]
    assert _unfit(api("PUT", "/users/x")) == [
        "profile in body is required",
        'user_id in path must be of type int64: "x"',
    ]
    for end, name in (("password", "password"), ("sysadmin", "sysadminFlag"), ("cli_secret", "secret")):
        lines = _unfit(api("PUT", f"/users/x/{end}"))
        assert lines == [f"{name} in body is required", 'user_id in path must be of type int64: "x"']


@pytest.mark.parametrize("value", ["1.0", "1e2", "0x1", "1_0", "9223372036854775808", "%20", "1+"])
def test_numbers_that_are_none(api: Api, value: str) -> None:
    (line,) = _unfit(api("GET", f"/users?page={value}"))
    assert line.startswith("page in query must be of type int64: ")


def test_names_of_parameters_matter(api: Api) -> None:
    assert api("GET", "/users?Page=x&PAGE_SIZE=101").status == 200
    assert _unfit(api("GET", "/users/search?Username=a")) == ["username in query is required"]


# -- bodies and media types --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "line"),
    [
        ("application/json", None),
        ("APPLICATION/JSON", None),
        (" application/json ; charset=utf-8", None),
        ('application/json;charset="utf;8"', None),
        ("application/json;", None),
        ("application/json; a=1; b=2", None),
        ("application/json; a=1; A=1", None),
        ("text/plain", 'unsupported media type "text/plain", only [application/json] are allowed'),
        ("Text/Plain; a=b", 'unsupported media type "text/plain", only [application/json] are allowed'),
        ("application/json+x", 'unsupported media type "application/json+x", only [application/json] are allowed'),
        (None, 'unsupported media type "application/octet-stream", only [application/json] are allowed'),
        ("", 'unsupported media type "application/octet-stream", only [application/json] are allowed'),
        ('application/json; a="b"; A=b', None),
        ('application/json; a="b\\c"; a=bc', None),
    ],
)
def test_content_types(api: Api, content_type: str | None, line: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = api("PUT", "/users/3/sysadmin", headers=headers, body=b"{}")
    if line is None:
        assert answer.status == 200, answer
    else:
        assert _unfit(answer) == [line]


@pytest.mark.parametrize(
    ("content_type", "line"),
    [
        ("/json", 'parsing Content-Type header from "/json" failed, because mime: no media type'),
        (";", 'parsing Content-Type header from ";" failed, because mime: no media type'),
        ("a b/c", 'parsing Content-Type header from "a b/c" failed, because mime: expected slash after first token'),
        ("a/", 'parsing Content-Type header from "a/" failed, because mime: expected token after slash'),
        (
            "a/b c",
            'parsing Content-Type header from "a/b c" failed, because mime: unexpected content after media subtype',
        ),
        ("a/b; c", 'parsing Content-Type header from "a/b; c" failed, because mime: invalid media parameter'),
        ('a/b; c="d', 'parsing Content-Type header from "a/b; c=\\"d" failed, because mime: invalid media parameter'),
        ("a/b; c=", 'parsing Content-Type header from "a/b; c=" failed, because mime: invalid media parameter'),
        (
            "a/b; c=1; C=2",
            'parsing Content-Type header from "a/b; c=1; C=2" failed, because mime: duplicate parameter name',
        ),
    ],
)
def test_content_types_that_cannot_be_read(api: Api, content_type: str, line: str) -> None:
    headers = {"Content-Type": content_type}
    assert _unfit(api("DELETE", "/users/3", headers=headers, body=b"{}")) == [line]
    for method, path in (("PUT", "/users/3/sysadmin"), ("POST", "/users"), ("PATCH", "/nothing")):
        _assert_page(api(method, path, headers=headers, body=b"{}"), 500, "Internal Server Error")
        _assert_page(api(method, path, headers=headers), 500, "Internal Server Error")


@pytest.mark.parametrize(
    ("content_type", "body", "readable"),
    [
        ("application/x-www-form-urlencoded", b"a=b&c", True),
        ("application/x-www-form-urlencoded", b"", True),
        ("application/x-www-form-urlencoded", b"a=%zz", False),
        ("Application/X-WWW-Form-Urlencoded; x=y", b"a;b", False),
        ("text/plain", b"a=%zz;", True),
        ("multipart/form-data; boundary=x", b"--x--", True),
        ("multipart/form-data; boundary=x", b"x", False),
        ("multipart/form-data", b"--x--", False),
    ],
)
def test_forms_are_read_before_anything_looks_at_them(api: Api, content_type: str, body: bytes, readable: bool) -> None:
    answer = api("POST", "/nothing", headers={"Content-Type": content_type}, body=body)
    if readable:
        assert answer.status == 404
    else:
        _assert_page(answer, 500, "Internal Server Error")
    assert api("GET", "/nothing", headers={"Content-Type": content_type}, body=body).status == 404
    assert api("HEAD", "/nothing", headers={"Content-Type": content_type}, body=body).status == 404
    of_delete = api("DELETE", "/nothing", headers={"Content-Type": content_type}, body=body)
    assert of_delete.status == (500 if "multipart" in content_type and not readable else 404)


def test_methods_that_the_web_framework_does_not_know(api: Api) -> None:
    for method in ("FOO", "get", "Put", "REPORT"):
        _assert_page(api(method, "/users"), 405, "Method Not Allowed")
        _assert_page(api(method, "/nothing"), 405, "Method Not Allowed")
    known = ("CONNECT", "COPY", "LOCK", "MKCOL", "MOVE", "PROPFIND", "PROPPATCH", "UNLOCK", "PATCH", "TRACE")
    for method in known:
        answer = api(method, "/users")
        assert (answer.status, answer.error[0]) == (405, "METHOD_NOT_ALLOWED")
        assert f"method {method} is not allowed" in answer.error[1]


def test_read_only_mode_comes_before_the_web_framework() -> None:
    with FakeHarbor(read_only=True) as harbor, Api(harbor) as api:
        for method in ("FOO", "put", "get"):
            assert api(method, "/users").error[0] == "DENIED"
        assert api("PUT", "/users/3", headers={"Content-Type": "/"}, body=b"{}").error[0] == "DENIED"


def _assert_page(answer: Response, status: int, title: str) -> None:
    """The web framework's own page: it has not come as far as the router, which hands out the `sid`."""
    assert (answer.status, answer.header("Content-Type")) == (status, "text/html; charset=utf-8")
    assert f"<title>{title}</title>".encode() in answer.body
    assert answer.body.startswith(b"<!DOCTYPE html>")
    assert answer.header("Set-Cookie") is None
    assert answer.header("X-Request-Id")


def test_content_types_of_requests_that_need_no_body(api: Api) -> None:
    assert _unfit(api("GET", "/users", headers={"Content-Type": "text/plain"}, body=b"x"))[0].startswith("unsupported")
    assert api("GET", "/users", headers={"Content-Type": "application/json"}, body=b"x").status == 200
    assert api("GET", "/users", headers={"Content-Type": "text/plain"}).status == 200
    assert _unfit(api("PUT", "/users/3", headers={"Content-Type": "text/plain"})) == ["profile in body is required"]
    assert _unfit(api("DELETE", "/users/x", body=b"x"))[0].startswith("unsupported media type")


@pytest.mark.parametrize(
    ("accept", "fine", "fine_before"),
    [
        ("application/json", True, True),
        ("*/*", True, True),
        ("application/*", True, True),
        ("text/html, application/json;q=0.1", True, True),
        ("text/html;level=1;q=0.5,*/*;q=.2", True, True),
        ("application/json;v=1;q=0.2", True, True),
        ("text/html", False, False),
        ("application/json;q=0", False, False),
        ("application/json;q=0.0, text/html", False, False),
        ("application/xml", False, False),
        ("*", False, False),
        ("text/*", False, False),
        ("application", False, False),
        ("text/json", False, False),
        ("text/html application/json", False, False),
        ("application/json;q=1x, text/html", True, True),
        # before 2.15.2 what could not be read ended the line, and a header without any media type asked for nothing
        ("", False, True),
        (";x", False, True),
        ("application/json;q=x", True, True),
        ("text/html, application/json;q=x", True, False),
        ("application/json;q=.", True, False),
        ("application/json;q=-1", False, True),
        ("text/html application/json, */*", True, False),
        ("Application/JSON", True, False),
        ("*/json", True, False),
        ("*/html", True, False),
        ("application/json q=0", False, True),
        ('text/html;a="x,application/json"', False, True),
        ('text/html;a="\\",x", application/json', True, False),
    ],
)
def test_accept(api: Api, before: Api, accept: str, fine: bool, fine_before: bool) -> None:
    for server, takes in ((api, fine), (before, fine_before)):
        answer = server("GET", "/users", headers={"Accept": accept})
        if takes:
            assert answer.status == 200, answer
        else:
            assert _unfit(answer) == ["unsupported media type requested, only [application/json] are available"]
        # a body's own type does as well
        assert server("PUT", "/users/3/sysadmin", {}, headers={"Accept": accept}).status == 200


def test_a_long_header_takes_no_long_time(before: Api) -> None:
    # a reader that copies what is left after each entry takes longer than the connection waits
    assert before("GET", "/users", headers={"Accept": "a/b;q=0.1," * 90_000 + "*/*"}).status == 200


def test_a_content_type_that_is_half_of_one(api: Api, before: Api) -> None:
    why = 'mediatype: malformed: "application" has no subtype'
    unread = f'parsing Content-Type header from "application" failed, because {why}'
    unsupported = 'unsupported media type "application", only [application/json] are allowed'
    for server, line in ((api, unread), (before, unsupported)):
        answer = server("PUT", "/users/3/sysadmin", headers={"Content-Type": "Application"}, body=b"{}")
        assert _unfit(answer) == [line]


@pytest.mark.parametrize("content_type", ["application/*", "*/*", "Application/*; charset=utf-8"])
def test_a_range_as_content_type(api: Api, before: Api, content_type: str) -> None:
    name = content_type.partition(";")[0].lower()
    unsupported = f'unsupported media type "{name}", only [application/json] are allowed'
    for server, line in ((api, f"no consumer registered for {name}"), (before, unsupported)):
        answer = server("PUT", "/users/3/sysadmin", headers={"Content-Type": content_type}, body=b"{}")
        assert _unfit(answer) == [line]


def test_accept_comes_before_the_parameters(api: Api) -> None:
    for method, path in (("GET", "/users/abc"), ("PUT", "/users/3"), ("DELETE", "/users/x")):
        (line,) = _unfit(api(method, path, headers={"Accept": "text/html"}))
        assert line.startswith("unsupported media type requested")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b" \n", "userReq in body is required"),
        (b"[", 'parsing userReq body from "" failed, because unexpected EOF'),
        (b"<a>", "parsing userReq body from \"\" failed, because invalid character '<' looking for beginning of value"),
        (
            b'{"comment":1}',
            (
                'parsing userReq body from "" failed, because json: cannot unmarshal number into Go struct '
                "field UserCreationReq.comment of type string"
            ),
        ),
    ],
)
def test_bad_bodies(api: Api, body: bytes, line: str) -> None:
    assert _unfit(api("POST", "/users", headers={"Content-Type": "application/json"}, body=body)) == [line]


@pytest.mark.parametrize(
    ("path", "struct"),
    [
        ("/users/3", "UserProfile"),
        ("/users/3/password", "PasswordReq"),
        ("/users/3/sysadmin", "UserSysAdminFlag"),
        ("/users/3/cli_secret", "OIDCCliSecretReq"),
        ("/configurations", "Configurations"),
    ],
)
def test_go_types_in_messages(api: Api, path: str, struct: str) -> None:
    (line,) = _unfit(api("PUT", path, ["x"]))
    assert line.endswith(f"json: cannot unmarshal array into Go value of type models.{struct}")


def test_a_body_in_chunks(harbor: FakeHarbor) -> None:
    head = b"PUT /api/v2.0/users/3/sysadmin HTTP/1.1\r\nHost: x\r\nAuthorization: %b\r\n"
    head += b"Transfer-Encoding: chunked\r\n%b\r\n"
    auth = basic("admin", "Harbor12345").encode()
    with Raw(harbor.host, harbor.port) as raw:
        raw.socket.sendall(
            head % (auth, b"Content-Type: application/json\r\n") + b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: 1\r\n\r\n"
        )
        assert raw.read().status == 200
        raw.socket.sendall(head % (auth, b"") + b"0\r\n\r\n")
        assert _unfit(raw.read()) == ["sysadminFlag in body is required"]


# -- headers -----------------------------------------------------------------------------------------------------------


def test_request_ids(api: Api) -> None:
    ids = set()
    for headers in ({}, {"X-Request-Id": ""}, {"X-Request-Id": "  "}):
        request_id = api("GET", "/users/3", headers=headers).header("X-Request-Id")
        assert request_id is not None
        assert _UUID.fullmatch(request_id)
        ids.add(request_id)
    assert len(ids) == 3
    for sent in ("x", "é名", 'a "b" \\ <c>'):
        got = api("GET", "/nothing", headers={"x-request-ID": f" {sent} "}).header("X-Request-Id")
        assert got is not None
        assert got.encode("latin-1").decode() == sent


def test_content_types_of_answers(harbor: FakeHarbor, api: Api) -> None:
    assert api("GET", "/users/3").header("Content-Type") == "application/json"
    assert api("GET", "/users/99").header("Content-Type") == "application/json; charset=utf-8"
    empty = api("PUT", "/users/3/sysadmin", {})
    assert (empty.header("Content-Type"), empty.header("Content-Length"), empty.body) == (None, "0", b"")
    with Api(harbor, None) as nobody:
        crash = nobody("GET", "/users/3")
        assert (crash.header("Content-Type"), crash.body) == (None, b"")
        assert nobody("GET", "/users").header("Www-Authenticate") is None


def test_long_answers_come_in_chunks(api: Api) -> None:
    short = api("GET", "/users/current/permissions?scope=/project/99&relative=true")
    assert len(short.body) > 2048
    assert (short.header("Transfer-Encoding"), short.header("Content-Length")) == ("chunked", None)
    assert short.header("Date")


@pytest.mark.parametrize(
    ("authorization", "challenge"),
    [
        (None, True),
        ("Bearer x", True),
        ("Basic", True),
        ("Basic !!!", True),
        ("Basic " + base64.b64encode(b"no colon").decode(), True),
        ("Basic YWRtaW46SGFyYm9yMTIzNDU", True),  # without its padding
        ("Basic  YWRtaW46SGFyYm9yMTIzNDU=", True),  # two spaces
        ("bASIC YWRtaW46SGFyYm9yMTIzNDU=", False),
        ("Basic " + base64.b64encode(b"nobody:x").decode(), False),
        ("Basic " + base64.b64encode(b":").decode(), False),
    ],
)
def test_the_challenge_of_a_422(harbor: FakeHarbor, authorization: str | None, challenge: bool) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    with Api(harbor, None) as api:
        answer = api("PUT", "/users/x", headers=headers)
        assert answer.status == 422
        assert answer.header("Www-Authenticate") == ('Basic realm="API"' if challenge else None)


def test_passwords_may_hold_colons_and_unicode(harbor: FakeHarbor) -> None:
    harbor.add_user("colon", password="a:b:é:")
    with Api(harbor, ("colon", "a:b:é:")) as api:
        assert api("GET", "/users/current").json["username"] == "colon"
    harbor.add_user("with:colon", password="x")
    with Api(harbor, ("with:colon", "x")) as api:
        assert api("GET", "/users/current").status == 401
    with Raw(harbor.host, harbor.port) as raw:  # Latin-1 is another password
        latin = "Basic " + base64.b64encode("colon:a:b:é:".encode("latin-1")).decode()
        assert raw.request("GET", "/api/v2.0/users/current", auth=latin).status == 401


# -- sid and CSRF ------------------------------------------------------------------------------------------------------


def test_every_answer_hands_out_another_sid(api: Api) -> None:
    seen = set()
    for method, path in (("GET", "/users/3"), ("GET", "/nothing"), ("POST", "/users"), ("PATCH", "/users")):
        match = _SID.fullmatch(api(method, path).header("Set-Cookie") or "")
        assert match is not None
        seen.add(match[1])
    assert len(seen) == 4


def test_a_sid_turns_csrf_checks_on(harbor: FakeHarbor, api: Api) -> None:
    before = harbor.clock.time()
    sid = _SID.fullmatch(api("GET", "/users").header("Set-Cookie") or "")
    assert sid is not None
    cookie = f"other=1; sid={sid[1]}"
    read = api("GET", "/users/3", headers={"Cookie": cookie})
    assert read.status == 200
    assert read.header("Vary") == "Cookie"
    csrf = re.fullmatch(
        r"(_gorilla_csrf=[\w=-]+); Path=/; Expires=([^;]+ GMT); Max-Age=43200; HttpOnly; SameSite=Strict",
        read.header("Set-Cookie") or "",
    )
    assert csrf is not None
    assert int(before) + 43_200 <= parsedate_to_datetime(csrf[2]).timestamp() <= harbor.clock.time() + 43_200
    token = read.header("X-Harbor-Csrf-Token")
    assert token
    both = f"{cookie}; {csrf[1]}"

    def create(headers: dict[str, str]) -> Response:
        return api("POST", "/users", creation("carol", password="x"), headers=headers)

    missing = ("FORBIDDEN", "CSRF token not found in request")
    invalid = ("FORBIDDEN", "CSRF token invalid")
    assert create({"Cookie": cookie}).error == missing
    assert create({"Cookie": cookie, "X-Harbor-CSRF-Token": token}).error == invalid  # without its cookie
    assert create({"Cookie": both}).error == missing
    assert create({"Cookie": both, "X-Harbor-CSRF-Token": "AAAA"}).error == invalid
    assert create({"Cookie": both, "X-Harbor-CSRF-Token": "é"}).error == invalid
    assert create({"Cookie": both, "X-Harbor-CSRF-Token": base64.b64encode(b"x" * 64).decode()}).error == invalid
    passed = create({"Cookie": both, "X-Harbor-CSRF-Token": token})
    assert passed.error[0] == "BAD_REQUEST"  # it came as far as the password
    assert passed.header("Set-Cookie") is None
    refused = create({"Cookie": cookie})
    assert (refused.status, (refused.header("Set-Cookie") or "")[:14]) == (403, "_gorilla_csrf=")
    again = api("GET", "/users/3", headers={"Cookie": both})
    assert again.header("Set-Cookie") is None
    assert again.header("X-Harbor-Csrf-Token") != token  # masked anew, and as good
    assert create({"Cookie": both, "X-Harbor-CSRF-Token": again.header("X-Harbor-Csrf-Token") or ""}).status == 400
    dead = f"sid={'0' * 32}; {csrf[1]}"
    assert _SID.fullmatch(api("GET", "/users/3", headers={"Cookie": dead}).header("Set-Cookie") or "")
    forged = base64.urlsafe_b64encode(b"x" * 32 + b"y" * 32).decode()
    mask = base64.b64encode(b"\0" * 32 + b"x" * 32).decode()
    assert create({"Cookie": f"sid=1; _gorilla_csrf={forged}", "X-Harbor-CSRF-Token": mask}).error == invalid
    for odd in ("sid=", "sid", "sid=zz", 'sid="z"', "a; sid =1", "sid=é; sid=1"):
        assert create({"Cookie": odd}).error == missing, odd
    for none in ("xsid=1", "sid=é", 'sid="', 'sid=a"b', "sid=a\\b"):  # not a value that Go takes for one
        assert create({"Cookie": none}).error[0] == "BAD_REQUEST", none
    for method in ("HEAD", "OPTIONS", "TRACE"):
        assert api(method, "/users", headers={"Cookie": cookie}).status == 405


def test_csrf_comes_before_the_password_and_the_route(harbor: FakeHarbor) -> None:
    with Api(harbor, ("alice", "wrong")) as api:
        for method, path in (("POST", "/users"), ("PATCH", "/nothing"), ("DELETE", "/users/x")):
            assert api(method, path, headers={"Cookie": "sid=1"}).error[1] == "CSRF token not found in request"


def test_a_browser_may_register_itself() -> None:
    with FakeHarbor(self_registration=True) as harbor, Api(harbor, None) as api:
        read = api("GET", "/users/current", headers={"Cookie": "sid=1"})
        assert read.status == 401
        cookie = (read.header("Set-Cookie") or "").partition(";")[0]
        headers = {"Cookie": f"sid=1; {cookie}", "X-Harbor-CSRF-Token": read.header("X-Harbor-Csrf-Token") or ""}
        assert api("POST", "/users", creation("carol"), headers=headers).status == 201
        assert api("POST", "/users", creation("carol")).status == 403
