"""Wrong use is a clear error of the right type, and nothing is sent for it."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from harbor_client import (
    ApiClient,
    ApplyError,
    BadRequestException,
    Configuration,
    Q,
    UserCreationReq,
    UserProfile,
    UserResp,
)
from harbor_client.query import Query
from harbor_client.testing import FakeHarbor
from harbor_client.users import GENERATE, Change, RowError, UserRow, Users

PASSWORD = "Passw0rd1"
GIVEN: dict[str, Any] = {"email": "x@example.com", "password": PASSWORD}

#: What no field of a user can be, the error, and a word that names the field.
VALUES: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"email": 5}, TypeError, "email"),
    ({"email": ["x@example.com"]}, TypeError, "email"),
    ({"email": ""}, ValueError, "email"),
    ({"email": "x" * 244 + "@example.com"}, ValueError, "255"),
    ({"email": "\0@example.com"}, ValueError, "NUL"),
    ({"realname": 5}, TypeError, "realname"),
    ({"realname": ""}, ValueError, "realname"),
    ({"realname": "é" * 128}, ValueError, "255 bytes"),
    ({"realname": "Last, First"}, ValueError, "realname"),
    ({"realname": "50%"}, ValueError, "realname"),
    ({"comment": b"x"}, TypeError, "comment"),
    ({"comment": "é" * 16}, ValueError, "32 bytes"),
    ({"comment": "\ud800"}, ValueError, "Unicode"),
    ({"sysadmin_flag": "no"}, TypeError, "sysadmin_flag"),
    ({"sysadmin_flag": 1}, TypeError, "sysadmin_flag"),
]
PASSWORDS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"password": 5}, TypeError, "password"),
    ({"password": b"Passw0rd1"}, TypeError, "password"),
    ({"password": "Canary1"}, ValueError, "8 are needed"),
    ({"password": "Canary11\ud800"}, ValueError, "Unicode"),
]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("wrong", "kind", "word"), [*VALUES, *PASSWORDS])
def test_values_that_harbor_refuses(
    harbor: FakeHarbor, users: Users, wrong: dict[str, Any], kind: type[Exception], word: str, known: bool
) -> None:
    if known:
        harbor.add_user("x")
    calls: list[Callable[[], object]] = [
        lambda: users.create("x", **GIVEN | wrong),
        lambda: users.ensure("x", **GIVEN | wrong),
        lambda: users.ensure("x", **GIVEN | wrong, dry_run=True),
    ]
    if "password" not in wrong:
        calls += [lambda: users.patch("x", **wrong), lambda: users.patch(3, **wrong)]
    for call in calls:
        with pytest.raises(kind, match=word) as caught:
            call()
        assert "Canary1" not in str(caught.value)
    assert not harbor.requests


def test_values_that_just_fit(harbor: FakeHarbor, users: Users) -> None:
    email = "x" * 243 + "@example.com"
    assert users.create("x", email=email, realname="é" * 127 + "r", password=PASSWORD, comment="é" * 15) == 3
    assert users.patch(3, realname="y" * 255, comment="c" * 30, email="y" + email[1:]).action == "changed"
    assert users.patch(3, comment="").action == "changed"
    assert users.patch(3, realname="é").action == "changed"


@pytest.mark.parametrize(
    "email",
    [
        *(
            "x@example.com",
            "é@b.co",
            '"x y"@b.co',
            "a@[999.2.3.4]",
            "a@-b.co",
            "o'neil+x@e.de",
            "a\x0b@e.de",
            "g#ext#@e.de",
        ),
        *("mailto:x@e.de", "<x@e.de>", "Z <x@e.de>", "x@e.de, y@e.de", "x@e.de;y@e.de", "x@e.de y@e.de", "x y@e.de"),
        *(
            "x@e",
            "x@e.c",
            "x@e_f.co",
            "x@e.de\n",
            "x@bücher.de",
            "x@e.de.",
            ".x@e.de",
            "x..y@e.de",
            "x@e..de",
            "x\\y@e.de",
        ),
    ],
)
def test_addresses_are_refused_that_harbor_refuses(harbor: FakeHarbor, users: Users, email: str) -> None:
    harbor.add_user("old", email="old@example.com")
    try:
        users.api.create_user(UserCreationReq(username="y", email=email, realname="Y", password=PASSWORD))
        refused = None
        users.ensure_absent("y")
    except BadRequestException as error:
        assert error.message == "email with illegal format"
        refused = "email is .*; an address such as name@example.com is accepted"
    harbor.requests.clear()
    for call in (
        lambda: users.create("x", **GIVEN | {"email": email}),
        lambda: users.patch("old", email=email),
        lambda: users.plan([UserRow("x", **GIVEN | {"email": email})]).apply().finish(),
    ):
        with pytest.raises((ValueError, ApplyError), match=refused) if refused else nullcontext():
            call()
        users.ensure_absent("x")
        users.ensure("old", email="old@example.com")
    assert not (refused and [request for request in harbor.requests if request.method != "GET"])
    # An address that only finds somebody, or is not looked at, may be any, as those of LDAP's users are.
    changes = users.plan(
        [UserRow(email=email, state="absent"), UserRow("nobody", email=email, realname="x,y", state="absent")]
    )
    assert [change.action for change in changes] == ["failed" if refused else "not_found", "not_found"]
    harbor.add_user("ldap", email="ldap@my_host")
    assert users.plan([{"email": "LDAP@my_host", "state": "absent"}]).counts == {"removed": 1}


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [(None, TypeError), (3, TypeError), (b"x", TypeError), ({"username": "x"}, TypeError), ("", ValueError)],
)
def test_names_that_are_none(harbor: FakeHarbor, users: Users, wrong: Any, kind: type[Exception]) -> None:
    for call in (
        lambda: users.create(wrong, **GIVEN),
        lambda: users.ensure(wrong, **GIVEN),
        lambda: users.ensure_absent(wrong),
        lambda: users.find(wrong),
    ):
        with pytest.raises(kind, match="username"):
            call()
    assert not harbor.requests


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "a\0,b", "x" * 256, "é" * 256])
def test_names_that_no_user_can_have(harbor: FakeHarbor, users: Users, name: str) -> None:
    assert users.find(name) is None
    assert users.ensure_absent(name).action == "not_found"
    for call in (
        lambda: users.create(name, **GIVEN),
        lambda: users.ensure(name, **GIVEN),
        lambda: users.ensure(name, **GIVEN, dry_run=True),
    ):
        with pytest.raises(ValueError):
            call()
    rows = [{"username": name, **GIVEN, "realname": "X"}]
    (change,) = users.apply(rows)
    assert isinstance(change.error, RowError)
    assert not harbor.requests
    assert users.plan(rows).counts == {"failed": 1}


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [(None, TypeError), (1.5, TypeError), (True, TypeError), (b"x", TypeError), (0, ValueError), ("", ValueError)],
)
def test_who_is_meant_is_an_id_or_a_name(harbor: FakeHarbor, users: Users, wrong: Any, kind: type[Exception]) -> None:
    for call in (
        lambda: users.get(wrong),
        lambda: users.patch(wrong, comment="x"),
        lambda: users.change_password(wrong, PASSWORD),
    ):
        with pytest.raises(kind):
            call()
    assert not harbor.requests


def test_what_create_needs(harbor: FakeHarbor, users: Users) -> None:
    for wrong in ({"password": None}, {"password": GENERATE}, {"email": None}):
        with pytest.raises(ValueError, match="a new user needs"):
            users.create("x", **GIVEN | wrong)
    with pytest.raises(ValueError, match="username"):
        users.create("", **GIVEN)
    assert not harbor.requests


def test_misspelt_arguments(harbor: FakeHarbor, users: Users) -> None:
    for call in (
        lambda: users.create("x", admin=True, **GIVEN),  # type: ignore[call-arg]
        lambda: users.ensure("x", admin=True),  # type: ignore[call-arg]
        lambda: users.patch(3, password=PASSWORD),  # type: ignore[call-arg]
        lambda: users.ensure_absent("x", dryrun=True),  # type: ignore[call-arg]
        lambda: users.apply([], dryrun=True),  # type: ignore[call-arg]
        lambda: users.iterate(None, 4),  # type: ignore[misc]
    ):
        with pytest.raises(TypeError):
            call()
    for text in ("never", True):
        with pytest.raises(ValueError, match="update_password"):
            users.ensure("x", update_password=text, **GIVEN)
    assert not harbor.requests


@pytest.mark.parametrize("wrong", ["https://harbor.example.com", 3, Configuration(), object(), ApiClient])
def test_users_wants_a_client(wrong: Any) -> None:
    with pytest.raises(TypeError, match="api_client"):
        Users(wrong)


@pytest.mark.parametrize("wrong", [None, 3, b"people.csv", {"username": "x"}, UserRow("x"), UserResp(username="x")])
def test_what_is_no_source_of_rows(harbor: FakeHarbor, users: Users, wrong: Any) -> None:
    for call in (users.apply, users.plan):
        with pytest.raises(TypeError, match="rows must be"):
            call(wrong)
    assert not harbor.requests


@pytest.mark.parametrize("call", ["apply", "plan"])
def test_files_that_are_not_there_or_wrong_show_at_once(
    harbor: FakeHarbor, users: Users, tmp_path: Path, call: str
) -> None:
    with pytest.raises(FileNotFoundError):
        getattr(users, call)(tmp_path / "missing.csv")
    for text in ("", "\n\n", "name,email\nx,y\n", "username|email\nx|y\n", "username,username\nx,y\n"):
        with pytest.raises(ValueError, match="first line"):
            getattr(users, call)(io.StringIO(text))
    assert not harbor.requests


def test_the_text_of_a_file_is_not_its_path(harbor: FakeHarbor, users: Users) -> None:
    text = "username,password\nx,Canary123\n"
    for call in (users.apply, users.plan):
        with pytest.raises(ValueError, match="StringIO") as caught:
            call(text)
        assert "Canary123" not in repr(caught.value)
    assert not harbor.requests


@pytest.mark.parametrize("wrong", ["username=x", None, 3, Q.username])
def test_a_query_is_made_of_conditions(wrong: Any) -> None:
    with pytest.raises(TypeError, match="parse"):
        Query(wrong)


def test_models_without_a_name_are_no_rows(harbor: FakeHarbor, users: Users) -> None:
    (change,) = users.apply([UserProfile(realname="x")])
    assert isinstance(change.error, RowError)
    assert "username is missing" in str(change)
    assert not harbor.requests
    (change,) = users.apply([UserProfile(email="x@example.com", realname="x")])  # an address names a user who exists
    assert "a new one needs a username" in str(change)


def test_who_is_not_named_is_shown_by_number(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    assert str(users.change_password(3, "N3wPassword")) == "~ alice  password"
    assert str(Change("removed", "", 3)) == "- user 3"
    assert str(Change("failed", "", row=7, error=ValueError("why"))) == "! (row 7)  why"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Q.username > "a", "Q.username >= "),
        (lambda: Q.user_id < 3, "Q.user_id <= "),
        (lambda: (Q.username == "a") | (Q.username == "b"), r"one_of\(\)"),
        (lambda: Q.username | Q.email, "one_of"),
        (lambda: ~(Q.username == "a"), "no 'not'"),
        (lambda: Q.username != "a", "filter them in Python"),
        (lambda: "a" in Q.username, r"contains\(\.\.\.\) or \.one_of"),
        (lambda: "a" in (Q.username == "a"), "matches"),
        (lambda: Q.username == "a" & Q.email == "b", "parentheses"),
        (lambda: Q.user_id == 3 & Q.sysadmin_flag == True, "parentheses"),  # noqa: E712
        (lambda: Q.username == "a" and Q.email == "b", "&"),
        (lambda: 3 <= Q.user_id <= 7, r"between\(\)"),
        (lambda: Q.username in ("a", "b"), r"one_of\(\)"),
        (lambda: Q.username.startswith("a"), "it has asc, between, contains, desc, one_of, and =="),  # type: ignore[attr-defined]
        (lambda: Q.user_id.in_(3, 4), "it has .*one_of"),  # type: ignore[attr-defined]
    ],
)
def test_operators_that_q_lacks_say_what_to_write(make: Callable[[], object], words: str) -> None:
    with pytest.raises((TypeError, AttributeError), match=words):
        make()


def test_after_the_name_all_is_by_keyword(harbor: FakeHarbor, users: Users) -> None:
    """Else a password, in the place of another field, is stored where everybody reads it."""
    for call in (
        lambda: users.create("zed", "z@example.com", "Zed", PASSWORD),  # type: ignore[misc]
        lambda: users.ensure("zed", "z@example.com", "Zed", PASSWORD),  # type: ignore[misc]
        lambda: UserRow("zed", "z@example.com", "Zed", PASSWORD, "comment"),  # type: ignore[misc]
    ):
        with pytest.raises(TypeError) as caught:
            call()
        assert PASSWORD not in str(caught.value)
    assert not harbor.requests
    assert UserCreationReq("z@example.com", "Zed", "comment", PASSWORD, "zed") is not None  # as generated
