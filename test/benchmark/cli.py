"""The command line of the benchmark."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from benchmark import chart, peers, report
from benchmark.bench import FLOOR, FULL, OURS, QUICK, Bench, Client, Effort, Result, note
from benchmark.processes import ROOT, Worker
from benchmark.rows import ROWS

_PAGE = ROOT / "docs" / "performance.md"
_CHART = ROOT / "docs" / "speed.svg"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Measure harbor_client against hand-written urllib3, http.client and its peers. A run of all rows "
        "that is not --quick writes the table of docs/performance.md and its picture, docs/speed.svg.",
    )
    parser.add_argument("--quick", action="store_true", help="fewer and shorter blocks, for a first look")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this row (again for more)")
    parser.add_argument("--list", action="store_true", help="the names of the rows")
    parser.add_argument("--python", default=sys.executable, help="the interpreter that is measured")
    parser.add_argument("--no-peers", action="store_true", help="only the floor, http.client and this package")
    parser.add_argument("--cache", type=Path, default=peers.default_cache(), help="where peers are installed")
    parser.add_argument("--tree", type=Path, default=ROOT, help="the folder that harbor_client is taken from")
    parser.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="NAME=FOLDER",
        help="another copy of harbor_client to measure beside this one",
    )
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md and docs/speed.svg alone")
    return parser


def versions(python: str) -> dict[str, str]:
    """What the floor runs on."""
    with Worker(python, FLOOR, []) as worker:
        found: dict[str, str] = worker.do("versions")
    return found


def measure(bench: Bench, only: list[str]) -> list[Result]:
    """The results of all rows, or of those named."""
    results = []
    for row in ROWS:
        if not only or row.key in only:
            note(f"measuring {row.key}")
            results += row.measure(bench)
    return results


def _clients(arguments: argparse.Namespace, urllib3: str) -> list[Client]:
    clients = [Client(FLOOR, FLOOR, []), Client(OURS, OURS, [arguments.tree.resolve()])]
    for also in arguments.also:
        name, _, folder = also.partition("=")
        clients.append(Client(name, OURS, [Path(folder).resolve()]))
    clients.append(Client("http.client", "http.client", []))
    if not arguments.no_peers:
        for name in ("harbor-api-client", "openapi-generator", "harborapi"):
            try:
                folder = peers.place(name, arguments.python, arguments.cache, urllib3)
            except peers.Unavailable as error:
                note(f"{name} is left out: {error}")
            else:
                clients.append(Client(name, name, [folder]))
    return clients


def main(argv: list[str] | None = None) -> int:
    """Run the benchmark; the exit code tells whether everything could be measured, not how fast it was."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    names = [row.key for row in ROWS]
    if arguments.list:
        print("\n".join(names))
        return 0
    unknown = set(arguments.only) - set(names)
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    found = versions(arguments.python)
    effort: Effort = QUICK if arguments.quick else FULL
    bench = Bench(arguments.python, _clients(arguments, found["urllib3"]), effort)
    results = measure(bench, arguments.only)
    text = report.table(results, [client.name for client in bench.clients])
    print(text)
    for failure in bench.failures:
        note(failure)
    if arguments.json:
        figures = {result.key: result.figures for result in results}
        arguments.json.write_text(json.dumps({"versions": found, "figures": figures}, indent=1) + "\n")
    if not (arguments.quick or arguments.only or arguments.also or arguments.no_write or bench.failures):
        head = f"Python {found['python']}, urllib3 {found['urllib3']}.\n\n"
        report.write(_PAGE, head + text)
        _CHART.write_text(chart.chart(text), encoding="utf-8")
    return 1 if bench.failures else 0
