"""apply and plan: many users brought into a wanted state, row by row."""

from __future__ import annotations

import csv
import gc
import io
import itertools
import math
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harbor_client import (
    BadRequestException,
    ConnectionException,
    UserApi,
    UserCreationReq,
    UserResp,
)
from harbor_client.testing import FakeHarbor
from harbor_client.users import (
    CLEAR,
    GENERATE,
    Change,
    EmailTakenException,
    RowError,
    UserRow,
    Users,
)
from support.rows import PASSWORD, actions, row, writes

CSV = """\
username,email,realname,comment,password,sysadmin_flag,state
alice,alice@example.com,Alice A.,,,,
bob,bob@example.com,"Bob, the \"\"builder\"\"",,,,
carol,,,,,true,
dave,,,,,,absent
eve,eve@example.com,Eve,"new, here",Passw0rd1,yes,present

frank,,,,,no,
"""


@pytest.fixture
def people(harbor: FakeHarbor) -> dict[str, int]:
    return {
        name: harbor.add_user(name, realname=name.title(), comment="old", sysadmin_flag=name == "frank")
        for name in ("alice", "bob", "carol", "dave", "frank")
    }


@pytest.mark.parametrize(
    "kind", ["path", "text path", "file", "DictReader", "DictReader of others", "dicts", "rows", "generator"]
)
def test_rows_from_everywhere(
    harbor: FakeHarbor, users: Users, people: dict[str, int], tmp_path: Path, kind: str
) -> None:
    text = CSV.replace('"Bob, the ""builder"""', "Bob B.")
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8-sig")
    others = text.replace("new, here", "new; here").replace(",", ";").replace("new; here", "new, here")
    others = others.replace("username", " UserName", 1).replace("sysadmin_flag", "Admin", 1).replace("yes", "ON")
    values = [
        {"username": "alice", "email": "alice@example.com", "realname": "Alice A."},
        {"username": "bob", "email": "bob@example.com", "realname": "Bob B."},
        {"username": "carol", "sysadmin_flag": True},
        {"username": "dave", "state": "absent"},
        row("eve", realname="Eve", comment="new, here", sysadmin_flag=True),
        {"username": "frank", "sysadmin_flag": False},
    ]
    sources: dict[str, Callable[[], Any]] = {
        "path": lambda: path,
        "text path": lambda: str(path),
        "file": lambda: io.StringIO(text),
        "DictReader": lambda: csv.DictReader(io.StringIO(text)),
        "DictReader of others": lambda: csv.DictReader(io.StringIO(others), delimiter=";"),
        "dicts": lambda: values,
        "rows": lambda: tuple(UserRow(**value) for value in values),  # type: ignore[arg-type]
        "generator": lambda: (value for value in values),
    }
    run = users.apply(sources[kind]())
    changes = list(run)
    assert actions(changes) == ["changed", "changed", "changed", "removed", "created", "changed"]
    assert [change.row for change in changes] == [1, 2, 3, 4, 5, 6]
    assert changes[0].fields == {"realname": ("Alice", "Alice A.")}
    assert changes[2].fields == {"sysadmin_flag": (False, True)}
    assert run.counts == {"changed": 4, "removed": 1, "created": 1}
    found = {user.username: user for user in users.iterate()}
    assert sorted(name or "" for name in found) == ["alice", "bob", "carol", "eve", "frank"]
    assert found["alice"].comment == "old"
    assert (found["carol"].sysadmin_flag, found["frank"].sysadmin_flag) == (True, False)
    assert (found["eve"].comment, found["eve"].sysadmin_flag) == ("new, here", True)
    before = writes(harbor)
    again = actions(users.apply(sources[kind]()))  # nothing to do
    assert again == ["not_found" if action == "removed" else "unchanged" for action in actions(changes)]
    assert writes(harbor) == before


