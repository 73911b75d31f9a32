"""Tools that look at a program without running it find every module of the package."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor
from support.building import run
from support.life import LIFE

PACKAGE = Path(harbor_client.__file__).parent
#: How the tools find the package that is under test.
FOUND = {"PYTHONPATH": os.pathsep.join(filter(None, [str(PACKAGE.parent), os.environ.get("PYTHONPATH")]))}


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "life.py"
    path.write_text(LIFE, encoding="utf-8")
    return path


def test_pyinstaller_makes_a_program_that_works(program: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "PyInstaller", "--log-level", "ERROR", "--noconfirm", program, cwd=tmp_path, env=FOUND)
    with FakeHarbor() as harbor:
        settings = {"HARBOR_URL": harbor.url, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "Harbor12345"}
        assert run(tmp_path / "dist/life/life", env=settings) == "fine\n"
