"""D: content is what the API says, or the error names what was expected, what was found, and where."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable
from typing import Any

import pytest

import harbor_client
from harbor_client.exceptions import UnexpectedResponseException
from support.calls import BY_NAME, CALLS, READS, Call
from support.clients import GET, fails, succeeds, users
from support.faultserver import OK, FaultServer, reply, user

LIST = BY_NAME["list_users"]
PERMISSIONS = BY_NAME["get_current_user_permissions"]
SEARCH = BY_NAME["search_users"]


def with_meta(meta: object) -> dict[str, object]:
    return {**user(), "oidc_user_meta": meta}


HTML = b"<!DOCTYPE html><html><head><title>Harbor</title></head><body></body></html>"

NOT_THE_API: dict[str, bytes] = {
    "HTML": reply(HTML, kind="text/html"),
    "HTML called JSON": reply(HTML),
    "plain text": reply(b"pong", kind="text/plain"),
    "empty": reply(b""),
    "empty, called JSON": reply(b"", 200, "Content-Type: application/json"),
    "204": reply(b"", 204, length=None),
    "blank": reply(b"  \n "),
    "a byte order mark alone": reply(b"\xef\xbb\xbf"),
    **{text: reply(text.encode()) for text in ("null", "true", "false", "0", "1.5", '"alice"', '""', "[[]]", "[null]")},
    **{text: reply(text.encode()) for text in ("[1]", '["alice"]')},
    "JSON cut": reply(b'{"user_id": 3, "username": "al'),
    "JSON and more": reply(b'{"user_id": 3} {"user_id": 4}'),
    "JSON and garbage": reply(b'{"user_id": 3}garbage'),
    "JSON lines": reply(b'{"user_id": 3}\n{"user_id": 4}\n'),
    **{text: reply(text.encode()) for text in ("{'user_id': 3}", "{user_id: 3}", '{"user_id": 3,}')},
    **{text: reply(text.encode()) for text in ('{"user_id": 3} // three', 'callback({"user_id": 3})')},
    "XML": reply(b"<?xml version='1.0'?><user/>", kind="application/xml"),
    "YAML": reply(b"user_id: 3\n"),
    "a control character in a string": reply(b'{"username": "a\nb"}'),
    "a bad escape": reply(b'{"username": "\\x41"}'),
    "invalid UTF-8": reply(b'{"username": "\xff\xfe"}'),
    "Latin-1": reply('{"username": "Jürgen"}'.encode("latin-1")),
    "overlong UTF-8": reply(b'{"username": "\xc0\xaf"}'),
    "UTF-8 cut": reply(b'{"username": "\xe2\x82"}'),
    "UTF-8 surrogate": reply(b'{"username": "\xed\xa0\x80"}'),
    "UTF-16": reply(json.dumps(user()).encode("utf-16")),
    "UTF-32": reply(json.dumps(user()).encode("utf-32")),
    "NUL": reply(b"\0"),
    "gzip without saying so": reply(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"),
    "100,000 lists": reply(b"[" * 100_000),
    "100,000 lists, closed": reply(b"[" * 100_000 + b"]" * 100_000),
    "100,000 objects": reply(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    "100,000 lists in an unknown field": reply(b'{"user_id": 3, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    "a number of 10,000 digits": reply(b"1" * 10_000),
    "10,000 digits in a field": reply(b'{"user_id": ' + b"1" * 10_000 + b"}"),
    "10,000 digits in a list": reply(b'[{"user_id": ' + b"1" * 10_000 + b"}]"),
    "10,000 digits in an unknown field": reply(b'{"user_id": 3, "x": ' + b"1" * 10_000 + b"}"),
    **{
        text: reply(text.encode())
        for text in ("NaN", '{"user_id": NaN}', '{"user_id": Infinity}', '[{"user_id": NaN}]')
    },
    **{text: reply(text.encode()) for text in ('{"user_id": -Infinity}', '{"user_id": 3, "x": NaN}')},
}


@pytest.mark.parametrize("call", READS, ids=str)
@pytest.mark.parametrize("response", NOT_THE_API.values(), ids=NOT_THE_API.keys())
def test_what_is_not_the_api_is_an_error(call: Call, response: bytes) -> None:
    failed = fails([response], UnexpectedResponseException, call)
    assert failed.error.status in (200, 204)
    assert failed.error.outcome == "answered"
    assert failed.error.headers is not None
    assert failed.seen == 1


@pytest.mark.parametrize("call", READS, ids=str)
def test_object_for_a_list_and_list_for_an_object(call: Call) -> None:
    wrong = b"{}" if call in (LIST, PERMISSIONS, SEARCH) else b"[]"
    failed = fails([reply(wrong)], UnexpectedResponseException, call)
    words = str(failed.error).lower()
    assert "list" in words or "array" in words
    assert "object" in words


# An object of the API, its field, a value that the field cannot have: the error names field and kind, not the value.
WRONG: list[tuple[str, object]] = [
    ("user_id", "3"),
    ("user_id", "three"),
    ("user_id", 3.5),
    ("user_id", True),
    ("user_id", [3]),
    ("user_id", {"id": 3}),
    ("username", 3),
    ("username", 3.5),
    ("username", True),
    ("username", ["alice"]),
    ("username", {"name": "alice"}),
    ("email", 0),
    ("realname", []),
    ("comment", {}),
    ("sysadmin_flag", "true"),
    ("sysadmin_flag", 1),
    ("sysadmin_flag", 0),
    ("sysadmin_flag", []),
    ("admin_role_in_auth", "no"),
    ("admin_role_in_auth", {}),
    ("creation_time", "yesterday"),
    ("creation_time", 1767323045),
    ("creation_time", True),
    ("creation_time", []),
    ("creation_time", "2026-13-01T00:00:00Z"),
    ("creation_time", "2026-02-30T00:00:00.000Z"),
    ("creation_time", "2026-01-01T25:00:00Z"),
    ("creation_time", "2026-01-01T00:61:00Z"),
    ("update_time", "0000-00-00T00:00:00Z"),
    ("update_time", "99999-01-01T00:00:00Z"),
    ("update_time", {}),
    ("oidc_user_meta", "none"),
    ("oidc_user_meta", []),
    ("oidc_user_meta", 1),
]


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda part: repr(part)[:30])
def test_wrong_field_is_named(name: str, value: object) -> None:
    failed = fails([reply({**user(), name: value})], UnexpectedResponseException)
    assert name in failed.error.reason


@pytest.mark.parametrize(("name", "value"), WRONG, ids=lambda part: repr(part)[:30])
def test_wrong_field_in_a_list_is_named_with_its_place(name: str, value: object) -> None:
    content = [user(3), user(4), user(5), {**user(6), name: value}, user(7)]
    failed = fails([reply(content)], UnexpectedResponseException, LIST)
    assert f"[3].{name}" in failed.error.reason


@pytest.mark.parametrize(
    ("call", "content", "place"),
    [
        (GET, with_meta({"id": "x"}), "oidc_user_meta.id"),
        (GET, with_meta({"secret": 1}), "oidc_user_meta.secret"),
        (GET, with_meta({"creation_time": "never"}), "oidc_user_meta.creation_time"),
        (LIST, [user(), with_meta({"user_id": "x"})], "[1].oidc_user_meta.user_id"),
        (LIST, [user(), None], "[1]"),
        (LIST, [user(), user(), 7], "[2]"),
        (LIST, [[user()]], "[0]"),
        (SEARCH, [{"user_id": 3, "username": "a"}, {"user_id": "x"}], "[1].user_id"),
        (SEARCH, [{"user_id": 3, "username": 5}], "[0].username"),
        (PERMISSIONS, [{"action": "read", "resource": 1}], "[0].resource"),
        (PERMISSIONS, [{"action": ["read"], "resource": "/"}], "[0].action"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_place_of_a_wrong_value(call: Call, content: object, place: str) -> None:
    assert place in fails([reply(content)], UnexpectedResponseException, call).error.reason


def test_error_says_what_was_expected_and_what_was_found() -> None:
    error = fails([reply({**user(), "user_id": "x"})]).error
    assert "int" in error.reason
    assert "str" in error.reason
    assert f"/users/3 failed: {error.reason} (outcome: answered).\n(200)\n" in str(error)


def test_secret_of_the_wrong_type_is_not_quoted() -> None:
    failed = fails([reply(with_meta({"secret": ["hunter2-hunter2"]}))], UnexpectedResponseException)
    assert "hunter2" not in failed.error.reason


FINE: dict[str, tuple[bytes, str]] = {
    "a byte order mark": (reply(b"\xef\xbb\xbf" + json.dumps(user()).encode()), "alice"),
    "no content type": (reply(user(), kind=None), "alice"),
    "text/plain": (reply(user(), kind="text/plain"), "alice"),
    "text/html that is JSON": (reply(user(), kind="text/html"), "alice"),
    "charset": (reply(user(), kind="application/json; charset=utf-8"), "alice"),
    "vendor's type": (reply(user(), kind="application/vnd.goharbor+json"), "alice"),
    "nonsense type": (reply(user(), kind="!!"), "alice"),
    "space around": (reply(b" \r\n\t" + json.dumps(user()).encode() + b"\n\n"), "alice"),
    "unknown fields": (reply(user(x=1, y=[{"z": None}], robot={"a": {}})), "alice"),
    "nested 50 deep in an unknown field": (reply(user(x=json.loads("[" * 50 + "]" * 50))), "alice"),
    "a field twice": (reply(b'{"username": "bob", "username": "alice"}'), "alice"),
    "escapes": (reply(b'{"username": "\\u0061l\\u0069ce"}'), "alice"),
    "non-ASCII": (reply('{"username": "Jürgen 李"}'.encode()), "Jürgen 李"),
    "a surrogate pair": (reply(b'{"username": "\\ud83d\\ude00"}'), "\N{GRINNING FACE}"),
    "empty text": (reply(user(name="")), ""),
    "a megabyte of text": (reply(user(name="a" * 1_000_000)), "a" * 1_000_000),
}


@pytest.mark.parametrize(("response", "name"), FINE.values(), ids=FINE.keys())
def test_what_is_fine(response: bytes, name: str) -> None:
    values, _ = succeeds([response])
    assert values[0].username == name


def test_missing_fields_are_none() -> None:
    (value,), _ = succeeds([reply({"user_id": 3})])
    assert value.user_id == 3
    for name in ("username", "email", "realname", "comment", "sysadmin_flag", "creation_time", "oidc_user_meta"):
        assert getattr(value, name) is None


def test_null_fields_are_none() -> None:
    (value,), _ = succeeds([reply({**dict.fromkeys(user()), "username": "alice"})])
    assert value == harbor_client.UserResp(username="alice")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-01-02T03:04:05.678Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, datetime.timezone.utc)),
        ("2026-01-02T03:04:05Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 0, datetime.timezone.utc)),
        ("2026-01-02T03:04:05.123456Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 123456, datetime.timezone.utc)),
        ("2026-01-02T03:04:05.123456789Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 123456, datetime.timezone.utc)),
        (
            "2026-01-02T03:04:05+02:00",
            datetime.datetime(2026, 1, 2, 3, 4, 5, 0, datetime.timezone(datetime.timedelta(hours=2))),
        ),
        ("0001-01-01T00:00:00.000Z", datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc)),
    ],
)
def test_times(text: str, value: datetime.datetime) -> None:
    (found,), _ = succeeds([reply({**user(), "creation_time": text})])
    assert found.creation_time == value


@pytest.mark.parametrize("content", [[], [user()], [user(number) for number in range(3, 103)]], ids=len)
def test_lists(content: list[Any]) -> None:
    (values,), _ = succeeds([reply(content)], LIST)
    assert [value.user_id for value in values] == [one["user_id"] for one in content]


@pytest.mark.parametrize("call", [call for call in CALLS if call.write], ids=str)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"{}", b'{"user_id": 3}', b"ok", b"\xffok"],
    ids=["nothing", "null", "object", "user", "text", "not UTF-8"],
)
def test_success_of_a_write_has_no_content_to_check(call: Call, body: bytes) -> None:
    """Some proxies add one; the write has happened."""
    values, _ = succeeds([reply(body)], call)
    assert values == [None]


@pytest.mark.parametrize("call", [BY_NAME["create_user"], BY_NAME["delete_user"]], ids=str)
@pytest.mark.parametrize(
    "page",
    [
        HTML,
        b"\xef\xbb\xbf" + HTML,
        HTML + b"\xfc",
        b"<!-- build 4 -->\r\n" + HTML,
        b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"></html>',
        b"<p>Please log in.</p>",
    ],
    ids=["plain", "byte order mark", "Latin-1", "behind a comment", "XHTML", "a piece"],
)
def test_html_is_no_success_of_a_write(page: bytes, call: Call) -> None:
    """Without /api/v2.0 in the host, it is Harbor's portal that responses: nothing was written."""
    failed = fails([reply(page, kind="text/html")], UnexpectedResponseException, call)
    assert failed.error.status == 200
    assert "/api/v2.0" in failed.error.hint


