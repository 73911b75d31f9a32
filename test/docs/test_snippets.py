"""Every Python snippet of the documentation runs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import pages

WITH_PYTHON = [page for page in pages.PAGES if any(fence.language == "python" for fence in pages.fences(page))]


def shown(page: Path) -> list[str]:
    """The lines of output that the page shows: comments behind `print(...)`, and fences that hold a plan."""
    python = "".join(fence.text for fence in pages.fences(page) if fence.language == "python")
    plans = [line for fence in pages.fences(page) if fence.language == "diff" for line in fence.text.splitlines()]
    return [*re.findall(r"(?m)^ *print\(.*\)  # (.+)$", python), *plans]


@pytest.mark.parametrize("page", WITH_PYTHON, ids=pages.name)
def test_the_snippets_of_a_page_run_and_print_what_it_shows(page: Path, tmp_path: Path) -> None:
    inherited = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    search = os.pathsep.join([str(pages.ROOT / "test"), *map(os.path.abspath, inherited)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "support.run_page", page],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": search, "PYTHONDEVMODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, f"{pages.name(page)}:\n{done.stdout}"
    printed = done.stdout.splitlines()
    assert [line for line in shown(page) if line not in printed] == []
    if page.name != "migrating.md":  # which shows an old script where there is no server
        assert "Exception when calling" not in done.stdout  # what examples in the generated style print on failure


@pytest.mark.parametrize("page", WITH_PYTHON, ids=pages.name)
def test_snippets_import_what_they_use_from_the_package_itself(page: Path) -> None:
    """A reader copies from the page: what a fence needs must not come from a private module."""
    for fence in pages.fences(page):
        if fence.language == "python":
            assert "import _" not in fence.text, f"{pages.name(page)}, line {fence.line}"
            assert "harbor_client._" not in fence.text, f"{pages.name(page)}, line {fence.line}"
