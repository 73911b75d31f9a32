"""What stands between here and Harbor may lose a query or answer in Harbor's place: never a wrong answer by that."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

import harbor_client
from harbor_client import UnexpectedResponseException, UserApi
from harbor_client.query import Q, Query
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users
from support.clients import users as api_of
from support.gateway import gateway

PASSWORD = "Passw0rd1"
ADMIN: dict[str, Any] = {"username": "admin", "password": "Harbor12345"}


def losing(*names: str) -> Callable[[str, dict[str, str]], dict[str, str]]:
    """A gateway's ``ask`` that does not pass these parameters on."""
    return lambda path, query: {name: value for name, value in query.items() if name not in names}


def ids_of(api: UserApi, query: Query | str | None = None, concurrency: int = 1) -> list[int]:
    return [user.user_id or 0 for user in Users(api).iterate(query, concurrency=concurrency)]


# -- reading -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("lost", [("q",), ("sort",), ("page_size",), ("page",), ("q", "sort", "page", "page_size")])
@pytest.mark.parametrize("count", [50, 100, 260])
def test_all_users_or_an_error(harbor: FakeHarbor, count: int, lost: tuple[str, ...], concurrency: int) -> None:
    ids = list(harbor.add_users(count))
    random.Random(count).shuffle(names := [f"n{number}" for number in ids])
    for user_id, name in zip(ids, names, strict=True):
        harbor._store._move(harbor._store.users[user_id], name, None)
    with gateway(harbor, losing(*lost)) as server, api_of(server, **ADMIN) as api:
        try:
            found = ids_of(api, concurrency=concurrency)
        except UnexpectedResponseException as error:
            assert (error.status, error.outcome) == (200, "answered")
            assert "lost" in str(error)
            assert set(lost) & ({"q", "sort"} if concurrency == 1 else {"q", "sort", "page"})
        else:
            assert found == ids


@pytest.mark.parametrize("concurrency", [1, 4])
def test_pages_that_are_smaller_than_asked_for(harbor: FakeHarbor, concurrency: int) -> None:
    ids = list(harbor.add_users(260))

    def at_most_40(path: str, query: dict[str, str]) -> dict[str, str]:
        return {**query, "page_size": "40"}

    with gateway(harbor, at_most_40) as server, api_of(server, **ADMIN) as api:
        assert ids_of(api, concurrency=concurrency) == ids
        assert ids_of(api, Q.user_id >= 100, concurrency) == ids[97:]
        assert ids_of(api, Q.user_id.one_of(ids[::2]), concurrency) == ids[::2]
        rows = [{"username": f"user{number:05d}", "state": "absent"} for number in ids]
        assert Users(api).apply(rows).finish().counts == {"removed": 260}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_total_that_takes_no_notice_of_the_query(harbor: FakeHarbor, users: Users, concurrency: int) -> None:
    ids = list(harbor.add_users(250))

    class Everybody(UserApi):
        def list_users_with_http_info(self, *args: Any, **keywords: Any) -> Any:
            rows, status, headers = super().list_users_with_http_info(*args, **keywords)
            return rows, status, {**headers, "X-Total-Count": "250"}

    api = Everybody(users.api.api_client)
    assert ids_of(api, concurrency=concurrency) == ids
    assert ids_of(api, Q.user_id.one_of(3, 5, 900), concurrency) == [3, 5]
    assert ids_of(api, Q.user_id.between(240, 600), concurrency) == ids[237:]


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize(
    "query",
    [
        Q.username == "user00007",
        Q.username.one_of("user00007", "user00009"),
        Q.email == "user00007@example.com",
        Q.username_or_email == "user00007@example.com",
        Q.sysadmin_flag == True,  # noqa: E712
        Q.user_id == 7,
        Q.user_id.one_of(range(20, 240, 2)),
    ],
    ids=str,
)
def test_users_who_were_not_selected_are_an_error(harbor: FakeHarbor, query: Query, concurrency: int) -> None:
    harbor.add_users(50)

    def ids_alone(path: str, asked: dict[str, str]) -> dict[str, str]:
        if query.split_ids()[1] is None:
            return {**asked, "q": "user_id=[2~]"}
        return losing("q")(path, asked)

    with (
        gateway(harbor, ids_alone) as server,
        api_of(server, **ADMIN) as api,
        pytest.raises(UnexpectedResponseException),
    ):
        ids_of(api, query, concurrency)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_every_user_in_an_answer_is_in_order(harbor: FakeHarbor, users: Users, concurrency: int) -> None:
    page: list[dict[str, Any]] = [{"user_id": number, "username": f"u{number}"} for number in range(3, 103)]
    for wrong in (
        [page[0], *page[50:99], *page[1:50], page[99]],
        [page[0], page[0], *page[1:99]],
        [*page[:40], {"username": "u43"}, *page[41:]],
    ):
        harbor.fail_next("GET", "/users", status=200, body=wrong, headers={"X-Total-Count": "100"})
        with pytest.raises(UnexpectedResponseException, match="order of id"):
            ids_of(users.api, concurrency=concurrency)


