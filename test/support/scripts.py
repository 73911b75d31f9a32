"""Scripts of the tests, each run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import harbor_client

#: An environment with nothing but the package under test.
BARE = {"PYTHONPATH": str(Path(harbor_client.__file__).parents[1]), "PATH": "", "PYTHONUTF8": "1"}


def run(code: str, *arguments: object, options: tuple[str, ...] = ("-W", "error")) -> subprocess.CompletedProcess[str]:
    """Run Python code with arguments and these options of the interpreter; it has to succeed."""
    command = [sys.executable, *options, "-c", textwrap.dedent(code), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=BARE)
    assert done.returncode == 0, done.stderr
    return done
