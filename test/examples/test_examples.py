"""The examples of the documentation, run as people run them: as scripts, against a Harbor that may misbehave."""

from __future__ import annotations

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
        self.environment = {
            "HARBOR_URL": harbor.url,
            "HARBOR_USERNAME": "admin",
            "HARBOR_PASSWORD": "Harbor12345",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": os.pathsep.join(
                [str(Path(harbor_client.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
            ),
        }

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-X", "dev", "-W", "error", str(EXAMPLES / name), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        assert "Harbor12345" not in done.stdout + done.stderr
        return done

    def users(self) -> dict[str | None, harbor_client.UserResp]:
        with harbor_client.ApiClient(self.harbor.configuration()) as client:
            return {user.username: user for user in harbor_client.UserApi(client).list_users(page_size=100)}

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
        (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")
        (tmp_path / "leavers.txt").write_text("alice\n", "utf-8")
        yield Script(harbor, tmp_path)


# The quickstart.
STEPS = (
    r"Created the user quickstart-\w{8}: id \d+\.",
    r"Searched for the name: found id \d+\.",
    r"Read the user: Quick Start, quickstart-\w{8}@example\.com, made at 20.+\.",
    r"Changed the profile: Quick S\. Start, 'made by quickstart\.py'\.",
    r"Changed the password\.",
    r"Made quickstart-\w{8} an administrator: yes\.",
    r"And a regular user again: yes\.",
    r"Listed the newest of \d+ users: quickstart-\w{8}.*\.",
    r"Read what admin may do in the whole system: 53 things\.",
    r"Deleted quickstart-\w{8}\.",
    r"Done\.",
)


def test_quickstart_on_a_real_one(script: Script) -> None:
    done = script.run("quickstart.py")
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    assert first == f"Working on the Harbor at {script.harbor.url}."
    assert len(lines) == len(STEPS)
    for line, step in zip(lines, STEPS, strict=True):
        assert re.fullmatch(step, line), line
    assert list(script.users()) == ["alice"]
    sent = [(request.method, re.sub(r"\d+", "N", request.path)) for request in script.harbor.requests]
    for operation in (
        ("POST", "/users"),
        ("GET", "/users/search"),
        ("GET", "/users/N"),
        ("PUT", "/users/N"),
        ("PUT", "/users/N/password"),
        ("PUT", "/users/N/sysadmin"),
        ("GET", "/users"),
        ("GET", "/users/current"),
        ("GET", "/users/current/permissions"),
        ("DELETE", "/users/N"),
    ):
        assert operation in sent


def test_quickstart_without_a_harbor(script: Script) -> None:
    script.environment["HARBOR_URL"] = ""
    done = script.run("quickstart.py")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("HARBOR_URL is not set: working on a fake Harbor at http://127.0.0.1:")
    assert done.stdout.endswith("Done.\n")
    assert list(script.harbor.requests) == []


def test_quickstart_takes_a_url_without_path(script: Script) -> None:
    script.environment["HARBOR_URL"] = script.harbor.root_url
    assert script.run("quickstart.py").returncode == 0


WRITES = [
    ("POST", "/users"),
    ("PUT", "/users/*"),
    ("PUT", "/users/*/password"),
    ("PUT", "/users/*/sysadmin"),
    ("DELETE", "/users/*"),
]


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        *[(method, path, "500") for method, path in WRITES],
        ("POST", "/users", "before"),
        ("POST", "/users", "after"),
        ("DELETE", "/users/*", "after"),
    ],
)
def test_quickstart_cleans_up_half_way(script: Script, method: str, path: str, fault: str) -> None:
    if fault == "500":
        script.harbor.fail_next(method, path, status=500)
    else:
        script.harbor.fail_next(method, path, close=fault)
    done = script.run("quickstart.py")
    assert done.returncode == 1
    assert f"That did not work: {method} {script.harbor.url}/users" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Done." not in done.stdout
    assert list(script.users()) == ["alice"]


def test_quickstart_cleans_up_after_an_answer_without_location(script: Script) -> None:
    """Which comes through a proxy that drops the field: the user is there, under an id that is not told."""
    script.harbor.add_user(username="bob")
    script.harbor.fail_next("POST", "/users", status=201, body=b"")
    done = script.run("quickstart.py")
    assert done.returncode == 1
    assert "lacks a Location" in done.stderr
    asked = [(request.method, request.query) for request in script.harbor.requests][1:]
    assert [method for method, _ in asked] == ["GET"]
    assert re.fullmatch(r"username=quickstart-\w{8}", asked[0][1]["q"])


@pytest.mark.parametrize(("argument", "status"), [("--help", 0), ("-h", 0), ("--hepl", 1)])
def test_quickstart_takes_no_arguments(script: Script, argument: str, status: int) -> None:
    done = script.run("quickstart.py", argument)
    assert done.returncode == status
    assert "python quickstart.py\n" in (done.stderr if status else done.stdout)
    assert list(script.harbor.requests) == []


def test_quickstart_says_what_it_could_not_delete(script: Script) -> None:
    script.harbor.fail_next("PUT", "/users/*", status=500)
    script.harbor.fail_next("DELETE", "/users/*", status=500)
    done = script.run("quickstart.py")
    assert done.returncode == 1
    assert re.search(r"The user quickstart-\w{8} may still be there: DELETE ", done.stderr)
    assert "That did not work: PUT " in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"HARBOR_PASSWORD": "Wrong-Pass-1"}, "401"),
        ({"HARBOR_USERNAME": "alice", "HARBOR_PASSWORD": "Old-Pass-1"}, "403"),
        ({"HARBOR_URL": "http://127.0.0.1:1/api/v2.0"}, "no response"),
        ({"HARBOR_URL": "harbor.example.com"}, "HARBOR_URL"),
        ({"HARBOR_URL": "https://admin:x@harbor.example.com"}, "HARBOR_URL"),
        ({"HARBOR_TIMEOUT": "soon"}, "HARBOR_TIMEOUT"),
        ({"HARBOR_CA_CERT": "/nonexistent/ca.pem"}, "/nonexistent/ca.pem"),
    ],
)
def test_quickstart_reports_in_words(script: Script, variables: dict[str, str], told: str) -> None:
    script.environment.update(variables)
    done = script.run("quickstart.py")
    assert done.returncode == 1
    assert done.stderr.startswith("That did not work: ")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert list(script.users()) == ["alice"]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_quickstart_interrupted(script: Script, sent: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, str(EXAMPLES / "quickstart.py")],
        env={**os.environ, **script.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as running:
        fault = script.harbor.fail_next("PUT", "/users/*/sysadmin", delay=20)
        while not fault.hits and running.poll() is None:
            time.sleep(0.01)
        running.send_signal(sent)
        out, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (1, "Interrupted.\n")
    assert re.search(r"Deleted quickstart-\w{8}\.\n$", out)
    assert list(script.users()) == ["alice"]


# Onboarding.
def test_onboarding(script: Script) -> None:
    done = script.run("onboard_csv.py", "people.csv")
    assert done.stdout.splitlines() == [
        "jana: created as administrator, id 4",
        "alice: exists already",
        "eva+1: created, id 6",
    ]
    assert done.stderr.startswith("petr: failed: 400 ")
    assert "8-128" in done.stderr
    assert done.returncode == 1
    users = script.users()
    assert set(users) == {"alice", "jana", "eva+1"}
    jana = users["jana"]
    assert (jana.email, jana.realname, jana.comment) == ("jana@example.com", "Jana Nováková", "from Brno")
    assert jana.sysadmin_flag is True
    assert users["eva+1"].sysadmin_flag is False
    assert script.may_log_in("jana", "Pass-Word-1")
    assert "Pass-Word" not in done.stdout + done.stderr
    created = [request for request in script.harbor.requests if request.method == "POST"]
    assert [request.headers["x-request-id"] for request in created] == [f"onboard-line-{n}" for n in (2, 3, 4, 5)]


def test_onboarding_goes_on_after_a_lost_answer(script: Script) -> None:
    script.harbor.fail_next("POST", "/users", close="after")
    done = script.run("onboard_csv.py", "people.csv")
    assert done.returncode == 1
    assert done.stderr.startswith("jana: failed: 0 ")
    assert "jana" in script.users()
    assert len([request for request in script.harbor.requests if request.method == "POST"]) == 4


# Onboarding with roles.
def test_onboarding_with_roles_changes_nothing_for_a_wrong_file(script: Script) -> None:
    for roles, told in (
        ("library=guest; team-a=guest", "there is no project team-a"),
        ("library=guset", "line 2: 'library=guset' is not a project and one of "),
        ("library", "line 2: 'library' is not "),
        ("library=guest; library=developer", "line 2: 'library=developer' is not "),
    ):
        (script.folder / "people.csv").write_text(
            f"username,email,realname,password,roles\njana,jana@example.com,Jana,Pass-Word-1,{roles}\n", "utf-8"
        )
        done = script.run("onboard_with_roles.py", "people.csv")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"That did not work: {told}")
    assert {request.method for request in script.harbor.requests} == {"HEAD"}


