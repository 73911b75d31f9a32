"""What the README claims stands where it comes from."""

from __future__ import annotations

import re

import pytest

from support import pages

README = pages.ROOT / "README.md"
ROWS = {row.get("") or row.get("topic"): row for table in pages.tables(README) for row in table}


def test_the_compared_speed_is_about_the_measured_one() -> None:
    (claimed,) = (row for name, row in ROWS.items() if str(name).startswith("CPU time of a call"))
    performance = pages.tables(pages.ROOT / "docs/performance.md")
    (measured,) = (row for table in performance for row in table if row.get("work") == "`get_user`")
    figures = {peer.split()[0]: float(cell.removeprefix("about ")) for peer, cell in claimed.items() if "about" in cell}
    assert list(figures) == ["harbor_client", "harbor-api-client", "harborapi"]
    for peer, figure in figures.items():
        ratio = re.search(r"[0-9.]+", measured[peer])
        assert ratio
        assert float(ratio[0]) == pytest.approx(figure, rel=0.25)


def test_the_versions_of_harbor_are_those_of_the_recordings() -> None:
    recorded = {folder.name.removeprefix("harbor-") for folder in (pages.ROOT / "test/recordings").glob("harbor-*")}
    assert set(re.findall(r"[0-9]+[.][0-9]+[.][0-9]+[-a-z]*", ROWS["Harbor"]["details"])) == recorded
