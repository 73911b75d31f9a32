"""Reads files of separated values as spreadsheets save them."""

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import IO, Any, TypeAlias

#: A file's path, or an open file.
Source: TypeAlias = str | os.PathLike[str] | IO[str] | IO[bytes]
#: How workbooks of Excel (new and old), LibreOffice and Numbers, PDF and compressed files begin, which are not text.
_BINARY = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
#: Byte order marks, and the encodings that they stand for.
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DELIMITERS = ",;\t"
#: What rows consist of.
COLUMNS = ("username", "email", "realname", "comment", "password", "sysadmin_flag", "state", "roles")
_EXAMPLE = "{'Kennung': 'username'}"
#: The line that tells Excel the delimiter.
_SEP_LINE = re.compile(r'"?sep=(.?).*', re.IGNORECASE)


class Columns:
    """Knows the columns of a source by their headers: case, blanks, ``-`` and ``_`` do not matter.

    Args:
        given: columns by other headers: ``{"Kennung": "username"}``; ``None`` stands for a column to ignore.
    """

    headers: Sequence[object] = ()

    def __init__(self, given: Mapping[str, str | None] | None) -> None:
        self._given = given or {}
        if not isinstance(self._given, Mapping):
            raise TypeError(f"columns must be a mapping such as {_EXAMPLE}, not {type(given).__name__}")
        unknown = {*self._given.values()} - {*COLUMNS, None}
        if unknown:
            wrong = f"columns: {unknown.pop()!r} is not a column; known: {', '.join(COLUMNS)}"
            raise ValueError(f"{wrong}; columns maps headers to these: {_EXAMPLE}")
        self._names: dict[str, str | None] = {_plain(name): name for name in (*COLUMNS, "")}
        self._names["admin"] = "sysadmin_flag"
        self._names.update((_plain(header), name) for header, name in self._given.items())

    def known(self, headers: Iterable[object]) -> int:
        """How many of these headers are known."""
        return sum(bool(_plain(header)) and _plain(header) in self._names for header in headers)

    def check(self, headers: Sequence[object]) -> None:
        """Take the headers of a source, or raise ``ValueError`` when they make no sense."""
        self.headers = headers
        if not self.known(headers):
            first = _quoted(headers[0]) if headers else " be empty"
            raise ValueError(f"the first line must name the columns ({', '.join(COLUMNS)}){first and ', not' + first}")
        unknown = [header for header in headers if _plain(header) not in self._names]
        if unknown:
            raise ValueError(f"the first line has an {_unknown(*unknown)}")
        names = [name for name in map(self.name, headers) if name]
        for header in self._given:
            if _plain(header) not in map(_plain, headers):
                raise ValueError(f"columns: the first line has no {header!r}")
        if not {"username", "email"} & set(names):
            raise ValueError("the first line must name the columns; username (or email) is missing")
        for double in (name for name in names if names.count(name) > 1):
            raise ValueError(f"the first line names the column {double} twice: columns={{header: None}} ignores one")

    def name(self, header: object) -> str | None:
        """The column that a header stands for; ``""`` if it is empty, ``None`` if it is to be ignored."""
        plain = _plain(header)
        if plain not in self._names:
            raise ValueError(_unknown(header))
        return self._names[plain]


class FileChanged(csv.Error):
    """Somebody has written to a file while it was read, so that what follows may begin in the middle of a line."""


