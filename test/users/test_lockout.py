"""Nobody takes away the last account that could undo it."""

from __future__ import annotations

import pytest

from harbor_client import ApplyError, ForbiddenException, RowError
from harbor_client.testing import FakeHarbor
from harbor_client.users import Users
from support.rows import AsUser, writes


@pytest.mark.parametrize("caller", ["admin", "boss"])
def test_the_caller_is_not_demoted(harbor: FakeHarbor, as_user: AsUser, caller: str) -> None:
    harbor.add_user("boss", sysadmin_flag=True)
    users = as_user(caller)
    user_id = users.get(caller).user_id
    assert user_id is not None
    for dry_run in (False, True):
        with pytest.raises(ValueError, match="makes the calls, and cannot be demoted"):
            users.ensure(caller, sysadmin_flag=False, dry_run=dry_run)
        for who in (caller, user_id):
            with pytest.raises(ValueError, match="makes the calls, and cannot be demoted"):
                users.patch(who, sysadmin_flag=False, dry_run=dry_run)
    rows = [{"username": caller, "sysadmin_flag": "no"}]
    assert "cannot be demoted" in str(users.plan(rows))
    with pytest.raises(ApplyError, match="cannot be demoted") as caught:
        users.apply(rows).finish()
    assert isinstance(caught.value.failed[0].error, RowError)
    assert not writes(harbor)
    assert users.ensure(caller, sysadmin_flag=True).action == "unchanged"


def test_the_caller_is_not_removed(harbor: FakeHarbor, as_user: AsUser) -> None:
    harbor.add_user("boss", sysadmin_flag=True)
    boss = as_user("boss")
    for dry_run in (False, True):
        with pytest.raises(ValueError, match="cannot be removed"):
            boss.ensure_absent("boss", dry_run=dry_run)
    harbor.add_user("alice")
    leavers = [{"username": name, "state": "absent"} for name in ("boss", "alice")]
    assert [change.action for change in boss.plan(leavers)] == ["failed", "removed"]
    assert not writes(harbor)
    run = boss.apply(leavers, on_error="continue").finish(check=False)
    assert run.counts == {"failed": 1, "removed": 1}
    assert writes(harbor) == ["DELETE /users/4"]


def test_others_are_demoted_and_removed(harbor: FakeHarbor, users: Users) -> None:
    for name in ("boss", "chief"):
        harbor.add_user(name, sysadmin_flag=True)
    assert users.ensure("boss", sysadmin_flag=False).action == "changed"
    assert users.ensure_absent("chief").action == "removed"


@pytest.fixture
def robot(harbor: FakeHarbor, as_user: AsUser) -> Users:
    """It may demote all administrators, being none itself."""
    actions = ("create", "list", "read", "update", "delete", "sysadmin")
    name = harbor.add_robot("ops", permissions=[("user", action) for action in actions])
    for boss in ("boss", "chief"):
        harbor.add_user(boss, sysadmin_flag=True)
    users = as_user(name)
    as_user().api.set_user_sys_admin(1, {"sysadmin_flag": False})
    return users


def test_the_last_administrator_stays(harbor: FakeHarbor, robot: Users) -> None:
    rows = [{"username": name, "sysadmin_flag": False} for name in ("boss", "chief")]
    plan = robot.plan(rows)
    if harbor.version.startswith("2.12"):  # robots may not read user 1, who may be an administrator
        assert [change.action for change in plan] == ["changed", "changed"]
        return
    assert [change.action for change in plan] == ["changed", "failed"]
    assert "the last system administrator known" in str(plan.changes[1])
    assert robot.ensure("boss", sysadmin_flag=False).action == "changed"
    with pytest.raises(ValueError, match="last system administrator"):
        robot.ensure("chief", sysadmin_flag=False)
    with pytest.raises(ValueError, match="last system administrator"):
        robot.ensure_absent("chief")
    rows = [{"username": "boss", "sysadmin_flag": True}, {"username": "chief", "sysadmin_flag": False}]
    assert [change.action for change in robot.apply(rows)] == ["changed", "changed"]


def test_a_plan_counts_the_administrators_that_it_makes(harbor: FakeHarbor, robot: Users) -> None:
    if harbor.version.startswith("2.12"):  # robots may not read user 1, who may be an administrator
        return
    harbor._store.update_sysadmin(4, False)
    harbor.add_user("carol", email="Carol@example.com")
    demoted = {"username": "boss", "sysadmin_flag": False}
    for row, action in (
        ({"username": "carol", "sysadmin_flag": True}, "changed"),
        ({"username": "new", "email": "n@example.com", "password": "Passw0rd1", "sysadmin_flag": True}, "created"),
    ):
        assert [change.action for change in robot.plan([row, demoted])] == [action, "changed"]
        assert [change.action for change in robot.plan([demoted, row])] == ["failed", action]
        undone = {"username": row["username"], "state": "absent"}
        assert [change.action for change in robot.plan([{"email": "BOSS@example.com", "state": "absent"}, row])] == [
            "failed",
            action,
        ]
        assert robot.plan([undone, demoted]).changes[-1].action == "failed"
    done = list(robot.apply([{"email": "carol@example.com", "sysadmin_flag": True}, demoted]))
    assert [change.action for change in done] == ["changed", "changed"]


def test_an_administrator_by_group_does_not_count(harbor: FakeHarbor, users: Users) -> None:
    """Whether such a caller stays one is decided elsewhere."""
    harbor.add_user("boss", sysadmin_flag=True)
    admin = {**users.get(1).to_dict(), "creation_time": "2024-01-01T00:00:00Z", "update_time": None}
    by_group = {**admin, "sysadmin_flag": False, "admin_role_in_auth": True}
    harbor.fail_next("GET", "/users/1", status=200, body={**admin, "sysadmin_flag": False})
    harbor.fail_next("GET", "/users/current", status=200, body=by_group, times=2)
    with pytest.raises(ValueError, match="last system administrator"):
        users.ensure("boss", sysadmin_flag=False)
    assert users.ensure("boss", sysadmin_flag=False).action == "changed"


def test_a_caller_who_was_removed_and_created_anew_is_still_the_caller(harbor: FakeHarbor, as_user: AsUser) -> None:
    first = harbor.add_user("boss", sysadmin_flag=True)
    boss = as_user("boss")
    with pytest.raises(ValueError, match="makes the calls"):
        boss.ensure("boss", sysadmin_flag=False)
    harbor._store.delete(first)
    harbor.add_user("boss", sysadmin_flag=True)
    with pytest.raises(ValueError, match="makes the calls"):
        boss.ensure("boss", sysadmin_flag=False)
    assert boss.change_password("boss", "N3wPassword1").action == "changed"
    assert boss.api.api_client.configuration.password == "N3wPassword1"


def test_who_is_no_administrator_any_more_sees_no_longer_all_projects(harbor: FakeHarbor, as_user: AsUser) -> None:
    boss = as_user(harbor.add_user("boss", sysadmin_flag=True) and "boss")
    harbor.add_user("alice")
    assert boss.memberships("alice") == []
    assert [finding.ok for finding in boss.check()] == [True] * 5
    harbor._store.update_sysadmin(3, False)
    with pytest.raises(ForbiddenException):
        boss.memberships("alice")
    assert "may search users" in str(list(boss.check())[-1])
