"""Old scripts, played against this package and the client they were written for (see run.py)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

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
    assert "Traceback" not in with_reference[2]


def _run(command: list[str], packages: str, folder: Path) -> tuple[int, str, str, object, object]:
    """Exit status, output, errors, what arrived at the Harbor, and who is left there."""
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, "utf-8")
    with FakeHarbor() as harbor:
        harbor.add_user(username="alice", email="alice@example.com", realname="Alice", sysadmin_flag=True)
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
        arrived = [(request.method, request.target) for request in harbor.requests]
        with harbor_client.ApiClient(harbor.configuration()) as client:
            left = [(user.username, user.sysadmin_flag) for user in harbor_client.UserApi(client).list_users()]
    return done.returncode, done.stdout, re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", done.stderr), arrived, left
