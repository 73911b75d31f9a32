"""A plan looks once, says what would happen, and does just that."""

from __future__ import annotations

import gc
import json
from dataclasses import asdict
from itertools import chain

import pytest

from harbor_client import GENERATE, ApiClient, ApplyError, Change, EmailTakenException, RowError, UserRow
from harbor_client.testing import FakeHarbor
from harbor_client.users import Plan, Users
from support.rows import PASSWORD, actions, row, writes


@pytest.fixture
def plan(harbor: FakeHarbor, users: Users) -> Plan:
    for name in ("alice", "bob", "same"):
        harbor.add_user(name, comment="old")
    rows = [
        row("alice", comment="new"),
        {"username": "bob", "state": "absent"},
        row("carol", password=GENERATE),
        {"username": "same"},
        {"username": "boob", "state": "absent"},
        {"username": "wrong", "comment": "x" * 31},
    ]
    return users.plan(rows)


SUMMARY = "1 to create, 1 to change, 1 to remove, 1 unchanged, 1 not found, 1 wrong"


def test_it_is_evaluated_once(harbor: FakeHarbor, plan: Plan) -> None:
    asked = len(harbor.requests)
    assert repr(plan) == f"<Plan: {SUMMARY}>"
    assert str(plan).splitlines()[-1] == SUMMARY
    assert plan.counts == dict.fromkeys(("changed", "removed", "created", "unchanged", "not_found", "failed"), 1)
    assert plan.has_changes
    assert actions(plan) == ["changed", "removed", "created", "not_found", "failed"]
    assert list(plan) == plan.changes
    assert all(change.dry_run for change in plan)
    html = plan._repr_html_()
    assert SUMMARY in html
    assert "alice" in html
    assert len(harbor.requests) == asked
    assert not writes(harbor)


