"""docs/cli.md shows what happens: each of its commands runs on a fake Harbor, and shows what the page says."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harbor_client.cli import parser
from harbor_client.testing import FakeHarbor
from support import pages
from support.commands import Shell

PAGE = pages.ROOT / "docs" / "cli.md"
ADDRESS = "https://harbor.example.com"


def steps() -> list[tuple[str, str]]:
    """Each command of the page with what it shows."""
    text = "".join(fence.text for fence in pages.fences(PAGE) if fence.language == "console")
    found = re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE)
    assert len(found) == text.count("\n$ ") + 1
    return found


@pytest.fixture
def harbor() -> Iterator[FakeHarbor]:
    with FakeHarbor(https=True) as harbor:
        yield harbor


def test_every_command_shows_what_the_page_says(harbor: FakeHarbor, tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "harbor-users").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m harbor_client "$@"\n')
    (commands / "harbor-users").chmod(0o700)
    (tmp_path / "password.txt").write_text("Harbor12345\n")
    harbor.add_user("bob", email="bob@example.com")
    harbor.add_user("carol", email="carol@example.com", sysadmin_flag=True)
    harbor.add_member("library", "bob", "guest")
    variables = {"HARBOR_CA_CERT": harbor.ca_cert, "PATH": os.pathsep.join([str(commands), os.environ["PATH"]])}
    ran = 0
    for command, shown in steps():
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            variables[name] = value.replace(ADDRESS, harbor.root_url)
        elif command.startswith("cat "):
            (tmp_path / command.removeprefix("cat ")).write_text(shown, "utf-8")
        else:
            done = shell.run(command=["sh", "-c", f"({command}) 2>&1"], **variables)
            expected = ".*".join(map(re.escape, shown.replace(ADDRESS, harbor.root_url).split("…")))
            assert re.fullmatch(expected, done.out), f"$ {command}\n{done.out}"
            ran += "harbor-users" in command
    assert ran >= 20


def test_the_page_has_every_command_with_its_options() -> None:
    rows = [row for table in pages.tables(PAGE) for row in table if "command" in row]
    listed = {row["command"].strip("`"): set(re.findall(r"--[a-z-]+", row["options"])) for row in rows}
    whole = parser.build()
    (commands,) = (action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
    common = set(whole._option_string_actions)
    expected = {
        name: {option for option in command._option_string_actions if option.startswith("--")} - common
        for name, command in commands.choices.items()
    }
    assert listed == expected
