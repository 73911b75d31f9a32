"""Every link leads somewhere, and every page can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support import pages

LANGUAGES = {"python", "sh", "text", "console", "csv", "diff", "ini", "json", "mermaid", "yaml"}


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in pages.links(page):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        if not other.exists() or (anchor and anchor not in pages.anchors(other)):
            broken.append(target)
    assert broken == []


def test_every_page_is_reached_from_the_readme() -> None:
    seen, waiting = set(), [pages.ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [
            (page.parent / target.partition("#")[0]).resolve()
            for target in pages.links(page)
            if not target.startswith(("https://", "#"))
        ]
    assert {pages.name(page) for page in pages.PAGES} == {pages.name(page) for page in seen}


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_fences_name_their_language(page: Path) -> None:
    assert {fence.language for fence in pages.fences(page)} <= LANGUAGES


@pytest.mark.parametrize("page", pages.PAGES, ids=pages.name)
def test_a_page_begins_with_its_title_and_ends_with_a_line(page: Path) -> None:
    assert re.fullmatch(r"# .*[^\n]\n", page.read_text(encoding="utf-8"), re.DOTALL)


(KEYWORDS,) = (table for table in pages.tables(pages.ROOT / "docs/index.md") if "keyword" in table[0])


@pytest.mark.parametrize("row", KEYWORDS, ids=lambda row: row["keyword"])
def test_a_keyword_of_the_index_is_found_where_it_leads(row: dict[str, str]) -> None:
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", row["where"])]
    text = "\n".join((pages.ROOT / "docs" / target).read_text(encoding="utf-8") for target in targets).lower()
    words = re.split(r"[,:] ", row["keyword"].replace("`", "").lower())
    assert any(word in text for word in words)


def test_the_index_is_in_order() -> None:
    words = [row["keyword"].replace("`", "").lower() for row in KEYWORDS]
    assert words == sorted(words)
