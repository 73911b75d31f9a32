"""Generated passwords reach their keeper before Harbor, and no crash loses one."""

from __future__ import annotations

import csv
import os
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from harbor_client import ApiClient, ApiException, ApplyError, ServiceException, UnauthorizedException, UserApi
from harbor_client.testing import FakeHarbor
from harbor_client.users import GENERATE, PasswordFile, Users

AsUser = Callable[..., Users]


def row(name: str, **more: object) -> dict[str, object]:
    return {"username": name, "email": f"{name}@example.com", "password": GENERATE, **more}


def read(path: Path) -> list[list[str]]:
    text = path.read_bytes().decode()
    assert "\r" not in text
    header, *rows = csv.reader(text.splitlines())
    noted = any(row[2:] for row in rows)
    assert header == ["username", "password", *(["note"] if noted else [])]
    return [[*row, ""][:3] for row in rows]


def logs_in(harbor: FakeHarbor, name: str, password: str) -> bool:
    with ApiClient(harbor.configuration(name, password)) as client:
        try:
            return UserApi(client).get_current_user_info().username == name
        except UnauthorizedException:
            return False


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kept.csv"


def test_a_password_is_told_before_the_request(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("old")
    told: list[tuple[str, str, int]] = []

    def keep(username: str, password: str) -> None:
        told.append((username, password, sum(request.method != "GET" for request in harbor.requests)))

    rows = [row("a"), row("old"), row("given", password="Passw0rd1"), row("b", password=None)]
    run = users.apply(rows, on_password=keep, generate_passwords=True, update_password="always").finish()
    assert run.counts == {"created": 3, "changed": 1}
    assert [(name, before) for name, _, before in told] == [("a", 0), ("old", 1), ("b", 3)]
    assert all(logs_in(harbor, name, password) for name, password, _ in told)
    users.ensure("c", email="c@example.com", password=GENERATE, on_password=keep)
    users.change_password("c", GENERATE, on_password=keep)
    users.change_password(users.get("c").user_id or 0, GENERATE, on_password=keep)
    assert [name for name, _, _ in told[3:]] == ["c"] * 3
    assert logs_in(harbor, "c", told[-1][1])


def test_a_keeper_that_fails_keeps_the_request_back(harbor: FakeHarbor, users: Users) -> None:
    def fail(username: str, password: str) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk is full"):
        users.apply([row("a")], on_password=fail).finish()
    assert harbor.usernames == []


def test_nothing_is_told_in_a_dry_run(harbor: FakeHarbor, users: Users, path: Path) -> None:
    users.plan([row("a")])
    users.apply([row("a")], dry_run=True, on_password=PasswordFile(path)).finish()
    assert not path.exists()


def test_the_file_is_its_owners_alone(harbor: FakeHarbor, users: Users, path: Path) -> None:
    old = os.umask(0)
    try:
        users.apply([row("a"), row("ü,;b")], on_error="continue", on_password=PasswordFile(path)).finish(check=False)
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ((name, password, note),) = read(path)
    assert (name, note) == ("a", "")
    assert logs_in(harbor, name, password)
    path.chmod(0o644)
    users.apply([row("c")], on_password=PasswordFile(path)).finish()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [line[0] for line in read(path)] == ["a", "c"]
    assert os.listdir(path.parent) == ["kept.csv"]


def test_only_what_holds_remains(harbor: FakeHarbor, as_user: AsUser, path: Path) -> None:
    users = as_user(retries=0)
    harbor.add_user("holder", email="b@example.com")
    rows = [row("a"), row("b"), row("c"), row("d", email="d")]
    run = users.apply(rows, on_error="continue", on_password=PasswordFile(path)).finish(check=False)
    assert run.counts == {"created": 2, "failed": 2}
    assert [(line[0], line[2]) for line in read(path)] == [("a", ""), ("c", "")]
    before = dict(line[:2] for line in read(path))
    users.apply([row("a")], update_password="always", on_password=PasswordFile(path)).finish()  # a newer one replaces
    after = dict(line[:2] for line in read(path))
    assert len(read(path)) == 2
    assert after["a"] != before["a"]
    assert logs_in(harbor, "a", after["a"])
    assert after["c"] == before["c"]


@pytest.mark.parametrize(
    "fault",
    [
        {"close": "before"},
        {"status": 502, "body": "Bad Gateway"},
        {"status": 201, "body": "<html>"},
        {"status": 302, "headers": {"Location": "https://login.example.com/"}},
        {"status": 599, "body": "timed out"},
    ],
)
def test_an_unknown_outcome_is_kept_and_marked(
    harbor: FakeHarbor, as_user: AsUser, path: Path, fault: dict[str, Any]
) -> None:
    users = as_user(retries=0)
    harbor.fail_next("POST", "/users", **fault)
    with pytest.raises((ApplyError, ApiException)):
        users.apply([row("a")], on_password=PasswordFile(path)).finish()
    ((name, _, note),) = read(path)
    assert (name, note) == ("a", "outcome unknown: it may have been set")
    users.apply([row("z")], on_password=PasswordFile(path)).finish()
    assert [(line[0], line[2]) for line in read(path)] == [("a", note), ("z", "")]
    users.ensure_absent("z")
    users.apply([row("a"), row("b"), row("z")], on_password=PasswordFile(path)).finish()
    rows = read(path)
    assert [(line[0], line[2]) for line in rows] == [("a", ""), ("b", ""), ("z", "")]
    assert logs_in(harbor, "a", rows[0][1])
    assert path.read_bytes().startswith(b"username,password\na,")


def test_a_password_is_kept_if_a_gateway_has_sent_it_twice(harbor: FakeHarbor, users: Users, path: Path) -> None:
    class Gateway(PasswordFile):
        def __call__(self, username: str, password: str) -> None:
            super().__call__(username, password)
            harbor.add_user(username, password=password)

    assert users.apply([row("a")], on_password=Gateway(path)).finish().counts == {"unchanged": 1}
    ((name, password, note),) = read(path)
    assert note.startswith("outcome unknown")
    assert logs_in(harbor, name, password)


def test_nothing_is_generated_that_nobody_gets(harbor: FakeHarbor, users: Users) -> None:
    harbor.add_user("old")
    with pytest.raises(ApplyError, match="pass on_password"):
        users.apply([row("a")]).finish()
    rows = [row(f"u{number}", password=None) for number in range(3)]
    plan = users.plan(rows, generate_passwords=True)
    one = users.plan([row("given", password="Passw0rd1"), row("a")])
    harbor.requests.clear()
    for call in (
        lambda: users.apply(rows, generate_passwords=True),
        plan.apply,
        one.apply,
        lambda: users.ensure("a", email="a@example.com", password=GENERATE),
        lambda: users.ensure("old", comment="x", password=GENERATE, update_password="always"),
        lambda: users.change_password("old", GENERATE),
    ):
        with pytest.raises(ValueError, match="^the generated password would be lost: pass on_password"):
            call()
    assert not harbor.requests
    users.apply(rows, generate_passwords=True, dry_run=True).finish()
    assert users.ensure("a", email="a@example.com", password=GENERATE, dry_run=True).action == "created"
    assert users.change_password("old", GENERATE, dry_run=True).action == "changed"
    assert harbor.usernames == ["old"]


def test_a_password_is_not_lost_when_progress_or_a_later_request_fails(harbor: FakeHarbor, users: Users) -> None:
    def fail(done: int, total: int | None) -> None:
        raise ZeroDivisionError

    made: dict[str, str] = {}
    harbor.fail_next("PUT", "/users/*/sysadmin", status=500)
    new: dict[str, Any] = {"email": "c@example.com", "password": GENERATE, "sysadmin_flag": True}
    with pytest.raises(ServiceException):
        users.ensure("c", on_password=made.__setitem__, **new)
    assert logs_in(harbor, "c", made["c"])
    run = users.apply([row("a"), row("b")], progress=fail, on_password=made.__setitem__)
    next(run)
    assert logs_in(harbor, "a", made["a"])
    with pytest.raises(ZeroDivisionError):  # before anything is sent for the next row
        next(run)
    assert harbor.usernames == ["c", "a"]


@pytest.mark.parametrize(
    "content",
    [
        b"username,email\na,b\n",
        b"hello",
        b"username,password,x\na,b,\n",
        b"username;password\na;b\n",
        b'username,password\n"a,b\n',  # whose passwords would be lost
        b"username,password\na\n",
        b"username,password\n\xff,b\n",
    ],
)
def test_what_is_no_password_file_is_left_alone(harbor: FakeHarbor, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match="is not a password file"):
        PasswordFile(path)
    with pytest.raises(FileNotFoundError):
        PasswordFile(path.parent / "no" / "kept.csv")
    with pytest.raises(IsADirectoryError):
        PasswordFile(path.parent)
    with pytest.raises(ValueError, match="is a device"):
        PasswordFile("/dev/full")  # from which one reads zeros without end
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_said_at_once() -> None:
    code = (
        "import os, sys; from harbor_client.users import PasswordFile\n"
        "if os.geteuid() == 0: os.setuid(65534)  # whom permissions bind\n"
        "PasswordFile(sys.argv[1])"
    )
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o555)
        done = subprocess.run([sys.executable, "-c", code, f"{folder}/new.csv"], capture_output=True, encoding="utf-8")
    assert f"PermissionError: [Errno 13] Permission denied: '{folder}'" in done.stderr


