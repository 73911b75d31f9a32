"""``plan`` and ``apply``: a file of users, shown before it is carried out."""

import csv
import json
import stat
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor
from support.commands import Shell

PEOPLE = """\
username;email;realname;password;admin;state
anna;anna@example.com;Anna Müller;;ja;
bob;bob@example.com;Bob;Passw0rd1;;
carol;;;;;absent
"""
ANNA = "+ anna  email='anna@example.com', realname='Anna Müller', sysadmin_flag=True"
BOB = "+ bob  email='bob@example.com', realname='Bob'"


@pytest.fixture
def people(shell: Shell, harbor: FakeHarbor) -> Path:
    harbor.add_user("carol")
    path = shell.folder / "people.csv"
    path.write_text(PEOPLE, "utf-8")
    return path


def written(harbor: FakeHarbor) -> list[str]:
    return [request.method for request in harbor.requests if request.method != "GET"]


def test_plan(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    done = shell.run("plan", people, "--passwords", "out.csv")
    assert (done.status, done.err) == (0, "")
    assert done.lines == [ANNA, BOB, "- carol", "2 to create, 0 to change, 1 to remove, 0 unchanged"]
    assert shell.run("plan", people, "--passwords", "out.csv", "--exit-code").status == 3
    assert written(harbor) == []
    assert not (shell.folder / "out.csv").exists()


def test_plan_as_json_holds_no_password(shell: Shell, people: Path) -> None:
    done = shell.run("plan", people, "--passwords", "out.csv", "--format", "json")
    assert (done.status, done.err) == (0, "")
    plan = json.loads(done.out)
    assert plan["has_changes"] is True
    assert plan["counts"] == {"created": 2, "removed": 1}
    assert [change["username"] for change in plan["changes"]] == ["anna", "bob", "carol"]
    assert "Passw0rd1" not in done.out


def test_plan_of_nothing_new(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("anna", email="anna@example.com")
    (shell.folder / "people.csv").write_text("username,email\nanna,anna@example.com\n")
    done = shell.run("plan", "people.csv", "--exit-code")
    assert (done.status, done.out) == (0, "0 to create, 0 to change, 0 to remove, 1 unchanged\n")


def test_apply(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    done = shell.run("apply", people, "--passwords", "out.csv", "--yes")
    assert done.status == 0
    assert done.lines == [ANNA, BOB, "- carol"]
    plan, summary, counts = done.err.partition("2 to create, 0 to change, 1 to remove, 0 unchanged\n")
    assert plan.splitlines() == done.lines
    assert summary
    assert counts == "harbor-users: 2 created, 1 removed\n"
    assert harbor.usernames == ["anna", "bob"]
    out = shell.folder / "out.csv"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert row["username"] == "anna"
    assert row["password"] not in done.out + done.err
    assert shell.run("list", HARBOR_USERNAME="anna", HARBOR_PASSWORD=row["password"]).status == 0
    again = shell.run("apply", people, "--passwords", "out.csv", "--yes", "--missing", "report")
    assert (again.status, again.out) == (0, "")
    assert "0 to create, 0 to change, 0 to remove, 2 unchanged, 1 not found" in again.err


def test_apply_does_nothing_without_a_yes(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    """Where nobody can be asked, it is refused, whatever stands in standard input."""
    done = shell.run("apply", people, "--passwords", "out.csv", stdin="y\n")
    assert (done.status, done.out) == (2, "")
    assert "no terminal to ask on: give --yes" in done.err
    assert list(harbor.requests) == []


@pytest.mark.parametrize("keys", ["n\n", "\n", "yess\n", "\x04", "nothing of the kind\n"])
def test_no_answer_is_no(shell: Shell, harbor: FakeHarbor, people: Path, keys: str) -> None:
    with shell.terminal("apply", people, "--passwords", "out.csv") as terminal:
        terminal.expect("Apply these changes? [y/N] ")
        assert "+ anna" in terminal.screen
        terminal.press(keys)
        assert terminal.status() == 1
    assert "Nothing was changed." in terminal.screen
    assert written(harbor) == []


@pytest.mark.parametrize("keys", ["y\n", "YES\n"])
def test_yes_is_yes(shell: Shell, harbor: FakeHarbor, people: Path, keys: str) -> None:
    with shell.terminal("apply", people, "--passwords", "out.csv") as terminal:
        terminal.expect("Apply these changes? [y/N] ")
        terminal.press(keys)
        assert terminal.status() == 0
    assert harbor.usernames == ["anna", "bob"]


def test_ctrl_c_at_the_question(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    with shell.terminal("apply", people, "--passwords", "out.csv") as terminal:
        terminal.expect("[y/N] ")
        terminal.press("\x03")
        assert terminal.status() == 1
    assert "interrupted" in terminal.screen
    assert written(harbor) == []


def test_dry_run(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    done = shell.run("apply", people, "--passwords", "out.csv", "--dry-run")
    assert (done.status, done.out) == (0, "")
    assert "2 to create" in done.err
    assert written(harbor) == []


WRONG = """\
username,email,password
anna,anna@example.com,Passw0rd1
bob,bob@example.com,Short-Secret
carl,carl@example.com,Passw0rd1
"""


def test_a_wrong_row_stops_all_before_anything_is_done(shell: Shell, harbor: FakeHarbor) -> None:
    (shell.folder / "people.csv").write_text(WRONG)
    done = shell.run("apply", "people.csv", "--yes")
    assert (done.status, done.out) == (1, "")
    assert "! bob  people.csv, line 3 (bob), column 'password': " in done.err
    assert "a digit (0-9) is missing" in done.err
    assert "Short-Secret" not in done.err
    assert "Nothing was changed. Correct the rows marked with !" in done.err
    assert written(harbor) == []
    assert shell.run("plan", "people.csv", "--exit-code").status == 1


def test_on_error_continue_does_the_others(shell: Shell, harbor: FakeHarbor) -> None:
    (shell.folder / "people.csv").write_text(WRONG)
    done = shell.run("apply", "people.csv", "--yes", "--on-error", "continue")
    assert done.status == 1
    assert [line[:6].strip() for line in done.lines] == ["+ anna", "! bob", "+ carl"]
    assert "2 created, 1 failed" in done.err
    assert harbor.usernames == ["anna", "carl"]


def test_a_failure_on_the_way_says_what_was_not_done(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    harbor.fail_next("POST", "/users", status=500, after=1)
    done = shell.run("apply", people, "--passwords", "out.csv", "--yes")
    assert done.status == 1
    assert [line[:6].strip() for line in done.lines] == ["+ anna", "! bob"]
    assert "1 created, 1 failed; 1 of 3 were not done" in done.err
    assert harbor.usernames == ["carol", "anna"]


def test_new_users_without_passwords_are_told(shell: Shell, harbor: FakeHarbor, people: Path) -> None:
    done = shell.run("plan", people)
    assert done.status == 1
    assert "anna" in done.lines[0]
    assert "needs a password (for all rows: generate_passwords=True, --passwords OUT)" in done.lines[0]
    people.write_text("username,email,password\na,a@example.com,Passw0rd1\nb,b@example.com,GENERATE\n")
    done = shell.run("apply", people, "--yes")
    assert done.status == 1
    assert done.err.endswith("--passwords)\n")
    assert harbor.usernames == ["carol"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the first line must name the columns"),
        (b"\xef\xbb\xbf\r\n", "the first line must name the columns"),
        (b"username,emial\nanna,anna@example.com\n", "unknown column 'emial' (known: username, email"),
        (
            PEOPLE.encode("cp1252"),
            "people.csv: line 2 holds the byte 0xfc, which is not UTF-8: name its encoding (cp1252 if",
        ),
        (b"PK\x03\x04", "is a spreadsheet, not text (or a PDF, or compressed): save it as CSV UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read(shell: Shell, harbor: FakeHarbor, content: bytes, told: str) -> None:
    (shell.folder / "people.csv").write_bytes(content)
    for command in (["plan"], ["apply", "--yes"]):
        done = shell.run(*command, "people.csv")
        assert (done.status, done.out) == (2, "")
        assert told in done.err
    assert list(harbor.requests) == []


def test_a_file_without_rows(shell: Shell) -> None:
    (shell.folder / "people.csv").write_text("username,email\n\n")
    done = shell.run("apply", "people.csv", "--yes")
    assert (done.status, done.out) == (0, "")
    assert done.err == "0 to create, 0 to change, 0 to remove, 0 unchanged\n"


def test_another_encoding_delimiter_and_headers(shell: Shell, harbor: FakeHarbor) -> None:
    (shell.folder / "people.csv").write_bytes(
        "Kennung|E-Mail|Name|Abteilung\nanna|anna@example.com|Anna Müller|Einkauf\n".encode("cp1252")
    )
    options = ["--encoding", "cp1252", "--delimiter", "|", "--column", "Kennung=username", "--column", "Abteilung="]
    done = shell.run("apply", "people.csv", "--yes", "--passwords", "out.csv", "--column", "Name=realname", *options)
    assert done.status == 0
    assert done.out == "+ anna  email='anna@example.com', realname='Anna Müller'\n"


def test_passwords_of_existing_users_are_set_when_asked_for(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("anna", password="Passw0rd1")
    (shell.folder / "people.csv").write_text("username,password\nanna,Passw0rd2\n")
    assert shell.run("apply", "people.csv", "--yes").out == ""
    assert shell.run("apply", "people.csv", "--yes", "--update-passwords").out == "~ anna  password\n"
    assert shell.run("check", HARBOR_USERNAME="anna", HARBOR_PASSWORD="Passw0rd2").status == 0


@pytest.mark.parametrize("out", ["no/such/folder/out.csv", "people.csv"])
def test_passwords_that_cannot_be_kept_are_not_made(shell: Shell, harbor: FakeHarbor, people: Path, out: str) -> None:
    for arguments in (["apply", "people.csv", "--yes", "--passwords", out], ["password", "carol", "--generate", out]):
        done = shell.run(*arguments)
        assert (done.status, done.out) == (2, "")
        assert out.removesuffix("/out.csv") in done.err
    assert list(harbor.requests) == []
    assert people.read_text("utf-8") == PEOPLE


def test_roles_in_a_file(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("anna")
    harbor.add_project("team-a")
    (shell.folder / "people.csv").write_text("username;roles\nanna;team-a=developer\n")
    done = shell.run("apply", "people.csv", "--yes")
    assert (done.status, done.out) == (0, "~ anna  roles: 'team-a=none' -> 'team-a=developer'\n")
    assert shell.run("plan", "people.csv", "--exit-code").status == 0
