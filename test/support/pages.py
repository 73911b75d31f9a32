"""Reads the project's Markdown pages: fences, links, headings and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language, its text, and the number of the line on which its text begins.

    ``needs`` are the packages that it imports beside the project's own requirements, as its first line says them:
    ``python needs=fastapi,httpx``. `tox -e neighbours` has them.
    """

    language: str
    text: str
    line: int
    needs: tuple[str, ...] = ()


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def fences(page: Path) -> Iterator[Fence]:
    opened: str | None = None
    indent, language, start = "", "", 0
    needs: tuple[str, ...] = ()
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        mark = re.match(r"( *)(`{3,}|~{3,})(.*)$", line)
        if opened is None:
            if mark:
                indent, opened, (language, _, words) = mark[1], mark[2], mark[3].strip().partition(" ")
                needs = tuple(filter(None, words.removeprefix("needs=").split(",")))
                start, lines = number + 1, []
        elif mark and mark[2].startswith(opened) and not mark[3].strip():
            yield Fence(language, "\n".join(lines) + "\n", start, needs)
            opened = None
        else:
            lines.append(line.removeprefix(indent))
    assert opened is None, f"{name(page)}: the fence opened on line {start - 1} is never closed"


def prose(page: Path) -> str:
    """The page without its fences and its code spans."""
    text = re.sub(r"(?ms)^( *)(`{3,}|~{3,}).*?^\1\2 *$", "", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "", text)


def links(page: Path) -> Iterator[str]:
    """The targets of the page's links and pictures."""
    for match in re.finditer(r"\]\(<?([^)\s>]+)>?(?: \"[^\"]*\")?\)", prose(page)):
        yield match[1]


def anchors(page: Path) -> set[str]:
    """The anchors that the page's headings get where Markdown is usually shown."""
    found: set[str] = set()
    text = re.sub(r"(?ms)^( *)(`{3,}|~{3,}).*?^\1\2 *$", "", page.read_text(encoding="utf-8"))
    for heading in re.findall(r"(?m)^#{1,6} +(.+?) *#*$", text):
        plain = re.sub(r"\[([^\]]+)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = 0
        while (anchor := f"{slug}-{count}" if count else slug) in found:
            count += 1
        found.add(anchor)
    return found


def tables(page: Path) -> Iterator[list[dict[str, str]]]:
    """The page's tables, each row as a mapping from the heading of a column to the text of a cell."""
    rows: list[list[str]] = []
    for line in [*page.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("|"):
            cells = re.split(r"(?<!\\)\|", line.strip()[1:-1])
            rows.append([cell.strip().replace("\\|", "|") for cell in cells])
        elif rows:
            head, _, *body = rows
            yield [dict(zip(head, row, strict=True)) for row in body]
            rows = []