@pytest.mark.parametrize(
    "content", ["username,password\nbob,An0therOne", "\ufeffusername,password\r\nbob,An0therOne\r\n"]
)
def test_a_file_that_an_editor_has_saved_is_continued(users: Users, path: Path, content: str) -> None:
    path.write_bytes(content.encode())
    users.apply([row("new")], on_password=PasswordFile(os.fsencode(path))).finish()  # type: ignore[arg-type]
    assert next(found[:2] for found in read(path)) == ["bob", "An0therOne"]
    assert path.read_bytes().count(b"\n") == 3


def test_a_link_in_the_place_of_the_file_that_is_written_first_is_not_followed(users: Users, path: Path) -> None:
    other = path.parent / "other"
    (path.parent / f".{path.name}.new").symlink_to(other)
    users.apply([row("new")], on_password=PasswordFile(path)).finish()
    assert [found[0] for found in read(path)] == ["new"]
    assert not other.exists()


def test_a_path_in_the_place_of_a_function_is_refused_at_once(harbor: FakeHarbor, users: Users, path: Path) -> None:
    for call in (users.apply, lambda rows, **options: users.ensure("a", **options)):
        with pytest.raises(TypeError, match=r"must be a function, such as PasswordFile"):
            call([row("a")], on_password=str(path))  # type: ignore[arg-type]
    assert not harbor.requests


