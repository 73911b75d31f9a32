"""Old scripts against this package, compared with what the client they were written for did with them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_no_undeclared_difference() -> None:
    run = Path(__file__).parents[1] / "dropin" / "run.py"
    command = [sys.executable, str(run), "--recorded"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert done.returncode == 0, done.stdout
