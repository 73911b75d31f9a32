"""The distribution, installed as its users install it, under whatever way of starting Python they choose."""

import json
import os
import re
import sys
import zipapp
from collections.abc import Iterator
from pathlib import Path

import pytest

from harbor_client.testing import FakeHarbor
from support.building import ROOT, Built, Environment, copy_project, project_files, run
from support.environment import ORIGINAL
from support.life import LIFE

#: The generated client, which installs a package of the same name.
GENERATED = "harbor-api-client==2.12.2"


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A fresh environment with the package, installed from the source distribution."""
    environment = Environment.make(tmp_path_factory.mktemp("environment"))
    environment.install(built.sdist)
    return environment


@pytest.fixture
def harbor() -> Iterator[dict[str, str]]:
    """A Harbor outside of the process under test, as environment variables."""
    with FakeHarbor() as fake:
        yield {"HARBOR_URL": fake.url, "HARBOR_USERNAME": "admin", "HARBOR_PASSWORD": "Harbor12345"}


def test_pip_finds_nothing_missing(installed: Environment) -> None:
    assert "No broken requirements" in installed.run("-m", "pip", "check")
    listed = json.loads(installed.run("-m", "pip", "list", "--format", "json", "--disable-pip-version-check"))
    names = {row["name"].lower() for row in listed} - {"pip", "setuptools"}
    names.discard("tzdata")  # newer versions of python-dateutil bring it
    assert names == {"harbor-registry-client", "urllib3", "certifi", "python-dateutil", "six"}


def test_the_version_is_everywhere_the_same(installed: Environment) -> None:
    of_code = installed.run("-I", "-c", "import harbor_client as h; print(h.__version__)")
    of_metadata = installed.run(
        "-I", "-c", "import importlib.metadata as m; print(m.version('harbor-registry-client'))"
    )
    assert of_code == of_metadata


def test_the_command_is_there_and_needs_no_extra(installed: Environment, harbor: dict[str, str]) -> None:
    command = installed.python.with_name("harbor-users")
    assert "rights      system administrator" in run(command, "check", env=harbor)
    assert run(command, "list", "--columns", "username", env=harbor) == "username\nadmin\n"
    assert installed.run("-I", "-m", "harbor_client", "--version") == run(command, "--version")


def test_the_remedy_for_both_distributions_in_one_environment(built: Built, tmp_path: Path) -> None:
    """Troubleshooting has the message of each state, and the commands that it names help in each."""
    page = (ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8")
    uninstall, install = "uninstall -y harbor-api-client harbor-registry-client", "install harbor-registry-client"
    assert f"`pip {uninstall}`, then `pip {install}`" in page
    assert f"pip {uninstall}\npip {install}\n" in (ROOT / "README.md").read_text(encoding="utf-8")

    overwritten = "cannot import name 'Users' from 'harbor_client'"
    removed = "cannot import name 'ApiClient' from 'harbor_client' (unknown location)"
    assert f"`{overwritten}`" in page
    assert f"`{removed}`" in page

    attempt = "try:\n from harbor_client import ApiClient, Users\n"
    attempt += "except ImportError as error: print(error)\nelse: print('fine')"
    both = Environment.make(tmp_path / "both")
    for without, message in (False, overwritten), (True, removed):
        both.install(built.wheel)
        both.install(GENERATED)
        if without:
            both.run("-m", "pip", "uninstall", "-q", "-y", "harbor-api-client")
        assert both.run("-I", "-c", attempt).startswith(message)
        both.run("-m", "pip", *uninstall.split())
        both.install(built.wheel)
        assert both.run("-I", "-c", attempt) == "fine\n"
        both.run("-m", "pip", *uninstall.split())


def test_works_in_a_zipapp(built: Built, installed: Environment, harbor: dict[str, str], tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    installed.install("--target", tree, built.wheel)
    (tree / "__main__.py").write_text(LIFE)
    zipapp.create_archive(tree, tmp_path / "life.pyz", compressed=True)
    bare = Environment.make(tmp_path / "bare")
    assert bare.run("-W", "error", tmp_path / "life.pyz", env=harbor) == "fine\n"


def test_every_public_name_is_typed(installed: Environment, tmp_path: Path) -> None:
    """As `pyright --verifytypes harbor_client` sees it, in an environment that holds nothing but the package."""
    first = {"PATH": str(installed.python.parent) + os.pathsep + os.environ["PATH"]}
    printed = run(
        sys.executable, "-m", "pyright", "--ignoreexternal", "--verifytypes", "harbor_client", cwd=tmp_path, env=first
    )
    assert "Type completeness score: 100%" in printed, printed


def test_the_first_line_of_the_readme_runs_in_a_fresh_clone(tmp_path: Path) -> None:
    """With an empty home directory and nothing but Python, the whole life of a user goes by."""
    clone, home = copy_project(tmp_path / "clone"), tmp_path / "home"
    home.mkdir()
    line = readme_line("quickstart.py")
    kept = {name: value for name, value in ORIGINAL.items() if not name.startswith(("HARBOR_", "VIRTUAL_ENV"))}
    outside = os.pathsep.join(
        part for part in os.environ["PATH"].split(os.pathsep) if Path(sys.prefix) not in Path(part).parents
    )
    printed = run("bash", "-c", line, cwd=clone, env={**kept, "HOME": str(home), "PATH": outside, "PYTHONPATH": ""})
    assert printed.endswith("Done.\n"), printed
    assert {path.name for path in clone.iterdir()} - {name.partition("/")[0] for name in project_files()} <= {
        *(".venv", "build", "harbor_registry_client.egg-info")
    }


def test_ci_runs_the_test_line_of_the_readme() -> None:
    assert readme_line("tox") in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()


def readme_line(word: str) -> str:
    """The one command line of the README that has this word."""
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"))
    (line,) = [line for block in blocks for line in block.splitlines() if line.startswith("python3 ") and word in line]
    return line
