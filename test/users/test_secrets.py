"""No password that goes through Users is in what an exception, a result or a row shows."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from harbor_client import ApiClient, ServiceException, passwords
from harbor_client.testing import FakeHarbor
from harbor_client.users import GENERATE, UserRow, Users

CANARY = "Canary1passWord"


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(lock_seconds=0) as harbor:
        harbor.add_user("alice", email="a@example.com")
        yield harbor


@pytest.fixture
def users(harbor: FakeHarbor) -> Iterator[Users]:
    with ApiClient(harbor.configuration()) as client:
        yield Users(client)


def shown(error: BaseException) -> str:
    """All that an error tracker collects of this package's frames, and the error itself, pickled too."""
    texts = [repr(error), str(error)]
    summary: traceback.TracebackException | None = traceback.TracebackException.from_exception(
        error, capture_locals=True
    )
    while summary is not None:
        texts += [str(frame.locals) for frame in summary.stack if "harbor_client" in frame.filename]
        summary = summary.__cause__ or summary.__context__
    return "\n".join(texts) + repr(pickle.dumps(error))


def _rows(password: str) -> list[dict[str, str]]:
    return [{"username": "bob", "email": "b@example.com", "password": password}]


CALLS: dict[str, Callable[[Users, str], object]] = {
    "create": lambda users, secret: users.create("x", email="a@example.com", password=secret),
    "create, weak": lambda users, secret: users.create("x", email="a@example.com", password=secret * 20),
    "create, wrong": lambda users, secret: users.create("x", email=7, password=secret),  # type: ignore[arg-type]
    "ensure": lambda users, secret: users.ensure("x", email="a@example.com", password=secret),
    "ensure, no mail": lambda users, secret: users.ensure("x", password=secret),
    "ensure, always": lambda users, secret: users.ensure("alice", password=secret * 20, update_password="always"),
    "change": lambda users, secret: users.change_password(99, secret),
    "change, own": lambda users, secret: users.change_password("admin", "N3wPassword", secret),
    "change, weak": lambda users, secret: users.change_password("alice", secret * 20),
    "plan, wrong option": lambda users, secret: users.plan(_rows(secret), update_password="x"),  # type: ignore[arg-type]
    "apply, wrong option": lambda users, secret: users.apply(_rows(secret), on_error="x"),  # type: ignore[arg-type]
    "require": lambda users, secret: passwords.require(secret * 20),
}


@pytest.mark.parametrize("name", CALLS)
def test_no_exception_shows_a_password(users: Users, name: str) -> None:
    with pytest.raises(Exception) as caught:
        CALLS[name](users, CANARY)
    assert CANARY not in shown(caught.value)


@pytest.mark.parametrize("password", [CANARY, CANARY * 20])
def test_no_result_or_row_shows_a_password(users: Users, password: str) -> None:
    rows = [*_rows(password), {"username": "alice", "email": 7, "password": password}]
    changes = list(users.apply(rows, on_error="continue", update_password="always"))
    text = "".join(f"{change}{change!r}{change.fields}" for change in changes)
    errors = [change.error for change in changes if change.error]
    assert errors
    assert CANARY not in text + "".join(map(shown, errors)) + str(users.plan(rows))


@pytest.mark.parametrize(
    "row",
    [
        {"username": "x", "sysadmin_flag": CANARY},
        {"username": "x", "state": CANARY},
        {"username": "x", "email": "x@example.com", CANARY: ""},
    ],
)
def test_a_password_in_a_wrong_cell_is_not_shown(users: Users, row: dict[str, str]) -> None:
    (change,) = users.apply([row])
    assert change.error
    assert "row 1 (x)" in str(change.error)
    assert CANARY not in shown(change.error) + repr(change) + str(change)


def test_a_subclass_of_a_row_shows_none() -> None:
    @dataclass(frozen=True)
    class NotedRow(UserRow):
        note: str = ""

    assert CANARY not in repr(NotedRow("x", password=CANARY))


def test_an_error_of_the_rows_themselves_shows_none(users: Users) -> None:
    def rows() -> Iterator[dict[str, str]]:
        yield from _rows(CANARY)
        raise RuntimeError("the directory is gone")

    with pytest.raises(RuntimeError) as caught:
        users.apply(rows()).finish()
    assert CANARY not in shown(caught.value)


def test_a_failed_promotion_shows_no_generated_password(users: Users, harbor: FakeHarbor) -> None:
    harbor.fail_next("PUT", "/users/*/sysadmin", status=500, times=2)
    rows = [{"username": "bob", "email": "b@example.com", "password": GENERATE, "sysadmin_flag": True}]
    made: dict[str, str] = {}
    (change,) = users.apply(rows, on_password=made.__setitem__)
    assert change.error
    assert made["bob"] not in shown(change.error) + repr(change) + str(change)
    new: dict[str, Any] = {"email": "c@example.com", "password": GENERATE, "on_password": made.__setitem__}
    with pytest.raises(ServiceException) as caught:
        users.ensure("carol", sysadmin_flag=True, **new)
    assert made["carol"] not in shown(caught.value)
