"""``check``, ``list`` and ``show``: data on standard output, in the form that was asked for."""

import csv
import io
import json

import pytest

from harbor_client.testing import FakeHarbor
from support.commands import Shell


def test_check_of_an_administrator(shell: Shell, harbor: FakeHarbor) -> None:
    done = shell.run("check")
    assert (done.status, done.err) == (0, "")
    assert done.lines == [
        f"ok      connection  {harbor.url}, users come from Harbor's own database",
        "ok      tls         none: passwords travel in clear text",
        "ok      login       admin (user 1)",
        f"ok      version     Harbor {harbor.version}",
        "ok      rights      system administrator: may do everything",
    ]


def test_check_of_somebody_else(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", password="Passw0rd1")
    done = shell.run("check", HARBOR_USERNAME="alice", HARBOR_PASSWORD="Passw0rd1")
    assert done.status == 0
    assert done.lines[-1].startswith("ok      rights      may search users, not list or change them")


def test_check_of_a_robot_account(shell: Shell, harbor: FakeHarbor) -> None:
    name = harbor.add_robot("watch", permissions=[("user", "list"), ("user", "read")])
    done = shell.run("check", HARBOR_USERNAME=name, HARBOR_PASSWORD="Passw0rd1")
    assert done.status == 0
    assert done.lines[2] == f"ok      login       {name}, a robot account"
    assert done.lines[-1] == "ok      rights      may list users"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"auth_mode": "oidc_auth"}, "users come from elsewhere (oidc_auth)"),
        ({"read_only": True}, "FAILED  writes      Harbor is in read-only mode"),
    ],
)
def test_check_of_a_harbor_that_does_not_take_changes(shell: Shell, settings: dict[str, object], line: str) -> None:
    with FakeHarbor(**settings) as harbor:  # type: ignore[arg-type]
        done = shell.run("check", HARBOR_URL=harbor.url)
    assert line in done.out
    assert done.status == (1 if "FAILED" in line else 0)


def test_check_of_something_that_is_no_harbor(shell: Shell, harbor: FakeHarbor) -> None:
    done = shell.run("check", HARBOR_URL=f"{harbor.root_url}/elsewhere")
    assert done.status == 1
    assert done.out.startswith("FAILED  connection  ")
    assert "/api/v2.0" in done.out
    assert all(request.user is None for request in harbor.requests)