def test_right_response_still_works() -> None:
    """The cases above fail for their own reason."""
    (value,), _ = succeeds([OK])
    assert value.to_dict()["user_id"] == 3


NOT_HARBORS = b'{"status": "ok", "uptime": 5}'


@pytest.mark.parametrize(
    ("name", "body", "place"),
    [
        ("get_user", NOT_HARBORS, ""),
        ("list_users", b"[%s]" % NOT_HARBORS, " at [0]"),
        ("list_users", b'[{"user_id": 3}, %s]' % NOT_HARBORS, " at [1]"),
        ("get_current_user_permissions", b"[%s]" % NOT_HARBORS, " at [0]"),
        ("get_user", b'{"user_id": 3, "oidc_user_meta": %s}' % NOT_HARBORS, " at oidc_user_meta"),
        ("list_users", b'[{"user_id": 3}, {"oidc_user_meta": %s}]' % NOT_HARBORS, " at [1].oidc_user_meta"),
    ],
)
def test_an_object_of_something_else_is_no_model_full_of_none(name: str, body: bytes, place: str) -> None:
    error = fails([reply(body)], UnexpectedResponseException, BY_NAME[name]).error
    assert error.reason.endswith(
        f"expected an object with fields of the model{place}, found an object with none of them"
    )
    assert (error.status, error.outcome) == (200, "answered")
    assert "HARBOR_URL" in error.hint


