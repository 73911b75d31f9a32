"""Each write when its response is lost or comes from a gateway: what is said of it is true, and it is sent once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

import harbor_client
from harbor_client import ApiException, ConnectionException, ForbiddenException, ServiceException
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users
from support.clients import users as api_of
from support.gateway import gateway

PASSWORD = "Passw0rd1"
NEW = "N3wPassword1"


class Write(NamedTuple):
    """A write, whether it holds, and what a look shows when it does not."""

    request: str
    call: Callable[[Users], Any]
    holds: Callable[[FakeHarbor, Users], object]
    words: str


def role(users: Users, project: str) -> str | None:
    return next((found.role for found in users.memberships("alice") if found.project == project), None)


def logs_in(harbor: FakeHarbor, name: str, password: str) -> bool:
    with harbor_client.ApiClient(harbor.configuration(name, password)) as client:
        try:
            return bool(client.call("GET", "/users/current"))
        except ApiException:
            return False


WRITES = {
    "create": Write(
        "POST /users",
        lambda users: users.create("bob", email="b@example.com", password=PASSWORD, comment="x"),
        lambda harbor, users: harbor.user("bob") and logs_in(harbor, "bob", PASSWORD),
        "There is no user 'bob' so far",
    ),
    "profile": Write(
        "PUT /users/3",
        lambda users: users.patch("alice", comment="new"),
        lambda harbor, users: (harbor.user("alice") or {})["comment"] == "new",
        "The user is unchanged so far",
    ),
    "flag": Write(
        "PUT /users/3/sysadmin",
        lambda users: users.ensure("alice", sysadmin_flag=True),
        lambda harbor, users: users.get("alice").sysadmin_flag,
        "The user is unchanged so far",
    ),
    "password": Write(
        "PUT /users/3/password",
        lambda users: users.change_password("alice", NEW),
        lambda harbor, users: logs_in(harbor, "alice", NEW),
        "The user cannot log in with the new password so far",
    ),
    "removal": Write(
        "DELETE /users/3",
        lambda users: users.ensure_absent("alice"),
        lambda harbor, users: harbor.user("alice") is None,
        "The user exists so far",
    ),
    "role given": Write(
        "POST /projects/team/members",
        lambda users: users.ensure_member("team", "alice", "guest"),
        lambda harbor, users: role(users, "team") == "guest",
        "The role is unchanged so far",
    ),
    "role changed": Write(
        "PUT /projects/library/members/3",
        lambda users: users.ensure_member("library", "alice", "developer"),
        lambda harbor, users: role(users, "library") == "developer",
        "The role is unchanged so far",
    ),
    "role taken away": Write(
        "DELETE /projects/library/members/3",
        lambda users: users.ensure_not_member("library", "alice"),
        lambda harbor, users: role(users, "library") is None,
        "The role is unchanged so far",
    ),
}


@pytest.fixture(params=WRITES)
def write(request: pytest.FixtureRequest, harbor: FakeHarbor, users: Users) -> Write:
    harbor.add_user("alice", comment="old", password=PASSWORD)
    users.api.api_client.call("POST", "/projects", body={"project_name": "team"})
    users.ensure_member("library", "alice", "guest")
    harbor.requests.clear()
    return WRITES[request.param]


def sent(harbor: FakeHarbor) -> list[str]:
    return [f"{request.method} {request.path}" for request in harbor.requests if request.method != "GET"]


@pytest.fixture(params=["lost", "cut off", 502, 503, 504])
def behind(request: pytest.FixtureRequest, harbor: FakeHarbor, users: Users, write: Write) -> Iterator[Users]:
    """Harbor carries the request out, but its response does not arrive."""
    if isinstance(request.param, str):
        verb, path = write.request.split()
        harbor.fail_next(verb, path, close={"lost": "after", "cut off": "during"}[request.param])
        yield users
        return
    status = lambda asked, own: own if asked.method == "GET" else request.param  # noqa: E731
    with gateway(harbor, status=status) as server, api_of(server, username="admin", password="Harbor12345") as api:
        yield Users(api)


def test_what_was_done_is_no_error(harbor: FakeHarbor, users: Users, write: Write, behind: Users) -> None:
    write.call(behind)
    assert sent(harbor) == [write.request]
    assert write.holds(harbor, users)


@pytest.mark.parametrize("fault", [{"close": "before"}, {"status": 502}, {"status": 503}, {"status": 504}], ids=str)
def test_what_was_not_done_is_an_error(harbor: FakeHarbor, users: Users, write: Write, fault: dict[str, Any]) -> None:
    harbor.fail_next(*write.request.split(), **fault, **({"body": ""} if "status" in fault else {}))
    with pytest.raises((ConnectionException, ServiceException), match=write.words) as caught:
        write.call(users)
    assert caught.value.outcome == "unknown"
    assert "but Harbor may still carry the request out." in (caught.value.hint or "")
    assert str(caught.value).splitlines()[0].endswith("(outcome: unknown).")
    assert sent(harbor) == [write.request]
    harbor.clock.sleep(0.2)  # an attempt to log in locks the account for a moment
    assert not write.holds(harbor, users)


def test_what_was_done_before_a_later_request_failed_is_told(harbor: FakeHarbor, users: Users) -> None:
    new = {"email": "a@example.com", "sysadmin_flag": True}
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: users.create("ann", password=PASSWORD, **new), "Done before, for user 3: email, realname."),
        (lambda: users.patch("ann", comment="x", sysadmin_flag=True), "Done before, for user 3: comment."),
    ]
    for call, words in calls:
        harbor.fail_next("PUT", "/users/*/sysadmin", status=403)
        with pytest.raises(ForbiddenException) as caught:
            call()
        assert (caught.value.hint or "").endswith(words)
    harbor.fail_next("PUT", "/users/*/sysadmin", status=500)
    (change,) = users.apply([{"username": "ann", "comment": "y", **new}])
    assert (change.action, change.fields) == ("failed", {"comment": ("x", "y")})
    assert str(change).endswith("(done before: comment)")
