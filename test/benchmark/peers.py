"""The clients to compare with, each installed from its package index into a folder of its own, outside the project."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

#: What is installed; a change here makes a new folder.
PEERS = {
    "harbor-api-client": ["harbor-api-client==2.12.2"],
    "harborapi": ["harborapi==0.26.2"],
}
GENERATOR = "openapi-generator-cli==7.26.0"
GENERATED = "openapi-generator"
_DESCRIPTION = Path(__file__).with_name("users.openapi.yaml")


class Unavailable(Exception):
    """A peer cannot be had here."""


def default_cache() -> Path:
    """A folder of this user's among the temporary files."""
    return Path(tempfile.gettempdir()) / f"harbor-benchmark-peers-{os.getuid()}"


def place(name: str, python: str, cache: Path, urllib3: str) -> Path:
    """The folder to put on the path of the peer's processes, filled at the first time.

    All peers that use urllib3 get the very version that the floor runs on. Raises :class:`Unavailable`.
    """
    version = _run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
    folder = cache / f"py{version}-urllib3-{urllib3}" / name
    done = folder / ".complete"
    wanted = _DESCRIPTION.read_text() if name == GENERATED else "\n".join(PEERS[name])
    if done.is_file() and done.read_text() == wanted:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if name == GENERATED:
        _generate(python, folder, urllib3)
    else:
        _install(python, folder, [*PEERS[name], f"urllib3=={urllib3}"])
    done.write_text(wanted)
    return folder


def _generate(python: str, folder: Path, urllib3: str) -> None:
    java = shutil.which("java")
    if java is None:
        raise Unavailable("openapi-generator needs java")
    with tempfile.TemporaryDirectory() as scratch:
        tool, made = Path(scratch) / "tool", Path(scratch) / "made"
        _install(python, tool, [GENERATOR])
        jar = tool / "openapi_generator_cli" / "openapi-generator.jar"
        command = [java, "-jar", str(jar), "generate", "-g", "python", "-i", str(_DESCRIPTION), "-o", str(made)]
        _run([*command, "--package-name", "harbor_users_generated"])
        _install(python, folder, ["-r", str(made / "requirements.txt"), f"urllib3=={urllib3}"])
        shutil.copytree(made / "harbor_users_generated", folder / "harbor_users_generated")


def _install(python: str, folder: Path, what: list[str]) -> None:
    _run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(folder), *what])


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unavailable((done.stderr or done.stdout).strip().splitlines()[-1])
    return done.stdout
