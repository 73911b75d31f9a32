"""What is built: the right files and no others, metadata that an index accepts, the same bytes every time."""

from __future__ import annotations

import email
import os
import re
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from support.building import EPOCH, ROOT, Built, build, copy_project, project_files, run

NAME = "harbor_registry_client"


def in_tree(pattern: str, name: str = "harbor_client/_version.py") -> str:
    found = re.search(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


VERSION = in_tree(r'^__version__ = "(.+)"$')
INFO = f"{NAME}-{VERSION}.dist-info"


@pytest.fixture(scope="module")
def metadata(built: Built) -> Message:
    with zipfile.ZipFile(built.wheel) as wheel:
        return email.message_from_bytes(wheel.read(f"{INFO}/METADATA"))


def test_the_wheel_holds_the_package_and_its_metadata_and_nothing_else(built: Built) -> None:
    package = {name for name in project_files() if name.startswith("harbor_client/")}
    assert {Path(name).suffix for name in package} == {".py", ".pyi", ".typed"}
    information = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "top_level.txt", "licenses/LICENSE")}

    with zipfile.ZipFile(built.wheel) as wheel:
        assert set(wheel.namelist()) == package | information
        assert wheel.read(f"{INFO}/top_level.txt") == b"harbor_client\n"
        assert {entry.external_attr >> 16 & 0o777 for entry in wheel.infolist()} <= {0o644, 0o664}
    assert built.wheel.name == f"{NAME}-{VERSION}-py3-none-any.whl"


def test_the_sdist_holds_the_whole_project(built: Built) -> None:
    made = {"PKG-INFO", "setup.cfg"}
    made |= {f"{NAME}.egg-info/{name}.txt" for name in ("SOURCES", "dependency_links", "requires", "top_level")}
    made.add(f"{NAME}.egg-info/PKG-INFO")

    with tarfile.open(built.sdist) as sdist:
        entries = sdist.getmembers()
    prefix = f"{NAME}-{VERSION}/"
    assert [entry.name for entry in entries] == sorted(prefix + name for name in project_files() | made)
    assert all(entry.isfile() for entry in entries)
    assert {entry.name: oct(entry.mode) for entry in entries if entry.mode != 0o644} == {f"{prefix}.ci/run": "0o755"}
    assert {(entry.uid, entry.gid, entry.uname, entry.gname) for entry in entries} == {(0, 0, "", "")}
    assert {int(entry.mtime) for entry in entries} == {EPOCH}


def test_two_builds_give_the_same_bytes(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Whoever builds, wherever and whenever, over whatever an earlier build or a test run has left behind."""
    tree = copy_project(tmp_path / "another tree")
    for path in tree.rglob("*"):
        path.chmod(0o700 if path.is_dir() or path.stat().st_mode & 0o100 else 0o600)
        os.utime(path, (10**9, 10**9))
    for left in ("build/lib/harbor_client/left.py", "harbor_client/__pycache__/left.cpython-311.pyc", "docs/.left.md"):
        (tree / left).parent.mkdir(parents=True, exist_ok=True)
        (tree / left).write_text("left = True\n")
    before = os.umask(0o077)
    request.addfinalizer(lambda: os.umask(before))

    again = build(tree, tmp_path / "dist", {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"})

    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.sdist.read_bytes() == built.sdist.read_bytes()


def test_a_wheel_straight_from_a_used_tree_holds_nothing_of_earlier_builds(built: Built, tmp_path: Path) -> None:
    tree = copy_project(tmp_path / "tree")
    left = tree / "build/lib/harbor_client/left.py"
    left.parent.mkdir(parents=True)
    left.write_text("left = True\n")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, tree, env={"SOURCE_DATE_EPOCH": str(EPOCH)})
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.read_bytes() == built.wheel.read_bytes()


def test_twine_accepts_both(built: Built) -> None:
    said = run(sys.executable, "-m", "twine", "--no-color", "check", "--strict", built.wheel, built.sdist)
    assert said.count("PASSED") == 2


def test_metadata_says_what_it_is(metadata: Message) -> None:
    assert metadata["Name"] == "harbor-registry-client"
    assert metadata["Version"] == VERSION
    assert metadata["Requires-Python"] == ">=3.10"
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert 20 < len(metadata["Summary"]) < 120
    assert set(metadata.get_all("Classifier", [])) >= {
        "Typing :: Typed",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in (10, 11, 12, 13)),
    }


def test_metadata_requires_what_requirements_txt_lists(metadata: Message) -> None:
    required = [re.split(r"(?=[<>=])", text, maxsplit=1) for text in metadata.get_all("Requires-Dist", [])]
    listed = dict(
        re.match(r"([a-z0-9-]+)(\S+)$", line).groups()  # type: ignore[union-attr]
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    )
    assert {name: set(bounds.split(",")) for name, bounds in required} == {
        name: set(bounds.split(",")) for name, bounds in listed.items()
    }
    assert set(listed) == {"urllib3", "certifi", "python-dateutil", "six"}


def test_mindeps_tests_the_lower_bounds(metadata: Message) -> None:
    """The pins of tox's environment `mindeps` are the oldest versions that requirements.txt allows."""
    bounds = dict(re.findall(r"^([a-z0-9-]+)>=([0-9.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    section = in_tree(r"(?s)^\[testenv:mindeps\]\n(.*?)^\[", "tox.ini")
    pins = dict(re.findall(r"^ +([a-z0-9-]+)==([0-9.]+)$", section, re.MULTILINE))

    def padded(version: str) -> list[int]:
        return [*map(int, version.split(".")), 0, 0][:3]

    assert {name: padded(pin) for name, pin in pins.items()} == {name: padded(bound) for name, bound in bounds.items()}


def test_the_description_is_the_readme_without_links_into_the_tree(metadata: Message) -> None:
    description = metadata.get_payload()
    assert isinstance(description, str)
    assert description.startswith("# harbor_client\n")
    targets = re.findall(r"\]\(([^)]+)\)", description)
    assert all(target.startswith(("https://", "#")) for target in targets)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(description.splitlines()) == len(readme.splitlines())


def test_the_top_level_holds_what_it_should() -> None:
    top = {name.partition("/")[0] for name in project_files()}
    assert {name for name in top if not name.startswith(".")} == {
        *("harbor_client", "docs", "test", "setup.py", "requirements.txt", "test-requirements.txt"),
        *("tox.ini", "README.md", "LICENSE"),
    }
