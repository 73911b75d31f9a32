"""Reads files of separated values as spreadsheets save them."""

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO, Any, TypeAlias

#: A file's path, or an open file.
Source: TypeAlias = str | os.PathLike[str] | IO[str] | IO[bytes]
#: How workbooks of Excel (new and old), LibreOffice and Numbers, PDF and compressed files begin, which are not text.
_BINARY = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")
#: Byte order marks, and the encodings that they stand for.
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_DELIMITERS = ",;\t"
#: What rows consist of.
COLUMNS = ("username", "email", "realname", "comment", "password", "sysadmin_flag", "state", "roles")
_EXAMPLE = "{'Kennung': 'username'}"
#: How to ignore a column, in Python and on the command line.
_IGNORED = "columns={header: None} (--column HEADER=)"
#: The line that tells Excel the delimiter.
_SEP_LINE = re.compile(r'"?sep=(.?).*', re.IGNORECASE)


class Columns:
    """Knows the columns of a source by their headers: case, blanks, ``-`` and ``_`` do not matter.

    Args:
        given: columns by other headers: ``{"Kennung": "username"}``; ``None`` stands for a column to ignore.
    """

    headers: Sequence[object] = ()

    def __init__(self, given: Mapping[str, str | None] | None) -> None:
        given = given or {}
        if not isinstance(given, Mapping):
            raise TypeError(f"columns must be a mapping such as {_EXAMPLE}, not {type(given).__name__}")
        unknown = {*given.values()} - {*COLUMNS, None}
        if unknown:
            wrong = f"columns: {unknown.pop()!r} is not a column; known: {', '.join(COLUMNS)}"
            raise ValueError(f"{wrong}; columns maps headers to these: {_EXAMPLE}")
        self._names: dict[str, str | None] = {_plain(name): name for name in (*COLUMNS, "")}
        self._names["admin"] = "sysadmin_flag"
        self._names.update((_plain(header), name) for header, name in given.items())

    def known(self, headers: Iterable[object]) -> int:
        """How many of these headers are known."""
        return sum(bool(_plain(header)) and _plain(header) in self._names for header in headers)

    def check(self, headers: Sequence[object]) -> None:
        """Take the headers of a source, or raise ``ValueError`` when they make no sense."""
        self.headers = headers
        if not self.known(headers):
            first = _quoted(headers[0]) if headers else " be empty"
            raise ValueError(f"the first line must name the columns ({', '.join(COLUMNS)}){first and ', not' + first}")
        if unknown := [header for header in headers if _plain(header) not in self._names]:
            raise ValueError(f"the first line has an {_unknown(*unknown)}")
        names = [name for name in map(self.name, headers) if name]
        if not {"username", "email"} & set(names):
            raise ValueError("the first line must name the columns; username (or email) is missing")
        for double in (name for name in names if names.count(name) > 1):
            raise ValueError(f"the first line names the column {double} twice: {_IGNORED} ignores one")

    def name(self, header: object) -> str | None:
        """The column that a header stands for; ``""`` if it is empty, ``None`` if it is to be ignored."""
        plain = _plain(header)
        if plain not in self._names:
            raise ValueError(_unknown(header))
        return self._names[plain]