NOTHING_FOR: dict[str, Callable[[harbor_client.ApiClient], object]] = {
    "get_user": lambda client: harbor_client.UserApi(client).get_user(3),
    "get_current_user_info": lambda client: harbor_client.UserApi(client).get_current_user_info(),
    "list_users": lambda client: harbor_client.UserApi(client).list_users(),
    "search_users of a list": lambda client: harbor_client.UserApi(client).search_users("ali"),
    "permissions of a list": lambda client: harbor_client.UserApi(client).get_current_user_permissions(),
    "list_projects": lambda client: harbor_client.ProjectApi(client).list_projects(),
    "get_project": lambda client: harbor_client.ProjectApi(client).get_project("library"),
    "get_project_deletable": lambda client: harbor_client.ProjectApi(client).get_project_deletable(1),
    "get_project_summary": lambda client: harbor_client.ProjectApi(client).get_project_summary(1),
    "list_project_members": lambda client: harbor_client.MemberApi(client).list_project_members(1),
    "get_project_member": lambda client: harbor_client.MemberApi(client).get_project_member(1, 2),
    "call": lambda client: client.call("GET", "/users/3", returns="UserResp"),
}
NULLS = dict.fromkeys([*user(), "action", "resource", "project_id", "name", "id", "deletable", "repo_count"])