def test_html_is_escaped(users: Users) -> None:
    html = users.plan([{"username": "<script>", "state": "absent"}])._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_nothing_to_change(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    plan = users.plan(iter([{"username": "alice"}]))
    assert not plan.has_changes
    assert plan.changes == []
    assert plan.apply().finish().counts == {}


def test_a_plan_as_json(plan: Plan) -> None:
    found = json.loads(json.dumps(plan.to_dict()))
    assert found["counts"]["created"] == 1
    assert found["has_changes"] is True
    assert found["changes"][0]["fields"] == {"comment": ["old", "new"]}
    assert "at most 30" in found["changes"][-1]["error"]
    assert PASSWORD not in json.dumps(found)


def test_changes_as_dictionaries_show_no_password(users: Users) -> None:
    made: dict[str, str] = {}
    change = users.ensure("x", email="x@example.com", password=GENERATE, on_password=made.__setitem__)
    for shown in (asdict(change), change.to_dict(), json.loads(json.dumps(change.to_dict())), vars(change)):
        assert made["x"] not in str(shown)
    assert change.to_dict()["fields"] == {"email": [None, "x@example.com"], "realname": [None, "x"]}


def test_it_does_just_what_it_says(harbor: FakeHarbor, plan: Plan) -> None:
    told: list[tuple[str, str]] = []
    with pytest.raises(ApplyError) as caught:
        plan.apply(on_error="continue", on_password=lambda *both: told.append(both)).finish()
    (failed,) = caught.value.failed
    assert (failed.row, failed.username) == (6, "wrong")
    assert writes(harbor) == ["PUT /users/3", "DELETE /users/4", "POST /users"]
    assert [name for name, _ in told] == ["carol"]
    before = writes(harbor)
    again = plan.apply(on_error="continue", on_password=print).finish(
        check=False
    )  # what was planned is no longer to be done
    assert again.counts == {"failed": 4, "not_found": 1}
    assert writes(harbor) == before


def test_it_refuses_what_has_changed_meanwhile(harbor: FakeHarbor, users: Users, plan: Plan) -> None:
    users.patch("alice", comment="somebody else's")
    harbor.add_user("carol")
    users.ensure_absent("bob")
    harbor.requests.clear()
    run = plan.apply(on_error="continue", on_password=print).finish(check=False)
    assert [change.username for change in run.failed] == ["alice", "bob", "carol", "wrong"]
    assert all(isinstance(change.error, RowError) for change in run.failed)
    assert "planned was ~ alice  comment: 'old' -> 'new', now it would be" in str(run.failed[0])
    assert not writes(harbor)
    assert plan.apply(on_password=print).finish(check=False).counts == {"failed": 1}


@pytest.mark.parametrize("rows", [{"comment": "new"}, {"state": "absent"}])
@pytest.mark.parametrize("by", ["username", "email"])
@pytest.mark.parametrize("again", [False, True])
def test_it_says_that_a_user_is_gone(
    harbor: FakeHarbor, users: Users, rows: dict[str, str], by: str, again: bool
) -> None:
    who = {"username": "alice", "email": "alice@example.com"}
    number = harbor.add_user(**who)
    plan = users.plan([{by: who[by], **rows}])
    users.ensure_absent("alice")
    if again:
        harbor.add_user(**who)
    (failed,) = plan.apply().finish(check=False).failed
    assert f"changed since the plan was made: user {number} is not {who[by]!r} any more" in str(failed)
    assert failed.username == who[by]


def test_what_was_unchanged_stays_alone(harbor: FakeHarbor, users: Users, plan: Plan) -> None:
    users.patch("same", comment="changed since")
    harbor.requests.clear()
    plan.apply(on_error="continue", on_password=lambda *_: None).finish(check=False)
    assert users.get("same").comment == "changed since"


# -- conflicts ---------------------------------------------------------------------------------------------------------


def test_addresses_that_somebody_has(harbor: FakeHarbor, users: Users) -> None:
    holder = harbor.add_user("holder", email="taken@example.com")
    harbor.add_user("alice")
    rows = [row("new", email="taken@example.com"), {"username": "alice", "email": "taken@example.com"}, row("fine")]
    harbor.requests.clear()
    plan = users.plan([rows[0], rows[2]])
    assert actions(plan) == ["failed", "created"]
    error = plan.changes[0].error
    assert isinstance(error, EmailTakenException)
    assert error.outcome == "not_sent"
    assert f"belongs to user {holder}, 'holder'" in str(plan)
    assert actions(users.plan([rows[1]])) == ["failed"]
    assert not writes(harbor)
    run = plan.apply(on_error="continue").finish(check=False)
    assert run.failed[0].error is error
    assert writes(harbor) == ["POST /users"]


def test_addresses_that_become_free(harbor: FakeHarbor, users: Users) -> None:
    for name in ("alice", "bob", "carol"):
        harbor.add_user(name)
    rows = [
        {"username": "alice", "email": "new@example.com"},
        {"username": "bob", "state": "absent"},
        {"username": "carol", "email": "alice@example.com"},
        row("dave", email="bob@example.com"),
    ]
    plan = users.plan(rows)
    assert actions(plan) == ["changed", "removed", "changed", "created"]
    plan.apply().finish()


def test_conflicts_within_the_file(harbor: FakeHarbor, users: Users) -> None:
    """Far from each other, too: a plan is about the whole file."""
    between = [{"username": f"nobody{number}", "state": "absent"} for number in range(150)]
    rows = [row("alice"), *between, row("Alice", email="other@example.com"), row("bob", email="ALICE@example.com")]
    plan = users.plan(rows)
    wrong = [change for change in plan if change.action == "failed"]
    assert [change.row for change in wrong] == [152, 153]
    assert "the username is in row 1 already, as 'alice'" in str(wrong[0])
    assert "the email address is in row 1 already, as 'alice@example.com'" in str(wrong[1])
    near = users.plan([row("alice"), row("bob", email="alice@example.com"), row("carol", email="Alice@Example.com")])
    assert actions(near) == ["created", "failed", "failed"]
    assert "is in row 1 already, as 'alice@example.com'" in str(near)


def test_a_user_named_in_two_ways(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    between = [{"username": f"nobody{number}", "state": "absent"} for number in range(150)]
    first, second = {"email": "alice@example.com", "comment": "x"}, {"username": "alice", "comment": "y"}
    for rows in ([first, second], [second, first], [first, *between, second]):
        failed = [change for change in users.plan(rows) if not change.ok]
        assert [str(change.error).partition(": ")[2] for change in failed] == [
            "the username is in row 1 already, as 'alice'"
        ]
    run = users.apply([first, second]).finish(check=False)
    assert run.counts == {"changed": 1, "failed": 1}


def test_names_and_addresses_that_differ_only_in_case(harbor: FakeHarbor, users: Users) -> None:
    """To Harbor they are others, to whoever has written the rows hardly."""
    for name in ("bob", "ANNA", "Jörg.Meier", "dora"):
        harbor.add_user(name, email=f"{name}@example.com".replace("ö", "o"))
    rows = [
        row("Bob", email="b@example.com"),
        {"username": "anna", "state": "absent"},
        {"username": "jörg.meier", "comment": "x"},
        row("emil", email="Dora@example.com"),
        {"username": "Dora", "comment": "new", "email": "dora@example.com"},
        row("fritz"),
    ]
    plan = users.plan(rows)
    assert [change.hint and change.hint.rpartition(" of ")[2] for change in plan] == [
        "user 3, 'bob'.",
        "user 4, 'ANNA'.",
        "user 5, 'Jörg.Meier'.",
        "user 6, 'dora'.",
        "user 6, 'dora'.",
        None,
    ]
    assert "+ Bob  email='b@example.com', realname='Bob' - The name differs only in case" in str(plan)
    run = users.apply(rows[:3], on_error="continue").finish(check=False)
    assert run.counts == {"created": 1, "not_found": 1, "failed": 1}
    assert "that of user 5, 'Jörg.Meier'" in str(run.failed[0])
    assert users.plan([{"username": "bob", "comment": "x"}]).changes[0].hint is None


def test_one_more_query_for_a_hundred_rows(harbor: FakeHarbor, users: Users) -> None:
    users.find("nobody")
    harbor.requests.clear()
    users.plan([row(f"someone{number:03}.surname") for number in range(100)])
    assert [request.path.rpartition("/")[2] for request in harbor.requests] == ["users", "users", "systeminfo"]
    harbor.add_users(100)
    harbor.requests.clear()
    users.plan([{"username": user.username, "email": user.email} for user in users.iterate()])
    assert sum("username" in request.query.get("q", "") for request in harbor.requests) == 1


# -- memory ------------------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_rows_take_memory_for_those_that_change() -> None:
    """The names that are too long for Harbor cost no request, so that this takes only some seconds."""
    held: list[int] = []

    def count(done: int, total: int | None) -> None:
        if done % 20_000 == 0:
            held.append(sum(isinstance(thing, (UserRow, Change)) for thing in gc.get_objects()))

    with FakeHarbor(keep_requests=10) as harbor, ApiClient(harbor.configuration()) as client:
        harbor.add_users(100)
        users = Users(client)
        change = (UserRow(user.username or "", comment="new") for user in users.iterate())
        absent = (UserRow(f"{number:0256}", state="absent") for number in range(99_900))
        before = sum(isinstance(thing, (UserRow, Change)) for thing in gc.get_objects())
        plan = users.plan(chain(change, absent), progress=count)
    assert plan.counts == {"changed": 100, "not_found": 99_900}
    assert len(plan.changes) == 200
    assert "? … and 99800 more not found" in str(plan)
    assert len(held) == 5
    assert max(held) - before <= 2 * len(plan.changes) + 300  # a row and a change each, and the 100 rows looked at