# Rotation.
def test_rotation(script: Script) -> None:
    done = script.run("rotate_passwords.py", "new.csv", "alice", "nobody")
    assert (done.returncode, done.stdout) == (1, "alice: changed\n")
    assert done.stderr == "nobody: there is no such user\n"
    path = script.folder / "new.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    assert [row["username"] for row in rows] == ["alice"]
    assert script.may_log_in("alice", rows[0]["password"])
    assert not script.may_log_in("alice", "Old-Pass-1")
    assert rows[0]["password"] not in done.stdout + done.stderr


def test_rotation_never_loses_a_password(script: Script) -> None:
    script.harbor.fail_next("PUT", "/users/*/password", close="after")
    done = script.run("rotate_passwords.py", "new.csv", "alice")
    assert done.returncode == 1
    assert done.stderr.startswith("alice: failed: 0 ")
    rows = list(csv.DictReader((script.folder / "new.csv").read_text("utf-8").splitlines()))
    assert script.may_log_in("alice", rows[0]["password"])


# The audit.
def test_audit(script: Script) -> None:
    script.harbor.add_users(250)
    script.harbor.add_user(username="boss", email="boss@example.com", realname="The Boss", sysadmin_flag=True)
    done = script.run("audit_admins.py")
    assert (done.returncode, done.stderr) == (0, "")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert [row["username"] for row in rows] == ["admin", "boss"]
    assert rows[1]["email"] == "boss@example.com"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", rows[1]["changed"])