@pytest.mark.parametrize("concurrency", [1, 4])
def test_users_counted_but_not_listed(harbor: FakeHarbor, users: Users, concurrency: int) -> None:
    """Harbor counts and lists one after the other, so it is no error at once."""
    ids = list(harbor.add_users(3))
    fault = harbor.fail_next("GET", "/users", status=200, body=[], headers={"X-Total-Count": "3"}, times=2)
    assert ids_of(users.api, concurrency=concurrency) == ids
    assert fault.hits == 2
    harbor.fail_next("GET", "/users", status=200, body=[], headers={"X-Total-Count": "3"}, times=3)
    with pytest.raises(UnexpectedResponseException, match="none was listed"):
        ids_of(users.api, concurrency=concurrency)


@pytest.mark.parametrize("lost", [("q",), ("q", "page_size")])
def test_a_user_is_found_or_it_is_an_error(harbor: FakeHarbor, lost: tuple[str, ...]) -> None:
    harbor.add_users(120)
    with gateway(harbor, losing(*lost)) as server, api_of(server, **ADMIN) as api:
        users = Users(api)
        for name in ("user00003", "user00122", "nobody"):
            with pytest.raises(UnexpectedResponseException):
                users.find(name)
            with pytest.raises(UnexpectedResponseException):
                users.ensure_absent(name)
        with pytest.raises(UnexpectedResponseException):
            users.apply([{"username": name, "state": "absent"} for name in ("user00122", "nobody")]).finish()
    assert len(harbor.usernames) == 120


# -- roles -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [("entityname",), ("entityname", "page_size"), ("entityname", "page_size", "page")])
def test_a_member_among_others_is_found_or_an_error(harbor: FakeHarbor, lost: tuple[str, ...]) -> None:
    users = Users(harbor_client.ApiClient(harbor.configuration()))
    names = [f"user{number:02}" for number in range(12)]
    for name in names:
        harbor.add_user(name)
        users.ensure_member("library", name, "developer")
    written = len(harbor.requests)
    with gateway(harbor, losing(*lost)) as server, api_of(server, **ADMIN) as api:
        for name in (names[0], names[-1]):
            calls: list[Callable[[], object]] = [
                lambda name=name: [found.role for found in Users(api).memberships(name)],
                lambda name=name: Users(api).ensure_member("library", name, "developer").action,
            ]
            for call, right in zip(calls, (["developer"], "unchanged"), strict=True):
                try:
                    assert call() == right
                except UnexpectedResponseException as error:
                    assert "members of other names" in str(error)
        harbor.add_user("alice")
        with pytest.raises(UnexpectedResponseException, match="members of other names"):
            Users(api).ensure_not_member("library", "alice")
    assert {request.method for request in harbor.requests[written:]} == {"GET"}
