"""What the README claims stands where it comes from."""

from __future__ import annotations

import re

from support import pages

README = pages.ROOT / "README.md"


def test_the_compared_speed_is_the_measured_one() -> None:
    (claimed,) = [
        row for table in pages.tables(README) for row in table if row.get("", "").startswith("CPU time of a call")
    ]
    performance = pages.tables(pages.ROOT / "docs/performance.md")
    (measured,) = [row for table in performance for row in table if row.get("work") == "`get_user`"]
    for peer, cell in claimed.items():
        client = peer.split()[0] if peer else ""
        if client in measured:
            ratio = re.search(r"[0-9.]+", measured[client])
            assert ratio
            assert cell == f"{float(ratio[0]):.1f}"


def test_the_versions_of_harbor_are_those_of_the_recordings() -> None:
    (row,) = [row for table in pages.tables(README) for row in table if row.get("topic") == "Harbor"]
    recorded = {
        path.name.removeprefix("harbor-") for path in (pages.ROOT / "test/recordings").iterdir() if path.is_dir()
    }
    assert set(re.findall(r"[0-9]+[.][0-9]+[.][0-9]+[-a-z]*", row["details"])) == recorded
