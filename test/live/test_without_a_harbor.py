"""What `tox -e live` needs of the environment."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor

_ROOT = Path(__file__).parents[2]


def _play(settings: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test/live", "--live", *arguments]
    environment = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
    return subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_what_is_missing_is_said() -> None:
    done = _play({"HARBOR_URL": "https://127.0.0.1:9", "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": ""})
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    message = "HARBOR_PASSWORD or HARBOR_PASSWORD_FILE not set: the live suite calls a real Harbor as an administrator"
    assert message in done.stderr
    assert "passed" not in done.stdout


def test_a_password_file_is_enough(tmp_path: Path) -> None:
    with FakeHarbor() as harbor:
        settings = harbor.environment()
        path = tmp_path / "password"
        path.write_text(settings.pop("HARBOR_PASSWORD"), "utf-8")
        settings["HARBOR_PASSWORD_FILE"] = str(path)
        done = _play(settings, "-k", "test_pages or test_quickstart")
        assert done.returncode == 0, done.stdout
        assert "2 passed" in done.stdout
