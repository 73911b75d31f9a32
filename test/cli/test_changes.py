"""``remove``, ``password`` and ``admin``."""

import csv
import json
import stat

import pytest

from harbor_client.testing import FakeHarbor
from support.commands import Shell


@pytest.fixture(autouse=True)
def people(harbor: FakeHarbor) -> None:
    for name in ("alice", "bob", "carol"):
        harbor.add_user(name, email=f"{name}@example.com", password="Passw0rd1")


def logs_in(shell: Shell, name: str, password: str) -> bool:
    return shell.run("check", HARBOR_USERNAME=name, HARBOR_PASSWORD=password).status == 0


def test_remove_by_name(shell: Shell, harbor: FakeHarbor) -> None:
    lines = ["- alice", "? Bob  not found - The name differs only in case from that of user 4, 'bob'."]
    dry = shell.run("remove", "alice", "Bob", "--dry-run")
    assert (dry.status, dry.lines) == (0, lines)
    assert dry.err == "harbor-users: dry run (nothing was changed): 1 removed, 1 not found\n"
    assert harbor.usernames == ["alice", "bob", "carol"]
    done = shell.run("remove", "alice", "Bob")
    assert (done.status, done.lines) == (0, lines)
    assert done.err == "harbor-users: 1 removed, 1 not found\n"
    assert harbor.usernames == ["bob", "carol"]


def test_a_name_that_is_typed_is_exact(shell: Shell, harbor: FakeHarbor) -> None:
    for name in ("bob ", "-bob", "line\nbreak", "\u202ebob"):
        harbor.add_user(name)
    done = shell.run("remove", " bob", "bob ", "line\nbreak", "\u202ebob", "--", "-bob")
    assert done.lines == ["?  bob  not found", "- bob ", "- 'line\\nbreak'", "- '\\u202ebob'", "- -bob"]
    assert harbor.usernames == ["alice", "bob", "carol"]


def test_an_address_in_the_place_of_a_name_is_said(shell: Shell, harbor: FakeHarbor) -> None:
    done = shell.run("remove", "alice@example.com")
    assert "It is the email address of user 3, 'alice'" in done.out
    assert "alice" in harbor.usernames


def test_missing_users_are_an_error_when_asked_for(shell: Shell, harbor: FakeHarbor) -> None:
    done = shell.run("remove", "nobody", "alice", "--missing", "error")
    assert done.status == 1
    assert [line[0] for line in done.lines] == ["!", "-"]
    done = shell.run("remove", "nobody", "bob", "--missing", "error", "--on-error", "stop")
    assert done.status == 1
    assert "1 of 2 were not done" in done.err
    assert harbor.usernames == ["bob", "carol"]


@pytest.mark.parametrize(
    "content",
    [
        b"ALICE@example.com\n\n  bob@example.com  \nnobody@example.com\n",
        b"\xef\xbb\xbfAlice@example.com\r\nbob@example.com\r\nnobody@example.com",
        "alice@example.com\nbob@example.com\nnobody@example.com\n".encode("utf-16"),
        b"E-Mail\nalice@example.com\nbob@example.com\nnobody@example.com\n",
        b"Name;E-Mail;;\nA;alice@example.com;;\nB;bob@example.com;;\n;;;\nC;nobody@example.com;;\n",
    ],
    ids=["text", "windows", "utf-16", "column", "spreadsheet"],
)
def test_remove_a_list_of_addresses(shell: Shell, harbor: FakeHarbor, content: bytes) -> None:
    (shell.folder / "leavers.txt").write_bytes(content)
    done = shell.run("remove", "--file", "leavers.txt", "--by", "email")
    assert (done.status, done.lines) == (0, ["- alice", "- bob", "? nobody@example.com  not found"])
    assert harbor.usernames == ["carol"]


def test_remove_a_list_in_another_encoding(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("Müller")
    (shell.folder / "leavers.txt").write_bytes("Müller\r\n".encode("cp1252"))
    assert "name its encoding (cp1252 if Excel on Windows" in shell.run("remove", "--file", "leavers.txt").err
    assert shell.run("remove", "--file", "leavers.txt", "--encoding", "cp1252").out == "- Müller\n"


def test_remove_a_list_of_names(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("last, first")
    (shell.folder / "leavers.txt").write_text("admin\nalice\nlast, first\n")
    done = shell.run("remove", "--file", "leavers.txt")
    assert done.status == 1
    assert done.lines[0].startswith("! admin  ")
    assert "administrator" in done.lines[0]
    assert done.lines[1:] == ["- alice", "- last, first"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "leavers.txt names nobody"),
        (b" \n", "leavers.txt names nobody"),
        (b"email\nalice@example.com\n", "the first line names columns, but not username"),
        (b"M\xfcller\n", "line 1 holds the byte 0xfc"),
        (b'alice\n"bob\n', "line 2: the file cannot be read (unexpected end of data): is it CSV"),
        (b'comment,username\nx,alice\n"x,bob\n', "line 3: the file cannot be read"),
    ],
)
def test_a_list_that_makes_no_sense(shell: Shell, harbor: FakeHarbor, content: bytes, told: str) -> None:
    (shell.folder / "leavers.txt").write_bytes(content)
    done = shell.run("remove", "--file", "leavers.txt")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert list(harbor.requests) == []


def test_nobody_removes_or_demotes_the_own_account(shell: Shell, harbor: FakeHarbor) -> None:
    for arguments in (["remove", "admin"], ["admin", "admin", "--off"]):
        done = shell.run(*arguments)
        assert done.status == 1
        assert "'admin'" in done.out + done.err
    assert all(request.method == "GET" for request in harbor.requests)


