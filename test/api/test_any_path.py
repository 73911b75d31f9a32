"""`ApiClient.call` and `ApiClient.pages`: any path, and lists that are complete or an error."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from harbor_client import (
    ApiClient,
    Configuration,
    ForbiddenException,
    MemberApi,
    NotFoundException,
    UnauthorizedException,
    UnexpectedResponseException,
    UserResp,
)
from harbor_client.testing import FakeHarbor
from support.canaries import caught
from support.faultserver import FaultServer, Request, again, reply, respond
from support.recorder import mark, reachable


def test_call(client: ApiClient) -> None:
    assert client.call("GET", "/users/3")["username"] == "alice"
    user = client.call("get", "/users/3", returns="UserResp", x_request_id="audit-1", timeout=5)
    assert isinstance(user, UserResp)
    assert client.last_response.headers["X-Request-Id"] == "audit-1"
    assert client.call("PUT", "/users/3/sysadmin", body={"sysadmin_flag": True}) is None
    assert client.call("GET", "/users", query={"q": "username=alice", "sort": None})[0]["sysadmin_flag"] is True
    assert [user["user_id"] for user in client.call("GET", "/users", query=[("page_size", 1)])] == [3]
    with pytest.raises(NotFoundException) as raised:
        client.call("DELETE", "/users/4711")
    assert raised.value.outcome == "answered"


@pytest.mark.parametrize(
    "path",
    [
        *("users", "", "/users?page=1", "/users#x", "/users/../projects", "/users/%2e%2E/projects"),
        *("/users/%252e%252e/projects", "/users/%2e%2e%2fprojects", "/users/..%252Fprojects", "/users/..%5cprojects"),
        *("/projects//members", "/users/a b", "/users\r\nX: y", "/users/%zz", "/{user_id}", "//evil.example/x"),
        *("https://evil.example/x", 3, None),
    ],
)
def test_wrong_paths_are_refused(client: ApiClient, harbor: FakeHarbor, path: Any) -> None:
    kind = ValueError if isinstance(path, str) else TypeError
    for call in (lambda: client.call("GET", path), lambda: client.pages(path)):
        with pytest.raises(kind, match="path must"):
            call()
    assert not harbor.requests


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"method": "GET", "body": {}}, "a GET request has no body"),
        ({"method": "head", "body": []}, "a HEAD request has no body"),
        ({"method": "TRACE"}, "http method must be"),
        ({"method": None}, "http method must be"),
        ({"returns": "nonsense"}, "there is no type 'nonsense'"),
        ({"returns": "list["}, "there is no type"),
        ({"returns": 5}, "5 is not a model"),
        ({"query": "a=b"}, "query must be a mapping, or pairs"),
        ({"query": [("a",)]}, "query must be a mapping, or pairs"),
        ({"query": 5}, "query must be a mapping, or pairs"),
        ({"query": {"a": [1, 2]}}, "a has several values"),
        ({"body": {1, 2}}, "set"),
        ({"headers": {"X": "a\r\nB: c"}}, "cannot be sent"),
        ({"x_request_id": "a\nb"}, "cannot be sent"),
        ({"timeout": -1}, "positive number of seconds"),
    ],
)
def test_wrong_arguments_are_refused(
    client: ApiClient, harbor: FakeHarbor, arguments: dict[str, Any], told: str
) -> None:
    call: dict[str, Any] = {"method": "POST", "path": "/users", **arguments}
    with pytest.raises((ValueError, TypeError), match=told):
        client.call(**call)
    assert not harbor.requests


@pytest.mark.parametrize(
    "arguments",
    [{"page_size": 0}, {"page_size": 101}, {"page_size": "10"}, {"query": {"page": 2}}, {"query": [("page_size", 2)]}],
)
def test_wrong_pages_are_refused(client: ApiClient, harbor: FakeHarbor, arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="page"):
        client.pages("/users", **arguments)
    assert not harbor.requests


def add_members(client: ApiClient, harbor: FakeHarbor, number: int) -> None:
    for n in range(number):
        harbor.add_user(f"user{n}")
        body = {"role_id": 2, "member_user": {"username": f"user{n}"}}
        MemberApi(client).create_project_member("library", project_member=body)


@pytest.mark.parametrize("page_size", [1, 2, 100])
def test_pages_gives_every_entry_once(client: ApiClient, harbor: FakeHarbor, page_size: int) -> None:
    add_members(client, harbor, 5)
    names = [entry["entity_name"] for entry in client.pages("/projects/library/members", page_size=page_size)]
    assert names == ["admin", *(f"user{n}" for n in range(5))]


def test_wrong_credentials_are_an_error_and_not_the_public_projects(client: ApiClient) -> None:
    client.configuration.password = "wrong"
    assert [entry["name"] for entry in client.call("GET", "/projects")] == ["library"]
    with pytest.raises(UnauthorizedException):
        next(client.pages("/projects"))


@pytest.mark.parametrize("how", [{"header_name": "authorization", "header_value": "Bearer x"}, {"cookie": "sid=x"}])
def test_other_credentials_are_checked_as_well(harbor: FakeHarbor, how: dict[str, Any]) -> None:
    with ApiClient(harbor.configuration(None), **how) as client, pytest.raises(UnauthorizedException):
        next(client.pages("/projects"))


def test_a_401_tells_what_was_sent(client: ApiClient) -> None:
    with pytest.raises(UnauthorizedException) as raised:
        client.call_api("/users/current", "GET")
    assert str(raised.value.hint).startswith("No credentials were sent")
    with pytest.raises(UnauthorizedException) as raised:
        client.call_api("/users/current", "GET", header_params={"authorization": "Bearer x"})
    assert "Authorization header field that the script sends" in str(raised.value.hint)


def test_without_credentials_the_public_projects_are_what_is_asked_for(client: ApiClient) -> None:
    client.configuration.username = None
    assert [entry["name"] for entry in client.pages("/projects")] == ["library"]


def test_a_filter_that_totals_ignore(client: ApiClient, harbor: FakeHarbor) -> None:
    add_members(client, harbor, 4)
    found = client.pages("/projects/library/members", query={"entityname": "user1"}, page_size=2)
    assert [entry["entity_name"] for entry in found] == ["user1"]


def test_a_member_who_has_vanished_is_an_error(client: ApiClient, harbor: FakeHarbor) -> None:
    add_members(client, harbor, 1)
    client.call("PUT", "/projects/library/members/2", body={"role_id": 99})
    with pytest.raises(UnexpectedResponseException, match="lists 1 entries, but counts 2"):
        list(client.pages("/projects/library/members"))


@contextmanager
def lists(entries: Callable[[int, int], list[Any]], total: Callable[[int], object]) -> Iterator[ApiClient]:
    """A client of a server that gives these entries for a page and a size, and this total for the nth request."""
    counted = itertools.count(1)

    def respond_to(request: Request) -> bytes:
        query = dict(parse_qsl(urlsplit(request.target).query))
        if "page" not in query:
            return reply(b'{"user_id": 1, "username": "admin"}')
        found = total(next(counted))
        headers = [] if found is None else [f"X-Total-Count: {found}"]
        return reply(entries(int(query["page"]), int(query["page_size"])), 200, *headers)

    with FaultServer(again(respond(respond_to))) as server:
        with ApiClient(Configuration(host=server.url, username="admin", password="x")) as client:
            yield client


ROWS = [{"id": number} for number in range(1, 251)]


def paged(page: int, size: int) -> list[Any]:
    return ROWS[(page - 1) * size : page * size]


def endless(page: int, size: int) -> list[Any]:
    start = (page - 1) * size
    return [{"id": number} for number in range(start, start + 60_000)]


@pytest.mark.parametrize(
    ("entries", "total"),
    [
        (paged, 250),
        (paged, None),
        (paged, -1),
        (paged, "many"),
        (paged, 0),
        (paged, 3),
        (lambda page, size: paged(page, min(size, 50)), 250),
        (lambda page, size: paged(page, min(size, 50)), None),
        (lambda page, size: ROWS, 250),
        (lambda page, size: ROWS, None),
    ],
)
def test_all_entries_whatever_the_server_counts(entries: Callable[[int, int], list[Any]], total: object) -> None:
    with lists(entries, lambda n: total) as client:
        assert list(client.pages("/things")) == ROWS


@pytest.mark.parametrize(
    ("entries", "total", "told"),
    [
        (paged, lambda n: 1000, "lists 250 entries, but counts 1000"),
        (paged, lambda n: 250 + n, "lists 250 entries, but changes all the time"),
        (lambda page, size: paged(1, size), lambda n: 250, "lists 100 entries, but counts 250"),
        (lambda page, size: paged(page, 30), lambda n: 250, "lists 60 .*ignores page_size"),
        (endless, lambda n: None, "has no end"),
        (endless, lambda n: n * 200_000, "has no end"),
        (lambda page, size: [{"id": page * 1000 + n} for n in range(size)], lambda n: None, "lists 198 .*changes all"),
    ],
)
def test_a_list_that_cannot_be_right_is_an_error(
    entries: Callable[[int, int], list[Any]], total: Callable[[int], object], told: str
) -> None:
    with lists(entries, total) as client, pytest.raises(UnexpectedResponseException, match=told):
        for _ in client.pages("/things"):
            pass


@pytest.mark.parametrize("query", [None, {"entityname": "a"}])
@pytest.mark.parametrize("number", range(4))
def test_a_short_list_without_a_total_of_its_own(number: int, query: dict[str, str] | None) -> None:
    asked = []

    def entries(page: int, size: int) -> list[Any]:
        asked.append(page)
        return ROWS[:number][(page - 1) * size : page * size]

    with lists(entries, lambda n: 6 if query else None) as client:
        assert list(client.pages("/things", query=query)) == ROWS[:number]
    assert asked == [1, 1][: number + 1]


def test_entries_of_one_project_are_different_entries() -> None:
    found = [{"project_id": 1, "digest": "sha256:1", "cve_id": f"CVE-{number}"} for number in range(3)]
    with lists(lambda page, size: found, lambda n: 3) as client:
        assert list(client.pages("/security/vul")) == found


@pytest.mark.parametrize("total", [250, None])
@pytest.mark.parametrize("gone", [[1], [2], [3], [100], [100, 0, 100], [1] * 20, [0, 2, 0, 3]])
def test_entries_that_go_while_others_come_hide_nothing(gone: list[int], total: int | None) -> None:
    """As many are added as are deleted, so that the total stays the same."""
    rows, going = list(ROWS), iter(gone)

    def entries(page: int, size: int) -> list[Any]:
        found = rows[(page - 1) * size : page * size]
        number = next(going, 0)
        del rows[:number]
        rows.extend({"id": rows[-1]["id"] + 1 + n} for n in range(number))
        return found

    with lists(entries, lambda n: total) as client:
        found = [entry["id"] for entry in client.pages("/things")]
    assert len(found) == len(set(found))
    assert set(found) >= {row["id"] for row in rows} & {row["id"] for row in ROWS}


@pytest.mark.parametrize("has_total", [True, False])
@pytest.mark.parametrize("every", [1, 2, 50])
def test_a_loop_may_delete_what_it_gets(every: int, has_total: bool) -> None:
    rows = [{"id": number} for number in range(1, 1201)]

    def entries(page: int, size: int) -> list[Any]:
        return rows[(page - 1) * size : page * size]

    with lists(entries, lambda n: len(rows) if has_total else None) as client:
        found = []
        for entry in client.pages("/things"):
            found.append(entry["id"])
            if entry["id"] % every == 0:
                rows.remove(entry)
    assert sorted(found) == list(range(1, 1201))


@pytest.mark.parametrize("is_counted", [True, False])
@pytest.mark.parametrize("number", [1, 30])
def test_a_list_that_grows_with_each_request_is_read_once(number: int, is_counted: bool) -> None:
    """As the audit log does: what is new comes first, and may not be counted yet."""
    rows, pages = list(ROWS), []

    def entries(page: int, size: int) -> list[Any]:
        rows[:0] = [{"id": len(rows) + 1 + n} for n in range(number)]
        pages.append(page)
        return rows[(page - 1) * size : page * size]

    with lists(entries, lambda n: len(rows) + is_counted * number) as client:
        found = [entry["id"] for entry in client.pages("/things")]
    assert len(found) == len(set(found))
    assert set(found) >= set(range(1, 251))
    assert len(pages) <= 8


@pytest.mark.parametrize(("number", "most"), [(80, 1), (100, 1), (250, 3), (3000, 36)])
def test_a_list_that_does_not_change_takes_few_requests(number: int, most: int) -> None:
    asked = []

    def entries(page: int, size: int) -> list[Any]:
        asked.append(page)
        return [{"id": n} for n in range(number)][(page - 1) * size : page * size]

    with lists(entries, lambda n: number) as client:
        assert len(list(client.pages("/things"))) == number
    assert len(asked) <= most


def test_a_list_that_was_read_while_the_account_was_locked_is_an_error() -> None:
    """Harbor lists what is public then, as to an anonymous caller."""
    locked = [reply([{"project_id": 1}], 200, "X-Total-Count: 1"), reply({"errors": []}, 401)]
    with FaultServer(again(*locked)) as server:
        with ApiClient(Configuration(host=server.url, username="admin", password="x")) as client:
            with pytest.raises(UnauthorizedException):
                next(client.pages("/projects"))


def test_an_error_carries_nothing_of_the_query() -> None:
    secret = mark("query")
    with FaultServer(again(reply({"errors": []}, 403))) as server, ApiClient(Configuration(host=server.url)) as client:
        error = caught(next, client.pages("/things", query={"secret": secret}))
    assert isinstance(error, ForbiddenException)
    assert not [owner for owner, text in reachable(error) if secret in str(text)]


def test_a_list_without_total(client: ApiClient) -> None:
    assert {entry["action"] for entry in client.pages("/users/current/permissions", query={"scope": "/system"})} >= {
        "read"
    }


def test_what_the_caller_may_not_see_is_an_error(client: ApiClient, harbor: FakeHarbor) -> None:
    harbor.add_user("bob", password="Passw0rd1")
    client.configuration.username, client.configuration.password = "bob", "Passw0rd1"
    with pytest.raises(ForbiddenException):
        list(client.pages("/users"))


def test_what_is_no_list_is_an_error(client: ApiClient) -> None:
    with pytest.raises(UnexpectedResponseException, match="expected list, found object"):
        list(client.pages("/projects/library"))


def test_a_page_of_html_is_an_error() -> None:
    page = reply(b"<!doctype html><title>Harbor</title>", 200, "Content-Type: text/html")
    with FaultServer(page) as server, ApiClient(Configuration(host=server.url)) as client:
        with pytest.raises(UnexpectedResponseException, match="HTML"):
            client.call("GET", "/statistics")
