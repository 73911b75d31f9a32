"""The examples on Users do what they say, as programs of their own."""

from __future__ import annotations

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
    code, out, err = run(harbor, "users_onboard_csv.py", people, "--plan")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "2 to create, 0 to change, 1 to remove, 0 unchanged"
    assert harbor.usernames == ["carol"]
    code, out, err = run(harbor, "users_onboard_csv.py", people, "--passwords", kept)
    assert (code, err) == (0, "")
    assert harbor.usernames == ["alice", "bob"]
    header, (name, password, note) = csv.reader(kept.read_text().splitlines())
    assert header == ["username", "password", "note"]
    assert (name, note) == ("alice", "")
    assert password not in out
    assert kept.stat().st_mode & 0o077 == 0
    assert harbor.configuration("alice", password).username == "alice"
    people.write_text("username,emial\n")
    code, _, err = run(harbor, "users_onboard_csv.py", people)
    assert (code, err.splitlines()) == (1, [err.strip()])
    assert "emial" in err


def test_rotation(harbor: FakeHarbor, tmp_path: Path) -> None:
    harbor.add_user("alice")
    kept = tmp_path / "kept.csv"
    code, out, err = run(harbor, "users_rotate_passwords.py", kept, "admin", "nobody", "alice")
    assert code == 1
    assert err.splitlines() == ["! nobody  row 2 (nobody): a new user needs an email ('nobody' has none)"]
    assert out.splitlines() == ["~ admin  password", "~ alice  password"]
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
    leavers.write_bytes(b"\xef\xbb\xbfalice \r\nlast, first\r\n\r\ngone\r\nEva@Example.com\r\n")
    code, out, _ = run(harbor, "users_offboard.py", leavers, "--dry-run")
    assert (code, out.splitlines()) == (0, ["- alice", "- last, first", "? gone  not found", "- eva"])
    code, _, _ = run(harbor, "users_offboard.py", leavers)
    assert code == 0
    assert harbor.usernames == ["stays"]


TQDM = """
class tqdm:
    def __init__(self, total, unit): self.total, self.n = total, 0
    def __enter__(self): return self
    def __exit__(self, *_): print("tqdm", self.n, "of", self.total)
    def update(self, n=1): self.n += n
"""
RICH = """
class Progress:
    def __enter__(self): return self
    def __exit__(self, *_): print("rich", self.done, "of", self.total)
    def add_task(self, description, total): self.total, self.done = total, 0; return 7
    def advance(self, task_id, advance=1): assert task_id == 7; self.done += advance
"""


@pytest.mark.parametrize("bar", ["tqdm", "rich", "plain"])
def test_progress(harbor: FakeHarbor, tmp_path: Path, bar: str) -> None:
    """With bars that take what the real ones take."""
    (tmp_path / "tqdm.py").write_text(TQDM)
    (tmp_path / "rich").mkdir()
    (tmp_path / "rich" / "__init__.py").write_text("")
    (tmp_path / "rich" / "progress.py").write_text(RICH)
    people = tmp_path / "people.csv"
    people.write_text(PEOPLE)
    code, out, err = run(harbor, "users_progress.py", people, bar, path=tmp_path)
    assert code == 1  # alice has no password, and none is made
    assert "1 created, 1 failed, 1 not_found" in out.splitlines()
    assert "needs a password" in err
    assert ("3/3" in err) if bar == "plain" else (f"{bar} 3 of 3" in out)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("onboard_csv.py", ["people.csv"]),
        ("users_onboard_csv.py", ["people.csv"]),
        ("users_onboard_csv.py", ["people.csv", "--plan"]),
        ("rotate_passwords.py", ["kept.csv", "alice", "bob"]),
        ("users_rotate_passwords.py", ["kept.csv", "alice", "bob"]),
        ("audit_admins.py", []),
        ("users_audit_admins.py", []),
        ("offboard.py", ["leavers.txt"]),
        ("users_offboard.py", ["leavers.txt"]),
        ("users_progress.py", ["people.csv", "plain"]),
    ],
)
def test_an_old_password_is_one_wrong_login(
    harbor: FakeHarbor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str]
) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE.replace("Passw0rd1", "").replace(",,", ",Passw0rd1,", 1))
    (tmp_path / "leavers.txt").write_text("alice\nbob\n")
    monkeypatch.chdir(tmp_path)
    code, out, err = run(harbor, name, *arguments, password="Old-Passw0rd")
    assert code == 1
    assert "(401)" in err or (name == "audit_admins.py" and "check username and password" in err)
    assert "Traceback" not in err
    assert len([request for request in harbor.requests if request.user]) == 1
    assert "created" not in out


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("users_*.py")), ids=lambda path: path.name)
def test_settings_come_from_the_environment(path: Path) -> None:
    text = path.read_text("utf-8")
    assert "Configuration.from_env()" in text
    assert "environ" not in text
    assert len(text.splitlines()) <= 75