SCRIPT = """
import sys
from harbor_client import ApiClient, Configuration, PasswordFile, Users
first, last = map(int, sys.argv[2:])
rows = [{"username": f"u{n}", "email": f"u{n}@example.com"} for n in range(first, last)]
rows[9:9] = [{"username": "refused", "email": "a@b.c"}] * (first > 0)
with ApiClient(Configuration.from_env()) as client:
    options = {"generate_passwords": True, "on_password": PasswordFile(sys.argv[1]), "on_error": "continue"}
    Users(client).apply(rows, **options).finish(check=False)
"""


def environment(harbor: FakeHarbor) -> dict[str, str]:
    settings = {"HARBOR_URL": harbor.url, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "Harbor12345"}
    return {**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.mark.parametrize("moment", [1, 3, 6])
def test_a_killed_process_loses_no_password(tmp_path: Path, moment: int) -> None:
    path = tmp_path / "kept.csv"
    with FakeHarbor(lock_seconds=0) as harbor:
        command = [sys.executable, "-c", SCRIPT, str(path), "0", "20"]
        with subprocess.Popen(command, env=environment(harbor)) as running:
            while running.poll() is None and len(harbor.usernames) < 3 * moment:
                time.sleep(0.0005 * moment)
            running.send_signal(signal.SIGKILL)
        made = harbor.usernames
        kept = {line[0]: line[1] for line in read(path)} if path.exists() else {}
        assert all(logs_in(harbor, name, kept[name]) for name in made)
        assert len(kept) <= len(made) + 1
        done = subprocess.run(command, env=environment(harbor), timeout=60)
        assert done.returncode == 0
        rows = read(path)
        assert sorted(line[0] for line in rows) == sorted(harbor.usernames)
        assert len(rows) == 20
        assert all(logs_in(harbor, line[0], line[1]) for line in rows)


def test_processes_share_a_file(tmp_path: Path) -> None:
    """Lines are removed by some, which replaces the file, while others add theirs."""
    path = tmp_path / "kept.csv"
    with FakeHarbor(lock_seconds=0) as harbor:
        commands = [[sys.executable, "-c", SCRIPT, str(path), str(n), str(n + 20)] for n in (0, 100, 200, 300)]
        running = [subprocess.Popen(command, env=environment(harbor)) for command in commands]
        assert [process.wait(timeout=60) for process in running] == [0] * 4
        rows = read(path)
        assert sorted(line[0] for line in rows) == sorted(harbor.usernames)
        assert len(rows) == 80
        assert all(logs_in(harbor, line[0], line[1]) for line in rows)
    assert os.listdir(tmp_path) == ["kept.csv"]


def test_threads_share_a_file(harbor: FakeHarbor, users: Users, path: Path) -> None:
    """Lines are removed and replaced by some while others add theirs."""
    kept = PasswordFile(path)

    def work(number: int) -> None:
        rows = [row(f"u{number}-{step}", email="a@b.c" if step % 2 else f"{number}-{step}@x.de") for step in range(6)]
        users.apply(rows, on_error="continue", on_password=kept).finish(check=False)
        users.apply([row(f"u{number}-0")], update_password="always", on_password=kept).finish()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = read(path)
    assert sorted(line[0] for line in rows) == sorted(harbor.usernames)
    assert len(rows) == 12
    assert all(logs_in(harbor, name, password) for name, password, _ in rows)