class Table:
    """A file of separated values: iterating yields the line number and the cells of each record.

    Args:
        source: the file's path, or an open text or binary file.
        encoding: of a path or a binary file without a byte order mark; by default UTF-8 or UTF-16.
        delimiter: between cells; by default, whichever of comma, semicolon and tab gives the first line the most
            known columns.
        columns: the columns that the first line may name.

    Raises:
        ValueError: the file cannot be read in this way; the message says where and what to do.
    """

    _reader: Any = None

    def __init__(self, source: Source, encoding: str | None, delimiter: str | None, columns: Columns) -> None:
        self._own: IO[bytes] | None = None
        self._columns = columns
        self._start = 0  # where an open file stood
        self.line: int = 1  # where the record begins that is being read
        name: Any = getattr(source, "name", None)
        opened: Any = source
        if isinstance(source, (str, os.PathLike)):
            name = os.fspath(source)
            opened = self._own = _opened(name)
        else:
            with suppress(OSError, AttributeError):
                self._start = opened.tell()
        self.name: str | None = name if isinstance(name, str) else None
        self._given: Any = opened
        self._text: Any = opened
        self._first_stamp = self._stamp()
        try:
            if isinstance(opened.read(0), bytes):
                self._text = _decoded(opened, encoding)
            self._open(delimiter)
            self.header: Sequence[str] = next(self._reader, ())
        except BaseException as error:
            self.close()
            if isinstance(error, (csv.Error, ValueError)):
                raise ValueError(self.message(error)) from None
            raise

    def _open(self, delimiter: str | None) -> None:
        """Make a reader that begins with the first line of cells, and find its line."""
        first = ""
        for number, line in enumerate(self._text, 1):
            self.line, first = number, line.lstrip("\ufeff")
            sep_line = _SEP_LINE.fullmatch(first.rstrip("\r\n"))
            if sep_line:
                delimiter = sep_line[1] if delimiter is None else delimiter
            elif first.strip(" \r\n"):
                break
            first = ""
        if delimiter is None:
            delimiter = max(
                _DELIMITERS, key=lambda choice: self._columns.known(next(csv.reader([first], delimiter=choice), ()))
            )
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise ValueError(f"delimiter must be one character, not {delimiter!r}")
        self.delimiter = delimiter
        # Blanks after a delimiter may come before quotation marks.
        options: Any = {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != " "}
        self._reader = csv.reader(chain([first], self._text), **options)

    def __iter__(self) -> Iterator[tuple[int, Sequence[str]]]:
        before = self.line
        while True:
            self.line = before + self._reader.line_num
            cells = next(self._reader, None)
            if self._first_stamp != self._stamp():
                raise FileChanged("the file has been changed while it was read: apply it again")
            if cells is None:
                return
            yield self.line, cells

    def check_header(self) -> None:
        """Raise ``ValueError`` if the first line does not name columns."""
        try:
            self._columns.check(self.header)
        except ValueError as error:
            self.close()
            start = "; the file was read up to here before: file.seek(0) goes back" if self._start else ""
            raise ValueError(self.message(f"{error} (split at {self.delimiter!r}{start})")) from None

    def _stamp(self) -> tuple[int, int] | None:
        """The size and time of the file, which change if somebody writes to it; ``None`` if it was not opened here."""
        if self._own is None or not self._own.seekable():
            return None
        found = os.fstat(self._own.fileno())
        return found.st_size, found.st_mtime_ns

    def message(self, error: object) -> str:
        """Where and why reading failed, without what is in the file."""
        line = f"line {self.line}" if isinstance(error, csv.Error) else None
        return ": ".join(filter(None, (self.name, line, reason(error))))

    def close(self) -> None:
        """Close the file if it was opened here, and keep it from being closed if it was not."""
        if self._own is not None:
            self._own.close()
        elif self._text is not self._given:
            self._text.detach()
            self._text = self._given


def reason(error: object) -> str:
    """Why a file cannot be read, or any other error, without what is in the file."""
    if isinstance(error, UnicodeDecodeError):
        return f"the file is not {error.encoding.upper()}: open it with the right encoding"
    if type(error) is csv.Error:
        return f"the file cannot be read ({error}): is it CSV, and is no quotation mark missing?"
    return str(error)