@pytest.mark.parametrize("empty", ["", None, "  ", "\xa0", float("nan")])
def test_an_empty_cell_leaves_alone_and_clear_erases(
    harbor: FakeHarbor, users: Users, people: dict[str, int], empty: Any
) -> None:
    nothing = dict.fromkeys(("email", "realname", "comment", "password", "sysadmin_flag", "state"), empty)
    rows: list[Any] = [
        {"username": "alice", **nothing},
        {"username": "frank", **nothing, "comment": CLEAR},
        {"username": "bob", **nothing, "comment": "CLEAR"},
        UserRow("carol", email="", realname="", password="", comment=""),
        UserRow("dave", comment=CLEAR),
    ]
    changes = list(users.apply(rows, update_password="always"))
    erased = {"comment": ("old", "")}
    assert [change.fields for change in changes] == [{}, erased, erased, {}, erased]
    assert users.get("frank").sysadmin_flag
    (change,) = users.apply([{"username": "alice", "realname": "CLEAR"}])
    assert "only the comment can" in str(change)
    assert users.ensure("alice", comment=CLEAR).fields == erased


@pytest.mark.parametrize("text", ["true", "T", "YES", "y", " On ", "1"])
def test_words_for_yes_and_no(harbor: FakeHarbor, users: Users, text: str) -> None:
    no = {"true": "False", "T": "f", "YES": "no", "y": "N", " On ": " off", "1": "0"}[text]
    harbor.add_user("bob", sysadmin_flag=True)
    run = users.apply([row("alice", sysadmin_flag=text), {"username": "bob", "admin": no}]).finish()
    assert run.counts == {"created": 1, "changed": 1}
    assert users.get("alice").sysadmin_flag
    assert not users.get("bob").sysadmin_flag


