"""Builds distributions of this tree, installs them into environments of their own, and runs commands there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.environment import ORIGINAL

ROOT = Path(__file__).resolve().parents[2]


def run(
    *command: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 300
) -> str:
    """Run a command to its end: what it printed, or a failure of the test that shows it."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=timeout,
    )
    if done.returncode:
        pytest.fail(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}", pytrace=False)
    return done.stdout


def project_files() -> set[str]:
    """Every file that git tracks or is about to track."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=ROOT)
    return {name for name in listed.splitlines() if (ROOT / name).is_file()}


def copy_project(target: Path) -> Path:
    """A copy of the tree, as a fresh clone would be."""
    for name in project_files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name)
    return target


@dataclass(frozen=True)
class Built:
    wheel: Path
    sdist: Path


def build(source: Path, out: Path) -> Built:
    """`python -m build`: a source distribution of the tree, and a wheel of that distribution."""
    run(sys.executable, "-m", "build", "--outdir", out, source, env=ORIGINAL)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    return Built(wheel, sdist)


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own."""

    path: Path

    @classmethod
    def make(cls, path: Path) -> Environment:
        venv.create(path, with_pip=True, symlinks=os.name != "nt")
        return cls(path)

    @property
    def python(self) -> Path:
        return self.path / ("Scripts" if os.name == "nt" else "bin") / "python"

    def install(self, *arguments: str | Path) -> None:
        run(self.python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments, env=ORIGINAL)

    def run(self, *arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
        """Run the environment's Python with these arguments; see `run`."""
        return run(self.python, *arguments, cwd=cwd, env=env)