@pytest.mark.parametrize("void", [{}, NULLS, {"status": None}], ids=["empty", "nulls", "null of something else"])
@pytest.mark.parametrize("name", NOTHING_FOR)
def test_nothing_but_nulls_is_no_model_full_of_none(name: str, void: dict[str, object]) -> None:
    content: object = [void] if "list" in name else void
    with FaultServer([reply(content)]) as server, users(server) as api:
        with pytest.raises(UnexpectedResponseException, match="found an object with none of them"):
            NOTHING_FOR[name](api.api_client)


@pytest.mark.parametrize("void", [{}, {"public": None}])
def test_what_is_in_a_model_may_be_empty(void: dict[str, object]) -> None:
    content = reply({"project_id": 1, "metadata": void, "cve_allowlist": {"items": [{}]}})
    with FaultServer([content]) as server, users(server) as api:
        project = harbor_client.ProjectApi(api.api_client).get_project(1)
    assert project.metadata == harbor_client.ProjectMetadata()
    assert project.cve_allowlist is not None
    assert project.cve_allowlist.items == [harbor_client.CVEAllowlistItem()]


def test_what_a_script_decodes_itself_may_be_empty() -> None:
    class Own:
        data = "{}"

    with users("http://127.0.0.1:1") as api:
        assert api.api_client.deserialize(Own(), "UserResp") == harbor_client.UserResp()
        assert api.api_client.deserialize(Own(), "object") == {}


def test_some_fields_are_enough() -> None:
    (user, *_), _ = succeeds([reply({"username": "alice", "new": 1})])
    assert (user.username, user.user_id) == ("alice", None)
