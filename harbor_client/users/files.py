"""Reads files of separated values as spreadsheets save them."""

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
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
#: The line that tells Excel the delimiter.
_SEP_LINE = re.compile(r'"?sep=(.?).*', re.IGNORECASE)


class Table:
    """A file of separated values: iterating yields the line number and the cells of each record.

    Args:
        source: the file's path, or an open text or binary file.
        encoding: of a path or a binary file without a byte order mark; by default UTF-8 or UTF-16.
        delimiter: between cells; by default, whichever of comma, semicolon and tab gives the first line the most
            known columns.
        known: counts the cells of a first line that are known columns.

    Raises:
        ValueError: the file cannot be read in this way; the message says where and what to do.
    """

    _reader: Any = None

    def __init__(
        self, source: Source, encoding: str | None, delimiter: str | None, known: Callable[[Sequence[str]], int]
    ) -> None:
        self._own: IO[bytes] | None = None
        self.line: int = 1  # where the record begins that is being read
        name: Any = getattr(source, "name", None)
        opened: Any = source
        if isinstance(source, (str, os.PathLike)):
            name = os.fspath(source)
            opened = self._own = open(source, "rb")  # noqa: SIM115 - closed by close()
        self.name: str | None = name if isinstance(name, str) else None
        try:
            self._text: IO[str] = _decoded(opened, encoding) if isinstance(opened.read(0), bytes) else opened
            self._open(delimiter, known)
            self.header: Sequence[str] = next(self._reader, ())
        except BaseException as error:
            self.close()
            if isinstance(error, (csv.Error, ValueError)):
                raise ValueError(self.message(error)) from None
            raise

    def _open(self, delimiter: str | None, known: Callable[[Sequence[str]], int]) -> None:
        """Make a reader that begins with the first line of cells, and find its line."""
        first = ""
        for number, line in enumerate(self._text, 1):
            self.line, first = number, line.lstrip("\ufeff")
            told = _SEP_LINE.fullmatch(first.rstrip("\r\n"))
            if told:
                delimiter = told[1] if delimiter is None else delimiter
            elif first.strip(" \r\n"):
                break
            first = ""
        if delimiter is None:
            delimiter = max(_DELIMITERS, key=lambda choice: known(next(csv.reader([first], delimiter=choice), ())))
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise ValueError(f"delimiter must be one character, not {delimiter!r}")
        self.delimiter = delimiter
        # Blanks after a delimiter may come before quotation marks.
        options: Any = {"delimiter": delimiter, "strict": True, "skipinitialspace": delimiter != " "}
        self._reader = csv.reader(chain([first], self._text), **options)

    def __iter__(self) -> Iterator[tuple[int, Sequence[str]]]:
        before = self.line
        self.line = before + self._reader.line_num
        for cells in self._reader:
            yield self.line, cells
            self.line = before + self._reader.line_num

    def message(self, error: object) -> str:
        """Where and why reading failed, without what is in the file."""
        line = f"line {self.line}" if isinstance(error, csv.Error) else None
        return ": ".join(filter(None, (self.name, line, reason(error))))

    def close(self) -> None:
        """Close the file if it was opened here."""
        if self._own is not None:
            self._own.close()


def reason(error: object) -> str:
    """Why a file cannot be read, or any other error, without what is in the file."""
    if isinstance(error, UnicodeDecodeError):
        return f"the file is not {error.encoding.upper()}: open it with the right encoding"
    if isinstance(error, csv.Error):
        return f"the file cannot be read ({error}): is it CSV, and is no quotation mark missing?"
    return str(error)


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
