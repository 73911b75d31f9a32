"""What was found out is said, and values of many kinds are taken."""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import harbor_client
from harbor_client import (
    ApiException,
    ForbiddenException,
    NotFoundException,
    Q,
    RowError,
    ServiceException,
    UnexpectedResponseException,
    query,
    users as users_module,
)
from harbor_client.testing import FakeHarbor
from harbor_client.users import GENERATE, Change, Users

AsUser = Callable[..., Users]
PASSWORD = "Passw0rd1"


# -- by address, and who is not found ----------------------------------------------------------------------------------


def test_find_by_address(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", email="Alice.B@Example.com")
    harbor.add_user("other", email="xalice.b@example.com")
    harbor.add_user("percent", email="50%@example.com")
    for email in ("Alice.B@Example.com", "alice.b@example.com", "ALICE.B@EXAMPLE.COM"):
        found = users.find(email=email)
        assert found is not None
        assert found.username == "alice"
    percent = users.find(email="50%@EXAMPLE.com")
    assert percent is not None
    assert percent.username == "percent"
    for email in ("alice.b@example.co", "lice.b@example.com", "a,b@example.com", "\0@example.com", "x" * 300, "%"):
        assert users.find(email=email) is None
    harbor._store.update_profile(1, "Root@example.com", "Root", "")
    root = users.find(email="root@example.com")
    assert root is not None
    assert root.user_id == 1
    for wrong, kind in (((), TypeError), (("alice",), TypeError)):
        with pytest.raises(kind):
            users.find(*wrong, email="alice@example.com" if wrong else None)
    for value, kind in ((7, TypeError), ("", ValueError)):
        with pytest.raises(kind, match="email must"):
            users.find(email=value)  # type: ignore[arg-type]


def test_an_address_of_two_is_an_error(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", email="a@example.com")
    harbor.add_user("other", email="A@example.com")
    with pytest.raises(ValueError, match=r"2 users have the email address .*'alice' \(user 3\), 'other' \(user 4\)"):
        users.find(email="a@example.com")
    (change,) = users.apply([{"email": "a@example.com", "state": "absent"}])
    assert isinstance(change.error, RowError)
    assert len(harbor.usernames) == 2


def test_rows_by_address(harbor: FakeHarbor, users: Users) -> None:
    for name in ("alice", "bob", "carol"):
        harbor.add_user(name)
    rows = [
        {"email": "ALICE@example.com", "state": "absent"},
        {"email": "Bob@example.com", "comment": "new"},
        {"email": "gone@example.com", "state": "absent"},
        {"email": "nobody@example.com", "password": PASSWORD},
    ]
    plan = users.plan(rows)
    changes = list(users.apply(rows, on_error="continue"))
    for found in (plan.changes, changes):
        assert [change.action for change in found] == ["removed", "changed", "not_found", "failed"]
        assert [change.username for change in found][:3] == ["alice", "bob", "gone@example.com"]
    assert "needs a username" in str(changes[3])
    bob = users.get("bob")
    assert (bob.email, bob.comment) == ("bob@example.com", "new")


def test_who_is_not_found_is_told(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    change = users.ensure_absent("boob")
    assert (change.action, change.ok, str(change)) == ("not_found", True, "? boob  not found")
    told = "It is the email address of user 3, 'alice'."
    for call in (
        lambda: users.get("Alice@example.com"),
        lambda: users.patch("Alice@example.com", comment="x"),
        lambda: users.change_password("Alice@example.com", PASSWORD),
        lambda: users.ensure_absent("Alice@example.com", missing="error"),
    ):
        with pytest.raises(NotFoundException) as caught:
            call()
        assert caught.value.hint == told
        assert told in str(caught.value)
    with pytest.raises(ValueError, match="email address of user 3"):
        users.ensure("alice@example.com", comment="x")
    rows = [{"username": name, "state": "absent"} for name in ("Alice@example.com", "boob")]
    changes = list(users.apply(rows))
    assert [change.action for change in changes] == ["not_found", "not_found"]
    assert told in str(changes[0])
    run = users.apply(rows, missing="error", on_error="continue").finish(check=False)
    assert [type(change.error) for change in run.failed] == [NotFoundException] * 2
    assert harbor.usernames == ["alice"]


def test_whose_name_differs_only_in_case_is_told(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("bob")
    for name, told in (("Bob", "user 3, 'bob'"), ("ADMIN", "user 1, 'admin'"), ("bib", "")):
        hint = f"The name differs only in case from that of {told}." if told else None
        for dry_run in (True, False):
            assert users.ensure_absent(name, dry_run=dry_run).hint == hint
        for call in (lambda name=name: users.get(name), lambda name=name: users.ensure_absent(name, missing="error")):
            with pytest.raises(NotFoundException) as caught:
                call()
            assert caught.value.hint == hint
        with pytest.raises(ValueError, match=told or "needs a password"):
            users.ensure(name, comment="x")
    harbor.requests.clear()
    rows = [{"username": f"BOB{number}", "state": "absent"} for number in range(20)]
    assert users.apply(rows).finish().counts == {"not_found": 20}
    assert len(harbor.requests) == 1  # none for the case of a single name


def test_an_unknown_outcome_is_told_in_a_change(harbor: FakeHarbor, users: Users) -> None:
    harbor.fail_next("POST", close="before")
    (change,) = users.apply([{"username": "bob", "email": "b@example.com", "password": PASSWORD}])
    assert "There is no user 'bob' so far, but Harbor may still carry the request out." in str(change)
    assert "may still carry the request out" in change.to_dict()["error"]
    harbor.fail_next("POST", status=400, body={"errors": [{"code": "BAD_REQUEST", "message": "no"}]})
    (change,) = users.apply([{"username": "bob", "email": "b@example.com", "password": PASSWORD}])
    assert str(change) == "! bob  (400) no"


def test_names_that_a_real_name_cannot_take_over(users: Users) -> None:
    with pytest.raises(ValueError, match="^username is 'a,b'"):
        users.ensure("a,b", email="x@example.com", password=PASSWORD)
    with pytest.raises(TypeError, match="sysadmin_flag must be True or False, not 'maybe'"):
        users.ensure("x", sysadmin_flag="maybe")  # type: ignore[arg-type]


def test_get_is_the_same_by_name_and_by_id(harbor: FakeHarbor, as_user: AsUser) -> None:
    olga = harbor.add_user("olga", oidc_user_meta={"subiss": "x"})
    harbor.settings.auth_mode = "oidc_auth"
    users = as_user()
    assert users.get("olga").oidc_user_meta is not None
    assert users.get("olga") == users.get(olga)
    lister = as_user(harbor.add_robot("lister", permissions=[("user", "list")]))
    assert lister.get("olga").email == "olga@example.com"


def test_users_of_harbors_own_where_the_others_come_from_oidc(harbor: FakeHarbor, as_user: AsUser) -> None:
    """Harbor responds with 500 when such a user is read."""
    harbor.add_user("local")
    harbor.add_user("gone")
    harbor._store.delete(4)
    harbor.settings.auth_mode = "oidc_auth"
    users = as_user()
    assert users.get("local") == users.get(3)
    assert users.get(3).email == "local@example.com"
    assert users.patch(3, sysadmin_flag=True).action == "changed"
    assert users.apply([{"username": "local", "sysadmin_flag": False}]).finish().counts == {"changed": 1}
    harbor.fail_next("GET", "/users", status=403)  # as for callers who may read users but not list them
    with pytest.raises(ServiceException):
        users.get(3)
    with pytest.raises(NotFoundException):
        users.get(4)
    harbor.fail_next("GET", "/users/3", status=503, body="")
    with pytest.raises(ServiceException):
        as_user(retries=0).get(3)


# -- values ------------------------------------------------------------------------------------------------------------


class Int64:
    """As numpy's: an integer that is no ``int``."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __index__(self) -> int:
        return self.number


def test_ids_of_any_integer_type(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    number: Any = Int64(3)
    assert users.get(number).username == "alice"
    assert users.patch(number, comment="x").action == "changed"
    assert users.change_password(number, "N3wPassword").user_id == 3
    assert [user.user_id for user in users.iterate(Q.user_id == number)] == [3]
    with pytest.raises(ValueError, match="not 0"):
        users.get(Int64(0))  # type: ignore[arg-type]


def test_count(harbor: FakeHarbor, users: Users, as_user: AsUser) -> None:
    harbor.add_users(120)
    harbor.add_user("boss", sysadmin_flag=True)
    assert users.count() == 121
    harbor.requests.clear()
    assert users.count(Q.sysadmin_flag == True) == 1  # noqa: E712
    assert users.count("username=~USER000") == 97
    assert len(harbor.requests) == 2
    for wrong, kind in (("usernmae=x", ValueError), (3, TypeError)):
        with pytest.raises(kind):
            users.count(wrong)  # type: ignore[arg-type]
    with pytest.raises(ForbiddenException):
        as_user("user00003").count()
    harbor.fail_next("GET", status=200, body=[], headers={})
    with pytest.raises(UnexpectedResponseException, match="X-Total-Count"):
        users.count()
    harbor.fail_next("GET", status=200, body=[{"username": "x"}], headers={"X-Total-Count": "9"})
    with pytest.raises(UnexpectedResponseException, match="ignored the query"):
        users.count(Q.username == "y")


@pytest.mark.parametrize("kind", ["text", "function"])
def test_a_request_id_for_each_call(harbor: FakeHarbor, users: Users, kind: str) -> None:
    numbers = iter(range(1_000))
    traced = Users(users.api, x_request_id="job-7" if kind == "text" else lambda: f"job-{next(numbers)}")
    rows = [{"username": name, "email": f"{name}@example.com", "password": PASSWORD} for name in ("a", "b")]
    harbor.requests.clear()
    changes = list(traced.apply([*rows, {"username": "c"}], on_error="continue"))
    change = traced.ensure("a", comment="x")
    with pytest.raises(ApiException) as caught:
        traced.get(99)
    sent = [request.headers["x-request-id"] for request in harbor.requests]
    assert len(list(traced.iterate(concurrency=2))) == 2
    assert all(found.startswith("job-") for found in sent)
    assert kind == "text" or len(set(sent)) == len(sent)
    assert caught.value.request_id == sent[-1]
    assert changes[0].request_id in sent
    assert change.request_id in sent
    assert change.to_dict()["request_id"] == change.request_id
    assert traced.count() == 2
    for wrong in (7, b"x"):
        with pytest.raises(TypeError, match="x_request_id"):
            Users(users.api, x_request_id=wrong)  # type: ignore[arg-type]
    assert users.ensure("a").request_id is None


def test_fields_are_seen_by_others(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    user = users.get("alice")
    assert dict(user)["username"] == "alice"  # type: ignore[call-overload]
    assert json.loads(json.dumps(user.to_json()))["username"] == "alice"


def public(module: Any) -> Iterator[tuple[str, Any]]:
    for name in module.__all__:
        thing = getattr(module, name)
        yield f"{module.__name__}.{name}", thing
        if isinstance(thing, type):
            for part, member in vars(thing).items():
                if callable(member) and not part.startswith("_"):
                    yield f"{module.__name__}.{name}.{part}", member


@pytest.mark.parametrize(
    "thing",
    [pytest.param(thing, id=name) for module in (users_module, query) for name, thing in public(module)],
)
def test_annotations_can_be_resolved(thing: Any) -> None:
    if callable(thing):
        typing.get_type_hints(thing)
        if isinstance(thing, type):
            typing.get_type_hints(thing.__init__)  # type: ignore[misc]


@pytest.mark.parametrize(
    "name",
    [
        "CLEAR",
        "GENERATE",
        "ApplyError",
        "Change",
        "EmailTakenException",
        "NoLocalUsersException",
        "PasswordFile",
        "RowError",
        "UserRow",
        "UsernameTakenException",
    ],
)
def test_names_at_the_top_level(name: str) -> None:
    assert getattr(harbor_client, name) is getattr(users_module, name)
    if name.endswith(("Exception", "Error")):
        assert getattr(harbor_client, name) is getattr(harbor_client.exceptions, name)


def test_changes_as_they_are_shown() -> None:
    change = Change("failed", "x", error=ValueError(), row=3, hint="why", request_id="r")
    assert repr(change).startswith("Change(action='failed', username='x', user_id=None, fields={}, error=")
    assert str(change) == "! x  ValueError - why"
    assert repr(GENERATE) == "GENERATE"


def test_what_was_found_out_without_a_response_is_told_in_the_first_line(users: Users) -> None:
    with pytest.raises(NotFoundException) as raised:
        users.get("nobody")
    assert str(raised.value).splitlines()[0] == "404 there is no user 'nobody' (outcome: answered)."
