"""How the package is built. `pip install .` and `python -m build` are the ways to run it."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import tarfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

HERE = Path(__file__).resolve().parent

# Beside the package and setup.py, the source distribution holds these: with it alone, everything can be tested.
SDIST_FILES = [
    *("LICENSE", "README.md", "requirements.txt", "test-requirements.txt", "tox.ini", ".ci/run"),
    *(".coveragerc", ".editorconfig", ".gitignore", ".mypy.ini", ".pyright.json", ".ruff.toml"),
]
SDIST_TREES = ["docs", "test"]

# Files are built with the same mode whatever the umask of whoever builds.
os.umask(0o022)


def text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def version() -> str:
    found = re.search(r'^__version__ = "([^"]+)"$', text("harbor_client/_version.py"), re.MULTILINE)
    if found is None:
        raise RuntimeError('harbor_client/_version.py has no line __version__ = "..."')
    return found[1]


def requirements() -> list[str]:
    lines = (line.partition("#")[0].strip() for line in text("requirements.txt").splitlines())
    return [line for line in lines if line]


def long_description() -> str:
    """The README, with links that only lead somewhere in the source tree turned into plain text."""
    return re.sub(r"\[([^\]]+)\]\((?!https?:|#)[^)]+\)", r"\1", text("README.md"))


class CleanBuild(build_py):
    """Leaves nothing of an earlier build in the wheel."""

    def run(self) -> None:
        if not self.editable_mode:
            shutil.rmtree(self.build_lib, ignore_errors=True)
        super().run()


class ReproducibleSdist(sdist):
    """The whole project; the same tree and SOURCE_DATE_EPOCH give the same bytes."""

    def make_distribution(self) -> None:
        self.filelist.extend(SDIST_FILES)
        for tree in SDIST_TREES:
            for path in Path(tree).rglob("*"):
                left_behind = any(part.startswith((".", "__pycache__")) for part in path.parts)
                if path.is_file() and not left_behind:
                    self.filelist.append(path.as_posix())
        super().make_distribution()
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        for archive in self.archive_files or ():
            if epoch and archive.endswith(".tar.gz"):
                pack_again(Path(archive), int(epoch))


def pack_again(archive: Path, epoch: int) -> None:
    """Take out of a packed archive who packed it, when, where, and in which order."""
    with tarfile.open(archive) as packed:
        files = {entry.name: (entry, packed.extractfile(entry)) for entry in packed if entry.isfile()}
        contents = {name: (entry.mode, file.read()) for name, (entry, file) in files.items() if file is not None}
    with (
        archive.open("wb") as raw,
        gzip.GzipFile("", "wb", fileobj=raw, mtime=epoch) as compressed,
        tarfile.open(fileobj=compressed, mode="w", format=tarfile.PAX_FORMAT) as packed,
    ):
        for name, (mode, data) in sorted(contents.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), epoch
            entry.mode = 0o755 if mode & 0o100 else 0o644
            packed.addfile(entry, io.BytesIO(data))


setup(
    name="harbor-registry-client",
    version=version(),
    description="Client for the users API of the Harbor container registry, made for unattended automation",
    long_description=long_description(),
    long_description_content_type="text/markdown",
    license_expression="Apache-2.0",
    license_files=["LICENSE"],
    keywords="harbor registry client users administration automation",
    project_urls={"Harbor": "https://goharbor.io"},
    packages=find_packages(include=["harbor_client", "harbor_client.*"]),
    package_data={"harbor_client": ["py.typed", "**/*.pyi"]},
    include_package_data=False,
    python_requires=">=3.10",
    install_requires=requirements(),
    cmdclass={"build_py": CleanBuild, "sdist": ReproducibleSdist},
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Programming Language :: Python :: 3.10",
        "Programming Language :: Python :: 3.11",
        "Programming Language :: Python :: 3.12",
        "Programming Language :: Python :: 3.13",
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Topic :: System :: Systems Administration",
        "Typing :: Typed",
    ],
)
