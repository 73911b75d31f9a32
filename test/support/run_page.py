"""Runs the Python of one page: python -m support.run_page PAGE [--all]

Every `python` fence runs, in the page's order, in one namespace, as a reader would type them one after the other. Those
that need more packages than the project itself run with --all.
A fake Harbor is up, HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD lead to it, and people.csv is a colleague's
spreadsheet, as a German Excel saves it. Fences with functions named
`test_...` go to pytest as one module, with the fixtures of `harbor_client.testing.pytest_plugin`.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from harbor_client.testing import FakeHarbor
from support import pages


def run(page: Path, everything: bool = False) -> None:
    fences = [fence for fence in pages.fences(page) if fence.language == "python" and (everything or not fence.needs)]
    tests = [fence for fence in fences if re.search(r"^ *def test_", fence.text, re.MULTILINE)]

    namespace: dict[str, object] = {"__name__": "__main__"}
    for fence in fences:
        if fence in tests:
            continue
        padded = "\n" * (fence.line - 1) + fence.text  # tracebacks then name the page's own lines
        exec(compile(padded, str(page), "exec", dont_inherit=True), namespace)

    if tests:
        module = Path(tempfile.mkdtemp(prefix="page")) / "test_page.py"
        module.write_text("\n\n".join(fence.text for fence in tests), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-p", "harbor_client.testing.pytest_plugin", str(module)]
        subprocess.run(command, cwd=module.parent, check=True)


if __name__ == "__main__":
    with FakeHarbor() as harbor:
        Path("people.csv").write_bytes(
            "Username;E-Mail;Realname;\r\nmüller ;m@example.com;Jörg;\r\n".encode("utf-8-sig")
        )
        os.environ.update(HARBOR_URL=harbor.url, HARBOR_USERNAME="admin", HARBOR_PASSWORD="Harbor12345")
        run(Path(sys.argv[1]), everything="--all" in sys.argv)
