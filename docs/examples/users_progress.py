"""Show a progress bar while the users of a CSV file are brought into Harbor.

    python users_progress.py people.csv [tqdm|rich|plain]

Takes the bar of tqdm or of rich if one of them is installed, else draws one. Reads the HARBOR_*
variables; exit status 1 when a row failed.
"""

from __future__ import annotations

import argparse
import functools
import importlib
import sys
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

from harbor_client import ApiClient, ApiException, Configuration, Users
from harbor_client.users import Run


def with_tqdm(apply: Callable[[Any], Run], total: int) -> Run:
    """A tqdm bar goes in as it is."""
    tqdm = importlib.import_module("tqdm").tqdm
    with tqdm(total=total, unit="user") as bar:
        return apply(bar).finish(check=False)


def with_rich(apply: Callable[[Any], Run], total: int) -> Run:
    """Of a rich task, the function that advances it."""
    with importlib.import_module("rich.progress").Progress() as progress:
        task = progress.add_task("users", total=total)
        return apply(functools.partial(progress.advance, task)).finish(check=False)


def plain(apply: Callable[[Any], Run], total: int) -> Run:
    """A function of two arguments gets how many rows are done, and how many there are, if that is known."""

    def draw(done: int, known_total: int | None) -> None:
        width = 40 * done // total
        print(f"\r[{'#' * width}{'.' * (40 - width)}] {done}/{total}", end="", file=sys.stderr)

    run = apply(draw).finish(check=False)
    print(file=sys.stderr)
    return run


BARS = {"tqdm": with_tqdm, "rich": with_rich, "plain": plain}


def main() -> int:
    parser = argparse.ArgumentParser(description="Show a progress bar while the users of a CSV file are brought in.")
    parser.add_argument("file")
    parser.add_argument("bar", nargs="?", choices=BARS, help="the best one that is installed unless given")
    arguments = parser.parse_args()
    with open(arguments.file, "rb") as file:
        total = sum(1 for line in file if line.strip()) - 1  # a guess, which is good enough for a bar
    show = BARS[arguments.bar or next((name for name in ("tqdm", "rich") if find_spec(name)), "plain")]
    with ApiClient(Configuration.from_env()) as client:
        users = Users(client)
        run = show(lambda progress: users.apply(arguments.file, on_error="continue", progress=progress), max(total, 1))
    print(", ".join(f"{count} {action}" for action, count in sorted(run.counts.items())) or "nothing to do")
    for change in run.failed:
        print(f"row {change.row}: {change}", file=sys.stderr)
    return 1 if run.failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (ApiException, OSError, ValueError) as error:
        sys.exit(f"That did not work: {error}")
