"""The snippets of the documentation that need other packages run, together with all others of their page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import harbor_client
from support import pages

NEEDY = [page for page in pages.PAGES if any(fence.needs for fence in pages.fences(page))]


@pytest.mark.parametrize("page", NEEDY, ids=pages.name)
def test_all_snippets_of_a_page_run(page: Path, tmp_path: Path) -> None:
    search = os.pathsep.join([str(pages.ROOT / "test"), str(Path(harbor_client.__file__).parents[1])])
    done = subprocess.run(
        [sys.executable, "-m", "support.run_page", page, "--all"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": search},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, f"{pages.name(page)}:\n{done.stdout}"


def test_the_environment_has_what_the_snippets_need() -> None:
    required = (pages.ROOT / "test/neighbours/requirements.txt").read_text(encoding="utf-8").splitlines()
    needed = {package for page in NEEDY for fence in pages.fences(page) for package in fence.needs}
    assert needed <= set(required)
