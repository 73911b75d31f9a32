"""The benchmark still runs: each row once, with next to nothing to do. What it measures decides nothing here."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import harbor_client
from benchmark import report
from benchmark.bench import FLOOR, OURS, SMOKE, Bench, Client, Result
from benchmark.chart import chart
from benchmark.cli import main
from benchmark.processes import ROOT, Server
from benchmark.rows import ROWS
from benchmark.soak import soak
from benchmark.subjects import SUBJECTS
from benchmark.worker import MISSING, TASKS

#: Where the package under test lies: the checkout, or where it was installed.
PLACE = Path(harbor_client.__file__).resolve().parents[1]
CLIENTS = [Client(FLOOR, FLOOR, []), Client(OURS, OURS, [PLACE])]
#: One row of each kind: those made of calls differ in the task alone, and the tasks have a test of their own.
KINDS = {"get_user", "threads", "import", "tls", "iterate", "cpu_a_user", "held", "fake"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.key in KINDS], ids=lambda row: row.key)
def test_a_row_gives_figures_of_the_floor_and_of_this_package(row):
    bench = Bench(sys.executable, CLIENTS, SMOKE)

    results = row.measure(bench)

    assert bench.failures == []
    assert results
    for result in results:
        assert all(value >= 0 for values in result.figures.values() for value in values)
        assert set(result.figures) >= ({OURS} if result.absolute else {FLOOR, OURS})
    assert report.table(results, [FLOOR, OURS]).count("\n") == len(results) + 2


def test_every_task_can_be_done_by_hand_and_with_this_package():
    with Server(sys.executable, "--users", "200", "--chunked") as server:
        for subject in (SUBJECTS[FLOOR](server.host), SUBJECTS[OURS](server.host)):
            done = {name: task(subject)(0) for name, task in TASKS.items()}

            assert done["list_users_10"] == 10
            assert done["list_users_100"] == 100
            assert done["missing_user"] == f"user {MISSING} not found"


def test_a_client_that_fails_is_named_and_does_not_stop_the_row(tmp_path: Path):
    (tmp_path / "harbor_client").mkdir()
    (tmp_path / "harbor_client" / "__init__.py").write_text("")
    bench = Bench(sys.executable, [CLIENTS[0], Client(OURS, OURS, [tmp_path])], SMOKE)

    (result,) = next(row for row in ROWS if row.key == "get_user").measure(bench)

    assert list(result.figures) == [FLOOR]
    assert bench.failures == [
        "get_user: ours: AttributeError: module 'harbor_client' has no attribute 'Configuration'",
    ]
    assert "| – |" in report.table([result], [FLOOR, OURS])


def test_ratios_are_of_medians_and_show_the_extremes_of_neighbours():
    result = Result("key", "work", "µs", 1e6, 0.9, {FLOOR: [1.0, 2.0, 4.0], OURS: [2.0, 1.0, 3.0]})

    assert result.ratio(OURS) == (1.0, 0.5, 2.0)
    assert result.met() is False
    assert "| work | ≤ 0.90 (missed) | **1.00 [0.50–2.00]** |" in report.table([result], [FLOOR, OURS])


def test_the_measured_part_of_a_page_is_replaced_and_the_rest_kept(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")

    report.write(page, "new\n")

    assert page.read_text(encoding="utf-8") == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"


def test_the_picture_on_the_page_is_that_of_its_table():
    text = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
    table = text[text.index(report.BEGIN) : text.index(report.END)]

    assert (ROOT / "docs" / "speed.svg").read_text(encoding="utf-8") == chart(table)


def test_an_unknown_row_is_an_error(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])

    assert "no such row: nothing" in capsys.readouterr().err


def test_a_soak_without_a_mistake_reports_none():
    with Server(sys.executable, "--users", "10") as server:
        assert soak(server.host, 4, 40) == []
