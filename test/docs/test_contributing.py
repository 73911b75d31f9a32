"""CONTRIBUTING.md names files and rooms that exist, and misses none of the rooms."""

from __future__ import annotations

import re

from support import pages

PAGE = pages.ROOT / "docs/CONTRIBUTING.md"
PACKAGE = pages.ROOT / "harbor_client"
TEXT = PAGE.read_text(encoding="utf-8")


def test_every_file_that_it_names_exists() -> None:
    named = re.findall(r"`([\w./-]+(?:/|\.py|\.md|\.txt|\.ini))`", TEXT)
    assert len(named) > 20
    folders = (pages.ROOT, PACKAGE, PACKAGE / "models")
    missing = [name for name in named if not any((folder / name).exists() for folder in folders)]
    assert missing == []


def test_the_diagram_has_every_room() -> None:
    diagram = next(fence.text for fence in pages.fences(PAGE) if fence.language == "mermaid")
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() or path.suffix == ".py"}
    hidden = {"__init__.py", "__main__.py", "__pycache__", "_version.py"}
    assert [room for room in sorted(rooms - hidden) if room not in diagram] == []
