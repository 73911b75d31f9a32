"""The examples of the documentation, run as people run them: as scripts, against a Harbor that may misbehave."""

from __future__ import annotations

import ast
import csv
import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
OLD_STYLE = {
    "onboard_csv.py": ["people.csv"],
    "onboard_with_roles.py": ["people.csv"],
    "rotate_passwords.py": ["new.csv", "alice"],
    "audit_admins.py": [],
    "offboard.py": ["leavers.txt"],
}
PEOPLE = """\
username,email,realname,password,comment,admin
jana,jana@example.com,Jana Nováková,Pass-Word-1,from Brno,yes
alice,alice@example.org,Another Alice,Pass-Word-2,,no
petr,petr@example.com,Petr,too short,,no
eva+1,eva@example.com,Eva,Pass-Word-4,,
"""


class Script:
    """Runs examples in a folder of their own, on a fake Harbor."""

    def __init__(self, harbor: FakeHarbor, folder: Path) -> None:
        self.harbor = harbor
        self.folder = folder
        search = [str(Path(harbor_client.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
        self.environment = {
            **harbor.environment(),
            "HARBOR_URL": harbor.url,
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": os.pathsep.join(search),
        }

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", str(EXAMPLES / name), *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )

    def run(self, name: str, *arguments: str) -> tuple[int, str, str]:
        with self.start(name, *arguments) as running:
            out, err = running.communicate(timeout=120)
        assert "Harbor12345" not in out + err
        assert "Traceback" not in err
        return running.returncode, out, err

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def rows(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((self.folder / name).read_text("utf-8").splitlines()))

    def may_log_in(self, username: str, password: str) -> bool:
        with harbor_client.ApiClient(self.harbor.configuration(user=username, password=password)) as client:
            try:
                return harbor_client.UserApi(client).get_current_user_info().username == username
            except harbor_client.UnauthorizedException:
                return False


@pytest.fixture
def script(tmp_path: Path) -> Iterator[Script]:
    with FakeHarbor(lock_seconds=0) as harbor:
        harbor.add_user(username="alice", email="alice@example.com", realname="Alice", password="Old-Pass-1")
        script = Script(harbor, tmp_path)
        script.write("people.csv", PEOPLE)
        script.write("leavers.txt", "alice\n")
        yield script


# The quickstart.
STEPS = (
    r"Working on the Harbor at http://127\.0\.0\.1:\d+/api/v2\.0\.",
    r"Created the user quickstart-\w{8}: id \d+\.",
    r"Found it: Quick Start, quickstart-\w{8}@example\.com, id \d+, made at 20.+\.",
    r"~ quickstart-\w{8}  realname: 'Quick Start' -> 'Quick S\. Start', comment: '' -> 'made by quickstart\.py'",
    r"~ quickstart-\w{8}  password",
    r"~ quickstart-\w{8}  sysadmin_flag: False -> True",
    r"~ quickstart-\w{8}  sysadmin_flag: True -> False",
    r"Listed 1 of 2 users: quickstart-\w{8}\.",
    r"Read what admin may do in the whole system: 53 things\.",
    r"- quickstart-\w{8}",
    r"Done\.",
)


@pytest.mark.parametrize("path", ["/api/v2.0", ""])
def test_quickstart_on_a_real_one(script: Script, path: str) -> None:
    script.environment["HARBOR_URL"] = script.harbor.root_url + path
    status, out, err = script.run("quickstart.py")
    assert (status, err) == (0, "")
    for line, step in zip(out.splitlines(), STEPS, strict=True):
        assert re.fullmatch(step, line), line
    assert script.harbor.usernames == ["alice"]


def test_quickstart_without_a_harbor(script: Script) -> None:
    script.environment["HARBOR_URL"] = ""
    status, out, err = script.run("quickstart.py")
    assert (status, err) == (0, "")
    assert out.startswith("HARBOR_URL is not set: working on a fake Harbor at http://127.0.0.1:")
    assert out.endswith("Done.\n")
    assert list(script.harbor.requests) == []


@pytest.mark.parametrize("path", ["/users/*", "/users/*/password", "/users/*/sysadmin"])
def test_quickstart_cleans_up_half_way(script: Script, path: str) -> None:
    script.harbor.fail_next("PUT", path, status=500)
    status, out, err = script.run("quickstart.py")
    assert status == 1
    assert err.startswith(f"That did not work: PUT {script.harbor.url}/users/4")
    assert re.search(r"- quickstart-\w{8}\n$", out)
    assert script.harbor.usernames == ["alice"]


@pytest.mark.parametrize("status", [500, 201])
def test_quickstart_cleans_nothing_up_if_nobody_was_created(script: Script, status: int) -> None:
    script.harbor.fail_next("POST", "/users", status=status, body=b"")
    code, _, err = script.run("quickstart.py")
    assert (code, err[:18]) == (1, "That did not work:")
    assert "DELETE" not in {request.method for request in script.harbor.requests}


@pytest.mark.parametrize(("method", "close"), [("POST", "before"), ("POST", "after"), ("DELETE", "after")])
def test_quickstart_leaves_nobody_after_a_lost_response(script: Script, method: str, close: str) -> None:
    script.harbor.fail_next(method, "/users*", close=close)
    script.run("quickstart.py")
    assert script.harbor.usernames == ["alice"]


def test_quickstart_says_what_it_could_not_delete(script: Script) -> None:
    script.harbor.fail_next("DELETE", "/users/*", status=500)
    status, _, err = script.run("quickstart.py")
    assert status == 1
    assert re.match(r"The user quickstart-\w{8} may still be there\.\nThat did not work: DELETE ", err)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"HARBOR_PASSWORD": "Wrong-Pass-1"}, "401"),
        ({"HARBOR_USERNAME": "alice", "HARBOR_PASSWORD": "Old-Pass-1"}, "403"),
        ({"HARBOR_URL": "http://127.0.0.1:1/api/v2.0"}, "connecting to 127.0.0.1:1 failed"),
        ({"HARBOR_URL": "https://admin:x@harbor.example.com"}, "HARBOR_URL"),
        ({"HARBOR_TIMEOUT": "soon"}, "HARBOR_TIMEOUT"),
        ({"HARBOR_CA_CERT": "/nonexistent/ca.pem"}, "/nonexistent/ca.pem"),
    ],
)
def test_quickstart_reports_in_words(script: Script, variables: dict[str, str], told: str) -> None:
    script.environment.update(variables)
    status, _, err = script.run("quickstart.py")
    assert status == 1
    assert err.startswith("That did not work: ")
    assert told in err
    assert script.harbor.usernames == ["alice"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_quickstart_interrupted(script: Script, sent: signal.Signals) -> None:
    fault = script.harbor.fail_next("PUT", "/users/*/sysadmin", delay=20)
    with script.start("quickstart.py") as running:
        while not fault.hits and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(sent)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (1, "Interrupted.\n")
    assert re.search(r"- quickstart-\w{8}\n$", out)
    assert script.harbor.usernames == ["alice"]


# Onboarding.
def test_onboarding(script: Script) -> None:
    status, out, err = script.run("onboard_csv.py", "people.csv")
    assert out.splitlines() == ["jana: created as administrator, id 4", "alice: exists already", "eva+1: created, id 6"]
    assert re.match(r"petr: failed: 400 .*8-128", err)
    assert status == 1
    assert script.harbor.usernames == ["alice", "jana", "eva+1"]
    jana, eva = (script.harbor.user(name) or {} for name in ("jana", "eva+1"))
    assert (jana["email"], jana["realname"], jana["comment"]) == ("jana@example.com", "Jana Nováková", "from Brno")
    assert (jana["sysadmin_flag"], eva["sysadmin_flag"]) == (True, False)
    assert script.may_log_in("jana", "Pass-Word-1")
    assert "Pass-Word" not in out + err
    created = [request for request in script.harbor.requests if request.method == "POST"]
    assert [request.headers["x-request-id"] for request in created] == [f"onboard-line-{n}" for n in (2, 3, 4, 5)]


def test_onboarding_goes_on_after_a_lost_response(script: Script) -> None:
    script.harbor.fail_next("POST", "/users", close="after")
    status, _, err = script.run("onboard_csv.py", "people.csv")
    assert (status, err.startswith("jana: may have been done: 0 ")) == (1, True)
    assert "jana" in script.harbor.usernames
    assert len([request for request in script.harbor.requests if request.method == "POST"]) == 4


def test_onboarding_from_a_file_without_columns(script: Script) -> None:
    script.write("people.csv", "username,mail\njana,jana@example.com\n")
    told = "That did not work: columns are missing: email, password, realname\n"
    assert script.run("onboard_csv.py", "people.csv") == (1, "", told)


@pytest.mark.parametrize(
    ("roles", "told"),
    [
        ("library=guest; team-a=guest", "there is no project team-a"),
        ("library=guset", "line 2: 'library=guset' is not a project and one of "),
        ("library", "line 2: 'library' is not "),
        ("library=guest; library=developer", "line 2: 'library=developer' is not "),
    ],
)
def test_onboarding_with_roles_changes_nothing_for_a_wrong_file(script: Script, roles: str, told: str) -> None:
    script.write(
        "people.csv", f"username,email,realname,password,roles\njana,jana@example.com,Jana,Pass-1word,{roles}\n"
    )
    status, out, err = script.run("onboard_with_roles.py", "people.csv")
    assert (status, out) == (1, "")
    assert err.startswith(f"That did not work: {told}")
    assert {request.method for request in script.harbor.requests} <= {"HEAD"}


def test_onboarding_with_users(script: Script) -> None:
    script.write(
        "people.csv",
        "username,email,realname,password,comment,admin,state\n"
        "jana,jana@example.com,Jana,,ops,yes,\nbob,bob@example.com,Bob,Passw0rd1,,,\nalice,,,,,,absent\n",
    )
    command = "users_onboard_csv.py", "people.csv", "--passwords", "kept.csv"
    status, out, err = script.run(*command, "--dry-run")
    assert (status, out) == (0, "")
    assert err.splitlines()[-1] == "2 to create, 0 to change, 1 to remove, 0 unchanged"
    assert script.harbor.usernames == ["alice"]
    status, out, _ = script.run(*command)
    assert (status, len(out.splitlines())) == (0, 3)
    assert script.harbor.usernames == ["jana", "bob"]
    (row,) = script.rows("kept.csv")
    assert row["username"] == "jana"
    assert script.may_log_in("jana", row["password"])


# Rotation.
def test_rotation(script: Script) -> None:
    status, out, err = script.run("rotate_passwords.py", "new.csv", "alice", "nobody")
    assert (status, out, err) == (1, "alice: changed\n", "nobody: there is no such user\n")
    assert stat.S_IMODE((script.folder / "new.csv").stat().st_mode) == 0o600
    (row,) = script.rows("new.csv")
    assert row["username"] == "alice"
    assert script.may_log_in("alice", row["password"])
    assert not script.may_log_in("alice", "Old-Pass-1")


def test_rotation_never_loses_a_password(script: Script) -> None:
    script.harbor.fail_next("PUT", "/users/*/password", close="after")
    status, _, err = script.run("rotate_passwords.py", "new.csv", "alice")
    assert (status, err.startswith("alice: may have been done: 0 ")) == (1, True)
    assert script.may_log_in("alice", script.rows("new.csv")[0]["password"])


def test_rotation_with_users(script: Script) -> None:
    status, out, err = script.run("users_rotate_passwords.py", "kept.csv", "admin", "nobody", "alice")
    assert (status, out, "nobody" in err) == (1, "", True)
    status, out, _ = script.run("users_rotate_passwords.py", "kept.csv", "admin", "alice")
    assert (status, out) == (0, "~ admin  password\n~ alice  password\n")
    passwords = {row["username"]: row["password"] for row in script.rows("kept.csv")}
    assert set(passwords) == {"admin", "alice"}
    assert all(script.may_log_in(*kept) for kept in passwords.items())


# The audit.
@pytest.mark.parametrize(("name", "time"), [("audit_admins.py", "changed"), ("users_audit_admins.py", "creation_time")])
def test_audit(script: Script, name: str, time: str) -> None:
    script.harbor.add_users(250)
    script.harbor.add_user(username="boss", email="boss@example.com", realname="The Boss", sysadmin_flag=True)
    status, out, err = script.run(name)
    assert (status, err) == (0, "")
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["username"] for row in rows] == ["admin", "boss"]
    assert rows[1]["email"] == "boss@example.com"
    assert re.match(r"20\d\d-\d\d-\d\d", rows[1][time])


