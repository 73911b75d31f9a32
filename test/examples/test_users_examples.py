"""The examples on Users do what they say, as programs of their own."""

from __future__ import annotations

import ast
import csv
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor() as harbor:
        yield harbor


def run(
    harbor: FakeHarbor, name: str, *arguments: object, path: Path | None = None, password: str = "Harbor12345"
) -> tuple[int, str, str]:
    environment = {
        **os.environ,
        "HARBOR_URL": harbor.url,
        "HARBOR_USERNAME": "admin",
        "HARBOR_PASSWORD": password,
        "PYTHONPATH": os.pathsep.join(filter(None, [str(path or ""), *sys.path])),
        "PYTHONIOENCODING": "utf-8",
    }
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120)
    return done.returncode, done.stdout, done.stderr


PEOPLE = """\
username,email,realname,password,comment,admin,state
alice,alice@example.com,Alice,,ops,yes,
bob,bob@example.com,Bob,Passw0rd1,,,
carol,,,,,,absent
"""


def test_onboarding(harbor: FakeHarbor, tmp_path: Path) -> None:
    harbor.add_user("carol")
    people, kept = tmp_path / "people.csv", tmp_path / "kept.csv"
    people.write_text(PEOPLE)
    code, out, err = run(harbor, "users_onboard_csv.py", people, "--dry-run", "--passwords", kept)
    assert (code, out) == (0, "")
    assert err.splitlines()[-1] == "2 to create, 0 to change, 1 to remove, 0 unchanged"
    assert harbor.usernames == ["carol"]
    code, out, _ = run(harbor, "users_onboard_csv.py", people, "--passwords", kept)
    assert (code, len(out.splitlines())) == (0, 3)
    assert harbor.usernames == ["alice", "bob"]
    (row,) = csv.DictReader(kept.read_text().splitlines())
    assert row["username"] == "alice"
    assert harbor.configuration("alice", row["password"]).username == "alice"


def test_rotation(harbor: FakeHarbor, tmp_path: Path) -> None:
    harbor.add_user("alice")
    kept = tmp_path / "kept.csv"
    code, out, err = run(harbor, "users_rotate_passwords.py", kept, "admin", "nobody", "alice")
    assert (code, out) == (1, "")
    assert "nobody" in err
    code, out, _ = run(harbor, "users_rotate_passwords.py", kept, "admin", "alice")
    assert (code, out.splitlines()) == (0, ["~ admin  password", "~ alice  password"])
    passwords = {row["username"]: row["password"] for row in csv.DictReader(kept.read_text().splitlines())}
    assert set(passwords) == {"admin", "alice"}
    for name in ("admin", "alice"):
        user = next(iter(harbor._store.matching(name)))
        assert harbor._store.has_password(user, passwords[name])


def test_audit(harbor: FakeHarbor) -> None:
    harbor.add_users(3)
    harbor.add_user("boss", sysadmin_flag=True)
    code, out, _ = run(harbor, "users_audit_admins.py")
    assert code == 0
    assert [row["username"] for row in csv.DictReader(out.splitlines())] == ["admin", "boss"]


def test_offboarding(harbor: FakeHarbor, tmp_path: Path) -> None:
    for name in ("alice", "last, first", "eva", "stays"):
        harbor.add_user(name)
    leavers = tmp_path / "leavers.txt"
    leavers.write_bytes(b"\xef\xbb\xbfalice \r\nlast, first\r\n\r\ngone\r\n")
    code, out, _ = run(harbor, "users_offboard.py", leavers, "--dry-run")
    assert (code, out.splitlines()) == (0, ["- alice", "- last, first", "? gone  not found"])
    assert run(harbor, "users_offboard.py", leavers)[0] == 0
    leavers.write_text("Eva@Example.com\n")
    assert run(harbor, "users_offboard.py", leavers, "--by", "email")[0] == 0
    assert harbor.usernames == ["stays"]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("onboard_csv.py", ["people.csv"]),
        ("users_onboard_csv.py", ["people.csv"]),
        ("onboard_with_roles.py", ["roles.csv"]),
        ("onboard_with_roles.py", ["no-roles.csv"]),
        ("rotate_passwords.py", ["kept.csv", "alice", "bob"]),
        ("users_rotate_passwords.py", ["kept.csv", "alice", "bob"]),
        ("audit_admins.py", []),
        ("users_audit_admins.py", []),
        ("offboard.py", ["leavers.txt"]),
        ("users_offboard.py", ["leavers.txt"]),
        ("users_progress.py", ["people.csv", "--yes"]),
    ],
)
def test_an_old_password_is_one_wrong_login(
    harbor: FakeHarbor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str]
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("Passw0rd1", "").replace(",,", ",Passw0rd1,", 1))
    (tmp_path / "roles.csv").write_text("username,email,realname,password,roles\na,a@b.c,A,Passw0rd1,library=guest\n")
    no_roles = "username,email,realname,password,roles\na,a@b.c,A,Passw0rd1,\nb,b@b.c,B,Passw0rd1,\n"
    (tmp_path / "no-roles.csv").write_text(no_roles)
    (tmp_path / "leavers.txt").write_text("alice\nbob\n")
    monkeypatch.chdir(tmp_path)
    code, out, err = run(harbor, name, *arguments, password="Old-Passw0rd")
    assert code == 1
    assert "(401)" in err or (name == "audit_admins.py" and "check username and password" in err)
    assert "Traceback" not in err
    assert len([request for request in harbor.requests if request.user]) == 1
    assert "created" not in out


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("users_*.py")), ids=lambda path: path.name)
def test_they_are_one_line_each(path: Path) -> None:
    *before, line = ast.parse(path.read_text("utf-8")).body
    assert line.lineno == line.end_lineno
    assert [type(statement) for statement in before[1:]] == [ast.ImportFrom, ast.Import, ast.ImportFrom]