def test_audit_of_somebody_who_may_not(script: Script) -> None:
    script.environment.update(HARBOR_USERNAME="alice", HARBOR_PASSWORD="Old-Pass-1")
    done = script.run("audit_admins.py")
    assert done.returncode == 1
    assert "(403)" in done.stderr
    assert "Traceback" not in done.stderr


# Offboarding.
def test_offboarding(script: Script) -> None:
    script.harbor.add_user(username="eva+1")
    script.harbor.add_user(username="eva 1")
    (script.folder / "leavers.txt").write_text("alice\n\nnobody\neva+1\n", "utf-8")
    dry = script.run("offboard.py", "leavers.txt", "--dry-run")
    assert dry.stdout.splitlines() == [
        "alice: would be deleted, id 3",
        "nobody: is gone already",
        "eva+1: would be deleted, id 4",
    ]
    assert set(script.users()) == {"alice", "eva+1", "eva 1"}
    done = script.run("offboard.py", "leavers.txt")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["alice: deleted, id 3", "nobody: is gone already", "eva+1: deleted, id 4"]
    assert set(script.users()) == {"eva 1"}


def test_offboarding_goes_on_after_a_failure(script: Script) -> None:
    script.harbor.add_user(username="bob")
    (script.folder / "leavers.txt").write_text("alice\nbob\n", "utf-8")
    script.harbor.fail_next("DELETE", "/users/*", status=500)
    done = script.run("offboard.py", "leavers.txt")
    assert done.returncode == 1
    assert done.stderr.startswith("alice: failed: 500 ")
    assert done.stdout == "bob: deleted, id 4\n"


@pytest.mark.parametrize("name", OLD_STYLE)
def test_used_wrongly(script: Script, name: str) -> None:
    """No traceback, no half-done work: a word on what is wrong, and an exit status."""
    arguments = OLD_STYLE[name]
    done = script.run(name, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"usage: {name}")
    done = script.run(name, *(arguments[:-1] if arguments else ["more"]))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"usage: {name}")
    if arguments:
        (script.folder / "folder").mkdir()
        done = script.run(name, "folder", *arguments[1:])
        assert (done.returncode, done.stdout) == (1, "")
        assert re.fullmatch(r"That did not work: .*folder.*\n", done.stderr)
    script.environment["HARBOR_URL"] = "harbor.example.com"
    done = script.run(name, *arguments)
    assert done.returncode == 1
    assert re.fullmatch(r"That did not work: (HARBOR_URL|host): has to begin .*\n", done.stderr)
    del script.environment["HARBOR_URL"]
    assert script.run(name, *arguments).stderr == "That did not work: HARBOR_URL is not set\n"
    assert list(script.harbor.requests) == []
    assert {path.name for path in script.folder.iterdir()} <= {"people.csv", "leavers.txt", "folder"}


def test_onboarding_from_a_file_without_columns(script: Script) -> None:
    (script.folder / "people.csv").write_text("username,mail\njana,jana@example.com\n", "utf-8")
    done = script.run("onboard_csv.py", "people.csv")
    assert (done.returncode, done.stderr) == (1, "That did not work: columns are missing: email, password, realname\n")


@pytest.mark.parametrize("name", OLD_STYLE)
def test_old_style_stays_old_style(name: str) -> None:
    """They show what people have today: the names of the generated client and nothing else of this package."""
    text = (EXAMPLES / name).read_text("utf-8")
    assert "harbor_client.Configuration()\n" in text
    assert "harbor_client.ApiClient(configuration)" in text
    assert "harbor_client.UserApi(" in text
    assert "from harbor_client.rest import ApiException" in text
    used = set(re.findall(r"harbor_client\.(\w+)", text))
    models = {"UserCreationReq", "UserSysAdminFlag", "UserResp", "PasswordReq"}
    models |= {"ProjectMember", "RoleRequest", "UserEntity"}
    assert used <= {"Configuration", "UserApi", "ProjectApi", "MemberApi", "ApiClient", "rest", *models}
    keywords = {"list_users(q=", "list_users(page=", "user_req=user_req"}
    assert any(keyword in text for keyword in keywords)
