"""`tox -e live` without its variables says what it needs, and fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]


def test_what_is_missing_is_said() -> None:
    settings = {"HARBOR_URL": "https://127.0.0.1:9", "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": ""}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test/live", "--live"]
    environment = {**os.environ, **settings, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout
    assert "HARBOR_PASSWORD not set: the live suite calls a real Harbor as an administrator" in done.stderr
    assert "passed" not in done.stdout
