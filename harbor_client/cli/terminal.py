"""What the command line shows, and what it asks: data on standard output, everything else on standard error."""

import csv
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from typing import IO, Any

from harbor_client.cli.parser import PROG

#: The colors of the lines of changes, by their first character.
_COLORS = {"+": "32", "~": "33", "-": "31", "?": "35", "!": "1;31", "=": "2"}
_CLEAR_LINE = "\r\033[K"


def flush_output() -> None:
    """Flush standard output; drop what nobody takes (a closed pipe, a full disk), or Python complains at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(text: str) -> None:
    """A message on standard error."""
    flush_output()  # so that the output so far comes first
    for line in text.split("\n"):
        print(f"{PROG}: {visible(line)}", file=sys.stderr)


def visible(text: str) -> str:
    """A text without control characters, which could give orders to the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def show_lines(what: object, stream: IO[str] | None = None) -> None:
    """A text of lines, on standard output unless told otherwise; in color on a terminal."""
    screen: IO[str] = sys.stdout if stream is None else stream
    colored = screen.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in map(visible, str(what).split("\n")):
        color = _COLORS.get(line[:1]) if colored else None
        screen.write(f"\033[{color}m{line}\033[0m\n" if color else f"{line}\n")
    screen.flush()


def confirm(question: str) -> bool:
    """Ask on the terminal; only yes is yes."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    reply = sys.stdin.readline()
    if not reply.endswith("\n"):
        print(file=sys.stderr)
    return reply.strip().lower() in ("y", "yes")


def ask_password(prompt: str, twice: bool = False) -> str:
    """Ask for a password, unseen; ``ValueError`` where none is given."""
    password = getpass.getpass(f"{prompt}: ", sys.stderr)
    if not password:
        raise ValueError("no password was given")
    if twice and getpass.getpass("Once more: ", sys.stderr) != password:
        raise ValueError("the two passwords differ")
    return password


def show_rows(rows: Iterable[dict[str, Any]], columns: Sequence[str], form: str) -> None:
    """Data as a table, CSV or JSON; the latter two are written as the rows come."""
    if form == "json":
        before = "["
        for row in rows:
            sys.stdout.write(f"{before}\n  {json.dumps(row, ensure_ascii=False, default=_text)}")
            before = ","
        sys.stdout.write("[]\n" if before == "[" else "\n]\n")
        return
    cells = ([_text(row[name]) for name in columns] for row in rows)
    if form == "csv":
        csv.writer(sys.stdout, lineterminator="\n").writerows(chain([columns], cells))
        return
    lines = [[visible(text) for text in line] for line in chain([columns], cells)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(f"{text:{width}}" for text, width in zip(line, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return "; ".join(f"{key}={_text(text)}" for key, text in value.items())
    return str(value)


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[int], object]]:
    """Show the progress of long work, if standard error is a terminal: by tqdm, by rich, or in plain numbers.

    Gives a function that adds to what is done.
    """
    if not sys.stderr.isatty():
        yield lambda n: None
    elif find_spec("tqdm"):
        with import_module("tqdm").tqdm(total=total, unit=" users", leave=False) as bar:
            yield bar.update
    elif find_spec("rich"):
        console = import_module("rich.console").Console(stderr=True)
        rich = import_module("rich.progress")
        with rich.Progress(console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as display:
            task = display.add_task("users", total=total)
            yield lambda n: display.advance(task, n)
    else:
        done = 0

        def advance(n: int) -> None:
            nonlocal done
            done += n
            of = "" if total is None else f"of {total} "
            print(f"\r{done} {of}users", end="", file=sys.stderr, flush=True)

        try:
            yield advance
        finally:
            print(_CLEAR_LINE, end="", file=sys.stderr, flush=True)


def show_above_progress(what: object) -> None:
    """A text of lines on standard output. On a terminal it takes the place of the progress, which moves down."""
    if sys.stdout.isatty() and sys.stderr.isatty():
        print(_CLEAR_LINE, end="", file=sys.stderr, flush=True)
    show_lines(what)
