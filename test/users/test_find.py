"""``find`` gives the user meant or nobody, to everybody who may search, on old and new servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from harbor_client import (
    ForbiddenException,
    NotFoundException,
    ServiceException,
    UnauthorizedException,
    UnexpectedResponseException,
)
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users

AsUser = Callable[..., Users]

NAMES = ["alice", "Alice", "ALICE", "alice2", "al_ice", "al-ice", "a b", " alice", "a=b", "~alice", "[a~b]", "{a}"]
NAMES += [
    "(a)",
    "\\alice",
    "a\\b",
    "ab",
    "100%",
    "_____",
    "+1",
    "7",
    "'q'",
    "é",
    "É",
    "a:b",
    "x/y",
    "?q=1",
    "a&b",
    "o'x",
]
#: To callers who may only search, the server shows no way to these once there are many users.
SHADOWS = ["%", "%%", "\\"]


@pytest.fixture
def crowd(harbor: FakeHarbor) -> dict[str, int]:
    return {name: harbor.add_user(name, email=f"u{number}@example.com") for number, name in enumerate(NAMES + SHADOWS)}


def test_administrators_find_exactly_whom_they_name(users: Users, crowd: dict[str, int]) -> None:
    for name, user_id in crowd.items():
        found = users.find(name)
        assert found is not None
        assert (found.user_id, found.username) == (user_id, name)
        assert found.email
        assert users.get(name).user_id == user_id == users.get(user_id).user_id
    for name in ("aliCe", "alic", "alice22", "A", "b", "xalice", "lice", "É ", "nobody", "a" * 256, "a" * 100_000):
        assert users.find(name) is None


def test_callers_who_may_only_search_find_them_too(as_user: AsUser, harbor: FakeHarbor, crowd: dict[str, int]) -> None:
    users = as_user("alice")
    for name, user_id in crowd.items():
        try:
            found = users.find(name)
        except ForbiddenException:
            assert name in SHADOWS
            continue
        assert found is not None, name
        assert (found.user_id, found.username) == (user_id, name)
        # Of others there is no more to know; oneself can be read.
        assert found.email == ("u0@example.com" if name == "alice" else None)
        assert (found.creation_time is None) == (name != "alice")
    for name in ("aliCe", "alic", "a%", "%alice", "nobody", "alice#3", "a_b"):
        assert users.find(name) is None


def test_the_built_in_administrator(as_user: AsUser, harbor: FakeHarbor) -> None:
    for name in ("alice", "administrator", "xadmin"):
        harbor.add_user(name)
    found = as_user().find("admin")
    assert found is not None
    assert (found.user_id, found.sysadmin_flag) == (1, True)
    seen = as_user("alice").find("admin")
    assert seen is not None
    assert (seen.user_id, seen.username, seen.sysadmin_flag) == (1, "admin", None)
    assert as_user().find("Admin") is None
    assert as_user("alice").find("Admin") is None
    assert as_user().get("admin").user_id == 1


def test_a_renamed_administrator_is_found_by_the_new_name(harbor: FakeHarbor, users: Users) -> None:
    harbor._store.users[1].username = "admin@harbor.local"
    users.api.api_client.configuration.username = "admin@harbor.local"
    harbor._store._usernames["admin@harbor.local"] = harbor._store._usernames.pop("admin")
    found = users.find("admin@harbor.local")
    assert found is not None
    assert found.user_id == 1
    assert users.find("admin") is None
    other = harbor.add_user("admin")
    assert users.get("admin").user_id == other


def test_system_robots(as_user: AsUser, harbor: FakeHarbor) -> None:
    harbor.add_users(3)
    lister = as_user(harbor.add_robot("lister", permissions=[("user", "list")]))
    found = lister.find("user00004")
    assert found is not None
    assert found.email
    assert lister.find("nobody") is None
    assert lister.find("admin") is not None
    seeker = as_user(harbor.add_robot("seeker"))
    found = seeker.find("user00004")
    assert found is not None
    assert (found.user_id, found.email) == (4, None)
    assert seeker.find("nobody") is None


def test_more_similar_names_than_a_page_holds(as_user: AsUser, harbor: FakeHarbor) -> None:
    harbor.add_user("caller")
    for number in range(130):
        harbor.add_user(f"team{number:04d}")
    meant = harbor.add_user("team")
    long = harbor.add_user("team0007-and-more")
    for users in (as_user(), as_user("caller")):
        for name, user_id in (("team", meant), ("team0007-and-more", long)):
            found = users.find(name)
            assert found is not None
            assert found.user_id == user_id
        assert users.find("Team") is None
        assert users.find("tea") is None


def test_wildcards_among_more_similar_names_than_a_page_holds(as_user: AsUser, harbor: FakeHarbor) -> None:
    harbor.add_user("caller")
    for number in range(130):
        harbor.add_user(f"t{number:03d}x")
    meant = harbor.add_user("t___x")
    harbor.add_user("_____")
    assert as_user().get("t___x").user_id == meant
    assert as_user().get("_____").username == "_____"
    assert as_user().find("__") is None
    caller = as_user("caller")
    for name in ("t___x", "_____"):
        # Either the right one, or an error that only the list could tell; never None, never somebody else.
        try:
            found = caller.find(name)
        except ForbiddenException:
            assert harbor.version.startswith("2.16")
        else:
            assert found is not None
            assert found.username == name
    assert caller.find("t___y") is None  # no name contains that, literally


def test_names_with_a_comma_as_old_servers_hold_them(as_user: AsUser, harbor: FakeHarbor) -> None:
    meant = harbor.add_user("last, first")
    harbor.add_user("last")
    for users in (as_user(), as_user("last")):
        found = users.find("last, first")
        assert found is not None
        assert found.user_id == meant
        assert users.find("last,first") is None
    for number in range(120):
        harbor.add_user(f"a,x{number:03d}")
    harbor.add_user("_,%")
    assert as_user().get("_,%").username == "_,%"


def test_removed_users_are_not_found(users: Users, harbor: FakeHarbor) -> None:
    first = harbor.add_user("alice")
    users.api.delete_user(first)
    assert users.find("alice") is None
    assert users.find(f"alice#{first}") is None
    with pytest.raises(NotFoundException):
        users.get(first)
    with pytest.raises(NotFoundException) as caught:
        users.get("alice")
    assert caught.value.status == 404
    assert harbor.add_user("alice") == users.get("alice").user_id


def test_callers_who_are_not_logged_in(as_user: AsUser, harbor: FakeHarbor) -> None:
    for name in ("alice", "admin"):
        with pytest.raises(UnauthorizedException):
            as_user(None).find(name)
        with pytest.raises(UnauthorizedException):
            as_user(password="Wr0ngPassword").find(name)


def test_a_failing_server_is_no_absent_user(users: Users, harbor: FakeHarbor) -> None:
    users.api.api_client.configuration.retries = 0
    for path in ("/users", "/users/1"):
        harbor.fail_next("GET", path, status=503)
        with pytest.raises(ServiceException):
            users.find("nobody")


@pytest.mark.parametrize("body", [{"username": "zed"}, {"user_id": 9, "username": "zed"}])
def test_another_user_than_the_one_asked_for_is_an_error(users: Users, harbor: FakeHarbor, body: object) -> None:
    harbor.fail_next("GET", "/users/3", status=200, body=body)
    with pytest.raises(UnexpectedResponseException, match="user 3 was asked for"):
        users.get(3)


def test_a_user_without_an_id_is_an_error(users: Users, harbor: FakeHarbor) -> None:
    harbor.fail_next("GET", "/users", status=200, body=[{"username": "bob"}])
    with pytest.raises(UnexpectedResponseException, match="without an id"):
        users.ensure_absent("bob")


def test_how_many_requests(users: Users, harbor: FakeHarbor) -> None:
    harbor.add_users(5)

    def asked(name: str) -> int:
        harbor.requests.clear()
        users.find(name)
        return len(harbor.requests)

    assert asked("user00003") == 1
    assert asked("admin") == 2  # lists leave user 1 out
    asked("nobody")
    assert asked("nobody else") == 1  # that user 1 has another name is known by now


def test_users_takes_a_client_an_api_or_the_defaults(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    assert Users(users.api).get("alice").user_id == 3
    assert Users(users.api.api_client).get("alice").user_id == 3
    assert Users().api.api_client.configuration is not None
