"""`Users`: found, brought into a wanted state, and removed."""

from pathlib import Path

import pytest

import harbor_client
from harbor_client import Q, exceptions

from .conftest import Live


def test_ensure_twice(live: Live) -> None:
    username = live.name()
    fields = {"email": f"{username}@example.com", "realname": "Ensured"}
    created = live.users.ensure(username, **fields, password="Passw0rd1", sysadmin_flag=True)
    assert created.action == "created"
    assert live.users.ensure(username, **fields).action == "unchanged"
    changed = live.users.ensure(username, comment="new", sysadmin_flag=False)
    assert (changed.action, sorted(changed.fields)) == ("changed", ["comment", "sysadmin_flag"])
    user = live.users.find(username)
    assert user is not None
    assert (user.user_id, user.comment, user.sysadmin_flag) == (created.user_id, "new", False)
    assert live.users.ensure_absent(username).action == "removed"
    assert live.users.find(username) is None
    assert live.users.ensure_absent(username).action == "not_found"


def test_find_by_address(live: Live) -> None:
    user_id, username, _ = live.create()
    found = live.users.find(email=f"{username}@EXAMPLE.com")
    assert found is not None
    assert found.user_id == user_id


def test_names_that_a_query_language_would_misread(live: Live) -> None:
    for odd in ("a b", "x_y", "(z)", "é", "a+b"):
        username = f"{live.name()} {odd}"
        user_id = live.users.create(username, email=f"{live.name()}@example.com", realname="Odd", password="Passw0rd1")
        found = live.users.find(username)
        assert found is not None
        assert found.user_id == user_id


@pytest.mark.parametrize("concurrency", [1, 3])
def test_iterate_misses_nobody(live: Live, concurrency: int) -> None:
    ids = {live.create()[0] for _ in range(5)}
    query = Q.username.contains(live.prefix)
    assert ids <= {user.user_id for user in live.users.iterate(query, concurrency=concurrency)}
    assert live.users.count(query) >= 5
    assert len({user.user_id for user in live.users.iterate(include_admin=True)}) >= live.users.count()


def test_a_file_of_rows(live: Live, tmp_path: Path) -> None:
    first, second = live.name(), live.name()
    path = tmp_path / "people.csv"
    header = "username;email;realname;password;comment;admin;state\n"
    path.write_text(
        f"{header}{first};{first}@example.com;First;Passw0rd1;from Brno;yes;\n"
        f"{second};{second}@example.com;Second;Passw0rd1;;;\n",
        "utf-8",
    )
    plan = live.users.plan(path)
    assert [change.action for change in plan] == ["created", "created"]
    assert live.users.find(first) is None
    live.users.apply(path).finish()
    assert [change.action for change in live.users.apply(path)] == ["unchanged", "unchanged"]
    path.write_text(f"{header}{first};;;;;no;\n{second};;;;;;absent\n", "utf-8")
    assert [change.action for change in live.users.apply(path)] == ["changed", "removed"]
    user = live.users.find(first)
    assert user is not None
    assert (user.sysadmin_flag, user.comment) == (False, "from Brno")


def test_a_password_changes(live: Live) -> None:
    user_id, _, password = live.create()
    live.users.change_password(user_id, "Passw0rd-2")
    with pytest.raises(exceptions.BadRequestException):
        live.users.change_password(user_id, "Passw0rd-2")
    assert password != "Passw0rd-2"


def test_who_may_not_is_told(live: Live) -> None:
    _, username, password = live.create()
    with harbor_client.ApiClient(live.configuration(username, password)) as client:
        users = harbor_client.Users(client)
        with pytest.raises(exceptions.ForbiddenException):
            users.create(live.name(), email=f"{live.name()}@example.com", realname="A", password="Passw0rd1")
        with pytest.raises(exceptions.ForbiddenException):
            list(users.iterate())