def test_audit_of_somebody_who_may_not(script: Script) -> None:
    script.environment.update(HARBOR_USERNAME="alice", HARBOR_PASSWORD="Old-Pass-1")
    status, _, err = script.run("audit_admins.py")
    assert (status, "(403)" in err) == (1, True)


# Offboarding.
def test_offboarding(script: Script) -> None:
    script.harbor.add_user(username="eva+1")
    script.harbor.add_user(username="eva 1")
    script.write("leavers.txt", "alice\n\nnobody\neva+1\n")
    planned = ["alice: would be deleted, id 3", "nobody: is gone already", "eva+1: would be deleted, id 4"]
    status, out, _ = script.run("offboard.py", "leavers.txt", "--dry-run")
    assert out.splitlines() == planned
    assert script.harbor.usernames == ["alice", "eva+1", "eva 1"]
    status, out, err = script.run("offboard.py", "leavers.txt")
    assert (status, err) == (0, "")
    assert out.splitlines() == [line.replace("would be deleted", "deleted") for line in planned]
    assert script.harbor.usernames == ["eva 1"]


def test_offboarding_goes_on_after_a_failure(script: Script) -> None:
    script.harbor.add_user(username="bob")
    script.write("leavers.txt", "alice\nbob\n")
    script.harbor.fail_next("DELETE", "/users/*", status=500)
    status, out, err = script.run("offboard.py", "leavers.txt")
    assert (status, out) == (1, "bob: deleted, id 4\n")
    assert err.startswith("alice: failed: 500 ")
    script.harbor.fail_next("DELETE", "/users/*", status=502, body="<html>Bad Gateway</html>")
    assert script.run("offboard.py", "leavers.txt")[2].startswith("alice: may have been done: 502 ")


