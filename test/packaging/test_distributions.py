"""What is built: the right files and no others, metadata that a package index accepts, no remains of earlier builds."""

import email
import re
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from support.building import ROOT, Built, copy_project, project_files, run

NAME = "harbor_registry_client"
PYTHONS = [f"3.{minor}" for minor in range(10, 16)]


def in_tree(pattern: str, name: str) -> list[str]:
    return re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)


(VERSION,) = in_tree(r'^__version__ = "(.+)"$', "harbor_client/_version.py")
INFO = f"{NAME}-{VERSION}.dist-info"


@pytest.fixture(scope="module")
def metadata(built: Built) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        return email.message_from_bytes(wheel.read(f"{INFO}/METADATA"))


def test_the_wheel_holds_the_package_and_its_metadata_and_nothing_else(built: Built) -> None:
    package = {name for name in project_files() if name.startswith("harbor_client/")}
    assert {Path(name).suffix for name in package} == {".py", ".pyi", ".typed"}
    information = {
        f"{INFO}/{name}"
        for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt", "licenses/LICENSE")
    }

    with zipfile.ZipFile(built.wheel) as wheel:
        assert set(wheel.namelist()) == package | information
        assert wheel.read(f"{INFO}/top_level.txt") == b"harbor_client\n"
    assert built.wheel.name == f"{NAME}-{VERSION}-py3-none-any.whl"


def test_the_sdist_holds_all_that_its_tests_need(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        packed = {entry.name.partition("/")[2] for entry in sdist.getmembers() if entry.isfile()}
    generated = {name for name in packed if name.startswith(f"{NAME}.egg-info/") or name in ("PKG-INFO", "setup.cfg")}
    left_out = {name for name in project_files() if name.startswith((".ci/", ".github/", ".git", ".pre-", ".editor"))}
    assert packed - generated == project_files() - left_out


def test_a_wheel_from_a_used_tree_holds_nothing_of_earlier_builds(built: Built, tmp_path: Path) -> None:
    tree = copy_project(tmp_path / "tree")
    left = tree / "build/lib/harbor_client/left.py"
    left.parent.mkdir(parents=True)
    left.touch()
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, tree)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as used, zipfile.ZipFile(built.wheel) as fresh:
        assert used.namelist() == fresh.namelist()


def test_twine_accepts_both(built: Built) -> None:
    output = run(sys.executable, "-m", "twine", "--no-color", "check", "--strict", built.wheel, built.sdist)
    assert output.count("PASSED") == 2


def test_metadata(metadata: Message) -> None:
    assert metadata["Name"] == "harbor-registry-client"
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert 20 < len(metadata["Summary"]) < 120
    assert "Typing :: Typed" in metadata.get_all("Classifier", [])
    assert metadata.get_all("Provides-Extra") == ["cli", "socks"]


def test_metadata_requires_what_requirements_txt_lists(metadata: Message) -> None:
    required = [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]
    listed = in_tree(r"^[a-z].*", "requirements.txt")

    def parts(requirement: str) -> set[str]:
        return set(re.findall(r"^[\w-]+|[<>=]+[\d.]+", requirement))

    assert list(map(parts, required)) == list(map(parts, listed))
    assert [line.partition(">")[0] for line in listed] == ["urllib3", "certifi", "python-dateutil", "six"]


def test_mindeps_tests_the_lower_bounds() -> None:
    """The pins of tox's environment `mindeps` are the oldest versions that requirements.txt allows."""
    bounds = dict(in_tree(r"^([a-z0-9-]+)>=([0-9.]+)", "requirements.txt"))
    pins = dict(in_tree(r"^ +(urllib3|certifi|python-dateutil|six)==([0-9.]+)$", "tox.ini"))
    assert pins.keys() == bounds.keys()
    assert {name: f"{pins[name]}.".startswith(f"{bound}.") for name, bound in bounds.items()} == dict.fromkeys(
        pins, True
    )


def test_the_description_is_the_readme_without_its_links_into_the_tree(metadata: Message) -> None:
    """What a package index shows has no dead links, and no half sentences where they were."""
    payload = metadata.get_payload(decode=True)
    assert isinstance(payload, bytes)
    description = payload.decode()
    assert description.startswith("# harbor_client\n")
    assert all(target.startswith(("https://", "#")) for target in re.findall(r"\]\(([^)]+)\)", description))
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    left_out = [line for line in readme if line not in description.splitlines()]
    assert left_out
    assert [line for line in left_out if not re.fullmatch(r"- \[.+", line)] == []


def test_the_top_level_holds_what_it_should() -> None:
    top = {name.partition("/")[0] for name in project_files()}
    assert {name for name in top if not name.startswith(".")} == {
        *("harbor_client", "docs", "test", "setup.py", "requirements.txt", "test-requirements.txt"),
        *("tox.ini", "README.md", "LICENSE"),
    }


def test_all_places_name_the_same_pythons(metadata: Message) -> None:
    prefix = "Programming Language :: Python :: "
    classifiers = [text.removeprefix(prefix) for text in metadata.get_all("Classifier", []) if text.startswith(prefix)]
    environments = [f"py{version.replace('.', '')}" for version in PYTHONS]
    (env_list,) = in_tree(r"^env_list = (.+)$", "tox.ini")
    assert [text for text in classifiers if "." in text] == PYTHONS
    assert [name for name in env_list.split(", ") if name.startswith("py")] == environments


def test_the_workflow_runs_every_environment_of_tox() -> None:
    workflow = ".github/workflows/test.yml"
    (environments,) = in_tree(r"environment: \[(.+)\]$", workflow)
    pythons = dict(in_tree(r'environment: (py\d+), python: "(.+)"', workflow))
    (env_list,) = in_tree(r"^env_list = (.+)$", "tox.ini")
    # The neighbours take over a minute, so a run by hand leaves them out.
    assert {*environments.split(", "), *pythons} == {*env_list.split(", "), "neighbours"}
    assert list(pythons.values()) == PYTHONS
    assert in_tree(r"run: (.+)$", workflow) == [".ci/run"]


def test_pre_commit_has_the_ruff_of_tox() -> None:
    assert in_tree(r"rev: v(\S+)", ".pre-commit-config.yaml") == in_tree(r"deps = ruff==(.+)", "tox.ini")
