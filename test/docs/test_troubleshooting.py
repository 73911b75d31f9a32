"""The page on troubleshooting has every hint, word for word."""

from __future__ import annotations

import pytest

from harbor_client._hints import HINTS, Hint
from support import pages

PAGE = (pages.ROOT / "docs/troubleshooting.md").read_text(encoding="utf-8").replace("`", "")


@pytest.mark.parametrize("hint", HINTS, ids=lambda hint: hint.id)
def test_the_page_has_the_hint(hint: Hint) -> None:
    assert f"| {hint.text} |" in PAGE