def test_admin(shell: Shell, harbor: FakeHarbor) -> None:
    dry = shell.run("admin", "alice", "--on", "--dry-run")
    assert (dry.status, dry.out) == (0, "~ alice  sysadmin_flag: False -> True\n")
    assert shell.run("list", "--query", "sysadmin_flag=true", "--columns", "username").lines == ["username", "admin"]
    done = shell.run("admin", "alice", "nobody", "bob", "--on")
    assert (done.status, done.out) == (1, "")  # nobody is changed before all are known
    assert "(404) there is no user 'nobody'" in done.err
    assert len(shell.run("admin", "alice", "bob", "--on").lines) == 2
    assert shell.run("admin", "alice", "--on").out == "= alice\n"
    assert shell.run("admin", "alice", "bob", "--off").lines[1] == "~ bob  sysadmin_flag: True -> False"


def test_a_password_that_is_typed(shell: Shell) -> None:
    with shell.terminal("password", "alice") as terminal:
        terminal.expect("New password: ")
        terminal.press("Passw0rd2\n")
        terminal.expect("Once more: ")
        terminal.press("Passw0rd2\n")
        assert terminal.status() == 0
    assert "Passw0rd2" not in terminal.screen
    assert "~ alice" in terminal.screen
    assert logs_in(shell, "alice", "Passw0rd2")


def test_two_passwords_that_differ(shell: Shell, harbor: FakeHarbor) -> None:
    with shell.terminal("password", "alice") as terminal:
        terminal.expect("New password: ")
        terminal.press("Passw0rd2\n")
        terminal.expect("Once more: ")
        terminal.press("Passw0rd3\n")
        assert terminal.status() == 2
    assert "the two passwords differ" in terminal.screen
    assert list(harbor.requests) == []


def test_a_password_from_a_file(shell: Shell) -> None:
    (shell.folder / "new").write_text("Passw0rd2\r\n")
    assert shell.run("password", "alice", "--from-file", "new", "--dry-run").out == "~ alice  password\n"
    assert logs_in(shell, "alice", "Passw0rd1")
    assert shell.run("password", "alice", "--from-file", "new").out == "~ alice  password\n"
    assert logs_in(shell, "alice", "Passw0rd2")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"P\xe4ssw0rd1", "new is not UTF-8 text"),
        ("Passw0rd2".encode("utf-16"), "new is not UTF-8 text"),
        (b"username,password\nalice,Passw0rd2\n", "new has more than one line"),
        (b"", "new is empty"),
        (b"weak-secret", "an uppercase letter (A-Z) is missing"),
    ],
)
def test_a_file_that_holds_no_password(shell: Shell, harbor: FakeHarbor, content: bytes, told: str) -> None:
    (shell.folder / "new").write_bytes(content)
    done = shell.run("password", "alice", "--from-file", "new")
    assert (done.status, done.out) == (2, "")
    assert told in done.err
    assert "weak-secret" not in done.err
    assert list(harbor.requests) == []


def test_generated_passwords(shell: Shell) -> None:
    done = shell.run("password", "alice", "nobody", "bob", "--generate", "new.csv")
    assert (done.status, done.out) == (1, "")
    assert "(404) there is no user 'nobody'" in done.err
    done = shell.run("password", "alice", "bob", "--generate", "new.csv")
    assert (done.status, done.lines) == (0, ["~ alice  password", "~ bob  password"])
    path = shell.folder / "new.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = {row["username"]: row["password"] for row in csv.DictReader(path.read_text().splitlines())}
    assert list(rows) == ["alice", "bob"]
    for name, password in rows.items():
        assert logs_in(shell, name, password)
        assert password not in done.out + done.err


def test_the_own_password(shell: Shell) -> None:
    done = shell.run("password", "--self", "--generate", "new.csv")
    assert (done.status, done.out) == (0, "~ admin  password\n")
    (row,) = csv.DictReader((shell.folder / "new.csv").read_text().splitlines())
    assert logs_in(shell, "admin", row["password"])


def test_roles(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_project("team-a")
    harbor.add_project("4711")
    dry = shell.run("roles", "add", "alice", "team-a", "developer", "--dry-run")
    assert (dry.status, dry.out) == (0, "~ alice  roles: 'team-a=none' -> 'team-a=developer'\n")
    assert shell.run("roles", "list", "alice").lines == ["project  role"]
    assert shell.run("roles", "add", "alice", "team-a", "developer").out == dry.out
    assert shell.run("roles", "add", "alice", "4711", "Limited-Guest").status == 0  # a name, not an id
    assert shell.run("roles", "list", "alice", "--format", "csv").out == (
        "project,role\n4711,limited_guest\nteam-a,developer\n"
    )
    assert "'team-a=developer' -> 'team-a=guest'" in shell.run("roles", "add", "alice", "team-a", "guest").out
    assert "'team-a=guest' -> 'team-a=none'" in shell.run("roles", "remove", "alice", "team-a").out
    assert shell.run("roles", "remove", "alice", "team-a").out == "= alice\n"
    assert json.loads(shell.run("roles", "list", "alice", "--format", "json").out) == [
        {"project": "4711", "role": "limited_guest"}
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "nobody", "team-a", "guest"], "there is no user 'nobody'"),
        (["add", "alice", "team-b", "guest"], "There is no project 'team-b'"),
        (["list", "nobody"], "there is no user 'nobody'"),
    ],
)
def test_roles_of_nobody_or_nowhere(shell: Shell, harbor: FakeHarbor, arguments: list[str], told: str) -> None:
    harbor.add_project("team-a")
    done = shell.run("roles", *arguments)
    assert (done.status, done.out) == (1, "")
    assert told in done.err
