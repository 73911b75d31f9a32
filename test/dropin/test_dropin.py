"""Old scripts, played against this package and the client they were written for (see run.py)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
FILES = {
    "people.csv": (
        "username,email,realname,password,comment,admin\n"
        "jana,jana@example.com,Jana Nováková,Pass-Word-1,from Brno,yes\n"
        "alice,alice@example.org,Another Alice,Pass-Word-2,,no\n"
        "petr,petr@example.com,Petr,too short,,no\n"
    ),
    "roles.csv": (
        "username,email,realname,password,roles\n"
        "jana,jana@example.com,Jana Nováková,Pass-Word-1,library=developer; 2024=maintainer\n"
        "alice,alice@example.org,Another Alice,Pass-Word-2,team-a=project_admin;library=limited_guest\n"
        "petr,petr@example.com,Petr,too short,library=guest\n"
        "eva,eva@example.com,Eva,Pass-Word-4,\n"
    ),
    "leavers.txt": "alice\nnobody\nadmin\n",
}


def test_no_undeclared_difference() -> None:
    run = Path(__file__).with_name("run.py")
    done = subprocess.run(
        [sys.executable, str(run)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    )
    assert done.returncode == 0, done.stdout


def test_the_table_counts_the_classes_of_the_reference() -> None:
    script = (
        "import harbor_client, harbor_client.models as models;"
        "print(sum(name.endswith('Api') for name in dir(harbor_client)), end=' API classes, ');"
        "print(sum(isinstance(model, type) for model in vars(models).values()), end=' models')"
    )
    environment = {**os.environ, "PYTHONPATH": os.environ["REFERENCE_DIR"]}
    command = [sys.executable, "-c", script]
    counted = subprocess.run(command, cwd="/", env=environment, capture_output=True, encoding="utf-8", check=True)
    assert f"| `users-part-only` | {counted.stdout} |" in (EXAMPLES.parent / "migrating.md").read_text("utf-8")


@pytest.mark.parametrize(
    "command",
    [
        ["onboard_csv.py", "people.csv"],
        ["onboard_with_roles.py", "roles.csv"],
        ["rotate_passwords.py", "new.csv", "alice", "nobody"],
        ["audit_admins.py"],
        ["offboard.py", "leavers.txt"],
    ],
    ids=lambda command: command[0],
)
def test_a_script_runs_with_either_client(command: list[str], tmp_path: Path) -> None:
    ours = str(Path(harbor_client.__file__).parents[1])
    with_reference = _run(command, os.environ["REFERENCE_DIR"], tmp_path / "reference")
    assert _run(command, ours, tmp_path / "ours") == with_reference
    assert "Traceback" not in with_reference.errors
    if command[0] == "onboard_with_roles.py":
        assert with_reference.roles == {
            "library": {"admin": "projectAdmin", "alice": "limitedGuest", "jana": "developer"},
            "team-a": {"admin": "projectAdmin", "alice": "projectAdmin"},
            "2024": {"admin": "projectAdmin", "jana": "maintainer"},
        }
        assert [name for name, _ in with_reference.users] == ["alice", "eva", "jana"]
        assert with_reference.errors.startswith("petr: failed: 400 ")


class Run(NamedTuple):
    status: int
    output: str
    errors: str
    arrived: list[tuple[str, str]]
    users: list[tuple[str | None, bool | None]]
    roles: dict[str, dict[str | None, str | None]]


def _run(command: list[str], packages: str, folder: Path) -> Run:
    """What a script says, what arrives at the Harbor, and what it holds afterwards."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    with FakeHarbor() as harbor, harbor_client.ApiClient(harbor.configuration()) as client:
        alice = harbor.add_user(username="alice", email="alice@example.com", realname="Alice", sysadmin_flag=True)
        members = harbor_client.MemberApi(client)
        for project in ("team-a", "2024"):
            harbor_client.ProjectApi(client).create_project(harbor_client.ProjectReq(project_name=project))
        guest = harbor_client.ProjectMember(role_id=3, member_user=harbor_client.UserEntity(user_id=alice))
        members.create_project_member("team-a", project_member=guest)
        before = len(harbor.requests)
        environment = {
            **os.environ,
            "PYTHONPATH": packages,
            "PYTHONIOENCODING": "utf-8",
            "HARBOR_URL": harbor.url,
            "HARBOR_USERNAME": "admin",
            "HARBOR_PASSWORD": "Harbor12345",
        }
        script, *arguments = command
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / script), *arguments],
            cwd=folder,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )
        return Run(
            done.returncode,
            done.stdout,
            re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", done.stderr),
            [(request.method, request.target) for request in list(harbor.requests)[before:]],
            [(user.username, user.sysadmin_flag) for user in harbor_client.UserApi(client).list_users()],
            {
                project: {
                    member.entity_name: member.role_name
                    for member in members.list_project_members(project, x_is_resource_name=True)
                }
                for project in ("library", "team-a", "2024")
            },
        )
