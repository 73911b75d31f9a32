"""Roles in projects: looked up without missing any, given, taken away, and in rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harbor_client import (
    ApiClient,
    ApplyError,
    ForbiddenException,
    NotFoundException,
    ProjectApi,
    UnexpectedResponseException,
    UserRow,
    Users,
)
from harbor_client.exceptions import UnauthorizedException
from harbor_client.testing import FakeHarbor
from harbor_client.users.values import parse_roles, role_id

PASSWORD = "Passw0rd1"


@pytest.fixture
def client(harbor: FakeHarbor) -> Any:
    with ApiClient(harbor.configuration()) as client:
        harbor.add_user("alice", password=PASSWORD)
        harbor.add_user("bob", password=PASSWORD)
        for name in ("team-a", "team-b", "2024", "team-c"):
            ProjectApi(client).create_project({"project_name": name, "metadata": {"public": "false"}})
        yield client


@pytest.fixture
def users(client: ApiClient) -> Users:
    return Users(client)


def roles(users: Users, user: str) -> dict[str, str]:
    return {found.project: found.role for found in users.memberships(user)}


def as_user(harbor: FakeHarbor, name: str) -> Users:
    configuration = harbor.configuration()
    configuration.username, configuration.password = name, PASSWORD
    return Users(ApiClient(configuration))


def test_a_role_is_given_changed_and_taken_away(users: Users) -> None:
    change = users.ensure_member("team-a", "alice", "developer")
    assert (change.action, change.username, change.fields) == (
        "changed",
        "alice",
        {"roles": ("team-a=none", "team-a=developer")},
    )
    assert users.ensure_member("team-a", "alice", 2).action == "unchanged"
    change = users.ensure_member("team-a", 3, "Project Admin")
    assert str(change) == "~ alice  roles: 'team-a=developer' -> 'team-a=project_admin'"
    assert roles(users, "alice") == {"team-a": "project_admin"}
    assert users.ensure_not_member("team-a", "alice").action == "changed"
    assert users.ensure_not_member("team-a", "alice").action == "unchanged"
    assert users.memberships("alice") == []


def test_dry_run_changes_nothing(users: Users) -> None:
    change = users.ensure_member("team-a", "alice", "guest", dry_run=True)
    assert (change.action, change.dry_run, change.fields) == (
        "changed",
        True,
        {"roles": ("team-a=none", "team-a=guest")},
    )
    assert roles(users, "alice") == {}


def test_a_name_of_digits_is_a_name_and_a_number_an_id(users: Users) -> None:
    users.ensure_member("2024", "alice", "guest")
    users.ensure_member(2, "alice", "maintainer")
    assert roles(users, "alice") == {"2024": "guest", "team-a": "maintainer"}
    with pytest.raises(NotFoundException):
        users.ensure_member(2024, "alice", "guest")
    with pytest.raises(NotFoundException):
        users.ensure_member("3", "alice", "guest")


@pytest.mark.parametrize("concurrency", [1, 4])
def test_memberships_miss_none(users: Users, client: ApiClient, concurrency: int) -> None:
    for number in range(120):
        ProjectApi(client).create_project({"project_name": f"p{number:03}"})
    for name in ("p000", "p099", "p100", "p119", "team-b"):
        users.ensure_member(name, "alice", "developer")
    found = users.memberships("alice", concurrency=concurrency)
    assert [membership.project for membership in found] == ["p000", "p099", "p100", "p119", "team-b"]
    assert {(membership.role, membership.role_id) for membership in found} == {("developer", 2)}
    assert all(membership.member_id and membership.project_id for membership in found)


@pytest.mark.parametrize("entry", [{"a": 1}, {"name": "p"}, {"name": None, "project_id": 1}, 1, "x", None])
def test_a_list_of_something_else_is_an_error(client: ApiClient, harbor: FakeHarbor, entry: object) -> None:
    harbor.fail_next("GET", "/projects", status=200, body=[entry], headers={"X-Total-Count": "1"})
    with pytest.raises(UnexpectedResponseException, match="something that is no project"):
        Users(client).memberships("alice")


def test_a_wrong_password_is_no_empty_list(users: Users, client: ApiClient) -> None:
    users.ensure_member("team-a", "alice", "guest")
    assert users.memberships("alice")
    client.configuration.password = "wrong"
    with pytest.raises(UnauthorizedException):
        Users(client).memberships("alice")


def test_who_does_not_see_all_projects_is_told_so(users: Users, harbor: FakeHarbor) -> None:
    for role, project in (("limited_guest", "team-a"), ("developer", "team-b")):
        users.ensure_member(project, "alice", role)
    alice = as_user(harbor, "alice")
    assert roles(alice, "alice") == {"team-a": "limited_guest", "team-b": "developer"}
    with pytest.raises(ForbiddenException, match="only a system administrator"):
        alice.memberships("admin")


def test_a_member_who_has_vanished_is_brought_back(users: Users, client: ApiClient) -> None:
    users.ensure_member("team-a", "alice", "guest")
    (found,) = users.memberships("alice")
    client.call("PUT", f"/projects/team-a/members/{found.member_id}", body={"role_id": 99})
    assert users.memberships("alice") == []
    assert users.ensure_member("team-a", "alice", "developer").action == "changed"
    assert roles(users, "alice") == {"team-a": "developer"}


@pytest.mark.parametrize(
    ("present", "wanted", "method"), [("guest", "developer", "PUT"), ("guest", None, "DELETE"), (None, "guest", "POST")]
)
def test_success_is_not_believed_where_somebody_else_was_faster(
    users: Users, client: ApiClient, present: str | None, wanted: str | None, method: str
) -> None:
    """Harbor responds with 200 to a change or a removal of a member who is not there any more."""
    if present:
        users.ensure_member("team-a", "alice", present)
    pending = [*users.memberships("alice"), None]

    def interfere(event: Any) -> None:
        if event.method == method and pending:
            found = pending[0]
            pending.clear()
            if found:
                client.call("DELETE", f"/projects/team-a/members/{found.member_id}")
            if method != "PUT":
                body = {"role_id": 1, "member_user": {"user_id": 3}}
                client.call("POST", "/projects/team-a/members", body=body)

    client.configuration.event_hooks["request"].append(interfere)
    if wanted:
        users.ensure_member("team-a", "alice", wanted)
    else:
        users.ensure_not_member("team-a", "alice")
    assert not pending
    assert roles(users, "alice") == ({"team-a": wanted} if wanted else {})


def test_a_success_that_changes_nothing_is_an_error(users: Users, harbor: FakeHarbor) -> None:
    fault = harbor.fail_next("POST", status=201, times=3)
    with pytest.raises(
        UnexpectedResponseException, match="accepted team-a=guest for user .alice., but lists team-a=none"
    ):
        users.ensure_member("team-a", "alice", "guest")
    assert fault.hits == 3


WRONG: list[Callable[[Users], Any]] = [
    lambda users: users.ensure_member("team-a", "alice", "owner"),
    lambda users: users.ensure_member("team-a", "alice", 6),
    lambda users: users.ensure_member("team-a", "alice", 0),
    lambda users: users.ensure_member("team-a", "alice", True),
    lambda users: users.ensure_member("team-a", "alice", None),  # type: ignore[arg-type]
    lambda users: users.ensure_member("../users/1", "alice", "guest"),
    lambda users: users.ensure_member("", "alice", "guest"),
    lambda users: users.ensure_member("Team", "alice", "guest"),
    lambda users: users.ensure_member(-1, "alice", "guest"),
    lambda users: users.ensure_member(1.5, "alice", "guest"),  # type: ignore[arg-type]
    lambda users: users.ensure_not_member("-1", "alice"),
    lambda users: users.memberships("alice", concurrency=0),
]


@pytest.mark.parametrize("call", WRONG)
def test_wrong_arguments_send_nothing(users: Users, harbor: FakeHarbor, call: Callable[[Users], Any]) -> None:
    before = len(harbor.requests)
    with pytest.raises((ValueError, TypeError)):
        call(users)
    assert len(harbor.requests) == before


def test_nobody_and_nothing(users: Users) -> None:
    with pytest.raises(NotFoundException, match="no user 'nobody'"):
        users.ensure_member("team-a", "nobody", "guest")
    with pytest.raises(NotFoundException) as raised:
        users.ensure_member("no-such", "alice", "guest")
    assert raised.value.hint == "There is no project 'no-such'."


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("library=developer", {"library": 2}),
        ("library=developer; team-a=guest", {"library": 2, "team-a": 3}),
        (" library = Project-Admin , team-a=none\n2024=limitedGuest;", {"library": 1, "team-a": None, "2024": 5}),
        ({"library": "maintainer", "a": None}, {"library": 4, "a": None}),
        ({1: "maintainer", 2: 3}, {1: 4, 2: 3}),
    ],
)
def test_roles_in_rows(text: Any, parsed: dict[Any, Any]) -> None:
    assert parse_roles(text) == parsed


@pytest.mark.parametrize(
    "text",
    ["library", "library:developer", "=guest", "a=", "a=owner", "a=guest;a=guest", "A=guest", 5, {"a": 3, 1: 2}],
)
def test_roles_that_make_no_sense(text: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        parse_roles(text)


def test_role_names() -> None:
    assert [role_id(name) for name in ("project_admin", "developer", "guest", "maintainer", "limited_guest")] == [
        *range(1, 6)
    ]
    assert [role_id(number) for number in ("2", " 5 ", 3)] == [2, 5, 3]  # a file has text only
    for wrong in ("-1", "0", "6", "22", "\uff12"):
        with pytest.raises(ValueError, match="there is no role"):
            role_id(wrong)


FILE = """username,email,password,roles
carol,carol@example.com,Passw0rd1,library=developer; team-a=guest
alice,,,team-a=maintainer
bob,,,
"""


def test_a_file_with_roles(users: Users, tmp_path: Any) -> None:
    file = tmp_path / "people.csv"
    file.write_text(FILE)
    plan = users.plan(file)
    assert [(change.action, change.fields["roles"]) for change in plan] == [
        ("created", ("library=none; team-a=none", "library=developer; team-a=guest")),
        ("changed", ("team-a=none", "team-a=maintainer")),
    ]
    assert users.memberships("alice") == []
    done = list(plan.apply(on_error="continue"))
    assert [change.action for change in done] == ["created", "changed"]
    assert roles(users, "carol") == {"library": "developer", "team-a": "guest"}
    assert roles(users, "alice") == {"team-a": "maintainer"}
    assert {change.action for change in users.apply(file)} == {"unchanged"}


def test_a_plan_sees_projects_that_do_not_exist(users: Users) -> None:
    rows = [UserRow("alice", roles="no-such=guest"), UserRow("bob", roles={"team-a": "guest"})]
    plan = users.plan(rows)
    assert plan.counts == {"failed": 1, "changed": 1}
    with pytest.raises(ApplyError, match="There is no project 'no-such'"):
        users.apply(rows, on_error="continue").finish()
    assert roles(users, "bob") == {"team-a": "guest"}


def test_what_was_done_is_told_when_a_role_fails(users: Users, harbor: FakeHarbor) -> None:
    harbor.fail_next("POST", "/projects/*/members", status=500)
    (change,) = users.apply([UserRow("dave", email="dave@example.com", password=PASSWORD, roles="team-a=guest")])
    assert (change.action, change.user_id is not None) == ("failed", True)
    assert str(change).endswith("(done before: email, realname)")
    assert users.find("dave")


def test_a_project_that_does_not_exist_stops_a_row_before_anything_is_done(users: Users, harbor: FakeHarbor) -> None:
    rows = [
        UserRow("dave", email="dave@example.com", password=PASSWORD, roles="team-a=guest; no-such=guest"),
        UserRow("alice", email="new@example.com", roles="no-such=guest"),
    ]
    run = users.apply(rows, on_error="continue").finish(check=False)
    assert [change.action for change in run.failed] == ["failed", "failed"]
    assert all(request.method in ("GET", "POST") for request in harbor.requests)
    assert harbor.usernames == ["alice", "bob"]
    assert roles(users, "alice") == {}


def test_rows_of_a_project_administrator(users: Users, harbor: FakeHarbor) -> None:
    """Who is no system administrator may change members of some projects; the plan says of which."""
    users.ensure_member("team-a", "bob", "project_admin")
    own = as_user(harbor, "bob")
    rows = [UserRow("alice", roles="team-b=guest"), UserRow("alice", roles="team-a=guest")]
    for row, action in zip(rows, ("failed", "changed"), strict=True):
        assert [change.action for change in own.plan([row])] == [action]
    assert "the caller's role in the project" in str(own.plan(rows[:1])).lower()
    rows = [rows[0], UserRow("bob", roles="team-a=project_admin"), UserRow("admin", roles="team-a=guest")]
    run = own.apply(rows, on_error="continue").finish(check=False)
    assert run.counts == {"failed": 1, "unchanged": 1, "changed": 1}


def test_roles_on_lines_of_a_cell(users: Users, tmp_path: Any) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(b'username;roles\r\nalice;"library=guest\r\nteam-a=developer"\r\n')
    users.apply(file).finish()
    assert roles(users, "alice") == {"library": "guest", "team-a": "developer"}


@pytest.mark.parametrize("text", ["library", "library=owner"])
def test_a_wrong_role_is_a_row_error(users: Users, tmp_path: Any, text: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"username,roles\nalice,{text}\n")
    (change,) = users.apply(file)
    assert change.action == "failed"
    assert "people.csv" in str(change)
    assert "column 'roles'" in str(change)


def test_the_request_id_is_sent(client: ApiClient, harbor: FakeHarbor) -> None:
    users = Users(client, x_request_id="audit-9")
    before = len(harbor.requests)
    assert users.ensure_member("team-a", "alice", "guest").request_id == "audit-9"
    users.memberships("alice", concurrency=3)
    assert {request.headers.get("x-request-id") for request in harbor.requests[before:]} == {"audit-9"}
