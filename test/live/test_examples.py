"""The examples of the documentation, run as scripts on users of the suite's own."""

import csv
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Live


def test_quickstart(live: Live, tmp_path: Path) -> None:
    text = (EXAMPLES / "quickstart.py").read_text("utf-8")
    script = tmp_path / "quickstart.py"
    assert text.count('f"quickstart-') == 1
    script.write_text(text.replace('f"quickstart-', f'f"{live.prefix}quickstart-'), "utf-8")
    done = live.run(script, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("Done.\n")


@pytest.mark.parametrize("style", ["", "users_"])
def test_onboard_rotate_audit_offboard(live: Live, tmp_path: Path, style: str) -> None:
    names = [live.name() for _ in range(2)]
    with (tmp_path / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["username", "email", "realname", "password", "comment", "admin"])
        for name, admin in zip(names, ("yes", "no"), strict=True):
            rows.writerow([name, f"{name}@example.com", "Onboarded", "Pass-Word-1", "by a test", admin])
    done = live.run(EXAMPLES / f"{style}onboard_csv.py", "people.csv", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [live.users.find(name) is not None for name in names] == [True, True]

    done = live.run(EXAMPLES / f"{style}rotate_passwords.py", "new.csv", *names, folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "new.csv").open(encoding="utf-8", newline="") as file:
        assert {row["username"] for row in csv.DictReader(file)} == set(names)

    done = live.run(EXAMPLES / f"{style}audit_admins.py", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert names[0] in done.stdout
    assert names[1] not in done.stdout

    (tmp_path / "leavers.txt").write_text("\n".join(names), "utf-8")
    done = live.run(EXAMPLES / f"{style}offboard.py", "leavers.txt", folder=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [live.users.find(name) for name in names] == [None, None]