def test_offboarding_with_users(script: Script) -> None:
    for name in ("last, first", "eva", "stays"):
        script.harbor.add_user(name)
    script.write("leavers.txt", "\ufeffalice \r\nlast, first\r\n\r\ngone\r\n")
    status, out, _ = script.run("users_offboard.py", "leavers.txt", "--dry-run")
    assert (status, out.splitlines()) == (0, ["- alice", "- last, first", "? gone  not found"])
    assert script.run("users_offboard.py", "leavers.txt")[0] == 0
    script.write("leavers.txt", "Eva@Example.com\n")
    assert script.run("users_offboard.py", "leavers.txt", "--by", "email")[0] == 0
    assert script.harbor.usernames == ["stays"]


# All of them.
@pytest.mark.parametrize("name", ["quickstart.py", *OLD_STYLE])
def test_used_wrongly(script: Script, name: str) -> None:
    """No traceback, no half-done work: a word on what is wrong, and an exit status."""
    arguments = OLD_STYLE.get(name, [])
    status, out, err = script.run(name, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: {name}")
    status, out, err = script.run(name, *(arguments[:-1] if arguments else ["more"]))
    assert (status, out) == (2, "")
    assert err.startswith(f"usage: {name}")
    if arguments:
        (script.folder / "folder").mkdir()
        status, out, err = script.run(name, "folder", *arguments[1:])
        assert (status, out) == (1, "")
        assert re.fullmatch(r"That did not work: .*folder.*\n", err)
    script.environment["HARBOR_URL"] = "harbor.example.com"
    status, out, err = script.run(name, *arguments)
    assert status == 1
    assert re.fullmatch(r"That did not work: (HARBOR_URL|host): has to begin .*\n", err)
    if name in OLD_STYLE:
        del script.environment["HARBOR_URL"]
        assert script.run(name, *arguments)[2] == "That did not work: HARBOR_URL is not set\n"
    assert list(script.harbor.requests) == []
    assert {path.name for path in script.folder.iterdir()} <= {"people.csv", "leavers.txt", "folder"}


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        *OLD_STYLE.items(),
        ("onboard_with_roles.py", ["roles.csv"]),
        ("users_onboard_csv.py", ["people.csv"]),
        ("users_rotate_passwords.py", ["kept.csv", "alice", "bob"]),
        ("users_audit_admins.py", []),
        ("users_offboard.py", ["leavers.txt"]),
        ("users_progress.py", ["people.csv", "--yes"]),
    ],
)
def test_an_old_password_is_one_wrong_login(script: Script, name: str, arguments: list[str]) -> None:
    header = "username,email,realname,password,roles\n"
    script.write("people.csv", header + "a,a@example.com,A,Passw0rd1,\nb,b@example.com,B,Passw0rd1,\n")
    script.write("roles.csv", header + "a,a@example.com,A,Passw0rd1,library=guest\n")
    script.write("leavers.txt", "alice\nbob\n")
    script.environment["HARBOR_PASSWORD"] = "Old-Passw0rd"
    status, out, err = script.run(name, *arguments)
    assert status == 1
    assert "(401)" in err or (name == "audit_admins.py" and "check username and password" in err)
    assert len([request for request in script.harbor.requests if request.user]) == 1
    assert "created" not in out


@pytest.mark.parametrize("name", OLD_STYLE)
def test_old_style_stays_old_style(name: str) -> None:
    """They show what people have today: the names of the generated client and nothing else of this package."""
    text = (EXAMPLES / name).read_text("utf-8")
    assert "harbor_client.ApiClient(configuration)" in text
    assert "from harbor_client.rest import ApiException" in text
    models = {"UserCreationReq", "UserSysAdminFlag", "UserResp", "PasswordReq"}
    models |= {"ProjectMember", "RoleRequest", "UserEntity"}
    used = set(re.findall(r"harbor_client\.(\w+)", text))
    assert used <= {"Configuration", "UserApi", "ProjectApi", "MemberApi", "ApiClient", "rest", *models}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("users_*.py")), ids=lambda path: path.name)
def test_those_with_users_are_one_line_each(path: Path) -> None:
    *before, line = ast.parse(path.read_text("utf-8")).body
    assert line.lineno == line.end_lineno
    assert [type(statement) for statement in before[1:]] == [ast.ImportFrom, ast.Import, ast.ImportFrom]
