"""What fails for every row ends a run at once, with that error; failures cannot be overlooked."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import pytest

from harbor_client import (
    ApiException,
    ApplyError,
    BadRequestException,
    ConnectionException,
    ForbiddenException,
    NoLocalUsersException,
    ProxyException,
    RowError,
    TLSException,
    UnauthorizedException,
    UnexpectedResponseException,
)
from harbor_client.testing import FakeHarbor
from harbor_client.users import GENERATE, Change, Users
from support.clients import users as api_of
from support.gateway import gateway
from support.rows import AsUser, row

CALLS = ["apply, stop", "apply, continue", "plan"]


ROWS = [row(f"new{number}") for number in range(250)]


def call(users: Users, name: str, rows: Any = ROWS, **options: Any) -> object:
    if name == "plan":
        return users.plan(rows)
    return users.apply(rows, on_error=name.removeprefix("apply, "), **options).finish()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("count", [1, 20])
def test_an_old_password_is_one_wrong_login(harbor: FakeHarbor, as_user: AsUser, name: str, count: int) -> None:
    with pytest.raises(UnauthorizedException) as caught:
        call(as_user(password="Old-Passw0rd"), name, ROWS[:count])
    assert len(harbor.requests) == 1
    told = "Nothing was changed" if name == "plan" else "0 of its rows were dealt with before, the others were left"
    assert told in str(caught.value)


@pytest.mark.parametrize("rows", [[{"email": "a@example.com", "state": "absent"}] * 5, [{"username": "a,b"}] * 5])
def test_other_ways_of_looking_are_one_wrong_login(harbor: FakeHarbor, as_user: AsUser, rows: Any) -> None:
    with pytest.raises(UnauthorizedException):
        as_user(password="Old-Passw0rd").apply(rows, on_error="continue").finish()
    assert len(harbor.requests) == 1


def test_a_password_that_becomes_old_half_way(harbor: FakeHarbor, users: Users) -> None:
    run = users.apply(ROWS, on_error="continue")
    assert [next(run).action for _ in range(3)] == ["created"] * 3
    users.api.api_client.configuration.password = "Old-Passw0rd"
    before = len(harbor.requests)
    with pytest.raises(UnauthorizedException, match="3 of its rows were dealt with before"):
        run.finish()
    assert len(harbor.requests) == before + 1
    assert len(harbor.usernames) == 3
    for again in (run.finish, lambda: run.finish(check=False), lambda: list(run), run.raise_for_failed):
        with pytest.raises(UnauthorizedException, match="3 of its rows were dealt with before"):
            again()
    assert len(harbor.requests) == before + 1


def test_a_login_that_becomes_wrong_between_passwords(harbor: FakeHarbor, users: Users) -> None:
    """Since 2.15, Harbor then responds with 500 and nothing else."""
    harbor.add_users(20)
    rows = [{"username": name, "password": "N3wPassword"} for name in harbor.usernames]
    run = users.apply(rows, on_error="continue", update_password="always")
    assert next(run).action == "changed"
    users.api.api_client.configuration.password = "Old-Passw0rd"
    before = len(harbor.requests)
    with pytest.raises(ApiException, match="1 of its rows were dealt with before"):
        run.finish()
    assert len(harbor.requests) == before + 1


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OSError])
def test_an_interrupted_run_does_not_look_done(
    harbor: FakeHarbor, users: Users, interruption: type[BaseException]
) -> None:
    def interrupt(username: str, password: str) -> None:
        raise interruption

    run = users.apply([row("a"), row("b", password=GENERATE), row("c")], on_password=interrupt)
    with pytest.raises(interruption):
        run.finish()
    for again in (run.finish, run.raise_for_failed):
        with pytest.raises(RuntimeError, match=f"{interruption.__name__} ended this run: apply the rows again"):
            again()
    assert harbor.usernames == ["a"]


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        [{"username": name, "state": "absent"} for name in ("alice", "bob", "carol", "dan")],
        [{"username": name, "comment": "new"} for name in ("alice", "bob", "carol", "dan")],
        [{"username": name, "sysadmin_flag": True} for name in ("alice", "bob", "carol", "dan")],
    ],
)
def test_a_caller_who_is_demoted_half_way(harbor: FakeHarbor, as_user: AsUser, users: Users, rows: Any) -> None:
    for name in ("alice", "bob", "carol", "dan"):
        harbor.add_user(name)
    harbor.add_user("boss", sysadmin_flag=True)
    run = as_user("boss").apply(rows, on_error="continue")
    assert [next(run).action for _ in range(2)]
    users.patch("boss", sysadmin_flag=False)
    sent = len(harbor.requests)
    with pytest.raises(ForbiddenException, match="2 of its rows were dealt with before") as caught:
        run.finish()
    assert not isinstance(caught.value, NoLocalUsersException)
    assert sum(request.method != "GET" for request in harbor.requests[sent:]) <= 1


def test_a_caller_who_is_removed_half_way(harbor: FakeHarbor, as_user: AsUser, users: Users) -> None:
    harbor.add_user("boss", sysadmin_flag=True)
    run = as_user("boss").apply(ROWS, on_error="continue")
    assert next(run).action == "created"
    users.ensure_absent("boss")
    with pytest.raises(UnauthorizedException, match="1 of its rows were dealt with before"):
        run.finish()


def test_a_robot_whose_right_is_withdrawn_half_way(harbor: FakeHarbor, as_user: AsUser) -> None:
    name = harbor.add_robot("ops", permissions=[("user", "list"), ("user", "create")])
    run = as_user(name).apply(ROWS, on_error="continue")
    assert next(run).action == "created"
    harbor._store.robots[name].permissions.clear()
    with pytest.raises(ForbiddenException, match="1 of its rows were dealt with before"):
        run.finish()


@pytest.mark.parametrize("name", CALLS)
def test_callers_without_rights(harbor: FakeHarbor, as_user: AsUser, name: str) -> None:
    for known in ("alice", "bob"):
        harbor.add_user(known)
    for rows in (
        ROWS,
        [{"username": "bob", "comment": "x"}] * 2,
        [{"username": "bob", "state": "absent"}, *ROWS],
        [{"email": "bob@example.com", "state": "absent"}, *ROWS],
    ):
        with pytest.raises(ForbiddenException):
            call(as_user("alice"), name, rows)
    assert sum(request.method != "GET" for request in harbor.requests) <= 4  # one a run
    assert len(harbor.requests) < 40
    assert harbor.usernames == ["alice", "bob"]


def test_callers_may_bring_themselves_into_a_state(harbor: FakeHarbor, as_user: AsUser) -> None:
    harbor.add_user("alice", comment="old")
    rows = [{"username": "bobby", "state": "absent"}, {"username": "alice", "comment": "mine"}]
    assert as_user("alice").plan(rows).counts == {"not_found": 1, "changed": 1}
    assert as_user("alice").apply(rows).finish().counts == {"not_found": 1, "changed": 1}


def test_robots_are_told_row_by_row(harbor: FakeHarbor, as_user: AsUser) -> None:
    """They may create and list, but not read a single user, which the change of a profile needs."""
    harbor.add_user("alice")
    robot = as_user(harbor.add_robot("onboarding", permissions=[("user", "create"), ("user", "list")]))
    run = robot.apply([{"username": "alice", "comment": "x"}, row("bob")], on_error="continue").finish(check=False)
    assert run.counts == {"failed": 1, "created": 1}


@pytest.mark.parametrize("name", CALLS)
def test_no_connection(harbor: FakeHarbor, as_user: AsUser, name: str) -> None:
    for settings, kind in (
        ({"host": "http://127.0.0.1:1/api/v2.0"}, ConnectionException),
        ({"proxy": "http://127.0.0.1:1"}, ProxyException),
        ({"host": harbor.url.replace("http:", "https:")}, TLSException),
    ):
        began = time.monotonic()
        with pytest.raises(kind) as caught:
            call(as_user(retries=0, timeout=5, **settings), name)
        assert caught.value.outcome == "not_sent"
        assert time.monotonic() - began < 60  # not 250 times as long
    assert not harbor.requests


@pytest.mark.parametrize("name", CALLS)
def test_a_silent_server(as_user: AsUser, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        users = as_user(host=f"http://127.0.0.1:{server.getsockname()[1]}/api/v2.0", timeout=0.2, retries=0)
        with pytest.raises(ConnectionException):
            call(users, name)


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("base", ["", "/api/v3.0", "/login"])
def test_a_wrong_base_path(harbor: FakeHarbor, as_user: AsUser, name: str, base: str) -> None:
    with pytest.raises(ApiException):
        call(as_user(host=f"{harbor.root_url}{base}"), name, [{"username": f"x{n}", "state": "absent"} for n in "abc"])
    assert len(harbor.requests) == 1


@pytest.mark.parametrize("on_error", ["stop", "continue"])
@pytest.mark.parametrize(
    ("settings", "kind", "words"),
    [
        ({"read_only": True}, ForbiddenException, "read only"),
        ({"auth_mode": "oidc_auth"}, NoLocalUsersException, "oidc_auth"),
    ],
)
def test_settings_that_refuse_every_row(
    harbor: FakeHarbor, users: Users, on_error: str, settings: dict[str, Any], kind: type[ApiException], words: str
) -> None:
    for name, value in settings.items():
        setattr(harbor.settings, name, value)
    with pytest.raises(kind, match=words):
        call(users, f"apply, {on_error}")
    assert sum(request.method == "POST" for request in harbor.requests) == 1


LOOKS: list[Callable[[Users, Any], Any]] = [
    lambda users, rows: users.plan(rows),
    lambda users, rows: users.apply(rows, dry_run=True).finish(),
]


def looked(harbor: FakeHarbor) -> int:
    assert all(request.method == "GET" for request in harbor.requests)
    return sum(request.path.endswith("/systeminfo") for request in harbor.requests)


@pytest.mark.parametrize("look", LOOKS)
def test_plans_notice_read_only_mode(harbor: FakeHarbor, users: Users, look: Callable[[Users, Any], Any]) -> None:
    harbor.add_user("same")
    harbor.settings.read_only = True
    for rows in (ROWS, [{"username": "same", "state": "absent"}], [{"username": "same", "comment": "new"}]):
        harbor.requests.clear()
        with pytest.raises(ForbiddenException, match="read only mode") as caught:
            look(users, [{"username": "nobody", "state": "absent"}, *rows])
        assert "try again later" in str(caught.value)
        assert "Nothing was changed. The run ended here: 1 of its rows" in str(caught.value)
        assert caught.value.outcome == "not_sent"
        assert looked(harbor) == 1
    harbor.requests.clear()
    look(users, [{"username": "same"}, {"username": "nobody", "state": "absent"}])
    assert looked(harbor) == 0


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("mode", ["oidc_auth", "ldap_auth"])
def test_plans_notice_that_users_come_from_elsewhere(
    harbor: FakeHarbor, users: Users, look: Callable[[Users, Any], Any], mode: str
) -> None:
    for name in ("same", "gone"):
        harbor.add_user(name, oidc_user_meta={"subiss": name})
    odd = {"email": "odd@my_host", "realname": "Doe, John"}  # as LDAP has them; Harbor takes neither from a client
    harbor.add_user("odd", **odd)
    fine = [
        {"username": "odd", **odd, "sysadmin_flag": True},
        {"username": "same", "sysadmin_flag": True},
        {"username": "gone", "state": "absent"},
        {"username": "admin", "email": "admin@example.com", "comment": "x"},
    ]
    harbor.settings.auth_mode = mode
    for wrong in (row("new"), {"email": "same@example.com", "realname": "x"}, {"username": "same", "comment": "x"}):
        harbor.requests.clear()
        with pytest.raises(NoLocalUsersException, match=mode) as caught:
            look(users, [*(fine if wrong == row("new") else []), wrong])
        assert "come from elsewhere" in str(caught.value)
        assert looked(harbor) == 1
    assert look(users, fine).counts == {"changed": 3, "removed": 1}
    users.apply(fine).finish()


@pytest.mark.parametrize(
    "response",
    [{"status": 403}, {"status": 404}, {"status": 200, "body": "x"}, {"status": 200, "body": {"auth_mode": "db_auth"}}],
)
def test_plans_go_on_where_settings_cannot_be_read(harbor: FakeHarbor, users: Users, response: dict[str, Any]) -> None:
    harbor.settings.read_only = True
    harbor.fail_next("GET", "/systeminfo", **response)
    assert users.plan(ROWS).counts == {"created": 250}
    assert looked(harbor) == 1


def test_a_query_that_gets_lost(harbor: FakeHarbor) -> None:
    harbor.add_users(120)
    with (
        gateway(harbor, lambda path, query: {}) as server,
        api_of(server, username="admin", password="Harbor12345") as api,
        pytest.raises(UnexpectedResponseException),
    ):
        Users(api).apply(ROWS, on_error="continue").finish()


def test_a_server_that_goes_away_half_way(harbor: FakeHarbor, as_user: AsUser) -> None:
    """The look after an open write fails as well: there is no use in going on."""
    users = as_user(retries=0)
    harbor.fail_next("POST", close="before")
    run = users.apply(ROWS, on_error="continue")
    harbor.fail_next("GET", "/users", status=200, body=[])
    harbor.fail_next("GET", "/users", close="before", times=1000)
    with pytest.raises(ConnectionException, match="Looking whether it was done failed as well"):
        run.finish()
    assert sum(request.method == "POST" for request in harbor.requests) == 1


def test_a_write_that_is_lost_is_no_reason_to_end(harbor: FakeHarbor, users: Users) -> None:
    harbor.fail_next("POST", close="before")
    run = users.apply(ROWS[:3], on_error="continue").finish(check=False)
    assert run.counts == {"failed": 1, "created": 2}


# -- failures cannot be overlooked -------------------------------------------------------------------------------------


def test_finish_raises_with_all_failures(harbor: FakeHarbor, users: Users) -> None:
    rows = [row("a", comment="x" * 31), row("b"), {"username": "c"}, row("d~", realname="D"), row("e")]
    run = users.apply(rows, on_error="continue")
    with pytest.raises(ApplyError) as caught:
        run.finish()
    failed = caught.value.failed
    assert failed == run.failed
    assert all(isinstance(change, Change) for change in failed)
    assert [(change.row, change.username) for change in failed] == [(1, "a"), (3, "c"), (4, "d~")]
    assert isinstance(failed[0].error, RowError)
    assert isinstance(failed[2].error, BadRequestException)
    text = str(caught.value)
    assert text.startswith("3 of 5 rows failed:\n")
    for part in ("row 1", "comment has 31 bytes", "needs a password", "username contains illegal characters"):
        assert part in text
    with pytest.raises(ApplyError):
        run.raise_for_failed()
    assert harbor.usernames == ["b", "e"]


def test_the_first_failure_ends_a_run_that_stops(harbor: FakeHarbor, users: Users) -> None:
    with pytest.raises(ApplyError, match="1 of 1 rows failed; the rows after it were left alone"):
        users.apply([{"username": "c"}, row("b")]).finish()
    assert users.apply([{"username": "c"}, row("b")]).finish(check=False).counts == {"failed": 1}
    assert harbor.usernames == []
    users.apply([row("b")]).finish().raise_for_failed()


def test_many_failures_are_cut_short(users: Users) -> None:
    rows = [{"username": f"c{number}"} for number in range(30)]
    with pytest.raises(ApplyError, match=r"… and 20 more") as caught:
        users.apply(rows, on_error="continue").finish()
    assert len(caught.value.failed) == 30
    assert len(str(caught.value)) < 3_000