class Table:
    """A file of separated values: iterating yields the line number and the cells of each record.

    A path or a binary file is read as a whole, so what is written to it later does not matter.

    Args:
        source: the file's path, or an open text or binary file.
        encoding: of a path or a binary file without a byte order mark; by default UTF-8 or UTF-16.
        delimiter: between cells; by default, whichever of comma, semicolon and tab gives the first line the most
            known columns.
        columns: the columns that the first line may name.

    Raises:
        ValueError: the file cannot be read in this way; the message says where and what to do.
    """

    def __init__(self, source: Source, encoding: str | None, delimiter: str | None, columns: Columns) -> None:
        name = os.fspath(source) if isinstance(source, (str, os.PathLike)) else getattr(source, "name", None)
        self.name: str | None = name if isinstance(name, str) else None
        self._columns = columns
        self.line: int = 1  # where the record begins that is being read
        try:
            self._reader: Any = self._open(_text(source, encoding), delimiter)
            self.header: Sequence[str] = next(self._reader, ())
        except (csv.Error, ValueError) as error:
            raise ValueError(self.message(error)) from None

    def _open(self, text: Iterable[str], delimiter: str | None) -> Any:
        """A reader that begins with the first line of cells, whose number is found."""
        first = ""
        for number, line in enumerate(text, 1):
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
        return csv.reader(chain([first], text), **options)

    def __iter__(self) -> Iterator[tuple[int, Sequence[str]]]:
        before = self.line
        while True:
            self.line = before + self._reader.line_num
            cells = next(self._reader, None)
            if cells is None:
                return
            yield self.line, cells

    def check_header(self) -> None:
        """Raise ``ValueError`` if the first line does not name columns."""
        try:
            self._columns.check(self.header)
        except ValueError as error:
            raise ValueError(self.message(f"{error} (split at {self.delimiter!r})")) from None

    def message(self, error: object) -> str:
        """Where and why reading failed, without what is in the file."""
        line = f"line {self.line}" if isinstance(error, csv.Error) else None
        return ": ".join(filter(None, (self.name, line, reason(error))))


def reason(error: object) -> str:
    """Why a file cannot be read, or any other error, without what is in the file."""
    if isinstance(error, UnicodeDecodeError):
        return f"the file is not {error.encoding.upper()}: open it with the right encoding"
    if isinstance(error, csv.Error):
        return f"the file cannot be read ({error}): is it CSV, and is no quotation mark missing?"
    return str(error)


def _text(source: Any, encoding: str | None) -> Any:
    """The lines of a file, after checking that all of it can be decoded."""
    if isinstance(source, (str, os.PathLike)):
        with open(os.path.expanduser(source), "rb") as file:
            data = file.read()
    elif isinstance(source.read(0), str):
        return source
    else:
        data = source.read()
    if data.startswith(_BINARY):
        raise ValueError(
            "this is a spreadsheet, not text (or a PDF, or compressed): save it as CSV UTF-8, or give its rows: "
            "openpyxl.load_workbook(path).active.values, or pandas.read_excel(path, dtype=str)"
        )
    guess = "utf-8" if b"\0" not in data[:4] else "utf-16-le" if data[0] else "utf-16-be"
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), encoding or guess)
    misfit = _misfit(data, encoding)
    utf8 = not misfit and codecs.lookup(encoding).name.startswith("utf-8")
    if not utf8 and (misfit or not data.isascii()) and not _misfit(data, "utf-8"):
        raise ValueError(f"the file is UTF-8, not {encoding.upper()}: leave the encoding out")
    if misfit:
        remedy = "name its encoding (cp1252 if Excel on Windows has saved it; --encoding), or save it as CSV UTF-8"
        raise ValueError(f"{misfit}: {remedy}")
    return _decoded(data, encoding)


def _decoded(data: bytes, encoding: str) -> IO[str]:
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline="")


def _misfit(data: bytes, encoding: str) -> str | None:
    """What shows that a file is in another encoding."""
    try:
        _decoded(data, encoding).read()
    except UnicodeDecodeError as error:
        good = error.object[: error.start].replace(b"\0", b"")  # UTF-16 has NUL between carriage return and line feed
        line = len((good + b"\n").splitlines())
        return f"line {line} holds the byte 0x{error.object[error.start]:02x}, which is not {encoding.upper()}"
    except (UnicodeError, LookupError) as error:
        return f"the file is not {encoding.upper()} ({error})"
    return None


def _unknown(*headers: object) -> str:
    quoted, known = ",".join(filter(None, map(_quoted, headers))), ", ".join(COLUMNS)
    return f"unknown column{quoted} (known: {known}): {_IGNORED} ignores it, and a name in place of None renames it"


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