def test_list_as_a_table(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("田中", email="tanaka@example.com", realname="Müller")
    done = shell.run("list")
    assert (done.status, done.err) == (0, "")
    header, admin, tanaka = done.lines
    assert header.split() == ["user_id", "username", "email", "realname", "sysadmin_flag", "creation_time"]
    assert admin.split()[:2] == ["1", "admin"]
    assert tanaka.index("tanaka@") == header.index("email")
    assert "false" in tanaka


def test_list_as_csv(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", email="alice@example.com", realname='A "quoted", name', comment="Zürich")
    done = shell.run("list", "--format", "csv", "--columns", "username, realname,comment,sysadmin_flag")
    assert (done.status, done.err) == (0, "")
    assert "\r" not in done.out
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert rows[1] == {
        "username": "alice",
        "realname": 'A "quoted", name',
        "comment": "Zürich",
        "sysadmin_flag": "false",
    }


def test_what_list_writes_apply_reads(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", realname="Älice", comment="x", sysadmin_flag=True)
    columns = "username,email,realname,comment,sysadmin_flag"
    (shell.folder / "users.csv").write_text(
        shell.run("list", "--without-admin", "--format", "csv", "--columns", columns).out, "utf-8"
    )
    done = shell.run("plan", "users.csv", "--exit-code")
    assert (done.status, done.out) == (0, "0 to create, 0 to change, 0 to remove, 1 unchanged\n")


@pytest.mark.parametrize("number", [0, 1, 250])
def test_list_as_json_has_everybody_once(shell: Shell, harbor: FakeHarbor, number: int) -> None:
    harbor.add_users(number)
    done = shell.run("list", "--format", "json", "--without-admin")
    assert (done.status, done.err) == (0, "")
    rows = json.loads(done.out)
    assert [row["username"] for row in rows] == harbor.usernames
    assert all(isinstance(row["user_id"], int) and row["sysadmin_flag"] is False for row in rows)


def test_list_of_those_whom_a_query_selects(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_users(3)
    harbor.add_user("boss", sysadmin_flag=True)
    done = shell.run("list", "--query", "sysadmin_flag=true", "--columns", "username")
    assert done.lines == ["username", "admin", "boss"]


def test_a_name_cannot_give_orders_to_the_terminal(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", realname="\x1b[2Jgone\nadmin")
    done = shell.run("list", "--columns", "username,realname")
    assert "\x1b" not in done.out
    assert len(done.lines) == 3
    assert r"\x1b[2Jgone\nadmin" in done.out
    assert json.loads(shell.run("list", "--format", "json").out)[1]["realname"] == "\x1b[2Jgone\nadmin"


def test_the_reader_of_a_list_may_go_away(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_users(2000)
    command = " ".join(f"'{word}'" for word in shell.command("list", "--format", "csv"))
    done = shell.run(command=["sh", "-c", f"{command} | head -n 2"])
    assert done.lines[1].startswith("1,admin,")
    assert done.err == ""


def test_a_terminal_that_cannot_show_a_name(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("田中")
    done = shell.run("list", "--columns", "username", PYTHONIOENCODING="ascii")
    assert (done.status, done.lines[2]) == (0, r"\u7530\u4e2d")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_data_survives_any_locale(shell: Shell, harbor: FakeHarbor, encoding: str, form: str) -> None:
    names = ["Müller", "日本語", "a\\xfc", 'q"q', "x,y", "line\nbreak"]
    for name in names:
        harbor.add_user(name)
    done = shell.run("list", "--columns", "username", "--format", form, PYTHONIOENCODING=encoding)
    rows = json.loads(done.out) if form == "json" else csv.DictReader(io.StringIO(done.out))
    assert [row["username"] for row in rows] == ["admin", *names]


@pytest.mark.parametrize("who", ["alice", "3", "ALICE@example.com"])
def test_show_by_name_id_and_address(shell: Shell, harbor: FakeHarbor, who: str) -> None:
    harbor.add_user("alice", email="alice@example.com", realname="Alice", comment="ops")
    done = shell.run("show", who)
    assert (done.status, done.err) == (0, "")
    assert dict(line.split(maxsplit=1) for line in done.lines[:7]) == {
        "field": "value",
        "user_id": "3",
        "username": "alice",
        "email": "alice@example.com",
        "realname": "Alice",
        "comment": "ops",
        "sysadmin_flag": "false",
    }
    assert [row["realname"] for row in json.loads(shell.run("show", who, "--format", "json").out)] == ["Alice"]
    assert shell.run("show", who, "--format", "csv").lines[0].startswith("user_id,username,")


def test_show_has_the_roles(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice", password="Passw0rd1")
    for name, role in (("team-b", "guest"), ("team-a", "developer"), ("team-c", None)):
        harbor.add_project(name)
        if role:
            harbor.add_member(name, "alice", role)
    assert shell.run("show", "alice").lines[-1].split(maxsplit=1) == ["roles", "team-a=developer; team-b=guest"]
    (row,) = json.loads(shell.run("show", "alice", "--format", "json").out)
    assert row["roles"] == {"team-a": "developer", "team-b": "guest"}
    assert "roles" not in shell.run("show", "alice", "--no-roles").out
    harbor.add_user("bob", password="Passw0rd1")
    done = shell.run("show", "alice", HARBOR_USERNAME="bob", HARBOR_PASSWORD="Passw0rd1")
    assert (done.status, done.out) == (1, "")
    assert "system administrator" in done.err


def test_a_name_of_digits_goes_before_the_id(shell: Shell, harbor: FakeHarbor) -> None:
    harbor.add_user("alice")
    harbor.add_user("3")
    assert shell.run("show", "3").lines[1].split() == ["user_id", "4"]


@pytest.mark.parametrize("who", ["nobody", "4711", "nobody@example.com"])
def test_show_of_nobody(shell: Shell, who: str) -> None:
    done = shell.run("show", who)
    assert (done.status, done.out) == (1, "")
    assert "(404)" in done.err
    assert who in done.err