def _opened(path: str) -> IO[bytes]:
    path = os.path.expanduser(path)
    try:
        return open(path, "rb")
    except OSError as error:
        why = f"{error.strerror} (looked in {os.path.dirname(os.path.abspath(path))})"
        if "://" in path:
            why = "This is a URL, not a file: download it first"
        elif os.path.isdir(path):
            why = "This is a folder, not a file"
        elif "*" in path or "?" in path:
            why = "This is a pattern, not a file: take the files that glob.glob() gives one by one"
        raise OSError(error.errno, why, path) from None


def _decoded(raw: IO[bytes], encoding: str | None) -> IO[str]:
    """The text of a binary file, after checking that all of it can be decoded."""
    if not raw.seekable():
        raw = io.BytesIO(raw.read())
    start = raw.tell()
    head = raw.read(4)
    raw.seek(start)
    if head.startswith(_BINARY):
        raise ValueError(
            "this is a spreadsheet, not text (or a PDF, or compressed): save it as CSV UTF-8, or give its rows: "
            "openpyxl.load_workbook(path).active.values, or pandas.read_excel(path, dtype=str)"
        )
    guess = "utf-8" if b"\0" not in head else "utf-16-le" if head[0] else "utf-16-be"
    encoding = next((name for mark, name in _MARKS.items() if head.startswith(mark)), encoding or guess)
    remedy = "pass encoding='cp1252' if Excel on Windows has saved it, else its own, or save it as CSV UTF-8"
    try:
        utf8 = codecs.lookup(encoding).name.startswith("utf-8")
        misfit = _misfit(raw, encoding)
        if not utf8 and (misfit or _misfit(raw, "ascii")) and not _misfit(raw, "utf-8"):
            misfit, remedy = f"the file is UTF-8, not {encoding.upper()}", "leave the encoding out"
    except LookupError as error:
        misfit = str(error)
    if misfit:
        raise ValueError(f"{misfit}: {remedy}")
    return io.TextIOWrapper(raw, encoding, newline="")


def _misfit(raw: IO[bytes], encoding: str) -> str | None:
    """What shows that the rest of a file is in another encoding."""
    start = raw.tell()
    text = io.TextIOWrapper(raw, encoding, newline="")
    whole = 0
    try:
        for _ in text:
            whole += 1
    except UnicodeDecodeError as error:
        good = error.object[: error.start].replace(b"\0", b"")  # UTF-16 has NUL between carriage return and line feed
        line = whole + len((good + b".").splitlines())
        return f"line {line} holds the byte 0x{error.object[error.start]:02x}, which is not {encoding.upper()}"
    except UnicodeError as error:
        return f"the file is not {encoding.upper()} ({error})"
    finally:
        text.detach()
        raw.seek(start)
    return None


def _unknown(*headers: object) -> str:
    return (
        f"unknown column{','.join(filter(None, map(_quoted, headers)))} (known: {', '.join(COLUMNS)}); "
        "columns={header: None} ignores one, columns={header: 'username'} takes it for one of these"
    )


def _quoted(header: object) -> str:
    """A header for a message; one with digits may be a password, in a file whose first line is already a user."""
    text = str(header)
    return "" if any(map(str.isdigit, text)) else f" {text[:40]!r}"


def _plain(header: object) -> str:
    value = value_of(header)
    text = "" if value is None else re.sub(r"[\s_\-\ufeff]+", "", str(value)).casefold()
    return "" if re.fullmatch(r"unnamed:\d+", text) else text  # what pandas calls a column without a header


def value_of(cell: Any) -> Any:
    """A cell's value without outer blanks; ``None`` if it is empty. Cells of openpyxl, numpy and pandas are known."""
    if hasattr(cell, "coordinate"):
        cell = cell.value
    if isinstance(cell, str):
        return cell.strip() or None
    if type(cell).__module__ == "numpy" and hasattr(cell, "item"):
        cell = cell.item()
    if type(cell).__name__ in ("NAType", "NaTType", "EmptyCell") or (isinstance(cell, float) and cell != cell):
        return None
    return cell
