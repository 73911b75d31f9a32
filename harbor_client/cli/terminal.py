"""What the command line shows, and what it asks: data on standard output, everything else on standard error."""

from __future__ import annotations

import csv
import getpass
import io
import json
import os
import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib import import_module
from importlib.util import find_spec
from typing import IO, Any

from harbor_client.cli.parser import PROG

#: The colours of the lines of changes, by their first character.
_COLOURS = {"+": "32", "~": "33", "-": "31", "?": "35", "!": "1;31", "=": "2"}


def prepare() -> None:
    """Let no text fail that the terminal cannot show."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


#: How messages name the arguments of ``Users``, and what the command line has instead.
_OPTIONS = (
    (re.compile(r"pass encoding='([\w-]+)'( or '[\w-]+')?"), r"give --encoding \1"),
    (re.compile(r"columns=\{header: None\} ignores one"), "--column HEADER= ignores one"),
    (re.compile(r"columns=\{header: 'username'\}"), "--column HEADER=username"),
    (re.compile(r"needs a password \(or GENERATE\)"), "needs a password (--passwords OUT makes one)"),
)


def tell(text: str) -> None:
    """A message on standard error."""
    sys.stdout.flush()  # first what came before
    for line in text.split("\n"):
        print(f"{PROG}: {_worded(line)}", file=sys.stderr)


def _worded(text: str) -> str:
    for pattern, option in _OPTIONS:
        text = pattern.sub(option, text)
    return visible(text)


def visible(text: str) -> str:
    """A text without control characters, which could give orders to the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def show_lines(what: object, stream: IO[str]) -> None:
    """A text of lines about users; in colour on a terminal."""
    coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    for line in map(_worded, str(what).split("\n")):
        colour = _COLOURS.get(line[:1]) if coloured else None
        stream.write(f"\033[{colour}m{line}\033[0m\n" if colour else f"{line}\n")
    stream.flush()


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
    """Data as a table, CSV or JSON. The latter two are written as the rows come."""
    if form == "json":
        separator = "["
        for row in rows:
            sys.stdout.write(separator + "\n  " + _json({name: row[name] for name in columns}))
            separator = ","
        sys.stdout.write("[]\n" if separator == "[" else "\n]\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_text(row[name]) for name in columns])
    else:
        cells = [list(columns)] + [[visible(_text(row[name])) for name in columns] for row in rows]
        widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
        for line in cells:
            padded = (text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True))
            sys.stdout.write("  ".join(padded).rstrip() + "\n")


def show_object(row: dict[str, Any], form: str) -> None:
    """One row; a table has a line for each value."""
    if form == "json":
        sys.stdout.write(_json(row) + "\n")
    elif form == "csv":
        show_rows([row], list(row), form)
    else:
        width = max(map(len, row))
        for name, value in row.items():
            sys.stdout.write(f"{name:{width}}  {visible(_text(value))}".rstrip() + "\n")


def show_json(value: Any) -> None:
    """A value as JSON, over several lines."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_text) + "\n")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, default=_text)


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


def _width(text: str) -> int:
    """The columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 0 if unicodedata.combining(c) else 1 for c in text)


class Progress:
    """Shows on standard error how far long work is: ``update(n)`` says that so many more are done."""

    def __init__(
        self, update: Callable[[int], object], hide: Callable[[], object], redraw: Callable[[], object]
    ) -> None:
        self.update = update
        self._hide, self._redraw = hide, redraw

    def write(self, change: object) -> None:
        """Show a change on standard output, above the bar."""
        self._hide()
        show_lines(change, sys.stdout)
        self._redraw()


@contextmanager
def progress(total: int | None) -> Iterator[Progress]:
    """Show the progress of long work, if standard error is a terminal: by tqdm, by rich, or in plain numbers."""
    if not sys.stderr.isatty():
        yield Progress(*[lambda *_: None] * 3)
    elif find_spec("tqdm"):
        with import_module("tqdm").tqdm(total=total, unit=" users", leave=False) as bar:
            yield Progress(bar.update, bar.clear, bar.refresh)
    elif find_spec("rich"):
        console = import_module("rich.console").Console(stderr=True)
        rich = import_module("rich.progress")
        with rich.Progress(console=console, transient=True, redirect_stdout=False) as display:
            task = display.add_task("users", total=total)
            yield Progress(lambda n: display.advance(task, n), display.stop, display.start)
    else:
        done = 0

        def update(n: int = 0) -> None:
            nonlocal done
            done += n
            print(f"\r{done} {f'of {total} ' if total is not None else ''}users", end="", file=sys.stderr, flush=True)

        def hide() -> None:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

        try:
            yield Progress(update, hide, update)
        finally:
            hide()
