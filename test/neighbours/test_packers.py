"""Tools that look at a program without running it find every module of the package."""

import os
import re
import sys
from pathlib import Path

import pytest

import harbor_client
from harbor_client.testing import FakeHarbor
from support.building import run
from support.life import LIFE

PACKAGE = Path(harbor_client.__file__).parent
#: A program that is packed does not bring the fake along unless it uses it, nor the command line.
APART = {"testing", "cli", "__main__"}
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path.relative_to(PACKAGE).with_suffix("").parts[0] not in APART
}
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


def test_nuitka_finds_every_module(program: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    dependencies = "--nofollow-import-to=urllib3,certifi,dateutil,six,socks"
    options = ["--follow-imports", dependencies, "--generate-c-only", f"--report={report}"]
    run(sys.executable, "-m", "nuitka", *options, program, cwd=tmp_path, env=FOUND)
    found = set(re.findall(r'<module name="(harbor_client[^"]*)"', report.read_text(encoding="utf-8")))
    assert MODULES - found == set()