def test_csv_readers_of_files_that_are_not_straight(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", comment="old")
    text = "username,comment\nalice,\n,\n\nalice,new,more\nbob\n"
    for rows in (io.StringIO(text), io.StringIO(f"\n\n{text}"), csv.DictReader(io.StringIO(text))):
        changes = list(users.apply(rows, on_error="continue"))
        assert actions(changes) == ["unchanged", "failed", "failed"]
        assert "more cells" in str(changes[1])
        assert "password" in str(changes[2])
    assert not writes(harbor)


def test_models_as_rows(harbor: FakeHarbor, users: Users) -> None:
    new = UserCreationReq(username="alice", email="a@example.com", realname="A", password=PASSWORD)
    assert actions(users.apply([new])) == ["created"]
    listed = list(users.iterate())
    assert actions(users.apply(listed)) == ["unchanged"]
    listed[0].sysadmin_flag = True
    assert [change.fields for change in users.apply(listed)] == [{"sysadmin_flag": (False, True)}]
    assert actions(users.apply([UserResp(username="alice", comment="c")])) == ["changed"]


def test_a_plan_prints_like_a_diff_and_changes_nothing(
    harbor: FakeHarbor, users: Users, people: dict[str, int], tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(CSV.replace('"Bob, the ""builder"""', "Bob B."), encoding="utf-8")
    plan = users.plan(path)
    assert str(plan).splitlines() == [
        "~ alice  realname: 'Alice' -> 'Alice A.'",
        "~ bob  realname: 'Bob' -> 'Bob B.'",
        "~ carol  sysadmin_flag: False -> True",
        "- dave",
        "+ eve  email='eve@example.com', realname='Eve', comment='new, here', sysadmin_flag=True",
        "~ frank  sysadmin_flag: True -> False",
        "1 to create, 4 to change, 1 to remove, 0 unchanged",
    ]
    assert str(plan) == str(plan)
    assert PASSWORD not in str(plan) + repr(list(plan))
    assert all(change.dry_run for change in plan)
    assert not writes(harbor)
    planned = [(change.action, change.username, change.fields) for change in plan]
    done = list(users.apply(path))
    assert [(change.action, change.username, change.fields) for change in done] == planned
    assert str(plan).splitlines()[-1] == "1 to create, 4 to change, 1 to remove, 0 unchanged"  # looked at once
    again = str(users.plan(path)).splitlines()
    assert again == ["? dave  not found", "0 to create, 0 to change, 0 to remove, 5 unchanged, 1 not found"]


def test_a_plan_shows_what_would_fail(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice")
    lines = str(users.plan([{"username": "new"}, row("x", comment="y" * 31), {"username": "admin", "state": "absent"}]))
    assert lines.splitlines()[-1] == "0 to create, 0 to change, 0 to remove, 0 unchanged, 3 wrong"
    assert "password" in lines
    assert "30" in lines
    assert "built-in" in lines
    assert str(users.plan([])) == "0 to create, 0 to change, 0 to remove, 0 unchanged"
    assert not writes(harbor)


# -- wrong rows --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"username": "x", "emial": "x@example.com"}, "emial"),
        ({"email": "x@example.com"}, "username"),
        ({"username": ""}, "username"),
        ({"username": None}, "username"),
        ({"username": "  "}, "username"),
        ({"username": 7}, "must be text, not int"),
        ({"username": "zero\u200bwidth"}, "U+200B"),
        ({"username": "x", "comment": "a\tb"}, "U+0009"),
        (row("x", state="gone"), "state"),
        (row("x", sysadmin_flag="maybe"), "sysadmin_flag"),
        (row("x", sysadmin_flag=7), "sysadmin_flag is 7;"),
        (row("x", sysadmin_flag="si"), "yes and no are accepted"),
        (row("x", email=7), "email"),
        (row("x", email=""), "email"),
        (row("x", realname="a,b"), "realname"),
        (row("x", realname="é" * 128), "realname"),
        (row("x", comment="é" * 16), "comment"),
        (row("x", password="Secr3t"), "password"),
        (row("x", password=b"Secr3tSecr3t"), "password"),
        ({"username": "new", "email": "n@example.com"}, "password"),
        ({"username": "new", "password": PASSWORD}, "email"),
        ({"username": "admin", "state": "absent"}, "built-in"),
        (row("x", admin=True, sysadmin_flag=True), "same column"),
        ({**row("x"), None: ["y"]}, "more cells"),
        ("x", "mapping"),
        (None, "mapping"),
        (["x"], "mapping"),
        (3, "mapping"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_sent_for_it(
    harbor: FakeHarbor, users: Users, wrong: object, words: str
) -> None:
    rows: list[Any] = [row("first"), wrong, row("last")]
    changes = list(users.apply(rows, on_error="continue"))
    assert actions(changes) == ["created", "failed", "created"]
    error = changes[1].error
    assert isinstance(error, RowError)
    assert isinstance(error, ValueError)
    assert "row 2" in str(error)
    assert words in str(error)
    assert "Secr3t" not in str(error) + repr(error) + str(changes[1]) + repr(changes[1])
    assert changes[1].row == 2
    assert writes(harbor) == ["POST /users", "POST /users"]


def test_the_same_user_twice(harbor: FakeHarbor, users: Users) -> None:
    rows = [row("alice"), row("bob"), row("alice", comment="x"), row("Bob", email="b2@example.com")]
    rows += [row("straße"), row("strasse")]
    changes = list(users.apply(rows, on_error="continue"))
    assert actions(changes) == ["created", "created", "failed", "failed", "created", "created"]
    assert "row 1" in str(changes[2].error)
    assert "in row 2 already, as 'bob'" in str(changes[3].error)
    # Far from each other they are two steps, one after the other.
    rows = [row("zoe"), *(row(f"u{number}", state="absent") for number in range(200)), row("zoe", comment="x")]
    changes = list(users.apply(rows))
    assert (changes[0].action, changes[-1].action) == ("created", "changed")


@pytest.mark.parametrize("broken", [b'bob,"b@example.com\n', b'bob,"b"@example.com\n'])
def test_a_file_that_breaks_off(harbor: FakeHarbor, users: Users, tmp_path: Path, broken: bytes) -> None:
    for name in ("alice", "zoe"):
        harbor.add_user(name)
    path = tmp_path / "people.csv"
    path.write_bytes(b"username,email\nalice,\n" + b"zoe,\n" * 3_000 + broken + b"zoe,\n")
    changes = list(users.apply(path, on_error="continue"))
    assert changes[0].action == "unchanged"
    assert changes[-1].action == "failed"
    assert isinstance(changes[-1].error, RowError)
    assert "cannot be read" in str(changes[-1].error)
    path.write_bytes(b"username,email\nalice,Canary1\xf6\n")
    with pytest.raises(ValueError) as caught:
        users.apply(path)
    assert "Canary1" not in repr(caught.value.args)
    assert "line 2 holds the byte 0xf6" in str(caught.value)
    assert caught.value.__context__ is None
    assert not writes(harbor)


def test_wrong_options(harbor: FakeHarbor, users: Users) -> None:
    for options in ({"on_error": "raise"}, {"update_password": "never"}, {"missing": "raise"}):
        with pytest.raises(ValueError, match=f"{next(iter(options))} is '"):
            users.apply([], **options)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        users.apply([], progress=3)
    assert not harbor.requests


# -- failures ----------------------------------------------------------------------------------------------------------


def test_on_error(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("holder", email="c@example.com")
    rows = [row("a"), row("b", email="c@example.com"), row("d"), row("e", email="nonsense"), row("f")]
    changes = list(users.apply(rows))
    assert actions(changes) == ["created", "failed"]
    assert isinstance(changes[1].error, EmailTakenException)
    assert not changes[1].ok
    assert "holder" not in harbor.requests[-1].path
    run = users.apply(rows, on_error="continue")
    assert actions(run) == ["unchanged", "failed", "created", "failed", "created"]
    assert run.counts["failed"] == 2


def test_lost_answers_are_settled(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("alice", comment="old")
    harbor.add_user("bob")
    rows = [{"username": "alice", "comment": "new"}, {"username": "bob", "state": "absent"}, row("carol")]
    for verb in ("PUT", "DELETE", "POST"):
        harbor.fail_next(verb, close="after")
    assert actions(users.apply(rows)) == ["changed", "removed", "created"]
    assert writes(harbor) == ["PUT /users/3", "DELETE /users/4", "POST /users"]
    harbor.fail_next("POST", close="before")
    changes = list(users.apply([row("dan"), row("eve")], on_error="continue"))
    assert actions(changes) == ["failed", "created"]
    assert isinstance(changes[0].error, ConnectionException)
    assert changes[0].error.outcome == "unknown"
    assert actions(users.apply([row("dan"), row("eve")])) == ["created", "unchanged"]


@pytest.mark.parametrize("crash_at", [0, 1, 7, 120, 249])
def test_after_a_crash_it_is_done_again(harbor: FakeHarbor, users: Users, crash_at: int) -> None:
    for number in range(0, 250, 2):
        harbor.add_user(f"u{number}", comment="old", sysadmin_flag=number % 4 == 0)
    rows = [
        row(
            f"u{number}", comment="new", sysadmin_flag=number % 3 == 0, state="absent" if number % 5 == 0 else "present"
        )
        for number in range(250)
    ]
    with pytest.raises(KeyboardInterrupt):
        for number, _ in enumerate(users.apply(rows)):
            if number == crash_at:
                raise KeyboardInterrupt
    gc.collect()
    users.apply(rows).finish()
    again = actions(users.apply(rows))
    assert again == ["not_found" if number % 5 == 0 else "unchanged" for number in range(250)]
    left = {user.username: user for user in users.iterate()}
    assert len(left) == 200
    assert all(user.comment == "new" for user in left.values())
    assert left["u3"].sysadmin_flag
    assert not left["u4"].sysadmin_flag


def test_somebody_else_is_at_work(harbor: FakeHarbor, users: Users) -> None:
    """A user comes, goes or changes after he was looked up with his hundred, and before his row is."""
    harbor.add_user("alice", comment="old", realname="Alice")
    bob = harbor.add_user("bob")

    def rows() -> Iterator[dict[str, object]]:
        yield row("first")
        yield {"username": "alice", "comment": "new"}
        yield {"username": "bob", "state": "absent"}
        yield row("carol", comment="wanted")

    changes = users.apply(rows())
    assert next(changes).action == "created"
    harbor._store.update_profile(3, "alice@example.com", "Renamed", "old")
    harbor._store.delete(bob)
    harbor.add_user("carol")
    assert actions(changes) == ["changed", "not_found", "changed"]
    alice, carol = users.get("alice"), users.get("carol")
    assert (alice.realname, alice.comment) == ("Renamed", "new")
    assert (carol.email, carol.comment) == ("carol@example.com", "wanted")


def test_somebody_else_removes_users_meanwhile(harbor: FakeHarbor, users: Users) -> None:
    """Harbor changes the profile of a removed user, and answers 200: that must not count."""
    for name in ("gone", "other", "promoted", "rotated", "new-id"):
        harbor.add_user(name)
    whole = {"realname": "R", "comment": "new"}
    rows = [
        row("first"),
        row("gone", **whole),
        {**row("other", **whole), "password": None},
        row("promoted", sysadmin_flag=True),
        row("rotated", password="N3wPassword1"),
        {"username": "new-id", "state": "absent"},
    ]
    changes = users.apply(rows, on_error="continue", update_password="always")
    assert next(changes).action == "created"
    for user_id in range(3, 8):
        harbor._store.delete(user_id)
    harbor.add_user("new-id")
    found = list(changes)
    assert actions(found) == ["created", "failed", "created", "created", "removed"]
    assert "needs a password" in str(found[1].error)
    assert found[-1].user_id == 9
    assert harbor.usernames == ["first", "gone", "promoted", "rotated"]
    promoted = users.get("promoted")
    assert promoted.sysadmin_flag


def test_a_password_made_for_new_users_is_not_given_to_others(harbor: FakeHarbor, users: Users) -> None:
    """Somebody else creates the user after the look."""
    rows = [{"username": name, "email": f"{name}@example.com"} for name in ("first", "second")]
    changes = users.apply(rows, generate_passwords=True, update_password="always", on_password=lambda *_: None)
    next(changes)
    harbor.add_user("second", password=PASSWORD)
    (change,) = changes
    assert change.action == "unchanged"
    with pytest.raises(BadRequestException):  # it is the password still
        users.change_password("second", PASSWORD)


def test_a_promotion_that_fails_keeps_what_was_done(harbor: FakeHarbor, users: Users) -> None:
    harbor.fail_next("PUT", "/users/*/sysadmin", status=500)
    rows = [row("alice", sysadmin_flag=True)]
    (change,) = users.apply(rows)
    assert change.action == "failed"
    assert change.user_id == 3
    assert "sysadmin_flag" not in change.fields
    assert [again.fields for again in users.apply(rows)] == [{"sysadmin_flag": (False, True)}]


# -- passwords ---------------------------------------------------------------------------------------------------------


def test_passwords_of_rows(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("old")
    rows: list[Any] = [
        row("given"),
        row("made", password=GENERATE),
        row("none", password=None),
        row("old", password="An0therOne"),
    ]
    made: dict[str, str] = {}
    changes = list(users.apply(rows, on_error="continue", on_password=made.__setitem__))
    assert actions(changes) == ["created", "created", "failed", "unchanged"]
    assert [*made] == ["made"]
    changes = list(users.apply(rows, generate_passwords=True, on_password=made.__setitem__))
    assert actions(changes) == ["unchanged", "unchanged", "created", "unchanged"]
    changes = list(users.apply(rows, update_password="always", on_password=made.__setitem__))
    assert actions(changes) == ["unchanged", "changed", "unchanged", "changed"]
    for name, password in {"given": PASSWORD, "old": "An0therOne", **made}.items():
        from harbor_client import ApiClient

        with ApiClient(harbor.configuration(name, password)) as client:
            assert UserApi(client).get_current_user_info().username == name


# -- progress, laziness, cost ------------------------------------------------------------------------------------------


class Bar:
    """As much of tqdm's bar as counts."""

    n = 0

    def update(self, n: float = 1) -> bool | None:
        self.n += int(n)
        return None


def test_progress_in_every_form(harbor: FakeHarbor, users: Users) -> None:
    rows = [row(f"u{number}", state="absent") for number in range(5)]
    seen: list[tuple[Any, ...]] = []

    users.apply(rows, progress=lambda done, total: seen.append((done, total))).finish()
    users.apply(iter(rows), progress=lambda *both: seen.append(both)).finish()
    assert seen == [*((n, 5) for n in range(1, 6)), *((n, None) for n in range(1, 6))]
    bar = Bar()
    users.apply(rows, progress=bar).finish()
    assert bar.n == 5
    users.apply(rows, progress=print).finish()


@pytest.mark.parametrize("wrong", [lambda done: None, lambda: None, lambda a, b, c: None])
def test_progress_that_cannot_be_called_is_refused_before_anything_is_sent(
    harbor: FakeHarbor, users: Users, wrong: Any
) -> None:
    for call in (users.apply, users.plan):
        with pytest.raises(TypeError, match=r"^progress must be a function of \(done, total\)"):
            call([row("a")], progress=wrong)
    assert not harbor.requests


def test_rows_are_dealt_with_when_their_results_are_asked_for(harbor: FakeHarbor, users: Users) -> None:
    run = users.apply([row("a"), row("b"), row("c")])
    assert not writes(harbor)
    assert next(run).username == "a"
    assert harbor.usernames == ["a"]
    run.close()
    assert list(run) == []
    assert harbor.usernames == ["a"]
    with users.apply([row("d")]) as run:
        pass
    assert harbor.usernames == ["a"]
    with pytest.warns(UserWarning, match="nothing was applied"):
        users.apply([row("e")])
    users.apply([row("e")], dry_run=True)
    gc.collect()


def test_files_are_closed(users: Users, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("username,state\nx,absent\ny,absent\n")
    for use in (lambda run: run.finish(), lambda run: next(run) and run.close(), lambda run: run.close()):
        use(users.apply(path))
    own = io.StringIO(path.read_text())
    users.apply(own).finish()
    assert not own.closed
    gc.collect()  # an open file would be a ResourceWarning, and that an error


def test_few_requests(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_users(400)
    rows = [{"username": user.username, "realname": user.realname} for user in users.iterate()]
    users.find("nobody")
    harbor.requests.clear()
    assert actions(users.apply(rows)) == ["unchanged"] * 400
    assert len(harbor.requests) == 4
    awkward = ["a b", "last, first", "'q'", "x" * 255, "é" * 200, "plain"]
    for name in awkward:
        harbor.add_user(name, email=f"{len(name)}{name[:1]}@example.com")
    harbor.requests.clear()
    assert actions(users.apply([{"username": name} for name in awkward])) == ["unchanged"] * 6
    assert len(harbor.requests) <= 8
    assert all(len(request.target) < 4_000 for request in harbor.requests)


def test_many_rows_in_constant_memory() -> None:
    from harbor_client import ApiClient

    def peak(count: int) -> int:
        rows = ({"username": f"somebody{number:06d}", "state": "absent"} for number in range(count))
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        for _ in users.apply(rows):
            pass
        return tracemalloc.get_traced_memory()[1] - before

    with FakeHarbor(keep_requests=10) as harbor, ApiClient(harbor.configuration()) as client:
        users = Users(client)
        users.apply({"username": f"x{number}", "state": "absent"} for number in range(300)).finish()
        tracemalloc.start()
        try:
            small, large = peak(300), peak(3_000)
        finally:
            tracemalloc.stop()
    assert large < 1.5 * small + 100_000


def test_endless_rows(harbor: FakeHarbor, users: Users) -> None:
    run = users.apply({"username": f"u{number}", "state": "absent"} for number in itertools.count())
    assert actions(itertools.islice(run, 250)) == ["not_found"] * 250
    run.close()
    assert len(harbor.requests) <= 2 * math.ceil(250 / 100) + 2


def test_the_built_in_administrator_in_a_row(harbor: FakeHarbor, users: Users) -> None:
    harbor._store.update_profile(1, "root@example.com", "Root", "old")
    rows = [{"username": "admin", "comment": "new"}, {"username": "nobody", "state": "absent"}]
    changes = list(users.apply(rows))
    assert actions(changes) == ["changed", "not_found"]
    assert changes[0].user_id == 1
    assert users.get(1).comment == "new"


def test_changes_are_readable() -> None:
    failed = Change("failed", "", error=RowError(4, "", "username is missing"), row=4)
    assert str(failed) == "! (row 4)  row 4: username is missing"
    assert PASSWORD not in repr(UserRow("a", password=PASSWORD))
    assert repr(GENERATE) == "GENERATE"
